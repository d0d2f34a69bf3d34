"""`yunxing facts …` from the outside: exit codes, words, JSON, and a small synthetic city through the whole way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from facts_cast import PACK, A, B, built, enterprise
from yunxing.engines.facts.layout import Row
from yunxing.engines.facts.sheet import Book, Sheet
from yunxing.flows.import_registry import MEMBER, PARTY
from yunxing.io.books import read_book, write_book

ROOT = PACK.parents[1]


def run(home: Path, *arguments: object) -> Any:
    settings = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    command = [sys.executable, "-c", "from yunxing.cli import main; main()", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env={**settings, "YUNXING_HOME": str(home)})


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    firms = [[one, "enterprise", "合成", "", "371681", "371681", "32", "", "", "2010-01-01", "", ""] for one in (A, B)]
    rosters = [["above_scale", one, "2015-01-01", "", ""] for one in (A, B)]
    write_book(Book([Sheet("a", [list(PARTY), *firms]), Sheet("b", [list(MEMBER), *rosters])]), folder / "registry.xlsx")
    done = run(folder, "facts", "registry", folder / "registry.xlsx")
    assert done.returncode == 0, done.stderr
    assert "主体：新增 2" in done.stdout
    return folder


def workbook(folder: Path, output: object = None, month: int = 9) -> Path:
    cells = enterprise(**({} if output is None else {"output__value__month": output}))
    path = folder / f"{month}.xlsx"
    write_book(built("enterprise_month", [Row(A, "甲", cells), Row(B, "乙", enterprise("50.00"))], month=month), path)
    return path


def test_a_good_workbook_ends_with_zero_and_says_what_was_done(home, tmp_path):
    done = run(home, "facts", "import", workbook(tmp_path, month=5))

    assert done.returncode == 0, done.stderr
    assert "新增 26" in done.stdout
    assert "24 小时内可撤销" in done.stdout


def test_a_blocked_row_ends_with_one_and_names_the_cell(home, tmp_path):
    done = run(home, "facts", "import", workbook(tmp_path, "1O0"), "--dry-run", "--annotated", tmp_path / "out", "--json")

    assert done.returncode == 1
    answer = json.loads(done.stdout)
    [problem] = answer["files"][0]["problems"]
    assert (problem["cell"], problem["found"]) == ("C8", "1O0")
    assert answer["dry_run"]
    assert answer["batches"] == []
    assert (tmp_path / "out" / "9.xlsx").exists()


def test_a_wrong_workbook_ends_with_two_and_says_what_would_be_right(home, tmp_path):
    (tmp_path / "x.csv").write_text("姓名,年龄\n甲,3\n", encoding="utf-8")
    done = run(home, "facts", "import", tmp_path / "x.csv")

    assert done.returncode == 2
    assert "认不出是哪张报表" in done.stdout
    assert "规模以上工业企业运行月报" in done.stdout


def test_the_wrong_month_ends_with_two(home, tmp_path):
    done = run(home, "facts", "import", workbook(tmp_path), "--month", "2022-08")

    assert done.returncode == 2
    assert "应为2022-08" in done.stdout


def test_a_missing_file_ends_with_two(home, tmp_path):
    done = run(home, "facts", "import", tmp_path / "none.xlsx")

    assert done.returncode == 2
    assert "没有这个文件" in done.stderr


def test_a_template_is_written_and_an_unknown_form_gets_the_nearest(home, tmp_path):
    done = run(home, "facts", "template", "enterprise_month", "2022-09", "邹平市", "-o", tmp_path / "t.xlsx")
    wrong = run(home, "facts", "template", "enterprise_mont", "2022-09", "邹平市", "-o", tmp_path / "u.xlsx")
    january = run(home, "facts", "template", "enterprise_month", "2022-01", "邹平市", "-o", tmp_path / "u.xlsx")

    assert done.returncode == 0, done.stderr
    assert [line[0] for line in read_book(tmp_path / "t.xlsx").sheets[0].rows[7:]] == sorted([A, B])
    assert (wrong.returncode, january.returncode) == (2, 2)
    assert "是不是 enterprise_month" in wrong.stderr
    assert "1—2月合并" in january.stderr


@pytest.mark.slow
def test_a_synthetic_city_goes_through_with_no_question_that_was_not_planted(tmp_path):
    """Every habit of the made counties is read; what is blocked or held is what truth.json or the rules know of."""
    city, home = tmp_path / "city", tmp_path / "home"
    assert run(home, "city", "simulate", "--firms", 150, "--from", "2022-03", "--to", "2022-06", "-o", city).returncode == 0
    assert run(home, "facts", "registry", city / "registry.xlsx").returncode == 0
    answer = json.loads(run(home, "facts", "import", city, "--json").stdout)

    assert not [one["name"] for one in answer["files"] if one["state"] == "refused"]
    blocked = {problem["rule"] for one in answer["files"] for problem in one["problems"] if problem["effect"] == "block"}
    assert blocked <= {"bad_value"}, blocked
    again = json.loads(run(home, "facts", "import", city, "--json").stdout)
    assert (again["totals"]["added"], again["totals"]["revised"], again["batches"]) == (0, 0, [])


def test_what_was_known_on_a_day_is_one_command(home, tmp_path):
    """Before the import nothing, today its facts; a file holds every column, and a day that is none is named."""
    assert run(home, "facts", "import", workbook(tmp_path, month=4)).returncode == 0

    answer = run(
        home,
        "facts",
        "as-of",
        "2099-12-31",
        "--form",
        "enterprise_month",
        "--period",
        "2022-04",
        "--item",
        "output",
        "--party",
        A,
        "--json",
    )
    assert answer.returncode == 0, answer.stderr
    told = json.loads(answer.stdout)
    assert {(row["role"], row["value"]) for row in told["rows"]} == {("value", 100 * 10**6), ("last_year_restated", 95 * 10**6)}
    assert json.loads(run(home, "facts", "as-of", "2022-01-01", "--json").stdout)["facts"] == 0
    learned = run(home, "facts", "as-of", "2099-12-31", "--since", "2022-01-01", "--form", "enterprise_month", "-o", tmp_path / "all.csv")
    assert learned.returncode == 0
    assert "已知" in learned.stdout
    assert (tmp_path / "all.csv").read_bytes().startswith(b"\xef\xbb\xbfform,item,role,party")
    wrong = run(home, "facts", "as-of", "2022-13-01")
    assert wrong.returncode == 2
    assert "Traceback" not in wrong.stderr
