"""The Word file: GB/T 9704's geometry and named styles, fonts on every run, page fields WPS prints, figures in bookmarks, the same bytes twice."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

import bulletin_cast as cast
from yunxing.engines.bulletins.compose import compose
from yunxing.engines.bulletins.model import Bulletin
from yunxing.io.documents import layout
from yunxing.io.documents.checks import refused_elements
from yunxing.io.documents.docx import write_docx
from yunxing.io.documents.read import read_docx
from yunxing.io.documents.styles import STYLES
from yunxing.packs.bulletin import load_bulletin

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
GOLDEN = Path(__file__).with_name("golden_bulletin.json")


@pytest.fixture(scope="module")
def bulletin() -> Bulletin:
    return compose(load_bulletin(cast.LIBRARY), cast.board(), cast.ISSUED, number="某工运〔2022〕9号")


@pytest.fixture(scope="module")
def data(bulletin: Bulletin) -> bytes:
    return write_docx(bulletin)


def part(data: bytes, name: str) -> Any:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return etree.fromstring(package.read(name))


def structure(data: bytes) -> dict[str, Any]:
    """What the eye sees, without Word's bookkeeping: page geometry, then each paragraph's style, alignment and words, table by table."""
    body = part(data, "word/document.xml")[0]
    section = body.find(W + "sectPr")
    page = {
        child.tag.removeprefix(W): {k.removeprefix(W): v for k, v in sorted(child.attrib.items())}
        for child in section
        if not child.tag.endswith("Reference")
    }
    blocks: list[Any] = []
    for child in body:
        if child.tag == W + "p":
            blocks.append(line(child))
        elif child.tag == W + "tbl":
            rows = [[[line(p) for p in cell.iter(W + "p")] for cell in row.iter(W + "tc")] for row in child.iter(W + "tr")]
            widths = [int(column.get(W + "w")) for column in child.iter(W + "gridCol")]
            blocks.append({"table": rows, "widths": widths})
    return {"page": page, "blocks": blocks}


def line(paragraph: Any) -> str:
    style = paragraph.find(f"{W}pPr/{W}pStyle").get(W + "val")
    return f"{style}: " + "".join(node.text or "" if node.tag == W + "t" else "\t" for node in paragraph.iter(W + "t", W + "tab"))


@pytest.mark.golden
def test_the_structure_is_the_recorded_one(data: bytes) -> None:
    """Recorded anew by deleting the file and running the test twice; the difference is then reviewed as a diff."""
    found = structure(data)
    if not GOLDEN.exists():
        GOLDEN.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        pytest.fail("the recorded structure was absent and has been written; review it and run again")
    assert found == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_the_page_is_that_of_the_standard(data: bytes) -> None:
    """A4; edges 37, 28, 26, 35 mm; 1 mm is 56.69 twips."""
    page = structure(data)["page"]
    millimetres = {name: round(int(page["pgMar"][name]) / 56.6929) for name in ("top", "left", "right", "bottom")}
    assert millimetres == {"top": 37, "left": 28, "right": 26, "bottom": 35}
    assert (round(int(page["pgSz"]["w"]) / 56.6929), round(int(page["pgSz"]["h"]) / 56.6929)) == (210, 297)
    assert page["docGrid"] == {"type": "lines", "linePitch": "579"}


def test_twenty_two_lines_and_twenty_eight_characters_fit_the_type_area() -> None:
    assert 22 * layout.LINE_PT <= 225 / 25.4 * 72 < 23 * layout.LINE_PT
    assert 28 * (layout.BODY_PT + layout.PDF_TRACKING_PT) <= 156 / 25.4 * 72 < 29 * (layout.BODY_PT + layout.PDF_TRACKING_PT)


def test_every_run_names_its_fonts_for_every_script(data: bytes) -> None:
    for name in ("word/document.xml", "word/styles.xml"):
        root = part(data, name)
        for run in root.iter(W + "r"):
            fonts = run.find(f"{W}rPr/{W}rFonts")
            assert fonts is not None, etree.tostring(run)
        for fonts in root.iter(W + "rFonts"):
            assert {fonts.get(W + script) for script in ("eastAsia", "ascii", "hAnsi", "cs")} == {fonts.get(W + "eastAsia")}
            assert fonts.get(W + "eastAsia") in {face.word for face in layout.FACES.values()}


def test_the_theme_names_a_chinese_font_for_latin_too(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        theme = next(package.read(name).decode() for name in package.namelist() if "theme" in name and name.endswith(".xml"))
    assert set(re.findall(r'<a:(?:latin|ea) typeface="([^"]*)"', theme)) == {layout.BODY.word}


@pytest.mark.parametrize(
    ("style", "face", "half_points"),
    [
        ("Title", "方正小标宋简体", "44"),
        ("BodyText", "仿宋_GB2312", "32"),
        ("Heading1", "黑体", "32"),
        ("Heading2", "楷体_GB2312", "32"),
        ("Heading3", "仿宋_GB2312", "32"),
        ("FooterOdd", "宋体", "28"),
    ],
)
def test_named_styles_have_the_fonts_of_the_standard(data: bytes, style: str, face: str, half_points: str) -> None:
    found = {node.get(W + "styleId"): node for node in part(data, "word/styles.xml").iter(W + "style")}[style]
    assert found.find(f"{W}rPr/{W}rFonts").get(W + "eastAsia") == face
    assert found.find(f"{W}rPr/{W}sz").get(W + "val") == half_points


def test_body_lines_are_exact_and_widow_control_is_off(data: bytes) -> None:
    styles = {node.get(W + "styleId"): node for node in part(data, "word/styles.xml").iter(W + "style")}
    spacing = styles["BodyText"].find(f"{W}pPr/{W}spacing")
    assert (spacing.get(W + "line"), spacing.get(W + "lineRule")) == ("579", "exact")
    assert styles["BodyText"].find(f"{W}rPr/{W}spacing").get(W + "val") == "-4"
    assert styles["BodyText"].find(f"{W}pPr/{W}widowControl").get(W + "val") == "0"
    assert styles["Title"].find(f"{W}pPr/{W}snapToGrid").get(W + "val") == "0"
    assert styles["BodyText"].find(f"{W}pPr/{W}ind").get(W + "firstLineChars") == "200"


def test_every_style_in_use_is_defined(data: bytes) -> None:
    defined = {node.get(W + "styleId") for node in part(data, "word/styles.xml").iter(W + "style")}
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        used = {
            mark
            for name in package.namelist()
            if name.startswith("word/") and name.endswith(".xml")
            for mark in re.findall(r'<w:pStyle w:val="([^"]+)"', package.read(name).decode())
        }
    assert used <= defined
    assert {name.replace(" ", "") for name in STYLES} <= defined


@pytest.mark.parametrize("side", ["right", "left"])
def test_page_numbers_are_fields_in_separate_runs_on_odd_and_even_pages(data: bytes, side: str) -> None:
    """WPS prints no number when begin, code and end share a run."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        footers = [
            etree.fromstring(package.read(name)) for name in sorted(package.namelist()) if re.fullmatch(r"word/footer\d+\.xml", name)
        ]
        settings = package.read("word/settings.xml").decode()
    assert "<w:evenAndOddHeaders" in settings
    footer = next(
        f for f in footers if f.find(f"{W}p/{W}pPr/{W}pStyle").get(W + "val") == {"right": "FooterOdd", "left": "FooterEven"}[side]
    )
    runs = footer.findall(f"{W}p/{W}r")
    assert ["".join(run.itertext()) for run in runs] == ["— ", "", " PAGE ", "", "1", "", " —"]
    assert [run.find(W + "fldChar").get(W + "fldCharType") for run in runs if run.find(W + "fldChar") is not None] == [
        "begin",
        "separate",
        "end",
    ]


