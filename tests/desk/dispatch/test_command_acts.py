"""What the command writes: progress once, slips of two colours, talks or their absence, minutes with their matters, visits, contacts. Refused whole, with words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yunxing.desk.casework.models import Case
from yunxing.desk.dispatch import command_services as acts
from yunxing.desk.dispatch import services
from yunxing.desk.dispatch.command_services import Matter, Report
from yunxing.desk.dispatch.models import Contact, Decision, Meeting, Milestone, Progress, Visit
from yunxing.desk.people.models import JournalEntry
from yunxing.desk.scoping import acting_as_system, acting_in
from yunxing.engines.cases.case import Actor
from yunxing.values.errors import BadInput, Refusal
from yunxing.values.period import Month, Quarter
from yunxing.values.scope import ALL, Scope

BY = Actor("chief", "CMD", frozenset({"command"}))
DAY = date(2022, 11, 8)
OCTOBER, Q3 = Month(2022, 10), Quarter(2022, 3)
FIRM = "91990000MA00000A0X"


@pytest.fixture
def desk(system, on_that_day):
    """The city's command on 8 November 2022, seeing everything."""
    return on_that_day


def county(unit: str) -> Scope:
    return Scope(frozenset({unit}), frozenset(), ALL, 3, f"clerk of {unit}")


def office(code: str) -> Scope:
    return Scope(frozenset(), frozenset({code}), frozenset(), 3, f"clerk of {code}")


# ---- progress -------------------------------------------------------------------------------------------------------------------------------------
def test_progress_is_kept_trimmed_with_day_and_person_and_opens_nothing_without_a_request(desk):
    made = acts.report_progress(BY, 18, "EEB", OCTOBER, Report("  已完成十户改造。\n", " 资金不足 ", "   "))

    kept = Progress.objects.get(pk=made.pk)
    assert (kept.measure, kept.office, kept.month) == (18, "EEB", "2022-10")
    assert (kept.words, kept.difficulty, kept.request) == ("已完成十户改造。", "资金不足", "")
    assert (kept.submitted_on, kept.submitted_by, kept.case) == (DAY, "chief", "")
    assert not Case.objects.exists()
    assert JournalEntry.objects.get(act="progress").object_id == "18 EEB 2022-10"


def test_a_request_becomes_a_matter_of_the_command_due_in_ten_working_days(desk):
    """From Tuesday 8 November the tenth working day is Tuesday 22 November: 9 10 11 / 14 15 16 17 18 / 21 22."""
    made = acts.report_progress(BY, 18, "EEB", OCTOBER, Report("有进展", "", " 请协调用地指标 "))

    matter = Case.objects.get(pk=made.case)
    assert (matter.title, matter.lead, matter.unit, matter.origin) == ("协调：请协调用地指标", "CMD", "", "progress:18:EEB:2022-10")
    assert matter.fields["what"] == "请协调用地指标"
    assert Milestone.objects.get(case=matter, stage="answered").planned == date(2022, 11, 22)


def test_a_long_request_is_cut_in_the_title_and_whole_in_the_field(desk):
    long = "很" * 200
    made = acts.report_progress(BY, 18, "EEB", OCTOBER, Report("有进展", "", long))

    matter = Case.objects.get(pk=made.case)
    assert matter.title == "协调：" + "很" * 80
    assert matter.fields["what"] == long


@pytest.mark.parametrize("words", ["", " ", "\n\t　"])
def test_progress_without_words_is_refused_and_its_request_opens_nothing(desk, words):
    with pytest.raises(BadInput, match="请写明本月进展（一段话即可）。"):
        acts.report_progress(BY, 18, "EEB", OCTOBER, Report(words, "", "请协调"))
    assert not Progress.objects.exists()
    assert not Case.objects.exists()


def test_progress_stands_once_but_another_office_month_or_measure_is_another_report(desk):
    acts.report_progress(BY, 18, "EEB", OCTOBER, Report("一"))
    with pytest.raises(Refusal, match="第 18 条 2022-10 的进展已经报送，报送后不再修改。"):
        acts.report_progress(BY, 18, "EEB", OCTOBER, Report("二", "", "请协调"))
    for measure, who, month in ((19, "EEB", OCTOBER), (18, "DRC", OCTOBER), (18, "EEB", Month(2022, 9))):
        acts.report_progress(BY, measure, who, month, Report("三"))

    assert Progress.objects.count() == 4
    assert Progress.objects.get(measure=18, office="EEB", month="2022-10").words == "一"
    assert not Case.objects.exists(), "the refused report's request was not opened"


