"""Lists that are worked out instead of kept: who is entitled and has not applied, who reports one thing and not another. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from yunxing.engines.entitlements.assess import assess
from yunxing.engines.entitlements.ruleset import RuleSet
from yunxing.io import profiles
from yunxing.io.month_tables import SMALL
from yunxing.io.store.granted import granted_before
from yunxing.packs.generated import Generated

STILL_OPEN = frozenset({"", "offered"})
"""States of an offer in which nobody has said a word about it yet; empty for what was never offered."""


@dataclass(frozen=True, slots=True)
class NotApplied:
    """One claim: the rule, whom it is about and who would be paid, what it is worth, and whether it waits for an answer (`offered`) or was never offered."""

    policy: str
    party: str
    payee: str
    name: str
    amount_fen: int | None
    state: str
    day: date


@dataclass(frozen=True, slots=True)
class Without:
    """One member of a roster: what it reported of the first item; the second is 0 or was not reported (None)."""

    party: str
    name: str
    unit: str
    has: int
    lacks: int | None


def not_applied(
    home: Path, connection: Any, rules: RuleSet, policies: Sequence[str], offers: Mapping[tuple[str, str], str]
) -> list[NotApplied]:
    """Everybody whom the rules entitle on the day of its profile, without those who were granted it or have answered an offer; the largest first.

    `offers` gives the state of the newest offer of a rule to a party. A rule without profiles, or not in force on their day, has nobody.
    """
    days = profiles.days(home)
    found: list[NotApplied] = []
    for policy in policies:
        frame = profiles.of_policy(home, policy)
        day = days.get(policy)
        if frame is None or day is None or policy not in {one.id for one in rules} or not rules.policy(policy, day).in_force(day):
            continue
        rows = {str(row["party"]): row for row in frame.collect().iter_rows(named=True)}
        table = assess(frame.drop("payee", "name", "source", "arrived", strict=False).collect(), rules.only([policy]), day)
        entitled = {str(row["party"]): row["amount_fen"] for row in table.iter_rows(named=True) if row["outcome"] == "yes"}
        granted = granted_before(connection, policy)
        found += [
            NotApplied(policy, party, str(rows[party].get("payee") or party), str(rows[party].get("name") or ""), amount, state, day)
            for party, amount in entitled.items()
            if party not in granted and (state := offers.get((policy, party), "")) in STILL_OPEN
        ]
    return sorted(found, key=lambda one: (policies.index(one.policy), -(one.amount_fen or 0), one.party))


def without(rule: Generated, period: str, facts: Iterable[Mapping[str, Any]], members: Iterable[Mapping[str, Any]]) -> list[Without]:
    """Members of the rule's roster whose `has` is above nothing in the period and whose `lacks` is nothing or was not reported; the largest first.

    `facts` are the rows of a closed month's `facts.parquet`, `members` those of its `registry.parquet`. What is held for confirmation counts for nothing,
    and of a cell the highest version counts, as the indicators count.
    """
    cells: dict[tuple[str, str], tuple[int, int | None]] = {}
    for one in facts:
        if (one["form"], one["role"], one["period"], one["as_reported"]) != (rule.form, "value", period, "cumulative") or one["held"]:
            continue
        if one["item"] in (rule.has, rule.lacks):
            key = (str(one["party"]), str(one["item"]))
            cells[key] = max(cells.get(key, (0, None)), (int(one["version"]), one["value"]), key=lambda pair: pair[0])
    found = []
    for member in members:
        party = str(member["id"])
        has, lacks = (cells.get((party, item), (0, None))[1] for item in (rule.has, rule.lacks))
        wanted = rule.roster in str(member["rosters"]).split(",") and (not rule.small or member["size"] in SMALL)
        if wanted and has is not None and has > 0 and not (lacks or 0) > 0:
            found.append(Without(party, str(member["name"]), str(member["unit"]), has, lacks))
    return sorted(found, key=lambda one: (-one.has, one.party))
