"""Acts on the desk: tried before they are handed in, agreed to by somebody else, posted word for word, or refused with the reason."""

from __future__ import annotations

import re

import pytest
from django.db import connection

from desk.factors.conftest import COUNTY, FIRM, PROJECT
from yunxing.desk.factors.models import PledgedSource, Proposal
from yunxing.desk.people.models import JournalEntry
from yunxing.desk.scoping import acting_as_system
from yunxing.desk.support.models import Transfer
from yunxing.io.store import obligations, postings


def filled(page, **typed) -> dict[str, str]:
    """The form with its key and what was typed."""
    key = re.search(r'name="key" value="([^"]+)"', page.content.decode())
    return {"key": key[1] if key else "", "document": "某文件〔2022〕1号", **typed}


def handed_in(people, act: str, who: str = "li", **typed) -> Proposal:
    client = people.client(who)
    form = filled(client.get(f"/ledgers/acts/{act}/"), **typed)
    done = client.post(f"/ledgers/acts/{act}/", {**form, "do": "hand_in"})
    assert done.status_code == 302, done.content.decode()[-2500:]
    with acting_as_system("test"):
        return Proposal.objects.get(key=form["key"])


def agreed(people, act: str, who: str = "li", second: str = "wang", **typed) -> Proposal:
    made = handed_in(people, act, who, **typed)
    done = people.client(second).post(f"/ledgers/proposals/{made.pk}/decide/", {"do": "agree"})
    assert done.status_code == 302, done.content.decode()[-2500:]
    with acting_as_system("test"):
        return Proposal.objects.get(pk=made.pk)


def count() -> int:
    with acting_as_system("test"):
        return Transfer.objects.count()


def test_trying_shows_the_balances_and_writes_nothing(people):
    client = people.client("li")
    form = filled(client.get("/ledgers/acts/commission_renewable/"), amount="14748.01", county=COUNTY, project=PROJECT)
    page = client.post("/ledgers/acts/commission_renewable/", {**form, "do": "try"}).content.decode()

    assert "7,374.00" in page
    assert "7,374.01" in page
    assert "送第二人批准" in page
    assert count() == 0
    with acting_as_system("test"):
        assert not Proposal.objects.exists()


def test_one_draws_up_another_agrees_and_the_ledger_has_both_names(people):
    done = agreed(people, "bank_quota", amount="5000")
    assert (done.state, done.drawn_by, done.decided_by) == ("posted", "li", "wang")
    assert postings.balance(connection, "m16_quota_bank/city").posted == 5000_00
    with acting_as_system("test"):
        transfer = Transfer.objects.get()
        assert (transfer.approver_1, transfer.approver_2, transfer.clause) == ("li", "wang", "156/16/4")
    acts = set(JournalEntry.objects.filter(object_kind="proposal").values_list("act", flat=True))
    assert {"draw_up", "approve"} <= acts


def test_who_drew_it_up_cannot_agree_but_may_take_it_back(people):
    made = handed_in(people, "bank_quota", amount="5000")
    own = people.client("li")
    refused = own.post(f"/ledgers/proposals/{made.pk}/decide/", {"do": "agree"})
    assert refused.status_code == 409
    assert "须由第二人" in refused.content.decode()
    assert count() == 0
    assert "批准并入账" not in own.get(f"/ledgers/proposals/{made.pk}/").content.decode()
    own.post(f"/ledgers/proposals/{made.pk}/decide/", {"do": "refuse", "reason": "数量有误"})
    with acting_as_system("test"):
        assert Proposal.objects.get().state == "withdrawn"


def test_a_second_person_refuses_with_a_reason_and_nothing_is_posted(people):
    made = handed_in(people, "bank_quota", amount="5000")
    second = people.client("wang")
    assert second.post(f"/ledgers/proposals/{made.pk}/decide/", {"do": "refuse"}).status_code == 409
    assert second.post(f"/ledgers/proposals/{made.pk}/decide/", {"do": "refuse", "reason": "依据不足"}).status_code == 302
    again = second.post(f"/ledgers/proposals/{made.pk}/decide/", {"do": "agree"})
    assert again.status_code == 409
    assert count() == 0


def test_sent_twice_it_is_one_act_and_agreed_twice_it_is_posted_once(people):
    client = people.client("li")
    form = filled(client.get("/ledgers/acts/bank_quota/"), amount="10", do="hand_in")
    assert client.post("/ledgers/acts/bank_quota/", form)["Location"] == client.post("/ledgers/acts/bank_quota/", form)["Location"]
    with acting_as_system("test"):
        made = Proposal.objects.get()
    second = people.client("wang")
    assert second.post(f"/ledgers/proposals/{made.pk}/decide/", {"do": "agree"}).status_code == 302
    assert second.post(f"/ledgers/proposals/{made.pk}/decide/", {"do": "agree"}).status_code == 409
    assert count() == 1