def test_a_fault_after_the_matter_was_opened_leaves_neither(desk, monkeypatch):
    """The report is written after its matter: when that fails, the matter is gone too."""

    def broken(**_fields):
        raise RuntimeError("disk")

    monkeypatch.setattr(Progress.objects, "create", broken)
    with pytest.raises(RuntimeError, match="disk"):
        acts.report_progress(BY, 18, "EEB", OCTOBER, Report("有进展", "", "请协调"))
    assert not Case.objects.exists()
    assert not Milestone.objects.exists()
    assert not JournalEntry.objects.filter(act__in=("open", "progress")).exists()


# ---- slips ----------------------------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("colour", ["", "绿", "yellow", "黄 ", "黄红"])
def test_a_slip_has_one_of_two_colours(desk, colour):
    with pytest.raises(BadInput, match="督办单分黄、红两种。"):
        acts.send_slip(BY, "EEB", colour, "逾期", OCTOBER)
    assert not Case.objects.exists()


def test_a_slip_says_why(desk):
    with pytest.raises(BadInput, match="请写明督办事由。"):
        acts.send_slip(BY, "EEB", "黄", "  ", OCTOBER)
    assert not Case.objects.exists()


def test_a_slip_is_the_same_for_an_office_month_and_colour_alone(desk):
    first = acts.send_slip(BY, "EEB", "黄", " 进展逾期 ", OCTOBER)
    again = acts.send_slip(BY, "EEB", "黄", "别的话", OCTOBER)
    others = [
        acts.send_slip(BY, *given)
        for given in (("EEB", "红", "逾期", OCTOBER), ("DRC", "黄", "逾期", OCTOBER), ("EEB", "黄", "逾期", Month(2022, 9)))
    ]

    assert first.done
    assert again.case == first.case
    assert len({first.case, *(one.case for one in others)}) == 4
    one = Case.objects.get(pk=first.case)
    assert (one.title, one.lead, one.origin) == ("黄色督办单：进展逾期", "EEB", "slip:2022-10:EEB")
    assert (one.fields["colour"], one.fields["about"]) == ("黄", "进展逾期")
    assert JournalEntry.objects.filter(act="open").count() == 4


def test_a_slip_concerns_its_office_and_is_unknown_to_the_others(desk):
    case = acts.send_slip(BY, "EEB", "红", "逾期", OCTOBER).case
    for scope, seen in ((office("EEB"), True), (office("DRC"), False), (county("A01"), False)):
        with acting_in(scope):
            assert Case.objects.filter(pk=case).exists() is seen, scope.person


# ---- talks ----------------------------------------------------------------------------------------------------------------------------------------
def test_a_talk_with_a_county_is_led_by_the_command_and_one_with_an_office_by_that_office(desk):
    acts.decide_talk(BY, Q3, "A01", "talk", "", triggers="增速落后", unit="A01", name="甲县")
    acts.decide_talk(BY, Q3, "EEB", "talk", " 逾期三项 ", name="甲局")

    with_county, with_office = (Case.objects.get(origin=f"talk:2022Q3:{who}") for who in ("A01", "EEB"))
    assert (with_county.title, with_county.unit, with_county.lead) == ("2022Q3 季约谈：甲县", "A01", "CMD")
    assert (with_office.title, with_office.unit, with_office.lead) == ("2022Q3 季约谈：甲局", "", "EEB")
    assert (with_county.fields["quarter"], with_county.fields["triggers"]) == ("2022Q3", "增速落后")
    assert Decision.objects.get(subject="EEB").reason == "逾期三项"
    assert {one.decided_on for one in Decision.objects.all()} == {DAY}


@pytest.mark.parametrize("subject", ["none", "A01"])
@pytest.mark.parametrize("reason", ["", "  "])
def test_not_to_talk_needs_its_reason(desk, subject, reason):
    with pytest.raises(BadInput, match="不约谈须写明理由。"):
        acts.decide_talk(BY, Q3, subject, "none", reason)
    assert not Decision.objects.exists()


def test_one_decision_a_quarter_and_subject_whatever_it_was(desk):
    acts.decide_talk(BY, Q3, "A01", "none", "已有改善")
    with pytest.raises(Refusal, match="本季对该对象已作决定。"):
        acts.decide_talk(BY, Q3, "A01", "talk", "", unit="A01")
    assert not Case.objects.exists()
    acts.decide_talk(BY, Quarter(2022, 4), "A01", "talk", "", unit="A01")
    assert Case.objects.get().origin == "talk:2022Q4:A01"


