"""Which of the plan ran in a closed month: read the month's tables, and say for each id what it left there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from yunxing.io import snapshots
from yunxing.io.snapshots import Snapshot
from yunxing.packs.pack import Pack
from yunxing.packs.sections import present
from yunxing.packs.status import PlanStatus, status
from yunxing.values.errors import BadInput
from yunxing.values.period import Month, parse_period


def status_of(home: Path, pack: Pack, month: str) -> PlanStatus:
    """The plan in a month (the newest closed one when `month` is empty). BadInput when the code is no month or the month is not closed."""
    closed = snapshots.closed_months(home)
    if not month and closed:
        month = closed[-1]
    if not month:
        raise BadInput(f"{home}: found no closed month, expected one; close it with: yunxing month close 2022-09")
    if not isinstance(parse_period(month), Month):
        raise BadInput(f"--month: found {month!r}, expected a month such as 2022-09.")
    snapshot = snapshots.latest(home, month)
    if snapshot is None:
        raise BadInput(
            f"{month} is not closed in {home}; closed months: {', '.join(closed) or 'none'}. Close it with: yunxing month close {month}"
        )
    return status(pack, month, f"sha256:{snapshot.hash}", seen_in(pack, snapshot))


def seen_in(pack: Pack, snapshot: Snapshot) -> dict[str, str]:
    """For each id of the pack that left a trace in the month, what it was, in Chinese and English."""
    seen: dict[str, str] = {}
    end = parse_period(snapshot.month).end
    for row in snapshot.rows():
        # a figure of an earlier month, kept for comparison, is no trace of this one
        if row["num"] is not None and row["scope_kind"] == "city" and parse_period(row["period"]).end == end:
            seen[f"indicator:{row['indicator']}"] = f"{row['period']} 有数 has a value"
    for form, count in _counted(snapshot, "facts", "form").items():
        seen[f"form:{form}"] = f"{count} 条事实 facts"
    seen |= _without_events(pack, seen)
    rosters = Counter(name for row in _rows(snapshot, "registry", "rosters") for name in row.split(",") if name)
    for roster, count in rosters.items():
        seen[f"list:{roster}"] = f"{count} 个主体 parties"
    found = _counted(snapshot, "signals", "rule")
    for id_ in pack.entries:
        kind, _, name = id_.partition(":")
        if kind == "signal":  # every rule runs in every month; finding nothing is an answer too
            seen[id_] = f"{found.get(name, 0)} 条信号 signals"
    for case, count in Counter(str(one["definition"]) for one in snapshot.cases).items():
        seen[f"case:{case}"] = f"{count} 件提议 proposed"
    if snapshot.bulletin() is not None:
        seen["document:monthly_bulletin"] = "已生成 written"
    return seen


def _without_events(pack: Pack, seen: Mapping[str, str]) -> dict[str, str]:
    """Forms that report events and had none, while an indicator that counts them has its value: no event is an answer too."""
    if not (present(pack.folder, "forms") and present(pack.folder, "indicators")):
        return {}
    forms = pack.load_section("forms")
    counted = {one.form for one in pack.load_section("indicators") if f"indicator:{one.id}" in seen}
    quiet = [name for name in counted if name in forms and forms[name].cycle == "event" and f"form:{name}" not in seen]
    return {f"form:{name}": "当月无事件 no event in the month" for name in quiet}


def _rows(snapshot: Snapshot, table: str, column: str) -> list[Any]:
    return [value for value in snapshot.table(table, [column]).column(column).to_pylist() if value is not None]


def _counted(snapshot: Snapshot, table: str, column: str) -> Counter[Any]:
    return Counter(_rows(snapshot, table, column))
