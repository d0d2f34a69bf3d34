"""`yunxing registry …`: out, edited, in, versions, duplicates, merge, undo, as a person types it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from yunxing.cli import app
from yunxing.cli.outermost import run as run_app
from yunxing.engines.registry.parties import Membership, Party
from yunxing.io.books import read_book, write_book
from yunxing.io.store import dialect
from yunxing.io.store.registry_history import Act, record

A, OLD = "91990000MA00000A0X", "371600000000001"


ROOT = Path(__file__).parents[2]
SETTINGS = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
PREPARE = "import sys; from pathlib import Path; from yunxing.desk.setup import prepare; prepare(Path(sys.argv[1]))"


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with its tables, made once."""
    folder = tmp_path_factory.mktemp("home")
    subprocess.run([sys.executable, "-c", PREPARE, str(folder)], check=True, env={**SETTINGS, "YUNXING_HOME": str(folder)})
    return folder


@pytest.fixture
def run() -> Any:
    """The command line in this process, as a person would call it: exit code, standard output, and both outputs together."""

    def call(*words: str) -> SimpleNamespace:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run_app(app, list(words))
        return SimpleNamespace(exit_code=code, stdout=out.getvalue(), output=out.getvalue() + err.getvalue())

    return call


@pytest.fixture
def stocked(migrated: Path, tmp_path: Path) -> Path:
    """A project on the list, a firm with its old number. 合成数据."""
    home = Path(shutil.copytree(migrated, tmp_path / "home"))
    since = date(2022, 1, 1)
    parties = [Party("P-1", "project", "合成项目", "", "371681", "371681", "", "", "", since, None, {"synthetic": True}),
               Party(A, "enterprise", "合成铝业公司", "", "371681", "371681", "32", "", "", since, None, {"old_registration": OLD}),
               Party(OLD, "enterprise", "合成铝厂", "", "371681", "371681", "32", "", "", since)]  # fmt: skip
    with dialect.connected(home) as connection:
        record(connection, Act(None, "王某", source="首批"), [(one, None) for one in parties], [Membership("key_projects", "P-1", since)])
    return home


def told(run: Any, *words: str) -> Any:
    done = run("registry", *words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_all_lists_and_one_list(stocked, run):
    lists = {one["id"]: one for one in told(run, "list", "--date", "2022-09-30", "--home", str(stocked))["lists"]}
    members = told(run, "list", "key_projects", "--date", "2022-09-30", "--home", str(stocked))["members"]

    assert (lists["key_projects"]["members"], lists["chains"]["members"]) == (1, 0)
    assert [one["party"] for one in members] == ["P-1"]
    assert told(run, "list", "key_projects", "--date", "2021-09-30", "--home", str(stocked))["members"] == []
    assert told(run, "list", "key_projects", "--date", "2022-09-30", "--known", "2020-01-01", "--home", str(stocked))["members"] == []


def test_a_list_goes_out_and_in_and_an_edit_can_be_undone(stocked, run, tmp_path):
    out = tmp_path / "list.xlsx"
    assert told(run, "export", "key_projects", "-o", str(out), "--date", "2022-09-30", "--home", str(stocked))["rows"] == 1
    same = told(run, "import", str(out), "--date", "2022-09-30", "--home", str(stocked))["books"][0]
    assert (same["change"], same["counts"]["unchanged"]) == ("", 1)

    book = read_book(out)
    heads = [str(one) for one in book.sheets[0].rows[3]]
    book.sheets[0].rows[4][heads.index("责任人")] = "合成张某"
    write_book(book, out)
    dry = told(run, "import", str(out), "--dry-run", "--date", "2022-09-30", "--home", str(stocked))["books"][0]
    assert (dry["change"], dry["counts"]["changed"]) == ("", 1)
    done = told(run, "import", str(out), "--date", "2022-09-30", "--source", "某文", "--by", "王某", "--home", str(stocked))["books"][0]
    history = told(run, "changes", "key_projects", "--home", str(stocked))["changes"]
    assert [one["source"] for one in history] == ["某文", "首批"]
    assert told(run, "undo", done["change"], "--home", str(stocked))["undone"] == done["change"]
    assert "answerable" not in told(run, "list", "key_projects", "--date", "2022-09-30", "--home", str(stocked))["members"][0]


def test_a_fault_is_exit_two_and_a_dry_run_with_faults_exit_one(stocked, run, tmp_path):
    out = tmp_path / "list.xlsx"
    run("registry", "export", "key_projects", "-o", str(out), "--date", "2022-09-30", "--home", str(stocked))
    book = read_book(out)
    heads = [str(one) for one in book.sheets[0].rows[3]]
    book.sheets[0].rows[4][heads.index("计划总投资（万元）")] = "很多"
    write_book(book, out)

    dry = run("registry", "import", str(out), "--dry-run", "--date", "2022-09-30", "--home", str(stocked))
    assert (dry.exit_code, "数字（万元）" in dry.output) == (1, True)
    refused = run("registry", "import", str(out), "--date", "2022-09-30", "--home", str(stocked))
    assert refused.exit_code == 2


def test_duplicates_are_proposed_and_merged_and_the_merge_undone(stocked, run):
    (found,) = told(run, "duplicates", "--kind", "enterprise", "--home", str(stocked))["proposals"]
    assert (found["keep"], found["drop"], found["reason"]) == (A, OLD, "old_number")
    assert told(run, "merge", A, OLD, "--dry-run", "--home", str(stocked))["change"] == ""
    done = told(run, "merge", A, OLD, "--source", "工商变更", "--home", str(stocked))

    assert done["differences"] == [{"field": "name", "keep": "合成铝业公司", "drop": "合成铝厂"}]
    assert told(run, "duplicates", "--home", str(stocked))["proposals"] == []
    told(run, "undo", done["change"], "--home", str(stocked))
    assert len(told(run, "duplicates", "--home", str(stocked))["proposals"]) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("list", "key_project"), "key_projects"),
        (("undo", "R-none"), "没有变更"),
        (("undo", ""), "CHANGE"),
        (("merge", A, "nobody"), "没有登记 nobody"),
        (("export", "kind:projct", "-o", "x.xlsx"), "project"),
    ],
)
def test_a_mistake_says_what_was_meant(stocked, run, words, said):
    done = run("registry", *words, "--home", str(stocked))

    assert done.exit_code == 2
    assert said in done.output
