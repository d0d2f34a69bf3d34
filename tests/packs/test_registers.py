"""The registry's catalogue of a pack: what it holds, and every planted fault refused at its line."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from yunxing.city.supply import FIRMS, LINKS
from yunxing.engines.registry.lifecycle import ENTRY
from yunxing.packs.city_lists import load_city_lists
from yunxing.packs.registers import load_registers
from yunxing.packs.sections import loader_of, present
from yunxing.packs.strict import PackFault

PACK = Path(__file__).parents[2] / "plans" / "binzhou_2022_156"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the two files, to be broken."""
    (tmp_path / "lists").mkdir()
    for name in ("lists/rosters.toml", "city_lists.toml"):
        shutil.copy(PACK / name, tmp_path / name)
    return tmp_path


def plant(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_plan_has_its_lists_with_clause_owner_and_columns():
    catalogue = load_registers(PACK)

    assert {
        "key_projects",
        "panel_100",
        "chains",
        "cluster_leaders",
        "seed_bank",
        "labour_specialists",
        "white_list",
    } <= catalogue.rosters.keys()
    assert catalogue.rosters["key_projects"].expected == 182
    assert catalogue.rosters["panel_100"].expected == 100
    assert [one.id for one in catalogue.rosters["key_projects"].columns] == ["answerable", "answerable_post", "answerable_phone", "batch"]
    chain = {one.id: one for one in catalogue.kinds["chain"].columns}
    assert (chain["chain_firm"].type, chain["chain_firm"].of, chain["chain_leader"].personal) == ("party", "enterprise", True)
    project = {one.id: one for one in catalogue.kinds["project"].columns}
    assert (project["project_code"].check, project["total_investment_fen"].head) == ("project_code", "计划总投资（万元）")
    assert catalogue.kinds["enterprise"].code == "usci"
    assert "enterprise" not in catalogue.open_kinds
    assert {"bank", "chain", "course"} <= catalogue.open_kinds


def test_the_line_of_the_list_is_pack_data_valid_by_date():
    line = load_registers(PACK).threshold(date(2022, 9, 30))

    assert line is not None
    assert line.revenue == 2000 * 10**6
    assert ENTRY[0] == "升规"


def test_a_pack_without_the_file_has_the_kinds_that_forms_ask_about_and_no_list(tmp_path):
    catalogue = load_registers(tmp_path)

    assert list(catalogue.kinds) == ["enterprise", "project", "site", "office"]
    assert catalogue.rosters == {}
    assert load_city_lists(tmp_path) == []
    assert not present(tmp_path, "registers")
    assert loader_of("registers") is not None


FAULTS = [
    ('party = "project"\nlevel = 2', 'party = "projekt"\nlevel = 2', "nearest: project"),
    ('id = "bank"', 'id = "chain"', "each id once"),
    ('id = "banks"', 'id = "chains"', "each id once"),
    ('of = "bank"', 'of = "bannk"', "nearest: bank"),
    ('list = ["key_projects"]', 'list = ["key_project"]', "nearest: key_projects"),
    ('list = ["key_projects"]', 'party = "project"\nlist = ["key_projects"]', "say either party"),
    ('type = "party"\nof = "cluster"', 'type = "party"', "of which kind"),
    ('revenue = "2000 万元"', 'revenue = "两千万"', "revenue"),
    ('title = "责任人职务"', 'title = "责任人"', "two columns headed 责任人"),
    ('type = "phone"', 'type = "telephone"', "Input should be"),
    ('party = "chain"\ntitle = "链长"', 'party = "chane"\ntitle = "链长"', "nearest: chain"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), FAULTS)
def test_what_does_not_fit_is_refused_at_its_place(pack, old, new, said):
    plant(pack, "lists/rosters.toml", old, new)

    with pytest.raises(PackFault) as refused:
        load_registers(pack)
    assert said in str(refused.value)
    assert "rosters.toml" in str(refused.value)


CITY = [
    ('roster = "chains"', 'roster = "chain"', "nearest: chains"),
    ('chain_leader = "person"', 'chain_boss = "person"', "nearest: chain_"),
    ('need_land = "0..300"', 'need_land = "many"', "a range low..high"),
    ('grade = ["a", ', 'grade = ["s", ', "ids of the column's choices"),
    ("joined = [2022-01-10]\n", "", "the days on which rows join"),
    ('assumption = "made up for the demonstration; no row is real"', "", "neither source nor assumption"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), CITY)
def test_a_made_list_that_fits_no_list_is_refused(pack, old, new, said):
    plant(pack, "city_lists.toml", old, new)

    with pytest.raises(PackFault) as refused:
        load_city_lists(pack)
    assert said in str(refused.value)
    assert "city_lists.toml" in str(refused.value)


def test_every_list_of_the_plan_is_filled_in_the_demonstration():
    """By the city itself, by its further forms, by its supply of the chains, or by the descriptions of lists."""
    from yunxing.packs.strict import read_toml

    told = {one["roster"] for one in load_city_lists(PACK)} | {one["id"] for one in read_toml(PACK / "city_forms.toml")["rosters"]}

    assert set(load_registers(PACK).rosters) - told == {"above_scale", "panel_100", "seed_bank", "coal_sites", "ports", FIRMS, LINKS}
