"""Forms are read strictly: what the keys alone cannot say is checked, and every fault of every form comes at once."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from facts_cast import FORMS, PACK
from yunxing.packs.forms import load_form, load_forms
from yunxing.packs.strict import PackFault

GOOD = (PACK / "forms" / "coal_day.toml").read_text(encoding="utf-8")


def faults(tmp_path: Path, *changes: tuple[str, str], name: str = "coal_day") -> list[str]:
    """The faults of coal_day.toml with texts replaced."""
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PackFault) as refused:
        load_form(path)
    return [str(fault) for fault in refused.value.faults]


def test_the_forms_of_the_contract_are_there():
    assert set(FORMS) >= {"enterprise_month", "project_month", "coal_day", "port_month", "growth_point_month", "listing_month"}
    assert [option.id for option in FORMS["listing_month"].item("board").options] == ["SSE", "SZSE", "STAR", "ChiNext", "BSE", "NEEQ"]
    assert [option.id for option in FORMS["growth_point_month"].item("route").options] == ["monthly", "annual"]


def test_tolerances_are_exact():
    balance = FORMS["coal_day"].checks[0]

    assert balance.tolerance == Fraction(1, 200)
    assert balance.least == Decimal(1)
    assert FORMS["coal_day"].checks[1].tolerance == 0


@pytest.mark.parametrize("key", ["level", "origin", "personal", "retain", "source"])
def test_an_item_without_its_marks_is_refused(tmp_path, key):
    line = next(line for line in GOOD.splitlines() if line.startswith(f"{key} = "))

    assert any(key in fault for fault in faults(tmp_path, (line + "\n", "")))


def test_a_form_without_its_legal_heading_is_refused(tmp_path):
    start, end = GOOD.index("[legal]"), GOOD.index("[[items]]")

    assert any("legal" in fault for fault in faults(tmp_path, (GOOD[start:end], "")))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('unit = "吨"', 'unit = "顿"', "顿"),
        ('unit = "吨"', 'unit = "万元"', "stored as fen"),
        ('stored = "kg"', 'stored = "fen"', "kg"),
        ('"opening", "receipts"', '"opening", "receipt"', "did you mean 'receipts'"),
        ("signs = [1, 1, -1, -1, -1]", "signs = [1, 1, -1]", "3 signs"),
        ('reported = ["day"]', 'reported = ["month"]', "only day on a form of cycle day"),
        ("county = 8", "county = 3", "reporter before county before city"),
        ('id = "coal_day"', 'id = "coal_days"', "the name of the file"),
        ('id = "receipts"', 'id = "opening"', "two items of this id"),
        ("level = 2", "level = 5", "less than or equal to 4"),
        ('retain = "10 年"', 'retain = "long"', "retain"),
        ('least = "1"', "least = 1.5", "decimal point"),
        ("required = false", "requird = false", "did you mean 'required'"),
        ('type = "volume"', 'type = "choice"', "options"),
    ],
)
def test_planted_faults_are_named(tmp_path, old, new, said):
    found = faults(tmp_path, (old, new))

    assert any(said in fault for fault in found), found


def test_all_faults_of_all_forms_come_at_once(tmp_path):
    folder = tmp_path / "forms"
    folder.mkdir()
    for name in ("a_form", "b_form"):
        (folder / f"{name}.toml").write_text('id = "other"\n', encoding="utf-8")

    with pytest.raises(PackFault) as refused:
        load_forms(tmp_path)

    assert {Path(fault.file).stem for fault in refused.value.faults} == {"a_form", "b_form"}
    assert len(refused.value.faults) > 10


def test_a_pack_without_forms_is_told(tmp_path):
    with pytest.raises(PackFault, match="no form"):
        load_forms(tmp_path)
