"""Which projects stand still (停滞): aside unfinished, a milestone red, or so far behind the calendar that the command's bound is passed.

The schedule gap is the project's share of its annual plan done by the newest closed month, minus the share of the year gone; preparatory projects and projects without a plan have
none. The bound stands in the pack (`command.toml`), strictly below it counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from yunxing.desk.casework.models import Case
from yunxing.desk.dispatch.place import command_rules
from yunxing.desk.room.board import Board, open_board
from yunxing.desk.room.shell import board_of
from yunxing.engines.dispatch import schedule
from yunxing.engines.dispatch.definition import Pipeline
from yunxing.engines.indicators.window import cumulative_code
from yunxing.values.quantity import format_number

FORM, ITEM = "project_month", "investment"
NOTHING: Mapping[str, Fraction] = {}


def gaps(pipeline: Pipeline) -> Mapping[str, Fraction]:
    """The schedule gap in points of every project that has one, by party; empty for pipelines of other subjects and before the first closed month."""
    board = board_of() if pipeline.subject == "project" else None
    return _gaps(str(board.snapshot.folder)) if board is not None else NOTHING


@lru_cache(maxsize=4)
def _gaps(folder: str) -> Mapping[str, Fraction]:
    board = open_board(folder)
    plans = plans_of(board)
    found = {}
    for party, done in done_of(board, plans).items():
        gap = schedule.schedule_gap(done, plans[party], board.month.month)
        if gap is not None:
            found[party] = gap
    return found


def plans_of(board: Board) -> dict[str, int]:
    """The annual plan in fen of every project that is past preparation, as the registry stood at the month's end."""
    found = {}
    for one in board.snapshot.table("registry", ["id", "attributes"]).to_pylist():
        attributes = json.loads(one["attributes"] or "{}")
        plan = attributes.get("annual_plan_fen")
        if plan and not attributes.get("is_preparatory"):
            found[str(one["id"])] = int(plan)
    return found


def done_of(board: Board, parties: Iterable[str]) -> dict[str, int]:
    """What those projects completed from January to the month, as reported; who did not report is left out."""
    import pyarrow as pa
    import pyarrow.compute as pc

    table = board.snapshot.table("facts")
    asked = {"form": FORM, "item": ITEM, "role": "value", "as_reported": "cumulative", "period": cumulative_code(board.month)}
    for name, value in asked.items():
        table = table.filter(pc.equal(table[name], value))
    table = table.filter(pc.is_in(table["party"], pa.array(sorted(parties), pa.string())))
    return {str(one["party"]): int(one["value"]) for one in table.to_pylist() if one["value"] is not None and not one["held"]}


def is_still(pipeline: Pipeline, state: str, at: schedule.Standing, gap: Fraction | None) -> bool:
    """Whether an item in this state is to be looked at. What has come to an end stands still no more."""
    if not pipeline.planned_dates or state in pipeline.ends:
        return False
    return schedule.stands_still(at, gap, command_rules().still_gap, aside=pipeline.stage(state).aside)


def why_still(pipeline: Pipeline, state: str, at: schedule.Standing, gap: Fraction | None) -> str:
    """In words, why; empty when it does not."""
    if not is_still(pipeline, state, at, gap):
        return ""
    reasons = []
    bound = command_rules().still_gap
    if pipeline.stage(state).aside:
        reasons.append(_("处于停滞阶段"))
    if at.colour == "red":
        reasons.append(_("节点超期 %(n)s 天") % {"n": at.late_days})
    if gap is not None and gap < bound:
        reasons.append(
            _("落后时序 %(gap)s 个百分点（界线 %(bound)s）") % {"gap": format_number(-gap, 1), "bound": format_number(-bound, 0)}
        )
    return "；".join(reasons)


def gap_words(gap: Fraction | None) -> str:
    """「-23.4」; a dash where there is no plan or no report."""
    return "—" if gap is None else format_number(gap, 1)


def still_ids(pipeline: Pipeline, cases: Iterable[Case], days: Mapping[str, Any], day: Any) -> list[str]:
    """The open items that stand still."""
    found = gaps(pipeline)
    return [
        one.id
        for one in cases
        if one.is_open
        and is_still(pipeline, one.state, schedule.standing(pipeline, one.state, days.get(one.id, ()), day), found.get(one.party))
    ]
