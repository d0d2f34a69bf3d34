"""One party's typed answers checked as its row of a workbook would be: the same reading, the same rules, the same words.

Keys are those of the desk's grid: `<item>/<role>/<as reported>` and `<item>/cause`; on a daily form `<day>/` stands before them and the cause is the day's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from yunxing.engines.facts.cells import Cell, Misread, fold, read_cell
from yunxing.engines.facts.form import Column, Effect, Form, Item
from yunxing.engines.facts.layout import FormPeriod, Row
from yunxing.engines.facts.problems import Problem
from yunxing.engines.facts.units import unit_of
from yunxing.engines.registry.parties import Party
from yunxing.values.absence import Absence
from yunxing.values.period import JanFeb, day_of
from yunxing.values.quantity import format_number

if TYPE_CHECKING:
    import polars as pl

CAUSE = "cause"
DAY_CAUSE = "day"  # the place of a daily form's cause: `<day>/day/cause`


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem of one cell. `cause` is the key of the cell in which its reason is given; `slip` the factor by which a unit seems to have slipped."""

    key: str
    cause: str
    rule: str
    effect: Effect
    name: tuple[str, str]
    words: tuple[str, str]
    slip: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What the checks say of typed answers. `cells` holds the stored value, words or absence of every answer that could be read."""

    findings: tuple[Finding, ...]
    cells: Mapping[str, Cell]

    def blocking(self) -> tuple[Finding, ...]:
        """Those that keep the report from being sent, the empty required cells among them."""
        return tuple(one for one in self.findings if one.effect == "block")

    def asking(self, answers: Mapping[str, str]) -> tuple[Finding, ...]:
        """Those that ask for a reason and have none yet."""
        return tuple(one for one in self.findings if one.effect != "block" and not answers.get(one.cause, "").strip())


def columns_of(form: Form, period: FormPeriod) -> tuple[Column, ...]:
    """The columns of the form in that period."""
    return form.columns(first_of_year=isinstance(period, JanFeb))


def days_of(form: Form, period: FormPeriod) -> list[date | None]:
    """The rows of the grid: the days of a daily form, else the one row."""
    if form.cycle != "day":
        return [None]
    return [period.start + timedelta(days=n) for n in range((period.end - period.start).days + 1)]


def prefix(day: date | None) -> str:
    """What stands before the keys of a day."""
    return f"{day.isoformat()}/" if day else ""


def cause_key(item: str, day: date | None) -> str:
    """The key of the reason for an item, or for a day of a daily form."""
    return f"{prefix(day)}{DAY_CAUSE if day else item}/{CAUSE}"


def keys_of(form: Form, period: FormPeriod) -> dict[str, Column | None]:
    """Every key of the grid with its column; None for the cells of reasons."""
    found: dict[str, Column | None] = {}
    for day in days_of(form, period):
        for column in columns_of(form, period):
            found[prefix(day) + column.key] = column
            found[cause_key(column.item.id, day)] = None
    return found


def read_answer(text: str, item: Item) -> Cell | Misread:
    """What was typed in the printed unit, as a stored value, words or an absence."""
    return read_cell(text, item, unit_of(item.unit) if item.numeric else None)


def answer_text(cell: Cell, item: Item) -> str:
    """A stored value as it is typed and shown: in the printed unit, thousands in threes, no idle zeros; the word of an absence.

    Reading the text back gives the same stored value.
    """
    if cell.words is not None:
        return cell.words
    if cell.absence is not None:
        return Absence(cell.absence).label("zh")
    if cell.value is None:
        return ""
    if item.type == "date":
        return day_of(cell.value).isoformat()
    if item.type == "choice":
        return item.options[cell.value].title
    if item.type == "flag":
        return "是" if cell.value else "否"
    unit = unit_of(item.unit)
    exact = Fraction(cell.value, unit.per if unit else 1)
    text = format_number(exact, 9)
    return text.rstrip("0").rstrip(".")


def rows_of(form: Form, period: FormPeriod, party: tuple[str, str], answers: Mapping[str, str], *, causes: bool = True) -> list[Row]:
    """The answers as rows of the form's workbook, with the reasons in the column of explanations; days without any answer are left out."""
    rows = []
    columns = columns_of(form, period)
    for day in days_of(form, period):
        values = {column.key: answers.get(prefix(day) + column.key, "").strip() or None for column in columns}
        if form.cycle == "day" and not any(values.values()):
            continue
        rows.append(Row(*party, values, day, _causes(form, day, answers) if causes else ""))
    return rows


def _causes(form: Form, day: date | None, answers: Mapping[str, str]) -> str:
    if day:
        return answers.get(cause_key("", day), "").strip()
    given = [(item.title, answers.get(cause_key(item.id, None), "").strip()) for item in form.items]
    given = [(title, text) for title, text in given if text]
    return given[0][1] if len(given) == 1 else "；".join(f"{title}：{text}" for title, text in given)


