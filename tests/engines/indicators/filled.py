"""Every form of the first plan filled in for a made-up place: drawn values, blanks, held rows, second keys; and the place as a closed month for traces."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from engines.indicators.small import PACK, PARTY, Place
from yunxing.engines.facts.form import Form, Item
from yunxing.engines.indicators.definition import Indicator
from yunxing.engines.indicators.rows import Row, indicators_table
from yunxing.engines.indicators.statistic_formula import quarters
from yunxing.engines.indicators.window import slots
from yunxing.packs.forms import load_forms
from yunxing.packs.indicators import load_indicators
from yunxing.values.period import Month, day_number

UNITS = ("u1", "u2", "u3")
INDUSTRIES = ("32", "17", "26")
ROLES = ("value", "last_year_restated")


def formulas() -> list[Indicator]:
    """The first plan's indicators of kind `formula`."""
    return [one for one in load_indicators(PACK) if one.statistic == "formula"]


class Filled:
    """A place whose reporters fill in the forms of a month, of the months before it in the year and of the last quarter."""

    def __init__(self, month: Month, seed: int, *, parties: int = 6, blanks: int = 8) -> None:
        self.month, self.random, self.blanks = month, random.Random(seed), blanks
        self.place = Place()
        self.parties = [f"F{n}" for n in range(parties)]
        self.forms = load_forms(PACK)
        for n, party in enumerate(self.parties):
            planned = day_number(date(2022, 3, 1)) + n
            self.place.party(
                party, unit=UNITS[n % 3], industry=INDUSTRIES[n % 3], planned_start=planned if n else None, planned_finish=planned + 200, small=int(n % 2 == 0)
            )  # fmt: skip
        rosters = {form.roster for form in self.forms.values() if form.roster}
        for roster in sorted(rosters):
            for n, party in enumerate(self.parties):
                if n != len(roster) % parties:  # one is not on it
                    self.place.member(party, roster)

    def fill(self, *forms: str) -> Place:
        """The forms filled in; each cell held, blank or drawn."""
        for name in forms:
            form = self.forms[name]
            for party in self._keys(form):
                for code, cumulative in self._reports(form):
                    self._row(form, party, code, cumulative)
        return self.place

    def _keys(self, form: Form) -> list[str]:
        base = self.parties if form.roster or form.subject != "unit" else list(UNITS)
        details = [option.id for option in form.detail.options][:3] if form.detail else []
        if form.detail and not details:
            details = self.parties[:2]
        return [f"{party}/{one}" for party in base for one in details] if details else list(base)

    def _reports(self, form: Form) -> list[tuple[str, str]]:
        """The (single, cumulative) codes reported."""
        if form.cycle == "day":
            days = [self.month.start + timedelta(n) for n in range(0, (self.month.end - self.month.start).days + 1, 3)]
            return [(day.isoformat(), "") for day in days]
        if form.cycle == "event":
            return [(Month(self.month.year, number).code, "") for number in range(1, self.month.month + 1, 2)]
        found = quarters(self.month, 1) if form.cycle == "quarter" else slots(self.month, jan_feb=form.jan_feb, history=3)
        return [(one.single, one.cumulative) for one in found]

    def _row(self, form: Form, party: str, code: str, cumulative: str) -> None:
        n = self.parties.index(party.partition("/")[0]) if party.partition("/")[0] in self.parties else UNITS.index(party.partition("/")[0])
        held = self.random.randrange(12) == 0
        first = code == cumulative
        for item in form.items:
            kinds = item.reported
            if first and form.jan_feb and "cumulative" in kinds:
                kinds = ("cumulative",)
            for kind in kinds:
                for role in ROLES if item.last_year else ROLES[:1]:
                    if self.random.randrange(self.blanks) == 0:
                        continue
                    period = cumulative if kind == "cumulative" else code
                    where = {"unit": UNITS[n % 3], "industry": INDUSTRIES[n % 3], "role": role, "as_reported": kind, "held": held}
                    self.place.fact(party, period, self._value(item), item=item.id, form=form.id, **where)

    def _value(self, item: Item) -> int | None:
        draw = self.random.randrange
        if draw(self.blanks) == 0:
            return None
        if item.type == "choice":
            return draw(len(item.options))
        if item.type == "flag":
            return draw(2)
        if item.type == "date":
            return day_number(date(2022, 3, 1)) + draw(200)
        if item.id in ("shortage", "stop_days", "hiring_events", "insured_exports", "certified_exports"):
            return draw(3) * draw(60)
        return draw(1, 1000) * (1 if item.type == "count" else 10_000)


class AsClosed:
    """The place as a closed month: what a trace reads."""

    def __init__(self, place: Place, month: Month, definitions: list[Indicator], rows: list[Row]) -> None:
        self.month, self.definitions = month.code, [one.card() for one in definitions]
        facts = place.tables()["facts"]
        registry = []
        for one in place.parties:
            mine = sorted({two["roster"] for two in place.memberships if two["party"] == one["id"]})
            registry.append(
                {**one, "rosters": ",".join(mine), "size": {1: "small", 0: "large"}.get(one["small"], ""), "attributes": _attributes(one)}
            )
        names = [*(name for name in PARTY.names if name not in ("small", "min_days")), "rosters", "size", "attributes"]
        self._tables = {
            "facts": facts,
            "indicators": indicators_table(rows),
            "registry": pa.Table.from_pylist([{name: one[name] for name in names} for one in registry]),
        }

    def table(self, name: str) -> Any:
        return self._tables[name]


def _attributes(one: dict[str, Any]) -> str:
    import json

    days = {
        name: (date(1970, 1, 1) + timedelta(one[name])).isoformat() for name in ("planned_start", "planned_finish") if one[name] is not None
    }
    return json.dumps(days)
