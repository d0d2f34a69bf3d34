"""Scenarios on the desk: who may ask, what everyone sees, signing, executing, following; and that every act is refused where it must be."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest

from desk.contingency.conftest import FIRM_A, FIRM_B
from yunxing.desk import clock
from yunxing.desk.casework.models import Case
from yunxing.desk.contingency import alerts, services
from yunxing.desk.contingency.models import Alert, Order, Plan
from yunxing.desk.people.models import JournalEntry
from yunxing.desk.scoping import acting_as_system
from yunxing.values.errors import BadInput, Refusal

pytestmark = pytest.mark.database


def text(response):
    return response.content.decode()


def test_a_scenario_is_asked_waits_for_the_worker_and_is_told(clerks):
    """The form works by itself: a post, a page that refreshes while it waits, and after the worker's round the plan."""
    asked = clerks["DRC"].post("/scenarios/new/power/", {"gap": "6.5", "seconds": "5", "season": "summer", "title": "夏季"})
    page = clerks["DRC"].get(asked.url)
    assert asked.status_code == 302
    assert 'http-equiv="refresh"' in text(page)
    assert "排队等候" in text(page)

    assert services.work() == 1
    page = text(clerks["DRC"].get(asked.url))

    assert 'http-equiv="refresh"' not in page
    for words in ("独立核验通过", "避峰", "L-1", "降出力", "0.042%", "6.5", "改条件再推演"):
        assert words in page, words
    assert services.work() == 0


@pytest.mark.parametrize(
    ("kind", "words"),
    [("pollution", ("一刀切", "少损失", "限产 30%", "再收紧")), ("coal", ("谁借给谁", "电厂二", "第 4 日低于下限", "锁定", "缺口最小"))],
)
def test_each_kind_shows_what_it_is_about(clerks, held, kind, words):
    page = text(clerks["command"].get(f"/scenarios/{held(kind).pk}/"))

    for one in words:
        assert one in page, one


def test_only_the_command_and_the_office_that_answers_may_ask(clerks):
    """Each office its own kind; a county and another office not; a kind that does not exist is nowhere."""
    served = {
        (who, kind): clerks[who].get(f"/scenarios/new/{kind}/").status_code
        for who in ("command", "EEB", "DRC", "bureau")
        for kind in ("pollution", "power", "coal")
    }

    assert [served["command", kind] for kind in ("pollution", "power", "coal")] == [200, 200, 200]
    assert [served["EEB", kind] for kind in ("pollution", "power", "coal")] == [200, 404, 404]
    assert [served["DRC", kind] for kind in ("pollution", "power", "coal")] == [404, 200, 200]
    assert {served["bureau", kind] for kind in ("pollution", "power", "coal")} == {404}
    assert clerks["county_a"].get("/scenarios/new/power/").status_code == 403
    assert clerks["command"].get("/scenarios/new/flood/").status_code == 404


@pytest.mark.parametrize(("field", "value"), [("gap", "41"), ("gap", "x"), ("seconds", "0"), ("gap", "nan")])
def test_a_number_out_of_bounds_is_told_with_its_bounds_and_the_form_kept(clerks, field, value):
    answer = clerks["command"].post("/scenarios/new/power/", {"gap": "5", "seconds": "5", "title": "保留的名称", field: value})

    assert answer.status_code == 400
    assert f"是“{value}”" in text(answer)
    assert "保留的名称" in text(answer)
    assert Plan.objects.model.__name__ == "Plan"


@pytest.mark.parametrize("kind", ["pollution", "power"])
def test_who_reads_no_firm_by_name_reads_the_totals(clerks, held, kind):
    """An analyst's scope holds every office and no party: the plan opens, its rows about enterprises and their sheets do not (decision 0144)."""
    plan = held(kind)

    answer = clerks["analyst"].get(f"/scenarios/{plan.pk}/")

    assert answer.status_code == 200
    assert "企业A0X" not in text(answer)
    assert "企业A0X" in text(clerks["command"].get(f"/scenarios/{plan.pk}/"))
    assert clerks["analyst"].get(f"/scenarios/{plan.pk}/sheets/{FIRM_A}.docx").status_code in (403, 404)


def test_a_county_sees_only_its_own_enterprises(clerks, held):
    """Rows, order sheets and the workbook are cut to the area; totals are the plan's."""
    plan = held("pollution")

    page = text(clerks["county_a"].get(f"/scenarios/{plan.pk}/"))

    assert "企业A0X" in page
    assert "企业B0X" not in page
    assert clerks["county_a"].get(f"/scenarios/{plan.pk}/sheets/{FIRM_B}.docx").status_code == 404
    assert clerks["county_a"].get(f"/scenarios/{plan.pk}/sheets/{FIRM_A}.docx").status_code == 200
    assert clerks["enterprise"].get(f"/scenarios/{plan.pk}/").status_code == 403


