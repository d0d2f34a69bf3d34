"""Quarterly bulletins and special issues: their own sums, months side by side, what pulled growth up and down."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

import bulletin_cast as cast
from yunxing.engines.bulletins.compose import compose, month_words
from yunxing.engines.bulletins.model import Bulletin, Paragraph, Table, plain
from yunxing.packs.bulletin import load_bulletin, load_kinds
from yunxing.packs.strict import PackFault
from yunxing.values.errors import BadInput
from yunxing.values.period import Month

FOLDER = cast.LIBRARY.parent
KINDS = load_kinds(FOLDER)
YI = cast.YI
JUNE = cast.city("project_investment", "cumulative", "2022-01..06", 18120 * YI // 100, "fen")
PULLS = [("17", -4), ("22", 0), ("26", 21), ("30", 7), ("32", 7), ("44", -1)]


def board(**rest: object):
    rows = (
        *cast.rows(),
        JUNE,
        *(cast.row("output_growth", "industry", code, "cumulative_points", cast.C, num, "points", 10) for code, num in PULLS),
    )
    return replace(cast.board(rows=rows), industries={code: f"行业{code}" for code, _ in PULLS}, **rest)


def quarterly(**rest: object) -> Bulletin:
    return compose(KINDS["quarterly"], board(**rest), cast.ISSUED)


def table(bulletin: Bulletin, name: str) -> Table:
    return next(block for block in bulletin.blocks() if isinstance(block, Table) and block.id == name)


def test_the_monthly_bulletin_comes_first_then_the_quarter_then_what_is_written_at_need() -> None:
    assert [(kind, plan.every) for kind, plan in KINDS.items()][:1] == [("monthly", "month")]
    assert set(KINDS) == {"monthly", "quarterly", "special_coal", "special_projects", "talk_letter"}
    assert {plan.disclosure for plan in KINDS.values()} <= {"public", "on_request", "withheld"}


def test_a_quarters_sum_is_the_cumulative_sum_less_that_of_three_months_before() -> None:
    figure = next(one for one in quarterly().figures() if one.op == "quarter")
    assert figure.sources == ("project_investment/city/city/2022-01..09/cumulative", "project_investment/city/city/2022-01..06/cumulative")
    assert Fraction(figure.num, figure.den) == (30170 - 18120) * YI // 100
    assert figure.display == "120.50亿元"


def test_the_first_quarters_sum_is_the_sum_itself() -> None:
    march = replace(cast.board(rows=(cast.city("project_investment", "cumulative", "2022-01..03", 5 * YI, "fen"),)), month=Month(2022, 3))
    figure = next(one for one in compose(KINDS["quarterly"], march, cast.ISSUED).figures() if one.op == "quarter")
    assert (figure.num, figure.sources) == (5 * YI, ("project_investment/city/city/2022-01..03/cumulative",))


def test_without_the_earlier_sum_the_quarter_is_not_said() -> None:
    made = compose(KINDS["quarterly"], cast.board(), cast.ISSUED)
    assert not [one for one in made.figures() if one.op == "quarter"]
    assert "三季度省、市级" not in "".join(block.text for block in made.blocks() if isinstance(block, Paragraph))


@pytest.mark.parametrize(
    ("month", "word", "words"), [(3, "一季度", "一季度"), (6, "二季度", "上半年"), (9, "三季度", "前三季度"), (12, "四季度", "全年")]
)
def test_quarters_are_named_as_offices_name_them(month: int, word: str, words: str) -> None:
    said = month_words(replace(cast.board(), month=Month(2022, month)))
    assert (said["quarter"], said["quarters"]) == (word, words)


@pytest.mark.parametrize("month", [2, 4, 5, 7, 8, 10, 11])
def test_a_quarterly_bulletin_of_another_month_is_refused(month: int) -> None:
    with pytest.raises(BadInput, match="month 3, 6, 9 or 12"):
        compose(KINDS["quarterly"], replace(cast.board(), month=Month(2022, month)), cast.ISSUED)


def test_pulls_stand_from_the_strongest_up_to_the_strongest_down_and_zero_is_none() -> None:
    shown = [tuple(plain(cell) for cell in row) for row in table(quarterly(), "pulls_industries").rows]
    assert shown == [
        ("拉高", "行业26", "2.1个百分点"),
        ("拉高", "行业30", "0.7个百分点"),
        ("拉高", "行业32", "0.7个百分点"),
        ("拉低", "行业44", "-0.1个百分点"),
        ("拉低", "行业17", "-0.4个百分点"),
    ]


def test_months_stand_side_by_side_and_january_with_february() -> None:
    rows = (
        *cast.rows(),
        cast.city("output_growth", "cumulative_yoy", "2022-01..02", 101, "%", 10),
        cast.city("project_investment", "cumulative", "2022-01..03", 3 * YI, "fen"),
    )
    shown = [
        tuple(plain(cell) for cell in row)
        for row in table(compose(KINDS["quarterly"], cast.board(rows=rows), cast.ISSUED), "overall_months").rows
    ]
    assert shown == [
        ("2022年1—2月", "10.1%", "未报"),
        ("2022年1—3月", "未报", "3.00"),
        ("2022年1—8月", "7.7%", "未报"),
        ("2022年1—9月", "7.6%", "301.70"),
    ]


def test_a_special_issue_tells_the_signals_of_its_own_indicators_only() -> None:
    coal, growth = (
        replace(cast.signals()[n], rows=(f"{name}/city/city/2022-09/value",)) for n, name in ((3, "coal_days"), (1, "output_growth"))
    )
    made = compose(KINDS["special_coal"], cast.board(signals=(coal, growth)), cast.ISSUED)
    assert [plain(row[2]) for row in table(made, "problems_signals").rows] == ["庚县某热电厂煤炭库存6.9天。"]
    none = compose(KINDS["special_coal"], cast.board(signals=(growth,)), cast.ISSUED)
    assert not [block for block in none.blocks() if isinstance(block, Table) and block.id == "problems_signals"]


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('kind = "trend"\nid = "months"', 'kind = "trend"', "no column or no id"),
        ('indicator = "output_growth"\nby = "industry"', 'by = "industry"', "no indicator or no id"),
        ('disclosure = "on_request"', 'disclosure = "withheld"', "withheld"),
        ('by = "industry"', 'by = "street"', "street"),
        ('every = "quarter"', 'every = "week"', "week"),
    ],
)
def test_a_library_with_a_fault_is_refused_with_its_place(tmp_path: Path, was: str, now: str, said: str) -> None:
    text = (FOLDER / "quarterly.toml").read_text(encoding="utf-8")
    assert was in text
    path = tmp_path / "quarterly.toml"
    path.write_text(text.replace(was, now), encoding="utf-8")
    with pytest.raises(PackFault) as refused:
        load_bulletin(path)
    assert said in str(refused.value)
