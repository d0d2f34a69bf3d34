"""Profiles of a city that has no synthetic data: each column from its own source, absent where nobody says anything, from workbooks to a payment list."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows.test_run_round import listing_fact
from yunxing.engines.entitlements.assess import Scalar
from yunxing.engines.entitlements.intake import from_mapping
from yunxing.engines.entitlements.ruleset import RuleSet
from yunxing.engines.facts.sheet import Book, Sheet
from yunxing.engines.facts.table import SCHEMA
from yunxing.engines.registry.parties import Membership, Party
from yunxing.flows.declare import blank, declare, read
from yunxing.flows.gather_profiles import Sources, gathered, lineage_of
from yunxing.flows.run_round import run_round
from yunxing.io import declared, profiles, tables
from yunxing.io.books.read import read_book
from yunxing.io.books.write import write_book
from yunxing.io.store.registry import write_memberships, write_parties
from yunxing.packs.policies import load_policies
from yunxing.values.errors import BadInput

PACK = Path(__file__).parents[2] / "plans" / "binzhou_2022_156"
ON = date(2022, 9, 30)
AT = datetime(2022, 9, 30, 9, tzinfo=UTC)
A, B, C = "91990000MA00000A0X", "91990000MA00000B0X", "92990000MA00000C0X"
BEGUN = date(2019, 3, 1)
DCMM, LADDER, LOAN, EQUIPMENT, SIX, DEFERRAL = (
    "m08_dcmm", "m18_listing_ladder", "m02_loan_interest", "m02_smart_equipment", "m23_six_taxes", "m23_deferral",
)  # fmt: skip


@cache
def rules(pack: Path) -> RuleSet:
    return load_policies(pack)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plan as a city installs it: its own data, no synthetic ones."""
    folder = tmp_path_factory.mktemp("plans") / PACK.name
    shutil.copytree(PACK, folder)
    text = (folder / "pack.toml").read_text(encoding="utf-8")
    (folder / "pack.toml").write_text(text.replace("demonstration_data = true", "demonstration_data = false"), encoding="utf-8")
    return folder


@pytest.fixture
def city(home: Path, connection: Any) -> Path:
    """Two firms, a trader and a project of the first firm."""
    write_parties(
        connection,
        [
            Party(A, "enterprise", "甲厂", "", "u", "r", "2614", "small", "", BEGUN),
            Party(B, "enterprise", "乙厂", "", "u", "r", "5179", "large", "", BEGUN),
            Party(C, "enterprise", "丙店", "", "u", "r", "", "", "", BEGUN),
            Party("P1", "project", "技改一号", "", "u", "r", "26", "", A, BEGUN),
        ],
    )
    return home


def filled(pack: Path, policy: str, folder: Path, *rows: list[Any]) -> Book:
    """The blank workbook of a policy, filled, written and read again as a person would send it."""
    book = blank(pack, rules(pack), policy)
    book.sheets[0].rows.extend(rows)
    write_book(book, folder / f"{policy}.xlsx")
    return read_book(folder / f"{policy}.xlsx")


def take_in(home: Path, pack: Path, *books: Book) -> str:
    return declare(home, books, pack, rules(pack), [A, B, C, "P1"])[0]


def rows_of(home: Path, pack: Path, connection: Any, policy: str, on: date = ON) -> dict[str, dict[str, Any]]:
    frames = gathered(home, pack, connection, rules(pack).only([policy]), on)
    return {row["party"]: row for row in frames[policy].to_dicts()} if policy in frames else {}


def test_from_workbooks_to_the_payment_list_without_a_synthetic_row(city: Path, pack: Path, connection: Any, tmp_path: Path) -> None:
    take_in(
        city, pack, filled(pack, DCMM, tmp_path, [A, "评估费发票", date(2022, 8, 3), 20, "L2", "是", "是"], [B, "证书", "2022-08-05", None, "L3", True, True])
    )  # fmt: skip
    done = run_round(city, pack, ON, recorded=AT)
    part = next(one for one in done.parts if one.policy == DCMM)
    assert done.synthetic is False
    assert part.outcomes == {"yes": 1, "needs_data": 1}, "no fee was declared for the second: it is asked for, not taken as nothing"
    assert part.assessed_fen == 6_000_000
    assert "合成" not in (done.folder / "payment_list.csv").read_text(encoding="utf-8-sig")
    (row,) = profiles.of_party(city, A)[DCMM]
    day, place = lineage_of(row)["dcmm_fee"]
    assert (day, row["arrived"]) == ("2022-08-03", date(2022, 8, 3))
    assert place == f"评估费发票 {DCMM}.xlsx {DCMM}!D4"
    assert run_round(city, pack, ON, recorded=AT).id == done.id, "the same sources give the same round"


