"""The journal: append-only, chained, written in the transaction of the act it tells of (design: ecosystem 1.3).

An entry's digest covers its fields and the digest before it. `verify_chain` recomputes all of it. The last link is kept apart
(`JournalHead`); who notes it elsewhere now and then can also tell that no tail was cut off together with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from django.db import transaction
from django.utils import timezone

from yunxing.desk.people.acting import Actor, current_actor
from yunxing.desk.people.models import JournalEntry, JournalHead
from yunxing.values.digest import digest

FIELDS = (
    "person", "person_name", "post", "address", "session", "act", "object_kind", "object_id", "result",
    "before_digest", "after_digest", "reason", "request", "previous",
)  # fmt: skip
Result = Literal["done", "refused", "failed"]
SECRET_NAMES = re.compile(r"(?i)(password|passwd|secret|token|密码)\s*[=:：]\s*\S+")
LONG_NUMBERS = re.compile(r"(?<![\dA-Za-z])(\d{3})\d{4,16}(\d{4})(?![\dA-Za-z])")


def record(
    act: str,
    *,
    kind: str = "",
    object_id: object = "",
    result: Result = "done",
    reason: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    actor: Actor | None = None,
) -> JournalEntry:
    """Append one entry and give it back.

    `before` and `after` are the object's fields as canonical JSON takes them; only their digests are kept, so no figure and no secret
    enters the journal. Passwords and whole phone or account numbers are struck out of `reason`.
    """
    who = actor or current_actor()
    with transaction.atomic():
        head, _created = JournalHead.objects.select_for_update().get_or_create(id=1)
        entry = JournalEntry(
            number=head.number + 1,
            at=timezone.now(),
            person=who.person[:150],
            person_name=who.name[:60],
            post=who.post[:200],
            address=who.address[:45],
            session=who.session[:80],
            act=act,
            object_kind=kind,
            object_id=str(object_id)[:200],
            result=result,
            before_digest="" if before is None else digest(dict(before)),
            after_digest="" if after is None else digest(dict(after)),
            reason=without_secrets(reason)[:400],
            request=who.request[:64],
            previous=head.digest or "",
        )
        entry.digest = digest_of(entry)
        entry.save(force_insert=True)
        head.number, head.digest = entry.number, entry.digest
        head.save(update_fields=["number", "digest"])
    return entry


def without_secrets(text: str) -> str:
    """The text without what a journal must not hold: passwords after their name, the middle of phone and account numbers."""
    return LONG_NUMBERS.sub(r"\1****\2", SECRET_NAMES.sub(r"\1=****", text))


def digest_of(entry: JournalEntry) -> str:
    """The digest of an entry: its number, instant (UTC) and fields, with the digest before it. Absent and empty mean the same."""
    fields: dict[str, Any] = {name: getattr(entry, name) or "" for name in FIELDS}
    return digest({"number": entry.number, "at": _instant(entry.at), **fields})


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What checking the chain found: how many entries hold, and the first break if there is one."""

    checked: int
    last_digest: str
    broken_at: int | None = None
    trouble: str = ""

    @property
    def holds(self) -> bool:
        """Whether every link held."""
        return self.broken_at is None


def verify_chain() -> ChainReport:
    """Recompute every link from the first entry to the head, and stop at the first that does not hold."""
    number, previous = 0, ""
    for entry in JournalEntry.objects.order_by("number").iterator(chunk_size=1000):
        if entry.number != number + 1:
            return ChainReport(number, previous, number + 1, f"entry {number + 1} is missing")
        if (entry.previous or "") != previous:
            return ChainReport(number, previous, entry.number, f"entry {entry.number} does not follow entry {number}")
        if entry.digest != digest_of(entry):
            return ChainReport(number, previous, entry.number, f"entry {entry.number} was altered")
        number, previous = entry.number, entry.digest
    head = JournalHead.objects.filter(id=1).first()
    expected = (head.number, head.digest or "") if head else (0, "")
    if expected != (number, previous):
        return ChainReport(number, previous, number + 1, f"the head names entry {expected[0]}, the entries end at {number}")
    return ChainReport(number, previous)
