"""A chain's lists as an official document: the chain in a sentence, its segments, one table for each list. The same contents give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from yunxing.engines.bulletins.model import Block, Bulletin, Column, Paragraph, Section, Table, Text

PAPER_ROWS = 60  # rows of a list in print; the workbook has them all


@dataclass(frozen=True)
class PaperList:
    """One list: its title, how many rows there are, how many the reader may not see, the rows as name, unit, place and reason."""

    title: str
    count: int
    hidden: int
    rows: Sequence[tuple[str, str, str, str]]


@dataclass(frozen=True)
class ChainPaper:
    """What the document says. `segments` are title, place, firms, local supply and light."""

    title: str
    issuer: str
    day: date
    clause: str
    words: str
    segments: Sequence[tuple[str, str, str, str, str]]
    lists: Sequence[PaperList]
    official: str = ""
    label: str = ""


def compose(paper: ChainPaper) -> Bulletin:
    """The document."""
    lead = [_line(f"依据{paper.clause}，编制{paper.title}一图多单。{paper.words}")]
    if paper.official:
        lead.append(_line(f"链长：{paper.official}。"))
    heads = (("环节", 24), ("位置", 10), ("企业（家）", 12), ("本地供给", 14), ("判断", 16))
    sections = [Section("map", "图谱环节", (*lead, _table("segments", "各环节", heads, paper.segments)))]
    for number, one in enumerate(paper.lists):
        sections.append(Section(f"list{number}", one.title, tuple(_list(one, number))))
    return Bulletin(
        month=f"{paper.day:%Y-%m}", mark="产业链清单", number="", title_lines=(f"{paper.title}一图{len(paper.lists)}单",), recipients=(), sections=tuple(sections),
        attachments=(), issuer=paper.issuer, issued_on=paper.day, copies=(), printer=paper.issuer, notes=(), as_of=paper.day.isoformat(), snapshot="",
        label=paper.label,
    )  # fmt: skip


def _list(one: PaperList, number: int) -> list[Block]:
    told = f"共 {one.count} 项" + (f"，其中 {one.hidden} 项在本单位范围之外" if one.hidden else "") + "。"
    if not one.rows:
        return [_line(told)]
    more = len(one.rows) - PAPER_ROWS
    found: list[Block] = [_line(told + (f"本表列前 {PAPER_ROWS} 项，全部见工作簿。" if more > 0 else ""))]
    heads = (("名称", 30), ("单位", 12), ("环节或产品", 18), ("依据", 40))
    return [*found, _table(f"rows{number}", one.title, heads, one.rows[:PAPER_ROWS])]


def _line(text: str) -> Paragraph:
    return Paragraph((Text(text),))


def _table(name: str, title: str, heads: Sequence[tuple[str, int]], rows: Sequence[Sequence[str]]) -> Table:
    columns = tuple(Column(head, weight, "left") for head, weight in heads)
    return Table(name, title, columns, tuple(tuple((Text(cell),) for cell in row) for row in rows))


def paper_docx(paper: ChainPaper) -> bytes:
    """The Word file."""
    from yunxing.io.documents.docx import write_docx

    return write_docx(compose(paper))


def paper_pdf(paper: ChainPaper, fonts_dir: str) -> bytes:
    """The PDF."""
    from pathlib import Path

    from yunxing.io.documents.fonts import find_fonts
    from yunxing.io.documents.pdf import write_pdf

    return write_pdf(compose(paper), find_fonts(Path(fonts_dir) if fonts_dir else None)).data
