"""Reviewed reports become facts: their rows are written as a workbook of the form and taken in exactly as a workbook that came from outside.

There is one path into the facts. The workbook is kept by its content, so that a figure's source has a file, a sheet and a cell, whoever typed it where.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from yunxing.engines.facts.form import Form
from yunxing.engines.facts.layout import FormPeriod, Row, Style, build_book
from yunxing.flows.import_facts import import_facts
from yunxing.flows.import_report import FileResult, Terms
from yunxing.io.books import write_book
from yunxing.values.digest import digits


@dataclass(frozen=True, slots=True)
class Accepted:
    """The rows of one unit that were accepted together: when the platform came to know them (`known_at`), and why they are sent again, if they are."""

    unit: tuple[str, str]
    rows: Sequence[Row]
    known_at: datetime
    correction: str = ""


def accept_reports(
    home: Path,
    form: Form,
    period: FormPeriod,
    accepted: Accepted,
    *,
    units: Mapping[str, str],
    now: datetime,
    connection: Any = None,
    synthetic: bool = False,
) -> FileResult:
    """Take the rows in as one workbook, all of them or none, and say what became of it. The same rows again change nothing."""
    book = build_book(form, period, accepted.unit, accepted.rows, Style(synthetic=synthetic))
    said = digits(
        [[row.party, str(row.day or ""), row.cause, {key: str(value) for key, value in row.values.items()}] for row in accepted.rows]
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{accepted.unit[1]}_{form.title}_{period.code}_{said[:8]}.xlsx"
        write_book(book, path)
        terms = Terms(now=now, received={path.name: accepted.known_at}, correction=accepted.correction, whole=True)
        report = import_facts(home, [path], {form.id: form}, units, terms=terms, connection=connection)
    return report.files[0]
