"""What an import is given and what it answers: terms, one result a file, the report."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any

from yunxing.engines.facts.problems import Problem
from yunxing.io.store.submissions import Submission
from yunxing.values.errors import Fault

UNDO = timedelta(hours=24)
Progress = Callable[[int, int, str], None]


@dataclass(slots=True)
class FileResult:
    """What became of one file. `state`: accepted, partial (some rows blocked), refused, unchanged, other (no form: registry, receipts); facts counted in added, revised, unchanged."""

    name: str
    state: str = "refused"
    digest: str = ""
    form: str = ""
    unit: str = ""
    period: str = ""
    rows: int = 0
    blank: int = 0
    added: int = 0
    revised: int = 0
    unchanged: int = 0
    blocked: int = 0
    held: int = 0
    warned: int = 0
    extras: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    annotated: str = ""
    batch: str = ""

    def submission(self, received: datetime) -> Submission:
        """The row of the desk's tables; `received` is when the file came in."""
        counts = (self.rows, self.added, self.revised, self.unchanged, self.blocked, self.held, self.warned)
        return Submission(
            self.digest, PurePosixPath(self.name).name[:255], self.form, self.unit, self.period, received, self.state, *counts,
            problems=json.dumps([problem.as_dict() for problem in self.problems], ensure_ascii=False), batch=self.batch,
        )  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        plain = {name: getattr(self, name) for name in self.__slots__ if name not in {"problems", "faults", "extras"}}
        faults = [{"place": f.place, "found": f.found, "expected": f.expected, "why": f.why, "fix": f.fix} for f in self.faults]
        return {**plain, "extras": list(self.extras), "problems": [p.as_dict() for p in self.problems], "faults": faults}


@dataclass(slots=True)
class Report:
    """What became of all files, in the order given, and the batches written."""

    files: list[FileResult] = field(default_factory=list)
    batches: list[str] = field(default_factory=list)
    dry_run: bool = False

    def total(self, name: str) -> int:
        """The sum of one count over the files."""
        return sum(getattr(one, name) for one in self.files)


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms files are taken in.

    `now`: the moment of the import; `received`: file name → when it really came in (known_at), else `now`. `month` (`2022-09`): refuse any other.
    `correction`: the written reason for sending a closed month or a falling cumulative again. `whole`: nothing of a workbook with an error is taken.
    """

    now: datetime
    received: Mapping[str, datetime] = field(default_factory=dict)
    month: str = ""
    correction: str = ""
    whole: bool = False
    dry_run: bool = False
    annotated: Path | None = None
