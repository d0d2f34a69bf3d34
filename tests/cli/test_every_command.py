"""The whole command tree: every command is described, answers in JSON alone on standard output, and refuses bad input in one sentence.

A command added later without help, `--json`, `--home`, a good call and a bad call in the tables below fails here.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer.main

from yunxing.cli import app
from yunxing.cli.outermost import run

ROOT = Path(__file__).parents[2]
DRIVER = Path(__file__).parent / "every_command.py"
STATELESS = {
    "auction check",
    "auction clear",
    "bench",
    "city simulate",
    "contingency solve",
    "matching kinds",
    "matching run",
    "matching solve",
    "forecast",
    "pack new",
    "plan diff",
    "plan import",
    "signals detect",
}
ELSEWHERE = {  # a good call of these runs in the test named
    "bench": "tests/cli/test_bench.py",
    "cases upgrade": "tests/cli/test_cases.py",
    "cases show": "tests/cli/test_cases.py",
    "calendar load": "tests/cli/test_cases.py",
    "demo": ".ci/run",
    "forecast": "tests/cli/test_forecast.py",
    "signals detect": "tests/cli/test_signals.py",
    "passes verify": "tests/cli/test_passes.py",
    "serve": "tests/cli/test_desk.py",
    "plan attach": "tests/cli/test_pack_and_plan.py",
    **{f"registry {name}": "tests/cli/test_registry.py" for name in ("list", "export", "import", "changes", "duplicates", "merge", "undo")},
}
PROFILE = {"party": "P", "raised": "10 亿元", "board": "BSE", "listed_on": "2022-06-30", "as_of": "2022-12-31", "has_bonus_before": False}
PROBLEM = {
    "sense": "max",
    "units": [{"id": one, "options": [{"id": "no", "value": 0}, {"id": "yes", "value": 3, "effect": {"kw": 2}}]} for one in ("a", "b")],
    "requirements": [{"resource": "kw", "max": 3}],
}

MATCHED = {
    "posts": "编号,名称,单位,工种,名额\nn1,甲厂,A01,焊工,2\n",
    "people": "编号,名称,可任工种,愿去县区,名额\no1,一班,焊工,全市,3\n",
    "needs": "need,quota\na,1\nb,1\n",
    "offers": "offer,quota\nx,1\n",
    "edges": "need,offer,value\na,x,3\nb,x,4\n",
}

PLAN = """示例市关于稳定工业运行的行动方案

示工信〔2031〕12号

一、稳定运行

1.保障电煤供应。保障煤炭库存天数9天以上。(市能源局负责)

