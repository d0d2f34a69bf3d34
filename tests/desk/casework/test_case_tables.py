"""Case lists leave their page: as filtered, within the scope, in the journal; the clock on a line counts with a notice loaded a moment ago."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
from django.db import connection

from yunxing.desk.casework import acting, case_tables, selectors
from yunxing.desk.people.models import JournalEntry
from yunxing.engines.facts.takeaway import TEXT_LIMIT
from yunxing.io.books.takeaway import HEAD_ROWS
from yunxing.io.store import holidays
from yunxing.values.workdays import Notice


def rows_of(response):
    assert response.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=HEAD_ROWS + 1)]


def test_a_queue_leaves_whole_as_filtered_and_in_the_journal(hands):
    names = {hands.up_to("working") for _ in range(selectors.PAGE + 2)}
    hands.up_to("assigned")
    client = hands.cast.client("command")
    rows = rows_of(client.get("/cases/?queue=working&as=xlsx"))

    assert {row[0] for row in rows} == names, "all of them, not only the page"
    assert JournalEntry.objects.filter(act="export", object_kind="cases", reason__contains=f"rows={len(rows)} ").count() == 1
    one = next(iter(names))
    assert [row[0] for row in rows_of(client.get(f"/cases/?queue=all&q={one}&as=xlsx"))] == [one]


def test_another_county_takes_nothing_away(hands):
    case = hands.up_to("working")

    assert case in str(rows_of(hands.cast.client("command").get("/cases/?queue=all&as=xlsx")))
    assert case not in str(rows_of(hands.cast.client("county_b").get("/cases/?queue=all&as=xlsx")))


def test_as_text_it_says_how_many_and_how_many_are_late(hands):
    hands.up_to("working")
    text = hands.cast.client("command").get("/cases/?queue=working&as=text").content.decode()

    assert "办理中共 1 件" in text
    assert len(text) <= TEXT_LIMIT


def test_more_than_a_desk_can_read_is_cut_and_says_so(hands, monkeypatch):
    monkeypatch.setattr(case_tables, "MOST", 2)
    for _ in range(3):
        hands.up_to("working")
    with hands.inside("command"):
        table = case_tables.queue_table(selectors.Asked(queue="working"), hands.standing("command"), hands.at)

    assert len(table.rows) == 2
    assert "只列前 2 件" in table.words[1]


def test_what_was_raised_and_the_closed_loop_leave_too(hands):
    client = hands.cast.client("command")
    for address, kind in (("/cases/escalated/", "cases_escalated"), ("/cases/loop/", "cases_loop")):
        assert "导出 Excel" in client.get(address).content.decode()
        rows_of(client.get(address + "?as=xlsx"))
        assert JournalEntry.objects.filter(act="export", object_kind=kind).count() == 1


def test_a_notice_loaded_now_counts_on_the_next_page(hands):
    """The day after tomorrow becomes a day off: one working day less is left, without waiting for anything."""
    case = hands.case(hands.up_to("working"))
    table = acting.definition_of(case.definition, case.version)
    until = hands.at.replace(year=2031, month=3, day=6, hour=17)
    before = acting.working_time(table).between(hands.at.replace(year=2031, month=3, day=3, hour=9), until)
    off = frozenset({date(2031, 3, 5)})
    holidays.add(
        connection, [Notice("测试〔2031〕1号", date(2031, 1, 1), 2031, off, frozenset(), True, date(2031, 1, 1), "测试")], hands.at
    )
    after = acting.working_time(table).between(hands.at.replace(year=2031, month=3, day=3, hour=9), until)

    assert after < before
