"""The hand-made month, written once for the folder, and both languages."""

from __future__ import annotations

import pytest
from django.utils import translation

from desk.room.month_cast import Month, write_month


@pytest.fixture(scope="session")
def month(tmp_path_factory: pytest.TempPathFactory) -> Month:
    """The closed month of tests/desk/room/month_cast.py."""
    return write_month(tmp_path_factory.mktemp("month"))


@pytest.fixture
def in_english():
    """The reader chose English."""
    with translation.override("en"):
        yield
