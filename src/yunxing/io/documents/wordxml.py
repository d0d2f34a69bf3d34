"""The few pieces of WordprocessingML that the bulletin is made of. Every run carries its fonts for all scripts, else WPS falls back for digits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yunxing.io.documents import layout

AREA_TWIPS = 8844  # 156 mm
_JUSTIFY = {"left": "left", "center": "center", "right": "right", "both": "both"}


@dataclass(frozen=True, slots=True)
class Look:
    """How the text of a named style looks. Sizes in points; indents and `before` in characters and lines of the page's grid."""

    face: layout.Face
    size: float
    align: str = "both"
    color: str = ""
    first: float = 0
    left: float = 0
    right: float = 0
    before: float = 0
    after: float = 0
    line: float = layout.LINE_PT
    tracking: float = 0
    grid: bool = True
    outline: int | None = None
    keep_next: bool = False
    page_break: bool = False


def element(tag: str, **attributes: str | int) -> Any:
    """`<w:tag w:name="value"/>`."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    return made


def run_properties(look: Look) -> Any:
    """Fonts of every script, size, tracking and colour, in the order the schema asks for."""
    word = look.face.word
    properties = element("w:rPr")
    properties.append(element("w:rFonts", ascii=word, hAnsi=word, eastAsia=word, cs=word, hint="eastAsia"))
    if look.color:
        properties.append(element("w:color", val=look.color))
    if look.tracking:
        properties.append(element("w:spacing", val=round(look.tracking * 20)))
    properties.append(element("w:sz", val=round(look.size * 2)))
    properties.append(element("w:szCs", val=round(look.size * 2)))
    properties.append(element("w:lang", val="en-US", eastAsia="zh-CN"))
    return properties


def paragraph_properties(look: Look) -> Any:
    """Spacing, indents and alignment, in the order the schema asks for."""
    properties = element("w:pPr")
    if look.keep_next:
        properties.append(element("w:keepNext"))
    if look.page_break:
        properties.append(element("w:pageBreakBefore"))
    properties.append(element("w:widowControl", val=0))
    properties.append(element("w:autoSpaceDE", val=0))
    properties.append(element("w:autoSpaceDN", val=0))
    if not look.grid:
        properties.append(element("w:snapToGrid", val=0))
    line = round(look.line * 20)
    lines = round(layout.LINE_PT * 20)
    properties.append(element("w:spacing", before=round(look.before * lines), after=round(look.after * lines), line=line, lineRule="exact"))
    character = (look.size + look.tracking) * 20
    indent: dict[str, int] = {}
    for name, value in (("left", look.left), ("right", look.right), ("firstLine", look.first)):
        if value:
            indent |= {f"{name}Chars": round(value * 100), name: round(value * character)}
    if indent:
        properties.append(element("w:ind", **indent))
    properties.append(element("w:jc", val=_JUSTIFY[look.align]))
    if look.outline is not None:
        properties.append(element("w:outlineLvl", val=look.outline))
    return properties


def paragraph(style: str, align: str = "") -> Any:
    """An empty paragraph of a named style; `align` only where it differs from the style."""
    made = element("w:p")
    properties = element("w:pPr")
    properties.append(element("w:pStyle", val=style_id(style)))
    if align:
        properties.append(element("w:jc", val=_JUSTIFY[align]))
    made.append(properties)
    return made


def indent_right(characters: float) -> Any:
    """An indent from the right, in characters of the body's size."""
    return element("w:ind", rightChars=round(characters * 100), right=round(characters * (layout.BODY_PT + layout.TRACKING_PT) * 20))


def style_id(name: str) -> str:
    """The id of a named style, as Word makes it."""
    return name.replace(" ", "")


def run(words: str, look: Look, extra: Any = None) -> Any:
    """One run of text with its own fonts; `extra` is a child such as a tab or a field character."""
    made = element("w:r")
    made.append(run_properties(look))
    if extra is not None:
        made.append(extra)
    if words:
        text = element("w:t")
        text.text = words
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        made.append(text)
    return made


def bookmark(number: int, name: str) -> tuple[Any, Any]:
    """The start and the end of a bookmark. Names begin with a letter and have at most 40 letters, digits and underscores."""
    if len(name) > 40:
        raise ValueError(f"a bookmark's name has at most 40 characters, {name!r} has {len(name)}")
    return element("w:bookmarkStart", id=number, name=name), element("w:bookmarkEnd", id=number)


def bottom_border(color: str, eighths: int) -> Any:
    """A line under a paragraph, `eighths` of a point thick."""
    borders = element("w:pBdr")
    borders.append(element("w:bottom", val="single", sz=eighths, space=0, color=color))
    return borders


