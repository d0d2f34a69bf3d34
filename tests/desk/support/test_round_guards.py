"""The guards of a round's steps: who may, until when, what is left behind by a fault, and that support which was not taken is offered again."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils import timezone

from desk.support.test_delivery import ACCOUNT, act, confirm, offer_of, opened, said
from io_invoices import DAY, INVOICE, WAN
from yunxing.desk.people.models import JournalEntry
from yunxing.desk.scoping import acting_as_system
from yunxing.desk.support import delivery_place as place
from yunxing.desk.support import delivery_selectors as selectors
from yunxing.desk.support import delivery_services as services
from yunxing.desk.support.delivery_models import CostPaper, Offer, Round, RoundEvent
from yunxing.flows import deliver
from yunxing.io.store import dialect, ledger_check, postings
from yunxing.packs.policies import load_policies
from yunxing.values.errors import BadInput, DoesNotHold
from yunxing.values.scope import ALL, Scope

pytestmark = pytest.mark.django_db
OFFICE = frozenset({"IIT"})
OFFICE_NAME = place.office_name("IIT")  # as the pack calls it
OPENER, SECOND = (Scope(frozenset(), OFFICE, frozenset(), 2, name) for name in ("opener", "second"))
STRANGER = Scope(frozenset(), frozenset({"bureau-1"}), frozenset(), 2, "bureau")
GOOD = services.Account("甲县某企业", "某银行", "6222000000006789")


def moment(day: int, hour: int = 9) -> datetime:
    return timezone.make_aware(datetime(2022, 10, day, hour))


def open_one(policy: str = "m08_dcmm", day: int = DAY.day) -> Round:
    return services.open_round([policy], OPENER, at=moment(day))


def take(offer: Offer, number: str = INVOICE, day: int = DAY.day) -> Offer:
    return services.confirm(offer, GOOD, [services.Typed("invoice", number)], "clerk", at=moment(day))


def announced(stage, both: bool = False) -> Round:
    one = open_one()
    take(offer_of(stage.firms[0]))
    if both:
        take(offer_of(stage.firms[1]), INVOICE[:-1] + "9")
    return services.announce(one.number, OPENER, at=moment(DAY.day))


def state_of(number: str) -> str:
    with acting_as_system("test"):
        return str(Round.objects.get(pk=number).state)


def counts() -> tuple[int, int, int, int]:
    """Rounds, papers, events, lines of the journal: what a refused step must leave alone."""
    with acting_as_system("test"):
        journal = JournalEntry.objects.filter(object_kind="support_round").count()
        return Round.objects.count(), CostPaper.objects.count(), RoundEvent.objects.count(), journal


def test_what_a_withdrawn_round_offered_is_offered_again(stage) -> None:
    """Also what was confirmed in it, with the same invoice."""
    first = open_one()
    take(offer_of(stage.firms[0]))
    services.withdraw(first.number, "政策调整", OPENER)
    second = open_one()
    with acting_as_system("test"):
        again = {one.payee: one for one in Offer.objects.filter(round=second).select_related("round")}
    assert set(again) == set(stage.firms)
    assert take(again[stage.firms[0]]).state == "confirmed"


def test_what_nobody_confirmed_is_offered_again_once_the_round_is_over(stage) -> None:
    """Firm B did not answer: while the round runs it is not offered twice, after the approval it is; firm A, who was granted, is not."""
    one = announced(stage)
    with pytest.raises(BadInput, match="没有新的符合条件的对象"):
        open_one()
    services.approve(one.number, SECOND, at=moment(18))
    second = open_one(day=18)
    with acting_as_system("test"):
        assert [each.payee for each in Offer.objects.filter(round=second)] == [stage.firms[1]]
    services.pay(one.number, OPENER, at=moment(18))
    with pytest.raises(BadInput, match="没有新的"):
        open_one(day=18)


def test_rounds_are_numbered_through_and_a_withdrawn_number_is_not_given_again(stage) -> None:
    numbers = []
    for _ in range(3):
        numbers.append(open_one().number)
        services.withdraw(numbers[-1], "重来", OPENER)
    assert numbers == ["2022-0001", "2022-0002", "2022-0003"]
    with acting_as_system("test"):
        assert [one.number for one in Offer.objects.filter(round=numbers[1])] == ["2022-0002-0001", "2022-0002-0002"]


@pytest.mark.parametrize(("day", "taken"), [(10, True), (17, True), (18, False), (30, False)])
def test_an_objection_is_taken_through_the_last_day_of_the_notice(stage, day: int, taken: bool) -> None:
    """Five working days from 10 October: 11, 12, 13, 14, 17."""
    one = announced(stage)
    assert (one.notice_from, one.notice_to) == (DAY, DAY.replace(day=17))
    stage.day["today"] = DAY.replace(day=day)
    about = offer_of(stage.firms[0]).number
    answer = stage.cast.client("county_b").post(f"/support-notices/{one.number}/", {"offer": about, "words": "证书存疑"}, follow=True)
    assert ("异议已收到" if taken else "公示期已结束") in said(answer)
    assert offer_of(stage.firms[0]).state == ("objected" if taken else "announced")


def test_an_objection_needs_a_line_of_the_notice(stage) -> None:
    one = announced(stage)
    client = stage.cast.client("county_b")
    for about in ("", "2022-0001-9999", offer_of(stage.firms[1]).number, "x' OR 1=1"):
        assert client.post(f"/support-notices/{one.number}/", {"offer": about, "words": "x"}).status_code == 404, "not on the public list"
    about = offer_of(stage.firms[0]).number
    client.post(f"/support-notices/{one.number}/", {"offer": about, "words": "甲"})
    assert "object from objected: not a step" in said(
        client.post(f"/support-notices/{one.number}/", {"offer": about, "words": "乙"}, follow=True)
    )


@pytest.mark.parametrize(("act_", "state"), [("uphold", "announced"), ("strike", "struck")])
def test_an_objection_is_answered_by_the_office_that_leads_with_words(stage, act_: str, state: str) -> None:
    announced(stage)
    about = offer_of(stage.firms[0]).number
    services.object_to(about, "证书存疑", "county_b")
    for words in ("", "  "):
        with pytest.raises(BadInput, match="请写明理由"):
            services.judge(about, act_, words, SECOND)
    with pytest.raises(DoesNotHold, match=f"由{OFFICE_NAME}主办"):
        services.judge(about, act_, "查过", STRANGER)
    with pytest.raises(BadInput):
        services.judge(about, "grant", "查过", SECOND)
    assert offer_of(stage.firms[0]).state == "objected"
    assert services.judge(about, act_, "查过" * 200, SECOND).state == state
    assert len(offer_of(stage.firms[0]).reason) == 200


def test_a_withdrawn_round_takes_no_answer_and_no_objection_any_more(stage) -> None:
    one = announced(stage)
    services.withdraw(one.number, "政策调整", OPENER)
    about = offer_of(stage.firms[0]).number
    with pytest.raises(DoesNotHold, match="object: the round is withdrawn, expected open or announced"):
        services.object_to(about, "证书存疑", "county_b")
    with pytest.raises(DoesNotHold, match="strike: the round is withdrawn"):
        services.judge(about, "strike", "查过", OPENER)
    assert stage.cast.client("county_b").get(f"/support-notices/{one.number}/").status_code == 404
    with pytest.raises(DoesNotHold, match="不再接受确认"):
        take(offer_of(stage.firms[1]))
    with pytest.raises(DoesNotHold, match="不再接受确认"):
        services.decline(offer_of(stage.firms[1]), "clerk")


@pytest.mark.parametrize("step", ["announce", "approve", "pay", "withdraw"])
def test_another_office_takes_no_step_of_a_round(stage, step: str) -> None:
    one = announced(stage) if step != "announce" else open_one()
    before = (state_of(one.number), counts())
    with pytest.raises(DoesNotHold, match=f"这一批次由{OFFICE_NAME}主办"):
        services.withdraw(one.number, "x", STRANGER) if step == "withdraw" else getattr(services, step)(one.number, STRANGER, at=moment(18))
    assert (state_of(one.number), counts()) == before


@pytest.mark.parametrize("policies", [[], ["nope"], ["m08_dcmm", "nope"], ["m08_dcmm", "m20_events"], ["m02_loan_interest"]])
def test_a_round_is_of_deliverable_policies_of_one_office(stage, policies: list[str]) -> None:
    before = counts()
    with pytest.raises(BadInput, match="请选择同一主办单位"):
        services.open_round(policies, Scope(ALL, ALL, ALL, 3, "command"), at=moment(10))
    assert counts() == before


@pytest.mark.parametrize(("number", "taken"), [("1" * 7, False), ("1" * 8, True), ("1" * 30, True), ("1" * 31, False), ("６２２２００００", False), ("6222-0000-0000", False), ("", False), (" 6222 0000\t0000 ", True)])  # fmt: skip
def test_an_account_has_eight_to_thirty_digits(stage, number: str, taken: bool) -> None:
    open_one()
    account = services.Account("甲县某企业", "某银行", number)
    if taken:
        held = services.confirm(offer_of(stage.firms[0]), account, [services.Typed("invoice", INVOICE)], "clerk", at=moment(10))
        assert held.account_tail == "".join(number.split())[-4:]
        return
    before = counts()
    with pytest.raises(BadInput, match="账号应为 8 至 30 位数字"):
        services.confirm(offer_of(stage.firms[0]), account, [services.Typed("invoice", INVOICE)], "clerk", at=moment(10))
    assert counts() == before


def test_a_second_paper_that_is_taken_leaves_the_first_unregistered(stage) -> None:
    """Two papers behind one offer, the second another firm's: neither is kept, and the state stays."""
    open_one()
    take(offer_of(stage.firms[1]), INVOICE)
    fresh = INVOICE[:-1] + "0"
    with pytest.raises(DoesNotHold, match=f"号码 {INVOICE} 已用于另一项支持"):
        services.confirm(offer_of(stage.firms[0]), GOOD, [services.Typed("invoice", fresh), services.Typed("invoice", INVOICE)], "clerk")
    assert (offer_of(stage.firms[0]).state, offer_of(stage.firms[0]).account_sealed) == ("offered", "")
    with acting_as_system("test"):
        assert [paper.key for paper in CostPaper.objects.all()] == [INVOICE]
    assert take(offer_of(stage.firms[0]), fresh).state == "confirmed"


