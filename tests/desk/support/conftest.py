"""A home of its own, the demonstration's day, two enterprises in the registry, and their DCMM fees as profiles."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

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
from yunxing.io.store.registry import write_parties
from yunxing.packs.policies import load_policies


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
    monkeypatch.setattr(deliver, "synthetic_profiles", lambda *_args: frames())

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