def test_the_synthetic_label_stands_in_both_heads(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        heads = [package.read(name).decode() for name in package.namelist() if re.fullmatch(r"word/header\d+\.xml", name)]
    assert len(heads) == 2
    assert all("合成数据" in head for head in heads)


def test_figures_stand_in_bookmarks_and_read_back(data: bytes, bulletin: Bulletin) -> None:
    returned = read_docx(data)
    assert returned.shown == {figure.id: figure.display for figure in bulletin.figures()}
    assert (returned.month, returned.snapshot) == (bulletin.month, bulletin.snapshot)


def test_two_runs_give_the_same_bytes(data: bytes, bulletin: Bulletin) -> None:
    assert write_docx(bulletin) == data


def test_the_package_carries_no_time_and_no_order_of_its_own(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert {member.date_time for member in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert package.namelist()[0] == "[Content_Types].xml"
        assert package.namelist()[1:] == sorted(package.namelist()[1:])


def test_nothing_refused_is_in_the_file(data: bytes) -> None:
    assert refused_elements(data) == []


@pytest.mark.parametrize(
    ("was", "now", "found"),
    [
        ("<w:body>", '<w:body><w:sdt xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>', "<w:sdt>"),
        ('w:ascii="仿宋_GB2312"', "", "fonts without ascii"),
        ("<w:body>", "<w:body><w:p><w:smartTag/></w:p>", "<w:smartTag>"),
    ],
)
def test_a_refused_element_is_found(data: bytes, was: str, now: str, found: str) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.replace(was.encode(), now.encode(), 1) if name == "word/document.xml" else content)
    faults = refused_elements(made.getvalue())
    assert any(found in fault.found for fault in faults)
    assert all(fault.place == "word/document.xml" for fault in faults)


def test_a_macro_part_is_found(data: bytes) -> None:
    made = io.BytesIO(data)
    with zipfile.ZipFile(made, "a") as package:
        package.writestr("word/vbaProject.bin", b"x")
    assert [fault.place for fault in refused_elements(made.getvalue())] == ["word/vbaProject.bin"]


def test_every_part_is_declared_and_related(data: bytes) -> None:
    """Word repairs a package whose parts have no type or no relation: there must be none."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = set(package.namelist())
        types = package.read("[Content_Types].xml").decode()
        targets = set()
        for name in names:
            if name.endswith(".rels"):
                base = name.replace("_rels/", "").rpartition("/")[0]
                targets |= {f"{base}/{target}".lstrip("/") for target in re.findall(r'Target="([^"]+)"', package.read(name).decode())}
    assert {name for name in names if not name.endswith(".rels") and name != "[Content_Types].xml"} == targets
    declared = set(re.findall(r'PartName="/([^"]+)"', types))
    assert declared <= names


def test_tables_are_as_wide_as_the_type_area(data: bytes) -> None:
    widths = [sum(block["widths"]) for block in structure(data)["blocks"] if isinstance(block, dict)]
    assert widths
    assert set(widths) == {8844}  # 156 mm


def test_the_head_of_the_table_repeats_over_pages(data: bytes) -> None:
    tables = list(part(data, "word/document.xml").iter(W + "tbl"))
    assert all(len(list(table.iter(W + "tblHeader"))) == 1 for table in tables[:-1])


def test_the_closing_lines_stand_at_the_foot(data: bytes) -> None:
    last = list(part(data, "word/document.xml").iter(W + "tbl"))[-1]
    place = last.find(f"{W}tblPr/{W}tblpPr")
    assert (place.get(W + "vertAnchor"), place.get(W + "tblpYSpec")) == ("margin", "bottom")
    assert "印发" in "".join(last.itertext())


def test_python_docx_opens_it_and_sees_the_headings(data: bytes) -> None:
    import docx

    headings = [p.text for p in docx.Document(io.BytesIO(data)).paragraphs if p.style.name == "Heading 1"]
    assert headings == [
        "一、总体情况",
        "二、主要指标",
        "三、目标任务进展",
        "四、县区排名",
        "五、存在问题",
        "六、表扬和批评",
        "七、下步工作",
    ]
