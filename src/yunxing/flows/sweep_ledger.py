"""What time does to the ledger, each minute: reservations whose last day is over are let go, and what was lent in advance and is not made good when it is due opens a case.

An expired vintage is not touched here: it cannot be spent any more, and whether it is carried or written off is a person's act (`expire_vintage`).
Every part is idempotent: a key is answered once, a case is opened once for an obligation and its reason.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from yunxing.engines.cases.case import SYSTEM
from yunxing.engines.ledger.batch import Group, one_transfer
from yunxing.engines.ledger.model import Answer
from yunxing.flows import walk_case
from yunxing.io.store import dialect, obligations, postings
from yunxing.io.store.obligations import Obligation
from yunxing.values.errors import BadInput
from yunxing.values.office_hours import local

DEFINITION = "advance_overdue"
"""The case table of what is due: pack data, published with the others."""


@dataclass(frozen=True, slots=True)
class LedgerSwept:
    """What a sweep did: reservations let go, cases opened."""

    lapsed: int
    opened: int


def sweep_ledger(connection: Any, now: datetime, *, definition: str = DEFINITION) -> LedgerSwept:
    """One sweep at `now`. Where the case table is not published nothing is opened; what is due stays due for the next sweep."""
    lapsed = let_lapse(connection, now)
    if not obligations.case_table_is_there(connection, definition):
        return LedgerSwept(lapsed, 0)
    today = local(now)[0]
    due = [one for one in obligations.obligations(connection, due_by=today) if one.day is not None and one.day < today]
    return LedgerSwept(lapsed, sum(_open(connection, one, "due", f"承诺期限 {one.day}", now, definition) for one in due))


def let_lapse(connection: Any, now: datetime) -> int:
    """Every open reservation whose last day is over is let go, by a transfer of its own; gives how many."""
    today, done = local(now)[0], 0
    while found := obligations.lapsed_reservations(connection, today):
        groups = [
            one_transfer(lapse_key(key), "expire", unit, {}, clause=clause, effective=today, refers=key) for key, unit, clause in found
        ]
        answers = postings.post(groups, connection, recorded=now, run="sweep")
        went = sum(answer.status == "accepted" for answer in answers)
        done += went
        if not went:  # a closed book keeps its reservations: nothing may be dated into it
            break
    return done


def lapse_key(key: str) -> str:
    """The key of the transfer that lets a reservation go."""
    from yunxing.values.digest import digits

    return f"lapse/{digits(key.encode())[:40]}"


def produced_early(connection: Any, projects: Collection[str], now: datetime, *, definition: str = DEFINITION) -> int:
    """Cases for projects that report output while what they drew in advance is outstanding; gives how many were opened."""
    found = [one for project in sorted(projects) for one in obligations.obligations(connection, project=project)]
    return sum(_open(connection, one, "output", "报表已有产出", now, definition) for one in found)


def _open(connection: Any, one: Obligation, reason: str, because: str, now: datetime, definition: str) -> bool:
    scale, asset, county = obligations.unit_and_county(connection, one.source) or (1, one.unit, "")
    amount = printed(one.outstanding, int(scale))
    title = f"预支指标未落实：{one.project} {asset} {amount}"
    words = (
        f"{one.project} 以“{one.pledge}”预支 {asset} {printed(one.amount, int(scale))}，尚欠 {amount}，应于“{one.event}”前落实；{because}。"
    )
    return walk_case.new_case(
        connection, definition, SYSTEM, now,
        key=f"{reason}/{one.id}", title=title[:100], words=words, subject=f"project:{one.project}"[:100], unit=county or "", party=one.borrower,
        origin=f"ledger:{reason}:{one.id}"[:100],
    ).won  # fmt: skip


def printed(amount: int, scale: int) -> str:
    """An amount of smallest parts in the printed unit, exactly.

    >>> printed(1000, 1000), printed(-1250, 1000), printed(5, 100)
    ('1', '-1.25', '0.05')
    """
    whole, part = divmod(abs(amount), scale)
    text = str(whole)
    if part:
        digits = len(str(scale - 1))
        if scale != 10**digits:
            return f"{'-' if amount < 0 else ''}{abs(amount)}/{scale}"
        text += "." + f"{part:0{digits}d}".rstrip("0")
    return f"-{text}" if amount < 0 else text


def expire_vintage(
    connection: Any, unit: str, into: str, *, clause: str, today: date, recorded: datetime, approvers: tuple[str, ...] = ()
) -> list[Answer]:
    """Write off what is left of an expired vintage: from every account with something free in it to the account `into`, which keeps the count.

    Reservations in it must have been let go first. Errors: `BadInput` when the unit has not expired, or is not there.
    """
    expires = obligations.expiry(connection, unit)
    last = dialect.as_date(expires[0]) if expires else None
    if last is None or today <= last:
        raise BadInput(f"unit {unit}: " + (f"found a last day of {last}, expected one before {today}" if expires else "not in the ledger"))
    groups: list[Group] = [
        one_transfer(
            f"expire/{unit}/{account}"[:120],
            "expire",
            unit,
            {account: -int(free), into: int(free)},
            clause=clause,
            effective=today,
            approvers=approvers,
        )
        for account, free in obligations.free_of_unit(connection, unit, into)
    ]
    return postings.post(groups, connection, recorded=recorded, mode="all", run="expire") if groups else []
