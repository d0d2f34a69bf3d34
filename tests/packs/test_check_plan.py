"""What `pack check` sees without the official text, one planted fault at a time, on the template."""

import pytest

from pack_cast import change
from yunxing.packs.check_plan import plan_faults
from yunxing.packs.pack import load_pack

DOCUMENT = (
    '[[document]]\nid = "rules"\ntitle = "办法"\ntitle_en = "Rules"\nclause = "2/1b"\nowner = "FIN"\ncycle = "once"\nstatus = "promised"\n'
)
ROSTER = (
    '[[list]]\nid = "key_projects"\ntitle = "项目"\ntitle_en = "Projects"\nclause = "1/1a"\nowner = "IIT"\nparty = "project"\nlevel = 2\n'
    'origin = "dispatch"\npersonal = false\nretain = "5 年"\n'
)

FAULTS = {
    "two bodies with one name": ("offices.toml", 'short = "市财政局"', 'short = "市工业和信息化局"', "the name 市工业和信息化局 a second time"),
    "a signatory nobody knows": ("pack.toml", '["IIT", "FIN"]', '["IIT", "FIM"]', "did you mean 'FIN'?"),
    "a signatory that did not sign": ("offices.toml", "signatory = true", "signatory = false", "a body marked signatory"),
    "a body marked signatory that is not among them": ("pack.toml", 'signatories = ["IIT", "FIN"]', 'signatories = ["IIT"]', "FIN as a signatory"),
    "a body that carries work without a reason": ("offices.toml", 'why = "an addressee of the plan: it reports and carries out in its area"', "", "without a reason"),
    "a unit that does not report": ("offices.toml", 'unit = "990121"', 'unit = "990122"', "did you mean '990121'?"),
    "a city that is no region": ("pack.toml", 'city_region = "990100"', 'city_region = "990101"', "'990101'"),
    "a measure numbered twice": ("measures.toml", "number = 2\n", "number = 1\n", "missing: [2]"),
    "a section that holds no measure": ("measures.toml", "measures = [2, 2]", "measures = [3, 3]", "each of 1 to 2 in one section"),
    "a measure under another section": ("measures.toml", 'number = 2\nsection = "二"', 'number = 2\nsection = "一"', "section '二', which holds measure 2"),
    "a body twice in a bracket": ("measures.toml", '["IIT", "FIN"]', '["IIT", "FIN", "IIT"]', "each body once"),
    "one body jointly": ("measures.toml", 'offices = ["IIT", "FIN"]\nwords = "joint"', 'offices = ["IIT"]\nwords = "joint"', "'joint' for 1 bodies"),
    "several bodies alone": ("measures.toml", 'words = "joint"', 'words = "sole"', "'sole' for 2 bodies"),
    "a lead by position": ("measures.toml", 'words = "joint"\n', 'words = "joint"\nlead = "IIT"\n', "lead 'IIT' with lead_basis 'none'"),
    "a sole body that does not lead": ("measures.toml", 'lead = "FIN"\n', "", "lead None with lead_basis 'sole'"),
    "an explicit lead the words do not name": ("measures.toml", 'lead_basis = "sole"', 'lead_basis = "explicit"', "with lead_basis 'explicit'"),
    "a decided lead outside the bracket": ("measures.toml", 'lead_basis = "none"', 'lead = "C990121"\nlead_basis = "decided"', "with lead_basis 'decided'"),
    "a clause of another measure": ("measures.toml", 'clause = "2/2"', 'clause = "1/2"', "clause 1/2 in measure 2"),
    "a letter left out": ("measures.toml", 'clause = "1/1b"', 'clause = "1/1c"', "clause 1/1c after 1/1a"),
    "a sentence left out": ("measures.toml", 'clause = "2/2"', 'clause = "2/3"', "clause 2/3 after 2/1b"),
    "executed and narrative": ("measures.toml", 'narrative = "encourages', 'executed_by = ["planned:case:a"]\nnarrative = "encourages', "both executed and narrative"),
    "executed by nothing": ("measures.toml", 'executed_by = ["planned:indicator:coal_days"]\n', "", "2/1a executed by nothing"),
    "narrative without being declared": ("pack.toml", '"2/2" = "encourages; no act of the city is promised"', "", "2/2 as narrative"),
    "declared narrative and executed": ("measures.toml", 'narrative = "encourages; no act of the city is promised"', 'executed_by = ["planned:case:a"]', "2/2 declared narrative"),
    "a count of sentences that the parts do not keep": ("pack.toml", "sentences = 3", "sentences = 4", "3 sentences"),
    "an id that does not exist": ("measures.toml", '"planned:indicator:coal_days"', '"indicator:coal_days"', "write planned:indicator:coal_days"),
    "a commitment shown by nothing": ("commitments.toml", 'shown_by = "planned:indicator:coal_days"', 'shown_by = "indicator:coal_days"', "'indicator:coal_days'"),
    "a commitment twice": ("commitments.toml", 'id = "hardship_cap"', 'id = "coal_days_floor"', "'coal_days_floor' a second time"),
    "a commitment in no clause": ("commitments.toml", 'clause = "2/1b"', 'clause = "2/7"', "a clause of measures.toml"),
    "a value without a number": ("commitments.toml", 'value = "30 个"', 'value = "若干"', "a number with its unit"),
    "an explanation in no clause": ("commitments.toml", 'clause = "head"', 'clause = "3/1"', "a sentence of measures.toml, head or tail"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "says"), FAULTS.values(), ids=[name.replace(" ", "-") for name in FAULTS])
