"""The recipe of a chain, word for word: its table is accepted by the pack's loader and gives a chain of two segments."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from yunxing.packs.chains import FILE, load_chains

ROOT = Path(__file__).parents[2]


def test_the_table_of_the_recipe_is_a_chain(tmp_path):
    recipe = (ROOT / "docs" / "recipes" / "add_a_chain.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"```toml\n(.*?)```", recipe, re.DOTALL)
    shutil.copy(ROOT / "plans" / "binzhou_2022_156" / FILE, tmp_path / FILE)
    with (tmp_path / FILE).open("a", encoding="utf-8") as file:
        file.write("\n" + table)

    chain = load_chains(tmp_path).chains["glass"]

    assert [one.id for one in chain.segments] == ["glass.sand", "glass.melting"]
    assert chain.segments[1].needs == ("sand",)
