"""一企一策: the order sheet of one enterprise as an official document, from a plan's result. The same contents give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from yunxing.engines.bulletins.model import Bulletin, Column, Paragraph, Section, Table, Text
from yunxing.flows.hold_power import TIER_NAMES


@dataclass(frozen=True)
class OrderSheet:
    """What the sheet says. `rows` are the rows of the result that name the enterprise; `levels` the titles of alert levels in order."""

    plan: str
    kind: str
    name: str
    code: str
    place: str
    issuer: str
    day: date
    clause: str
    rows: Sequence[Mapping[str, Any]]
    levels: Sequence[tuple[str, str]] = ()
    contact: str = ""
    label: str = ""
    reason: str = ""


def compose_sheet(sheet: OrderSheet) -> Bulletin:
    """The sheet as a document: what to do, on which line, by how much, when; how it is checked; whom to ask."""
    if sheet.kind == "pollution":
        title, table, how = (
            "重污染天气应急减排单",
            _cuts(sheet),
            "核查方式：用电监管、在线监测数据和现场检查；停限产措施以生产线为单位，可操作、可监测、可核查。",
        )
    else:
        title, table, how = "有序用电告知单", _loads(sheet), "核查方式：用电信息采集系统逐时段负荷；保安负荷不得停。"
    lead = Paragraph((Text(f"依据{sheet.clause}和方案 {sheet.plan}，贵单位在下列时段、线路执行以下措施。"),))
    kept = [Paragraph((Text(f"说明：{sheet.reason}。"),))] if sheet.reason else []
    sections = (
        Section("what", "执行措施", (lead, table, *kept)),
        Section(
            "how",
            "核查与反馈",
            (Paragraph((Text(how),)), Paragraph((Text(f"签收和反馈：{sheet.contact or '所在县（市、区）主管部门'}。"),))),
        ),
    )
    return Bulletin(
        month=f"{sheet.day:%Y-%m}", mark="一企一策", number="", title_lines=(sheet.name, title), recipients=(sheet.name,), sections=sections, attachments=(),
        issuer=sheet.issuer, issued_on=sheet.day, copies=(), printer=sheet.issuer, notes=(), as_of=sheet.day.isoformat(), snapshot="", label=sheet.label,
    )  # fmt: skip


def _table(title: str, heads: Sequence[tuple[str, int]], rows: Sequence[Sequence[str]]) -> Table:
    columns = tuple(Column(head, weight, "left" if at == 0 else "right") for at, (head, weight) in enumerate(heads))
    return Table("orders", title, columns, tuple(tuple((Text(cell),) for cell in row) for row in rows))


def _cuts(sheet: OrderSheet) -> Table:
    heads = [("生产线", 24), *[(title, 16) for _id, title in sheet.levels]]
    rows = [[f"{row['line']} 号线", *[said(int(cut)) for cut in row["cuts"]]] for row in sheet.rows]
    return _table("各预警级别措施", heads, rows)


def said(cut: int) -> str:
    """A cut in words: 自主减排, 停产, 限产 30%."""
    return "自主减排" if cut == 0 else "停产" if cut == 100 else f"限产 {cut}%"


def _loads(sheet: OrderSheet) -> Table:
    heads = [("线路", 24), ("措施", 12), ("时段", 20), ("压减负荷（千瓦）", 20)]
    rows = [
        [str(row["feeder"]), TIER_NAMES[row["tier"]], f"{row['from']:02d}:00—{row['until']:02d}:00", f"{row['kilowatts']:,}"]
        for row in sheet.rows
    ]
    return _table("用户、负荷、线路", heads, rows)


def sheet_docx(sheet: OrderSheet) -> bytes:
    """The Word file."""
    from yunxing.io.documents.docx import write_docx

    return write_docx(compose_sheet(sheet))


def sheet_pdf(sheet: OrderSheet, fonts_dir: str) -> bytes:
    """The PDF."""
    from pathlib import Path

    from yunxing.io.documents.fonts import find_fonts
    from yunxing.io.documents.pdf import write_pdf

    return write_pdf(compose_sheet(sheet), find_fonts(Path(fonts_dir) if fonts_dir else None)).data
