"""The plan, its policies, relations and examples as this room needs them; the rules in force with the changes that were signed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import connection

from yunxing.engines.entitlements.assess import Scalar
from yunxing.engines.entitlements.policy import Policy
from yunxing.engines.entitlements.ruleset import RuleSet
from yunxing.engines.entitlements.stacking import Stacking
from yunxing.flows.rules_in_force import rules_in_force
from yunxing.packs.pack import Pack, load_pack
from yunxing.packs.policy_examples import Example, load_examples
from yunxing.packs.relations import load_relations


@lru_cache(maxsize=2)
def _pack(given: str) -> Pack:
    return load_pack(given or None)


def pack() -> Pack:
    """The plan pack of this installation."""
    return _pack(settings.PACK)


def rules() -> RuleSet:
    """The rule set under which decisions are made now, signed changes included."""
    connection.ensure_connection()
    return rules_in_force(pack().folder, connection)


def scalar(found: RuleSet, policy: Policy) -> Scalar:
    """A policy compiled for one party, kept as long as its rule set is in use."""
    key = (found.id, policy.id, policy.sheet.starts.isoformat())
    if key not in _KEPT:
        if len(_KEPT) > _MOST_KEPT:
            _KEPT.clear()
        _KEPT[key] = Scalar.of(policy)
    return _KEPT[key]


_MOST_KEPT = 512
_KEPT: dict[tuple[str, str, str], Scalar] = {}


@lru_cache(maxsize=2)
def _stacking(folder: Path) -> Stacking:
    return load_relations(folder)


def stacking() -> Stacking:
    """Which benefits do not go together."""
    return _stacking(pack().folder)


@lru_cache(maxsize=2)
def _examples(folder: Path) -> tuple[Example, ...]:
    from yunxing.packs.policies import load_policies

    return tuple(load_examples(folder, load_policies(folder)))


def examples(policy: str) -> list[Example]:
    """The policy's examples with what must come out."""
    return [one for one in _examples(pack().folder) if one.policy == policy]


def titles() -> Mapping[str, tuple[str, str]]:
    """Policy id → its title in both languages."""
    return {policy.id: (policy.sheet.title, policy.sheet.title_en) for policy in rules()}
