"""The page of forms and the forms say the same: every item named there exists as it is named, and every form's clauses are sentences of the plan."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from facts_cast import FORMS, PACK
from yunxing.packs.pack import load_pack

PAGE = Path(__file__).parents[2] / "docs" / "forms.md"
KINDS = {"m": "month", "c": "cumulative", "d": "day", "e": "event"}
ROWS = [line.split("|")[1:4] for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| \d", line)]
NAMED = [(clause.strip(), name) for clauses, _, names in ROWS for clause in clauses.split(",") for name in names.strip().split(", ")]


@pytest.mark.parametrize(("clause", "name"), NAMED)
def test_an_item_of_the_page_is_on_its_form_as_it_is_named(clause, name):
    form_id, item_id, kinds, last_year = re.fullmatch(r"(\w+)\.(\w+)((?:/[mcde])+)(\+ly)?", name).groups()  # type: ignore[union-attr]
    item = FORMS[form_id].item(item_id)

    assert tuple(KINDS[letter] for letter in kinds[1:].split("/")) == item.reported
    assert item.last_year == bool(last_year)
    assert clause in FORMS[form_id].clauses


def test_every_clause_of_a_form_is_a_part_of_the_plan_and_on_the_page():
    parts = {part.clause for measure in load_pack(PACK).measures for part in measure.parts}
    shown = {clause for clause, _ in NAMED}

    for form in FORMS.values():
        assert set(form.clauses) <= parts, form.id
        assert set(form.clauses) <= shown, form.id
