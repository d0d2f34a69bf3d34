"""Load a pack's `forms/*.toml` strictly: every fault of every form at once, located by file and line.

Beyond the keys themselves: units must be known and of the item's type, checks must name items of the form, options must exist for a
choice, a form must carry its legal heading and every item its level, origin, personal, retention and source.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from yunxing.engines.facts.form import (
    TOLERANCE,
    Check,
    CheckKind,
    Cycle,
    Detail,
    Due,
    Effect,
    Form,
    Item,
    ItemType,
    Kind,
    Legal,
    Option,
    Origin,
    Reported,
    Subject,
)
from yunxing.engines.facts.units import STORED, unit_of
from yunxing.packs.strict import PackFault, Strict, load
from yunxing.values.errors import Fault, nearest

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,29}$")]
Words = Annotated[str, Field(min_length=1)]
Number = Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$")]
Percent = Annotated[str, Field(pattern=r"^\d+(\.\d+)?%$")]


class OptionFile(Strict):
    """One answer of a choice."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,29}$")]
    title: Words
    title_en: Words


class ItemFile(Strict):
    """One `[[items]]` table."""

    id: Id
    title: Words
    title_en: Words
    type: ItemType
    unit: str
    stored: str
    reported: Annotated[tuple[Reported, ...], Field(min_length=1)]
    level: Annotated[int, Field(ge=1, le=4)]
    origin: Origin
    personal: bool
    retain: Annotated[str, Field(pattern=r"^(\d+ 年|永久)$")]
    source: Annotated[str, Field(pattern=r"^(collect|derived|shared:.+)$")]
    last_year: bool = False
    required: bool = True
    may_be_negative: bool = False
    may_fall: bool = False
    stale_warns: bool = False
    unit_slip_holds: bool = False
    growth_warns: bool = False
    low: Number | None = None
    high: Number | None = None
    range_effect: Effect = "block"
    options: tuple[OptionFile, ...] = ()
    examples: Annotated[tuple[str, ...], Field(min_length=1)]
    help: str = ""


class CheckFile(Strict):
    """One `[[checks]]` table."""

    id: Id
    kind: CheckKind
    items: Annotated[tuple[str, ...], Field(min_length=1)]
    effect: Effect
    says: Words
    says_en: Words
    signs: tuple[int, ...] = ()
    tolerance: Percent | None = None
    least: Number = "0"
    low: Number | None = None
    high: Number | None = None
    band: Annotated[str, Field(pattern=r"^[1-9]\d*$")] | None = None
    scale: Annotated[int, Field(ge=1)] = 1
    registry: str = ""


class DueFile(Strict):
    """Days of the following month."""

    reporter: Annotated[int, Field(ge=1, le=28)]
    county: Annotated[int, Field(ge=1, le=28)]
    city: Annotated[int, Field(ge=1, le=28)]


class LegalFile(Strict):
    """The legal heading; without it a respondent may refuse."""

    code: Words
    issuer: Words
    approval: Words
    valid_until: date
    kind: Kind


class DetailFile(Strict):
    """The second key of the rows."""

    title: Words
    title_en: Words
    options: tuple[OptionFile, ...] = ()
    roster: str = ""


class DefaultsFile(Strict):
    """What holds for every item that does not say otherwise. A level is never a default: each item states its own."""

    origin: Origin | None = None
    personal: bool | None = None
    retain: str | None = None
    source: str | None = None


class FormFile(Strict):
    """One file of `forms/`."""

    id: Id
    code: Words
    title: Words
    title_en: Words
    subject: Subject
    cycle: Cycle
    jan_feb: bool
    reporter: Words
    due: DueFile
    legal: LegalFile
    items: Annotated[tuple[ItemFile, ...], Field(min_length=1)]
    checks: tuple[CheckFile, ...] = ()
    version: Annotated[int, Field(ge=1)] = 1
    roster: str = ""
    note: str = ""
    office: str = ""
    sender: str = ""
    detail: DetailFile | None = None
    clauses: tuple[Annotated[str, Field(pattern=r"^\d{1,2}/\d[a-z]?$")], ...] = ()
    defaults: DefaultsFile = DefaultsFile()


def _fill_in(tables: dict[str, Any]) -> dict[str, Any]:
    """Each item with the form's defaults under its own keys; what is not a table is left for the schema to refuse."""
    defaults, items = tables.get("defaults"), tables.get("items")
    if not isinstance(defaults, dict) or not isinstance(items, list):
        return tables
    known = {key: value for key, value in defaults.items() if key in DefaultsFile.model_fields}
    return {**tables, "items": [{**known, **item} if isinstance(item, dict) else item for item in items]}


def load_form(path: Path) -> Form:
    """One form; PackFault with every problem of the file."""
    read = load(path, FormFile, _fill_in)
    faults = list(_faults(path, read))
    if faults:
        raise PackFault(faults)
    return _form(read)


def load_forms(pack: Path) -> dict[str, Form]:
    """All forms of a pack folder by id, in id order; PackFault with every problem of every file."""
    forms: dict[str, Form] = {}
    faults: list[Fault] = []
    for path in sorted((pack / "forms").glob("*.toml")):
        try:
            form = load_form(path)
        except PackFault as problem:
            faults.extend(problem.faults)
            continue
        forms[form.id] = form
    if not forms and not faults:
        faults.append(Fault(str(pack / "forms"), "the folder", "no form", "one .toml file a form"))
    if faults:
        raise PackFault(faults)
    return forms


