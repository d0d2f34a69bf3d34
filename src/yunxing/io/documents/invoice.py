"""Electronic invoices as they arrive: fully digital ones in XML, and OFD packages with the invoice's data attached. Nothing is guessed from a picture.

Such a file comes from outside, so it is bounded before it is read: no document type, no entities, no network, limits on size, depth, elements, on
the parts of an archive and on what they unpack to. Elements are found by their own name, whatever their namespace: the formats differ in wrapping.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date

from yunxing.engines.entitlements.costs import invoice_key
from yunxing.values.digest import digest
from yunxing.values.errors import BadInput
from yunxing.values.money import parse_money

MOST_BYTES, MOST_PARTS, MOST_UNPACKED, MOST_TIMES = 5 * 1024 * 1024, 400, 20 * 1024 * 1024, 60
MOST_ELEMENTS, MOST_DEPTH = 20_000, 40
_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"']*)", re.IGNORECASE)
_ENCODINGS = frozenset({"utf-8", "utf8", "gbk", "gb2312", "gb18030"})  # in all of them a mark-up sign is the one byte it is in ASCII
_TIMES_FROM = 1024 * 1024  # a small part may be mostly blanks; only a large one is suspicious for its ratio
_NUMBER = ("InvoiceNumber", "EIid", "InvoiceNo", "Fphm", "invoiceNumber")
_CODE = ("InvoiceCode", "Fpdm", "invoiceCode")
_DAY = ("IssueTime", "RequestTime", "IssueDate", "Kprq", "issueDate")
_NET = ("TotalAmWithoutTax", "TaxExclusiveTotalAmount", "Hjje", "totalAmount")
_TAX = ("TotalTaxAm", "TaxTotalAmount", "Hjse", "totalTax")
_GROSS = ("TotalTax-includedAmount", "TaxInclusiveTotalAmount", "Jshj", "totalPriceAndTax")
_BUYER = ("BuyerIdNum", "BuyerTaxID", "Gfsh", "buyerTaxNo")
_SELLER = ("SellerIdNum", "SellerTaxID", "Xfsh", "sellerTaxNo")


@dataclass(frozen=True, slots=True)
class Invoice:
    """What an electronic invoice says: its key, day, buyer and seller (unified codes), fen without tax, tax, and the file's digest."""

    key: str
    day: date
    buyer: str
    seller: str
    net_fen: int
    tax_fen: int
    digest: str


def read_invoice(name: str, content: bytes) -> Invoice:
    """The invoice of an XML file or an OFD package. Errors: `BadInput` naming the file, what was found and what is expected."""
    if len(content) > MOST_BYTES:
        raise _no(name, f"{len(content):,} bytes", f"at most {MOST_BYTES:,}")
    xml = _attached(name, content) if content.startswith(b"PK\x03\x04") else content
    found = _texts(name, xml)
    key = _key(name, found)
    net, tax = _money(name, found, _NET), _money(name, found, _TAX)
    gross = _first(found, _GROSS)
    if gross and _fen(name, gross) != net + tax:
        raise _no(name, f"{gross} in all", f"{(net + tax) // 100}.{(net + tax) % 100:02d}, the sum without tax and the tax")
    return Invoice(key, _date(name, found), _unified(found, _BUYER), _unified(found, _SELLER), net, tax, digest(content))


def _no(name: str, found: str, expected: str) -> BadInput:
    return BadInput(f"{name}: 电子发票 found {found}, expected {expected}")


