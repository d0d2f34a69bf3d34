"""What the pages of contingency show. Rows of enterprises are cut to the person's area; totals are the plan's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from yunxing.desk.contingency import services
from yunxing.desk.contingency.models import Alert, Plan
from yunxing.desk.contingency.place import KINDS, TIERS, UNIT_STATES, office_of, rules
from yunxing.desk.dispatch.place import office_name, unit_name
from yunxing.desk.room.figures import pick
from yunxing.desk.room.shell import pack_in_force
from yunxing.desk.scoping import current_scope, nameless
from yunxing.flows.order_sheets import said
from yunxing.values.money import format_money

SHOWN = 100
MOST_COMPARED = 3
UNPROVEN = 1_000_000  # a gap of the whole is no proof: the deadline came before any bound


def money(fen: int | None) -> str:
    """Fen as 万元 for a page; 「—」 for none."""
    return "—" if fen is None else format_money(fen)


def percents(millionths: int | None, places: int = 2) -> str:
    """Millionths as a percentage."""
    return "—" if millionths is None or millionths >= UNPROVEN else f"{millionths / 10_000:.{places}f}%"


def home() -> dict[str, Any]:
    """The scenarios, the kinds with their forms, the alerts in force."""
    plans = [row(one) for one in Plan.objects.all()[:50]]
    return {
        "plans": plans,
        "kinds": [(kind, title, office_name(office_of(kind))) for kind, title in KINDS.items()],
        "alerts": alerts(),
    }


def row(plan: Plan) -> dict[str, Any]:
    """One line of the list."""
    return {
        "plan": plan,
        "kind": KINDS[plan.kind],
        "loss": money(plan.loss),
        "gap": percents(plan.gap, 3),
        "office": office_name(plan.office),
    }


def alerts() -> list[dict[str, Any]]:
    """The alerts, those in force first."""
    found = sorted(Alert.objects.select_related("plan"), key=lambda one: (one.lifted_on is not None, -one.first.toordinal(), one.id))
    return [
        {"alert": one, "level": services.levels_of(one.plan).get(one.level, one.level), "kind": KINDS[one.plan.kind]} for one in found[:20]
    ]


def form(kind: str, asked: dict[str, Any] | None = None) -> dict[str, Any]:
    """The form of a kind with its sliders, filled with what was asked before."""
    given = asked or {}
    sliders = [
        {"name": name, "words": one.words, "least": one.least, "most": one.most, "value": given.get(name, f"{one.usual:g}")}
        for name, one in services.bounds(kind).items()
    ]
    found: dict[str, Any] = {"kind": kind, "title": KINDS[kind], "sliders": sliders, "given": given}
    found["finished"] = [row(one)["plan"] for one in Plan.objects.filter(kind=kind, state=Plan.State.DONE)[:20]]
    found["spread_off"] = str(given.get("spread", "1")) in ("0", "False")
    if kind == "power":
        found["seasons"] = [(one.id, pick(one.title, one.title_en)) for one in rules().power.season]
        found["units"] = _unit_names()
        found["locked"] = _names(given.get("locked", ()))
    return found


def _unit_names() -> list[tuple[str, str]]:
    from yunxing.desk.reporting.models import Membership

    members = Membership.objects.filter(roster=rules().power.roster).values_list("party", flat=True)
    return _names(list(members))


def _names(parties: Sequence[str]) -> list[tuple[str, str]]:
    from yunxing.desk.reporting.models import Party

    return [(one.pk, one.name) for one in Party.objects.filter(pk__in=list(parties)).order_by("pk")]


def page(plan: Plan, beside: Sequence[str] = ()) -> dict[str, Any]:
    """The page of a scenario: what was asked, found, proven, who yields, the map, what binds, and other plans beside it."""
    result = services.result_of(plan)
    found: dict[str, Any] = {
        "plan": plan,
        "kind": KINDS[plan.kind],
        "office": office_name(plan.office),
        "busy": plan.state in ("waiting", "solving"),
    }
    found["conditions"] = conditions(plan)
    if result is None:
        return found
    rows = mine(plan, result["rows"])
    found |= {
        "result": result,
        "rows": [shown(plan.kind, one) for one in rows[:SHOWN]],
        "count": len(rows),
        "more": max(0, len(rows) - SHOWN),
        "proof": proof_words(result),
        "tiles": tiles(result),
        "tile_columns": max((unit.tile[0] for unit in pack_in_force().regions.units), default=0) + 1,
        "short": [one["words"] for one in result["short"]],
        "order": order_words(result),
        "signable": services.order_proven(result),
        "changes": changes(plan, result),
        "compared": [row(one) for one in Plan.objects.filter(pk__in=list(beside)[:MOST_COMPARED], kind=plan.kind, state=Plan.State.DONE)],
        "others": [row(one) for one in Plan.objects.filter(kind=plan.kind, state=Plan.State.DONE).exclude(pk=plan.pk)[:10]],
        "levels": services.levels_of(plan) if plan.kind != "coal" else {},
        **{"pollution": _pollution, "power": _power, "coal": _coal}[plan.kind](plan, result),
    }
    return found


def order_words(result: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """Each tier that was gone past: its name, what proves that it was not enough, and whether that is proven."""
    by = {
        "sum": _("全部用上也不够（逐时段相加）"),
        "multipliers": _("已证明不够（影子价格，可独立复算）"),
        "search": _("已证明不够（求解器搜遍）"),
    }
    order = result.get("order", {})
    return [
        *((str(TIERS[name]), str(by[how]), True) for name, how in _by_tier(order.get("by", {}))),
        *((str(TIERS[name]), str(_("时限内未能证明不够，请加长时限再推演")), False) for name in order.get("unproven", ())),
    ]


def _by_tier(found: dict[str, Any]) -> list[tuple[str, Any]]:
    """The entries in the order of law; a kept result has its keys in alphabetical order."""
    return [(name, found[name]) for name in TIERS if name in found]


def change_kinds(rows: Sequence[dict[str, Any]]) -> tuple[int, int, int]:
    """How many are asked anew, asked no more, and asked something else."""
    new, gone = sum(one["kind"] == "new" for one in rows), sum(one["kind"] == "gone" for one in rows)
    return new, gone, len(rows) - new - gone


def changes(plan: Plan, result: dict[str, Any]) -> dict[str, Any] | None:
    """What the plan changes against the one it began from, rows cut to the person's area; None for a plan that began from none."""
    found = result.get("changes")
    if found is None:
        return None
    rows = mine(plan, found["rows"])
    return {
        "from": plan.asked.get("after", ""),
        "count": len(found["rows"]),
        "same": found["same"],
        "dearer": money(found["dearer"]) if found["dearer"] else "",
        "kinds": [(words, n) for words, n in zip((_("新增"), _("取消"), _("调整")), change_kinds(rows), strict=True) if n],
        "rows": [{**one, "unit": unit_name(one["unit"]) if one["unit"] else ""} for one in rows[:SHOWN]],
        "more": max(0, len(rows) - SHOWN),
    }


