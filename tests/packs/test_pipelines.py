"""`pipelines/*.toml`, activities, command and emergency rules: what is read, and a fault planted wherever one can stand."""

import shutil

import pytest

from pack_cast import PLAN, change
from yunxing.packs.activities import load_activities, load_papers, load_walked
from yunxing.packs.check import check
from yunxing.packs.command import load_command, load_emergency
from yunxing.packs.demonstration import load_demonstration
from yunxing.packs.pack import load_pack
from yunxing.packs.pipelines import load_pipelines
from yunxing.packs.strict import PackFault


@pytest.fixture
def copy(tmp_path):
    """A copy of the first plan that a test may damage."""
    return shutil.copytree(PLAN, tmp_path / "pack")


def faults(load, folder):
    with pytest.raises(PackFault) as refused:
        load(folder)
    return [str(one) for one in refused.value.faults]


def test_every_pipeline_of_the_plan_is_read(plan):
    found = load_pipelines(PLAN)

    assert len(found) == 33
    assert found["project_stages"].stage("started").early == "早开工"
    assert [one.id for one in found["first_permits"].way] == ["received", "accepted", "reviewing", "granted", "delivered"]
    assert found["labour_tier"].stage("visited").limit_days == 2
    assert {one.clause for one in found.values()} <= {part.clause for part in plan.parts.values()}


def test_the_straight_way_needs_no_steps_written():
    listing = load_pipelines(PLAN)["listing"]
    straight = [(one.sources, one.to) for one in listing.steps if one.name.startswith("to_")]

    assert straight == [((a.id,), b.id) for a, b in zip(listing.way, listing.way[1:], strict=False)]
    assert listing.step("to_listed").needs == ("evidence",)


def test_every_row_of_an_activity_or_paper_is_there(plan):
    activities, papers = load_activities(PLAN), load_papers(PLAN)

    assert len(activities) == 16
    assert set(papers) == {"unit_platform_joining", "programme_rules", "quota_bank_rules", "listing_plan"}
    assert set(load_walked(PLAN)) >= {f"activity_{name}" for name in activities} | {f"document_{name}" for name in papers}
    assert all(not one.limits for one in activities.values()), "an activity never breaches anything"
    assert activities["hiring_events"].every == "month"


def test_the_whole_pack_holds():
    report = check(load_pack(PLAN), None)

    assert report.holds, report.lines()


PROJECTS, PERMITS, MATTERS, FIRMS = (f"pipelines/{name}.toml" for name in ("projects", "permits", "matters", "firms"))


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (PROJECTS, 'ends = ["at_capacity", "withdrawn"]', 'ends = ["at_capasity", "withdrawn"]', "did you mean 'at_capacity'"),
        (PROJECTS, 'good = ["at_capacity"]', 'good = ["done"]', "good names 'done'"),
        (PROJECTS, 'ends = ["at_capacity", "withdrawn"]', 'ends = ["at_capacity"]', "'withdrawn' is a dead end"),
        (PROJECTS, 'from = ["idea", "preparing", "stalled"]\nto = "withdrawn"', 'from = ["idea"]\nto = "stalled"', "'withdrawn' cannot be reached"),
        (PROJECTS, 'fact = "least_depth"', 'fact = "leest_depth"', "did you mean 'least_depth'"),
        (PROJECTS, 'against = "design_depth"', 'value = 3\nagainst = "design_depth"', "either a value or another field"),
        (PROJECTS, 'id = "idea", title = "谋划"', 'id = "preparing", title = "谋划"', "the stage 'preparing' a second time"),
        (PROJECTS, 'limit = "10 工作日", limit_source', 'limit = "10天", limit_source', "not written like '10 工作日'"),
        (PROJECTS, ', limit_source = "room：线索 10 个工作日内对接"', "", "a limit without limit_source"),
        (PROJECTS, "slips = { blue = 0, yellow = 30, red = 60", "slips = { blue = 40, yellow = 30, red = 60", "do not rise from blue to red"),
        (PROJECTS, 'type = "choice", options = ["资金"', 'type = "text", options = ["资金"', "options belong to a choice"),
        (PROJECTS, 'type = "count", unit = "公里"', 'type = "count"', "a count without its unit"),
        (PERMITS, 'from = ["accepted"], until = ["granted", "refused"], source = "21/1b', 'from = ["acepted"], until = ["granted", "refused"], source = "21/1b', "acepted"),
        (PERMITS, 'pauses = ["promise", "statute"]', 'pauses = ["promis"]', "names 'promis'"),
        (PERMITS, 'resumes = ["promise", "statute"]', 'resumes = ["promise"]', "clock statute: it is paused and never resumed"),
        (PERMITS, 'pause_reasons = ["听证", "招标", "检验", "检测", "检疫", "鉴定", "专家评审"]', "pause_reasons = []", "pause_reasons is empty"),
        (PERMITS, 'field = "management", equals', 'field = "managment", equals', "managment"),
        (MATTERS, 'tier_fact = "shortage"', 'tier_fact = "short"', "tier_fact names 'short'"),
        (MATTERS, "{ from = 10, title", "{ from = 1, title", "tiers from [1, 1, 50, 100]"),
        (MATTERS, 'fact = "fiscal_part"', 'fact = "team"', "no number that can be compared"),
        (FIRMS, 'weight = "30%"', 'weight = "130%"', "not a percentage"),
        (FIRMS, 'id = "listing"', 'id = "above_scale_candidates"', "the id a second time"),
        (FIRMS, "plan_sheet = true", "plan_sheat = true", "plan_sheat"),
        (FIRMS, "version = 1", "version = 0", "greater than or equal to 1"),
    ],
)  # fmt: skip
def test_what_a_pipeline_may_not_be(copy, file, old, new, said):
    """Each fault is told with the file; nothing is dropped silently."""
    change(copy, file, old, new)
    found = faults(load_pipelines, copy)

    assert any(said in one and file.rsplit("/", 1)[1] in one for one in found), found


