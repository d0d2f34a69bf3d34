"""Plans when coal, power or clean air is short: gather, solve, check, and tell the result as one document that pages, sheets and cases read.

A result holds whole numbers and words only, so that it has a digest: money in fen, loads in kW, weights in grams or kilograms, shares in millionths.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from yunxing.engines.contingency.check_orders import county_shares, list_faults, power_faults
from yunxing.engines.contingency.coal import Coal, Loan, days_of, lend
from yunxing.engines.contingency.curtail import Cutting, curtailment, cut_amount, flat_cut, lost
from yunxing.engines.contingency.explain import Short, binding, shorts
from yunxing.engines.contingency.power import RUN, TIERS, Station, level_of, station
from yunxing.engines.contingency.problem import Ints, plan_digest
from yunxing.flows.contingency_inputs import Graded, Stocked, Supplying, coal_inputs, day_of, graded_lines, power_inputs
from yunxing.flows.hold_coal import Supplied, supply
from yunxing.flows.hold_power import TIER_NAMES, Held, hold_day, words_of
from yunxing.io.solvers.solve import Answer, solve
from yunxing.packs.contingency import Contingency, PollutionEntry, PowerEntry, days
from yunxing.values.digest import digest
from yunxing.values.errors import BadInput
from yunxing.values.money import parse_rate


Progress = Callable[[str], None]
TARGET = 0.001


def _quiet(_words: str) -> None:
    """Nobody listens."""


def hold(
    home: Path,
    connection: Any,
    rules: Contingency,
    kind: str,
    asked: Mapping[str, Any],
    day: date,
    *,
    floor: Fraction,
    progress: Progress = _quiet,
) -> dict[str, Any]:
    """The result of a scenario of a kind (pollution, power, coal). `asked` is what the form gave; `floor` the plan's days of coal."""
    if kind == "pollution":
        return compile_list(home, connection, rules, asked, day, progress)
    if kind == "power":
        return hold_power(home, connection, rules, asked, day, progress)
    if kind == "coal":
        return hold_coal(home, connection, rules, asked, day, floor, progress)
    raise BadInput(f"the kind of a scenario: found {kind!r}, expected pollution, power or coal.")


# ---- heavy pollution ----------------------------------------------------------------------------------------------------------------------------------
def compile_list(
    home: Path, connection: Any, rules: Contingency, asked: Mapping[str, Any], day: date, progress: Progress = _quiet
) -> dict[str, Any]:
    """The season's list: a cut for every line at every level. `asked`: `same` (one cut for an industry and grade), `spread` (county fairness), `seconds`."""
    progress("reading")
    usual = parse_rate(rules.pollution.spread)
    given = graded_lines(home, connection, rules, day, same=bool(asked.get("same")), spread=usual if asked.get("spread", True) else None)
    progress("solving")
    given, work, answer = _widened(given, float(asked.get("seconds") or rules.pollution.seconds))
    cuts = work.by_line(answer.choice)
    faults = list_faults(given.lines, given.law, cuts.tolist())
    reg = {party: firm.name for party, firm in _parties(connection, day).items()}
    lines = [_line(given, at, cuts, reg) for at in range(len(given.lines.party))]
    return _sealed(
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
        }
    )


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


def _parties(connection: Any, day: date) -> Mapping[str, Any]:
    from yunxing.io.store.registry import read_parties

    return read_parties(connection, kind="enterprise", on=day)


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


# ---- power --------------------------------------------------------------------------------------------------------------------------------------------
def hold_power(
    home: Path, connection: Any, rules: Contingency, asked: Mapping[str, Any], day: date, progress: Progress = _quiet
) -> dict[str, Any]:
    """A day of orderly use. `asked`: `season`, `gap` (percent of the peak demand), `tripped` (units), `locked` (parties not to be touched), `seconds`."""
    progress("reading")
    given = power_inputs(home, connection, rules, day)
    entry = rules.power
    season = next((one for one in entry.season if one.id == asked.get("season")), None) or next(
        (one for one in entry.season if one.holds(day)), entry.season[0]
    )
    locked = set(asked.get("locked") or ())
    users = given.users
    if locked:
        users = replace(
            users, exempt=["锁定：推演中指定不动" if party in locked else one for party, one in zip(users.party, users.exempt, strict=True)]
        )
    gap = Fraction(str(asked.get("gap", 0))) / 100
    asked_day = day_of(given, entry, season, gap, list(asked.get("tripped") or ()))
    work = station(users, asked_day)
    progress("solving")
    held = hold_day(work, seconds=float(asked.get("seconds") or entry.seconds), gap=0.005)
    names = {party: firm.name for party, firm in _parties(connection, day).items()}
    return _sealed(power_result(given, entry, season.id, work, held, names))