def test_what_the_pool_does_not_hold_is_refused_before_it_is_handed_in(people):
    agreed(people, "bank_quota", amount="100")
    client = people.client("li")
    form = filled(client.get("/ledgers/acts/offer_quota/"), amount="100.01")
    tried = client.post("/ledgers/acts/offer_quota/", {**form, "do": "try"}).content.decode()
    assert "台账会拒绝" in tried
    assert "▼" in tried
    assert client.post("/ledgers/acts/offer_quota/", {**form, "do": "hand_in"}).status_code == 409


def test_what_changed_meanwhile_is_refused_at_the_moment_of_posting(people):
    """Two acts on the same hundred tons, both drawn up while it was there: the second agreement is undone whole."""
    agreed(people, "bank_quota", amount="100")
    first, second = handed_in(people, "offer_quota", amount="80"), handed_in(people, "offer_quota", amount="80")
    client = people.client("wang")
    assert client.post(f"/ledgers/proposals/{first.pk}/decide/", {"do": "agree"}).status_code == 302
    late = client.post(f"/ledgers/proposals/{second.pk}/decide/", {"do": "agree"})
    assert late.status_code == 409
    assert "台账拒绝入账" in late.content.decode()
    with acting_as_system("test"):
        assert Proposal.objects.get(pk=second.pk).state == "waiting"