示例市能源局
2031年2月3日
"""


def leaves(group: Any, path: tuple[str, ...] = ()) -> dict[str, Any]:
    """Every command by its words."""
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        found |= leaves(command, (*path, name)) if hasattr(command, "commands") else {" ".join((*path, name)): command}
    return found


COMMANDS = leaves(typer.main.get_command(app))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does_and_what_every_word_means(name):
    command = COMMANDS[name]
    options = {one for each in command.params for one in each.opts}

    assert (command.help or "").strip(), f"yunxing {name} has no description"
    assert not [each.name for each in command.params if not getattr(each, "help", None)], f"yunxing {name}: words without help"
    assert "--json" in options
    assert ("--home" in options) == (name not in STATELESS), f"yunxing {name}: state lives in --home"


@pytest.mark.parametrize("name", ["", *sorted({one.split()[0] for one in COMMANDS if " " in one}), *COMMANDS])
def test_help_is_an_answer(name):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert run(app, [*name.split(), "--help"]) == 0
    assert "Usage:" in out.getvalue()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["mnth"], "Did you mean 'month'?"),
        (["month", "clos"], "Did you mean 'close'?"),
        (["month", "close", "2022-09", "--hme", "x"], "--home"),
        (["month", "close"], "Missing argument"),
        (["month", "close", "2022-09", "extra"], "extra"),
        (["serve", "--port", "99999"], "65535"),
        (["demo", "--firms", "many"], "--firms"),
        (["month"], "Usage:"),
        ([], "Usage:"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, list) else "",
)
def test_a_misspelt_command_or_option_is_told_with_the_nearest(words, says):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(app, [*words, "--json"] if len(words) > 1 else words)
    told = json.loads(out.getvalue())["error"] if len(words) > 1 else out.getvalue() + err.getvalue()

    assert code == 2
    assert says in told
    assert "Traceback" not in err.getvalue()


def good_calls(folder: Path) -> list[list[str]]:
    """One life of a small home: every command that can be run in seconds, in an order that lets each succeed."""
    city, home, file = folder / "city", folder / "home", folder / "files"
    books = sorted(str(path) for path in (city / "2022-09").glob("*.xlsx")) if city.exists() else []
    at = ["--home", str(home), "--json"]
    ladder = ["--policy", "m18_listing_ladder", "--date", "2022-12-31"]
    return [
        ["facts", "registry", str(city / "registry.xlsx"), *at],
        ["facts", "import", *books[:1], "--received", str(city / "submissions.csv"), *at],
        ["facts", "undo", "BATCH", *at],
        ["facts", "import", str(city), *at],
        ["facts", "confirm", "enterprise_month", "2022-09", "PARTY", "--cause", "核对无误", *at],
        ["facts", "template", "enterprise_month", "2022-10", "371681", "-o", str(file / "t.xlsx"), *at],
        ["facts", "as-of", "2022-10-20", "--form", "coal_day", *at],
        ["month", "close", "2022-09", *at],
        ["month", "reproduce", "2022-09", *at],
        ["plan", "status", *at],
        ["plan", "import", str(file / "plan.txt"), "-o", str(file / "plan.json"), "--json"],
        ["plan", "diff", str(file / "plan.txt"), str(file / "plan.json"), "--json"],
        ["pack", "new", "new_city", "--from", str(file / "plan.json"), "--to", str(folder / "plans"), "--json"],
        ["pack", "check", *at],
        ["pack", "trace", "156/18", *at],
        ["bulletin", "build", "2022-09", *at],
        ["bulletin", "verify", str(home / "bulletins" / "2022-09" / "bulletin-2022-09.docx"), *at],
        ["entitlements", "explain", str(file / "p.json"), "--policy", "m18_listing_ladder", "--date", "2022-12-31", "--json"],
        ["entitlements", "nearmiss", str(file / "p.json"), "--date", "2022-12-31", "--json"],
        ["entitlements", "verify", str(file / "decision.json"), "--json"],
        ["entitlements", "assess", str(file / "p.parquet"), "-o", str(file / "o.parquet"), "--date", "2022-12-31", "--json"],
        ["entitlements", "blank", "m08_dcmm", "-o", str(file / "dcmm.xlsx"), *at],
        ["entitlements", "declare", str(file / "declared.csv"), *at],
        ["entitlements", "retract", "DECLARED", *at],
        ["entitlements", "round", "--date", "2022-09-30", *at],
        ["entitlements", "what-if", "m02_loan_interest", "--set", "share=50%", "--date", "2022-09-30", *at],
        ["entitlements", "ask", str(file / "p.json"), "--date", "2022-12-31", "--json"],
        ["entitlements", "reverse", str(file / "p.json"), *ladder, "--column", "raised", "--amount", "1200 万元", "--json"],
        ["entitlements", "appeal", str(file / "p.json"), *ladder, "--replace", "has_bonus_before=是", "--json"],
        ["auction", "clear", str(file / "bids.csv"), "--supply", "10", "-o", str(file / "sold.csv"), "--json"],
        ["auction", "check", str(file / "bids.csv"), str(file / "sold.csv"), "--supply", "10", "--json"],
        ["library", "add", str(file / "plan.txt"), *at],
        ["library", "list", *at],
        ["search", "负责", "--exact", *at],
        ["contingency", "solve", str(file / "problem.json"), "-o", str(file / "solved.json"), "--seconds", "20", "--json"],
        ["matching", "kinds", "--json"],
        ["matching", "run", "labour", str(file / "posts.csv"), str(file / "people.csv"), "-o", str(file / "matched.json"), "--json"],
        [
            "matching",
            "solve",
            str(file / "needs.csv"),
            str(file / "offers.csv"),
            str(file / "edges.csv"),
            "-o",
            str(file / "pairs.csv"),
            "--json",
        ],
        ["ledger", "verify", *at],
        ["ledger", "balance", "ACCOUNT", *at],
        ["chain", "map", *at],
        ["chain", "gaps", "aluminium", "--date", "2022-09-30", *at],
        ["chain", "stop", "FIRM", "--date", "2022-09-30", "--days", "30", *at],
        ["ledger", "post", str(file / "none.jsonl"), *at],
        ["cases", "publish", *at],
        ["cases", "due", "--start", "2022-09-28", "--days", "5", *at],
        ["cases", "list", *at],
        ["cases", "sweep", *at],
        ["cases", "talks", "2022Q3", *at],
        ["cases", "verify", *at],
        ["desk", "deliver", *at],
        ["passes", "key", *at],
        ["passes", "clear", *at],
        ["doctor", *at],
        ["backup", str(file / "b.tgz"), *at],
        ["restore", str(file / "b.tgz"), "--home", str(folder / "again"), "--json"],
    ]


BAD = {
    "entitlements reverse": ["{tmp}/none.json", "--policy", "m18_listing_ladder", "--column", "raised", "--amount", "1 元"],
    "entitlements ask": ["{tmp}/none.json"],
    "entitlements appeal": ["{tmp}/none.json", "--policy", "m18_listing_ladder"],
    "entitlements what-if": ["m02_loan_interest", "--set", "share"],
    "chain map": ["no_such_chain"],
    "chain gaps": ["no_such_chain"],
    "chain stop": ["nobody"],
    "pack check": ["no_such_pack"],
    "pack trace": ["156/99"],
    "plan attach": ["binzhou_2022_156", "README.md"],
    "plan import": ["{tmp}/none.txt", "-o", "{tmp}/plan.json"],
    "plan status": ["--month", "2022-13"],
    "city simulate": ["--from", "2022", "--to", "2022-09", "-o", "{tmp}/c"],
    "registry list": ["key_project"],
    "registry export": ["no_list", "-o", "{tmp}/l.xlsx"],
    "registry import": ["{tmp}/none.xlsx"],
    "registry changes": ["no_list"],
    "registry duplicates": ["--kind", "projct"],
    "registry merge": ["nobody", "noone"],
    "registry undo": ["R-none"],
    "facts import": ["{tmp}/none.xlsx"],
    "facts registry": ["README.md"],
    "facts template": ["enterprise_mont", "2022-09", "371681", "-o", "{tmp}/t.xlsx"],
    "facts undo": ["no.such.batch"],
    "facts confirm": ["enterprise_month", "2022-09", "nobody", "--cause", "x"],
    "facts as-of": ["28.9.2022"],
    "passes key": ["--home", "{tmp}/a_file"],
    "passes verify": ["no code"],
    "passes clear": ["--home", "{tmp}/a_file"],
    "month close": ["2022-09"],
    "month reproduce": ["2022-09"],
    "bulletin build": ["2022-09"],
    "bulletin verify": ["README.md"],
    "entitlements assess": ["README.md", "-o", "{tmp}/o.parquet"],
    "entitlements explain": ["README.md"],
    "entitlements nearmiss": ["plans"],
    "entitlements verify": ["{tmp}/none.json"],
    "entitlements round": ["--date", "30.9.2022"],
    "entitlements blank": ["m08_dcm", "-o", "{tmp}/o.xlsx"],
    "entitlements declare": ["{tmp}/none.xlsx"],
    "entitlements retract": ["nothing"],
    "auction clear": ["README.md", "--supply", "10", "-o", "{tmp}/o.csv"],
    "forecast": ["{tmp}/none.csv", "-o", "{tmp}/o.csv"],
    "signals detect": ["trend", "{tmp}/none.csv", "-o", "{tmp}/o.csv"],
    "auction check": ["{tmp}/none.csv", "{tmp}/none.csv", "--supply", "10"],
    "contingency solve": ["README.md"],
    "matching kinds": ["--pack", "no_such_pack"],
    "matching run": ["marriage", "README.md", "README.md"],
    "matching solve": ["README.md", "README.md", "README.md"],
    "library add": ["{tmp}/none.txt"],
    "library list": ["--on", "yesterday"],
    "pack new": ["2022"],
    "plan diff": ["{tmp}/none.txt", "{tmp}/none.txt"],
    "search": ["煤炭", "--from", "yesterday"],
    "ledger post": ["README.md"],
    "ledger balance": ["nowhere"],
    "ledger verify": ["--home", "{tmp}/a_file"],
    "bench": ["no_such_case"],
    "demo": ["--pack", "no_such_pack"],
    "serve": ["--host", "256.1.1.1"],
    "cases publish": ["--pack", "no_such_pack"],
    "cases due": ["--start", "28.9.2022", "--days", "5"],
    "cases list": ["--after", "yesterday|C-1"],
    "cases show": ["nowhere"],
    "cases sweep": ["--at", "noon"],
    "cases upgrade": ["whistle", "three"],
    "cases talks": ["2022-09"],
    "cases verify": ["--home", "{tmp}/a_file"],
    "calendar load": ["README.md"],
    "desk deliver": ["--home", "{tmp}/a_file"],
    "doctor": ["--pack", "no_such_pack"],
    "backup": ["{tmp}/none/../a_file/b.tgz"],
    "restore": ["README.md"],
}


def drive(calls: list[list[str]], folder: Path) -> list[dict[str, Any]]:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "calls.json").write_text(json.dumps(calls), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("YUNXING_HOME", "DJANGO"))}
    done = subprocess.run(
        [sys.executable, str(DRIVER), str(folder / "calls.json")], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What each command answers to its bad call, in an empty home."""
    folder = tmp_path_factory.mktemp("bad")
    (folder / "a_file").write_text("x")
    calls = []
    for name in COMMANDS:
        words = [*name.split(), *(word.replace("{tmp}", str(folder)) for word in BAD[name]), "--json"]
        calls.append(words if name in STATELESS or "--home" in words else [*words, "--home", str(folder / "home")])
    return dict(zip(COMMANDS, drive(calls, folder), strict=True))


