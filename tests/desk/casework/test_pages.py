"""The pages as browsers get them: forms that post without JavaScript, refusals that keep what was typed, and nothing for those who may not see."""

from __future__ import annotations

import pytest

from desk.casework.conftest import upload
from io_pictures import jpeg_with_place
from yunxing.desk.casework.models import Attachment, Case, SavedView
from yunxing.desk.people.models import JournalEntry, Message
from yunxing.desk.scoping import acting_as_system


def get(hands, name, address, **more):
    return hands.cast.client(name).get(address, **more)


def text(response) -> str:
    return response.content.decode()


def test_an_enterprise_raises_follows_answers_and_rates(hands):
    """The whole of the enterprise's part by pages: three fields and a photo, progress, an answer, satisfaction; each time told what happens next."""
    client = hands.cast.client("enterprise")
    form = text(client.get("/my-cases/new/"))
    token = form.split('name="token" value="')[1].split('"')[0]
    assert "承办部门最迟 <b>10月8日 17:30</b> 与您联系" in form
    sent = {
        "token": token,
        "words": "车间缺电\n每天两次",
        "kind": "energy",
        "contact": "张三 0000",
        "photos": [upload("现场.jpg", jpeg_with_place())],
    }
    done = client.post("/my-cases/new/", sent)
    case = done["Location"].split("/")[2]
    page = text(client.get(done["Location"]))
    assert "部门预计 10月8日 17:30 前与您联系" in page
    assert "○ 已受理" in page
    assert text(client.post("/my-cases/new/", sent, follow=True)).count("车间缺电") > 0
    with acting_as_system("test"):
        assert Case.objects.count() == 1

    hands.walk(case, "accept", "command", "hall")
    hands.walk(case, "assign", "command", "hall", lead="bureau-1")
    hands.walk(case, "sign", "bureau", "bureau-1")
    hands.walk(case, "contact", "bureau", "bureau-1", contacted="已通话")
    assert client.post(f"/my-cases/{case}/say/", {"words": "记录已备好", "files": [upload()]}).status_code == 302
    hands.walk(case, "answer", "bureau", "bureau-1", done="已协调", result="solved", evidence=["sha256:0"])
    assert "确认并评价" in text(client.get(f"/my-cases/{case}/"))
    ver = hands.case(case).ver
    rated = client.post(f"/my-cases/{case}/step/confirm/", {"ver": ver, "satisfaction": "fair", "speed": "good", "attitude": "good"})
    assert rated.status_code == 302
    assert hands.case(case).fields["satisfaction"] == "fair"
    assert "● 已办结" in text(client.get(f"/my-cases/{case}/"))


def test_what_was_refused_is_still_in_the_form(hands):
    """Without words: the reason on top, status 409, the kind and the contact still there."""
    page = hands.cast.client("enterprise").post("/my-cases/new/", {"token": "t", "words": " ", "kind": "land", "contact": "李四"})

    assert page.status_code == 409
    assert "请写明要反映的事情" in text(page)
    assert 'value="land" checked' in text(page)
    assert 'value="李四"' in text(page)


def test_an_officer_raises_for_an_enterprise_of_his_own_area(hands):
    """Found by a piece of its name; another county's is neither found nor taken by guessing its code."""
    from django.db import connection

    from yunxing.engines.registry.parties import Party
    from yunxing.io.store.registry import write_parties

    firms = ((hands.cast.units.firm_a, "A01"), (hands.cast.units.firm_b, "B01"))
    write_parties(
        connection, [Party(firm.code, "enterprise", firm.name, "", unit, "", "", "", "", hands.at.date()) for firm, unit in firms]
    )
    client = hands.cast.client("county_a")
    page = text(client.get("/cases/new/?firm=某企业"))
    assert "甲县某企业" in page
    assert "乙县某企业" not in page
    sent = {"token": "t", "words": "门口道路积水", "kind": "other", "contact": "", "party": hands.cast.units.firm_a.code, "urgent": "1"}
    made = client.post("/cases/new/", sent)
    assert made.status_code == 302
    case = hands.case(made["Location"].split("/")[2])
    assert (case.party, case.unit, case.grade, case.opened_by) == (hands.cast.units.firm_a.code, "A01", "urgent", "county_a")
    guessed = client.post("/cases/new/", {**sent, "token": "u", "party": hands.cast.units.firm_b.code})
    assert guessed.status_code == 409
    assert "请先查找并选择企业" in text(guessed)