def mine(plan: Plan, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows about enterprises that the person may see: all for the office that answers for the plan, else those of his area; none for who reads no name."""
    scope = current_scope()
    return [] if nameless(scope) else [one for one in rows if scope.sees_office(plan.office) or scope.sees_party(one["party"], one["unit"])]


def conditions(plan: Plan) -> list[tuple[str, str]]:
    """What was asked, in words."""
    found = [(one.words, str(plan.asked.get(name, "—"))) for name, one in services.bounds(plan.kind).items()]
    if plan.asked.get("season"):
        found.insert(
            0, (_("季节"), next((pick(one.title, one.title_en) for one in rules().power.season if one.id == plan.asked["season"]), "—"))
        )
    if plan.asked.get("after"):
        found.append((_("在其基础上调整"), plan.asked["after"]))
    if plan.asked.get("locked"):
        found.append((_("不安排的企业"), "、".join(name for _id, name in _names(plan.asked["locked"]))))
    if plan.asked.get("tripped"):
        found.append((_("停运机组"), "、".join(name for id_, name in _unit_names() if id_ in plan.asked["tripped"])))
    if plan.kind == "pollution":
        found.append((_("同行业同等级同比例"), _("是") if plan.asked.get("same") else _("否")))
    return found


def proof_words(result: dict[str, Any]) -> list[tuple[str, str]]:
    """What is proven about the plan."""
    proof = result["proof"]
    status = {
        "optimal": _("已证明最优"),
        "feasible": _("可行，差距如下"),
        "infeasible": _("已证明无法全部满足，以下为缺口最小的方案"),
        "unknown": _("时限内未找到全部满足的方案"),
    }
    by = {"multipliers": _("影子价格，可独立复算"), "search": _("求解器搜索")}
    cut = {
        "gap": _("达到目标差距"),
        "deadline": _("到时限，取当时最好方案"),
        "search": _("搜索结束"),
        "worker": _("求解进程中断，取当时最好方案"),
    }
    return [
        (_("结论"), status.get(proof["status"], proof["status"])),
        (_("与下界差距"), percents(proof["gap"], 3)),
        (_("下界依据"), by.get(proof["bound_by"], proof["bound_by"])),
        (_("结束原因"), cut.get(proof["cut_by"], proof["cut_by"])),
        (_("用时"), f"{proof['milliseconds'] / 1000:.1f} s"),
        (_("求解器"), proof["solver"]),
        (_("输入指纹"), proof["input_hash"][:23]),
        (_("方案指纹"), proof["plan_hash"][:23]),
    ]


def tiles(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The map: each area with its part of the cut beside its part of the base; the shade says how far above its part it is."""
    parts = {one["unit"]: one for one in result["counties"]}
    found = []
    for unit in pack_in_force().regions.units:
        one = parts.get(unit.id)
        if not one:
            continue
        ratio = one["cut_share"] / one["base_share"] if one["base_share"] else 0
        shade = 1 if ratio <= 0.8 else 2 if ratio <= 1.0 else 3 if ratio <= 1.2 else 4
        found.append(
            {"title": pick(unit.label, unit.name_en), "x": unit.tile[0], "y": unit.tile[1], "zone": unit.kind == "zone", "shade": shade,
             "cut": percents(one["cut_share"], 1), "base": percents(one["base_share"], 1), "loss": money(one["loss"])}
        )  # fmt: skip
    return found


def shown(kind: str, one: dict[str, Any]) -> dict[str, Any]:
    """A row of the table in words."""
    found = {"party": one["party"], "name": one["name"], "unit": unit_name(one["unit"])}
    if kind == "pollution":
        mark = f"（{_('估')}）" if one["estimated"] else ""
        return {
            **found,
            "line": one["line"],
            "grade": grade_name(one["grade"]),
            "cuts": [said(cut) for cut in one["cuts"]],
            "loss": money(one["loss"][-1]),
            "mark": mark,
            "reason": one["reason"],
        }
    if kind == "power":
        return {
            **found,
            "feeder": one["feeder"],
            "tier": TIERS[one["tier"]],
            "hours": f"{one['from']:02d}:00—{one['until']:02d}:00",
            "load": f"{one['kilowatts']:,}",
            "loss": money(one["loss"]),
        }
    low = one["lowest"] < 100 * float(one["floor"])
    return {**found, "days": f"{one['days'] / 100:.2f}", "lowest": f"{one['lowest'] / 100:.2f}", "day10": f"{one['day10'] / 100:.2f}", "day30": f"{one['day30'] / 100:.2f}",
            "low": low, "floor": one["floor"], "stock": f"{one['stock'] / 1_000_000:,.1f}", "use": f"{one['mean'] / 1_000_000:,.2f}", "below_on": one["below_on"], "carried": one["carried"]}  # fmt: skip


def grade_name(grade: str) -> str:
    """A grade's title in the registry's catalogue."""
    return {"lead": _("引领性")}.get(grade, grade.upper())


def _pollution(plan: Plan, result: dict[str, Any]) -> dict[str, Any]:
    levels = [
        {
            "title": one["title"],
            "loss": money(one["loss"]),
            "flat": money(one["flat_loss"]),
            "flat_share": percents(one["flat_share"], 0),
            "saved": money(one["saved"]),
            "gains": one["saved"] is not None and one["saved"] > 0,
            "pollutants": [
                {
                    "title": p["title"],
                    "need": f"{p['need'] / 1000:,.1f}",
                    "cut": f"{p['cut'] / 1000:,.1f}",
                    "share": percents(p["share"], 1),
                    "worth": money(p["worth"]),
                }
                for p in one["pollutants"]
            ],
        }
        for one in result["levels"]
    ]
    bound = [
        _("再收紧“%(row)s”，下一家是 %(name)s，改为 %(to)s，全季多损失 %(cost)s。")
        % {"row": one["title"], "name": one["name"], "to": one["to"].replace("/", "→"), "cost": money(abs(one["cost"]))}
        for one in result["binding"]
        if current_scope().sees_office(plan.office) and not nameless(current_scope())
    ][:4]
    return {
        "alert_levels": levels,
        "binding": bound,
        "estimated": len(result["estimated"]),
        "left_out": len(result["left_out"]),
        "free": sum(1 for one in result["rows"] if not any(one["cuts"])),
    }


def _power(_plan: Plan, result: dict[str, Any]) -> dict[str, Any]:
    top = max((max(one["demand"], one["supply"]) for one in result["blocks"]), default=1) or 1
    blocks = [
        {"at": f"{at * 24 // len(result['blocks']):02d}", "demand": f"{one['demand'] // 1000:,}", "supply": f"{one['supply'] // 1000:,}", "short": max(0, one["demand"] - one["supply"]) // 1000,
         "cut": one["cut"] // 1000, "share": min(100, one["demand"] * 100 // top)}
        for at, one in enumerate(result["blocks"])
    ]  # fmt: skip
    level = next((pick(one.title, one.title_en) for one in rules().power.level if one.id == result["level"]), _("无缺口"))
    used = [(TIERS[name], f"{kilowatts // 1000:,}", name == result["tier"]) for name, kilowatts in _by_tier(result["tiers"])]
    units = [
        {**one, "state": UNIT_STATES[one["state"]], "nominal": f"{one['nominal'] // 1000:,}", "available": f"{one['available'] // 1000:,}"}
        for one in result["units"]
    ]
    return {
        "blocks": blocks,
        "level": level,
        "used": used,
        "units": units,
        "gap_mw": f"{result['gap'] // 1000:,}",
        "peak_mw": f"{result['peak'] // 1000:,}",
        "total": money(result["loss"]),
        "returned": any(one["cut"] < 0 for one in blocks),
    }


def _coal(plan: Plan, result: dict[str, Any]) -> dict[str, Any]:
    loans = [
        {
            **one,
            "tonnes": f"{one['kilograms'] // 1000:,}",
            "lender_days": f"{one['lender_days'] / 100:.2f}",
            "borrower_days": f"{one['borrower_days'] / 100:.2f}",
        }
        for one in result["loans"]
    ]
    trains = [{**one, "mine": result["mines"][one["mine"]]} for one in mine(plan, result["trains"]) if one["day"] <= 14]
    return {
        "loans": loans,
        "trains": trains[:60],
        "city_days": f"{result['city_days'] / 100:.2f}",
        "freight": money(result["freight"]),
        "city_low": result["city_days"] < 100 * float(result["floor"]),
    }
