"""What every result of the contingency engines says of its proof, in whole numbers and words, and the result's own digest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from yunxing.io.solvers.solve import Answer
from yunxing.values.digest import digest

Progress = Callable[[str], None]


def quiet(_words: str) -> None:
    """Nobody listens to the progress."""


def once(kept: dict[str, Any] | None, name: str, make: Callable[[], Any]) -> Any:
    """What `make` gives, kept under a name for scenarios held together; made anew where nothing is kept."""
    if kept is None:
        return make()
    if name not in kept:
        kept[name] = make()
    return kept[name]


def enterprise_names(connection: Any, day: date) -> Mapping[str, str]:
    """The names of the enterprises of a day."""
    from yunxing.io.store.registry import read_parties

    return {party: firm.name for party, firm in read_parties(connection, kind="enterprise", on=day).items()}


def proof(answer: Answer, input_hash: str, plan_hash: str) -> dict[str, Any]:
    """The proof of a plan as whole numbers and words: gap in millionths, time in milliseconds."""
    return {
        "status": answer.status,
        "gap": millionths(answer.gap),
        "bound_by": answer.bound_by,
        "solver": answer.solver,
        "milliseconds": int(answer.seconds * 1000),
        "first_milliseconds": int(min(answer.first_seconds, 1e6) * 1000),
        "cut_by": answer.cut_by,
        "method": answer.method,
        "input_hash": input_hash,
        "plan_hash": plan_hash,
    }


def millionths(gap: float) -> int | None:
    """A gap in millionths; None for one that proves nothing."""
    return int(gap * 1_000_000) if gap < 1000 else None


def sealed(result: dict[str, Any]) -> dict[str, Any]:
    """The result with its own digest."""
    return {**result, "digest": digest(result)}