def power_result(given: Supplying, entry: PowerEntry, season: str, work: Station, held: Held, names: Mapping[str, str]) -> dict[str, Any]:
    """The result of a day: orders by user, line and load, the balance by block, tiers used, units, counties."""
    day, ways, users = work.day, work.ways, work.users
    chosen = [int(one) for one in held.options if ways.tier[one] != RUN]
    orders = [
        {"user": int(ways.user[one]), "tier": int(ways.tier[one]), "window": int(ways.window[one]), "kilowatts": int(ways.kilowatts[one])}
        for one in chosen
    ]
    faults = power_faults(users, day, orders, held.tier)
    per = len(day.demand) // 24
    rows = [
        {
            "party": users.party[one["user"]],
            "name": names.get(users.party[one["user"]], users.party[one["user"]]),
            "line": users.line[one["user"]],
            "feeder": users.feeder[one["user"]],
            "unit": users.county[one["user"]],
            "tier": TIERS[one["tier"]],
            "kilowatts": one["kilowatts"],
            "from": day.windows[one["window"]][0] // per,
            "until": day.windows[one["window"]][1] // per,
            "loss": int(ways.loss[option]),
        }
        for one, option in zip(orders, chosen, strict=True)
    ]
    cut = work.given(held.options) // 100
    worst = int(np.argmax(day.demand - day.supply))
    tiers = {name: sum(one["kilowatts"] for one in rows if one["tier"] == name) for name in TIERS[1:]}
    holds = held.holds and not faults
    return {
        "kind": "power",
        "month": given.month.code,
        "day": given.day,
        "season": season,
        "level": level_of(int(day.demand[worst]), int(day.supply[worst]), entry.levels()),
        "peak": int(day.demand.max()),
        "gap": int((day.demand - day.supply).max()),
        "reserve": entry.reserve,
        "tier": TIERS[held.tier],
        "tiers": tiers,
        "loss": held.loss,
        "blocks": [{"demand": int(d), "supply": int(s), "cut": int(c)} for d, s, c in zip(day.demand, day.supply, cut, strict=True)],
        "rows": sorted(rows, key=lambda one: (-one["kilowatts"], one["party"])),
        "counties": _power_counties(work, rows),
        "units": [
            {
                "id": one.unit,
                "name": one.name,
                "nominal": one.nominal_kw,
                "available": int(one.available_kw),
                "state": one.state,
                "lost": dict(one.lost),
            }
            for one in given.units
        ],
        "protected": sum(bool(one) for one in users.exempt),
        "feeders": int(len(day.feeders)),
        "proof": {
            **proof(held.answer, held.stage.problem.digest, plan_digest(held.stage.problem, held.answer.choice)),
            "gap": _millionths(held.gap),
        },
        "rounds": held.rounds,
        "verdict": {"holds": holds, "faults": faults[:20]},
        "short": [{"words": one} for one in (words_of(work, held) if not held.holds else [])],
    }


