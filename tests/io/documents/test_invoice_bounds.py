"""Invoices from outside: every spelling of the two forms gives the same values, every bound holds at its edge, and no archive brings the reader down."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yunxing.io.documents import invoice
from yunxing.io.documents.invoice import Invoice, read_invoice
from yunxing.values.digest import digest
from yunxing.values.errors import BadInput

NUMBER = "22370000000012345678"
FIRM = "91990000MA00000A0X"
quick = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)


def written(head: str = "", **values: str) -> str:
    """A digital invoice with the values of these elements changed, or left out where they are empty."""
    told = {
        "EIid": NUMBER, "BuyerIdNum": FIRM, "SellerIdNum": "91990000MA00000S0X", "TotalAmWithoutTax": "1000.00", "TotalTaxAm": "130.00",
        "IssueTime": "2022-08-10",
    } | values  # fmt: skip
    return f"{head}<EInvoice>{''.join(f'<{name}>{text}</{name}>' for name, text in told.items() if text)}</EInvoice>"


def read(text: str | bytes) -> Invoice:
    return read_invoice("a.xml", text if isinstance(text, bytes) else text.encode())


def refused(content: str | bytes, name: str = "a.xml") -> str:
    """The words of the refusal: the file's name, what was found, what is expected."""
    with pytest.raises(BadInput) as caught:
        read_invoice(name, content if isinstance(content, bytes) else content.encode())
    said = str(caught.value)
    assert said.startswith(f"{name}: 电子发票 found ")
    assert ", expected " in said
    return said


