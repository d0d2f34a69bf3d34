"""Clerks of the two offices that answer, a result of each kind, and plans as far as a test needs them. No solver runs: `hold` is a stand-in."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from desk.cast import LONG_AGO, PASSWORD
from yunxing.desk import clock
from yunxing.desk.contingency import services
from yunxing.desk.contingency.models import Plan
from yunxing.desk.people.models import Post, Role, Unit, User
from yunxing.desk.scoping import acting_as_system

DAY = date(2022, 11, 8)
FIRM_A, FIRM_B = "91990000MA00000A0X", "91990000MA00000B0X"
PROOF = {
    "status": "feasible", "gap": 420, "bound_by": "multipliers", "solver": "HiGHS", "milliseconds": 900, "first_milliseconds": 80, "cut_by": "gap",
    "method": "restricted", "input_hash": "sha256:" + "1" * 64, "plan_hash": "sha256:" + "2" * 64,
}  # fmt: skip


def line(party, unit, grade, cuts):
    return {
        "party": party, "name": f"企业{party[-3:]}", "line": "1", "unit": unit, "industry": "26", "grade": grade, "cuts": cuts,
        "loss": [one * 10_000 for one in cuts], "base": [1000, 2000, 3000], "reason": "", "estimated": unit == "B01",
    }  # fmt: skip


def pollution():
    levels = [
        {"id": id_, "title": title, "loss": 100, "flat_loss": 180, "flat_share": 160_000, "saved": 80, "days": 1,
         "pollutants": [{"id": "nox", "title": "氮氧化物", "need": 100, "cut": 110, "share": 120_000, "worth": 500}]}
        for id_, title in (("yellow", "黄色（Ⅲ级）"), ("orange", "橙色（Ⅱ级）"), ("red", "红色（Ⅰ级）"))
    ]  # fmt: skip
    rows = [line(FIRM_A, "A01", "c", [0, 30, 100]), line(FIRM_B, "B01", "d", [50, 50, 100])]
    counties = [{"unit": "A01", "cut_share": 600_000, "base_share": 500_000, "loss": 1}]
    return {
        "kind": "pollution", "month": "2022-09", "levels": levels, "rows": rows, "counties": counties, "estimated": [FIRM_B], "left_out": [], "same": False,
        "spread": "1/5", "proof": PROOF, "verdict": {"holds": True, "faults": []}, "short": [],
        "binding": [{"row": "red/nox", "title": "红色氮氧化物", "unit": "", "party": FIRM_A, "name": "企业A0X", "to": "000/030/100", "cost": 700}],
    }  # fmt: skip


def power():
    row = {
        "party": FIRM_A,
        "name": "企业A0X",
        "line": "1",
        "feeder": "L-1",
        "unit": "A01",
        "tier": "avoid",
        "kilowatts": 1200,
        "from": 18,
        "until": 22,
        "loss": 900,
    }
    return {
        "kind": "power", "month": "2022-09", "day": "2022-09-30", "season": "summer", "level": "III", "peak": 100_000, "gap": 8000, "reserve": "105%", "tier": "avoid",
        "tiers": {"shift": 100, "avoid": 1200, "limit": 0, "cut": 0}, "loss": 900, "blocks": [{"demand": 90_000, "supply": 88_000, "cut": 2100}] * 24, "rows": [row],
        "counties": [], "units": [{"id": "P", "name": "机组一", "nominal": 300_000, "available": 290_000, "state": "derated", "lost": {"coal_quality": 5}}],
        "protected": 3, "feeders": 4, "proof": PROOF, "rounds": 2, "verdict": {"holds": True, "faults": []}, "short": [],
    }  # fmt: skip


def coal():
    site = {
        "party": "S1", "name": "电厂一", "unit": "A01", "stock": 9_000_000, "mean": 1_000_000, "floor": "7", "days": 900, "lowest": 650, "day10": 700, "day30": 800,
        "below_on": 4, "unmet": 0, "carried": True, "course": [],
    }  # fmt: skip
    loan = {
        "lender": "S2",
        "lender_name": "电厂二",
        "borrower": "S1",
        "borrower_name": "电厂一",
        "kilograms": 500_000,
        "lender_days": 1600,
        "borrower_days": 700,
    }
    train = {"day": 1, "party": "S1", "name": "电厂一", "unit": "A01", "mine": "north", "trains": 2, "arrives": 4, "committed": True}
    return {
        "kind": "coal", "day": "2022-09-30", "floor": "7", "city_days": 690, "rows": [site], "trains": [train], "mines": {"north": "合成矿区一"}, "loans": [loan],
        "freight": 5_000_000, "counties": [], "proof": PROOF, "verdict": {"holds": False, "faults": []}, "short": [{"words": "电厂一：第 4 日低于 7 天。"}],
    }  # fmt: skip


@pytest.fixture(autouse=True)
def _that_day(monkeypatch, settings, tmp_path):
    """The desk stands on 8 November 2022, results go to a home of the test, and a stand-in solves."""
    monkeypatch.setattr(clock, "demo_day", lambda: DAY)
    settings.HOME = tmp_path
    found = {"pollution": pollution, "power": power, "coal": coal}
    monkeypatch.setattr(services, "hold", lambda _h, _c, _r, kind, _a, _d, **_k: found[kind]())


@pytest.fixture
def clerks(cast):
    """A browser of the environment bureau, of the reform commission, and of the cast."""
    made = {}
    for code in ("EEB", "DRC"):
        unit = Unit.objects.create(code=code, kind="office", name=code, parent=cast.units.city, is_synthetic=True)
        user = User(username=code.lower(), name=f"测试{code}", must_change_password=False, is_synthetic=True)
        user.set_password(PASSWORD)
        user.save()
        Post.objects.create(user=user, unit=unit, role=Role.DEPARTMENT, since=LONG_AGO)
        made[code] = Client()
        made[code].force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return {**made, **{name: cast.client(name) for name in ("command", "bureau", "county_a", "county_b", "enterprise", "analyst")}}


@pytest.fixture
def held(cast):
    """Asks for a scenario and carries it out."""

    def make(kind, **asked):
        with acting_as_system("test"):
            plan = services.ask(kind, {"seconds": 1, **asked}, "test")
            services.work()
            return Plan.objects.get(pk=plan.pk)

    return make
