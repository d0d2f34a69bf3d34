"""Bulletins of a demonstration: the month before last issued by two people, the last month's draft on the desk."""

from __future__ import annotations

from yunxing.desk.people.models import User
from yunxing.desk.room import issues
from yunxing.desk.room.models import Issue
from yunxing.desk.scoping import acting_as_system
from yunxing.values.period import Month

KIND = "monthly"


def create(author: str, signer: str, month: Month) -> list[str]:
    """Issue the month before `month` with its public edition, and draft `month`. A second run finds both and changes nothing; gives the issues' ids."""
    with acting_as_system("demonstration"):
        writer, head = User.objects.get(username=author), User.objects.get(username=signer)
        earlier = Issue.objects.filter(kind=KIND, month=month.previous().code, corrects="").first()
        if earlier is None:
            earlier = issues.start(writer, KIND, month.previous())
            number = issues.next_number(earlier, month.next().start.year) or f"合成〔{month.year}〕1号"
            for by, name, given in (
                (writer, "head", {"number": number, "disclosure": "public"}),
                (writer, "submit", {}),
                (head, "approve", {}),
                (head, "issue", {"site": "http://127.0.0.1:8000"}),
            ):
                earlier = issues.act(by, earlier.pk, earlier.ver, name, **given)
        return [earlier.pk, issues.start(writer, KIND, month).pk]
