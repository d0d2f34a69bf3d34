"""Forms of factors against hostile hands: numbers beyond the store, keys of others, texts that are too long, bids that would spoil an auction."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desk.factors.conftest import COUNTY, FIRM, PROJECT
from desk.factors.test_acts import agreed, count, filled, handed_in
from yunxing.desk import clock
from yunxing.desk.factors import auctions, place, proposals
from yunxing.desk.factors.models import Auction, PledgedSource, Proposal, SealedBid
from yunxing.desk.scoping import acting_as_system
from yunxing.desk.support.models import Account, Posting
from yunxing.engines.ledger.auction import LARGEST

POOL = "m16_quota_auction"
CUT = {
    "id": "S1", "title": "拟关停窑炉", "firm": FIRM, "kind": "closure", "unit": "kg-NOx", "planned": "10", "baseline": "12", "planned_done": "2023-03-31", "document": "第3号方案",
}  # fmt: skip
NOTICE = {"title": "第一场", "notice": "公告1号", "supply": "10000", "closes_at": "2022-11-20T17:00"}


@pytest.fixture
def offered(people):
    """10,000 tce put up for bidding."""
    agreed(people, "bank_quota", amount="12000")
    agreed(people, "offer_quota", amount="10000")
    return people


def announced(people, **changed) -> Auction:
    answer = people.client("li").post(f"/ledgers/auctions/{POOL}/new/", NOTICE | changed)
    assert answer.status_code == 302, answer.content.decode()[-1500:]
    with acting_as_system("test"):
        return Auction.objects.latest("announced_at")


def bid(people, sale: Auction, who: str, price: str, quantity: str):
    return people.client(who).post(f"/ledgers/auctions/{sale.pk}/bid/", {"price": price, "quantity": quantity})


def opened(people, sale: Auction, monkeypatch) -> Auction:
    day = clock.today() + timedelta(days=13)
    monkeypatch.setattr(clock, "demo_day", lambda: day)
    for who in ("li", "wang"):
        answer = people.client(who).post(f"/ledgers/auctions/{sale.pk}/open/")
        assert answer.status_code == 302, answer.content.decode()[-1500:]
    with acting_as_system("test"):
        return Auction.objects.get(pk=sale.pk)


# ---- acts


@pytest.mark.parametrize(
    ("amount", "says"),
    [
        ("90071992547409.93", "数量过大"),  # 2**53 + 1 hundredths of a ton
        ("9" * 30, "数量过大"),
        ("9" * 1001, "is no number"),
        ("-" + "9" * 30, "必须大于 0"),
        ("０", "必须大于 0"),
        ("1/2", "is no number"),
        ("١٢", "is no number"),
        ("12,34", "thousands marks"),
        ("", "nothing is written"),
        ("<script>alert(1)</script>", "is no number"),
    ],
)
def test_an_amount_that_the_store_cannot_hold_is_refused_in_words(people, amount, says):
    client = people.client("li")
    answer = client.post("/ledgers/acts/bank_quota/", {**filled(client.get("/ledgers/acts/bank_quota/"), amount=amount), "do": "hand_in"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert says in page
    assert "<script>alert(1)" not in page
    with acting_as_system("test"):
        assert not Proposal.objects.exists()


def test_the_largest_amount_that_is_summed_exactly_is_taken(people):
    """2**53 hundredths are 90,071,992,547,409.92 t."""
    assert agreed(people, "bank_quota", amount="90071992547409.92").amount == LARGEST


@pytest.mark.parametrize("sent", ["auction/A2022-001", "x", "bank_quota/20221108/abc", "offer_quota/20221108/abcdefghij", "bank_quota/20221108/abcdefghi#", "bank_quota/20221108/abcdefghij\n", "bank_quota/２０221108/abcdefghij"])  # fmt: skip
def test_a_key_that_the_form_never_gave_is_replaced(people, sent):
    """An officer could otherwise take the key under which an auction is going to be settled."""
    people.client("li").post("/ledgers/acts/bank_quota/", {"key": sent, "amount": "5", "document": "文件", "do": "hand_in"})
    with acting_as_system("test"):
        made = Proposal.objects.get()
    assert made.key != sent
    assert made.key.startswith("bank_quota/20221108/")
    assert len(made.key) == len("bank_quota/20221108/") + 10


@pytest.mark.parametrize("changed", [{"amount": "11"}, {"document": "另一文件"}, {"effective": "2022-11-07"}])
def test_a_form_sent_again_with_other_content_is_not_taken_for_the_first(people, changed):
    """Back in the browser, the amount altered, sent again: it would look handed in, and the old amount would wait."""
    client = people.client("li")
    form = filled(client.get("/ledgers/acts/bank_quota/"), amount="10", do="hand_in")
    assert client.post("/ledgers/acts/bank_quota/", form).status_code == 302
    again = client.post("/ledgers/acts/bank_quota/", form | changed)
    assert again.status_code == 409
    assert "已送审过另一内容" in again.content.decode()
    with acting_as_system("test"):
        assert [one.amount for one in Proposal.objects.all()] == [10_00]


def test_a_key_of_another_person_gives_nothing_away(people):
    made = handed_in(people, "bank_quota", amount="10")
    stolen = people.client("office").post(
        "/ledgers/acts/bank_quota/", {"key": made.key, "amount": "10", "document": made.document, "do": "hand_in"}
    )
    assert stolen.status_code == 409
    with acting_as_system("test"):
        assert Proposal.objects.count() == 1


@pytest.mark.parametrize(("signs", "status"), [(200, 302), (201, 400)])
def test_a_document_is_as_long_as_the_store_keeps_it(people, signs, status):
    client = people.client("li")
    form = {**filled(client.get("/ledgers/acts/bank_quota/"), amount="5"), "document": "文" * signs, "do": "hand_in"}
    answer = client.post("/ledgers/acts/bank_quota/", form)
    assert answer.status_code == status
    assert ("最多 200 字" in answer.content.decode()) is (status == 400)


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        (f"{COUNTY} 5\n{COUNTY} 6", "第 2 行"),
        (f"{COUNTY} -5", "第 1 行"),
        (f"{COUNTY} 5.5", "第 1 行"),
        (f"{COUNTY} " + "9" * 16, "第 1 行"),
        (f"{COUNTY} " + "9" * 5000, "第 1 行"),
        (COUNTY, "第 1 行"),
        ("\n\n 5", "第 3 行"),
    ],
)
def test_stocks_that_are_no_stocks_are_told_by_line(people, weights, says):
    client = people.client("li")
    form = {**filled(client.get("/ledgers/acts/set_land_task/"), amount="5"), "weights": weights, "do": "try"}
    answer = client.post("/ledgers/acts/set_land_task/", form)
    assert answer.status_code == 400
    assert says in answer.content.decode()


def test_a_task_over_stocks_of_nothing_is_refused(people):
    client = people.client("li")
    form = {**filled(client.get("/ledgers/acts/set_land_task/"), amount="5"), "weights": f"{COUNTY} 0", "do": "try"}
    answer = client.post("/ledgers/acts/set_land_task/", form)
    assert answer.status_code == 409
    assert "at least one weight above 0" in answer.content.decode()


def test_a_purpose_a_unit_and_a_standard_outside_the_lists_are_refused_and_nothing_is_kept(people):
    client = people.client("li")
    page = filled(client.get("/ledgers/acts/certify_cut/"), amount="5", unit="kg-NOx", county=COUNTY, purpose="关停替代")
    assert client.post("/ledgers/acts/certify_cut/", {**page, "unit": "fen", "do": "hand_in"}).status_code == 400
    answer = client.post("/ledgers/acts/certify_cut/", {**page, "purpose": "任意", "do": "hand_in"})
    assert (answer.status_code, "不在允许范围" in answer.content.decode()) == (409, True)
    answer = client.post("/ledgers/acts/certify_cut/", {**page, "purpose": "预支落实", "source": "../x", "do": "hand_in"})
    assert (answer.status_code, "没有未归还的预支" in answer.content.decode()) == (409, True)
    draw = filled(client.get("/ledgers/acts/allocate_pollutants/"), amount="5", unit="kg-NOx", county=COUNTY, party=FIRM, project=PROJECT)
    answer = client.post("/ledgers/acts/allocate_pollutants/", {**draw, "missed": "noise", "do": "hand_in"})
    assert (answer.status_code, "no replacement rule knows the standard noise" in answer.content.decode()) == (409, True)
    with acting_as_system("test"):
        assert not Proposal.objects.exists()
        assert not Posting.objects.exists()


@pytest.mark.parametrize("address", ["/ledgers/proposals/99999999999999999999999/", "/ledgers/proposals/0/", "/ledgers/pools/none/", "/ledgers/acts/none/", "/ledgers/accounts/none/city/",
                                     "/ledgers/accounts/m16_quota_bank/../city/", "/ledgers/auctions/A2022-999/", f"/ledgers/auctions/{POOL[:-1]}/new/"])  # fmt: skip
def test_what_is_not_there_is_not_found_and_breaks_nothing(people, address):
    assert people.client("li").get(address).status_code == 404


@pytest.mark.parametrize("before", ["9" * 19, "9" * 5000, "-1", "x", "٣", "1' OR 1=1", ""])
def test_a_statement_is_asked_from_anywhere(people, before):
    agreed(people, "bank_quota", amount="100")
    answer = people.client("li").get("/ledgers/accounts/m16_quota_bank/city/", {"before": before})
    assert answer.status_code == 200
    assert "100.00" in answer.content.decode()


def test_a_proposal_whose_body_was_altered_is_not_posted(people):
    made = handed_in(people, "bank_quota", amount="10")
    with acting_as_system("test"):
        Proposal.objects.filter(pk=made.pk).update(body=made.body.replace('"amount": 1000', '"amount": 2000', 1))
    answer = people.client("wang").post(f"/ledgers/proposals/{made.pk}/decide/", {"do": "agree"})
    assert answer.status_code == 400
    assert count() == 0
    with acting_as_system("test"):
        assert Proposal.objects.get().state == "waiting"


def test_a_write_that_breaks_after_the_decision_leaves_neither_decision_nor_posting(people, monkeypatch):
    """The journal is the last thing that is written; when it cannot be, nothing of the agreement stays."""
    made = handed_in(people, "bank_quota", amount="10")

    def broken(*_words, **_more):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(proposals.journal, "record", broken)
    with pytest.raises(RuntimeError, match="the disk is full"):
        proposals.decide(people.standing("wang"), made, agree=True)
    with acting_as_system("test"):
        assert (Proposal.objects.get().state, Proposal.objects.get().decided_by) == ("waiting", "")
        assert not Posting.objects.exists()
        assert not Account.objects.filter(pk__startswith="m16_quota_bank/").exists()


def test_a_planned_cut_whose_account_cannot_be_opened_is_not_kept(people, monkeypatch):
    def broken(*_words, **_more):
        raise RuntimeError("locked")

    monkeypatch.setattr(proposals.quota_acts, "open_pledge", broken)
    with pytest.raises(RuntimeError, match="locked"):
        people.client("li").post("/ledgers/sources/", CUT)
    with acting_as_system("test"):
        assert not PledgedSource.objects.exists()


# ---- planned cuts


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"county": "nowhere"}, "请选择县"),
        ({"unit": "tce-2022"}, "请选择污染物"),
        ({"unit": ""}, "请选择污染物"),
        ({"planned": "9" * 30}, "数量过大"),
        ({"planned": "9007199254740.993", "baseline": ""}, "数量过大"),
        ({"planned": "-1"}, "above 0"),
        ({"planned": "0.0001"}, "最多 3 位小数"),
        ({"kind": "voluntary"}, "one of closure, facility, project"),
        ({"kind": "<b>"}, "one of closure"),
        ({"title": "长" * 121}, "最多 120 字"),
        ({"document": "长" * 121}, "最多 120 字"),
        ({"decision": "长" * 121}, "最多 120 字"),
        ({"id": "S" * 41}, "最多 40"),
        ({"id": "../x"}, "编号只含字母"),
        ({"id": ""}, "请填写编号"),
        ({"firm": PROJECT}, "不能确定是哪一个"),
    ],
)
def test_a_planned_cut_with_a_hostile_field_is_refused_and_not_kept(people, changed, says):
    answer = people.client("li").post("/ledgers/sources/", CUT | changed)
    assert answer.status_code == 400
    assert says in answer.content.decode()
    with acting_as_system("test"):
        assert not PledgedSource.objects.exists()


def test_a_planned_cut_at_its_bounds_is_kept_in_kilograms_in_its_firms_county(people):
    """12 t of the permitted 12, done on the plan's last day, names as long as they may be; no county was typed: the firm's."""
    edge = CUT | {"id": "S" * 40, "title": "长" * 120, "document": "长" * 120, "planned": "12", "planned_done": "2025-12-31"}
    assert people.client("li").post("/ledgers/sources/", edge).status_code == 302
    with acting_as_system("test"):
        kept = PledgedSource.objects.get()
        assert (kept.planned, kept.baseline, kept.county, kept.office) == (12_000, 12_000, COUNTY, "hall")
        assert Account.objects.get(pk=f"m17_advance/kg-NOx/{'S' * 40}").floor == -12_000


# ---- auctions


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"bidder_cap": "9" * 30}, "不小于 1"),
        ({"bidder_cap": "9" * 5000}, "不小于 1"),
        ({"bidder_cap": str(LARGEST + 1)}, "不小于 1"),
        ({"bidder_cap": "0"}, "不小于 1"),
        ({"bidder_cap": "５"}, "不小于 1"),
        ({"county_caps": f"{COUNTY} {LARGEST + 1}"}, "县区名 上限"),
        ({"county_caps": f"{COUNTY} 5\n{COUNTY} 6"}, "县区名 上限"),
        ({"county_caps": f"{COUNTY} ５"}, "县区名 上限"),
        ({"county_caps": f"{COUNTY} -5"}, "县区名 上限"),
        ({"county_caps": COUNTY}, "县区名 上限"),
        ({"reserve": "90071992547409.93"}, "两位小数"),
        ({"reserve": "-0.01"}, "两位小数"),
        ({"reserve": "9" * 2000}, "is no number"),
        ({"supply": "9" * 5000}, "不小于 1"),
        ({"supply": "1.5"}, "不小于 1"),
        ({"title": "长" * 121}, "最多 120 字"),
        ({"notice": "长" * 201}, "最多 200 字"),
        ({"closes_at": "2022-11-08"}, "晚于现在"),
    ],
)
def test_terms_under_which_the_bids_could_never_be_cleared_are_not_announced(offered, changed, says):
    """What the engine refuses would otherwise come to light only when the bids are opened, and then for ever."""
    answer = offered.client("li").post(f"/ledgers/auctions/{POOL}/new/", NOTICE | changed)
    assert answer.status_code == 400
    assert says in answer.content.decode()
    with acting_as_system("test"):
        assert not Auction.objects.exists()


@pytest.mark.parametrize(("supply", "cap"), [("1", 1), ("2", 1), ("3", 1), ("10000", 5000), ("9999", 4999)])
def test_without_a_cap_of_its_own_a_bidder_gets_half_at_most_and_one_at_least(offered, supply, cap):
    """The pack's share is one half, rounded down; half of a single ton is none, and then nobody could win it."""
    assert announced(offered, supply=supply).bidder_cap == cap


