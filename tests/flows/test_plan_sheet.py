"""一企一策单: four parts from what is known, nothing guessed, two pages, the same bytes again."""

from __future__ import annotations

import io
from datetime import date

import docx
import pytest

from yunxing.engines.bulletins.model import Paragraph, Table, plain
from yunxing.flows.plan_sheet import MOST_ROWS, NOTHING, PlanSheet, compose_plan_sheet, write_plan_sheet


def sheet(**rest) -> PlanSheet:
    told = {
        "name": "合成铝业公司", "code": "X", "issuer": "市工业运行指挥部", "day": date(2022, 9, 30), "period": "2022年9月", "about": [("行业：", "铝")],
        "figures": [("产值", "80 万元", "100 万元", "90 万元", "20%")], "projects": [("合成项目", "100.00", "—")], "lists": [("百户重点企业", "2022-01-01")],
        "contacts": [("联络员", "合成李某")], "steps": ["由联络员上门了解原因。"], "label": "合成数据",
    }  # fmt: skip
    return PlanSheet(**{**told, **rest})


def words_of(made) -> str:
    return "\n".join(plain(one.runs) if isinstance(one, Paragraph) else one.title for one in made.blocks())


def test_the_sheet_has_four_parts_with_what_is_known():
    made = compose_plan_sheet(sheet())
    words = words_of(made)

    assert [one.title for one in made.sections] == ["企业基本情况", "2022年9月运行情况", "在建项目与要素", "联系服务与下一步措施"]
    for told in ("行业：铝。", "百户重点企业（2022-01-01 起）", "联络员：合成李某", "由联络员上门了解原因。"):
        assert told in words
    tables = [one for one in made.blocks() if isinstance(one, Table)]
    assert [plain(cell) for cell in tables[0].rows[0]] == ["产值", "80 万元", "100 万元", "90 万元", "20%"]


def test_what_is_not_known_is_said_to_be_unknown():
    made = compose_plan_sheet(sheet(about=[("行业：", "—")], figures=[], projects=[], lists=[], contacts=[], steps=[]))

    assert words_of(made).count(NOTHING) == 6
    assert not [one for one in made.blocks() if isinstance(one, Table)]


def test_long_tables_are_cut_and_say_so():
    rows = [(f"项目{at}", "1", "2") for at in range(MOST_ROWS + 3)]
    (table,) = [one for one in compose_plan_sheet(sheet(projects=rows, figures=[])).blocks() if isinstance(one, Table)]

    assert len(table.rows) == MOST_ROWS
    assert table.remark == "另有 3 项，见企业档案"


def test_the_word_file_is_readable_labelled_and_the_same_again():
    content = write_plan_sheet(sheet())
    document = docx.Document(io.BytesIO(content))

    assert content == write_plan_sheet(sheet())
    assert content != write_plan_sheet(sheet(name="另一家"))
    assert "合成铝业公司" in "\n".join(one.text for one in document.paragraphs)
    assert "合成数据" in document.sections[0].header.paragraphs[0].text
    assert document.tables[0].rows[1].cells[0].text == "产值"


@pytest.mark.parametrize(("percentile", "asked"), [("24%", True), ("25%", False), ("—", False)])
def test_far_below_the_peers_is_asked_about_at_a_quarter(percentile, asked):
    """The bound itself is not below it."""
    from yunxing.desk.room.party_figures import Beside
    from yunxing.desk.room.plan_sheets import steps

    told = steps([Beside("产值 · 累计", "80", "", "90", percentile, 9)], [("项目", "1", "2")], [("联络员", "甲")])
    assert bool(told) == asked
