"""docs/recipes/add_a_form.md, performed: its own file and its own commands, in a copy of the pack; nothing under src is touched."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from facts_cast import PACK, A
from yunxing.engines.facts.sheet import Book, Sheet
from yunxing.flows.import_registry import MEMBER, PARTY
from yunxing.io import tables
from yunxing.io.books import write_book

ROOT = PACK.parents[1]
RECIPE = (ROOT / "docs" / "recipes" / "add_a_form.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", RECIPE, re.DOTALL)


def commands() -> list[list[str]]:
    return [line.split()[1:] for block in blocks("sh") for line in block.splitlines() if line]


@pytest.fixture
def perform(tmp_path: Path):
    """Run a command of the recipe in a folder that holds a copy of the pack and a home with one enterprise."""
    pack = Path(shutil.copytree(PACK, tmp_path / "plans" / PACK.name))
    (pack / "forms" / "energy_month.toml").write_text(blocks("toml")[0], encoding="utf-8")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        settings = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        command = [sys.executable, "-c", "from yunxing.cli import main; main()", *arguments]
        return subprocess.run(
            command, capture_output=True, text=True, cwd=tmp_path, env={**settings, "YUNXING_HOME": str(tmp_path / "home")}
        )

    firm = [A, "enterprise", "合成铝业", "", "371681", "371681", "32", "", "", "2010-01-01", "", ""]
    write_book(
        Book([Sheet("a", [list(PARTY), firm]), Sheet("b", [list(MEMBER), ["above_scale", A, "2015-01-01", "", ""]])]), tmp_path / "r.xlsx"
    )
    assert run("facts", "registry", "r.xlsx").returncode == 0
    return run


def test_the_recipe_gives_a_form_that_is_filled_in_and_taken_in(perform, tmp_path):
    template, check, take = commands()
    made = perform(*template)
    assert made.returncode == 0, made.stderr

    workbook = openpyxl.load_workbook(tmp_path / "energy.xlsx")
    sheet = workbook.worksheets[0]
    assert sheet["A8"].value == A
    for column, value in zip("CDEF", (100, 90, 900, 850), strict=True):
        sheet[f"{column}8"].value = value
    workbook.save(tmp_path / "energy.xlsx")

    checked, taken = perform(*check), perform(*take)

    assert (checked.returncode, taken.returncode) == (0, 0), checked.stdout + taken.stdout
    assert "仅检查" in checked.stdout
    facts = tables.facts_as_of(tmp_path / "home", forms=["energy_month"])
    assert sorted(facts["value"].to_list()) == [90_000, 100_000, 850_000, 900_000]


def test_every_command_of_the_recipe_is_a_command_of_the_product():
    assert [words[:2] for words in commands()] == [["facts", "template"], ["facts", "import"], ["facts", "import"]]
