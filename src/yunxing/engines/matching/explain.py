"""Why a pair fits, and why a pair was not made: each condition and each part of the score in words, from the two rows alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from yunxing.engines.matching.kind import Hard, Kind, Part, frame, said
from yunxing.engines.matching.shortlist import _holds, points

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition or part: `met`, the points given of `full` (none for a condition), and both sides' values in words."""

    id: str
    title: str
    title_en: str
    met: bool
    points: int | None
    full: int | None
    words: str
    source: str
    expected: bool


def reasons(kind: Kind, need: Row, offer: Row) -> tuple[Reason, ...]:
    """All conditions and parts of a pair, conditions first; the points add up to the pair's score exactly."""
    left = frame(kind, "need", [need]).select(pl.all().name.prefix("n."))
    right = frame(kind, "offer", [offer]).select(pl.all().name.prefix("o."))
    pair = pl.concat([left, right], how="horizontal")
    shown = pair.select(*[_condition(one).alias(f"h.{one.id}") for one in kind.hard], *[points(one) for one in kind.parts]).row(
        0, named=True
    )
    hard = [_reason(kind, one, need, offer, met=bool(shown[f"h.{one.id}"]), given=None) for one in kind.hard]
    return (*hard, *[_reason(kind, one, need, offer, met=shown[f"p.{one.id}"] > 0, given=shown[f"p.{one.id}"]) for one in kind.parts])


def _condition(one: Hard) -> pl.Expr:
    if one.test == "yes":
        found = pl.col(f"n.{one.need}" if one.need else f"o.{one.offer}")
    else:
        found = _holds(one.test, pl.col(f"n.{one.need}"), pl.col(f"o.{one.offer}"), one.any)
    return found.fill_null(one.absent == "passes")


def _reason(kind: Kind, one: Hard | Part, need: Row, offer: Row, *, met: bool, given: int | None) -> Reason:
    left, right = kind.columns("need"), kind.columns("offer")
    sides = [
        f"{columns[name].title} {said(columns[name], row.get(name), absent='未填')}"
        for name, columns, row in ((one.need, left, need), (one.offer, right, offer))
        if name
    ]
    full = one.points if isinstance(one, Part) else None
    return Reason(one.id, one.title, one.title_en, met, given, full, "，".join(sides), one.source, one.expected)


def in_short(kind: Kind, need: Row, offer: Row) -> str:
    """The parts that speak for a pair, the weightiest first, in one line: `行业对口 30/30、金额覆盖 18/20`."""
    parts = sorted((one for one in reasons(kind, need, offer) if one.points), key=lambda one: -(one.points or 0))
    return "、".join(f"{one.title} {one.points}/{one.full}" for one in parts)


def why_not(kind: Kind, need: Row, offer: Row) -> tuple[str, ...]:
    """What keeps a pair from the shortlist: the conditions not met, who avoids whom; empty when nothing does."""
    found = [f"{one.title}：{one.words}（{one.source}）" for one in reasons(kind, need, offer) if one.points is None and not one.met]
    if offer["id"] in (need.get("refuse") or []):
        found.append("需求方已回避该供给方")
    if need["id"] in (offer.get("refuse") or []):
        found.append("供给方已回避该需求方")
    found += [f"{row['name']}：名额为 0" for row in (need, offer) if not row.get("quota")]
    return tuple(found)
