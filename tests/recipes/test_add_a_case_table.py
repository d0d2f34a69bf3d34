"""docs/recipes/add_a_case_table.md, performed: its own blocks and commands in a copy of the pack; nothing under src is touched."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cases_cast import PACK
from flows.conftest import home, migrated  # noqa: F401  # a home with the desk's tables
from yunxing.io.store import case_log, dialect
from yunxing.packs.cases import load_cases

ROOT = PACK.parents[1]
RECIPE = (ROOT / "docs" / "recipes" / "add_a_case_table.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    found = re.findall(rf"```{language}\n(.*?)```", RECIPE, re.DOTALL)
    return [re.sub(r"(?m)^   ", "", one) for one in found]


@pytest.fixture
def place(tmp_path: Path, home: Path):  # noqa: F811
    """A folder with a copy of the pack and the recipe's first block in it; gives the pack and a way to run commands there."""
    pack = Path(shutil.copytree(PACK, tmp_path / "plans" / PACK.name))
    (pack / "cases").mkdir(exist_ok=True)
    (pack / "cases" / "gas.toml").write_text(blocks("toml")[0], encoding="utf-8")

    def run(line: str) -> subprocess.CompletedProcess[str]:
        settings = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        words = [sys.executable, "-m", "yunxing.cli", *line.split()[1:]]
        code = f"import sys; from yunxing.cli import main; sys.argv = {['yunxing', *line.split()[1:]]!r}; main()"
        return subprocess.run(
            [words[0], "-c", code], cwd=tmp_path, env={**settings, "YUNXING_HOME": str(home)}, capture_output=True, text=True, check=False
        )

    return pack, run


def test_the_recipe_as_it_stands(place, home):  # noqa: F811
    pack, run = place
    check, publish, upgrade = [line for block in blocks("sh") for line in block.splitlines()]
    done = run(check)
    assert done.returncode == 0, done.stdout + done.stderr
    table = load_cases(pack)["gas_shortage"]
    assert (table.clock("answer").limit.text, len(table.edges)) == ("4 office hours", len(load_cases(PACK)["check_enterprise"].edges))

    (pack / "cases" / "gas.toml").write_text("\n".join(blocks("toml")), encoding="utf-8")
    for line in (publish, upgrade):
        done = run(line)
        assert done.returncode == 0, done.stdout + done.stderr
    assert "gas_shortage 1→2" in done.stdout
    with dialect.connected(home) as store:
        assert case_log.newest_definition(store, "gas_shortage").version == 2


def test_the_recipe_names_what_a_wrong_table_lacks(place):
    pack, run = place
    file = pack / "cases" / "gas.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('source = "room: 用气不足当日反馈"', 'source = ""'), encoding="utf-8")
    done = run(blocks("sh")[0].splitlines()[0])

    assert done.returncode != 0
    assert "the limit has no source" in done.stdout + done.stderr