def test_the_same_old_invoice_typed_in_one_is_the_one_that_is_taken(stage) -> None:
    """Twelve digits and eight in two boxes; then as twenty in one."""
    open_one()
    services.confirm(offer_of(stage.firms[1]), GOOD, [services.Typed("invoice", "12345678", "037001900104")], "clerk")
    with pytest.raises(DoesNotHold, match="号码 037001900104/12345678 已用于另一项支持"):
        take(offer_of(stage.firms[0]), "03700190010412345678")


def test_a_fault_in_the_middle_of_a_confirmation_leaves_nothing(stage, monkeypatch) -> None:
    open_one()
    before = counts()
    monkeypatch.setattr(services.FieldCipher, "in_home", lambda _home: SimpleNamespace(seal=lambda *_: 1 / 0))
    with pytest.raises(ZeroDivisionError):
        take(offer_of(stage.firms[0]))
    assert counts() == before
    assert offer_of(stage.firms[0]).state == "offered"


def test_a_fault_in_the_middle_of_an_approval_reserves_nothing(stage, monkeypatch) -> None:
    one = announced(stage, both=True)
    before = counts()

    def broken(*_args: object, **_named: object) -> None:
        raise RuntimeError("no")

    with monkeypatch.context() as patch:
        patch.setattr(services.journal, "record", broken)
        with pytest.raises(RuntimeError):
            services.approve(one.number, SECOND, at=moment(18))
    assert (state_of(one.number), counts()) == ("announced", before)
    assert dialect.row(connection, "SELECT COUNT(*) FROM support_transfer") == (0,)
    assert {offer_of(firm).state for firm in stage.firms} == {"announced"}
    services.approve(one.number, SECOND, at=moment(18))
    assert postings.balance(connection, "pool/m08_dcmm/2022").reserved == 20 * WAN


