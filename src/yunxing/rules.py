"""The only door a pack's Python uses: some thirty names with which a policy says its conditions and its amount.

A rule is called once, with symbols in place of values; what it computes becomes a tree that is proved, compiled for one party or for millions,
and explained step by step. So a rule has no `if`, no `and`, no `min`, no float, no clock and no loop: the names below say the same.

    @policy("m02_loan_interest")
    def loan_interest(f, p):
        days = step("days", days_between(f.loan_from, least(f.loan_to, f.as_of)))
        discount = step("discount", rdiv(f.loan_principal * days * p.share, 360, half_up_fen))
        return grant(when=[condition("started", f.loan_from <= f.as_of)], amount=least(discount, p.ceiling))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from yunxing.engines.entitlements import tracing, words
from yunxing.engines.entitlements.tracing import Condition, Grant, Symbol, Table
from yunxing.values.money import Rounding, ceil_fen, floor_fen, floor_yuan, half_up_fen, half_up_yuan

__all__ = [
    "add_months",
    "all_of",
    "any_of",
    "at_least",
    "band",
    "between",
    "calendar_months",
    "ceil_fen",
    "choose",
    "condition",
    "days_between",
    "floor_fen",
    "floor_yuan",
    "grant",
    "greatest",
    "half_up_fen",
    "half_up_yuan",
    "how_many",
    "in_fen",
    "is_known",
    "is_listed",
    "is_one_of",
    "least",
    "listed_value",
    "marginal",
    "month_of",
    "negate",
    "policy",
    "rdiv",
    "share_of",
    "step",
    "what_is_left",
    "year_of",
]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule function and the id of the policy whose data file it belongs to."""

    id: str
    function: Callable[[Any, Any], Grant]

    def __call__(self, columns: Any, parameters: Any) -> Grant:
        """Trace the rule with these columns and parameters."""
        return self.function(columns, parameters)


def policy(name: str) -> Callable[[Callable[[Any, Any], Grant]], Rule]:
    """Mark a function `rule(f, p)` as the rule of the policy of this id; f has the columns, p the parameters."""
    return lambda function: Rule(name, function)


def condition(name: str, test: Symbol) -> Condition:
    """A condition under the id by which the data file cites its clause; it answers yes, no or unknown."""
    return tracing.named_condition(name, test)


def step(name: str, value: Symbol) -> Symbol:
    """A value with the name the explanation shows."""
    return tracing.named_step(name, value)


def grant(*, when: Sequence[Condition], amount: Symbol | None = None) -> Grant:
    """What the rule answers: the conditions in the order they are asked, and the whole fen they open; no amount for an exemption."""
    return tracing.granted(when, amount)


def least(*values: Any) -> Symbol:
    """The smallest of like values; unknown when one is unknown. The explanation says which of them bound."""
    return tracing.extreme("least", values)


def greatest(*values: Any) -> Symbol:
    """The largest of like values; unknown when one is unknown."""
    return tracing.extreme("greatest", values)


def between(value: Symbol, low: Any, high: Any) -> Symbol:
    """Low <= value <= high, both ends included, as 以上 and 以下 include them."""
    return tracing.logical("and", [tracing.compare("le", low, value), tracing.compare("le", value, high)])


def all_of(*tests: Symbol) -> Symbol:
    """Every test holds; one that fails settles it, even beside an unknown."""
    return tracing.logical("and", tests)


def any_of(*tests: Symbol) -> Symbol:
    """At least one test holds; one that holds settles it, even beside an unknown."""
    return tracing.logical("or", tests)


def negate(test: Symbol) -> Symbol:
    """The test does not hold; unknown stays unknown."""
    return tracing.logical("not", [test])


def is_known(value: Symbol) -> Symbol:
    """Whether the value is known at all. Nothing else tells unknown from a value."""
    return tracing.known(value)


def is_one_of(value: Symbol, names: Iterable[str]) -> Symbol:
    """Whether a code column is one of these names of its list."""
    return tracing.member(value, names)


def choose(test: Symbol, then: Any, otherwise: Any) -> Symbol:
    """`then` where the test holds, `otherwise` where it does not, unknown where that is unknown."""
    return tracing.chosen(test, then, otherwise)


def days_between(start: Symbol, end: Symbol) -> Symbol:
    """The days from start to end: the first day counts, the last does not (算头不算尾)."""
    return tracing.difference_in_days(start, end)


def rdiv(numerator: Symbol, divisor: int, rounding: Rounding) -> Symbol:
    """Exact integer division to fen with a named rounding; the denominators of rates are divided out in the same stroke."""
    return tracing.divided(numerator, divisor, rounding)


def band(value: Symbol, table: Table) -> Symbol:
    """The result of the band in which the value lies; a band's lower end belongs to it."""
    return table.at(value)


def marginal(value: Symbol, table: Table, rounding: Rounding) -> Symbol:
    """Each part of the value at the rate of its own band, added up and rounded once (超额累进); `bands` whose values are rates."""
    return words.by_brackets(value, table, rounding)


def share_of(amount: Symbol, part: Symbol, whole: Symbol, rounding: Rounding) -> Symbol:
    """Amount × part ÷ whole, exact and rounded once; unknown where the part is above the whole or the whole is 0."""
    return words.share_of(amount, part, whole, rounding)


def what_is_left(limit: Any, used: Any) -> Symbol:
    """A limit less what was granted before, never below 0: for annual, lifetime and per-project limits."""
    return greatest(0, tracing.lift(limit) - tracing.lift(used))


def in_fen(dollars: Symbol, price: Symbol) -> Symbol:
    """A column of type usd at a price such as 6.4512 元/美元; ends in `rdiv`."""
    return words.in_fen(dollars, price)


def add_months(day: Symbol, months: Any) -> Symbol:
    """The corresponding day so many months later, the month's last where it has none. Three years on is 36; the day itself plus days is `+`."""
    return words.months_later(day, months)


def calendar_months(start: Symbol, end: Symbol) -> Symbol:
    """The calendar months from one day to another, both counted: July to December is 6."""
    return words.months_touched(start, end)


def month_of(day: Symbol) -> Symbol:
    """Months since the year 0: two days lie in one month when these are equal."""
    return words.part_of_date("month_of", day)


def year_of(day: Symbol) -> Symbol:
    """The year of a day, for limits by calendar year."""
    return words.part_of_date("year_of", day)


def is_listed(text: Symbol, table: Table, *, on: Symbol | None = None) -> Symbol:
    """Whether a dated list (a parameter with `list`) holds the text, on that day; not in the list is no, an unknown text is unknown."""
    return words.listed(text, table, on)


def listed_value(text: Symbol, table: Table, *, on: Symbol | None = None) -> Symbol:
    """The value the list gives the text on that day (a tariff rate by customs code); unknown where it says nothing."""
    return words.listed_value(text, table, on)


def how_many(*tests: Symbol) -> Symbol:
    """How many tests hold, as a count; unknown when one of them is."""
    return words.how_many(tests)


def at_least(number: int, *tests: Symbol) -> Symbol:
    """At least so many of up to 8 tests hold; settled as soon as the known ones settle it."""
    return words.at_least(number, tests)
