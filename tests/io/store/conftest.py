"""A ledger to test on: the desk's own migrations make the tables once, each test gets a copy of the file."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ledger_cast import guards
from yunxing.io.store import dialect, postings

AT = datetime(2022, 9, 30, 8, 0, tzinfo=UTC)
PREPARE = "import sys, pathlib; from yunxing.desk.setup import prepare; prepare(pathlib.Path(sys.argv[1]))"


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with all tables and no rows, made by the migrations in a process of their own."""
    home = tmp_path_factory.mktemp("home")
    environment = {"PATH": "/usr/bin:/bin", "YUNXING_HOME": str(home)}
    subprocess.run([sys.executable, "-c", PREPARE, str(home)], check=True, env=environment, timeout=120)
    return home


@pytest.fixture
def home(empty_home: Path, tmp_path: Path) -> Path:
    shutil.copy(empty_home / dialect.DATABASE_FILE, tmp_path)
    return tmp_path


@pytest.fixture
def ledger(home: Path) -> Iterator[Any]:
    """A pool of 1,000,000.00 yuan and three payees, on tables that a test may tamper with."""
    connection = dialect.connect(home)
    guards(connection, "release")
    set_up(connection)
    yield connection
    connection.close()


def set_up(connection: Any) -> None:
    """The cast: `budget` may go below zero, `pool` may not, `a`, `b`, `c` are payees; `tce` is another unit."""
    postings.open_book(connection, "city", place="city", name="the city's funds")
    postings.open_unit(connection, "fen", asset="CNY", scale=100)
    postings.open_unit(connection, "tce-2021", asset="energy", scale=100, vintage="2021", expires=datetime(2021, 12, 31, tzinfo=UTC).date())
    postings.open_account(connection, "budget", owner="finance", book="city", unit="fen", kind="source", floor=postings.NO_FLOOR)
    for name in ("pool", "a", "b", "c"):
        postings.open_account(connection, name, owner=name, book="city", unit="fen", kind="pool" if name == "pool" else "payee")
    postings.open_account(connection, "energy", owner="city", book="city", unit="tce-2021", kind="pool", floor=-100)


@pytest.fixture
def connection(home: Path) -> Iterator[Any]:
    """A fresh store without any row."""
    with dialect.connected(home) as opened:
        yield opened
