"""Suspected withdrawal of credit from one firm by one bank, while the firm keeps its duties and the bank's other loans do not shrink (measure 9: no cut for all)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class WithdrawalRule:
    """The balance falls by at least `fall` in `months`; the bank's other manufacturing loans fall by at most `others_fall`; `several` firms of a bank make one cut for all."""

    months: int
    fall: Fraction
    others_fall: Fraction
    several: int


@dataclass(frozen=True, slots=True)
class Example:
    """Balances in fen at the two ends of the months, the bank's loans to others, what is overdue now, whether the firm meets its efficiency baseline."""

    before: int
    now: int
    others_before: int
    others_now: int
    overdue: int
    baseline: bool | None


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One firm at one bank. `fall` and `others_fall` are exact; a negative one is a rise."""

    party: str
    bank: str
    facts: Example
    fall: Fraction
    others_fall: Fraction
    several: bool = False


def suspected(rule: WithdrawalRule, facts: Example) -> bool:
    """Whether a fall is suspect. Every limit counts as reached when it is met exactly. A firm with a default, below its baseline, or without a word on it is not."""
    if facts.before <= 0 or facts.others_before <= 0 or facts.overdue > 0 or facts.baseline is not True:
        return False
    return (facts.before - facts.now) >= rule.fall * facts.before and (
        facts.others_before - facts.others_now
    ) <= rule.others_fall * facts.others_before


def suspicions(rule: WithdrawalRule, pairs: Mapping[tuple[str, str], Example]) -> list[Suspicion]:
    """The suspect pairs of (firm, bank), the deepest fall first; `several` marks a bank that withdraws from as many firms as the rule says."""
    found = [
        Suspicion(party, bank, one, _fall(one.before, one.now), _fall(one.others_before, one.others_now))
        for (party, bank), one in pairs.items()
        if suspected(rule, one)
    ]
    counts: dict[str, int] = {}
    for one in found:
        counts[one.bank] = counts.get(one.bank, 0) + 1
    marked = [Suspicion(one.party, one.bank, one.facts, one.fall, one.others_fall, counts[one.bank] >= rule.several) for one in found]
    return sorted(marked, key=lambda one: (-one.fall, one.bank, one.party))


def _fall(before: int, now: int) -> Fraction:
    return Fraction(before - now, before)


@dataclass(frozen=True, slots=True)
class Use:
    """A bank's use of a facility: lent and funded in fen, `due` what the facility would fund of what was lent, `share` funded ÷ due (None where nothing was lent)."""

    bank: str
    lent: int
    funded: int
    due: Fraction
    share: Fraction | None


def facility_use(lent: Mapping[str, int], funded: Mapping[str, int], share: Fraction, banks: Iterable[str]) -> list[Use]:
    """Each bank's use; a bank that reported nothing is left out. Source: 60 % of the carbon-reduction loans, 100 % of the clean-coal ones."""
    found = []
    for bank in sorted(banks):
        if bank not in lent:
            continue
        due = lent[bank] * share
        given = funded.get(bank, 0)
        found.append(Use(bank, lent[bank], given, due, Fraction(given) / due if due else None))
    return found
