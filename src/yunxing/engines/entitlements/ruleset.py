"""Rule sets: traced, proved, frozen and named by hash. Nothing in a loaded set is patched; a change makes another set beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

from yunxing.engines.entitlements.policy import Listing, Policy, Sheet
from yunxing.engines.entitlements.proofs import prove
from yunxing.engines.entitlements.tracing import Grant, RuleRefused, trace
from yunxing.engines.entitlements.tree import SEMANTICS, canonical
from yunxing.values.digest import canonical_json, digest


def compile_policy(sheet: Sheet, rule: Callable[[Any, Any], Grant], without: frozenset[str] = frozenset()) -> Policy:
    """The sheet with its traced and proved rule, less the conditions that an overlay leaves out. Errors: `RuleRefused`."""
    grant = trace(sheet, rule)
    if without:
        grant = Grant(tuple(condition for condition in grant.conditions if condition.id not in without), grant.amount)
    if len(grant.conditions) > 63:
        raise RuleRefused(f"policy {sheet.id}: {len(grant.conditions)} conditions, at most 63 fit one mask")
    if len(sheet.columns) + len(sheet.row_checks) > 63:
        raise RuleRefused(
            f"policy {sheet.id}: {len(sheet.columns)} columns and {len(sheet.row_checks)} row checks, at most 63 together fit one mask"
        )
    conditions = tuple((condition.id, condition.node) for condition in grant.conditions)
    return Policy(sheet, conditions, grant.amount, prove(sheet, grant), rule, without)


@dataclass(frozen=True)
class RuleSet:
    """The policies of a pack, in the order of their ids and, of one policy, of their days. `id` changes with anything that could change a result or its reason."""

    policies: tuple[Policy, ...]
    parent: str = ""  # of an overlay: the id of the set it was made from

    @cached_property
    def id(self) -> str:
        """`sha256:…` over trees, parameters, citations and the semantics number."""
        return digest(canonical_json({"semantics": SEMANTICS, "policies": [_policy_digest(policy) for policy in self.policies]}))

    def __iter__(self) -> Iterator[Policy]:
        return iter(self.policies)

    def policy(self, name: str, on: date | None = None) -> Policy:
        """The policy of this id: the version in force on the day, else the newest. Errors: `RuleRefused` naming those there are."""
        versions = self.versions(name)
        return next((policy for policy in versions if on is not None and policy.in_force(on)), versions[-1])

    def versions(self, name: str) -> list[Policy]:
        """Every version of a policy, in the order of their days. Errors: `RuleRefused` naming the policies there are."""
        found = [policy for policy in self.policies if policy.id == name]
        if not found:
            known = ", ".join(dict.fromkeys(policy.id for policy in self.policies))
            raise RuleRefused(f"no policy {name!r}, expected one of: {known}")
        return found

    def only(self, names: Iterable[str]) -> RuleSet:
        """The set of these policies alone, in all their versions; its id is its own."""
        return RuleSet(tuple(policy for name in sorted(set(names)) for policy in self.versions(name)))


def regime(policy: Policy) -> str:
    """The span in which the policy is in force, `2022-05-27/` where it has no end; sets of one regime are evaluated together."""
    return f"{policy.sheet.starts.isoformat()}/{policy.sheet.ends.isoformat() if policy.sheet.ends else ''}"


_DIGESTS: dict[int, tuple[Policy, str]] = {}  # by the object, which is kept so that its number is not given away
_MOST_KEPT = 4096


def _policy_digest(policy: Policy) -> str:
    """The digest of one policy; an overlay changes one and need not hash the others again."""
    kept = _DIGESTS.get(id(policy))
    if kept is None:
        if len(_DIGESTS) >= _MOST_KEPT:
            _DIGESTS.clear()
        kept = _DIGESTS[id(policy)] = (policy, digest(canonical_json(_canonical(policy))))
    return kept[1]


def _canonical(policy: Policy) -> dict[str, Any]:
    sheet = policy.sheet
    return {
        "id": sheet.id,
        "certainty": sheet.certainty,
        "once": sheet.once,
        "result": sheet.result,
        "awaits": sheet.awaits,
        "in_force": regime(policy),
        "columns": [[c.name, str(c.type), c.low, c.high, list(c.options), c.whole, c.denominator] for c in sheet.columns.values()],
        "row_checks": [list(check) for check in sheet.row_checks],
        "parameters": [
            [
                p.name,
                str(p.type),
                _text(p.value),
                repr(p.table),
                p.denominator,
                p.awaits,
                p.source.cites,
                p.source.quote,
                p.source.source,
                list(p.quotes),
                _listing(p.listing),
            ]
            for p in sheet.parameters.values()
        ],
        "conditions": [[name, sheet.conditions[name].source.cites, sheet.conditions[name].source.quote] for name, _ in policy.conditions],
        "readings": [[r.question, r.choice, r.by, r.since.isoformat()] for r in sheet.readings],
        "tree": canonical(policy.roots()),
    }


def _listing(listing: Listing | None) -> list[Any]:
    if listing is None:
        return []
    lines = [[entry.key, _text(entry.value), entry.starts, entry.ends] for entry in listing.entries]
    return [listing.id, listing.number, listing.issued.isoformat(), listing.sample, listing.whole, lines]


def _text(value: Fraction | None) -> str:
    return "" if value is None else str(value)


def in_force(rules: RuleSet, on: date) -> RuleSet:
    """The policies an application of this day falls under."""
    return RuleSet(tuple(policy for policy in rules.policies if policy.in_force(on)))
