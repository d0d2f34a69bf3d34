"""A month of reporting small enough to check by hand: three enterprises of one county, one of another, a project and a coal site. 合成数据 · synthetic data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import connection
from django.test import Client

from desk.cast import Cast
from facts_cast import FAR, PARTIES, A, B, C, enterprise, history
from yunxing.desk.people import selectors
from yunxing.desk.people.models import Unit
from yunxing.desk.people.selectors import Standing
from yunxing.desk.reporting import drafts, duties
from yunxing.desk.reporting.drafts import Typed
from yunxing.desk.reporting.report_models import Entry, Report
from yunxing.desk.scoping import acting_as_system
from yunxing.engines.facts.layout import Row
from yunxing.engines.registry.parties import Membership
from yunxing.io import tables
from yunxing.io.store import registry

MONTH, TODAY = "2022-10", date(2022, 11, 4)
FORM = "enterprise_month"
ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2022, 11, 4, 9, 30, tzinfo=ZONE)
# 合成三 of A, whole and clean: every figure moves against September's, the cumulative figures add up
CLEAN = {
    "output/value/month": "110",
    "output/value/cumulative": "1,010",
    "revenue/value/cumulative": "990",
    "profit/value/cumulative": "-10.5",
    "tax/value/cumulative": "27.5",
    "electricity/value/month": "33.3",
    "employees/value/month": "268",
    "shortage/value/month": "12",
    "stop_days/value/month": "0",
}


def september(output: str = "100.00", cumulative: str = "900.00") -> dict[str, object]:
    return enterprise(output, cumulative=cumulative)


@dataclass
class Reporting:
    """The opened month, and how its people meet it."""

    cast: Cast
    home: Path

    def report(self, party: str = A, form: str = FORM) -> Report:
        with acting_as_system("test"):
            return Report.objects.get(form=form, period=MONTH, party=party)

    def standing(self, member: str) -> Standing:
        return selectors.standing_of(getattr(self.cast.people, member), date.today())

    def client(self, member: str) -> Client:
        return self.cast.client(member)

    def fill(self, party: str = A, member: str = "enterprise", **answers: str) -> Report:
        """The clean answers, with some of them replaced (`output__value__month="…"`), saved as the member."""
        typed = {**CLEAN, **{key.replace("__", "/"): text for key, text in answers.items()}}
        report = self.report(party)
        with acting_as_system("test"):
            known = dict(Entry.objects.filter(report=report).values_list("key", "ver"))
            cells = [Typed(key, text, known.get(key, 0)) for key, text in typed.items()]
            saved = drafts.save_cells(report, cells, by=getattr(self.cast.people, member), at=AT)
            assert not saved.clashes
            drafts.refresh_counts(drafts.draft_of(report))
        return report

    def answers(self, party: str = A) -> dict[str, str]:
        with acting_as_system("test"):
            return {one.key: one.text for one in Entry.objects.filter(report=self.report(party))}


def stand_on(home: Path, day: date) -> None:
    """The desk of that home lives on that day."""
    (home / "demo_day.json").write_text(json.dumps({"today": day.isoformat()}), encoding="utf-8")


def write_facts(home: Path) -> None:
    """July to September of A, B and C, and October of last year of A and B."""
    months = {7: september("98.00", "700.00"), 8: september("99.00", "800.00"), 9: september()}
    for month, cells in months.items():
        rows = [Row(one, "合成", cells) for one in (A, B, C)]
        tables.append_batch(home, f"2022-{month:02d}", FORM, history(FORM, {month: rows}))
    october = [Row(one, "合成", september("96.00", "955.00")) for one in (A, B)]
    tables.append_batch(home, "2021-10", FORM, history(FORM, {10: october}, year=2021))


def open_desk(cast: Cast, home: Path) -> Reporting:
    """The registry, the units under the pack's codes, October opened. The facts (`write_facts`) lie in the home already."""
    for member, code in (("county_a", "371681"), ("county_b", "BZ-BH"), ("enterprise", A), ("command", "CMD")):
        unit = getattr(cast.people, member).posts.get().unit
        Unit.objects.filter(pk=unit.pk).update(code=code)
    first = cast.people.bureau.posts.order_by("pk").first().unit
    Unit.objects.filter(pk=first.pk).update(code="IIT")
    registry.write_parties(connection, PARTIES.values())
    on = [("above_scale", one) for one in (A, B, C, FAR)] + [("key_projects", "P-001"), ("coal_sites", "COAL-01")]
    registry.write_memberships(connection, [Membership(roster, one, PARTIES[one].valid_from) for roster, one in on])
    stand_on(home, TODAY)
    with acting_as_system("test"):
        duties.open_month(MONTH)
    return Reporting(cast, home)


__all__ = ["AT", "CLEAN", "FAR", "FORM", "MONTH", "TODAY", "ZONE", "A", "B", "C", "Decimal", "Reporting", "open_desk", "stand_on"]
