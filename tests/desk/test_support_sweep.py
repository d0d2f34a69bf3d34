"""The ledger's work of each minute is registered with the desk, runs under the desk's connection and moment, and may run twice."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection

from ledger_cast import AT, emptied
from yunxing.desk import clock
from yunxing.desk.people import outbox
from yunxing.desk.support import sweeping
from yunxing.engines.ledger.batch import one_transfer
from yunxing.io.store import postings

pytestmark = pytest.mark.django_db


def test_the_sweep_is_among_what_runs_each_minute() -> None:
    assert sweeping.sweep in outbox._minutely


def test_a_reservation_lapses_by_the_desks_own_day(monkeypatch: pytest.MonkeyPatch) -> None:
    emptied(connection)
    groups = [
        one_transfer("f", "issue", "fen", {"budget": -9, "pool": 9}, clause="c", effective=date(2022, 9, 1)),
        one_transfer("r", "reserve", "fen", {"pool": -5, "a": 5}, clause="c", effective=date(2022, 9, 1), until=date(2022, 9, 30)),
    ]
    postings.post(groups, connection, recorded=AT)
    for now, reserved in ((datetime(2022, 9, 30, 12, tzinfo=UTC), 5), (datetime(2022, 9, 30, 17, tzinfo=UTC), 0)):  # 1 a.m. in Beijing
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        sweeping.sweep(now)
        sweeping.sweep(now)
        assert postings.balance(connection, "pool").reserved == reserved
