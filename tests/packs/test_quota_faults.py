"""Planted faults of `quotas/` that used to pass in silence or to break the loader: each is told at its place, with what was found and expected."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import pytest

from yunxing.packs.check_quotas import _alike, _same, quota_faults
from yunxing.packs.pack import load_pack
from yunxing.packs.quotas import load_quotas, parse_value
from yunxing.packs.strict import PackFault
from yunxing.values.errors import Fault

PACK = Path(__file__).parents[2] / "plans" / "binzhou_2022_156"
RULES, POOLS, ACTS = "quotas/rules.toml", "quotas/pools.toml", "quotas/acts.toml"
BOUNDS, WORKED = "quotas/examples/thresholds.toml", "quotas/examples/worked.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The pack's quotas alone, which may be spoilt: loading them needs nothing else."""
    shutil.copytree(PACK / "quotas", tmp_path / "quotas")
    return tmp_path


@pytest.fixture
def pack_folder(tmp_path: Path) -> Path:
    """The whole pack, which may be spoilt."""
    return Path(shutil.copytree(PACK, tmp_path / "pack"))


def spoil(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def faults_of(folder: Path) -> list[Fault]:
    with pytest.raises(PackFault) as caught:
        load_quotas(folder)
    return list(caught.value.faults)


# ---- units, pools and acts


@pytest.mark.parametrize(("scale", "places"), [(1000, 2), (3, 2), (10000, 2), (7, 9)])
def test_a_unit_that_is_printed_more_coarsely_than_it_counts_is_refused(folder: Path, scale: int, places: int) -> None:
    """A balance would be shown rounded, and two different balances alike."""
    spoil(folder, POOLS, "scale = 100\nplaces = 2", f"scale = {scale}\nplaces = {places}")
    (fault,) = faults_of(folder)
    assert (fault.place, fault.found) == ("unit › fen › places", f"a scale of {scale} printed with {places} places")
    assert fault.expected == "places that reach to the smallest part"


@pytest.mark.parametrize(("scale", "places"), [(100, 2), (100, 3), (50, 2), (8, 3), (1, 0)])
def test_a_unit_whose_places_reach_its_smallest_part_prints_and_reads_back_every_amount(folder: Path, scale: int, places: int) -> None:
    """A fiftieth is 0.02 and an eighth 0.125: both end, so both may stand."""
    spoil(
        folder,
        POOLS,
        'id = "usd-cent"',
        f'id = "odd"\ntitle = "x"\ntitle_en = "x"\nasset = "x"\nprinted = "x"\nprinted_en = "x"\nscale = {scale}\nplaces = {places}\n[[unit]]\nid = "usd-cent"',
    )
    unit = load_quotas(folder).units["odd"]
    assert [unit.parsed(unit.shown(amount)) for amount in range(-3, 130)] == list(range(-3, 130))
    assert unit.shown(scale) == format(1, f".{places}f")


def test_an_act_from_an_account_to_itself_is_refused(folder: Path) -> None:
    """Both legs would be one account and the group would not sum to zero."""
    spoil(folder, ACTS, 'target = "city"\ntarget_pool = "m16_quota_auction"', 'target = "city"')
    (fault,) = faults_of(folder)
    assert (fault.place, fault.found) == ("act › offer_quota › target", "city, as the source")


def test_an_act_to_the_same_holder_of_its_own_pool_by_name_is_refused_too(folder: Path) -> None:
    spoil(folder, ACTS, 'target_pool = "m16_quota_auction"', 'target_pool = "m16_quota_bank"')
    assert [one.place for one in faults_of(folder)] == ["act › offer_quota › target"]


def test_several_faults_of_several_files_come_at_once(folder: Path) -> None:
    spoil(folder, POOLS, 'book = "foreign"', 'book = "forein"')
    spoil(folder, ACTS, 'pool = "m12_confirmed_total"', 'pool = "m12_confirmed"')
    spoil(folder, RULES, 'multiple = "2"', 'multiple = "twice"')
    places = {one.place.split(" ›")[0] for one in faults_of(folder)}
    assert places == {"pool", "act", "replacement"}


@pytest.mark.parametrize(
    ("array", "again"),
    [
        ("unit", '[[unit]]\nid = "fen"\ntitle = "x"\ntitle_en = "x"\nasset = "x"\nprinted = "x"\nprinted_en = "x"\nscale = 1\nplaces = 0\n'),
        ("book", '[[book]]\nid = "funds"\ntitle = "x"\n'),
        ("number", '[[number]]\nid = "idle_fee"\nclause = "156/15/1"\nvalue = "1"\nbasis = "x"\n'),
        ("split", '[[split]]\nid = "hedging_fee"\nclause = "156/13/3"\nshares = { a = "1" }\ntie_to = "a"\nbasis = "x"\n'),
        ("coefficient", '[[coefficient]]\nid = "coke"\nunit = "吨"\ntce = "1"\n'),
        ("county_share", '[[county_share]]\ncounty = "371602"\ncity = "1%"\nbasis = "x"\n'),
    ],
)  # fmt: skip
def test_a_second_row_of_one_name_is_refused_even_in_another_file(folder: Path, array: str, again: str) -> None:
    (folder / "quotas" / "zz_more.toml").write_text(again, encoding="utf-8")
    (fault,) = [one for one in faults_of(folder) if one.found.startswith("a second")]
    assert fault.found.startswith(f"a second {array} of this ")
    assert fault.file.endswith("zz_more.toml")
    assert fault.expected == "each once"


@pytest.mark.parametrize("table", ["draw", "advance"])
def test_a_table_that_stands_once_is_refused_twice(folder: Path, table: str) -> None:
    body = {
        "draw": 'clause = "156/17/3"\norder = ["own_cut"]\ninto = "m17_gate"\nevent = "start_up"\npools = { own_cut = "m17_own_first" }\npollutants = {}\n',
        "advance": 'clause = "156/17/2"\nuntil = "advance_until"\nkinds = ["closure"]\n',
    }[table]
    (folder / "quotas" / "zz_more.toml").write_text(f"[{table}]\n{body}", encoding="utf-8")
    (fault,) = faults_of(folder)
    assert (fault.place, fault.found, fault.expected) == (table, f"a second [{table}]", "one in the whole folder")


# ---- auctions


@pytest.mark.parametrize(
    ("old", "new", "place", "expected"),
    [
        ('reserve = "auction_reserve"', 'reserve = "started_below"', "auction › m16_quota_auction › reserve", "a threshold that is money, to the whole fen"),
        ('reserve = "auction_reserve"', 'reserve = "advance_until"', "auction › m16_quota_auction › reserve", "a threshold that is money, to the whole fen"),
        ('reserve = "auction_reserve"', 'reserve = "idle_years"', "auction › m16_quota_auction › reserve", "an amount in 分"),
        ('value = "200 元"\nbasis = "document：后出的市级收储文件的收储价"', 'value = "200.001 元"\nbasis = "x"', "auction › m16_quota_auction › reserve", "a threshold that is money, to the whole fen"),
        ('money_unit = "fen"', 'money_unit = "usd-cent"', "auction › m16_quota_auction › money_unit", "one of fen"),
        ('unit = "tce-2022"\nmoney_pool', 'unit = "m2"\nmoney_pool', "auction › m16_quota_auction › unit", "one of tce-2022"),
        ('bidder_cap_share = "50%"', 'bidder_cap_share = "150%"', "auction › m16_quota_auction", "a share from 0 to 1"),
        ('bidder_cap_share = "50%"', 'bidder_cap_share = "-1%"', "auction › m16_quota_auction", "a share from 0 to 1"),
    ],
)  # fmt: skip
def test_an_auction_that_could_not_be_settled_is_told_and_does_not_vanish(
    folder: Path, old: str, new: str, place: str, expected: str
) -> None:
    """A reserve price that is no money once left the auction out without a word."""
    spoil(folder, RULES, old, new)
    assert [(one.place, one.expected) for one in faults_of(folder)] == [(place, expected)]


def test_a_cap_of_everything_or_nothing_is_a_share(folder: Path) -> None:
    for text, share in (("0%", 0), ("100%", 1), ("1/3", Fraction(1, 3))):
        spoil(folder, RULES, 'bidder_cap_share = "', f'bidder_cap_share = "{text}" #"')
        assert load_quotas(folder).auctions["m16_quota_auction"].bidder_cap_share == share


# ---- numbers that rules take


@pytest.mark.parametrize(("text", "fits"), [("0%", True), ("100%", True), ("101%", False), ("-1%", False), ("3/2", False), ("2/2", True)])
def test_a_city_bears_between_nothing_and_all_of_the_places_side(folder: Path, text: str, fits: bool) -> None:
    """At 101 % the county would bear less than nothing, and the first fee there would break."""
    spoil(folder, RULES, 'city = "40%"', f'city = "{text}"')
    if fits:
        assert load_quotas(folder).county_shares["371602"] == parse_value(text)
    else:
        assert [(one.place, one.expected) for one in faults_of(folder)] == [("county_share › 371602", "a share from 0 to 1")]


@pytest.mark.parametrize(
    ("old", "new", "place", "expected"),
    [
        ('value = "1 年"', 'value = "1 亩"', "threshold › idle_years", "an amount in 年"),
        ('value = "2 年"', 'value = "2 元"', "threshold › take_back_years", "an amount in 年"),
        ('value = "3000 万美元"', 'value = "3000 万元"', "threshold › duty_authority_from", "an amount in 美元"),
        ('value = "3 亿美元"', 'value = "3 亿元"', "threshold › duty_authority_below", "an amount in 美元"),
        ('value = "5000 万美元"', 'value = "5000 亩"', "threshold › land_reward_total", "an amount in 美元"),
        ('value = "1000 万美元"', 'value = "1000 万吨"', "threshold › land_reward_arrived", "an amount in 美元"),
    ],
)
def test_a_bound_in_a_unit_of_another_sort_is_a_fault_of_the_pack_and_breaks_nothing(
    folder: Path, old: str, new: str, place: str, expected: str
) -> None:
    spoil(folder, RULES, old, new)
    assert [(one.place, one.expected) for one in faults_of(folder)] == [(place, expected)]


@pytest.mark.parametrize(
    ("gone", "rule"),
    [("idle_fee", "land"), ("idle_years", "land"), ("duty_authority_from", "authority"), ("land_reward_area", "land_reward"), ("land_reward_total", "land_reward")],
)  # fmt: skip
def test_a_city_that_does_not_tell_all_numbers_of_a_rule_has_no_such_rule(folder: Path, gone: str, rule: str) -> None:
    """None is told apart from zero: no pages then offer it."""
    spoil(folder, RULES, f'id = "{gone}"', f'id = "other_{gone}"')
    quotas = load_quotas(folder)
    assert getattr(quotas, rule) is None
    assert [name for name in ("land", "authority", "land_reward") if getattr(quotas, name) is None] == [rule]


@pytest.mark.parametrize(
    ("above", "unit", "parts"),
    [("1000 吨标准煤", "tce-2022", 100_000), ("0.5 万吨标准煤", "tce-2022", 500_000), ("12", "tce-2022", 12), ("0 吨标准煤", "tce-2022", 0)],
)  # fmt: skip
def test_four_eyes_start_above_an_amount_in_smallest_parts(folder: Path, above: str, unit: str, parts: int) -> None:
    """1000 t at a hundredth each are 100,000 parts; a bare number counts parts as they are."""
    spoil(folder, POOLS, 'above = "1000 吨标准煤"', f'above = "{above}"')
    (term,) = [one for one in load_quotas(folder).terms if one.unit == unit]
    assert term.above == parts


@pytest.mark.parametrize(("above", "expected"), [("0.001 吨标准煤", "a whole number of smallest parts"), ("1/3", "a whole number of smallest parts"), ("5 元", "an amount in 吨标准煤, as tce-2022 is printed")])  # fmt: skip
def test_an_amount_of_four_eyes_that_nobody_can_reach_exactly_is_refused(folder: Path, above: str, expected: str) -> None:
    spoil(folder, POOLS, 'above = "1000 吨标准煤"', f'above = "{above}"')
    assert [(one.place, one.expected) for one in faults_of(folder)] == [("term › energy", expected)]


# ---- `pack check` over the files


def checked(folder: Path) -> list[Fault]:
    return quota_faults(load_pack(folder))


def test_an_examples_file_that_cannot_be_read_is_told_and_the_other_checks_still_run(pack_folder: Path) -> None:
    """It once silenced every fault of the folder, its own among them."""
    spoil(pack_folder, WORKED, "[[split]]", "[[split]]\ncomment = 1")
    spoil(pack_folder, POOLS, 'owner = "COM"', 'owner = "CMO"')
    found = checked(pack_folder)
    assert any(one.file.endswith("worked.toml") for one in found)
    assert any("did you mean 'COM'" in one.fix for one in found)


def test_an_examples_file_that_is_no_toml_is_told(pack_folder: Path) -> None:
    (pack_folder / BOUNDS).write_text("[[threshold", encoding="utf-8")
    assert any(one.file.endswith("thresholds.toml") for one in checked(pack_folder))


@pytest.mark.parametrize(
    ("told", "here", "alike"),
    [
        ("5:5", {"a": "5/10", "b": "50%"}, True),
        ("5:5", {"a": "6/10", "b": "4/10"}, False),
        ("5:3:2", {"a": "1/2", "b": "3/10", "c": "20%"}, True),
        ("5:3:2", {"a": "1/2", "b": "20%", "c": "3/10"}, False),
        ("40%", {"city": "40%", "county": "60%"}, True),
        ("40%", {"city": "60%", "county": "40%"}, False),
        ("2021-2025 年", "2025-12-31", True),
        ("2021-2025 年", "2025-12-30", False),
        ("2021-2025 年", "2021-12-31", False),
        ("1000 万元", "1000 万元", True),
        ("1000 万元", "10000000 元", True),
        ("1000 万元", "1000 元", False),
        ("10%", "1/10", True),
        ("10%", "10 吨", False),
    ],
)
def test_a_number_told_twice_is_compared_by_what_it_is(told: str, here: str | dict[str, str], alike: bool) -> None:
    assert _same(told, here) is alike
    assert _alike(told, here) is alike


@pytest.mark.parametrize(("told", "here"), [("85 折", "85%"), ("七天", "7 天"), ("5:x", {"a": "1/2", "b": "1/2"}), ("0:0", {"a": "1/2", "b": "1/2"})])  # fmt: skip
def test_a_commitment_that_tells_words_is_another_and_breaks_nothing(told: str, here: str | dict[str, str]) -> None:
    assert not _alike(told, here)


def test_a_number_that_names_a_commitment_of_another_sort_is_told(pack_folder: Path) -> None:
    spoil(pack_folder, RULES, 'value = "0%"\nbasis', 'value = "0%"\ncommitment = "toll_rate"\nbasis')
    assert any(one.place == "number of toll_rate" and "as the commitment has it" in one.expected for one in checked(pack_folder))
