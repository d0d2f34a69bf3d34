"""Before a workbook is read: is it bounded, and do its cells show what they hold?

A few hundred bytes can unpack to gigabytes, and one value in the last cell of a sheet makes a reader set aside billions. Such files are refused
before they are opened, in bounded time and memory. And a cell may show another number than it holds: a percent or scaling format, a formula whose
result was never stored, an error value. Those cells are given what they show, so that no silent wrong figure comes of them.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from decimal import Decimal

from yunxing.engines.facts.sheet import Sheet
from yunxing.values.errors import BadInput, Fault

PARTS, PART_BYTES, BOOK_BYTES = 2_000, 64 * 2**20, 192 * 2**20  # unpacked
CELLS = 3_000_000  # of one sheet, from its first corner to its last value
LINES = 1_000_000  # cells and lines of a table in text
COVERED = 400_000  # cells that the spans of a page's table cover
CHUNK = 2**20
RESAVE = "在 WPS 或 Office 中打开，删去空白的行列，另存为 .xlsx"
_FAR = re.compile(rb'<(?:\w+:)?c [^>]*?r="(?:[A-Z]{3}\d+|[A-Z]{1,2}\d{6,})"[^>]*>\s*<(?:\w+:)?(?:v|is|f)\b')
_ODS_CELL = re.compile(rb"<table:(?:covered-)?table-cell\b[^>]*\boffice:(?:value|boolean|date|time|string)[^>]*>")
_ODS_ROW = re.compile(rb'<table:table-row\b[^>]*number-rows-repeated="(\d{4,})"[^>]*>(.*?)</table:table-row>', re.DOTALL)
_ODS_TIMES = re.compile(rb'number-columns-repeated="(\d{4,})"')
_CELL = re.compile(rb"<(?:\w+:)?c ([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_STYLE, _TYPE, _VALUE = re.compile(rb'\bs="(\d+)"'), re.compile(rb'\bt="(\w+)"'), re.compile(rb"<(?:\w+:)?v>([^<]*)</(?:\w+:)?v>")
_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
_ATTRIBUTE = r'\b{}="([^"]*)"'


def check_archive(name: str, content: bytes) -> dict[str, bytes]:
    """The XML parts of a workbook that is a zip, unpacked within bounds. BadInput when it is damaged, too large, or reaches beyond what a table needs."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
            if len(infos) > PARTS:
                raise refuse(name, f"{len(infos):,} 个部件的工作簿", f"不超过 {PARTS:,} 个", RESAVE)
            if any(info.flag_bits & 0x1 for info in infos):
                raise refuse(name, "有密码的文件", "没有密码的工作簿", "去掉密码，另存后再报送")
            left, parts = BOOK_BYTES, {}
            for info in infos:
                part = _unpacked(name, archive, info, min(left, PART_BYTES))
                left -= len(part)
                if info.filename.endswith((".xml", ".rels")):
                    parts[info.filename] = part
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error, OSError, ValueError, IndexError) as error:
        fix = "在 WPS 或 Office 中打开，另存为 .xlsx；若打不开，可能已被本单位的加密软件加密，请先解密"
        raise refuse(name, f"损坏的文件（{error}）", "完整的 .xlsx 或 .ods 工作簿", fix) from error
    for path, xml in parts.items():
        if re.fullmatch(r"xl/worksheets/[^/]+\.xml", path) and _FAR.search(xml):
            raise refuse(name, "远处的单元格里有数（第 100000 行或 AAA 列以外）", "一张报表大小的工作表", "删去表外的内容，另存后再报送")
        if path == "content.xml" and _repeats_values(xml):
            raise refuse(name, "同一个数重复上千个单元格", "一张报表大小的工作表", RESAVE)
    return parts


def _repeats_values(xml: bytes) -> bool:
    """Whether an OpenDocument sheet repeats a value over thousands of cells; blank rows and cells are repeated in every honest one."""
    if any(_ODS_TIMES.search(cell) for cell in _ODS_CELL.findall(xml)):
        return True
    return any(_ODS_CELL.search(inside) or b"<text:p" in inside for _, inside in _ODS_ROW.findall(xml))