def test_nobody_is_no_answer_where_somebody_is_talked_to(desk):
    acts.decide_talk(BY, Q3, "B01", "none", "已有改善")
    acts.decide_talk(BY, Q3, "none", "none", "无人触发")
    acts.decide_talk(BY, Quarter(2022, 2), "A01", "talk", "", unit="A01")
    with pytest.raises(Refusal, match="本季已决定约谈，不能记录“无”。"):
        acts.decide_talk(BY, Quarter(2022, 2), "none", "none", "无人触发")
    assert set(Decision.objects.values_list("quarter", "subject")) == {("2022Q3", "B01"), ("2022Q3", "none"), ("2022Q2", "A01")}


def test_a_decision_is_read_by_whom_it_concerns(desk):
    acts.decide_talk(BY, Q3, "A01", "none", "已有改善")
    acts.decide_talk(BY, Q3, "EEB", "none", "已有改善")
    read = {}
    for scope in (county("A01"), county("B01"), office("EEB"), office("DRC")):
        with acting_in(scope):
            read[scope.person] = [one.subject for one in Decision.objects.all()]
    assert read == {"clerk of A01": ["A01"], "clerk of B01": [], "clerk of EEB": ["EEB"], "clerk of DRC": []}


# ---- meetings -------------------------------------------------------------------------------------------------------------------------------------
def test_minutes_number_by_their_day_and_keep_every_matter_with_owner_and_day(desk):
    held = date(2022, 11, 7)
    first = acts.hold_meeting(
        BY, " 周调度会 ", held, " 某市长 ", " 略 ", [Matter("协调用电", "EEB", held), Matter("核实停产", "DRC", date(2022, 11, 30), "A01")]
    )
    second = acts.hold_meeting(BY, "专题会", held, "某市长", "", [])
    third = acts.hold_meeting(BY, "专题会", date(2022, 11, 8), "某市长", "", [])

    assert [one.id for one in (first, second, third)] == ["M20221107-1", "M20221107-2", "M20221108-1"]
    assert (first.title, first.chair, first.words) == ("周调度会", "某市长", "略")
    matters = Case.objects.filter(origin="meeting:M20221107-1").order_by("title")
    assert [(one.title, one.lead, one.unit) for one in matters] == [("协调用电", "EEB", ""), ("核实停产", "DRC", "A01")]
    planned = dict(Milestone.objects.filter(stage="answered").values_list("case__title", "planned"))
    assert planned == {"协调用电": held, "核实停产": date(2022, 11, 30)}
    assert list(JournalEntry.objects.filter(act="meeting").order_by("pk").values_list("object_id", flat=True)) == [
        first.id,
        second.id,
        third.id,
    ]


@pytest.mark.parametrize(("title", "chair"), [("", "某市长"), ("周会", " "), (" ", "")])
def test_minutes_name_the_meeting_and_its_chair(desk, title, chair):
    with pytest.raises(BadInput, match="请写明会议名称和主持人。"):
        acts.hold_meeting(BY, title, DAY, chair, "", [Matter("协调", "EEB", DAY)])
    assert not Meeting.objects.exists()
    assert not Case.objects.exists()


def test_the_first_matter_due_before_the_meeting_is_named(desk):
    matters = [Matter("甲", "EEB", DAY), Matter("乙", "EEB", DAY - timedelta(1)), Matter("丙", "EEB", DAY - timedelta(2))]
    with pytest.raises(BadInput, match="“乙”的办结日期早于会议日期。"):
        acts.hold_meeting(BY, "周会", DAY, "某市长", "", matters)
    assert not Meeting.objects.exists()


def test_a_fault_at_the_second_matter_leaves_no_meeting_and_no_first_matter(desk, monkeypatch):
    real, calls = services.start, []

    def failing(*args, **more):
        calls.append(more["key"])
        if len(calls) == 2:
            raise RuntimeError("lost")
        return real(*args, **more)

    monkeypatch.setattr(services, "start", failing)
    with pytest.raises(RuntimeError, match="lost"):
        acts.hold_meeting(BY, "周会", DAY, "某市长", "", [Matter("甲", "EEB", DAY), Matter("乙", "EEB", DAY)])
    assert calls == ["M20221108-1/1", "M20221108-1/2"]
    assert not Meeting.objects.exists()
    assert not Case.objects.exists()
    assert not JournalEntry.objects.filter(act__in=("open", "meeting")).exists()


