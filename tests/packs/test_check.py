"""`pack check`: the first plan holds; every planted fault is refused with its file, its line, what was found and what is near."""

import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from pack_cast import PLAN, change
from yunxing.packs.attach import attach
from yunxing.packs.check import check
from yunxing.packs.check_text import claimed_numbers, numbers_of
from yunxing.packs.coverage import STATES, coverage
from yunxing.packs.pack import load_pack
from yunxing.packs.strict import PackFault
from yunxing.values.errors import DoesNotHold

BAD = sorted((Path(__file__).parent / "bad").glob("*.toml"))


def test_the_first_plan_holds_without_its_text(plan):
    report = check(plan, None)

    assert [str(fault) for fault in report.faults] == []
    assert report.holds
    assert report.text is None


@pytest.mark.shared
def test_the_first_plan_holds_against_its_text(plan, attached):
    """28 measures, 76 sentences, all 85 office mentions, every quote found, every number claimed or explained."""
    report = check(plan, attached)

    assert [str(fault) for fault in report.faults] == []
    assert {name: report.text[name] for name in ("measures", "sentences", "office_mentions")} == {
        "measures": 28,
        "sentences": 76,
        "office_mentions": 85,
    }
    assert report.text["numbers"] == report.text["numbers_of_commitments"] + report.text["numbers_explained"]


@pytest.mark.shared
def test_every_claim_stands_where_the_number_stands(plan, attached):
    """Second oracle: walk the text digit by digit; each number lies in the quote that claims it."""
    claimed = claimed_numbers(plan, attached)

    assert set(claimed) == {number.start for number in numbers_of(attached)}
    for number in numbers_of(attached):
        by = claimed[number.start]
        if by != "not":
            span = attached.span(plan.commitment(by).key)
            assert span.start <= number.start < span.end


def needs(path):
    """The official text, for the faults that only it shows."""
    return [pytest.mark.shared] if 'text = "official"' in path.read_text(encoding="utf-8") else []


@pytest.mark.parametrize("bad", [pytest.param(path, marks=needs(path), id=path.stem) for path in BAD])
def test_a_planted_fault_is_refused(bad, tmp_path, request):
    """Each file of `bad/` says what is wrong, where it is planted and what must be said."""
    planted = tomllib.loads(bad.read_text(encoding="utf-8"))
    folder = Path(shutil.copytree(PLAN, tmp_path / "pack"))
    change(folder, planted["file"], planted["find"], planted["replace"])
    found = faults_of(folder, request.getfixturevalue("official") if planted["text"] == "official" else None)

    expected = planted["expect"]
    said = [fault for fault in found if all(words in fault for words in expected["says"])]
    assert said, f"{planted['what']} Found instead:\n" + "\n".join(found)
    assert expected["file"] in said[0]
    if "line_of" in expected:
        text = (folder / expected["file"]).read_text(encoding="utf-8")
        line = text[: text.index(expected["line_of"])].count("\n") + 1
        assert re.search(rf"line {line}[,:]", said[0]), said[0]


def faults_of(folder, official):
    """What `pack check` says about a pack, whichever way it refuses."""
    try:
        pack = load_pack(folder)
        text = attach(pack, official.read_bytes(), "text") if official else None
        return [str(fault) for fault in check(pack, text).faults]
    except PackFault as refused:
        return [str(fault) for fault in refused.faults]
    except DoesNotHold as refused:
        return [str(fault) for fault in refused.faults]


def test_the_bad_folder_covers_what_the_design_names():
    names = {path.stem for path in BAD}

    assert {
        "wrong_number",
        "quote_from_another_clause",
        "unknown_office",
        "unknown_key",
        "missing_level",
        "narrative_not_declared",
    } <= names


# ---- the template: an invented text, so nothing here needs the official one ----


def template_report(folder):
    pack = load_pack(folder)
    return check(pack, attach(pack, (folder / "official.txt").read_bytes(), "official.txt"))


def test_the_template_holds(template):
    assert [str(fault) for fault in template_report(template).faults] == []


def test_faults_of_several_kinds_are_told_together(template):
    change(template, "measures.toml", 'offices = ["IIT", "FIN"]', 'offices = ["FIN", "IIT"]')
    change(template, "commitments.toml", 'value = "12 亿元"', 'value = "21 亿元"')
    change(template, "commitments.toml", 'value = "5 天"', 'value = "5 周"')
    found = "\n".join(str(fault) for fault in template_report(template).faults)

    assert "as the bracket of measure 1 lists them" in found
    assert "'21 亿元'" in found
    assert "the unit '周'" in found


