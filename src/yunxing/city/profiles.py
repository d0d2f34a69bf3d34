"""Synthetic profiles for demonstrations: what enterprises would declare on loans and listings, made from registry rows alone.

Everything follows from the party's id: no seed, no clock, and a new party moves no other. About one project in three has a renovation loan, and
of those some lack a figure, are not on the list, began too late or have other support, so that every outcome and every cap occurs.
For every other policy `declared_rows` varies the policy's ordinary case: a flag turned here, an amount larger or smaller there, a figure not
reported. A firm's answer to one question is the same for every policy that asks it.
The rows say so in `source`; nothing here is a real loan or listing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from yunxing.engines.entitlements.intake import read_value
from yunxing.engines.entitlements.policy import Column, Policy
from yunxing.engines.entitlements.tree import Type
from yunxing.engines.registry.parties import Party
from yunxing.values.digest import digits
from yunxing.values.period import day_of

SOURCE = "合成数据 synthetic data"
YUAN = 100
_INTEREST_PER_10000 = 435  # a bank's rate of about 4.35 % a year
Row = dict[str, Any]


def _draw(party: str, name: str, size: int) -> int:
    """A whole number from 0 to size − 1 that depends on the party and the name alone."""
    return int(digits(f"{name}/{party}".encode())[:16], 16) % size


def loan_rows(projects: Iterable[Party], on: date) -> list[Row]:
    """One row a project: its renovation loan as it would be declared by `on`, or a row that says it is no renovation project.

    Money in fen, days as dates, None for what the enterprise did not report. The small renovations that only a monthly form knows have declared none.
    """
    return [_loan(project, on) for project in projects if project.valid_from <= on and not project.attributes.get("small_renovation")]


def _loan(project: Party, on: date) -> Row:
    key = project.id
    empty = {"loan_principal": None, "interest_paid": None, "loan_from": None, "loan_to": None, "earlier_discounts": None}
    common = {"party": key, "payee": project.parent or key, "name": project.name, "as_of": on, "source": SOURCE}
    if _draw(key, "renovation", 100) >= 35:
        return {
            **common, **empty, "arrived": None, "notice_on": None,
            "is_technical_renovation": False, "in_major_list": False, "has_other_support": False,
        }  # fmt: skip
    total = int(project.attributes.get("total_investment_fen") or 10**10)
    principal = min(total * (20 + _draw(key, "share", 41)) // 100, 200 * 10**10) // (10**6 * YUAN) * 10**6 * YUAN
    began = date(on.year - 1, 7, 1) + timedelta(days=_draw(key, "began", 420))
    ends = began + timedelta(days=365 * (1 + _draw(key, "years", 3)))
    days = max(0, (min(ends, on) - began).days)
    interest = principal * days * _INTEREST_PER_10000 // (360 * 10_000)
    if _draw(key, "early", 8) == 0:
        interest //= 5  # paid little so far: the interest binds, not the share of the LPR
    return {
        **common,
        "arrived": on - timedelta(days=_draw(key, "arrived", 30)),
        "loan_principal": principal,
        "interest_paid": None if _draw(key, "unreported", 9) == 0 else min(interest, 20 * 10**10),
        "loan_from": began,
        "loan_to": ends,
        "notice_on": on - timedelta(days=30),
        "earlier_discounts": 15 * 10**8 if _draw(key, "earlier", 12) == 0 else 0,
        "is_technical_renovation": True,
        "in_major_list": _draw(key, "major", 4) > 0,
        "has_other_support": _draw(key, "other", 15) == 0,
    }


def listing_rows(enterprises: Iterable[Party], listings: Mapping[str, tuple[str, date | None, int | None]], on: date) -> list[Row]:
    """One row an enterprise: the listing that was reported of it (board, day, fen raised), or board `none`."""
    rows = []
    for firm in enterprises:
        board, listed_on, raised = listings.get(firm.id, ("none", None, None))
        rows.append(
            {
                "party": firm.id,
                "payee": firm.id,
                "name": firm.name,
                "as_of": on,
                "source": SOURCE,
                "arrived": listed_on,
                "board": board,
                "listed_on": listed_on,
                # 0 is what the form asks of an admission without an issue; the rule refuses it, so it is told as not raised
                "raised": raised or None,
                "has_bonus_before": False,
            },
        )
    return rows


TAKES = 6  # of a hundred parties have declared anything under a policy
_ROUND_DAYS = {"as_of": 0, "notice_on": 30}  # days before the round
_ORDINARY = 50  # a chance at which every answer is the ordinary one
_NOTHING = 94  # from here of a hundred an amount is nothing
_MANUFACTURING = range(13, 44)  # divisions of GB/T 4754-2017


def declared_rows(
    policy: Policy, base: Mapping[str, str], parties: Iterable[Party], on: date, *, surely: frozenset[str] = frozenset()
) -> list[Row]:
    """A row for each of the few parties that declared something under the policy: its ordinary case, varied by party and column.

    `base` holds the ordinary case as text; a party in `surely` declares exactly that. Values in the types of a profile frame: fen, days as dates, codes and texts by name, None for unknown.
    """
    asked = {name: column for name, column in policy.sheet.columns.items() if name in base}
    rows = []
    for party in parties:
        ordinary = party.id in surely
        if party.valid_from > on or (not ordinary and _draw(party.id, f"takes/{policy.id}", 100) >= TAKES):
            continue
        row: Row = {"party": party.id, "payee": party.parent or party.id, "name": party.name, "source": SOURCE}
        row["arrived"] = on - timedelta(days=1 + _draw(party.id, f"arrived/{policy.id}", 40))
        for name, column in asked.items():
            known = name.endswith(("_size", "is_manufacturing")) and not ordinary
            row[name] = _known(party, column) if known else _answer(party.id, column, base[name], on, ordinary=ordinary)
        rows.append(row)
    return rows


def _known(party: Party, column: Column) -> object:
    """What the registry itself knows: the size class and whether it manufactures."""
    if column.type is Type.FLAG:
        return party.industry[:2].isdigit() and int(party.industry[:2]) in _MANUFACTURING
    return party.size if party.size in column.options else column.options[_draw(party.id, "size", len(column.options))]


def _answer(party: str, column: Column, written: str, on: date, *, ordinary: bool) -> object:
    """One declared value: mostly the ordinary one or near it, sometimes the other way, once in fifty not reported."""
    if column.name in _ROUND_DAYS:
        return on - timedelta(days=_ROUND_DAYS[column.name])
    chance = _ORDINARY if ordinary else _draw(party, f"answer/{column.name}", 100)
    if column.type is Type.TEXT and ordinary:
        return written
    if column.type is Type.TEXT:
        return "其他" if chance < 8 else column.options[chance % len(column.options)] if column.options and chance < 30 else written
    value = read_value(column, written)
    if value is None or chance < 2:
        return None
    if column.type is Type.FLAG:
        return bool(value) != (chance >= 95)
    if column.type is Type.CODE:
        return column.options[value if chance < 85 else chance % len(column.options)]
    near = value if ordinary else _near(party, column, value, chance)
    return day_of(near) if column.type is Type.DATE else near


def _near(party: str, column: Column, value: int, chance: int) -> int:
    if column.type is Type.DATE:
        moved = value - (chance - 80) * 20 if chance >= 80 else value + chance % 28
    elif column.type is Type.FEN:
        moved = 0 if chance >= _NOTHING else value * (30 + _draw(party, f"factor/{column.name}", 190)) // 100 // YUAN * YUAN
    elif 1900 < value < 2100:  # a year
        moved = value - (1 if chance >= 90 else 0)
    else:
        moved = value * (70 + _draw(party, f"factor/{column.name}", 61)) // 100 if chance >= 60 else value
    return max(column.low, min(column.high, moved))
