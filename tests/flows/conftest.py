"""A home folder with the desk's tables in it, for flows that write to the store (made once and copied), and the fixtures of `pack_cast`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pack_cast import attached, official, plan, template

__all__ = ["attached", "connection", "home", "migrated", "official", "plan", "template"]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose desk.sqlite3 has every table; made in a process of its own, because Django stands on one home a process."""
    home = tmp_path_factory.mktemp("migrated")
    code = "import sys; from pathlib import Path; from yunxing.desk.setup import prepare; prepare(Path(sys.argv[1]))"
    settings = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    subprocess.run([sys.executable, "-c", code, str(home)], check=True, env={**settings, "YUNXING_HOME": str(home)})
    return home


@pytest.fixture
def home(migrated: Path, tmp_path: Path) -> Path:
    """A fresh copy of that home."""
    return Path(shutil.copytree(migrated, tmp_path / "home"))


@pytest.fixture
def connection(home: Path) -> Iterator[Any]:
    """The home's database, as flows open it."""
    from yunxing.io.store import dialect

    opened = dialect.connect(home)
    yield opened
    opened.close()