def test_a_planted_fault_is_told_with_its_file_and_line(template, file, old, new, says):
    assert plan_faults(load_pack(template)) == []
    change(template, file, old, new)
    found = [str(fault) for fault in plan_faults(load_pack(template))]

    assert [fault for fault in found if says in fault], found
    assert all("line " in fault or "the file" in fault for fault in found)


def test_a_target_with_an_indicator_has_a_day(template):
    (template / "indicators.toml").write_text("", encoding="utf-8")
    change(template, "commitments.toml", "due = 2030-12-31\n", "")
    change(template, "commitments.toml", '"planned:indicator:project_investment"', '"indicator:project_investment"')
    found = "\n".join(str(fault) for fault in plan_faults(load_pack(template)))

    assert "the target investment_year without a day" in found


@pytest.mark.parametrize(
    ("file", "content", "old", "new", "says"),
    [
        ("documents.toml", DOCUMENT, 'owner = "FIN"', 'owner = "FIM"', "did you mean 'FIN'?"),
        ("documents.toml", DOCUMENT, 'clause = "2/1b"', 'clause = "9/1"', "a clause of measures.toml"),
        ("lists/rosters.toml", ROSTER, 'owner = "IIT"', 'owner = "ITT"', "the office 'ITT'"),
        ("lists/rosters.toml", ROSTER, 'clause = "1/1a"', 'clause = "1/9"', "a clause of measures.toml"),
    ],
)
def test_papers_and_lists_have_known_owners_and_clauses(template, file, content, old, new, says):
    path = template / file
    path.write_text(content, encoding="utf-8")
    assert [fault for fault in plan_faults(load_pack(template)) if fault.severity == "block"] == []

    path.write_text(content.replace(old, new), encoding="utf-8")
    assert any(says in str(fault) for fault in plan_faults(load_pack(template)))


def test_a_section_that_its_loader_refuses_is_told_among_the_others(template):
    """All problems at once: the loader's fault and the plan's own."""
    (template / "cases.toml").write_text('[[case]]\nid = "a"\n', encoding="utf-8")
    change(template, "measures.toml", 'lead = "FIN"\n', "")
    found = [str(fault) for fault in plan_faults(load_pack(template))]

    assert any("cases.toml" in fault for fault in found)
    assert any("lead_basis 'sole'" in fault for fault in found)


def test_examples_that_cannot_be_read_are_told_among_the_others(template):
    (template / "commitments.examples.toml").write_text("[[exmaple]]\n", encoding="utf-8")

    assert any("did you mean 'example'" in str(fault) for fault in plan_faults(load_pack(template)))
