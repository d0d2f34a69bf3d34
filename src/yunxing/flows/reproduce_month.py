"""Recompute a closed month from the facts and compare: the same hash, or the first table and rows that differ."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from yunxing.flows import watch_month
from yunxing.flows.close_month import Plan, bulletin_writer, compute_month
from yunxing.io import snapshots
from yunxing.io.snapshots import PARTIAL, Snapshot
from yunxing.packs.pack import Pack
from yunxing.values.errors import BadInput
from yunxing.values.period import Month

SHOWN = 5
KEYS = {
    "indicators": ("indicator", "scope_kind", "scope", "period", "stat"),
    "contributions": ("indicator", "period", "scope", "party"),
    "signals": ("id",),
    "facts": ("form", "item", "role", "party", "period", "as_reported"),
    "registry": ("id",),
    "panel": ("roster", "party"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that differs between two snapshots: where, and what stood in each (None: no such row)."""

    table: str
    key: str
    was: dict[str, Any] | None
    now: dict[str, Any] | None

    def __str__(self) -> str:
        """`indicators, output_growth/…: num 1500 → 1400`."""
        if self.was is None or self.now is None:
            return f"{self.table}, {self.key}: {'a row that was not there' if self.was is None else 'the row is gone'}"
        changed = [f"{name} {self.was[name]!r} → {self.now[name]!r}" for name in self.was if self.was[name] != self.now.get(name)]
        return f"{self.table}, {self.key}: {', '.join(changed)}"


@dataclass(frozen=True, slots=True)
class Reproduced:
    """What was recomputed: the two hashes, and where they part (files that differ, and the first rows)."""

    snapshot: Snapshot
    hash: str
    files: tuple[str, ...]
    rows: tuple[Difference, ...]
    pack_changed: bool

    @property
    def same(self) -> bool:
        """Whether the recomputed hash is the closed month's."""
        return self.hash == self.snapshot.hash


def reproduce_month(home: Path, pack: Pack, month: Month, connection: Any) -> Reproduced:
    """Compute the newest snapshot of `month` again from the facts, as of the same instant, with the same previous month beside it.

    Errors: `BadInput` when the month is not closed, `DoesNotHold` when a file of the closed month is not what was sealed.
    """
    snapshot = snapshots.latest(home, month.code)
    if snapshot is None:
        months = ", ".join(snapshots.closed_months(home)) or "none"
        raise BadInput(f"{home}: {month.code} is not closed; closed months: {months}. To mend it: yunxing month close {month.code}")
    manifest = snapshot.manifest
    snapshots.check_sealed(snapshot)
    named = manifest["inputs"]["previous"]
    previous = Snapshot(snapshots.closed_folder(home) / month.previous().code / named) if named else None
    wishes = watch_month.wishes_from(manifest.get("watch", {}))
    computed = compute_month(
        home, Plan.of(pack), month, connection, as_of=datetime.fromisoformat(manifest["as_of"]), previous=previous, wishes=wishes
    )
    also = bulletin_writer(pack, month, previous) if snapshot.bulletin() is not None else None
    with snapshots.closing(home):
        folder = snapshots.closed_folder(home) / f"{PARTIAL}again-{month.code}"
        try:
            sealed = snapshots.fill(folder, month.code, computed.files, computed.head, also).partition(":")[2]
            again = Snapshot(folder)
            listed, stated = again.manifest["files"], manifest["files"]
            files = tuple(name for name in sorted({*listed, *stated}) if snapshots.is_figure(name) and listed.get(name) != stated.get(name))
            rows = tuple(differences(snapshot, again, files))[:SHOWN]
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return Reproduced(snapshot, sealed, files, rows, manifest["pack"]["digest"] != pack.digest)


def differences(was: Snapshot, now: Snapshot, files: tuple[str, ...] | None = None) -> Iterator[Difference]:
    """The rows that differ, table by table in the order of the journey; `files` limits it to the files that are known to differ."""
    for table, key in KEYS.items():
        if files is not None and f"{table}.parquet" not in files:
            continue
        old, new = (_keyed(one.table(table).to_pylist(), key) for one in (was, now))
        for name in sorted({*old, *new}):
            if old.get(name) != new.get(name):
                yield Difference(table, name, old.get(name), new.get(name))


def _keyed(rows: list[dict[str, Any]], key: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    return {"/".join(str(row[name]) for name in key): row for row in rows}