@pytest.mark.parametrize("table", ["factor_unmet", "broken_link", "credit_withdrawal", "listing_mentor"])
def test_a_matter_of_the_plan_is_proposed_taken_up_and_started(hands, table):
    """An office proposes, nothing runs; the command takes it up, the limit runs; the office starts. A second click proposes nothing more."""
    client = hands.cast.client("bureau")
    sent = {"token": "t", "table": table, "words": "二期用地指标尚缺", "lead": "bureau-1"}
    case = client.post("/cases/propose/", sent)["Location"].split("/")[2]
    assert client.post("/cases/propose/", sent)["Location"].split("/")[2] == case
    assert hands.case(case).state == "proposed"
    assert hands.case(case).due.year == 9999
    command = hands.cast.client("command")
    assert command.post(f"/cases/{case}/step/accept/", {"ver": 0, "lead": "bureau-1"}).status_code == 302
    assert hands.case(case).due.year == 2022
    assert client.post(f"/cases/{case}/step/start/", {"ver": 1}).status_code == 302
    assert hands.case(case).state == "working"


@pytest.mark.parametrize("wrong", [{"table": "whistle"}, {"words": ""}, {"lead": ""}, {"party": "91990000MA00000B0X"}])
def test_a_matter_needs_a_kind_words_an_office_and_an_enterprise_one_may_speak_for(hands, wrong):
    sent = {"token": "t", "table": "broken_link", "words": "断供", "lead": "bureau-1", **wrong}

    assert hands.cast.client("county_a").post("/cases/propose/", sent).status_code == 409


def test_the_desk_shows_list_and_case_beside_each_other(hands):
    """Queues, the list with the case marked, the detail; the query string stays in every link."""
    case = hands.up_to("assigned")
    page = text(get(hands, "bureau", f"/cases/{case}/?queue=sign"))

    assert 'aria-current="true"' in page
    assert f"/cases/{case}/step/sign/?queue=sign" in page
    assert "待签收" in page
    assert '<button class="button primary" data-key="a">签收</button>' in page
    assert JournalEntry.objects.filter(act="view", object_kind="case", person="bureau").exists()


def test_a_step_says_what_happens_next_and_keeps_the_list(hands):
    case = hands.up_to("assigned")
    client = hands.cast.client("bureau")
    done = client.post(f"/cases/{case}/step/sign/?queue=sign", {"ver": hands.case(case).ver})

    assert done["Location"] == f"/cases/{case}/?queue=sign"
    assert "已办理“签收”，现由甲局办理，首次联系时限 9月29日 17:30。" in text(client.get(done["Location"]))


def test_the_second_officer_sees_the_new_state_and_who(hands):
    """Same page open twice: the second gets 409, the name, the time, the state, and his words back; nothing of his is written."""
    case = hands.up_to("assigned")
    ver = hands.case(case).ver
    client = hands.cast.client("bureau")
    client.post(f"/cases/{case}/step/sign/", {"ver": ver})
    late = client.post(f"/cases/{case}/step/dispute/", {"ver": ver, "reason": "不属本单位职责"})

    assert late.status_code == 409
    for word in ("测试bureau", "9月28日 09:00", "已办理“签收”", "没有写入", 'role="alert"'):
        assert word in text(late)
    assert hands.case(case).state == "signed"
    assert client.post(f"/cases/{case}/step/contact/", {"ver": "abc"}).status_code == 400


def test_a_refused_step_names_the_fields_and_keeps_the_rest(hands):
    case = hands.up_to("working")
    page = hands.cast.client("bureau").post(f"/cases/{case}/step/answer/", {"ver": hands.case(case).ver, "done": "已恢复供电"})

    assert page.status_code == 409
    assert "请填写：办理结果、佐证材料" in text(page)
    assert "已恢复供电</textarea>" in text(page)
    assert '<a href="#f-result">' in text(page)


