"""Read workbooks by what they hold, not by what they are called: .xlsx, .xls, .ods (also named .et), HTML tables named .xls, CSV.

What cannot be read, is encrypted, or is marked as a state secret is refused before anything is kept; every refusal says what to do.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath

from yunxing.engines.facts.sheet import Book, CellValue, Sheet
from yunxing.io.books import guard
from yunxing.values.digest import digest
from yunxing.values.errors import BadInput, Fault

SUFFIXES = {".xlsx", ".xls", ".ods", ".csv", ".et", ".xlsm", ".htm", ".html"}
MAX_BYTES = 64 * 2**20
MAX_TEXT = 16 * 2**20  # of CSV and HTML
_SAVE_AGAIN = "在 WPS 或 Office 中打开，另存为 .xlsx；若打不开，可能已被本单位的加密软件加密，请先解密"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# 保守国家秘密法: the mark is the level, ★ and the term; a cell that holds the level alone is a mark too
_SECRET = re.compile(r"(绝密|机密|秘密)\s*★|^[【\[（(]?\s*(绝密|机密|秘密)\s*级?\s*[】\])）]?$")
_SECRET_NAME = re.compile(r"(绝密|机密|秘密)\s*★|[【\[（(]\s*(绝密|机密|秘密)\s*[】\])）]")


def read_book(path: Path) -> Book:
    """The workbook at `path`. BadInput names the file, what it is, and how to save it so that it can be read."""
    return read_bytes(path.name, path.read_bytes())


def read_books(paths: Iterable[Path]) -> Iterator[tuple[str, Book | BadInput]]:
    """Every workbook of files, folders and zip files, in name order; what cannot be read comes as its refusal, so that all are named at once."""
    for name, content in contents(paths):
        try:
            yield name, read_bytes(name, content)
        except BadInput as refusal:
            yield name, refusal


def contents(paths: Iterable[Path]) -> Iterator[tuple[str, bytes | BadInput]]:
    """Name and bytes of every workbook in files, folders and zip files, in name order. Office's own lock files (~$…) are passed over.

    What cannot be opened (a broken archive, no right to read) comes as its refusal, which `read_bytes` raises; so one bad file stops no other.
    A path that does not exist is `BadInput` at once.
    """
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in SUFFIXES | {".zip"} and p.name[0] not in "~.")
            for file in inside:
                yield from _file(file, str(file.relative_to(path)))
        elif path.exists():
            yield from _file(path, path.name)
        else:
            raise BadInput.from_faults([Fault(str(path), "", "没有这个文件", "文件、文件夹或 zip 压缩包", fix="核对文件名")])


def _file(path: Path, name: str) -> Iterator[tuple[str, bytes | BadInput]]:
    try:
        content = path.read_bytes()
        if content[:2] == b"\x1f\x8b":
            content = _unzipped(name, content)
    except BadInput as refusal:
        yield name, refusal
    except OSError as error:
        yield name, _refuse(name, f"无法读取（{error.strerror or error}）", "完整的、本账户可读的文件", "检查文件权限，或重新复制")
    else:
        if path.suffix.lower() == ".zip":
            yield from _members(name, content)
        else:
            yield name, content


def _members(name: str, content: bytes) -> Iterator[tuple[str, bytes | BadInput]]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile as error:
        yield name, _refuse(name, f"损坏的压缩包（{error}）", "完整的 zip 压缩包", "重新压缩，或直接报送其中的工作簿")
        return
    with archive:
        # a name without the UTF-8 flag was written by an old Windows in its own code page
        members = [(_zip_name(info), info) for info in archive.infolist() if not info.is_dir()]
        for inner, info in sorted(members, key=lambda pair: pair[0]):
            if PurePosixPath(inner).suffix.lower() in SUFFIXES and PurePosixPath(inner).name[0] not in "~.":
                yield f"{name}/{inner}", _member(archive, info, f"{name}/{inner}")


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> bytes | BadInput:
    if info.file_size > MAX_BYTES:
        return _refuse(name, f"{info.file_size} 字节", f"不超过 {MAX_BYTES} 字节", "拆分后再上传")
    if info.flag_bits & 0x1:
        return _refuse(name, "有密码的压缩包", "没有密码的压缩包", "去掉密码重新压缩")
    try:
        return archive.read(info)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error, OSError) as error:
        return _refuse(name, f"损坏的压缩包（{error}）", "完整的 zip 压缩包", "重新压缩，或直接报送其中的工作簿")


def _unzipped(name: str, content: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as packed:
            plain = packed.read(MAX_BYTES + 1)
    except (EOFError, zlib.error, OSError) as error:
        raise _refuse(name, f"损坏的压缩文件（{error}）", "完整的 .gz 文件", "重新压缩，或报送未压缩的文件") from error
    if len(plain) > MAX_BYTES:
        raise _refuse(name, f"解压后超过 {MAX_BYTES} 字节", f"不超过 {MAX_BYTES} 字节", "拆分后再上传")
    return plain


def _zip_name(info: zipfile.ZipInfo) -> str:
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return info.filename


def read_bytes(name: str, content: bytes | BadInput) -> Book:
    """The workbook in `content`; `name` is for messages and for the mark of secrecy alone. A refusal from `contents` is raised."""
    if isinstance(content, BadInput):
        raise content
    if _SECRET_NAME.search(name):
        raise _secret(name, "文件名")
    if not content:
        raise _refuse(name, "空文件", "一张报表", "重新导出")
    if len(content) > MAX_BYTES:
        raise _refuse(name, f"{len(content)} 字节", f"不超过 {MAX_BYTES} 字节", "拆分后再上传")
    book = _by_content(name, content)
    book.digest = digest(content)
    _refuse_secrets(name, book)
    return book


def _by_content(name: str, content: bytes) -> Book:
    head = content[:4096].lstrip(b"\xef\xbb\xbf").lstrip().lower()
    if content[:2] == b"PK" or content[:8] == _OLE:
        return _calamine(name, content)
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<head")) or (head.startswith(b"<?xml") and b"<html" in head):
        return _html(name, content)
    if head.startswith(b"<?xml"):
        raise _refuse(name, "XML 电子表格", ".xlsx 工作簿", "在 WPS 或 Office 中另存为 .xlsx")
    if content[:4] == b"%PDF":
        raise _refuse(name, "PDF 文件", ".xlsx 工作簿", "请报送原始表格")
    return _csv(name, content)


def _calamine(name: str, content: bytes) -> Book:
    import python_calamine

    if content[:8] == _OLE:
        _refuse_ole(name, content)
    parts = guard.check_archive(name, content) if content[:2] == b"PK" else {}
    try:
        workbook = python_calamine.load_workbook(io.BytesIO(content))
        sheets = [
            _calamine_sheet(name, workbook, data.name, hidden=data.visible != python_calamine.SheetVisibleEnum.Visible)
            for data in workbook.sheets_metadata
        ]
    except python_calamine.PasswordError as error:
        raise _encrypted(name) from error
    except (python_calamine.CalamineError, zipfile.BadZipFile, OSError, ValueError, OverflowError) as error:
        raise _refuse(name, f"无法识别的文件（{error}）", ".xlsx、.xls、.ods 或 .csv", _SAVE_AGAIN) from error
    except BaseException as panic:
        # the reader is written in Rust: a file that breaks it comes as a panic, which is no Exception, and is that file's fault alone
        if type(panic).__name__ != "PanicException":
            raise
        raise _refuse(name, "结构损坏的文件", ".xlsx、.xls、.ods 或 .csv", _SAVE_AGAIN) from panic
    kind = "xls" if content[:8] == _OLE else "ods" if b"opendocument.spreadsheet" in content[:200] else "xlsx"
    if kind == "xlsx":
        guard.show(parts, sheets)
    drawings = kind == "xlsx" and any(re.match(r"xl/drawings/drawing\d+\.xml", part) for part in parts)
    return Book(sheets, name=name, kind=kind, has_drawings=drawings)


def _refuse_ole(name: str, content: bytes) -> None:
    """What else than an old workbook comes in its container: a protected one, a Word document, WPS's own formats."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise _encrypted(name)
    if not any(stream.encode("utf-16-le") in content for stream in ("Workbook", "Book", "WORKBOOK", "BOOK")):
        word = "WordDocument".encode("utf-16-le") in content
        found = "文字文档" if word else "WPS 自有格式（.et、.wps）或不是表格的文件"
        raise _refuse(name, found, ".xlsx 工作簿", "在 WPS 中打开，“另存为”选择 .xlsx" if not word else "请报送原始表格，另存为 .xlsx")


