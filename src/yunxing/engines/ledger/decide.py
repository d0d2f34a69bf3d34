"""The decisions of the ledger, pure: groups in order against locked balances; what is accepted, what is refused and why.

Per transfer the amounts over all layers sum to zero, and those of layer `posted` alone sum to zero. A reservation of x writes `hold_out` −x at
its source and `hold_in` +x at its target; only outgoing holds bind: `posted − reserved >= floor`, and an incoming hold is not spendable.
A reservation is resolved once, by one post (of at most x, the rest is free again), void or expire; a posted transfer is reversed once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from yunxing.engines.ledger import rules
from yunxing.engines.ledger.batch import MOVING, Group, Transfer
from yunxing.engines.ledger.model import Answer, Decided, Line, Loan, Posting, Refused, State, Written
from yunxing.values.money import INT64_MAX

__all__ = ["accounts_touched", "decide"]

PLAIN = ("issue", "move", "retire", "reserve")


def decide(groups: Sequence[Group], state: State) -> tuple[list[Answer], list[Decided]]:
    """Each group in order; an accepted one changes the state for those after it, a refused one leaves no trace."""
    answers: list[Answer] = []
    accepted: list[Decided] = []
    used = state.used
    for group in groups:
        body = group.body_hash
        known = used.get(group.key)
        if known is not None:
            if known == body:
                answers.append(Answer(group.key, "repeated", transfers=tuple(transfer.id for transfer in group.transfers)))
            else:
                answers.append(Answer(group.key, "refused", "key_reused", f"the key {group.key} was used before with another body"))
            continue
        decided = plainly(group, state, body)
        if decided is None:
            try:
                decided = _Group(group, state).decided(body)
            except Refused as refused:
                answers.append(Answer(group.key, "refused", refused.code, refused.message))
                continue
        used[group.key] = body
        accepted.append(decided)
        answers.append(Answer(group.key, "accepted", transfers=tuple(line.id for line in decided.lines)))
    return answers, accepted


def plainly(group: Group, state: State, body: str) -> Decided | None:
    """The common case on a short way: one transfer between two accounts that refers to nothing, under no term, and nothing against it.

    None, with nothing changed, for everything else: the long way decides, and says why where it refuses. The long way is the reference.
    """
    if len(group.transfers) != 1 or state.terms:
        return None
    (transfer,) = group.transfers
    kind, legs = transfer.kind, transfer.legs
    unit = state.units.get(transfer.unit)
    if kind not in PLAIN or len(legs) != 2 or unit is None or unit.expires is not None or transfer.refers or transfer.due is not None:
        return None
    (first, amount), (second, back) = legs
    if amount > 0:
        first, amount, second, back = second, back, first, amount
    source, target = state.accounts.get(first), state.accounts.get(second)
    if source is None or target is None or source is target or amount + back or not back:
        return None
    if source.closed_through is not None or target.closed_through is not None or not source.unit == target.unit == transfer.unit:
        return None
    left = source.posted - source.reserved + amount
    if left < source.floor or left < -INT64_MAX or target.posted + back > INT64_MAX:
        return None
    if kind == "reserve":
        source.reserved -= amount
        postings = (Posting(first, "hold_out", amount), Posting(second, "hold_in", back))
    else:
        source.posted += amount
        target.posted += back
        postings = (Posting(first, "posted", amount), Posting(second, "posted", back))
    if legs[0][0] != first:
        postings = postings[::-1]
    name = transfer.id
    state.written[transfer.key] = Written(transfer.key, name, kind, transfer.unit, postings, False, None, transfer.until)
    return Decided(group, body, (Line(transfer, name, postings),), ())


class _Group:
    """One group on its way: what it touched, as it was before, so that a refusal puts everything back."""

    __slots__ = ("before", "group", "lines", "loans_before", "resolves", "state", "written", "written_before")

    def __init__(self, group: Group, state: State) -> None:
        self.group, self.state = group, state
        self.before: dict[str, tuple[int, int]] = {}
        self.loans_before: dict[str, int | None] = {}
        self.written: dict[str, Written] = {}
        self.resolves: list[tuple[str, str, str]] = []
        self.lines: list[Line] = []

    def decided(self, body: str) -> Decided:
        """Apply it, and check its end: an account may dip below its floor inside a group that ends well. Errors: `Refused`, with nothing changed."""
        try:
            for transfer in self.group.transfers:
                self._transfer(transfer)
            self._check_floors()
        except Refused:
            self._undo()
            raise
        self.state.written.update(self.written)
        return Decided(self.group, body, tuple(self.lines), tuple(self.resolves))

    def _transfer(self, transfer: Transfer) -> None:
        state, kind = self.state, transfer.kind
        unit = state.units.get(transfer.unit)
        if unit is None:
            raise Refused("unknown_unit", f"the unit {transfer.unit!r} is not in the ledger")
        if unit.expires is not None or kind == "expire":
            rules.check_vintage(transfer, unit)
        rules.check_legs(transfer)
        target: Written | None = None
        not_before = repays = None
        if kind in MOVING and not (kind == "expire" and transfer.refers):
            postings = tuple([Posting(leg.account, "posted", leg.amount) for leg in transfer.legs])
        elif kind == "reserve":
            postings = tuple([Posting(leg.account, "hold_out" if leg.amount < 0 else "hold_in", leg.amount) for leg in transfer.legs])
        else:
            target = rules.target(transfer, self.written.get(transfer.refers) or state.written.get(transfer.refers), state)
            postings = rules.taken_back(transfer, target)
        if state.terms:
            ready = rules.check_terms(transfer, state)
            not_before = ready if kind == "reserve" else None
        if kind in ("borrow", "repay") or (kind == "reverse" and target is not None and (target.kind == "borrow" or target.loan)):
            repays = self._loan(transfer, target)
        self._move(transfer, postings)
        name = transfer.id
        self.lines.append(Line(transfer, name, postings, not_before, repays))
        loan = repays[0] if repays and kind == "repay" else ""
        self.written[transfer.key] = Written(
            transfer.key, name, kind, transfer.unit, postings, not_before=not_before, until=transfer.until, loan=loan
        )
        if target is not None:
            self.written[target.key] = rules.resolved(target)
            self.resolves.append((target.id, name, kind))

    def _move(self, transfer: Transfer, postings: tuple[Posting, ...]) -> None:
        accounts, before = self.state.accounts, self.before
        for name, layer, amount in postings:
            account = accounts.get(name)
            if account is None:
                raise Refused("unknown_account", f"the account {name!r} is not in the ledger")
            if account.unit != transfer.unit:
                raise Refused("wrong_unit", f"account {name} is kept in {account.unit}, the transfer is in {transfer.unit}")
            if account.closed_through is not None and transfer.effective <= account.closed_through:
                raise Refused("closed", f"the book of account {name} is closed through {account.closed_through}; date the correction later")
            if name not in before:
                before[name] = (account.posted, account.reserved)
            if layer == "posted":
                account.posted += amount
            elif layer == "hold_out":
                account.reserved -= amount

    def _loan(self, transfer: Transfer, target: Written | None) -> tuple[str, int] | None:
        loans = self.state.loans
        if transfer.kind == "borrow":
            loan = rules.borrowed(transfer, self.state)
            self.loans_before[loan.key] = None
            loans[loan.key] = loan
            return None
        key = transfer.refers if transfer.kind == "repay" else target.loan or target.key if target else ""
        found = loans.get(key)
        if found is None:
            raise Refused("unknown_reference", f"no loan has the key {key}")
        amount = rules.repaid(transfer, target, found, self.state)
        self.loans_before.setdefault(key, found.outstanding)
        found.outstanding -= amount
        return key, amount

    def _check_floors(self) -> None:
        accounts = self.state.accounts
        for name in self.before:
            account = accounts[name]
            if account.posted - account.reserved < account.floor:
                raise Refused(
                    "overdrawn",
                    f"account {name}: {account.posted} posted less {account.reserved} reserved would be below its floor of {account.floor} "
                    f"by {-account.available}",
                )
            if not -INT64_MAX <= account.posted <= INT64_MAX or account.posted - account.reserved < -INT64_MAX:
                raise Refused("too_large", f"account {name}: the balance would not fit 64 bits")

    def _undo(self) -> None:
        for name, (posted, reserved) in self.before.items():
            account = self.state.accounts[name]
            account.posted, account.reserved = posted, reserved
        for key, outstanding in self.loans_before.items():
            if outstanding is None:
                del self.state.loans[key]
            else:
                self.state.loans[key].outstanding = outstanding


def accounts_touched(groups: Iterable[Group], written: Mapping[str, Written]) -> set[str]:
    """Every account the groups may change, so that they can be locked at once in one order."""
    found = {leg[0] for group in groups for transfer in group.transfers for leg in transfer.legs}
    referred = {transfer.refers for group in groups for transfer in group.transfers if transfer.refers}
    return found | {p.account for key in referred if key in written for p in written[key].postings}


def gates_touched(groups: Iterable[Group], loans: Mapping[str, Loan]) -> set[str]:
    """Every gate whose state the groups depend on: of what is borrowed, and of the loans whose repayment is reversed."""
    return {transfer.due.gate for group in groups for transfer in group.transfers if transfer.due is not None} | {
        loan.gate for loan in loans.values()
    }
