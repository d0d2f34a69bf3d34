"""docs/first_month.md, performed: its files, its commands in its order; the figures come out of the workbook that was filled."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "first_month.md").read_text(encoding="utf-8")
OUTPUT = {
    "91371681HC00000019": (1200, 1000),
    "91371681HC00000027": (330, 300),
    "91371681HC00000035": (270, 300),
}  # this September, last; 万元


def run(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("YUNXING_HOME", "DJANGO"))}
    command = [sys.executable, "-c", "from yunxing.cli import main; main()", *words[1:]]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def fill(path: Path) -> None:
    """As a bookkeeper would: this month, last year's, and nine times both for the cumulative columns; the rest by the head's words."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    top = next(row for row in range(1, 20) if sheet.cell(row, 1).value == "统一社会信用代码")
    heads: list[str] = []
    group = ""
    for column in range(1, sheet.max_column + 1):
        group = str(sheet.cell(top, column).value or group)
        heads.append(f"{group} {sheet.cell(top + 1, column).value or ''}")
    for row in range(top + 2, sheet.max_row + 1):
        if sheet.cell(row, 1).value not in OUTPUT:
            continue
        now, last = OUTPUT[sheet.cell(row, 1).value]
        for column, head in enumerate(heads, 1):
            value = last if "上年" in head else now
            if "工业总产值" in head or "营业收入" in head:
                sheet.cell(row, column).value = value * (9 if "累计" in head else 1)
            elif "利润" in head or "税金" in head:
                sheet.cell(row, column).value = value
            elif "用电量" in head:
                sheet.cell(row, column).value = 40
            elif "从业人员" in head:
                sheet.cell(row, column).value = 120
            elif "缺工" in head or "停产" in head:
                sheet.cell(row, column).value = 0
    book.save(path)


@pytest.mark.slow
def test_the_page_leads_from_an_empty_folder_to_a_bulletin(tmp_path):
    names = re.findall(r"^`(\w+\.csv)`:", PAGE, re.MULTILINE)
    for name, text in zip(names, re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL), strict=True):
        (tmp_path / name).write_text(text, encoding="utf-8")
    commands = [shlex.split(line) for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
    assert len(commands) == 10
    for words in commands:
        done = run(words, tmp_path)
        assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}{done.stderr}"
        if words[1:3] == ["facts", "template"]:
            fill(tmp_path / "zouping.xlsx")

    told = json.loads(run(["yunxing", "month", "close", "2022-09", "--json"], tmp_path).stdout)
    import pyarrow.parquet as pq

    rows = pq.read_table(Path(told["folder"]) / "indicators.parquet").to_pylist()
    [growth] = [
        row
        for row in rows
        if (row["indicator"], row["scope_kind"], row["stat"], row["period"]) == ("output_growth", "city", "cumulative_yoy", "2022-01..09")
    ]
    assert Fraction(growth["num"], growth["den"]) == Fraction(100 * (1800 - 1600), 1600)
    assert (tmp_path / "issued" / "bulletin-2022-09.docx").is_file()
    assert (tmp_path / "first-month.tar.gz").is_file()
