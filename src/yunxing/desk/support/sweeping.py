"""The ledger's work of each minute, under the desk's connection and moment."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import connection

from yunxing.desk import clock
from yunxing.desk.scoping import acting_as_system
from yunxing.desk.support.in_force import pack
from yunxing.engines.ledger.quota_book import OutputSign
from yunxing.flows.sweep_ledger import sweep_ledger
from yunxing.flows.watch_start_up import watch_start_up
from yunxing.packs.quotas import load_quotas


@lru_cache(maxsize=2)
def _sign(folder: Path) -> OutputSign | None:
    return load_quotas(folder).output_sign


def sweep(_at: datetime) -> None:
    """Reservations that lapsed are let go; what was drawn in advance and is overdue, or whose project reports output before it is made good, opens a case."""
    with acting_as_system("sweep"):
        sweep_ledger(connection, clock.now())
        sign = _sign(pack().folder)
        if sign is not None:
            watch_start_up(connection, Path(settings.HOME), sign, clock.now())
