"""Drafts of the reporting desk: what a month's checks need, fetched once; a draft checked in an instant; a finished draft as a workbook to take in.

home ─► Desk (form, period, sender, parties, months before) ─► check(rows) ─► findings;  book(rows) ─► bytes for `import_facts`
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from yunxing.engines.facts.draft import Checked, check_draft
from yunxing.engines.facts.form import Form
from yunxing.engines.facts.layout import FormPeriod, Row, build_book, form_period
from yunxing.engines.registry.parties import Party
from yunxing.flows.make_template import subjects
from yunxing.io import tables
from yunxing.io.books.write import book_bytes
from yunxing.io.store import dialect, registry

if TYPE_CHECKING:
    import polars as pl

HISTORY = 12


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything a check of one sender's month needs; read once a page, then used for every cell that is typed."""

    form: Form
    period: FormPeriod
    sender: tuple[str, str]
    parties: Mapping[str, Party]
    before: pl.DataFrame

    def check(self, rows: Sequence[Row], *, correction: str = "") -> Checked:
        """The problems of the rows; `correction` is the reason of a correction, which lets a cumulative fall."""
        return check_draft(self.form, self.period, self.sender[0], rows, parties=self.parties, before=self.before, correction=correction)

    def book(self, rows: Sequence[Row]) -> bytes:
        """The rows as a workbook, the same bytes for the same rows: what `import_facts` takes, so that every figure has a sheet and a cell."""
        return book_bytes(build_book(self.form, self.period, self.sender, rows))


def open_draft(home: Path, form: Form, month: tuple[int, int], sender: str, *, units: Mapping[str, str]) -> Draft:
    """The draft of a sender (reporting unit or office code) for a month. `BadInput` where the form has no such month."""
    from yunxing.engines.facts.check import look_back

    period = form_period(form, *month)
    last = f"{month[0]:04d}-{month[1]:02d}"
    facts = tables.facts_of_months(home, form.id, tables.months_before(last, HISTORY))
    with dialect.connected(home) as connection:
        parties = registry.read_parties(connection)
    return Draft(form, period, (sender, units.get(sender, sender)), subjects(parties, units), look_back(facts))