def _faults(path: Path, read: FormFile) -> Iterator[Fault]:
    """What keys and types alone cannot say."""
    name = str(path)
    if read.id != path.stem:
        yield Fault(name, "id", read.id, f"{path.stem}, the name of the file")
    ids = [item.id for item in read.items]
    for twice in sorted({item_id for item_id in ids if ids.count(item_id) > 1}):
        yield Fault(name, f"items, {twice}", "two items of this id", "one")
    if not read.due.reporter <= read.due.county <= read.due.city:
        yield Fault(name, "due", f"{read.due.reporter}, {read.due.county}, {read.due.city}", "reporter before county before city")
    for item in read.items:
        yield from _item_faults(name, read, item)
    for check in read.checks:
        for item_id in check.items:
            if item_id not in ids:
                guess = nearest(item_id, ids)
                yield Fault(
                    name,
                    f"checks, {check.id}",
                    f"item {item_id!r}",
                    f"one of {', '.join(ids)}",
                    fix=f"did you mean {guess!r}?" if guess else "",
                )
        if check.kind == "balance" and len(check.signs) != len(check.items):
            yield Fault(
                name, f"checks, {check.id}", f"{len(check.signs)} signs", f"one sign (1 or -1) for each of the {len(check.items)} items"
            )
        yield from _check_faults(name, check)
    if read.detail is not None and bool(read.detail.options) == bool(read.detail.roster):
        yield Fault(name, "detail", "options and a roster" if read.detail.roster else "neither options nor a roster", "one of the two")


_COUNTS: dict[str, tuple[int, int]] = {
    "carry": (2, 2),
    "not_above": (2, 2),
    "ratio": (2, 2),
    "quotient": (3, 3),
    "parts_make": (3, 99),
    "parts_within": (2, 99),
}


def _check_faults(name: str, check: CheckFile) -> Iterator[Fault]:
    """Whether a check has as many items, and the bounds, that its kind needs."""
    place = f"checks, {check.id}"
    least, most = _COUNTS.get(check.kind, (1, 99))
    if not least <= len(check.items) <= most:
        yield Fault(
            name, place, f"{len(check.items)} items", {2: "two items", 3: "three items"}[least] + ("" if least == most else " or more")
        )
    if (check.kind == "ratio") != (check.band is not None):
        yield Fault(name, place, f"band {check.band}", "a band for a ratio, and for a ratio only")
    if (check.kind == "within_registry") != bool(check.registry):
        yield Fault(name, place, f"registry {check.registry!r}", "the registry's column for a limit by the registry, and for such a limit only")
    if (check.kind == "total") != (check.low is not None or check.high is not None):
        yield Fault(name, place, f"low {check.low}, high {check.high}", "low or high for a total, and for a total only")


def _item_faults(name: str, form: FormFile, item: ItemFile) -> Iterator[Fault]:
    place = f"items, {item.id}"
    expected = STORED[item.type]
    if item.stored not in expected:
        yield Fault(name, f"{place}, stored", item.stored or "nothing", f"for a {item.type}: {' or '.join(expected)}")
    elif item.type in {"money", "volume", "count", "rate"}:
        unit = unit_of(item.unit)
        if unit is None:
            yield Fault(
                name, f"{place}, unit", item.unit or "nothing", "a unit of engines/facts/units.py", fix="correct the unit or add it there"
            )
        elif unit.stored != item.stored:
            yield Fault(name, f"{place}, unit", f"{item.unit}, which is stored as {unit.stored}", f"a unit stored as {item.stored}")
    if (item.type == "choice") != bool(item.options):
        yield Fault(name, f"{place}, options", f"{len(item.options)} options", "options for a choice, and for a choice only")
    allowed = {"month": ("month", "cumulative"), "quarter": ("month", "cumulative"), "day": ("day",), "event": ("event",)}[form.cycle]
    if not set(item.reported) <= set(allowed):
        yield Fault(name, f"{place}, reported", ", ".join(item.reported), f"only {' or '.join(allowed)} on a form of cycle {form.cycle}")


def _form(read: FormFile) -> Form:
    return Form(
        id=read.id,
        code=read.code,
        title=read.title,
        title_en=read.title_en,
        subject=read.subject,
        cycle=read.cycle,
        jan_feb=read.jan_feb,
        reporter=read.reporter,
        due=Due(**dict(read.due)),
        legal=Legal(**dict(read.legal)),
        items=tuple(_item(item) for item in read.items),
        checks=tuple(_check(check) for check in read.checks),
        version=read.version,
        roster=read.roster,
        note=read.note,
        office=read.office,
        sender=read.sender,
        detail=_detail(read.detail),
        clauses=read.clauses,
    )


def _detail(read: DetailFile | None) -> Detail | None:
    if read is None:
        return None
    return Detail(read.title, read.title_en, tuple(Option(**dict(option)) for option in read.options), read.roster)


def _item(read: ItemFile) -> Item:
    plain = dict(read)
    plain["low"] = None if read.low is None else Decimal(read.low)
    plain["high"] = None if read.high is None else Decimal(read.high)
    plain["options"] = tuple(Option(**dict(option)) for option in read.options)
    return Item(**plain)


def _check(read: CheckFile) -> Check:
    plain = dict(read)
    plain["tolerance"] = TOLERANCE if read.tolerance is None else Fraction(read.tolerance.rstrip("%")) / 100
    plain["least"] = Decimal(read.least)
    plain["low"] = None if read.low is None else Decimal(read.low)
    plain["high"] = None if read.high is None else Decimal(read.high)
    plain["band"] = int(read.band or 0)
    return Check(**plain)