def test_the_inside_is_hatched_and_never_on_the_enterprises_page(hands):
    case = hands.up_to("working")
    client = hands.cast.client("bureau")
    client.post(f"/cases/{case}/say/", {"to": "inside", "words": "电网答复最快周五"})
    client.post(f"/cases/{case}/say/", {"to": "enterprise", "words": "正在协调"})
    desk, outside = text(client.get(f"/cases/{case}/")), text(get(hands, "enterprise", f"/my-cases/{case}/"))

    assert 'class="said inside"' in desk
    assert "仅内部可见" in desk
    assert "电网答复" in desk
    assert "电网答复" not in outside
    assert "仅内部可见" not in outside
    assert "正在协调" in outside
    assert client.post(f"/cases/{case}/say/", {"to": "inside", "words": ""}).status_code == 409
    assert hands.cast.client("enterprise").post(f"/my-cases/{case}/say/", {"to": "inside", "words": "x"}).status_code == 404


def test_a_file_is_shown_or_downloaded_and_only_to_who_sees_the_case(hands):
    """Pictures inline with their own type, everything else as a download that no browser runs; internal ones not for the enterprise."""
    case = hands.up_to("working")
    client = hands.cast.client("bureau")
    files = [upload("现场.jpg", jpeg_with_place()), upload("说明.csv", b"=1+1\n")]
    client.post(f"/cases/{case}/say/", {"to": "inside", "words": "", "files": files})
    with acting_as_system("test"):
        picture, sheet = Attachment.objects.filter(case_id=case)
    shown, taken = client.get(f"/cases/{case}/files/{picture.pk}/"), client.get(f"/cases/{case}/files/{sheet.pk}/")

    assert shown["Content-Type"] == "image/jpeg"
    assert shown["Content-Disposition"].startswith("inline")
    assert taken["Content-Type"] == "application/octet-stream"
    assert taken["Content-Disposition"].startswith("attachment")
    assert shown["X-Content-Type-Options"] == taken["X-Content-Type-Options"] == "nosniff"
    for member in ("enterprise", "county_b", "analyst"):
        assert get(hands, member, f"/cases/{case}/files/{picture.pk}/").status_code == 404
    assert client.get(f"/cases/C-other/files/{picture.pk}/").status_code == 404


@pytest.mark.parametrize("member", ["county_b", "analyst", "sysadmin", "enterprise"])
def test_anothers_case_does_not_exist(hands, member):
    """404 for who could see cases but not this one, 403 for whose role sees none; by page, step, urging, bulk."""
    case = hands.up_to("assigned", firm="firm_a")
    client = hands.cast.client(member)
    expected = 404 if member in ("county_b", "analyst") else 403
    assert client.get(f"/cases/{case}/").status_code == expected
    assert client.post(f"/cases/{case}/step/sign/", {"ver": 2}).status_code == expected
    assert client.post(f"/cases/{case}/urge/").status_code == expected
    assert client.post("/cases/bulk/", {"act": "sign", "case": case}).status_code == expected


def test_many_at_once_by_the_page(hands):
    """Two ticked and signed; one that cannot be is named; nothing ticked is said; an unknown act does not exist."""
    cases = [hands.up_to("assigned"), hands.up_to("assigned"), hands.up_to("working")]
    client = hands.cast.client("bureau")
    page = text(client.post("/cases/bulk/?queue=all", {"act": "sign", "case": cases}, follow=True))
    assert "已办理 2 件。" in page
    assert "现为“办理中”，不能这样办。" in page
    assert "还没有勾选事项。" in text(client.post("/cases/bulk/", {"act": "sign"}, follow=True))
    assert "请选择派给哪个单位。" in text(client.post("/cases/bulk/", {"act": "assign", "case": cases[:1]}, follow=True))
    assert client.post("/cases/bulk/", {"act": "burn", "case": cases}).status_code == 404


def test_urging_by_the_page_is_once_a_day(hands):
    case = hands.up_to("signed")
    client = hands.cast.client("command")
    assert "已催办。" in text(client.post(f"/cases/{case}/urge/", follow=True))
    assert "一天只催一次" in text(client.post(f"/cases/{case}/urge/", follow=True))
    assert Message.objects.filter(template="case_urged").count() == 1


