"""The made city goes through the ordinary import: what was planted is found, and nothing honest is questioned."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from yunxing.flows.simulate_city import simulate_city
from yunxing.values.period import Month

ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT / "plans" / "binzhou_2022_156"


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """A city of 150 taken in by the commands a person would give; its folder, the import's answer, the truth."""
    folder, home = tmp_path_factory.mktemp("made") / "city", tmp_path_factory.mktemp("home")
    simulate_city(PACK, folder, seed=2, first=Month(2022, 4), last=Month(2022, 9), firms=150, processes=1)
    inherited = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    environment = {**inherited, "YUNXING_HOME": str(home)}

    def yunxing(*arguments):
        code = "from yunxing.cli import main; main()"
        return subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, cwd=ROOT, env=environment)

    registered = yunxing("facts", "registry", str(folder / "registry.xlsx"), "--home", str(home))
    assert registered.returncode == 0, registered.stderr
    told = yunxing("facts", "import", str(folder), "--home", str(home), "--json")
    again = yunxing("facts", "import", str(folder), "--home", str(home), "--json")
    answers = json.loads(told.stdout), json.loads((folder / "truth.json").read_text(encoding="utf-8")), json.loads(again.stdout)
    return folder, *answers


def books(read):
    return [file for file in read[1]["files"] if "SYNTHETIC_" in file["name"]]


def found(read, *rules):
    return {file["name"] for file in books(read) for problem in file["problems"] if problem["rule"] in rules}


FURTHER = {"unit_slip": "unit_slip", "letter_o": "letter_o", "above_whole": "above_whole"}


def planted(read, kind):
    """The workbooks with such an event: those of the enterprises, and those of the further forms by form and month."""
    own = {event["workbook"] for event in read[2]["events"] if event["kind"] == kind}
    marks = [f"_{fault['form']}_{fault['period']}" for fault in read[2]["further_faults"] if fault["kind"] == FURTHER.get(kind)]
    sent = [file for file in books(read) for mark in marks if mark in file["name"] and any(p["effect"] != "warn" for p in file["problems"])]
    assert set(marks) == {mark for file in sent for mark in marks if mark in file["name"]}
    return own | {file["name"] for file in sent}


def test_every_workbook_of_every_unit_is_accepted(read):
    assert len(books(read)) > 300
    assert {file["state"] for file in books(read)} <= {"accepted", "partial"}
    assert not any(file["faults"] for file in books(read))


def test_form_unit_and_period_are_read_as_they_were_sent(read):
    from yunxing.packs.forms import load_forms

    forms = sorted(load_forms(PACK), key=len, reverse=True)
    assert len({file["form"] for file in books(read)}) > 25
    for file in books(read):
        name = file["name"].rpartition("/")[2]
        form = next(form for form in forms if f"_{form}_" in name)
        assert (file["form"], file["unit"]) == (form, name.split("_")[1])
        year_month = name.removesuffix(".xlsx").partition(f"_{form}_")[2][:7]
        assert file["period"] in (year_month, f"{year_month[:4]}-01..02")


def test_typing_errors_are_blocked_where_they_were_planted_and_nowhere_else(read):
    assert planted(read, "letter_o")
    assert found(read, "bad_value") == planted(read, "letter_o")


def test_slips_of_the_unit_are_held_where_they_were_planted_and_nowhere_else(read):
    assert planted(read, "unit_slip")
    assert found(read, "unit_slip", "difference") == planted(read, "unit_slip")


def test_stale_repeats_are_questioned_where_they_were_planted_and_nowhere_else(read):
    assert planted(read, "stale_repeat")
    assert found(read, "stale") == planted(read, "stale_repeat")


def test_no_other_problem_is_found(read):
    """No habit of a unit, no seasonal swing, no shortage and no stoppage is taken for an error."""
    rules = {problem["rule"] for file in books(read) for problem in file["problems"]}

    assert rules <= {"bad_value", "unit_slip", "difference", "stale", "not_above", "growth"}
    asked = [problem for file in books(read) for problem in file["problems"] if problem["rule"] == "growth"]
    assert len(asked) * 50 < sum(file["rows"] for file in books(read)), "a change is rarely beyond what is usual"
    assert found(read, "not_above") == planted(read, "above_whole")


def test_corrections_and_late_rows_arrive(read):
    supplements = [file for file in books(read) if "supplement" in file["name"]]

    assert supplements
    assert all(file["state"] == "accepted" and file["rows"] for file in supplements)


def test_the_whole_year_sent_again_adds_and_revises_nothing_although_some_figures_were_corrected_in_between(read):
    """A workbook sent again is no correction: a figure that a later workbook corrected stays corrected."""
    first, again = read[1], read[3]

    assert any(file.get("revised") for file in first["files"])
    assert [(file["name"], file["added"], file["revised"]) for file in again["files"] if file.get("added") or file.get("revised")] == []
