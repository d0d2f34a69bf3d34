"""Every pipeline of the pack as a case table: walked along every one of its edges, refused without what it asks for, closed to any other door."""

import datetime as dt

import pytest

from pack_cast import PLAN
from yunxing.city.chance import stream
from yunxing.city.items import Place, item_along, make_items, way_to
from yunxing.engines.cases.case import SYSTEM, Actor
from yunxing.engines.cases.step import Decision, Refused, replayed, step
from yunxing.engines.cases.validate import faults_of
from yunxing.engines.dispatch.table import CHECKED, grade_for, grades_of, table_of
from yunxing.flows.simulate_items import decided
from yunxing.packs.activities import load_walked
from yunxing.packs.demonstration import load_demonstration
from yunxing.values.office_hours import BEIJING, OfficeHours, WorkingTime
from yunxing.values.workdays import Calendar

WALKED = load_walked(PLAN)
HOURS = OfficeHours.parse(["08:30-12:00", "13:30-17:30"])
TABLES = {name: table_of(one, "CMD", HOURS) for name, one in WALKED.items()}
LAST = dt.date(2022, 11, 8)
CALENDAR = Calendar(LAST)
PLACE = Place(
    enterprises=[(f"E{n}", f"企业{n}", "371602") for n in range(9)],
    projects=[(f"P{n}", f"项目{n}", "371603") for n in range(8)],
    units=["371602", "371603"],
    last=LAST,
    words=load_demonstration(PLAN),
)
EDGES = [(name, one.name, source) for name, pipeline in WALKED.items() for one in pipeline.steps for source in one.sources]


def walk(pipeline, steps):
    item = item_along(pipeline, PLACE, steps, 0, stream(7, pipeline.id))
    table = TABLES[pipeline.case_kind]
    return item, *decided(item, "C-1", table, WorkingTime(CALENDAR, table.hours), CALENDAR)


@pytest.mark.parametrize("name", WALKED)
def test_the_table_has_no_fault(name):
    assert faults_of(TABLES[name]) == []


@pytest.mark.parametrize(("name", "edge", "source"), EDGES)
def test_every_edge_is_walked(name, edge, source):
    """From the first stage to the edge's source and along the edge; the events replay to the item, and the days of stages agree with it."""
    pipeline = WALKED[name]
    taken = pipeline.step(edge)
    _item, decisions, actual = walk(pipeline, (*way_to(pipeline, source), taken))
    last = decisions[-1].case

    assert last.state == taken.to
    assert replayed([one.event for one in decisions]) == last
    assert set(actual) >= {pipeline.first, taken.to}
    assert (last.ended is not None) == (taken.to in pipeline.ends)
    if taken.to in pipeline.ends:
        assert all(not clock.ticking for clock in last.clocks)


@pytest.mark.parametrize("name", WALKED)
def test_no_other_door_moves_an_item(name):
    """The case desk cannot take a step past the pipeline's own checks: without the fact that only its flow gives, every edge is refused."""
    pipeline, table = WALKED[name], TABLES[name]
    item, decisions, _actual = walk(pipeline, ())
    at = dt.datetime(2022, 11, 8, 18, tzinfo=BEIJING)
    for one in pipeline.steps_from(pipeline.first):
        given = {**item.fields, "reason": "x", "evidence": ["y"], "notice": ["y"]}
        done = step(table, decisions[-1].case, one.name, SYSTEM, given, at, WorkingTime(CALENDAR, HOURS))

        assert isinstance(done, Refused)
        assert done.code in {"guard", "missing"}


def test_who_may_walk_an_edge_is_what_the_pack_says():
    """An office's step is not the county's; the command may take any."""
    pipeline = WALKED["pipeline_land_parcels"]
    table = TABLES["pipeline_land_parcels"]
    _item, decisions, _actual = walk(pipeline, ())
    case = decisions[-1].case
    at = dt.datetime(2022, 11, 8, 18, tzinfo=BEIJING)
    given = {CHECKED: True, "kind": "批而未供", "area": 5, "evidence": ["x"]}

    def done(unit, post):
        return isinstance(
            step(table, case, "to_checked", Actor("a", unit, frozenset({post})), given, at, WorkingTime(CALENDAR, HOURS)), Decision
        )

    assert done("NRP", "department")
    assert done(case.unit, "county")
    assert done("CMD", "command")
    assert not done("EEB", "department")
    assert not done("371681", "county")


