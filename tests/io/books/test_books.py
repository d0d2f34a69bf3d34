"""Workbooks in and out: read by content, refused with a reason, written for WPS and Office alike, given back with every problem cell marked."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest

from facts_cast import FORMS, HERE, A, built, enterprise, laid, rules, taken
from yunxing.engines.facts.layout import HIDDEN, Row, Style, build_book
from yunxing.engines.facts.sheet import Book, Sheet
from yunxing.io.books import annotate_book, book_bytes, read_book, read_books, write_book
from yunxing.io.books.annotate import COLOURS, LIST_NAME, Note
from yunxing.io.books.read import contents, read_bytes
from yunxing.io.books.receipts import is_receipts, read_receipts, synthetic_receipts
from yunxing.values.errors import BadInput
from yunxing.values.period import Month

ROWS = [Row(A, "合成", enterprise())]
CSV = "统一社会信用代码,单位名称,用电量（万千瓦时）\n" + f"{A},合成,31\n"
HTML = (
    "<html><head><meta charset='utf-8'></head><table><tr><td colspan=3>规模以上工业企业运行月报</td></tr><tr><td>2022年9月</td></tr>"
    f"<tr><th rowspan=2>统一社会信用代码</th><th colspan=2>工业总产值（万元）</th></tr><tr><th>本月</th><th>1-9月累计</th></tr><tr><td>{A}</td><td>1.5</td><td>9</td></tr></table></html>"
)


def refusal(name: str, content: bytes) -> str:
    with pytest.raises(BadInput) as refused:
        read_bytes(name, content)
    return str(refused.value)


def test_what_is_written_is_read_back(tmp_path):
    path = tmp_path / "九月.xlsx"
    book = built("enterprise_month", ROWS, style=Style(synthetic=True))
    write_book(book, path)
    back = read_book(path)

    assert [sheet.name for sheet in back.sheets] == [book.sheets[0].name, HIDDEN]
    assert back.sheets[1].hidden
    plain = [[float(cell) if isinstance(cell, Decimal | int) else cell for cell in row] for row in book.sheets[0].rows]
    assert back.sheets[0].rows == plain
    assert sorted(back.sheets[0].merges) == sorted(merge for merge in book.sheets[0].merges)
    assert back.digest.startswith("sha256:")
    assert (back.kind, back.has_drawings) == ("xlsx", False)


def test_the_same_book_gives_the_same_bytes():
    assert book_bytes(built("enterprise_month", ROWS)) == book_bytes(built("enterprise_month", ROWS))


def test_numbers_are_numbers_codes_are_text_and_days_are_days():
    cells = {f"{name}/value/day": Decimal("1.5") for name in ("opening", "receipts", "use", "loss", "closing")}
    sheet = read_bytes("x", book_bytes(built("coal_day", [Row("COAL-01", "厂", cells, day=date(2022, 9, 1))]))).sheets[0]
    row = sheet.rows[7]

    assert row[:4] == ["COAL-01", "厂", date(2022, 9, 1), 1.5]


def test_produced_files_hold_nothing_wps_stumbles_over():
    """No dynamic arrays, XLOOKUP, slicers, form controls, threaded comments, macros; lists are ranges on a hidden sheet."""
    content = book_bytes(built("project_month", [Row("P-001", "项目")]))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        text = "".join(archive.read(name).decode() for name in names if name.endswith(".xml"))

    assert not [name for name in names if re.search(r"vba|slicer|ctrlProp|threaded|persons|richData|metadata", name)]
    assert "_xlfn" not in text
    assert "<f>" not in text
    assert "'_lists'!$A$1:$A$9" in text.replace("&apos;", "'")
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    assert workbook["_lists"].sheet_state == workbook[HIDDEN].sheet_state == "hidden"


def test_a_workbook_with_the_wrong_name_is_read_by_its_content():
    content = book_bytes(built("enterprise_month", ROWS))

    assert laid(read_bytes("九月.et", content)).form is FORMS["enterprise_month"]
    assert laid(read_bytes("九月.csv", content)).form is FORMS["enterprise_month"]


def test_ods_is_read_with_repeated_cells():
    """LibreOffice's own way to say an empty run: number-columns-repeated."""
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    gap = '<table:table-cell table:number-columns-repeated="1"/>'
    number = '<table:table-cell office:value-type="float" office:value="{}"><text:p>{}</text:p></table:table-cell>'
    heads = "".join(cell.format(text) for text in ("统一社会信用代码", "单位名称", "用电量（万千瓦时）"))
    rows = (
        cell.format("规模以上工业企业运行月报") + gap,
        cell.format("报告期：2022年9月"),
        heads,
        cell.format(A) + gap + number.format("31.2", "31.2"),
    )
    names = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    table = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    content = f'<?xml version="1.0"?><office:document-content{names}><office:body><office:spreadsheet><table:table table:name="表1">{table}</table:table></office:spreadsheet></office:body></office:document-content>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr("content.xml", content)

    book = read_bytes("九月.ods", buffer.getvalue())
    found = laid(book)

    assert book.kind == "ods"
    assert found.period == Month(2022, 9)
    assert [known.column.key for known in found.head.columns] == ["electricity/value/month"]
    assert book.sheets[0].rows[3] == [A, None, 31.2]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_both_encodings(encoding):
    assert read_bytes("x.csv", CSV.encode(encoding)).sheets[0].rows[1] == [A, "合成", "31"]


