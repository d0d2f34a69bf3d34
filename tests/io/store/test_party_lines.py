"""Parties in one line: found by id or by a piece of the name, of the units asked for, with the search language's signs as plain letters."""

from __future__ import annotations

from datetime import date

import pytest

from yunxing.engines.registry.parties import Party
from yunxing.io.store.party_lines import found_by
from yunxing.io.store.registry import write_parties

NAMES = ("滨河铝业", "滨河化工", "100%棉纺", "a_b纺织", "惊叹!电子", "东湖铝业")


@pytest.fixture
def opened(connection):
    """A store with six enterprises in two units and a project, taken back at the end."""
    rows = [
        Party(f"E{n}", "enterprise", name, "", "U1" if n % 2 else "U2", "", "32", "", "", date(2020, 1, 1)) for n, name in enumerate(NAMES)
    ]
    rows.append(Party("P1", "project", "滨河铝业二期", "", "U1", "", "", "", "", date(2020, 1, 1)))
    write_parties(connection, rows)
    return connection


@pytest.mark.parametrize(
    ("piece", "found"),
    [
        ("滨河", ["滨河化工", "滨河铝业"]),
        ("铝业", ["东湖铝业", "滨河铝业"]),
        ("100%", ["100%棉纺"]),
        ("%", ["100%棉纺"]),
        ("_", ["a_b纺织"]),
        ("!", ["惊叹!电子"]),
        ("E3", ["a_b纺织"]),
        (" 东湖 ", ["东湖铝业"]),
        ("无此", []),
    ],
)
def test_found_by_a_piece(opened, piece, found):
    """Names and ids; per cent sign, underline and exclamation mark mean themselves; a project is no enterprise."""
    assert sorted(one.name for one in found_by(opened, piece)) == sorted(found)


def test_of_the_units_asked_for(opened):
    assert [one.name for one in found_by(opened, "铝业", units=["U1"])] == ["东湖铝业"]
    assert found_by(opened, "铝业", units=[]) == []
    assert len(found_by(opened, "", units=["U1", "U2"])) == 6
    assert len(found_by(opened, "", limit=2)) == 2
    assert [one.id for one in found_by(opened, "二期", kind="project")] == ["P1"]
