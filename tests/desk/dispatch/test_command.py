"""The command: duties of the month by office, progress once, slips, talks with a recorded none, minutes that open matters, liaison."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from yunxing.desk.casework.models import Case
from yunxing.desk.dispatch import command, command_services
from yunxing.desk.dispatch.models import Contact, Decision, Meeting, Progress, Visit
from yunxing.desk.dispatch.place import pack_in_force, walked
from yunxing.desk.scoping import acting_as_system
from yunxing.engines.cases.case import Actor
from yunxing.engines.dispatch.talks import Seen
from yunxing.values.errors import BadInput, Refusal
from yunxing.values.period import Month, Quarter

SEPTEMBER, Q3 = Month(2022, 9), Quarter(2022, 3)
BY = Actor("chief", "CMD", frozenset({"command"}))


def duty_ids(month=SEPTEMBER):
    return {one.id: one for one in command.duties_of(month)}


def test_every_office_of_every_bracket_owes_progress(system, on_that_day):
    found = duty_ids()
    owed = {(measure.number, office) for measure in pack_in_force().measures for office in measure.offices}

    assert {(int(one.about), one.office) for one in found.values() if one.kind == "progress"} == owed
    assert {one.state for one in found.values() if one.kind == "progress"} == {"late"}
    assert len(owed) == 85


def test_a_report_is_one_duty_done(system, on_that_day):
    command_services.report_progress(Actor("a", "EEB", frozenset({"department"})), 17, "EEB", SEPTEMBER, command_services.Report("做了"))
    found = duty_ids()

    assert found["progress/17/EEB"].state == "done"
    assert found["progress/21/EEB"].state == "late"


def test_an_activity_that_was_held_is_a_duty_done(hands):
    case = hands.opened("activity_hiring_events", on=date(2022, 9, 1))
    hands.client("command").post(f"/items/{case}/step/", {"step": "to_held", "on": "2022-09-20"})
    with acting_as_system("test"):
        assert duty_ids()["activity:hiring_events/2022-09-30"].state == "done"
        assert duty_ids(Month(2022, 8))["activity:hiring_events/2022-08-31"].state == "late"


def test_planned_stages_and_matters_of_a_meeting_are_duties(hands):
    case = hands.opened("pipeline_transport_works", planned={"started": date(2022, 9, 15)})
    with acting_as_system("test"):
        meeting = command_services.hold_meeting(
            BY, "调度会", date(2022, 9, 1), "某市长", "纪要", [command_services.Matter("修路", "TRA", date(2022, 9, 20))]
        )
        found = duty_ids()
        (matter,) = Case.objects.filter(origin=f"meeting:{meeting.id}")

    assert found[f"milestone/{case}/started"].office == "TRA"
    assert found[f"matter/{matter.id}/answered"].state == "late"


def test_an_office_sees_its_own_duties(hands):
    page = hands.client("EEB").get("/command/?m=2022-09").content.decode()

    assert "报第 17 条" in page
    assert "报第 1 条" in page
    assert "报第 14 条" not in page
    assert "发督办单" not in page
    assert "市交通运输局" not in page


def test_the_command_sees_every_office_and_the_slip_it_may_send(hands):
    client = hands.client("command")
    page = client.get("/command/?m=2022-09").content.decode()

    assert "市交通运输局" in page
    assert "可发红单" in page
    own = client.get("/command/?m=2022-09&office=TRA").content.decode()
    assert "报第 6 条" in own
    assert "发督办单" in own
    assert client.get("/command/?m=soon").status_code == 404


def test_progress_in_one_form_and_once(hands):
    client = hands.client("EEB")
    page = client.get("/command/progress/21/?m=2022-09").content.decode()
    empty = client.post("/command/progress/21/", {"m": "2022-09", "words": " "})
    good = client.post(
        "/command/progress/21/", {"m": "2022-09", "words": "帮扶 12 户", "difficulty": "人手少", "request": "请协调评审专家"}
    )
    twice = client.post("/command/progress/21/", {"m": "2022-09", "words": "再报"})

    assert "本月做了什么" in page
    assert empty.status_code == 400
    assert good.status_code == 302
    assert twice.status_code == 400
    assert "报送后不再修改" in twice.content.decode()
    with acting_as_system("test"):
        made = Progress.objects.get()
        matter = Case.objects.get(pk=made.case)
    assert (made.measure, made.office, made.month, made.words) == (21, "EEB", "2022-09", "帮扶 12 户")
    assert (matter.definition, matter.lead, matter.fields["what"]) == ("pipeline_meeting_items", "CMD", "请协调评审专家")
    assert "已于 2022年11月8日 报送" in client.get("/command/progress/21/?m=2022-09").content.decode()
    later = client.get("/command/progress/21/?m=2022-10").content.decode()
    assert "帮扶 12 户" in later, "last month's words stand beside the box"


def test_an_office_outside_the_bracket_reports_nothing(hands):
    assert "由下列单位报进展" in hands.client("STB").get("/command/progress/21/").content.decode()
    assert hands.client("STB").post("/command/progress/21/", {"words": "x"}).status_code == 400
    assert hands.client("command").get("/command/progress/99/").status_code == 404


def test_three_clicks_from_the_landing_page_to_a_reported_measure(hands):
    """Screens §9: overview → command (menu) → report progress (row) → submit (typing is not counted)."""
    client = hands.client("EEB")
    landing = client.get("/").content.decode()
    assert 'href="/command/' in landing
    duties = client.get("/command/?m=2022-09").content.decode()
    assert 'href="/command/progress/17/?m=2022-09"' in duties
    form = client.get("/command/progress/17/?m=2022-09").content.decode()
    assert form.count("<textarea") == 3
    assert client.post("/command/progress/17/", {"m": "2022-09", "words": "x"}).status_code == 302


def test_a_slip_is_sent_once_answered_and_closed(hands):
    client = hands.client("command")
    sent = client.post("/command/slips/", {"office": "EEB", "colour": "黄", "about": "进展未报", "m": "2022-09"})
    again = client.post("/command/slips/", {"office": "EEB", "colour": "黄", "about": "进展未报", "m": "2022-09"})
    case = sent["Location"].split("/")[2]

    assert again["Location"] == sent["Location"]
    found = hands.case(case)
    with acting_as_system("test"):
        (clock,) = found.clock_set.all()
    assert (found.lead, found.state, clock.budget, clock.state) == ("EEB", "sent", 5, "running")
    answered = hands.client("EEB").post(f"/items/{case}/step/", {"step": "to_answered", "f_answer": "已补报", "on": "2022-11-08"})
    closed_by_office = hands.client("EEB").post(f"/items/{case}/step/", {"step": "to_closed", "on": "2022-11-08"})
    assert answered.status_code == 302
    assert closed_by_office.status_code == 400
    assert client.post(f"/items/{case}/step/", {"step": "to_closed", "on": "2022-11-08"}).status_code == 302
    assert client.post("/command/slips/", {"office": "nobody", "colour": "黄", "about": "x"}).status_code == 404
    assert client.post("/command/slips/", {"office": "EEB", "colour": "蓝", "about": "x"}).status_code == 400
    assert client.post("/command/slips/", {"office": "EEB", "colour": "红", "about": " "}).status_code == 400


# ---- talks ----------------------------------------------------------------------------------------------------------------------------------------
@pytest.fixture
def behind(monkeypatch):
    """One county is two points behind and last but one; an office has three tasks overdue."""
    seen = [
        Seen("371602", "unit", growth=Fraction(36, 10), city_growth=Fraction(56, 10), rank=9, ranked=10),
        Seen("EEB", "office", overdue=3, longest_overdue_days=4),
    ]
    monkeypatch.setattr(command, "seen_in", lambda _quarter: seen)


def test_triggers_propose_and_the_command_decides(hands, behind):
    client = hands.client("command")
    page = client.get("/command/talks/?q=2022Q3").content.decode()
    assert "累计增速 3.6%，低于全市（5.6%）2.0 个百分点" in page
    talk = {"q": "2022Q3", "subject": "371602", "outcome": "talk", "triggers": "增速落后"}
    client.post("/command/talks/decide/", talk)
    refused = client.post("/command/talks/decide/", {"q": "2022Q3", "subject": "EEB", "outcome": "none"}, follow=True).content.decode()
    client.post("/command/talks/decide/", {"q": "2022Q3", "subject": "EEB", "outcome": "none", "reason": "当月已补齐"})
    with acting_as_system("test"):
        (case,) = Case.objects.filter(definition="pipeline_quarterly_talks")
        decisions = {one.subject: (one.outcome, one.reason) for one in Decision.objects.all()}

    assert "不约谈须写明理由" in refused
    assert decisions == {"371602": ("talk", ""), "EEB": ("none", "当月已补齐")}
    assert (case.unit, case.state, case.fields["triggers"]) == ("371602", "proposed", "增速落后")
    twice = client.post("/command/talks/decide/", talk, follow=True).content.decode()
    assert "已作决定" in twice


def test_a_quarter_without_a_talk_has_a_recorded_none(hands, behind):
    client = hands.client("command")
    client.post("/command/talks/decide/", {"q": "2022Q2", "subject": "none", "outcome": "none", "reason": "均未触发"})

    assert "记录“本季无约谈对象”：均未触发" in client.get("/command/talks/?q=2022Q2").content.decode()
    assert client.get("/command/talks/?q=2022-09").status_code == 404
    assert client.post("/command/talks/decide/", {"q": "2022Q2", "subject": "nobody", "outcome": "none"}).status_code == 404
    assert hands.client("EEB").post("/command/talks/decide/", {"q": "2022Q2"}).status_code == 403


def test_none_cannot_stand_beside_a_talk(system, on_that_day):
    command_services.decide_talk(BY, Q3, "371602", "talk", "", unit="371602")

    with pytest.raises(Refusal, match="不能记录"):
        command_services.decide_talk(BY, Q3, "none", "none", "没有")


def test_what_is_known_without_a_closed_month_accuses_no_county(system, on_that_day):
    """No figures, no case: only overdue tasks of offices are known, and a trigger on growth fires for nobody."""
    seen = command.seen_in(Q3)

    assert {one.growth for one in seen if one.kind == "unit"} == {None}
    assert {one.kind for one in seen if one.overdue} == {"office"}


def test_whistles_count_by_county_and_lead(hands):
    from yunxing.desk.casework.models import Clock

    with acting_as_system("test"):
        for n in range(5):
            case = Case.objects.create(
                id=f"W{n}", definition="whistle", version=1, subject="s", state="closed", ver=0, owner="x", lead="EEB", unit="A01", origin="o",
                opened="2022-09-01T00:00Z", changed="2022-09-01T00:00Z", due="9999-12-31T00:00Z",
            )  # fmt: skip
            if n == 0:
                instants = dict.fromkeys(("started", "since", "due"), "2022-09-01T00:00Z")
                Clock.objects.create(
                    case=case, name="solve", kind="working_day", budget=10, span=10, state="missed", known_on="2022-09-01", **instants
                )
        cases, overdue = command.whistles()

    assert (cases["A01"], cases["EEB"], overdue["EEB"]) == (5, 5, 1)


# ---- meetings and liaison -------------------------------------------------------------------------------------------------------------------------
def test_minutes_open_their_matters_with_owner_and_day(hands):
    client = hands.client("command")
    form = {
        "title": "第十次调度会",
        "held_on": "2022-11-01",
        "chair": "某市长",
        "words": "议定两项",
        "what_1": "接电",
        "who_1": "DRC",
        "due_1": "2022-11-15",
        "what_2": "缺工",
        "who_2": "371602",
    }
    made = client.post("/command/meetings/", form)
    page = client.get(made["Location"]).content.decode()
    with acting_as_system("test"):
        cases = {one.title: one for one in Case.objects.filter(definition="pipeline_meeting_items")}
        planned = {
            one.case.title: one.planned for one in cases["接电"].milestones.model.objects.filter(stage="answered").select_related("case")
        }

    assert made.status_code == 302
    assert (cases["接电"].lead, cases["缺工"].lead, cases["缺工"].unit) == ("DRC", "CMD", "371602")
    assert planned == {"接电": date(2022, 11, 15), "缺工": date(2022, 11, 15)}
    assert "接电" in page
    assert "交办" in page


def test_a_matter_without_an_owner_opens_nothing(hands):
    response = hands.client("command").post(
        "/command/meetings/",
        {"title": "会", "held_on": "2022-11-01", "chair": "某", "what_1": "事", "what_3": "另一事", "due_3": "x", "who_3": "DRC"},
    )
    page = response.content.decode()

    assert response.status_code == 400
    assert "第 1 项没有责任单位" in page
    assert "不是日期" in page
    with acting_as_system("test"):
        assert not Meeting.objects.exists()
        assert not Case.objects.exists()


def test_a_day_before_the_meeting_is_refused_whole(system, on_that_day):
    matters = [command_services.Matter("甲", "DRC", date(2022, 11, 20)), command_services.Matter("乙", "DRC", date(2022, 10, 1))]
    with pytest.raises(BadInput, match="乙"):
        command_services.hold_meeting(BY, "会", date(2022, 11, 1), "某", "", matters)

    assert not Meeting.objects.exists()
    assert not Case.objects.exists()


def test_asked_answered_verified(hands):
    with acting_as_system("test"):
        matters = [command_services.Matter(f"事{n}", "EEB", date(2022, 10, 20)) for n in range(3)]
        meeting = command_services.hold_meeting(BY, "会", date(2022, 10, 10), "某", "", matters)
        cases = list(Case.objects.filter(origin=f"meeting:{meeting.id}").order_by("id"))
    eeb, client = hands.client("EEB"), hands.client("command")
    for case in cases[:2]:
        assert eeb.post(f"/items/{case.id}/step/", {"step": "to_answered", "f_done": "已办", "on": "2022-10-18"}).status_code == 302
    assert eeb.post(f"/items/{cases[0].id}/step/", {"step": "to_verified", "f_checked_by": "现场", "on": "2022-10-19"}).status_code == 400
    assert (
        client.post(f"/items/{cases[0].id}/step/", {"step": "to_verified", "f_checked_by": "现场", "on": "2022-10-19"}).status_code == 302
    )
    with acting_as_system("test"):
        loop = command.loop()

    assert [one["n"] for one in loop] == [1, 1, 1]
    assert loop[0]["late"] == 1


def test_a_county_reads_the_minutes_but_only_its_own_matters(hands):
    with acting_as_system("test"):
        matters = [
            command_services.Matter("甲县的事", "CMD", date(2022, 11, 20), "A01"),
            command_services.Matter("乙县的事", "CMD", date(2022, 11, 20), "B01"),
        ]
        made = command_services.hold_meeting(BY, "会", date(2022, 11, 1), "某", "", matters)
    page = hands.client("county_a").get(f"/command/meetings/{made.id}/").content.decode()

    assert "甲县的事" in page
    assert "乙县的事" not in page


def test_liaison_shows_the_unvisited_first_and_logs_a_visit(hands):
    firm = hands.firm("a")
    client = hands.client("command")
    before = client.get("/command/liaison/").content.decode()
    client.post("/command/liaison/", {"act": "appoint", "party": firm, "leader": "某市长", "officer": "王五", "on": "2022-10-01"})
    client.post("/command/liaison/", {"act": "appoint", "party": firm, "leader": "某市长", "officer": "赵六", "on": "2022-11-01"})
    visit = hands.client("county_a").post(
        "/command/liaison/", {"party": firm, "words": "缺电", "next_step": "转供电公司", "on": "2022-11-03"}
    )
    future = hands.client("county_a").post("/command/liaison/", {"party": firm, "words": "x", "on": "2022-11-09"})
    silent = hands.client("county_a").post("/command/liaison/", {"party": firm, "words": " ", "on": "2022-11-03"})

    assert "1 户，未定联系人 1 户，未走访 1 户" in before
    assert visit.status_code == 302
    assert (future.status_code, silent.status_code) == (400, 400)
    with acting_as_system("test"):
        contacts = list(Contact.objects.order_by("since").values_list("officer", "until"))
        assert Visit.objects.get().unit == "A01"
    assert contacts == [("王五", date(2022, 10, 31)), ("赵六", None)]
    after = client.get("/command/liaison/?unit=A01&q=企业a").content.decode()
    assert "赵六" in after
    assert "5 天前" in after
    assert hands.client("county_b").post("/command/liaison/", {"party": firm, "words": "x"}).status_code == 404
    assert (
        hands.client("county_a").post("/command/liaison/", {"act": "appoint", "party": firm, "leader": "x", "officer": "y"}).status_code
        == 404
    )


def test_the_demonstration_fills_the_command_once(hands, settings, tmp_path):
    from yunxing.desk.dispatch.demonstration import fill

    settings.HOME = tmp_path
    hands.firm("a")
    with acting_as_system("test"):
        first = fill(tmp_path, pack_in_force(), SEPTEMBER, date(2022, 11, 8))
        again = fill(tmp_path, pack_in_force(), SEPTEMBER, date(2022, 11, 8))
        states = sorted(Case.objects.filter(definition="pipeline_meeting_items").values_list("state", flat=True))

    assert first["meetings"] == 3
    assert again == {}
    assert {"asked", "answered", "verified"} == set(states)
    assert walked()["pipeline_meeting_items"].way[0].id == "asked"
    assert "E2022-01" in hands.client("command").get("/emergency/").content.decode()
