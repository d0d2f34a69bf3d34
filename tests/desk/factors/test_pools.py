"""What the pages add up is what the ledger holds; the demonstration's story fills every pool and keeps a project from producing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection

from desk.cast import LONG_AGO
from desk.factors.conftest import COUNTY, DAY, PROJECT
from desk.factors.test_acts import agreed
from yunxing.desk.factors import demonstration, owed, place, pools, proposals
from yunxing.desk.factors.models import Auction, PledgedSource, Proposal, SealedBid
from yunxing.desk.people import todo
from yunxing.desk.reporting.models import Party
from yunxing.desk.scoping import acting_as_system, acting_in
from yunxing.desk.support.models import Account, Transfer
from yunxing.io.store import ledger_check, obligations


def card_of(name: str):
    with acting_as_system("test"):
        return pools.card(place.quotas().pools[name], DAY)


def test_in_less_out_is_the_balance_and_the_balance_less_what_is_reserved_is_free(people):
    agreed(people, "bank_quota", amount="5000")
    agreed(people, "approve_application", amount="900", county=COUNTY, project=PROJECT)
    agreed(people, "offer_quota", amount="1200.5")
    (line,) = card_of("m16_quota_bank").lines
    assert (line.sums.came, line.sums.went, line.sums.reserved, line.sums.left) == (5000_00, 1200_50, 900_00, 2899_50)
    assert line.sums.balance == line.sums.came - line.sums.went
    with acting_as_system("test"):
        account = Account.objects.get(pk="m16_quota_bank/city")
    assert (line.sums.balance, line.sums.reserved) == (account.posted, account.reserved)


@pytest.mark.parametrize(
    ("came", "went", "days", "on"),
    [
        (100, 50, 100, DAY + timedelta(days=100)),
        (100, 0, 100, None),
        (100, 100, 100, None),
        (100, 50, 0, None),
        (10**9, 1, 100, None),
        (100, 75, 90, DAY + timedelta(days=30)),
    ],
)
def test_the_day_of_exhaustion_follows_the_pace_so_far(came, went, days, on):
    assert pools.Sums(came, went, since=DAY - timedelta(days=days)).exhausted(DAY) == on


@pytest.mark.parametrize(("came", "went", "reserved", "share"), [(100, 0, 0, 0), (100, 30, 20, 50), (100, 130, 0, 100), (0, 0, 0, 0)])
def test_the_bar_stays_within_its_ends(came, went, reserved, share):
    assert pools.Sums(came, went, reserved).share == share


def test_a_pool_that_nobody_used_is_a_card_without_lines(people):
    cards = {}
    with acting_as_system("test"):
        cards = {one.pool.id: one for one in pools.cards(DAY)}
    assert set(cards) == set(place.quotas().pools)
    assert all(not one.lines for one in cards.values())
    assert [one.measure for one in cards.values()] == sorted(one.measure for one in cards.values())


def test_what_a_proposal_holds_is_read_back_word_for_word(people):
    made = agreed(people, "bank_quota", amount="5000")
    group = proposals.group_from(made.body)
    assert proposals.group_data(group)["transfers"][0]["approvers"] == ["li"]
    assert proposals.group_from(made.body).body_hash == group.body_hash
    with acting_as_system("test"):
        assert Transfer.objects.get().key == f"{made.key}#1"


def test_names_of_holders_are_the_registrys(people):
    names = place.holder_names(["city", "source", COUNTY, f"borne-{COUNTY}", PROJECT, "nobody-knows"])
    assert names[PROJECT] == "某新材料项目"
    assert names["nobody-knows"] == "nobody-knows"
    assert names[COUNTY] in names[f"borne-{COUNTY}"]


def test_an_analyst_and_a_stranger_office_see_totals_and_no_account(people):
    agreed(people, "bank_quota", amount="5000")
    for who in ("analyst", "bureau"):
        page = people.cast.client(who).get("/ledgers/pools/m16_quota_bank/").content.decode()
        assert "5,000.00" in page
        assert "没有您可以查看的账户" in page
        assert "可以办理" not in page


# ---- the demonstration


@pytest.fixture
def registry(people):
    """Firms and projects in the plan's counties, as the synthetic city has them."""
    with acting_as_system("test"):
        units = [code for code, _name in place.counties()]
        rows = [
            Party(id=f"9137160{n:02d}", kind="enterprise", name=f"合成企业{n}", unit=units[n % len(units)], valid_from=LONG_AGO)
            for n in range(24)
        ]
        rows += [Party(id=f"PX{n}", kind="project", name=f"合成项目{n}", unit=units[n % len(units)], valid_from=LONG_AGO) for n in range(6)]
        Party.objects.bulk_create(rows)
    return people


def test_the_story_fills_every_pool_and_a_second_telling_adds_nothing(registry):
    first = demonstration.fill("li", "wang")
    assert first["auctions"] == 2
    assert demonstration.fill("li", "wang") == {}
    with acting_as_system("test"):
        moved = {account.partition("/")[0] for account in Account.objects.exclude(posted=0).values_list("pk", flat=True)}
        assert moved >= set(place.quotas().pools) - {"m17_own_first"}  # the voluntary cuts were all used by their own project
        assert Proposal.objects.filter(state="waiting").count() == first["waiting"] == 3
        assert Auction.objects.get(pk="A2022-001").sold == 10_000
        assert SealedBid.objects.filter(auction="A2022-002", opened=False).count() == 3
        assert PledgedSource.objects.count() == 2
    assert ledger_check.verify(connection) == []


def test_in_the_story_a_project_waits_for_its_advance(registry):
    demonstration.fill("li", "wang")
    (one,) = obligations.obligations(connection)
    assert (one.amount, one.outstanding, one.day) == (8_000, 5_000, date(2023, 3, 31))
    assert not obligations.pass_gate(connection, one.project, "start_up", proposals.clock.now()).passed
    rows = owed.calendar(connection, registry.standing("li"), DAY)
    assert [row.outstanding for row in rows["rows"]] == ["5.000"]


def test_every_waiting_act_of_the_story_can_be_agreed_to(registry):
    demonstration.fill("li", "wang")
    with acting_as_system("test"):
        waiting = list(Proposal.objects.filter(state="waiting"))
    for one in waiting:
        proposals.decide(registry.standing("wang"), one, agree=True)
    assert ledger_check.verify(connection) == []
    assert obligations.obligations(connection) == []


def test_a_small_city_has_no_story(people):
    with acting_as_system("test"):
        Party.objects.filter(kind="project").delete()
    assert demonstration.fill("li", "wang") == {}


def test_an_auction_past_its_time_is_on_the_lists_of_those_who_may_open_it(registry, monkeypatch):
    demonstration.fill("li", "wang")
    later = proposals.clock.now() + timedelta(days=30)
    for who, owes in (("li", True), ("office", True), ("county", False), ("firm", False)):
        standing = registry.standing(who)
        with acting_in(standing.scope):
            titles = [one.title for one in todo.todos(standing, later)]
        assert any("第2场" in title for title in titles) is owes, who
