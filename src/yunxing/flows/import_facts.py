"""Workbooks to facts: read all, match all, then month by month and form by form check, accept, append, and say everything that was wrong.

Nothing is written in a dry run. The same workbook twice changes nothing: facts equal to what is known are dropped, and batches are named by
content. Facts are appended before the submission is written down, so that a kill between the two is mended by the next run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from yunxing.engines.facts.form import Form
from yunxing.engines.facts.layout import FormPeriod
from yunxing.engines.facts.match import Matched, match_book
from yunxing.engines.facts.problems import Problem
from yunxing.engines.facts.sheet import Book
from yunxing.flows.import_registry import is_registry
from yunxing.io import files, tables
from yunxing.io.books import annotate, read, receipts
from yunxing.io.store import dialect, registry, submissions
from yunxing.values.errors import BadInput, Fault

if TYPE_CHECKING:
    import polars as pl

    from yunxing.engines.facts.accept import Accepted, Reading
    from yunxing.engines.registry.parties import Party

UNDO = timedelta(hours=24)
HISTORY = 12
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


@dataclass(slots=True)
class _Taken:
    """One file on its way."""

    result: FileResult
    content: bytes
    book: Book
    matched: Matched
    received: datetime


@dataclass(slots=True)
class _Run:
    """What one import works with; `history` keeps the newest facts of each form's last thirteen months in memory."""

    home: Path
    connection: Any
    forms: Mapping[str, Form]
    units: Mapping[str, str]
    terms: Terms
    parties: Mapping[str, Party]
    report: Report
    step: Progress
    history: dict[str, pl.DataFrame] = field(default_factory=dict)
    loaded: dict[str, set[str]] = field(default_factory=dict)  # form → months already read from the store


def import_facts(
    home: Path,
    paths: Iterable[Path],
    forms: Mapping[str, Form],
    units: Mapping[str, str],
    *,
    terms: Terms,
    progress: Progress | None = None,
) -> Report:
    """Take workbooks (files, folders, zip files) in. The registry must be filled and the desk's tables made (`desk.setup.prepare`).

    `units` maps reporting unit codes to names. All problems of all files are in the report; nothing is raised for what is wrong in a workbook.
    """
    report = Report(dry_run=terms.dry_run)
    connection = dialect.connect(home)
    try:
        parties = registry.read_parties(connection)
        if not parties:
            raise BadInput("名录是空的：请先导入名录（yunxing facts registry 名录文件夹）。")
        run = _Run(home, connection, forms, units, terms, parties, report, progress or (lambda _done, _total, _label: None))
        taken = _read_all(run, paths)
        done = 0
        for (month, form), waves in _groups(taken):
            for wave in waves:
                _take_wave(run, wave)
                done += len(wave)
                run.step(done, len(taken), f"{month} {forms[form].title}")
    finally:
        connection.close()
    return report


def _read_all(run: _Run, paths: Iterable[Path]) -> list[_Taken]:
    taken = []
    for count, (name, content) in enumerate(read.contents(paths), start=1):
        result = FileResult(name)
        run.report.files.append(result)
        run.step(0, count, name)
        try:
            book = read.read_bytes(name, content)
        except BadInput as refusal:
            result.faults = list(refusal.faults)
            continue
        result.digest = book.digest
        if is_registry(book) or receipts.is_receipts(book):
            result.state = "other"  # a folder may hold its registry and its list of receipts beside the workbooks
            continue
        matched = match_book(book, run.forms, run.units)
        if isinstance(matched, list):
            result.problems = matched
            continue
        matched.problems.extend(_period_problems(matched, run.terms))
        result.form, result.period, result.unit, result.extras = matched.form.id, matched.period.code, matched.unit, matched.extras
        received = run.terms.received.get(name, run.terms.received.get(PurePosixPath(name).name, run.terms.now))
        taken.append(_Taken(result, content, book, matched, received))
    return taken