def test_an_order_sheet_leaves_as_word_and_pdf_and_is_in_the_journal(clerks, held):
    plan = held("pollution")

    word = clerks["EEB"].get(f"/scenarios/{plan.pk}/sheets/{FIRM_A}.docx")
    page = clerks["EEB"].get(f"/scenarios/{plan.pk}/sheets/{FIRM_A}.pdf")

    inside = zipfile.ZipFile(io.BytesIO(word.content)).read("word/document.xml").decode()
    assert "停产" in inside
    assert "重污染天气应急减排单" in inside
    assert page.content.startswith(b"%PDF")
    assert JournalEntry.objects.filter(object_kind="order_sheet", act="export").count() == 2
    assert clerks["EEB"].get(f"/scenarios/{plan.pk}/sheets/{FIRM_A}.txt").status_code == 404
    assert clerks["DRC"].get(f"/scenarios/{held('coal').pk}/sheets/S1.docx").status_code == 404


@pytest.mark.parametrize("kind", ["pollution", "power", "coal"])
def test_the_table_leaves_as_a_workbook(clerks, held, kind):
    answer = clerks["command"].get(f"/scenarios/{held(kind).pk}/?as=xlsx")

    assert answer.status_code == 200
    assert zipfile.is_zipfile(io.BytesIO(answer.content))


def test_plans_stand_side_by_side(clerks, held):
    first, second = held("power"), held("power")

    page = text(clerks["command"].get(f"/scenarios/{first.pk}/?beside={second.pk}"))

    assert page.count(f"/scenarios/{second.pk}/") >= 1


def test_a_plan_opens_one_case_of_its_kind(clerks, held):
    """The command accepts it from there; asked twice it is the same case."""
    plan = held("coal")
    for _ in range(2):
        clerks["DRC"].post(f"/scenarios/{plan.pk}/act/", {"act": "case"})

    with acting_as_system("test"):
        found = Case.objects.get(origin=f"contingency:{plan.pk}")
        assert (found.definition, found.lead) == ("coal_shortage", "DRC")
        assert Plan.objects.get(pk=plan.pk).case == found.pk


def test_a_plan_that_the_checker_refused_is_never_signed(clerks, held):
    plan = held("coal")

    answer = clerks["DRC"].post(f"/scenarios/{plan.pk}/act/", {"act": "freeze"}, follow=True)

    assert "未通过核验" in text(answer)
    with acting_as_system("test"):
        assert Plan.objects.get(pk=plan.pk).frozen_on is None


def issued(clerks, held, level="orange"):
    plan = held("pollution")
    clerks["EEB"].post(f"/scenarios/{plan.pk}/act/", {"act": "freeze"})
    answer = clerks["EEB"].post(f"/scenarios/{plan.pk}/act/", {"act": "issue", "level": level, "basis": "会商〔2022〕1号"})
    return plan, answer.url


def test_an_alert_executes_the_signed_list_and_solves_nothing(clerks, held, monkeypatch):
    """Every firm of the level has its order, with line and cut; a second alert of the kind is refused."""
    plan, address = issued(clerks, held)
    monkeypatch.setattr(services, "hold", None)

    page = text(clerks["EEB"].get(address))
    again = clerks["EEB"].post(f"/scenarios/{plan.pk}/act/", {"act": "issue", "level": "red", "basis": "x"}, follow=True)

    assert "限产 30%" in page
    assert "限产 50%" in page
    assert "不重新求解" in page
    assert "已有生效的同类预警" in text(again)
    with acting_as_system("test"):
        assert Alert.objects.get().criteria == "n2019"
        assert Order.objects.count() == 2


def test_no_alert_without_a_signed_list_a_basis_or_a_level(clerks, held):
    plan = held("pollution")
    unsigned = clerks["EEB"].post(f"/scenarios/{plan.pk}/act/", {"act": "issue", "level": "red", "basis": "x"}, follow=True)
    clerks["EEB"].post(f"/scenarios/{plan.pk}/act/", {"act": "freeze"})
    without = clerks["EEB"].post(f"/scenarios/{plan.pk}/act/", {"act": "issue", "level": "red", "basis": " "}, follow=True)
    unknown = clerks["EEB"].post(f"/scenarios/{plan.pk}/act/", {"act": "issue", "level": "violet", "basis": "x"}, follow=True)

    assert "尚未签发" in text(unsigned)
    assert "请写明发布依据" in text(without)
    assert "级别应为" in text(unknown)
    with acting_as_system("test"):
        assert not Alert.objects.exists()


def test_when_the_level_moves_only_orders_that_differ_change(clerks, held):
    """Orange to yellow: firm A is free again, firm B's order at 50 % stays as it was, acknowledged."""
    _plan, address = issued(clerks, held)
    with acting_as_system("test"):
        services.answer(Order.objects.get(party=FIRM_B), "acknowledge")

    clerks["EEB"].post(f"{address}act/", {"act": "level", "level": "yellow", "reason": "会商"})

    with acting_as_system("test"):
        a, b = Order.objects.get(party=FIRM_A), Order.objects.get(party=FIRM_B)
        assert (a.asked, a.amount, a.state) == ([], 0, "told")
        assert (b.state, b.level) == ("acknowledged", "orange")
    assert "恢复正常生产" in text(clerks["EEB"].get(address))


