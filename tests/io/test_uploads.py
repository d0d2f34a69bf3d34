"""What may be uploaded: known by content, bounded, and refused before storage when it bears a mark of secrecy (design: ecosystem 1.6)."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.io.uploads import KINDS, inspect, kind_of, safe_name
from yunxing.values.errors import BadInput

LIMIT = 5 * 1024 * 1024
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def docx(*paragraphs, header=""):
    import docx as library

    document = library.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if header:
        document.sections[0].header.paragraphs[0].text = header
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def xlsx(*cells, footer=""):
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for row, text in enumerate(cells):
        sheet.write(row, 0, text)
    if footer:
        sheet.set_footer(footer)
    book.close()
    return out.getvalue()


def archive(entries, *, times=1):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name, content * times)
    return out.getvalue()


def accept(name, content, **more):
    return inspect(name, content, limit_bytes=LIMIT, **more)


ORDINARY = {
    "book": ("9月工业月报.xlsx", lambda: xlsx("工业总产值", 1203.5), "xlsx"),
    "book named .et": ("月报.et", lambda: xlsx("a"), "xlsx"),
    "word": ("通报.docx", lambda: docx("一、总体情况"), "docx"),
    "csv in UTF-8": ("a.csv", lambda: "企业,产值\n甲,1\n".encode("utf-8-sig"), "csv"),
    "csv in GB 18030": ("a.csv", lambda: "企业,产值\n甲,1\n".encode("gb18030"), "csv"),
    "pdf": ("a.pdf", lambda: b"%PDF-1.7\n...", "pdf"),
    "picture": ("a.png", lambda: b"\x89PNG\r\n\x1a\n0000", "png"),
    "photo": ("a.jpg", lambda: b"\xff\xd8\xff\xe0....", "jpg"),
    "old book": ("a.xls", lambda: OLE + b"\0" * 100 + "Workbook".encode("utf-16-le"), "xls"),
    "old word": ("a.doc", lambda: OLE + b"\0" * 100 + "WordDocument".encode("utf-16-le"), "doc"),
    "ofd": ("a.ofd", lambda: archive({"OFD.xml": b"<ofd/>"}), "ofd"),
    "archive": ("县区报表.zip", lambda: archive({"甲县.xlsx": xlsx("a"), "乙县/b.csv": b"a,b\n"}), "zip"),
}
# words that are near the mark and are none: refusing them would stop ordinary work
HARMLESS = {
    "trade secret in the name": ("商业秘密保护工作通知.docx", lambda: docx("正文")),
    "training on secrecy": ("保密教育培训.docx", lambda: docx("做好保密工作，严守国家秘密。")),
    "the words in a sentence": ("制度.docx", lambda: docx("涉及绝密、机密、秘密级事项的，按有关规定办理。")),
    "a firm's name": ("名单.xlsx", lambda: xlsx("机密仪器制造有限公司", "秘密花园食品厂")),
}
MARKED = {
    "star in the name": ("机密★方案.docx", lambda: docx("正文")),
    "word fenced off in the name": ("【秘密】煤炭库存.xlsx", lambda: xlsx("a")),
    "word first in the name": ("绝密 电力调度.pdf", lambda: b"%PDF-1.7"),
    "full-width brackets in the name": ("（机密）台账.csv", lambda: b"a,b"),
    "mark on the first page": ("方案.docx", lambda: docx("机密★1年", "标题")),
    "mark with spaces": ("方案.docx", lambda: docx("000001", "秘 密★".replace(" ", "") + " 长期")),
    "star after a space": ("方案.docx", lambda: docx("绝密 ★ 30年")),
    "level word": ("方案.docx", lambda: docx("机密级★")),
    "word alone on its line": ("方案.docx", lambda: docx("秘密", "关于某事的通知")),
    "split into runs": ("方案.docx", lambda: two_runs("机密", "★1年")),
    "mark in the page header": ("方案.docx", lambda: docx("正文", header="秘密★5年")),
    "mark in a cell": ("表.xlsx", lambda: xlsx("标题", "机密★1年")),
    "word alone in a cell": ("表.xlsx", lambda: xlsx("标题", "（机密）")),
    "mark in a page footer of a book": ("表.xlsx", lambda: xlsx("a", footer="&C秘密★")),
    "mark in a text": ("a.csv", lambda: "机密★,,\n企业,产值\n".encode("gb18030")),
    "mark in an old book": ("a.xls", lambda: OLE + "Workbook机密★1年".encode("utf-16-le")),
    "mark in an old word file": ("a.doc", lambda: OLE + "WordDocument绝密★".encode("utf-16-le")),
    "mark inside an archive": ("a.zip", lambda: archive({"ok.csv": b"a,b", "x.docx": docx("机密★")})),
    "name inside an archive": ("a.zip", lambda: archive({"【机密】x.csv": b"a,b"})),
}
REFUSED = {
    "empty": ("a.xlsx", lambda: b""),
    "a program": ("报表.xlsx", lambda: b"MZ\x90\x00\x03\x00\x00\x00"),
    "a program named picture": ("a.png", lambda: b"\x7fELF\x02\x01\x01\x00"),
    "a page named book": ("a.xls", lambda: b"<html><table><tr><td>1</td></tr></table></html>"),
    "macros": ("a.xlsm", lambda: archive({"xl/workbook.xml": b"<x/>", "xl/vbaProject.bin": b"\0"})),
    "protected by a password": ("a.xlsx", lambda: OLE + "EncryptedPackage".encode("utf-16-le")),
    "archive within an archive": ("a.zip", lambda: archive({"b.zip": archive({"c.csv": b"a"})})),
    "program within an archive": ("a.zip", lambda: archive({"b.xlsx": b"MZ\x90\x00\x03\x00"})),
    "broken archive": ("a.xlsx", lambda: b"PK\x03\x04broken"),
    "too large": ("a.csv", lambda: b"1,2\n" * (LIMIT // 4 + 1)),
    "unpacks without end": ("a.zip", lambda: archive({f"{n}.csv": b"0" * 1024 * 1024 for n in range(250)})),
    "too many entries": ("a.zip", lambda: archive({f"{n}.csv": b"0" for n in range(5001)})),
}


def two_runs(*texts):
    import docx as library

    document = library.Document()
    paragraph = document.add_paragraph()
    for text in texts:
        paragraph.add_run(text).bold = True
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("name", "make", "kind"), ORDINARY.values(), ids=ORDINARY)
def test_ordinary_files_are_taken_for_what_they_are(name, make, kind):
    """By content, whatever the ending says."""
    accepted = accept(name, make())

    assert accepted.kind == kind
    assert accepted.name == name


@pytest.mark.parametrize(("name", "make"), HARMLESS.values(), ids=HARMLESS)
def test_the_words_alone_are_no_mark(name, make):
    """A mark is a word with a star, or the word alone on its line; speaking of secrecy is not a secret."""
    assert accept(name, make())


@pytest.mark.parametrize(("name", "make"), MARKED.values(), ids=MARKED)
def test_marked_files_are_refused_with_the_notice(name, make):
    """The message says what to do, and repeats nothing of the content."""
    with pytest.raises(BadInput, match="严禁处理、传输涉密信息") as refusal:
        accept(name, make())

    assert "文件未保存" in str(refusal.value)


@pytest.mark.parametrize(("name", "make"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_used_is_refused_with_the_way_out(name, make):
    with pytest.raises(BadInput) as refusal:
        accept(name, make())

    (fault,) = refusal.value.faults
    assert fault.file
    assert fault.found
    assert fault.fix


def test_the_limit_itself_is_still_taken():
    """`at most` includes the limit."""
    content = b"1,2\n" * (LIMIT // 4)

    assert accept("a.csv", content).kind == "csv"
    with pytest.raises(BadInput):
        accept("a.csv", content + b"1")


def test_the_caller_narrows_the_kinds():
    with pytest.raises(BadInput, match="one of: xlsx"):
        accept("a.pdf", b"%PDF-1.7", kinds=frozenset({"xlsx"}))
    assert "html" not in KINDS


def test_whether_the_text_was_read_is_said():
    """A picture or a PDF may hold a mark nobody has looked for: the answer does not hide it."""
    assert accept("a.docx", docx("x")).text_was_read
    assert not accept("a.png", b"\x89PNG\r\n\x1a\n00").text_was_read


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("a/b/../月报.xlsx", "月报.xlsx"),
        ("C:\\Users\\x\\月报.xlsx", "月报.xlsx"),
        ("月\x00报\u202e.xlsx", "月报.xlsx"),
        ("...", "file"),
        ("", "file"),
    ],
)
def test_names_are_made_safe(given_name, kept):
    assert safe_name(given_name) == kept


@given(st.text(max_size=400))
def test_a_safe_name_is_short_and_has_no_folder(text):
    name = safe_name(text)

    assert 0 < len(name) <= 150
    assert "/" not in name
    assert "\\" not in name
    assert name not in (".", "..")


def test_a_long_name_keeps_its_ending():
    assert safe_name("长" * 300 + ".xlsx").endswith(".xlsx")


@given(st.binary(max_size=300))
def test_any_bytes_are_judged_without_an_error(content):
    """Garbage is answered by a kind or by None, an accepted file or `BadInput`; nothing else."""
    kind_of(content)
    kind_of(b"PK\x03\x04" + content)
    for name in ("a.xlsx", "a.zip"):
        try:
            accept(name, content)
        except BadInput:
            continue


def test_names_in_archives_of_chinese_windows_are_read():
    """Without the UTF-8 flag the bytes are GB 18030: a mark in such a name is found."""
    from yunxing.io.uploads import entry_name

    info = zipfile.ZipInfo("【机密】表.csv".encode("gb18030").decode("cp437"))
    info.flag_bits = 0

    assert entry_name(info) == "【机密】表.csv"


# --- archives taken apart


def packed(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_members_come_one_by_one_and_a_bad_one_as_its_refusal():
    """An archive in the archive is refused alone; folders, lock files and a Mac's own files are passed over."""
    from yunxing.io.uploads import members

    inner = packed({"x.csv": b"1"})
    content = packed({"甲/a.csv": b"1,2", "~$a.xlsx": b"x", "__MACOSX/a.csv": b"x", ".DS_Store": b"x", "b.zip": inner, "c/": b""})
    found = dict(members("全县.zip", content, limit_bytes=1024))

    assert list(found) == ["甲/a.csv", "b.zip"]
    assert found["甲/a.csv"] == b"1,2"
    assert isinstance(found["b.zip"], BadInput)
    assert "全县.zip/b.zip" in str(found["b.zip"])


