"""A small made-up city in a home folder: registry rows and facts batches, two years of months, with planted events. 合成数据 · synthetic data."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from yunxing.engines.facts.table import SCHEMA
from yunxing.engines.registry.parties import Membership, Party
from yunxing.io import tables
from yunxing.io.store import registry
from yunxing.values.period import Month

UNITS = ("371602", "371681", "371625")
INDUSTRIES = ("32", "17", "26")
FALLING = "E003"  # declines in every month of the closing quarter, and takes its county with it


class City:
    """Rows of the registry and of the facts, month by month; `write` stores them."""

    def __init__(self, firms: int = 12, seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.firms = [f"E{n:03d}" for n in range(firms)]
        self.level = {firm: self.random.randint(2000_00, 90000_00) * 10000 for firm in self.firms}
        self.rows: dict[tuple[str, str], list[dict[str, Any]]] = {}

    def unit(self, n: int) -> str:
        return UNITS[n % len(UNITS)]

    def fact(self, month: Month, form: str, item: str, party: str, period: str, value: int | None, **rest: Any) -> None:
        n = int(party[1:]) if party[1:].isdigit() else 0
        plain = {
            "form": form, "item": item, "role": "value", "party": party, "unit": self.unit(n), "region": "371602", "industry": INDUSTRIES[n % 3],
            "period": period, "as_reported": "month", "value": value, "words": None, "absence": None if value is not None else "not_reported",
            "basis": "above_scale", "origin": "dispatch", "status": "county", "held": False, "cause": "",
            "known_at": datetime(month.next().year, month.next().month, 6, 2, tzinfo=UTC), "version": 1,
            "submission": "sha256:" + "0" * 64, "sheet": "表1", "cell": "C7",
        }  # fmt: skip
        self.rows.setdefault((month.code, form), []).append(plain | rest)

    def month(self, month: Month) -> None:
        """All reports of a month; January of the enterprises' form stands in February."""
        if month.month > 1:
            for n, firm in enumerate(self.firms):
                self.enterprise(month, n, firm)
        code = month.code if month.month == 1 else f"{month.year}-01..{month.month:02d}"
        for n in range(3):
            self.fact(month, "project_month", "investment", f"P{n:03d}", code, month.month * 9_0000_0000_00, as_reported="cumulative")
            self.fact(month, "project_month", "investment", f"P{n:03d}", month.code, 9_0000_0000_00)
        self.fact(month, "port_month", "foreign_cargo", "S900", code, month.month * 21_000_000, as_reported="cumulative")
        if month.month % 2:
            self.fact(
                month, "growth_point_month", "admitted_on", f"N{month.year % 100}{month.month}", month.code,
                (month.end - date(1970, 1, 1)).days, as_reported="event",
            )  # fmt: skip
        self.coal(month)

    def enterprise(self, month: Month, n: int, firm: str) -> None:
        span = "2" if month.month == 2 else "1"
        months = 2 if month.month == 2 else 1
        code = f"{month.year}-01..{month.month:02d}"
        single = code if month.month == 2 else month.code
        this, last = (sum(self.output(n, firm, Month(year, m)) for m in range(1, month.month + 1)) for year in (month.year, month.year - 1))
        for role, value in (("value", this), ("last_year_restated", last)):
            self.fact(month, "enterprise_month", "output", firm, code, value, role=role, as_reported="cumulative")
        now = self.output(n, firm, month) * months
        if span == "1":
            self.fact(month, "enterprise_month", "output", firm, single, now)
        self.fact(month, "enterprise_month", "electricity", firm, single, now // 10000)
        self.fact(month, "enterprise_month", "stop_days", firm, single, 0)

    def output(self, n: int, firm: str, month: Month) -> int:
        """A level, a season, a growth; the falling one loses a fifth a year from the middle of 2022."""
        growth = 100 + 5 * (month.year - 2020)
        if firm == FALLING and month >= Month(2022, 6):
            growth = 40
        return self.level[firm] * growth * (100 + (month.month * 7 + n) % 11) // 10000

    def coal(self, month: Month) -> None:
        for n in range(2):
            day = month.start
            while day <= month.end:
                stock = 90_000_000 if n == 0 or month != Month(2022, 9) else 30_000_000
                self.fact(month, "coal_day", "closing", f"S80{n}", day.isoformat(), stock, as_reported="day")
                self.fact(month, "coal_day", "use", f"S80{n}", day.isoformat(), 5_000_000, as_reported="day")
                day += timedelta(days=1)

    def parties(self) -> list[Party]:
        since = date(2015, 1, 1)
        found = [
            Party(firm, "enterprise", f"示例企业{firm}", "", self.unit(n), "371602", INDUSTRIES[n % 3], "M", "", since)
            for n, firm in enumerate(self.firms)
        ]
        found += [
            Party(f"P{n:03d}", "project", f"示例项目{n}", "", self.unit(n), "371602", "32", "", "", since, None,
                  {"annual_plan_fen": 140_0000_0000_00, "is_preparatory": False, "planned_start": "2022-03-01"})
            for n in range(3)
        ]  # fmt: skip
        found += [
            Party(f"S80{n}", "site", f"示例电厂{n}", "", self.unit(n), "371602", "44", "", "", since, None, {"min_days": 7})
            for n in range(2)
        ]
        return [*found, Party("S900", "site", "示例港口", "", self.unit(0), "371602", "", "", "", since)]

    def memberships(self) -> list[Membership]:
        rosters = {"E": "above_scale", "P": "key_projects", "S8": "coal_sites", "S9": "ports"}
        return [
            Membership(roster, party.id, date(2018, 1, 1))
            for party in self.parties()
            for start, roster in rosters.items()
            if party.id.startswith(start)
        ]

    def write(self, home: Path, connection: Any) -> None:
        """Store the registry and one batch a month and form."""
        registry.write_parties(connection, self.parties())
        registry.write_memberships(connection, self.memberships())
        for (month, form), rows in sorted(self.rows.items()):
            tables.append_batch(home, month, form, pl.DataFrame(rows, schema=SCHEMA))


def two_years(home: Path, connection: Any, last: Month, firms: int = 12) -> City:
    """A city with the months of the year of `last` up to it and of the whole year before, stored."""
    city = City(firms)
    at = Month(last.year - 1, 1)
    while at <= last:
        city.month(at)
        at = at.next()
    city.write(home, connection)
    return city
