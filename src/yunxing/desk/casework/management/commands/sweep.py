"""`python -m yunxing.desk sweep [--watch SECONDS]`: the worker that lets no clock run out unheard, each minute and at start."""

from __future__ import annotations

import contextlib
import os
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from yunxing.desk import clock
from yunxing.flows.sweep_cases import sweep_cases
from yunxing.io.store import dialect

HOUR = 3600


class Command(BaseCommand):
    """Sweep the cases: rungs that are due, clocks that ran out, holidays that became known."""

    help = "Sweep the cases, once or every --watch seconds."

    def add_arguments(self, parser: CommandParser) -> None:
        """The one option."""
        parser.add_argument("--watch", type=float, default=0, help="go on, looking every so many seconds")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Sweep, say what was done, and with --watch go on."""
        parent, looked = os.getppid(), 0.0
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                done = sweep_cases(connection, clock.now())
                if not looked or time.monotonic() - looked > HOUR:
                    dialect.refresh_statistics(connection)
                    looked = time.monotonic()
                self.stdout.write(f"rungs {done.rungs}, ran out {done.ran_out}, recounted {done.recounted}")
                if not options["watch"] or os.getppid() != parent:  # a server that died takes its worker along
                    return
                time.sleep(options["watch"])
