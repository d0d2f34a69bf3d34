"""The recipe "add a list", followed word for word: its TOML makes a kind and a list whose workbook goes out and in."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

from yunxing.engines.facts.sheet import Book
from yunxing.engines.registry.sheets import build_sheets, layout_of, read_sheets
from yunxing.packs.registers import load_registers

ROOT = Path(__file__).parents[2]
PACK = ROOT / "plans" / "binzhou_2022_156"
REST = """
[[list]]
id = "warehouses"
title = "应急物资仓库"
title_en = "Warehouses"
clause = "28/1c"
owner = "TRA"
party = "warehouse"
level = 1
origin = "administrative"
personal = false
retain = "5 年"

[[item]]
id = "warehouse_area"
party = "warehouse"
title = "面积"
title_en = "Area"
level = 1
origin = "administrative"
personal = false
retain = "5 年"
source = "collect"
type = "count"
unit = "平方米"
required = true
"""


def test_the_recipes_kind_and_a_list_of_it_need_no_code(tmp_path):
    recipe = (ROOT / "docs" / "recipes" / "add_a_list.md").read_text(encoding="utf-8")
    block = re.search(r"```toml\n(.+?)```", recipe, re.DOTALL)
    assert block is not None
    kind = "\n".join(line.strip() for line in block[1].splitlines())
    (tmp_path / "lists").mkdir()
    shutil.copy(PACK / "lists" / "rosters.toml", tmp_path / "lists" / "rosters.toml")
    with (tmp_path / "lists" / "rosters.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n{kind}\n{REST}")

    catalogue = load_registers(tmp_path)
    layout = layout_of(catalogue, "warehouses")
    book = build_sheets(layout, [], day=date(2022, 9, 30), known=datetime(2022, 10, 1, tzinfo=UTC), note="", units={"U1": "甲县"})

    assert catalogue.kinds["warehouse"].open_to == "desk"
    assert "面积（平方米）" in book.sheets[0].rows[3]
    book.sheets[0].rows.append([None] * len(layout.columns))
    heads = [str(one) for one in book.sheets[0].rows[3]]
    for head, value in (("名称", "合成一号库"), ("面积（平方米）", "1,200"), ("列入日期", "2022-03-01")):
        book.sheets[0].rows[-1][heads.index(head)] = value
    (row,) = read_sheets(Book(book.sheets), layout).rows
    assert row.party["warehouse_area"] == 1200
    assert row.member["_joined"] == "2022-03-01"
    assert row.id == ""
