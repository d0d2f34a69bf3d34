"""Electronic invoices: the two forms that arrive are read to the fen, and what is hostile or damaged is refused before it is read."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yunxing.io.documents import invoice
from yunxing.io.documents.invoice import read_invoice
from yunxing.values.errors import BadInput

NUMBER = "22370000000012345678"


def digital(
    number: str = NUMBER,
    net: str = "300000.00",
    tax: str = "39000.00",
    gross: str = "339000.00",
    day: str = "2022-08-10 09:00:00",
    head: str = "",
) -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>{head}<EInvoice><Header><EIid>{number}</EIid></Header><EInvoiceData>
    <SellerInformation><SellerIdNum>91990000MA00000S0X</SellerIdNum></SellerInformation><BuyerInformation><BuyerIdNum>91990000ma00000a0x</BuyerIdNum></BuyerInformation>
    <BasicInformation><TotalAmWithoutTax>{net}</TotalAmWithoutTax><TotalTaxAm>{tax}</TotalTaxAm><TotalTax-includedAmount>{gross}</TotalTax-includedAmount></BasicInformation>
    </EInvoiceData><TaxSupervisionInfo><IssueTime>{day}</IssueTime></TaxSupervisionInfo></EInvoice>""".encode()


def old() -> bytes:
    return b"""<fp:eInvoice xmlns:fp="http://www.edrm.org.cn/schema/e-invoice/2019"><fp:InvoiceCode>037001900104</fp:InvoiceCode>
    <fp:InvoiceNo>12345678</fp:InvoiceNo><fp:IssueDate>2022\xe5\xb9\xb408\xe6\x9c\x8810\xe6\x97\xa5</fp:IssueDate><fp:Buyer><fp:BuyerTaxID>91990000MA00000A0X</fp:BuyerTaxID></fp:Buyer>
    <fp:TaxExclusiveTotalAmount>1000.00</fp:TaxExclusiveTotalAmount><fp:TaxTotalAmount>130.00</fp:TaxTotalAmount></fp:eInvoice>"""


def packed(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def ofd(attached: bytes = b"", name: str = "Doc_0/Attachs/original_invoice.xml", **more: bytes) -> bytes:
    return packed({"OFD.xml": b"<ofd:OFD xmlns:ofd='x'/>", "Doc_0/Document.xml": b"<d/>", name: attached or old(), **more})


def test_a_digital_invoice_is_read_to_the_fen() -> None:
    found = read_invoice("a.xml", digital())
    assert (found.key, found.day, found.buyer, found.net_fen, found.tax_fen) == (
        NUMBER,
        date(2022, 8, 10),
        "91990000MA00000A0X",
        30_000_000,
        3_900_000,
    )
    assert found.digest.startswith("sha256:")


def test_an_ofd_package_is_read_from_its_attachment() -> None:
    found = read_invoice("a.ofd", ofd())
    assert (found.key, found.day, found.net_fen, found.tax_fen) == ("037001900104/12345678", date(2022, 8, 10), 100_000, 13_000)
    assert read_invoice("b.ofd", ofd(digital())).key == NUMBER


def test_the_same_invoice_in_both_forms_has_one_key() -> None:
    assert read_invoice("a.xml", digital()).key == read_invoice("a.ofd", ofd(digital())).key


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no XML that can be read"),
        (b"%PDF-1.7", "no XML that can be read"),
        (b"<EInvoice>", "no XML that can be read"),
        (digital(number="123"), "the number '123'"),
        (digital(net="a lot"), "the amount 'a lot'"),
        (digital(net="0.001"), "the amount '0.001'"),
        (digital(net="-1.00", tax="0.00", gross="-1.00"), "红字"),
        (digital(gross="339000.01"), "339000.00, the sum"),
        (digital(day="soon"), "the day 'soon'"),
        (b"<a/>", "the number ''"),
        (digital().replace(b"TotalTaxAm", b"Other"), "no TotalTaxAm"),
    ],
)
def test_what_cannot_be_an_invoice_is_refused_by_name(content: bytes, says: str) -> None:
    with pytest.raises(BadInput, match=r"^a\.xml: ") as caught:
        read_invoice("a.xml", content)
    assert says in str(caught.value)


BOMB = '<!DOCTYPE a [<!ENTITY x "' + "y" * 100 + '"><!ENTITY z "&x;&x;&x;">]>'


@pytest.mark.parametrize(
    "content",
    [
        digital(head=BOMB),
        digital(head='<!DOCTYPE a SYSTEM "file:///etc/passwd">'),
        digital(head='<!doctype a [<!entity x SYSTEM "http://example.org/">]>'),
        digital(head="<!DOCTYPE a>").decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        ofd(digital(head=BOMB)),
    ],
)
def test_document_types_and_entities_are_refused_unread(content: bytes) -> None:
    with pytest.raises(BadInput, match="document type"):
        read_invoice("a.xml", content)


def test_depth_and_number_of_elements_are_limited() -> None:
    with pytest.raises(BadInput, match="deep"):
        read_invoice("a.xml", b"<a>" * 60 + b"</a>" * 60)
    with pytest.raises(BadInput, match="elements"):
        read_invoice("a.xml", b"<a>" + b"<b/>" * (invoice.MOST_ELEMENTS + 1) + b"</a>")


def test_size_is_limited_before_anything_is_read() -> None:
    with pytest.raises(BadInput, match="at most"):
        read_invoice("a.xml", b"x" * (invoice.MOST_BYTES + 1))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (packed({"a.xml": digital()}), "without OFD.xml"),
        (ofd()[:-40], "damaged"),
        (packed({"OFD.xml": b"<a/>"}), "without the invoice's data"),
        (ofd(name="../attachs/x.xml"), "plain names"),
        (ofd(name="/attachs/x.xml"), "plain names"),
        (packed({"OFD.xml": b"<a/>", **{f"p{i}": b"" for i in range(invoice.MOST_PARTS)}}), "parts"),
    ],
)
def test_a_hostile_archive_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_invoice("a.ofd", content)
    assert says in str(caught.value)


def test_a_part_that_unpacks_beyond_its_size_is_refused() -> None:
    """A zip bomb: 30 MB of blanks in a few kilobytes."""
    with pytest.raises(BadInput, match="unpacking beyond"):
        read_invoice("a.ofd", ofd(b" " * 30_000_000))


@settings(max_examples=60)
@given(st.data())
def test_a_damaged_invoice_is_read_or_refused_never_anything_else(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([digital(), ofd()]))
    at = data.draw(st.integers(0, len(whole) - 1))
    broken = whole[:at] + data.draw(st.binary(max_size=4)) + whole[at + data.draw(st.integers(0, 6)) :]
    try:
        found = read_invoice("a", broken)
    except BadInput:
        return
    assert found.net_fen >= 0
    assert found.key
