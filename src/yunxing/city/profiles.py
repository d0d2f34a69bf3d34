"""Synthetic profiles for demonstrations: what enterprises would declare on loans and listings, made from registry rows alone.

Everything follows from the party's id: no seed, no clock, and a new party moves no other. About one project in three has a renovation loan, and
of those some lack a figure, are not on the list, began too late or have other support, so that every outcome and every cap occurs.
The rows say so in `source`; nothing here is a real loan or listing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from yunxing.engines.registry.parties import Party
from yunxing.values.digest import digits

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
