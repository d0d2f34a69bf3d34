"""The storey stands alone: it loads without the web, the tables and the documents, and carries its data with it."""

import subprocess
import sys
from importlib.resources import files

import pytest

HEAVY = ("django", "pandas", "polars", "duckdb", "openpyxl", "ibis", "sqlite3")


def test_importing_every_module_loads_nothing_heavy():
    code = (
        "import importlib, pkgutil, sys, yunxing.values as v\n"
        "[importlib.import_module(m.name) for m in pkgutil.iter_modules(v.__path__, v.__name__ + '.')]\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["workdays.toml", "industries.toml"])
def test_the_data_files_come_with_the_package(name):
    assert (files("yunxing.values") / "data" / name).is_file()
