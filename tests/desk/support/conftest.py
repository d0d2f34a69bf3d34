"""Two homes: the demonstration's with a round of support under way (`stage`), and one with profiles of two firms, one in each county (`firms`)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from django.db import connection

from desk.cast import LONG_AGO, PASSWORD
from io_invoices import DAY, WAN
from yunxing.desk import clock
from yunxing.desk.people.models import Post, Role, Unit, User
from yunxing.desk.support import delivery_services as services
from yunxing.desk.support.in_force import pack
from yunxing.engines.registry.parties import Party
from yunxing.flows import deliver
from yunxing.flows.run_round import profile_frame
from yunxing.io import profiles
from yunxing.io.store.registry import Act, write_parties
from yunxing.packs.find import find_pack
from yunxing.packs.policies import load_policies

TODAY = date(2022, 9, 30)
FIRM_A, FIRM_B = "91990000MA00000A0X", "91990000MA00000B0X"
NOW = datetime(2022, 9, 30, 8, tzinfo=UTC)


def listing(party: str, raised: int | None, **more: Any) -> dict[str, Any]:
    """A firm listed in June; `more` says otherwise."""
    row = {
        "party": party, "payee": party, "name": f"企业{party[-2:]}", "source": "合成数据 synthetic data", "board": "BSE", "raised": raised,
        "listed_on": date(2022, 6, 30), "as_of": TODAY, "has_bonus_before": False, "arrived": date(2022, 7, 1),
    }  # fmt: skip
    return {**row, **more}


def keep(home: Any, rows: list[dict[str, Any]], policy: str = "m18_listing_ladder") -> None:
    """Put the rows into the home as the profiles of one policy."""
    rules = load_policies(find_pack(None))
    profiles.keep(home, TODAY, {policy: profile_frame(rules.policy(policy), rows)})


@pytest.fixture
def home(settings, tmp_path, monkeypatch):
    """The home of the desk, on the day of its city."""
    settings.HOME = tmp_path
    monkeypatch.setattr("yunxing.desk.clock.today", lambda: TODAY)
    monkeypatch.setattr("yunxing.desk.clock.now", lambda: NOW)
    return tmp_path


@pytest.fixture
def firms(cast, home):
    """Both firms in the registry, and their listings as profiles: firm A raised 8 亿元, firm B 12 亿元."""
    rows = [
        Party(party, "enterprise", f"企业{party[-2:]}", "", unit, "370000", "C30", "medium", "", date(2015, 1, 1))
        for party, unit in ((FIRM_A, "A01"), (FIRM_B, "B01"))
    ]
    connection.ensure_connection()
    write_parties(connection, rows, Act(NOW, "test", "import", "test"))
    keep(home, [listing(FIRM_A, 8 * 10**10), listing(FIRM_B, 12 * 10**10)])
    return cast


def frame_of(home: Any, policy: str) -> pl.DataFrame:
    """The profiles as they were kept."""
    found = profiles.of_policy(home, policy)
    assert found is not None
    return found.collect()


@pytest.fixture
def stage(cast, settings, tmp_path, monkeypatch):
    """The cast, an office that leads, a second clerk of it, and what the two firms would declare."""
    settings.HOME = tmp_path
    monkeypatch.setattr(clock, "demo_day", lambda: day["today"])
    day = {"today": DAY}
    city = cast.units.city
    office = Unit.objects.create(code="IIT", kind="office", name="工信局", parent=city, is_synthetic=True)
    people = SimpleNamespace()
    for name in ("opener", "second"):
        user = User(username=name, name=name, must_change_password=False, is_synthetic=True)
        user.set_password(PASSWORD)
        user.save()
        Post.objects.create(user=user, unit=office, role=Role.DEPARTMENT, since=LONG_AGO)
        setattr(cast.people, name, user)
        setattr(people, name, user)
    firms = [("91990000MA00000A0X", "甲县某企业", "A01"), ("91990000MA00000B0X", "乙县某企业", "B01")]
    write_parties(
        connection,
        [Party(id_, "enterprise", name, "", unit, "r", "26", "small", "", LONG_AGO, None, {}) for id_, name, unit in firms],
    )
    monkeypatch.setattr(deliver, "profiles_for", lambda *_args: frames())

    def frames():
        rules, fees = load_policies(pack().folder), {}
        base = {
            "dcmm_level": "L2",
            "dcmm_first": True,
            "dcmm_valid": True,
            "event_kind": "forum",
            "event_approved": True,
            "event_claimed_elsewhere": False,
        }
        for policy, column, fen in (("m08_dcmm", "dcmm_fee", 34 * WAN), ("m20_events", "event_cost", 15 * WAN)):
            rows = [
                {**base, "party": id_, "payee": id_, "name": name, "source": "test", "arrived": date(2022, 9, 1 + at), column: fen}
                for at, (id_, name, _) in enumerate(firms)
            ]
            fees[policy] = profile_frame(rules.policy(policy), rows)
        return fees

    return SimpleNamespace(cast=cast, day=day, people=people, home=tmp_path, services=services, firms=[id_ for id_, _, _ in firms])
