"""Reforms as overlays: typed replacements of numbers and conditions that make another rule set beside the first, and what the change would do.

Nothing is patched: the rule is traced anew under the changed numbers and proved again. Both sets are evaluated over the same profiles in one
pass, and compared party by party: what it costs, who wins and who loses, by county, industry and size.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from yunxing.engines.entitlements.assess import lazy_rows, prepare
from yunxing.engines.entitlements.policy import Parameter, Policy
from yunxing.engines.entitlements.ruleset import RuleSet, compile_policy
from yunxing.engines.entitlements.tracing import RuleRefused
from yunxing.values.errors import nearest

if TYPE_CHECKING:
    import polars as pl

GROUPS = ("unit", "industry", "size")


@dataclass(frozen=True, slots=True)
class Replacement:
    """One change to one policy: a parameter as it would be, or a condition left out. `starts`: the first day of application it holds for."""

    policy: str
    parameter: Parameter | None = None
    without: str = ""
    starts: date | None = None


def overlaid(rules: RuleSet, replacements: Iterable[Replacement]) -> RuleSet:
    """Another rule set, with its parent's id. With `starts` the older version goes on for earlier applications.

    Errors: `RuleRefused` for an unknown policy, parameter or condition, a number of another unit, or a change that can no longer be proved.
    """
    policies = list(rules.policies)
    for change in replacements:
        rules.policy(change.policy)
        found: list[Policy] = []
        for policy in policies:
            found += _changed(policy, change) if policy.id == change.policy else [policy]
        policies = found
    return RuleSet(tuple(policies), rules.id)


def _changed(policy: Policy, change: Replacement) -> list[Policy]:
    """The versions of a policy after a change: the old one up to the day before it starts, the new one from then on."""
    sheet, starts = policy.sheet, change.starts
    if starts is None or starts <= sheet.starts:
        return [_recompiled(policy, change)]
    if sheet.ends is not None and sheet.ends < starts:
        return [policy]
    before = replace(policy, sheet=replace(sheet, ends=starts - timedelta(days=1)))
    return [before, _recompiled(replace(policy, sheet=replace(sheet, starts=starts)), change)]


def _recompiled(policy: Policy, change: Replacement) -> Policy:
    sheet, without = policy.sheet, policy.without
    if policy.rule is None:
        raise RuleRefused(f"policy {policy.id}: it was not compiled from a rule, so it cannot be traced anew")
    if change.parameter is not None:
        old = sheet.parameters.get(change.parameter.name)
        if old is None:
            raise RuleRefused(f"policy {policy.id}: {_unknown('parameter', change.parameter.name, sheet.parameters)}")
        if (old.type, old.table_kind) != (change.parameter.type, change.parameter.table_kind) and not old.awaits:
            raise RuleRefused(
                f"policy {policy.id}: {old.name} is {_form(old)}, found {_form(change.parameter)}; a change keeps what the number is"
            )
        sheet = replace(sheet, parameters={**sheet.parameters, old.name: change.parameter})
    if change.without:
        names = [name for name, _ in policy.conditions]
        if change.without not in names:
            raise RuleRefused(f"policy {policy.id}: {_unknown('condition', change.without, names)}")
        without = without | {change.without}
    return compile_policy(sheet, policy.rule, without)


def _form(parameter: Parameter) -> str:
    return f"{parameter.table_kind} of {parameter.type}" if parameter.table_kind else str(parameter.type)


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    guess = nearest(name, known)
    return f"unknown {what} {name!r}, expected one of: {', '.join(known)}" + (f"; did you mean {guess!r}?" if guess else "")


def side_by_side(frame: pl.LazyFrame | pl.DataFrame, policy: Policy, variants: Sequence[Policy], on: date) -> pl.DataFrame:
    """Party, claim, and for the policy (`0`) and each variant (`1`, `2`, …) its outcome and amount, from one pass over the profiles.

    Group columns (`unit`, `industry`, `size`) that the frame has go along.
    """
    import polars as pl

    lazy = prepare(frame, on)
    groups = [name for name in GROUPS if name in lazy.collect_schema().names()]
    plans = [lazy.select("party", "claim", *groups)]
    plans += [lazy_rows(lazy, one).select("outcome", "amount_fen") for one in (policy, *variants)]
    first, *answers = pl.collect_all(plans)
    named = [one.rename({"outcome": f"outcome_{i}", "amount_fen": f"amount_{i}"}) for i, one in enumerate(answers)]
    return pl.concat([first, *named], how="horizontal")


def report(table: pl.DataFrame, variant: int = 1, *, budget_fen: int | None = None, least_group: int = 1) -> dict[str, Any]:
    """What a variant would do against the present rules: sums, winners, losers, and the same by group. Money in fen.

    A party that would no longer be entitled loses its whole amount. Groups of fewer parties than `least_group` are told without their sums.
    """
    import polars as pl

    before, after = pl.col("amount_0").fill_null(0), pl.col(f"amount_{variant}").fill_null(0)
    moved = table.with_columns(__before=before, __after=after, __change=after - before)
    sums = [
        pl.len().alias("parties"),
        pl.col("__before").sum().alias("before_fen"),
        pl.col("__after").sum().alias("after_fen"),
        pl.col("__change").sum().alias("change_fen"),
        (pl.col("__change") > 0).sum().alias("winners"),
        (pl.col("__change") < 0).sum().alias("losers"),
    ]
    yes = [(pl.col(f"outcome_{at}").cast(pl.String) == "yes") for at in (0, variant)]
    whole = moved.select(*sums, newly=(~yes[0] & yes[1]).sum(), no_longer=(yes[0] & ~yes[1]).sum()).row(0, named=True)
    groups = {}
    for name in (name for name in GROUPS if name in table.columns):
        lines = moved.group_by(name).agg(*sums).sort("change_fen", name, descending=[True, False]).rows(named=True)
        groups[name] = [_group(line, name, least_group) for line in lines]
    pool = None
    if budget_fen is not None:
        pool = {
            "budget_fen": budget_fen,
            "left_before_fen": budget_fen - whole["before_fen"],
            "left_after_fen": budget_fen - whole["after_fen"],
        }
    return {**whole, "groups": groups, "pool": pool}


def _group(line: dict[str, Any], name: str, least_group: int) -> dict[str, Any]:
    told = {**line, "group": line[name] or ""}
    del told[name]
    return told if line["parties"] >= least_group else told | dict.fromkeys(("before_fen", "after_fen", "change_fen"))


def most_moved(table: pl.DataFrame, variant: int = 1, most: int = 20) -> Mapping[str, list[dict[str, Any]]]:
    """The parties that win most and lose most, with both amounts."""
    import polars as pl

    change = pl.col(f"amount_{variant}").fill_null(0) - pl.col("amount_0").fill_null(0)
    told = table.select("party", "claim", before_fen="amount_0", after_fen=f"amount_{variant}", change_fen=change)
    return {
        "most_gained": told.filter(pl.col("change_fen") > 0)
        .sort("change_fen", "party", descending=[True, False])
        .head(most)
        .rows(named=True),
        "most_lost": told.filter(pl.col("change_fen") < 0).sort("change_fen", "party").head(most).rows(named=True),
    }
