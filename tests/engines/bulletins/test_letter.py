"""The letter of talk: one unit's own figures beside the city's, its place, its signals and projects only; refused without a unit."""

from __future__ import annotations

from dataclasses import replace

import pytest

import bulletin_cast as cast
from yunxing.engines.bulletins.board import Signal
from yunxing.engines.bulletins.compose import compose, narrowed
from yunxing.engines.bulletins.model import Bulletin, Figure, Paragraph, Table, Text, plain
from yunxing.engines.bulletins.trace import stray_numbers
from yunxing.packs.bulletin import load_bulletin, load_kinds
from yunxing.packs.strict import PackFault
from yunxing.values.errors import BadInput

FOLDER = cast.LIBRARY.parent
PLAN = load_bulletin(FOLDER / "talk_letter.toml")
LAST, SILENT = cast.UNITS[8], cast.UNITS[9]  # 3.6 %, the lowest that reported; nothing reported


def letter(unit, **changed: object) -> Bulletin:
    return compose(PLAN, cast.board(**changed), cast.ISSUED, about=unit.code)


def words(bulletin: Bulletin) -> str:
    return "\n".join(block.text for block in bulletin.blocks() if isinstance(block, Paragraph))


def test_it_says_the_units_own_figure_beside_the_citys_with_its_place():
    found = words(letter(LAST))

    assert "你地规模以上工业总产值同比增长3.6%，全市同比增长7.6%，居各县区第9位。" in found
    assert "完成年度计划投资的61.2%" in found
    assert letter(LAST).recipients == (LAST.name,)
    assert LAST.name in letter(LAST).title


def test_a_unit_that_did_not_report_is_told_so_and_has_no_growth_and_no_place():
    found = words(letter(SILENT))

    assert "尚未报齐，不能计算增速" in found
    assert "报表完整率93.4%，低于百分之九十五" in found
    assert "第10位" not in found


def test_every_number_comes_from_a_figure_with_a_source():
    bulletin = letter(LAST)
    for block in bulletin.blocks():
        for run in block.runs if isinstance(block, Paragraph) else [run for row in block.rows for cell in row[1:] for run in cell]:
            assert not isinstance(run, Text) or not stray_numbers(run.text), run.text
    assert all(one.sources for one in bulletin.figures() if isinstance(one, Figure))


def test_signals_and_projects_of_other_units_stay_out():
    mine, other = cast.UNITS[8].code, cast.UNITS[0].code
    told = [
        Signal(f"s{n}", "trend", f"{scope}下降", "甲局", "2022-10-28", 2, cast.signals()[0].score, False, "unit", scope)
        for n, scope in enumerate((mine, f"{mine}.32", other, f"{other}.32"))
    ]
    bulletin = letter(LAST, signals=tuple(told))
    everything = words(bulletin) + "".join(
        plain(cell) for block in bulletin.blocks() if isinstance(block, Table) for row in block.rows for cell in row
    )

    assert "上列2条" in everything
    assert other not in everything
    assert {one.unit for one in narrowed(cast.board(), mine).projects} == {mine}
    assert len(narrowed(cast.board(), mine).rows) == len(cast.board().rows), "places need everybody's figures"


def test_a_letter_about_nobody_or_about_a_stranger_is_refused():
    for about in ("", "999999"):
        with pytest.raises(BadInput, match="about one reporting unit"):
            compose(PLAN, cast.board(), cast.ISSUED, about=about)


def test_other_kinds_are_written_as_before_whatever_is_chosen():
    monthly = load_bulletin(cast.LIBRARY)

    assert compose(monthly, cast.board(), cast.ISSUED, about=LAST.code) == compose(monthly, cast.board(), cast.ISSUED)
    assert load_kinds(FOLDER)["talk_letter"].about == "unit"


@pytest.mark.parametrize(
    "change",
    ['text = "{about}："', 'when = ["its_output_growth.cumulative_yoy < 0"], text = "下降。"', 'text = "{its_output_growth.value:yi}"'],
)
def test_a_document_about_nobody_may_not_speak_of_the_unit(tmp_path, change):
    text = (FOLDER / "talk_letter.toml").read_text(encoding="utf-8").replace('about = "unit"\n', "")
    start = text.index("[[section]]")
    head = text[:start].replace("{about}", "各县区")
    file = tmp_path / "talk_letter.toml"
    file.write_text(
        head + f'[[section]]\nid = "a"\ntitle = "事由"\n[[section.part]]\nkind = "prose"\nsentences = [[ {{ {change} }} ]]\n',
        encoding="utf-8",
    )

    with pytest.raises(PackFault, match="about nobody"):
        load_bulletin(file)


def test_the_indicator_of_an_own_figure_must_exist(tmp_path):
    from yunxing.packs.check_bulletin import _indicators

    found = {name for _place, name in _indicators({"text": "{its_output_growth.yoy:growth}", "when": ["not its_nothing.value"]})}
    assert found == {"output_growth", "nothing"}


def test_the_letter_stays_withheld_and_numbered_apart():
    assert (PLAN.disclosure, PLAN.every) == ("withheld", "need")
    assert replace(PLAN, about="").about == ""