# ---- visits and contacts --------------------------------------------------------------------------------------------------------------------------
def test_a_visit_of_today_is_one_and_of_tomorrow_is_none(desk):
    with pytest.raises(BadInput, match="走访日期不能晚于今天。"):
        acts.log_visit(BY, FIRM, "A01", "EEB", DAY + timedelta(1), "座谈")
    with pytest.raises(BadInput, match="请写明走访情况。"):
        acts.log_visit(BY, FIRM, "A01", "EEB", DAY, " ")
    assert not Visit.objects.exists()
    made = acts.log_visit(BY, FIRM, "A01", "EEB", DAY, " 座谈 ", " 协调用工 ", " ")
    assert (made.words, made.next_step, made.visitor) == ("座谈", "协调用工", "chief")
    assert acts.log_visit(BY, FIRM, "A01", "EEB", DAY, "座谈", "", " 王某 ").visitor == "王某"


def test_a_visit_is_read_by_the_firms_county_and_by_the_visitors_office(desk):
    acts.log_visit(BY, FIRM, "A01", "EEB", DAY, "座谈")
    seen = {}
    for scope in (county("A01"), county("B01"), office("EEB"), office("DRC")):
        with acting_in(scope):
            seen[scope.person] = Visit.objects.count()
    assert seen == {"clerk of A01": 1, "clerk of B01": 0, "clerk of EEB": 1, "clerk of DRC": 0}


def appointed(since: date, officer: str = "李某", firm: str = FIRM) -> Contact:
    return acts.appoint(BY, firm, "A01", "某书记", officer, "EEB", since)


def test_a_contact_ends_the_day_before_the_next_begins(desk):
    appointed(date(2022, 3, 1), "甲")
    appointed(date(2022, 6, 1), "乙")
    appointed(date(2022, 6, 1), "丙", firm="another")

    spans = Contact.objects.filter(party=FIRM).order_by("since").values_list("officer", "since", "until")
    assert list(spans) == [("甲", date(2022, 3, 1), date(2022, 5, 31)), ("乙", date(2022, 6, 1), None)]
    assert Contact.objects.get(party="another").until is None


def test_a_contact_begins_once_a_day_and_has_both_names(desk):
    appointed(date(2022, 3, 1))
    with pytest.raises(Refusal, match="该企业当日已登记联系人。"):
        appointed(date(2022, 3, 1), "乙")
    for leader, officer in (("", "甲"), ("某书记", " ")):
        with pytest.raises(BadInput, match="请写明联系领导和联络员。"):
            acts.appoint(BY, FIRM, "A01", leader, officer, "EEB", date(2022, 4, 1))
    assert Contact.objects.get().until is None


def test_a_contact_cannot_begin_before_the_standing_one(desk):
    """A span that ends before it began would be the standing contact's; nothing is changed instead."""
    appointed(date(2022, 6, 1), "甲")
    with pytest.raises(Refusal, match="现任联系人自 2022-06-01 起，新的起日不能早于它。"):
        appointed(date(2022, 5, 31), "乙")
    assert list(Contact.objects.values_list("officer", "until")) == [("甲", None)]


@given(days=st.lists(st.integers(0, 60), min_size=1, max_size=8))
@settings(max_examples=25, deadline=None)
@pytest.mark.django_db(transaction=False)
def test_on_every_day_a_firm_has_at_most_one_contact_and_the_newest_appointed_by_then(days):
    """Against a slow reading: of the appointments that were taken, the one with the latest day not after the day asked about."""
    start = date(2022, 1, 1)
    taken: list[int] = []
    with acting_as_system("test"):
        Contact.objects.all().delete()
        for number in days:
            if not taken or number > taken[-1]:
                appointed(start + timedelta(number), str(number))
                taken.append(number)
            else:
                with pytest.raises(Refusal):
                    appointed(start + timedelta(number), str(number))
        spans = list(Contact.objects.filter(party=FIRM).values_list("officer", "since", "until"))
    for number in range(62):
        on = start + timedelta(number)
        standing = [officer for officer, since, until in spans if since <= on and (until is None or on <= until)]
        assert standing == [str(one) for one in taken if one <= number][-1:], number
