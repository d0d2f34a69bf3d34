"""Profiles as they were assessed: one Parquet file for each policy, by content, so that a page reads one party's row and a decision can be replayed.

`tables/profiles/<policy>/<hash>.parquet`, and `current.json` beside it with the day and the hash in force. Nothing is overwritten but that pointer.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yunxing.io.files import write_atomic
from yunxing.values.digest import digits

if TYPE_CHECKING:
    import polars as pl

FOLDER = Path("tables") / "profiles"
POINTER = "current.json"


def keep(home: Path, on: date, frames: Mapping[str, pl.DataFrame]) -> dict[str, str]:
    """Write each policy's profiles and point at them; the hash of each. The same profiles again change nothing but the day."""
    found: dict[str, str] = {}
    for policy, frame in sorted(frames.items()):
        buffer = io.BytesIO()
        frame.sort("party").write_parquet(buffer, compression="zstd")
        found[policy] = digits(buffer.getvalue())[:32]
        path = home / FOLDER / policy / f"{found[policy]}.parquet"
        if not path.exists():
            write_atomic(path, buffer.getvalue())
        pointer = {"on": on.isoformat(), "hash": found[policy], "rows": frame.height}
        write_atomic(home / FOLDER / policy / POINTER, json.dumps(pointer).encode())
    return found


def days(home: Path) -> dict[str, date]:
    """The policies that have profiles, with the day these are of."""
    found = {path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted((home / FOLDER).glob(f"*/{POINTER}"))}
    return {policy: date.fromisoformat(pointer["on"]) for policy, pointer in found.items()}


def of_policy(home: Path, policy: str) -> pl.LazyFrame | None:
    """All profiles of a policy as a plan; None where there are none."""
    import polars as pl

    path = home / FOLDER / policy / POINTER
    if not path.is_file():
        return None
    pointer = json.loads(path.read_text(encoding="utf-8"))
    return pl.scan_parquet(path.with_name(f"{pointer['hash']}.parquet"))


def of_party(home: Path, party: str) -> dict[str, list[dict[str, Any]]]:
    """By policy, the rows of a party: its own, and those of which it is the payee (a project's enterprise)."""
    import polars as pl

    found: dict[str, list[dict[str, Any]]] = {}
    for policy in days(home):
        frame = of_policy(home, policy)
        if frame is None:
            continue
        mine = pl.col("party") == party
        if "payee" in frame.collect_schema():
            mine = mine | (pl.col("payee") == party)
        rows = frame.filter(mine).sort("party").collect().rows(named=True)
        if rows:
            found[policy] = rows
    return found
