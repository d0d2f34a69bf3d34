"""Load a pack's `city_lists.toml`: how the synthetic city fills the registry's lists. Strict, every fault at once."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from yunxing.packs.city import Reasoned, Share
from yunxing.packs.registers import load_registers
from yunxing.packs.strict import PackFault, Strict, load
from yunxing.values.errors import Fault, nearest

FILE = "city_lists.toml"
_RANGE = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)|(\d+)\.\.(\d+)")


class ListTable(Reasoned):
    """How one list is filled. `names` for rows of its own, or `pick` from who is there; neither: the members that are there get details."""

    roster: str
    names: tuple[str, ...] = ()
    count: Annotated[int, Field(ge=1)] | None = None
    pick: Annotated[str, Field(pattern=r"^(largest|roster:[a-z_0-9]+)$")] | None = None
    joined: tuple[dt.date, ...] = ()
    leave: Share = 0.0
    real: bool = False
    values: dict[str, str | tuple[str, ...]] = {}


class CityListsFile(Strict):
    """`city_lists.toml`."""

    list: tuple[ListTable, ...]


def load_city_lists(folder: Path) -> list[dict[str, Any]]:
    """The descriptions as plain tables, in order; none when the pack has no such file. PackFault for a list or column that is not there."""
    path = folder / FILE
    if not path.exists():
        return []
    read = load(path, CityListsFile)
    catalogue = load_registers(folder)
    faults: list[Fault] = []
    for at, row in enumerate(read.list, start=1):
        place = f"list › {at} ({row.roster})"
        roster = catalogue.rosters.get(row.roster)
        if roster is None:
            guess = nearest(row.roster, catalogue.rosters)
            faults.append(Fault(str(path), place, row.roster, f"a list of lists/rosters.toml (nearest: {guess or 'none'})"))
            continue
        columns = {one.id: one for one in (*catalogue.kinds[roster.kind].columns, *roster.columns)}
        for name, value in row.values.items():
            column = columns.get(name)
            if column is None:
                faults.append(
                    Fault(str(path), f"{place} › values", name, f"a column of the list (nearest: {nearest(name, columns) or 'none'})")
                )
            elif column.type in ("money", "rate", "count", "date") and not (isinstance(value, str) and _RANGE.fullmatch(value)):
                faults.append(
                    Fault(str(path), f"{place} › values › {name}", str(value), f"a range low..high for a column of type {column.type}")
                )
            elif column.type == "choice" and set(value) - {one.id for one in column.choices}:
                faults.append(Fault(str(path), f"{place} › values › {name}", str(value), "ids of the column's choices"))
        if (row.names or row.pick) and not row.joined:
            faults.append(Fault(str(path), place, "no day", "joined = [ … ], the days on which rows join"))
    if faults:
        raise PackFault(faults)
    return [row.model_dump(exclude={"source", "assumption"}, exclude_none=True) for row in read.list]
