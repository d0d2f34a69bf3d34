"""What the demonstration shows of matching: both sides of every kind, a round each, one chosen with contacts, outcomes and refusals, cases. Idempotent, synthetic."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from yunxing.desk import clock
from yunxing.desk.matching import services
from yunxing.desk.matching.credit import names_of
from yunxing.desk.matching.models import Pair, Posting, Round
from yunxing.desk.matching.place import REFUSED, rules
from yunxing.desk.room.shell import pack_in_force
from yunxing.engines.cases.case import SYSTEM
from yunxing.engines.matching.kind import Kind, kept_rows
from yunxing.flows.matching_inputs import made_rows
from yunxing.io.store.registry import read_some

PERSON = "demonstration"
ACTS = ("contacted", "visited", "offered", "signed", "done")


def make(firm: str = "") -> dict[str, int]:
    """The demonstration's own firm `firm` has needs, so that its account has something to see. Post, match, choose, contact; open the cases on what is left and on credit withdrawn."""
    label = pack_in_force().document.synthetic.label
    for kind in rules().kinds.values():
        if not Posting.objects.filter(kind=kind.id).exists():
            _posted(kind, label)
            _owned(kind, firm)
        if not Round.objects.filter(kind=kind.id).exists():
            _matched(kind)
    return {"kinds": len(rules().kinds), "pairs": Pair.objects.count(), "credit": _credit()}


def _posted(kind: Kind, label: str) -> None:
    draw, day = rules().draws.get(kind.id), clock.today()
    if draw is not None and not any(one.side == "need" for one in rules().made[kind.id]):
        services.draw(kind)
    for made in rules().made[kind.id]:
        services.post(kind, made.side, made_rows(settings.HOME, connection, kind, made, draw, label, day))


OWN: dict[str, dict[str, Any]] = {
    "labour": {"occupation": "数控机床操作工", "wage": "5600", "skill": "1", "quota": "6"},
    "finance_needs": {
        "amount": "1800",
        "term": "24",
        "purpose": "技术改造",
        "collateral": "机器设备、应收账款",
        "standing": "92",
        "consent": True,
    },
    "carbon_technologies": {"trade": "铝", "wanted": "变频改造", "energy": "42000", "budget": "900"},
}


def _owned(kind: Kind, firm: str) -> None:
    """A need of the demonstration's own firm."""
    party = read_some(connection, [firm]).get(firm) if firm and kind.id in OWN else None
    if party is not None:
        row = kept_rows(
            kind, "need", [{**OWN[kind.id], "id": f"{firm}/own", "party": firm, "name": party.name, "unit": party.unit}], "demonstration"
        )[0]
        services.post(kind, "need", [{**row, "consent": True}])


def _matched(kind: Kind) -> None:
    """A round, chosen stable where both sides have a liking, with the first pairs walked to different ends."""
    one = services.ask(kind, PERSON)
    services.carry_out(one.pk)
    one = Round.objects.get(pk=one.pk)
    if one.state != Round.State.DONE:
        return
    services.choose(one, "stable", "双方都不愿改配，履约更稳（演示）", PERSON)
    for at, pair in enumerate(Pair.objects.filter(round=one)[:12]):
        day = clock.today() - timedelta(days=12 - at)
        if at % 4 == 3:
            reason = kind.refusals[at % len(kind.refusals)][0]
            services.record(kind, pair, REFUSED, PERSON, on=day, reason=reason, note="演示记录")
        else:
            services.record(kind, pair, ACTS[at % len(ACTS)], PERSON, on=day, note="演示记录")
    services.open_case(Round.objects.get(pk=one.pk), SYSTEM)


def _credit() -> int:
    """A case for each of the deepest falls; how many the rule found."""
    watched = services.watched()
    if watched is None:
        return 0
    names = names_of(watched)
    for one in watched.found[:3]:
        firm, unit = names.get(one.party, (one.party, ""))
        services.open_credit_case(one, watched.now, firm, unit, names.get(one.bank, (one.bank, ""))[0], SYSTEM)
    return len(watched.found)
