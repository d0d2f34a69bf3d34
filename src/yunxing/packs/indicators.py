"""`indicators.toml` of a pack: read strictly, checked, and turned into the engine's definitions. All faults are raised at once."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Annotated

from pydantic import Field

from yunxing.engines.facts.form import Form, Item
from yunxing.engines.facts.units import convertible
from yunxing.engines.indicators.definition import DueOf, Indicator, Kind, ScopeKind, Shown, Target, Threshold
from yunxing.engines.indicators.formula import LAST_YEAR, REGISTRY, REGISTRY_ITEMS, Condition, Figure, Over, Take, Term, names, wanted
from yunxing.packs.forms import load_form
from yunxing.packs.strict import PackFault, Strict, load
from yunxing.values.errors import BadInput, Fault, nearest
from yunxing.values.money import parse_rate
from yunxing.values.quantity import Comparator, Quantity, parse_number, parse_quantity
from yunxing.values.stored import STORED, stored

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


class ConditionEntry(Strict):
    """`{ item = "profit", comparator = "lt", value = "0 万元" }`, or `than = "another item"`; a choice's option and yes or no are written as they are."""

    item: Word
    comparator: Comparator
    value: str = ""
    than: str = ""


class TermEntry(Strict):
    """One `terms` entry of a `formula`."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    item: str = ""
    over: Over = "cumulative"
    take: Take = "sum"
    where: tuple[ConditionEntry, ...] = ()
    needs: tuple[Word, ...] = ()
    detail: tuple[Word, ...] = ()
    times: str = ""
    blank_is_zero: bool = False


class FigureEntry(Strict):
    """One `figures` entry of a `formula`."""

    stat: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    formula: Word
    unit: Word
    name: Word
    name_en: Word


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
    item: str = ""
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
    terms: tuple[TermEntry, ...] = ()
    figures: tuple[FigureEntry, ...] = ()
    base_year: int = Field(default=0, ge=0, le=2100)
    chained: bool = False
    weights: dict[str, Word] = {}
    deflator: str = ""


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
        if entry.statistic not in ("distinct_in_year", "formula") and not entry.roster:
            faults.append(Fault(str(path), f"{place}, roster", "nothing", "the roster whose members are due"))
        if entry.statistic != "formula" and not entry.item:
            faults.append(Fault(str(path), f"{place}, item", "nothing", "the item of the form that is counted"))
        if entry.statistic == "stock_days" and not entry.other:
            faults.append(Fault(str(path), f"{place}, other", "nothing", "the item that holds the day's use"))
        try:
            known = load_form(pack / "forms" / f"{entry.form}.toml") if entry.statistic in ("formula", "weighted_index") else None
            form = known if entry.statistic == "formula" else None
            if form is not None:
                faults += formula_faults(path, place, entry, form)
            faults += index_faults(path, place, entry, known)
            found.append(_definition(entry, form))
        except BadInput as error:
            faults.append(Fault(str(path), place, str(error), "a quantity of the indicator's unit, such as “418 亿元” or “7 天”"))
    if faults:
        raise PackFault(faults)
    return found


def _definition(entry: IndicatorEntry, form: Form | None = None) -> Indicator:
    apart = ("alarm", "good", "target", "shown", "terms", "figures", "weights")
    plain = {name: getattr(entry, name) for name in IndicatorEntry.model_fields if name not in apart}
    headline_unit = "%" if entry.statistic in ("comparable_growth", "completeness", "timeliness", "party_change") else entry.unit
    return Indicator(
        **plain,
        terms=tuple(term_of(one, form) for one in entry.terms) if form is not None else (),
        figures=tuple(Figure(**dict(one)) for one in entry.figures),
        weights={code: parse_rate(text) for code, text in entry.weights.items()},
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


def formula_faults(path: Path, place: str, entry: IndicatorEntry, form: Form) -> list[Fault]:
    """What a `formula` card asks for and its form has not: items, second keys, roles, terms nobody defines or uses, a headline that is no figure."""
    found: list[Fault] = []

    def fault(where: str, what: str, expected: str) -> None:
        found.append(Fault(str(path), f"{place}, {where}", what, expected))

    known = {item.id: item for item in form.items}
    keys = {option.id for option in form.detail.options} if form.detail else set()
    for term in entry.terms:
        items = [term.item, term.times, *term.needs, *(one.item for one in term.where), *(one.than for one in term.where)]
        for name in (one for one in items if one):
            bare = name.removesuffix(LAST_YEAR)
            if name.startswith(REGISTRY):
                if name.removeprefix(REGISTRY) not in REGISTRY_ITEMS:
                    fault(f"term {term.name}", f"{name!r}", "one of " + ", ".join(REGISTRY + one for one in REGISTRY_ITEMS))
            elif bare not in known:
                near = nearest(bare, known)
                fault(
                    f"term {term.name}",
                    f"the item {bare!r}",
                    f"an item of the form {form.id}" + (f"; did you mean {near!r}?" if near else ""),
                )
            elif name != bare and not known[bare].last_year:
                fault(f"term {term.name}", f"{name!r}", "an item with last_year = true")
        if term.take not in ("count", "distinct") and not term.item:
            fault(f"term {term.name}", "no item", "the item that is taken")
        for key in term.detail if keys else ():
            if key not in keys:
                fault(f"term {term.name}", f"the second key {key!r}", "one of " + ", ".join(sorted(keys)))
    defined, used = [one.name for one in entry.terms], set()
    for one in entry.figures:
        try:
            mine = names(one.formula)
        except BadInput as error:
            fault(f"figure {one.stat}", str(error), "a formula over the terms")
            continue
        used |= mine
        for name in sorted(mine - set(defined)):
            near = nearest(name, defined)
            fault(f"figure {one.stat}", f"the term {name!r}", "a term of this indicator" + (f"; did you mean {near!r}?" if near else ""))
        if one.unit not in STORED:
            fault(f"figure {one.stat}, unit", f"{one.unit!r}", "one of " + ", ".join(STORED))
    for name in defined:
        if name not in used:
            fault(f"term {name}", "no figure that uses it", "a use in a formula")
    if entry.headline not in {one.stat for one in entry.figures}:
        fault("headline", f"{entry.headline!r}", "the stat of one of the figures")
    return found


def index_faults(path: Path, place: str, entry: IndicatorEntry, form: Form | None) -> list[Fault]:
    """What a `weighted_index` card lacks, and index keys on a card that is none: items of the form, a base year, weights by an item or by shares that make 100 %."""
    found: list[Fault] = []

    def fault(where: str, what: str, expected: str) -> None:
        found.append(Fault(str(path), f"{place}, {where}", what, expected))

    if entry.statistic != "weighted_index":
        if entry.base_year or entry.chained or entry.weights or entry.deflator:
            fault(
                "statistic",
                f"{entry.statistic!r} with keys of an index",
                'statistic = "weighted_index" where base_year, chained, weights or deflator stand',
            )
        return found
    items = {one.id: one for one in form.items} if form else {}
    if not entry.base_year:
        fault("base_year", "nothing", "the year that is 100, such as 2021")
    for key, name in (("item", entry.item), ("weight", entry.weight)):
        if name and name not in items:
            near = nearest(name, items)
            fault(key, f"the item {name!r}", f"an item of the form {entry.form}" + (f"; did you mean {near!r}?" if near else ""))
        elif name and "cumulative" not in items[name].reported:
            fault(key, f"the item {name!r}, which is not reported cumulatively", "an item that is: links compare January to the month")
    if entry.item in items and not items[entry.item].last_year:
        fault("item", f"{entry.item!r}, of which last year's figure is not asked", "an item with last_year = true")
    if bool(entry.weight) == bool(entry.weights):
        fault(
            "weight",
            "both an item and shares" if entry.weight else "no weights",
            "either an item that weighs (weight) or the shares of the industries (weights)",
        )
    if entry.weights and entry.chained:
        fault("chained", "true beside declared shares", "shares that stay, or an item that weighs each year anew")
    try:
        total = sum((parse_rate(text) for text in entry.weights.values()), Fraction(0))
    except BadInput as error:
        fault("weights", str(error), 'a share such as "12.5%"')
    else:
        if entry.weights and total != 1:
            fault("weights", f"shares that make {float(100 * total):g}%", "100%")
    return found


def term_of(entry: TermEntry, form: Form) -> Term:
    """The engine's term: conditions in stored units."""
    where = []
    for one in entry.where:
        value = 0
        if one.item.startswith(REGISTRY):
            value = int(one.value or "0")
        elif not one.than:
            value = stored_value(form.item(one.item.removesuffix(LAST_YEAR)), one.value)
        where.append(Condition(one.item, one.comparator, value, one.than))
    bare = Term(entry.name, entry.item, entry.over, entry.take, tuple(where), entry.needs, entry.detail, entry.times, entry.blank_is_zero)
    kinds = {item.id: item.reported for item in form.items}
    asked = [item.removesuffix(LAST_YEAR) for item in bare.items if not item.startswith(REGISTRY)]
    reads = {item: wanted(entry.over) if wanted(entry.over) in kinds[item] else kinds[item][0] for item in asked if item in kinds}
    return replace(bare, reads=reads)


def stored_value(item: Item, text: str) -> int:
    """What a written answer is in the store: an option's index, 1 or 0 for yes or no, a quantity in the item's stored unit.

    Errors: `BadInput` when the item has no such answer.
    """
    if item.type == "choice":
        options = [option.id for option in item.options]
        if text not in options:
            raise BadInput(f"{item.id}: found {text!r}, expected one of {', '.join(options)}")
        return options.index(text)
    if item.type == "flag":
        if text not in ("yes", "no"):
            raise BadInput(f"{item.id}: found {text!r}, expected yes or no")
        return int(text == "yes")
    number, _, printed = text.partition(" ")
    unit = convertible(printed, item.unit)
    if unit is None:
        raise BadInput(f"{item.id}: found {text!r}, expected a number and a unit such as “0 {item.unit}”")
    value = parse_number(number) * unit.per
    if value.denominator != 1:
        raise BadInput(f"{item.id}: {text!r} is no whole number of {item.stored}")
    return value.numerator
