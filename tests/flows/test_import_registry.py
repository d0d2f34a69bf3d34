"""The registry: dated parties and rosters, taken in whole or not at all, the same twice changing nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from facts_cast import CATALOGUE, PARTIES, UNITS, A, B, party
from yunxing.engines.facts.sheet import Book, Sheet
from yunxing.engines.registry.parties import ITEMS, Membership, Party, on_roster
from yunxing.flows.import_registry import MEMBER, PARTY, import_registry, is_registry
from yunxing.io.books import read_book, write_book
from yunxing.io.store import dialect, registry
from yunxing.values.errors import BadInput

FIRM = (A, "enterprise", "合成铝业", "合成铝业", "371681", "371681", "32", "large", "", "2010-01-01", "", '{"synthetic": true}')
SITE = ("COAL-01", "site", "合成电厂", "", "BZ-BH", "371623", "44", "", A, date(2020, 1, 1), date(2030, 1, 1), "")
ROSTERS = [("above_scale", A, "2015-03-01", "", "升规"), ("coal_sites", "COAL-01", "2020-01-01", "2022-06-30", "退规")]


def workbook(folder: Path, firms: list[Any], rosters: list[Any], name: str = "registry.xlsx") -> Path:
    path = folder / name
    write_book(
        Book([Sheet("主体", [["合成数据"], list(PARTY), *map(list, firms)]), Sheet("名录", [list(MEMBER), *map(list, rosters)])]), path
    )
    return path


def test_parties_and_rosters_are_taken_in(home, connection, tmp_path):
    done = import_registry(home, [workbook(tmp_path, [FIRM, SITE], ROSTERS)], UNITS, CATALOGUE)

    assert done.parties == (2, 0, 0)
    assert done.memberships == (2, 0, 0)
    parties = registry.read_parties(connection)
    assert parties[A].attributes == {"synthetic": True}
    assert (parties["COAL-01"].parent, parties["COAL-01"].valid_to) == (A, date(2030, 1, 1))
    assert registry.read_memberships(connection, roster="above_scale") == [Membership("above_scale", A, date(2015, 3, 1), None, "升规")]


def test_the_same_registry_twice_changes_nothing_and_a_change_is_one(home, tmp_path):
    import_registry(home, [workbook(tmp_path, [FIRM, SITE], ROSTERS)], UNITS, CATALOGUE)

    again = import_registry(home, [workbook(tmp_path, [FIRM, SITE], ROSTERS)], UNITS, CATALOGUE)
    changed = import_registry(
        home, [workbook(tmp_path, [(*FIRM[:6], "31", *FIRM[7:])], [(*ROSTERS[0][:3], "2022-05-31", "退规")])], UNITS, CATALOGUE
    )

    assert (again.parties, again.memberships) == ((0, 0, 2), (0, 0, 2))
    assert (changed.parties, changed.memberships) == ((0, 1, 0), (0, 1, 0))


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("kind", "firm", "enterprise"),
        ("unit", "999999", "填报单位代码"),
        ("valid_from", "", "日期"),
        ("valid_to", "2001-01-01", "不早于 2010-01-01"),
        ("valid_to", "soon", "或空"),
        ("attributes", "{broken", "JSON"),
        ("attributes", "[1]", "JSON 对象"),
        ("name", "", "不能为空"),
        ("id", "9137160012345", "统一社会信用代码"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_written(home, connection, tmp_path, column, value, said):
    wrong = list(FIRM)
    wrong[PARTY.index(column)] = value

    with pytest.raises(BadInput) as refused:
        import_registry(home, [workbook(tmp_path, [SITE, wrong], [])], UNITS, CATALOGUE)

    assert said in str(refused.value)
    assert "工作表“主体”" in str(refused.value)
    assert registry.read_parties(connection) == {}


def test_all_faults_come_at_once(home, tmp_path):
    with pytest.raises(BadInput) as refused:
        import_registry(
            home, [workbook(tmp_path, [(*FIRM[:1], "x", *FIRM[2:4], "y", *FIRM[5:])], [("nolist", A, "x", "", "")])], UNITS, CATALOGUE
        )

    assert len(refused.value.faults) == 4


def test_a_wrong_check_digit_warns_and_does_not_stop(home, tmp_path):
    """Early pilot codes break the rule and are lawful (GB 32100)."""
    done = import_registry(home, [workbook(tmp_path, [(A[:-1] + "0", *FIRM[1:])], [])], UNITS, CATALOGUE)

    assert done.parties.added == 1
    assert "校验位" in str(done.warnings[0])


def test_a_roster_names_only_known_parties(home, connection, tmp_path):
    with pytest.raises(BadInput, match="已登记的主体"):
        import_registry(home, [workbook(tmp_path, [FIRM], [("above_scale", B, "2015-03-01", "", "")])], UNITS, CATALOGUE)
    assert registry.read_memberships(connection) == []


def test_a_party_twice_is_refused(home, tmp_path):
    with pytest.raises(BadInput, match="一个主体一行"):
        import_registry(home, [workbook(tmp_path, [FIRM, FIRM], [])], UNITS, CATALOGUE)


def test_a_workbook_that_is_no_registry_is_told(home, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")

    assert not is_registry(read_book(path))
    with pytest.raises(BadInput, match="没有名录表"):
        import_registry(home, [path], UNITS, CATALOGUE)


def test_dates_include_both_ends():
    member = Membership("above_scale", A, date(2022, 1, 1), date(2022, 6, 30))

    assert [member.valid_on(day) for day in (date(2021, 12, 31), date(2022, 1, 1), date(2022, 6, 30), date(2022, 7, 1))] == [
        False,
        True,
        True,
        False,
    ]
    assert on_roster([member, Membership("panel_100", B, date(2022, 1, 1))], "above_scale", date(2022, 3, 1)) == {A}
    ended = party("X", valid_to=date(2022, 6, 30))
    assert [ended.valid_on(day) for day in (date(2009, 1, 1), date(2022, 6, 30), date(2022, 7, 1))] == [False, True, False]


def test_parties_are_picked_by_kind_and_day(connection):
    registry.write_parties(connection, PARTIES.values())

    assert list(registry.read_parties(connection, kind="project")) == ["P-001"]
    assert "OLD" in registry.read_parties(connection, on=date(2021, 12, 31))
    assert "OLD" not in registry.read_parties(connection, on=date(2022, 1, 1))
    assert registry.read_memberships(connection, on=date(2022, 1, 1)) == []


def test_a_failure_in_the_middle_leaves_nothing(connection, monkeypatch):
    """Parties and memberships stand in one transaction."""
    sound = dialect.executemany

    def breaking(opened: Any, sql: str, rows: Any) -> None:
        sound(opened, sql, rows)
        raise RuntimeError("cut")

    monkeypatch.setattr(dialect, "executemany", breaking)
    with pytest.raises(RuntimeError, match="cut"):
        registry.write_parties(connection, PARTIES.values())
    monkeypatch.undo()
    assert registry.read_parties(connection) == {}


def test_the_django_models_and_the_sql_name_the_same_columns(connection):
    """The desk's migrations own the schema; the SQL of io/store must not drift from it."""
    from dataclasses import fields

    from yunxing.io.store.submissions import Import, Submission

    for table, kind in (
        ("reporting_party", Party),
        ("reporting_membership", Membership),
        ("reporting_submission", Submission),
        ("reporting_import", Import),
    ):
        columns = {row[1] for row in dialect.rows(connection, f"pragma table_info({table})")} - {"id", "folded", "initials"}
        assert columns == {field.name for field in fields(kind)} - {"id"}
        assert all(len(name) <= 30 and name == name.lower() for name in columns)


def test_every_column_of_a_party_carries_its_marks():
    from dataclasses import fields

    assert [item.id for item in ITEMS] == [field.name for field in fields(Party)]
    assert all(1 <= item.level <= 4 and item.retain and item.origin and item.source and item.title_en for item in ITEMS)


def test_attributes_survive_the_store(connection):
    plain = {"total_investment_fen": 41_800_000_000_00, "named": None, "annual_plans_fen": {"2022": 5}}
    registry.write_parties(connection, [replace(PARTIES["P-001"], attributes=plain)])

    assert registry.read_parties(connection)["P-001"].attributes == json.loads(json.dumps(plain))