def check_report(
    form: Form,
    period: FormPeriod,
    party: Party,
    unit: str,
    answers: Mapping[str, str],
    before: pl.DataFrame,
    *,
    correction: bool = False,
) -> Checked:
    """Every problem of the answers, in the order of the grid. `before`: `check.look_back` of the party's newest facts of the twelve months before."""
    return check_reports(form, period, unit, {party.id: (party, answers)}, before, correction=correction)[party.id]


def check_reports(
    form: Form,
    period: FormPeriod,
    unit: str,
    given: Mapping[str, tuple[Party, Mapping[str, str]]],
    before: pl.DataFrame,
    *,
    correction: bool = False,
) -> dict[str, Checked]:
    """The same for many parties of one unit at once, by id: the checks run over columns."""
    from yunxing.engines.facts.draft import check_draft

    rows = [row for party, answers in given.values() for row in rows_of(form, period, (party.id, party.name), answers, causes=False)]
    findings: dict[str, list[Finding]] = {id_: list(_missing(form, period, answers)) for id_, (_party, answers) in given.items()}
    if any(any(row.values.values()) for row in rows):
        parties = {id_: party for id_, (party, _answers) in given.items()}
        checked = check_draft(form, period, unit, rows, parties=parties, before=before, correction="correction" if correction else "")
        first = next(iter(columns_of(form, period))).key
        for one in checked.findings:
            if one.problem.rule != "required" and 0 <= one.row < len(rows):
                row = rows[one.row]
                key = one.key if one.key.count("/") == 2 else first  # what concerns a whole row stands at its first cell
                findings[row.party].append(_finding(one.problem, key, row.day))
    order = {key: place for place, key in enumerate(keys_of(form, period))}
    return {
        id_: Checked(tuple(sorted(findings[id_], key=lambda one: (order.get(one.key, -1), one.rule))), dict(_cells(form, period, answers)))
        for id_, (_party, answers) in given.items()
    }


def _missing(form: Form, period: FormPeriod, answers: Mapping[str, str]) -> Iterator[Finding]:
    """A required cell without an answer; of a day without any answer only the first."""
    for day in days_of(form, period):
        needed = [column for column in columns_of(form, period) if column.item.required]
        empty = [column for column in needed if not answers.get(prefix(day) + column.key, "").strip()]
        for column in empty[:1] if day and len(empty) == len(needed) else empty:
            problem = Problem("required", "block", "", -1, -1, column.item.title, "", ("", ""))
            words = (f"{problem.name()}：{problem.fix()}", f"{problem.name('en')}: {problem.fix('en')}")
            key = prefix(day) + column.key
            yield Finding(key, cause_key(column.item.id, day), "required", "block", (problem.name(), problem.name("en")), words)


def _finding(problem: Problem, column: str, day: date | None) -> Finding:
    """A problem of a row as one of the grid."""
    found = {"zh": f"填报 {problem.found}，" if problem.found else "", "en": f"found {problem.found}, " if problem.found else ""}
    why = problem.why
    words = (
        f"{why[0] or problem.name()}：{found['zh']}应为{problem.expected[0]}。{problem.fix()}。",
        f"{why[1] or problem.name('en')}: {found['en']}expected {problem.expected[1]}; {problem.fix('en')}.",
    )
    slip = re.search(r"[×÷]10+(?!\d)", why[0]) if problem.rule == "unit_slip" else None
    name = (problem.name(), problem.name("en"))
    cause = cause_key(column.partition("/")[0], day)
    return Finding(prefix(day) + column, cause, problem.rule, problem.effect, name, words, slip[0] if slip else "")


def _cells(form: Form, period: FormPeriod, answers: Mapping[str, str]) -> Iterator[tuple[str, Cell]]:
    for key, column in keys_of(form, period).items():
        text = answers.get(key, "")
        if column is not None and fold(text):
            read = read_answer(text, column.item)
            if isinstance(read, Cell):
                yield key, read


def converted(text: str, item: Item, slip: str) -> str:
    """The answer with its unit put right: divided by the factor of a slip `×10000`, multiplied by that of `÷10000`; as typed when it is no number."""
    read = read_answer(text, item)
    factor = int(slip[1:]) if slip[1:].isdigit() else 1
    if isinstance(read, Misread) or read.value is None:
        return text
    unit = unit_of(item.unit)
    exact = Fraction(read.value, unit.per if unit else 1)
    shifted = exact / factor if slip.startswith("×") else exact * factor
    return format_number(shifted, 9).rstrip("0").rstrip(".")
