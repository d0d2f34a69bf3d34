"""What an enterprise owes here: its word on an offer, while the round is open. Importing this registers it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk.people.models import Role
from yunxing.desk.people.selectors import Standing
from yunxing.desk.people.todo import Todo, owes
from yunxing.desk.support.delivery_selectors import awaiting
from yunxing.engines.entitlements.intake import money_words


def _count(standing: Standing, now: datetime, limit: int) -> int:  # noqa: ARG001  # an offer has no day of its own
    return len(awaiting(limit)) if standing.role == Role.ENTERPRISE else 0


@owes("support", count=_count)
def _offers(standing: Standing, now: datetime, limit: int) -> Iterable[Todo]:  # noqa: ARG001
    if standing.role != Role.ENTERPRISE:
        return []
    return [
        Todo(_("确认可领取的支持"), one.title, reverse("delivery:offer", args=[one.number]), note=money_words(one.assessed_fen))
        for one in awaiting(limit)
    ]
