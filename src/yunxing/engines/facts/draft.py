"""Check rows that are still being typed, by the very checks a workbook goes through: laid out as a workbook, read back, held against the months before.

`check_draft` takes the rows of one sender (one cell typed is a draft of one row). Nothing is stored and nothing raised for what is wrong in a cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yunxing.engines.facts.form import Form
from yunxing.engines.facts.layout import FormPeriod, Row, build_book
from yunxing.engines.facts.match import Matched, match_book
from yunxing.engines.facts.problems import Problem
from yunxing.engines.facts.reading import Reading, Subject, read_rows
from yunxing.engines.facts.table import day_end

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem of a draft. `row` is the place in the rows given (−1: the draft as a whole), `key` the column (`output/value/month`), or one of
    `party`, `detail`, `day` and `cause` where the problem is in a key of the row; empty when it is in none of them.
    """

    row: int
    key: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Checked:
    """What a draft would become: its problems, and the stored value of every cell that can be read, by (row, column key)."""

    findings: tuple[Finding, ...]
    stored: Mapping[tuple[int, str], int | None]

    @property
    def blocked(self) -> frozenset[int]:
        """The rows that could not be taken as they stand."""
        return frozenset(one.row for one in self.findings if one.problem.effect == "block")


def check_draft(
    form: Form,
    period: FormPeriod,
    unit: str,
    rows: Sequence[Row],
    *,
    parties: Mapping[str, Subject],
    before: pl.DataFrame,
    correction: str = "",
) -> Checked:
    """The problems of `rows` as `unit` (a code, or the form's sending office) would send them. `before`: `check.look_back` of the twelve months before."""
    from yunxing.engines.facts.accept import accept

    book = build_book(form, period, (unit, unit), rows)
    matched = match_book(book, {form.id: form}, {unit: unit})
    assert isinstance(matched, Matched), matched  # a book just built is always known by its hidden sheet
    reading = read_rows(matched, parties, submission="", known_at=day_end(period.end))
    accept([reading], before, correction=correction)
    places = _places(matched)
    found = [_finding(matched, places, problem) for problem in reading.problems]
    return Checked(tuple(sorted(found, key=lambda one: (one.row, one.problem.column))), _stored(reading))


def check_row(
    form: Form, period: FormPeriod, unit: str, row: Row, *, parties: Mapping[str, Subject], before: pl.DataFrame, correction: str = ""
) -> Checked:
    """`check_draft` of one row."""
    return check_draft(form, period, unit, [row], parties=parties, before=before, correction=correction)


def _places(matched: Matched) -> dict[int, str]:
    head = matched.head
    keys = {head.party: "party", head.name: "party", head.detail: "detail", head.day: "day", head.cause: "cause"}
    named = {index: key for index, key in keys.items() if index is not None}
    return {**named, **{known.index: known.column.key for known in head.columns}}


def _finding(matched: Matched, places: Mapping[int, str], problem: Problem) -> Finding:
    row = problem.row - matched.head.body
    return Finding(row, places.get(problem.column, ""), problem) if row >= 0 else Finding(-1, "", problem)


def _stored(reading: Reading) -> dict[tuple[int, str], int | None]:
    body = reading.matched.head.body
    rows = [row - body for row in reading.about["row"]]
    return {(row, key): value for key, values in reading.values.items() for row, value in zip(rows, values, strict=True)}
