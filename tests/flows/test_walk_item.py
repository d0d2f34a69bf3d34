"""Items on a real store: opened once, moved with their days and papers in one transaction, every obstacle at once, the gate of 17/2b, two officers at once."""

import datetime as dt

import pytest

from pack_cast import PLAN
from yunxing.engines.cases.case import Actor
from yunxing.engines.dispatch.table import UPDATE
from yunxing.flows import walk_case
from yunxing.flows.simulate_items import simulate_items
from yunxing.flows.walk_item import Given, open_item, plan_days, tables_of, walk_item
from yunxing.io.store import case_log, dialect, dispatch_rows
from yunxing.packs.pack import load_pack
from yunxing.values.office_hours import BEIJING

NOW = dt.datetime(2022, 9, 28, 15, 0, tzinfo=BEIJING)
DAY = dt.date(2022, 9, 28)
OFFICE = Actor("clerk", "EEB", frozenset({"department"}))
COMMAND = Actor("chief", "CMD", frozenset({"command"}))
PAPER = [("sha256:" + "0" * 64, "受理通知书.pdf")]


@pytest.fixture(scope="module")
def walked():
    return load_pack(PLAN).load_section("walked")


@pytest.fixture
def store(connection, walked):
    tables = load_pack(PLAN).load_section("cases")
    walk_case.publish(connection, tables_of(walked, tables), NOW - dt.timedelta(days=400))
    return connection


def opened(store, pipeline, key="k", **more):
    return open_item(store, pipeline, OFFICE, NOW, key=key, title="某事项", unit="A01", **more)


def taken(store, pipeline, case, step, *, on=DAY, fields=None, roles=("room",), actor=COMMAND, **more):
    return walk_item(store, pipeline, case, step, actor, NOW, Given(on, fields or {}, **more), roles=roles)


def days(store, case):
    return {one.stage: (one.planned, one.actual) for one in dispatch_rows.milestones_of(store, [case]).get(case, [])}


def test_an_item_is_opened_once_with_its_planned_days(store, walked):
    pipeline = walked["pipeline_transport_works"]
    planned = {"started": dt.date(2022, 10, 20), "open": dt.date(2023, 5, 1)}
    first, again = opened(store, pipeline, planned=planned, on=dt.date(2022, 9, 1)), opened(store, pipeline)

    assert first.won
    assert not again.won
    assert again.case == first.case
    assert days(store, first.case) == {
        "preparing": (None, dt.date(2022, 9, 1)),
        "started": (dt.date(2022, 10, 20), None),
        "open": (dt.date(2023, 5, 1), None),
    }
    assert case_log.read_case(store, first.case).lead == "TRA"


def test_a_step_writes_state_day_and_paper(store, walked):
    pipeline = walked["pipeline_first_permits"]
    case = opened(store, pipeline, on=dt.date(2022, 9, 1)).case
    fields = {"management": "重点管理", "site_check": False, "first_time": True}
    done = taken(store, pipeline, case, "to_accepted", on=dt.date(2022, 9, 2), fields=fields, files=PAPER)

    found = case_log.read_case(store, case)
    assert done.won
    assert (found.state, found.grade) == ("accepted", "")
    assert days(store, case)["accepted"] == (None, dt.date(2022, 9, 2))
    assert dialect.rows(store, "select stage, digest, name from dispatch_evidence") == [("accepted", *PAPER[0])]
    assert {one.name: one.budget for one in found.clocks} == {"promise": 20, "statute": 30}


def test_the_grade_of_a_permit_sets_its_statute(store, walked):
    pipeline = walked["pipeline_first_permits"]
    case = opened(store, pipeline, on=dt.date(2022, 9, 1)).case
    taken(store, pipeline, case, "to_accepted", fields={"management": "简化管理", "site_check": False, "first_time": True}, files=PAPER)

    assert {one.name: one.budget for one in case_log.read_case(store, case).clocks} == {"promise": 20, "statute": 20}


def test_everything_missing_is_told_and_nothing_written(store, walked):
    pipeline = walked["pipeline_first_permits"]
    case = opened(store, pipeline).case
    found = taken(store, pipeline, case, "to_accepted", roles=(), actor=OFFICE)

    assert [one.where for one in found] == ["by", "evidence", "management", "site_check", "first_time"]
    assert case_log.read_case(store, case).ver == 0
    assert days(store, case) == {"received": (None, DAY)}


def test_a_renewal_is_no_first_application(store, walked):
    pipeline = walked["pipeline_first_permits"]
    case = opened(store, pipeline).case
    (only,) = taken(
        store, pipeline, case, "to_accepted", fields={"management": "重点管理", "site_check": False, "first_time": False}, files=PAPER
    )

    assert only.clause == "21/1b"


