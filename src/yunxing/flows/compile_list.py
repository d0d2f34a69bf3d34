"""The season's list of heavy-pollution control: gathered, solved, checked, told beside the flat cut."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from yunxing.engines.contingency.check_orders import county_shares, list_faults
from yunxing.engines.contingency.curtail import Cutting, curtailment, cut_amount, flat_cut, lost
from yunxing.engines.contingency.dual import gap_of
from yunxing.engines.contingency.explain import Short, binding, shorts
from yunxing.engines.contingency.problem import Ints, plan_digest
from yunxing.engines.contingency.steady import most_of, steadied
from yunxing.flows.contingency_inputs import Graded, graded_lines
from yunxing.flows.plan_changes import cuts_before, list_changes
from yunxing.flows.plan_proof import Progress, enterprise_names, once, proof, quiet, sealed
from yunxing.io.solvers.solve import Answer, solve
from yunxing.packs.contingency import Contingency, PollutionEntry
from yunxing.values.money import parse_rate

TARGET = 0.001


def compile_list(
    home: Path,
    connection: Any,
    rules: Contingency,
    asked: Mapping[str, Any],
    day: date,
    progress: Progress = quiet,
    before: Mapping[str, Any] | None = None,
    kept: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The season's list: a cut for every line at every level. `asked`: `same` (one cut for an industry and grade), `spread` (county fairness), `seconds`."""
    progress("reading")
    usual = parse_rate(rules.pollution.spread)
    given = graded_lines(home, connection, rules, day, same=bool(asked.get("same")), spread=usual if asked.get("spread", True) else None)
    progress("solving")
    seconds = float(asked.get("seconds") or rules.pollution.seconds)
    given, work, answer = _widened(given, seconds if before is None else 0.7 * seconds)
    reg: Mapping[str, str] = once(kept, f"names {day}", lambda: enterprise_names(connection, day))
    changes: dict[str, Any] = {}
    if before is not None and answer.status in ("optimal", "feasible"):
        titles = {one.id: one.title for one in (*rules.pollution.level, *rules.pollution.pollutant)}
        answer, changes = _calmed(work, answer, cuts_before(work, before), 0.3 * seconds, reg, titles)
    cuts = work.by_line(answer.choice)
    faults = list_faults(given.lines, given.law, cuts.tolist())
    lines = [_line(given, at, cuts, reg) for at in range(len(given.lines.party))]
    return sealed(
        {
            "kind": "pollution",
            "month": given.month.code,
            "levels": [_level(given, rules.pollution, work, answer, cuts, n) for n in range(len(given.law.levels))],
            "rows": sorted(lines, key=lambda one: (-one["loss"][-1], one["party"])),
            "counties": _counties(given, cuts),
            "estimated": sorted(given.estimated),
            "left_out": list(given.left_out),
            "same": given.law.same_in_group,
            "spread": str(given.law.spread) if given.law.spread is not None else "",
            "proof": proof(answer, work.problem.digest, plan_digest(work.problem, answer.choice)),
            "verdict": {"holds": not faults and answer.status in ("optimal", "feasible"), "faults": faults[:20]},
            "short": [_short_of_list(one, rules.pollution) for one in shorts(work.problem, answer.choice)]
            if answer.status in ("infeasible", "unknown")
            else [],
            "binding": _binding_of_list(work, answer, rules.pollution, reg),
            **changes,
        }
    )


def _calmed(
    work: Cutting, answer: Answer, old: Ints, seconds: float, names: Mapping[str, str], titles: Mapping[str, str]
) -> tuple[Answer, dict[str, Any]]:
    """The list that changes the fewest lines of the one before among those hardly dearer, and what it changes; the proof of the loss stays."""
    calm = solve(steadied(work.problem, old, most_of(answer.objective)), seconds=max(1.0, seconds), start=answer.choice)
    value = float(work.problem.value[calm.choice].sum())
    gap = gap_of(value, answer.bound)
    dearer = work.problem.own(value - answer.objective)
    kept = replace(answer, choice=calm.choice, objective=value, gap=gap, status="optimal" if gap <= 0 else "feasible")
    return kept, {"changes": list_changes(work, old, calm.choice, names, titles, dearer)}


def _widened(given: Graded, seconds: float) -> tuple[Graded, Cutting, Answer]:
    """The list within the spread between counties; where none exists the spread is doubled, then left out, and the result says which was used."""
    spread = given.law.spread
    tries = [spread, spread * 2, None] if spread is not None else [None]
    begun = time.monotonic()
    for at, one in enumerate(tries):
        tried = replace(given, law=replace(given.law, spread=one))
        work = curtailment(tried.lines, tried.law)
        left = max(1.0, seconds - (time.monotonic() - begun))
        answer = solve(work.problem, seconds=left if at + 1 == len(tries) else left / 2, gap=TARGET, best_effort=at + 1 == len(tries))
        if answer.status in ("optimal", "feasible"):
            break
    return tried, work, answer


