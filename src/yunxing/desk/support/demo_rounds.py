"""Rounds of the demonstration: one paid, one under public notice, one that awaits the visitor's own confirmation. Everything is synthetic."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from yunxing.desk import clock
from yunxing.desk.scoping import acting_as_system
from yunxing.desk.support import delivery_services as services
from yunxing.desk.support.delivery_models import Offer, Round
from yunxing.desk.support.in_force import pack, rules
from yunxing.engines.entitlements import delivery
from yunxing.flows.run_round import profiles_for
from yunxing.values.digest import digits
from yunxing.values.errors import BadInput
from yunxing.values.scope import ALL, Scope

OPENER, APPROVER = Scope(ALL, ALL, ALL, 3, "demo-opener"), Scope(ALL, ALL, ALL, 3, "demo-approver")
CONFIRMED = 12  # of the largest offers of a round
ROUNDS = (("paid", "m08_dcmm"), ("announced", "m20_events"), ("open", "m02_smart_equipment"))


def make(month_end: date, visitor: str = "") -> dict[str, str]:
    """The rounds as they would stand some days after the month's end; their numbers by state. `visitor` is an enterprise that is offered something.

    A policy without anybody entitled is left out.
    """
    made: dict[str, str] = {}
    chosen = rules().only([policy for _, policy in ROUNDS])
    home, opened = Path(settings.HOME), month_end + timedelta(days=1)
    profiles = profiles_for(home, pack().folder, connection, chosen, opened, surely=frozenset({visitor}))
    for wanted, policy in ROUNDS:
        try:
            one = services.open_round([policy], OPENER, at=_at(opened), profiles={policy: profiles[policy]} if policy in profiles else {})
        except BadInput:
            continue
        made[wanted] = one.number
        if wanted == "open":
            continue
        announced = opened + timedelta(days=2)
        _confirm_some(one, visitor, _at(announced))
        services.announce(one.number, OPENER, at=_at(announced))
        if wanted == "paid":
            after = _at(clock.calendar().add(announced, delivery.NOTICE_WORKDAYS).date + timedelta(days=1))
            services.approve(one.number, APPROVER, at=after)
            services.pay(one.number, OPENER, at=after)
    return made


def _at(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(9)))


def _confirm_some(one: Round, visitor: str, at: datetime) -> None:
    """The largest offers, and the visitor's, are confirmed with made-up accounts and invoice numbers that follow from their numbers."""
    with acting_as_system(services.TASK):
        offers = list(Offer.objects.filter(round=one).select_related("round").order_by("-assessed_fen", "number"))
    for offer in [each for place, each in enumerate(offers) if place < CONFIRMED or each.payee == visitor]:
        drawn = str(int(digits(offer.number.encode())[:24], 16))
        account = services.Account(offer.name, "合成银行 synthetic bank", f"62{drawn[:14]:0<14}")
        services.confirm(offer, account, [services.Typed("invoice", f"{drawn[:20]:0<20}")], "demo-enterprise", at=at)