def _unpacked(name: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    """One part, read no further than `most`: what a file says of its own size is not believed."""
    pieces, size = [], 0
    with archive.open(info) as part:
        while piece := part.read(CHUNK):
            size += len(piece)
            if size > most:
                found = f"解压后超过 {most // 2**20} MiB（{info.filename}）"
                raise refuse(name, found, f"单个部件不超过 {PART_BYTES // 2**20} MiB、合计不超过 {BOOK_BYTES // 2**20} MiB", RESAVE)
            pieces.append(piece)
    return b"".join(pieces)


def check_extent(name: str, sheet: str, height: int, width: int) -> None:
    """Refuse a sheet whose used area is larger than any table: `height` rows by `width` columns."""
    if height * width > CELLS:
        found = f"工作表“{sheet}”用到 {height:,} 行 × {width:,} 列"
        raise refuse(name, found, f"不超过 {CELLS:,} 个单元格", RESAVE)


def show(parts: dict[str, bytes], sheets: list[Sheet]) -> None:
    """Give the cells of the sheets that show another thing than they hold the text they show; nothing is done where no cell does."""
    formats = dict(_odd_formats(parts.get("xl/styles.xml", b"")))
    by_name = {sheet.name: sheet for sheet in sheets}
    for title, part in _sheet_parts(parts):
        xml = parts.get(part, b"")
        if title not in by_name or not (formats or _FORMULA.search(xml) or b't="e"' in xml):
            continue
        rows = by_name[title].rows
        for (row, column), text in _odd_cells(xml, formats):
            if row < len(rows):
                rows[row].extend([None] * (column + 1 - len(rows[row])))
                rows[row][column] = text
            else:
                rows.extend([[] for _ in range(row + 1 - len(rows))])
                rows[row] = [*([None] * column), text]


def _odd_formats(styles: bytes) -> Iterator[tuple[int, str]]:
    """Cell styles whose number format shows a percent or a scaled number, by their place: `percent` or `scaled`."""
    custom = {}
    for tag in re.findall(rb"<numFmt [^>]*>", styles):
        number, code = re.search(rb'numFmtId="(\d+)"', tag), re.search(rb'formatCode="([^"]*)"', tag)
        if number and code:
            plain = re.sub(r'&quot;.*?&quot;|"[^"]*"|\\.|\[[^\]]*\]', "", code[1].decode("utf-8", "replace"))
            custom[int(number[1])] = "percent" if "%" in plain else "scaled" if re.search(r"[0#?],+(?![0#?,])|!", plain) else ""
    kinds = {9: "percent", 10: "percent"} | custom
    table = re.search(rb"<cellXfs[^>]*>(.*?)</cellXfs>", styles, re.DOTALL)
    for place, tag in enumerate(re.findall(rb"<xf [^>]*>", table[1]) if table else []):
        number = re.search(rb'numFmtId="(\d+)"', tag)
        kind = kinds.get(int(number[1]), "") if number else ""
        if kind:
            yield place, kind


def _odd_cells(xml: bytes, formats: dict[int, str]) -> Iterator[tuple[tuple[int, int], str]]:
    for attributes, inside in _CELL.findall(xml):
        at = _REFERENCE.search(attributes)
        if at is None:
            continue
        style, kind, value = _STYLE.search(attributes), _TYPE.search(attributes), _VALUE.search(inside)
        told = formats.get(int(style[1]), "") if style else ""
        text = ""
        if kind and kind[1] == b"e":
            text = value[1].decode("utf-8", "replace") if value else "#错误"
        elif _FORMULA.search(inside) and (value is None or not value[1]) and not (kind and kind[1] == b"str"):
            text = "公式没有结果"
        elif told and value and (kind is None or kind[1] == b"n"):
            text = _as_shown(value[1], told)
        if text:
            yield (int(at[2]) - 1, _column(at[1])), text


def _as_shown(value: bytes, kind: str) -> str:
    """`0.35` under a percent format is `35%`; under a scaling format the shown number is not what the cell holds, and nobody can tell which was meant."""
    text = value.decode("ascii", "replace")
    try:
        number = Decimal(text)
    except ArithmeticError:
        return text
    return f"{(number * 100).normalize():f}%" if kind == "percent" else f"{text}（单元格格式缩放显示）"


def _column(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - 64
    return place - 1


def _sheet_parts(parts: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    """Sheet names and the parts that hold them, as the workbook says."""
    links = {}
    for tag in re.findall(r"<Relationship [^>]*>", parts.get("xl/_rels/workbook.xml.rels", b"").decode("utf-8", "replace")):
        id_, target = re.search(_ATTRIBUTE.format("Id"), tag), re.search(_ATTRIBUTE.format("Target"), tag)
        if id_ and target:
            links[id_[1]] = target[1].lstrip("/")
    for tag in re.findall(r"<sheet [^>]*>", parts.get("xl/workbook.xml", b"").decode("utf-8", "replace")):
        title, id_ = re.search(_ATTRIBUTE.format("name"), tag), re.search(_ATTRIBUTE.format("r:id"), tag)
        if title and id_ and id_[1] in links:
            place = links[id_[1]]
            yield _plain(title[1]), place if place.startswith("xl/") else f"xl/{place}"


def _plain(text: str) -> str:
    for mark, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(mark, sign)
    return text


def refuse(name: str, found: str, expected: str, fix: str) -> BadInput:
    """The refusal of one file: what was found, what is expected, how to mend it."""
    return BadInput.from_faults([Fault(name, "", found, expected, fix=fix)])