@pytest.mark.parametrize(
    ("fields", "days"),
    [({"management": "重点管理", "site_check": False}, 30), ({"management": "简化管理", "site_check": False}, 20), ({"management": "重点管理", "site_check": True}, 45),
     ({}, 30)],
)  # fmt: skip
def test_the_statutes_days_depend_on_the_permit(fields, days):
    """Key management thirty, simplified twenty, with a site check forty-five; the promise is twenty for all."""
    pipeline = WALKED["pipeline_first_permits"]
    promise, statute = pipeline.limits

    assert (promise.days_for(fields), statute.days_for(fields)) == (20, days)
    grade = grade_for(pipeline, fields)
    assert TABLES["pipeline_first_permits"].clock("statute").limit_for(grade).amount == days


def test_grades_are_those_of_the_variants():
    assert list(grades_of(WALKED["pipeline_first_permits"])) == ["management=简化管理", "site_check=1"]
    assert grades_of(WALKED["pipeline_listing"]) == {}


def test_the_engines_clock_and_the_permits_count_agree():
    """Two ways to the same day: the case engine moves its due day with pause and resume, `permits.due` counts from the pauses."""
    from yunxing.engines.dispatch.permits import due
    from yunxing.values.office_hours import local

    pipeline = WALKED["pipeline_first_permits"]
    steps = (*way_to(pipeline, "reviewing"), pipeline.step("pause"), pipeline.step("resume"))
    item, decisions, actual = walk(pipeline, steps)
    case = decisions[-1].case
    paused = (item.stops[-2].on, item.stops[-1].on)
    for limit in pipeline.limits:
        clock = case.clock(limit.name)
        mine = due(CALENDAR, CALENDAR.next_workday(actual["accepted"]), limit.days_for(item.fields), [paused])

        assert clock is not None
        if clock.state == "running" and local(clock.due)[0] >= paused[0]:
            assert local(clock.due)[0] == mine.date


def test_made_items_stand_at_every_stage_and_are_the_same_twice():
    """Whatever the seed: at least one item a stage; the same seed gives the same items."""
    pipelines = list(WALKED.values())
    made = make_items(pipelines, PLACE, 11, extra={"listing": 3})

    assert made == make_items(pipelines, PLACE, 11, extra={"listing": 3})
    for one in pipelines:
        stages = {item.stage for item in made if item.pipeline is one}
        assert stages == ({one.stages[1].id} if one.kind == "document" else {stage.id for stage in one.stages})
    assert sum(item.pipeline.id == "listing" for item in made) == len(WALKED["pipeline_listing"].stages) + 3


@pytest.mark.parametrize("seed", range(4))
def test_every_made_past_is_lawful(seed):
    """No generator item is refused by its own pipeline, with whatever chance; its days never go backwards."""
    for item in make_items(list(WALKED.values()), PLACE, seed, extra={}):
        table = TABLES[item.pipeline.case_kind]
        decisions, actual = decided(item, "C-1", table, WorkingTime(CALENDAR, table.hours), CALENDAR)

        assert decisions[-1].case.state == item.stage
        days = [item.opened, *(stop.on for stop in item.stops)]
        assert days == sorted(days)
        assert actual[item.stage] == days[-1]


def test_every_third_way_past_a_review_goes_through_a_pause():
    made = [one for one in make_items([WALKED["pipeline_first_permits"]], PLACE, 3, extra={"first_permits": 30}) if one.stage == "granted"]
    paused = [any(stop.pause_reason for stop in one.stops) for one in made]

    assert any(paused)
    assert not all(paused)


def test_titles_say_that_they_are_made_up():
    for one in make_items(list(WALKED.values()), PLACE, 5, extra={}):
        assert one.title.endswith("（合成）")
