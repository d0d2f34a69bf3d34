"""What a change of a rule would do, over every profile there is: cost, winners and losers by county, industry and size, before anyone signs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from yunxing.engines.entitlements.overlay import most_moved, report, side_by_side
from yunxing.engines.entitlements.policy import Parameter
from yunxing.engines.entitlements.ruleset import RuleSet
from yunxing.flows.rules_in_force import changed
from yunxing.io import profiles
from yunxing.io.store.registry import read_parties
from yunxing.packs.policy_changes import lines, shown
from yunxing.packs.pools import load_pools
from yunxing.values.digest import canonical_json, digest
from yunxing.values.errors import BadInput

LEAST_GROUP = 3  # a sum over fewer enterprises would tell a single one's


@dataclass(frozen=True, slots=True)
class Variant:
    """One way the policy could be: changed parameters as written, conditions left out."""

    parameters: Mapping[str, Any]
    without: tuple[str, ...] = ()


def what_if(
    home: Path, pack: Path, connection: Any, rules: RuleSet, policy: str, variants: Sequence[Variant], on: date
) -> list[dict[str, Any]]:
    """For each variant its report against the present rules, from one pass over the profiles, and who would move most.

    Errors: `BadInput` where the policy has no profiles or a number cannot be read, `RuleRefused` where a change cannot be proved.
    """
    frame = profiles.of_policy(home, policy)
    if frame is None:
        raise BadInput(f"{policy}: found no profiles, expected those of a round of support; run `yunxing entitlements round` first")
    present = rules.policy(policy, on)
    sets = [changed(rules, policy, one.parameters, one.without) for one in variants]
    grouped = with_groups(frame, connection)
    table = side_by_side(grouped, present, [one.policy(policy, on) for one in sets], on)
    budget = next((pool.budget_fen for pool in load_pools(pack).values() if policy in pool.policies), None)
    return [
        {
            **report(table, at, budget_fen=budget, least_group=LEAST_GROUP),
            **most_moved(table, at),
            "policy": policy,
            "on": on.isoformat(),
            "ruleset": rules.id,
            "changed_ruleset": sets[at - 1].id,
            "parameters": dict(variants[at - 1].parameters),
            "without": list(variants[at - 1].without),
            "was": {name: _was(rules.policy(policy).sheet.parameters[name]) for name in variants[at - 1].parameters},
            "synthetic": _synthetic(frame),
        }
        for at in range(1, len(variants) + 1)
    ]


def _was(parameter: Parameter) -> str | list[list[str]]:
    """What a parameter says before the change: the rules move on, and the report still tells what was changed."""
    return [list(line) for line in lines(parameter)] if parameter.table else shown(parameter)


def with_groups(frame: pl.LazyFrame, connection: Any) -> pl.LazyFrame:
    """The profiles with county, industry and size of the enterprise that would be paid (a project's own parent)."""
    lines = [(one.id, one.unit, one.industry[:2], one.size) for one in read_parties(connection).values()]
    groups = pl.LazyFrame(lines, schema=["__of", "unit", "industry", "size"], orient="row")
    payee = pl.col("payee") if "payee" in frame.collect_schema() else pl.col("party")
    joined = frame.with_columns(__of=pl.coalesce(payee, pl.col("party"))).join(groups, on="__of", how="left", maintain_order="left")
    return joined.drop("__of")


def _synthetic(frame: pl.LazyFrame) -> bool:
    if "source" not in frame.collect_schema():
        return False
    return bool(frame.select(pl.col("source").str.contains("合成数据").any()).collect().item())


def report_digest(found: Mapping[str, Any]) -> str:
    """The hash under which a report is attached to a change: what the second person signs is what the first one saw."""
    return digest(canonical_json(_plain(found)))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        return [_plain(each) for each in value]
    return value
