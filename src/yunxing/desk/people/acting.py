"""Who acts now: the person, post and connection that the journal writes down. Set by the middleware for a request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts, as the journal holds it. `session` is a digest: the key itself would be a secret."""

    person: str = ""
    name: str = ""
    post: str = ""
    address: str = ""
    session: str = ""
    request: str = ""


SYSTEM = Actor(person="system", name="system")
_actor: ContextVar[Actor] = ContextVar("yunxing_actor", default=SYSTEM)


def current_actor() -> Actor:
    """Who acts now; outside requests the system itself."""
    return _actor.get()


@contextmanager
def acting_for(actor: Actor) -> Iterator[Actor]:
    """`actor` acts inside the block."""
    token = _actor.set(actor)
    try:
        yield actor
    finally:
        _actor.reset(token)
