"""What a batch would do, without doing it: the same lock, the same decision, and then everything is put back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yunxing.engines.ledger.batch import Group
from yunxing.engines.ledger.decide import decide
from yunxing.engines.ledger.model import Answer, State
from yunxing.io.store.dialect import row, transaction
from yunxing.io.store.ledger_locked import locked_state


@dataclass(frozen=True, slots=True)
class Moved:
    """An account before and after: posted and reserved, and the floor it is held to."""

    account: str
    unit: str
    floor: int
    posted: int
    reserved: int
    posted_after: int
    reserved_after: int

    @property
    def free_after(self) -> int:
        """What would be free: posted − reserved − floor. Below zero is why the group is refused."""
        return self.posted_after - self.reserved_after - self.floor


@dataclass(frozen=True, slots=True)
class Trial:
    """One answer a group, and every account the batch touches; a refused group's accounts stand as it asked for, so that what is short shows."""

    answers: tuple[Answer, ...]
    moved: tuple[Moved, ...]

    @property
    def may(self) -> bool:
        """Whether everything would be accepted now."""
        return all(answer.status != "refused" for answer in self.answers)


class _PutBack(Exception):  # it is no error: it ends the transaction without a trace
    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        super().__init__()


def trial(batch: Sequence[Group], connection: Any, recorded: datetime, *, before: Callable[[], None] | None = None) -> Trial:
    """Decide the batch and put everything back. `before` opens accounts that the batch needs; they are put back too."""
    try:
        with transaction(connection):
            if before is not None:
                before()
            _decide_and_leave(batch, connection, recorded)
    except _PutBack as found:
        return found.trial
    raise AssertionError("unreachable")


def _decide_and_leave(batch: Sequence[Group], connection: Any, recorded: datetime) -> None:
    state = locked_state(connection, batch, recorded)
    start = {name: (one.posted, one.reserved) for name, one in state.accounts.items()}
    answers, _accepted = decide(batch, state)
    for group, answer in zip(batch, answers, strict=True):
        if answer.status == "refused":
            _as_asked(group, state)
    moved = tuple(Moved(name, one.unit, one.floor, *start[name], one.posted, one.reserved) for name, one in sorted(state.accounts.items()))
    raise _PutBack(Trial(tuple(answers), moved))


def _as_asked(group: Group, state: State) -> None:
    """What a refused group would have made of the accounts, so that a page shows which one is short and by how much."""
    for transfer in group.transfers:
        for name, amount in transfer.legs:
            account = state.accounts.get(name)
            if account is None:
                continue
            if transfer.kind != "reserve":
                account.posted += amount
            elif amount < 0:
                account.reserved -= amount


def free_of(connection: Any, account: str) -> int:
    """What an account has free; 0 where there is no such account."""
    found = row(connection, "SELECT posted, reserved, floor FROM support_account WHERE id = %s", [account])
    return 0 if found is None else int(found[0]) - int(found[1]) - int(found[2])
