"""The ledgers' tests as pages: every parcel, supply or county the person sees, with the comparison that decides, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk import clock
from yunxing.desk.casework.models import Case
from yunxing.desk.factors import place
from yunxing.desk.room.board import Board
from yunxing.desk.room.figures import pick
from yunxing.desk.takeaway import Column, Table
from yunxing.engines.ledger.land import LandItem, breaches, coverage
from yunxing.engines.ledger.quota_book import AssessmentRule
from yunxing.flows.assess_factors import county_tests, newest_period, parcel_test, supply_of
from yunxing.values.money import format_money
from yunxing.values.quantity import format_number

LIGHTS = {
    "idle": "red", "may_be": "amber", "no": "green", "": "none", "breach": "red", "fault": "amber", "good": "green", "waiting": "none",
    "exempt": "green", "within": "green", "no_cap": "none", "over": "red", "open": "none",
}  # fmt: skip
SIGNS = {"ge": "≥", "le": "≤"}
SHOWN = 500
Row = dict[str, Any]


def cards() -> list[dict[str, str]]:
    """The tests of the pack, for the head of the ledgers' page."""
    return [
        {"title": pick(one.title, one.title_en), "href": reverse("factors:assessment", args=[one.id])}
        for one in place.quotas().assessments.values()
    ]


def page_of(rule: AssessmentRule, board: Board | None, day: date) -> dict[str, Any]:
    """The page of one test: its rows, how many of each outcome, and what it rests on."""
    made = {"idle_land": _parcels, "standard_land": _supplies}.get(rule.does)
    rows, basis = made(rule, day) if made else _counties(rule, board)
    counts = Counter(row["outcome"] for row in rows)
    return {
        "rule": rule, "heading": pick(rule.title, rule.title_en), "note": pick(rule.note, rule.note_en), "measure": int(rule.clause.split("/")[1]),
        "rows": rows, "basis": basis, "counts": counts.most_common(), "subject": _("县区") if rule.does == "county_energy" else _("地块"),
        "from_href": reverse("dispatch:board", args=[rule.source]) if rule.reads.startswith("pipeline:") else reverse("room:indicator", args=["county_energy_light"]),
    }  # fmt: skip


def _items(rule: AssessmentRule) -> list[Case]:
    return list(Case.objects.filter(definition=f"pipeline_{rule.source}").order_by("unit", "id")[:SHOWN])


def _row(state: str, outcome: str, about: Case, lines: Sequence[str], then: str = "") -> Row:
    counties = dict(place.counties())
    return {
        "title": about.title, "href": reverse("dispatch:item", args=[about.id]), "unit": counties.get(about.unit, about.unit), "light": LIGHTS[state],
        "outcome": outcome, "lines": list(lines), "then": then,
    }  # fmt: skip


def _parcels(rule: AssessmentRule, day: date) -> tuple[list[Row], str]:
    idle = place.quotas().land
    rows: list[Row] = []
    words = {"no": _("不属闲置"), "idle": _("闲置土地"), "may_be": _("可以认定为闲置")}
    missing = {
        "not_supplied": _("批而未供，不做闲置认定"), "agreed_start": _("缺约定动工日"), "area_due": _("缺应动工面积"), "total_invest": _("缺总投资额"),
    }  # fmt: skip
    if idle is None:
        return rows, ""
    for case in _items(rule):
        found = parcel_test(idle, case.id, case.fields, day)
        verdict = found.verdict
        if verdict is None:
            state = "" if found.missing == "not_supplied" else "fault"
            rows.append(_row(state, missing.get(found.missing, found.missing), case, ()))
            continue
        then = {
            "": "",
            "fee": _("应缴闲置费 %(fee)s") % {"fee": format_money(verdict.fee_fen)},
            "take_back": _("无偿收回"),
            "negotiate": _("协商处置"),
        }
        lines = [pick(one.zh, one.en) for one in found.comparisons]
        rows.append(_row(verdict.state, words[verdict.state], case, [*lines, pick(verdict.zh, verdict.en)], then[verdict.follows]))
    order = {"red": 0, "amber": 1, "green": 2, "none": 3}
    basis = _("%(day)s 测算：未动工满 %(y)s 年，或已动工面积不足 %(s)s、投资不足 %(i)s 且中止满 %(y)s 年") % {
        "day": day.isoformat(), "y": idle.years, "s": str(idle.started_below), "i": f"{format_number(100 * idle.invested_below, 0)}%",
    } if idle else ""  # fmt: skip
    return sorted(rows, key=lambda row: order[row["light"]]), basis


def _printed(item: LandItem, value: Any) -> str:
    whole = value.denominator == 1
    return f"{format_number(value, 0 if whole else 2)}{item.unit}"


