"""The ledger's rules one by one, each refusing with a code: vintages, references, reservations, loans and gates, approvals and delays."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from yunxing.engines.ledger.batch import WITH_LEGS, Transfer
from yunxing.engines.ledger.model import PLEDGED, Loan, Posting, Refused, State, Term, Unit, Written

REVERSIBLE = ("issue", "move", "retire", "carry", "post", "borrow", "repay", "expire")
FREE_OF_TERMS = ("void", "expire", "repay", "reverse")
"""Kinds that a term for every kind leaves alone: they give back, let go, or undo."""


def check_legs(transfer: Transfer) -> None:
    """The last guard for what a program made without `parse`: legs where the kind has legs, each account once, no zero, a sum of zero."""
    needed = transfer.kind in WITH_LEGS and not (transfer.kind == "expire" and transfer.refers)
    accounts = {leg.account for leg in transfer.legs}
    if bool(transfer.legs) != needed or len(accounts) != len(transfer.legs) or not all(leg.amount for leg in transfer.legs):
        raise Refused(
            "wrong_legs", f"{transfer.key}: a {transfer.kind} has {'legs, each account once and none of 0' if needed else 'no legs'}"
        )
    if sum(leg.amount for leg in transfer.legs):
        raise Refused("wrong_legs", f"{transfer.key}: the legs sum to {sum(leg.amount for leg in transfer.legs)}, not to 0")


def check_vintage(transfer: Transfer, unit: Unit) -> None:
    """An expired vintage moves only by `expire` or `carry`; what has not expired cannot be let expire, but a lapsed reservation can."""
    over = unit.expires is not None and transfer.effective > unit.expires
    if over and transfer.kind not in ("expire", "carry"):
        raise Refused("expired", f"the unit {unit.id} expired on {unit.expires}; only expire or carry may move it")
    if not over and transfer.kind == "expire" and not transfer.refers:
        until = f"before {unit.expires} is over" if unit.expires else "which has no last day"
        raise Refused("not_expired", f"the unit {unit.id} cannot expire on {transfer.effective}, {until}")


def target(transfer: Transfer, found: Written | None, state: State) -> Written:
    """What the transfer refers to, if it may: the right kind, the same unit, not resolved yet, and neither too early nor too late."""
    if found is None:
        raise Refused("unknown_reference", f"no transfer has the key {transfer.refers}")
    wanted = REVERSIBLE if transfer.kind == "reverse" else ("reserve",)
    if found.kind not in wanted:
        raise Refused(
            "wrong_reference", f"{transfer.kind} refers to a transfer of kind {' or '.join(wanted)}; {transfer.refers} is {found.kind}"
        )
    if found.unit != transfer.unit:
        raise Refused("wrong_unit", f"{transfer.refers} is in {found.unit}, the transfer is in {transfer.unit}")
    if found.resolved:
        raise Refused("resolved", f"{transfer.refers} has already been {'reversed' if transfer.kind == 'reverse' else 'resolved'}")
    if transfer.kind == "reverse" and not any(posting.layer == "posted" for posting in found.postings):
        raise Refused("wrong_reference", f"{transfer.refers} only let a reservation go; there is nothing to reverse")
    if transfer.kind == "post":
        if found.not_before is not None and state.recorded is not None and state.recorded < found.not_before:
            raise Refused("too_early", f"{transfer.refers} is held until {found.not_before.isoformat()}; until then it may be voided")
        if found.until is not None and transfer.effective > found.until:
            raise Refused("lapsed", f"{transfer.refers} was reserved until {found.until}; let it expire and reserve anew")
    return found


def taken_back(transfer: Transfer, found: Written) -> tuple[Posting, ...]:
    """The lines that undo what is referred to and, for a post, what is posted within the reservation."""
    if transfer.kind == "reverse":
        # the holds a post took back stay resolved: only what it posted is undone
        return tuple([Posting(name, layer, -amount) for name, layer, amount in found.postings if layer == "posted"])
    back = [Posting(name, layer, -amount) for name, layer, amount in found.postings]
    if transfer.kind == "post":
        held = {posting.account: posting.amount for posting in found.postings}
        for account, amount in transfer.legs:
            hold = held.get(account, 0)
            if amount * hold <= 0 or abs(amount) > abs(hold):
                raise Refused("beyond_reserve", f"account {account}: {amount} is not within the {hold} that {transfer.refers} holds")
            back.append(Posting(account, "posted", amount))
    return tuple(back)


def resolved(found: Written) -> Written:
    """The same transfer, resolved or reversed."""
    return replace(found, resolved=True)


def borrowed(transfer: Transfer, state: State) -> Loan:
    """The loan that a `borrow` makes: from one account of pledged cuts to one holder, before its gate has passed."""
    due, taken = transfer.due, [leg for leg in transfer.legs if leg.amount < 0]
    if due is None:
        raise Refused("no_due", "a loan needs borrower, project, pledge and the event before which it is made good")
    if len(transfer.legs) != 2:
        raise Refused("wrong_legs", f"a loan goes from one account to one holder; found {len(transfer.legs)} legs")
    source = state.accounts.get(taken[0].account)
    if source is None:
        raise Refused("unknown_account", f"the account {taken[0].account!r} is not in the ledger")
    if source.kind != PLEDGED:
        raise Refused("not_pledged", f"account {source.id} is of kind {source.kind!r}; only pledged cuts ({PLEDGED}) are lent in advance")
    if due.gate in state.passed:
        raise Refused("gate_passed", f"{due.project} has passed {due.event}; nothing is lent before it any more")
    amount = -taken[0].amount
    return Loan(transfer.key, source.id, amount, amount, due.gate)


def repaid(transfer: Transfer, found: Written | None, loan: Loan, state: State) -> int:
    """How much of a loan a transfer gives back; below zero when a repayment is reversed."""
    if transfer.kind == "repay":
        given = {account: amount for account, amount in transfer.legs if amount > 0}
        amount = given.get(loan.source, 0)
        if len(given) != 1 or not amount:
            raise Refused("wrong_account", f"{loan.key} was borrowed from {loan.source}, and is given back there alone")
        if amount > loan.outstanding:
            raise Refused("beyond_loan", f"{amount} is more than the {loan.outstanding} outstanding of {loan.key}")
        return amount
    assert found is not None
    if found.kind == "borrow":
        if loan.outstanding != loan.amount:
            raise Refused("repaid", f"{loan.amount - loan.outstanding} of {loan.key} has been given back; reverse that first")
        return loan.amount
    if loan.gate in state.passed:
        raise Refused("gate_passed", f"{loan.gate} has been passed on the strength of {found.key}; it cannot be reversed")
    return -sum(amount for account, layer, amount in found.postings if account == loan.source)


def check_terms(transfer: Transfer, state: State) -> datetime | None:
    """Enough approvers, and the holding delay: since when a reservation may be posted; what posts at once must be reserved first."""
    if not transfer.legs:
        return None
    amount = sum(leg.amount for leg in transfer.legs if leg.amount > 0)
    books = {state.accounts[leg.account].book for leg in transfer.legs if leg.amount < 0 and leg.account in state.accounts}
    found = [term for term in in_force(state, transfer, books) if amount > term.above]
    people = max((term.approvers for term in found), default=0)
    if len(set(transfer.approvers)) < people:
        clause = next(term.clause for term in found if term.approvers == people)
        raise Refused(
            "needs_approvers", f"{amount} {transfer.unit} needs {people} different approvers ({clause}), found {len(transfer.approvers)}"
        )
    ready = max((state.ready[term.delay, term.hours] for term in found if term.delay), default=None)
    if ready is None or transfer.kind in ("reserve", "post"):
        return ready
    raise Refused("needs_hold", f"{amount} {transfer.unit} is held until {ready.isoformat()} before it is posted: reserve it first")


def in_force(state: State, transfer: Transfer, books: set[str]) -> list[Term]:
    """The terms that speak about this transfer on its day: of those for the same book, unit and kind the newest."""
    newest: dict[tuple[str, str, str], Term] = {}
    for term in state.terms:
        if term.book not in books or term.unit not in ("", transfer.unit) or term.valid_from > transfer.effective:
            continue
        if term.kind != transfer.kind and (term.kind or transfer.kind in FREE_OF_TERMS):
            continue
        key = (term.book, term.unit, term.kind)
        if key not in newest or newest[key].valid_from < term.valid_from:
            newest[key] = term
    return list(newest.values())
