"""Matching on the desk: who may run a round, what everyone sees of it, choosing, contacts and refusals, an enterprise's own page."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from desk.matching.conftest import FIRM_A, FIRM_B
from yunxing.desk.casework.models import Case
from yunxing.desk.matching import demonstration, selectors, services
from yunxing.desk.matching.models import Contact, Pair, Posting, Round
from yunxing.desk.matching.place import rules
from yunxing.desk.people.models import JournalEntry
from yunxing.desk.scoping import acting_as_system
from yunxing.engines.cases.case import SYSTEM
from yunxing.engines.matching.kind import kept_rows
from yunxing.values.errors import BadInput, Refusal

pytestmark = pytest.mark.database


def text(response):
    return response.content.decode()


def said(client, url):
    """The words of the message after a redirect."""
    return text(client.get(url))


def test_a_round_is_asked_waits_for_the_worker_and_shows_three_assignments_with_reasons(clerks, posted):
    asked = clerks["HRSS"].post("/matching/kinds/labour/act/", {"act": "ask", "title": "十一月用工"})
    assert asked.status_code == 302
    assert 'http-equiv="refresh"' in text(clerks["HRSS"].get(asked.url))

    with acting_as_system("test"):
        assert services.work() == 1
    page = text(clerks["HRSS"].get(asked.url))

    for words in (
        "十一月用工",
        "总分最优",
        "双方稳定",
        "按分先得",
        "最优已证明",
        "工资高",
        "乙企业二",
        "没有满足硬条件的供给",
        "抽签种子",
        "labour/2022-11-08",
    ):
        assert words in page, words
    assert 'http-equiv="refresh"' not in page
    with acting_as_system("test"):
        assert services.work() == 0


def test_only_the_command_and_the_office_that_answers_run_a_kind(clerks, posted):
    for who, status in (
        ("command", 302),
        ("HRSS", 302),
        ("bureau", 404),
        ("PBC", 404),
        ("county_a", 403),
        ("enterprise", 403),
        ("analyst", 403),
    ):
        assert clerks[who].post("/matching/kinds/labour/act/", {"act": "ask"}).status_code == status, who
    assert clerks["command"].get("/matching/kinds/marriage/").status_code == 404
    assert clerks["county_a"].get("/matching/kinds/labour/").status_code == 200


def test_a_county_sees_the_needs_of_its_own_area_and_the_totals_of_all(clerks, chosen):
    pages = {
        who: text(clerks[who].get(f"/matching/rounds/{chosen.pk}/"))
        for who in ("command", "HRSS", "county_a", "county_b", "bureau", "analyst")
    }

    assert all("总契合分" in page for page in pages.values())
    assert {who for who, page in pages.items() if "甲企业" in page} == {"command", "HRSS", "county_a"}
    assert {who for who, page in pages.items() if "乙企业" in page} == {"command", "HRSS", "county_b"}
    assert "没有您可以查看的需求" in pages["analyst"]


def test_a_pair_lies_in_the_scope_of_its_need(clerks, chosen):
    with acting_as_system("test"):
        pk = Pair.objects.get(need="n2").pk

    served = {
        who: clerks[who].get(f"/matching/pairs/{pk}/").status_code
        for who in ("command", "HRSS", "county_a", "county_b", "bureau", "enterprise", "analyst")
    }

    assert served == {"command": 200, "HRSS": 200, "county_a": 404, "county_b": 200, "bureau": 404, "enterprise": 404, "analyst": 404}


def test_choosing_asks_for_a_reason_and_is_done_once(clerks, matched):
    url = f"/matching/rounds/{matched.pk}/act/"
    for posted, words in (({"method": "stable"}, "请写明选定"), ({"method": "best", "reason": "x"}, "三种方案")):
        clerks["HRSS"].post(url, {"act": "choose", **posted})
        assert words in said(clerks["HRSS"], f"/matching/rounds/{matched.pk}/")

    clerks["HRSS"].post(url, {"act": "choose", "method": "stable", "reason": "双方都愿意"})
    clerks["HRSS"].post(url, {"act": "choose", "method": "greedy", "reason": "再选"})

    with acting_as_system("test"):
        one = Round.objects.get(pk=matched.pk)
        assert (one.state, one.method, one.reason, one.chosen_by) == ("chosen", "stable", "双方都愿意", "hrss")
        assert Pair.objects.count() == len(services.result_of(one)["methods"]["stable"]["pairs"])
    entry = JournalEntry.objects.get(object_kind="matching_round", act="choose")
    assert entry.reason == "双方都愿意"
    assert "已经选定" in said(clerks["HRSS"], f"/matching/rounds/{matched.pk}/")


def test_contacts_go_forward_and_a_refusal_has_a_reason_of_the_closed_list(kind, chosen):
    with acting_as_system("test"):
        pair = Pair.objects.get(need="n1", offer="o1")
        day = date(2022, 11, 1)
        services.record(kind, pair, "contacted", "who", on=day)
        for step, more, words in (
            ("refused", {}, "未成须选原因"),
            ("refused", {"reason": "bored"}, "未成须选原因"),
            ("married", {}, "进展应为"),
            ("visited", {"on": date(2022, 11, 9)}, "还没有到"),
        ):
            with pytest.raises(BadInput, match=words):
                services.record(kind, Pair.objects.get(pk=pair.pk), step, "who", **{"on": day, **more})
        services.record(kind, Pair.objects.get(pk=pair.pk), "offered", "who", on=day)
        with pytest.raises(BadInput, match="不能退回"):
            services.record(kind, Pair.objects.get(pk=pair.pk), "contacted", "who", on=day)
        services.record(kind, Pair.objects.get(pk=pair.pk), "refused", "who", on=day, reason="price", note="差三百元")
        with pytest.raises(Refusal, match="已了结"):
            services.record(kind, Pair.objects.get(pk=pair.pk), "signed", "who", on=day)

        found = Pair.objects.get(pk=pair.pk)
        assert (found.state, found.refusal) == ("refused", "price")
        assert list(Contact.objects.filter(pair=pair).values_list("step", flat=True)) == ["contacted", "offered", "refused"]
        page = selectors.kind_page(kind)
        assert page["refusals"] == [("价格或利率谈不拢", 1)]


def test_contacts_are_posted_by_the_page_and_wrong_days_are_told(clerks, chosen):
    with acting_as_system("test"):
        pk = Pair.objects.get(need="n1", offer="o1").pk
    clerks["county_a"].post(f"/matching/pairs/{pk}/record/", {"step": "visited", "on": "2022-11-0"})
    assert "日期“2022-11-0”不对" in said(clerks["county_a"], f"/matching/pairs/{pk}/")

    clerks["county_a"].post(f"/matching/pairs/{pk}/record/", {"step": "signed", "on": "2022-11-07", "amount": "3 人", "note": "下周到岗"})
    page = text(clerks["county_a"].get(f"/matching/pairs/{pk}/"))

    for words in ("已签约", "3 人", "下周到岗", "2022-11-07", "满足", "就近就业"):
        assert words in page, words
    assert clerks["analyst"].post(f"/matching/pairs/{pk}/record/", {"step": "done"}).status_code == 403


def test_an_enterprise_sees_its_own_suggestions_answers_them_and_nothing_else(clerks, chosen):
    with acting_as_system("test"):
        mine, other = Pair.objects.get(need="n1", offer="o1").pk, Pair.objects.get(need="n2").pk
    page = text(clerks["enterprise"].get("/matching/mine/"))
    assert "一班" in page
    assert "乙企业" not in page

    assert "为什么推荐" in text(clerks["enterprise"].get(f"/matching/pairs/{mine}/"))
    clerks["enterprise"].post(f"/matching/pairs/{mine}/record/", {"step": "refused", "reason": "settled"})
    assert "已另行解决" in text(clerks["enterprise"].get("/matching/mine/"))
    assert clerks["enterprise"].post(f"/matching/pairs/{other}/record/", {"step": "done"}).status_code == 404
    for url in ("/matching/", f"/matching/rounds/{chosen.pk}/", "/matching/credit/"):
        assert clerks["enterprise"].get(url).status_code == 403


def test_an_enterprise_posts_consents_and_withdraws_its_own_need(clerks, posted):
    form = "/matching/mine/new/finance_needs/"
    refused = clerks["enterprise"].post(form, {"amount": "很多", "purpose": "技术改造"})
    assert refused.status_code == 400
    assert "融资金额" in text(refused)
    assert "技术改造" in text(refused), "what was typed stays"

    clerks["enterprise"].post(form, {"amount": "1200", "purpose": "技术改造", "collateral": "房地产、专利"})
    with acting_as_system("test"):
        one = Posting.objects.get(kind="finance_needs")
        assert (one.party, one.unit, one.row["amount"], one.row["collateral"], one.consent) == (
            FIRM_A,
            "A01",
            1_200_000_000,
            ["专利", "房地产"],
            False,
        )
        assert services.taking_part(rules().kinds["finance_needs"], "need", date(2022, 11, 8)) == [], "without consent no bank sees it"
    clerks["enterprise"].post(f"/matching/mine/{one.pk}/", {"act": "consent"})
    with acting_as_system("test"):
        assert len(services.taking_part(rules().kinds["finance_needs"], "need", date(2022, 11, 8))) == 1
        other = Posting.objects.get(code="n2").pk
    assert clerks["enterprise"].post(f"/matching/mine/{other}/", {"act": "withdraw"}).status_code == 404
    clerks["enterprise"].post(f"/matching/mine/{one.pk}/", {"act": "withdraw"})
    with acting_as_system("test"):
        assert services.taking_part(rules().kinds["finance_needs"], "need", date(2022, 11, 8)) == []


def test_a_side_leaves_as_a_workbook_and_comes_back_changed(clerks, posted):
    book = clerks["HRSS"].get("/matching/kinds/labour/?side=offer&as=xlsx")
    assert zipfile.is_zipfile(io.BytesIO(book.content))
    table = (
        "编号,名称,单位,可任工种,期望工资,技能等级,愿去县区,名额\no1,一班改,A01,焊工、钳工,4100,3,全市,9\no3,三班,A01,钳工,4000,2,全市,1\n"
    )
    clerks["HRSS"].post(
        "/matching/kinds/labour/act/", {"act": "import", "side": "offer", "file": SimpleUploadedFile("offers.csv", table.encode())}
    )

    with acting_as_system("test"):
        found = {one.code: one for one in Posting.objects.filter(side="offer")}
    assert sorted(found) == ["o1", "o2", "o3"]
    assert (found["o1"].name, found["o1"].quota, found["o1"].row["occupations"], found["o1"].read_from) == (
        "一班改",
        9,
        ["焊工", "钳工"],
        "offers.csv",
    )


def test_a_workbook_with_faults_writes_nothing_and_names_each(clerks, posted):
    table = "编号,名称,可任工种,名额,愿去县区\no8,八班,焊工,x,全市\no8,九班,焊工,1,\n"
    clerks["HRSS"].post(
        "/matching/kinds/labour/act/", {"act": "import", "side": "offer", "file": SimpleUploadedFile("bad.csv", table.encode())}
    )
    page = text(clerks["HRSS"].get("/matching/kinds/labour/"))

    for words in ("line 2, quota", "line 3, id", "愿去县区"):
        assert words in page, words
    with acting_as_system("test"):
        assert not Posting.objects.filter(code="o8").exists()


def test_a_round_leaves_as_a_workbook_within_the_scope(clerks, chosen):
    got = {who: clerks[who].get(f"/matching/rounds/{chosen.pk}/?as=text") for who in ("HRSS", "county_b")}
    assert all(one.status_code == 200 for one in got.values())
    assert zipfile.is_zipfile(io.BytesIO(clerks["county_b"].get(f"/matching/rounds/{chosen.pk}/?as=xlsx").content))


def test_why_and_why_not_are_told_with_every_condition(clerks, chosen):
    page = text(clerks["command"].get(f"/matching/rounds/{chosen.pk}/?need=n3&offer=o1"))
    assert "不满足硬条件" in page
    assert "工种 钳工，可任工种 焊工、车工" in page
    page = text(clerks["command"].get(f"/matching/rounds/{chosen.pk}/?need=n1&offer=o1"))
    assert "在候选之列" in page
    assert "不满足硬条件" not in text(clerks["county_a"].get(f"/matching/rounds/{chosen.pk}/?need=n3&offer=o1")), (
        "another county's need is not told"
    )


def test_what_is_left_over_opens_one_case(clerks, chosen):
    clerks["HRSS"].post(f"/matching/rounds/{chosen.pk}/act/", {"act": "case"})
    clerks["HRSS"].post(f"/matching/rounds/{chosen.pk}/act/", {"act": "case"})

    with acting_as_system("test"):
        case = Case.objects.get(definition="matching_unmet")
        assert case.lead == "HRSS"
        assert "乙企业二" in case.words


def test_a_round_that_cannot_be_made_says_why(clerks, db):
    with acting_as_system("test"):
        one = services.ask(rules().kinds["labour"], "test")
        services.work()
        with pytest.raises(Refusal, match="尚未完成"):
            services.choose(Round.objects.get(pk=one.pk), "stable", "x", "y")
        with pytest.raises(Refusal, match="请先选定"):
            services.open_case(Round.objects.get(pk=one.pk), SYSTEM)
    assert "需求和供给都要有登记" in text(clerks["command"].get(f"/matching/rounds/{one.pk}/"))


def test_pairs_that_nobody_contacts_within_the_working_days_are_late(db, monkeypatch):
    kind = rules().kinds["finance_needs"]
    with acting_as_system("test"):
        need = {"id": "f1", "name": "企业", "unit": "A01", "amount": "100", "purpose": "流动资金"}
        services.post(kind, "need", [{**kept_rows(kind, "need", [need], "t")[0], "consent": True}])
        services.post(kind, "offer", kept_rows(kind, "offer", [{"id": "b1", "name": "产品", "purposes": "流动资金", "most": "200"}], "t"))
        one = services.ask(kind, "test")
        services.work()
        services.choose(Round.objects.get(pk=one.pk), "optimal", "x", "y")
        assert selectors.late(kind) == []
        from yunxing.desk import clock

        monkeypatch.setattr(clock, "demo_day", lambda: date(2022, 11, 22))
        assert selectors.late(kind) == [], "the tenth working day is in time"
        monkeypatch.setattr(clock, "demo_day", lambda: date(2022, 11, 22) + timedelta(days=1))
        assert [one.need for one in selectors.late(kind)] == ["f1"]


def test_the_demonstration_of_an_empty_city_leaves_every_kind_without_pairs(db):
    """Without parties no side is filled; nothing falls over and a second run changes nothing."""
    with acting_as_system("test"):
        first = demonstration.make()
        again = demonstration.make()
    assert first == again
    assert first["kinds"] == 9


def test_the_pages_list_every_kind(clerks, chosen):
    page = text(clerks["command"].get("/matching/"))
    for kind in rules().kinds.values():
        assert kind.title in page
    assert FIRM_B not in page
