"""The rules in force: the pack's, and over them the changes that a second person signed, each from its day of application on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from yunxing.engines.entitlements.overlay import Replacement, overlaid
from yunxing.engines.entitlements.ruleset import RuleSet
from yunxing.io.store import dialect, rule_changes
from yunxing.packs.policies import load_policies
from yunxing.packs.policy_changes import replacement


def rules_in_force(pack: Path, connection: Any) -> RuleSet:
    """The rule set under which decisions are made now. Errors: `PackFault`, and `RuleRefused` for a change the pack no longer knows."""
    return _overlaid(pack, _stamp(pack), tuple(rule_changes.signed(connection)))


def rules_at(home: Path, pack: Path, named: str = "") -> RuleSet:
    """The same from a state folder, for who only asks: nothing is made. Where there is no store yet, no change was signed and the pack's rules hold.

    `named` is the id of the rule set wanted: one that was in force between two signed changes is found again; else the present one is given.
    """
    if not (home / "settings.toml").is_file():
        return load_policies(pack)
    with dialect.connected(home) as connection:
        if not dialect.has_table(connection, rule_changes.TABLE):
            return load_policies(pack)
        present = rules_in_force(pack, connection)
        if named in ("", present.id):
            return present
        changes, stamp = tuple(rule_changes.signed(connection)), _stamp(pack)
    earlier = (_overlaid(pack, stamp, changes[:number]) for number in range(len(changes)))
    return next((rules for rules in earlier if rules.id == named), present)


def _stamp(pack: Path) -> tuple[tuple[str, int], ...]:
    files = sorted([*(pack / "policies").glob("*.*"), *(pack / "policies" / "catalogues").glob("*.toml")])
    return tuple((file.name, file.stat().st_mtime_ns) for file in files)


@lru_cache(maxsize=8)
def _overlaid(pack: Path, _stamped: tuple[tuple[str, int], ...], changes: tuple[rule_changes.Signed, ...]) -> RuleSet:
    rules = load_policies(pack)
    for one in changes:
        rules = changed(rules, one.policy, json.loads(one.parameters), one.without, starts=one.starts, source=one.basis)
    return rules


def changed(
    rules: RuleSet, policy: str, parameters: Mapping[str, Any], without: Iterable[str] = (), *, starts: date | None = None, source: str = ""
) -> RuleSet:
    """The rules with one policy's numbers and conditions changed from a day on. Errors: `BadInput`, `RuleRefused`, in words."""
    newest = rules.policy(policy)
    wanted = [replace(replacement(newest, name, written, source), starts=starts) for name, written in parameters.items()]
    wanted += [Replacement(policy, without=name, starts=starts) for name in without]
    parent = rules.id
    for one in wanted:
        rules = overlaid(rules, [one])
    return RuleSet(rules.policies, parent)