def _supplies(rule: AssessmentRule, _day: date) -> tuple[list[Row], str]:
    items = place.quotas().land_items
    rows, supplies = [], []
    for case in _items(rule):
        supply, faults = supply_of(case.id, case.fields, items)
        if case.state in ("proposed", "dropped"):
            rows.append(_row("waiting", _("未供地"), case, ()))
            continue
        supplies.append(supply)
        wrong = breaches(supply, items)
        failed = {item.id for item, *_rest in wrong}
        lines = [
            _("%(item)s：%(value)s，约定 %(limit)s")
            % {
                "item": pick(item.title, item.title_en),
                "value": _printed(item, supply.values[item.id]),
                "limit": f"{SIGNS[item.comparator.value]} {_printed(item, supply.limits[item.id])}",
            }
            + (" ✕" if item.id in failed else "")
            for item in items
            if item.id in supply.values and item.id in supply.limits
        ]
        told = [f"{one.place}：{one.found}" for one in faults]
        if not supply.standard and not supply.in_key_area:
            rows.append(_row("waiting", _("不在重点区域，非标准地"), case, ()))
        elif wrong:
            rows.append(_row("breach", _("%(n)s 项未达约定") % {"n": len(wrong)}, case, [*lines, *told], _("按标准地协议处理")))
        elif faults:
            rows.append(_row("fault", _("控制指标不全"), case, [*told, *lines]))
        else:
            rows.append(_row("good", _("指标齐全，实测均达约定") if lines else _("指标齐全，尚未实测"), case, lines))
    share = coverage(supplies)
    basis = (
        _("重点区域新增工业项目标准地比例 %(share)s") % {"share": f"{format_number(100 * share, 1)}%"}
        if share is not None
        else _("重点区域还没有供地")
    )
    return rows, basis


def _counties(rule: AssessmentRule, board: Board | None) -> tuple[list[Row], str]:
    if board is None:
        return [], _("还没有已结账的月份。")
    facts = board.snapshot.table("facts").to_pylist()
    period = newest_period(rule.source, facts)
    if not period:
        return [], _("还没有报送县域能源双控季报。")
    units = dict(place.counties())
    words = {
        "exempt": _("免考能耗总量"), "within": _("不免考，总量未超"), "over": _("不免考，总量超过控制数"), "no_cap": _("不免考，未下达总量控制数"),
        "open": _("不能评定"),
    }  # fmt: skip
    rows: list[Row] = []
    for one in county_tests(place.quotas(), rule.source, period, facts, list(units)):
        lines = []
        if one.assessment is None:
            lines.append(_("没有下达年度目标") if one.missing == "target" else _("季报不全"))
        else:
            found = one.assessment
            over = found.drop > found.drop_target, found.coal_cut > found.coal_target
            lines = [
                _("强度下降 %(a)s%% %(sign)s 目标 %(b)s%%：%(said)s")
                % {"a": format_number(100 * found.drop, 4), "sign": ">" if over[0] else "≤", "b": format_number(100 * found.drop_target, 2), "said": _said(ok=over[0])},
                _("压煤 %(a)s 吨 %(sign)s 目标 %(b)s 吨：%(said)s")
                % {"a": format_number(found.coal_cut, 1), "sign": ">" if over[1] else "≤", "b": format_number(found.coal_target, 1), "said": _said(ok=over[1])},
            ]  # fmt: skip
            if found.cap is not None:
                lines.append(
                    _("考核口径总量 %(a)s 吨标准煤，控制数 %(b)s")
                    % {"a": format_number(_tons(found.assessed_total), 2), "b": format_number(_tons(found.cap), 2)}
                )
        basis = one.target.basis.removeprefix("assumption：") if one.target else ""
        rows.append(
            {
                "title": units[one.county], "href": f"{reverse('room:indicator', args=['county_energy_light'])}?a={one.county}", "unit": "",
                "light": LIGHTS[one.verdict], "outcome": words[one.verdict], "lines": lines, "then": basis,
            }
        )  # fmt: skip
    told = _("%(period)s 累计") % {"period": period}
    return rows, told if period.endswith("12") else told + _("，未到年末，只是试算")


def _tons(centi: int) -> Any:
    from fractions import Fraction

    return Fraction(centi, 100)


def _said(*, ok: bool) -> str:
    return _("超额") if ok else _("未超额")


def table_of(page: Mapping[str, Any]) -> Table:
    """The rows as seen, the comparisons in words."""
    columns = [Column(str(page["subject"])), Column(_("区域")), Column(_("比较")), Column(_("结论")), Column(_("处置或依据"))]
    rows = [[one["title"], one["unit"], "；".join(one["lines"]), one["outcome"], one["then"]] for one in page["rows"]]
    words = [f"{page['heading']}：", *(f"{outcome} {n}；" for outcome, n in page["counts"])]
    rule = page["rule"]
    return Table(
        f"assessment_{rule.id}", str(page["heading"]), columns, rows, as_of=clock.today().isoformat(), source=_("要素台账"), words=words, level=2,
        definitions=[(_("条款"), rule.clause), (_("测算"), str(page["basis"])), (_("口径"), str(page["note"]))],
    )  # fmt: skip
