"""Clocks: the worked examples of both handbooks through the engine, laws of pausing and extending, recounting after a notice, the ladder's instants."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases_cast import HOURS, TIME, at, fresh, known, table
from yunxing.engines.cases import clocks
from yunxing.engines.cases.case import Clock
from yunxing.engines.cases.definition import ClockSpec, Definition, Edge, Limit, Rung, State
from yunxing.values.office_hours import WorkingTime, instant, local
from yunxing.values.workdays import Calendar

moments = st.datetimes(datetime(2021, 1, 1), datetime(2025, 12, 1)).map(lambda one: at(one.replace(microsecond=0).isoformat(" ")))
LIMITS = ("10 working days", "4 office hours", "90 office minutes", "24 hours", "30 days")


def permit(promise: str = "20 working days", statute: str = "30 working days", **rest: object) -> Definition:
    """A table with the two clocks of a permit: what the plan promises and what the law allows."""
    states = (State("reviewing", "审查", "Reviewing", "lead"), State("decided", "已决定", "Decided", "lead", end=True))
    edges = (Edge("decide", "决定", "Decide", ("reviewing",), "decided", ("lead",), stops=("promise", "statute")),)
    specs = (
        ClockSpec("promise", "承诺", "Promise", Limit.parse(promise), "156/21/1"),
        ClockSpec("statute", "法定", "Statute", Limit.parse(statute), "law"),
    )
    return Definition("permit", 1, "许可", "Permit", states, edges, specs, hours=HOURS, **rest)  # type: ignore[arg-type]


def begun(limit: str, start: datetime, time: WorkingTime = TIME, **rest: object) -> tuple[Definition, object]:
    """A case whose clock `promise` of this limit runs from `start`."""
    definition = permit(limit, **rest)
    return definition, clocks.start(definition, fresh(opened=start, changed=start), "promise", start, time)


def due(case: object, name: str = "promise") -> datetime:
    found = case.clock(name)  # type: ignore[attr-defined]
    assert found is not None
    return found.due


def between(case: object, name: str = "promise") -> Clock:
    found = case.clock(name)  # type: ignore[attr-defined]
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("start", "days", "due_day"),
    [
        ("2022-04-29", 20, "2022-05-31"),
        ("2022-09-28", 5, "2022-10-10"),
        ("2022-01-28", 1, "2022-01-29"),
        ("2022-04-01", 3, "2022-04-07"),
        ("2022-05-27", 20, "2022-06-27"),
        ("2022-05-27", 30, "2022-07-11"),
        ("2022-12-30", 3, "2023-01-05"),
        ("2024-04-26", 5, "2024-05-07"),
        ("2026-02-13", 3, "2026-02-25"),
        ("2025-09-26", 10, "2025-10-16"),
        ("2022-06-01", 20, "2022-06-30"),
    ],
)
def test_the_handbooks_due_days_end_when_the_office_closes(start, days, due_day):
    _, case = begun(f"{days} working days", at(f"{start} 10:00"))

    assert due(case) == at(f"{due_day} 17:30")
    assert between(case).provisional is False


def test_a_permit_decided_late_misses_the_promise_by_one_day_and_keeps_the_statute():
    """Handbook 21(d): accepted 1 June 2022, pause [13 June, 20 June), decided 8 July: 21 days used, promise 20, statute 30."""
    definition = permit()
    accepted = at("2022-06-01 09:00")
    case = fresh(opened=accepted, changed=accepted)
    for name in ("promise", "statute"):
        case = clocks.start(definition, case, name, accepted, TIME)
        case = clocks.pause(case, name, at("2022-06-13 10:00"), TIME)
        case = clocks.resume(case, name, at("2022-06-20 10:00"), TIME)
    assert local(due(case))[0] == date(2022, 7, 7)
    assert local(due(case, "statute"))[0] == date(2022, 7, 21)
    for name in ("promise", "statute"):
        case = clocks.stop(case, name, at("2022-07-08 15:00"))

    assert [between(case, name).state for name in ("promise", "statute")] == ["missed", "met"]
    assert TIME.calendar.between(date(2022, 6, 1), date(2022, 7, 8), [(date(2022, 6, 13), date(2022, 6, 20))]) == 21


def test_a_permit_decided_on_its_last_day_is_in_time_until_the_office_closes():
    for when, state in (("2022-06-30 17:30", "met"), ("2022-06-30 17:31", "missed"), ("2022-07-01 09:00", "missed")):
        _, case = begun("20 working days", at("2022-06-01 09:00"))
        assert between(clocks.stop(case, "promise", at(when))).state == state


def test_silence_for_three_working_days_makes_an_application_accepted():
    """Handbook 21(d): received 1 June 2022, no notice by the end of 7 June (3 working days, 3 June is off): 9 June under the general five."""
    assert local(due(begun("3 working days", at("2022-06-01 09:00"))[1]))[0] == date(2022, 6, 7)
    assert local(due(begun("5 working days", at("2022-06-01 09:00"))[1]))[0] == date(2022, 6, 9)


def test_a_limit_in_calendar_days_ends_on_the_next_working_day():
    """Handbook 23 R5: delivered 1 June 2022, 30 days: 1 July; 60 days end on a Sunday, so 1 August."""
    assert local(due(begun("30 days", at("2022-06-01 09:00"))[1]))[0] == date(2022, 7, 1)
    assert local(due(begun("60 days", at("2022-06-01 09:00"))[1]))[0] == date(2022, 8, 1)


def test_what_comes_after_closing_counts_from_the_next_working_day():
    assert due(begun("1 working day", at("2022-09-30 17:30"))[1]) == at("2022-10-08 17:30")
    assert due(begun("1 working day", at("2022-09-30 17:31"))[1]) == at("2022-10-09 17:30")
    assert due(begun("1 working day", at("2022-10-02 10:00"))[1]) == at("2022-10-09 17:30")


def test_office_hours_and_plain_hours():
    assert due(begun("4 office hours", at("2022-09-30 16:30"))[1]) == at("2022-10-08 11:30")
    assert due(begun("24 hours", at("2022-09-30 16:30"))[1]) == at("2022-10-01 16:30")


@given(moments, st.integers(1, 60), st.integers(1, 60))
def test_more_days_are_due_later_and_counting_undoes_it(start, a, b):
    one, more = due(begun(f"{a} working days", start)[1]), due(begun(f"{a + b} working days", start)[1])
    received = TIME.receipt_day(start)

    assert one < more
    assert TIME.calendar.between(received, local(one)[0]) == a
    assert TIME.calendar.add(local(one)[0], b).date == local(more)[0]


@given(moments, st.sampled_from(LIMITS), st.integers(0, 20 * 86_400), st.integers(0, 40 * 86_400))
def test_a_pause_adds_exactly_the_paused_working_time(start, limit, wait, length):
    """In the clock's own unit: working days not counting the pause, seconds at work, or plain seconds."""
    definition, case = begun(limit, start)
    before = between(case)
    paused_at = min(start + timedelta(seconds=wait), before.due)
    resumed_at = paused_at + timedelta(seconds=length)
    after = between(clocks.resume(clocks.pause(case, "promise", paused_at, TIME), "promise", resumed_at, TIME))

    assert after.state == "running"
    if before.unit == "working_day":
        received = TIME.receipt_day(start)
        pauses = [(max(local(paused_at)[0], received + timedelta(days=1)), max(local(resumed_at)[0], received + timedelta(days=1)))]
        assert TIME.calendar.between(received, local(after.due)[0], pauses) == before.budget
    elif before.unit == "office_second":
        assert TIME.between(before.due, after.due) == TIME.between(paused_at, resumed_at)
    elif before.unit == "second":
        assert after.due - before.due == resumed_at - paused_at
    else:
        assert after.due >= before.due
    assert definition.clock("promise").limit.text == limit


