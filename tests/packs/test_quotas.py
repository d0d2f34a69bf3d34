"""Quotas of the pack: the first plan's hold; every planted fault is told where it stands."""

from __future__ import annotations

import shutil
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from yunxing.packs.check import check
from yunxing.packs.check_quotas import example_faults, quota_faults
from yunxing.packs.pack import load_pack
from yunxing.packs.quotas import load_quotas, parse_value
from yunxing.packs.strict import PackFault
from yunxing.values.errors import BadInput
from yunxing.values.quantity import Quantity

PACK = Path(__file__).parents[2] / "plans" / "binzhou_2022_156"
RULES, POOLS, ACTS = "quotas/rules.toml", "quotas/pools.toml", "quotas/acts.toml"
BOUNDS, WORKED = "quotas/examples/thresholds.toml", "quotas/examples/worked.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the pack that may be spoilt."""
    return Path(shutil.copytree(PACK, tmp_path / "binzhou_2022_156"))


def spoil(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_plans_quotas_hold() -> None:
    quotas = load_quotas(PACK)
    assert quota_faults(load_pack(PACK)) == []
    assert len(quotas.pools) >= 17
    assert {"m16_quota_bank", "m17_gate", "m13_hedging_local"} <= set(quotas.pools)
    assert all(pool.units and pool.note and pool.note_en for pool in quotas.pools.values())
    assert all(len(act.purposes) == len(act.purposes_en) for act in quotas.acts.values())


def test_every_pool_that_a_sentence_names_is_there() -> None:
    """No `planned:pool:` is left, and each named pool has an entry."""
    pack = load_pack(PACK)
    claims = [claim for part in pack.parts.values() for claim in part.executed_by]
    assert not [claim for claim in claims if claim.startswith("planned:pool:")]
    assert {claim for claim in claims if claim.startswith("pool:")} <= set(pack.entries)


def test_numbers_are_exact() -> None:
    quotas = load_quotas(PACK)
    assert quotas.numbers["land_uplift"] == Fraction(1, 10)
    assert quotas.land is not None
    assert (quotas.land.started_below, quotas.land.invested_below, quotas.land.fee) == (Fraction(1, 3), Fraction(1, 4), Fraction(1, 5))
    assert quotas.authority is not None
    assert (quotas.authority.start, quotas.authority.end) == (30_000_000_00, 300_000_000_00)
    assert quotas.land_reward is not None
    assert quotas.land_reward.area == 133_333  # 200 mu, the last part of a square metre is not given
    assert quotas.advance is not None
    assert quotas.advance.planned_until == date(2025, 12, 31)
    assert quotas.auctions["m16_quota_auction"].reserve_fen == 200_00
    assert quotas.terms[0].above == 1000 * 100


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (POOLS, 'units = ["usd-cent"]', 'units = ["usd-cents"]', "did you mean 'usd-cent'"),
        (POOLS, 'book = "foreign"', 'book = "forein"', "did you mean 'foreign'"),
        (POOLS, 'id = "provincial_land_quota"', 'id = "m12_confirmed_total"', "a second pool"),
        (POOLS, "scale = 100", "scale = 0", "greater than or equal to 1"),
        (POOLS, 'above = "1000 吨标准煤"', 'above = "1000 公顷"', "an amount in 吨标准煤"),
        (ACTS, 'pool = "m12_confirmed_total"', 'pool = "m12_confirmed"', "did you mean 'm12_confirmed_total'"),
        (ACTS, 'does = "issue"', 'does = "give"', "'issue'"),
        (ACTS, 'split = "hedging_fee"', 'split = "hedging"', "one of hedging_fee"),
        (ACTS, 'asks = ["amount", "weights", "document"]', 'asks = ["amount", "document"]', "no weights"),
        (ACTS, 'asks = ["amount", "county", "party", "document"]', 'asks = ["amount", "party", "document"]', "no county"),
        (ACTS, 'purposes_en = ["closure",', "purposes_en = [", "one for each purpose"),
        (RULES, 'local = "5/10"', 'local = "4/10"', "make a whole"),
        (RULES, 'tie_to = "province"', 'tie_to = "town"', "tie_to"),
        (RULES, 'value = "1/3"', 'value = "1/0"', "divides by nothing"),
        (RULES, 'value = "25%"', "value = 0.25", "decimal point"),
        (RULES, 'value = "2025-12-31"', 'value = "2025 年"', "a threshold that is a day"),
        (RULES, 'until = "advance_until"', 'until = "advance_til"', "did you mean 'advance_until'"),
        (RULES, 'multiple = "2"', 'multiple = "twice"', "twice"),
        (RULES, 'reserve = "auction_reserve"', 'reserve = "auction_price"', "one of"),
        (RULES, 'own_cut = "m17_own_first"', 'own_cut = "m17_own"', "did you mean 'm17_own_first'"),
        (RULES, 'event = "start_up"', 'event = "ribbon"', "start_up"),
        (RULES, 'tce = "1.229"', "tce = 1.229", "decimal point"),
        (RULES, 'clause = "156/17/3"\norder', 'claus = "156/17/3"\norder', "did you mean 'clause'"),
    ],
)
def test_a_planted_fault_of_a_file_is_refused_where_it_stands(folder: Path, file: str, old: str, new: str, says: str) -> None:
    spoil(folder, file, old, new)
    with pytest.raises(PackFault) as caught:
        load_quotas(folder)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (POOLS, 'owner = "COM"', 'owner = "CMO"', "did you mean 'COM'"),
        (POOLS, 'clause = "156/12/2"', 'clause = "156/12/9"', "a clause of the plan"),
        (POOLS, 'clause = "156/12/2"', 'clause = "150/12/2"', "a clause of the plan"),
        (ACTS, 'by = ["NRP"]', 'by = ["NPR"]', "an id of offices.toml"),
        (RULES, 'commitment = "hedging_local_cap"', 'commitment = "hedging_cap"', "did you mean 'hedging_local_cap'"),
        (RULES, 'value = "1000 万元"', 'value = "1001 万元"', "as the commitment has it"),
        (RULES, 'value = "10%"', 'value = "11%"', "as the commitment has it"),
        (RULES, 'value = "2025-12-31"', 'value = "2026-12-31"', "as the commitment has it"),
        (
            RULES,
            'shares = { province = "5/10", local = "5/10" }',
            'shares = { province = "6/10", local = "4/10" }',
            "as the commitment has it",
        ),
        (RULES, 'county = "371602"', 'county = "371699"', "a reporting unit"),
        (RULES, 'comparator = "lt"\nvalue = "1/3"', 'comparator = "le"\nvalue = "1/3"', "the example or the comparator is wrong"),
        (RULES, 'comparator = "gt"\nvalue = "0 百分点"', 'comparator = "ge"\nvalue = "0 百分点"', "the example or the comparator is wrong"),
        (RULES, 'tce = "0.7143"', 'tce = "0.7144"', "expected 7143"),
        (RULES, 'multiple = "2"', 'multiple = "1.5"', "need"),
        (BOUNDS, '[[threshold]]\nof = "duty_authority_from"', '[[threshold]]\nof = "duty_authority"', "did you mean 'duty_authority_"),
        (
            BOUNDS,
            'below = { value = "199.99 元", holds = false }',
            'below = { value = "199.99 元", holds = true }',
            "the example or the comparator",
        ),
        (BOUNDS, 'at = { value = "200 元"', 'at = { value = "201 元"', "which is above"),
        (BOUNDS, 'at = { value = "200 元"', 'at = { value = "200 吨"', "a value like"),
        (WORKED, "gives = { province = 5001, local = 5000 }", "gives = { province = 5000, local = 5001 }", "split hedging_fee"),
        (WORKED, "uncovered = 2000000", "uncovered = 1999999", "capped hedging_fee"),
        (WORKED, "city = 13580160", "city = 13580161", "task"),
        (WORKED, 'tce = "14748.00"', 'tce = "14748.01"', "coal"),
        (WORKED, '[[split]]\nof = "renewable_increment"\ntotal = 1\n', '[[split]]\nof = "renewable"\ntotal = 1\n', "2 examples"),
    ],
)
def test_pack_check_tells_what_the_files_do_not_hold_together(folder: Path, file: str, old: str, new: str, says: str) -> None:
    spoil(folder, file, old, new)
    found = [str(one) for one in quota_faults(load_pack(folder))]
    assert any(says in one for one in found), found


