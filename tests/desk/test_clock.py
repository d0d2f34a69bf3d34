"""The day of the trade: the real one, or in a demonstration the day of its city; the time of day always runs."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.utils import timezone

from yunxing.desk import clock


def test_a_real_installation_lives_today(settings, tmp_path):
    settings.HOME = tmp_path
    assert clock.demo_day() is None
    assert clock.today() == timezone.localdate()
    assert abs((clock.now() - timezone.now()).total_seconds()) < 5


def test_a_demonstration_lives_on_its_day(settings, tmp_path):
    """The day comes from the home folder and is read again when it changes; the clock on the wall goes on."""
    settings.HOME = tmp_path
    path = tmp_path / clock.FILE
    path.write_text(json.dumps({"today": "2022-11-08"}), encoding="utf-8")
    assert clock.today() == date(2022, 11, 8)
    assert clock.now().date() == date(2022, 11, 8)
    assert clock.now().utcoffset() == timezone.localtime().utcoffset()
    path.unlink()
    assert clock.demo_day() is None


def test_a_broken_day_is_no_silent_today(settings, tmp_path):
    """A file that cannot be read is an error, not the real day: a demonstration must not mix with the present."""
    settings.HOME = tmp_path
    (tmp_path / clock.FILE).write_text('{"today": "morgen"}', encoding="utf-8")
    with pytest.raises(ValueError, match="morgen"):
        clock.today()
