"""The tables of a closing month: what was kept is given back, even when the program is interrupted while it still holds it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from yunxing.io.month_tables import open_month

INTERRUPTED = """
from yunxing.io.month_tables import open_month
from pathlib import Path
import sys

held = []
try:
    with open_month(Path(sys.argv[1]), forms=set(), periods=set(), day=None, parties=[], members=[]) as month:
        held.append(month.keep(month.facts))
        raise KeyboardInterrupt
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.database
def test_an_interrupted_program_that_holds_a_kept_table_ends_without_a_word(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", INTERRUPTED, tmp_path], capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "interrupted\n", "")


@pytest.mark.database
def test_a_kept_table_says_the_same_as_what_it_was_made_of(tmp_path: Path) -> None:
    with open_month(tmp_path, forms=set(), periods=set(), day=None, parties=[], members=[]) as month:
        table = month.keep(month.facts)
        assert month.run(table) == month.run(month.facts)
