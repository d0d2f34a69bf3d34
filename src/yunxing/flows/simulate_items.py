"""Walk the made-up items of the demonstration through their past: decided by the engines one by one, written in few large transactions. Idempotent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from yunxing.city.items import MadeItem, Place, make_items
from yunxing.engines.cases.case import SYSTEM, Case
from yunxing.engines.cases.definition import Definition
from yunxing.engines.cases.step import Decision, open_case, step
from yunxing.engines.dispatch.definition import Pipeline
from yunxing.engines.dispatch.schedule import Milestone
from yunxing.engines.dispatch.table import CHECKED, grade_for, grades_of
from yunxing.engines.dispatch.walk import field_values, obstacles
from yunxing.flows import walk_case
from yunxing.flows.walk_item import IN_HOURS, facts_of
from yunxing.io import files
from yunxing.io.store import case_log, dialect, dispatch_rows
from yunxing.io.store.registry import read_memberships, read_parties
from yunxing.packs.demonstration import load_demonstration
from yunxing.packs.pack import Pack
from yunxing.values.errors import DoesNotHold
from yunxing.values.office_hours import BEIJING, WorkingTime
from yunxing.values.workdays import Calendar

EXTRA = {
    "above_scale_candidates": 70,
    "first_permits": 14,
    "project_stages": 60,
    "land_parcels": 12,
    "arrears": 10,
    "listing": 10,
    "hiring_events": 12,
}


def simulate_items(
    home: Path, pack: Pack, connection: Any, last: date, *, seed: int, extra: Mapping[str, int] | None = None
) -> dict[str, int]:
    """Items of every pipeline, activity and paper as they stood on the day `last`; gives how many of each kind were added."""
    walked: dict[str, Pipeline] = pack.load_section("walked")
    tables: Mapping[str, Definition] = pack.load_section("cases")
    now = datetime.combine(last, IN_HOURS, BEIJING)
    walk_case.publish(connection, [tables[name] for name in walked], now - timedelta(days=365))
    made = make_items(list(walked.values()), place_of(pack, connection, last), seed, extra=EXTRA if extra is None else extra)
    return write_items(home, connection, made, tables, now)


def place_of(pack: Pack, connection: Any, last: date) -> Place:
    """The firms of the panel, the key projects and the reporting units that items are made of."""
    parties = read_parties(connection, on=last)
    on_list = {name: [m.party for m in read_memberships(connection, roster=name, on=last)] for name in ("panel_100", "key_projects")}
    firms = [one for one in on_list["panel_100"] if one in parties] or [one.id for one in parties.values() if one.kind == "enterprise"]
    projects = [one for one in on_list["key_projects"] if one in parties] or [one.id for one in parties.values() if one.kind == "project"]
    named = {id_: (id_, parties[id_].name, parties[id_].unit) for id_ in (*firms, *projects)}
    return Place(
        enterprises=[named[one] for one in sorted(set(firms))],
        projects=[named[one] for one in sorted(set(projects))],
        units=[unit.id for unit in pack.regions.units],
        last=last,
        words=load_demonstration(pack.folder),
    )


def write_items(home: Path, connection: Any, made: Sequence[MadeItem], tables: Mapping[str, Definition], now: datetime) -> dict[str, int]:
    """The items that are not there yet, with their events, days and papers. A step that its pipeline refuses is a bug of the generator: DoesNotHold."""
    there = dispatch_rows.walked_cases(connection)
    calendar = Calendar(now.date())
    decisions: list[Decision] = []
    days: list[tuple[str, str, date | None, date | None]] = []
    papers: list[tuple[str, str, str, date]] = []
    counts: dict[str, int] = {}
    for item in made:
        id_ = walk_case.case_id(item.pipeline.case_kind, item.key)
        if id_ in there:
            continue
        table = tables[item.pipeline.case_kind]
        found, actual = decided(item, id_, table, WorkingTime(calendar, table.hours), calendar)
        decisions += found
        days += [(id_, stage, item.planned.get(stage), actual.get(stage)) for stage in dict.fromkeys((*item.planned, *actual))]
        papers += [(id_, one.event.to_state, stop.paper, stop.on) for one, stop in zip(found[1:], item.stops, strict=True) if stop.paper]
        counts[item.pipeline.case_kind] = counts.get(item.pipeline.case_kind, 0) + 1
    kept = dict(zip([one[2] for one in papers], files.keep_all(home, [one[2].encode() for one in papers]), strict=True))
    with dialect.transaction(connection):
        case_log.record_many(connection, decisions)
        dispatch_rows.add_milestones(connection, days)
        for case, stage, paper, on in papers:
            dispatch_rows.add_evidence(connection, case, stage, [(kept[paper], paper)], on, "demonstration")
    return counts


def decided(item: MadeItem, id_: str, table: Definition, time: WorkingTime, calendar: Calendar) -> tuple[list[Decision], dict[str, date]]:
    """Every decision of the item's past, and the day each stage was entered."""
    pipeline = item.pipeline
    fields = {name: value for name, value in item.fields.items() if value is not None}
    at = datetime.combine(item.opened, IN_HOURS, BEIJING)
    case = Case(
        id=id_, definition=table.id, version=table.version, subject=f"{pipeline.subject}:{item.party or item.unit}"[:100], state=table.first, owner="",
        opened=at, changed=at, lead=item.office, unit=item.unit, party=item.party, origin=f"desk:{item.key}", opened_by="demonstration", title=item.title,
        grade=grade_for(pipeline, {**fields}), data=fields,
    )  # fmt: skip
    found = [open_case(table, case, SYSTEM, at, time)]
    actual = {pipeline.first: item.opened}
    for stop in item.stops:
        at = datetime.combine(stop.on, IN_HOURS, BEIJING)
        case = found[-1].case
        milestones = [Milestone(case.state, None, actual[case.state])]
        known = field_values(pipeline, fields)
        facts = facts_of(None, pipeline, case, known, milestones, stop.on, calendar, cuts=0)
        reason = f"{stop.pause_reason}：{stop.reason}" if stop.pause_reason else stop.reason
        against = obstacles(
            pipeline, case.state, stop.step, roles={"room"}, fields=known, facts=facts, reason=reason, evidence=bool(stop.paper)
        )
        given = {
            **fields,
            CHECKED: True,
            "reason": reason,
            "evidence": [stop.paper] if stop.paper else [],
            "pause_reason": stop.pause_reason,
        }
        given |= {"notice": given["evidence"], "grade": grade_for(pipeline, known) if grades_of(pipeline) else ""}
        done = step(
            table, case, stop.step, SYSTEM, {name: one for name, one in given.items() if one not in ("", [])}, at, time, effective=at
        )
        if against or not isinstance(done, Decision):
            told = [one.zh for one in against] or [getattr(done, "words", "")]
            raise DoesNotHold(f"{pipeline.id}, {item.key}: {stop.step} from {case.state}: {'；'.join(told)}")
        found.append(done)
        actual[done.case.state] = stop.on
    return found, actual
