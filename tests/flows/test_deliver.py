"""From who is entitled to the payment list: nothing is written before a step, every step once, every sum exact, no public paper with a private word."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from yunxing.engines.entitlements.overlay import Replacement, overlaid
from yunxing.engines.ledger.payment_list import Payment
from yunxing.flows import deliver
from yunxing.flows.deliver import Confirmed, Listed, proactive
from yunxing.flows.rules_in_force import rules_in_force
from yunxing.flows.run_round import profile_frame
from yunxing.io.documents.read import read_docx
from yunxing.io.store import dialect, ledger_check, postings
from yunxing.io.store.granted import granted_before, reserve_key
from yunxing.packs.policies import load_policies
from yunxing.values.errors import BadInput, DoesNotHold

PACK = Path(__file__).parents[2] / "plans" / "binzhou_2022_156"
ON = date(2022, 9, 30)
AT = datetime(2022, 9, 30, 9, tzinfo=UTC)
YUAN, WAN = 100, 10**6
FIRM = "91990000MA00000A0X"


def fees(*rows: tuple[str, int, bool]) -> dict[str, pl.DataFrame]:
    """Profiles of the DCMM subsidy: party, fee in fen, first application."""
    policy = load_policies(PACK).policy("m08_dcmm")
    made = [
        {"party": party, "payee": party, "name": f"某某企业{party[-3:]}", "source": "test", "arrived": date(2022, 9, 1 + at), "dcmm_fee": fee, "dcmm_level": "L2",
         "dcmm_first": first, "dcmm_valid": True}
        for at, (party, fee, first) in enumerate(rows)
    ]  # fmt: skip
    return {"m08_dcmm": profile_frame(policy, made)}


@pytest.fixture
def store(home: Path) -> Any:
    with dialect.connected(home) as connection:
        yield connection


def offers(home: Path, store: Any, frames: dict[str, pl.DataFrame]) -> list[deliver.Offered]:
    return proactive(home, PACK, list(frames), ON, store, profiles=frames)


def confirmed(*claims: tuple[str, int, int], policy: str = "m08_dcmm") -> list[Confirmed]:
    return [Confirmed(policy, party, party, fen, datetime(2022, 9, day, tzinfo=UTC)) for party, fen, day in claims]


def test_the_proactive_list_holds_who_is_entitled_with_every_source_and_writes_nothing(home: Path, store: Any) -> None:
    found = offers(home, store, fees((FIRM, 34 * WAN, True), ("B", 20 * WAN, True), ("C", 20 * WAN, False)))
    assert [(one.party, one.amount_fen) for one in found] == [(FIRM, 10 * WAN), ("B", 6 * WAN)]
    because = [each for condition in found[0].answer["conditions"] for each in condition["because"]]
    assert {(each["column"], each["from"], each["day"]) for each in because} == {
        ("dcmm_level", "申报材料:DCMM证书", "2022-09-01"),
        ("dcmm_first", "申报材料:DCMM证书", "2022-09-01"),
        ("dcmm_valid", "申报材料:DCMM证书", "2022-09-01"),
    }
    assert dialect.row(store, "SELECT COUNT(*) FROM support_transfer") == (0,)


@pytest.mark.parametrize("name", ["m09_pilot_support", "m23_deferral", "m10_new_energy_bus", "m02_loan_interest"])
def test_what_is_not_delivered_by_confirmation_is_refused_by_name(home: Path, store: Any, name: str) -> None:
    """Awaited, not paid here, resting on unverified numbers, or handed out without consent."""
    with pytest.raises(BadInput, match=f"round: {name}; expected one or more of m02_guarantee_fee"):
        proactive(home, PACK, [name], ON, store, profiles={})
    with pytest.raises(BadInput, match="no policy"):
        proactive(home, PACK, [], ON, store, profiles={})


def test_only_verified_money_is_deliverable() -> None:
    found = deliver.deliverable(PACK, ON, load_policies(PACK))
    assert {policy.id for policy, _ in found} == {"m02_guarantee_fee", "m02_smart_equipment", "m08_dcmm", "m20_hr_firm", "m20_events"}
    assert all(policy.sheet.result == "fen" and policy.sheet.status == "verified" and pool.consent for policy, pool in found)
    assert deliver.deliverable(PACK, date(2022, 5, 26), load_policies(PACK)) == []


def signed(store: Any, policy: str, starts: date, state: str = "signed", **parameters: str) -> None:
    """A change of a rule as the desk leaves it once somebody acted on it."""
    row = {"policy": policy, "parameters": json.dumps(parameters), "without": "[]", "starts_on": starts.isoformat(), "basis": "某市1号", "state": state,
           "ruleset": "a", "changed_ruleset": "b", "report": "{}", "report_digest": "c", "proposed_by": "p", "proposed_at": "2022-09-01 00:00:00",
           "signed_by": "s", "signed_at": "2022-09-02 00:00:00", "remark": ""}  # fmt: skip
    dialect.insert_many(store, "support_rule_change", list(row), [list(row.values())])
    store.commit()


@pytest.mark.parametrize(
    ("state", "starts", "fen"),
    [
        ("signed", ON, 1020 * 10**4),
        ("signed", date(2022, 10, 1), 10 * WAN),
        ("proposed", ON, 10 * WAN),
        ("refused", ON, 10 * WAN),
        ("withdrawn", ON, 10 * WAN),
    ],
)
def test_a_change_reaches_delivery_once_it_is_signed_and_from_its_day(home: Path, store: Any, state: str, starts: date, fen: int) -> None:
    """30 % of 34 万元 are 10.2; the cap of 10 is lifted to 12."""
    signed(store, "m08_dcmm", starts, state, cap="12 万元")
    (offer,) = offers(home, store, fees((FIRM, 34 * WAN, True)))
    assert offer.amount_fen == fen
    assert offer.answer["ruleset"] == rules_in_force(PACK, store).only(["m08_dcmm"]).id
    assert {one.id for one, _ in deliver.deliverable(PACK, ON, rules_in_force(PACK, store))} >= {"m08_dcmm"}
    awards = deliver.reserve(store, PACK, confirmed((FIRM, fen, 1)), ON, recorded=AT, run="r1")
    assert awards["m08_dcmm", FIRM].amount == fen


def test_what_is_deliverable_follows_the_rules_that_are_given() -> None:
    """A condition left unverified by a change is not paid on; one put in order again is."""
    rules = load_policies(PACK)
    dcmm = rules.policy("m08_dcmm")
    share = dcmm.sheet.parameters["share"]
    doubtful = overlaid(rules, [Replacement("m08_dcmm", replace(share, unverified="待核实"), starts=ON)])
    assert "m08_dcmm" not in {one.id for one, _ in deliver.deliverable(PACK, ON, doubtful)}
    assert "m08_dcmm" in {one.id for one, _ in deliver.deliverable(PACK, date(2022, 9, 29), doubtful)}
    settled = overlaid(doubtful, [Replacement("m08_dcmm", share, starts=date(2022, 11, 1))])
    assert "m08_dcmm" in {one.id for one, _ in deliver.deliverable(PACK, date(2022, 11, 1), settled)}
    assert "m08_dcmm" not in {one.id for one, _ in deliver.deliverable(PACK, date(2022, 10, 31), settled)}


def test_a_claim_is_reserved_once_paid_once_and_never_offered_again(home: Path, store: Any) -> None:
    claims = confirmed(("B", 6 * WAN, 1), (FIRM, 10 * WAN, 2))
    for _ in range(2):  # the second time finds everything there
        awards = deliver.reserve(store, PACK, claims, ON, recorded=AT, run="r1", approvers=["a"])
        assert {key: (one.outcome, one.amount) for key, one in awards.items()} == {
            ("m08_dcmm", "B"): ("granted", 6 * WAN),
            ("m08_dcmm", FIRM): ("granted", 10 * WAN),
        }
    assert granted_before(store, "m08_dcmm") == {"B": 6 * WAN, FIRM: 10 * WAN}
    assert [one.party for one in offers(home, store, fees((FIRM, 34 * WAN, True), ("C", 20 * WAN, True)))] == ["C"]
    paid = [("m08_dcmm", "B", "B", 6 * WAN), ("m08_dcmm", FIRM, FIRM, 10 * WAN)]
    for _ in range(2):
        deliver.commit(store, PACK, paid, ON, recorded=AT, run="r1", approvers=["a", "b"])
    assert postings.balance(store, "payee/B").posted == 6 * WAN
    pool = postings.balance(store, "pool/m08_dcmm/2022")
    assert (pool.posted, pool.reserved) == (150 * WAN - 16 * WAN, 0)
    assert granted_before(store, "m08_dcmm") == {"B": 6 * WAN, FIRM: 10 * WAN}, "what was paid still counts"
    assert ledger_check.verify(store) == []


def test_a_voided_reservation_does_not_count_as_granted(store: Any) -> None:
    from yunxing.engines.ledger.batch import one_transfer

    deliver.reserve(store, PACK, confirmed(("B", 6 * WAN, 1)), ON, recorded=AT, run="r1")
    key = reserve_key("m08_dcmm", "B", "2022")
    postings.post([one_transfer("void-b", "void", "fen", {}, clause="156/8/2", effective=ON, refers=key)], store, recorded=AT)
    assert granted_before(store, "m08_dcmm") == {}


def test_sums_are_of_one_policy_alone(store: Any) -> None:
    deliver.reserve(store, PACK, confirmed(("B", 6 * WAN, 1)), ON, recorded=AT, run="r1")
    deliver.reserve(store, PACK, confirmed(("B", 20 * WAN, 1), policy="m20_events"), ON, recorded=AT, run="r1")
    assert granted_before(store, "m08_dcmm") == {"B": 6 * WAN}
    assert granted_before(store, "m20_events") == {"B": 20 * WAN}
    assert granted_before(store, "m08") == {}


def test_a_short_pool_serves_by_arrival_and_the_last_in_part(store: Any) -> None:
    """150 万元: fifteen of ten; the sixteenth waits."""
    claims = confirmed(*((f"P{at:02d}", 10 * WAN, 30 - at) for at in range(16)))
    awards = deliver.reserve(store, PACK, claims, ON, recorded=AT, run="r1")
    assert sum(one.amount for one in awards.values()) == 150 * WAN
    assert [party for (_, party), one in awards.items() if one.outcome == "queued"] == ["P00"], "it arrived last"


def test_a_short_pool_of_equipment_is_cut_alike_with_an_exact_sum(store: Any) -> None:
    claims = confirmed(*((f"P{at}", 500 * WAN, 1) for at in range(7)), policy="m02_smart_equipment")
    awards = deliver.reserve(store, PACK, claims, ON, recorded=AT, run="r1")
    amounts = sorted(one.amount for one in awards.values())
    assert sum(amounts) == 2000 * WAN
    assert amounts[-1] - amounts[0] == YUAN
    assert all(amount % YUAN == 0 for amount in amounts)


def test_an_arriving_firm_gets_all_or_waits(store: Any) -> None:
    claims = confirmed(
        *((f"P{at}", fen, at + 1) for at, fen in enumerate((50 * WAN, 50 * WAN, 50 * WAN, 40 * WAN, 50 * WAN, 10 * WAN))),
        policy="m20_hr_firm",
    )
    awards = deliver.reserve(store, PACK, claims, ON, recorded=AT, run="r1")
    assert [one.outcome for one in awards.values()] == ["granted", "granted", "granted", "granted", "queued", "granted"]


def test_who_was_granted_one_mode_is_not_offered_the_other(home: Path, store: Any) -> None:
    """156/2/3: discount, aid to the guarantor or equity; a project whose discount was granted is not offered the aid."""
    from yunxing.engines.ledger.batch import one_transfer

    policy = load_policies(PACK).policy("m02_guarantee_fee")
    row = {"payee": "G", "name": "x", "source": "test", "arrived": ON, "guaranteed": 8000 * WAN, "annual_fee": 80 * WAN, "guarantee_months": 24,
           "guarantor_licensed": True, "guaranteed_project_listed": True, "guarantee_aid_before": 0}  # fmt: skip
    frames = {policy.id: profile_frame(policy, [{**row, "party": "P1"}, {**row, "party": "P2"}])}
    assert [one.party for one in offers(home, store, frames)] == ["P1", "P2"]
    deliver.reserve(store, PACK, confirmed(("P9", WAN, 1)), ON, recorded=AT, run="r")  # opens book and unit
    for account, kind in (("pool/x", "source"), ("payee/P1", "payee")):
        postings.open_account(
            store, account, owner="x", book=PACK.name, unit="fen", kind=kind, floor=postings.NO_FLOOR if kind == "source" else 0
        )
    key = reserve_key("m02_loan_interest", "P1", "2022")
    postings.post(
        [one_transfer(key, "reserve", "fen", {"pool/x": -WAN, "payee/P1": WAN}, clause="156/2/4", effective=ON)], store, recorded=AT
    )
    assert [one.party for one in offers(home, store, frames)] == ["P2"]


def test_the_ledger_feeds_what_was_granted_whatever_was_declared(home: Path, store: Any) -> None:
    """480 万元 were granted: of the next 320 only 20 are left, though the firm declared nothing."""
    policy = load_policies(PACK).policy("m02_smart_equipment")
    row = {"purchase_aid_before": 0, "party": "P1"}
    sources = deliver.sources_of(PACK)
    assert deliver.fed(policy, row, 480 * WAN, sources)["purchase_aid_before"] == 480 * WAN
    assert deliver.fed(policy, row, 0, sources)["purchase_aid_before"] == 0
    assert deliver.fed(policy, {"purchase_aid_before": 500 * WAN}, 480 * WAN, sources)["purchase_aid_before"] == 500 * WAN
    once = load_policies(PACK).policy("m20_hr_firm")
    assert deliver.fed(once, {"hr_aid_before": False}, 1, sources)["hr_aid_before"] is True


def test_when_the_ledger_refuses_nothing_is_paid(store: Any) -> None:
    deliver.reserve(store, PACK, confirmed(("B", 6 * WAN, 1)), ON, recorded=AT, run="r1")
    with pytest.raises(DoesNotHold, match="nothing was written"):
        deliver.commit(store, PACK, [("m08_dcmm", "B", "B", 6 * WAN + 1)], ON, recorded=AT, run="r1", approvers=["a", "b"])
    assert postings.balance(store, "payee/B").posted == 0


def lines() -> list[Listed]:
    def payment(party: str, name: str, fen: int) -> Payment:
        return Payment(party, name, party, "m08_dcmm", "DCMM贯标评估费用补贴", "156/8/2", fen, fen, "reserved", "")

    return [Listed(payment(FIRM, "甲县某某化工企业", 10 * WAN), "6789"), Listed(payment("99", "张三", 12345), "0001")]


def test_the_public_notice_shows_no_account_no_whole_code_and_no_person() -> None:
    words = str(read_docx(deliver.announcement("公示", lines(), (ON, date(2022, 10, 11)), "市某局", ["合成数据 synthetic data"])))
    assert "甲县某某化工企业" in words
    assert "100,000.00" in words
    assert "张*" in words
    assert "2022-10-11" in words
    for private in ("6789", "0001", FIRM, "张三"):
        assert private not in words


def test_the_payment_list_is_the_same_in_the_workbook_and_the_document() -> None:
    book, document = deliver.payment_files("支付清单", lines(), ON, "市某局", [])
    sheet = openpyxl.load_workbook(io.BytesIO(book)).active
    assert sheet is not None
    last = [cell.value for cell in list(sheet.rows)[-1]]
    assert last[0] == "合计"
    assert last[6:8] == [100123.45, 100123.45]
    words = str(read_docx(document))
    assert "100,123.45" in words
    assert "**** 6789" in words
    assert "2 笔" in words
