"""Workbooks to facts: read all, match all, then month by month and form by form check, accept, append, and say everything that was wrong.

Nothing is written in a dry run. The same workbook twice changes nothing: facts equal to what is known are dropped, and batches are named by
content. Facts are appended before the submission is written down, so that a kill between the two is mended by the next run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from yunxing.engines.facts.form import Form
from yunxing.engines.facts.match import Matched, match_book
from yunxing.engines.facts.problems import Problem
from yunxing.engines.facts.series import is_series
from yunxing.engines.facts.sheet import Book
from yunxing.flows.import_registry import is_registry
from yunxing.flows.import_report import UNDO, FileResult, Progress, Report, Terms
from yunxing.flows.import_series import take_series
from yunxing.flows.make_template import subjects
from yunxing.io import files, tables
from yunxing.io.books import annotate, read, receipts
from yunxing.io.store import dialect, registry, submissions
from yunxing.values.errors import BadInput

if TYPE_CHECKING:
    import polars as pl

    from yunxing.engines.facts.accept import Accepted
    from yunxing.engines.facts.reading import Reading
    from yunxing.engines.registry.parties import Party

__all__ = ["FileResult", "Progress", "Report", "Terms", "import_facts", "undo_import"]
HISTORY = 12


@dataclass(slots=True)
class _Taken:
    """One file on its way."""

    result: FileResult
    content: bytes
    book: Book
    matched: Matched
    reading: Reading
    received: datetime


@dataclass(slots=True)
class _Run:
    """What one import works with; `history` keeps, by form and month, what the checks look back at."""

    home: Path
    connection: Any
    forms: Mapping[str, Form]
    units: Mapping[str, str]
    terms: Terms
    parties: Mapping[str, Party]
    report: Report
    step: Progress
    history: dict[tuple[str, str], pl.DataFrame] = field(default_factory=dict)
    submissions: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)

    def taken_before(self, form: str, month: str) -> frozenset[str]:
        """The workbooks whose figures of the form and month are in the store."""
        key = (form, month)
        if key not in self.submissions:
            self.submissions[key] = tables.submissions_of(self.home, form, month)
        return self.submissions[key]


def import_facts(
    home: Path,
    paths: Iterable[Path],
    forms: Mapping[str, Form],
    units: Mapping[str, str],
    *,
    terms: Terms,
    progress: Progress | None = None,
    connection: Any = None,
) -> Report:
    """Take workbooks (files, folders, zip files) in. The registry must be filled and the desk's tables made (`desk.setup.prepare`).

    `connection`: the store to use, the home's own when none is given. `units` maps reporting unit codes to names. All problems of all files are in the report; nothing is raised for what is wrong in a workbook.
    """
    report = Report(dry_run=terms.dry_run)
    with dialect.connected(home) if connection is None else nullcontext(connection) as store:
        registered = registry.read_parties(store)
        parties = subjects(registered, units) if registered else {}
        run = _Run(home, store, forms, units, terms, parties, report, progress or (lambda _done, _total, _label: None))
        taken = _read_all(run, paths)
        done = 0
        for (month, form), waves in _groups(taken):
            _take_group(run, form, month, waves)
            done += sum(len(wave) for wave in waves)
            run.step(done, len(taken), f"{month} {forms[form].title}")
    return report


def _read_all(run: _Run, paths: Iterable[Path]) -> list[_Taken]:
    from yunxing.engines.facts.reading import read_rows

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
        assert isinstance(content, bytes), "read_bytes has raised the refusal that came in its place"
        result.digest = book.digest
        if is_registry(book) or receipts.is_receipts(book):
            result.state = "other"  # a folder may hold its registry and its list of receipts beside the workbooks
            continue
        if is_series((book.sheets[0].rows or [[]])[0]):
            take_series(run.home, run.connection, book, content, result=result, report=run.report, terms=run.terms)
            continue
        matched = match_book(book, run.forms, run.units)
        if not run.parties:
            raise BadInput("名录是空的：请先导入名录（yunxing facts registry 名录文件）。")
        if isinstance(matched, list):
            result.problems = matched
            continue
        again = book.digest in run.taken_before(matched.form.id, tables.month_of(matched.period.code))
        matched.problems.extend(_period_problems(run, matched, again=again))
        result.form, result.period, result.unit, result.extras = matched.form.id, matched.period.code, matched.unit, matched.extras
        received = run.terms.received.get(name, run.terms.received.get(PurePosixPath(name).name, run.terms.now))
        status = "revised" if run.terms.correction else "reported"
        reading = read_rows(matched, run.parties, submission=book.digest, known_at=received, status=status)
        if book.kind == "xlsx":
            matched.sheet.rows = []  # the cells are read; years of workbooks need not stay in memory
        taken.append(_Taken(result, content, book, matched, reading, received))
    return taken


def _closed(run: _Run, month: str) -> bool:
    """Whether the month takes no more workbooks; a correction with its reason still comes in."""
    return not run.terms.correction and (run.home / "tables" / "closed" / month).exists()


def _period_problems(run: _Run, matched: Matched, *, again: bool) -> list[Problem]:
    """The workbook is of another month than asked for, of a closed one, of one that has not begun, or its form has expired.

    A workbook of a closed month sent `again` is no news and no error.
    """
    terms = run.terms
    period, form, sheet = matched.period, matched.form, matched.sheet.name
    problems = []
    month = tables.month_of(period.code)
    if terms.month and month != terms.month:
        problems.append(Problem("wrong_period", "block", sheet, -1, -1, "报告期", period.label("zh"), (terms.month, terms.month)))
    if _closed(run, month) and not again:
        problems.append(Problem("closed_period", "block", sheet, -1, -1, "报告期", month, ("未结账的月份", "a month not yet closed")))
    today = terms.now.astimezone(UTC).date()
    if period.start > today:
        problems.append(
            Problem("future_period", "block", sheet, -1, -1, "报告期", period.label("zh"), (f"不晚于 {today}", f"not after {today}"))
        )
    if form.legal.valid_until < period.end:
        words = (f"有效期至 {form.legal.valid_until}", f"valid until {form.legal.valid_until}")
        problems.append(Problem("expired_form", "block", sheet, -1, -1, "有效期", period.label("zh"), words))
    return problems


def _groups(taken: list[_Taken]) -> list[tuple[tuple[str, str], list[list[_Taken]]]]:
    """Files by month and form in order of time; within one, waves with at most one workbook a unit, the earlier received first."""
    groups: dict[tuple[str, str], list[_Taken]] = {}
    for one in sorted(taken, key=lambda each: (each.received, each.result.name)):
        groups.setdefault((tables.month_of(one.matched.period.code), one.matched.form.id), []).append(one)
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


def _take_group(run: _Run, form: str, month: str, waves: Sequence[list[_Taken]]) -> None:
    """Check and accept the workbooks of one form and month, wave after wave, and append what is new as one batch."""
    import polars as pl

    from yunxing.engines.facts.accept import accept
    from yunxing.engines.facts.check import look_back
    from yunxing.engines.facts.table import CELL, next_versions

    earlier = _look_back(run, form, tables.months_before(month, HISTORY)[:-1])
    latest = tables.facts_of_months(run.home, form, [month])
    known = tables.cells_of(run.home, form, month, [one.book.digest for wave in waves for one in wave])
    appended = []
    for wave in waves:
        readings = [one.reading for one in wave]
        accepted = accept(readings, pl.concat([earlier, look_back(latest)]), correction=run.terms.correction)
        if run.terms.whole:
            faulty = [one.submission for one in readings if any(p.effect == "block" for p in one.problems)]
            accepted.facts = accepted.facts.filter(~accepted.facts["submission"].is_in(faulty))
        # a workbook sent again is no correction: what it said once stays superseded by what came after it
        unsaid = accepted.facts.join(known, on=known.columns, how="anti", maintain_order="left") if known.height else accepted.facts
        if _closed(run, month):
            unsaid = unsaid.clear()
        fresh, _, _ = next_versions(unsaid, latest, correction=run.terms.correction)
        _count(wave, accepted, fresh)
        if fresh.height:
            appended.append(fresh)
            latest = pl.concat([latest, fresh]).unique(CELL, keep="last", maintain_order=True)
    run.history[form, month] = look_back(latest)
    batch = ""
    if appended and not run.terms.dry_run:
        batch = tables.append_batch(run.home, month, form, pl.concat(appended))
        run.report.batches.append(batch)
    _write_down(run, [one for wave in waves for one in wave], batch)


def _look_back(run: _Run, form: str, months: Sequence[str]) -> pl.DataFrame:
    """What the checks look back at in those months, from memory where they were taken in just now."""
    import polars as pl

    from yunxing.engines.facts.check import look_back

    missing = [month for month in months if (form, month) not in run.history]
    if missing:
        stored = tables.facts_of_months(run.home, form, missing).with_columns(tables.month_column().alias("filed"))
        nothing = look_back(stored.clear())
        some = set(stored["filed"].unique())
        for month in missing:
            run.history[form, month] = look_back(stored.filter(pl.col("filed") == month)) if month in some else nothing
    frames = [run.history[form, month] for month in months]
    return pl.concat([frame for frame in frames if frame.height] or frames[:1])


def _count(wave: Sequence[_Taken], accepted: Accepted, fresh: pl.DataFrame) -> None:
    """The counts and the state of each workbook of a wave."""
    import polars as pl

    given = dict(accepted.facts.group_by("submission").len().iter_rows())
    grouped = fresh.group_by("submission").agg((pl.col("version") == 1).sum().alias("new"), pl.len().alias("n"))
    fresh_by = {key: (new, count) for key, new, count in grouped.iter_rows()}
    for number, one in enumerate(wave):
        result, reading = one.result, one.reading
        new, count = fresh_by.get(one.book.digest, (0, 0))
        result.added, result.revised, result.unchanged = new, count - new, given.get(one.book.digest, 0) - count
        result.problems = sorted(reading.problems, key=lambda p: (p.row, p.column))
        result.rows, result.blank = reading.rows, reading.blank
        result.blocked, result.held, result.warned = accepted.blocked[number], accepted.held[number], accepted.warned[number]


def _write_down(run: _Run, group: Sequence[_Taken], batch: str) -> None:
    """States, annotated copies, the files themselves, and the rows of the desk's tables."""
    terms, rows = run.terms, []
    for one in group:
        result = one.result
        result.state = _state(result, refused=one.reading.refused or (terms.whole and any(p.effect == "block" for p in result.problems)))
        result.batch = batch if result.added + result.revised else ""
        if terms.annotated is not None and result.problems:
            result.annotated = str(
                annotate_copy(one.book, one.content, result.problems, terms.annotated / PurePosixPath(result.name).parent)
            )
        rows.append(result.submission(one.received))
    if terms.dry_run:
        return
    files.keep_all(run.home, [one.content for one in group])
    count = sum(one.result.added + one.result.revised for one in group)
    form, month = group[0].matched.form.id, tables.month_of(group[0].matched.period.code)
    imports = [submissions.Import(batch, form, month, count, terms.now, terms.now + UNDO)] if batch else []
    submissions.write_submissions(run.connection, rows, imports)


def _state(result: FileResult, *, refused: bool) -> str:
    if refused:
        return "refused"
    if result.blocked:
        return "partial"
    return "accepted" if result.added + result.revised else "unchanged"


def annotate_copy(book: Book, content: bytes, problems: Sequence[Problem], folder: Path) -> Path:
    """The annotated copy of a workbook in `folder`, under its own name."""
    notes = [
        annotate.Note(p.sheet, max(p.row, 0), max(p.column, 0), p.effect, p.sentence(), p.title, p.found, p.expected[0], p.fix())
        for p in problems
    ]
    return annotate.annotate_book(book, content, notes, folder)


def undo_import(home: Path, batch: str, now: datetime) -> None:
    """Take a batch back within its window; the file stays, marked, and is read by nobody. Refused when the window or the month is closed."""
    with dialect.connected(home) as connection:
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
