"""The ledgers' tests on what is held: idle land parcel by parcel, standard land item by item, a county's energy year against its targets. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from yunxing.engines.ledger import energy, land
from yunxing.engines.ledger.quota_book import EnergyTarget, Quotas
from yunxing.values.errors import BadInput, Fault
from yunxing.values.quantity import parse_number

CAUSES: dict[str, land.Cause] = {"政府原因": "government", "不可抗力": "force_majeure", "企业原因": "firm"}
IDLE_KIND = "闲置土地"
KILOGRAMS = 1000


@dataclass(frozen=True, slots=True)
class ParcelTest:
    """One parcel: the verdict with what was compared, or what is missing for it, or why it is not tested."""

    parcel: land.Parcel | None
    verdict: land.IdleVerdict | None
    comparisons: tuple[land.Comparison, ...]
    missing: str = ""


def parcel_test(rule: land.IdleRule, id_: str, fields: Mapping[str, Any], today: date) -> ParcelTest:
    """The idle-land test of an item's fields. Land that was approved and not supplied has no agreed start and is not tested."""
    if fields.get("kind") not in (None, "", IDLE_KIND):
        return ParcelTest(None, None, (), "not_supplied")
    agreed = _day(fields.get("agreed_start"))
    if agreed is None:
        return ParcelTest(None, None, (), "agreed_start")
    started = _day(fields.get("actual_start"))
    if started is not None and (not fields.get("area_due") or not fields.get("total_invest")):
        return ParcelTest(None, None, (), "area_due" if not fields.get("area_due") else "total_invest")
    number = {name: int(fields.get(name) or 0) for name in ("price", "area_due", "area_started", "total_invest", "invested")}
    parcel = land.Parcel(
        id_, agreed, number["price"], number["area_due"], number["area_started"], number["total_invest"], number["invested"], started,
        _day(fields.get("suspended_since")), CAUSES.get(str(fields.get("cause")), "firm"),
    )  # fmt: skip
    try:
        verdict = land.idle(parcel, rule, today)
    except BadInput as refused:
        return ParcelTest(None, None, (), refused.message)
    return ParcelTest(parcel, verdict, tuple(land.comparisons(parcel, rule, today)))


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else None


def supply_of(id_: str, fields: Mapping[str, Any], items: Sequence[land.LandItem]) -> tuple[land.Supply, list[Fault]]:
    """A supply from an item's fields (`limit_<item>`, `value_<item>`), and what of them is no number."""
    faults: list[Fault] = []

    def numbers(prefix: str, zh: str) -> dict[str, Fraction]:
        found = {}
        for item in items:
            text = str(fields.get(f"{prefix}_{item.id}") or "").strip()
            if text:
                try:
                    found[item.id] = parse_number(text)
                except BadInput:
                    faults.append(Fault(id_, f"{zh}{item.title}", repr(text), f"a number in {item.unit or '1'}"))
        return found

    limits, values = numbers("limit", "约定"), numbers("value", "实测")
    supply = land.Supply(id_, str(fields.get("project") or ""), bool(fields.get("key_area")), bool(fields.get("standard")), limits, values)
    return supply, [*faults, *land.supply_faults(supply, items)]


@dataclass(frozen=True, slots=True)
class CountyTest:
    """One county's year: its assessment, or what keeps it from being assessed (`target`, `report`)."""

    county: str
    target: EnergyTarget | None
    assessment: energy.Assessment | None
    missing: str = ""

    @property
    def verdict(self) -> str:
        """`exempt`, `within`, `over`, `no_cap`, or `open` where it cannot be said."""
        if self.assessment is None:
            return "open"
        if self.assessment.exempt:
            return "exempt"
        return {None: "no_cap", True: "within", False: "over"}[self.assessment.within_cap]


def county_tests(quotas: Quotas, form: str, period: str, facts: Iterable[Mapping[str, Any]], counties: Sequence[str]) -> list[CountyTest]:
    """Every county's energy up to the end of the cumulative period against the targets of its year, in the order given; held figures count for nothing."""
    year = int(period[:4])
    now: dict[str, dict[str, int | None]] = {}
    before: dict[str, dict[str, int | None]] = {}
    for one in facts:
        if (one["form"], one["period"], one["as_reported"]) == (form, period, "cumulative") and not one["held"]:
            side = {"value": now, "last_year_restated": before}.get(str(one["role"]))
            if side is not None:
                side.setdefault(str(one["party"]), {})[str(one["item"])] = one["value"]
    found = []
    for county in counties:
        target = quotas.energy_targets.get((county, year))
        here, then = (energy.county_year(county, at, side.get(county, {})) for at, side in ((year, now), (year - 1, before)))
        coal, coal_before = now.get(county, {}).get("coal_used"), before.get(county, {}).get("coal_used")
        if target is None or here is None or then is None or coal is None or coal_before is None or not then.intensity:
            found.append(CountyTest(county, target, None, "target" if target is None else "report"))
            continue
        assessment = energy.assess_county(
            then,
            here,
            drop_target=target.drop,
            coal_cut=Fraction(coal_before - coal, KILOGRAMS),
            coal_target=target.coal_cut,
            cap=target.cap,
        )
        found.append(CountyTest(county, target, assessment))
    return found


def newest_period(form: str, facts: Iterable[Mapping[str, Any]]) -> str:
    """The last cumulative period a form was reported for; empty for none. Codes of one width sort as they follow each other."""
    return max((str(one["period"]) for one in facts if one["form"] == form and one["as_reported"] == "cumulative"), default="")