def test_faults_of_several_files_are_told_together(template):
    change(template, "pack.toml", "plan_year = 2030", 'plan_year = "2030"')
    change(template, "measures.toml", "lead_basis", "leadbasis")
    with pytest.raises(PackFault) as refused:
        load_pack(template)

    assert {Path(fault.file).name for fault in refused.value.faults} == {"pack.toml", "measures.toml"}


def test_a_name_the_bracket_prints_and_no_office_has(template):
    change(template, "offices.toml", 'short = "市财政局"', 'short = "市财局"')
    found = "\n".join(str(fault) for fault in template_report(template).faults)

    assert "no office named 市财政局" in found
    assert "did you mean '市财局'?" in found


def test_a_quote_that_stands_twice_is_asked_to_be_longer(template):
    text = (
        (template / "official.txt")
        .read_text(encoding="utf-8")
        .replace("力争全年完成投资12亿元。", "力争全年完成投资12亿元,完成投资12亿元。")
    )
    retext(template, text)
    found = "\n".join(str(fault) for fault in template_report(template).faults)

    assert "stands 2 times in 1/1b" in found


def test_a_new_number_in_the_text_is_not_overlooked(template):
    """New unclaimed text fails the check."""
    text = (template / "official.txt").read_text(encoding="utf-8").replace("鼓励企业节约用能", "鼓励企业节约用能10%")
    retext(template, text)
    (fault,) = template_report(template).faults

    assert "the number 10 in" in fault.found
    assert fault.place == "clause 2/2"


def test_a_bound_owned_by_the_band_next_to_it_is_strict_only_then(template):
    """N2: 以下 includes, unless the adjoining band carries （含）."""
    change(template, "commitments.toml", 'verb = "最高"\ncomparator = "le"', 'verb = "最高"\ncomparator = "lt"')
    assert any("'lt' for 最高" in str(fault) for fault in template_report(template).faults)


def retext(template, text):
    """Another official text for the template, with its hash."""
    import hashlib

    pack = template / "pack.toml"
    old = hashlib.sha256((template / "official.txt").read_bytes()).hexdigest()
    (template / "official.txt").write_text(text, encoding="utf-8")
    pack.write_text(pack.read_text(encoding="utf-8").replace(old, hashlib.sha256(text.encode()).hexdigest()), encoding="utf-8")


def test_what_is_planned_and_exists_is_a_warning_not_a_fault(template):
    """A later step that forgets to drop the word planned is reminded."""
    (template / "cases.toml").write_text("", encoding="utf-8")
    (template / "documents.toml").write_text(
        '[[document]]\nid = "rules"\ntitle = "办法"\ntitle_en = "Rules"\nclause = "2/1b"\nowner = "FIN"\ncycle = "once"\nstatus = "promised"\n',
        encoding="utf-8",
    )
    (template / "cases.toml").unlink()
    change(template, "measures.toml", '"planned:policy:m02_hardship_aid"', '"planned:document:rules"')
    report = template_report(template)

    assert report.holds
    assert [warning.expected for warning in report.warnings] == ["'document:rules': it exists in documents.toml, line 1"]


def test_a_part_becomes_executed_when_what_executes_it_exists(template):
    (template / "documents.toml").write_text(
        '[[document]]\nid = "rules"\ntitle = "办法"\ntitle_en = "Rules"\nclause = "2/1b"\nowner = "FIN"\ncycle = "once"\nstatus = "promised"\n',
        encoding="utf-8",
    )
    change(template, "measures.toml", '"planned:policy:m02_hardship_aid"', '"document:rules"')
    change(template, "commitments.toml", '"planned:policy:m02_hardship_aid"', '"document:rules"')
    report = template_report(template)

    assert report.faults == ()
    assert report.coverage.measures[1].parts == {"2/1a": "planned", "2/1b": "executed", "2/2": "narrative"}
    assert report.coverage.measures[1].sentences == {1: "planned", 2: "narrative"}


def test_the_report_prints_28_rows_and_is_json(plan):
    report = check(plan, None)
    lines = report.lines()
    rows = [line for line in lines if line[:2].strip().isdigit()]

    assert len(rows) == 28
    assert any("Coal supply" in row and "煤炭保供" in row for row in rows)
    data = json.loads(json.dumps(report.to_json()))
    assert [measure["number"] for measure in data["coverage"]["measures"]] == list(range(1, 29))
    assert sum(data["coverage"]["counts"]["parts"].values()) == 137
    assert set(data["coverage"]["counts"]["parts"]) == set(STATES)


def test_coverage_needs_no_text_and_no_check(template):
    assert coverage(load_pack(template)).headings["planned"] == 2
