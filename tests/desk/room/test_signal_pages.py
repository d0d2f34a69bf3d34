"""Signals as pages show them: who sees which, under which name, why, and who pulled the figure down."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from desk.room.month_cast import MONTH, SPAN
from yunxing.desk.room import signal_pages
from yunxing.desk.room.signal_pages import Filters
from yunxing.desk.scoping import acting_in
from yunxing.values.scope import ALL, Scope


def seen_by(month, member, **filters):
    return signal_pages.signals_of(month.board, month.pack, month.scopes[member], Filters(**filters) if filters else None)


def plain_of(month, name):
    return next(one for one in seen_by(month, "command") if one["id"] == name)


@pytest.mark.parametrize(
    ("member", "expected"),
    [
        ("command", {"S-city", "S-cell", "S-own", "S-other"}),
        ("analyst", {"S-city", "S-cell", "S-own", "S-other"}),
        ("county", {"S-city", "S-cell", "S-own"}),
        ("bureau", {"S-city", "S-cell", "S-other"}),
    ],
)
def test_who_sees_which_signal(month, member, expected):
    """The city's everyone at a desk; a unit's, a cell's and a party's those who see it, and the office that answers for it."""
    assert {one["id"] for one in seen_by(month, member)} == expected


def test_another_county_sees_neither_the_cell_nor_the_enterprise(month):
    """A cell is one industry in one unit: it belongs to that unit and to nobody else."""
    other = Scope(frozenset({month.units[1]}), frozenset(), ALL, 3, "other")
    found = signal_pages.signals_of(month.board, month.pack, other)

    assert {one["id"] for one in found} == {"S-city", "S-other"}


def test_the_worst_stand_first(month):
    """Severity before age before name."""
    severities = [one["severity"] for one in seen_by(month, "command")]

    assert severities == sorted(severities, reverse=True)
    assert [one["light"] for one in seen_by(month, "command")] == ["red", "amber", "amber", "amber"]


def test_an_analyst_reads_no_enterprises_name(month):
    """City data without names: the party's name is gone from the words and from the line under them; for its office and its county it stands."""
    for one in seen_by(month, "analyst"):
        assert "企业E" not in one["words"] + one["scope_title"]
    own = {one["id"]: one for one in seen_by(month, "analyst")}["S-own"]
    assert own["words"] == "某单位：停产22天"
    assert {one["id"]: one for one in seen_by(month, "county")}["S-own"]["scope_title"] == "企业E1"
    assert {one["id"]: one for one in seen_by(month, "bureau")}["S-other"]["scope_title"] == "企业E5"


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"kind": "incipient"}, {"S-own", "S-other"}),
        ({"light": "red"}, {"S-cell"}),
        ({"kind": "trend", "light": "amber"}, set()),
        ({"kind": "no such kind"}, set()),
        ({"kind": ""}, {"S-city", "S-cell", "S-own", "S-other"}),
    ],
)
def test_filters_only_take_away(month, filters, expected):
    """Each filter keeps what it names; an empty one keeps all; what is unknown keeps nothing and is no error."""
    assert {one["id"] for one in seen_by(month, "command", **filters)} == expected


def test_the_area_filter_keeps_the_units_cells_and_parties(month):
    """The first unit has the cell and its enterprise; the city's signal is not of an area."""
    assert {one["id"] for one in seen_by(month, "command", area=month.units[0])} == {"S-cell", "S-own"}


def test_titles_of_scopes(month):
    """City, unit, industry, cell and party by name; a stranger keeps its id."""
    title = lambda kind, scope: signal_pages.scope_title(month.pack, kind, scope, month.board.parties)
    unit = month.pack.regions.units[0]

    assert title("city", "city") == month.pack.document.place
    assert title("unit", unit.id) == unit.name
    assert title("cell", f"{unit.id}.26") == f"{unit.name} · {title('industry', '26')}"
    assert title("party", "E1") == "企业E1"
    assert title("party", "nobody") == "nobody"


def test_titles_of_scopes_in_english(month, in_english):
    """Units and industries have an English name; an enterprise's stays."""
    title = signal_pages.scope_title(month.pack, "cell", f"{month.units[0]}.26", month.board.parties)

    assert title.isascii() or "·" in title
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in title)