def packed(
    change: Callable[[bytearray], None] | None = None, method: int = zipfile.ZIP_DEFLATED, text: bytes = b"", level: int = 9
) -> bytes:
    """An OFD whose attached data is packed by a method, then damaged by `change`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("OFD.xml", "<a/>")
        archive.writestr("Doc_0/Attachs/original.xml", text or written().encode(), compress_type=method, compresslevel=level)
    whole = bytearray(buffer.getvalue())
    if change:
        change(whole)
    return bytes(whole)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2022-08-10", date(2022, 8, 10)),
        ("2022-08-10 23:59:59", date(2022, 8, 10)),
        ("2022-08-10T23:59:59", date(2022, 8, 10)),
        ("20220810", date(2022, 8, 10)),
        ("20220810235959", date(2022, 8, 10)),
        ("2022年08月10日", date(2022, 8, 10)),
        ("2022年8月1日", date(2022, 8, 1)),
        ("2022/8/10", date(2022, 8, 10)),
        ("2024-02-29", date(2024, 2, 29)),
    ],
)
def test_every_way_of_writing_a_day_gives_the_day(day: str, expected: date) -> None:
    assert read(written(IssueTime=day)).day == expected


@pytest.mark.parametrize(
    "day", ["2022-02-29", "2022-13-01", "2022-00-10", "2022081", "22-08-10", "2022-W32-3", "2022-08-100", "２０２２-08-10", "10.8.2022"]
)
def test_what_is_no_day_is_refused_and_shown(day: str) -> None:
    assert f"the day {day!r}, expected a day such as 2022-08-10" in refused(written(IssueTime=day))


def test_an_invoice_without_a_day_is_refused() -> None:
    assert "the day ''" in refused(written(IssueTime=""))


@pytest.mark.parametrize(
    ("net", "fen"),
    [("0.00", 0), ("0.01", 1), ("1000", 100_000), ("1000.5", 100_050), ("1,000.00", 100_000), ("¥5.00", 500), ("１００.00", 10_000), ("9999999999.99", 999_999_999_999)],
)  # fmt: skip
def test_amounts_are_read_to_the_fen(net: str, fen: int) -> None:
    assert read(written(TotalAmWithoutTax=net)).net_fen == fen


@pytest.mark.parametrize("net", ["1e5", "NaN", "Infinity", "--5", "1.2.3", "½", "0.001", "99999999999999999999", "0x10", "1 000 USD"])
def test_what_is_no_amount_is_refused_and_shown(net: str) -> None:
    assert f"the amount {net!r}, expected yuan with at most two decimals" in refused(written(TotalAmWithoutTax=net))


@pytest.mark.parametrize("name", ["TotalAmWithoutTax", "TotalTaxAm"])
def test_both_amounts_must_be_there_and_not_below_zero(name: str) -> None:
    assert f"no {name}, expected the amount without tax and the tax" in refused(written(**{name: ""}))
    assert "the amount -0.01, expected an invoice that is no red one" in refused(written(**{name: "-0.01"}))


@pytest.mark.parametrize(("gross", "fits"), [("1130.00", True), ("1130", True), ("1129.99", False), ("1130.01", False), ("0.00", False)])
def test_a_printed_total_must_be_the_sum_to_the_fen(gross: str, fits: bool) -> None:
    text = written(Jshj=gross)
    if fits:
        assert (read(text).net_fen, read(text).tax_fen) == (100_000, 13_000)
    else:
        assert f"{gross} in all, expected 1130.00, the sum without tax and the tax" in refused(text)


def test_the_sum_in_a_refusal_is_exact_where_a_float_would_not_be() -> None:
    """90071992547409.93 is no double."""
    text = written(TotalAmWithoutTax="90071992547409.92", TotalTaxAm="0.01", Jshj="1.00")
    assert "expected 90071992547409.93, the sum" in refused(text)


ALIASES = [
    ("EIid", invoice._NUMBER), ("TotalAmWithoutTax", invoice._NET), ("TotalTaxAm", invoice._TAX), ("IssueTime", invoice._DAY),
    ("BuyerIdNum", invoice._BUYER), ("SellerIdNum", invoice._SELLER),
]  # fmt: skip


@pytest.mark.parametrize(("usual", "other"), [(usual, other) for usual, every in ALIASES for other in every])
def test_every_name_an_element_goes_by_is_understood_in_any_namespace(usual: str, other: str) -> None:
    plain = written()
    renamed = (
        plain.replace(f"<{usual}>", f"<fp:{other}>")
        .replace(f"</{usual}>", f"</fp:{other}>")
        .replace("<EInvoice>", '<EInvoice xmlns:fp="urn:x">')
    )
    one, two = read(plain), read(renamed)
    assert (one.key, one.day, one.buyer, one.seller, one.net_fen, one.tax_fen) == (
        two.key,
        two.day,
        two.buyer,
        two.seller,
        two.net_fen,
        two.tax_fen,
    )


def test_codes_are_folded_and_the_digest_is_of_the_file_as_it_came() -> None:
    text = written(BuyerIdNum=" 91990000 ma00000a0x ").encode()
    found = read(text)
    assert found.buyer == FIRM
    assert found.digest == digest(text)
    assert read(text + b"\n").digest != found.digest, "another file of the same invoice"
    assert read(text + b"\n").key == found.key


def test_the_old_kind_in_one_file_and_its_code_and_number_in_another_have_one_key() -> None:
    assert read(written(EIid="12345678", Fpdm="037001900104")).key == "037001900104/12345678"
    assert read(written(EIid="03700190010412345678")).key == "037001900104/12345678"
    assert "the number '12345678' with the code ''" in refused(written(EIid="12345678"))


@pytest.mark.parametrize("encoding", ["GBK", "gb2312", "GB18030", "utf-8", "UTF8"])
def test_an_invoice_in_a_chinese_encoding_is_read(encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    assert read(written(head, Name="某某公司").encode(encoding)).key == NUMBER


ENTITY = '<!DOCTYPE a [<!ENTITY x "91990000MA00000B0X">]>'


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("UTF-7", ('<?xml version="1.0" encoding="UTF-7"?>' + ENTITY.replace("<!", "+ADwAIQ-") + written(BuyerIdNum="&x;")).encode()),
        ("utf-7", ("<?xml version='1.0' encoding='utf-7'?>" + (ENTITY + written()).replace("<", "+ADw-")).encode()),
        ("cp037", ('<?xml version="1.0" encoding="cp037"?>' + written()).encode()),
        ("UTF-16", ('<?xml version="1.0" encoding="UTF-16"?>' + written()).encode()),
        ("", ('<?xml version="1.0" encoding=""?>' + written()).encode()),
        ("IBM037", ('<?xml version = "1.0"   encoding = "IBM037" standalone="yes"?>' + written()).encode()),
    ],
)
def test_an_encoding_in_which_a_document_type_can_hide_is_refused(encoding: str, content: bytes) -> None:
    """In UTF-7 `<!DOCTYPE` is spelt without its first sign, and would pass a look at the bytes."""
    assert f"the encoding {encoding!r}, expected an invoice in UTF-8 or GB 18030" in refused(content)


def test_ebcdic_is_no_xml_that_can_be_read() -> None:
    assert "no XML that can be read" in refused(('<?xml version="1.0" encoding="cp037"?>' + ENTITY + written()).encode("cp037"))


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_package_stored_or_deflated_is_read(method: int) -> None:
    assert read_invoice("a.ofd", packed(method=method)).key == NUMBER


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing_are_refused_before_they_are_unpacked(method: int) -> None:
    """Their decoders raise errors of their own and may ask for memory by the header alone."""
    assert f"packed by method {method}, expected parts stored or deflated" in refused(packed(method=method), "a.ofd")


def _central(whole: bytearray) -> int:
    return whole.rfind(b"PK\x01\x02")


def _bad_name(whole: bytearray) -> None:
    at = _central(whole)
    whole[at + 9] |= 0x08  # says: the name is UTF-8
    name = whole.find(b"Doc_0", at)
    whole[name : name + 2] = b"\xff\xfe"


def _bad_offset(whole: bytearray) -> None:
    at = whole.rfind(b"PK\x05\x06")
    whole[at + 16 : at + 20] = b"\xff\xff\xff\x7f"


def _bad_header_place(whole: bytearray) -> None:
    at = _central(whole)
    whole[at + 42 : at + 46] = b"\xff\xff\xff\x7f"


def _unknown_method(whole: bytearray) -> None:
    whole[_central(whole) + 10] = 99


def _encrypted(whole: bytearray) -> None:
    whole[_central(whole) + 8] |= 1


def _future_version(whole: bytearray) -> None:
    whole[_central(whole) + 6] = 200


def _bad_stream(whole: bytearray) -> None:
    at = whole.find(b"original.xml") + len("original.xml")
    whole[at + 4 : at + 24] = b"\xff" * 20


def _wrong_sum(whole: bytearray) -> None:
    whole[_central(whole) + 16] ^= 0xFF


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_bad_name, "a damaged archive"),
        (_bad_offset, "a damaged archive"),
        (_bad_header_place, "a damaged archive"),
        (_unknown_method, "packed by method 99"),
        (_encrypted, "not encrypted"),
        (_future_version, "a damaged archive"),
        (_bad_stream, "a damaged archive"),
        (_wrong_sum, "a damaged archive"),
    ],
)
def test_an_archive_damaged_in_its_directory_or_its_stream_is_refused_in_words(change: Callable[[bytearray], None], says: str) -> None:
    assert says in refused(packed(change), "a.ofd")


@quick
@given(st.integers(0, 10_000), st.integers(0, 255), st.booleans())
def test_no_single_wrong_byte_of_a_package_brings_the_reader_down(at: int, value: int, stored: bool) -> None:
    """It is read, or refused in words; nothing else."""
    whole = bytearray(packed(method=zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED))
    whole[at % len(whole)] = value
    said = ""
    try:
        read_invoice("a.ofd", bytes(whole))
    except BadInput as error:
        said = str(error)
    assert not said or said.startswith("a.ofd: 电子发票 found ")


@pytest.mark.parametrize(("depth", "fits"), [(invoice.MOST_DEPTH, True), (invoice.MOST_DEPTH + 1, False)])
def test_depth_is_limited_at_its_edge(depth: int, fits: bool) -> None:
    """The root counts as the first level."""
    inner = written().removeprefix("<EInvoice>").removesuffix("</EInvoice>")
    text = "<a>" * (depth - 1) + inner + "</a>" * (depth - 1)
    if fits:
        assert read(text).key == NUMBER
    else:
        assert f"at most {invoice.MOST_ELEMENTS}, {invoice.MOST_DEPTH} deep" in refused(text)


def test_the_number_of_elements_is_limited_at_its_edge() -> None:
    most = invoice.MOST_ELEMENTS - 7  # the root and six values
    assert read(written(More="<b/>" * (most - 1))).key == NUMBER
    assert "elements" in refused(written(More="<b/>" * most))


@pytest.mark.parametrize(("length", "fits"), [(invoice.MOST_BYTES, True), (invoice.MOST_BYTES + 1, False)])
def test_size_is_limited_at_its_edge(length: int, fits: bool) -> None:
    text = written().encode()
    text += b" " * (length - len(text))
    if fits:
        assert read(text).key == NUMBER
    else:
        assert "5,242,881 bytes, expected at most 5,242,880" in refused(text)


def test_a_value_of_two_hundred_signs_is_the_longest_that_is_read() -> None:
    """A longer text is no value: it is as if it were not there."""
    assert read(written(BuyerIdNum="9" * 200)).buyer == "9" * 200
    assert read(written(BuyerIdNum="9" * 201)).buyer == ""


def test_parts_are_unpacked_within_one_allowance_together() -> None:
    """Each attached part is small enough; all of them together are not."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("OFD.xml", "<a/>")
        for at in range(22):
            archive.writestr(f"Doc_0/Attachs/{at}.xml", b" " * 1024 * 1023, compress_type=zipfile.ZIP_DEFLATED)
    assert "unpacking beyond" in refused(buffer.getvalue(), "a.ofd")


def test_the_data_is_found_behind_other_attachments_and_a_picture_is_never_read() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("OFD.xml", "<a/>")
        archive.writestr("Doc_0/Attachs/Attachments.xml", "<list/>")
        archive.writestr("Doc_0/Attachs/picture.png", written(EIid="22370000000099999999"))
        archive.writestr("Doc_0/Pages/content.xml", written(EIid="22370000000088888888"))
        archive.writestr("Doc_0/ATTACHS/DATA.XML", written())
    assert read_invoice("a.ofd", buffer.getvalue()).key == NUMBER


def test_without_its_data_a_package_is_refused_though_its_pages_show_an_invoice() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("OFD.xml", "<a/>")
        archive.writestr("Doc_0/Pages/content.xml", written())
    assert "an OFD without the invoice's data attached" in refused(buffer.getvalue(), "a.ofd")