def _calamine_sheet(file: str, workbook: object, name: str, *, hidden: bool) -> Sheet:
    sheet = workbook.get_sheet_by_name(name)  # type: ignore[attr-defined]
    guard.check_extent(file, name, sheet.height, sheet.width)
    rows = sheet.to_python(skip_empty_area=False)
    cells: list[list[CellValue]] = [[None if value == "" else value for value in row] for row in rows]
    found = sheet.merged_cell_ranges or []
    return Sheet(name, cells, merges=[(a[0], a[1], b[0], b[1]) for a, b in found], hidden=hidden)


def _decoded(name: str, content: bytes) -> str:
    if len(content) > MAX_TEXT:
        raise _refuse(name, f"{len(content)} 字节的文本", f"不超过 {MAX_TEXT} 字节", "删去空白行，或另存为 .xlsx")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise _refuse(name, "既不是表格也不是文本的文件", ".xlsx、.xls、.ods 或 .csv", _SAVE_AGAIN)


def _csv(name: str, content: bytes) -> Book:
    text = _decoded(name, content)
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    rows: list[list[CellValue]] = []
    cells = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append([cell or None for cell in row])
            cells += len(row) + 1
            if cells > guard.LINES:
                raise _refuse(name, f"超过 {guard.LINES:,} 个单元格", "一张报表大小的表格", "删去空白行，拆分后再上传")
    except csv.Error as error:
        raise _refuse(name, f"格式错乱的文本表格（{error}）", "逗号分隔的表格", "在 WPS 或 Office 中打开，另存为 .xlsx") from error
    return Book([Sheet("csv", rows)], name=name, kind="csv")


