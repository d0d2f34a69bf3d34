"""What a plan changes against the one before it: who is told something else, and why; so that a change of the balance is read in a minute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np

from yunxing.engines.contingency.coal import Coal
from yunxing.engines.contingency.coal_steady import moves
from yunxing.engines.contingency.curtail import Cutting
from yunxing.engines.contingency.power import RUN, TIERS, Station, option_of, running
from yunxing.engines.contingency.problem import Floats, Ints
from yunxing.engines.contingency.steady import Reason, reasons
from yunxing.flows.hold_coal import Announced
from yunxing.flows.hold_power import TIER_NAMES, Held
from yunxing.values.money import format_money

Result = Mapping[str, Any]


def told(count: int, rows: Sequence[Mapping[str, Any]], dearer: int) -> dict[str, Any]:
    """The part `changes` of a result: how many units stay, who changes (before, now, why), and fen more than the best plan for changing less."""
    return {"same": count - len(rows), "dearer": dearer, "rows": list(rows)}


def kind_of(before: object, now: object) -> str:
    """What kind of change it is: new, gone, other."""
    return "other" if before and now else "new" if now else "gone"


# ---- power ------------------------------------------------------------------------------------------------------------------------------------------------
def windows_before(before: Result | None, per: int) -> list[tuple[int, int]]:
    """The windows of the orders before, in blocks: what was ordered must stay possible."""
    return sorted({(one["from"] * per, one["until"] * per) for one in before["rows"]}) if before else []


def options_before(work: Station, before: Result) -> tuple[Ints, frozenset[int]]:
    """Everybody's option in the plan before (running where it named none), and the users whose order cannot be given any more."""
    found, gone = running(work).copy(), set()
    place = {key: at for at, key in enumerate(zip(work.users.party, work.users.line, strict=True))}
    per = len(work.day.demand) // 24
    for one in before["rows"]:
        user = place.get((one["party"], one["line"]))
        if user is None:
            continue
        option = option_of(work, user, TIERS.index(one["tier"]), (one["from"] * per, one["until"] * per))
        if option is None:
            gone.add(user)
        else:
            found[user] = option
    return found, frozenset(gone)


def power_changes(work: Station, held: Held, before: Result, taken: Ints, gone: frozenset[int], names: Mapping[str, str]) -> dict[str, Any]:
    """The users told something else. `taken` and `gone` are what `options_before` gave."""
    stage, users = held.stage, work.users
    orders = {(one["party"], one["line"]): one for one in before["rows"]}
    user_of = work.ways.user[stage.options[stage.problem.first[:-1]]]  # the stage's units are sorted, the users are not
    rows = []
    why = {int(user_of[one.unit]): one for one in reasons(stage.problem, stage.choice_of(taken), stage.choice_of(held.options))}
    for user in sorted({*why, *gone}):
        key, option = (users.party[user], users.line[user]), int(held.options[user])
        rows.append(
            {
                "party": key[0], "name": names.get(key[0], key[0]), "line": key[1], "unit": users.county[user],
                "before": _order_words(orders.get(key)), "now": _way_words(work, option), "kind": kind_of(key in orders, work.ways.tier[option] != RUN),
                "why": _power_why(work, held, user, why.get(user), gone=user in gone, fell=work.ways.tier[option] == RUN),
            }
        )  # fmt: skip
    return told(len(users.party), rows, held.dearer)


def _order_words(one: Mapping[str, Any] | None) -> str:
    return "正常" if one is None else f"{TIER_NAMES[one['tier']]} {one['from']:02d}:00—{one['until']:02d}:00 {one['kilowatts']:,} kW"


def _way_words(work: Station, option: int) -> str:
    ways, per = work.ways, len(work.day.demand) // 24
    if ways.tier[option] == RUN:
        return "正常"
    first, end = work.day.windows[int(ways.window[option])]
    return f"{TIER_NAMES[TIERS[int(ways.tier[option])]]} {first // per:02d}:00—{end // per:02d}:00 {int(ways.kilowatts[option]):,} kW"