@pytest.mark.parametrize(
    ("act", "typed", "says"),
    [
        ("bank_quota", {"amount": "0"}, "必须大于 0"),
        ("bank_quota", {"amount": "1e5"}, "is no number"),
        ("bank_quota", {"amount": "0.001"}, "最多 2 位小数"),
        ("bank_quota", {"amount": "5", "document": " "}, "依据文件"),
        ("bank_quota", {"amount": "5", "effective": "2022-11-09"}, "不能晚于今天"),
        ("bank_quota", {"amount": "5", "effective": "9.11.2022"}, "不是日期"),
        ("commission_renewable", {"amount": "5", "project": PROJECT, "county": "nowhere"}, "请选择县"),
        ("commission_renewable", {"amount": "5", "project": "没有的项目", "county": COUNTY}, "不能确定是哪一个"),
        ("set_land_task", {"amount": "5", "weights": "火星 5"}, "第 1 行"),
        ("set_land_task", {"amount": "5", "weights": ""}, "存量"),
    ],
)
def test_a_form_that_does_not_fit_says_why_and_keeps_what_was_typed(people, act, typed, says):
    client = people.client("li")
    answer = client.post(f"/ledgers/acts/{act}/", {**filled(client.get(f"/ledgers/acts/{act}/"), **typed), "do": "try"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert says in page
    assert f'value="{typed["amount"]}"' in page


def test_an_office_draws_up_its_own_acts_and_no_others(people):
    office = people.client("office")
    assert office.get("/ledgers/acts/bank_quota/").status_code == 200
    assert office.get("/ledgers/acts/fund_vouchers/").status_code == 404
    made = handed_in(people, "fund_vouchers", amount="5")
    assert office.get(f"/ledgers/proposals/{made.pk}/").status_code == 404
    assert office.post(f"/ledgers/proposals/{made.pk}/decide/", {"do": "agree"}).status_code == 404
    assert agreed(people, "bank_quota", "li", "office", amount="5").decided_by == "office"


def test_what_waits_is_on_the_second_persons_list_and_not_on_ones_own(people):
    handed_in(people, "bank_quota", amount="5")
    assert "要素待批" in people.client("wang").get("/todo/").content.decode()
    assert "要素待批" not in people.client("li").get("/todo/").content.decode()


# ---- accounts are seen by those they concern


def test_a_county_sees_its_own_accounts_and_not_the_citys(people):
    agreed(people, "commission_renewable", amount="14748.01", county=COUNTY, project=PROJECT)
    county = people.client("county")
    own, city = f"/ledgers/accounts/m16_renewable_split/{COUNTY}/", "/ledgers/accounts/m16_renewable_split/city/"
    assert county.get(own).status_code == 200
    assert county.get(city).status_code == 404
    assert people.client("office").get(city).status_code == 200
    assert people.cast.client("bureau").get(city).status_code == 404
    assert people.cast.client("analyst").get(city).status_code == 404
    assert "7,374.01" in county.get("/ledgers/pools/m16_renewable_split/").content.decode()


def test_a_statement_runs_and_leaves_as_a_workbook(people):
    agreed(people, "bank_quota", amount="100")
    agreed(people, "offer_quota", amount="30.5")
    client = people.client("li")
    page = client.get("/ledgers/accounts/m16_quota_bank/city/").content.decode()
    assert page.index("69.50") < page.index("-30.50") or "-30.50" in page
    assert "测试li、测试wang" in page
    book = client.get("/ledgers/accounts/m16_quota_bank/city/?as=xlsx")
    assert book.status_code == 200
    assert book.content[:2] == b"PK"
    words = client.get("/ledgers/?as=text").content.decode()
    assert "69.50" in words


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_stands_in_both_languages(people, language):
    agreed(people, "bank_quota", amount="100")
    made = handed_in(people, "offer_quota", amount="30")
    client = people.client("li")
    client.post("/i18n/setlang/", {"language": language, "next": "/"})
    for address in ("/ledgers/", "/ledgers/pools/m16_quota_bank/", "/ledgers/pools/m17_advance/", "/ledgers/proposals/", f"/ledgers/proposals/{made.pk}/",
                    "/ledgers/obligations/", "/ledgers/sources/", "/ledgers/auctions/", "/ledgers/auctions/m16_quota_auction/new/",
                    "/ledgers/acts/allocate_pollutants/", "/ledgers/acts/set_land_task/", "/ledgers/accounts/m16_quota_bank/city/"):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert ("Ledgers of factors" in answer.content.decode()) == (
            (language == "en" and "auctions" not in address) or "Ledgers of factors" in answer.content.decode()
        )


# ---- advances


def pledged(people) -> None:
    form = {
        "id": "S1", "title": "拟关停窑炉", "firm": "某化工厂", "kind": "closure", "unit": "kg-NOx", "planned": "10", "baseline": "12",
        "planned_done": "2023-03-31", "document": "第3号方案",
    }  # fmt: skip
    answer = people.client("li").post("/ledgers/sources/", form)
    assert answer.status_code == 302, answer.content.decode()[-2000:]


def test_an_advance_stands_on_the_calendar_until_it_is_made_good(people):
    pledged(people)
    agreed(people, "certify_cut", amount="12", unit="kg-NOx", county=COUNTY, party=FIRM, purpose="自愿减排")
    agreed(people, "certify_cut", amount="20", unit="kg-NOx", county=COUNTY, purpose="关停替代")
    agreed(
        people, "allocate_pollutants", amount="20", unit="kg-NOx", county=COUNTY, party="某化工厂", project="某新材料项目", missed="PM2.5", production="2023-06-30",
    )  # fmt: skip
    page = people.client("county").get("/ledgers/obligations/").content.decode()
    assert "8.000" in page
    assert "2023-03-31" in page
    assert obligations.outstanding(connection, PROJECT, "start_up")[0].outstanding == 8_000

    agreed(people, "certify_cut", amount="8", unit="kg-NOx", county=COUNTY, purpose="预支落实", source="S1")
    assert "没有未落实的预支" in people.client("li").get("/ledgers/obligations/").content.decode()
    assert obligations.outstanding(connection, PROJECT, "start_up") == []


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"planned": "13"}, "at most the permitted"),
        ({"planned_done": "2026-01-01"}, "2025-12-31 or before"),
        ({"firm": "没有的厂"}, "不能确定是哪一个"),
        ({"planned": ""}, "计划削减量"),
        ({"id": "S 1"}, "编号只含字母"),
        ({"planned_done": "soon"}, "计划完成日"),
    ],
)
def test_a_planned_cut_that_cannot_be_is_refused(people, changed, says):
    form = {
        "id": "S1", "title": "拟关停窑炉", "firm": FIRM, "kind": "closure", "unit": "kg-NOx", "planned": "10", "baseline": "12",
        "planned_done": "2023-03-31", "document": "第3号方案",
    } | changed  # fmt: skip
    answer = people.client("li").post("/ledgers/sources/", form)
    assert answer.status_code == 400
    assert says in answer.content.decode()
    with acting_as_system("test"):
        assert not PledgedSource.objects.exists()


def test_a_pledge_never_changes(people):
    pledged(people)
    again = people.client("li").post("/ledgers/sources/", {
        "id": "S1", "title": "又一个", "firm": FIRM, "kind": "closure", "unit": "kg-NOx", "planned": "11", "planned_done": "2023-03-31", "document": "x",
    })  # fmt: skip
    assert again.status_code == 400
    assert "已登记" in again.content.decode()
    assert people.client("county").post("/ledgers/sources/", {}).status_code == 404