def test_evidence_links_only_to_what_the_person_may_open(month):
    """The value leads to its source; the threshold is the rule's own and leads nowhere; out of scope there is no link."""
    cell = plain_of(month, "S-cell")
    rows = signal_pages.evidence_of(cell, month.board, month.scopes["command"])
    hidden = signal_pages.evidence_of(cell, month.board, month.scopes["bureau"])

    assert [bool(row["href"]) for row in rows] == [True, True, True, False]
    assert rows[-1]["title"] == "触发线"
    assert rows[-1]["period"] == ""
    assert rows[0]["comparison"] == "低于 0%"
    assert rows[0]["period"] == "2022年9月"
    assert [row["href"] for row in hidden] == [""] * 4
    assert [row["value"] for row in hidden] == [row["value"] for row in rows]


@pytest.mark.parametrize(
    ("key", "member", "opens"),
    [
        (f"output_growth/city/city/{SPAN}/cumulative_yoy", "county", True),
        (f"stop_days/party/E1/{MONTH}/value", "county", True),
        (f"stop_days/party/E5/{MONTH}/value", "county", False),
        (f"stop_days/party/E1/{MONTH}/value", "analyst", False),
        (f"output_growth/cell/{{first}}.26/{MONTH}/yoy", "county", True),
        (f"output_growth/cell/{{second}}.26/{MONTH}/yoy", "county", False),
        (f"output_growth/cell/{{first}}.26/{MONTH}/yoy", "enterprise", False),
        (f"output_growth/cell/{{first}}.26/{MONTH}/yoy", "command", True),
        ("unknown/city/city/2022-09/value", "command", False),
        ("output_growth/city", "command", False),
    ],
)
def test_who_may_open_a_figures_source(month, key, member, opens):
    """Published totals everyone; cells and parties who sees all of the unit or that party; a guess opens nothing."""
    named = key.format(first=month.units[0], second=month.units[1])

    assert signal_pages.may_open(month.board, named, month.scopes[member]) is opens


def test_the_rule_stands_in_words_with_its_numbers(month):
    """What is compared, with what, how many periods running, and the present value."""
    assert (
        signal_pages.rule_sentence(plain_of(month, "S-cell"), month.board)
        == "规则：产值增速低于 0%，自2022年7月起期期如此。本期 -15.0%，触发。"
    )
    assert "连续" not in signal_pages.rule_sentence(plain_of(month, "S-own"), month.board)
    assert signal_pages.rule_sentence({"evidence": json.dumps({"figures": [], "contributions": []})}, month.board) == ""


def test_the_proposed_case_has_its_earliest_day(month, db):
    """Of two clocks the nearer; no case, no words; no link before the store has the case."""
    with acting_in(month.scopes["command"]):
        shown = signal_pages.case_of(plain_of(month, "S-cell"), month.board)
        assert shown == {"title": "季约谈提请", "due": "2022-11-01", "href": "", "waiting": ""}
        assert signal_pages.case_of(plain_of(month, "S-city"), month.board) == {}


def test_contributions_add_up_to_the_whole(month):
    """Two named enterprises, three others; the printed parts and the total are the exact sums, rounded for print."""
    rows, note = signal_pages.contributions_of(plain_of(month, "S-cell"), month.board, month.scopes["command"])

    assert [(row["title"], row["points"]) for row in rows] == [("企业E1", "-10.00"), ("企业E2", "-5.00")]
    assert note == "以上 2 户合计拉动 -15.00 个百分点，其余 3 户合计 -0.25 个百分点，全部 -15.25 个百分点。"


def test_who_sees_no_enterprise_gets_no_list_of_them(month):
    """Neither names nor sums of names."""
    assert signal_pages.contributions_of(plain_of(month, "S-cell"), month.board, month.scopes["bureau"]) == ([], "")


def test_without_evidence_of_its_own_the_stored_contributions_serve(month):
    """The city's growth: every enterprise of the table; a county names its own four and counts the others."""
    plain = {
        "evidence": json.dumps({"figures": [], "contributions": []}),
        "indicator": "output_growth",
        "period": SPAN,
        "scope_kind": "city",
        "scope": "city",
    }
    everyone, note = signal_pages.contributions_of(plain, month.board, month.scopes["command"])
    own, own_note = signal_pages.contributions_of(plain, month.board, month.scopes["county"])
    of_unit, _note = signal_pages.contributions_of(
        {**plain, "scope_kind": "unit", "scope": month.units[1]}, month.board, month.scopes["command"]
    )

    assert len(everyone) == 8
    assert sum(Fraction(row["points"]) for row in everyone) == pytest.approx(Fraction(-15, 8), abs=0.05)
    assert "-1.88" in note
    assert "-1.88" in own_note
    assert {row["title"] for row in own} == {"企业E1", "企业E2", "企业E3", "企业E4"}
    assert {row["title"] for row in of_unit} == {"企业E5", "企业E6", "企业E7"}