def test_filters_can_be_kept_under_a_name(hands):
    """One's own, and nobody else's; the same name takes the older one's place."""
    client = hands.cast.client("bureau")
    for query in ("queue=overdue", "queue=overdue&office=bureau-1"):
        client.post("/cases/views/", {"name": "我的超期", "query": query})
    assert "/cases/?queue=overdue&amp;office=bureau-1" in text(client.get("/cases/"))
    assert "我的超期" not in text(get(hands, "command", "/cases/"))
    with acting_as_system("test"):
        assert SavedView.objects.count() == 1


def test_the_figures_page_counts_what_the_person_may_see(hands):
    """Six closed in time of one office: a percentage with its count; another county sees its own alone."""
    for _ in range(6):
        hands.up_to("closed")
    hands.up_to("working", firm="firm_b")
    whole, county = text(get(hands, "command", "/cases/figures/")), text(get(hands, "county_b", "/cases/figures/"))

    assert "100.0%（6/6）" in whole
    assert "甲局" in whole
    assert "100.0%（6/6）" not in county
    assert "乙县" in county


def test_what_climbed_the_ladder_and_who_is_proposed_for_a_talk(hands):
    """Four requests that nobody signs: after the sweep they stand as escalated, and the office is proposed, with the rule beside it."""
    from django.db import connection

    from yunxing.flows.sweep_cases import sweep_cases

    for _ in range(4):
        hands.up_to("assigned")
    hands.later(days=2)
    sweep_cases(connection, hands.at)
    page = text(get(hands, "command", "/cases/escalated/"))

    assert page.count("逾期未签收") == 4
    assert "2022Q3 约谈建议" in page
    assert "≥ 3" in page
    assert "甲局" in page


def test_the_closed_loop_shows_asked_answered_verified(hands):
    """A case of a signal: proposed; then answered; then judged by the next figure."""
    from django.db import connection

    from yunxing.engines.cases.case import SYSTEM, Actor
    from yunxing.flows import walk_case
    from yunxing.flows.judge_outcomes import judge_outcomes

    signal = {"id": "S-1", "kind": "trend", "indicator": "output_growth", "scope_kind": "unit", "scope": "A01", "period": "2022-08"}
    made = walk_case.new_case(
        connection, "check_enterprise", SYSTEM, hands.at, key="s1", title="核查企业运行情况", words="甲县产值连续下降", subject="unit:A01", lead="bureau-1",
        unit="A01", origin="signal:S-1", fields={"signal": signal},
    )  # fmt: skip
    assert "已交办，待答复 1" in text(get(hands, "command", "/cases/loop/"))
    staff, officer = Actor("command", "hall", frozenset({"command"})), Actor("bureau", "bureau-1", frozenset({"department"}))
    for edge, actor, facts in (
        ("accept", staff, {}),
        ("start", officer, {}),
        ("answer", officer, {"done": "已核实", "result": "fixed"}),
        ("close", staff, {}),
    ):
        answer = walk_case.move(connection, made.case, edge, actor, hands.at, facts)
        assert not isinstance(answer, walk_case.Refused), answer
    answered = text(get(hands, "command", "/cases/loop/"))
    assert "已答复，待核实 1" in answered
    assert "已采取措施" in answered
    judge_outcomes(connection, "2022-09", [signal], {("output_growth", "unit", "A01")}, hands.at)
    verified = text(get(hands, "command", "/cases/loop/"))

    assert "已用数据核实 1" in verified
    assert "与数据不符" in verified
    assert "甲县产值连续下降" in verified


def test_english_pages_have_no_chinese_in_the_frame(hands):
    """Buttons, queues, clocks in English; the table's words by its own English; what people wrote stays."""
    case = hands.up_to("assigned")
    client = hands.cast.client("bureau")
    client.cookies["yunxing_language"] = "en"
    page = text(client.get(f"/cases/{case}/"))

    for word in ("To sign", "Sign", "Whom to call", "What happened", "hours left", "Urge"):
        assert word in page
    assert "待签收" not in page
