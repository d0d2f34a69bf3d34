"""Proposals for the quarterly talk (季约谈): offices that missed as many limits in the quarter as the pack says. Pure; a person signs, or records that there is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from yunxing.engines.cases.definition import Definition


@dataclass(frozen=True, slots=True)
class Missed:
    """A limit an office missed: which table's, on which case, which clock."""

    office: str
    definition: str
    case: str
    clock: str


@dataclass(frozen=True, slots=True)
class TalkProposal:
    """An office to be proposed, how many limits it missed, on which cases, and on what the number rests."""

    office: str
    missed: int
    cases: tuple[str, ...]
    limit: int
    source: str


def proposals(missed: Iterable[Missed], definitions: Mapping[str, Definition]) -> list[TalkProposal]:
    """The offices that reached the number of a table's `talk`, most missed first. Each table counts for itself; an office is proposed once, by the table with most."""
    by_office: dict[str, dict[str, list[Missed]]] = {}
    for one in missed:
        by_office.setdefault(one.office, {}).setdefault(one.definition, []).append(one)
    found = []
    for office, by_table in by_office.items():
        reached = []
        for name, ones in by_table.items():
            talk = definitions[name].talk if name in definitions else None
            if talk is not None and len(ones) >= talk.missed:
                cases = tuple(sorted({one.case for one in ones}))
                reached.append(TalkProposal(office, len(ones), cases, talk.missed, talk.source))
        if reached:
            found.append(max(reached, key=lambda one: (one.missed, one.cases)))
    return sorted(found, key=lambda one: (-one.missed, one.office))
