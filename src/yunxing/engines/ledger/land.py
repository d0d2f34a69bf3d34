"""Land under measure 15: the city's task, its handing on, idle-land tests by exact comparison, the items of standard land.

Areas are whole m² (0.0001 ha), money fen, tests cross-multiplied: nothing is rounded before it is compared. Sources: plan 156/15/1–2; the measures on
disposing of idle land (order no. 53 of the ministry, 2012), whose numbers are pack data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from yunxing.engines.ledger.splits import in_steps
from yunxing.values.errors import BadInput, Fault
from yunxing.values.quantity import Comparator, format_number, holds

HUNDREDTH_HA = 100
"""A hundredth of a hectare in m²: the step in which tasks are handed to counties."""
Cause = Literal["firm", "government", "force_majeure"]


def city_task(provincial: int, uplift: Fraction) -> int:
    """The provincial task raised by the plan's uplift, in m²: half up, which only matters below one m².

    >>> city_task(30_000_000, Fraction(1, 10)), city_task(12_345_600, Fraction(1, 10))
    (33000000, 13580160)
    """
    if provincial < 0 or uplift < 0:
        raise BadInput(f"a task of {provincial} m² raised by {uplift}; neither is below 0")
    return int(provincial * (1 + uplift) + Fraction(1, 2))


def county_tasks(task: int, stocks: Mapping[str, int]) -> dict[str, int]:
    """The city's task over counties in proportion to their stocks, to 0.01 ha, the sum exact."""
    return in_steps(task, stocks, HUNDREDTH_HA)


def disposal_rate(disposed: Sequence[int], base: int) -> Fraction | None:
    """Verified disposals of the window over its base; None without a base. More than the base is `BadInput`: a parcel was counted twice."""
    total = sum(disposed)
    if base < 0 or min(disposed, default=0) < 0 or total > base:
        raise BadInput(f"{total} m² disposed of a base of {base} m²; the window was counted twice or in another unit")
    return Fraction(total, base) if base else None


def early_and_above(closed: int, provincial: int, on: date, deadline: date) -> tuple[bool, bool]:
    """(early, above): the provincial task reached on a day before its deadline; more than the provincial task reached."""
    return closed >= provincial and on < deadline, closed > provincial


def year_after(day: date, years: int = 1) -> date:
    """The corresponding day (Civil Code art. 202); 29 February answers 28 February where there is none.

    >>> year_after(date(2020, 2, 29)), year_after(date(2021, 5, 27))
    (datetime.date(2021, 2, 28), datetime.date(2022, 5, 27))
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


@dataclass(frozen=True, slots=True)
class IdleRule:
    """Numbers of the idle-land test, from the pack: shares below which a started parcel may be recognised, years, and the fee."""

    clause: str
    started_below: Fraction
    invested_below: Fraction
    years: int
    fee: Fraction
    take_back_years: int


@dataclass(frozen=True, slots=True)
class Parcel:
    """A supplied parcel as the test sees it; areas in m², money in fen without the land's price and its taxes."""

    id: str
    agreed_start: date
    price_fen: int
    area_due: int
    area_started: int = 0
    total_invest_fen: int = 0
    invested_fen: int = 0
    actual_start: date | None = None
    suspended_since: date | None = None
    cause: Cause = "firm"


@dataclass(frozen=True, slots=True)
class IdleVerdict:
    """`no`, `idle` (not started) or `may_be` (started, 可以认定); what follows: a fee in fen, taking back, negotiating; and why in words."""

    state: Literal["no", "idle", "may_be"]
    follows: Literal["", "fee", "take_back", "negotiate"]
    fee_fen: int
    zh: str
    en: str


def started_too_little(parcel: Parcel, rule: IdleRule) -> bool:
    """Strictly less than the rule's share of the area due, or of the investment: 3·started < due, 4·invested < total, exactly.

    A started share of exactly a third, or an investment of exactly a quarter, is not too little.
    """
    return parcel.area_started < rule.started_below * parcel.area_due or parcel.invested_fen < rule.invested_below * parcel.total_invest_fen


