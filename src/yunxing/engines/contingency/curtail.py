"""Heavy pollution (measure 24): which line cuts by how much at which alert level, at the least loss of output, within the grades.

Amounts are whole: emissions in grams a day, output in fen a day, cuts in percent. A cut never falls when the level rises. Lines of grade A and of
leading firms, and protected ones, have no choice but to run; a line with a guarantee runs at its fixed load at every level. During an alert the
list is executed as it was frozen; nothing is solved again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from yunxing.engines.contingency.problem import Ints, Problem, Row, build
from yunxing.values.errors import BadInput, Fault

FREE = "free"


@dataclass(frozen=True)
class Lines:
    """Production lines in columns, one row a line. `base` is grams a day by pollutant, `output` fen a day; `load` the guaranteed load in percent or -1;
    `exempt` the clause that protects the line, or empty.
    """

    party: Sequence[str]
    line: Sequence[str]
    county: Sequence[str]
    industry: Sequence[str]
    grade: Sequence[str]
    base: Ints
    output: Ints
    load: Ints
    exempt: Sequence[str]


@dataclass(frozen=True)
class Law:
    """What the pack says of a list: alert levels from the lowest, pollutants, the share of society's emissions each level cuts, the cuts a grade may
    have at each level (percent, from the pack by grade, `industry/grade` first), days a season spent at each level, the spread between counties.
    """

    levels: tuple[str, ...]
    pollutants: tuple[str, ...]
    society: Ints
    share: Mapping[str, Fraction]
    cuts: Mapping[str, Mapping[str, tuple[int, ...]]]
    free_grades: frozenset[str]
    days: Mapping[str, int]
    spread: Fraction | None = None
    fair_on: str = ""
    same_in_group: bool = False


def ways(law: Law, industry: str, grade: str, load: int, exempt: str) -> list[tuple[int, ...]]:
    """The cuts by level that a line may have, none falling as the level rises."""
    if load >= 0:
        return [(100 - load,) * len(law.levels)]
    if exempt or grade in law.free_grades:
        return [(0,) * len(law.levels)]
    table = law.cuts.get(f"{industry}/{grade}") or law.cuts.get(grade)
    if table is None:
        return []
    found: list[tuple[int, ...]] = [()]
    for level in law.levels:
        found = [(*before, cut) for before in found for cut in sorted(set(table[level])) if not before or cut >= before[-1]]
    return found


def faults_of(lines: Lines, law: Law) -> list[Fault]:
    """Everything that makes the lines unusable, by line."""
    found = []
    seen: set[tuple[str, str]] = set()
    grades = {grade.partition("/")[2] or grade for grade in law.cuts} | law.free_grades
    for at, (party, line) in enumerate(zip(lines.party, lines.line, strict=True)):
        place = f"{party} / {line}"
        if (party, line) in seen:
            found.append(Fault("lines", place, "the line a second time", "each line once"))
        seen.add((party, line))
        if lines.grade[at] not in grades:
            found.append(Fault("lines", place, f"the grade {lines.grade[at]!r}", "one of " + ", ".join(sorted(grades))))
        if (lines.base[at] < 0).any() or lines.output[at] < 0:
            found.append(Fault("lines", place, "a negative emission or output", "0 or more"))
        if lines.load[at] >= 0 and not (lines.load[at] <= 100):
            found.append(Fault("lines", place, f"a guaranteed load of {lines.load[at]} %", "0 to 100 %"))
        if lines.exempt[at] and not lines.base[at].any() and lines.output[at] == 0:
            found.append(Fault("lines", place, "a protected line without emission and output", "its figures"))
    return found


@dataclass(frozen=True)
class Cutting:
    """The problem, and which lines and cuts its units and options stand for."""

    problem: Problem
    lines: Lines
    law: Law
    members: tuple[tuple[int, ...], ...]
    cuts: tuple[tuple[int, ...], ...]

    def by_line(self, choice: Ints) -> Ints:
        """The cuts in percent by line and level."""
        found = np.zeros((len(self.lines.party), len(self.law.levels)), dtype=np.int64)
        for unit, option in enumerate(choice.tolist()):
            found[list(self.members[unit])] = self.cuts[option]
        return found


def curtailment(lines: Lines, law: Law, *, only: str = "") -> Cutting:
    """The problem of a list; with `only` of one alert level alone. BadInput with every fault of the lines."""
    if only:
        law = one_level(law, only)
    found = faults_of(lines, law)
    if found:
        raise BadInput.from_faults(found[:50])
    keys = np.array([f"{p}\x1f{n}" for p, n in zip(lines.party, lines.line, strict=True)])
    groups = _groups(lines, law, keys)
    units = sorted(groups)
    options: dict[tuple[str, str, int, bool], list[tuple[int, ...]]] = {}
    counts, names, cuts, members, owner = [], [], [], [], []
    for at, unit in enumerate(units):
        first = groups[unit][0]
        kind = (lines.industry[first], lines.grade[first], int(lines.load[first]), bool(lines.exempt[first]))
        if kind not in options:
            options[kind] = ways(law, kind[0], kind[1], kind[2], "x" if kind[3] else "")
        counts.append(len(options[kind]))
        cuts += options[kind]
        owner += [at] * len(options[kind])
        members.append(tuple(groups[unit]))
    names = ["/".join(f"{cut:03d}" for cut in one) for one in cuts]
    member_of = np.empty(len(lines.party), dtype=np.int64)
    for at, lines_of in enumerate(members):
        member_of[list(lines_of)] = at
    base = np.zeros((len(units), len(law.pollutants)), dtype=np.int64)
    output = np.zeros(len(units), dtype=np.int64)
    np.add.at(base, member_of, lines.base)
    np.add.at(output, member_of, lines.output)
    of, cut = np.array(owner, dtype=np.int64), np.array(cuts, dtype=np.int64).reshape(len(cuts), len(law.levels))
    value = (output[of][:, None] * cut * np.array([law.days[level] for level in law.levels])).sum(axis=1)
    county = np.array([lines.county[one[0]] for one in members])
    rows, effects = _rows(lines, law, base, of, cut, county, grouped=law.same_in_group)
    problem = build("min", units, np.array(counts, dtype=np.int64), names, value, effects, rows)
    # both sides sort options by their padded names inside the sorted units, so `cuts` follow the same order
    order = np.lexsort((np.unique(np.array(names), return_inverse=True)[1], of))
    return Cutting(problem, lines, law, tuple(members), tuple(cuts[at] for at in order.tolist()))


def one_level(law: Law, level: str) -> Law:
    """The law of one alert level."""
    from dataclasses import replace

    if level not in law.levels:
        raise BadInput(f"the alert level: found {level!r}, expected one of {', '.join(law.levels)}.")
    return replace(law, levels=(level,))


def _groups(lines: Lines, law: Law, keys: np.ndarray) -> dict[str, list[int]]:
    """The lines that decide together, by a sorted name: each its own, or all of an industry and grade."""
    order = np.argsort(keys, kind="stable").tolist()
    if not law.same_in_group:
        return {str(keys[at]): [at] for at in order}
    found: dict[str, list[int]] = {}
    for at in order:
        free = bool(lines.exempt[at]) or lines.load[at] >= 0 or lines.grade[at] in law.free_grades
        name = str(keys[at]) if free else f"{lines.industry[at]}\x1f{lines.grade[at]}"
        found.setdefault(("0" if free else "1") + name, []).append(at)
    return found


def _rows(
    lines: Lines, law: Law, base: Ints, of: Ints, cut: Ints, county: np.ndarray, *, grouped: bool
) -> tuple[list[Row], tuple[Ints, Ints, Ints]]:
    """Requirements by level and pollutant, and the spread between counties by level."""
    rows: list[Row] = []
    at_option, at_row, amount = [], [], []
    controlled = lines.base.sum(axis=0)
    for n, level in enumerate(law.levels):
        for p, pollutant in enumerate(law.pollutants):
            need = law.share[level] * int(law.society[p]) * 100
            effect = base[of, p] * cut[:, n]
            used = np.flatnonzero(effect)
            at_option.append(used)
            at_row.append(np.full(len(used), len(rows)))
            amount.append(effect[used])
            rows.append(Row(f"{level}/{pollutant}", least=need))
        if law.spread is None or grouped or not law.fair_on:
            continue
        p = law.pollutants.index(law.fair_on)
        need = law.share[level] * int(law.society[p]) * 100
        names = np.array(lines.county)
        for code in sorted(set(lines.county)):
            mine = county == code
            own = Fraction(int(lines.base[names == code][:, p].sum()), max(1, int(controlled[p])))
            can, must = _most(base[:, p], of, cut[:, n], mine), _least(base[:, p], of, cut[:, n], mine)
            effect = np.where(mine[of], base[of, p] * cut[:, n], 0)
            used = np.flatnonzero(effect)
            if not len(used):
                continue
            at_option.append(used)
            at_row.append(np.full(len(used), len(rows)))
            amount.append(effect[used])
            least = min(need * own * (1 - law.spread), Fraction(can) * Fraction(9, 10))
            rows.append(
                Row(
                    f"{level}/{law.fair_on}@{code}",
                    least=least,
                    most=max(need * own * (1 + law.spread), least, Fraction(must) * Fraction(11, 10)),
                    rank=1,
                )
            )
    return rows, (
        np.concatenate(at_option).astype(np.int64),
        np.concatenate(at_row).astype(np.int64),
        np.concatenate(amount).astype(np.int64),
    )


def _most(base: Ints, of: Ints, cut: Ints, mine: np.ndarray) -> int:
    """The most a county can cut: each of its units at its largest cut."""
    largest = np.zeros(len(base), dtype=np.int64)
    np.maximum.at(largest, of, base[of] * cut)
    return int(largest[mine].sum())


def _least(base: Ints, of: Ints, cut: Ints, mine: np.ndarray) -> int:
    """The least a county cuts: each of its units at its smallest cut."""
    smallest = np.full(len(base), np.iinfo(np.int64).max)
    np.minimum.at(smallest, of, base[of] * cut)
    return int(smallest[mine].sum())


@dataclass(frozen=True, slots=True)
class Flat:
    """The flat cut that reaches the same: one whole percentage for everyone who is not protected, whatever the grade."""

    percent: Fraction
    loss: Fraction


def flat_cut(lines: Lines, law: Law, level: str) -> Flat | None:
    """The smallest flat cut that keeps every pollutant's requirement at a level; None when even 100 % does not."""
    touched = np.array([not exempt for exempt in lines.exempt]) & (lines.load < 0)
    reach = lines.base[touched].sum(axis=0)
    fixed = (lines.base * np.where(lines.load >= 0, 100 - lines.load, 0)[:, None]).sum(axis=0)
    percent = Fraction(0)
    for p in range(len(law.pollutants)):
        need = law.share[level] * int(law.society[p]) * 100 - int(fixed[p])
        if need > 0:
            if not reach[p]:
                return None
            percent = max(percent, Fraction(-(-need // int(reach[p]))))
    loss = Fraction(int(lines.output[touched].sum())) * percent / 100
    held = Fraction(int((lines.output * np.where(lines.load >= 0, 100 - lines.load, 0)).sum()), 100)
    return Flat(percent, loss + held) if percent <= 100 else None


def lost(lines: Lines, cuts: Ints) -> Fraction:
    """Output lost in a day at one level, in fen; `cuts` are percent by line."""
    return Fraction(int((lines.output * cuts).sum()), 100)


def cut_amount(lines: Lines, cuts: Ints) -> Ints:
    """What is cut in a day by pollutant, in hundredths of a gram (grams times percent)."""
    found: Ints = (lines.base * cuts[:, None]).sum(axis=0)
    return found