def test_the_faults_of_all_files_are_told_together(copy):
    change(copy, PROJECTS, 'good = ["at_capacity"]', 'good = ["x"]')
    change(copy, FIRMS, 'weight = "30%"', 'weight = "x"')

    assert len(faults(load_pipelines, copy)) == 2


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (PROJECTS, 'clause = "27/1c"\nowner = "DRC"', 'clause = "27/1c"\nowner = "DRCC"', "did you mean 'DRC'"),
        (PROJECTS, 'clause = "27/1c"', 'clause = "27/9c"', "'27/9c'"),
        (PROJECTS, 'roster = "key_projects"', 'roster = "key_project"', "did you mean 'key_projects'"),
        (PROJECTS, 'clause = "17/2b"', 'clause = "17/9"', "'17/9'"),
        (FIRMS, 'commitment = "above_scale_year"', 'commitment = "above_scale"', "did you mean"),
        ("activities.toml", 'opens = "foreign_projects"', 'opens = "foreign_project"', "did you mean 'foreign_projects'"),
        ("activities.toml", 'owner = "PBC"', 'owner = "PPC"', "'PPC'"),
        ("command.toml", 'office = "CMD"', 'office = "CMB"', "'CMB'"),
    ],
)
def test_names_that_lead_out_of_the_file_are_held_to_the_pack(copy, file, old, new, said):
    line = change(copy, file, old, new)
    report = check(load_pack(copy), None)
    told = [str(one) for one in report.faults]

    assert not report.holds
    assert any(said in one and f"line {line}" in one.replace(f"line {line + 1}", f"line {line}") for one in told), told


def test_a_pipeline_that_no_sentence_names_is_told(copy):
    change(copy, "measures.toml", '"pipeline:listing"', '"planned:pipeline:listing_other"', count=2)
    report = check(load_pack(copy), None)

    assert any("pipeline:listing, which no part of measures.toml names" in str(one) for one in report.warnings)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('every = "month"', 'every = "holiday"', "windows for holidays alone"),
        ('source = "20/4：月月有招聘荐岗"', "", "without a source"),
        ("from = 2022-04-30, to = 2022-05-04", "from = 2022-05-04, to = 2022-04-30", "a last day not before the first"),
        ('id = "project_guidance"', 'id = "diagnosis_visit"', "the id a second time"),
        ('every = "month"', 'every = "week"', "week"),
    ],
)
def test_what_an_activity_may_not_be(copy, old, new, said):
    change(copy, "activities.toml", old, new)

    assert any(said in one for one in faults(load_activities, copy))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('points = "2 个百分点"', 'points = "2%"', "points such as 2 个百分点"),
        ('percent = "20%"', 'percent = "two"', "a share such as 20%"),
        ('line = "2000 万元"', 'line = "2000"', "money such as 2000 万元"),
        ("slip_red_days = 10", "slip_red_days = 2", "red not before yellow"),
        ('id = "falling"', 'id = "overdue"', "the id a second time"),
        ('rule = "falling"', 'rule = "rising"', "rising"),
        ('still_gap = "-20 个百分点"', 'still_gap = "a lot"', "points such as -20 个百分点"),
    ],
)
def test_what_the_commands_rules_may_not_be(copy, old, new, said):
    change(copy, "command.toml", old, new)

    assert any(said in one for one in faults(load_command, copy))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [('id = "flood"', 'id = "epidemic"', "the id a second time"), ("retain_days = 30", "retain_days = 0", "retain_days")],
)
def test_what_emergency_rules_may_not_be(copy, old, new, said):
    change(copy, "emergency.toml", old, new)

    assert any(said in one for one in faults(load_emergency, copy))


def test_every_mode_has_a_basis_and_an_end():
    rules = load_emergency(PLAN)

    assert {one.id for one in rules.mode} == {"epidemic", "power_shortage", "flood"}
    assert all(one.bases and one.longest_days <= 30 for one in rules.mode)


def test_samples_stand_once_and_belong_to_something(copy):
    walked = {name.partition("_")[2] for name in load_walked(PLAN)}

    assert set(load_demonstration(PLAN)) <= walked
    change(copy, "demonstration.toml", 'of = "open_calls"', 'of = "transport_works"')
    assert any("a second time" in one for one in faults(load_demonstration, copy))


def test_a_pack_without_pipelines_has_no_faults_for_it(template):
    assert load_demonstration(template) == {}
    assert load_papers(template) == {}
    assert [str(one) for one in check(load_pack(template), None).faults if "pipeline" in str(one)] == []
