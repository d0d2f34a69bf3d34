"""What stands before the first transfer: books, units, accounts, pledges, terms; and closing a book through a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from yunxing.engines.ledger.batch import KINDS
from yunxing.engines.ledger.model import PLEDGED, Term
from yunxing.io.store.dialect import as_date, execute, insert_new, row, rows, transaction, vendor
from yunxing.values.errors import BadInput, DoesNotHold
from yunxing.values.office_hours import OfficeHours

NO_FLOOR = -(2**62)
"""The floor of an account that may go as far below zero as it is asked to, such as the budget that issues a pool's money."""


def open_book(connection: Any, book: str, *, place: str, name: str) -> None:
    """Make the book unless it is there. Errors: `DoesNotHold` when it is there with another place or name."""
    _open(connection, "support_book", {"id": book, "place": place, "name": name})


def open_unit(connection: Any, unit: str, *, asset: str, scale: int, vintage: str = "", expires: date | None = None) -> None:
    """Make the unit unless it is there: `scale` smallest parts make one printed unit; `expires` is the vintage's last day.

    Errors: `DoesNotHold` when it is there with other terms.
    """
    if scale < 1:
        raise BadInput(f"unit {unit}: found a scale of {scale}, expected a whole number from 1 on")
    _open(connection, "support_unit", {"id": unit, "asset": asset, "scale": scale, "vintage": vintage, "expires": expires})


def open_account(connection: Any, account: str, *, owner: str, book: str, unit: str, kind: str, county: str = "", floor: int = 0) -> None:
    """Make the account, empty, unless it is there. Errors: `DoesNotHold` when it is there with other terms; `BadInput` for a floor above zero."""
    if floor > 0:
        raise BadInput(f"account {account}: found a floor of {floor}, expected 0 or less: an empty account must be above its floor")
    terms = {"id": account, "owner": owner, "county": county, "book_id": book, "unit_id": unit, "kind": kind, "floor": floor}
    _open(connection, "support_account", terms, {"posted": 0, "reserved": 0})


def open_pledge(connection: Any, account: str, *, owner: str, book: str, unit: str, pledged: int, county: str = "") -> None:
    """An account of cuts that are planned and not made yet: at most `pledged` of it may be lent in advance (`borrow`), and is given back by `repay`.

    A further pledge, or a larger one, is an account of its own: what one document pledges never changes.
    """
    if pledged <= 0:
        raise BadInput(f"pledge {account}: found {pledged}, expected a whole number from 1 on, in the unit's smallest part")
    open_account(connection, account, owner=owner, book=book, unit=unit, kind=PLEDGED, county=county, floor=-pledged)


def open_term(connection: Any, term: Term) -> None:
    """Write down a term of approval and delay; from its day on it replaces the earlier ones for the same book, unit and kind.

    Errors: `BadInput` for one that cannot be met, `DoesNotHold` when one of the same day says otherwise.
    """
    if not 0 <= term.approvers <= 2 or term.delay < 0 or term.above < 0 or term.kind not in ("", *KINDS):
        raise BadInput(f"term {term}: expected 0 to 2 approvers, a delay and an amount not below 0, and a kind of transfer or none")
    if term.hours:
        OfficeHours.parse(term.hours.split())
    name = "/".join((term.book, term.unit or "*", term.kind or "*", term.valid_from.isoformat()))
    columns = {"id": name, "book_id": term.book, "unit_id": term.unit, "kind": term.kind, "above": term.above}
    more = {"approvers": term.approvers, "delay": term.delay, "hours": term.hours, "valid_from": term.valid_from, "clause": term.clause}
    _open(connection, "support_term", {**columns, **more})


TERMS = "SELECT book_id, unit_id, kind, above, approvers, delay, hours, valid_from, clause FROM support_term ORDER BY id"


def terms(connection: Any) -> list[Term]:
    """Every term, by book, unit, kind and day."""
    return [term_of(each) for each in rows(connection, TERMS)]


def term_of(found: Sequence[Any]) -> Term:
    """A row of `TERMS`."""
    book, unit, kind, above, approvers, delay, hours, since, clause = found
    return Term(book, unit or "", kind or "", above, approvers, delay, hours or "", as_date(since) or date.min, clause)


def book_of(connection: Any, account: str) -> str:
    """The book of an account. Errors: `DoesNotHold` when there is no such account."""
    found = row(connection, "SELECT book_id FROM support_account WHERE id = %s", [account])
    if found is None:
        raise DoesNotHold(f"support_account {account}: there is no such account in the ledger")
    return str(found[0])


def _open(connection: Any, table: str, asked: dict[str, Any], start: dict[str, Any] | None = None) -> None:
    columns = {**asked, **(start or {})}
    places = ", ".join(["%s"] * len(columns))
    with transaction(connection):
        if insert_new(connection, f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", list(columns.values())):
            return
        found = row(connection, f"SELECT {', '.join(asked)} FROM {table} WHERE id = %s", [asked["id"]])
    stored = dict(zip(asked, found or (), strict=False))
    for name in ("expires", "valid_from"):
        if name in stored:
            stored[name] = as_date(stored[name])
    differing = [name for name, value in asked.items() if (stored.get(name) or None) != (value or None)]
    if differing:
        name = differing[0]
        raise DoesNotHold(f"{table} {asked['id']}: {name} is {stored.get(name)!r} in the ledger, {asked[name]!r} was asked for")


def close_through(connection: Any, book: str, day: date) -> None:
    """Close the book through this day; it never opens again. Errors: `DoesNotHold` when it is closed through a later day or not there."""
    with transaction(connection):
        if vendor(connection) == "postgresql":
            # whoever posts has locked accounts of the book: he finishes first, and whoever comes later sees the book closed
            execute(connection, "SELECT id FROM support_account WHERE book_id = %s ORDER BY id FOR UPDATE", [book])
        found = row(connection, "SELECT closed_through FROM support_book WHERE id = %s", [book])
        closed = as_date(found[0]) if found else None
        if found is None or (closed is not None and closed > day):
            raise DoesNotHold(f"book {book}: " + (f"already closed through {closed}" if found else "not in the ledger"))
        execute(connection, "UPDATE support_book SET closed_through = %s WHERE id = %s", [day, book])
