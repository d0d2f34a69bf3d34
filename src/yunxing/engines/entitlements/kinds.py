"""Known kinds of subsidy: data alone, no Python. A kind builds the same tree a rule would, so all that holds for rules holds for it.

`share`  a share of a base column, rounded as named, at most a cap: parameters `share` and, where there is one, `cap`
`band`   a fixed amount by the band in which a base column lies: parameter `bands`
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yunxing.engines.entitlements import tracing
from yunxing.engines.entitlements.tracing import Condition, Grant, RuleRefused, Symbol
from yunxing.values.money import Rounding


@dataclass(frozen=True, slots=True)
class Test:
    """A condition as data: a column and what is asked of it. `at_least` and `at_most` include, `above` and `below` do not."""

    __test__ = False  # not a test of ours, whatever pytest makes of the name

    id: str
    column: str
    asks: str = "holds"  # holds | fails | at_least | at_most | above | below | one_of
    against: tuple[str, ...] = ()  # a parameter or column for comparisons, names for one_of


_ASKS = {"at_least": "ge", "at_most": "le", "above": "gt", "below": "lt"}


def conditions(tests: Sequence[Test], f: Any, p: Any) -> list[Condition]:
    """The conditions of a kind's data."""
    return [tracing.named_condition(test.id, _symbol(test, f, p)) for test in tests]


def _symbol(test: Test, f: Any, p: Any) -> Symbol:
    column: Symbol = getattr(f, test.column)
    if test.asks == "holds":
        return column
    if test.asks == "fails":
        return tracing.logical("not", [column])
    if test.asks == "one_of":
        return tracing.member(column, test.against)
    (against,) = test.against
    return tracing.compare(_ASKS[test.asks], column, _parameter_or_column(against, f, p))


def _parameter_or_column(name: str, f: Any, p: Any) -> Any:
    place, _, bare = name.partition(".")
    if place == "p":
        return getattr(p, bare)
    if place == "f":
        return getattr(f, bare)
    raise RuleRefused(f"found {name!r}, expected p.<parameter> or f.<column>")


def share(base: str, tests: Sequence[Test], rounding: Rounding, *, capped: bool) -> Callable[[Any, Any], Grant]:
    """Base × share, at most cap."""

    def rule(f: Any, p: Any) -> Grant:
        part = tracing.named_step("part", tracing.divided(getattr(f, base) * p.share, 1, rounding))
        amount = tracing.extreme("least", [part, p.cap]) if capped else part
        return tracing.granted(conditions(tests, f, p), amount)

    return rule


def band(base: str, tests: Sequence[Test]) -> Callable[[Any, Any], Grant]:
    """The fixed amount of the band in which the base lies."""

    def rule(f: Any, p: Any) -> Grant:
        return tracing.granted(conditions(tests, f, p), tracing.named_step("by_band", p.bands.at(getattr(f, base))))

    return rule


def from_data(
    kind: str, base: str, tests: Sequence[Test], parameters: Mapping[str, Any], rounding: Rounding
) -> Callable[[Any, Any], Grant]:
    """The rule of a kind. Errors: `RuleRefused` when a parameter the kind needs is absent."""
    needed = {"share": "share", "band": "bands"}
    if kind not in needed:
        raise RuleRefused(f"unknown kind {kind!r}, expected one of: function, {', '.join(sorted(needed))}")
    if needed[kind] not in parameters:
        raise RuleRefused(f"the kind {kind!r} needs a parameter {needed[kind]!r}")
    if kind == "band":
        return band(base, tests)
    return share(base, tests, rounding, capped="cap" in parameters)
