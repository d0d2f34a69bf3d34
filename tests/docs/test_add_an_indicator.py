"""The recipe "add an indicator" is carried out from its own page: two tables of data, and the next closing has the figure, its signal and its trace."""

from __future__ import annotations

import re
import shutil
from fractions import Fraction
from pathlib import Path
from typing import get_args

from flows.conftest import connection, home, migrated  # noqa: F401  # the fixtures of a home with tables
from flows.small_city import City
from yunxing.engines.indicators.definition import Kind
from yunxing.engines.indicators.trace import figure
from yunxing.flows.close_month import close_month
from yunxing.packs.pack import load_pack
from yunxing.values.period import Month

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "recipes" / "add_an_indicator.md").read_text(encoding="utf-8")
SEPTEMBER = Month(2022, 9)


def test_two_tables_of_data_add_an_indicator_and_its_signal(tmp_path, home, connection):  # noqa: F811
    pack = tmp_path / "pack"
    shutil.copytree(ROOT / "plans" / "binzhou_2022_156", pack)
    card, signal = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    for name, text in (("indicators.toml", card), ("signals.toml", signal)):
        with (pack / name).open("a", encoding="utf-8") as file:
            file.write("\n" + text)
    city = City(firms=3)
    city.month(SEPTEMBER)
    for firm, now, last in (("E000", 90, 100), ("E001", 50, 60), ("E002", 205, 200)):
        for role, value in (("value", now), ("last_year_restated", last)):
            city.fact(SEPTEMBER, "enterprise_month", "revenue", firm, "2022-01..09", value, role=role, as_reported="cumulative")
    city.write(home, connection)
    closed = close_month(home, load_pack(pack), SEPTEMBER, connection, bulletin=False).snapshot

    found = figure(closed, "revenue_growth/city/city/2022-01..09/cumulative_yoy")
    assert found.row.value == found.recomputed == Fraction(-1500, 360)
    assert found.card["name_en"] == "Growth of above-scale business revenue"
    words = [one["words_zh"] for one in closed.table("signals").to_pylist() if one["rule"] == "revenue_fall"]
    assert words == ["全市规上工业营业收入2022年1—9月同比-4.2%（规则：低于0.0%）"]


def test_the_page_names_every_statistic_the_program_knows():
    assert [kind for kind in get_args(Kind) if f"`{kind}`" not in PAGE] == []
