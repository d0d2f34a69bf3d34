"""What stands beside the boxes: clocks in words, last period and last year, the range, changes in words; only figures that were reported."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from desk.reporting_cast import FORM, A, B, C
from yunxing.desk import clock
from yunxing.desk.reporting import asked, drafts, filling, past
from yunxing.desk.scoping import acting_as_system
from yunxing.engines.facts import duties
from yunxing.engines.facts.cells import Cell
from yunxing.engines.facts.layout import form_period
from yunxing.values.workdays import Calendar

CALENDAR = Calendar()
DUE = date(2022, 11, 7)


def words(today, *, done=False, due=DUE):
    return filling.clock_words(duties.clock(due, today, CALENDAR, done=done))


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2022, 11, 1), "剩余 4 个工作日 · 11月7日前"),
        (date(2022, 11, 4), "剩余 1 个工作日 · 11月7日前"),
        (date(2022, 11, 6), "剩余 1 个工作日 · 11月7日前"),
        (DUE, "今天到期 · 11月7日"),
        (date(2022, 11, 8), "已超期 1 个工作日 · 应于 11月7日"),
        (date(2022, 11, 14), "已超期 5 个工作日 · 应于 11月7日"),
    ],
)
def test_a_clock_in_words(db, today, said):
    assert words(today) == said


def test_a_clock_of_what_is_done_and_of_what_no_notice_settles(db):
    assert words(DUE + timedelta(days=9), done=True) == "应于 11月7日 前"
    assert words(date(2031, 11, 3), due=date(2031, 11, 7)).endswith("（暂定）")
    with translation.override("en"):
        assert words(date(2022, 11, 4)) == "1 working day left · by 7 Nov"
        assert words(date(2022, 11, 9)) == "2 working days overdue · was due on 7 Nov"


def test_how_a_clock_was_counted(db):
    """Hover or focus lists the days off that were skipped, make-up days not among them."""
    one = duties.clock(date(2022, 10, 10), date(2022, 9, 29), CALENDAR)
    title = filling.clock_title(one)
    assert title.startswith("按工作日计算，跳过：10月1日、10月2日")
    assert "10月8日" not in title
    assert "10月9日" not in title
    assert filling.clock_title(duties.clock(DUE, DUE, CALENDAR)) == "按工作日计算，其间没有休息日。"


@given(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12))
def test_a_change_in_words(now, before):
    """A percentage only where it says something: from nothing or from a loss there is an arrow alone; equal is equal."""
    with translation.override("zh-hans"):
        said = filling.change_words(now, before)
    if now == before:
        assert said == "持平"
    elif before <= 0:
        assert said == ("↑" if now > before else "↓")
    else:
        assert said[0] == ("↑" if now > before else "↓")
        shown = Fraction(said[2:-2].replace(",", ""))
        assert abs(shown - abs(Fraction(100 * (now - before), before))) <= Fraction(1, 20)


def test_what_is_missing_has_no_change(db):
    assert filling.change_words(None, 1) == filling.change_words(1, None) == "—"
    item = asked.forms()[FORM].item("output")
    assert filling.added_words(None, 1, item) == "—"
    assert filling.added_words(3 * 10**6, 10**6, item) == "+2"
    assert filling.added_words(10**6, 3 * 10**6, item) == "-2"


def test_the_past_of_a_party(month):
    """Last period, the same period last year, the total so far, the range of twelve months: as they were reported, of this party alone."""
    form = asked.forms()[FORM]
    period = form_period(form, 2022, 10)
    held = past.past_of(form, period, A)
    output = {column.as_reported: column for column in form.columns() if column.item.id == "output" and column.role == "value"}

    assert held.last_period(output["month"]) == Cell(value=100 * 10**6)
    assert held.last_period(output["cumulative"]) == held.last_total(output["cumulative"]) == Cell(value=900 * 10**6)
    assert held.last_year(output["month"]) == Cell(value=96 * 10**6)
    assert held.last_year(output["cumulative"]) == Cell(value=955 * 10**6)
    assert held.range(output["month"]) == (96 * 10**6, 100 * 10**6)
    assert held.current(output["month"]) is None
    nobody = past.past_of(form, period, "NOBODY")
    assert nobody.last_period(output["month"]) is None
    assert nobody.range(output["month"]) is None


def test_the_first_period_of_a_year_has_no_total_before_it(month):
    """January and February: the cumulative figure begins anew, last period is December."""
    form = asked.forms()[FORM]
    column = next(one for one in form.columns() if one.item.id == "revenue" and one.role == "value")
    first = past.past_of(form, form_period(form, 2023, 2), A)
    assert first.last_total(column) is None
    march = past._before(form, form_period(form, 2023, 3))
    assert march is not None
    assert march.code == "2023-01..02"
    december = past._before(form, form_period(form, 2023, 2))
    assert december is not None
    assert december.code == "2022-12"


def test_the_past_is_read_again_when_a_batch_comes_in(month):
    """Nothing stale beside a box: a new workbook of September changes what stands there."""
    from facts_cast import enterprise, history
    from yunxing.engines.facts.layout import Row
    from yunxing.io import tables

    form = asked.forms()[FORM]
    period = form_period(form, 2022, 10)
    column = next(one for one in form.columns() if one.item.id == "output" and one.as_reported == "month" and one.role == "value")
    assert past.past_of(form, period, A).last_period(column) == Cell(value=100 * 10**6)
    revised = history(FORM, {9: [Row(A, "合成", enterprise("104.00", cumulative="904"))]}).with_columns(version=2)
    tables.append_batch(month.home, "2022-09", FORM, revised.cast(dict(revised.schema) | {"version": revised.schema["version"]}))
    assert past.past_of(form, period, A).last_period(column) == Cell(value=104 * 10**6)


def test_the_grid_of_a_month(month):
    """One row an item, its two boxes, what it adds up to, its reason; restated columns below, filled from what is held."""
    with acting_as_system("test"):
        draft = drafts.draft_of(month.report())
        grid = filling.month_grid(draft, draft.checked())
    assert [row["item"].id for row in grid["rows"]] == [item.id for item in draft.form.items]
    output = grid["rows"][0]
    assert (output["last_year"], output["last_month"]) == ("96", "100")
    assert [box.key for box in output["cells"]] == ["output/value/month", "output/value/cumulative"]
    assert output["cells"][1].total == "900"
    assert grid["rows"][1]["cells"][0] is None  # revenue is asked as a cumulative figure alone
    assert {one["box"].text for one in grid["restated"]} == {"96", "955", "820", "30"} or all(one["box"].text for one in grid["restated"])
    assert not grid["restated_open"]
    with acting_as_system("test"):
        draft = drafts.draft_of(month.report(C))
        assert filling.month_grid(draft, draft.checked())["restated_open"]  # nothing is held of C's last year


def test_an_empty_required_cell_is_no_mark_while_one_fills_in(month):
    """A fresh page has no error on it; the same cells stand in the summary once it is to be sent."""
    with acting_as_system("test"):
        draft = drafts.draft_of(month.report(B))
        checked = draft.checked()
        assert filling.marks_of(checked) == {}
        assert filling.problem_list(draft, checked, sending=False) == []
        assert len(filling.problem_list(draft, checked, sending=True)) == 7


def test_the_gravest_finding_marks_the_cell(month):
    """Of several findings at one cell the error shows, then what is held, then the warning."""
    month.fill(output__value__month="-1100000")
    with acting_as_system("test"):
        draft = drafts.draft_of(month.report())
        marks = filling.marks_of(draft.checked())
    assert marks["output/value/month"].effect == "block"


def test_the_due_list_puts_what_is_open_first(month):
    """Open ones by due day, then those that were sent; one's own name is not repeated."""
    from yunxing.desk.reporting.report_models import Report

    with acting_as_system("test"):
        Report.objects.filter(party="P-001").update(state="submitted")
        reports = list(Report.objects.filter(unit="371681", form__in=[FORM, "project_month"]))
        listed = filling.due_list(reports, clock.today(), own=A)
    assert [row["open"] for row in listed] == [True, True, True, False]
    assert {row["report"].party: row["name"] for row in listed}[A] == ""
    assert {row["report"].party: row["name"] for row in listed}[B] != ""


def test_a_units_label_and_the_reviewing_office(month):
    """The short name in Chinese, the English one in English; a form that names no office is the command's."""
    from dataclasses import replace

    assert asked.unit_label("371681") == "邹平市"
    assert asked.unit_label("nowhere") == "nowhere"
    with translation.override("en"):
        assert asked.unit_label("371681").isascii()
        assert asked.day_words(DUE) == "7 Nov"
    form = asked.forms()[FORM]
    assert asked.office_of(form) == "IIT"
    assert asked.office_of(replace(form, office="")) == "CMD"
    assert asked.leading_form() == FORM
