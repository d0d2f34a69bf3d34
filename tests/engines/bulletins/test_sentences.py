"""The sentence library of the first plan, sentence by sentence: every wording can be said, and is said when its conditions hold and only then."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache

import pytest

import bulletin_cast as cast
from yunxing.engines.bulletins.board import Board, Project
from yunxing.engines.bulletins.compose import compose
from yunxing.engines.bulletins.model import Bulletin, Paragraph
from yunxing.engines.bulletins.template import Choice, Prose
from yunxing.engines.indicators.rows import Row
from yunxing.packs.bulletin import load_bulletin
from yunxing.values.period import Month

PLAN = load_bulletin(cast.LIBRARY)


def changed(indicator: str, stat: str, num: int | None, den: int = 1, period: str = "") -> Callable[[Row], Row]:
    """September with one city figure another one; None loses it."""

    def change(row: Row) -> Row:
        hit = (row.scope_kind, row.indicator, row.stat) == ("city", indicator, stat) and (not period or row.period == period)
        if not hit:
            return row
        return replace(row, num=num, den=None if num is None else den, absence="not_reported" if num is None else None)

    return change


def with_rows(*changes: Callable[[Row], Row], **given: object) -> Board:
    rows = cast.rows()
    for change in changes:
        rows = tuple(change(row) for row in rows)
    return cast.board(rows=rows, **given)


DONE = tuple(replace(project, started=True) for project in cast.projects())
BOARDS: dict[str, Board] = {
    "september": cast.board(),
    "growth negative": with_rows(changed("output_growth", "cumulative_yoy", -31, 10, cast.C)),
    "published beside computed": cast.board(
        rows=(*cast.rows(), cast.city("output_growth", "cumulative_unexplained", cast.C, -4, "points", 10))
    ),
    "growth lost": with_rows(changed("output_growth", "cumulative_yoy", None, period=cast.C)),
    "month before lost": with_rows(changed("output_growth", "cumulative_yoy", None, period=cast.B)),
    "output lost": with_rows(changed("output_growth", "cumulative", None)),
    "month lost": with_rows(changed("output_growth", "value", None)),
    "investment lost": with_rows(changed("project_investment", "cumulative", None), changed("project_investment", "target_share", None)),
    "investment month lost": with_rows(changed("project_investment", "value", None)),
    "investment ahead": with_rows(changed("project_investment", "gap", 12, 10), projects=DONE),
    "investment behind, all started": with_rows(projects=DONE),
    "coal lost": with_rows(changed("coal_days", "value", None), changed("coal_days", "lowest_site", None)),
    "coal enough": with_rows(changed("coal_days", "lowest_site", 7)),
    "coal partly lost": with_rows(changed("coal_days", "lowest_site", None)),
    "port lost": with_rows(changed("port_foreign_cargo", "target_share", None)),
    "no signals": cast.board(signals=()),
    "nothing": cast.board(rows=(), signals=(), projects=()),
}


@cache
def text(name: str) -> str:
    bulletin: Bulletin = compose(PLAN, BOARDS[name], cast.ISSUED)
    return "\n".join(block.text for block in bulletin.blocks() if isinstance(block, Paragraph))


def choices() -> Iterator[tuple[str, Choice]]:
    for section in PLAN.sections:
        for part in section.parts:
            if isinstance(part, Prose):
                for sentence in part.sentences:
                    for choice in sentence:
                        yield section.id, choice


def pattern(choice: Choice) -> str:
    """The wording with anything in its slots."""
    return "".join(re.escape(part) if isinstance(part, str) else "[^。]*?" for part in choice.parts)


@pytest.mark.parametrize(("section", "choice"), list(choices()), ids=lambda value: value if isinstance(value, str) else value.text[:24])
def test_every_wording_is_said_by_some_month(section: str, choice: Choice) -> None:
    """A wording that no data can bring about is dead, or its condition is wrong."""
    assert any(re.search(pattern(choice), text(name)) for name in BOARDS), (section, choice.text)


@pytest.mark.parametrize(
    ("name", "said", "unsaid"),
    [
        ("september", "运行总体平稳", "承压"),
        ("growth negative", "运行承压，规模以上工业总产值2318.40亿元，同比下降3.1%，增速较1—8月回落10.8个百分点。", "总体平稳"),
        ("growth lost", "规模以上工业总产值2318.40亿元，同比未报。", "增速较"),
        ("month before lost", "同比增长7.6%。其中，9月当月完成265.30亿元", "增速较1—8月"),
        ("output lost", "规模以上工业总产值未报。", "总产值0"),
        ("month lost", "百分点。省、市级重点工业项目", "当月完成265"),
        ("investment lost", "省、市级重点工业项目投资未报。", "占年度目标"),
        ("investment month lost", "1—9月累计完成投资301.70亿元", "9月当月完成投资"),
        ("investment ahead", "高于时序进度1.2个百分点", "低于时序进度"),
        ("investment ahead", "保持在建项目进度", "赶上时序进度"),
        ("investment behind, all started", "应开工项目均已开工。", "未开工项目逐个明确"),
        ("investment behind, all started", "尽快赶上时序进度", "保持在建"),
        ("coal lost", "全市电煤库存可用天数未报。", "保障要求"),
        ("coal enough", "库存最低的电厂可用7.00天，各厂均达到7天以上的保障要求。", "立即组织煤炭补库"),
        ("coal partly lost", "部分电厂库存未报。", "各厂均达到"),
        ("september", "三是立即组织煤炭补库，确保库存不低于7天。", "加强煤炭进、耗、存调度"),
        ("port lost", "港口外贸货物吞吐量累计25.30万吨。", "完成年度计划的101"),
        ("no signals", "本月监测未发现苗头性、倾向性、潜在性问题。", "问题0个"),
        ("no signals", "二是继续做好重点企业监测。", "见下表"),
        ("september", "问题4个，其中苗头性2个、倾向性1个、潜在性1个。", "未发现"),
        ("nothing", "今年以来新增升规纳统工业企业未报，新增上市挂牌企业未报。", "企业0家"),
        ("nothing", "9月报表完整率未报，及时率未报。", "0.0%"),
    ],
)
def test_what_a_month_says_and_does_not_say(name: str, said: str, unsaid: str) -> None:
    assert said in text(name)
    assert unsaid not in text(name)


@pytest.mark.parametrize("name", sorted(BOARDS))
def test_a_month_says_each_sentence_at_most_once(name: str) -> None:
    """Sentences longer than a phrase do not repeat within the section."""
    bulletin = compose(PLAN, BOARDS[name], cast.ISSUED)
    for section in bulletin.sections:
        sentences = [s for block in section.blocks if isinstance(block, Paragraph) for s in block.text.split("。") if len(s) > 8]
        assert len(sentences) == len(set(sentences))


@pytest.mark.parametrize("month", [Month(2022, n) for n in range(2, 13)])
def test_every_month_of_the_year_can_be_said(month: Month) -> None:
    """February to December, with the year's figures moved to that month; spans are told as 1—N月 with the long dash."""
    span = f"2022-01..{month.month:02d}"
    rows = tuple(replace(r, period=span if r.period == cast.C else month.code) for r in cast.rows() if r.period in (cast.C, cast.M))
    bulletin = compose(PLAN, cast.board(month=month, rows=rows), date(2023, 2, 1))
    words = "\n".join(block.text for block in bulletin.blocks() if isinstance(block, Paragraph))
    assert f"2022年1—{month.month}月，全市工业经济运行总体平稳" in words
    assert bulletin.title == f"关于2022年1—{month.month}月全市工业经济运行情况的通报"
    assert f"{month.next().month}月报表" in words
    assert not re.search(r"\d-\d+月", words)


@pytest.mark.parametrize(("planned", "count"), [(date(2022, 9, 30), 1), (date(2022, 10, 1), 0)])
def test_the_count_of_projects_not_started_is_the_length_of_the_list(planned: date, count: int) -> None:
    board = cast.board(projects=(Project("p", "项目", "u01", planned, False),))
    bulletin = compose(PLAN, board, cast.ISSUED)
    words = "\n".join(block.text for block in bulletin.blocks() if isinstance(block, Paragraph))
    assert (f"应开工未开工项目{count}个" in words) == bool(count)
    assert len(bulletin.attachments) == count
