"""What one enterprise reported against its own last report, as a table expression: the raw matter of incipient signals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yunxing.engines.indicators.panel import cells, members, slot_table
from yunxing.engines.indicators.window import Slot


def changes(facts: Any, membership: Any, party: Any, *, form: str, item: str, roster: str, slots: Sequence[Slot]) -> Any:
    """One row a slot and member: `current` and `previous` month as reported, null when absent or when the slot has no like period before it."""
    import ibis
    import pyarrow as pa

    table = slot_table(slots)
    earlier = ibis.memtable(
        pa.table(
            {"e_slot": pa.array(range(len(slots)), pa.int64()), "previous_code": pa.array([one.previous for one in slots], pa.string())}
        )
    )
    joined = members(membership, party, roster, table)
    joined = joined.join(earlier, joined.slot == earlier.e_slot).drop("e_slot")
    for prefix, on in (("c", "single"), ("p", "previous_code")):
        right = cells(facts, form, item, "value", "month", prefix)
        joined = joined.left_join(right, [joined.party == right[f"{prefix}_party"], joined[on] == right[f"{prefix}_period"]])
        joined = joined.drop(f"{prefix}_party", f"{prefix}_period", f"{prefix}_basis")
    return joined.select("slot", "single", "previous_code", "party", "unit", current=joined.c_value, previous=joined.p_value)
