"""A made-up place for tests: facts written as short calls, registry rows, and the executor (DuckDB through Ibis)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa

from yunxing.engines.indicators.compute import FormRule, Inputs, compute
from yunxing.engines.indicators.definition import Indicator
from yunxing.engines.indicators.rows import Row
from yunxing.packs.forms import load_forms
from yunxing.packs.indicators import load_indicators
from yunxing.values.period import Month

PACK = Path(__file__).parents[3] / "plans" / "binzhou_2022_156"
KNOWN = datetime(2022, 10, 8, 2, 0, tzinfo=UTC)
FACTS = pa.schema(
    [
        *((name, pa.string()) for name in ("form", "item", "role", "party", "unit", "region", "industry", "period", "as_reported")),
        ("value", pa.int64()),
        *((name, pa.string()) for name in ("absence", "basis", "origin", "status")),
        ("held", pa.bool_()),
        ("cause", pa.string()),
        ("known_at", pa.timestamp("us", tz="UTC")),
        ("version", pa.int32()),
        *((name, pa.string()) for name in ("submission", "sheet", "cell")),
        ("first_known_at", pa.timestamp("us", tz="UTC")),
    ]
)
PARTY = pa.schema(
    [
        *((name, pa.string()) for name in ("id", "kind", "name", "unit", "region", "industry")),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
        ("annual_plan", pa.int64()),
        ("preparatory", pa.bool_()),
        *((name, pa.int64()) for name in ("min_days", "planned_start", "planned_finish", "small")),
    ]
)
MEMBERSHIP = pa.schema([("roster", pa.string()), ("party", pa.string()), ("valid_from", pa.date32()), ("valid_to", pa.date32())])
DUE = {"reporter": date(2022, 10, 8), "county": date(2022, 10, 8), "city": date(2022, 10, 10)}
RULES = {
    "enterprise_month": FormRule(jan_feb=True, due=DUE),
    "project_month": FormRule(jan_feb=False, due=DUE),
    "coal_day": FormRule(jan_feb=False, cycle="day", due=DUE),
    "port_month": FormRule(jan_feb=False, due=DUE),
    "growth_point_month": FormRule(jan_feb=False, cycle="event", due=DUE),
    "listing_month": FormRule(jan_feb=False, cycle="event", due=DUE),
}


@lru_cache(maxsize=1)
def rules() -> dict[str, FormRule]:
    """What the statistics know of every form of the first plan; the due days are the same for all."""
    found = {one.id: FormRule(one.jan_feb, one.cycle, DUE) for one in load_forms(PACK).values()}
    return found | {name: replace(found[name], jan_feb=rule.jan_feb) for name, rule in RULES.items()}


class Place:
    """Facts and registry of a made-up place, written line by line."""

    def __init__(self) -> None:
        self.facts: list[dict[str, Any]] = []
        self.parties: list[dict[str, Any]] = []
        self.memberships: list[dict[str, Any]] = []

    def fact(
        self, party: str, period: str, value: int | None, *, item: str = "output", form: str = "enterprise_month", **rest: Any
    ) -> None:
        """One cell; without a value it is `not_reported` unless `absence` says otherwise."""
        plain = {
            "form": form, "item": item, "role": "value", "party": party, "unit": "u1", "region": "r1", "industry": "32", "period": period,
            "as_reported": "cumulative", "value": value, "absence": None if value is not None else "not_reported", "basis": "k",
            "origin": "dispatch", "status": "county", "held": False, "cause": "", "known_at": KNOWN, "version": 1,
            "submission": "sha256:ab", "sheet": "表1", "cell": "C7", "first_known_at": KNOWN,
        }  # fmt: skip
        self.facts.append(plain | rest)

    def output(self, party: str, period: str, current: int | None, base: int | None, **rest: Any) -> None:
        """Cumulative output and last year's figure as restated."""
        self.fact(party, period, current, **rest)
        self.fact(party, period, base, role="last_year_restated", **rest)

    def party(
        self, party: str, unit: str = "u1", industry: str = "32", since: date | None = None, until: date | None = None, **rest: Any
    ) -> None:
        """One registry row."""
        blank = {"annual_plan": None, "preparatory": False, "region": "r1", "kind": "enterprise", "name": f"企业{party}"}
        blank |= dict.fromkeys(("min_days", "planned_start", "planned_finish", "small"))
        self.parties.append(blank | {"id": party, "unit": unit, "industry": industry, "valid_from": since, "valid_to": until} | rest)

    def member(self, party: str, roster: str = "above_scale", since: date | None = None, until: date | None = None) -> None:
        """One membership row."""
        self.memberships.append({"roster": roster, "party": party, "valid_from": since, "valid_to": until})

    def tables(self) -> dict[str, pa.Table]:
        """Facts, parties and memberships as Arrow tables."""
        return {
            "facts": pa.Table.from_pylist(self.facts, schema=FACTS),
            "party": pa.Table.from_pylist(self.parties, schema=PARTY),
            "membership": pa.Table.from_pylist(self.memberships, schema=MEMBERSHIP),
        }

    def inputs(self, month: Month) -> Inputs:
        """The engine's inputs on a fresh in-memory DuckDB."""
        connection = ibis.duckdb.connect()
        made = {name: connection.create_table(name, table) for name, table in self.tables().items()}
        return Inputs(month=month, run=connection.to_pyarrow, forms=rules(), **made)

    def compute(self, month: Month, *indicators: str) -> dict[str, Row]:
        """The rows of the named indicators of the first plan, by id."""
        chosen = [definition(one) for one in indicators]
        return {row.id: row for row in compute(chosen, self.inputs(month)).rows}


def definition(indicator: str) -> Indicator:
    """One indicator of the first plan."""
    return next(one for one in load_indicators(PACK) if one.id == indicator)
