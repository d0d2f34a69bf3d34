"""The source of a figure: its formula with the numbers in it, the cells behind it, in the units of the form, and only those one may see."""

from __future__ import annotations

import pytest

from desk.room.month_cast import MONTH, SPAN, fact
from yunxing.desk.room import figure_pages
from yunxing.desk.room.enterprise_page import enterprise_page

pytestmark = pytest.mark.django_db
CITY = f"output_growth/city/city/{SPAN}/cumulative_yoy"


def page_of(month, key, member="command"):
    return figure_pages.figure_page(month.board, month.pack, month.scopes[member], key)


def test_the_whole_page_of_the_citys_growth(month):
    """Value, formula with numbers, proof by adding up again, and the sixteen reported values of eight enterprises."""
    page = page_of(month, CITY)
    lines = dict(page["lines"])

    assert (page["value"], page["unit"], page["period"], page["statistic"]) == ("-1.9", "%", "2022年1—9月", "累计同比")
    assert lines["代入数字"] == "100 ×（7,850,000,000 − 8,000,000,000）÷ 8,000,000,000（以分计）".replace(
        "7,850,000,000", "785,000,000"
    ).replace("8,000,000,000", "800,000,000")
    assert lines["重新加总"].startswith("●")
    assert lines["覆盖面"] == "90.0%"
    assert lines["编号"] == CITY
    assert page["fact_count"] == len(page["facts"]) == 16
    assert page["facts_note"] == ""


def test_values_are_printed_in_the_forms_unit_with_the_items_title(month):
    """Never the raw stored integer: 80 万元, of which item, which side, which cell."""
    rows = [row for row in page_of(month, CITY)["facts"] if row["party"] == "企业E1"]

    assert [(row["item"], row["value"]) for row in rows] == [("工业总产值 · 累计", "80 万元"), ("工业总产值 · 累计 · 上年同期", "100 万元")]
    assert rows[0]["period"] == "2022年1—9月"
    assert (rows[0]["sheet"], rows[0]["cell"], rows[0]["known_at"]) == ("运行月报", "F7", "2022-10-07")


def test_a_county_sees_its_own_values_and_the_number_of_the_others(month):
    """Eight values of its four enterprises; the other eight are counted without a name."""
    page = page_of(month, CITY, "county")

    assert {row["party"] for row in page["facts"]} == {"企业E1", "企业E2", "企业E3", "企业E4"}
    assert page["fact_count"] == 16
    assert "8" in page["facts_note"]
    assert page_of(month, CITY, "analyst")["facts"] == []


@pytest.mark.parametrize("member", ["county", "analyst", "bureau", "enterprise"])
def test_anothers_figure_does_not_exist(month, member):
    """A party or a cell out of sight gives the same answer as one that was never there."""
    assert page_of(month, f"stop_days/party/E5/{MONTH}/value", member) is None
    assert page_of(month, f"output_growth/cell/{month.units[1]}.26/{MONTH}/yoy", member) is None
    assert page_of(month, f"stop_days/party/E99/{MONTH}/value", member) is None


def test_a_unit_of_one_enterprise_shows_the_word_and_no_number(month):
    """「保密」, with the reason, no formula and no value; command staff sees the figure."""
    key = f"output_growth/unit/{month.units[2]}/{SPAN}/cumulative_yoy"
    page, whole = page_of(month, key, "county"), page_of(month, key, "command")

    assert page["value"] == "保密"
    assert [name for name, _ in page["lines"]] == ["为什么没有数"]
    assert page["facts"] == []
    assert "50" not in str(page["lines"])
    assert whole["value"] == "-50.0"


def test_an_absent_figure_says_why(month):
    """No value, and the reason that was stored; the earlier period is traced in its own month."""
    page = page_of(month, "output_growth/city/city/2022-01..06/cumulative_yoy")

    assert page["value"] == "未报"
    assert dict(page["lines"])["为什么没有数"] == "本月未报"
    assert "2022年6月" in page["elsewhere"]["words"]
    assert page["elsewhere"]["href"] == ""


def test_a_partys_own_figure(month):
    """Its county opens it: the value of the month and its one cell."""
    page = page_of(month, f"stop_days/party/E1/{MONTH}/value", "county")

    assert (page["value"], page["unit"], page["scope_title"]) == ("22.0", "天", "企业E1")
    assert [row["value"] for row in page["facts"]] == ["22 天"]


def test_a_share_has_no_cells_and_says_so(month):
    """Completeness follows from the record of submissions."""
    page = page_of(month, f"completeness/city/city/{MONTH}/share")

    assert page["facts"] == []
    assert "报送记录" in page["facts_note"]
    assert dict(page["lines"])["代入数字"] == "100 × 7 ÷ 8"


def test_in_english_nothing_of_the_frame_is_chinese(month, in_english):
    """Titles, units and words of the page are English; what remains Chinese are names and the sheet's."""
    page = page_of(month, CITY)

    assert page["period"] == "January–September 2022"
    assert page["facts"][0]["item"] == "Gross industrial output · cumulative"
    assert page["facts"][0]["value"] == "80 ten thousand yuan"
    assert dict(page["lines"])["Source of the data"] != "" if "Source of the data" in dict(page["lines"]) else True


def test_absent_values_and_choices_and_unknown_items(month):
    """An absence is its word, a date a date, a choice its title, an item the form no longer has keeps its id and its number."""
    forms = figure_pages.forms_of(month.pack.folder)
    shown = lambda **plain: figure_pages.printed_fact(fact("E1", **plain), forms, month.board.parties)

    assert shown(item="output", value=None, period=SPAN, reported="cumulative")["value"] == "未报"
    assert shown(item="gone", value=1234, period=MONTH, reported="month")["value"] == "1,234"
    assert shown(item="gone", value=1234, period=MONTH, reported="month")["item"] == "gone · 当月"
    assert shown(form="growth_point_month", item="admitted_on", value=19000, period=MONTH, reported="event")["value"] == "2022-01-08"
    assert (
        shown(form="growth_point_month", item="route", value=0, period=MONTH, reported="event")["value"]
        == forms["growth_point_month"].item("route").options[0].title
    )


def test_every_statistic_of_the_contract_has_a_word():
    """A statistic without a word shows its own name rather than failing."""
    assert figure_pages.stat_word("cumulative_yoy") == "累计同比"
    assert figure_pages.stat_word("bridge_entry") == "bridge_entry"


def test_an_enterprises_page_holds_its_own_values_only(month):
    """Three reported values of E1, one of them absent; nothing of anyone else; without a month an empty page."""
    page = enterprise_page(month.board, month.pack, month.scopes["enterprise"])
    rows = [row for form in page["forms"] for row in form["rows"]]

    assert page["heading"] == "企业E1"
    assert {row["party"] for row in rows} == {"企业E1"}
    assert [row["value"] for row in rows] == ["80 万元", "100 万元", "未报", "22 天"]
    assert enterprise_page(None, month.pack, month.scopes["enterprise"])["forms"] == []
    assert enterprise_page(month.board, month.pack, month.scopes["command"])["forms"] == []