def test_every_command_has_a_bad_call_and_a_good_one_somewhere():
    assert set(BAD) == set(COMMANDS)
    for name, file in ELSEWHERE.items():
        assert name.split()[-1] in (ROOT / file).read_text(encoding="utf-8"), f"{name} is not run by {file}"


@pytest.mark.parametrize("name", COMMANDS)
def test_bad_input_gets_one_sentence_json_and_an_exit_code(refused, name):
    """1 or 2, one JSON document alone on standard output, the sentence on standard error, never a trace of the program."""
    told = refused[name]

    assert told["code"] in (1, 2), told
    assert "Traceback" not in told["err"]
    answer = json.loads(told["out"])
    if "error" in answer:
        assert answer["exit"] == told["code"]
        assert len(answer["error"]) > 10
    assert told["err"].strip(), "the sentence stands on standard error too"


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """One life of a small home, command after command."""
    import polars as pl

    folder = tmp_path_factory.mktemp("good")
    (folder / "files").mkdir()
    simulate = ["city", "simulate", "--firms", "30", "--from", "2022-08", "--to", "2022-09", "-o", str(folder / "city"), "--json"]
    [first] = drive([simulate], folder)
    (folder / "files" / "p.json").write_text(json.dumps(PROFILE, ensure_ascii=False), encoding="utf-8")
    (folder / "files" / "problem.json").write_text(json.dumps(PROBLEM), encoding="utf-8")
    (folder / "files" / "plan.txt").write_text(PLAN, encoding="utf-8")
    bids = "bid,bidder,county,price_fen,quantity,time\nb1,x,A01,20000,6,1\nb2,y,A01,20000,6,2\n"
    (folder / "files" / "bids.csv").write_text(bids, encoding="utf-8")
    for name, table in MATCHED.items():
        (folder / "files" / f"{name}.csv").write_text(table, encoding="utf-8")
    (folder / "files" / "none.jsonl").write_text("\n", encoding="utf-8")
    frame = pl.DataFrame({"party": ["a"], "raised": [10**11], "board": ["BSE"], "has_bonus_before": [False]})
    frame.with_columns(listed_on=pl.date(2022, 6, 30)).write_parquet(folder / "files" / "p.parquet")
    answers = {"city simulate": first}
    calls = good_calls(folder)
    at = [" ".join(one[:2]) for one in calls]
    parts = [
        0,
        2,
        at.index("entitlements verify"),
        at.index("entitlements retract"),
        at.index("ledger balance"),
        len(calls),
    ]  # later calls need what earlier ones answered
    given: dict[str, str] = {}
    for start, end in itertools.pairwise(parts):
        told = drive([[given.get(word, word) for word in one] for one in calls[start:end]], folder)
        for one in told:
            name = " ".join(one["words"][:2])
            answers[name if name in COMMANDS else one["words"][0]] = one
        if start == 0:
            answer = json.loads(answers["facts import"]["out"])
            given["BATCH"] = answer["batches"][0]
            given["PARTY"] = _a_party(folder)
            declared = f"party,document,day,dcmm_level\n{given['PARTY']},x,2022-09-01,L2\n"
            (folder / "files" / "declared.csv").write_text(declared, encoding="utf-8")
        if "entitlements declare" in answers:
            given["DECLARED"] = json.loads(answers["entitlements declare"]["out"])["batch"]
        if "entitlements explain" in answers:
            (folder / "files" / "decision.json").write_text(answers["entitlements explain"]["out"], encoding="utf-8")
        if "entitlements round" in answers:
            given["ACCOUNT"] = _one_of(folder, "select id from support_account order by id")
            given["FIRM"] = _one_of(folder, "select party from reporting_membership where roster = 'chain_firms' order by party")
    return answers


def _a_party(folder: Path) -> str:
    import openpyxl

    path = next((folder / "city" / "2022-09").glob("*371681*enterprise_month_2022-09.xlsx"))
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return next(
        str(cell.value).strip() for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str) and cell.value.startswith("91")
    )


def _one_of(folder: Path, sql: str) -> str:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(folder / "home" / "desk.sqlite3")) as connection:
        return str(connection.execute(sql).fetchone()[0])


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(COMMANDS) - set(ELSEWHERE)))
def test_a_good_call_answers_with_json_alone(answered, name):
    """Exit 0 (1 where honest mistakes of the synthetic city are told), one JSON document and nothing else on standard output, no trace."""
    told = answered[name]

    assert told["code"] in ((0, 1) if name == "facts import" else (0,)), told["err"]
    assert "error" not in json.loads(told["out"])
    assert "Traceback" not in told["err"]
