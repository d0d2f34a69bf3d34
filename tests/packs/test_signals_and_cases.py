"""The pack's indicators, signals and cases: read strictly, and every planted fault refused with its place."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from yunxing.engines.cases.propose import propose
from yunxing.packs.cases import load_cases
from yunxing.packs.indicators import load_indicators
from yunxing.packs.signals import load_signals
from yunxing.packs.strict import PackFault

PACK = Path(__file__).parents[2] / "plans" / "binzhou_2022_156"
LOADERS: dict[str, Callable[[Path], object]] = {"indicators.toml": load_indicators, "signals.toml": load_signals, "cases.toml": load_cases}


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    for name in LOADERS:
        shutil.copy(PACK / name, tmp_path / name)
    shutil.copytree(PACK / "forms", tmp_path / "forms")
    return tmp_path


def test_the_first_months_indicators_are_the_contracts_eight_and_three_for_enterprises():
    eight = [
        "output_growth",
        "project_investment",
        "coal_days",
        "above_scale_entries",
        "listings",
        "port_foreign_cargo",
        "completeness",
        "timeliness",
    ]

    assert [one.id for one in load_indicators(PACK)][:11] == [*eight, "electricity_change", "output_change", "stop_days"]


def test_every_target_agrees_with_its_commitment_and_every_office_is_known():
    from yunxing.packs.indicators import in_stored_unit
    from yunxing.packs.pack import load_pack

    plan = load_pack(PACK)
    for one in load_indicators(PACK):
        assert {one.office, *one.coordinating} <= set(plan.offices)
        if one.target is not None:
            promise = plan.commitment(one.target.commitment)
            assert in_stored_unit(promise.value, one.unit) == one.target.value
            assert promise.comparator == one.target.comparator.value
    for rule in load_signals(PACK):
        assert rule.owner in plan.offices


def test_every_signal_names_a_case_that_can_come_to_an_end():
    cases = load_cases(PACK)

    assert {rule.case for rule in load_signals(PACK)} <= set(cases)
    assert all(cases[rule.case].first == "proposed" for rule in load_signals(PACK) if rule.case)


FAULTS = {
    "a wrong unit in a limit": ("signals.toml", 'value = "-20%"', 'value = "-20 天"', "power_drop, threshold"),
    "an unknown indicator": ("signals.toml", 'indicator = "coal_days"', 'indicator = "coal_day"', "did you mean 'coal_days'"),
    "words with a place nobody fills": ("signals.toml", "{drop}（规则：环比", "{fall}（规则：环比", "fall"),
    "an unknown key": ("signals.toml", "deadline = 1\n", "dedline = 1\n", "did you mean 'deadline'"),
    "an id twice": ("signals.toml", 'id = "port_gap"', 'id = "target_gap"', "a second time"),
    "a target of another dimension": ("indicators.toml", 'value = "418 亿元"', 'value = "418 家"', "project_investment"),
    "a float": ("indicators.toml", "places = 1", "places = 1.5", "decimal point"),
    "an unknown statistic": ("indicators.toml", 'statistic = "stock_days"', 'statistic = "stock_day"', "statistic"),
    "a stock without its use": ("indicators.toml", 'other = "use"\n', "", "other"),
    "a roster left out": ("indicators.toml", 'roster = "ports"\n', "", "roster"),
    "a term of no item": ("indicators.toml", 'item = "discounted_loans"', 'item = "discounted_loan"', "did you mean 'discounted_loans'"),
    "a formula of an unknown term": ("indicators.toml", '"100 * discounted / loans"', '"100 * discounted / loan"', "did you mean 'loans'"),
    "a formula that is no arithmetic": ("indicators.toml", '"100 * discounted / loans"', '"100 ** discounted"', "a formula over the terms"),
    "a term nobody uses": ("indicators.toml", 'formula = "closures", unit', 'formula = "freight", unit', "no figure that uses it"),
    "last year of an item that has none": (
        "indicators.toml",
        '"cluster_revenue@last_year", needs',
        '"visits@last_year", needs',
        "last_year = true",
    ),
    "an answer that is no option": ("indicators.toml", 'value = "running"', 'value = "ran"', "expected one of planned"),
    "a limit in another unit": (
        "indicators.toml",
        'comparator = "gt", value = "3 天"',
        'comparator = "gt", value = "3 万元"',
        "a number and a unit",
    ),
    "a headline that is no figure": (
        "indicators.toml",
        'headline = "availability"',
        'headline = "available"',
        "the stat of one of the figures",
    ),
    "a registry item that is not held": ("indicators.toml", 'item = "registry.small"', 'item = "registry.tiny"', "registry.small"),
    "a figure in an unknown unit": ("indicators.toml", 'unit = "trains", name', 'unit = "wagons", name', "wagons"),
    "a dead end": ("cases.toml", 'title_en = "Declined", owner = "room", end = true', 'title_en = "Declined", owner = "room"', "dead end"),
    "a state nobody reaches": ("cases.toml", 'to = "declined"', 'to = "closed"', "cannot be reached"),
    "an edge nobody may walk": ("cases.toml", 'by = "lead"', 'by = ""', "nobody may walk it"),
    "an edge to nowhere": ("cases.toml", 'to = "working"', 'to = "workin"', "not among the states"),
    "a clock nobody stops": ("cases.toml", 'stops = ["answer"]', "stops = []", "never stopped"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_bad(pack, fault):
    """What must be refused, and the words that say where."""
    name, was, now, said = FAULTS[fault]
    text = (pack / name).read_text(encoding="utf-8")
    assert was in text
    (pack / name).write_text(text.replace(was, now), encoding="utf-8")

    with pytest.raises(PackFault) as refused:
        LOADERS[name](pack)
    assert said in str(refused.value)
    assert name in str(refused.value)


def test_proposals_are_stable_and_one_for_each_signal():
    from engines.signals.test_detect import everything

    cases, signals = load_cases(PACK), everything()
    first = propose(signals, cases)

    assert first == propose(reversed(signals), cases)
    assert len(first) == len(signals)
    assert {one["origin"] for one in first} == {f"signal:{one.id}" for one in signals}
    assert all(one["clocks"][0]["due"] for one in first)
