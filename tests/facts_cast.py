"""The cast of the facts tests: the pack's forms, a few parties, workbooks built and read back. 合成数据 · synthetic data."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from yunxing.engines.facts.accept import Accepted, accept
from yunxing.engines.facts.check import look_back
from yunxing.engines.facts.form import Form
from yunxing.engines.facts.layout import Row, Style, build_book, form_period
from yunxing.engines.facts.match import Matched, match_book
from yunxing.engines.facts.problems import Problem
from yunxing.engines.facts.reading import Reading, read_rows
from yunxing.engines.facts.sheet import Book
from yunxing.engines.facts.table import empty
from yunxing.engines.registry.parties import Party
from yunxing.packs.forms import load_forms
from yunxing.packs.registers import load_registers

PACK = Path(__file__).resolve().parents[1] / "plans" / "binzhou_2022_156"
FORMS = load_forms(PACK)
CATALOGUE = load_registers(PACK)
UNITS = {"371681": "邹平市", "BZ-BH": "北海经济开发区"}
HERE = ("371681", "邹平市")
NOW = datetime(2022, 10, 5, 1, 0, tzinfo=UTC)
A, B, C = "913716001234567887", "91371600MA3C00003X", "91371681123456788H"
FAR = "913716810000000015"  # belongs to the other unit
LONG_AGO = date(2010, 1, 1)


def party(id_: str, kind: str = "enterprise", unit: str = "371681", **rest: Any) -> Party:
    plain = {
        "name": f"合成{id_[-3:]}",
        "short_name": "",
        "region": "371681",
        "industry": "32",
        "size": "",
        "parent": "",
        "valid_from": LONG_AGO,
    }
    return Party(id=id_, kind=kind, unit=unit, **{**plain, **rest})


PARTIES = {
    one.id: one
    for one in (
        party(A), party(B), party(C), party(FAR, unit="BZ-BH"), party("P-001", "project"), party("COAL-01", "site"), party("PORT-01", "site"),
        party("OLD", valid_to=date(2021, 12, 31)),
    )
}  # fmt: skip


def enterprise(output: str = "100.00", *, cumulative: str = "900.00", **other: Any) -> dict[str, Any]:
    """A whole row of `enterprise_month` in 万元; January–February takes the cumulative cells only."""
    cells: dict[str, Any] = {
        "output/value/month": Decimal(output),
        "output/last_year_restated/month": Decimal("95.00"),
        "output/value/cumulative": Decimal(cumulative),
        "output/last_year_restated/cumulative": Decimal("850.00"),
        "revenue/value/cumulative": Decimal("880.00"),
        "revenue/last_year_restated/cumulative": Decimal("820.00"),
        "profit/value/cumulative": Decimal("-12.50"),
        "profit/last_year_restated/cumulative": Decimal("30.00"),
        "tax/value/cumulative": Decimal("25.00"),
        "electricity/value/month": Decimal(output) * 3 / 10 + 1,  # moves with output, so that no month repeats another by chance
        "employees/value/month": 268,
        "shortage/value/month": 12,
        "stop_days/value/month": 0,
    }
    return {**cells, **{key.replace("__", "/"): value for key, value in other.items()}}


def built(
    form: str, rows: list[Row], *, year: int = 2022, month: int = 9, style: Style | None = None, unit: tuple[str, str] = HERE
) -> Book:
    """The workbook as it is built, before it is ever written."""
    known = FORMS[form]
    return build_book(known, form_period(known, year, month), unit, rows, style or Style())


def laid(book: Book, forms: dict[str, Form] = FORMS) -> Matched:
    found = match_book(book, forms, UNITS)
    assert isinstance(found, Matched), found
    return found


def read(book: Book, *, submission: str = "sha256:1", known_at: datetime = NOW) -> Reading:
    return read_rows(laid(book), PARTIES, submission=submission, known_at=known_at)


def taken(*books: Book, prior: pl.DataFrame | None = None, correction: str = "") -> tuple[Accepted, list[Problem]]:
    """Workbooks of one form and month through reading, checks and acceptance; the problems of all of them."""
    readings = [read(book, submission=f"sha256:{n}") for n, book in enumerate(books)]
    accepted = accept(readings, look_back(empty() if prior is None else prior), correction=correction)
    return accepted, [problem for reading in readings for problem in reading.problems]


def history(form: str, months: dict[int, list[Row]], year: int = 2022) -> pl.DataFrame:
    """The facts of earlier months, accepted without earlier checks."""
    return pl.concat([taken(built(form, rows, year=year, month=month))[0].facts for month, rows in months.items()])


def rules(problems: list[Problem], effect: str = "") -> list[str]:
    return sorted(problem.rule for problem in problems if not effect or problem.effect == effect)


def values(facts: pl.DataFrame, party_id: str = A) -> dict[str, int | None]:
    """`item/role/as_reported` → stored value of one party."""
    rows = facts.filter(pl.col("party") == party_id).iter_rows(named=True)
    return {f"{row['item']}/{row['role']}/{row['as_reported']}": row["value"] for row in rows}
