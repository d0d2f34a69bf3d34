"""Kinds and rosters written by a pack from nothing: what each line becomes, and every way in which a line can be wrong, told at its line and all at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from yunxing.engines.registry.sheets import layout_of
from yunxing.packs.city_lists import FILE as CITY
from yunxing.packs.city_lists import load_city_lists
from yunxing.packs.registers import FILE, load_registers
from yunxing.packs.strict import PackFault
from yunxing.values.errors import BadInput

PLAN = Path(__file__).parents[2] / "plans" / "binzhou_2022_156"
GOOD = """
[[kind]]
id = "bank"
title = "银行"
title_en = "Bank"
open_to = "desk"
common = ["short_name"]

[[above_scale]]
since = 2011-01-01
revenue = "2000 万元"
source = "某办法"

[[above_scale]]
since = 2007-01-01
revenue = "500 万元"
source = "某旧办法"

[[list]]
id = "banks"
title = "银行名录"
title_en = "Banks"
party = "bank"
owner = "LFS"
clause = "1/1"
level = 1
personal = false
origin = "administrative"
retain = "5 年"
group = "金融"
expected = 12

[[item]]
party = "bank"
id = "loans"
title = "贷款余额"
title_en = "Loans"
type = "money"
level = 2
personal = false
origin = "administrative"
retain = "5 年"
source = "collect"

[[item]]
list = ["banks"]
id = "grade"
title = "等级"
title_en = "Grade"
type = "choice"
level = 2
personal = false
origin = "administrative"
retain = "5 年"
source = "collect"
choice = [{ id = "a", title = "甲", title_en = "A" }, { id = "b", title = "乙", title_en = "B" }]

