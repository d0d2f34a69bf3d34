"""Which unknown to ask first: the one whose answer would decide the most policies soonest.

A column is tried at every value that could matter (both flags, every code, each side of every threshold). A policy that then no longer needs data
is decided; a column that decides nothing alone still counts where it stands between a policy and its answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from yunxing.engines.entitlements.assess import Scalar, refusal_mask
from yunxing.engines.entitlements.explain import missing
from yunxing.engines.entitlements.monotone import turning_points
from yunxing.engines.entitlements.to_scalar import Value


def ask_next(scalars: Iterable[Scalar], rows: Mapping[str, Mapping[str, Value]]) -> list[dict[str, Any]]:
    """The unknown columns that could still change an outcome, best first; `rows` holds a row for each policy id.

    `settles` is the expected number of policies that the answer decides by itself (each value that could matter counting alike), `opens` the
    policies that wait for it. Numbers that nobody has published are not asked of a party.
    """
    gains: dict[str, Fraction] = {}
    waiting: dict[str, list[str]] = {}
    titles: dict[str, tuple[str, str]] = {}
    for scalar in scalars:
        row = rows[scalar.policy.id]
        result, values = scalar.decide(row)
        for name in missing(scalar, result, values):
            column = scalar.policy.sheet.columns.get(name)
            if column is None:
                continue
            gains[name] = gains.get(name, Fraction(0)) + _settled(scalar, row, name)
            waiting.setdefault(name, []).append(scalar.policy.id)
            titles.setdefault(name, (column.title, column.title_en))
    order = sorted(gains, key=lambda name: (-gains[name], -len(waiting[name]), name))
    return [
        {
            "column": name,
            "title": {"zh": titles[name][0], "en": titles[name][1]},
            "settles": str(gains[name]),
            "opens": waiting[name],
        }
        for name in order
    ]


def _settled(scalar: Scalar, row: Mapping[str, Value], column: str) -> Fraction:
    """The share of the values that could matter after which the policy needs no more data."""
    points = turning_points(scalar.policy, scalar.program, row, column)
    decided = tried = 0
    for value in points:
        changed = {**row, column: value}
        if refusal_mask(scalar.policy, changed):
            continue
        tried += 1
        decided += scalar.decide(changed)[0].outcome != "needs_data"
    return Fraction(decided, tried) if tried else Fraction(0)
