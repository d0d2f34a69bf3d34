"""`yunxing month …` as a script sees it: exit codes, JSON, and messages that say what to do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.conftest import connection, home, migrated  # noqa: F401  # a home with the desk's tables
from flows.small_city import two_years
from yunxing.cli import app
from yunxing.io import tables
from yunxing.values.errors import BadInput
from yunxing.values.period import Month


def yunxing(home: Path, *words: str) -> subprocess.CompletedProcess[str]:  # noqa: F811
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    program = Path(sys.executable).with_name("yunxing")
    return subprocess.run(
        [str(program), *words, "--home", str(home)], capture_output=True, text=True, env=environment, check=False, timeout=200
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["month", "close", "2022"], "not a month"),
        (["month", "close", "2022-09", "--as-of", "yesterday"], "expected a day such as"),
        (["month", "reproduce", "2022-01..09"], "not a month"),
    ],
)
def test_a_wrong_month_or_day_is_refused_before_anything_is_opened(words, said):
    result = CliRunner().invoke(app, words)

    assert isinstance(result.exception, BadInput)
    assert said in str(result.exception)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_close_reproduce_and_a_change_behind_its_back(home, connection):  # noqa: F811
    empty = yunxing(home, "month", "close", "2022-09")
    assert (empty.returncode, "yunxing facts import" in empty.stderr) == (2, True)

    two_years(home, connection, Month(2022, 9), firms=3)
    connection.close()
    closed = yunxing(home, "month", "close", "2022-09", "--json")
    assert closed.returncode == 0, closed.stderr
    said = json.loads(closed.stdout)
    assert (said["month"], said["new"], said["differences"]) == ("2022-09", True, [])
    assert Path(said["folder"]).name == said["snapshot"].partition(":")[2]

    again = yunxing(home, "month", "reproduce", "2022-09", "--json")
    assert (again.returncode, json.loads(again.stdout)["same"]) == (0, True)

    batch = tables.batches(home, forms=["port_month"], months=["2022-09"])[0]
    batch.unlink()
    broken = yunxing(home, "month", "reproduce", "2022-09")
    assert broken.returncode == 1
    assert "port_foreign_cargo/city/city/2022-01..09" in broken.stdout
