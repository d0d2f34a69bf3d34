"""A desk with a registry and workbooks to hand in: forms of the pack, three enterprises of one unit and one of another. 合成数据 · synthetic data."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from facts_cast import FAR, PARTIES, UNITS, A, B, C, built, enterprise
from yunxing.desk.people.models import Unit
from yunxing.engines.facts.layout import Row, Style
from yunxing.engines.registry.parties import Membership
from yunxing.io.books.write import book_bytes
from yunxing.io.store import registry

NOW = datetime(2022, 10, 5, 2, 0, tzinfo=UTC)
HERE, THERE = ("371681", "邹平市"), ("BZ-BH", "北海经济开发区")
FIRMS = (A, B, C)


def fill_registry() -> None:
    """The parties of the facts tests on the roster of the enterprise month, in the desk's own test database."""
    registry.write_parties(connection, PARTIES.values())
    registry.write_memberships(connection, [Membership("above_scale", one, PARTIES[one].valid_from) for one in (*FIRMS, FAR)])


def county_is(cast: Any, member: str, code: str) -> None:
    """The member's county gets a code that the pack knows, so that forms of that unit are its own."""
    unit = getattr(cast.people, member).posts.get().unit
    Unit.objects.filter(pk=unit.pk).update(code=code)


def workbook(*rows: Row, month: int = 9, unit: tuple[str, str] = HERE, style: Style | None = None) -> bytes:
    """The bytes of an enterprise month."""
    return book_bytes(built("enterprise_month", list(rows), month=month, unit=unit, style=style))


def row(party: str = A, output: str = "100.00", **cells: Any) -> Row:
    """A whole row."""
    return Row(party, "合成", enterprise(output, **cells))


def sent(name: str, content: bytes) -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, content)


def tables_of(home: Path) -> dict[str, bytes]:
    """Everything under `tables`, byte for byte: what must not change before a confirmation."""
    return {str(path.relative_to(home)): path.read_bytes() for path in sorted((home / "tables").rglob("*")) if path.is_file()}


def zipped(**members: bytes) -> bytes:
    """An archive of those members."""
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def standing_of(cast: Any, member: str):
    """Who the member is today, with his scope."""
    from yunxing.desk.people import selectors

    return selectors.standing_of(getattr(cast.people, member), timezone.localdate())


__all__ = [
    "FIRMS",
    "HERE",
    "NOW",
    "THERE",
    "UNITS",
    "county_is",
    "fill_registry",
    "row",
    "sent",
    "standing_of",
    "tables_of",
    "workbook",
    "zipped",
]
