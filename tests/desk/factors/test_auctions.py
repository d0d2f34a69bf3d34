"""Auctions on the desk: sealed until opened, opened by two people, settled in the ledger, reproduced by anybody."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection

from desk.factors.test_acts import agreed
from yunxing.desk import clock
from yunxing.desk.factors import auctions
from yunxing.desk.factors.models import Auction, SealedBid
from yunxing.desk.scoping import acting_as_system
from yunxing.engines.ledger.auction import Bid, clear
from yunxing.engines.ledger.bid_file import differences, read_bids, read_result
from yunxing.flows.sell_quota import commitment
from yunxing.io.store import ledger_check, postings

POOL = "m16_quota_auction"


@pytest.fixture
def sale(people):
    """10,000 tce put up, an auction announced by li."""
    agreed(people, "bank_quota", amount="12000")
    agreed(people, "offer_quota", amount="10000")
    form = {"title": "第一场", "notice": "公告1号", "supply": "10,000", "closes_at": "2022-11-20T17:00", "bidder_cap": "9000"}
    assert people.client("li").post(f"/ledgers/auctions/{POOL}/new/", form).status_code == 302
    with acting_as_system("test"):
        return Auction.objects.get()


def later(monkeypatch, days: int) -> None:
    """The desk stands some days on."""
    day = clock.today() + timedelta(days=days)
    monkeypatch.setattr(clock, "demo_day", lambda: day)


def bid(people, sale, who: str, price: str, quantity: str):
    return people.client(who).post(f"/ledgers/auctions/{sale.pk}/bid/", {"price": price, "quantity": quantity})


def opened(people, sale, monkeypatch) -> Auction:
    later(monkeypatch, 13)
    assert people.client("li").post(f"/ledgers/auctions/{sale.pk}/open/").status_code == 302
    assert people.client("wang").post(f"/ledgers/auctions/{sale.pk}/open/").status_code == 302
    with acting_as_system("test"):
        return Auction.objects.get(pk=sale.pk)


def test_a_sealed_bid_is_seen_by_nobody_and_its_commitment_by_everybody(people, sale):
    answer = bid(people, sale, "firm", "260", "6000").content.decode()
    with acting_as_system("test"):
        kept = SealedBid.objects.get()
    assert kept.commitment in answer  # the receipt, with the nonce
    assert (kept.price_fen, kept.quantity, kept.nonce) == (None, None, "")
    assert "26000" not in kept.sealed
    for who in ("li", "wang", "office", "county", "rival"):
        page = people.client(who).get(f"/ledgers/auctions/{sale.pk}/").content.decode()
        assert kept.commitment in page, who
        assert kept.pk not in page, who
        # the drawn commitment and the form's token may hold any three digits
        told = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page.replace(kept.commitment, "")).replace("2600", "")
        assert "260" not in told, who
    assert kept.pk in people.client("firm").get(f"/ledgers/auctions/{sale.pk}/").content.decode()


def test_two_people_open_it_and_quota_and_money_are_posted(people, sale, monkeypatch):
    """The handbook's bids: 6000 at 260 and 5000 at 240 of 10,000: 6000 and 4000 at 240 yuan."""
    bid(people, sale, "firm", "260", "6000")
    bid(people, sale, "rival", "240", "5000")
    done = opened(people, sale, monkeypatch)

    assert (done.state, done.sold, done.clearing_fen, done.due_fen) == ("settled", 10_000, 240_00, 2_400_000_00)
    assert (done.asked_by, done.opened_by) == ("li", "wang")
    assert postings.balance(connection, f"{POOL}/91990000MA00000C0X").posted == 6000_00
    assert postings.balance(connection, "m16_auction_money/91990000MA00000D0X").posted == -960_000_00
    assert ledger_check.verify(connection) == []


def test_anyone_reproduces_the_result_from_the_published_files(people, sale, monkeypatch):
    for who, price, quantity in (("firm", "240", "3333"), ("rival", "240", "3333"), ("firm", "240", "5000"), ("rival", "205.5", "9000")):
        assert bid(people, sale, who, price, quantity).status_code == 200
    done = opened(people, sale, monkeypatch)
    reader = people.client("county")
    files = [reader.get(f"/ledgers/auctions/{sale.pk}/{name}.csv").content for name in ("bids", "result")]
    with acting_as_system("test"):
        anew = clear(read_bids(files[0], "bids.csv"), auctions.terms_of(done), done.seed)
        for one in SealedBid.objects.all():  # and every bid is the one that was committed to
            assert commitment(Bid(one.pk, one.bidder, one.county, one.price_fen, one.quantity, one.time), one.nonce) == one.commitment
    assert differences(anew, read_result(files[1], "result.csv")) == []
    assert anew.digest == done.result_digest
    assert done.seed in reader.get(f"/ledgers/auctions/{sale.pk}/").content.decode()


