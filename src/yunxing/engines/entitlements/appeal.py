"""An appeal by re-run: the decision with the disputed input or condition replaced, and whether that changes anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from yunxing.engines.entitlements.assess import Scalar
from yunxing.engines.entitlements.intake import money_words, show
from yunxing.engines.entitlements.to_scalar import Value
from yunxing.engines.entitlements.tree import columns_read
from yunxing.values.errors import BadInput, nearest


def appeal(scalar: Scalar, row: Mapping[str, Value], *, replaced: Mapping[str, Value], waived: Iterable[str] = ()) -> dict[str, Any]:
    """Both results side by side, in words with the clause: what the dispute is worth, without deciding it.

    `replaced` are the columns as the party says they are, `waived` the conditions it disputes, taken as met. Errors: `BadInput` for an unknown
    column or condition.
    """
    policy, met = scalar.policy, set(waived)
    names = [name for name, _ in policy.conditions]
    for what, given, known in (("column", replaced, list(policy.sheet.columns)), ("condition", met, names)):
        for name in given:
            if name not in known:
                guess = nearest(name, known)
                hint = f"; did you mean {guess!r}?" if guess else ""
                raise BadInput(f"{what}: found {name!r}, expected one of {', '.join(known)} of {policy.id}{hint}")
    before, _ = scalar.decide(row)
    changed = {**row, **replaced}
    after, values = scalar.decide(changed)
    mask = sum(1 << i for i, name in enumerate(names) if name in met)
    failed, unknown = after.failed & ~mask, after.unknown & ~mask
    amount = values[scalar.program.place[policy.amount.key]] if values and not failed and not unknown else None
    outcome = "refused" if after.refused else "no" if failed else "needs_data" if unknown or amount is None else "yes"
    amount = amount if outcome == "yes" else None
    difference = (amount or 0) - (before.amount_fen or 0)
    because = _because(scalar, set(replaced), met)
    return {
        "policy": policy.id,
        "before": {"outcome": before.outcome, "amount_fen": before.amount_fen},
        "after": {"outcome": outcome, "amount_fen": amount},
        "changes": (before.outcome, before.amount_fen) != (outcome, amount),
        "difference_fen": difference,
        "replaced": {
            name: [show(policy.sheet.columns[name], row.get(name)), show(policy.sheet.columns[name], value)]
            for name, value in replaced.items()
        },
        "waived": sorted(met),
        "because": because,
        "sentence": _sentence(before.outcome, outcome, difference, because),
    }


def _because(scalar: Scalar, columns: set[str], waived: set[str]) -> list[dict[str, str]]:
    """The clauses of the conditions that read a disputed column or are disputed themselves."""
    texts = scalar.policy.sheet.conditions
    return [
        {"condition": name, "cites": texts[name].source.cites, "quote": texts[name].source.quote}
        for name, node in scalar.policy.conditions
        if name in waived or columns & set(columns_read([node]))
    ]


def _sentence(before: str, after: str, difference: int, because: list[dict[str, str]]) -> dict[str, str]:
    if before == after and difference == 0:
        return {"zh": "不改变结果。", "en": "It does not change the result."}
    clause = "、".join(dict.fromkeys(one["cites"] for one in because)) or "—"
    sign = "+" if difference >= 0 else "−"
    return {
        "zh": f"改变结果:金额 {sign}{money_words(abs(difference))},依据条款 {clause}。",
        "en": f"It changes the result: {sign}{abs(difference) // 100:,}.{abs(difference) % 100:02d} yuan, by clause {clause}.",
    }
