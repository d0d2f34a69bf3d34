"""The code on an issued document: what a QR code on it leads to, and the row by which anybody may hold a copy against it."""

from __future__ import annotations

from collections.abc import Mapping

from yunxing.desk.people.models import User
from yunxing.desk.reporting.paper_models import Paper
from yunxing.desk.room.models import Issue
from yunxing.engines.bulletins.model import Bulletin
from yunxing.flows.build_bulletin import stem
from yunxing.values.digest import digest, digits

PUBLIC_LEVEL, ISSUED_LEVEL = 1, 2


def verify_code(issue: Issue) -> str:
    """The code by which an issued document is verified: of what it is, never of chance, so that a repeated issue prints the same."""
    return digits({"issue": issue.pk, "closing": issue.closing, "number": issue.number})[:16].upper()


def paper(issue: Issue, bulletin: Bulletin, contents: Mapping[str, bytes], by: User) -> None:
    """Write the row down; the file held against is the PDF, or the Word file where no PDF could be set. A stranger reads the title of public ones only."""
    name = f"{stem(issue.month)}.pdf"
    content = contents[name if name in contents else f"{stem(issue.month)}.docx"]
    fields = {
        "kind": "bulletin", "title": bulletin.title[:200], "level": PUBLIC_LEVEL if issue.disclosure == "public" else ISSUED_LEVEL,
        "as_of": bulletin.as_of[:40], "content": bulletin.snapshot, "file": digest(content), "person": by.name or by.username,
        "unit": bulletin.issuer[:120], "made": issue.changed,
    }  # fmt: skip
    Paper.objects.get_or_create(code=verify_code(issue), defaults=fields)
