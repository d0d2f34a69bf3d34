"""A city's signal taken apart into the projects or plants that make it, exactly, from the tables of a closed month."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from yunxing.engines.indicators.window import cumulative_code
from yunxing.values.period import Month


@dataclass(frozen=True, slots=True)
class Piece:
    """One project or plant: what it has done, what was due of it, and how much it is short (negative: ahead). For a plant `done` are its fewest days."""

    party: str
    done: Fraction
    due: Fraction
    short: Fraction


def project_pieces(facts: Any, registry: Iterable[Mapping[str, Any]], card: Mapping[str, Any], month: Month) -> list[Piece]:
    """Each project of the roster with an annual plan against its plan's share of the year, the shortest first. Preparatory projects owe nothing.

    A project that reported nothing has done nothing that is known: it is left out rather than counted as zero.
    """
    import pyarrow.compute as pc

    wanted = pc.and_(pc.equal(facts["form"], card["form"]), pc.equal(facts["item"], card["item"]))
    mine = facts.filter(pc.and_(wanted, pc.equal(facts["period"], cumulative_code(month))))
    done = {
        row["party"]: row["value"] for row in mine.to_pylist() if row["role"] == "value" and row["value"] is not None and not row["held"]
    }
    share = Fraction(month.month, 12)
    found = []
    for row in registry:
        if card["roster"] not in str(row["rosters"]).split(",") or row["id"] not in done:
            continue
        plan = json.loads(row["attributes"]).get("annual_plan_fen")
        preparatory = json.loads(row["attributes"]).get("is_preparatory", False)
        if not plan or preparatory:
            continue
        due = int(plan) * share
        found.append(Piece(row["id"], Fraction(done[row["id"]]), due, due - done[row["id"]]))
    return sorted(found, key=lambda one: (-one.short, one.party))


def site_pieces(rows: Iterable[Mapping[str, Any]]) -> list[Piece]:
    """Each plant with the fewest days of stock it had in the month, the lowest first."""
    lowest = [(Fraction(row["num"], row["den"]), str(row["scope"])) for row in rows if row["stat"] == "minimum" and row["num"] is not None]
    return [Piece(party, days, Fraction(0), Fraction(0)) for days, party in sorted(lowest)]


def months_between(earlier: str, later: str) -> int:
    """Months from one month code to another; positive when `later` is later.

    >>> months_between("2022-07", "2022-09"), months_between("2022-01", "2021-12")
    (2, -1)
    """
    one, other = (date.fromisoformat(f"{code}-01") for code in (earlier, later))
    return (other.year - one.year) * 12 + other.month - one.month