def _power_why(work: Station, held: Held, user: int, one: Reason | None, *, gone: bool, fell: bool) -> str:
    if work.users.exempt[user]:
        return f"不再安排：{work.users.exempt[user]}。"
    if gone:
        return "负荷或提前通知时间已变，原措施不能再下。"
    if one is not None and one.resource:
        short = -(-one.short // 100)
        kind, _, rest = one.resource.partition(" ")
        if kind == "city":
            return f"若不变，{work.day.clock(int(rest.split()[-1]))} 还缺 {int(short):,} kW。"
        if kind == "feeder":
            return f"若不变，线路 {rest.split()[0]} 超限 {int(short):,} kW。"
        return f"若不变，“{TIER_NAMES[TIERS[held.tier]]}”用量多于所需。"
    if one is not None and one.saved > 0:
        return f"{'不再需要' if fell else '改后'}，少损失 {format_money(int(one.saved))}。"
    return "与其他用户的调整相互配合。"


# ---- coal -------------------------------------------------------------------------------------------------------------------------------------------------
def announced(before: Result, coal: Coal, day: date, firm: int) -> Announced:
    """The trains announced before, on the days of the plan at hand; those of days gone by are left out."""
    trains = np.zeros((len(coal.sites), len(coal.mines), coal.days))
    sites, mines = ({name: at for at, name in enumerate(names)} for names in (coal.sites, coal.mines))
    passed = (day - date.fromisoformat(before["day"])).days
    for one in before["trains"]:
        at = one["day"] - 1 - passed
        if one["party"] in sites and one["mine"] in mines and 0 <= at < coal.near:
            trains[sites[one["party"]], mines[one["mine"]], at] += one["trains"]
    return Announced(trains, firm)


def coal_changes(
    coal: Coal, before: Announced, trains: Floats, names: Sequence[str], mines: Mapping[str, str], dearer: int
) -> dict[str, Any]:
    """The trains that move: by site, day and mine, with what keeping the site's announced trains would do."""
    rows = []
    for one in moves(coal, before.trains, trains):
        if one.below_on is not None:
            why = f"若不变，第 {one.below_on} 日低于下限。"
        elif one.fault:
            why = "若不变，装车、卸车、铁路或场地能力不足。"
        elif one.saved:
            why = f"若不变，全程多费 {format_money(one.saved)}。"
        else:
            why = "与其他场所的调整相互配合。"
        head = f"第 {one.day + 1} 日 {mines[coal.mines[one.mine]]}"
        rows.append(
            {
                "party": coal.sites[one.site], "name": names[one.site], "line": "", "unit": "",
                "before": f"{head} {one.before:.0f} 列", "now": f"{head} {one.now:.0f} 列", "kind": kind_of(one.before > 0, one.now > 0), "why": why,
            }
        )  # fmt: skip
    return told(int((before.trains[:, :, : coal.near] > 0.5).sum()) + sum(one["kind"] == "new" for one in rows), rows, dearer)


# ---- pollution --------------------------------------------------------------------------------------------------------------------------------------------
def cuts_before(work: Cutting, before: Result) -> Ints:
    """The option of every unit that the list before gave it; where the list had none or it is not allowed any more, the least cut."""
    given = {(one["party"], one["line"]): tuple(one["cuts"]) for one in before["rows"]}
    lines, problem = work.lines, work.problem
    found = problem.first[:-1].copy()
    for unit, members in enumerate(work.members):
        wanted = given.get((lines.party[members[0]], lines.line[members[0]]))
        for option in range(int(problem.first[unit]), int(problem.first[unit + 1])):
            if work.cuts[option] == wanted:
                found[unit] = option
    return np.asarray(found, dtype=np.int64)


def list_changes(
    work: Cutting, before: Ints, now: Ints, names: Mapping[str, str], titles: Mapping[str, str], dearer: Fraction
) -> dict[str, Any]:
    """The lines cut otherwise than in the list before."""
    rows = []
    for one in reasons(work.problem, before, now):
        level, _, rest = one.resource.partition("/")
        pollutant, _, county = rest.partition("@")
        what = f"{titles.get(level, level)}{titles.get(pollutant, pollutant)}" + ("县区份额" if county else "")
        if one.resource:
            why = f"若不变，{what} 不能满足。"
        else:
            why = f"若不变，全季多损失 {format_money(int(one.saved / 100))}。" if one.saved > 0 else "与其他生产线的调整相互配合。"
        for at in work.members[one.unit]:
            party = work.lines.party[at]
            rows.append(
                {
                    "party": party, "name": names.get(party, party), "line": work.lines.line[at], "unit": work.lines.county[at],
                    "before": _cut_words(work.cuts[one.before]), "now": _cut_words(work.cuts[one.now]), "why": why,
                    "kind": kind_of(any(work.cuts[one.before]), any(work.cuts[one.now])),
                }
            )  # fmt: skip
    return told(len(work.lines.party), rows, int(dearer / 100))


def _cut_words(cuts: Sequence[int]) -> str:
    return "→".join(f"{one}%" for one in cuts)
