"""A changed number as a person writes it, as a parameter of its policy: for what-if questions and for changes that a second person signs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from math import lcm
from typing import Any

from yunxing.engines.entitlements.intake import percent
from yunxing.engines.entitlements.overlay import Replacement
from yunxing.engines.entitlements.policy import Parameter, Policy, Source
from yunxing.engines.entitlements.tree import Steps, Type
from yunxing.packs.policy_numbers import number_of
from yunxing.values.errors import BadInput, nearest
from yunxing.values.money import format_money
from yunxing.values.period import day_of

Written = str | Mapping[str, str]
"""A number as text, or of bands: the place (0, 1, …) → its new result, `from 1` → its new lower end."""


def replacement(policy: Policy, name: str, written: Written, source: str) -> Replacement:
    """One changed parameter of a policy. `source` is the paper or the question it comes from.

    Errors: `BadInput` for an unknown parameter, a number that cannot be read, or one of another unit.
    """
    parameters = policy.sheet.parameters
    if name not in parameters:
        guess = nearest(name, parameters)
        raise BadInput(
            f"parameter: found {name!r}, expected one of {', '.join(parameters) or 'none'} of {policy.id}"
            + (f"; did you mean {guess!r}?" if guess else "")
        )
    old = parameters[name]
    told = Source(old.source.cites, "", source)
    if isinstance(written, str) and old.table is None and old.listing is None:
        kind, number = number_of(written)
        if kind is not old.type:
            raise BadInput(f"{policy.id}, {name}: found {written!r}, a {kind}; expected a {old.type} such as {shown(old)}")
        changed = replace(old, value=number, denominator=number.denominator, written=(written,), awaits="", source=told)
        return Replacement(policy.id, changed)
    if isinstance(written, str) or old.table is None or old.table_kind != "band":
        raise BadInput(f"{policy.id}, {name}: a {old.table_kind or 'number'} is not changed this way; bands are changed line by line")
    return Replacement(policy.id, _bands(policy.id, old, written, told))


def _bands(policy: str, old: Parameter, written: Mapping[str, str], source: Source) -> Parameter:
    assert old.table is not None
    starts = list(old.table.starts)
    results = [Fraction(result, old.denominator) for result in old.table.results]
    for key, text in written.items():
        place, kind = key.removeprefix("from").strip(), old.input_type if key.startswith("from") else old.type
        found, number = number_of(text)
        if not (place.isascii() and place.isdigit()) or int(place) >= len(starts) or found is not kind:
            raise BadInput(f"{policy}, {old.name} › {key}: found {text!r}, expected a {kind} for one of the bands 0 to {len(starts) - 1}")
        if key.startswith("from"):
            starts[int(place)] = int(number)
        else:
            results[int(place)] = number
    if starts != sorted(set(starts)):
        raise BadInput(f"{policy}, {old.name}: the lower ends of the bands no longer rise")
    denominator = lcm(*(number.denominator for number in results))
    table = Steps(tuple(starts), tuple(int(number * denominator) for number in results), old.table.until)
    return replace(old, table=table, denominator=denominator, source=source)


def shown(parameter: Parameter) -> str:
    """A parameter's number as a person writes it; bands and series line by line are `lines`."""
    if parameter.written:
        return parameter.written[0]
    if parameter.awaits:
        return f"({parameter.awaits})"
    if parameter.listing is not None:
        return parameter.listing.title
    return "; ".join(f"{start}: {result}" for start, result in lines(parameter)) if parameter.table else str(parameter.value)


def lines(parameter: Parameter) -> list[tuple[str, str]]:
    """Bands and dated values as (from, value) in writing."""
    if parameter.table is None:
        return []
    ends = Type.DATE if parameter.table_kind == "series" else parameter.input_type
    return [
        (_number(ends, start, 1), _number(parameter.type, result, parameter.denominator))
        for start, result in zip(parameter.table.starts, parameter.table.results, strict=True)
    ]


def _number(kind: Type, value: int, denominator: int) -> str:
    if kind is Type.FEN:
        unit, size = next(((unit, size) for unit, size in (("亿元", 10**10), ("万元", 10**6)) if value and value % size == 0), ("元", 0))
        return format_money(value, unit, 0 if size else 2).replace(",", "")
    if kind is Type.RATE:
        return percent(Fraction(value, denominator))
    if kind is Type.DATE:
        return day_of(value).isoformat()
    units = {Type.DAYS: " 天", Type.MONTHS: " 个月"}
    return f"{value}{units.get(kind, '')}"


def editable(policy: Policy) -> list[dict[str, Any]]:
    """What may be changed of a policy: its constants, its promised numbers, and the lines of its bands."""
    return [
        {
            "name": one.name,
            "title": one.title,
            "title_en": one.title_en,
            "value": "" if one.awaits or one.table else shown(one),
            "awaits": one.awaits,
            "cites": one.source.cites,
            "quote": one.source.quote,
            "lines": [{"place": at, "from": start, "value": result} for at, (start, result) in enumerate(lines(one))],
        }
        for one in policy.sheet.parameters.values()
        if one.listing is None and one.table_kind in ("", "band")
    ]