@given(moments, st.sampled_from(LIMITS[:2]), st.lists(st.tuples(st.integers(0, 3 * 86_400), st.integers(0, 5 * 86_400)), max_size=4))
def test_many_pauses_add_up(start, limit, pauses):
    """Whatever the pauses, the working time outside them is the budget exactly."""
    _, case = begun(limit, start)
    now, paused = start, 0
    counted = []
    for wait, length in pauses:
        clock = between(case)
        stop = now + timedelta(seconds=wait)
        if stop > clock.due:
            break
        now = stop + timedelta(seconds=length)
        case = clocks.resume(clocks.pause(case, "promise", stop, TIME), "promise", now, TIME)
        paused += TIME.between(stop, now)
        counted.append((local(stop)[0], local(now)[0]))
    clock = between(case)

    if clock.unit == "office_second" and TIME.between(now, clock.due):
        assert TIME.between(start, clock.due) == clock.budget + paused
    elif clock.unit == "working_day":
        received = TIME.receipt_day(start)
        whole = [(max(p, received + timedelta(days=1)), max(r, received + timedelta(days=1))) for p, r in counted]
        assert TIME.calendar.between(received, local(clock.due)[0], whole) == clock.budget


def test_pausing_on_the_day_it_starts_neither_gives_nor_takes_a_day():
    """The first day is not counted (民法典 art. 201), so a pause on it cannot add one, and resuming on it cannot count it."""
    _, case = begun("10 working days", at("2022-09-26 10:00"))
    paused = clocks.pause(case, "promise", at("2022-09-26 11:00"), TIME)

    assert between(paused).remaining == 10
    assert due(clocks.resume(paused, "promise", at("2022-09-26 15:00"), TIME)) == due(case)
    assert due(clocks.resume(paused, "promise", at("2022-09-27 09:00"), TIME)) == due(case)
    assert due(clocks.resume(paused, "promise", at("2022-09-28 09:00"), TIME)) == at("2022-10-14 17:30")


