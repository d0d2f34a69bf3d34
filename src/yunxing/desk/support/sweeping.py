"""The ledger's work of each minute, under the desk's connection and moment."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from yunxing.desk import clock
from yunxing.desk.scoping import acting_as_system
from yunxing.flows.sweep_ledger import sweep_ledger


def sweep(_at: datetime) -> None:
    """Reservations that lapsed are let go; what was drawn in advance and is overdue opens a case."""
    with acting_as_system("sweep"):
        sweep_ledger(connection, clock.now())
