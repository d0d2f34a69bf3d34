"""A slow reference of the three policies, written apart from the engine: fractions, `if`, and the handbook's words.

It takes plain values (fen, dates, booleans, text, None for unknown) and says (outcome, amount in fen).
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

LPR = [
    (date(2021, 1, 20), "3.85"),
    (date(2021, 12, 20), "3.80"),
    (date(2022, 1, 20), "3.70"),
    (date(2022, 8, 22), "3.65"),
    (date(2023, 6, 20), "3.55"),
    (date(2023, 8, 21), "3.45"),
    (date(2024, 7, 22), "3.35"),
    (date(2024, 10, 21), "3.10"),
]


def half_up(exact: Fraction) -> int:
    whole = exact.numerator // exact.denominator
    return whole + (1 if exact - whole >= Fraction(1, 2) else 0)


def settle(tests: list[bool | None], amount: int | None) -> tuple[str, int | None]:
    if False in tests:
        return "no", None
    if None in tests or amount is None:
        return "needs_data", None
    return "yes", amount


def inside(value, low, high) -> bool:
    return value is None or low <= value <= high


def loan_interest(r: dict) -> tuple[str, int | None]:
    days_ok = all(inside(r[c], date(2020, 1, 1), date(2030, 12, 31)) for c in ("loan_from", "loan_to", "as_of"))
    notice_ok = inside(r["notice_on"], date(2021, 1, 1), date(2030, 12, 31))
    money_ok = inside(r["loan_principal"], 0, 200 * 10**10) and all(
        inside(r[c], 0, 20 * 10**10) for c in ("interest_paid", "earlier_discounts")
    )
    order_ok = r["loan_from"] is None or r["loan_to"] is None or r["loan_from"] <= r["loan_to"]
    if not (days_ok and notice_ok and money_ok and order_ok):
        return "refused", None
    started = None if r["loan_from"] is None or r["as_of"] is None else r["loan_from"] <= r["as_of"]
    single = None if r["has_other_support"] is None else not r["has_other_support"]
    tests = [r["is_technical_renovation"], r["in_major_list"], started, single]
    needed = ("loan_principal", "interest_paid", "loan_from", "loan_to", "as_of", "notice_on", "earlier_discounts")
    if any(r[c] is None for c in needed) or not started:
        return settle(tests, None)
    rate = None
    for day, percent in LPR:
        if day <= r["notice_on"] <= date(2024, 11, 19):
            rate = Fraction(percent) / 100
    if rate is None:
        return settle(tests, None)
    days = (min(r["loan_to"], r["as_of"]) - r["loan_from"]).days
    discount = half_up(Fraction(r["loan_principal"]) * days / 360 * rate * Fraction(35, 100))
    left = max(0, 2000 * 10**6 - r["earlier_discounts"])
    return settle(tests, min(discount, r["interest_paid"], left))


def listing_bonus(r: dict) -> tuple[str, int | None]:
    boards = ("none", "SSE", "SZSE", "STAR", "ChiNext", "BSE", "HK", "overseas", "NEEQ")
    span = (date(2000, 1, 1), date(2040, 12, 31))
    if not (inside(r["raised"], 1, 2000 * 10**10) and inside(r["listed_on"], *span) and inside(r["as_of"], *span)):
        return "refused", None
    if r["board"] is not None and r["board"] not in boards:
        return "refused", None
    domestic = None if r["board"] is None else r["board"] in boards[1:6]
    listed = None if r["listed_on"] is None or r["as_of"] is None else r["listed_on"] <= r["as_of"]
    first = None if r["has_bonus_before"] is None else not r["has_bonus_before"]
    if r["raised"] is None:
        return settle([domestic, listed, first], None)
    yuan = Fraction(r["raised"], 100)
    amount = 2_000_000 if yuan < 10**9 else 7_000_000 if yuan < 2 * 10**9 else 12_000_000
    return settle([domestic, listed, first], amount * 100)


def staged_aid(r: dict) -> tuple[str, int | None]:
    if not inside(r["aid_before"], 0, 300 * 10**6) or (
        r["stage"] is not None and r["stage"] not in ("none", "tutoring", "accepted", "passed", "listed")
    ):
        return "refused", None
    return settle([r["plans_domestic_listing"], None if r["stage"] is None else r["stage"] != "none"], None)


POLICIES = {"m02_loan_interest": loan_interest, "m18_listing_ladder": listing_bonus, "m18_listing_stages": staged_aid}
