"""Workbooks as nobody should send them: real ones of the synthetic city, damaged in one or more of many ways. 合成数据.

`corrupted(seed, pool)` gives the same damaged file for the same seed. `shown(content)` reads, by another library than the product's own, what number
every cell shows to a person, so that a figure taken from a damaged file can be held against it.
"""

from __future__ import annotations

import io
import random
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

BLANK_ROWS = 200 * 2**20  # bytes of them, unpacked


@dataclass(frozen=True)
class Hostile:
    """One damaged file: its name and bytes, what was done to it, and whether its cells can be compared with another reader's."""

    name: str
    content: bytes
    done: str
    comparable: bool = False


def corrupted(seed: int, pool: list[bytes]) -> Hostile:
    """A real workbook of the pool, damaged; kinds take turns, what they hit is drawn."""
    rng = random.Random(seed)
    kinds = [*CELLS, *STRUCTURE, *BYTES]
    kind = kinds[seed % len(kinds)]
    base = pool[rng.randrange(len(pool))]
    if kind in BYTES:
        name, content = kind(rng, base)
        return Hostile(name, content, kind.__name__)
    again = [kind, *rng.sample(CELLS, rng.randrange(3))] if kind in CELLS else [kind]
    return Hostile("月报.xlsx", _edited(base, rng, again), "+".join(one.__name__ for one in again), comparable=True)


def _edited(base: bytes, rng: random.Random, kinds: list[Callable[[random.Random, Any], None]]) -> bytes:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(base))
    for kind in kinds:
        kind(rng, book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _cell(rng: random.Random, book: Any) -> Any:
    """A cell of the body, most often a figure."""
    from openpyxl.cell.cell import MergedCell

    sheet = book.worksheets[0]
    for _ in range(50):
        cell = sheet.cell(rng.randint(7, max(8, sheet.max_row)), rng.randint(1 if rng.random() < 0.2 else 3, max(3, sheet.max_column - 1)))
        if not isinstance(cell, MergedCell):
            return cell
    return sheet["A1"]


def _put(cell: Any, value: Any) -> None:
    """Write into a cell that is not covered by a merge."""
    from openpyxl.cell.cell import MergedCell

    if not isinstance(cell, MergedCell):
        cell.value = value


# ---- one cell --------------------------------------------------------------------------------------------------------------------------


def text_for_a_number(rng: random.Random, book: Any) -> None:
    words = [
        "abc",
        "约100",
        "1O0",
        "l00",
        "12,34",
        "—",
        "不适用",
        "１２３．５",
        " 77 ",
        "5万元",
        "5吨",
        "3亿元",
        "1e5",
        "++1",
        "1.2.3",
        "无",
        "保密",
        "ＮａＮ",
        "一百",
        "100%",
        "",
        "　",
        "#REF!",
        "=",
        "\t9",
    ]
    _cell(rng, book).value = rng.choice(words)


def another_type(rng: random.Random, book: Any) -> None:
    _cell(rng, book).value = rng.choice([True, False, date(2022, 9, 30), 1e300, -1e300, 1e15 + 0.5, -5, 0.1 + 0.2, 1e-9, 2**53 + 1, None])


def formula_without_a_result(rng: random.Random, book: Any) -> None:
    _cell(rng, book).value = rng.choice(["=1+1", "=SUM(C8:C9)", "=1/0", "=[1]别的!A1", "=XLOOKUP(1,A:A,B:B)", '=HYPERLINK("http://x")'])


def percent_format(rng: random.Random, book: Any) -> None:
    cell = _cell(rng, book)
    cell.value, cell.number_format = rng.choice([0.355, 12, 1.5]), rng.choice(["0.00%", "0%", '0.0"%"'])


def scaled_format(rng: random.Random, book: Any) -> None:
    cell = _cell(rng, book)
    cell.value, cell.number_format = 123456, rng.choice(["#,##0,", '0!.0,"万"', "0.00,,"])


def swapped_cells(rng: random.Random, book: Any) -> None:
    one, other = _cell(rng, book), _cell(rng, book)
    one.value, other.value = other.value, one.value


def a_code_changed(rng: random.Random, book: Any) -> None:
    sheet = book.worksheets[0]
    cell = sheet.cell(rng.randint(8, max(8, sheet.max_row)), 1)
    _put(cell, rng.choice([None, "X", 913716001234567887, f"{cell.value} ", f"{cell.value}0", "合计", "甲"]))


CELLS = [text_for_a_number, another_type, formula_without_a_result, percent_format, scaled_format, swapped_cells, a_code_changed]

# ---- the sheet -------------------------------------------------------------------------------------------------------------------------


def merged_body(rng: random.Random, book: Any) -> None:
    sheet = book.worksheets[0]
    row, column = rng.randint(8, max(8, sheet.max_row)), rng.randint(1, sheet.max_column)
    sheet.merge_cells(start_row=row, start_column=column, end_row=row + rng.randint(0, 3), end_column=column + rng.randint(1, 3))


def a_row_gone(rng: random.Random, book: Any) -> None:
    book.worksheets[0].delete_rows(rng.randint(1, book.worksheets[0].max_row))


def a_column_gone(rng: random.Random, book: Any) -> None:
    sheet = book.worksheets[0]
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(area))
    sheet.delete_cols(rng.randint(1, sheet.max_column))


