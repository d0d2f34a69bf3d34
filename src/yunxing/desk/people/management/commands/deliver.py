"""`python -m yunxing.desk deliver [--watch SECONDS]`: the worker of the outbox."""

from __future__ import annotations

import contextlib
import os
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from yunxing.desk.people import outbox


class Command(BaseCommand):
    """Deliver the messages that are due."""

    help = "Deliver the messages that are due, once or every --watch seconds."

    def add_arguments(self, parser: CommandParser) -> None:
        """The one option."""
        parser.add_argument("--watch", type=float, default=0, help="go on, looking every so many seconds")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Deliver, say what was done, and with --watch go on."""
        parent = os.getppid()
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                done = outbox.work()
                self.stdout.write(f"sent {done['sent']}, postponed {done['postponed']}, failed {done['failed']}")
                if not options["watch"] or os.getppid() != parent:  # a server that died takes its worker along
                    return
                time.sleep(options["watch"])
