"""Load a pack's `city_forms.toml`: how the synthetic city makes the figures of further forms. Strictly, every fault at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from yunxing.packs.city import MonthCode, Reasoned, Text
from yunxing.packs.strict import PackFault, Strict, load
from yunxing.values.errors import BadInput, Fault, nearest
from yunxing.values.money import parse_rate


def _number(text: object) -> float:
    """A plain number or a share with its sign, written as text; the generator's own arithmetic is in floats, no figure of the plan passes here."""
    try:
        return float(parse_rate(str(text))) if str(text).endswith("%") else float(str(text))
    except (BadInput, ValueError) as bad:
        raise ValueError(f"{text!r} is no number and no share") from bad


Number = Annotated[float, BeforeValidator(_number)]


class MemberTable(Strict):
    """A party made here. `unit` is a reporting unit's code, empty for a party of the whole city."""

    name: Text
    unit: str = ""
    industry: str = ""
    weight: Number = 1.0
    attributes: dict[str, int | str | bool] = {}


class RosterTable(Reasoned):
    """Who is on a roster."""

    id: Text
    kind: Text = "enterprise"
    prefix: str = ""
    members: tuple[MemberTable, ...] = ()
    firms: Annotated[int, Field(ge=0)] = 0
    skip: Annotated[int, Field(ge=0)] = 0
    industries: tuple[str, ...] = ()


class FallsTable(Strict):
    """Rows whose stock stands at a share of itself from a month on."""

    since: MonthCode
    share: Number
    rows: tuple[Annotated[int, Field(ge=0)], ...]


class ItemTable(Strict):
    """The recipe of one item."""

    id: Text
    kind: Literal["flow", "stock", "level", "share", "rest", "quotient", "choice", "stage", "flag", "date"]
    base: Number = 0.0
    spread: Number = 0.5
    growth: Number = 0.06
    noise: Number = 0.02
    seasonal: bool = False
    places: Annotated[int, Field(ge=0, le=4)] = 2
    of: str = ""
    less: tuple[str, ...] = ()
    low: Number = 0.0
    high: Number = 0.0
    scale: Annotated[int, Field(ge=1)] = 1
    weights: dict[str, Number] | None = None
    days: dict[str, str] | None = None
    falls: FallsTable | None = None


class FormTable(Reasoned):
    """The recipe of one form."""

    id: Text
    first: MonthCode
    picks: Annotated[int, Field(ge=0)] = 0
    months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = ()
    detail_months: dict[str, Annotated[int, Field(ge=1, le=12)]] = {}
    items: tuple[ItemTable, ...] = ()


class FaultTable(Reasoned):
    """One planted mistake."""

    form: Text
    month: MonthCode
    row: Annotated[int, Field(ge=0)]
    item: Text
    kind: Literal["unit_slip", "letter_o", "stale", "above_whole"]


class CityFormsFile(Strict):
    """`city_forms.toml`."""

    rosters: tuple[RosterTable, ...] = ()
    forms: tuple[FormTable, ...] = ()
    faults: tuple[FaultTable, ...] = ()


def load_city_forms(path: Path, forms: Any) -> dict[str, Any]:
    """The tables as plain values, held against the pack's forms; nothing where the pack has no such file. PackFault with every problem."""
    if not path.exists():
        return CityFormsFile().model_dump()
    read = load(path, CityFormsFile)
    faults = [Fault(str(path), place, found, expected) for place, found, expected in _problems(read, forms)]
    if faults:
        raise PackFault(faults)
    return read.model_dump()


def _problems(read: CityFormsFile, forms: Any) -> Iterator[tuple[str, str, str]]:
    for table in read.forms:
        if table.id not in forms:
            guess = nearest(table.id, forms)
            yield f"forms › {table.id}", "no such form", f"a form of the pack (did you mean {guess}?)" if guess else "a form of the pack"
            continue
        items = {item.id: item for item in forms[table.id].items}
        made: set[str] = set()
        for item in table.items:
            place = f"forms › {table.id} › {item.id}"
            if item.id not in items:
                yield place, "no such item", "one of " + ", ".join(items)
                continue
            for name in (item.of, *item.less):
                if name and name not in made:
                    yield place, f"made of {name}, which does not stand above it", "an item made before it"
            if item.kind in ("choice", "stage") and list(item.weights or {}) != [option.id for option in items[item.id].options]:
                yield place, f"weights of {', '.join(item.weights or {})}", "one for each option, in order"
            made.add(item.id)
        missing = [item.id for item in items.values() if item.required and item.id not in made]
        if missing and forms[table.id].cycle != "day":
            yield f"forms › {table.id}", f"no recipe for {', '.join(missing)}", "one for every required item"
    known = {table.id for table in read.forms}
    for fault in read.faults:
        if fault.form not in known:
            yield f"faults › {fault.form}", "no recipe of that form", "one of " + ", ".join(sorted(known))