def test_nobody_opens_it_early_or_alone(people, sale, monkeypatch):
    bid(people, sale, "firm", "260", "6000")
    li = people.client("li")
    early = li.post(f"/ledgers/auctions/{sale.pk}/open/")
    assert early.status_code == 409
    assert "截止时间未到" in early.content.decode()
    later(monkeypatch, 13)
    assert bid(people, sale, "firm", "260", "10").status_code == 400
    assert li.post(f"/ledgers/auctions/{sale.pk}/open/").status_code == 302
    alone = li.post(f"/ledgers/auctions/{sale.pk}/open/")
    assert alone.status_code == 409
    assert "第二人" in alone.content.decode()
    assert people.cast.client("bureau").post(f"/ledgers/auctions/{sale.pk}/open/").status_code == 404
    assert li.get(f"/ledgers/auctions/{sale.pk}/bids.csv").status_code == 404  # nothing is published before it is opened


def test_the_seed_is_published_before_any_bid_is_opened(people, sale, monkeypatch):
    bid(people, sale, "firm", "260", "6000")
    later(monkeypatch, 13)
    people.client("li").post(f"/ledgers/auctions/{sale.pk}/open/")
    with acting_as_system("test"):
        found = Auction.objects.get()
        assert found.state == "closed"
        assert len(found.seed) == 64
        assert not SealedBid.objects.filter(opened=True).exists()
    assert found.seed in people.client("rival").get(f"/ledgers/auctions/{sale.pk}/").content.decode()


def test_a_bid_that_was_tampered_with_stops_the_opening_whole(people, sale, monkeypatch):
    bid(people, sale, "firm", "260", "6000")
    bid(people, sale, "rival", "240", "5000")
    with acting_as_system("test"):
        SealedBid.objects.filter(bidder="91990000MA00000D0X").update(commitment="0" * 64)
    later(monkeypatch, 13)
    people.client("li").post(f"/ledgers/auctions/{sale.pk}/open/")
    answer = people.client("wang").post(f"/ledgers/auctions/{sale.pk}/open/")
    assert answer.status_code == 409
    assert "与其承诺不符" in answer.content.decode()
    with acting_as_system("test"):
        assert Auction.objects.get().state == "closed"
        assert not SealedBid.objects.filter(opened=True).exists()


def test_a_bid_may_be_taken_back_by_its_bidder_until_it_closes(people, sale, monkeypatch):
    bid(people, sale, "firm", "260", "6000")
    with acting_as_system("test"):
        name = SealedBid.objects.get().pk
    assert people.client("rival").post(f"/ledgers/auctions/{sale.pk}/withdraw/", {"bid": name}).status_code == 409
    assert people.client("firm").post(f"/ledgers/auctions/{sale.pk}/withdraw/", {"bid": name}).status_code == 302
    done = opened(people, sale, monkeypatch)
    assert (done.state, done.sold) == ("void", 0)


@pytest.mark.parametrize(
    ("price", "quantity", "says"),
    [
        ("199.99", "5", "低于底价"),
        ("200.001", "5", "最多两位小数"),
        ("260", "5.5", "最多两位小数"),
        ("260", "0", "1 至"),
        ("260", "10001", "1 至"),
        ("x", "5", "is no number"),
    ],
)
def test_a_bid_that_does_not_fit_is_told_at_once(people, sale, price, quantity, says):
    answer = bid(people, sale, "firm", price, quantity)
    assert answer.status_code == 400
    assert says in answer.content.decode()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"supply": "10001"}, "只有"),
        ({"supply": "0"}, "不小于 1"),
        ({"closes_at": "2022-11-08T00:00"}, "晚于现在"),
        ({"closes_at": "soon"}, "截止时间"),
        ({"title": ""}, "名称"),
        ({"county_caps": "火星 5"}, "县区名 上限"),
        ({"reserve": "1.001"}, "两位小数"),
    ],
)
def test_an_announcement_that_does_not_fit_says_why(people, changed, says):
    agreed(people, "bank_quota", amount="12000")
    agreed(people, "offer_quota", amount="10000")
    form = {"title": "第一场", "notice": "公告1号", "supply": "10000", "closes_at": "2022-11-20T17:00"} | changed
    answer = people.client("li").post(f"/ledgers/auctions/{POOL}/new/", form)
    assert answer.status_code == 400
    assert says in answer.content.decode()


def test_the_same_quota_is_not_put_up_twice(people, sale):
    assert auctions.free_supply(POOL) == 0
    form = {"title": "第二场", "notice": "公告2号", "supply": "1", "closes_at": "2022-11-20T17:00"}
    assert people.client("li").post(f"/ledgers/auctions/{POOL}/new/", form).status_code == 400
