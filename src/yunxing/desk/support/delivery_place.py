"""What the pages of delivery stand on: the pack, which policies are delivered by confirmation, whose they are, which papers a policy needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from yunxing.desk.support.in_force import pack, rules
from yunxing.engines.entitlements.policy import Policy
from yunxing.engines.entitlements.tree import Type
from yunxing.flows.deliver import deliverable, sources_of
from yunxing.packs.pools import Pool
from yunxing.values.scope import ALL, Scope

_PAPERS = {"发票": "invoice", "凭证": "invoice", "合同": "contract"}


@dataclass(frozen=True, slots=True)
class Kind:
    """A policy that is delivered by confirmation: its titles, clause, pool, office, and the paper that shows its cost (empty: none)."""

    id: str
    title: str
    title_en: str
    clause: str
    pool: Pool
    office: str
    paper: str


@lru_cache(maxsize=8)
def _kinds(folder: Path, day: date, _ruleset: str) -> dict[str, Kind]:
    sources, found = sources_of(folder), {}
    offices = {one.number: one.lead or one.offices[0] for one in pack().measures}
    for policy, pool in deliverable(folder, day, rules()):
        measure = int(pool.clause.split("/")[1])
        sheet = policy.sheet
        found[policy.id] = Kind(policy.id, sheet.title, sheet.title_en, pool.clause, pool, offices[measure], _paper(policy, sources))
    return found


def kinds(day: date) -> dict[str, Kind]:
    """What may be delivered on the day, by policy."""
    return _kinds(pack().folder, day, rules().id)


def _paper(policy: Policy, sources: dict[str, str]) -> str:
    """The paper behind the first column of money that an enterprise declares."""
    for name, column in policy.sheet.columns.items():
        if column.type is Type.FEN and (source := sources.get(name, "")).startswith("declared:"):
            return next((paper for word, paper in _PAPERS.items() if word in source), "")
    return ""


def mine(day: date, scope: Scope) -> list[Kind]:
    """The kinds that a person's office may open rounds of; the command may open any."""
    return [one for one in kinds(day).values() if scope.offices is ALL or one.office in scope.offices]


def office_name(code: str) -> str:
    """An office as it is called; its code where the pack does not know it."""
    found = pack().offices.get(code)
    return found.name if found else code


def unit_names() -> dict[str, str]:
    """Reporting units by code."""
    return {unit.id: unit.name for unit in pack().regions.units}


def titles(names: Sequence[str], day: date) -> list[tuple[str, str]]:
    """The titles of policies in both languages; one that is in force no more is shown by its id."""
    known = kinds(day)
    return [(known[name].title, known[name].title_en) if name in known else (name, name) for name in names]
