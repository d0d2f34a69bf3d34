"""The page of a case: clocks that say how they were counted, the next step of each person, a timeline, a conversation with an inside."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.desk.casework import acting, case_page, clock_words
from yunxing.engines.cases.definition import Limit
from yunxing.values.office_hours import BEIJING, OfficeHours, WorkingTime
from yunxing.values.workdays import Calendar

TIME = WorkingTime(Calendar(), OfficeHours.parse(["8:30-12:00", "13:30-17:30"]))


def page(hands, name, case):
    with hands.inside(name):
        return case_page.case_page(hands.case(case), hands.standing(name), hands.at)


@pytest.mark.parametrize(
    ("state", "member", "primary"),
    [
        ("submitted", "command", "受理"),
        ("accepted", "command", "派单"),
        ("assigned", "bureau", "签收"),
        ("signed", "bureau", "首次联系"),
        ("working", "bureau", "办结反馈"),
        ("answered", "enterprise", "确认并评价"),
        ("assigned", "command", None),
        ("working", "county_a", None),
        ("assigned", "enterprise", None),
        ("answered", "bureau", None),
    ],
)
def test_the_primary_button_is_this_persons_next_step(hands, state, member, primary):
    """Whoever owes the act sees it first; for the others the page only waits, and offers what they may do beside."""
    found = page(hands, member, hands.up_to(state))

    assert (found["primary"].title if found["primary"] else None) == primary
    assert found["waits"] is (primary is None)


def test_a_step_asks_for_its_fields_and_knows_what_was_typed(hands):
    """Signing needs no field; closing needs what was done, a result, evidence; the lead proposed stands in the form."""
    assert page(hands, "bureau", hands.up_to("assigned"))["primary"].quick
    answer = page(hands, "bureau", hands.up_to("working"))["primary"]
    assert {field.name: (field.widget, field.required) for field in answer.fields} == {
        "done": ("long", True), "result": ("radio", True), "evidence": ("files", True), "basis": ("long", False),
    }  # fmt: skip
    case = hands.up_to("accepted")
    with hands.inside("command"):
        again = case_page.case_page(hands.case(case), hands.standing("command"), hands.at, typed={"lead": "bureau-2", "words": "请办"})
    values = {field.name: field.value for field in again["primary"].fields}
    assert (values["lead"], values["words"]) == ("bureau-2", "请办")
    assert ("bureau-2", "乙局") in next(field.options for field in again["primary"].fields if field.name == "lead")


def test_a_clock_says_how_it_was_counted(hands):
    """Ten working days from 28 September: the week of holidays is skipped, the make-up weekend counts, both by their days."""
    found = page(hands, "bureau", hands.up_to("working"))
    solve = next(one for one in found["clocks"] if one.title == "办结时限")

    assert solve.words == "剩余 10 个工作日 7 小时"
    assert solve.until == "10月17日 17:30 前"
    assert "跳过节假日：10-3、10-4、10-5、10-6、10-7" in solve.counted
    assert "计入调休上班日：10-8、10-9" in solve.counted
    assert solve.counted[0] == "自 9月28日 00:00 起算，限 10 个工作日"


def test_a_pause_is_named_with_its_reason(hands):
    case = hands.up_to("working")
    hands.walk(case, "pause", "bureau", "bureau-1", pause_reason="firm_material")
    found = page(hands, "bureau", case)
    solve = next(one for one in found["clocks"] if one.title == "办结时限")

    assert solve.state == "paused"
    assert solve.words.startswith("已暂停，尚余")
    assert "9月28日 09:00 暂停：等待企业补充材料" in solve.counted


def test_a_limit_that_was_met_or_missed_says_so(hands):
    case = hands.up_to("assigned")
    hands.later(days=1, hours=3)
    hands.walk(case, "sign", "bureau", "bureau-1")
    found = {one.title: one for one in page(hands, "bureau", case)["clocks"]}

    assert found["受理时限"].words == "按时完成"
    assert found["签收时限"].words == "超期 6 小时 完成"
    assert found["签收时限"].light == "red"


@given(st.integers(1, 40 * 27_000))
def test_a_span_in_words_reads_back_to_itself(seconds):
    """Days and hours are whole parts; under an hour the minutes are rounded up, so that nothing left is never shown as nothing."""
    words = clock_words.span_words(seconds, TIME)
    parts = words.replace(" 个工作日", "d").replace(" 小时", "h").replace(" 分钟", "m").split()
    total = sum(int(part[:-1]) * {"d": TIME.hours.seconds, "h": 3600, "m": 60}[part[-1]] for part in parts)

    assert total <= seconds + 60
    assert seconds - total < 3600
    assert total > 0


@given(st.datetimes(datetime(2022, 1, 1), datetime(2022, 12, 20)).map(lambda at: at.replace(tzinfo=BEIJING)), st.integers(0, 400))
def test_the_odd_days_are_those_the_calendar_treats_unlike_their_weekday(at, days):
    """Against asking the calendar for each day."""
    first, last = at.date(), at.date() + timedelta(days=days)
    off, worked = clock_words.odd_days(first, last, TIME)
    expected_off, expected_worked = [], []
    day = first
    while day < last and (day - first).days < 366:
        day += timedelta(days=1)
        works = TIME.calendar.is_workday(day)
        if works and day.weekday() > 4:
            expected_worked.append(day)
        if not works and day.weekday() < 5:
            expected_off.append(day)

    assert (off, worked) == (expected_off, expected_worked)


def test_the_timeline_tells_who_what_when_and_the_change(hands):
    """Old → new, the office, what was given in words, files; a note and a return are inside and not on the enterprise's page."""
    case = hands.up_to("assigned")
    hands.walk(case, "dispute", "bureau", "bureau-1", reason="属乙局职责")
    inside, outside = page(hands, "command", case)["timeline"], page(hands, "enterprise", case)["timeline"]
    last = inside[-1]

    assert (last["what"], last["from"], last["to"], last["reason"], last["internal"]) == (
        "退回派单",
        "待签收",
        "待派单",
        "属乙局职责",
        True,
    )
    assert [line["what"] for line in outside] == ["提出", "受理", "派单"]
    assert ("牵头单位", "甲局") in inside[2]["given"]
    with hands.inside("command"):
        flow = case_page.case_page(hands.case(case), hands.standing("command"), hands.at, flow_only=True)["timeline"]
    assert all(line["moves"] for line in flow)


