"""`signals.toml` of a pack: rules read strictly, checked against the pack's indicators and offices. All faults at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field

from yunxing.engines.indicators.definition import Indicator, ScopeKind, Threshold
from yunxing.engines.signals.rule import STATISTICAL, Kind, Rule, Sign, Test
from yunxing.engines.signals.words import FIXED, places_of
from yunxing.packs.indicators import ThresholdEntry, Word, in_stored_unit, load_indicators
from yunxing.packs.strict import PackFault, Strict, load
from yunxing.values.errors import BadInput, Fault, nearest

FILE = "signals.toml"
RATE_STATS = {"cumulative_yoy", "yoy", "change", "share", "value_share", "target_share", "plan_share", "time_schedule"}
STATISTICAL_WORDS = {
    "breach": {"expected", "shortfall"},
    "spread": {"shortfall", "firms", "behind", "span"},
    "share": {"fallen", "reporters", "each"},
}
POINT_STATS = {"gap", "plan_gap", "points", "cumulative_points"}


class WorseEntry(Strict):
    """Where it becomes graver: the limit and the severity beyond it."""

    comparator: str
    value: Word
    severity: int = Field(ge=0, le=3)


class RuleEntry(Strict):
    """One `[[signal]]`."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    kind: Kind
    sign: Sign = "negative"
    indicator: Word
    stat: Word
    scopes: tuple[ScopeKind, ...]
    test: Test
    threshold: ThresholdEntry
    severity: int = Field(ge=0, le=3)
    worse: tuple[WorseEntry, ...] = ()
    owner: Word
    deadline: int = Field(ge=1, le=250)
    words: Word
    words_en: Word
    periods: int = Field(default=1, ge=1, le=12)
    habit: int = Field(default=0, ge=0)
    season: bool = False
    first_month: int = Field(default=1, ge=1, le=12)
    case: str = ""
    source: str = ""
    of: str = ""
    budget: int = Field(default=0, ge=0, le=100_000)
    peers: bool = False
    each: ThresholdEntry | None = None
    reporters: int = Field(default=5, ge=1)


class SignalsFile(Strict):
    """The whole file."""

    signal: tuple[RuleEntry, ...]


def load_signals(pack: Path, indicators: Iterable[Indicator] | None = None) -> list[Rule]:
    """The rules of the pack in the file's order; the pack's indicators are read when they are not given.

    Errors: `PackFault` with every fault: an indicator the pack does not have, a limit that is no quantity of the figure's unit, an id twice,
    words that name a place no evidence fills.
    """
    path = pack / FILE
    known = {one.id: one for one in (load_indicators(pack) if indicators is None else indicators)}
    faults: list[Fault] = []
    seen: set[str] = set()
    found: list[Rule] = []
    for entry in load(path, SignalsFile).signal:
        place = f"signal {entry.id}"
        if entry.id in seen:
            faults.append(Fault(str(path), place, f"the id {entry.id!r} a second time", "each id once"))
        seen.add(entry.id)
        if entry.indicator not in known:
            guess = nearest(entry.indicator, known)
            faults.append(
                Fault(
                    str(path),
                    f"{place}, indicator",
                    repr(entry.indicator),
                    "an id of indicators.toml",
                    fix=f"did you mean {guess!r}?" if guess else "",
                )
            )
            continue
        faults += _word_faults(path, place, entry)
        faults += _shape_faults(path, place, entry, known)
        try:
            found.append(_rule(entry, known))
        except (BadInput, ValueError) as error:
            faults.append(Fault(str(path), f"{place}, threshold", str(error), "a quantity of the figure's unit, such as “-20%” or “7 天”"))
    if faults:
        raise PackFault(faults)
    return found


def _rule(entry: RuleEntry, known: Mapping[str, Indicator]) -> Rule:
    unit = unit_of(entry.stat, known[entry.indicator], entry.test)
    plain = {name: getattr(entry, name) for name in RuleEntry.model_fields if name not in ("threshold", "worse", "each")}
    worse = tuple(
        (Threshold(type(entry.threshold.comparator)(one.comparator), in_stored_unit(one.value, unit), one.value), one.severity)
        for one in entry.worse
    )
    threshold = Threshold(entry.threshold.comparator, in_stored_unit(entry.threshold.value, unit), entry.threshold.value)
    each = None if entry.each is None else Threshold(entry.each.comparator, in_stored_unit(entry.each.value, "%"), entry.each.value)
    return Rule(**plain, threshold=threshold, worse=worse, each=each)


def _shape_faults(path: Path, place: str, entry: RuleEntry, known: Mapping[str, Indicator]) -> list[Fault]:
    """What a test needs beside its threshold: a budget, the change of each, party figures to read, scopes it can speak of."""
    faults = []

    def fault(where: str, found: str, expected: str) -> None:
        faults.append(Fault(str(path), f"{place}, {where}", found, expected))

    if entry.of and entry.of not in known:
        guess = nearest(entry.of, known)
        fault("of", repr(entry.of), f"an id of indicators.toml{f', perhaps {guess!r}' if guess else ''}")
    elif entry.test in ("breach", "spread", "share") and known[entry.of or entry.indicator].statistic != "party_change":
        fault(
            "of",
            f"statistic {known[entry.of or entry.indicator].statistic!r}",
            "an indicator of the statistic party_change: it holds the parties' months",
        )
    if (entry.test in STATISTICAL) != bool(entry.budget):
        fault(
            "budget",
            str(entry.budget),
            "the alarms a year the whole city will hear" if entry.test in STATISTICAL else "none: only breach and spread have one",
        )
    if (entry.test == "share") != (entry.each is not None):
        fault("each", "none" if entry.each is None else entry.each.value, "the change of a party that counts, for the test share alone")
    speaks_of = {"breach": {"party"}, "spread": {"cell"}, "share": {"city", "unit", "industry", "cell"}}.get(entry.test)
    if speaks_of and not set(entry.scopes) <= speaks_of:
        fault("scopes", ", ".join(entry.scopes), ", ".join(sorted(speaks_of)))
    return faults


def unit_of(stat: str, indicator: Indicator, test: Test) -> str:
    """The unit a rule's limits are written in: percent for rates and shortfalls, points for gaps, periods for repeats, else the indicator's own."""
    if test in ("misses_target", "breach", "spread", "share") or stat in RATE_STATS:
        return "%"
    if test == "repeat":
        return "periods"
    return "points" if stat in POINT_STATS else indicator.unit


def _word_faults(path: Path, place: str, entry: RuleEntry) -> list[Fault]:
    names = {"value", "value_period", *FIXED}
    names |= {f"before_{n}{end}" for n in range(1, entry.periods) for end in ("", "_period")}
    if entry.test == "misses_target":
        names |= {"short", "target"}
    if entry.stat in ("change", "repeats"):
        names |= {"current", "previous", "drop"}
    if entry.peers:
        names |= {"peers"}
    names |= STATISTICAL_WORDS.get(entry.test, set())
    faults = []
    for field in ("words", "words_en"):
        unknown = places_of(getattr(entry, field)) - names
        if unknown:
            faults.append(Fault(str(path), f"{place}, {field}", ", ".join(sorted(unknown)), f"places of: {', '.join(sorted(names))}"))
    return faults