def test_a_pause_names_a_lawful_reason_and_brings_its_notice(store, walked):
    pipeline = walked["pipeline_first_permits"]
    case = opened(store, pipeline, on=dt.date(2022, 9, 1)).case
    fields = {"management": "重点管理", "site_check": True, "first_time": True}
    taken(store, pipeline, case, "to_accepted", on=dt.date(2022, 9, 2), fields=fields, files=PAPER)
    taken(store, pipeline, case, "to_reviewing", on=dt.date(2022, 9, 5))
    refused = taken(store, pipeline, case, "pause", on=dt.date(2022, 9, 13), reason="等领导", pause_reason="出差", files=PAPER)
    without = taken(store, pipeline, case, "pause", on=dt.date(2022, 9, 13), reason="组织评审", pause_reason="专家评审")
    paused = taken(store, pipeline, case, "pause", on=dt.date(2022, 9, 13), reason="组织评审", pause_reason="专家评审", files=PAPER)

    assert "只能因下列情形暂停" in refused[0].zh
    assert [one.where for one in without] == ["evidence"]
    assert paused.won
    assert {one.state for one in case_log.read_case(store, case).clocks} == {"paused"}
    taken(store, pipeline, case, "resume", on=dt.date(2022, 9, 20))
    clocks = {one.name: one for one in case_log.read_case(store, case).clocks}
    assert clocks["promise"].due.astimezone(BEIJING).date() == dt.date(2022, 10, 13)  # 8 October and the five working days of the pause


def test_no_production_before_the_cuts_are_complete(store, walked):
    """17/2b: a project with an open cut of its own is kept from production; another project's cut does not matter; verified, the gate opens."""
    projects, cuts = walked["pipeline_project_stages"], walked["pipeline_reduction_schemes"]
    project = opened(store, projects, party="P1", on=dt.date(2022, 1, 4)).case
    opened(store, cuts, key="other", party="P2", on=dt.date(2022, 1, 4))
    cut = opened(store, cuts, key="own", party="P1", on=dt.date(2022, 1, 4)).case
    for n, step in enumerate(("to_preparing", "to_started", "to_building", "to_finished")):
        assert taken(store, projects, project, step, on=dt.date(2022, 2 + n, 1), files=PAPER).won
    (gate,) = taken(store, projects, project, "to_producing", on=dt.date(2022, 6, 1), files=PAPER)

    assert gate.clause == "17/2b"
    assert "1 项未完成" in gate.zh

    fields = {"pollutant": "NOx", "promised_kg": 1000, "verified_kg": 1000}
    for n, step in enumerate(("to_advanced", "to_done", "to_verified")):
        assert taken(store, cuts, cut, step, on=dt.date(2022, 6, 2 + n), fields=fields, files=PAPER).won
    assert taken(store, projects, project, "to_producing", on=dt.date(2022, 6, 10), files=PAPER).won


@pytest.mark.parametrize(("verified", "opens"), [(999, False), (1000, True), (1001, True)])
def test_a_cut_that_falls_short_is_not_verified(store, walked, verified, opens):
    pipeline = walked["pipeline_reduction_schemes"]
    case = opened(store, pipeline, on=dt.date(2022, 1, 4)).case
    for step in ("to_advanced", "to_done"):
        taken(store, pipeline, case, step, fields={"pollutant": "NOx", "promised_kg": 1000}, files=PAPER)
    done = taken(store, pipeline, case, "to_verified", fields={"verified_kg": verified}, files=PAPER)

    assert (not isinstance(done, tuple)) is opens


@pytest.mark.parametrize(("on", "opens"), [(dt.date(2022, 9, 22), False), (dt.date(2022, 9, 23), True), (dt.date(2022, 9, 26), True)])
def test_a_call_is_published_five_working_days(store, walked, on, opens):
    """Published on Friday 16 September: the fifth working day after is the 23rd."""
    pipeline = walked["pipeline_open_calls"]
    case = opened(store, pipeline, on=dt.date(2022, 9, 1)).case
    fields = {
        "domain": "新能源新材料",
        "problem": "x",
        "target_metric": "m",
        "target_value": 5,
        "reward": 100,
        "fiscal_part": 40,
        "bids": 2,
        "team": "t",
    }
    for step in ("to_selected", "to_posted", "to_bidding", "to_reviewed", "to_public"):
        assert taken(store, pipeline, case, step, on=dt.date(2022, 9, 16), fields=fields, files=PAPER).won
    done = taken(store, pipeline, case, "to_contracted", on=on, fields=fields, files=PAPER)

    assert (not isinstance(done, tuple)) is opens