def _line(given: Graded, at: int, cuts: Ints, names: Mapping[str, str]) -> dict[str, Any]:
    lines = given.lines
    party = lines.party[at]
    return {
        "party": party,
        "name": names.get(party, party),
        "line": lines.line[at],
        "unit": lines.county[at],
        "industry": lines.industry[at],
        "grade": lines.grade[at],
        "cuts": cuts[at].tolist(),
        "loss": [int(lines.output[at]) * int(cut) // 100 for cut in cuts[at]],
        "base": lines.base[at].tolist(),
        "reason": given.reasons.get(party, ""),
        "estimated": party in given.estimated,
    }


def _level(given: Graded, entry: PollutionEntry, work: Cutting, answer: Answer, cuts: Ints, n: int) -> dict[str, Any]:
    level = given.law.levels[n]
    flat = flat_cut(given.lines, given.law, level)
    mine, done = lost(given.lines, cuts[:, n]), cut_amount(given.lines, cuts[:, n])
    worth = {
        name: float(y) / float(scale)
        for name, y, scale in zip(work.problem.resources, _multipliers(work, answer), work.problem.scale, strict=True)
    }
    weight = max(1, given.law.days[level])
    return {
        "id": level,
        "title": entry.level[n].title,
        "loss": int(mine),
        "flat_loss": int(flat.loss) if flat else None,
        "flat_share": int(flat.percent * 10_000) if flat else None,
        "saved": int(flat.loss - mine) if flat else None,
        "days": given.law.days[level],
        "pollutants": [
            {
                "id": one.id,
                "title": one.title,
                "need": int(given.law.share[level] * int(given.law.society[p])),
                "cut": int(done[p]) // 100,
                "share": int(Fraction(int(done[p]), 100) / max(1, int(given.law.society[p])) * 1_000_000),
                # fen a kilogram of one more day at this level: multipliers are fen times percent for grams times percent
                "worth": int(worth.get(f"{level}/{one.id}", 0.0) * float(work.problem.value_scale) * 1000 / weight),
            }
            for p, one in enumerate(entry.pollutant)
        ],
    }


def _multipliers(work: Cutting, answer: Answer) -> Sequence[float]:
    found = answer.multipliers.tolist()
    return found if len(found) == len(work.problem.resources) else [0.0] * len(work.problem.resources)


def _counties(given: Graded, cuts: Ints) -> list[dict[str, Any]]:
    top = len(given.law.levels) - 1
    shares = county_shares(given.lines, given.law, cuts.tolist(), top)
    loss: dict[str, int] = {}
    for at, county in enumerate(given.lines.county):
        loss[county] = loss.get(county, 0) + int(given.lines.output[at]) * int(cuts[at, top]) // 100
    return [
        {"unit": county, "cut_share": int(cut * 1_000_000), "base_share": int(base * 1_000_000), "loss": loss[county]}
        for county, (cut, base) in shares.items()
    ]


def _short_of_list(one: Short, entry: PollutionEntry) -> dict[str, Any]:
    level, _, rest = one.resource.partition("/")
    pollutant, _, county = rest.partition("@")
    names = {one.id: one.title for one in (*entry.level, *entry.pollutant)}
    kilograms = [int(amount / 100) // 1000 for amount in (one.asked, one.given)]
    verb, miss = ("需", "缺") if one.side == "min" else ("不宜超过", "超")
    where = f"（{county} 应担份额）" if county else ""
    words = (
        f"{names.get(level, level)}{names.get(pollutant, pollutant)}{where}：{verb} {kilograms[0]:,} 千克/日，最好的方案为 {kilograms[1]:,} 千克/日，"
        f"{miss} {abs(kilograms[0] - kilograms[1]):,} 千克/日。"
    )
    return {"level": level, "pollutant": pollutant, "unit": county, "asked": kilograms[0], "given": kilograms[1], "words": words}


def _binding_of_list(work: Cutting, answer: Answer, entry: PollutionEntry, names: Mapping[str, str]) -> list[dict[str, Any]]:
    titles = {one.id: one.title for one in (*entry.level, *entry.pollutant)}
    found = []
    for one in binding(work.problem, answer.choice, answer.multipliers, most=6):
        level, _, rest = one.resource.partition("/")
        pollutant, _, county = rest.partition("@")
        party = one.next_unit.partition("\x1f")[0]
        found.append(
            {
                "row": one.resource,
                "title": f"{titles.get(level, level)}{titles.get(pollutant, pollutant)}",
                "unit": county,
                "party": party,
                "name": names.get(party, party.lstrip("01")),
                "to": one.next_option,
                "cost": int(one.next_cost / 100),
            }
        )
    return found
