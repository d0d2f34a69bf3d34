"""Plant a fault everywhere one can stand: no change of a number, a quote or a body passes, and no damaged file ends in a crash."""

import dataclasses
import datetime as dt
import re
from fractions import Fraction

import pytest

from pack_cast import TEMPLATE
from yunxing.packs.attach import attach
from yunxing.packs.check import check
from yunxing.packs.check_text import _brackets, _document, _quotes
from yunxing.packs.pack import load_pack
from yunxing.values.errors import Refusal


def with_commitment(pack, at, **change):
    changed = list(pack.commitments)
    changed[at] = changed[at].model_copy(update=change)
    for one in changed:
        one.__dict__.pop("key", None)
    return dataclasses.replace(pack, commitments=tuple(changed))


def with_measure(pack, at, **change):
    changed = list(pack.measures)
    changed[at] = changed[at].model_copy(update=change)
    return dataclasses.replace(pack, measures=tuple(changed))


@pytest.mark.shared
def test_every_number_changed_by_one_is_refused(plan, attached):
    """P4: 57 commitments, each with its number one higher."""
    passed = []
    for at, one in enumerate(plan.commitments):
        if one.said_as is not None:
            continue
        value = re.sub(r"\d+(?:\.\d+)?", lambda number: str(float(Fraction(number[0]) + 1)).removesuffix(".0"), one.value, count=1)
        assert value != one.value
        if not list(_quotes(with_commitment(plan, at, value=value), attached)):
            passed.append(one.id)

    assert passed == []


@pytest.mark.shared
def test_every_quote_taken_to_another_clause_is_refused(plan, attached):
    passed = []
    for at, one in enumerate(plan.commitments):
        other = next(two for two in plan.commitments if two.key.measure != one.key.measure and two.numbers != one.numbers)
        if not list(_quotes(with_commitment(plan, at, quote=other.quote), attached)):
            passed.append(one.id)

    assert passed == []


@pytest.mark.shared
def test_every_bracket_with_a_body_missing_or_moved_is_refused(plan, attached):
    """P6: 85 mentions; dropping any of them, or turning any bracket round, is seen."""
    for at, measure in enumerate(plan.measures):
        for gone in range(len(measure.offices)):
            offices = measure.offices[:gone] + measure.offices[gone + 1 :]
            assert list(_brackets(with_measure(plan, at, offices=offices), attached)), (measure.number, gone)
        if len(measure.offices) > 1:
            assert list(_brackets(with_measure(plan, at, offices=measure.offices[::-1]), attached)), measure.number


@pytest.mark.shared
@pytest.mark.parametrize(
    "change",
    [
        {"number": "滨发改工业〔2022〕165号"},
        {"title": "行动方案（征求意见稿）"},
        {"signatories": ("IIT", "DRC")},
        {"date": dt.date(2022, 5, 28)},
    ],
    ids=["number", "title", "signatories", "date"],
)
def test_the_document_changed_is_refused(plan, attached, change):
    changed = dataclasses.replace(plan, document=plan.document.model_copy(update=change))

    assert list(_document(plan, attached)) == []
    assert list(_document(changed, attached))


FILES = sorted(path.relative_to(TEMPLATE).as_posix() for path in TEMPLATE.rglob("*.toml"))


def outcome(folder):
    """What a user sees: held, refused, or faults; anything else raises here."""
    try:
        pack = load_pack(folder)
        report = check(pack, attach(pack, (folder / "official.txt").read_bytes(), "official.txt"))
    except Refusal as refused:
        return "refused" if str(refused) else "refused without a word"
    return "holds" if report.holds else "faults"


@pytest.mark.parametrize("file", FILES)
def test_a_line_lost_from_a_file_never_ends_in_a_crash(template, file):
    """Every line of every file of the template lost in turn: only remarks, blank lines and what may be absent can go unnoticed."""
    path = template / file
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    unnoticed = []
    assert outcome(template) == "holds"
    for at, line in enumerate(lines):
        path.write_text("".join(lines[:at] + lines[at + 1 :]), encoding="utf-8")
        seen = outcome(template)
        assert seen in ("holds", "faults", "refused")
        if line.startswith("#"):
            assert seen == "holds"
        elif seen == "holds" and line.strip():
            unnoticed.append(line.split("=")[0].strip())

    optional = {"due", "why", "unit", "names", "level", "parent", "[in_force]"}
    if file == "cases.toml":  # a table of cases may ask for less, and a list of rungs or results may be shorter
        optional |= {"receipt", "source", "rung", "takes", "effects", "needs", "{ name"}
    assert set(unnoticed) <= optional, unnoticed


@pytest.mark.parametrize("file", FILES)
def test_an_empty_file_is_refused(template, file):
    (template / file).write_text("", encoding="utf-8")

    assert outcome(template) != "holds"