def test_tabs_and_semicolons_separate_too():
    assert read_bytes("x.csv", CSV.replace(",", "\t").encode()).sheets[0].rows[1] == [A, "合成", "31"]


def test_html_named_xls_is_read_with_its_spans():
    book = read_bytes("导出.xls", HTML.encode())
    found = laid(book)

    assert book.kind == "html"
    assert [known.column.key for known in found.head.columns] == ["output/value/month", "output/value/cumulative"]
    assert found.rows == [4]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("空.xlsx", b"", "空文件"),
        ("乱.xls", b"\x00\x01\x02\x80\xff" * 50, "加密软件"),
        ("坏.xlsx", b"PK\x03\x04 broken", "另存为 .xlsx"),
        ("图.xlsx", b"%PDF-1.7", "PDF"),
        ("网页.xls", b"<html><body>login</body></html>", "没有表格"),
        ("旧.xls", b"<?xml version='1.0'?><Workbook/>", "XML"),
        ("密.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
    ],
)
def test_what_cannot_be_read_says_what_it_is_and_what_to_do(name, content, said):
    message = refusal(name, content)

    assert name in message
    assert said in message


@pytest.mark.parametrize("mark", ["机密★1年", "绝密 ★", "秘密★长期", "秘密", "【机密】", "机密级"])
def test_a_state_secret_is_refused_wherever_the_mark_stands(mark):
    assert "涉密" in refusal("x.csv", f"{mark},1\n甲,2\n".encode())
    marked = built("enterprise_month", ROWS)
    marked.sheets[0].rows[-1][1] = mark
    assert "涉密" in refusal("x.xlsx", book_bytes(marked))


@pytest.mark.parametrize("name", ["（机密）九月.xlsx", "[绝密]报表.csv", "秘密★报表.xlsx"])
def test_a_mark_in_the_name_is_enough(name):
    assert "涉密" in refusal(name, CSV.encode())


@pytest.mark.parametrize("text", ["精密仪器有限公司", "商业秘密保护", "密度", "机密性要求", "保密"])
def test_ordinary_words_are_no_mark(text):
    assert read_bytes("x.csv", f"{text},1\n".encode()).sheets[0].rows[0][0] == text


def test_folders_and_zip_files_are_opened_and_every_refusal_is_named(tmp_path):
    (tmp_path / "b").mkdir()
    write_book(built("enterprise_month", ROWS), tmp_path / "b" / "好.xlsx")
    (tmp_path / "b" / "~$好.xlsx").write_bytes(b"lock")
    (tmp_path / "b" / "坏.xlsx").write_bytes(b"PK")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("x.csv", CSV)
        archive.writestr("readme.txt", "no")

    found = dict(read_books([tmp_path]))

    assert sorted(found) == ["a.zip/x.csv", "b/坏.xlsx", "b/好.xlsx"]
    assert isinstance(found["b/坏.xlsx"], BadInput)