def test_an_enterprise_sees_and_acknowledges_its_own_order_only(clerks, held):
    _plan, address = issued(clerks, held)

    page = text(clerks["enterprise"].get(address))
    mine = clerks["enterprise"].post(f"{address}orders/{FIRM_A}/", {"act": "acknowledge"})
    others = clerks["enterprise"].post(f"{address}orders/{FIRM_B}/", {"act": "acknowledge"})
    checked = clerks["enterprise"].post(f"{address}orders/{FIRM_A}/", {"act": "kept", "basis": "用电"})

    assert "企业A0X" in page
    assert "企业B0X" not in page
    assert (mine.status_code, others.status_code, checked.status_code) == (302, 404, 404)
    with acting_as_system("test"):
        assert Order.objects.get(party=FIRM_A).state == "acknowledged"


def test_a_county_checks_its_firms_and_the_rate_follows(clerks, held):
    """Kept or not, with what it rests on and the actual cut; a figure that is none is refused."""
    _plan, address = issued(clerks, held)
    wrong = clerks["county_a"].post(f"{address}orders/{FIRM_A}/", {"act": "kept", "basis": "用电", "actual": "一半"}, follow=True)
    without = clerks["county_a"].post(f"{address}orders/{FIRM_A}/", {"act": "broken", "basis": ""}, follow=True)
    clerks["county_a"].post(f"{address}orders/{FIRM_A}/", {"act": "broken", "basis": "现场", "actual": "900", "note": "夜间复产"})

    assert "“一半”" in text(wrong)
    assert "请选择核查依据" in text(without)
    with acting_as_system("test"):
        order = Order.objects.get(party=FIRM_A)
        assert (order.state, order.actual, order.basis, order.note) == ("broken", 900, "现场", "夜间复产")
        assert alerts.alert_page(order.alert)["rate"] == "50.0%"
    assert clerks["county_b"].post(f"{address}orders/{FIRM_A}/", {"act": "kept", "basis": "用电"}).status_code == 404


def test_a_lifted_alert_is_read_only(clerks, held):
    _plan, address = issued(clerks, held)
    clerks["EEB"].post(f"{address}act/", {"act": "lift", "reason": "转好"})

    again = clerks["EEB"].post(f"{address}act/", {"act": "level", "level": "red", "reason": "x"}, follow=True)
    order = clerks["county_a"].post(f"{address}orders/{FIRM_A}/", {"act": "acknowledge"}, follow=True)

    assert "已解除" in text(again)
    assert "已解除" in text(order)
    assert clerks["DRC"].post(f"{address}act/", {"act": "lift"}).status_code == 404


def test_power_orders_are_issued_by_tier_and_hours(clerks, held):
    plan = held("power")
    clerks["DRC"].post(f"/scenarios/{plan.pk}/act/", {"act": "freeze"})
    answer = clerks["DRC"].post(f"/scenarios/{plan.pk}/act/", {"act": "issue", "level": "III", "basis": "调度通知"}, follow=True)

    assert "18:00—22:00 1,200 kW" in text(answer)


def test_what_refuses_to_be_solved_is_told_on_the_plan(clerks, held, monkeypatch):
    def refuse(*_a, **_k):
        raise BadInput("没有上报的月份")

    monkeypatch.setattr(services, "hold", refuse)
    plan = held("power")

    assert plan.state == "failed"
    assert "没有上报的月份" in text(clerks["command"].get(f"/scenarios/{plan.pk}/"))


def test_a_scenario_left_by_a_dead_worker_waits_again_and_is_taken_once(held):
    plan = held("power")
    with acting_as_system("test"):
        Plan.objects.filter(pk=plan.pk).update(state="solving", made=clock.now() - timedelta(hours=1))
        assert services.work() == 1
        assert services.carry_out(plan.pk) is False


def test_the_level_called_for_is_tried_on_the_page(clerks):
    page = text(clerks["analyst"].get("/scenarios/?aqi=210,310,320,230"))

    assert "红色（Ⅰ级）" in page
    assert "n2019" in page
    assert "不预警" in text(clerks["analyst"].get("/scenarios/?aqi=90"))


def test_unknown_kinds_acts_and_answers_are_refused(held):
    with acting_as_system("test"):
        with pytest.raises(BadInput):
            services.ask("flood", {}, "test")
        plan = services.ask("power", {"seconds": 1}, "test")
        with pytest.raises(Refusal):
            services.freeze(plan, "test")
        with pytest.raises(Refusal):
            services.open_case(plan, None)


def test_the_demonstration_holds_five_scenarios_signs_the_list_and_follows_an_alert(cast):
    from yunxing.desk.contingency.demonstration import make

    with acting_as_system("test"):
        first, second = make("P1"), make("P1")
        assert first == second == {"scenarios": 5, "orders": 1}
        assert {one.case != "" for one in Plan.objects.all()} == {True}
        assert Order.objects.get().state == "kept"
