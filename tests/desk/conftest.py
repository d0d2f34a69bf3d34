"""What the desk's suites share: the cast, and a database that can be emptied although the journal refuses it."""

import pytest

from desk.cast import Cast, make_cast


@pytest.fixture
def cast(db) -> Cast:
    """The fixed cast: one person for every right (tests/desk/cast.py)."""
    return make_cast()
