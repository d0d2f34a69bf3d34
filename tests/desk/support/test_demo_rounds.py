"""The demonstration's rounds: one paid, one under notice, one that waits for the visitor; made by the same steps as anybody's."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from yunxing.desk.scoping import acting_as_system
from yunxing.desk.support import demo_rounds
from yunxing.desk.support.delivery_models import Offer, Round
from yunxing.io.store import ledger_check

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_rounds_stand_at_their_steps_and_the_visitor_has_one_offer_open(stage, monkeypatch) -> None:
    from yunxing.flows import run_round

    monkeypatch.setattr(demo_rounds, "profiles_for", run_round.profiles_for)
    made = demo_rounds.make(date(2022, 9, 30), stage.firms[0])
    with acting_as_system("test"):
        states = {one.number: one.state for one in Round.objects.all()}
        offers = list(Offer.objects.filter(payee=stage.firms[0]).select_related("round").order_by("number"))
    assert {made[state]: state for state in made} == states
    assert list(made) == ["paid", "announced", "open"]
    assert [one.state for one in offers] == ["paid", "announced", "offered"]
    assert all(one.round.synthetic for one in offers)
    assert (offers[0].confirmed_by, offers[0].account_name) == ("demo-enterprise", "甲县某企业")
    assert ledger_check.verify(connection) == []
    page = stage.cast.client("enterprise").get("/entitlements/").content.decode()
    assert "免申即享（无需申请，确认账户即可）" in page


def test_where_nobody_is_entitled_there_is_no_round(stage) -> None:
    assert demo_rounds.make(date(2020, 1, 31)) == {}
