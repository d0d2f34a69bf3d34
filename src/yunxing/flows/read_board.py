"""A closed month's tables to the board a bulletin is written from. The only place that knows both the snapshot's columns and the bulletin's words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from yunxing.engines.bulletins.board import Board, Commitment, Project, Signal, Unit
from yunxing.engines.facts.table import SHANGHAI
from yunxing.engines.indicators.rows import Row, row_from
from yunxing.io.snapshots import Snapshot
from yunxing.packs.pack import Pack
from yunxing.packs.plan import Commitment as Promise
from yunxing.values.codes import industries
from yunxing.values.period import day_of, parse_month
from yunxing.values.quantity import Quantity, unit

_STORED = {
    "money": ("分", "fen"),
    "mass": ("千克", "kg"),
    "calendar days": ("天", "days"),
    "firms": ("家", "firms"),
    "households": ("户", "firms"),
    "share": ("%", "%"),
}
_ABSENT = "not_reported"
PROJECT_FORM, KEY_PROJECTS = "project_month", "key_projects"  # ids of the shapes every pack shares (docs/architecture.md)
NOT_STARTED = ("reserve", "preparatory")


def read_board(closed: Snapshot, pack: Pack, previous: Snapshot | None = None) -> Board:
    """Everything the month's bulletin may say.

    The digest it prints is that of the month's figures (`figures` of the manifest): the bulletin lies in the closed month, whose own hash cannot stand in it.
    """
    manifest = closed.manifest
    month = str(manifest["month"])
    rows = _rows(closed)
    names = {code: office.short for code, office in pack.offices.items()}
    return Board(
        month=parse_month(month),
        rows=rows,
        units=tuple(Unit(one.id, one.label) for one in pack.regions.units),
        commitments=tuple(_commitments(pack)),
        signals=tuple(_signal(row, names) for row in closed.table("signals").to_pylist() if row.get("state") != "closed"),
        projects=_projects(closed, pack),
        previous=_rows(previous) if previous else (),
        names=_indicator_names(pack),
        industries={code: division.zh for code, division in industries().items()},
        as_of=datetime.fromisoformat(manifest["as_of"]).astimezone(SHANGHAI).date().isoformat(),
        snapshot=str(manifest["figures"]),
        synthetic=bool(manifest.get("synthetic", pack.document.synthetic.demonstration_data)),
        provisional=any(row.absence == _ABSENT and row.scope_kind == "unit" for row in rows),
    )


def _rows(closed: Snapshot) -> tuple[Row, ...]:
    return tuple(row_from(plain) for plain in closed.rows())


def _indicator_names(pack: Pack) -> dict[str, str]:
    return {one.id: one.name for one in pack.load_section("indicators")}


def _commitments(pack: Pack) -> Iterable[Commitment]:
    """The promises with a light, in the stored unit of their indicator."""
    for promise in pack.commitments:
        bound = _bound(promise)
        if bound is None or promise.indicator is None:
            continue
        value, stored = bound
        yield Commitment(
            promise.id,
            promise.title,
            promise.indicator,
            value.numerator,
            value.denominator,
            stored,
            promise.comparison,
            f"{pack.document.short_number}/{promise.clause}",
        )


def _bound(promise: Promise) -> tuple[Fraction, str] | None:
    if promise.amount is None or not promise.is_promise:
        return None
    dimension = unit(promise.unit).dimension
    if dimension not in _STORED:
        return None
    name, stored = _STORED[dimension]
    return Quantity(promise.amount, promise.unit).to(name).value, stored


def _signal(row: Mapping[str, Any], names: Mapping[str, str]) -> Signal:
    evidence = json.loads(row.get("evidence") or "{}")
    rests_on = tuple(one["row"] for one in evidence.get("figures", []) if one.get("row")) if isinstance(evidence, dict) else ()
    return Signal(
        id=row["id"],
        kind=row["kind"],
        words=row["words_zh"],
        owner=names.get(row["owner"] or "", row["owner"] or ""),
        deadline=str(row["deadline"] or ""),
        severity=int(row["severity"] or 0),
        score=Fraction(row["score_num"] or 0, row["score_den"] or 1),
        provisional=bool(row["provisional"]),
        scope_kind=row["scope_kind"],
        scope=row["scope"],
        rows=rests_on,
    )


def _projects(closed: Snapshot, pack: Pack) -> tuple[Project, ...]:
    """The key projects of the registry. One has started when its start was reported or its stage says so; nothing reported is neither yes nor no."""
    import pyarrow.compute as pc

    stages = _stages(pack)
    started: dict[str, bool] = {}
    reported = closed.table("facts", ["form", "item", "party", "value"])
    for fact in reported.filter(pc.field("form") == PROJECT_FORM).to_pylist():
        if fact["value"] is None:
            continue
        if fact["item"] == "started_on":
            started[fact["party"]] = True
        elif fact["item"] == "stage":
            stage = stages[fact["value"]] if fact["value"] < len(stages) else ""
            started[fact["party"]] = started.get(fact["party"], False) or stage not in NOT_STARTED
    projects = []
    for party in closed.table("registry").to_pylist():
        if party["kind"] != "project" or KEY_PROJECTS not in (party.get("rosters") or "").split(","):
            continue
        known = json.loads(party["attributes"] or "{}")
        preparatory, planned = bool(known.get("is_preparatory")), _day(known.get("planned_start"))
        projects.append(Project(party["id"], party["name"], party["unit"], planned, started.get(party["id"]), preparatory))
    return tuple(projects)


def _stages(pack: Pack) -> tuple[str, ...]:
    """The ids of the stages of a project in the order in which facts number them."""
    form = pack.load_section("forms")[PROJECT_FORM]
    return tuple(option.id for item in form.items if item.id == "stage" for option in item.options)


def _day(value: object) -> date | None:
    if isinstance(value, int):
        return day_of(value)
    return date.fromisoformat(value[:10]) if isinstance(value, str) and value else None
