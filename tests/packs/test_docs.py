"""The glossary and the conventions say what the plan and the tests say."""

import re

import pytest

from pack_cast import ROOT
from yunxing.packs.plan import clause_key

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in GLOSSARY.splitlines()
    if line.startswith("| ") and "---" not in line
][1:]


def conventions():
    """Every numbered convention: its code and the page it stands on."""
    found = {}
    for page in sorted((ROOT / "docs" / "conventions").glob("*.md")):
        for code in re.findall(r"\*\*([A-Z]\d+)\*\*", page.read_text(encoding="utf-8")):
            assert code not in found, f"{code} stands on {found.get(code)} and on {page.name}"
            found[code] = page.name
    return found


def test_each_word_of_the_glossary_stands_once_with_its_chinese_and_its_meaning():
    assert len({row[0] for row in ROWS}) == len(ROWS)
    assert all(len(row) == 4 and all(row) for row in ROWS)


def test_clauses_of_the_glossary_exist(plan):
    sentences = {(key.measure, key.sentence) for key in plan.parts} | {(measure.number, 0) for measure in plan.measures}
    for word, _, _, clause in ROWS:
        if clause == "—":
            continue
        document, _, rest = clause.partition("/")
        assert document == plan.document.short_number, word
        key = clause_key(rest if "/" in rest else f"{rest}/0")
        assert (key.measure, key.sentence) in sentences, word


@pytest.mark.shared
def test_words_of_the_glossary_stand_in_the_clause_they_name(attached):
    """A word of the plan is found where the glossary says; 、 and … part several forms of it."""
    lost = []
    for word, chinese, _, clause in ROWS:
        if clause == "—":
            continue
        rest = clause.partition("/")[2]
        measure, _, sentence = rest.partition("/")
        text = attached.sentence(clause_key(rest)) if sentence else attached.measures[int(measure) - 1].span.of(attached.text)
        text += attached.sentence(clause_key(f"{measure}/0"))
        forms = [form.strip("…") for form in chinese.split("、")]
        if not any(form in text for form in [chinese, *forms]):
            lost.append(f"{word}: {chinese} is not in {clause}")

    assert lost == []


def test_conventions_are_numbered_without_gaps():
    found = conventions()
    for letter in {code[0] for code in found}:
        numbers = sorted(int(code[1:]) for code in found if code[0] == letter)
        assert numbers == list(range(1, len(numbers) + 1)), letter


def test_conventions_cited_anywhere_exist():
    found = conventions()
    for folder in ("src", "tests", "plans", "docs"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".toml", ".md") and path.is_file():
                text = path.read_text(encoding="utf-8")
                cited = [
                    code
                    for group in re.findall(r"[Cc]onventions? ((?:[A-Z]\d+(?:, | and )?)+)", text)
                    for code in re.findall(r"[A-Z]\d+", group)
                ]
                assert [code for code in cited if code not in found] == [], path


@pytest.mark.parametrize("code", ["P1", "P2", "P4", "P6", "P7", "N2"])
def test_the_conventions_of_packs_are_cited_by_a_test(code):
    tests = [path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "packs").glob("*.py") if path.name != "test_docs.py"]

    assert any(re.search(rf"\b{code}\b", text) for text in tests)
