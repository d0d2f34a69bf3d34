"""`yunxing pack …` and `yunxing plan …`: exit codes 0, 1, 2, JSON for scripts, and messages that say what to do."""

import json
import shutil
from pathlib import Path

import pytest

from pack_cast import PLAN, TEMPLATE, change
from yunxing.cli import main


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """Run a command line in a home of its own; gives exit code, output and errors."""
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.setenv("YUNXING_HOME", str(tmp_path / "home"))

    def command(*words):
        monkeypatch.setattr("sys.argv", ["yunxing", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        out = capsys.readouterr()
        return ended.value.code or 0, out.out, out.err

    return command


def test_check_passes_and_prints_the_coverage(run):
    code, out, _ = run("pack", "check", PLAN)

    assert code == 0
    assert "承诺 parts 137" in out
    assert "official text not attached" in out
    assert len([line for line in out.splitlines() if line[:2].strip().isdigit()]) == 28


def test_strict_holds_for_the_plan_and_fails_while_anything_is_planned(run, tmp_path):
    assert run("pack", "check", PLAN, "--strict")[0] == 0

    folder = Path(shutil.copytree(PLAN, tmp_path / PLAN.name))
    change(folder, "measures.toml", 'executed_by = ["chain:map_and_lists"]', 'executed_by = ["planned:chain:another_map"]')
    code, _, err = run("pack", "check", folder, "--strict")

    assert code == 1
    assert "still planned" in err


def test_check_as_json(run):
    code, out, _ = run("pack", "check", PLAN, "--json")
    report = json.loads(out)

    assert code == 0
    assert report["holds"] is True
    assert report["text"] is None
    assert len(report["coverage"]["measures"]) == 28


def test_a_pack_that_does_not_hold_exits_1_and_one_that_cannot_be_read_exits_2(run, template):
    change(template, "measures.toml", 'lead = "FIN"\n', "")
    code, out, _ = run("pack", "check", template)
    assert (code, "does not hold" in out) == (1, True)

    change(template, "measures.toml", "lead_basis", "lead_bases")
    code, _, err = run("pack", "check", template)
    assert code == 2
    assert "did you mean 'lead_basis'" in err
    assert "measures.toml, line" in err


def test_an_unknown_pack_exits_2(run):
    code, _, err = run("pack", "check", "binzhou_2022_165")

    assert code == 2
    assert "binzhou_2022_156" in err


def test_attach_then_check_holds_the_pack_against_the_text(run, tmp_path):
    code, out, _ = run("plan", "attach", TEMPLATE, TEMPLATE / "official.txt", "--json")
    kept = json.loads(out)

    assert code == 0
    assert (kept["measures"], kept["sentences"], kept["office_mentions"]) == (2, 3, 3)
    assert (tmp_path / "home" / "texts" / "template.txt").read_bytes() == (TEMPLATE / "official.txt").read_bytes()

    code, out, _ = run("pack", "check", TEMPLATE)
    assert code == 0
    assert "held against the official text" in out


def test_attaching_another_text_is_refused_and_nothing_is_written(run, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text("1.做好保障。甲。(市甲局负责)\n", encoding="utf-8")
    code, _, err = run("plan", "attach", TEMPLATE, other)

    assert code == 2
    assert "its sha256 is" in err
    assert "expected" in err
    assert not (tmp_path / "home" / "texts").exists()


def test_a_text_may_be_given_without_attaching_it(run, tmp_path):
    code, out, _ = run("pack", "check", TEMPLATE, "--text", TEMPLATE / "official.txt", "--json")

    assert code == 0
    assert json.loads(out)["text"]["numbers"] == 9
    assert not (tmp_path / "home" / "texts").exists()


def test_trace_both_ways(run):
    code, out, _ = run("pack", "trace", "156/18", "--pack", PLAN)
    assert code == 0
    assert "listings_year" in out

    code, out, _ = run("pack", "trace", "indicator:listings", "--pack", PLAN, "--json")
    assert code == 0
    assert "156/18/2b" in [step["id"] for step in json.loads(out)["steps"]]

    code, _, err = run("pack", "trace", "156/77", "--pack", PLAN)
    assert (code, "1 to 28" in err) == (2, True)


def test_status_of_a_month_that_is_not_closed_says_how_to_close_it(run):
    code, _, err = run("plan", "status", PLAN, "--month", "2022-09")
    assert code == 2
    assert "yunxing month close 2022-09" in err

    code, _, err = run("plan", "status", PLAN, "--month", "2022")
    assert (code, "such as 2022-09" in err) == (2, True)


@pytest.mark.shared
def test_the_official_text_is_attached_and_the_plan_holds(run, official):
    assert run("plan", "attach", PLAN, official)[0] == 0
    code, out, _ = run("pack", "check", PLAN)

    assert code == 0
    assert "office_mentions 85" in out