def test_a_clock_past_due_is_not_paused_since_a_pause_cures_no_lateness():
    _, case = begun("1 working day", at("2022-09-26 10:00"))
    late = at("2022-09-28 10:00")

    assert clocks.pause(case, "promise", late, TIME) == case
    assert between(clocks.stop(clocks.pause(case, "promise", late, TIME), "promise", late)).state == "missed"


def test_a_second_start_of_a_running_clock_gives_no_more_time():
    definition, case = begun("5 working days", at("2022-09-26 10:00"))

    assert clocks.start(definition, case, "promise", at("2022-09-29 10:00"), TIME) == case
    paused = clocks.pause(case, "promise", at("2022-09-27 10:00"), TIME)
    assert clocks.start(definition, paused, "promise", at("2022-09-29 10:00"), TIME) == paused


def test_a_stopped_clock_that_starts_again_is_another_round_and_the_first_is_kept():
    definition, case = begun("5 working days", at("2022-09-26 10:00"))
    case = clocks.stop(case, "promise", at("2022-09-27 10:00"))
    case = clocks.start(definition, case, "promise", at("2022-09-29 10:00"), TIME)

    assert [(one.round, one.state) for one in case.clocks] == [(1, "met"), (2, "running")]
    assert between(case).round == 2


def test_stopping_pausing_and_resuming_what_does_not_run_changes_nothing():
    case = fresh()
    when = at("2022-09-27 10:00")
    for changed in (
        clocks.stop(case, "promise", when),
        clocks.pause(case, "promise", when, TIME),
        clocks.resume(case, "promise", when, TIME),
        clocks.drop(case, "promise", when),
        clocks.extend(case, "promise", Limit.parse("30 working days"), TIME, when),
        clocks.cancel_all(case, when),
        clocks.recount(case, TIME, when),
    ):
        assert changed == case


@given(moments, st.integers(1, 30), st.integers(1, 30))
def test_an_extension_adds_what_the_new_limit_exceeds_the_old_by(start, days, more):
    _, case = begun(f"{days} working days", start)
    longer = clocks.extend(case, "promise", Limit.parse(f"{days + more} working days"), TIME, start)

    assert due(longer) == due(begun(f"{days + more} working days", start)[1])


def test_an_extension_while_paused_adds_to_what_remains():
    _, case = begun("10 working days", at("2022-09-26 10:00"))
    paused = clocks.pause(case, "promise", at("2022-09-28 10:00"), TIME)
    longer = clocks.extend(paused, "promise", Limit.parse("25 working days"), TIME, at("2022-09-28 11:00"))

    assert between(longer).remaining == (between(paused).remaining or 0) + 15