def test_a_broken_archive_and_one_that_unpacks_to_far_more_are_refused_before_unpacking():
    """Nothing of them is read."""
    from yunxing.io.uploads import members

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"{number}.csv", b"0" * 30_000_000)
    with pytest.raises(BadInput, match="unpacked"):
        list(members("大.zip", buffer.getvalue(), limit_bytes=1024))
    with pytest.raises(BadInput, match="损坏的压缩包"):
        list(members("坏.zip", b"PK\x03\x04", limit_bytes=1024))


def test_a_member_that_is_damaged_stops_no_other():
    """Its checksum does not hold: its refusal, and the next member as ever."""
    from yunxing.io.uploads import members

    content = bytearray(packed({"a.csv": b"1,2,3,4", "b.csv": b"5"}))
    at = bytes(content).index(b"1,2,3,4")
    content[at] = ord("9")
    found = dict(members("a.zip", bytes(content), limit_bytes=1024))

    assert isinstance(found["a.csv"], BadInput)
    assert found["b.csv"] == b"5"


def test_an_open_document_spreadsheet_is_one_and_its_mark_is_found():
    """`.ods` by content; a mark of secrecy in its cells is refused like in a workbook."""
    head = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}
    plain = packed({**head, "content.xml": "<a><text:p>甲</text:p><text:p>商业秘密保护</text:p></a>".encode()})
    secret = packed({**head, "content.xml": "<a><text:p>甲</text:p><text:p>机密★5年</text:p></a>".encode()})

    assert inspect("a.et", plain, limit_bytes=LIMIT).kind == "ods"
    with pytest.raises(BadInput, match="密级标志"):
        inspect("a.ods", secret, limit_bytes=LIMIT)
