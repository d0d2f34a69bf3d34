"""Hold `quotas/` to the rest of the pack: offices and clauses that exist, numbers that the commitments tell alike, examples that come true.

Every threshold has three examples, below, at and above; every split at least three worked ones; a term, a task, a mix and a need some.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from yunxing.engines.ledger import energy, land, pollutants
from yunxing.engines.ledger.quota_book import Quotas, Threshold
from yunxing.engines.ledger.splits import partial_then_wait
from yunxing.packs.pack import Pack
from yunxing.packs.quota_rows import ExamplesFile, QuotasFile, ThresholdExample
from yunxing.packs.quotas import FOLDER, load_quotas, parse_value, quota_files
from yunxing.packs.strict import PackFault, load
from yunxing.values.citation import parse_clause
from yunxing.values.errors import BadInput, Fault, nearest

ENOUGH = 3


def quota_faults(pack: Pack) -> list[Fault]:
    """Every fault of the folder; none for a pack without it. Files that cannot be read are told by their loader."""
    files = quota_files(pack.folder)
    if not files:
        return []
    try:
        quotas = load_quotas(pack.folder)
        read = [(path, load(path, QuotasFile)) for path in files]
    except PackFault:
        return []
    return [
        *_links(pack, read),
        *_commitments(pack, read),
        *_counties(pack, quotas),
        *_assessments(pack, read),
        *example_faults(pack.folder, quotas),
    ]


def _links(pack: Pack, read: list[tuple[Path, QuotasFile]]) -> Iterator[Fault]:
    """Offices of pools and acts, and the clause of everything that has one."""
    clauses = {(part.key.measure, part.key.sentence) for part in pack.parts.values()} | {(one.number, 0) for one in pack.measures}
    for path, file in read:
        for pool in file.pool:
            yield from _office(pack, path, f"pool › {pool.id}", pool.owner)
        for act in file.act:
            for office in act.by:
                yield from _office(pack, path, f"act › {act.id}", office)
        for array in ("pool", "act", "split", "number", "threshold", "replacement", "auction", "assessment"):
            for row in getattr(file, array):
                yield from _clause(pack, path, f"{array} › {getattr(row, 'id', getattr(row, 'pool', ''))}", row.clause, clauses)


def _office(pack: Pack, path: Path, place: str, office: str) -> Iterator[Fault]:
    if office not in pack.offices:
        near = nearest(office, pack.offices)
        yield Fault(str(path), place, f"the office {office!r}", "an id of offices.toml", fix=f"did you mean {near!r}?" if near else "")


def _clause(pack: Pack, path: Path, place: str, text: str, clauses: set[tuple[int, int]]) -> Iterator[Fault]:
    expected = f"a clause of the plan such as {pack.document.short_number}/16/1"
    try:
        clause = parse_clause(text)
    except BadInput:
        yield Fault(str(path), place, f"the clause {text!r}", expected)
        return
    if clause.document != pack.document.short_number or (clause.measure, clause.sentence) not in clauses:
        yield Fault(str(path), place, f"the clause {text!r}", expected)


def _commitments(pack: Pack, read: list[tuple[Path, QuotasFile]]) -> Iterator[Fault]:
    """A number told here and among the plan's commitments is the same number."""
    known = {one.id: one for one in pack.commitments}
    for path, file in read:
        rows: list[tuple[str, str, Any]] = [
            *(("number", row.commitment, row.value) for row in file.number if row.commitment),
            *(("threshold", row.commitment, row.value) for row in file.threshold if row.commitment),
            *(("split", row.commitment, row.shares) for row in file.split if row.commitment),
        ]
        for array, id_, value in rows:
            one = known.get(id_)
            if one is None:
                near = nearest(id_, known)
                yield Fault(
                    str(path), array, f"the commitment {id_!r}", "an id of commitments.toml", fix=f"did you mean {near!r}?" if near else ""
                )
            elif not _alike(one.value, value):
                yield Fault(str(path), f"{array} of {id_}", str(value), f"{one.value}, as the commitment has it")


def _alike(told: str, here: str | dict[str, str]) -> bool:
    try:
        return _same(told, here)
    except (BadInput, ValueError, ZeroDivisionError):  # the commitment tells words, not a number
        return False


def _same(told: str, here: str | dict[str, str]) -> bool:
    """Whether a commitment's value is the one here: `5:5` is two halves, `50%` the first share, a period ends on the day."""
    if isinstance(here, dict):
        shares = [parse_value(share) for share in here.values()]
        if ":" in told:
            parts = [Fraction(part) for part in told.split(":")]
            return shares == [part / sum(parts) for part in parts]
        return parse_value(told) == shares[0]
    value = parse_value(here)
    if isinstance(value, date):
        years = re.findall(r"\d{4}", told)
        return bool(years) and value == date(int(years[-1]), 12, 31)
    return parse_value(told) == value


def _counties(pack: Pack, quotas: Quotas) -> Iterator[Fault]:
    units = {unit.id for unit in pack.regions.units}
    for county in sorted(set(quotas.county_shares) - units):
        near = nearest(county, units)
        yield Fault(
            str(pack.folder / FOLDER),
            f"county_share › {county}",
            repr(county),
            "a reporting unit",
            fix=f"did you mean {near!r}?" if near else "",
        )


