"""Statements and tables of factors: every running balance worked out by hand, pages that join without a gap, and who may not see what."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.db import connection

from desk.factors.conftest import COUNTY, DAY, FIRM, PROJECT
from desk.factors.test_acts import agreed, handed_in, pledged
from yunxing.desk.factors import auction_views, owed, place, pools, proposals, statements
from yunxing.desk.factors.models import Auction, PledgedSource, Proposal, SealedBid
from yunxing.desk.people.models import JournalEntry
from yunxing.desk.scoping import acting_as_system, acting_in
from yunxing.desk.support.models import Account
from yunxing.io.store import obligations as loans

BANK = "m16_quota_bank/city"
POOL = "m16_quota_auction"


@pytest.fixture
def moved(people):
    """In 100, out 30.50, 20 held and 12.25 of it settled, in 0.01: 57.26 stand."""
    agreed(people, "bank_quota", amount="100", effective="2022-11-01")
    agreed(people, "offer_quota", amount="30.5", effective="2022-11-02")
    held = agreed(people, "approve_application", amount="20", county=COUNTY, project=PROJECT, effective="2022-11-03")
    agreed(people, "allocate_application", amount="12.25", county=COUNTY, project=PROJECT, refers=held.key, effective="2022-11-04")
    agreed(people, "bank_quota", amount="0.01", effective="2022-11-05")
    return people


def bank() -> tuple[Account, object]:
    with acting_as_system("test"):
        return Account.objects.get(pk=BANK), place.quotas().pools["m16_quota_bank"]


def shown(people, who: str, address: str) -> str:
    client = people.client(who) if who in people.users else people.cast.client(who)
    answer = client.get(address)
    assert answer.status_code == 200, (who, address)
    return answer.content.decode()


def status(people, who: str, address: str) -> int:
    client = people.client(who) if who in people.users else people.cast.client(who)
    return client.get(address).status_code


def test_a_statement_runs_from_nothing_to_the_balance_line_by_line(moved):
    with acting_as_system("test"):
        table = statements.statement_table(*bank())
    lines = [(row[0].day, row[1], row[3], row[4], row[5], row[6]) for row in table.rows]
    hundredth = Fraction(1, 100)
    assert lines[0] == (1, "入账", 100, 0, 100, 0)
    assert lines[1] == (2, "划转", Fraction(-61, 2), 0, Fraction(139, 2), 0)
    assert lines[2] == (3, "预留", 0, 20, Fraction(139, 2), 20)
    assert (lines[3][0], lines[3][2], lines[3][4]) == (4, Fraction(-49, 4), Fraction(229, 4))  # 69.50 − 12.25 = 57.25
    assert lines[-1][2:5:2] == (hundredth, Fraction(5726, 100))
    for earlier, later in itertools.pairwise(lines):
        assert earlier[4] + later[2] == later[4]
        assert earlier[5] + later[3] == later[5]


def test_every_line_names_both_people_and_the_key_of_its_proposal(moved):
    with acting_as_system("test"):
        table = statements.statement_table(*bank())
        keys = {one.key for one in Proposal.objects.all()}
    assert {row[7] for row in table.rows} == {"测试li、测试wang"}
    assert {row[8].partition("#")[0] for row in table.rows} == keys
    assert {row[2] for row in table.rows} == {"156/16/4"}


def test_pages_of_a_statement_join_without_a_gap_or_a_double(moved, monkeypatch):
    """Two lines a page: the lines of all pages are those of the table, turned round."""
    monkeypatch.setattr(statements, "PAGE", 2)
    with acting_as_system("test"):
        account, pool = bank()
        whole = [row[8] for row in statements.statement_table(account, pool).rows][::-1]
        found, before = [], None
        for _page in range(10):
            page = statements.account_page(account, pool, before=before)
            assert len(page["rows"]) <= 2
            assert page["first"] is (before is None)
            found += [row["key"] for row in page["rows"]]
            before = page["more"]
            if before is None:
                break
    assert found == whole


def test_a_page_of_exactly_its_size_has_no_next(moved, monkeypatch):
    with acting_as_system("test"):
        account, pool = bank()
        lines = len(statements.statement_table(account, pool).rows)
        monkeypatch.setattr(statements, "PAGE", lines)
        assert statements.account_page(account, pool, before=None)["more"] is None
        monkeypatch.setattr(statements, "PAGE", lines - 1)
        assert statements.account_page(account, pool, before=None)["more"] is not None


def test_the_head_of_a_statement_is_the_account_as_it_stands(moved):
    with acting_as_system("test"):
        account, pool = bank()
        page = statements.account_page(account, pool, before=None)
    assert page["posted"] == "57.26"
    assert (account.posted, account.posted - account.reserved) == (57_26, int(Fraction(page["free"]) * 100))
    assert (page["holder"], page["kind"], page["pledged"]) == ("市级", "池", "")


def test_the_outside_has_no_free_amount_and_a_pledge_shows_what_was_pledged(people):
    pledged(people)
    agreed(people, "certify_cut", amount="5", unit="kg-NOx", county=COUNTY, purpose="关停替代")
    with acting_as_system("test"):
        source = Account.objects.get(pk="m17_county_balance/kg-NOx/source")
        pledge = Account.objects.get(pk="m17_advance/kg-NOx/S1")
        of = place.quotas().pools
        outside = statements.account_page(source, of["m17_county_balance"], before=None)
        page = statements.account_page(pledge, of["m17_advance"], before=None)
    assert (outside["posted"], outside["free"]) == ("-5.000", "")
    assert (page["posted"], page["free"], page["pledged"], page["rows"]) == ("0.000", "10.000", "10.000", [])


def test_a_trial_shows_before_change_and_after_and_marks_what_falls_short(people):
    agreed(people, "bank_quota", amount="100")
    given = proposals.read_form(
        place.quotas().acts["offer_quota"], {"amount": "100.01", "document": "x"}, "offer_quota/20221108/abcdefghij"
    ).given
    assert given is not None
    found = proposals.plan(place.quotas().acts["offer_quota"], given, "li")
    page = statements.trial_page(found.group, proposals.try_out(found))
    rows = {row["account"]: (row["before"], row["change"], row["after"], row["short"]) for row in page["rows"]}
    assert rows[BANK] == ("100.00", "-100.01", "-0.01", True)
    assert not page["may"]
    assert len(page["refused"]) == 1
    assert page["clauses"] == ["156/16/4"]
    with acting_as_system("test"):
        assert Account.objects.get(pk=BANK).posted == 100_00
        assert not Account.objects.filter(pk=f"{POOL}/city").exists()  # what the trial opened is gone


# ---- who may not see


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("li", 200),
        ("office", 200),
        ("county", 404),
        ("county_b", 404),
        ("bureau", 404),
        ("analyst", 404),
        ("firm", 403),
        ("rival", 403),
        ("anonymous", 302),
    ],
)
def test_the_citys_account_is_for_the_command_and_the_pools_offices(people, who, sees):
    agreed(people, "bank_quota", amount="100")
    assert status(people, who, f"/ledgers/accounts/{BANK}/") == sees
    assert status(people, who, f"/ledgers/accounts/{BANK}/?as=xlsx") == sees


@pytest.mark.parametrize("address", ["/ledgers/proposals/", "/ledgers/acts/bank_quota/", f"/ledgers/auctions/{POOL}/new/"])
@pytest.mark.parametrize("who", ["county", "analyst", "firm"])
def test_acts_and_proposals_are_for_officers_alone(people, who, address):
    assert status(people, who, address) == 403


def test_a_proposal_of_another_office_is_neither_listed_nor_found_nor_counted(people):
    own = handed_in(people, "bank_quota", amount="5")
    other = handed_in(people, "fund_vouchers", amount="7")
    page = shown(people, "office", "/ledgers/proposals/")
    assert f"/ledgers/proposals/{own.pk}/" in page
    assert f"/ledgers/proposals/{other.pk}/" not in page
    found = owed.proposals_page(people.standing("office"), "")
    assert (found["total"], {state: n for state, _words, n in found["states"]}["waiting"]) == (1, 1)
    assert owed.waiting_count(people.standing("office")) == 1
    assert owed.waiting_count(people.standing("wang")) == 2
    assert owed.waiting_count(people.standing("li")) == 0  # drew both up himself


def test_the_list_of_acts_is_narrowed_by_a_state_and_by_no_other_word(people):
    waiting = handed_in(people, "bank_quota", amount="5")
    done = agreed(people, "bank_quota", amount="6")
    standing = people.standing("li")
    hrefs = {
        state: [row["href"] for row in owed.proposals_page(standing, state)["rows"]]
        for state in ("", "waiting", "posted", "refused", "' OR 1=1")
    }
    first, second = f"/ledgers/proposals/{waiting.pk}/", f"/ledgers/proposals/{done.pk}/"
    assert hrefs == {"": [first, second], "waiting": [first], "posted": [second], "refused": [], "' OR 1=1": [first, second]}


def test_a_county_sees_its_planned_cuts_and_another_county_sees_none(people):
    pledged(people)
    assert "拟关停窑炉" in shown(people, "county", "/ledgers/sources/")
    assert "拟关停窑炉" not in shown(people, "county_b", "/ledgers/sources/")
    for who, may in (("li", True), ("office", False), ("county", False), ("county_b", False)):
        standing = people.standing(who) if who in people.users else None
        if standing:
            assert owed.may_enter(standing) is may, who


def borrowed(people) -> None:
    """8 t of nitrogen oxides in advance, made good before 31 March 2023."""
    pledged(people)
    agreed(people, "allocate_pollutants", amount="8", unit="kg-NOx", county=COUNTY, party=FIRM, project=PROJECT, production="2023-06-30")


def test_an_advance_is_seen_by_its_county_and_by_no_other(people):
    borrowed(people)
    assert "8.000" in shown(people, "county", "/ledgers/obligations/")
    for who in ("county_b", "analyst"):
        page = shown(people, who, "/ledgers/obligations/")
        assert "没有未落实的预支" in page, who
        assert "某新材料项目" not in page, who
    assert status(people, "firm", "/ledgers/obligations/") == 403


@pytest.mark.parametrize(
    ("day", "light", "words"),
    [
        (date(2022, 10, 1), "green", "还有 181 天"),
        (date(2022, 10, 2), "amber", "还有 180 天"),
        (date(2023, 2, 28), "amber", "还有 31 天"),
        (date(2023, 3, 1), "red", "还有 30 天"),
        (date(2023, 3, 31), "red", "还有 0 天"),
        (date(2023, 4, 1), "red", "已超 1 天"),
    ],
)
def test_the_light_of_an_advance_changes_on_the_day_that_is_written(people, day, light, words):
    """Thirty days before, red; a hundred and eighty, amber; the day itself still has 0 days."""
    borrowed(people)
    (row,) = owed.calendar(connection, people.standing("li"), day)["rows"]
    assert (row.light, row.words, row.days) == (light, words, (date(2023, 3, 31) - day).days)


def test_what_is_past_its_day_is_counted_from_the_day_itself(people):
    borrowed(people)
    assert [owed.due_count(day) for day in (date(2023, 3, 30), date(2023, 3, 31), date(2023, 4, 1))] == [0, 1, 1]


def test_an_advance_that_is_made_good_in_part_shows_what_is_left_and_then_leaves(people):
    borrowed(people)
    agreed(people, "certify_cut", amount="7.999", unit="kg-NOx", county=COUNTY, purpose="预支落实", source="S1")
    page = owed.calendar(connection, people.standing("li"), DAY)
    assert [(row.amount, row.outstanding) for row in page["rows"]] == [("8.000", "0.001")]
    assert [month for month, _rows in page["months"]] == ["2023-03"]
    with acting_in(people.standing("li").scope):
        table = statements.obligations_table(page["rows"], DAY)
    assert [tuple(row[2:4]) for row in table.rows] == [(8, Fraction(1, 1000))]
    agreed(people, "certify_cut", amount="0.002", unit="kg-NOx", county=COUNTY, purpose="预支落实", source="S1")
    page = owed.calendar(connection, people.standing("li"), DAY)
    assert (page["rows"], page["done"]) == ([], 1)
    assert loans.obligations(connection, project=PROJECT) == []
    with acting_as_system("test"):  # the gram beyond the loan is the county's
        assert Account.objects.get(pk=f"m17_county_balance/kg-NOx/{COUNTY}").posted == 1


def test_a_sealed_bid_is_read_by_its_bidder_and_by_nobody_else_whatever_his_post(people):
    agreed(people, "bank_quota", amount="12")
    agreed(people, "offer_quota", amount="10")
    form = {"title": "第一场", "notice": "公告1号", "supply": "10", "closes_at": "2022-11-20T17:00"}
    assert people.client("li").post(f"/ledgers/auctions/{POOL}/new/", form).status_code == 302
    with acting_as_system("test"):
        sale = Auction.objects.get()
    assert people.client("firm").post(f"/ledgers/auctions/{sale.pk}/bid/", {"price": "260", "quantity": "4"}).status_code == 200
    seen = {}
    for who in people.users:
        with acting_in(people.standing(who).scope):
            seen[who] = SealedBid.objects.count()
            page = auction_views.auction_page(sale, people.standing(who))
            assert len(page["commitments"]) == 1
            assert (page["may_ask"], page["may_open"], page["results"], page["command"]) == (False, False, [], "")
            assert page["may_bid"] is (who in ("firm", "rival")), who
            assert len(page["own"]) == (who == "firm"), who
    assert seen == {"li": 0, "wang": 0, "office": 0, "county": 0, "firm": 1, "rival": 0}


def test_who_reads_an_account_is_written_down_with_the_account(people):
    agreed(people, "bank_quota", amount="100")
    before = JournalEntry.objects.filter(object_kind="account", act="view").count()
    shown(people, "office", f"/ledgers/accounts/{BANK}/")
    entry = JournalEntry.objects.filter(object_kind="account", act="view").latest("pk")
    assert JournalEntry.objects.filter(object_kind="account", act="view").count() == before + 1
    assert (entry.act, BANK in entry.object_id) == ("view", True)


def test_sums_of_several_pools_do_not_flow_into_each_other(moved):
    with acting_as_system("test"):
        cards = {card.pool.id: card for card in pools.cards(DAY)}
        (line,) = cards["m16_quota_bank"].lines
        (sold,) = cards[POOL].lines
    assert (line.sums.came, line.sums.went, line.sums.balance) == (100_01, 42_75, 57_26)
    assert (sold.sums.came, sold.sums.went, sold.sums.left) == (30_50, 0, 30_50)
    assert line.sums.since == date(2022, 11, 1)
    with acting_as_system("test"):
        table = statements.pools_table(list(cards.values()), DAY)
    numbers = {row[0]: row[5:8] for row in table.rows}
    assert numbers[cards["m16_quota_bank"].title] == [Fraction(10001, 100), Fraction(4275, 100), Fraction(5726, 100)]


@pytest.mark.parametrize(("came", "left", "light"), [(1000, 99, "amber"), (1000, 100, "green"), (1000, 1, "amber"), (1000, 0, "amber"), (1000, -1, "red"), (0, 0, "green")])  # fmt: skip
def test_a_pool_below_a_tenth_turns_amber_and_below_nothing_red(people, came, left, light):
    of = place.quotas()
    sums = pools.Sums(came, came - left, since=DAY - timedelta(days=10))
    assert pools._line(of.pools["m16_quota_bank"], of.units["tce-2022"], sums, DAY).light == light


def test_planned_cuts_show_what_is_lent_and_free(people):
    borrowed(people)
    with acting_in(people.standing("li").scope):
        (row,) = owed.sources_page(connection, people.standing("li"))["rows"]
    assert (row["planned"], row["lent"], row["free"]) == ("10.000", "8.000", "2.000")
    with acting_as_system("test"):
        assert PledgedSource.objects.get().planned == 10_000
