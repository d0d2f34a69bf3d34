"""A sheet held against the registry: each rule by itself, over plain values, without a store. Places of faults are cells a person finds again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry_cast import CATALOGUE, DAY, REGIONS, UNITS, A, B, firm, on_key, project
from yunxing.engines.facts.sheet import Book, CellValue, Sheet
from yunxing.engines.registry.compare import ACTIONS, WHOLE_REASON, Outcome, World, compare, rows_of
from yunxing.engines.registry.history import overlaps
from yunxing.engines.registry.parties import Membership, Party
from yunxing.engines.registry.sheets import layout_of, read_sheets

YEAR = date(2022, 1, 1)
BASE: Any = object()


def world(
    parties: list[Party], members: list[Membership] | None = None, *, base: Any = BASE, base_members: Any = BASE, **rest: Any
) -> World:
    """The registry as it is; without another word the sheet was written when it was the same."""
    held = {one.id: one for one in parties}
    now = members or []
    given_base = held if base is BASE else base if base is None else {one.id: one for one in base}
    return World(
        held, now, given_base, now if base_members is BASE else base_members, rest.get("aliases", {}), UNITS, REGIONS, rest.get("day", DAY)
    )


def sheet(*rows: dict[str, CellValue], heads: list[str] | None = None) -> Book:
    """A sheet under the heads that its rows use."""
    names = heads or list(dict.fromkeys(name for row in rows for name in row))
    return Book([Sheet("表", [list(names), *([row.get(name) for name in names] for row in rows)])], name="名单.xlsx")


def held_against(there: World, *rows: dict[str, CellValue], target: str = "key", whole: bool = False) -> Outcome:
    layout = layout_of(CATALOGUE, target)
    return compare(layout, read_sheets(sheet(*rows), layout), CATALOGUE, there, file="名单.xlsx", whole=whole)


def row(id_: str = "P-1", name: str = "合成项目P-1", **rest: CellValue) -> dict[str, CellValue]:
    return {"编号": id_, "名称": name, **rest}


def told(found: Outcome) -> list[tuple[str, str]]:
    return [(one.party, one.action) for one in found.entries]


STANDING = world([project(), project("P-2"), firm()], [on_key(), on_key("P-2")])


# ---- three views of a cell


def test_a_cell_as_it_is_changes_nothing() -> None:
    found = held_against(
        STANDING, row(责任人="合成责任人", 列入日期="2022-01-01"), row("P-2", "合成项目P-2", 责任人="合成责任人", 列入日期="2022-01-01")
    )

    assert told(found) == [("P-1", "unchanged"), ("P-2", "unchanged")]
    assert not found.changes
    assert not found.faults


def test_a_cell_left_as_exported_does_not_take_back_what_another_wrote_since() -> None:
    since = world([project(attributes={"words": "新话"})], [on_key()], base=[project(attributes={"words": "旧话"})])
    found = held_against(since, row(备注="旧话", 列入日期="2022-01-01"))

    assert told(found) == [("P-1", "unchanged")]
    assert not found.parties


def test_a_cell_that_both_sides_changed_is_a_fault_with_all_three_values() -> None:
    since = world([project(attributes={"words": "他改"})], [on_key()], base=[project(attributes={"words": "旧话"})])
    found = held_against(since, row(备注="我改", 列入日期="2022-01-01"))

    (fault,) = found.faults
    assert all(word in fault.found for word in ("我改", "旧话", "他改"))
    assert "C2" in fault.place
    assert "备注" in fault.place
    assert found.blocked
    assert not found.parties


def test_both_sides_writing_the_same_is_no_dispute() -> None:
    since = world([project(attributes={"words": "同话"})], [on_key()], base=[project(attributes={"words": "旧话"})])
    found = held_against(since, row(备注="同话", 列入日期="2022-01-01"))

    assert not found.faults
    assert told(found) == [("P-1", "unchanged")]


def test_without_an_export_the_registry_of_now_is_the_base() -> None:
    plain = world([project(attributes={"words": "旧话"})], [on_key()], base=None, base_members=None)
    found = held_against(plain, row(备注="新话", 列入日期="2022-01-01"))

    assert [one.after for one in found.entries[0].details] == ["新话"]
    assert found.parties[0][0].attributes["words"] == "新话"


def test_an_emptied_cell_takes_the_value_away_and_a_missing_column_leaves_it() -> None:
    held = world([project(attributes={"words": "旧话", "staff": 3})], [on_key()])
    emptied = held_against(held, row(备注=None, 列入日期="2022-01-01"))
    missing = held_against(held, row(列入日期="2022-01-01"))

    assert emptied.parties[0][0].attributes == {"staff": 3}
    assert not missing.changes


def test_a_name_is_never_emptied() -> None:
    found = held_against(STANDING, row(名称=None, 列入日期="2022-01-01"))

    assert found.blocked
    assert any("补填名称" in one.fix for one in found.faults)
    assert not found.parties


def test_a_member_cell_that_both_sides_changed_is_a_fault_too() -> None:
    there = world([project()], [on_key(phone="2")], base_members=[on_key(phone="1")])
    found = held_against(there, row(电话="3", 列入日期="2022-01-01"))

    assert [("3" in one.found, "2" in one.found) for one in found.faults] == [(True, True)]
    kept = held_against(there, row(电话="1", 列入日期="2022-01-01"))
    assert not kept.faults
    assert not kept.members


# ---- who a row is


def test_an_id_given_up_in_a_merge_means_the_party_that_stays() -> None:
    there = world([project()], [on_key()], aliases={"P-0": "P-1"})
    found = held_against(there, row("P-0", "合成项目P-1", 列入日期="2022-01-01", 责任人="合成新人"))

    assert told(found) == [("P-1", "changed")]
    assert found.members[0].attributes["answerable"] == "合成新人"


def test_a_row_without_an_id_is_known_by_its_name_however_written() -> None:
    found = held_against(STANDING, row("", " 合成项目 Ｐ-1 ", 列入日期="2022-01-01"))

    assert [one.party for one in found.entries if one.action != "absent"] == ["P-1"]


def test_a_new_row_of_our_own_kind_gets_the_same_id_every_time() -> None:
    first, again = (held_against(STANDING, row("", "合成新项目", 列入日期="2022-09-01", 责任人="合成甲")) for _ in range(2))

    assert told(first)[0][1] == "new"
    assert first.entries[0].party == again.entries[0].party
    assert first.entries[0].party.startswith("PROJECT-")
    spaced = held_against(STANDING, row("", "合成 新项目", 列入日期="2022-09-01", 责任人="合成甲"))
    assert spaced.entries[0].party == first.entries[0].party


def test_two_parties_of_one_name_are_not_guessed_between() -> None:
    there = world([project("P-1", "同名"), project("P-2", "同名")], [])
    found = held_against(there, row("", "同名", 列入日期="2022-09-01", 责任人="合成甲"))

    assert found.entries[0].party not in ("P-1", "P-2")
    assert found.entries[0].action == "new"


def test_an_enterprise_without_a_code_is_refused_where_the_code_should_stand() -> None:
    found = held_against(world([firm()]), {"编号": None, "名称": "合成没有代码", "列入日期": "2022-01-01"}, target="above_scale")

    assert found.faults[0].found == "空"
    assert "统一社会信用代码" in found.faults[0].expected
    assert "A2" in found.faults[0].place


@pytest.mark.parametrize(
    ("code", "severity", "said"),
    [
        (A, None, ""),
        (A[:-1] + ("8" if A[-1] != "8" else "9"), "warn", "校验位"),
        ("371600000000001", "warn", "旧号列"),
        ("ABC", "block", "18 位"),
        (A + "0", "block", "18 位"),
    ],
)
def test_a_credit_code_is_judged_when_it_is_new(code: str, severity: str | None, said: str) -> None:
    found = held_against(world([]), {"编号": code, "名称": "合成某厂", "列入日期": "2022-01-01", "报送单元": "U1"}, target="above_scale")

    faults = [one for one in found.faults if one.found == code]
    assert [one.severity for one in faults] == ([severity] if severity else [])
    assert all(said in one.expected + one.fix for one in faults)
    assert found.blocked == (severity == "block")


def test_a_registered_code_is_not_judged_again() -> None:
    there = world([firm("371600000000001", "合成旧厂")])
    found = held_against(there, {"编号": "371600000000001", "名称": "合成旧厂改", "列入日期": "2022-01-01"}, target="above_scale")

    assert not found.faults


def test_an_id_of_another_kind_is_refused_by_its_name() -> None:
    found = held_against(STANDING, row(A, "合成", 列入日期="2022-01-01", 责任人="合成甲"))

    assert "已登记为另一类主体" in found.faults[0].found
    assert found.faults[0].expected == "项目"


# ---- what a party may hold


@pytest.mark.parametrize(
    ("cells", "column", "said", "severity"),
    [
        ({"报送单元": "U9"}, "报送单元", "U1 甲县", "block"),
        ({"行政区划": "999999"}, "行政区划", "有效的行政区划代码", "block"),
        ({"业主": "没有"}, "业主", "已登记的编号", "block"),
        ({"承办企业": "没有"}, "承办企业", "已登记的编号", "block"),
        ({"登记止日": "2021-12-31"}, "登记止日", "不早于登记起日", "block"),
        ({"变更生效日": "2021-12-31", "备注": "x"}, "变更生效日", "不早于登记起日", "block"),
    ],
)
def test_what_does_not_fit_is_a_fault_at_its_cell(cells: dict[str, CellValue], column: str, said: str, severity: str) -> None:
    found = held_against(STANDING, row(列入日期="2022-01-01", **cells))

    (fault,) = found.faults
    assert column in fault.place
    assert said in fault.expected
    assert fault.severity == severity
    assert not found.parties


def test_a_region_code_out_of_force_names_the_one_that_followed() -> None:
    found = held_against(STANDING, row(列入日期="2022-01-01", 行政区划="000001"))

    assert found.faults[0].fix == "已改为 000002 甲市"
    before = held_against(
        world([project(valid_from=date(2015, 1, 1))], [on_key()]), row(列入日期="2022-01-01", 行政区划="000001", 变更生效日="2016-01-01")
    )
    assert not before.faults  # on the day from which the change holds the old code was in force


def test_an_industry_outside_the_industrial_divisions_is_accepted_with_a_warning() -> None:
    found = held_against(world([firm()]), {"编号": A, "名称": firm().name, "行业": "99", "列入日期": "2022-01-01"}, target="above_scale")

    assert [one.severity for one in found.faults] == ["warn"]
    assert found.parties[0][0].industry == "99"


def test_a_value_that_was_wrong_before_is_not_held_against_whoever_changes_another() -> None:
    there = world([project(unit="old-unit", region="000001")], [on_key()])
    found = held_against(there, row(列入日期="2022-01-01", 报送单元="old-unit", 行政区划="000001", 备注="改"))

    assert not found.faults
    assert found.parties[0][0].attributes == {"words": "改"}


def test_an_owner_may_stand_in_the_same_workbook() -> None:
    rows = [{"编号": A, "名称": "合成甲厂", "报送单元": "U1"}, {"编号": B, "名称": "合成乙厂", "报送单元": "U1"}]
    found = held_against(world([]), *rows, target="kind:enterprise")

    assert told(found) == [(A, "new"), (B, "new")]
    assert {one.id for one, _since in found.parties} == {A, B}


def test_a_required_column_of_the_kind_is_asked_for_at_the_row() -> None:
    found = held_against(world([]), {"编号": "K-1", "名称": "合成课程", "列入日期": "2022-01-01"}, target="courses")

    assert [(one.found, one.expected) for one in found.faults] == [("空", "课时（学时）")]


def test_the_same_party_twice_in_a_sheet_of_a_kind_is_told_with_both_places() -> None:
    """Two rows of one firm that say different things: neither may win in silence."""
    rows = [{"编号": A, "名称": "合成甲厂", "报送单元": "U1"}, {"编号": A, "名称": "合成丙厂", "报送单元": "U2"}]
    found = held_against(world([]), *rows, target="kind:enterprise")

    assert found.blocked
    assert any("重复" in one.found and "A2" in one.found and "A3" in one.place for one in found.faults)


def test_made_parties_are_marked_so_when_they_are_new() -> None:
    new = held_against(world([]), {"编号": A, "名称": "合成甲厂"}, {"编号": B, "名称": "乙厂"}, target="kind:enterprise")

    assert [one.attributes for one, _since in new.parties] == [{"synthetic": True}, {}]


# ---- terms on the list


def test_a_member_joins_from_the_day_it_says() -> None:
    found = held_against(world([project()]), row(列入日期="2022-03-01", 责任人="合成甲", 电话="1"))

    assert found.members == [Membership("key", "P-1", date(2022, 3, 1), None, "", {"answerable": "合成甲", "phone": "1"})]
    assert told(found) == [("P-1", "joined")]


def test_a_member_without_a_day_of_joining_is_asked_for_it_unless_it_stands_once() -> None:
    standing = held_against(STANDING, row(列入日期=None, 责任人="合成新人"), row("P-2", "合成项目P-2", 列入日期=None, 责任人="合成责任人"))
    asked = held_against(world([project()]), row(列入日期=None, 责任人="合成甲"))

    assert standing.members[0].key == on_key().key
    assert not standing.faults
    assert [one.fix for one in asked.faults] == ["补填列入日期"]


def test_a_member_leaves_on_the_day_and_for_the_reason_given() -> None:
    found = held_against(STANDING, row(列入日期="2022-01-01", 移出日期="2022-08-31", 变动原因="完工"))

    assert found.members == [replace(on_key(), valid_to=date(2022, 8, 31), reason="完工")]
    assert told(found)[0] == ("P-1", "left")


def test_a_term_may_not_end_before_it_begins() -> None:
    found = held_against(STANDING, row(列入日期="2022-01-01", 移出日期="2021-12-31"))

    assert "不早于列入日期" in found.faults[0].expected
    assert not found.members


def test_a_changed_day_of_joining_redates_the_term_and_does_not_add_one() -> None:
    found = held_against(STANDING, row(列入日期="2022-02-01"))

    assert told(found)[0] == ("P-1", "redated")
    assert found.dropped == [on_key()]
    assert [one.valid_from for one in found.members] == [date(2022, 2, 1)]


def test_without_an_export_another_day_is_another_term_and_overlaps() -> None:
    there = world([project()], [on_key()], base=None, base_members=None)
    found = held_against(there, row(列入日期="2022-02-01", 责任人="合成甲"))

    assert any("重叠" in one.found for one in found.faults)
    assert found.blocked


def test_two_rows_of_one_term_are_told_with_both_places() -> None:
    found = held_against(STANDING, row(列入日期="2022-01-01"), row(列入日期="2022-01-01"))

    assert any("重复" in one.found and "A2" in one.found and "A3" in one.place for one in found.faults)


def test_two_terms_that_do_not_meet_are_two_rows() -> None:
    there = world([project()], [on_key(until=date(2022, 3, 31))])
    found = held_against(
        there, row(列入日期="2022-01-01", 移出日期="2022-03-31", 责任人="合成责任人"), row(列入日期="2022-06-01", 责任人="合成甲")
    )

    assert not found.faults
    assert [one.valid_from for one in found.members] == [date(2022, 6, 1)]


def test_the_list_above_scale_has_rules_of_its_own() -> None:
    rows = {"编号": A, "名称": firm().name, "列入日期": "2022-05-01", "变动原因": "升规"}
    found = held_against(world([firm()]), rows, target="above_scale")

    assert [one.severity for one in found.faults] == ["warn"]
    assert "1月1日" in found.faults[0].expected
    refused = held_against(world([firm()]), {**rows, "变动原因": "长大了"}, target="above_scale")
    assert refused.blocked


# ---- the whole list


def test_a_member_the_sheet_leaves_out_stays_unless_the_sheet_is_the_whole_list() -> None:
    part = held_against(STANDING, row(列入日期="2022-01-01"))
    whole = held_against(STANDING, row(列入日期="2022-01-01"), whole=True)

    assert told(part) == [("P-1", "unchanged"), ("P-2", "absent")]
    assert not part.changes
    assert told(whole) == [("P-1", "unchanged"), ("P-2", "left")]
    assert whole.members == [replace(on_key("P-2"), valid_to=DAY - timedelta(days=1), reason=WHOLE_REASON)]


def test_who_joined_on_the_day_itself_is_not_ended_before_it_began() -> None:
    there = world([project(), project("P-2")], [on_key(), on_key("P-2", since=DAY)])
    found = held_against(there, row(列入日期="2022-01-01"), whole=True)

    assert told(found)[1] == ("P-2", "absent")
    assert not found.members


def test_an_empty_sheet_is_not_taken_for_an_empty_list() -> None:
    layout = layout_of(CATALOGUE, "key")
    empty = read_sheets(sheet(heads=["编号", "名称", "列入日期"]), layout)
    found = compare(layout, empty, CATALOGUE, STANDING, file="x.xlsx", whole=True)

    assert found.entries == []
    assert not found.changes


def test_a_row_with_a_fault_does_not_make_its_party_leave() -> None:
    found = held_against(STANDING, row(列入日期="2022-01-01", 报送单元="U9"), row("P-2", "合成项目P-2", 列入日期="2022-01-01"), whole=True)

    assert [one.party for one in found.entries] == ["P-2"]
    assert found.blocked


def test_a_past_member_left_out_is_no_matter() -> None:
    there = world([project(), project("P-2")], [on_key(), on_key("P-2", until=date(2022, 5, 1))])

    assert told(held_against(there, row(列入日期="2022-01-01"), whole=True)) == [("P-1", "unchanged")]


# ---- counts, order, properties


def test_counts_name_every_action_and_tell_faults_from_warnings() -> None:
    found = held_against(STANDING, row(列入日期="2022-01-01", 备注="改"), row("P-2", "合成项目P-2", 列入日期="2022-01-01", 报送单元="U9"))

    assert set(found.counts) == {*ACTIONS, "faults", "warnings"}
    assert (found.counts["changed"], found.counts["faults"], found.counts["warnings"]) == (1, 1, 0)


def test_every_fault_of_every_row_is_told_at_once() -> None:
    rows = [row(f"P-{n}", f"合成{n}", 列入日期="2022-01-01", 责任人="合成甲", 报送单元="U9", 业主="没有") for n in range(10, 15)]
    found = held_against(world([]), *rows)

    assert sum("U9" in one.found for one in found.faults) == 5
    assert sum("没有" in one.found for one in found.faults) == 5
    assert [one.place.split(" ")[1][:2] for one in found.faults if "U9" in one.found] == ["E2", "E3", "E4", "E5", "E6"]


def test_rows_go_out_in_the_order_of_units_and_names() -> None:
    parties = {one.id: one for one in (project("P-1", "丙", unit="U2"), project("P-2", "乙"), project("P-3", "甲"))}
    members = [on_key(one) for one in ("P-1", "P-2", "P-3", "P-9")] + [on_key("P-2", since=date(2020, 1, 1), until=date(2020, 6, 1))]

    now = [(party.id, member.valid_from) for party, member in rows_of(parties, members, DAY)]
    ever = [(party.id, member.valid_from) for party, member in rows_of(parties, members, None)]
    assert [id_ for id_, _day in now] == [one.id for one in sorted((parties[id_] for id_, _ in now), key=lambda one: (one.unit, one.name))]
    assert len(now) == 3
    assert len(ever) == 4
    assert ever.index(("P-2", date(2020, 1, 1))) < ever.index(("P-2", YEAR))


days = st.integers(0, 270).map(lambda n: YEAR + timedelta(days=n))
lines = st.lists(
    st.tuples(st.sampled_from(["P-1", "P-2", "P-3"]), days, st.none() | days, st.sampled_from(["甲", "乙"]), st.sampled_from([None, "话", "别的话"])),
    max_size=6,
)  # fmt: skip


def applied(there: World, found: Outcome) -> World:
    """The registry after the outcome: what the store would hold."""
    gone = {one.key for one in found.dropped}
    members = {one.key: one for one in there.members if one.key not in gone} | {one.key: one for one in found.members}
    parties = dict(there.parties) | {party.id: party for party, _since in found.parties}
    return replace(there, parties=parties, members=list(members.values()), base_parties=None, base_members=None)


@settings(max_examples=60, deadline=None)
@given(lines, st.booleans())
def test_what_is_not_refused_is_lawful_and_a_second_time_changes_nothing(given_lines: Any, whole: Any) -> None:
    """Whatever a person types: either a fault blocks, or no two terms of a party overlap afterwards and the same sheet again writes nothing."""
    there = world([project(), project("P-2")], [on_key(), on_key("P-2", until=date(2022, 3, 1))], base=None, base_members=None)
    rows = [
        {"编号": id_, "名称": f"合成项目{id_}", "列入日期": first, "移出日期": last, "责任人": who, "备注": words}
        for id_, first, last, who, words in given_lines
    ]
    found = held_against(there, *rows, whole=whole) if rows else held_against(there, row(列入日期="2022-01-01"))
    if found.blocked:
        assert all(one.place for one in found.faults if one.severity == "block")
        return
    after = applied(there, found)

    assert overlaps(after.members) == []
    assert all(one.valid_to is None or one.valid_from <= one.valid_to for one in after.members)
    again = held_against(after, *rows, whole=whole) if rows else held_against(after, row(列入日期="2022-01-01"))
    assert not again.blocked
    assert not again.dropped
    assert not again.parties