def table_grid(weights: list[int], count: int, *, closing: bool = False) -> tuple[Any, list[list[Any]]]:
    """A table as wide as the type area: the frame and its cells by row. `closing`: the lines of 版记, fixed to the foot of the page."""
    table = element("w:tbl")
    properties = element("w:tblPr")
    if closing:
        properties.append(
            element(
                "w:tblpPr", leftFromText=0, rightFromText=0, vertAnchor="margin", horzAnchor="margin", tblpXSpec="left", tblpYSpec="bottom"
            )
        )
        properties.append(element("w:tblOverlap", val="never"))
    properties.append(element("w:tblW", w=AREA_TWIPS, type="dxa"))
    if not closing:
        properties.append(element("w:jc", val="center"))  # else older modes hang the table out by its cell margin
    properties.append(_borders(closing=closing))
    properties.append(element("w:tblLayout", type="fixed"))
    margins = element("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(element(f"w:{side}", w=0 if closing else 57, type="dxa"))
    properties.append(margins)
    table.append(properties)
    widths = _widths(weights)
    grid = element("w:tblGrid")
    for width in widths:
        grid.append(element("w:gridCol", w=width))
    table.append(grid)
    rows = []
    for order in range(count):
        row = element("w:tr")
        row_properties = element("w:trPr")
        row_properties.append(element("w:cantSplit"))
        if order == 0 and not closing:
            row_properties.append(element("w:tblHeader"))
        row.append(row_properties)
        cells = []
        for width in widths:
            cell = element("w:tc")
            cell_properties = element("w:tcPr")
            cell_properties.append(element("w:tcW", w=width, type="dxa"))
            cell_properties.append(element("w:vAlign", val="center"))
            cell.append(cell_properties)
            row.append(cell)
            cells.append(cell)
        table.append(row)
        rows.append(cells)
    return table, rows


def _widths(weights: list[int]) -> list[int]:
    """The type area shared by weight, to the twip: the last column takes what rounding leaves."""
    widths = [AREA_TWIPS * weight // sum(weights) for weight in weights]
    return [*widths[:-1], AREA_TWIPS - sum(widths[:-1])]


def _borders(*, closing: bool) -> Any:
    borders = element("w:tblBorders")
    # 版记: first and last line 0.35 mm, between them 0.25 mm (8 and 6 eighths of a point); tables half a point all round
    sizes = {"top": 8, "bottom": 8, "insideH": 6} if closing else dict.fromkeys(("top", "left", "bottom", "right", "insideH", "insideV"), 4)
    for side, size in sizes.items():
        borders.append(element(f"w:{side}", val="single", sz=size, space=0, color="000000"))
    return borders


def header_label(section: Any, label: str) -> None:
    """The same label in the head of odd and even pages, such as 合成数据."""
    from yunxing.io.documents.styles import STYLES

    for header in (section.header, section.even_page_header):
        header.is_linked_to_previous = False
        _empty(header)
        made = paragraph("Header")
        if label:
            made.append(run(label, STYLES["Header"]))
        header._element.append(made)


def footer_page_number(section: Any) -> None:
    """「— 1 —」: 4号 宋体, odd pages right by one character, even pages left by one; the field in three runs, as WPS needs it."""
    from yunxing.io.documents.styles import STYLES

    for footer, style in ((section.footer, "Footer Odd"), (section.even_page_footer, "Footer Even")):
        footer.is_linked_to_previous = False
        _empty(footer)
        look = STYLES[style]
        made = paragraph(style)
        made.append(run("— ", look))
        made.append(run("", look, element("w:fldChar", fldCharType="begin")))
        code = element("w:instrText")
        code.text = " PAGE "
        code.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        made.append(run("", look, code))
        made.append(run("", look, element("w:fldChar", fldCharType="separate")))
        made.append(run("1", look))
        made.append(run("", look, element("w:fldChar", fldCharType="end")))
        made.append(run(" —", look))
        footer._element.append(made)


def _empty(part: Any) -> None:
    for child in list(part._element):
        part._element.remove(child)


def picture(document: Any, png: bytes, width_mm: float, words: str) -> Any:
    """A run with the picture in the line, `words` for who cannot see it. The part is added to the document once for the same bytes."""
    import io

    from docx.shared import Mm

    part = document.part
    made = part.new_pic_inline(io.BytesIO(png), Mm(width_mm), Mm(width_mm))
    made.docPr.set("descr", words)
    place = element("w:r")
    drawing = element("w:drawing")
    drawing.append(made)
    place.append(drawing)
    return place
