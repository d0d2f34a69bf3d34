"""`command.toml` and `emergency.toml`: the command's own rules, each with what it rests on, read strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated

from pydantic import Field

from yunxing.engines.dispatch.growth import EntryRule
from yunxing.engines.dispatch.talks import Rule, Trigger
from yunxing.packs.plan import ClauseText, Words
from yunxing.packs.strict import PackFault, Strict, load
from yunxing.values.errors import BadInput, Fault
from yunxing.values.money import parse_money, parse_rate

FILE, EMERGENCY = "command.toml", "emergency.toml"
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
Days = Annotated[int, Field(ge=1, le=366)]
_POINTS = re.compile(r"(-?\d+(?:\.\d+)?) 个百分点")


class CommandEntry(Strict):
    """`[command]`."""

    office: Words
    progress_days: Days
    progress_source: Words
    slip_yellow_days: Days
    slip_red_days: Days
    slip_source: Words
    talk_plan_days: Days
    talk_review_days: Days
    still_gap: Words
    still_source: Words


class EntryEntry(Strict):
    """`[entry]`: when a firm may enter the statistics."""

    line: Words
    near_share: Words
    registered_years: int = Field(ge=1, le=10)
    commissioned_month: int = Field(ge=1, le=12)
    source: Words


class TriggerEntry(Strict):
    """One `[[trigger]]` of the quarterly talk."""

    id: Id
    title: Words
    title_en: Words
    rule: Rule
    source: Words
    points: str = "0 个百分点"
    places: int = Field(default=0, ge=0)
    months: int = Field(default=0, ge=0)
    count: int = Field(default=0, ge=0)
    days: int = Field(default=0, ge=0)
    percent: str = "0%"


class CommandFile(Strict):
    """`command.toml`."""

    command: CommandEntry
    entry: EntryEntry
    trigger: tuple[TriggerEntry, ...]


class EmergencyEntry(Strict):
    """`[emergency]`."""

    clause: ClauseText
    pass_hours: int = Field(ge=1, le=240)
    pass_longest_days: Days
    test_hours: int = Field(ge=1, le=240)
    retain_days: Days
    retain_source: Words


class ModeEntry(Strict):
    """One `[[mode]]` that may be declared."""

    id: Id
    title: Words
    title_en: Words
    longest_days: Days
    bases: Annotated[tuple[Words, ...], Field(min_length=1)]
    goods: tuple[Words, ...]
    passes: bool


class EmergencyFile(Strict):
    """`emergency.toml`."""

    emergency: EmergencyEntry
    mode: tuple[ModeEntry, ...]


@dataclass(frozen=True, slots=True)
class Command:
    """The command's rules as values."""

    rules: CommandEntry
    still_gap: Fraction
    entry: EntryRule
    triggers: tuple[Trigger, ...]


def load_command(pack: Path) -> Command:
    """The command's rules. Errors: `PackFault` for a bound that is no number of its unit, a trigger twice, slips that do not rise."""
    path = pack / FILE
    file = load(path, CommandFile)
    faults: list[Fault] = []

    def read(place: str, text: str, expected: str) -> Fraction:
        found = _POINTS.fullmatch(text)
        if "百分点" in expected and found:
            return Fraction(found[1])
        if "百分点" not in expected:
            try:
                return parse_rate(text)
            except BadInput:
                pass
        faults.append(Fault(str(path), place, repr(text), expected))
        return Fraction(0)

    if file.command.slip_red_days < file.command.slip_yellow_days:
        faults.append(Fault(str(path), "command", "slip_red_days below slip_yellow_days", "red not before yellow"))
    ids = [one.id for one in file.trigger]
    faults += [
        Fault(str(path), f"trigger {one}", "the id a second time", "each id once") for one in dict.fromkeys(ids) if ids.count(one) > 1
    ]
    triggers = tuple(
        Trigger(
            id=one.id,
            title=one.title,
            title_en=one.title_en,
            rule=one.rule,
            source=one.source,
            points=read(f"trigger {one.id} › points", one.points, "points such as 2 个百分点"),
            places=one.places,
            months=one.months,
            count=one.count,
            days=one.days,
            percent=read(f"trigger {one.id} › percent", one.percent, "a share such as 20%"),
        )
        for one in file.trigger
    )
    gap = read("command › still_gap", file.command.still_gap, "points such as -20 个百分点")
    share = read("entry › near_share", file.entry.near_share, "a share such as 75%")
    line = 0
    try:
        line = parse_money(file.entry.line)
    except BadInput as refused:
        faults.append(Fault(str(path), "entry › line", repr(file.entry.line), "money such as 2000 万元", why=refused.message))
    if faults:
        raise PackFault(faults)
    entry = EntryRule(line, share, file.entry.registered_years, file.entry.commissioned_month, file.entry.source)
    return Command(file.command, gap, entry, triggers)


def load_emergency(pack: Path) -> EmergencyFile:
    """The modes that may be declared and what is kept how long. Errors: `PackFault` for a mode twice."""
    path = pack / EMERGENCY
    file = load(path, EmergencyFile)
    ids = [one.id for one in file.mode]
    twice = [one for one in dict.fromkeys(ids) if ids.count(one) > 1]
    if twice:
        raise PackFault([Fault(str(path), f"mode {one}", "the id a second time", "each id once") for one in twice])
    return file