def _period_problems(matched: Matched, terms: Terms) -> list[Problem]:
    """The workbook is of another month than asked for, of one that has not ended, or its form has expired."""
    period, form, sheet = matched.period, matched.form, matched.sheet.name
    problems = []
    month = month_code(period)
    if terms.month and month != terms.month:
        problems.append(Problem("wrong_period", "block", sheet, -1, -1, "报告期", period.label("zh"), (terms.month, terms.month)))
    today = terms.now.astimezone(UTC).date()
    if period.start > today:
        problems.append(
            Problem("future_period", "block", sheet, -1, -1, "报告期", period.label("zh"), (f"不晚于 {today}", f"not after {today}"))
        )
    if form.legal.valid_until < period.end:
        words = (f"有效期至 {form.legal.valid_until}", f"valid until {form.legal.valid_until}")
        problems.append(Problem("expired_form", "block", sheet, -1, -1, "有效期", period.label("zh"), words))
    return problems


def month_code(period: FormPeriod) -> str:
    """The month a workbook is filed under: `2022-02` for January–February."""
    return f"{period.year}-{period.month:02d}"


def _groups(taken: list[_Taken]) -> list[tuple[tuple[str, str], list[list[_Taken]]]]:
    """Files by month and form in order of time; within one, waves with at most one workbook a unit, the earlier received first."""
    groups: dict[tuple[str, str], list[_Taken]] = {}
    for one in sorted(taken, key=lambda each: (each.received, each.result.name)):
        groups.setdefault((month_code(one.matched.period), one.matched.form.id), []).append(one)
    ordered = []
    for key, some in sorted(groups.items()):
        waves: list[list[_Taken]] = []
        count: dict[str, int] = {}
        for one in some:
            number = count.get(one.matched.unit, 0)
            count[one.matched.unit] = number + 1
            if number == len(waves):
                waves.append([])
            waves[number].append(one)
        ordered.append((key, waves))
    return ordered


def _take_wave(run: _Run, wave: list[_Taken]) -> None:
    """Read, check and accept the workbooks of one form and month, at most one a unit."""
    from yunxing.engines.facts.accept import accept, read_rows

    terms, form, month = run.terms, wave[0].matched.form.id, month_code(wave[0].matched.period)
    if not terms.correction and (run.home / "tables" / "closed" / month).exists():
        for one in wave:
            expected = ("未结账的月份", "a month not yet closed")
            one.matched.problems.append(Problem("closed_period", "block", one.matched.sheet.name, -1, -1, "报告期", month, expected))
    prior = _prior(run, form, month)
    status = "revised" if terms.correction else "reported"
    readings = [read_rows(one.matched, run.parties, submission=one.book.digest, known_at=one.received, status=status) for one in wave]
    accepted = accept(readings, prior, correction=terms.correction)
    if terms.whole:
        faulty = [reading.submission for reading in readings if any(p.effect == "block" for p in reading.problems)]
        accepted.facts = accepted.facts.filter(~accepted.facts["submission"].is_in(faulty))
    batch = _store(run, wave, accepted)
    _write_down(run, wave, readings, accepted, batch)


def _prior(run: _Run, form: str, month: str) -> pl.DataFrame:
    """The newest facts of the form in the month and the year before it; kept in memory from month to month."""
    import polars as pl

    months = tables.months_before(month, HISTORY)
    loaded = run.loaded.setdefault(form, set())
    wanted = [one for one in months if one not in loaded]
    stored = tables.facts_of_months(run.home, form, wanted)
    window = pl.concat([run.history[form], stored]) if form in run.history else stored
    loaded.update(wanted)
    last = pl.when(pl.col("period").str.contains("..", literal=True)).then(
        pl.col("period").str.slice(0, 5) + pl.col("period").str.slice(-2, 2)
    )
    window = window.filter(last.otherwise(pl.col("period").str.slice(0, 7)).is_between(pl.lit(months[0]), pl.lit(months[-1])))
    run.history[form] = window
    return window


def _store(run: _Run, wave: Sequence[_Taken], accepted: Accepted) -> str:
    """Append what is new; fill the counts of each file."""
    import polars as pl

    from yunxing.engines.facts.table import CELL, next_versions

    form, month = wave[0].matched.form.id, month_code(wave[0].matched.period)
    fresh, _, _ = next_versions(accepted.facts, run.history[form])
    given = dict(accepted.facts.group_by("submission").len().iter_rows())
    fresh_by = {
        key: (new, len_)
        for key, new, len_ in fresh.group_by("submission").agg((pl.col("version") == 1).sum().alias("new"), pl.len().alias("n")).iter_rows()
    }
    for one in wave:
        new, count = fresh_by.get(one.book.digest, (0, 0))
        one.result.added, one.result.revised = new, count - new
        one.result.unchanged = given.get(one.book.digest, 0) - count
    if not fresh.height:
        return ""
    run.history[form] = pl.concat([run.history[form], fresh]).unique(CELL, keep="last", maintain_order=True)
    if run.terms.dry_run:
        return ""
    batch = tables.append_batch(run.home, month, form, fresh)
    run.report.batches.append(batch)
    return batch