@pytest.mark.parametrize("price", ["0", "90071992547409.93", "9" * 30, "9" * 3000, "-5"])
def test_one_hostile_bid_does_not_keep_an_auction_from_being_opened(offered, price, monkeypatch):
    """Without a reserve price: the bid is refused when it comes, and the honest one wins."""
    sale = announced(offered, reserve="0", bidder_cap="10000")
    assert sale.reserve_fen == 0
    assert bid(offered, sale, "rival", price, "5").status_code == 400
    assert bid(offered, sale, "firm", "0.01", "10000").status_code == 200
    done = opened(offered, sale, monkeypatch)
    assert (done.state, done.sold, done.clearing_fen, done.due_fen) == ("settled", 10_000, 1, 10_000)


def test_the_dearest_bid_that_is_summed_exactly_is_cleared(offered, monkeypatch):
    sale = announced(offered, bidder_cap="10000")
    assert bid(offered, sale, "firm", "90071992547409.92", "1").status_code == 200
    assert opened(offered, sale, monkeypatch).due_fen == LARGEST


def test_a_bidder_has_fifty_bids_and_no_more_the_withdrawn_ones_counted(offered, monkeypatch):
    """Taking back and bidding anew cannot flood an auction."""
    monkeypatch.setattr(auctions, "MOST_BIDS", 2)
    sale = announced(offered)
    assert bid(offered, sale, "firm", "201", "1").status_code == 200
    with acting_as_system("test"):
        name = SealedBid.objects.get().pk
    assert offered.client("firm").post(f"/ledgers/auctions/{sale.pk}/withdraw/", {"bid": name}).status_code == 302
    assert bid(offered, sale, "firm", "202", "1").status_code == 200
    answer = bid(offered, sale, "firm", "203", "1")
    assert answer.status_code == 400
    assert "最多 2 笔" in answer.content.decode()
    assert bid(offered, sale, "rival", "203", "1").status_code == 200