@pytest.mark.parametrize(
    ("vat", "revenue", "opens"),
    [(1_999_999_999, 3_000_000_000, False), (2_000_000_000, 2_000_000_000, True), (3_000_000_000, 1_999_999_999, False)],
)
def test_a_candidate_qualifies_by_the_smaller_figure(store, walked, vat, revenue, opens):
    pipeline = walked["pipeline_above_scale_candidates"]
    case = opened(store, pipeline, on=dt.date(2022, 1, 4)).case
    taken(store, pipeline, case, "to_cultivated", fields={"build": "成长", "plan": "x"})
    taken(store, pipeline, case, "to_near_line")
    done = taken(store, pipeline, case, "to_qualified", fields={"vat_sales": vat, "revenue": revenue}, files=PAPER)

    assert (not isinstance(done, tuple)) is opens


def test_who_comes_second_is_told_and_writes_nothing(store, walked):
    pipeline = walked["pipeline_digital_equity"]
    case = opened(store, pipeline, on=dt.date(2022, 9, 1)).case
    assert taken(store, pipeline, case, "to_filed", files=PAPER).won
    late = walk_item(store, pipeline, case, "to_filed", COMMAND, NOW, Given(DAY, {}, files=PAPER), roles={"room"}, seen=0)

    assert not late.won
    assert (late.state, late.actor, late.edge) == ("filed", "chief", "to_filed")
    assert len(dialect.rows(store, "select 1 from dispatch_evidence")) == 1


def test_an_update_keeps_the_stage_and_needs_nothing(store, walked):
    pipeline = walked["pipeline_listing"]
    case = opened(store, pipeline).case
    done = taken(store, pipeline, case, UPDATE, fields={"tag": "专精特新"}, files=PAPER)
    found = case_log.read_case(store, case)

    assert done.won
    assert (found.state, found.ver, found.data["tag"]) == ("candidate", 1, "专精特新")
    assert list(days(store, case)) == ["candidate"]


def test_a_step_is_not_before_the_step_before_it_nor_in_the_future(store, walked):
    pipeline = walked["pipeline_digital_equity"]
    case = opened(store, pipeline, on=dt.date(2022, 9, 20)).case
    (early,) = taken(store, pipeline, case, "to_filed", on=dt.date(2022, 9, 19), files=PAPER)

    assert early.where == "time"
    assert taken(store, pipeline, case, "to_filed", on=dt.date(2022, 9, 20), files=PAPER).won, "the same day is in order"


def test_planned_days_change_and_actual_ones_stay(store, walked):
    pipeline = walked["pipeline_transport_works"]
    case = opened(store, pipeline, on=dt.date(2022, 9, 1)).case
    plan_days(store, case, {"started": dt.date(2022, 10, 1), "preparing": dt.date(2022, 8, 1)})
    plan_days(store, case, {"started": None})

    assert days(store, case) == {"preparing": (dt.date(2022, 8, 1), dt.date(2022, 9, 1)), "started": (None, None)}


def test_the_synthetic_items_are_written_once_and_verify(store, home, walked):
    """A second run adds nothing; every event chain is whole; each item's days agree with its events."""
    from yunxing.engines.registry.parties import Membership, Party
    from yunxing.io.store.registry import write_memberships, write_parties

    day = dt.date(2022, 1, 1)
    firms = [Party(f"E{n}", "enterprise", f"企业{n}", "", "371602", "371602", "32", "", "", day) for n in range(6)]
    projects = [Party(f"P{n}", "project", f"项目{n}", "", "371603", "371603", "32", "", "", day) for n in range(6)]
    write_parties(store, [*firms, *projects])
    write_memberships(
        store, [Membership("panel_100", one.id, day) for one in firms] + [Membership("key_projects", one.id, day) for one in projects]
    )
    pack = load_pack(PLAN)
    first = simulate_items(home, pack, store, dt.date(2022, 11, 8), seed=1, extra={})
    second = simulate_items(home, pack, store, dt.date(2022, 11, 8), seed=1, extra={})

    assert sum(first.values()) == sum(1 if one.kind == "document" else len(one.stages) for one in walked.values())
    assert second == {}
    for case, state, ver in dialect.rows(store, "select id, state, ver from casework_case"):
        events = case_log.events_of(store, case)
        assert [one.ver for one in events] == list(range(int(ver) + 1))
        assert events[-1].to_state == state
        assert days(store, case)[state][1] is not None
