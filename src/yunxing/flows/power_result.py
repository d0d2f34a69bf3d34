"""A day of orderly power use: gathered, held tier by tier, checked, told by user, line and load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from yunxing.engines.contingency.check_orders import power_faults
from yunxing.engines.contingency.power import RUN, TIERS, Station, level_of, station
from yunxing.engines.contingency.problem import plan_digest
from yunxing.flows.contingency_inputs import Supplying, day_of, power_inputs
from yunxing.flows.hold_power import Held, hold_day, words_of
from yunxing.flows.plan_changes import options_before, power_changes, windows_before
from yunxing.flows.plan_proof import Progress, enterprise_names, millionths, once, proof, quiet, sealed
from yunxing.packs.contingency import Contingency, PowerEntry


def hold_power(
    home: Path,
    connection: Any,
    rules: Contingency,
    asked: Mapping[str, Any],
    day: date,
    progress: Progress = quiet,
    before: Mapping[str, Any] | None = None,
    kept: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A day of orderly use. `asked`: `season`, `gap` (percent of the peak demand), `tripped` (units), `locked` (parties not to be touched), `seconds`."""
    progress("reading")
    given: Supplying = once(kept, f"power {day}", lambda: power_inputs(home, connection, rules, day))
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
    asked_day = day_of(given, entry, season, gap, list(asked.get("tripped") or ()), windows_before(before, entry.blocks // 24))
    work = station(users, asked_day)
    progress("solving")
    taken, gone = options_before(work, before) if before else (None, frozenset[int]())
    held = hold_day(work, seconds=float(asked.get("seconds") or entry.seconds), gap=0.005, before=taken)
    names: Mapping[str, str] = once(kept, f"names {day}", lambda: enterprise_names(connection, day))
    found = power_result(given, entry, season.id, work, held, names)
    if before is not None and taken is not None:
        found["changes"] = power_changes(work, held, before, taken, gone, names)
    return sealed(found)


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
    rows: list[dict[str, Any]] = [
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
        "feeders": len(day.feeders),
        "proof": {
            **proof(held.answer, held.stage.problem.digest, plan_digest(held.stage.problem, held.stage.choice_of(held.options))),
            "gap": millionths(held.gap),
            "status": held.status,
            "milliseconds": int(held.seconds * 1000),
            "first_milliseconds": int(held.first_seconds * 1000),
        },
        "rounds": held.rounds,
        "order": _order(held),
        "verdict": {"holds": holds, "faults": faults[:20]},
        "short": [{"words": one} for one in (words_of(work, held) if not held.holds or held.unproven else [])],
    }


def _order(held: Held) -> dict[str, Any]:
    """What proves of each tier gone past that it is not enough, and which are not proven."""
    return {
        "proven": not held.unproven,
        "by": {TIERS[tier]: by for tier, by in sorted(held.proven_by.items())},
        "unproven": [TIERS[tier] for tier in held.unproven],
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