def _write_down(run: _Run, wave: Sequence[_Taken], readings: Sequence[Reading], accepted: Accepted, batch: str) -> None:
    """States, annotated copies, the files themselves, and the rows of the desk's tables."""
    terms, rows = run.terms, []
    for number, (one, reading) in enumerate(zip(wave, readings, strict=True)):
        result = one.result
        result.problems = sorted(reading.problems, key=lambda p: (p.row, p.column))
        result.rows, result.blank = reading.rows, reading.blank
        result.blocked, result.held, result.warned = accepted.blocked[number], accepted.held[number], accepted.warned[number]
        result.state = _state(result, refused=reading.refused or (terms.whole and any(p.effect == "block" for p in result.problems)))
        result.batch = batch if result.added + result.revised else ""
        if terms.annotated is not None and result.problems:
            result.annotated = str(
                annotate_copy(one.book, one.content, result.problems, terms.annotated / PurePosixPath(result.name).parent)
            )
        if not terms.dry_run:
            files.keep(run.home, one.content)
            rows.append(_submission(one))
    if terms.dry_run:
        return
    count = sum(one.result.added + one.result.revised for one in wave)
    form, month = wave[0].matched.form.id, month_code(wave[0].matched.period)
    imports = [submissions.Import(batch, form, month, count, terms.now, terms.now + UNDO)] if batch else []
    submissions.write_submissions(run.connection, rows, imports)


def _state(result: FileResult, *, refused: bool) -> str:
    if refused:
        return "refused"
    if result.blocked:
        return "partial"
    return "accepted" if result.added + result.revised else "unchanged"


def _submission(one: _Taken) -> submissions.Submission:
    r = one.result
    problems = json.dumps([p.as_dict() for p in r.problems], ensure_ascii=False)
    name = PurePosixPath(r.name).name[:255]
    counts = (r.rows, r.added, r.revised, r.unchanged, r.blocked, r.held, r.warned)
    return submissions.Submission(
        r.digest, name, r.form, r.unit, r.period, one.received, r.state, *counts, problems=problems, batch=r.batch
    )


def annotate_copy(book: Book, content: bytes, problems: Sequence[Problem], folder: Path) -> Path:
    """The annotated copy of a workbook in `folder`, under its own name."""
    notes = [
        annotate.Note(p.sheet, max(p.row, 0), max(p.column, 0), p.effect, p.sentence(), p.title, p.found, p.expected[0], p.fix())
        for p in problems
    ]
    return annotate.annotate_book(book, content, notes, folder)


def undo_import(home: Path, batch: str, now: datetime) -> None:
    """Take a batch back within its window; the file stays, marked, and is read by nobody. Refused when the window or the month is closed."""
    connection = dialect.connect(home)
    try:
        known = submissions.read_imports(connection).get(batch)
        if known is None:
            raise BadInput(f"没有批次 {batch}。")
        if known.undone is not None:
            return
        if now > known.undo_until:
            raise BadInput(f"批次 {batch} 已过撤销时限（{known.undo_until:%Y-%m-%d %H:%M} UTC）；请作更正报送。")
        if (home / "tables" / "closed" / known.period).exists():
            raise BadInput(f"{known.period} 已结账，不能撤销；请作更正报送。")
        tables.undo_batch(home, batch)
        undone = submissions.Import(known.batch, known.form, known.period, known.facts, known.imported, known.undo_until, now)
        submissions.write_submissions(connection, [], [undone])
    finally:
        connection.close()


def due_day(form: Form, period: FormPeriod) -> date:
    """The reporter's due day before it is moved to a working day."""
    year, month = divmod(period.year * 12 + period.month, 12)
    return date(year, month + 1, form.due.reporter)
