"""What the desk's suites share: the cast, and a database that can be emptied although the journal refuses it."""

import pytest
from django.utils import translation

from desk.cast import Cast, make_cast


@pytest.fixture
def cast(db) -> Cast:
    """The fixed cast: one person for every right (tests/desk/cast.py)."""
    return make_cast()


@pytest.fixture(autouse=True)
def _chinese_until_english_is_chosen():
    """What another test activated last is no choice of this one."""
    with translation.override("zh-hans"):
        yield
