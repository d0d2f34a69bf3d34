"""Which cells of a closed month are not told to those whose scope does not hold them: after scope and computing, before any page, export or text.

The pattern (`engines.facts.suppress`) is that of the whole year's published table, reporting units by industries with their totals, months and cumulatives
together; it is found once a closed month and indicator, since a closed month never changes.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from yunxing.engines.facts.suppress import NOTHING, TOTAL, Pattern, pattern

if TYPE_CHECKING:
    from yunxing.io.snapshots import Snapshot

__all__ = ["hides", "month_pattern"]


def hides(snapshot: Snapshot, form: str, item: str, unit: str = TOTAL, industry: str = TOTAL) -> bool:
    """Whether the cell of a unit and an industry (a margin where one is not given) is kept back from those who may not see single respondents."""
    return month_pattern(snapshot, form, item).hides(unit, industry)


def month_pattern(snapshot: Snapshot, form: str, item: str) -> Pattern:
    """The cells kept back of one item of a closed month; nothing for items without figures of parties."""
    return _found(snapshot, str(snapshot.folder), form, item)


@lru_cache(maxsize=256)
def _found(snapshot: Snapshot, _folder: str, form: str, item: str) -> Pattern:
    import polars as pl

    columns = ["form", "item", "role", "party", "unit", "industry", "period", "as_reported", "value", "held"]
    facts = pl.DataFrame(pl.from_arrow(snapshot.table("facts", columns)))
    own = facts.filter((pl.col("form") == form) & (pl.col("item") == item) & (pl.col("role") == "value") & ~pl.col("held"))
    own = own.filter(pl.col("value").is_not_null() & pl.col("period").str.starts_with(str(snapshot.manifest["month"])[:4]))
    if not own.height or (own["as_reported"] == "day").all() or (own["party"] == own["unit"]).all():
        return NOTHING  # daily stocks are shown by site, units' own totals are of many respondents
    named = own.select(
        pl.col("unit").alias("row"),
        pl.col("industry").alias("column"),
        "period",
        pl.col("party").str.split("/").list.first().alias("party"),
        "value",
    )
    return pattern(named)
