"""`indicators.toml` of a pack: read strictly, checked, and turned into the engine's definitions. All faults are raised at once."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Annotated

from pydantic import Field

from yunxing.engines.indicators.definition import DueOf, Indicator, Kind, ScopeKind, Shown, Target, Threshold
from yunxing.packs.strict import PackFault, Strict, load
from yunxing.values.errors import BadInput, Fault
from yunxing.values.quantity import Comparator, Quantity, parse_quantity
from yunxing.values.stored import stored

FILE = "indicators.toml"
Word = Annotated[str, Field(min_length=1)]


class ThresholdEntry(Strict):
    """A limit of the card: `{ comparator = "lt", value = "7 天" }`."""

    comparator: Comparator
    value: Word


class TargetEntry(Strict):
    """The promise: the commitment's id and its number as the plan prints it."""

    commitment: Word
    value: Word
    comparator: Comparator = Comparator.ge


class ShownEntry(Strict):
    """How the figure is printed."""

    unit: Word
    unit_en: Word
    places: int = Field(ge=0, le=6)


class IndicatorEntry(Strict):
    """One `[[indicator]]`."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    name: Word
    name_en: Word
    meaning: Word
    meaning_en: Word
    formula: Word
    formula_en: Word
    statistic: Kind
    form: Word
    item: Word
    other: str = ""
    weight: str = ""
    roster: str = ""
    unit: Word
    headline: Word
    scopes: tuple[ScopeKind, ...]
    shown: ShownEntry
    office: Word
    coordinating: tuple[str, ...] = ()
    frequency: Word
    source: Word
    period: Word
    alarm: ThresholdEntry | None = None
    alarm_action: str = ""
    good: ThresholdEntry | None = None
    target: TargetEntry | None = None
    history: int = Field(default=0, ge=0, le=24)
    due: DueOf = "county"
    limits: dict[str, int] = {}
    published: dict[str, Word] = {}


class IndicatorsFile(Strict):
    """The whole file."""

    indicator: tuple[IndicatorEntry, ...]


def load_indicators(pack: Path) -> list[Indicator]:
    """The definitions of the pack, in the file's order.

    Errors: `PackFault` with every fault: unknown keys, a limit that is no quantity of the indicator's unit, one id twice, a missing roster.
    """
    path = pack / FILE
    entries = load(path, IndicatorsFile).indicator
    faults: list[Fault] = []
    seen: set[str] = set()
    found: list[Indicator] = []
    for entry in entries:
        place = f"indicator {entry.id}"
        if entry.id in seen:
            faults.append(Fault(str(path), place, f"the id {entry.id!r} a second time", "each id once"))
        seen.add(entry.id)
        if entry.statistic != "distinct_in_year" and not entry.roster:
            faults.append(Fault(str(path), f"{place}, roster", "nothing", "the roster whose members are due"))
        if entry.statistic == "stock_days" and not entry.other:
            faults.append(Fault(str(path), f"{place}, other", "nothing", "the item that holds the day's use"))
        try:
            found.append(_definition(entry))
        except BadInput as error:
            faults.append(Fault(str(path), place, str(error), "a quantity of the indicator's unit, such as “418 亿元” or “7 天”"))
    if faults:
        raise PackFault(faults)
    return found


def _definition(entry: IndicatorEntry) -> Indicator:
    plain = {name: getattr(entry, name) for name in IndicatorEntry.model_fields if name not in ("alarm", "good", "target", "shown")}
    headline_unit = "%" if entry.statistic in ("comparable_growth", "completeness", "timeliness", "party_change") else entry.unit
    return Indicator(
        **plain,
        shown=Shown(entry.shown.unit, entry.shown.unit_en, entry.shown.places),
        alarm=_threshold(entry.alarm, headline_unit),
        good=_threshold(entry.good, headline_unit),
        target=None
        if entry.target is None
        else Target(entry.target.commitment, in_stored_unit(entry.target.value, entry.unit), entry.target.value, entry.target.comparator),
    )


def _threshold(entry: ThresholdEntry | None, unit: str) -> Threshold | None:
    return None if entry is None else Threshold(entry.comparator, in_stored_unit(entry.value, unit), entry.value)


def in_stored_unit(text: str, unit: str) -> Fraction:
    """A printed quantity in a stored unit, exactly: "418 亿元" in fen. BadInput when the unit is unknown or of another dimension.

    >>> in_stored_unit("418 亿元", "fen"), in_stored_unit("-20%", "%")
    (Fraction(4180000000000, 1), Fraction(-20, 1))
    """
    quantity: Quantity = parse_quantity(text)
    return quantity.to(stored(unit).unit or unit).value