def test_whom_to_call_stands_there_with_a_number_to_dial(hands):
    """The enterprise's own contact first, then the handler; a number written with a name is dialled without it."""
    people = page(hands, "bureau", hands.up_to("signed"))["people"]

    assert (people[0].who, people[0].phone, people[0].dial) == ("企业联系人", "张三 138 0000 1111", "13800001111")
    assert any("（经办）" in one.who for one in people)


def test_the_clause_and_similar_solved_cases_help(hands):
    """The measure that the table rests on; closed cases that read alike, of those the person may see."""
    old, strange = hands.up_to("closed", words="车间缺电，请协调"), hands.up_to("closed", words="缺二十名焊工")
    case = hands.up_to("working", words="二车间缺电，请协调")
    found = page(hands, "bureau", case)
    with hands.inside("bureau"):
        similar = [row.id for row in case_page.similar_to(hands.case(case), hands.at)]
        card = case_page.party_card(hands.case(case), hands.at)

    assert found["measures"] == [{"number": "20", "href": "/measures/20/"}]
    assert similar == [old]
    assert strange not in similar
    assert (card["name"], card["open"], card["closed"]) == ("甲县某企业", 0, 2)


def test_limits_read_in_words(hands):
    definition = acting.newest("whistle")

    assert definition.clock("sign").limit == Limit.parse("4 office hours")
    found = page(hands, "bureau", hands.up_to("assigned"))
    sign = next(one for one in found["clocks"] if one.title == "签收时限")
    assert sign.counted[0] == "自 9月28日 09:00 起算，限 4 小时（办公时间）"
    assert (sign.words, sign.until, sign.light) == ("剩余 4 小时", "9月28日 14:30 前", "green")
    hands.later(hours=4, minutes=45)
    assert next(one for one in page(hands, "bureau", hands.up_to("assigned"))["clocks"] if one.title == "签收时限").light == "green"
