"""An officer's act on a quota, from what was filled in to the ledger: read balances, plan by the pack's rules, try it, and post it once a second person agreed.

Nothing here decides whether an account may go so low: the ledger does, under its lock, at the moment of posting. A plan made on Monday and agreed to on
Tuesday is posted as it was agreed to, or refused with the reason; it is never silently computed anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from yunxing.engines.ledger.acts import Balances, Given, Loan, Opening, Planned, Pledge, plan
from yunxing.engines.ledger.batch import Group
from yunxing.engines.ledger.model import Answer, Term
from yunxing.engines.ledger.quota_book import Act, Quotas
from yunxing.io.store import dialect, ledger_books, obligations, postings
from yunxing.io.store.ledger_trial import Trial, free_of, trial

AWAITED = "待第二人 awaited"
"""Who agrees in a trial: someone else, whoever it will be."""


def open_quotas(connection: Any, quotas: Quotas, place: str) -> None:
    """Books, units and terms of the pack in the ledger, unless they are there. Errors: `DoesNotHold` when one is there with other terms."""
    with dialect.transaction(connection):
        for book, title in quotas.books.items():
            ledger_books.open_book(connection, book_id(place, book), place=place, name=title)
        for unit in quotas.units.values():
            ledger_books.open_unit(connection, unit.id, asset=unit.asset, scale=unit.scale, vintage=unit.vintage, expires=unit.expires)
        for term in quotas.terms:
            ledger_books.open_term(
                connection,
                Term(
                    book_id(place, term.book), term.unit, term.kind, term.above, term.approvers, term.delay,
                    hours=term.hours, valid_from=term.valid_from, clause=term.clause,
                ),
            )  # fmt: skip


def book_id(place: str, book: str) -> str:
    """The id of a book of this place's ledger."""
    return f"{place}.{book}"


def balances_of(connection: Any, quotas: Quotas, act: Act, given: Given, pledges: Sequence[Pledge] = ()) -> Balances:
    """What the planner may ask: free amounts as they stand, the pledges with what is left of each, the loans on the pledge a certified cut stands for."""
    loans: list[Loan] = []
    if act.does == "certify" and given.source and quotas.draw is not None:
        account = quotas.pools[quotas.draw.pools["future_cut"]].account(given.unit, given.source)
        loans = [
            Loan(one.id, one.source, one.project, one.holder, one.outstanding)
            for one in obligations.obligations(connection, source=account)
        ]
    left = [replace(pledge, left=free_of(connection, pledge.account)) for pledge in pledges if pledge.source.pollutant == given.unit]
    return Balances(lambda account: free_of(connection, account), left, loans)


def planned(connection: Any, quotas: Quotas, act: Act, given: Given, pledges: Sequence[Pledge] = ()) -> Planned:
    """The group that the act makes now. Errors: `BadInput` for what is missing or leaves nothing to move."""
    return plan(quotas, act, given, balances_of(connection, quotas, act, given, pledges))


def tried(connection: Any, place: str, found: Planned, recorded: datetime) -> Trial:
    """What posting it would do to every account, if somebody else agreed; nothing stays."""
    people = found.group.transfers[0].approvers
    group = agreed(found.group, *people, AWAITED) if people else found.group
    return trial([group], connection, recorded, before=lambda: open_accounts(connection, place, found.openings))


def agreed(group: Group, *people: str) -> Group:
    """The same group with who drew it up and who agreed."""
    return Group(group.key, tuple(replace(one, approvers=tuple(people[:2])) for one in group.transfers))


def open_accounts(connection: Any, place: str, openings: Sequence[Opening]) -> None:
    """The accounts that a plan needs, unless they are there. Errors: `DoesNotHold` when one is there with other terms."""
    for one in openings:
        floor = ledger_books.NO_FLOOR if one.floor is None else one.floor
        terms: dict[str, Any] = {"owner": one.owner, "unit": one.unit, "kind": one.kind, "county": one.county, "floor": floor}
        ledger_books.open_account(connection, one.account, book=book_id(place, one.book), **terms)


class _NotPosted(Exception):  # it carries a refusal out of the transaction
    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__()


def carry_out(connection: Any, place: str, group: Group, openings: Sequence[Opening], recorded: datetime, run: str = "") -> Answer:
    """Post a group that was agreed to, in one transaction with its accounts; a refusal leaves nothing behind."""
    try:
        with dialect.transaction(connection):
            open_accounts(connection, place, openings)
            return _posted(connection, group, recorded, run)
    except _NotPosted as refused:
        return refused.answer


def _posted(connection: Any, group: Group, recorded: datetime, run: str) -> Answer:
    (answer,) = postings.post([group], connection, recorded=recorded, run=run)
    if answer.status == "refused":
        raise _NotPosted(answer)
    return answer


def open_pledge(connection: Any, place: str, quotas: Quotas, pledge: Pledge) -> None:
    """The account of a planned cut, whose floor is the pledged amount below zero. Errors: `BadInput` without a rule of drawing in the pack."""
    source = pledge.source
    assert quotas.draw is not None
    pool = quotas.pools[quotas.draw.pools["future_cut"]]
    ledger_books.open_pledge(
        connection, pledge.account, owner=source.firm, book=book_id(place, pool.book), unit=source.pollutant, pledged=source.planned_kg, county=source.county
    )  # fmt: skip


def pledge_account(quotas: Quotas, unit: str, source: str) -> str:
    """The name of a planned cut's account."""
    assert quotas.draw is not None
    return quotas.pools[quotas.draw.pools["future_cut"]].account(unit, source)