def a_column_more(rng: random.Random, book: Any) -> None:
    sheet = book.worksheets[0]
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(area))
    sheet.insert_cols(rng.randint(1, sheet.max_column))


def a_head_changed(rng: random.Random, book: Any) -> None:
    from openpyxl.cell.cell import MergedCell

    sheet = book.worksheets[0]
    cell = sheet.cell(rng.randint(1, 7), rng.randint(1, sheet.max_column))
    if not isinstance(cell, MergedCell):
        cell.value = rng.choice(
            ["", None, "本月", "产值（元）", f"{cell.value}（千元）", f"{cell.value}{cell.value}", "2022年13月", 7, "统一社会信用代码"]
        )


def sheets_changed(rng: random.Random, book: Any) -> None:
    what = rng.randrange(4)
    if what == 0:
        book.worksheets[0].title = rng.choice(["表1", "x" * 31, "_yunxing2"])
    elif what == 1 and len(book.worksheets) > 1:
        del book[book.sheetnames[-1]]
    elif what == 2:
        book.create_sheet("空", 0)
    else:
        book.copy_worksheet(book.worksheets[0])


def hidden_sheet_altered(rng: random.Random, book: Any) -> None:
    sheet = book.worksheets[-1]
    cell = sheet.cell(rng.randint(1, max(1, sheet.max_row)), rng.randint(1, 2))
    _put(cell, rng.choice(["panel_month", "2021-09", "BZ-BH", 7, None, "x"]))


STRUCTURE = [merged_body, a_row_gone, a_column_gone, a_column_more, a_head_changed, sheets_changed, hidden_sheet_altered]

# ---- the bytes -------------------------------------------------------------------------------------------------------------------------


def cut_short(rng: random.Random, base: bytes) -> tuple[str, bytes]:
    return "截断.xlsx", base[: rng.randrange(len(base))]


def bits_flipped(rng: random.Random, base: bytes) -> tuple[str, bytes]:
    spoiled = bytearray(base)
    for _ in range(rng.randint(1, 40)):
        spoiled[rng.randrange(len(spoiled))] = rng.randrange(256)
    return "坏.xlsx", bytes(spoiled)


def scrambled_by_an_agent(rng: random.Random, base: bytes) -> tuple[str, bytes]:
    """An encryption agent keeps the name and scrambles the bytes."""
    return "加密.xlsx", rng.choice([b"", b"E-SafeNet\x00", b"\x62\x14\x23\x65"]) + bytes(byte ^ 0x5A for byte in base)


def a_part_replaced(rng: random.Random, base: bytes) -> tuple[str, bytes]:
    junk = rng.choice(
        [
            b"", b"<", b"\x00" * 50, b"<?xml version='1.0'?><worksheet><sheetData><row r='9'><c r='A9'><v>1</v>", b"<a>" * 5_000,
            b"<!DOCTYPE z [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]><worksheet><sheetData><row><c><v>&b;</v></c></row></sheetData></worksheet>",
        ]
    )  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(base)) as archive:
        names = [name for name in archive.namelist() if name.endswith((".xml", ".rels"))]
    return "部件.xlsx", with_parts(base, {rng.choice(names): junk})


def a_part_gone(rng: random.Random, base: bytes) -> tuple[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(base)) as archive:
        names = archive.namelist()
    return "缺件.xlsx", with_parts(base, {rng.choice(names): None})