def test_what_the_registry_says_is_read_by_the_packs_words_and_silence_is_unknown(city: Path, pack: Path, connection: Any) -> None:
    six, deferral = rows_of(city, pack, connection, SIX), rows_of(city, pack, connection, DEFERRAL)
    assert [six[one]["is_individual"] for one in (A, B, C)] == [False, False, True]
    assert [deferral[one]["is_manufacturing"] for one in (A, B)] == [True, False]
    assert C not in deferral or deferral[C]["is_manufacturing"] is None, "no industry is known: it is not said that it is none"
    assert lineage_of(deferral[A])["is_manufacturing"] == (BEGUN.isoformat(), "")


def test_a_list_says_no_only_once_it_has_members(city: Path, pack: Path, connection: Any) -> None:
    assert rows_of(city, pack, connection, LOAN) == {}, "nothing is known of the project but the day of the round"
    write_memberships(connection, [Membership("renovation_projects", "P9", date(2022, 6, 1))])
    assert rows_of(city, pack, connection, LOAN)["P1"]["in_major_list"] is False
    write_memberships(connection, [Membership("renovation_projects", "P1", date(2022, 6, 1), date(2022, 8, 31), "第一批")])
    row = rows_of(city, pack, connection, LOAN, date(2022, 8, 31))["P1"]
    assert (row["in_major_list"], lineage_of(row)["in_major_list"]) == (True, ("2022-06-01", "第一批"))
    assert rows_of(city, pack, connection, LOAN, date(2022, 9, 1))["P1"]["in_major_list"] is False, (
        "the last day is included, the next is not"
    )
    assert row["payee"] == A


def test_an_enterprise_stands_on_a_list_by_its_projects_and_a_column_of_the_list_decides(city: Path, pack: Path, connection: Any) -> None:
    write_memberships(connection, [Membership("renovation_projects", "P1", date(2022, 6, 1), None, "", {"renovation_kind": "green"})])
    smart = lambda: {party: row["is_smart"] for party, row in rows_of(city, pack, connection, EQUIPMENT).items()}
    assert smart() == {A: False, B: False, C: False}
    write_parties(connection, [Party("P2", "project", "技改二号", "", "u", "r", "26", "", A, BEGUN)])
    write_memberships(connection, [Membership("renovation_projects", "P2", date(2022, 6, 1), None, "", {"renovation_kind": "smart"})])
    assert smart() == {A: True, B: False, C: False}


def test_what_was_reported_is_taken_with_its_cell_and_not_before_it_was_known(city: Path, pack: Path, connection: Any) -> None:
    day = (date(2022, 7, 8) - date(1970, 1, 1)).days
    cells = (("listed_on", day), ("board", 4), ("raised", 10**11))
    facts = [listing_fact(A, "2022-07", item, value) for item, value in cells]
    facts += [listing_fact(B, "2022-07", item, value, held=True) for item, value in cells]
    tables.append_batch(city, "2022-07", "listing_month", pl.DataFrame(facts, schema=SCHEMA))
    rows = rows_of(city, pack, connection, LADDER)
    assert (rows[A]["board"], rows[A]["listed_on"], rows[A]["raised"]) == ("BSE", date(2022, 7, 8), 10**11)
    assert rows[B]["board"] == "none", "what is held for confirmation is not reported yet, and the form was"
    assert rows[B]["raised"] is None
    assert rows_of(city, pack, connection, LADDER, date(2022, 7, 31)) == {}, "not yet known on that day"
    place = lineage_of(rows[A])["raised"][1]
    assert place.startswith("2022-07")


def test_a_source_that_speaks_is_not_overruled_and_one_that_is_silent_is_filled(
    city: Path, pack: Path, connection: Any, tmp_path: Path
) -> None:
    book = Book([Sheet("s", [["party", "document", "day", "is_manufacturing", "notice_on"], [A, "x", "2022-09-01", "否", None], [C, "执照", "2022-09-01", "是", None]])], "own.csv")  # fmt: skip
    take_in(city, pack, book)
    rows = rows_of(city, pack, connection, DEFERRAL)
    assert rows[A]["is_manufacturing"] is True, "the registry says so"
    assert rows[C]["is_manufacturing"] is True, "the registry is silent, the firm declared it"
    assert lineage_of(rows[C])["is_manufacturing"] == ("2022-09-01", "执照 own.csv s!D3")