def _attached(name: str, content: bytes) -> bytes:
    """The invoice's data inside an OFD package: the one attached XML that holds an invoice number."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS:
                raise _no(name, f"{len(parts)} parts", f"at most {MOST_PARTS}")
            if "OFD.xml" not in {part.filename for part in parts}:
                raise _no(name, "an archive without OFD.xml", "an OFD package")
            left = MOST_UNPACKED
            for part in parts:
                if part.filename.startswith("/") or ".." in part.filename.split("/") or part.flag_bits & 1:
                    raise _no(name, f"the part {part.filename!r}", "parts with plain names, not encrypted")
                if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise _no(name, f"the part {part.filename!r} packed by method {part.compress_type}", "parts stored or deflated")
                if part.filename.lower().endswith(".xml") and "attach" in part.filename.lower():
                    text = _unpacked(name, archive, part, left)
                    left -= len(text)
                    if any(f"{mark}>".encode() in text for mark in _NUMBER):
                        return text
    except (zipfile.BadZipFile, NotImplementedError, zlib.error, EOFError, OSError, ValueError) as error:
        raise _no(name, f"a damaged archive ({error})", "an OFD package as the tax platform issues it") from error
    raise _no(name, "an OFD without the invoice's data attached", "the OFD or XML that the tax platform issues")


def _unpacked(name: str, archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> bytes:
    """One part, counted as it unpacks: declared sizes may lie."""
    most = min(left, max(_TIMES_FROM, part.compress_size * MOST_TIMES))
    with archive.open(part) as opened:
        content = opened.read(most + 1)
    if len(content) > most:
        raise _no(name, f"the part {part.filename!r} unpacking beyond {most:,} bytes", "an invoice of ordinary size")
    return content


def _texts(name: str, xml: bytes) -> dict[str, str]:
    """The first text under each element's own name."""
    from lxml import etree

    if re.search(rb"<!(DOCTYPE|ENTITY)", xml, re.IGNORECASE) or b"\x00" in xml:
        raise _no(name, "a document type, an entity or two-byte text", "an invoice in UTF-8 without them")
    declared = _ENCODING.search(xml[:1000])
    if declared and declared[1].decode("ascii", "replace").strip().lower() not in _ENCODINGS:
        raise _no(name, f"the encoding {declared[1].decode('ascii', 'replace')!r}", "an invoice in UTF-8 or GB 18030")
    found: dict[str, str] = {}
    depth = count = 0
    try:
        reader = etree.iterparse(
            io.BytesIO(xml), events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        for event, element in reader:
            if event == "start":
                depth, count = depth + 1, count + 1
                if depth > MOST_DEPTH or count > MOST_ELEMENTS:
                    raise _no(name, f"{count} elements, {depth} deep", f"at most {MOST_ELEMENTS}, {MOST_DEPTH} deep")
                continue
            depth -= 1
            tag = etree.QName(element).localname if isinstance(element.tag, str) else ""
            if tag and element.text and element.text.strip() and len(element.text) <= 200:
                found.setdefault(tag, element.text.strip())
            element.clear()
    except etree.XMLSyntaxError as error:
        raise _no(name, f"no XML that can be read ({error.msg})", "the XML or OFD that the tax platform issues") from error
    return found


def _first(found: dict[str, str], names: tuple[str, ...]) -> str:
    return next((found[name] for name in names if name in found), "")


def _key(name: str, found: dict[str, str]) -> str:
    number, code = _first(found, _NUMBER), _first(found, _CODE)
    try:
        return invoice_key(number, "" if len(re.sub(r"\s", "", number)) == 20 else code)
    except BadInput as refused:
        raise _no(name, f"the number {number!r} with the code {code!r}", "20 digits, or a code of 10 or 12 with a number of 8") from refused


def _fen(name: str, text: str) -> int:
    try:
        return parse_money(text, unit="元")
    except BadInput as refused:
        raise _no(name, f"the amount {text!r}", "yuan with at most two decimals") from refused


def _money(name: str, found: dict[str, str], names: tuple[str, ...]) -> int:
    text = _first(found, names)
    if not text:
        raise _no(name, f"no {names[0]}", "the amount without tax and the tax")
    amount = _fen(name, text)
    if amount < 0:
        raise _no(name, f"the amount {text}", "an invoice that is no red one (红字发票)")
    return amount


def _date(name: str, found: dict[str, str]) -> date:
    text = _first(found, _DAY)
    parts = re.match(r"([0-9]{4})[年/-]([0-9]{1,2})[月/-]([0-9]{1,2})(?![0-9])", text) or re.match(r"([0-9]{4})([0-9]{2})([0-9]{2})", text)
    try:
        year, month, day = (int(part) for part in parts.groups()) if parts else (0, 0, 0)
        return date(year, month, day)
    except ValueError as error:
        raise _no(name, f"the day {text!r}", "a day such as 2022-08-10") from error


def _unified(found: dict[str, str], names: tuple[str, ...]) -> str:
    return _first(found, names).upper().replace(" ", "")
