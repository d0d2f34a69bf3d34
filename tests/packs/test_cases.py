"""Case tables of a pack: several files and sections, entries that are like others, versions and state maps, and every planted fault refused with its place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cases_cast import PACK, tables
from yunxing.packs.cases import load_cases
from yunxing.packs.pack import load_pack
from yunxing.packs.strict import PackFault

LIKE = """
[[{section}]]
id = "{id}"
version = {version}
like = "check_figure"
title = "别的"
title_en = "Another"
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    shutil.copy(PACK / "cases.toml", tmp_path)
    return tmp_path


def added(pack: Path, text: str, name: str = "cases/more.toml") -> Path:
    file = pack / name
    file.parent.mkdir(exist_ok=True)
    file.write_text((file.read_text(encoding="utf-8") if file.exists() else "") + text, encoding="utf-8")
    return pack


def refused(pack: Path) -> str:
    with pytest.raises(PackFault) as found:
        load_cases(pack)
    return str(found.value)


@pytest.mark.parametrize("kind", ["case", "pipeline", "activity"])
def test_one_schema_serves_cases_pipelines_and_activities_in_any_file(pack, kind):
    found = load_cases(added(pack, LIKE.format(section=kind, id="another", version=1)))["another"]

    assert (found.kind, found.title) == (kind, "别的")
    assert found.states == tables()["check_figure"].states
    assert (found.command, found.hours) == (tables()["check_figure"].command, tables()["check_figure"].hours)


def test_an_entry_keeps_what_it_says_itself(pack):
    like, base = (tables()[name] for name in ("coal_shortage", "check_enterprise"))

    assert like.edges == base.edges
    assert like.clock("answer").limit.text == "1 working day"
    assert base.clock("answer").limit.text == "5 working days"
    assert like.source != base.source


def test_the_newest_version_is_what_new_cases_begin_with(pack):
    added(pack, LIKE.format(section="case", id="check_figure", version=2))
    found = load_cases(pack)

    assert found["check_figure"].version == 2
    assert set(found.versions) >= {("check_figure", 1), ("check_figure", 2)}
    assert found["check_figure"].title == "别的"


def test_a_state_map_is_read_and_held_against_both_versions(pack):
    added(pack, LIKE.format(section="case", id="check_figure", version=2))
    added(pack, '\n[[upgrade]]\ndefinition = "check_figure"\nfrom = 1\nto = 2\n')

    assert load_cases(pack).maps["check_figure", 1, 2].of("working") == "working"


PLANTED = {
    "an id and version twice": (LIKE.format(section="case", id="whistle", version=1), "a second time"),
    "like what is not there": (LIKE.format(section="case", id="another", version=1).replace("check_figure", "check_figur"), "which no entry above defines"),
    "neither states nor like": ('\n[[case]]\nid = "bare"\nversion = 1\ntitle = "空"\ntitle_en = "Bare"\n', "no states or no edges"),
    "a map of no version": ('\n[[upgrade]]\ndefinition = "whistle"\nfrom = 1\nto = 9\n', "no version 9 of 'whistle'"),
    "a name with capitals": (LIKE.format(section="case", id="Another", version=1), "String should match"),
    "version nought": (LIKE.format(section="case", id="another", version=0), "greater than or equal to 1"),
    "an unknown key": (LIKE.format(section="case", id="another", version=1) + 'lede = "x"\n', "did you mean 'lead'"),
    "a lead of no kind": (LIKE.format(section="case", id="another", version=1) + 'lead = "loudest"\n', "named"),
    "a limit that is none": (
        LIKE.format(section="case", id="another", version=1)
        + 'clock = [{ name = "answer", title = "限", title_en = "L", limit = "soon", source = "room" }, { name = "part", title = "限", title_en = "L", limit = "1 day", source = "room", joint = true }]\n',
        "found 'soon', expected a limit such as",
    ),
    "days without source": (
        LIKE.format(section="case", id="another", version=1)
        + 'clock = [{ name = "answer", title = "限", title_en = "L", limit = "1 day", source = "" }, { name = "part", title = "限", title_en = "L", limit = "1 day", source = "room", joint = true }]\n',
        "the limit has no source",
    ),
    "a title left out": ('\n[[case]]\nid = "bare"\nversion = 1\nlike = "whistle"\ntitle = "空"\n', "title_en"),
}  # fmt: skip


@pytest.mark.parametrize("fault", PLANTED)
def test_bad(pack, fault):
    """What must be refused, with the file and the line."""
    text, said = PLANTED[fault]
    told = refused(added(pack, text))

    assert said in told
    assert "more.toml" in told
    assert "line" in told


CHANGED = {
    "office hours that are none": ('"08:30-12:00"', '"08:30-08:00"', "office hours"),
    "no desk": ("[desk]", "[desc]", "unknown key 'desc'"),
    "no command": ('command = "CMD"\n', "", "command"),
    "a float": ("version = 1", "version = 1.0", "decimal point"),
    "a guard that is none": ('guards = ["joint_done"]', 'guards = ["joint_dune"]', "found the guard 'joint_dune'"),
    "a ladder of no clock": ('{ clock = "answer", at = "due"', '{ clock = "anser", at = "due"', "'anser' is not among the clocks"),
    "a pause reason left out": ('needs = ["pause_reason"]', "needs = []", "needs a pause_reason"),
}


@pytest.mark.parametrize("fault", CHANGED)
def test_bad_in_the_plans_own_file(pack, fault):
    was, now, said = CHANGED[fault]
    file = pack / "cases.toml"
    text = file.read_text(encoding="utf-8")
    assert was in text
    file.write_text(text.replace(was, now), encoding="utf-8")

    assert said in refused(pack)


def test_all_faults_of_all_files_are_told_at_once(pack):
    added(pack, LIKE.format(section="case", id="another", version=1) + 'talk = { missed = 3, source = "" }\n')
    added(pack, LIKE.format(section="case", id="whistle", version=1), "cases/other.toml")
    told = refused(pack)

    assert "more.toml" in told
    assert "other.toml" in told


def test_the_first_plans_limits_each_say_what_they_rest_on():
    for definition in tables().values():
        assert all(one.source for one in definition.clocks), definition.id
        assert definition.source.removeprefix("156/")[:1].isdigit(), definition.id


def test_the_whistles_limits_are_the_screens_own():
    whistle = tables()["whistle"]
    limits = {one.name: one.limit.text for one in whistle.clocks}

    assert limits == {
        "accept": "1 working day", "sign": "4 office hours", "contact": "1 working day", "solve": "10 working days", "part": "7 working days",
        "confirm": "5 working days",
    }  # fmt: skip
    assert whistle.edge("extend").extends["solve"].text == "25 working days"
    assert [(one.at, one.to) for one in whistle.rungs("solve")] == [
        ("25% left", "lead"),
        ("due", "head"),
        ("3 working days after", "command"),
    ]


def test_the_command_and_every_lead_are_offices_of_the_plan():
    plan = load_pack(PACK)

    assert {one.command for one in tables().values()} <= set(plan.offices)


def test_the_template_has_case_tables_of_its_own_to_start_from():
    found = load_cases(PACK.parent / "_template")

    assert {"request", "signal_check"} <= set(found)
    assert all(one.command for one in found.values())
