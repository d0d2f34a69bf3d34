"""The chains of a pack: what the plan's pack holds, and every planted fault refused at its line."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import pytest

from yunxing.packs.chains import FILE, SHEETS, UNITS, exact, load_chains
from yunxing.packs.sections import entries, loader_of, present
from yunxing.packs.strict import PackFault

PACK = Path(__file__).parents[2] / "plans" / "binzhou_2022_156"


@pytest.fixture(scope="module")
def chains():
    return load_chains(PACK)


def test_the_pack_has_its_chains_lists_bounds_and_what_the_measures_name(chains):
    assert list(chains.chains)[:2] == ["aluminium", "lightweight"]
    assert len(chains.chains) == 10
    assert [one.id for one in chains.sheets] == list(SHEETS)
    assert {f"chain:{name}" for name in chains.views} == {"chain:map_and_lists", "chain:local_supply"}
    assert set(chains.entries) == set(UNITS)
    assert (chains.bounds.missing_share, chains.bounds.weak_firms, chains.bounds.low_days, chains.horizon) == (Fraction(4, 5), 2, 7, 90)


def test_every_need_is_made_and_every_segment_belongs_to_its_chain(chains):
    made = {product.id for chain in chains.chains.values() for segment in chain.segments for product in segment.products}
    for name, chain in chains.chains.items():
        for segment in chain.segments:
            assert segment.chain == name
            assert segment.id.startswith(f"{name}.")
            assert set(segment.needs) <= made


def test_every_bound_has_an_example_below_on_and_above_it(chains):
    for one in chains.entries.values():
        values = [exact(example.value) for example in one.example]
        assert len(values) >= 3
        assert min(values) < exact(one.value) < max(values)
        assert exact(one.value) in values
        assert all(one.beyond(exact(example.value)) == example.beyond for example in one.example)


def test_the_section_is_found_by_its_file_and_its_claims_by_their_ids(tmp_path):
    assert present(PACK, "chains")
    assert not present(tmp_path, "chains")
    assert {"chain:map_and_lists", "chain:local_supply"} <= {one.id for one in entries(PACK)}
    assert loader_of("chains")(PACK).horizon == 90


FAULTS = {
    "a need nobody makes": ('needs = ["bauxite", "power"]', 'needs = ["bauxit", "power"]', "nearest: bauxite"),
    "a product made twice": ('{ id = "ingot", title', '{ id = "alumina", title', "alumina twice"),
    "a segment twice": ('id = "smelting"', 'id = "alumina"', "each segment of a chain once"),
    "a segment that needs its own product": ('needs = ["alumina", "power"]', 'needs = ["ingot", "power"]', "needs what it makes"),
    "a chain twice": ('id = "lightweight"\ntitle', 'id = "aluminium"\ntitle', "each id once"),
    "a list of no kind": ('id = "bottlenecks"\ntitle', 'id = "botlenecks"\ntitle', "nearest: bottlenecks"),
    "a list twice": ('id = "parks"\ntitle', 'id = "bodies"\ntitle', "each id once"),
    "a bound of no name": ('id = "low_days"', 'id = "low_day"', "nearest: low_days"),
    "a bound missing": ('id = "weak_firms"', 'id = "weak_share"', "the bound weak_firms 0 times"),
    "an example that does not come out": ('value = "80.01%", beyond = true', 'value = "80.01%", beyond = false', "what the example says"),
    "examples on one side": ('{ value = "8 天", beyond = false }], ', "", ""),
    "a share above a whole": ('value = "80%"\nsource', 'value = "180%"\nsource', "a value in %"),
    "a number of firms in days": ('value = "2 家"\nsource', 'value = "2 天"\nsource', "a value in 家"),
    "half a firm": ('value = "2 家"\nsource', 'value = "2.5 家"\nsource', "a value in 家"),
    "no number": ('value = "7 天"\nsource', 'value = "七 天"\nsource', "a value in 天"),
    "a comparator that does not fit": ('comparator = "lt"\nvalue = "2 家"', 'comparator = "gt"\nvalue = "2 家"', "lt for a number"),
    "a horizon of no days": ('horizon = "90 天"', 'horizon = "0 天"', "1 to 366"),
    "a level of no chain": ('level = "up"', 'level = "upper"', "level"),
    "an unknown key": ("trades = ", "trade = ", "trades"),
    "a float": ('value = "7 天"\nsource', "value = 7.5\nsource", "decimal point"),
}
del FAULTS["examples on one side"]  # planted below, by hand


def planted(folder: Path, old: str, new: str) -> Path:
    shutil.copy(PACK / FILE, folder / FILE)
    text = (folder / FILE).read_text(encoding="utf-8")
    assert old in text, old
    (folder / FILE).write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_refused_with_its_place(tmp_path, name):
    old, new, said = FAULTS[name]

    with pytest.raises(PackFault) as refused:
        load_chains(planted(tmp_path, old, new))

    assert said in str(refused.value)
    assert "line " in str(refused.value)
    assert FILE in str(refused.value)


def test_examples_that_lie_all_on_one_side_are_refused(tmp_path):
    folder = planted(tmp_path, '{ value = "6 天", beyond = true }', '{ value = "9 天", beyond = false }')

    with pytest.raises(PackFault, match="examples on one side"):
        load_chains(folder)


def test_all_faults_are_told_at_once(tmp_path):
    folder = planted(tmp_path, 'horizon = "90 天"', 'horizon = "900 天"')
    text = (folder / FILE).read_text(encoding="utf-8")
    (folder / FILE).write_text(text.replace('needs = ["crude"]', 'needs = ["crud"]'), encoding="utf-8")

    with pytest.raises(PackFault) as refused:
        load_chains(folder)

    assert len(refused.value.faults) == 2
