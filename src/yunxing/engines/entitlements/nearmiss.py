"""Near misses: parties that fail exactly one condition, with nothing unknown, and by how much where a number or a day decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yunxing.engines.entitlements.assess import Scalar
from yunxing.engines.entitlements.to_scalar import Value
from yunxing.engines.entitlements.tree import Node, Type, columns_read
from yunxing.engines.entitlements.wording import Lang, yuan


def is_near_miss(failed: int, unknown: int) -> bool:
    """One condition failed and none is unknown: the masks of a bulk row tell it without a second look.

    >>> is_near_miss(0b0100, 0), is_near_miss(0b0110, 0), is_near_miss(0b0100, 0b0001), is_near_miss(0, 0)
    (True, False, False, False)
    """
    return failed.bit_count() == 1 and unknown == 0


def near_miss(scalar: Scalar, row: Mapping[str, Value]) -> dict[str, Any] | None:
    """The condition that stands in the way of a near miss, its clause, the margin, and whether the party can change it; None otherwise."""
    result, values = scalar.decide(row)
    if result.outcome != "no" or not is_near_miss(result.failed, result.unknown):
        return None
    name, node = scalar.policy.conditions[result.failed.bit_length() - 1]
    sheet = scalar.policy.sheet
    text = sheet.conditions[name]
    columns = columns_read([node])
    return {
        "policy": scalar.policy.id,
        "condition": name,
        "title": {"zh": text.title, "en": text.title_en},
        "cites": text.source.cites,
        "quote": text.source.quote,
        "margin": _margin(scalar, node, values, "zh"),
        "margin_en": _margin(scalar, node, values, "en"),
        "columns": columns,
        "may_change": all(sheet.columns[column].may_change for column in columns),
    }


def _margin(scalar: Scalar, node: Node, values: list[Value], lang: Lang) -> str | None:
    """How far a failed comparison is from holding: money, days, months or a count; None for flags, codes and rates.

    Where a share of a base is asked for (part >= base × rate), the margin is that of the part, rounded up so that it suffices.
    """
    if node.op not in ("lt", "le", "gt", "ge"):
        return None
    left, right = (values[scalar.program.place[arg.key]] for arg in node.args)
    kind, scale = node.args[0].type, _common(node)
    if left is None or right is None or kind in (Type.FLAG, Type.CODE, Type.RATE):
        return None
    short = -(-abs(left - right) // scale) + (node.op in ("lt", "gt") and abs(left - right) % scale == 0)
    if kind is Type.FEN:
        return yuan(short, lang)
    if kind is Type.USD:
        return yuan(short, "en").replace(" yuan", " US dollars" if lang == "en" else "美元")
    words = {Type.DATE: ("{} 天", "{} days"), Type.DAYS: ("{} 天", "{} days"), Type.MONTHS: ("{} 个月", "{} months")}.get(
        kind, ("{}", "{}")
    )
    return words[lang == "en"].format(short)


def _denominator(node: Node) -> int:
    """What the node's number stands over. A comparison and a sum put both sides over their common denominator; a factor the author wrote is none."""
    if node.op == "mul":
        return _denominator(node.args[0]) * _denominator(node.args[1])
    if node.op in ("add", "sub"):
        return _common(node)
    if node.op == "case":
        return _denominator(node.args[1])
    if node.op == "step":
        return _denominator(node.args[0])
    return node.denominator


def _common(node: Node) -> int:
    """What both sides stand over: as `tracing` made them alike, their own denominator where they agree, else the product."""
    left, right = (_denominator(arg) for arg in node.args)
    return left if left == right else left * right
