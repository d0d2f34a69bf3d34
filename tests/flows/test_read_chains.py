"""The chains as the registry holds them: segments and links read from their columns, who leads a chain, what is wrong told by name; the lists over them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from chain_cast import firm, link
from yunxing.engines.chain.network import build
from yunxing.engines.registry.parties import Membership, Party
from yunxing.flows import read_chains
from yunxing.flows.chain_lists import VERDICTS, WHY, lists_of, percent_text, yi
from yunxing.flows.read_chains import Led, ReadChains, chain_asked, firm_asked, link_of, segments_of
from yunxing.packs.chains import SHEETS, load_chains
from yunxing.values.errors import BadInput

RULES = load_chains(Path(__file__).parents[2] / "plans" / "binzhou_2022_156")
DAY = date(2022, 9, 30)


def party(id_, kind="supply", **told):
    return Party(id_, kind, f"名{id_}", "", "U1", "", "32", "", "", date(2022, 1, 1), None, told)


def reading(firms, links, led=None, parties=(), **rosters):
    network = build(RULES.chains.values(), firms, links)
    known = {one.id: replace(party(one.id, "enterprise"), name=one.name, unit=one.unit) for one in firms} | {one.id: one for one in parties}
    names = ("key_projects", "carbon_technologies", "parks", "industry_bodies")
    members = {name: tuple(Membership(name, id_, date(2022, 1, 1)) for id_ in rosters.get(name, ())) for name in names}
    return ReadChains(
        RULES, network, DAY, "2022-01..09", 273, {name: led or Led() for name in RULES.chains}, known, members, network.faults
    )


@pytest.mark.parametrize("text", ["a.b、c.d", "a.b，c.d", "a.b, c.d", " a.b; c.d ", "a.b；c.d"])
def test_segments_are_parted_by_any_comma(text):
    assert segments_of(Membership("chain_firms", "F", DAY, None, "", {"chain_segments": text})) == ("a.b", "c.d")
    assert segments_of(Membership("chain_firms", "F", DAY)) == ()


def test_a_link_is_read_from_its_columns_and_what_is_not_told_stays_absent():
    told = {
        "supply_buyer": "B",
        "supply_supplier": "A",
        "supply_product": "p",
        "supply_share": 2500,
        "supply_amount": 7,
        "supply_days": 0,
        "supply_switch": 100,
    }

    assert link_of(party("L", **told)) == link("B", "A", "p", 2500, amount=7, days=0, switch=100, id_="L")
    bare = link_of(party("L", supply_buyer="B", supply_share=True, supply_days="3"))
    assert (bare.supplier, bare.product, bare.share, bare.amount, bare.days, bare.switch) == ("", "", 0, None, None, 0)


def led_of(rows, members=(), leaders=()):
    network = build(RULES.chains.values(), [firm(name, "aluminium.smelting") for name in members], [])
    parties = {one.id: one for one in rows}
    rosters = {
        "chains": tuple(Membership("chains", one.id, DAY) for one in rows),
        "chain_leaders": tuple(Membership("chain_leaders", name, DAY) for name in leaders),
    }
    return read_chains._led(RULES, network, rosters, parties)


def test_the_named_lead_firm_comes_first_then_those_of_the_list_that_are_on_the_chain():
    found, faults = led_of(
        [party("C1", "chain", chain_key="aluminium", chain_leader="王某", chain_firm="B")], members=("A", "B"), leaders=("A", "B", "X")
    )

    assert (found["aluminium"].official, found["aluminium"].firms, found["textile"].firms) == ("王某", ("B", "A"), ())
    assert faults == []


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([party("C1", "chain", chain_key="aluminium"), party("C2", "chain", chain_key="aluminium")], "a second time"),
        ([party("C1", "chain", chain_key="zzz")], "zzz"),
        ([party("C1", "chain")], "no id of a chain"),
        ([party("C1", "chain", chain_key="aluminium", chain_firm="X")], "the lead firm X"),
    ],
)
def test_a_chain_twice_a_row_of_none_and_a_leader_beside_the_chain_are_told(rows, said):
    _found, faults = led_of(rows, members=("A",))

    assert [said in one.found for one in faults] == [True]


def test_chains_and_firms_are_asked_by_id_or_name_and_what_is_not_there_is_refused():
    read = reading([firm("A", "aluminium.smelting")], [])

    assert chain_asked(RULES, "aluminium") == chain_asked(RULES, "高端铝产业链") == "aluminium"
    assert firm_asked(read, "A") == firm_asked(read, "企业A") == "A"
    with pytest.raises(BadInput, match="expected one of aluminium"):
        chain_asked(RULES, "steel")
    with pytest.raises(BadInput, match="no firm"):
        firm_asked(read, "B")
    assert (read.name("nobody"), read.unit("nobody")) == ("nobody", "")


def test_outputs_are_the_newest_cumulative_ones_and_none_where_nothing_was_reported(monkeypatch, tmp_path):
    asked = []

    def values(_home, form, items, periods, day):
        asked.append((form, items, periods, day))
        return {("A", "output", periods[0]): 5}

    monkeypatch.setattr(read_chains, "values_of", values)
    for newest, code, days in (
        ("2022-09", "2022-01..09", 273),
        ("2022-01..02", "2022-01..02", 59),
        ("2022-01", "2022-01", 31),
        ("2022-01..12", "2022-01..12", 365),
    ):
        monkeypatch.setattr(read_chains, "last_period", lambda *_a, found=newest, **_k: found)
        assert read_chains._outputs(tmp_path, "enterprise_month.output", DAY) == (code, days, {"A": 5})
    assert asked[0] == ("enterprise_month", ["output"], ["2022-01..09"], DAY)
    monkeypatch.setattr(read_chains, "last_period", lambda *_a, **_k: "")
    assert read_chains._outputs(tmp_path, "enterprise_month.output", DAY) == ("", 0, {})


def test_every_list_of_the_pack_is_made_also_of_an_empty_chain():
    lists = lists_of(reading([], []), "aluminium")

    assert tuple(lists) == SHEETS
    assert {name for name, rows in lists.items() if rows} == set()


def test_the_lists_of_a_small_chain():
    firms = [
        firm("A", "aluminium.alumina", output=100 * 10**10),
        firm("S", "aluminium.smelting", output=500 * 10**10),
        firm("R", "aluminium.rolling", output=None),
    ]
    links = [
        link("A", "", "bauxite", amount=10**10),
        link("S", "A", "alumina", amount=10**10, days=3),
        link("R", "S", "ingot", amount=10**10),
    ]
    parties = [
        replace(party("P1", "project", total_investment_fen=25 * 10**9), parent="S"), replace(party("P2", "project"), industry="17"), replace(party("P3", "project"), industry="32"),
        party("T", "technology", tech_field="铝"), replace(party("B", "body"), name="纺织协会"),
    ]  # fmt: skip
    read = reading(
        firms, links, Led(firms=("S",)), parties, key_projects=("P1", "P2", "P3"), carbon_technologies=("T",), industry_bodies=("B",)
    )
    lists = lists_of(read, "aluminium")

    assert "链主带动度 100.0%" in lists["leaders"][0].why[0]
    assert [one.party for one in lists["firms"]] == ["A", "R"], "the largest first, the unknown last"
    assert "累计产值 — 亿元" in lists["firms"][1].why[0]
    assert [one.key for one in lists["broken"]] == ["aluminium.bauxite"]
    assert {one.key for one in lists["gaps"]} == {"aluminium.alumina", "aluminium.smelting", "aluminium.rolling"}
    assert [(one.party, one.other) for one in lists["single"]] == [("R", "S"), ("S", "A")]
    assert [(one.key, one.why[0]) for one in lists["stocks"]] == [("S/alumina", "库存 3 天")]
    assert [one.party for one in lists["projects"]] == ["P1", "P3"]
    assert "总投资 2.50 亿元" in lists["projects"][0].why[0]
    assert [one.party for one in lists["technologies"]] == ["T", ""]
    assert lists["bodies"] == []
    assert [(one.key, one.firm) for one in lists["invest"]] == [("aluminium.bauxite", False)]
    assert all(one.why[0] and one.why[1] for rows in lists.values() for one in rows)


def test_keys_of_a_list_are_its_rows_own():
    firms = [firm("A", "aluminium.alumina"), firm("S", "aluminium.smelting"), firm("R", "aluminium.rolling", "aluminium.parts")]
    links = [link("S", "A", "alumina", days=1), link("R", "S", "ingot", days=1), link("R", "A", "alumina", days=1)]

    for rows in lists_of(reading(firms, links, Led(firms=("S",))), "aluminium").values():
        assert len({one.key for one in rows}) == len(rows)


def test_words_of_figures():
    assert (percent_text(Fraction(1, 3)), percent_text(None), yi(None), yi(123 * 10**8)) == ("33.3%", "—", "—", "1.23")
    assert set(VERDICTS) == {"missing", "weak", "single", "unknown", "sound"}
    assert all(zh and en for zh, en in (*WHY.values(), *VERDICTS.values()))