def test_pack_check_runs_them(folder: Path) -> None:
    """A wrong comparator in the rules is a fault of `pack check`, not only of this module."""
    spoil(folder, RULES, 'comparator = "lt"\nvalue = "1/3"', 'comparator = "le"\nvalue = "1/3"')
    assert any("started_below" in one.place for one in check(load_pack(folder), None).faults)


def test_every_threshold_asks_for_its_three_examples(folder: Path) -> None:
    (folder / BOUNDS).write_text("", encoding="utf-8")
    quotas = load_quotas(folder)
    missing = {one.place.removeprefix("threshold ") for one in example_faults(folder, quotas)}
    assert missing == set(quotas.thresholds)


def test_a_pack_without_quotas_is_left_alone(folder: Path) -> None:
    shutil.rmtree(folder / "quotas")
    assert quota_faults(load_pack(folder)) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", Fraction(12)),
        ("-0.5", Fraction(-1, 2)),
        ("5‰", Fraction(1, 200)),
        ("1 年", Quantity(1, "年")),
        ("2022-02-28", date(2022, 2, 28)),
    ],
)
def test_values_are_read_by_their_form(text: str, value: object) -> None:
    assert parse_value(text) == value


@pytest.mark.parametrize("text", ["", "some", "5 furlongs", "1/0", "十"])
def test_what_is_no_value_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_value(text)
