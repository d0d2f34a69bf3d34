"""升规纳统: the line by date, candidates, and what cannot stand in a firm's history of the list."""

from __future__ import annotations

from datetime import date

import pytest

from registry_cast import CATALOGUE, DAY
from yunxing.engines.registry.lifecycle import ENTRY, EXIT, STAGES, candidates, faults, stage
from yunxing.engines.registry.parties import REASONS, Membership
from yunxing.values.errors import BadInput

WAN = 10**6
LINE = CATALOGUE.threshold(DAY)


def term(first: date, last: date | None = None, reason: str = "", **attributes: str) -> Membership:
    return Membership("above_scale", "F", first, last, reason, attributes)


def test_the_line_holds_from_its_day_on():
    told = {day: CATALOGUE.threshold(day) for day in (date(2006, 12, 31), date(2007, 1, 1), date(2010, 12, 31), date(2011, 1, 1))}

    assert told[date(2006, 12, 31)] is None
    assert [one.revenue // WAN for one in told.values() if one] == [500, 500, 2000]


@pytest.mark.parametrize(
    ("members", "revenue", "found"),
    [
        ([], None, "outside"),
        ([], 1600 * WAN - 1, "outside"),
        ([], 1600 * WAN, "candidate"),
        ([], 9000 * WAN, "candidate"),  # past the line and not on the list: never above by itself
        ([term(date(2022, 1, 1))], 0, "above"),
        ([term(date(2022, 10, 1))], 0, "outside"),
        ([term(date(2020, 1, 1), date(2022, 9, 30), "退规")], 0, "above"),  # the last day is included
        ([term(date(2020, 1, 1), date(2022, 9, 29), "退规")], 0, "out"),
        ([term(date(2020, 1, 1), date(2021, 12, 31), "退规")], 1700 * WAN, "candidate"),
    ],
)
def test_where_a_firm_stands(members, revenue, found):
    assert stage(members, DAY, revenue, LINE) == found
    assert STAGES[found][0]


def test_candidates_are_told_by_how_much_is_missing_and_who_reached_it_comes_first():
    revenues = {"a": 2000 * WAN, "b": 1999 * WAN, "c": 1600 * WAN, "d": 1600 * WAN - 1, "e": 9000 * WAN}
    assert LINE is not None
    found = candidates(revenues, frozenset({"e"}), LINE)

    assert [(one.party, one.missing // WAN, one.reached) for one in found] == [("a", 0, True), ("b", 1, False), ("c", 400, False)]


@pytest.mark.parametrize(
    ("members", "said", "severity"),
    [
        ([term(date(2021, 1, 1)), term(date(2022, 1, 1))], "重叠", "block"),
        ([term(date(2021, 1, 1), date(2021, 6, 1), "随便")], "退库原因", "block"),
        ([term(date(2022, 1, 1), None, "", entry="长大了")], "入库原因", "block"),
        ([term(date(2022, 5, 1), None, "升规")], "1月1日", "warn"),
        ([term(date(2020, 1, 1), date(2020, 12, 31), "注销"), term(date(2022, 1, 1), None, "升规")], "又列入", "block"),
    ],
)
def test_what_cannot_be_is_told(members, said, severity):
    (fault,) = faults(members)

    assert said in fault.found + fault.expected
    assert fault.severity == severity


def test_a_lawful_life_has_no_fault():
    life = [
        term(date(2015, 6, 1), date(2018, 12, 31), "退规", entry="新投产"),
        term(date(2020, 1, 1), date(2021, 3, 31), "地区变更", entry="升规"),
        term(date(2021, 4, 1), None, "地区变更"),
    ]
    assert faults(life) == []
    assert set(ENTRY) | set(EXIT) == set(REASONS) - {""}


def test_an_unknown_list_or_kind_is_refused_with_the_nearest():
    with pytest.raises(BadInput, match="是不是 courses"):
        CATALOGUE.roster("course")
    with pytest.raises(BadInput, match="是不是 project"):
        CATALOGUE.kind("projct")
    assert CATALOGUE.roster("培训目录").id == "courses"
    assert CATALOGUE.owned_by(frozenset({"DRC", "HRS"})) == {"key", "courses"}
    assert CATALOGUE.open_kinds == {"course"}
