"""Killing `month close` at any moment and running it again gives the same hash as an undisturbed run, with nothing left behind and one row in the store."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.small_city import two_years
from yunxing.values.period import Month


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_killed_at_any_moment_the_next_run_ends_in_the_same_place(home, connection, tmp_path):
    two_years(home, connection, Month(2022, 3), firms=4)
    connection.close()
    work = tmp_path / "work"
    work.mkdir()
    program = Path(__file__).with_name("kill_close.py")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    done = subprocess.run(
        [sys.executable, str(program), str(home), str(work)], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)

    assert found["moments"].count("before replace") == 2  # the folder, then the pointer
    assert found["moments"].count("commit") == 3  # tables of cases, outcomes of earlier cases, the month itself: each can be done again
    assert len(found["runs"]) >= 12
    expected = found["expected"]
    assert expected["left"] == []
    assert expected["counts"]["room_closed_month"] == 1
    for one in found["runs"]:
        assert one["killed"], one["at"]
        assert {name: one[name] for name in ("hash", "left", "snapshots", "counts")} == expected, one["at"]