def idle(parcel: Parcel, rule: IdleRule, today: date) -> IdleVerdict:
    """The test of a parcel on a day. Errors: `BadInput` for areas or money below 0, or more started than due."""
    if min(parcel.area_due, parcel.area_started, parcel.total_invest_fen, parcel.invested_fen, parcel.price_fen) < 0:
        raise BadInput(f"parcel {parcel.id}: an area or an amount below 0")
    if parcel.area_started > parcel.area_due:
        raise BadInput(f"parcel {parcel.id}: {parcel.area_started} m² started of {parcel.area_due} m² due")
    if parcel.actual_start is None:
        return _not_started(parcel, rule, today)
    if parcel.suspended_since is None or today <= year_after(parcel.suspended_since, rule.years):
        return IdleVerdict("no", "", 0, "已动工，未中止满期", "started, and not suspended for the full time")
    if not started_too_little(parcel, rule):
        return IdleVerdict("no", "", 0, "已动工面积和投资均不低于标准", "area started and money invested reach the shares")
    # neither a fee nor taking back is written for land that was started: the ways of negotiation remain
    return IdleVerdict(
        "may_be",
        "negotiate",
        0,
        "已动工但面积或投资不足且中止满期，可以认定为闲置",
        "started too little and suspended: may be recognised as idle",
    )


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison of the test with the numbers in it, and whether it holds: `3 × 12,000 = 36,000 < 1 × 40,000`."""

    id: Literal["time", "started", "invested"]
    zh: str
    en: str
    holds: bool


def comparisons(parcel: Parcel, rule: IdleRule, today: date) -> list[Comparison]:
    """What `idle` compares of this parcel, in whole numbers: the time without a start or without work, then both shares where it was started.

    >>> rule = IdleRule("156/15/1", Fraction(1, 3), Fraction(1, 4), 1, Fraction(1, 5), 2)
    >>> parcel = Parcel("P", date(2020, 1, 1), 0, 40_000, 12_000, 0, 0, date(2020, 3, 1), date(2021, 3, 1))
    >>> [(one.id, one.holds) for one in comparisons(parcel, rule, date(2022, 9, 30))]
    [('time', True), ('started', True), ('invested', False)]
    """
    since = parcel.agreed_start if parcel.actual_start is None else parcel.suspended_since
    if since is None:
        return [Comparison("time", "已动工，未中止", "started and not suspended", holds=False)]
    until = year_after(since, rule.years)
    over = today > until
    sign = ">" if over else "≤"
    what, en = ("约定动工日", "the agreed start") if parcel.actual_start is None else ("中止建设", "the suspension")
    told = f"{today} {sign} {until}"
    found = [Comparison("time", f"{what}满 {rule.years} 年：{told}", f"{rule.years} year(s) after {en}: {told}", over)]
    if parcel.actual_start is not None:
        area, money = (parcel.area_started, parcel.area_due), (parcel.invested_fen, parcel.total_invest_fen)
        found.append(_shares("started", ("已动工面积", "area started"), area, rule.started_below, ("平方米", "m²", 1)))
        found.append(_shares("invested", ("已投资额", "money invested"), money, rule.invested_below, ("元", "yuan", 100)))
    return found


def _shares(
    id_: Literal["started", "invested"], words: tuple[str, str], parts: tuple[int, int], bound: Fraction, unit: tuple[str, str, int]
) -> Comparison:
    """Part against whole, multiplied crosswise; `unit` is its name in both languages and how many smallest parts make one."""
    part, whole = parts
    left, right = bound.denominator * part, bound.numerator * whole
    sign = "<" if left < right else "=" if left == right else ">"
    places = 0 if all(number % unit[2] == 0 for number in parts) else 2
    shown = [format_number(Fraction(number, unit[2]), places) for number in (part, left, right, whole)]
    line = f"{bound.denominator} × {shown[0]} = {shown[1]} {sign} {shown[2]} = {bound.numerator} × {shown[3]}"
    return Comparison(id_, f"{words[0]}（{unit[0]}）：{line}", f"{words[1]} ({unit[1]}): {line}", left < right)


def _not_started(parcel: Parcel, rule: IdleRule, today: date) -> IdleVerdict:
    if today <= year_after(parcel.agreed_start, rule.years):
        return IdleVerdict("no", "", 0, "未满约定动工日起的期限", "the time from the agreed start has not passed")
    if parcel.cause != "firm":
        return IdleVerdict(
            "idle", "negotiate", 0, "政府原因或不可抗力造成，协商处置", "caused by government or force majeure: by negotiation"
        )
    if today > year_after(parcel.agreed_start, rule.take_back_years):
        return IdleVerdict(
            "idle", "take_back", 0, "未动工满收回期限，无偿收回", "not started for the time of taking back: without compensation"
        )
    return IdleVerdict(
        "idle", "fee", int(parcel.price_fen * rule.fee + Fraction(1, 2)), "未动工满缴费期限，收取闲置费", "not started: the idle fee is due"
    )


@dataclass(frozen=True, slots=True)
class LandItem:
    """One control indicator of standard land: what it compares, in which unit; the limit of a trade is data of the supply."""

    id: str
    title: str
    title_en: str
    comparator: Comparator
    unit: str


@dataclass(frozen=True, slots=True)
class Supply:
    """A supply of land to a new industrial project: its limits and, once measured, its values; both by item id, in exact numbers of the item's unit."""

    parcel: str
    project: str
    in_key_area: bool
    standard: bool
    limits: Mapping[str, Fraction]
    values: Mapping[str, Fraction]


def supply_faults(supply: Supply, items: Sequence[LandItem]) -> list[Fault]:
    """What keeps a supply from being standard land: not supplied so in a key area, an item without its limit, a limit no item knows."""
    faults = []
    if supply.in_key_area and not supply.standard:
        faults.append(
            Fault(
                supply.parcel,
                "supply",
                f"{supply.project}, not as standard land",
                "standard land: the parcel lies in a key area",
                "156/15/2",
            )
        )
    if supply.standard:
        known = {item.id: item for item in items}
        faults += [
            Fault(supply.parcel, item.title_en, "no limit", f"a limit for {item.title_en} ({item.title})")
            for item in items
            if item.id not in supply.limits
        ]
        faults += [Fault(supply.parcel, name, "a limit", f"one of {', '.join(known)}") for name in sorted(set(supply.limits) - set(known))]
    return faults


def breaches(supply: Supply, items: Sequence[LandItem]) -> list[tuple[LandItem, Fraction, Fraction]]:
    """The items whose measured value does not hold against its limit: (item, value, limit). What was not measured is not judged."""
    return [
        (item, supply.values[item.id], supply.limits[item.id])
        for item in items
        if item.id in supply.values
        and item.id in supply.limits
        and not holds(supply.values[item.id], item.comparator, supply.limits[item.id])
    ]


def coverage(supplies: Sequence[Supply]) -> Fraction | None:
    """Standard-land projects over all new industrial projects supplied in key areas; must be 1. None where nothing was supplied there."""
    there = [one for one in supplies if one.in_key_area]
    return Fraction(sum(one.standard for one in there), len(there)) if there else None