@pytest.mark.parametrize("limit", ["10 working days", "9 working days", "40 office hours"])
def test_a_limit_that_is_no_longer_or_of_another_unit_changes_nothing(limit):
    _, case = begun("10 working days", at("2022-09-26 10:00"))

    assert clocks.extend(case, "promise", Limit.parse(limit), TIME, at("2022-09-27 10:00")) == case


def test_dropping_a_clock_says_nothing_unless_it_was_late_already():
    _, case = begun("1 working day", at("2022-09-26 10:00"))

    assert between(clocks.drop(case, "promise", at("2022-09-27 10:00"))).state == "cancelled"
    assert between(clocks.cancel_all(case, at("2022-09-28 10:00"))).state == "missed"


# --- the calendar changes -------------------------------------------------------------------------------------------------------------------------


def test_in_january_2020_the_withdrawn_make_up_day_moves_what_runs_and_nothing_else():
    """One working day from 23 January: 31 January as known on the 22nd; the notice of the 26th lengthened the holiday to 2 February."""
    before, after = known("2020-01-22"), known("2020-01-26")
    _, running = begun("1 working day", at("2020-01-23 10:00"), before)
    _, long = begun("3 working days", at("2020-01-23 10:00"), before)
    done = clocks.stop(begun("1 working day", at("2020-01-20 10:00"), before)[1], "promise", at("2020-01-21 10:00"))
    now = at("2020-01-26 20:00")

    assert due(running) == at("2020-01-31 17:30")
    assert due(clocks.recount(running, after, now)) == at("2020-02-03 17:30")
    assert due(long) == at("2020-02-03 17:30")  # 31 January, 1 February (made up), 3 February
    assert due(clocks.recount(long, after, now)) == at("2020-02-05 17:30")
    assert clocks.recount(done, after, now) == done


def test_recounting_twice_moves_nothing_more():
    before, after = known("2020-01-22"), known("2020-01-26")
    _, case = begun("5 working days", at("2020-01-22 10:00"), before)
    moved = clocks.recount(case, after, at("2020-01-26 20:00"))

    assert moved != case
    assert clocks.recount(moved, after, at("2020-01-26 20:00")) is moved
    assert between(moved).known_on == date(2020, 1, 26)


def test_what_was_past_due_by_what_was_known_stays_past_due():
    before, after = known("2020-01-22"), known("2020-01-26")
    _, case = begun("1 working day", at("2020-01-23 10:00"), before)
    later = at("2020-02-02 10:00")

    assert clocks.recount(case, after, later) is case
    assert between(clocks.stop(case, "promise", later)).state == "missed"


def test_paused_clocks_keep_what_remains_and_resume_on_the_new_calendar():
    before, after = known("2020-01-22"), known("2020-01-26")
    _, case = begun("3 working days", at("2020-01-21 10:00"), before)
    paused = clocks.pause(case, "promise", at("2020-01-23 10:00"), before)

    assert clocks.recount(paused, after, at("2020-01-26 20:00")) is paused
    resumed = clocks.resume(paused, "promise", at("2020-01-31 10:00"), after)
    assert between(paused).remaining == 2
    assert due(resumed) == at("2020-02-04 17:30")


def test_past_the_last_notice_the_due_day_is_provisional_and_final_once_the_notice_comes():
    before, after = known("2022-12-07"), known("2022-12-08")
    _, case = begun("3 working days", at("2022-12-07 10:00"), before)
    _, over_new_year = begun("20 working days", at("2022-12-07 10:00"), before)
    assert between(case).provisional is False
    assert between(over_new_year).provisional is True

    moved = clocks.recount(over_new_year, after, at("2022-12-08 20:00"))
    assert between(moved).provisional is False
    assert due(moved) == at("2023-01-05 17:30")
    assert clocks.recount(case, after, at("2022-12-08 20:00")) is case