def _power_counties(work: Station, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    load: dict[str, int] = {}
    for county, one in zip(work.users.county, work.users.load.tolist(), strict=True):
        load[county] = load.get(county, 0) + one
    cut: dict[str, int] = {}
    loss: dict[str, int] = {}
    for one in rows:
        cut[one["unit"]] = cut.get(one["unit"], 0) + one["kilowatts"]
        loss[one["unit"]] = loss.get(one["unit"], 0) + one["loss"]
    all_cut, all_load = sum(cut.values()) or 1, sum(load.values()) or 1
    return [
        {
            "unit": county,
            "cut_share": cut.get(county, 0) * 1_000_000 // all_cut,
            "base_share": load[county] * 1_000_000 // all_load,
            "loss": loss.get(county, 0),
        }
        for county in sorted(load)
    ]


# ---- coal ---------------------------------------------------------------------------------------------------------------------------------------------
def hold_coal(
    home: Path, connection: Any, rules: Contingency, asked: Mapping[str, Any], day: date, floor: Fraction, progress: Progress = _quiet
) -> dict[str, Any]:
    """Arrivals and lending. `asked`: `cut` (percent of trains that do not come), `cold` (percent of usual use), `seconds`."""
    progress("reading")
    cut, cold = Fraction(str(asked.get("cut", 0))) / 100, Fraction(str(asked.get("cold", 100))) / 100
    given = coal_inputs(home, connection, rules, day, floor, cut=cut, cold=cold)
    progress("solving")
    loans = loans_of(given, rules)
    done = supply(lent(given.coal, loans), seconds=float(asked.get("seconds") or rules.coal.seconds), gap=0.01)
    return _sealed(coal_result(given, done, loans, rules, floor))


def loans_of(given: Stocked, rules: Contingency) -> list[Loan]:
    """Who lends to whom today, before any train can come."""
    coal = given.coal
    return lend(
        list(coal.sites), coal.stock.tolist(), coal.mean.tolist(), coal.floor, list(given.counties), rich=Fraction(days(rules.coal.rich))
    )


def lent(coal: Coal, loans: Sequence[Loan]) -> Coal:
    """The sites after the loans."""
    stock, place = coal.stock.copy(), {site: at for at, site in enumerate(coal.sites)}
    for one in loans:
        stock[place[one.lender]] -= one.kilograms
        stock[place[one.borrower]] += one.kilograms
    return replace(coal, stock=stock, yard=np.maximum(coal.yard, stock))


def coal_result(given: Stocked, done: Supplied, loans: Sequence[Loan], rules: Contingency, floor: Fraction) -> dict[str, Any]:
    """The result: by site days of stock now, at their fewest, after ten and thirty days; trains by day; loans; the city's days as Σ stock ÷ Σ use."""
    coal, course = given.coal, done.course
    committed = days(rules.coal.committed)
    sites = []
    for at, site in enumerate(coal.sites):
        mean = max(1, int(coal.mean[at]))
        stocks = [int(one) for one in course.stock[at]]
        below = next((n + 1 for n, one in enumerate(stocks) if one < coal.keep[at]), None)
        sites.append(
            {
                "party": site, "name": given.names[at], "unit": given.counties[at], "stock": int(coal.stock[at]), "mean": mean, "floor": str(coal.floor[at]),
                "days": int(coal.stock[at]) * 100 // mean, "lowest": min(stocks) * 100 // mean, "day10": stocks[min(9, len(stocks) - 1)] * 100 // mean,
                "day30": stocks[min(29, len(stocks) - 1)] * 100 // mean, "below_on": below, "unmet": int(course.unmet[at].sum()), "carried": site in given.carried,
                "course": [one * 100 // mean for one in stocks],
            }
        )  # fmt: skip
    trains = [
        {"day": d + 1, "party": coal.sites[s], "name": given.names[s], "unit": given.counties[s], "mine": coal.mines[m], "trains": int(round(done.trains[s, m, d])),
         "arrives": d + 1 + int(coal.travel[s, m]), "committed": d < committed}
        for d in range(coal.near) for s in range(len(coal.sites)) for m in range(len(coal.mines)) if done.trains[s, m, d] > 0.5
    ]  # fmt: skip
    city = days_of(int(coal.stock.sum()), int(coal.mean.sum()))
    names = dict(zip(coal.sites, given.names, strict=True))
    answer = done.answer
    return {
        "kind": "coal",
        "day": given.day.isoformat(),
        "floor": str(floor),
        "city_days": int((city or Fraction(0)) * 100),
        "rows": sites,
        "trains": trains,
        "mines": {one.id: one.title for one in rules.coal.mine},
        "loans": [
            {"lender": one.lender, "lender_name": names[one.lender], "borrower": one.borrower, "borrower_name": names[one.borrower],
             "kilograms": one.kilograms, "lender_days": int(one.lender_days * 100), "borrower_days": int(one.borrower_days * 100)}
            for one in loans
        ],
        "freight": int(course.freight),
        "counties": [],
        "proof": {
            "status": answer.status, "gap": _millionths(answer.gap), "objective": int(answer.objective), "bound": int(answer.bound), "bound_by": answer.bound_by,
            "solver": answer.solver, "milliseconds": int(answer.seconds * 1000), "cut_by": answer.cut_by, "method": answer.method,
            "input_hash": _linear_digest(done), "plan_hash": digest([[one["day"], one["party"], one["mine"], one["trains"]] for one in trains]),
        },
        "verdict": {"holds": not any(one["below_on"] for one in sites), "faults": []},
        "short": [
            {"words": f"{one['name']}：第 {one['below_on']} 日低于 {one['floor']} 天，最低 {one['lowest'] / 100:.2f} 天。"} for one in sites if one["below_on"]
        ],
    }  # fmt: skip


def _linear_digest(done: Supplied) -> str:
    from yunxing.engines.contingency.coal import model

    return model(done.coal).digest


# ---- what all results say of their proof ----------------------------------------------------------------------------------------------------------------
def proof(answer: Answer, input_hash: str, plan_hash: str) -> dict[str, Any]:
    """The proof of a plan as whole numbers and words: gap in millionths, time in milliseconds."""
    return {
        "status": answer.status,
        "gap": _millionths(answer.gap),
        "bound_by": answer.bound_by,
        "solver": answer.solver,
        "milliseconds": int(answer.seconds * 1000),
        "first_milliseconds": int(min(answer.first_seconds, 1e6) * 1000),
        "cut_by": answer.cut_by,
        "method": answer.method,
        "input_hash": input_hash,
        "plan_hash": plan_hash,
    }


def _millionths(gap: float) -> int | None:
    return int(gap * 1_000_000) if gap < 1000 else None


def _sealed(result: dict[str, Any]) -> dict[str, Any]:
    """The result with its own digest."""
    return {**result, "digest": digest(result)}


def floor_of(pack: Any, rules: Contingency) -> Fraction:
    """The plan's days of coal, from the commitment that the pack names."""
    found = next((one for one in pack.commitments if one.id == rules.coal.commitment), None)
    if found is None:
        raise BadInput(f"the commitment {rules.coal.commitment!r}: found none, expected one of commitments.toml.")
    return Fraction(days(found.value))


__all__ = ["TIER_NAMES", "compile_list", "floor_of", "hold", "hold_coal", "hold_power"]
