"""Published monthly series (CSV with dataset, series, date, value, unit) to facts of origin `public`, by the same store and the same report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from yunxing.engines.facts.cells import fold
from yunxing.engines.facts.series import FORM, HEADER, series_facts
from yunxing.engines.facts.sheet import Book
from yunxing.flows.import_report import UNDO, FileResult, Report, Terms
from yunxing.io import files, tables
from yunxing.io.store import submissions

EVERY_MONTH = "all"  # the batch holds all months of its series


def take_series(home: Path, connection: Any, book: Book, content: bytes, *, result: FileResult, report: Report, terms: Terms) -> None:
    """Take one file of series in and fill `result`. Rows that cannot be read are problems; the others are taken unless `terms.whole`."""
    from yunxing.engines.facts.table import next_versions

    received = terms.received.get(result.name, terms.now)
    rows = [dict(zip(HEADER, (fold(value) for value in row), strict=False)) for row in book.sheets[0].rows[1:] if any(row)]
    published = series_facts(rows, submission=book.digest, known_at=received)
    latest = tables.facts_as_of(home, forms=[FORM])
    wrong = [problem for problem in published.problems if problem.effect == "block"]
    facts = published.facts.clear() if terms.whole and wrong else published.facts
    fresh, result.added, result.revised = next_versions(facts, latest)
    result.form, result.period, result.rows, result.blocked = FORM, EVERY_MONTH, published.rows, len(wrong)
    result.warned = len(published.problems) - len(wrong)
    result.unchanged = facts.height - fresh.height
    result.problems = published.problems
    result.state = (
        "refused"
        if terms.whole and published.problems
        else "partial"
        if published.problems
        else "accepted"
        if fresh.height
        else "unchanged"
    )
    if terms.dry_run:
        return
    if fresh.height:
        result.batch = tables.append_batch(home, EVERY_MONTH, FORM, fresh)
        report.batches.append(result.batch)
    files.keep(home, content)
    imports = [submissions.Import(result.batch, FORM, EVERY_MONTH, fresh.height, terms.now, terms.now + UNDO)] if result.batch else []
    submissions.write_submissions(connection, [result.submission(received)], imports)
