"""The lists of other rooms leave in one click too: the whole filtered list, under the person's scope."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import openpyxl
import pytest

from desk.intake_cast import HERE, THERE, county_is, fill_registry
from facts_cast import FAR, A, B, C
from yunxing.desk.people.models import JournalEntry
from yunxing.desk.reporting.models import Report
from yunxing.desk.scoping import acting_as_system
from yunxing.engines.facts.takeaway import TEXT_LIMIT
from yunxing.io.books.takeaway import HEAD_ROWS


@pytest.fixture
def desk(cast, settings, tmp_path):
    settings.HOME = tmp_path
    fill_registry()
    county_is(cast, "county_a", HERE[0])
    county_is(cast, "county_b", THERE[0])
    return cast


def rows_of(response) -> list[list[object]]:
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=HEAD_ROWS + 1)]


@pytest.mark.parametrize(("member", "seen"), [("command", {A, B, C, FAR}), ("county_a", {A, B, C}), ("county_b", {FAR})])
def test_the_enterprises_leave_whole_and_within_the_scope(desk, member, seen):
    """All that the filters keep, not only the page; another county's never; in the journal with the number of rows."""
    rows = rows_of(desk.client(member).get("/enterprises/?as=xlsx"))

    assert {row[1] for row in rows} - {"OLD"} == seen
    assert JournalEntry.objects.filter(act="export", object_kind="registry_enterprise", reason__contains=f"rows={len(rows)} ").count() == 1


def test_a_search_narrows_what_leaves(desk):
    """The same filters as on the page, and the cover says which."""
    response = desk.client("command").get(f"/enterprises/?q={A}&as=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(response.content))

    assert {row[1] for row in rows_of(response)} == {A}
    assert A in str([row[1].value for row in book["说明"].iter_rows()])


def test_who_has_not_reported_as_a_text(desk):
    """The month's reports: who owes what; a county its own; the text says how many are missing."""
    with acting_as_system("test"):
        for party, unit, sent in ((A, HERE[0], None), (B, HERE[0], datetime(2022, 9, 30, 18, tzinfo=UTC)), (FAR, THERE[0], None)):
            Report.objects.create(
                form="enterprise_month", period="2022-09", party=party, unit=unit, name=f"合成{party[-3:]}", subject="enterprise", due_reporter=date(2022, 10, 8),
                due_county=date(2022, 10, 9), due_city=date(2022, 10, 10), first_sent_at=sent, sent_at=sent,
            )  # fmt: skip
    text = desk.client("county_a").get("/reports/?m=2022-09&as=text").content.decode()
    rows = rows_of(desk.client("county_a").get("/reports/?m=2022-09&as=xlsx"))

    assert "应报 2，已报 1，未报 1。" in text
    assert len(text) <= TEXT_LIMIT
    assert {row[1] for row in rows} == {A, B}
    assert next(row[6] for row in rows if row[1] == B) == datetime(2022, 10, 1, 2), "the office's clock, not Greenwich's"
    assert {row[1] for row in rows_of(desk.client("command").get("/reports/?m=2022-09&as=xlsx"))} == {A, B, FAR}