def test_names_in_an_old_windows_zip_are_read_as_chinese(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("AAAA.csv", CSV)
    raw = (tmp_path / "a.zip").read_bytes().replace(b"AAAA.csv", "九月.csv".encode("gb18030"))
    (tmp_path / "a.zip").write_bytes(raw)

    assert [name for name, _ in contents([tmp_path / "a.zip"])] == ["a.zip/九月.csv"]


def test_gzip_is_opened_and_a_missing_file_named(tmp_path):
    (tmp_path / "x.csv.gz").write_bytes(gzip.compress(CSV.encode()))

    assert [content for _, content in contents([tmp_path / "x.csv.gz"])] == [CSV.encode()]
    with pytest.raises(BadInput, match="没有这个文件"):
        list(contents([tmp_path / "nothing.xlsx"]))


NOTE = Note("规模以上工业企业运行月报", 7, 2, "block", "【错误】不能识别的值", "工业总产值", "1O0", "数字", "按示例填写")


def test_the_annotated_copy_keeps_everything_and_marks_the_cell(tmp_path):
    content = book_bytes(built("enterprise_month", ROWS))
    book = read_bytes("九月.xlsx", content)

    path = annotate_book(book, content, [NOTE, Note(NOTE.sheet, 7, 2, "warn", "【需说明】重复")], tmp_path)

    cell = openpyxl.load_workbook(path)[NOTE.sheet]["C8"]
    assert path.name == "九月.xlsx"
    assert cell.comment.text == "【错误】不能识别的值\n【需说明】重复"
    assert cell.fill.fgColor.rgb == COLOURS["block"]
    assert cell.value == 100
    back = read_book(path)
    assert [sheet.rows for sheet in back.sheets] == [sheet.rows for sheet in book.sheets]
    assert laid(back).problems == []


def test_a_note_on_a_merged_cell_goes_to_its_first_cell(tmp_path):
    content = book_bytes(built("enterprise_month", ROWS))
    path = annotate_book(read_bytes("九月.xlsx", content), content, [Note(NOTE.sheet, 5, 4, "hold", "缺列")], tmp_path)

    assert openpyxl.load_workbook(path)[NOTE.sheet]["C6"].comment.text == "缺列"


def test_a_drawing_is_never_lost_the_problems_come_as_a_list(tmp_path):
    """Openpyxl drops text boxes: the file itself is left alone."""
    content = _with_drawing(book_bytes(built("enterprise_month", ROWS)))
    book = read_bytes("九月.xlsx", content)
    path = annotate_book(book, content, [NOTE], tmp_path)

    assert book.has_drawings
    assert path.name == f"九月_{LIST_NAME}.xlsx"
    assert read_book(path).sheets[0].rows[1] == [NOTE.sheet, "C8", "工业总产值", "错误", "1O0", "数字", "按示例填写"]


def _with_drawing(content: bytes) -> bytes:
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    from openpyxl.chart import BarChart

    workbook.worksheets[0].add_chart(BarChart(), "A20")
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("name", ["表.csv", "表.xls"])
def test_other_kinds_come_back_as_xlsx(tmp_path, name):
    content = CSV.encode() if name.endswith("csv") else HTML.encode()
    book = read_bytes(name, content)

    path = annotate_book(book, content, [Note(book.sheets[0].name, 1, 0, "warn", "核对")], tmp_path)

    assert path.name == "表.xlsx"
    assert read_book(path).sheets[0].rows[0][0] == book.sheets[0].rows[0][0]


def test_a_template_through_the_real_file_gives_the_same_facts():
    """The whole way through xlsx: build, write, read, match, accept."""
    rows = [Row(A, "合成", enterprise("0.29", cumulative="1234567.89"), cause="核实")]
    book = read_bytes("x.xlsx", book_bytes(build_book(FORMS["enterprise_month"], Month(2022, 9), HERE, rows)))
    accepted, problems = taken(book)

    assert rules(problems) == []
    stored = dict(
        zip(
            accepted.facts["item"] + "/" + accepted.facts["role"] + "/" + accepted.facts["as_reported"],
            accepted.facts["value"],
            strict=True,
        )
    )
    assert stored["output/value/month"] == 290000
    assert stored["output/value/cumulative"] == 1234567_890000


def test_receipts_say_when_each_workbook_came(tmp_path):
    path = tmp_path / "submissions.csv"
    path.write_text("file,received_at,label\na.xlsx,2022-10-05T01:30:00Z,合成数据\n", encoding="utf-8")

    assert {name: at.isoformat() for name, at in read_receipts(path).items()} == {"a.xlsx": "2022-10-05T01:30:00+00:00"}
    assert synthetic_receipts(tmp_path) == read_receipts(path)
    assert is_receipts(read_book(path))
    path.write_text("file,received_at,label\na.xlsx,2022-10-05T01:30:00Z,\n", encoding="utf-8")
    assert synthetic_receipts(tmp_path) == {}, "only a labelled synthetic folder may set its own times"
    path.write_text("file,received_at\na.xlsx,yesterday\n,2022-10-05T01:30:00\n", encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        read_receipts(path)
    assert len(refused.value.faults) == 2


def test_a_cell_can_hold_only_what_a_spreadsheet_can():
    with pytest.raises(TypeError, match="complex"):
        book_bytes(Book([Sheet("x", [[1j]])]))  # type: ignore[list-item]
    assert read_bytes("x", book_bytes(Book([Sheet("x", [[True, datetime(2022, 9, 1, 8), None, 1]])]))).sheets[0].rows[0][3] == 1