def _assessments(pack: Pack, read: list[tuple[Path, QuotasFile]]) -> Iterator[Fault]:
    """What an assessment reads exists, and the counties with energy targets are reporting units."""
    units = {unit.id for unit in pack.regions.units}
    for path, file in read:
        for row in file.assessment:
            if row.reads not in pack.entries:
                near = nearest(row.reads, pack.entries)
                fix = f"did you mean {near!r}?" if near else ""
                yield Fault(str(path), f"assessment › {row.id} › reads", repr(row.reads), "a pipeline or a form of the pack", fix=fix)
        for target in file.energy_target:
            if target.county not in units:
                yield Fault(str(path), f"energy_target › {target.county}", repr(target.county), "a reporting unit")


def example_faults(folder: Path, quotas: Quotas) -> Iterator[Fault]:
    """Every example that does not come true, and every rule that lacks examples."""
    done: Counter[str] = Counter()
    for path in sorted((folder / FOLDER / "examples").glob("*.toml")):
        try:
            file = load(path, ExamplesFile)
        except PackFault as refused:
            yield from refused.faults
            continue
        for at, one in enumerate(file.threshold, 1):
            done[f"threshold {one.of}"] += 1
            yield from _threshold(path, at, one, quotas)
        yield from _worked(path, file, quotas, done)
    place = str(folder / FOLDER / "examples")
    for name in quotas.thresholds:
        if not done[f"threshold {name}"]:
            yield Fault(place, f"threshold {name}", "no examples", "three: below, at and above its bound")
    for name in quotas.splits:
        if done[f"split {name}"] < ENOUGH:
            yield Fault(place, f"split {name}", f"{done[f'split {name}']} examples", f"{ENOUGH} worked ones, an odd total among them")
    wanted = {"task": "land_uplift" in quotas.numbers, "coal": bool(quotas.coefficients), "need": bool(quotas.replacements)}
    for array, asked in wanted.items():
        if asked and done[array] < ENOUGH:
            yield Fault(place, array, f"{done[array]} examples", f"{ENOUGH} worked ones")


def _threshold(path: Path, at: int, one: ThresholdExample, quotas: Quotas) -> Iterator[Fault]:
    place = f"threshold {at} ({one.of})"
    bound = quotas.thresholds.get(one.of)
    if bound is None:
        near = nearest(one.of, quotas.thresholds)
        yield Fault(str(path), place, repr(one.of), "a threshold of the pack", fix=f"did you mean {near!r}?" if near else "")
        return
    for side in ("below", "at", "above"):
        held = getattr(one, side)
        try:
            value = parse_value(held.value)
            found, answer = _side(bound, value), bound.holds(value)
        except BadInput as refused:
            yield Fault(str(path), f"{place}, {side}", repr(held.value), f"a value like {bound.text}", fix=str(refused))
            continue
        if found != side:
            yield Fault(str(path), f"{place}, {side}", f"{held.value}, which is {found} {bound.text}", f"a value {side} it")
        elif answer is not held.holds:
            said = "holds" if answer else "does not hold"
            yield Fault(
                str(path), f"{place}, {side}", f"holds = {str(held.holds).lower()}",
                f"{held.value} {said} for “{bound.comparator.zh} {bound.text}”: the example or the comparator is wrong",
            )  # fmt: skip


def _side(bound: Threshold, value: Any) -> str:
    edge = bound.value
    if isinstance(edge, date) != isinstance(value, date) or isinstance(edge, Fraction) != isinstance(value, Fraction):
        raise BadInput(f"{value} and {bound.text} are not of one sort")
    return "at" if value == edge else "below" if value < edge else "above"


def _worked(path: Path, file: ExamplesFile, quotas: Quotas, done: Counter[str]) -> Iterator[Fault]:
    for label, given, expected, compute in _cases(file, quotas, done):
        try:
            found = compute()
        except (BadInput, KeyError) as refused:
            found = f"{type(refused).__name__}: {refused}"
        if found != expected:
            yield Fault(str(path), f"{label}: {given}", str(found), str(expected))


def _cases(file: ExamplesFile, quotas: Quotas, done: Counter[str]) -> Iterator[tuple[str, str, Any, Any]]:
    """Each worked example with what it gives and how the engine computes it."""
    for split in file.split:
        done[f"split {split.of}"] += 1
        yield f"split {split.of}", str(split.total), split.gives, lambda one=split: quotas.splits[one.of].of(one.total)
    for capped in file.capped:
        yield f"capped {capped.of}", f"{capped.total} of {capped.remaining}", capped.gives, lambda one=capped: _capped(quotas, one)
    for task in file.task:
        done["task"] += 1
        yield "task", str(task.provincial), (task.city, task.counties), lambda one=task: (
            city := land.city_task(one.provincial, quotas.numbers["land_uplift"]),
            land.county_tasks(city, one.stocks) if one.stocks else {},
        )  # fmt: skip
    for coal in file.coal:
        done["coal"] += 1
        tce = lambda one=coal: Fraction(energy.in_centi(energy.standard_coal(one.mix, quotas.coefficients)), 100)  # noqa: E731  # one line a kind
        yield "coal", str(coal.mix), Fraction(coal.tce), tce
    for need in file.need:
        done["need"] += 1
        yield "need", str(need.emission), need.need, lambda one=need: pollutants.needs(
            one.emission, pollutants.ratios(sorted(one.emission), one.missed, quotas.replacements)
        )  # fmt: skip


def _capped(quotas: Quotas, one: Any) -> dict[str, int]:
    found = partial_then_wait(quotas.splits[one.of], one.side, one.total, one.remaining)
    return {"capped": found.capped, "other": found.other, "uncovered": found.uncovered}
