"""The desk's suites on ordinary PostgreSQL, and on the narrow lane with '' = NULL (design: ecosystem 1.1; decision 0137).

A session of pytest has one database, so each lane is a session of its own over the same tests, in a home folder whose settings name the database;
its two workers have a database each.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from backends.server import postgres, programs

ROOT = Path(__file__).resolve().parents[2]
SUITES = ["tests/desk"]
LANES = {
    "postgresql": ("", ""),
    "narrow, empty is null": ("backends.narrow", "&application_name=empty_is_null"),
}

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.skipif(programs() is None, reason="Debian's postgresql is not installed")]


@pytest.fixture(scope="module")
def server():
    with postgres() as folder:
        yield folder


@pytest.mark.timeout(900)
@pytest.mark.parametrize("lane", LANES)
def test_the_desk_holds_on_the_lane(server, tmp_path, lane):
    """Every migration applies and every test of the desk passes on this database."""
    backend, more = LANES[lane]
    settings = f'database = "postgresql://postgres@/yunxing?host={server}{more}"\ndatabase_backend = "{backend}"\n'
    (tmp_path / "settings.toml").write_text(settings)
    environment = {**os.environ, "YUNXING_TEST_HOME": str(tmp_path), "YUNXING_LANE": lane, "PYTHONPATH": str(ROOT / "tests")}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-m",
        "not (browser or postgres)",
        "--create-db",
        "-n",
        "2",
        "--dist",
        "loadfile",
        *SUITES,
    ]

    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed, done.stdout[-2000:]
    assert int(passed[1]) > 50