def test_a_payment_whose_list_cannot_be_written_is_not_made(stage, monkeypatch) -> None:
    one = announced(stage)
    services.approve(one.number, SECOND, at=moment(18))

    def full(*_args: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(services, "write_atomic", full)
        with pytest.raises(OSError, match="no space"):
            services.pay(one.number, OPENER, at=moment(18))
    assert state_of(one.number) == "approved"
    assert postings.balance(connection, f"payee/{stage.firms[0]}").posted == 0
    services.pay(one.number, OPENER, at=moment(18))
    assert postings.balance(connection, f"payee/{stage.firms[0]}").posted == 10 * WAN
    assert ledger_check.verify(connection) == []


def test_a_payment_the_ledger_refuses_leaves_the_round_approved(stage, monkeypatch) -> None:
    one = announced(stage)
    services.approve(one.number, SECOND, at=moment(18))

    def refused(*_args: object, **_named: object) -> None:
        raise DoesNotHold("round: the ledger refused")

    monkeypatch.setattr(deliver, "commit", refused)
    assert "the ledger refused" in said(act(stage, "opener", one.number, "pay"))
    assert (state_of(one.number), offer_of(stage.firms[0]).state) == ("approved", "granted")


def test_a_short_pool_grants_in_part_and_the_sums_of_the_page_are_exact(stage, monkeypatch) -> None:
    """10万 each; the pool has 15万: the earlier all, the later 5万, by the day they arrived."""
    one = announced(stage, both=True)
    rules = load_policies(services.pack().folder)
    pools = deliver.deliverable(services.pack().folder, DAY, rules)
    from dataclasses import replace

    monkeypatch.setattr(deliver, "deliverable", lambda *_: [(policy, replace(pool, budget_fen=15 * WAN)) for policy, pool in pools])
    services.approve(one.number, SECOND, at=moment(18))
    assert [(offer_of(firm).state, offer_of(firm).granted_fen) for firm in stage.firms] == [("granted", 10 * WAN), ("reduced", 5 * WAN)]
    with acting_as_system("test"):
        found = selectors.tallies(Round.objects.get(pk=one.number))
    assert [(tally.state, tally.count, tally.fen) for tally in found] == [("granted", 1, 10 * WAN), ("reduced", 1, 5 * WAN)]
    assert offer_of(stage.firms[1]).money == "5万元"


@pytest.mark.parametrize("who", ["county_a", "county_b", "analyst", "enterprise", "newcomer", "auditor", "secadmin"])
def test_payment_lists_are_for_those_who_lead(stage, who: str) -> None:
    """An analyst sees all offices, and leads none."""
    one = announced(stage)
    services.approve(one.number, SECOND, at=moment(18))
    assert stage.cast.client("opener").get(f"/rounds/{one.number}/papers/payment_list.xlsx").status_code == 404, "not before it is paid"
    services.pay(one.number, OPENER, at=moment(18))
    for name in ("payment_list.xlsx", "payment_list.docx"):
        assert stage.cast.client(who).get(f"/rounds/{one.number}/papers/{name}").status_code in (403, 404)
        assert stage.cast.client("second").get(f"/rounds/{one.number}/papers/{name}").status_code == 200
        assert stage.cast.client("bureau").get(f"/rounds/{one.number}/papers/{name}").status_code == 404
    for name in ("desk.sqlite3", "..", "payment_list.csv", "payment_list.xlsx.bak"):
        assert stage.cast.client("second").get(f"/rounds/{one.number}/papers/{name}").status_code == 404


@pytest.mark.parametrize("who", ["county_a", "analyst", "enterprise", "newcomer", "sysadmin", "auditor", "anonymous"])
def test_no_step_is_taken_by_who_may_only_read(stage, who: str) -> None:
    number = opened(stage)
    confirm(stage)
    client, before = stage.cast.client(who), counts()
    for address in ("/rounds/open/", f"/rounds/{number}/step/announce/", f"/rounds/offers/{offer_of(stage.firms[0]).number}/judge/"):
        answer = client.post(address, {"policy": "m20_events", "act": "strike", "words": "x"})
        assert answer.status_code == 403 or (answer.status_code == 302 and "/rounds/" not in answer["Location"].partition("?")[0])
    assert (state_of(number), counts()[:3]) == ("open", before[:3])


def test_a_step_that_is_none_and_a_round_that_is_none_are_not_found(stage) -> None:
    number, client = opened(stage), stage.cast.client("opener")
    assert client.post(f"/rounds/{number}/step/judge/").status_code == 404
    assert client.post("/rounds/2022-9999/step/announce/").status_code == 404
    assert client.get(f"/rounds/{number}/step/announce/").status_code == 405
    assert client.get("/rounds/2022-9999/").status_code == 404
    assert client.post("/rounds/offers/2022-9999-0001/judge/", {"act": "strike", "words": "x"}).status_code == 404


def test_an_enterprise_cannot_answer_for_another(stage) -> None:
    opened(stage)
    other = offer_of(stage.firms[1]).number
    client = stage.cast.client("enterprise")
    for body in (ACCOUNT, {"act": "decline"}):
        assert client.post(f"/my-support/{other}/", body).status_code == 404
    assert offer_of(stage.firms[1]).state == "offered"


def test_what_an_enterprise_types_is_shown_as_words(stage) -> None:
    opened(stage)
    page = confirm(stage, account_name='"><script>alert(1)</script>', account="1").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
