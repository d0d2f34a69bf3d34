"""What stands in the index: one document, case, bulletin or party with its text and what it is filtered by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from yunxing.engines.search.numbers import DocNumber

Kind = Literal["policy", "case", "bulletin", "party"]
State = Literal["not_yet", "in_force", "amended", "partly_ended", "ended", "unstated"]


@dataclass(frozen=True, slots=True)
class Clause:
    """An addressable piece of a text: raw offsets, half open, its label (`156/18/3`, `三-二`) and its heading."""

    start: int
    end: int
    label: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """When a document holds. `until` is its last day; None where none is stated. From `partly` on a part of it has ended, from `amended` on it reads otherwise."""

    since: date | None = None
    until: date | None = None
    partly: date | None = None
    amended: date | None = None

    def on(self, day: date) -> State:
        """The state on a day. Without a stated end it is `unstated`, shown as in force without a stated end, never as repealed."""
        if self.since is not None and day < self.since:
            return "not_yet"
        if self.until is not None and day > self.until:
            return "ended"
        if self.partly is not None and day >= self.partly:
            return "partly_ended"
        if self.amended is not None and day >= self.amended:
            return "amended"
        return "unstated" if self.until is None else "in_force"


@dataclass(frozen=True, slots=True)
class Entry:
    """One searchable text. `key` names it within its kind; `place` is a region code, empty when it has none; paragraphs of `text` are its lines."""

    kind: Kind
    key: str
    title: str
    text: str
    number: str = ""
    parsed: DocNumber | None = None
    issuers: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    place: str = ""
    day: date | None = None
    effect: Effect = Effect()
    clauses: tuple[Clause, ...] = ()

    def whole(self) -> str:
        """What is searched: the title as a paragraph of its own, unless the text has it, and the text."""
        return self.text if self.title in self.text else f"{self.title}\n{self.text}"