[[item]]
list = ["banks"]
id = "partner"
title = "合作企业"
title_en = "Partner"
type = "party"
of = "enterprise"
level = 2
personal = false
origin = "administrative"
retain = "5 年"
source = "collect"
"""
LIST = """
[[list]]
roster = "banks"
assumption = "made up"
names = ["甲行", "乙行"]
joined = [2022-01-10]
values = { loans = "10..20", grade = ["a", "b"] }
"""


def written(folder: Path, text: str = GOOD, city: str = "") -> Path:
    (folder / "lists").mkdir(exist_ok=True)
    (folder / FILE).write_text(text, encoding="utf-8")
    if city:
        (folder / CITY).write_text(city, encoding="utf-8")
    return folder


def refused(folder: Path, text: str) -> str:
    with pytest.raises(PackFault) as told:
        load_registers(written(folder, text))
    return str(told.value)


def test_a_kind_of_its_own_stands_beside_the_built_in_ones(tmp_path: Path) -> None:
    found = load_registers(written(tmp_path))

    assert list(found.kinds) == ["enterprise", "project", "site", "office", "bank"]
    assert found.open_kinds >= {"bank", "office"}
    assert [(one.id, one.common) for one in found.kinds["bank"].columns] == [("short_name", True), ("loans", False)]
    assert found.kinds["bank"].columns[1].head == "贷款余额（万元）"
    assert found.kind("bank").code == "own"


def test_a_list_has_its_owner_clause_number_and_columns(tmp_path: Path) -> None:
    roster = load_registers(written(tmp_path)).roster("银行名录")

    assert (roster.id, roster.kind, roster.owner, roster.clause, roster.level, roster.group, roster.expected) == (
        "banks",
        "bank",
        "LFS",
        "1/1",
        1,
        "金融",
        12,
    )
    assert [(one.id, one.type, one.of) for one in roster.columns] == [("grade", "choice", ""), ("partner", "party", "enterprise")]
    assert [one.id for one in roster.columns[0].choices] == ["a", "b"]


def test_the_steps_of_the_line_are_in_order_whatever_the_order_written(tmp_path: Path) -> None:
    found = load_registers(written(tmp_path))

    assert [one.since.year for one in found.thresholds] == [2007, 2011]
    assert [found.threshold(date(year, 6, 1)).revenue // 10**6 for year in (2008, 2022)] == [500, 2000]  # type: ignore[union-attr]
    assert found.threshold(date(2006, 12, 31)) is None


def test_every_list_and_kind_of_the_plan_has_a_sheet_with_heads_of_their_own() -> None:
    found = load_registers(PLAN)

    for target in [*(f"roster:{one}" for one in found.rosters), *(f"kind:{one}" for one in found.kinds)]:
        heads = [column.head for column in layout_of(found, target).columns]
        assert len(set(heads)) == len(heads), target
        assert len(layout_of(found, target).title) <= 31, target  # the longest name of a sheet


def test_every_list_of_the_plan_has_english_an_owner_and_says_how_long_it_is_kept() -> None:
    for one in load_registers(PLAN).rosters.values():
        assert one.title_en.isascii(), one.id
        assert one.owner, one.id
        assert one.retain, one.id
        assert all(column.title_en.isascii() and column.title_en for column in one.columns), one.id
        assert all(column.choices for column in one.columns if column.type == "choice"), one.id


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('party = "bank"\nowner', 'party = "banc"\nowner', "nearest: bank"),
        ('list = ["banks"]\nid = "grade"', 'list = ["bank"]\nid = "grade"', "nearest: banks"),
        ('of = "enterprise"', 'of = "enterprize"', "nearest: enterprise"),
        ('party = "bank"\nid = "loans"', 'party = "bonk"\nid = "loans"', "nearest: bank"),
        ('id = "bank"\ntitle', 'id = "bank"\nother = 1\ntitle', "other"),
        ('title = "等级"', 'title = "贷款余额（万元）"', "two columns headed"),
        ('id = "partner"', 'id = "grade"', ""),
        ('revenue = "500 万元"', 'revenue = "五百"', "revenue"),
        ('type = "money"', 'type = "gold"', "Input should be"),
        ("level = 1\n", "level = 9\n", "level"),
        ('open_to = "desk"', 'open_to = "world"', "open_to"),
        ("expected = 12", "expected = -1", "expected"),
        ("since = 2011-01-01", 'since = "lately"', "since"),
    ],
)
def test_a_wrong_line_is_told_at_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD, old
    text = GOOD.replace(old, new, 1)
    if not said:
        assert [one.id for one in load_registers(written(tmp_path, text)).rosters["banks"].columns] != ["grade", "partner"]
        return
    told = refused(tmp_path, text)

    assert said in told
    assert "rosters.toml" in told


def test_all_faults_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    text = GOOD.replace('party = "bank"\nowner', 'party = "banc"\nowner').replace('of = "enterprise"', 'of = "firm"')
    with pytest.raises(PackFault) as told:
        load_registers(written(tmp_path, text))

    assert len(told.value.faults) == 2
    assert all("line" in one.place for one in told.value.faults)
    assert text.splitlines()[
        int("".join(filter(str.isdigit, told.value.faults[0].place.split("line")[1].split(",")[0].split("›")[0]))) - 1
    ].startswith("party")


def test_a_kind_or_list_twice_is_told_at_the_second(tmp_path: Path) -> None:
    kind = GOOD[: GOOD.index("[[above_scale]]")]
    told = refused(tmp_path, GOOD + kind)

    assert "each id once" in told


# ---- how the made city fills them


def test_a_described_list_is_read_as_plain_values(tmp_path: Path) -> None:
    (found,) = load_city_lists(written(tmp_path, city=LIST))

    assert found["roster"] == "banks"
    assert tuple(found["names"]) == ("甲行", "乙行")
    assert found["joined"] == (date(2022, 1, 10),)
    assert found["values"] == {"loans": "10..20", "grade": ("a", "b")}
    assert not {"assumption", "source", "count", "pick"} & found.keys()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('roster = "banks"', 'roster = "bank"', "nearest: banks"),
        ("loans =", "loan =", "nearest: loans"),
        ('"10..20"', '"10-20"', "range low..high"),
        ('"10..20"', '["10", "20"]', "range low..high"),
        ('["a", "b"]', '["a", "c"]', "ids of the column's choices"),
        ("joined = [2022-01-10]\n", "", "the days on which rows join"),
        ('assumption = "made up"\n', "", "neither source nor assumption"),
        ('names = ["甲行", "乙行"]', 'pick = "smallest"', "pick"),
        ('names = ["甲行", "乙行"]', 'names = ["甲行"]\ncount = 0', "count"),
        ('names = ["甲行", "乙行"]', 'names = ["甲行"]\nleave = 1.5', "without floats"),
    ],
)
def test_a_described_list_that_fits_nothing_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in LIST, old
    with pytest.raises(PackFault) as told:
        load_city_lists(written(tmp_path, city=LIST.replace(old, new, 1)))

    assert said in str(told.value)
    assert CITY in str(told.value)


def test_every_fault_of_every_described_list_is_told_at_once(tmp_path: Path) -> None:
    second = LIST.replace('roster = "banks"', 'roster = "nothing"')
    with pytest.raises(PackFault) as told:
        load_city_lists(written(tmp_path, city=LIST.replace("loans =", "loan =").replace('"b"', '"c"') + second))

    assert len(told.value.faults) == 3
    assert "2 (nothing)" in told.value.faults[-1].place


def test_an_unknown_kind_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="没有主体类别 banc，是不是 bank"):
        load_registers(written(tmp_path)).kind("banc")
