"""Reviewed rows become facts as a workbook of the form: kept, sourced, idempotent, whole or not at all; the same facts as the file would give."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from facts_cast import FORMS, HERE, PARTIES, UNITS, A, B, C, built, enterprise
from yunxing.engines.facts.layout import Row, form_period
from yunxing.engines.registry.parties import Membership
from yunxing.flows.accept_reports import Accepted, accept_reports
from yunxing.flows.check_report import rows_of
from yunxing.flows.import_facts import Terms, import_facts
from yunxing.io import tables
from yunxing.io.books import read_book, write_book
from yunxing.io.files import content_path
from yunxing.io.store import registry, submissions

NOW = datetime(2022, 10, 5, 2, 0, tzinfo=UTC)
FORM = FORMS["enterprise_month"]
PERIOD = form_period(FORM, 2022, 9)
WHERE_FROM = ["submission", "sheet", "cell", "known_at"]


@pytest.fixture
def registered(home, connection):
    registry.write_parties(connection, PARTIES.values())
    registry.write_memberships(connection, [Membership("above_scale", one, PARTIES[one].valid_from) for one in (A, B, C)])
    return home


def rows(*parties, cause="", output="100.00", **cells):
    """Rows as the desk hands them over: every answer as text."""
    typed = {key: str(value) for key, value in enterprise(output, **cells).items()}
    return [Row(one, "合成", typed, cause=cause) for one in parties]


def accept(home, given, *, correction="", known_at=NOW, now=NOW, connection=None):
    return accept_reports(home, FORM, PERIOD, Accepted(HERE, given, known_at, correction), units=UNITS, now=now, connection=connection)


def facts(home, day=None):
    return tables.facts_as_of(home, day)


def test_the_facts_are_those_that_the_file_would_give(registered, tmp_path):
    """The same row through the desk and through a file of a county: equal in everything but where it came from."""
    result = accept(registered, rows(A))
    assert (result.state, result.blocked, result.added) == ("accepted", 0, 13)
    mine = facts(registered)
    other = tmp_path / "other"
    path = tmp_path / "2022-09.xlsx"
    write_book(built("enterprise_month", [Row(A, "合成", enterprise("100.00"))]), path)
    import shutil

    shutil.copytree(registered, other, ignore=shutil.ignore_patterns("tables"))
    import_facts(other, [path], FORMS, UNITS, terms=Terms(NOW))

    assert mine.drop(WHERE_FROM).equals(facts(other).drop(WHERE_FROM))


def test_the_workbook_is_kept_and_every_fact_names_its_cell(registered, connection):
    """The submission is a file under its digest; opening it, the named cell holds the figure."""
    result = accept(registered, rows(A, B))
    path = content_path(registered, result.digest)
    assert path.is_file()
    [known] = submissions.read_submissions(connection)
    assert (known.digest, known.unit, known.form, known.parties) == (result.digest, HERE[0], "enterprise_month", 2)
    copy = path.parent / "copy.xlsx"
    copy.write_bytes(path.read_bytes())
    sheet = read_book(copy).sheets[0]
    for fact in facts(registered).filter(pl.col("item") == "output").iter_rows(named=True):
        letters, number = fact["cell"].rstrip("0123456789"), int(fact["cell"].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        column = sum((ord(letter) - 64) * 26**place for place, letter in enumerate(reversed(letters))) - 1
        assert round(float(sheet.rows[number - 1][column]) * 10**6) == fact["value"]


def test_the_same_rows_twice_change_nothing(registered):
    first = accept(registered, rows(A))
    before = facts(registered)
    again = accept(registered, rows(A), now=NOW + timedelta(hours=1), known_at=NOW + timedelta(hours=1))
    assert (again.digest, again.added, again.revised) == (first.digest, 0, 0)
    assert facts(registered).equals(before)


def test_one_bad_row_and_nothing_of_the_workbook_is_taken(registered):
    """Whole or not at all: a report that is confirmed with others never slips in alone."""
    result = accept(registered, [*rows(A), *rows(B, output="-5")])
    assert (result.state, result.batch) == ("refused", "")
    assert facts(registered).height == 0
    assert {one.party for one in result.problems if one.effect == "block"} == {B}


def test_a_correction_is_a_new_version_with_its_reason(registered):
    """The old value stays known on the old day; the new one carries status, cause and its own moment."""
    accept(registered, rows(A))
    later = NOW + timedelta(days=4)
    accept(registered, rows(A, output="90.00"), correction="重复计入", known_at=later, now=later)

    output = (pl.col("item") == "output") & (pl.col("role") == "value") & (pl.col("as_reported") == "month")
    [now] = facts(registered).filter(output).iter_rows(named=True)
    assert (now["value"], now["version"], now["status"], now["cause"], now["known_at"]) == (90 * 10**6, 2, "revised", "重复计入", later)
    [then] = facts(registered, NOW.date()).filter(output).iter_rows(named=True)
    assert (then["value"], then["version"], then["status"]) == (100 * 10**6, 1, "reported")


def test_reasons_and_absences_travel(registered):
    """The reporter's cause stands at every fact of the row; a cell that does not apply is an absence and no zero."""
    typed = {key: str(value) for key, value in enterprise("100.00").items()} | {
        "stop_days/value/month": "不适用",
        "output/cause": "停产检修",
    }
    accept(registered, rows_of(FORM, PERIOD, (A, "合成"), typed))

    found = facts(registered)
    assert set(found["cause"]) == {"停产检修"}
    [stop] = found.filter(pl.col("item") == "stop_days").iter_rows(named=True)
    assert (stop["value"], stop["absence"]) == (None, "not_applicable")


def test_a_store_that_is_given_is_the_one_used(registered, connection):
    """In a request the desk's own connection serves, so that its transaction sees what it wrote."""
    result = accept(registered, rows(A), connection=connection)
    assert [one.digest for one in submissions.read_submissions(connection)] == [result.digest]
    connection.execute("select 1")  # and it is still open


def test_what_was_accepted_earlier_is_known_earlier(registered):
    """`known_at` is the moment given, not that of the writing."""
    accept(registered, rows(A), known_at=NOW, now=NOW + timedelta(days=3))
    assert set(facts(registered)["known_at"]) == {NOW}
    assert facts(registered, date(2022, 10, 4)).height == 0
    assert facts(registered, date(2022, 10, 5)).height == 13
