"""Two times of every statement of the registry: the days it holds for, and from when to when the platform believed it.

A party's state holds from a day to a day (`Segment`); a change from a day on cuts the segment that holds the day, a correction replaces the newest.
What was believed is never overwritten: a superseded segment keeps the instants between which it was believed, so that one question, "as on day D, as
known at instant K", has one answer. The store keeps the rows (`io/store/registry_history.py`); here is the reckoning, over plain values.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from yunxing.engines.registry.parties import Membership, Party
from yunxing.values.errors import BadInput

BEGINNING = date.min  # the first segment reaches back to the beginning: whether the party existed is told by its own days


@dataclass(frozen=True, slots=True)
class Segment:
    """A party's state from a day to a day, both included (None: until further notice)."""

    party: Party
    from_day: date = BEGINNING
    to_day: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether this state is the one of that day."""
        return self.from_day <= day and (self.to_day is None or day <= self.to_day)


@dataclass(frozen=True, slots=True)
class Believed:
    """A segment with the instants between which it was believed; `until` None: still."""

    segment: Segment
    since: datetime
    until: datetime | None = None

    def known_at(self, instant: datetime) -> bool:
        """Whether it was believed at that instant."""
        return self.since <= instant and (self.until is None or instant < self.until)


def amend(segments: Sequence[Segment], party: Party, since: date | None) -> tuple[list[Segment], list[Segment]]:
    """The segments to give up and the new ones, when the party becomes `party` from the day `since` on (None: the newest state was wrong all along).

    The segments together always cover every day once. A party not held before gets one segment. An unchanged state gives nothing up.
    """
    if not segments:
        return [], [Segment(party)]
    ordered = sorted(segments, key=lambda one: one.from_day)
    held = ordered[-1] if since is None else next(one for one in ordered if one.holds_on(since))
    if held.party == party:
        return [], []
    if since is None or held.from_day == since:
        return [held], [replace(held, party=party)]
    before = replace(held, to_day=since - timedelta(days=1))
    return [held], [before, Segment(party, since, held.to_day)]


def as_on(beliefs: Iterable[Believed], day: date, known: datetime) -> dict[str, Party]:
    """The parties that exist on a day, as they were believed to be at an instant: the slow, obvious answer beside the store's one query."""
    found: dict[str, Party] = {}
    for one in beliefs:
        if one.known_at(known) and one.segment.holds_on(day) and one.segment.party.valid_on(day):
            if one.segment.party.id in found:
                raise BadInput(f"{one.segment.party.id} has two states on {day} as known at {known}; its segments overlap.")
            found[one.segment.party.id] = one.segment.party
    return found


def overlaps(members: Iterable[Membership]) -> list[tuple[Membership, Membership]]:
    """Pairs of memberships of one party on one roster that share a day: there may be none."""
    found = []
    ordered = sorted(members, key=lambda one: one.key)
    for earlier, later in pairwise(ordered):
        same = (earlier.roster, earlier.party) == (later.roster, later.party)
        if same and (earlier.valid_to is None or later.valid_from <= earlier.valid_to):
            found.append((earlier, later))
    return found


def united(members: Iterable[Membership]) -> list[Membership]:
    """The memberships of one party on one roster with those that share or touch a day made one: the earliest begins, the one that lasts longest ends it."""
    kept: list[Membership] = []
    for one in sorted(members, key=lambda member: member.valid_from):
        last = kept[-1] if kept else None
        if last is None or (last.valid_to is not None and one.valid_from > last.valid_to + timedelta(days=1)):
            kept.append(one)
            continue
        longest = last if last.valid_to is None or (one.valid_to is not None and one.valid_to <= last.valid_to) else one
        kept[-1] = replace(
            last, valid_to=longest.valid_to, reason=longest.reason or last.reason, attributes={**one.attributes, **last.attributes}
        )
    return kept


@dataclass(frozen=True, slots=True)
class Difference:
    """How a roster changed from one view to another: who joined, who left, who stayed with other details. Ids in order."""

    joined: tuple[str, ...]
    left: tuple[str, ...]
    changed: tuple[str, ...]


def difference(before: Iterable[Membership], after: Iterable[Membership]) -> Difference:
    """Compare two views of one roster by party."""
    old, new = {one.party: one for one in before}, {one.party: one for one in after}
    stayed = sorted(old.keys() & new.keys())
    return Difference(
        tuple(sorted(new.keys() - old.keys())),
        tuple(sorted(old.keys() - new.keys())),
        tuple(party for party in stayed if dict(old[party].attributes) != dict(new[party].attributes)),
    )
