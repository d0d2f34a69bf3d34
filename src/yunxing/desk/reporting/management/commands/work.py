"""`python -m yunxing.desk work [--watch SECONDS]`: the worker of imports, and of whatever rooms registered (`people.chores`)."""

from __future__ import annotations

import contextlib
import os
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from yunxing.desk.people import chores
from yunxing.desk.reporting import intake


class Command(BaseCommand):
    """Look at and save the imports that wait."""

    help = "Look at and save the imports that wait, once or every --watch seconds."

    def add_arguments(self, parser: CommandParser) -> None:
        """The one option."""
        parser.add_argument("--watch", type=float, default=0, help="go on, looking every so many seconds")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Work, say how much, and with --watch go on."""
        parent = os.getppid()
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                done = intake.work() + chores.run()
                if done or not options["watch"]:
                    self.stdout.write(f"carried out: {done}")
                if not options["watch"] or os.getppid() != parent:  # a server that died takes its worker along
                    return
                time.sleep(options["watch"])
                close_old_connections()  # one that the server dropped meanwhile is made anew