def test_an_opening_that_breaks_half_way_opens_nothing(offered, monkeypatch):
    """The settlement fails after the bids were opened and cleared: they are sealed again, and another day it is done."""
    sale = announced(offered)
    bid(offered, sale, "firm", "260", "10")
    day = clock.today() + timedelta(days=13)
    monkeypatch.setattr(clock, "demo_day", lambda: day)
    auctions.ask_to_open(offered.standing("li"), sale)
    with monkeypatch.context() as patched:
        patched.setattr(auctions, "settle", lambda *_words, **_more: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            auctions.open_bids(offered.standing("wang"), sale)
    with acting_as_system("test"):
        found, kept = Auction.objects.get(), SealedBid.objects.get()
        assert (found.state, found.sold, found.opened_at, found.opened_by) == ("closed", None, None, "")
        assert (kept.opened, kept.price_fen, kept.nonce, kept.filled) == (False, None, "", None)
    assert auctions.open_bids(offered.standing("wang"), sale).sold == 10


def test_what_is_announced_is_read_once_and_the_copied_command_says_it(offered, monkeypatch):
    sale = announced(offered, county_caps=f"{COUNTY}\t7000", bidder_cap="6000", reserve="1,234.50", rule="pay-as-bid", ties="time")
    assert (sale.rule, sale.ties, sale.reserve_fen, sale.bidder_cap) == ("pay-as-bid", "time", 1234_50, 6000)
    bid(offered, sale, "firm", "1234.50", "6000")
    done = opened(offered, sale, monkeypatch)
    assert auctions.command_line(done) == (
        f"yunxing auction check {sale.pk}-bids.csv {sale.pk}-result.csv --supply 10000 --rule pay-as-bid --price lowest-accepted --ties time"
        f" --reserve 123450 --bidder-cap 6000 --county-cap {COUNTY}=7000 --seed {done.seed}"
    )


def test_a_rule_that_no_list_offers_is_the_packs_own(offered):
    sale = announced(offered, rule="dutch", ties="by-name")
    rule = place.quotas().auctions[POOL]
    assert (sale.rule, sale.ties, sale.price) == (rule.rule, rule.ties, rule.price) == ("uniform", "pro-rata", "lowest-accepted")
