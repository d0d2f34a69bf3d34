"""A round from the registry to the payment list: once, exact, and nothing more when it is run again."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from yunxing.engines.entitlements.assess import Scalar
from yunxing.engines.entitlements.intake import from_mapping
from yunxing.engines.facts.table import SCHEMA
from yunxing.engines.ledger.allocate import Award
from yunxing.engines.registry.parties import Party
from yunxing.flows.run_round import profile_frame, reported_listings, run_round
from yunxing.io import profiles as profile_store
from yunxing.io import tables
from yunxing.io.store import dialect, ledger_check, postings
from yunxing.io.store.registry import write_parties
from yunxing.packs.policies import load_policies
from yunxing.values.errors import BadInput, DoesNotHold

PACK = Path(__file__).parents[2] / "plans" / "binzhou_2022_156"
ON = date(2022, 9, 30)
AT = datetime(2022, 9, 30, 9, tzinfo=UTC)
YUAN = 100


def listings(*rows: tuple[str, int, date], board: str = "BSE") -> dict[str, pl.DataFrame]:
    """Profiles of the listing bonus: party, fen raised, day of the claim."""
    policy = load_policies(PACK).policy("m18_listing_ladder")
    made = [
        {"party": party, "payee": party, "name": f"企业{party}", "source": "test", "arrived": day, "board": board, "listed_on": date(2022, 3, 1),
         "as_of": ON, "raised": raised, "has_bonus_before": False}
        for party, raised, day in rows
    ]  # fmt: skip
    return {"m18_listing_ladder": profile_frame(policy, made)}


def payment_rows(folder: Path) -> list[dict[str, str]]:
    text = (folder / "payment_list.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf"), "WPS and Excel know UTF-8 by its mark"
    lines = text.decode("utf-8-sig").splitlines()[1:]
    rows = list(csv.DictReader(io.StringIO("\n".join(lines))))
    assert rows[-1]["序号"] == "合计"
    return rows[:-1]


@pytest.fixture
def three(home: Path) -> Any:
    """The pool holds 3,000 万元: 1,200 + 1,200 are served, the third gets the 600 that are left, the fourth waits."""
    big = 20 * 10**8 * YUAN
    claims = [("D", big, date(2022, 9, 4)), ("B", big, date(2022, 9, 2)), ("C", big, date(2022, 9, 3)), ("A", big, date(2022, 9, 2))]
    return run_round(home, PACK, ON, recorded=AT, profiles=listings(*claims))


def test_first_come_first_served_and_the_last_in_part(three: Any) -> None:
    (part,) = three.parts
    assert (part.assessed_fen, part.reserved_fen, part.added, part.pool_left_fen) == (4800 * 10**6, 3000 * 10**6, 3, 0)
    rows = {row["编号"]: (row["预留金额(元)"], row["状态"]) for row in payment_rows(three.folder)}
    assert rows["A"] == ("12000000.00", "已预留")
    assert rows["B"] == ("12000000.00", "已预留")
    assert rows["C"] == ("6000000.00", "部分预留(资金池余额不足)")
    assert rows["D"] == ("0.00", "排队(资金池已用完)")


def test_a_second_run_adds_nothing_and_lists_what_was_reserved(home: Path, three: Any) -> None:
    again = run_round(
        home, PACK, ON, recorded=datetime(2022, 10, 1, tzinfo=UTC), profiles=listings(("A", 20 * 10**8 * YUAN, date(2022, 9, 2)))
    )
    store = dialect.connect(home)
    assert again.parts[0].added == 0
    assert again.parts[0].reserved_fen == 1200 * 10**6
    assert dialect.row(store, "SELECT COUNT(*) FROM support_transfer") == (5,), "two budgets, three reservations"
    assert payment_rows(again.folder)[0]["状态"] == "此前已预留"
    assert ledger_check.verify(store) == []
    store.close()


def test_the_same_round_again_writes_the_same_files_byte_for_byte(home: Path, three: Any) -> None:
    before = {path.name: path.read_bytes() for path in three.folder.iterdir()}
    big = 20 * 10**8 * YUAN
    claims = [("A", big, date(2022, 9, 2)), ("B", big, date(2022, 9, 2)), ("C", big, date(2022, 9, 3)), ("D", big, date(2022, 9, 4))]
    again = run_round(home, PACK, ON, recorded=datetime(2022, 12, 1, tzinfo=UTC), profiles=listings(*claims))
    assert again.id == three.id
    assert {path.name: path.read_bytes() for path in again.folder.iterdir()} == before


def test_a_round_that_died_before_its_files_is_completed_by_the_next_run(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The money was reserved and the power went: asked again, the same round writes the list it would have written."""
    from yunxing.flows import run_round as flow

    big = 20 * 10**8 * YUAN
    claims = listings(("A", big, date(2022, 9, 2)), ("B", big, date(2022, 9, 3)), ("C", big, date(2022, 9, 4)))

    def power_cut(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(flow, "_write", power_cut)
        with pytest.raises(KeyboardInterrupt):
            run_round(home, PACK, ON, recorded=AT, profiles=claims)
    done = run_round(home, PACK, ON, recorded=AT, profiles=claims)
    assert [row["状态"] for row in payment_rows(done.folder)] == ["已预留", "已预留", "部分预留(资金池余额不足)"]
    assert done.parts[0].added == 0


def test_when_the_ledger_refuses_nothing_is_reserved_and_no_payee_is_opened(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from yunxing.flows import run_round as flow

    greedy = {"fcfs_partial_last": lambda claims, left: [Award(claim, "granted", claim.amount + left, 0) for claim in claims]}
    monkeypatch.setattr(flow, "MODES", greedy)
    with pytest.raises(DoesNotHold, match="nothing was reserved"):
        run_round(home, PACK, ON, recorded=AT, profiles=listings(("A", 10**10, ON)))
    store = dialect.connect(home)
    assert dialect.row(store, "SELECT COUNT(*) FROM support_account WHERE kind = 'payee'") == (0,)
    assert ledger_check.verify(store) == []
    store.close()


def test_an_amount_that_is_another_today_is_told_and_the_ledger_left_alone(home: Path, three: Any) -> None:
    again = run_round(home, PACK, ON, recorded=AT, profiles=listings(("A", 5 * 10**8 * YUAN, date(2022, 9, 2))))
    row = payment_rows(again.folder)[0]
    assert (row["核定金额(元)"], row["预留金额(元)"], row["状态"]) == ("2000000.00", "12000000.00", "此前已预留,本次核定金额不同,待核")
    assert again.parts[0].added == 0


def test_the_rounds_files_say_why_and_what_is_assumed(three: Any) -> None:
    told = json.loads((three.folder / "explanations.json").read_text(encoding="utf-8"))
    assert any("演示假设" in mark for mark in told["marks"])
    assert len(told["explanations"]) == 4
    assert {one["source"] for one in told["explanations"]} == {"test"}
    assert "1,200万元" in told["explanations"][0]["sentences"]["zh"]
    assessed = pl.read_parquet(three.folder / "m18_listing_ladder.parquet")
    assert set(assessed["ruleset"].to_list()) == {three.ruleset}
    assert (three.folder / "payment_list.xlsx").read_bytes()[:2] == b"PK"


def test_the_demos_profiles_come_from_the_registry_and_are_marked(home: Path, connection: Any) -> None:
    begun = date(2020, 1, 1)
    attributes = {"total_investment_fen": 3 * 10**11}
    parties = [Party(f"P{n:03d}", "project", f"项目{n}", "", "u", "r", "26", "", f"E{n:03d}", begun, None, attributes) for n in range(60)]
    parties += [Party(f"E{n:03d}", "enterprise", f"企业{n}", "", "u", "r", "26", "", "", begun) for n in range(60)]
    write_parties(connection, parties)
    done = run_round(home, PACK, ON, recorded=AT)
    by = {part.policy: part for part in done.parts}
    assert done.synthetic is True
    assert sum(by["m02_loan_interest"].outcomes.values()) == 60
    assert by["m18_listing_ladder"].outcomes == {"no": 60}
    assert "合成数据" in (done.folder / "payment_list.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    pool = postings.balance(connection, "pool/m02_loan_interest/2022")
    assert pool.reserved == by["m02_loan_interest"].reserved_fen > 0
    assert run_round(home, PACK, ON, recorded=AT).id == done.id


def test_the_printed_enterprise_is_entitled_to_something_on_its_own_page(home: Path, connection: Any) -> None:
    """Of a hundred firms few declare anything; the one that is named declares every policy's ordinary case, and its rows are kept for its page."""
    begun = date(2020, 1, 1)
    firm = Party("E001", "enterprise", "企业1", "", "u", "r", "26", "small", "", begun)
    write_parties(connection, [firm])
    plain = run_round(home, PACK, ON, recorded=AT)
    before = profile_store.of_party(home, "E001")
    done = run_round(home, PACK, ON, recorded=AT, surely=frozenset({"E001"}))
    after = profile_store.of_party(home, "E001")
    assert done.id != plain.id
    assert before.keys() < after.keys()
    rules = load_policies(PACK)
    ordinary = {name for name in after if name not in before and rules.policy(name).sheet.party != "project"}
    entitled = set()
    for name in ordinary:
        policy = rules.policy(name, ON)
        row, faults = from_mapping(policy.sheet, after[name][0], "E001")
        assert faults == []
        if Scalar.of(policy).decide(row)[0].outcome == "yes":
            entitled.add(name)
    assert {"m08_dcmm", "m20_events"} <= entitled


def listing_fact(party: str, period: str, item: str, value: int, *, held: bool = False) -> dict[str, Any]:
    plain = dict.fromkeys(SCHEMA, "")
    plain |= {
        "form": "listing_month",
        "item": item,
        "role": "value",
        "party": party,
        "period": period,
        "as_reported": "event",
        "value": value,
    }
    return {**plain, "words": None, "absence": None, "held": held, "known_at": datetime(2022, 8, 1, tzinfo=UTC), "version": 1}


def test_listings_come_from_the_facts_known_by_the_day(home: Path) -> None:
    """Admission first and listing later: the listing counts; what is held for confirmation does not."""
    day = (date(2022, 7, 8) - date(1970, 1, 1)).days
    rows = [listing_fact("E1", "2022-03", item, value) for item, value in (("listed_on", day - 100), ("board", 5), ("raised", 0))]
    rows += [listing_fact("E1", "2022-07", item, value) for item, value in (("listed_on", day), ("board", 4), ("raised", 10**11))]
    rows += [
        listing_fact("E2", "2022-07", item, value, held=True) for item, value in (("listed_on", day), ("board", 4), ("raised", 10**11))
    ]
    rows += [listing_fact("E3", "2022-07", item, value) for item, value in (("listed_on", day), ("board", 5), ("raised", 0))]
    tables.append_batch(home, "2022-07", "listing_month", pl.DataFrame(rows, schema=SCHEMA))
    assert reported_listings(home, PACK, ON) == {"E1": ("BSE", date(2022, 7, 8), 10**11), "E3": ("NEEQ", date(2022, 7, 8), 0)}
    assert reported_listings(home, PACK, date(2022, 7, 31)) == {}, "not yet known on that day"


def test_an_empty_registry_and_a_changed_budget_are_refused_in_words(home: Path, connection: Any, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="the registry holds no projects or enterprises yet, load it first"):
        run_round(home, PACK, ON, recorded=AT)
    run_round(home, PACK, ON, recorded=AT, profiles=listings(("A", 10**10, ON)))
    import shutil

    other = tmp_path / PACK.name
    shutil.copytree(PACK, other)
    text = (other / "pools.toml").read_text(encoding="utf-8")
    (other / "pools.toml").write_text(text.replace("3000 万元", "4000 万元"), encoding="utf-8")
    with pytest.raises(DoesNotHold, match=r"pool m18_listing_ladder: its budget of 2022 is in the ledger with another amount"):
        run_round(home, other, ON, recorded=AT, profiles=listings(("A", 10**10, ON)))


def test_before_the_policy_is_in_force_nothing_is_assessed(home: Path) -> None:
    done = run_round(home, PACK, date(2022, 5, 26), recorded=AT, profiles=listings(("A", 10**10, ON)))
    assert done.parts == ()