class _Tables(HTMLParser):
    """The cells of all tables of a page, with their spans as merges."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[CellValue]] = []
        self.merges: list[tuple[int, int, int, int]] = []
        self._taken: set[tuple[int, int]] = set()
        self._text: list[str] | None = None
        self._span = (1, 1)
        self.covered = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            spans = dict(attrs)
            self._span = (_span(spans.get("rowspan")), _span(spans.get("colspan")))
            self._text = []

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"} and self._text is not None and self.rows:
            row, column = len(self.rows) - 1, len(self.rows[-1])
            while (row, column) in self._taken:
                self.rows[-1].append(None)
                column += 1
            down, across = self._span
            self.covered += down * across
            if self.covered > guard.COVERED:
                raise ValueError("too many cells")
            self._taken |= {(row + i, column + j) for i in range(down) for j in range(across)}
            self.rows[-1].append("".join(self._text).strip() or None)
            self.rows[-1].extend([None] * (across - 1))
            if down * across > 1:
                self.merges.append((row, column, row + down - 1, column + across - 1))
            self._text = None


def _span(text: str | None) -> int:
    return min(int(text), 100) if text and text.isdigit() and int(text) else 1


def _html(name: str, content: bytes) -> Book:
    parser = _Tables()
    try:
        parser.feed(_decoded(name, content))
    except (ValueError, AssertionError) as error:  # html.parser asserts on some broken declarations
        raise _refuse(name, f"格式错乱的网页表格（{error}）", "一张报表大小的表格", "在 WPS 或 Office 中打开，另存为 .xlsx") from error
    if not any(parser.rows):
        raise _refuse(name, "没有表格的网页", "一张表格", "在 WPS 或 Office 中打开，另存为 .xlsx")
    return Book([Sheet("html", parser.rows, merges=parser.merges)], name=name, kind="html")


def _refuse_secrets(name: str, book: Book) -> None:
    for sheet in book.sheets:
        if _SECRET_NAME.search(sheet.name):
            raise _secret(name, f"工作表名“{sheet.name}”")
        for row in sheet.rows:
            for value in row:
                if type(value) is str and "密" in value and _SECRET.search(value.strip()):
                    raise _secret(name, f"工作表“{sheet.name}”")


def _secret(name: str, place: str) -> BadInput:
    fault = Fault(
        name,
        place,
        "国家秘密标志",
        "不涉密的文件",
        why="严禁在本平台处理、传输涉密信息",
        fix="不要再次上传；按保密规定处理，并告知本单位保密员",
    )
    return BadInput.from_faults([fault])


def _encrypted(name: str) -> BadInput:
    return _refuse(name, "有打开密码的工作簿", "没有密码的工作簿", "在 WPS 或 Office 中去掉打开密码，另存后再报送")


def _refuse(name: str, found: str, expected: str, fix: str) -> BadInput:
    return BadInput.from_faults([Fault(name, "", found, expected, fix=fix)])
