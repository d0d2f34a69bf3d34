"""Facts in question let into the totals: someone confirms them with a written cause, as a new version; the reported figure is never altered."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from yunxing.io import tables
from yunxing.values.errors import BadInput


def confirm_held(home: Path, form: str, month: str, party: str, *, cause: str, now: datetime) -> int:
    """Confirm what is held of a party in a month (`2022-09`) of a form; gives how many facts are held no more. Confirming twice changes nothing.

    Refused: an empty cause, nothing of that party and month, a closed month.
    """
    import polars as pl

    if not cause.strip():
        raise BadInput("确认挂起的数据须写明原因。")
    if (home / "tables" / "closed" / month).exists():
        raise BadInput(f"{month} 已结账；请作更正报送。")
    own = tables.facts_of_months(home, form, [month]).filter(pl.col("party") == party)
    if not own.height:
        raise BadInput(f"{form} {month} 没有 {party} 的数据。")
    held = own.filter("held")
    if not held.height:
        return 0
    known_at = pl.lit(now).cast(own.schema["known_at"])
    confirmed = held.with_columns(
        pl.lit(False).alias("held"),
        pl.lit(cause.strip()).alias("cause"),
        known_at.alias("known_at"),
        (pl.col("version") + 1).alias("version"),
    )
    tables.append_batch(home, month, form, confirmed)
    return int(confirmed.height)
