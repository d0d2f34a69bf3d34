"""`yunxing entitlements …` and `yunxing ledger …`: what a user types, and what he is told when it is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from yunxing.cli import app
from yunxing.values.errors import Refusal

ROOT = Path(__file__).parents[2]
PROFILE = {
    "party": "91370000TEST",
    "raised": "10 亿元",
    "board": "BSE",
    "listed_on": "2022-06-30",
    "as_of": "2022-12-31",
    "has_bonus_before": False,
}


@pytest.fixture
def call(tmp_path: Path):
    """Run the command as a user does: in a process of its own where Django stands on a home, else in this one."""

    def run(*words: str) -> Any:
        if words[0] == "entitlements" and words[1] != "round":
            found = CliRunner().invoke(app, list(words))
            refusal = found.exception if isinstance(found.exception, Refusal) else None
            if found.exception is not None and refusal is None and not isinstance(found.exception, SystemExit):
                raise found.exception
            return SimpleNamespace(
                returncode=refusal.exit_code if refusal else found.exit_code, stdout=found.stdout, stderr=str(refusal or found.stderr)
            )
        environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        environment |= {"YUNXING_HOME": str(tmp_path / "home"), "COLUMNS": "200"}
        code = "from yunxing.cli import main; main()"
        return subprocess.run([sys.executable, "-c", code, *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    return run


def write(path: Path, content: object) -> str:
    path.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return str(path)


def test_explain_then_verify_then_a_forged_decision(call, tmp_path: Path) -> None:
    profile = write(tmp_path / "p.json", PROFILE)
    told = call("entitlements", "explain", profile, "--policy", "m18_listing_ladder", "--date", "2022-12-31")
    assert told.returncode == 0, told.stderr
    assert "700万元" in told.stdout
    assert "156/18/4" in told.stdout
    stored = call("entitlements", "explain", profile, "--policy", "m18_listing_ladder", "--date", "2022-12-31", "--json").stdout
    assert json.loads(stored)["amount_fen"] == 7_000_000 * 100
    assert call("entitlements", "verify", write(tmp_path / "d.json", stored)).returncode == 0
    forged = call("entitlements", "verify", write(tmp_path / "d.json", stored.replace("700000000", "700000001")))
    assert forged.returncode == 1
    assert "the decision says 700000001, a replay gives 700000000" in forged.stderr


def test_nearmiss_names_the_one_condition(call, tmp_path: Path) -> None:
    found = call(
        "entitlements", "nearmiss", write(tmp_path / "p.json", {**PROFILE, "as_of": "2022-06-20"}), "--date", "2022-12-31", "--json"
    )
    (near,) = json.loads(found.stdout)["near_misses"]
    assert (near["condition"], near["margin"]) == ("listed", "10 天")


def test_assess_writes_a_row_for_each_party_and_policy_with_either_engine(call, tmp_path: Path) -> None:
    frame = pl.DataFrame({"party": ["a", "b"], "raised": [10**11, None], "board": ["BSE", "NEEQ"], "has_bonus_before": [False, None]})
    frame.with_columns(listed_on=pl.date(2022, 6, 30)).write_parquet(tmp_path / "p.parquet")
    tables = []
    for engine in ("polars", "python", "duckdb"):
        out = tmp_path / f"{engine}.parquet"
        done = call(
            "entitlements", "assess", str(tmp_path / "p.parquet"), "-o", str(out), "--date", "2022-12-31", "--engine", engine, "--json"
        )
        assert done.returncode == 0, done.stderr
        tables.append(pl.read_parquet(out))
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])
    assert tables[0]["outcome"].to_list() == ["yes", "no"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("explain", "absent.json"), "absent.json: found no file, expected a JSON object"),
        (("explain", "{broken}"), "found no JSON that can be read"),
        (("explain", "{list}"), "found list, expected a JSON object"),
        (("explain", "{float}", "--policy", "m18_listing_ladder"), "raised: found the float 1.5, expected whole fen or text with a unit"),
        (("explain", "{good}", "--policy", "m18_listing_lader"), "no policy 'm18_listing_lader', expected one of"),
        (("explain", "{good}", "--date", "31.12.2022"), "--date: found '31.12.2022'"),
        (("explain", "{nothing}", "--date", "2022-12-31"), "expected columns of a policy in force"),
        (("verify", "{good}"), "found no policy"),
        (("assess", "absent.parquet", "-o", "{out}"), "absent.parquet: found no file"),
        (("assess", "{good}", "-o", "{out}"), "found no Parquet that can be read"),
    ],
)
def test_a_mistake_is_told_by_file_place_found_and_expected(call, tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    files = {
        "{good}": write(tmp_path / "good.json", PROFILE),
        "{broken}": write(tmp_path / "broken.json", "{"),
        "{list}": write(tmp_path / "list.json", []),
        "{float}": write(tmp_path / "float.json", {**PROFILE, "raised": 1.5}),
        "{nothing}": write(tmp_path / "nothing.json", {"name": "x"}),
        "{out}": str(tmp_path / "out.parquet"),
    }
    done = call("entitlements", *(files.get(word, word) for word in words))
    assert done.returncode == 2, done.stdout + done.stderr
    assert says in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr


def line(key: str, kind: str = "issue", **legs: int) -> str:
    sides = [{"account": account, "amount": amount} for account, amount in legs.items()]
    return json.dumps({"key": key, "transfers": [{"kind": kind, "unit": "fen", "legs": sides, "clause": "c", "effective": "2022-09-30"}]})


def test_the_ledger_from_the_command_line(call, tmp_path: Path) -> None:
    assert "the ledger is empty" in call("ledger", "verify").stdout
    unknown = call("ledger", "post", write(tmp_path / "t.jsonl", line("x", pool=-1, a=1)))
    assert unknown.returncode == 1
    assert "unknown_unit" in unknown.stdout
    bad = call("ledger", "post", write(tmp_path / "t.jsonl", "\n".join(["{", line("y", kind="isue", pool=-1, a=2)])))
    assert bad.returncode == 2
    assert "line 1" in bad.stderr
    assert "did you mean 'issue'?" in bad.stderr
    absent = call("ledger", "balance", "nowhere")
    assert absent.returncode == 2
    assert "found 'nowhere'" in absent.stderr
    assert call("ledger", "balance", "x", "--as-of", "yesterday").returncode == 2
    assert call("ledger", "post", "absent.jsonl").returncode == 2


def test_a_transfer_is_posted_once_and_its_balance_read(call, tmp_path: Path) -> None:
    """Accounts are opened by a round or by another program; the command line posts, reads and proves."""
    call("ledger", "verify")
    opened = (
        "import sys, pathlib; from yunxing.io.store import dialect, postings as p; c = dialect.connect(pathlib.Path(sys.argv[1]));"
        "p.open_book(c, 'b', place='b', name='b'); p.open_unit(c, 'fen', asset='CNY', scale=100);"
        "[p.open_account(c, n, owner=n, book='b', unit='fen', kind='x', floor=f) for n, f in (('budget', p.NO_FLOOR), ('pool', 0))]"
    )
    subprocess.run([sys.executable, "-c", opened, str(tmp_path / "home")], check=True)
    file = write(tmp_path / "t.jsonl", "\ufeff" + line("fund", budget=-700, pool=700) + "\n\n" + line("over", pool=-701, budget=701))
    first = call("ledger", "post", file, "--json")
    assert first.returncode == 1
    assert [(one["status"], one["code"]) for one in json.loads(first.stdout)["answers"]] == [("accepted", ""), ("refused", "overdrawn")]
    assert "1 of 2 groups were refused" in first.stderr
    again = call("ledger", "post", write(tmp_path / "t.jsonl", line("fund", budget=-700, pool=700)))
    assert (again.returncode, again.stdout.strip()) == (0, "fund: repeated")
    together = call(
        "ledger", "post", "--all", write(tmp_path / "t.jsonl", line("x", pool=-1, budget=1) + "\n" + line("over", pool=-701, budget=701))
    )
    assert "withheld" in together.stdout
    assert json.loads(call("ledger", "balance", "pool", "--json").stdout)["available"] == 700
    assert json.loads(call("ledger", "balance", "pool", "--as-of", "2022-09-29", "--json").stdout)["posted"] == 0
    proved = json.loads(call("ledger", "verify", "--json").stdout)
    assert proved["holds"] is True
    assert proved["head"].startswith("sha256:")


def test_odd_lines_of_a_file_are_told_by_their_number(call, tmp_path: Path) -> None:
    """A number of thousands of digits, brackets thousands deep, a lone surrogate: a sentence for each, and nothing is posted."""
    odd = ["9" * 5000, "[" * 100_000, '{"key": "\\ud800", "transfers": []}', "7"]
    done = call("ledger", "post", write(tmp_path / "t.jsonl", "\n".join(odd)))
    assert done.returncode == 2
    assert all(f"line {number}" in done.stderr for number in (1, 2, 3, 4))
    assert "Traceback" not in done.stderr
    assert call("ledger", "post", str(tmp_path)).returncode == 2


def test_the_chain_is_turned_to_sm3_from_the_command_line(call, tmp_path: Path) -> None:
    call("ledger", "verify")
    opened = (
        "import sys, pathlib; from yunxing.io.store import dialect, postings as p; c = dialect.connect(pathlib.Path(sys.argv[1]));"
        "p.open_book(c, 'b', place='b', name='b'); p.open_unit(c, 'fen', asset='CNY', scale=100);"
        "[p.open_account(c, n, owner=n, book='b', unit='fen', kind='x', floor=f) for n, f in (('budget', p.NO_FLOOR), ('pool', 0))]"
    )
    subprocess.run([sys.executable, "-c", opened, str(tmp_path / "home")], check=True)
    for number, more in enumerate(([], ["--digest", "sm3"], [])):
        assert call("ledger", "post", write(tmp_path / "t.jsonl", line(f"k{number}", budget=-1, pool=1)), *more).returncode == 0
    proved = json.loads(call("ledger", "verify", "--json").stdout)
    assert (proved["seals"], proved["head"][:4]) == (3, "sm3:")
    wrong = call("ledger", "post", str(tmp_path / "t.jsonl"), "--digest", "md5")
    assert (wrong.returncode, "expected sha256 or sm3" in wrong.stderr) == (2, True)


def test_a_round_needs_a_registry(call) -> None:
    done = call("entitlements", "round", "--date", "2022-09-30")
    assert done.returncode == 2
    assert "the registry holds no projects or enterprises yet" in done.stderr