def test_the_round_speaks_to_everybody_and_a_later_document_replaces_an_earlier(
    city: Path, pack: Path, connection: Any, tmp_path: Path
) -> None:
    head = ["party", "document", "day", "notice_on", "loan_principal [万元]"]
    batch = take_in(
        city,
        pack,
        Book([Sheet("s", [head, ["*", "通知", "2022-08-20", "2022-08-20", None], ["P1", "合同", "2022-08-21", None, 100]])], "1.csv"),
    )
    take_in(
        city,
        pack,
        Book([Sheet("s", [head, ["P1", "补充合同", "2022-09-21", None, "1.5 亿元"], ["P1", "明年的", "2023-01-01", None, 9]])], "2.csv"),
    )
    row = rows_of(city, pack, connection, LOAN)["P1"]
    assert (row["notice_on"], row["loan_principal"]) == (date(2022, 8, 20), 15 * 10**9)
    assert rows_of(city, pack, connection, LOAN, date(2022, 9, 20))["P1"]["loan_principal"] == 10**8, "each day sees what was known by then"
    declared.undo(city, batch)
    assert rows_of(city, pack, connection, LOAN)["P1"]["notice_on"] is None
    assert rows_of(city, pack, connection, LOAN, date(2022, 9, 20)) == {}
    with pytest.raises(BadInput, match="found no declared batch"):
        declared.undo(city, "../keys")


def test_what_was_granted_before_is_fed_from_the_ledger_once_it_is_kept(city: Path, pack: Path, connection: Any, tmp_path: Path) -> None:
    from yunxing.flows.run_round import open_pool
    from yunxing.packs.pools import load_pools

    policy = rules(pack).policy(EQUIPMENT)
    sources = Sources(city, pack, connection, ON)
    column = policy.sheet.columns["purchase_aid_before"]
    assert sources.known(policy, column, sources.parties[A]) == (None, None), "no account is kept: nobody knows what was granted"
    pool = next(one for one in load_pools(pack).values() if EQUIPMENT in one.policies)
    open_pool(connection, pool, pack, ON, AT)
    sources = Sources(city, pack, connection, ON)
    value, known = sources.known(policy, column, sources.parties[A])
    assert (value, known.day if known else None) == (0, ON)


def test_every_fault_of_a_workbook_is_told_with_its_cell_and_nothing_is_kept(city: Path, pack: Path) -> None:
    head = ["party", "document", "day", "dcmm_fee", "dcmm_level", "no_such"]
    rows = [
        head,
        [A, "x", "2022-09-01", 20, "L9", None],
        ["unknown", "x", "soon", None, None, None],
        ["*", "x", "2022-09-01", None, "L2", None],
    ]
    book = Book([Sheet("s", rows)], "bad.csv")
    found = read(book, pack, rules(pack), {A}.__contains__)
    assert [(fault.place, fault.found) for fault in found.faults] == [
        ("s!F1", "no_such"), ("s!D2", "20"), ("s!E2", "L9"), ("s!C3", "soon"), ("s!A3", "unknown"), ("s!E4", "dcmm_level"),
    ]  # fmt: skip
    with pytest.raises(BadInput, match="a unit in the id's brackets"):
        declare(city, [book], pack, rules(pack), [A])
    assert declared.known(city, ON) == {}
    for empty in (Book([Sheet("s", [["x"]])], "e.csv"), Book([Sheet("s", [head[:5]])], "e.csv")):
        with pytest.raises(BadInput, match=r"no row of ids|no declared value"):
            declare(city, [empty], pack, rules(pack), [A])
    over = Book([Sheet("s", [["party", "document", "day", "dcmm_fee [万元]"], [A, "x", "2022-09-01", 1001]])], "o.csv")
    with pytest.raises(BadInput, match="a value between 0 and"):
        declare(city, [over], pack, rules(pack), [A])


def test_a_gathered_row_is_decided_like_any_other(city: Path, pack: Path, connection: Any, tmp_path: Path) -> None:
    """Gathered values go through the same door as a profile typed by hand: no fault, and unknown columns are asked for."""
    take_in(city, pack, filled(pack, DCMM, tmp_path, [A, "发票", date(2022, 8, 3), 34, "L2", "是", None]))
    policy = rules(pack).policy(DCMM)
    row, faults = from_mapping(policy.sheet, rows_of(city, pack, connection, DCMM)[A], A)
    result, _ = Scalar.of(policy).decide(row)
    assert (faults, result.outcome) == ([], "needs_data")
    assert Scalar.of(policy).decide({**row, "dcmm_valid": True})[0].amount_fen == 10_000_000
