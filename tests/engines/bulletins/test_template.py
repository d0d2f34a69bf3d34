"""Sentences and conditions are read strictly; the pack's own library is sound; each mistake is named."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import bulletin_cast as cast
from yunxing.engines.bulletins.lights import light
from yunxing.engines.bulletins.template import LightRule, Slot, parse_condition, parse_text
from yunxing.packs.bulletin import load_bulletin
from yunxing.packs.strict import PackFault
from yunxing.values.errors import BadInput

TARGET, FLOOR = cast.commitments()[0], cast.commitments()[4]


def test_a_sentence_is_cut_at_its_slots_and_loses_nothing() -> None:
    text = "{span}，增长{a.b:growth}（{month}）。"
    parts = parse_text(text)
    assert parts == (Slot("span", "", ""), "，增长", Slot("a", "b", "growth"), "（", Slot("month", "", ""), "）。")


@pytest.mark.parametrize("text", ["{spam}", "{a.b}", "{A.b:c}", "增长{", "}", "{a.b:c d}"])
def test_a_slot_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="the sentence"):
        parse_text(text)


@pytest.mark.parametrize("text", ["a", "a.b > x", "a.b >= 1e3", "not  a.b", "a.b=1", ""])
def test_a_condition_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        parse_condition(text)


@pytest.mark.parametrize(
    ("text", "value", "held"),
    [
        ("a.b", None, False),
        ("a.b", Fraction(0), True),
        ("not a.b", None, True),
        ("not a.b", Fraction(1), False),
        ("a.b >= 7", Fraction(7), True),
        ("a.b > 7", Fraction(7), False),
        ("a.b < 7", Fraction(699, 100), True),
        ("a.b <= 7.5", Fraction(15, 2), True),
        ("a.b == 0", Fraction(0), True),
        ("a.b < 7", None, False),
        ("not a.b < 7", None, False),
    ],
)
def test_conditions(text: str, value: Fraction | None, held: bool) -> None:
    assert parse_condition(text).holds(value) == held


@pytest.mark.parametrize(
    ("value", "colour"),
    [
        (Fraction(3135, 10), "green"),
        (Fraction(3135, 10) - Fraction(1, 1000), "amber"),
        (Fraction(418 * 70, 100), "amber"),
        (Fraction(418 * 70, 100) - Fraction(1, 1000), "red"),
        (None, "none"),
    ],
)
def test_a_linear_light_at_its_edges(value: Fraction | None, colour: str) -> None:
    """September's pace is 75 %: 313.5 of 418; five points below it is 70 %, still amber."""
    rule = LightRule(TARGET.id, "cumulative", "yi", "linear")
    assert light(None if value is None else value * cast.YI, TARGET, rule, 9) == colour


@pytest.mark.parametrize(("value", "colour"), [(Fraction(7), "green"), (Fraction(6999, 1000), "red"), (Fraction(8), "green")])
def test_a_floor_includes_its_bound(value: Fraction, colour: str) -> None:
    assert light(value, FLOOR, LightRule(FLOOR.id, "lowest_site", "days", "level"), 9) == colour


def test_the_library_names_only_indicators_and_promises_of_the_plan() -> None:
    folder = cast.LIBRARY.parent.parent
    plan = load_bulletin(cast.LIBRARY)
    known = {
        part.name
        for section in plan.sections
        for p in section.parts
        for s in getattr(p, "sentences", ())
        for c in s
        for part in c.parts
        if isinstance(part, Slot) and part.stat
    }
    listed = (folder / "indicators.toml").read_text(encoding="utf-8")
    assert {name for name in known - {"count", "target"} if f'id = "{name}"' not in listed} == set()
    promised = (folder / "commitments.toml").read_text(encoding="utf-8")
    assert all(
        f'id = "{rule.commitment}"' in promised
        for section in plan.sections
        for p in section.parts
        for rule in getattr(p, "rules", ())
        if isinstance(rule, LightRule)
    )


BAD = {
    "unknown key": ('mark = "', 'marc = "x"\nmark = "', "did you mean"),
    "unknown form": (":growth}", ":grwoth}", "the form 'grwoth'"),
    "unknown word": ("{span_short}累计", "{spann}累计", "{spann}"),
    "broken condition": ('"count.signals > 0"', '"count.signals 0"', "cannot be read"),
    "figure in the title": ("关于{span}|", "关于{a.b:growth}", "a title without figures"),
    "float": ("issue_day = 20 ", "issue_day = 20.5 ", "decimal point"),
    "bound that is no number": ('below_city = "2.0 点"', 'below_city = "two"', "below_city"),
    "ranking without columns": ('kind = "signals"', 'kind = "ranking"', "at least one column"),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_a_mistake_in_the_library_is_refused_and_named(name: str, tmp_path: Path) -> None:
    was, now, message = BAD[name]
    good = cast.LIBRARY.read_text(encoding="utf-8")
    assert was in good
    (tmp_path / "monthly.toml").write_text(good.replace(was, now, 1), encoding="utf-8")
    with pytest.raises(PackFault) as refused:
        load_bulletin(tmp_path / "monthly.toml")
    assert message in str(refused.value)
    assert "monthly.toml" in str(refused.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = cast.LIBRARY.read_text(encoding="utf-8").replace(":growth}", ":grwoth}").replace('"count.signals > 0"', '"count signals"')
    (tmp_path / "monthly.toml").write_text(text, encoding="utf-8")
    with pytest.raises(PackFault) as refused:
        load_bulletin(tmp_path / "monthly.toml")
    assert len(refused.value.faults) > 3
