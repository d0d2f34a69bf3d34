"""一企一策单: two pages about one enterprise, written from what the registry and the reports hold. Words and layout as official documents have them.

What is not known is said to be unknown; nothing is guessed. The same contents give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from yunxing.engines.bulletins.model import Block, Bulletin, Column, Paragraph, Section, Table, Text
from yunxing.io.documents.docx import write_docx

Pairs = Sequence[tuple[str, str]]
MOST_ROWS = 8  # of each table, so that the sheet stays on two pages
NOTHING = "（暂无登记）"


@dataclass(frozen=True)
class PlanSheet:
    """What the sheet says. `figures` are rows of item, this month, last year, median of the peers, share of peers not above."""

    name: str
    code: str
    issuer: str
    day: date
    period: str
    about: Pairs
    figures: Sequence[tuple[str, str, str, str, str]]
    projects: Sequence[tuple[str, str, str]]
    lists: Sequence[tuple[str, str]]
    contacts: Pairs
    steps: Sequence[str]
    label: str = ""


def write_plan_sheet(sheet: PlanSheet) -> bytes:
    """The sheet as a Word file."""
    return write_docx(compose_plan_sheet(sheet))


def compose_plan_sheet(sheet: PlanSheet) -> Bulletin:
    """The sheet as a document value: four parts, tables cut to what two pages hold, with a note of what was cut."""
    sections = (
        Section(
            "about", "企业基本情况", (_sentence("；".join(f"{name}{value}" for name, value in sheet.about if value not in ("", "—"))),)
        ),
        Section(
            "running",
            f"{sheet.period}运行情况",
            _table("figures", "主要指标", ("指标", "本期", "上年同期", "同业中位数", "同业位次"), sheet.figures),
        ),
        Section("projects", "在建项目与要素", _table("projects", "承担项目（万元）", ("项目", "计划总投资", "本年完成"), sheet.projects)),
        Section("service", "联系服务与下一步措施", (*_lists(sheet), *_steps(sheet))),
    )
    return Bulletin(
        month=f"{sheet.day:%Y-%m}", mark="一企一策单", number="", title_lines=(sheet.name, "“一企一策”服务单"), recipients=(), sections=sections,
        attachments=(), issuer=sheet.issuer, issued_on=sheet.day, copies=(), printer=sheet.issuer, notes=(), as_of=sheet.day.isoformat(),
        snapshot="", label=sheet.label,
    )  # fmt: skip


def _sentence(words: str) -> Paragraph:
    return Paragraph((Text(f"{words or NOTHING}。" if words else NOTHING),))


def _table(id_: str, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[Block, ...]:
    if not rows:
        return (_sentence(""),)
    columns = tuple(Column(head, 30 if at == 0 else 16, "left" if at == 0 else "right") for at, head in enumerate(heads))
    cut = f"另有 {len(rows) - MOST_ROWS} 项，见企业档案" if len(rows) > MOST_ROWS else ""
    return (Table(id_, title, columns, tuple(tuple((Text(cell),) for cell in row) for row in rows[:MOST_ROWS]), cut),)


def _lists(sheet: PlanSheet) -> tuple[Block, ...]:
    listed = "、".join(f"{title}（{since} 起）" for title, since in sheet.lists[:MOST_ROWS])
    people = "；".join(f"{name}：{value}" for name, value in sheet.contacts[:MOST_ROWS])
    return (_sentence(f"列入名录：{listed}" if listed else ""), _sentence(f"联系服务：{people}" if people else ""))


def _steps(sheet: PlanSheet) -> tuple[Block, ...]:
    steps = [Paragraph((Text(step),)) for step in sheet.steps[:MOST_ROWS]]
    return (Paragraph((Text("下一步措施"),), 2), *(steps or [_sentence("")]))
