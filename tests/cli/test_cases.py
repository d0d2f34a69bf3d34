"""`yunxing cases …` and `yunxing calendar …` as a person or a script calls them: one life of a small home, and what is refused."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from cases_cast import COMMAND, DRC, FIRM, PACK, at, facts_for, tables
from flows.conftest import home, migrated  # noqa: F401  # a home with the desk's tables
from yunxing.cli import app
from yunxing.cli.outermost import run
from yunxing.flows import walk_case
from yunxing.io.store import case_log, dialect

START = at("2022-09-26 09:00")


def call(*words: str) -> tuple[int, Any]:
    """The exit code and the answer in JSON."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(app, [*words, "--json"])
    return code, json.loads(out.getvalue())


def said(*words: str) -> str:
    """What a person reads."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        assert run(app, list(words)) == 0, err.getvalue()
    return out.getvalue()


@pytest.fixture
def place(home: Path) -> list[str]:  # noqa: F811
    """A home with the tables published and three requests, two of them at work since Monday morning."""
    with dialect.connected(home) as connection:
        case_log.publish(connection, tables().values(), START)
        for number in range(3):
            name = walk_case.new_case(
                connection, "whistle", FIRM, START, key=f"k{number}", title=f"诉求{number}", party="91X", unit="U1"
            ).case
            steps = (("accept", COMMAND), ("assign", COMMAND), ("sign", DRC), ("contact", DRC)) if number else ()
            for edge, actor in steps:
                now = case_log.read_case(connection, name).changed
                walk_case.move(connection, name, edge, actor, now, {**facts_for(edge), "joint": []})
    return ["--home", str(home)]


def test_the_list_is_by_the_next_due_instant_page_by_page(place):
    code, first = call("cases", "list", "--size", "2", *place)
    _, rest = call("cases", "list", "--size", "2", "--after", first["after"], *place)
    titles = [one["title"] for one in (*first["cases"], *rest["cases"])]

    assert code == 0
    assert titles[0] == "诉求0"
    assert sorted(titles) == ["诉求0", "诉求1", "诉求2"]
    assert rest["after"] == ""


@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        (["--owner", "CMD"], ["诉求0"]),
        (["--lead", "DRC"], ["诉求1", "诉求2"]),
        (["--state", "working"], ["诉求1", "诉求2"]),
        (["--kind", "speed_up"], []),
        (["--ended"], []),
        (["--overdue", "--at", "2022-09-28T09:00"], ["诉求0"]),
        (["--overdue", "--at", "2022-09-27T17:30"], []),
    ],
)
def test_filters(place, filters, titles):
    _, found = call("cases", "list", *filters, *place)

    assert sorted(one["title"] for one in found["cases"]) == titles


def test_a_case_is_shown_with_its_clocks_and_every_step(place):
    _, found = call("cases", "list", "--lead", "DRC", "--size", "1", *place)
    name = found["cases"][0]["id"]
    _, told = call("cases", "show", name, *place)

    assert [one["edge"] for one in told["events"]] == ["open", "accept", "assign", "sign", "contact"]
    assert told["case"]["state"] == "working"
    words = said("cases", "show", name, *place)
    assert "办结时限" not in words  # clocks go by their names here; the desk has the titles
    assert "solve: running, 2022-10-13 17:30" in words
    assert "assigned → signed" in words


def test_the_sweep_says_what_it_did_and_repeated_does_nothing(place):
    first, again = (call("cases", "sweep", "--at", "2022-12-01T09:00", *place)[1] for _ in range(2))

    assert first == {"rungs": 7, "ran_out": 0, "recounted": 0}
    assert again == {"rungs": 0, "ran_out": 0, "recounted": 0}
    assert call("cases", "verify", *place)[1]["holds"] is True


def test_verify_finds_a_row_that_its_events_do_not_give(place):
    with dialect.connected(Path(place[1])) as connection:
        dialect.execute(connection, "update casework_case set owner = 'FIN' where title = '诉求1'")
    code, told = call("cases", "verify", *place)

    assert code == 1
    assert "owner other than its events give" in told["error"]


def test_publishing_again_adds_nothing(place):
    assert call("cases", "publish", "--pack", str(PACK), *place)[1]["published"] == 0


@pytest.mark.parametrize(
    ("words", "day"),
    [
        (["--start", "2024-04-26", "--days", "5"], "2024-05-07"),
        (["--start", "2026-02-13", "--days", "3"], "2026-02-25"),
        (["--start", "2025-09-26", "--days", "10"], "2025-10-16"),
        (["--start", "2022-09-30T16:30", "--limit", "4 office hours"], "2022-10-08"),
        (["--start", "2022-06-01", "--limit", "60 days"], "2022-08-01"),
    ],
)
def test_due_days(place, words, day):
    _, found = call("cases", "due", *words, *place)

    assert (found["day"], found["provisional"]) == (day, False)


def test_a_day_no_notice_settles_is_marked(place):
    assert call("cases", "due", "--start", "2029-12-28", "--days", "5", *place)[1]["provisional"] is True
    assert "暂定 provisional" in said("cases", "due", "--start", "2029-12-28", "--days", "5", *place)


@pytest.mark.parametrize(
    "words",
    [
        ["due", "--start", "2022-09-28"],
        ["due", "--start", "2022-09-28", "--days", "3", "--limit", "3 days"],
        ["due", "--start", "2022-09-28", "--limit", "3 weeks"],
        ["upgrade", "whistle", "1→1"],
        ["upgrade", "whistle", "1→7"],
        ["upgrade", "whistel", "1→2"],
        ["talks", "2022"],
        ["show", "C-0"],
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(place, words):
    more = ["--pack", str(PACK)] if words[0] == "upgrade" else []
    code, told = call("cases", *words, *more, *place)

    assert code == 2
    assert told["error"]


def test_talks_are_proposed_once(place):
    call("cases", "sweep", "--at", "2022-12-31T20:00", *place)
    first, again = (call("cases", "talks", "2022Q4", "--at", "2023-01-03T09:00", *place)[1] for _ in range(2))

    assert len(first["opened"]) == 1
    assert again["opened"] == []


NOTICE = '[[notice]]\nnumber = "国办发明电〔2026〕X号"\nissued = 2026-11-05\nyear = 2027\noff = ["2027-01-01..2027-01-03"]\nwork = ["2027-01-04"]\n'


def test_a_year_of_holidays_is_loaded_once_and_settles_the_due_days(place, tmp_path):
    file = tmp_path / "2027.toml"
    file.write_text(NOTICE, encoding="utf-8")
    before = call("cases", "due", "--start", "2026-12-30", "--days", "3", *place)[1]
    loaded = call("calendar", "load", str(file), "--at", "2026-11-06T09:00", *place)[1]
    after = call("cases", "due", "--start", "2026-12-30", "--days", "3", *place)[1]

    assert (before["provisional"], after["provisional"]) == (True, False)
    assert loaded == {"loaded": ["国办发明电〔2026〕X号"], "recounted": 0}
    assert call("calendar", "load", str(file), *place)[1]["loaded"] == []


@pytest.mark.parametrize(
    "text", ["", "[[notice]]\nnumber = 3\n", NOTICE.replace("2027-01-03", "2027-01-33"), NOTICE.replace("year = 2027", "year = 2030")]
)
def test_a_file_that_is_no_notice_is_refused_with_its_name(place, tmp_path, text):
    file = tmp_path / "bad.toml"
    file.write_text(text, encoding="utf-8")
    code, told = call("calendar", "load", str(file), *place)

    assert code == 2
    assert "bad.toml" in told["error"]


@pytest.fixture
def next_version(tmp_path: Path) -> Path:
    """The first plan with a second version of the whistle: a longer limit, and a state that has another name."""
    pack = tmp_path / "plans" / PACK.name
    shutil.copytree(PACK, pack)
    text = (pack / "cases.toml").read_text(encoding="utf-8")
    start = text.index('[[case]]\nid = "whistle"')
    second = (
        text[start : text.find("[[case]]", start + 1)]
        .replace("version = 1", "version = 2", 1)
        .replace('"signed"', '"taken"')
        .replace('limit = "10 working days"', 'limit = "12 working days"')
    )
    upgrade = '\n[[upgrade]]\ndefinition = "whistle"\nfrom = 1\nto = 2\nstates = { signed = "taken" }\n'
    (pack / "cases.toml").write_text(text + second + upgrade, encoding="utf-8")
    return pack


def test_an_upgrade_is_listed_first_and_then_done_once(place, next_version):
    words = ["cases", "upgrade", "whistle", "1→2", "--pack", str(next_version), *place]
    planned = call(*words, "--dry-run")[1]
    done = call(*words)[1]
    again = call(*words)[1]

    assert [(one["state"], one["to"], one["cases"], one["due_moved"]) for one in planned["changes"]] == [
        ("submitted", "submitted", 1, 0),
        ("working", "working", 2, 2),
    ]
    assert (planned["moved"], done["moved"], again["moved"]) == (0, 3, 0)
    _, found = call("cases", "list", "--state", "working", *place)
    assert {one["due"][:10] for one in found["cases"]} == {"2022-10-17"}
    assert call("cases", "verify", *place)[1]["holds"] is True


def test_a_map_that_leaves_a_state_without_a_place_is_refused_by_pack_check_and_upgrade(place, next_version):
    file = next_version / "cases.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('states = { signed = "taken" }', "states = {}"), encoding="utf-8")
    code, told = call("cases", "upgrade", "whistle", "1→2", "--pack", str(next_version), *place)

    assert code == 2
    assert "'signed' would become 'signed', which version 2 does not have" in told["error"]
