"""One month of a small city, from the workbooks to the bulletin and back to the cells; a late revision, a round of support, a backup put back.

The cells are read by openpyxl and by the small reader below, which share nothing with the product's import (calamine and `engines/facts`).
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import unicodedata
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from yunxing.engines.indicators.trace import figure
from yunxing.io.snapshots import Snapshot
from yunxing.packs.pack import load_pack

ROOT = Path(__file__).parents[2]
MONTH = "2022-09"
FACTOR = {
    "元": 100,
    "千元": 10**5,
    "万元": 10**6,
    "亿元": 10**10,
    "吨": 1000,
    "万吨": 10**7,
    "万千瓦时": 10**4,
    "千瓦时": 1,
    "天": 1,
    "户": 1,
    "人": 1,
    "%": 100,
}  # printed unit → the stored one
OTHER = ("commitment:", "clause:", "list:", "signal:", "rule:")  # sources that are no indicator rows
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def call(*words: object, home: Path | None = None, codes: tuple[int, ...] = (0,)) -> Any:
    """`yunxing … --json` in a process of its own; its answer."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("YUNXING_HOME", "DJANGO"))}
    at = ["--home", str(home)] if home else []
    command = [sys.executable, "-c", "from yunxing.cli import main; main()", *map(str, words), *at, "--json"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in codes, f"{words}: {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("journey") / "city"
    call("city", "simulate", "--firms", "60", "--from", "2022-07", "--to", MONTH, "-o", folder)
    return folder


@pytest.fixture(scope="module")
def closed(city: Path) -> Any:
    """The home, and what the first closing answered."""
    home = city.parent / "home"
    call("facts", "registry", city / "registry.xlsx", home=home)
    call("facts", "import", city, home=home, codes=(0, 1))  # 1: honest mistakes are planted
    return home, call("month", "close", MONTH, home=home)


class Books:
    """The workbooks as they were sent, by the digest of their bytes, read by openpyxl."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.sheet = cache(self._sheet)

    def _sheet(self, submission: str, name: str) -> Any:
        hexadecimal = submission.removeprefix("sha256:")
        content = (self.home / "files" / "sha256" / hexadecimal[:2] / hexadecimal).read_bytes()
        return openpyxl.load_workbook(io.BytesIO(content))[name]

    def value(self, submission: str, sheet: str, cell: str) -> int:
        """What stands in the cell, in the stored unit; the unit is that of the cell, else the nearest one in the heads above it."""
        page = self.sheet(submission, sheet)
        here = page[cell]
        if isinstance(here.value, datetime | date):
            day = here.value.date() if isinstance(here.value, datetime) else here.value
            return (day - date(1970, 1, 1)).days
        text = unicodedata.normalize("NFKC", str(here.value)).replace(",", "").strip()
        dated = re.fullmatch(r"(\d{4})[-年/.](\d{1,2})[-月/.](\d{1,2})日?", text)
        if dated:
            return (date(*map(int, dated.groups())) - date(1970, 1, 1)).days
        if text in ("是", "否"):
            return int(text == "是")
        number, unit = re.fullmatch(r"(-?[\d.]+(?:e[+-]?\d+)?)\s*(\D*)", text).groups()
        found = Fraction(number) * FACTOR[unit or self.unit_above(page, here)]
        return int(found + Fraction(1, 2)) if found.denominator != 1 else int(found)

    def unit_above(self, page: Any, here: Any) -> str:
        for row in range(here.row - 1, 0, -1):
            for column in range(here.column, 0, -1):
                head = unicodedata.normalize("NFKC", str(page.cell(row, column).value or ""))
                unit = re.search(r"\((亿元|万元|千元|元|万吨|吨|万千瓦时|千瓦时|天|户|人|%)\)", head)
                if unit:
                    return unit[1]
                if head and column < here.column and not _covers(page, row, column, here.column):
                    break
        return "人"


def _covers(page: Any, row: int, column: int, wanted: int) -> bool:
    """Whether the merged head that begins in this column reaches the wanted one."""
    return any(one.min_row <= row <= one.max_row and one.min_col <= column and wanted <= one.max_col for one in page.merged_cells.ranges)


def test_every_printed_figure_is_followed_to_cells_that_say_the_same(closed):
    """figures.json → indicator row → facts → cell of the workbook, the number read anew; other sources are things that exist."""
    home, told = closed
    snapshot, books = Snapshot(Path(told["folder"])), Books(home)
    signals = {one["id"] for one in snapshot.table("signals").to_pylist()}
    printed = snapshot.json("bulletin/figures.json")["figures"]
    followed, cells = 0, 0
    forms = load_pack().load_section("forms")
    assert len(printed) > 50
    for source in sorted({source for one in printed for source in one["sources"]}):
        if source.startswith(OTHER):
            if source.startswith("signal:"):
                assert source.removeprefix("signal:").partition("/")[0] in signals
            continue
        trail = figure(snapshot, source)
        assert trail.recomputed in (None, trail.row.value), source
        for fact in trail.facts:
            if fact["value"] is None or not forms[fact["form"]].item(fact["item"]).numeric:
                continue  # a choice stands in its cell as a word
            assert books.value(fact["submission"], fact["sheet"], fact["cell"]) == fact["value"], (source, fact)
            cells += 1
        followed += 1
    assert followed > 20
    assert cells > 500


def test_every_printed_figure_says_where_it_comes_from(closed):
    _, told = closed
    printed = Snapshot(Path(told["folder"])).json("bulletin/figures.json")["figures"]

    assert [one["id"] for one in printed if not one["sources"]] == []


def revised(city: Path, folder: Path) -> Path:
    """A workbook of September sent again with more output for one enterprise: the month and the cumulative rise by the same amount."""
    source = next((city / MONTH).glob("*371681*enterprise_month_*.xlsx"))
    book = openpyxl.load_workbook(source)
    page = book.worksheets[0]
    heads = next(row for row in page.iter_rows() if any("工业总产值" in str(cell.value or "") for cell in row))
    start = next(cell.column for cell in heads if "工业总产值" in str(cell.value or ""))
    lower = [str(page.cell(heads[0].row + 1, column).value or "") for column in range(start, start + 4)]
    columns = [start + n for n, word in enumerate(lower) if "上年" not in word]
    assert len(columns) == 2, lower
    row = next(
        row for row in range(heads[0].row + 2, page.max_row) if all(isinstance(page.cell(row, c).value, int | float) for c in columns)
    )
    for column in columns:
        page.cell(row, column).value = page.cell(row, column).value + 50
    book.save(folder / source.name)
    return folder / source.name


def test_the_month_lives_on(city, closed, tmp_path):
    """Reproduced; a late revision closes it anew beside the old one with the rows that differ; a round twice adds nothing; a backup gives the same hash."""
    home, first = closed
    assert call("month", "reproduce", MONTH, home=home)["same"]
    again = call("month", "close", MONTH, home=home)
    assert (again["snapshot"], again["new"], again["opened"]) == (first["snapshot"], False, 0)

    late = revised(city, tmp_path)
    refused = call("facts", "import", late, home=home, codes=(2,))
    assert "closed_period" in json.dumps(refused)
    taken = call("facts", "import", late, "--correction", "企业更正产值", home=home, codes=(0, 1))
    assert taken["totals"]["revised"] > 0
    anew = call("month", "close", MONTH, home=home)
    assert anew["snapshot"] != first["snapshot"]
    assert anew["supersedes"] == first["snapshot"]
    assert any(one.startswith("indicators, output_growth/city/city/2022-01..09/cumulative:") for one in anew["differences"]), anew[
        "differences"
    ][:5]
    assert Path(first["folder"]).is_dir()
    assert Path(anew["folder"]).is_dir()

    rounds = [call("entitlements", "round", "--date", "2022-09-30", home=home) for _ in range(2)]
    assert sum(one["added"] for one in rounds[0]["policies"]) > 0
    assert [one["added"] for one in rounds[1]["policies"]] == [0] * len(rounds[1]["policies"])
    assert [one["reserved_fen"] for one in rounds[0]["policies"]] == [one["reserved_fen"] for one in rounds[1]["policies"]]
    sealed = call("ledger", "verify", home=home)

    call("backup", tmp_path / "b.tar.gz", home=home)
    other = tmp_path / "elsewhere" / "home"
    call("restore", tmp_path / "b.tar.gz", home=other)
    reproduced = call("month", "reproduce", MONTH, home=other)
    assert reproduced["same"]
    assert reproduced["snapshot"] == anew["snapshot"]
    assert call("ledger", "verify", home=other) == sealed


def test_what_was_received_when_is_what_the_facts_know(city, closed):
    """The moments of submissions.csv stand in the facts of the closed month."""
    _, told = closed
    with (city / "submissions.csv").open(encoding="utf-8", newline="") as file:
        received = {datetime.fromisoformat(row["received_at"]) for row in csv.DictReader(file)}
    known = {one["known_at"] for one in Snapshot(Path(told["folder"])).table("facts", columns=["known_at"]).to_pylist()}

    assert known <= received
