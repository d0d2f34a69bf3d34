"""The long picture for a phone (长图), and the mark laid under exported figures of level 3 and 4; set by typst, without any browser.

What a phone shows is read in a chat window: 360 points wide, at three pixels a point, as high as the table needs up to `ROWS` rows.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from yunxing.engines.facts.takeaway import Column, Table, printed
from yunxing.io.books.takeaway import MARKED_LEVEL, Taken
from yunxing.io.codes import qr_png
from yunxing.io.documents.fonts import Fonts, find_fonts
from yunxing.io.documents.pdf import NotSet

TEMPLATE = Path(__file__).with_name("long_picture.typ")
ROWS, COLUMNS = 60, 6  # more columns than six cannot be read on a phone
PPI = 216
WATERMARK = """#set page(width: 300pt, height: 170pt, margin: 0pt, fill: none)
#place(center + horizon, rotate(-20deg, text(font: {fonts}, size: 13pt, fill: rgb(0, 0, 0, 26))[#json("mark.json")]))
"""


@lru_cache(maxsize=2)
def _fonts(fonts_dir: str) -> Fonts:
    return find_fonts(Path(fonts_dir) if fonts_dir else None)


def picture_bytes(table: Table, taken: Taken, *, fonts_dir: str = "") -> bytes:
    """The picture as PNG. Raises NotSet when it cannot be set, and NoFonts where no Chinese font is there."""
    fonts = _fonts(fonts_dir)
    pictures = {"qr.png": qr_png(taken.address)} if taken.code else {}
    return _png(TEMPLATE.read_text(encoding="utf-8"), {"picture.json": picture_data(table, taken, fonts)}, fonts, pictures=pictures)


def watermark_bytes(mark: str, *, fonts_dir: str = "") -> bytes:
    """One tile of the mark on nothing: name, unit and minute, aslant and pale, to lie under the cells of a sheet."""
    fonts = _fonts(fonts_dir)
    families = "(" + "".join(f'"{family}", ' for family in fonts.families["hei"]) + ")"
    return _png(WATERMARK.replace("{fonts}", families), {"mark.json": mark}, fonts, ppi=96)


def _png(template: str, files: dict[str, Any], fonts: Fonts, *, ppi: int = PPI, pictures: Mapping[str, bytes] | None = None) -> bytes:
    import typst

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, content in files.items():
            (root / name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        for name, picture in (pictures or {}).items():
            (root / name).write_bytes(picture)
        (root / "main.typ").write_text(template, encoding="utf-8")
        places = [str(path) for path in fonts.folders]
        try:
            made = typst.compile(str(root / "main.typ"), root=folder, font_paths=places, ignore_system_fonts=True, format="png", ppi=ppi)
        except typst.TypstError as error:
            raise NotSet(f"The picture could not be set: {error}. 长图未生成，可改用“导出 Excel”。") from error
    if not isinstance(made, bytes):
        raise NotSet("The picture came out as several pages. 长图未生成，可改用“导出 Excel”。")
    return made


def picture_data(table: Table, taken: Taken, fonts: Fonts) -> dict[str, Any]:
    """What the template reads; every figure is printed as the page prints it."""
    columns = list(enumerate(table.columns))[:COLUMNS]
    rows = [[printed(row[place], column) for place, column in columns] for row in table.rows[:ROWS]]
    left_out = [column.title for column in table.columns[COLUMNS:]]
    more = [f"另有 {len(table.rows) - ROWS:,} 行见导出的 Excel。"] if len(table.rows) > ROWS else []
    more += [f"未列出的列：{'、'.join(left_out)}。"] if left_out else []
    points = [
        [label, printed(value, Column("", table.series_unit, "number", 2)) + table.series_unit]
        for label, value in table.series
        if value is not None
    ]
    foot = [f"来源：{table.source}"] if table.source else []
    foot += [f"{name}：{value}" for name, value in table.filters]
    foot.append(f"{taken.mark} 导出" + ("　合成数据" if table.synthetic else ""))
    return {
        "fonts": {"hei": list(fonts.families["hei"])},
        "title": table.title,
        "state": f"数据截至 {table.as_of}" if table.as_of else "",
        "words": list(table.words),
        "points": points,
        "runs": runs(table.series),
        "unit": table.series_unit,
        "head": [{"title": column.head, "number": column.kind == "number"} for _, column in columns],
        "rows": rows,
        "more": " ".join(more),
        "foot": foot,
        "code": taken.code,
        "mark": taken.mark if table.level >= MARKED_LEVEL else "",
    }


def runs(series: Any) -> list[list[tuple[float, float]]]:
    """The line of a chart as unbroken runs of points in the unit square; a period without a figure breaks it. Drawn only, never printed."""
    known = [value for _, value in series if value is not None]
    if len(known) < 2:
        return []
    low, spread = min(known), (max(known) - min(known)) or Fraction(1)
    step = Fraction(1, max(len(series) - 1, 1))
    at = [None if value is None else (float(step * n), float((value - low) / spread)) for n, (_, value) in enumerate(series)]
    return [list(run) for there, run in groupby(at, key=lambda point: point is not None) if there]  # type: ignore[arg-type]