def blank_rows(rng: random.Random, base: bytes) -> tuple[str, bytes]:
    """Two hundred megabytes of empty rows, a few hundred kilobytes packed."""
    row = b'<row r="1" spans="1:14"><c r="A1" s="1"/></row>'
    return "空白.xlsx", with_parts(
        base, {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData>" + row * (BLANK_ROWS // len(row)) + b"</sheetData></worksheet>"}
    )


def a_bomb_that_lies(rng: random.Random, base: bytes) -> tuple[str, bytes]:
    """A part of many megabytes that says it has a hundred bytes."""
    packed = bytearray(with_parts(base, {"xl/worksheets/sheet1.xml": b"<worksheet>" + b" " * (80 * 2**20)}))
    size = (80 * 2**20 + 11).to_bytes(4, "little")
    return "炸弹.xlsx", bytes(packed).replace(size, (100).to_bytes(4, "little"))


def a_value_at_the_end_of_the_sheet(rng: random.Random, base: bytes) -> tuple[str, bytes]:
    at = rng.choice([b"XFD1048576", b"AAA5", b"B900000"])
    row = (
        b'<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="'
        + at
        + b'"><v>1</v></c></row></sheetData></worksheet>'
    )
    return "远.xlsx", with_parts(base, {"xl/worksheets/sheet1.xml": row})


def an_encrypted_one(rng: random.Random, base: bytes) -> tuple[str, bytes]:
    inside = rng.choice(["EncryptedPackage", "WordDocument", "WpsCustomData", "Workbook"])
    return rng.choice(["密.xlsx", "月报.et", "月报.wps", "月报.xls"]), bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + inside.encode(
        "utf-16-le"
    ) + bytes(1000)


def text_named_a_workbook(rng: random.Random, base: bytes) -> tuple[str, bytes]:
    lines = [
        "规模以上工业企业运行月报",
        "填报单位：邹平市",
        "报告期：2022年9月",
        "统一社会信用代码,单位名称,工业总产值（万元）本月",
        "913716001234567887,甲,12",
    ]
    text = "\n".join(lines)
    choices = [
        text.encode("gb18030"), text.encode("utf-8-sig"), text.encode("utf-16"), text.encode("gb18030")[:-1], b'"' + b"a" * 200_000, b"\n" * 2_000_000, b"\x00" * 999,
        f"<html><table><tr><td>{text}</table>".encode(), b"<table><tr>" + b"<td rowspan=99 colspan=99>x</td>" * 4_000, b"<table" + b"<tr><td>" * 20_000,
        b"<!DOCTYPE [<!", b"<?xml version='1.0'?><Workbook/>", b"%PDF-1.7",
    ]  # fmt: skip
    return rng.choice(["月报.xls", "月报.csv", "月报.xlsx", "月报.et"]), rng.choice(choices)


def a_sheet_of_open_document(rng: random.Random, base: bytes) -> tuple[str, bytes]:
    cell = b'<table:table-cell office:value-type="float" office:value="7" table:number-columns-repeated="%d"/>' % rng.choice(
        [1, 3, 20_000, 2**31]
    )
    row = b'<table:table-row table:number-rows-repeated="%d">' % rng.choice([1, 1_000_000]) + cell + b"</table:table-row>"
    names = b'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    body = b"<office:document-content " + names + b'><office:body><office:spreadsheet><table:table table:name="a">' + row
    body += b"</table:table></office:spreadsheet></office:body></office:document-content>"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", body)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return "月报.ods", buffer.getvalue()


BYTES = [
    cut_short, bits_flipped, scrambled_by_an_agent, a_part_replaced, a_part_gone, blank_rows, a_bomb_that_lies, a_value_at_the_end_of_the_sheet,
    an_encrypted_one, text_named_a_workbook, a_sheet_of_open_document,
]  # fmt: skip
HEAVY = {"blank_rows", "a_bomb_that_lies"}


def with_parts(base: bytes, parts: dict[str, bytes | None]) -> bytes:
    """The workbook with some of its parts replaced, or taken out (None)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(base)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for name in dict.fromkeys([*source.namelist(), *parts]):
            content = parts[name] if name in parts else source.read(name)
            if content is not None:
                target.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


# ---- what a person sees ----------------------------------------------------------------------------------------------------------------


def shown(content: bytes) -> dict[str, dict[str, tuple[Fraction | None, str]]]:
    """Sheet → cell → the number a person reads there (None where it shows none) and what is written behind it, by openpyxl; nothing where that
    cannot open the file.
    """
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    except (KeyError, ValueError, TypeError, OSError, EOFError, zipfile.BadZipFile, zlib.error, SyntaxError, AttributeError, IndexError):
        return {}
    return {
        sheet.title: {
            cell.coordinate: _number(cell.value, cell.number_format) for row in sheet.iter_rows() for cell in row if cell.value is not None
        }
        for sheet in book.worksheets
    }


def _number(value: Any, number_format: str) -> tuple[Fraction | None, str]:
    if isinstance(value, bool):
        return None, ""
    if isinstance(value, int | float):
        plain = re.sub(r'"[^"]*"', "", number_format or "")
        if "!" in plain or plain.endswith(","):
            return None, ""  # a scaled display: no number is certain
        exact = Fraction(repr(value)) if isinstance(value, float) else Fraction(value)
        return (exact * 100, "%") if "%" in plain else (exact, "")
    found = re.fullmatch(r"([\d.,+\-]+)\s*(.*)", unicodedata.normalize("NFKC", str(value)).strip())
    try:
        return (Fraction(Decimal(found[1].replace(",", ""))), found[2]) if found else (None, "")
    except ArithmeticError:
        return None, ""
