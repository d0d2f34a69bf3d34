"""What leaves a scenario's page: its table, and the order sheet of one enterprise."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django.conf import settings

from yunxing.desk.contingency import services
from yunxing.desk.contingency.models import Plan
from yunxing.desk.contingency.place import TIERS, rules
from yunxing.desk.contingency.selectors import grade_name, mine
from yunxing.desk.dispatch.place import unit_name
from yunxing.desk.room.shell import pack_in_force
from yunxing.desk.takeaway import Column, Table
from yunxing.flows.order_sheets import OrderSheet
from yunxing.values.citation import parse_clause

NAMED = (Column("统一社会信用代码"), Column("名称"), Column("单位"))
Rows = list[dict[str, Any]]


def table(plan: Plan) -> Table:
    """The rows of a scenario as they leave the page."""
    result = services.result_of(plan) or {"rows": []}
    rows = mine(plan, result["rows"])
    words = [one["words"] for one in result.get("short", [])] or [f"{plan.title}：{len(rows)} 项安排。"]
    columns, values = {"pollution": _cuts, "power": _loads, "coal": _stocks}[plan.kind](rows)
    named = [[one["party"], one["name"], unit_name(one["unit"]), *value] for one, value in zip(rows, values, strict=True)]
    return Table(
        f"contingency_{plan.kind}",
        f"{plan.title}{plan.id}",
        [*NAMED, *columns],
        named,
        as_of=plan.day.isoformat(),
        words=words,
        level=3,
        synthetic=pack_in_force().document.synthetic.demonstration_data,
    )


def _cuts(rows: Rows) -> tuple[list[Column], list[list[Any]]]:
    levels = [Column(one.title, "%", "number") for one in rules().pollution.level]
    columns = [Column("生产线"), Column("等级"), *levels, Column("红色日损失", "元", "number", 2), Column("说明")]
    return columns, [
        [
            one["line"],
            grade_name(one["grade"]),
            *one["cuts"],
            _yuan(one["loss"][-1]),
            one["reason"] or ("估算排放" if one["estimated"] else ""),
        ]
        for one in rows
    ]


def _loads(rows: Rows) -> tuple[list[Column], list[list[Any]]]:
    numbers = [Column("压减负荷", "千瓦", "number"), Column("损失", "元", "number", 2)]
    columns = [Column("线路"), Column("措施"), Column("起"), Column("止"), *numbers]
    return columns, [
        [one["feeder"], str(TIERS[one["tier"]]), f"{one['from']:02d}:00", f"{one['until']:02d}:00", one["kilowatts"], _yuan(one["loss"])]
        for one in rows
    ]


def _stocks(rows: Rows) -> tuple[list[Column], list[list[Any]]]:
    days_ = [Column("可用天数", "天", "number", 2), Column("最低天数", "天", "number", 2), Column("下限", "天")]
    columns = [Column("库存", "吨", "number"), Column("日耗", "吨", "number"), *days_]
    return columns, [
        [one["stock"] // 1000, one["mean"] // 1000, _hundredths(one["days"]), _hundredths(one["lowest"]), one["floor"]] for one in rows
    ]


def _yuan(fen: int) -> Any:
    return Fraction(fen, 100)


def _hundredths(value: int) -> Any:
    return Fraction(value, 100)


def sheet(plan: Plan, party: str) -> OrderSheet | None:
    """The order sheet of one enterprise; None when the plan asks nothing of it or it lies outside the person's scope."""
    result = services.result_of(plan)
    if result is None or plan.kind == "coal":
        return None
    rows = [one for one in mine(plan, result["rows"]) if one["party"] == party]
    if not rows:
        return None
    pack, first = pack_in_force(), rows[0]
    office = pack.offices[plan.office]
    entry = next(one for one in rules().entries.values() if one.kind == plan.kind)
    return OrderSheet(
        plan.id, plan.kind, first["name"], party, unit_name(first["unit"]), office.name, plan.frozen_on or plan.day, f"{pack.document.title}（{parse_clause(f'{pack.document.short_number}/{entry.clause}')}）",
        rows, [(one.id, one.title) for one in rules().pollution.level], "", pack.document.synthetic.label if pack.document.synthetic.demonstration_data else "",
        first.get("reason", ""),
    )  # fmt: skip


def fonts_dir() -> str:
    """The folder of the office's own fonts."""
    return str(settings.INSTALLATION.fonts_dir)
