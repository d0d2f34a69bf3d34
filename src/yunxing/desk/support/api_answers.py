"""What the API answers: the engine's own plain data. Nothing is computed here, and nothing is said that a page would not say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from yunxing.desk.support import in_force
from yunxing.desk.support.policy_pages import rule_line
from yunxing.engines.entitlements import appeal as appeals
from yunxing.engines.entitlements.assess import AS_OF, Result, Scalar, refused_names, today_row
from yunxing.engines.entitlements.explain import explain as explain_one
from yunxing.engines.entitlements.intake import from_mapping
from yunxing.engines.entitlements.nearmiss import near_miss
from yunxing.engines.entitlements.plain import formula_of, step_lines, test_of
from yunxing.engines.entitlements.policy import Policy
from yunxing.engines.entitlements.questions import ask_next
from yunxing.engines.entitlements.reverse import input_for, ways_in
from yunxing.engines.entitlements.ruleset import RuleSet, regime
from yunxing.engines.entitlements.ruleset import in_force as on_day
from yunxing.engines.entitlements.stacking import stacking_of, told
from yunxing.flows.rules_in_force import changed
from yunxing.packs.policy_changes import lines, shown
from yunxing.values.errors import BadInput

Profile = Mapping[str, Any]
PLACE = "profile"


def policies(on: date) -> dict[str, Any]:
    """The policies in force on a day."""
    rules = in_force.rules()
    return {"ruleset": rules.id, "on": on.isoformat(), "policies": [_short(policy, on) for policy in on_day(rules, on)]}


def _short(policy: Policy, on: date) -> dict[str, Any]:
    sheet, line = policy.sheet, rule_line(policy, on)
    return {
        "id": policy.id, "title": {"zh": sheet.title, "en": sheet.title_en}, "clause": line["clause"], "party": sheet.party, "result": sheet.result,
        "certainty": sheet.certainty, "status": sheet.status, "awaited": list(sheet.awaited), "in_force": regime(policy), "columns": list(sheet.columns),
    }  # fmt: skip


def policy(name: str, on: date) -> dict[str, Any] | None:
    """One policy in words; None when there is none of that id."""
    rules = in_force.rules()
    if name not in {one.id for one in rules}:
        return None
    found = rules.policy(name, on)
    texts = found.sheet.conditions
    return {
        **_short(found, on),
        "ruleset": rules.id,
        "conditions": [
            {
                "id": at,
                "title": {"zh": texts[at].title, "en": texts[at].title_en},
                "test": test_of(found, node),
                "cites": texts[at].source.cites,
                "quote": texts[at].source.quote,
            }
            for at, node in found.conditions
        ],
        "amount": formula_of(found),
        "steps": step_lines(found),
        "columns": [
            {
                "name": one.name,
                "type": str(one.type),
                "title": {"zh": one.title, "en": one.title_en},
                "low": one.low,
                "high": one.high,
                "options": list(one.options[:200]),
                "may_change": one.may_change,
            }
            for one in found.sheet.columns.values()
        ],
        "row_checks": [f"{a} <= {b}" for a, b in found.sheet.row_checks],
    }


def parameters(name: str) -> dict[str, Any] | None:
    """The numbers of a policy in every version; None when there is none of that id."""
    rules = in_force.rules()
    if name not in {one.id for one in rules}:
        return None
    return {
        "policy": name,
        "ruleset": rules.id,
        "versions": [{"in_force": regime(one), "parameters": _numbers(one)} for one in rules.versions(name)],
    }


def _numbers(policy: Policy) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name, "title": {"zh": one.title, "en": one.title_en}, "value": None if one.table or one.awaits else shown(one),
            "lines": [{"from": start, "value": result} for start, result in lines(one)], "expected": one.awaits,
            "cites": one.source.cites, "quote": one.source.quote, "source": one.source.source,
        }
        for one in policy.sheet.parameters.values()
    ]  # fmt: skip


def _chosen(profile: Profile, name: str, on: date) -> tuple[RuleSet, list[Policy]]:
    rules = in_force.rules()
    if name:
        named = rules.policy(name, on)
        if not named.in_force(on):
            raise BadInput(f"policy: found {name}, in force {regime(named)}, expected one in force on {on}")
        return rules, [named]
    chosen = [one for one in on_day(rules, on) if set(profile) & (set(one.sheet.columns) - {AS_OF})]
    if not chosen:
        raise BadInput(
            f"profile: found the columns {', '.join(profile) or 'none'}, expected columns of a policy in force on {on}, or name one with policy"
        )
    known = {column for one in chosen for column in one.sheet.columns} | {"party", "claim"}
    strange = sorted(set(profile) - known)
    if strange:
        raise BadInput(f"profile: found {', '.join(strange)}, expected columns that a policy reads: {', '.join(sorted(known))}")
    return rules, chosen


def _row(policy: Policy, profile: Profile, on: date) -> dict[str, int | None]:
    """The profile as a row; what cannot be read is refused with its place."""
    row, faults = from_mapping(policy.sheet, profile, PLACE)
    unreadable = [fault for fault in faults if row.get(fault.place) is None and fault.place in row]
    if unreadable:
        raise BadInput.from_faults(unreadable)
    return today_row(row, on) if AS_OF in policy.sheet.columns else row


def _each(profile: Profile, name: str, on: date) -> list[tuple[RuleSet, Scalar, dict[str, int | None]]]:
    rules, chosen = _chosen(profile, name, on)
    return [(rules, in_force.scalar(rules, one), _row(one, profile, on)) for one in chosen]


def _result(scalar: Scalar, result: Result) -> dict[str, Any]:
    return {
        "policy": scalar.policy.id, "outcome": result.outcome, "amount_fen": result.amount_fen, "failed": result.failed, "unknown": result.unknown,
        "refused": refused_names(scalar.policy, result.refused), "certainty": scalar.policy.sheet.certainty, "result": scalar.policy.sheet.result,
        "status": scalar.policy.sheet.status,
    }  # fmt: skip


def assess(profile: Profile, name: str, on: date) -> dict[str, Any]:
    """Outcome and amount of each policy, and the best combination of what is entitled."""
    found = _each(profile, name, on)
    results = [_result(scalar, scalar.decide(row)[0]) for _, scalar, row in found]
    amounts = {one["policy"]: one["amount_fen"] or 0 for one in results if one["outcome"] == "yes"}
    stacking = in_force.stacking()
    best = stacking_of([each for each in stacking.policies if each in amounts], stacking.relations).choose(amounts)
    return {"ruleset": found[0][0].id, "on": on.isoformat(), "results": results, "combination": told(best, in_force.titles())}


def explain(profile: Profile, name: str, on: date) -> list[dict[str, Any]]:
    """The explanation of each policy."""
    party = str(profile.get("party") or "")
    return [explain_one(scalar, row, on, party=party, ruleset=rules.id) for rules, scalar, row in _each(profile, name, on)]


def near(profile: Profile, name: str, on: date) -> list[dict[str, Any]]:
    """Near misses, and for each policy that is refused the least changes that would open it."""
    found = []
    for _, scalar, row in _each(profile, name, on):
        miss, ways = near_miss(scalar, row), ways_in(scalar, row)
        if miss or ways:
            found.append({"policy": scalar.policy.id, "near_miss": miss, "least_changes": ways})
    return found


def questions(profile: Profile, name: str, on: date) -> list[dict[str, Any]]:
    """The unknown columns, the one that decides soonest first."""
    found = _each(profile, name, on)
    return ask_next([scalar for _, scalar, _ in found], {scalar.policy.id: row for _, scalar, row in found})


def _one(profile: Profile, name: str, on: date) -> tuple[RuleSet, Scalar, dict[str, int | None]]:
    if not name:
        raise BadInput("policy: found none, expected the id of one policy")
    return _each(profile, name, on)[0]


def reverse(profile: Profile, name: str, column: str, amount_fen: int, on: date) -> dict[str, Any]:
    """Which value of the column gives the amount."""
    _, scalar, row = _one(profile, name, on)
    return input_for(scalar, row, column, amount_fen)


def what_if(profile: Profile, name: str, numbers: Mapping[str, Any], without: Sequence[str], on: date) -> dict[str, Any]:
    """One profile under the present rules and under changed ones."""
    rules, scalar, row = _one(profile, name, on)
    after = changed(rules, name, numbers, without)
    other = Scalar.of(after.policy(name, on))
    results = {"before": _result(scalar, scalar.decide(row)[0]), "after": _result(other, other.decide(row)[0])}
    difference = (results["after"]["amount_fen"] or 0) - (results["before"]["amount_fen"] or 0)
    return {"ruleset": rules.id, "changed_ruleset": after.id, **results, "difference_fen": difference}


def appeal(profile: Profile, name: str, replaced: Profile, waived: Sequence[str], on: date) -> dict[str, Any]:
    """The decision with disputed columns and conditions as the party says they are."""
    _, scalar, row = _one(profile, name, on)
    strange = sorted(set(replaced) - set(scalar.policy.sheet.columns))
    if strange:
        raise BadInput(f"replaced: found {strange[0]!r}, expected a column of {name}: {', '.join(scalar.policy.sheet.columns)}")
    other, faults = from_mapping(scalar.policy.sheet, replaced, "replaced")
    unreadable = [fault for fault in faults if fault.place in replaced and other.get(fault.place) is None]
    if unreadable:
        raise BadInput.from_faults(unreadable)
    return appeals.appeal(scalar, row, replaced={each: other[each] for each in replaced}, waived=waived)


def of_party(page: Mapping[str, Any]) -> dict[str, Any]:
    """The page of an enterprise as data."""
    keys = ("policy", "party", "outcome", "amount_fen", "certainty", "result", "status", "kept", "near", "synthetic")
    groups = {
        name: [{key: line[key] for key in keys} for line in page[name]] for name in ("entitled", "near", "asked", "refused", "others")
    }
    return {**groups, "questions": page["questions"]}
