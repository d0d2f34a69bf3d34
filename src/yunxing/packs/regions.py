"""Regions valid by date and the units that report: `lists/regions.toml`.

A reporting unit is not a region: a zone run by the city has no code of GB/T 2260 and lies inside a county. City total = sum over the units.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from yunxing.packs.lines import Lines
from yunxing.packs.strict import PackFault, Strict, load, located
from yunxing.values.codes import Region, RegionTable
from yunxing.values.errors import BadInput, Fault, nearest

RegionKind = Literal["county", "district", "zone", "city"]
Code = Annotated[str, Field(pattern=r"^\d{6}$")]


class RegionRow(Strict):
    """A region of GB/T 2260 with the days on which its code is valid, and the approval it began or ended by."""

    code: Code
    name: str
    name_en: str
    level: Literal["city", "county"]
    parent: Code | None = None
    from_: dt.date | None = Field(default=None, alias="from")
    to: dt.date | None = None
    successor: Code | None = None
    basis: str = ""


class UnitRow(Strict):
    """A unit that reports to the city: a county or district, or a zone run by the city. `tile` is column and row on the tile map."""

    id: Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9-]{1,11}$")]
    kind: Literal["county", "zone"]
    region: Code
    name: str
    name_en: str
    short: str = ""
    tile: tuple[int, int]

    @property
    def label(self) -> str:
        """The name for a tile or a table column."""
        return self.short or self.name


class RegionsFile(Strict):
    """`lists/regions.toml`."""

    source: str
    region: tuple[RegionRow, ...]
    unit: tuple[UnitRow, ...]


@dataclass(frozen=True)
class Regions:
    """The city's regions by date, and its reporting units in the order of bulletins."""

    source: str
    regions: tuple[RegionRow, ...]
    units: tuple[UnitRow, ...]

    def unit(self, id_: str) -> UnitRow:
        """The reporting unit of that id; BadInput with the nearest known one."""
        found = next((unit for unit in self.units if unit.id == id_), None)
        if found is None:
            near = nearest(id_, [unit.id for unit in self.units])
            raise BadInput(f"reporting unit {id_!r} is not in the plan." + (f" Did you mean {near!r}?" if near else ""))
        return found

    @cached_property
    def table(self) -> RegionTable:
        """The regions with their history, as the values storey looks them up by date."""
        kinds: dict[str, RegionKind] = {"city": "city", "county": "county"}
        return RegionTable(
            Region(row.code, row.name, row.from_, row.to, row.successor, row.parent, kinds[row.level]) for row in self.regions
        )


def load_regions(path: Path) -> Regions:
    """The regions and units of a pack. Faults: a parent, successor or region that is not listed, two units on one tile, a code twice."""
    read = load(path, RegionsFile)
    faults = _faults(path, read)
    if faults:
        raise PackFault(faults)
    return Regions(read.source, read.region, read.unit)


def _faults(path: Path, read: RegionsFile) -> list[Fault]:
    lines = Lines.of(path.read_text(encoding="utf-8"))
    codes = [region.code for region in read.region]
    faults: list[Fault] = []

    def fault(array: str, index: int, key: str, found: object, expected: str) -> None:
        faults.append(Fault(str(path), located(lines, (array, index, key)), str(found), expected))

    for index, region in enumerate(read.region):
        if codes.index(region.code) != index:
            fault("region", index, "code", region.code, "each code once")
        for key, code in (("parent", region.parent), ("successor", region.successor)):
            if code is not None and code not in codes:
                fault("region", index, key, code, f"a code of this file (nearest: {nearest(code, codes) or 'none'})")
        if region.from_ and region.to and region.to < region.from_:
            fault("region", index, "to", region.to, f"a day not before {region.from_}")
    ids = [unit.id for unit in read.unit]
    tiles = [unit.tile for unit in read.unit]
    for index, unit in enumerate(read.unit):
        if ids.index(unit.id) != index:
            fault("unit", index, "id", unit.id, "each id once")
        if tiles.index(unit.tile) != index:
            fault("unit", index, "tile", list(unit.tile), "a place of its own on the map")
        if unit.region not in codes:
            fault("unit", index, "region", unit.region, f"a code of this file (nearest: {nearest(unit.region, codes) or 'none'})")
        if unit.kind == "county" and unit.id != unit.region:
            fault("unit", index, "id", unit.id, f"the county's own code {unit.region}")
    return faults
