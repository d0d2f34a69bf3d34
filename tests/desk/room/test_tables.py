"""What leaves the room's pages is what the page shows: same rows, same scope, numbers instead of text, and a text of at most 300 characters."""

from __future__ import annotations

from fractions import Fraction

import pytest

from desk.room.month_cast import MONTH, SPAN
from yunxing.desk.room import figure_pages, overview, signal_pages, tables
from yunxing.desk.room.plan_pages import plan_board
from yunxing.engines.facts.takeaway import TEXT_LIMIT, said

pytestmark = pytest.mark.django_db
CITY = f"output_growth/city/city/{SPAN}/cumulative_yoy"


def signals(month, member):
    return signal_pages.signals_of(month.board, month.pack, month.scopes[member])


def choice(month, area=""):
    return overview.Choice(MONTH, "output_growth", area)


def test_the_overview_has_a_row_for_the_city_and_for_every_unit(month):
    """Growth unrounded, in %, and the sum in the city's own unit; a unit without a figure says so."""
    table = tables.overview_table(month.board, month.pack, month.scopes["command"], choice(month))

    assert len(table.rows) == 1 + len(month.pack.regions.units)
    assert table.rows[0][1] == Fraction(100 * (785 - 800), 800)
    assert [column.unit for column in table.columns][1:3] == ["%", "亿元"]
    assert table.rows[0][2] == Fraction(297)
    assert table.rows[5][1] == "未报"


def test_a_unit_of_one_enterprise_is_confidential_in_every_form(month):
    """The county reads 「保密」 in the workbook and nothing of the figure in the text; command staff sees it."""
    unit = [one.id for one in month.pack.regions.units].index(month.units[2]) + 1
    seen = tables.overview_table(month.board, month.pack, month.scopes["command"], choice(month))
    hidden = tables.overview_table(month.board, month.pack, month.scopes["county"], choice(month))

    assert seen.rows[unit][1] == -50
    assert hidden.rows[unit][1] == "保密"
    assert "-50" not in said(hidden)


@pytest.mark.parametrize("member", ["command", "county", "bureau", "analyst"])
def test_every_text_fits_a_chat_and_names_as_of_and_source(month, member):
    """Overview, list, signal, figure: at most 300 characters, always the day and where from, and marked as synthetic."""
    scope = month.scopes[member]
    page = figure_pages.figure_page(month.board, month.pack, scope, CITY)
    made = [
        tables.overview_table(month.board, month.pack, scope, choice(month)),
        tables.signals_table(month.board, signals(month, member), [], scope),
        tables.figure_table(page, month.board, month.pack, scope),
        *(tables.signal_table(one, month.board, scope) for one in signals(month, member)),
    ]

    for table in made:
        text = said(table)
        assert len(text) <= TEXT_LIMIT, table.id
        assert "数据截至2022-10-07" in text, table.id
        assert "来源：" in text, table.id
        assert text.endswith("（合成数据）"), table.id


def test_the_signals_are_those_of_the_page(month):
    """As many, in the same order; an analyst reads 「某单位」 here too."""
    for member in ("command", "county", "analyst"):
        table = tables.signals_table(month.board, signals(month, member), [("灯", "red")], month.scopes[member])
        assert [row[0] for row in table.rows] == [one["id"] for one in signals(month, member)]
        assert "企业E5" not in str(table.rows) or member == "command"
    assert table.filters == [("灯", "red")]
    assert tables.signals_table(month.board, signals(month, "command"), [], month.scopes["command"]).level == 3
    assert tables.signals_table(month.board, signals(month, "bureau"), [], month.scopes["bureau"]).level == 2


def test_a_signals_table_names_the_enterprises_behind_it_with_their_pull(month):
    """Money in 万元, pull in points; the text says the rule and the first names."""
    found = next(one for one in signals(month, "command") if one["id"] == "S-cell")
    table = tables.signal_table(found, month.board, month.scopes["command"])

    assert [(row[0], row[3]) for row in table.rows] == [("企业E1", Fraction(-10)), ("企业E2", Fraction(-5))]
    assert table.level == 3
    assert "企业E1拉动 -10.00 个百分点。" in said(table)
    assert "规则：" in said(table)


def test_an_analyst_takes_away_no_name(month):
    """Nothing he does not see on the page: no enterprise row, so that the level stays his."""
    found = next(one for one in signals(month, "analyst") if one["id"] == "S-cell")
    table = tables.signal_table(found, month.board, month.scopes["analyst"])

    assert table.rows == []
    assert table.level == 2
    assert "企业E1" not in said(table)


def test_the_facts_behind_a_figure_in_the_unit_of_the_form(month):
    """80 万元 as the number 80, beside its cell, version and file; a county gets its own half."""
    page = figure_pages.figure_page(month.board, month.pack, month.scopes["command"], CITY)
    table = tables.figure_table(page, month.board, month.pack, month.scopes["command"])
    first = dict(zip([column.title for column in table.columns], next(row for row in table.rows if row[0] == "企业E1"), strict=True))
    own = tables.figure_table(
        figure_pages.figure_page(month.board, month.pack, month.scopes["county"], CITY), month.board, month.pack, month.scopes["county"]
    )

    assert len(table.rows) == 16
    assert (first["数值"], first["计量单位"], first["单元格"], first["版次"]) == (80, "万元", "F7", 1)
    assert {row[0] for row in own.rows} == {"企业E1", "企业E2", "企业E3", "企业E4"}
    assert "-1.9%" in said(table)


def test_a_confidential_figure_takes_nothing_along(month):
    """The page says 「保密」 without a trace; its workbook has neither value nor facts."""
    key = f"output_growth/unit/{month.units[2]}/{SPAN}/cumulative_yoy"
    page = figure_pages.figure_page(month.board, month.pack, month.scopes["county"], key)
    table = tables.figure_table(page, month.board, month.pack, month.scopes["county"])

    assert table.rows == []
    assert "50" not in str(table.definitions) + said(table).replace("2022-10-07", "")


def test_the_measures_as_a_table(month):
    """Twenty-eight rows, or an office's own; open to everyone, so level 1."""
    whole = tables.measures_table(plan_board(month.pack, month.board, ""), month.board)
    own = tables.measures_table(plan_board(month.pack, None, "DRC"), None)

    assert [row[0] for row in whole.rows] == list(range(1, len(month.pack.measures) + 1))
    assert 0 < len(own.rows) < len(whole.rows)
    assert own.filters == [("责任单位", "DRC")]
    assert whole.level == 1
    assert len(said(whole)) <= TEXT_LIMIT


def test_a_choice_a_day_and_an_absence_as_facts(month):
    """Words where there is no number."""
    forms = figure_pages.forms_of(month.pack.folder)
    admitted, route = forms["growth_point_month"].item("admitted_on"), forms["growth_point_month"].item("route")

    assert tables.fact_value({"value": 19000}, admitted) == ("2022-01-08", "")
    assert tables.fact_value({"value": 0}, route)[0] == route.options[0].title
    assert tables.fact_value({"value": None, "words": None, "absence": "not_reported"}, None) == ("未报", "")
    assert tables.fact_value({"value": None, "words": "停产", "absence": None}, None) == ("停产", "")
    assert tables.fact_value({"value": 12}, None) == (12, "")
