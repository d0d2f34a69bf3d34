"""Made-up items: ways, days, planned days and subjects, whatever the chance."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.dispatch.small import SMALL
from pack_cast import PLAN
from yunxing.city.chance import stream
from yunxing.city.items import Place, item_along, make_items, way_to
from yunxing.packs.activities import load_walked

WALKED = list(load_walked(PLAN).values())
LAST = dt.date(2022, 11, 8)
FIRMS = [(f"E{n}", f"企业{n}", f"U{n % 3}") for n in range(7)]
PROJECTS = [(f"P{n}", f"项目{n}", f"U{n % 3}") for n in range(6)]
PLACE = Place(FIRMS, PROJECTS, ["U0", "U1", "U2"], LAST)


@pytest.mark.parametrize("pipeline", WALKED, ids=lambda one: one.case_kind)
def test_the_way_to_a_stage_leads_there_by_as_few_steps_as_possible(pipeline):
    """Each step starts where the one before ended; no shorter chain of steps reaches the stage (breadth by breadth as the slow reference)."""
    for stage in pipeline.stages:
        steps = way_to(pipeline, stage.id)
        at = pipeline.first
        for one in steps:
            assert at in one.sources
            at = one.to
        assert at == stage.id
        reached, rounds = {pipeline.first}, 0
        while stage.id not in reached:
            reached |= {one.to for one in pipeline.steps if set(one.sources) & reached}
            rounds += 1
        assert len(steps) == rounds


def test_a_stage_that_is_not_there_has_no_way():
    with pytest.raises(KeyError):
        way_to(SMALL, "nowhere")


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.sampled_from(WALKED))
def test_days_rise_and_end_in_the_past(seed, pipeline):
    for stage in pipeline.stages:
        item = item_along(pipeline, PLACE, way_to(pipeline, stage.id), 1, stream(seed, "t"))
        days = [item.opened, *(stop.on for stop in item.stops)]

        assert days == sorted(days)
        assert len(set(days)) == len(days)
        assert days[-1] <= LAST
        assert item.stage == stage.id


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31))
def test_planned_days_lie_ahead_for_what_was_not_reached_and_rise(seed):
    for pipeline in WALKED:
        if not pipeline.planned_dates:
            continue
        for stage in pipeline.way:
            item = item_along(pipeline, PLACE, way_to(pipeline, stage.id), 0, stream(seed, pipeline.id))
            ahead = [item.planned[one.id] for one in pipeline.ahead(stage.id) if one.id in item.planned]

            assert set(item.planned) <= {one.id for one in pipeline.way}
            assert ahead == sorted(ahead)
            assert bool(ahead) is (stage.id not in pipeline.ends and bool(pipeline.ahead(stage.id)))


def test_what_has_no_planned_days_gets_none():
    pipeline = next(one for one in WALKED if not one.planned_dates)

    assert item_along(pipeline, PLACE, (), 0, stream(1, "t")).planned == {}


def test_cuts_and_projects_on_their_way_do_not_meet():
    """The gate of 17/2b would keep a made-up project from production if one of its own cuts stood open: they are dealt from two halves."""
    made = make_items(WALKED, PLACE, 5, extra={"project_stages": 20})
    cuts = {one.party for one in made if one.pipeline.id == "reduction_schemes"}
    projects = {one.party for one in made if one.pipeline.id in ("project_stages", "named_projects_commissioning")}

    assert cuts
    assert projects
    assert not cuts & projects


def test_firms_bring_their_unit_and_the_rest_lies_somewhere():
    units = {id_: unit for id_, _name, unit in (*FIRMS, *PROJECTS)}
    for item in make_items(WALKED, PLACE, 9, extra={}):
        if item.party:
            assert item.unit == units[item.party]
        assert item.unit in {"U0", "U1", "U2"}
        assert item.title.endswith("（合成）")


def test_papers_are_given_where_they_are_asked_for():
    for item in make_items(WALKED, PLACE, 2, extra={}):
        for stop in item.stops:
            step = item.pipeline.step(stop.step)
            assert bool(stop.paper) is ("evidence" in step.needs)
            assert bool(stop.reason) is ("reason" in step.needs)
            assert bool(stop.pause_reason) is bool(step.pauses)
            assert not stop.pause_reason or stop.pause_reason in item.pipeline.pause_reasons


def test_keys_are_never_given_twice():
    made = make_items(WALKED, PLACE, 2, extra={"listing": 9})

    assert len({one.key for one in made}) == len(made)


def test_a_city_without_projects_still_has_items():
    """A small registry without key projects: what would be about a project lies in a unit."""
    place = Place(FIRMS[:1], [], ["U0"], LAST)
    made = make_items(WALKED, place, 1, extra={})

    assert {one.party for one in made} == {"", "E0"}
