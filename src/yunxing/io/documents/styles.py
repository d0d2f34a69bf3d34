"""The named styles of a bulletin in Word, the page and the theme. A heading is a style, so that navigation and re-use work in Word and WPS."""

from __future__ import annotations

import re
from typing import Any

from yunxing.io.documents import layout
from yunxing.io.documents.layout import BODY, HEI, KAI, SONG, TITLE, TRACKING_PT
from yunxing.io.documents.wordxml import Look, element, paragraph_properties, run_properties, style_id

_BODY = layout.BODY_PT
STYLES: dict[str, Look] = {
    "Normal": Look(BODY, _BODY, tracking=TRACKING_PT),
    "Mark": Look(
        TITLE, layout.MARK_PT, "center", color=layout.RED, before=3.43, line=56, grid=False
    ),  # top edge 35 mm under the type area's
    "Number": Look(BODY, _BODY, "center", before=2, tracking=TRACKING_PT),
    "Red Line": Look(BODY, 4, line=11.34, grid=False),  # 4 mm under the number
    "Title": Look(TITLE, layout.TITLE_PT, "center", before=2, line=33, grid=False, keep_next=True),
    "Title Continued": Look(TITLE, layout.TITLE_PT, "center", line=33, grid=False, keep_next=True),
    "Recipients": Look(BODY, _BODY, before=1, tracking=TRACKING_PT),
    "Heading 1": Look(HEI, _BODY, first=2, tracking=TRACKING_PT, outline=0, keep_next=True),
    "Heading 2": Look(KAI, _BODY, first=2, tracking=TRACKING_PT, outline=1, keep_next=True),
    "Heading 3": Look(BODY, _BODY, first=2, tracking=TRACKING_PT, outline=2, keep_next=True),
    "Heading 4": Look(BODY, _BODY, first=2, tracking=TRACKING_PT, outline=3, keep_next=True),
    "Body Text": Look(BODY, _BODY, first=2, tracking=TRACKING_PT),
    "Table Title": Look(HEI, layout.TABLE_PT + 2, "center", before=0.4, after=0.15, line=22, grid=False, keep_next=True),
    "Table Head": Look(HEI, layout.TABLE_PT, "center", line=21, grid=False),
    "Table Text": Look(BODY, layout.TABLE_PT, "center", line=21, grid=False),
    "Table Note": Look(BODY, 10.5, "left", before=0.1, after=0.3, line=15, grid=False),
    "Signature": Look(BODY, _BODY, "right", right=4, tracking=TRACKING_PT, before=1, keep_next=True),
    "Date": Look(BODY, _BODY, "right", right=4, tracking=TRACKING_PT),
    "Note": Look(BODY, 10.5, "left", line=16, grid=False),
    "Attachment Mark": Look(HEI, _BODY, "left", page_break=True),
    "Attachment Title": Look(TITLE, layout.TITLE_PT, "center", before=1, after=0.5, line=33, grid=False, keep_next=True),
    "Copies": Look(BODY, layout.SMALL_PT, "both", left=1, right=1, line=24, grid=False),
    "Printer": Look(BODY, layout.SMALL_PT, "left", left=1, right=1, line=24, grid=False),
    "Closing": Look(BODY, 1, line=1, grid=False),
    "Header": Look(HEI, layout.TABLE_PT, "center", line=16, grid=False),
    "Footer Odd": Look(SONG, layout.SMALL_PT, "right", right=1, line=16, grid=False),
    "Footer Even": Look(SONG, layout.SMALL_PT, "left", left=1, line=16, grid=False),
}
_KEPT = {"Normal", "Default Paragraph Font", "Normal Table", "No List", *STYLES}
_PRINTER_TAB = 8844 - 280  # the day ends one character before the edge


def add_styles(document: Any) -> None:
    """Puts the named styles in, takes the template's others out: what is not used would bring fonts that WPS reports as missing."""
    root = document.styles.element
    for style in list(root.style_lst):
        if style.name_val not in _KEPT or style.name_val in STYLES:
            root.remove(style)
    for latent in root.findall(element("w:latentStyles").tag):
        root.remove(latent)
    defaults = root.find(element("w:docDefaults").tag)
    if defaults is not None:
        root.remove(defaults)
    root.insert(0, _defaults())
    for name, look in STYLES.items():
        root.append(_style(name, look))


def _defaults() -> Any:
    made = element("w:docDefaults")
    outer = element("w:rPrDefault")
    outer.append(run_properties(STYLES["Normal"]))
    made.append(outer)
    made.append(element("w:pPrDefault"))
    return made


def _style(name: str, look: Look) -> Any:
    made = element("w:style", type="paragraph", styleId=style_id(name))
    if name == "Normal":
        made.set(element("w:style", default=1).keys()[0], "1")
    made.append(element("w:name", val=name if name not in _BUILT_IN else name.lower()))
    if name != "Normal":
        made.append(element("w:basedOn", val="Normal"))
    made.append(element("w:qFormat"))
    properties = paragraph_properties(look)
    if name == "Printer":
        tabs = element("w:tabs")
        tabs.append(element("w:tab", val="right", pos=_PRINTER_TAB))
        properties.insert(1, tabs)
    made.append(properties)
    made.append(run_properties(look))
    return made


_BUILT_IN = {"Heading 1", "Heading 2", "Heading 3", "Heading 4", "Header"}  # Word stores these names in lower case


def page_setup(document: Any) -> None:
    """A4, the standard's edges, 22 lines to the page by the line grid, different odd and even pages."""
    from docx.shared import Mm

    section = document.sections[0]
    section.page_width, section.page_height = Mm(layout.PAGE_MM[0]), Mm(layout.PAGE_MM[1])
    section.top_margin, section.bottom_margin = Mm(layout.TOP_MM), Mm(layout.BOTTOM_MM)
    section.left_margin, section.right_margin = Mm(layout.LEFT_MM), Mm(layout.RIGHT_MM)
    section.header_distance, section.footer_distance = Mm(24), Mm(22)
    section.gutter = 0
    grid = section._sectPr.find(element("w:docGrid").tag)
    if grid is not None:
        section._sectPr.remove(grid)
    # linesAndChars with a negative charSpace is shown with 15 characters a line by some offices: lines only
    # 22 lines of 579 twips are 225 mm; with 580 an office sets 21 of them on a page
    section._sectPr.append(element("w:docGrid", type="lines", linePitch=579))
    document.settings.odd_and_even_pages_header_footer = True


def set_theme(document: Any) -> None:
    """Names the body font in the theme for every script: WPS reads it where Word reads the run."""
    from docx.opc.constants import RELATIONSHIP_TYPE

    part = document.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    xml = part.blob.decode("utf-8")
    xml = re.sub(r'<a:(latin|ea|cs) typeface="[^"]*"', rf'<a:\1 typeface="{BODY.word}"', xml)
    xml = re.sub(r'<a:font script="Hans" typeface="[^"]*"', f'<a:font script="Hans" typeface="{BODY.word}"', xml)
    part._blob = xml.encode("utf-8")
