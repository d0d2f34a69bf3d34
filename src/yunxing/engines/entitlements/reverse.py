"""From the answer back to the question: which input gives this amount, and what is the least change that opens a policy.

Where sign rules prove that a policy moves one way with a column, exact integer bisection; otherwise the places where it may turn are visited and
bisected between. Every value that is told has been evaluated. Only columns marked `may_change` take part unless one is named: a party is never
advised to alter what it cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from yunxing.engines.entitlements.assess import Scalar, refusal_mask
from yunxing.engines.entitlements.intake import money_words, show
from yunxing.engines.entitlements.monotone import together, turning_points, ways
from yunxing.engines.entitlements.policy import Column
from yunxing.engines.entitlements.to_scalar import Value
from yunxing.engines.entitlements.tree import Type, columns_read
from yunxing.values.errors import BadInput, nearest

Goal = Callable[[Mapping[str, Value]], bool]


@dataclass(frozen=True, slots=True)
class Change:
    """One column moved: from a value to a value, with what then comes out."""

    column: str
    before: Value
    after: Value

    def told(self, column: Column) -> dict[str, Any]:
        """The change in words: both values, and how much or how many days between them."""
        return {
            "column": self.column,
            "title": {"zh": column.title, "en": column.title_en},
            "before": show(column, self.before),
            "after": show(column, self.after),
            "by": distance(column, self.before, self.after),
            "after_value": self.after,
        }


def distance(column: Column, before: Value, after: Value) -> str | None:
    """How far two values are apart, with the unit; None for flags, codes and unknowns."""
    if before is None or after is None or column.type in (Type.FLAG, Type.CODE, Type.TEXT):
        return None
    apart = abs(after - before)
    if column.type in (Type.DATE, Type.DAYS):
        return f"{apart} 天"
    return money_words(apart) if column.type is Type.FEN else show(column, apart)


def input_for(scalar: Scalar, row: Mapping[str, Value], column: str, amount_fen: int) -> dict[str, Any]:
    """The value of one column nearest to the present one at which the policy grants at least this amount.

    `found` is None where no value within the declared range does; `exact` says whether precisely the amount is granted there.
    Errors: `BadInput` for a column the policy does not read.
    """
    declared = _column(scalar, column)

    def goal(changed: Mapping[str, Value]) -> bool:
        granted = scalar.decide(changed)[0]
        return granted.outcome == "yes" and (granted.amount_fen or 0) >= amount_fen

    change = least_change(scalar, row, column, goal)
    after = scalar.decide({**row, column: change.after})[0] if change else None
    return {
        "policy": scalar.policy.id,
        "column": column,
        "asked_fen": amount_fen,
        "found": change.told(declared) if change else None,
        "amount_fen": after.amount_fen if after else None,
        "exact": after is not None and after.amount_fen == amount_fen,
        "bounds": [show(declared, declared.low), show(declared, declared.high)],
    }


def _column(scalar: Scalar, name: str) -> Column:
    columns = scalar.policy.sheet.columns
    if name not in columns:
        guess = nearest(name, columns)
        raise BadInput(
            f"column: found {name!r}, expected a column of {scalar.policy.id}: {', '.join(columns)}"
            + (f"; did you mean {guess!r}?" if guess else "")
        )
    return columns[name]


def least_change(scalar: Scalar, row: Mapping[str, Value], column: str, goal: Goal) -> Change | None:
    """The value of the column nearest to the present one at which the goal holds and the row is not refused; None where there is none."""
    policy, declared, now = scalar.policy, scalar.policy.sheet.columns[column], row.get(column)

    def reached(value: int) -> bool:
        changed = {**row, column: value}
        return not refusal_mask(policy, changed) and goal(changed)

    if now is not None and reached(now):
        return Change(column, now, now)
    low, high = _room(scalar, row, column)
    points = [point for point in _sorted_points(scalar, row, column, now) if low <= point <= high or point == now]
    points = sorted({*points, low, high})
    way = ways(policy, column)
    one_way = together(way[root.key] for root in policy.roots())
    if one_way not in (0, None) and declared.type not in (Type.FLAG, Type.CODE, Type.TEXT):
        points = [min(points), max(points)] if now is None else [min(points), now, max(points)]
    best: int | None = None
    for a, b in pairwise(points):
        for near, far in ((a, b), (b, a)):
            if reached(far):
                found = _between(near, far, reached)
                best = found if best is None or _nearer(found, best, now) else best
    return None if best is None else Change(column, now, best)


def _room(scalar: Scalar, row: Mapping[str, Value], column: str) -> tuple[int, int]:
    """The declared range less what the row checks forbid beside the row's other columns."""
    declared = scalar.policy.sheet.columns[column]
    checks = scalar.policy.sheet.row_checks
    below = [row[a] for a, b in checks if b == column and row.get(a) is not None]
    above = [row[b] for a, b in checks if a == column and row.get(b) is not None]
    low, high = max([declared.low, *(x for x in below if x is not None)]), min([declared.high, *(x for x in above if x is not None)])
    return low, max(low, high)


def _sorted_points(scalar: Scalar, row: Mapping[str, Value], column: str, now: Value) -> list[int]:
    points = set(turning_points(scalar.policy, scalar.program, row, column))
    return sorted(points | ({now} if now is not None else set()))


def _between(near: int, far: int, reached: Callable[[int], bool]) -> int:
    """Walking from near to far, where the far end has reached the goal: the first value that has."""
    if reached(near):
        return near
    while abs(far - near) > 1:
        middle = (near + far) // 2
        near, far = (near, middle) if reached(middle) else (middle, far)
    return far


def _nearer(a: int, b: int, now: Value) -> bool:
    return a < b if now is None else (abs(a - now), a) < (abs(b - now), b)


def ways_in(scalar: Scalar, row: Mapping[str, Value]) -> list[dict[str, Any]] | None:
    """The least changes that together open the policy, one for each failed condition; None where what may change does not suffice.

    Each failed condition is answered by the column it reads that needs to move least (flags before numbers); the whole is evaluated again.
    """
    result, _ = scalar.decide(row)
    if result.outcome != "no" or result.unknown:
        return None
    changed, told = dict(row), []
    for i, (name, node) in enumerate(scalar.policy.conditions):
        place = scalar.program.place[node.key]
        if not result.failed >> i & 1 or scalar.program.run(changed)[place]:
            continue

        def holds(trial: Mapping[str, Value], place: int = place) -> bool:
            return bool(scalar.program.run(trial)[place])

        may = [column for column in columns_read([node]) if scalar.policy.sheet.columns[column].may_change]
        options = [change for column in may if (change := least_change(scalar, changed, column, holds))]
        if not options:
            return None
        chosen = min(options, key=lambda change: (abs((change.after or 0) - (change.before or 0)), change.column))
        changed[chosen.column] = chosen.after
        told.append({"condition": name, **chosen.told(scalar.policy.sheet.columns[chosen.column])})
    after = scalar.decide(changed)[0]
    if after.outcome != "yes":
        return None
    return [{**one, "amount_fen": after.amount_fen} for one in told]
