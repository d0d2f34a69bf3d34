"""The opened month, for every test of this folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from desk.reporting_cast import Reporting, open_desk, write_facts


@pytest.fixture(scope="session")
def facts_home(tmp_path_factory) -> Path:
    """The facts of the months before, written once; every test gets a copy."""
    home = tmp_path_factory.mktemp("facts")
    write_facts(home)
    return home


@pytest.fixture
def month(cast, settings, tmp_path, facts_home) -> Reporting:
    """October 2022 opened on a home folder of its own, on Friday 4 November."""
    settings.HOME = tmp_path
    shutil.copytree(facts_home / "tables", tmp_path / "tables")
    return open_desk(cast, tmp_path)
