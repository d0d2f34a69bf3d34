"""`yunxing matching`: files in, the three assignments out, and one sentence for what cannot be."""

from __future__ import annotations

import csv
import json

import pytest

from yunxing.cli import app
from yunxing.cli.outermost import run

NEEDS = "need,quota\nn1,1\nn2,1\nn3,1\n"
OFFERS = "offer,quota\no1,1\no2,1\n"
EDGES = "need,offer,value,need_rank,offer_rank\nn1,o1,10,1,1\nn1,o2,9,2,1\nn2,o1,9,1,2\nn3,o2,1,1,2\n"


@pytest.fixture
def files(tmp_path):
    for name, text in (("needs", NEEDS), ("offers", OFFERS), ("edges", EDGES)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def called(capsys, *words):
    code = run(app, [str(one) for one in words])
    return code, json.loads(capsys.readouterr().out)


def three(folder):
    return [folder / f"{name}.csv" for name in ("needs", "offers", "edges")]


@pytest.mark.parametrize(
    ("method", "pairs"),
    [
        ("optimal", [["n1", "o2", "1", "9"], ["n2", "o1", "1", "9"]]),
        ("stable", [["n1", "o1", "1", "10"], ["n3", "o2", "1", "1"]]),
        ("greedy", [["n1", "o1", "1", "10"], ["n3", "o2", "1", "1"]]),
    ],
)
def test_each_assignment_is_written_as_its_pairs(capsys, files, method, pairs):
    code, told = called(capsys, "matching", "solve", *three(files), "-o", files / "out.csv", "--method", method, "--json")

    assert code == 0
    rows = list(csv.reader((files / "out.csv").read_text(encoding="utf-8").splitlines()))
    assert rows == [["need", "offer", "units", "value"], *pairs]
    assert told["methods"][method]["measures"]["blocking"] == (1 if method == "optimal" else 0)
    if method == "optimal":
        assert told["proof"]["status"] == "optimal"
        assert told["proof"]["bound"] == 18


def test_rows_in_any_order_give_the_same_file(capsys, files):
    called(capsys, "matching", "solve", *three(files), "-o", files / "one.csv", "--json")
    for name in ("needs", "offers", "edges"):
        head, *rows = (files / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        (files / f"{name}.csv").write_text("\n".join([head, *reversed(rows)]) + "\n", encoding="utf-8")
    called(capsys, "matching", "solve", *three(files), "-o", files / "two.csv", "--json")

    assert (files / "one.csv").read_bytes() == (files / "two.csv").read_bytes()


def test_a_kind_of_the_pack_is_run_from_tables_with_reasons(capsys, files):
    (files / "posts.csv").write_text(
        "编号,名称,单位,工种,月工资起点,技能等级,名额\nn1,甲厂,A01,焊工,5000,2,3\nn2,乙厂,B01,钳工,4000,1,1\n", encoding="utf-8"
    )
    (files / "people.csv").write_text(
        "编号,名称,单位,可任工种,期望工资,技能等级,愿去县区,名额\no1,一班,A01,焊工,4500,3,全市,2\n", encoding="utf-8"
    )

    code, told = called(
        capsys, "matching", "run", "labour", files / "posts.csv", files / "people.csv", "-o", files / "out.json", "--seed", "s", "--json"
    )

    kept = json.loads((files / "out.json").read_text(encoding="utf-8"))
    assert code == 0
    assert told["passed"] == 1
    assert kept["methods"]["optimal"]["pairs"] == [["n1", "o1", 2, 67]]
    assert kept["edges"] == [["n1", "o1", 67, 1001, 1001, [25, 22, 20]]]
    assert kept["methods"]["stable"]["measures"]["unmatched"] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["matching", "run", "marriage", "N", "O"], "expected one of finance_needs"),
        (["matching", "solve", "N", "O", "E", "--seconds", "0"], "--seconds"),
        (["matching", "solve", "N", "O", "E", "--out", "pairs.xlsx"], "ends in .csv or .json"),
        (["matching", "solve", "N", "O", "nowhere.csv"], "expected a CSV file"),
        (["matching", "run", "labour", "N", "O", "--keep", "0"], "--keep"),
        (["matching", "run", "labour", "N", "O"], "line 2, id"),
        (["matching", "solve", "O", "N", "E"], "no column need"),
    ],
)
def test_what_cannot_be_is_told_in_one_place_with_what_is_expected(capsys, files, words, said):
    named = {"N": files / "needs.csv", "O": files / "offers.csv", "E": files / "edges.csv"}
    code, told = called(capsys, *[named.get(one, one) for one in words], "--json")

    assert code == 2
    assert said in told["error"]
