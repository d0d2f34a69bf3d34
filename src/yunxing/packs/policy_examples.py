"""The examples of a pack's policies, in the policy's own file or in `policies/examples/<policy>.toml`, written so that an official can read and correct them.

A line gives what is known of a party and expects an outcome, to the fen. Every money threshold, band edge and dated series of a policy needs
three: below, at and above (a quote cannot catch `<` for `≤`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from yunxing.engines.entitlements.assess import Scalar
from yunxing.engines.entitlements.explain import explain
from yunxing.engines.entitlements.intake import from_mapping, money_words
from yunxing.engines.entitlements.policy import Policy
from yunxing.engines.entitlements.ruleset import RuleSet
from yunxing.engines.entitlements.tree import Type, walk
from yunxing.packs.policies import FOLDER
from yunxing.packs.policy_data import ExamplesFile, Expect, PolicyData
from yunxing.packs.strict import PackFault, load
from yunxing.values.errors import BadInput, Fault, nearest
from yunxing.values.money import parse_money

SIDES = ("below", "at", "above")


@dataclass(frozen=True, slots=True)
class Example:
    """An example ready to run: the profile as text, what is expected, the day of application, and where it stands."""

    policy: str
    name: str
    profile: dict[str, str]
    expect: Expect
    on: date
    file: str
    threshold: str
    side: str


def load_examples(pack: Path, rules: RuleSet) -> list[Example]:
    """Every example of every policy. Errors: `PackFault` for a policy without its file, columns it does not have, thresholds without three."""
    faults: list[Fault] = []
    found: list[Example] = []
    for policy in rules:
        path, file = _examples(pack, policy.id)
        for name in sorted(set(file.base) | {name for one in file.example for name in one.given}):
            if name not in policy.sheet.columns:
                guess = nearest(name, policy.sheet.columns)
                faults.append(
                    Fault(str(path), "base or given", name, "a column of the policy", fix=f"did you mean {guess!r}?" if guess else "")
                )
        found += [
            Example(
                policy.id,
                one.name,
                {**file.base, **one.given},
                one.expect,
                one.on or policy.sheet.starts,
                str(path),
                one.threshold,
                one.side,
            )
            for one in file.example
        ]
        faults += _bare_thresholds(policy, file, path)
    if faults:
        raise PackFault(faults)
    return found


def bases_of(pack: Path, rules: RuleSet) -> dict[str, dict[str, str]]:
    """The ordinary case of each policy, from which its examples depart: columns as text."""
    return {policy.id: _examples(pack, policy.id)[1].base for policy in rules}


def _examples(pack: Path, policy: str) -> tuple[Path, ExamplesFile]:
    """The examples of the policy's own file, or else of `examples/<policy>.toml`."""
    path = pack / FOLDER / f"{policy}.toml"
    own = load(path, PolicyData).examples
    if own is not None:
        return path, own
    apart = pack / FOLDER / "examples" / path.name
    return apart, load(apart, ExamplesFile)


def thresholds(policy: Policy) -> Iterator[str]:
    """What needs three examples: constants in money or days, band edges, and each dated series."""
    seen: set[str] = set()
    for node in walk(policy.roots()):
        if node.name in seen:
            continue
        if (node.op == "parameter" and node.type is not Type.RATE) or node.op == "series":
            yield node.name
        elif node.op == "band":
            yield from (f"{node.name} {_edge(node.args[0].type, start)}" for start in node.value.starts)
        seen.add(node.name)


def _edge(kind: Type, start: int) -> str:
    return money_words(start) if kind is Type.FEN else str(start)


def _bare_thresholds(policy: Policy, file: ExamplesFile, path: Path) -> Iterator[Fault]:
    given = {(_same(one.threshold), one.side) for one in file.example if one.threshold}
    for name in thresholds(policy):
        missing = [side for side in SIDES if (_same(name), side) not in given]
        if missing:
            yield Fault(str(path), f"threshold {name}", f"no example {', '.join(missing)}", "one below, one at and one above it")


def _same(threshold: str) -> tuple[str, int]:
    """`bands 10 亿元` and `bands 100,000万元` name the same edge."""
    name, _, edge = threshold.partition(" ")
    try:
        return name, parse_money(edge) if edge else 0
    except BadInput:
        return threshold, -1


def run(example: Example, scalar: Scalar) -> list[str]:
    """What came out otherwise than expected; empty when the example holds. Tolerance is nothing."""
    row, faults = from_mapping(scalar.policy.sheet, example.profile, example.file)
    unreadable = [str(fault) for fault in faults if row.get(fault.place) is None and fault.place in row]
    if unreadable:
        return unreadable
    answer = explain(scalar, row, example.on)
    got: dict[str, Any] = {
        "outcome": answer["outcome"],
        "amount": answer["amount_fen"],
        "days": next((step["value"] for step in answer["steps"] if step["id"] == "days"), None),
        "binding": (answer["binding"] or {}).get("by"),
        "failed": tuple(one["id"] for one in answer["conditions"] if one["result"] == "no"),
        "missing": tuple(answer["missing"]),
        "refused": tuple(answer["refused"]),
    }
    wanted: dict[str, Any] = {name: value for name, value in example.expect.model_dump().items() if value not in ("", ())}
    if "amount" in wanted:
        wanted["amount"] = parse_money(wanted["amount"])
    return [f"{name}: found {got[name]}, expected {value}" for name, value in wanted.items() if got[name] != value]