def test_a_year_without_any_notice_is_no_error():
    time = WorkingTime(Calendar(date(2031, 12, 20)), HOURS)
    _, case = begun("10 working days", at("2031-12-25 10:00"), time)

    assert between(case).provisional is True
    assert due(case) == at("2032-01-08 17:30")


def test_minutes_cross_a_changed_holiday_too():
    before, after = known("2020-01-22"), known("2020-01-26")
    _, case = begun("4 office hours", at("2020-01-23 16:30"), before)

    assert due(case) == at("2020-01-31 11:30")
    assert due(clocks.recount(case, after, at("2020-01-26 20:00"))) == at("2020-02-03 11:30")


@given(moments, st.sampled_from(LIMITS), st.integers(0, 10 * 86_400))
def test_recounting_with_the_same_calendar_changes_nothing(start, limit, wait):
    _, case = begun(limit, start)

    assert clocks.recount(case, TIME, start + timedelta(seconds=wait)) is case


# --- the ladder -----------------------------------------------------------------------------------------------------------------------------------


RUNGS = (
    Rung("promise", "25% left", "remind", "提醒", "Reminder", "lead"),
    Rung("promise", "due", "urge", "催办", "Urged", "head"),
    Rung("promise", "3 working days after", "command", "指挥部", "Command", "command", talk=True),
)


def test_the_rungs_of_a_day_clock():
    definition, case = begun("10 working days", at("2022-09-26 09:00"), ladder=RUNGS)
    steps = clocks.ladder(definition, between(case), TIME)

    # ten days of 7.5 hours end on Thursday 13 October (eight working days in between are made up or off); a quarter of them is 18.75 hours
    assert due(case) == at("2022-10-13 17:30")
    assert [one.at for one in steps] == [at("2022-10-11 13:45"), at("2022-10-13 17:30"), at("2022-10-18 17:30")]
    assert TIME.between(steps[0].at, due(case)) == 10 * HOURS.seconds // 4


def test_the_rungs_of_office_hours_and_of_plain_hours():
    definition, case = begun("4 office hours", at("2022-09-26 09:00"), ladder=RUNGS)
    assert [one.at for one in clocks.ladder(definition, between(case), TIME)][:2] == [at("2022-09-26 12:00"), at("2022-09-26 14:30")]
    definition, case = begun("24 hours", at("2022-09-26 09:00"), ladder=RUNGS)
    assert [one.at for one in clocks.ladder(definition, between(case), TIME)][:2] == [at("2022-09-27 03:00"), at("2022-09-27 09:00")]


def test_a_clock_that_does_not_run_has_no_rungs_ahead():
    definition, case = begun("10 working days", at("2022-09-26 09:00"), ladder=RUNGS)
    paused = between(clocks.pause(case, "promise", at("2022-09-27 09:00"), TIME))
    stopped = between(clocks.stop(case, "promise", at("2022-09-27 09:00")))

    assert clocks.ladder(definition, paused, TIME) == ()
    assert clocks.ladder(definition, stopped, TIME) == ()


@given(moments, st.sampled_from(LIMITS))
def test_rungs_come_in_order_whatever_the_limit(start, limit):
    definition, case = begun(limit, start, ladder=RUNGS)
    instants = [one.at for one in clocks.ladder(definition, between(case), TIME)]

    assert instants == sorted(instants)
    assert instants[1] == due(case)


def test_what_is_left_is_counted_at_work_and_stands_still_while_paused():
    _, case = begun("10 working days", at("2022-09-26 09:00"))
    clock = between(case)
    assert clocks.left(clock, at("2022-10-13 16:30"), TIME) == 3600
    assert clocks.left(clock, at("2022-10-14 09:30"), TIME) == -3600
    paused = between(clocks.pause(case, "promise", at("2022-10-12 09:00"), TIME))
    assert clocks.left(paused, at("2022-12-01 09:00"), TIME) == 2 * HOURS.seconds


def test_the_anchor_of_a_day_clock_is_the_day_of_receipt():
    clock = between(begun("10 working days", at("2022-10-01 09:00"))[1])

    assert clock.since == instant(date(2022, 10, 8), 0)
    assert replace(clock, state="paused").ticking
    assert table("whistle").clock("solve").limit_for("complex").text == "15 working days"
