"""Emergency mode: a basis and an end, one vehicle – one pass – one route, a code nobody forges, personal data sealed, masked and deleted by rule."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from yunxing.desk import clock
from yunxing.desk.casework.models import Case
from yunxing.desk.dispatch import emergency
from yunxing.desk.dispatch.models import Mode, Operation, VehiclePass, WhiteFirm
from yunxing.desk.people.models import JournalEntry
from yunxing.desk.reporting.models import Party
from yunxing.desk.scoping import acting_as_system
from yunxing.engines.cases.case import Actor
from yunxing.io.fields import FieldCipher
from yunxing.values.errors import BadInput, Refusal
from yunxing.values.office_hours import BEIJING

BY = Actor("chief", "CMD", frozenset({"command"}))
BASIS = "国办发明电〔2022〕3号"
FIRST, LAST = date(2022, 11, 1), date(2022, 11, 20)
FORM = {
    "plate": "鲁M12345",
    "driver": "张三丰",
    "phone": "13812345678",
    "route": "甲县某厂 — 乙市某港",
    "goods": "产成品",
    "first": "2022-11-08",
    "last": "2022-11-12",
}


@pytest.fixture(autouse=True)
def _own_home(settings, tmp_path):
    settings.HOME = tmp_path


@pytest.fixture
def mode(hands):
    """A declared epidemic mode and a firm of county A."""
    with acting_as_system("test"):
        made = emergency.declare(BY, "epidemic", BASIS, FIRST, LAST, "")
    hands.firm("a")
    return made


def day(monkeypatch, on):
    monkeypatch.setattr(clock, "demo_day", lambda: on)


@pytest.mark.parametrize(
    ("kind", "basis", "first", "last", "said"),
    [
        ("war", BASIS, FIRST, LAST, "没有这类"),
        ("epidemic", "领导要求", FIRST, LAST, "请选择法定依据"),
        ("epidemic", BASIS, FIRST, date(2022, 10, 31), "1 至 30 天"),
        ("epidemic", BASIS, FIRST, FIRST + timedelta(30), "1 至 30 天"),
    ],
)
def test_what_cannot_be_declared(system, on_that_day, kind, basis, first, last, said):
    with pytest.raises(BadInput, match=said):
        emergency.declare(BY, kind, basis, first, last, "")


@pytest.mark.parametrize("days", [1, 29, 30])
def test_up_to_the_longest_span(system, on_that_day, days):
    assert emergency.declare(BY, "epidemic", BASIS, FIRST, FIRST + timedelta(days - 1), "").last == FIRST + timedelta(days - 1)


def test_a_mode_expires_by_itself(system, on_that_day):
    made = emergency.declare(BY, "epidemic", BASIS, FIRST, LAST, "")

    assert [emergency.in_force(made, one) for one in (date(2022, 10, 31), FIRST, LAST, date(2022, 11, 21))] == [False, True, True, False]
    with pytest.raises(Refusal, match="E2022-01"):
        emergency.declare(BY, "epidemic", BASIS, LAST, LAST, "")
    assert emergency.declare(BY, "epidemic", BASIS, date(2022, 11, 21), date(2022, 11, 22), "").id == "E2022-02"
    assert Case.objects.get(pk=made.case).fields["basis"] == BASIS


def test_declared_and_ended_in_the_browser(hands):
    client = hands.client("command")
    client.post("/emergency/declare/", {"kind": "flood", "basis": "中华人民共和国防洪法", "first": "2022-11-01", "last": "2022-11-10"})
    refused = client.post(
        "/emergency/declare/", {"kind": "flood", "basis": "x", "first": "2022-11-01", "last": "soon"}, follow=True
    ).content.decode()
    page = client.get("/emergency/E2022-01/").content.decode()

    assert "不是日期" in refused
    assert "生效中" in page
    assert hands.client("EEB").post("/emergency/declare/", {}).status_code == 403
    ended = client.post("/emergency/E2022-01/end/", {"reason": "水退了"}, follow=True).content.decode()
    assert "已解除" in ended
    assert "2022-12-08 前删除" in ended
    assert "申请通行证" not in ended
    assert "已解除" in client.post("/emergency/E2022-01/end/", follow=True).content.decode()
    with acting_as_system("test"):
        assert Case.objects.get(definition="pipeline_emergency_mode").state == "ended"


# ---- passes ---------------------------------------------------------------------------------------------------------------------------------------
def test_a_firm_applies_a_county_issues_and_anyone_checks(hands, mode):
    applied = hands.client("enterprise").post("/emergency/E2022-01/passes/new/", FORM)
    number = applied["Location"].split("/")[2]
    hands.client("county_a").post(f"/passes/{number}/issue/")
    with acting_as_system("test"):
        one = VehiclePass.objects.get(pk=number)

    assert applied.status_code == 302
    assert (one.state, one.issuer, one.unit) == ("issued", "A01", "A01")
    good = hands.client("analyst").post("/passes/verify/", {"code": one.code})
    assert good.status_code == 200
    assert "真实有效" in good.content.decode()
    assert "鲁M12345" in good.content.decode()
    picture = hands.client("enterprise").get(f"/passes/{number}/code.svg")
    assert picture["Content-Type"] == "image/svg+xml"
    assert picture.content.startswith(b"<svg")


@pytest.mark.parametrize(
    "forge",
    [
        lambda code: code[:60] + ("A" if code[60] != "A" else "B") + code[61:],
        lambda _code: "YXP1.e30.e30",
        lambda _code: "随便写写",
        lambda code: code[:-20],
    ],
)
def test_a_forged_code_is_refused(hands, mode, forge):
    hands.client("enterprise").post("/emergency/E2022-01/passes/new/", FORM)
    with acting_as_system("test"):
        one = emergency.issue(BY, VehiclePass.objects.get())
    response = hands.client("county_b").post("/passes/verify/", {"code": forge(one.code)})

    assert response.status_code == 400
    assert "鲁M12345" not in response.content.decode()


def test_a_genuine_code_of_another_day_says_so(hands, mode, monkeypatch):
    hands.client("enterprise").post("/emergency/E2022-01/passes/new/", FORM)
    with acting_as_system("test"):
        one = emergency.issue(BY, VehiclePass.objects.get())
    day(monkeypatch, date(2022, 11, 13))

    assert "不在有效期" in hands.client("county_b").post("/passes/verify/", {"code": one.code}).content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"route": ""}, "没有写明线路"),
        ({"plate": "12"}, "不像号牌"),
        ({"last": "2022-12-30"}, "超出应急状态"),
        ({"last": "2022-11-01"}, "早于起日"),
        ({"goods": "军火"}, "物资类别应为"),
        ({"driver": ""}, "驾驶员"),
        ({"first": "明天"}, "不是日期"),
        ({"tested": "昨晚"}, "不是时间"),
    ],
)
def test_what_is_no_pass(hands, mode, change, said):
    response = hands.client("enterprise").post("/emergency/E2022-01/passes/new/", {**FORM, **change})

    assert response.status_code == 400
    assert said in response.content.decode()
    with acting_as_system("test"):
        assert not VehiclePass.objects.exists()


def test_the_same_vehicle_on_the_same_route_has_one_pass(hands, mode):
    client = hands.client("enterprise")
    client.post("/emergency/E2022-01/passes/new/", FORM)
    second = client.post("/emergency/E2022-01/passes/new/", {**FORM, "plate": " 鲁m12345 "})
    other_route = client.post("/emergency/E2022-01/passes/new/", {**FORM, "route": "甲县某厂 — 丙市"})

    assert second.status_code == 400
    assert "同车同线路已有通行证" in second.content.decode()
    assert other_route.status_code == 302


def test_personal_data_is_sealed_masked_and_only_the_tests_end_is_kept(hands, mode):
    hands.client("enterprise").post("/emergency/E2022-01/passes/new/", {**FORM, "tested": "2022-11-07T08:00"})
    with acting_as_system("test"):
        one = VehiclePass.objects.get()
    row = " ".join(str(value) for value in vars(one).values())

    assert not [word for word in ("鲁M12345", "张三丰", "13812345678") if word in row]
    assert one.plate_shown == "鲁M***45"
    assert one.test_until == datetime(2022, 11, 9, 8, tzinfo=BEIJING)
    whole, masked = (hands.client(who).get(f"/passes/{one.number}/").content.decode() for who in ("county_a", "command"))
    assert "张三丰" in whole
    assert "张三丰" in masked, "the command issues and sees it whole"
    assert hands.client("county_b").get(f"/passes/{one.number}/").status_code == 404
    journal = " ".join(JournalEntry.objects.values_list("reason", flat=True)) + " ".join(
        JournalEntry.objects.values_list("object_id", flat=True)
    )
    assert "张三丰" not in journal
    assert "12345678" not in journal


def test_refused_and_revoked_with_a_reason(hands, mode):
    client, county = hands.client("enterprise"), hands.client("county_a")
    client.post("/emergency/E2022-01/passes/new/", FORM)
    with acting_as_system("test"):
        number = VehiclePass.objects.get().number
    county.post(f"/passes/{number}/issue/")
    twice = county.post(f"/passes/{number}/issue/", follow=True).content.decode()
    county.post(f"/passes/{number}/issue/", {"refuse": "改道"})
    with acting_as_system("test"):
        one = VehiclePass.objects.get()

    assert "不能签发" in twice
    assert (one.state, one.note) == ("revoked", "改道")
    assert client.get(f"/passes/{number}/code.svg").status_code == 404
    assert client.post(f"/passes/{number}/issue/").status_code == 403


def test_a_kind_without_passes_issues_none(hands, system):
    made = emergency.declare(BY, "power_shortage", "电力负荷管理办法", FIRST, LAST, "")
    firm = Party.objects.get(pk=hands.firm("a"))
    with pytest.raises(BadInput, match="不发通行证"):
        emergency.apply_for_pass(
            made, firm, plate="鲁M12345", driver="a", phone="1", route="x", goods="电煤", first=FIRST, last=FIRST, tested=None
        )


# ---- firms ----------------------------------------------------------------------------------------------------------------------------------------
def test_return_rate_is_a_ratio_of_sums_and_stopped_firms_are_counted(hands, mode, system):
    a, b = Party.objects.get(pk=hands.firm("a")), Party.objects.get(pk=hands.firm("b"))
    emergency.report_operation(mode, a, date(2022, 11, 8), "open", (100, 90), ("煤", 6000, 1000))
    emergency.report_operation(mode, b, date(2022, 11, 8), "stopped", (300, 0), ("", None, None))
    emergency.report_operation(mode, a, date(2022, 11, 7), "stopped", (100, 0), ("", None, None))
    page = emergency.mode_page(mode, command=True)

    assert (page["rate"], page["reporting"], page["stopped"]) == ("22.5%", 2, ["企业b"])
    assert [one["days"] for one in page["supplies"]] == [6]
    emergency.report_operation(mode, a, date(2022, 11, 8), "closed_loop", (100, 100), ("", None, None))
    assert Operation.objects.filter(day=date(2022, 11, 8)).count() == 2, "reported again it is corrected"


@pytest.mark.parametrize(
    ("staff", "on", "running", "said"),
    [
        ((100, 101), date(2022, 11, 8), "open", "0 与应到岗"),
        ((100, 50), date(2022, 10, 31), "open", "不在应急状态"),
        ((1, 1), date(2022, 11, 8), "half", "闭环"),
    ],
)
def test_what_is_no_report(hands, mode, system, staff, on, running, said):
    with pytest.raises(BadInput, match=said):
        emergency.report_operation(mode, Party.objects.get(pk=hands.firm("a")), on, running, staff, ("", None, None))


def test_an_officer_records_firms_in_the_browser(hands, mode):
    firm, client = hands.firm("a"), hands.client("county_a")
    client.post("/emergency/E2022-01/firms/", {"party": firm, "act": "white", "document": "第一批"})
    client.post("/emergency/E2022-01/firms/", {"party": firm, "act": "operation", "running": "open", "needed": "1,00", "present": "80"})
    wrong = client.post("/emergency/E2022-01/firms/", {"party": firm, "running": "open", "needed": "many"}, follow=True).content.decode()
    other = hands.client("county_b").post("/emergency/E2022-01/firms/", {"party": firm, "act": "white"}, follow=True).content.decode()
    with acting_as_system("test"):
        assert WhiteFirm.objects.get().document == "第一批"
        assert Operation.objects.get().staff_needed == 100

    assert "不是整数" in wrong
    assert "请从名录中选择企业" in other
    assert "已在白名单" in client.post("/emergency/E2022-01/firms/", {"party": firm, "act": "white"}, follow=True).content.decode()


# ---- the end --------------------------------------------------------------------------------------------------------------------------------------
def test_after_its_last_day_a_mode_is_read_only(hands, mode, monkeypatch):
    day(monkeypatch, date(2022, 11, 21))
    refused = hands.client("enterprise").post("/emergency/E2022-01/passes/new/", {**FORM, "first": "2022-11-20", "last": "2022-11-20"})

    assert refused.status_code == 400
    assert "只能查看" in refused.content.decode()
    assert "只读" in hands.client("command").get("/emergency/E2022-01/").content.decode()


@pytest.mark.parametrize(("on", "deleted"), [(date(2022, 12, 19), False), (date(2022, 12, 20), False), (date(2022, 12, 21), True)])
def test_personal_data_goes_thirty_days_after_the_last_day(hands, mode, monkeypatch, tmp_path, on, deleted):
    """The last day is 20 November; up to and with 20 December it is kept, the day after it is gone, whether anybody ended the mode or not."""
    hands.client("enterprise").post("/emergency/E2022-01/passes/new/", FORM)
    day(monkeypatch, on)
    with acting_as_system("test"):
        emergency.clear_expired(BY, on)
        one = VehiclePass.objects.get()
        opened = FieldCipher.in_home(tmp_path).open(one.driver_sealed, f"{one.number}.driver")

    assert (opened == "") is deleted
    assert all(not getattr(one, name) for name in emergency.PERSONAL) is deleted
    assert (one.route != "") is True, "what is not personal stays for the account"


def test_deleting_is_journaled_once_and_ends_the_mode(hands, mode, monkeypatch):
    for n in range(3):
        hands.client("enterprise").post("/emergency/E2022-01/passes/new/", {**FORM, "plate": f"鲁M1234{n}"})
    day(monkeypatch, date(2023, 1, 5))
    with acting_as_system("test"):
        first, second = emergency.clear_expired(BY, date(2023, 1, 5)), emergency.clear_expired(BY, date(2023, 1, 6))
        found = Mode.objects.get()

    assert (first, second) == ({"E2022-01": 3}, {})
    assert (found.ended_on, found.cleared_on) == (LAST, date(2023, 1, 5))
    assert hands.case(found.case).state == "cleared"
    assert JournalEntry.objects.filter(act="delete_personal", object_id="E2022-01").count() == 1
    page = hands.client("command").get("/passes/E2022-01-00001/").content.decode()
    assert "已删除" in page
    assert "张三丰" not in page


def test_ending_early_moves_the_day_of_deletion(hands, mode, system):
    ended = emergency.end(BY, mode, date(2022, 11, 8))

    assert emergency.clears_on(ended) == date(2022, 12, 8)
    with pytest.raises(BadInput, match="早于起日"):
        emergency.end(BY, emergency.declare(BY, "flood", "中华人民共和国防洪法", date(2022, 11, 10), LAST, ""), date(2022, 11, 9))
