"""The template: rows of the sender, last period in grey, keys locked, cells that ask; nothing that answers for the reporter, nothing WPS cannot open. 合成数据."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from facts_cast import FAR, FORMS, PARTIES, UNITS, A, B, built, enterprise, laid, party, taken
from yunxing.engines.facts.layout import LAST_TITLE, Row
from yunxing.engines.registry.parties import Membership
from yunxing.flows.import_facts import Terms, import_facts
from yunxing.flows.make_template import make_template
from yunxing.io import tables
from yunxing.io.books import read_book
from yunxing.io.books.annotate import Note, annotate_book
from yunxing.io.store import registry
from yunxing.values.errors import BadInput

NOW = datetime(2022, 10, 5, 2, 0, tzinfo=UTC)
BANK = party("BANK-01", "bank", name="合成银行一", unit="")
# what WPS shows otherwise or not at all, or what runs on the reporter's machine
REFUSED_PARTS = re.compile(
    r"vbaProject|slicer|ctrlProps|threadedComment|persons/|externalLink|connections\.xml|richData|xl/metadata|activeX|embeddings|customXml"
)
REFUSED_XML = re.compile(rb"<f[ >/]|_xlfn|\bcm=\"|t=\"array\"|x14:|<extLst")


@pytest.fixture
def filled(home: Path, connection: Any) -> Path:
    """A home with parties, rosters and August's figures of A."""
    registry.write_parties(connection, [*PARTIES.values(), BANK])
    rosters = [
        ("above_scale", A),
        ("above_scale", B),
        ("above_scale", FAR),
        ("panel_100", A),
        ("banks", BANK.id),
        ("watched_credit", A),
        ("watched_credit", FAR),
    ]
    registry.write_memberships(connection, [Membership(roster, one, PARTIES.get(one, BANK).valid_from) for roster, one in rosters])
    august = taken(built("enterprise_month", [Row(A, "甲", enterprise("99.00", cumulative="800.00"))], month=8))[0].facts
    tables.append_batch(home, "2022-08", "enterprise_month", august)
    return home


def template(home: Path, out: Path, form: str, unit: str = "371681", month: int = 9) -> tuple[Any, Any]:
    """The template as the product reads it and as a spreadsheet library does."""
    make_template(home, FORMS[form], (2022, month), unit, units=UNITS, out=out)
    return read_book(out), openpyxl.load_workbook(out)


def rows_of(book: Any) -> list[list[Any]]:
    """The body rows with a code."""
    matched = laid(book)
    return [matched.sheet.rows[row] for row in matched.rows]


def refused(content: bytes) -> list[str]:
    """Every refused element of an .xlsx."""
    found = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            found += [name] if REFUSED_PARTS.search(name) else []
            if name.startswith("xl/") and name.endswith(".xml"):
                found += [f"{name}: {hit.decode()}" for hit in REFUSED_XML.findall(archive.read(name))]
    return found


def test_last_periods_figures_stand_in_grey_at_the_right_and_are_never_read(filled, tmp_path):
    book, workbook = template(filled, tmp_path / "t.xlsx", "enterprise_month")
    sheet = workbook.worksheets[0]
    heads = {
        str(cell.value): cell.column
        for row in sheet.iter_rows(min_row=6, max_row=7)
        for cell in row
        if str(cell.value).startswith(LAST_TITLE)
    }
    output = next(column for head, column in heads.items() if "工业总产值" in head and "累计" in head)
    row = next(n for n in range(8, 12) if sheet.cell(n, 1).value == A)

    assert sheet.cell(row, output).value == 800
    assert sheet.cell(row, output).font.color.rgb == "FF7F7F7F"
    assert min(heads.values()) > next(
        cell.column for row in sheet.iter_rows(min_row=6, max_row=7) for cell in row if cell.value == "情况说明"
    )
    matched = laid(book)
    assert {known.column.key for known in matched.head.columns} == {column.key for column in FORMS["enterprise_month"].columns()}
    assert all(text.startswith("上期数") for text in matched.extras)
    assert len(matched.extras) == len(heads) > 0


def test_keys_and_grey_columns_are_locked_figures_and_new_rows_are_free(filled, tmp_path):
    _, workbook = template(filled, tmp_path / "t.xlsx", "enterprise_month")
    sheet = workbook.worksheets[0]
    cause = next(cell.column for row in sheet.iter_rows(min_row=6, max_row=7) for cell in row if cell.value == "情况说明")

    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert [sheet.cell(8, column).protection.locked for column in range(1, sheet.max_column + 1)] == [
        column <= 2 or column > cause for column in range(1, sheet.max_column + 1)
    ]
    assert not sheet.column_dimensions["A"].protection.locked if hasattr(sheet.column_dimensions["A"], "protection") else True


def test_cells_ask_about_what_does_not_fit_and_let_words_stand(filled, tmp_path):
    _, workbook = template(filled, tmp_path / "t.xlsx", "enterprise_month")
    asked = workbook.worksheets[0].data_validations.dataValidation
    text = " ".join(str(one.error) for one in asked)

    assert {one.type for one in asked} == {"whole", "decimal"}
    assert {one.errorStyle for one in asked} == {"warning"}, "a cell may say — or 不适用"
    for item in FORMS["enterprise_month"].items:
        assert f"{item.title}（{item.unit}）" in text
    profit = next(one for one in asked if "利润总额" in str(one.error))
    output = next(one for one in asked if "工业总产值" in str(one.error))
    assert (profit.operator or "between", output.operator, output.formula1) == ("between", "greaterThanOrEqual", "0.0")


def test_no_target_forecast_or_expected_value_stands_beside_an_input(filled, tmp_path):
    """Statistics inspections look for figures that were given to the reporter: nothing but last period's own report stands there."""
    numbers: set[str] = set()
    for form in FORMS.values():
        if form.id == "public_series":
            continue
        month = 9
        make_template(filled, form, (2022, month), form.sender or "371681", units=UNITS, out=tmp_path / f"{form.id}.xlsx")
        workbook = openpyxl.load_workbook(tmp_path / f"{form.id}.xlsx")
        words = [str(cell.value) for sheet in workbook.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
        words += [str(one.error) + str(one.prompt) for one in workbook.worksheets[0].data_validations.dataValidation]
        words += [cell.comment.text for row in workbook.worksheets[0].iter_rows() for cell in row if cell.comment]
        told = [word for word in words if re.search(r"目标|预测|预期|预计|应达|计划完成|力争|时序|排名|全市平均", word)]
        assert [word for word in told if word not in form.note and not word.startswith("填报说明")] == []
        sheet = workbook.worksheets[0]
        numbers |= {str(cell.value) for row in sheet.iter_rows(min_row=8) for cell in row if isinstance(cell.value, int | float)}
    august = {Decimal(value) for value in ("99", "95", "800", "850", "880", "820", "-12.5", "30", "25", "30.7", "268", "12", "0")}
    assert {Decimal(number) for number in numbers} <= august, "only what A itself reported for August"


def test_the_heading_says_on_what_basis_it_is_asked(filled, tmp_path):
    book, _ = template(filled, tmp_path / "t.xlsx", "panel_month")
    texts = [value for row in book.sheets[0].rows[:6] for value in row if isinstance(value, str)]

    for start in ("表号：", "制定机关：", "批准（备案）文号：", "有效期至："):
        assert any(text.startswith(start) for text in texts)


def test_the_hidden_sheet_keeps_form_version_period_and_rows_with_a_check_value(filled, tmp_path):
    book, _ = template(filled, tmp_path / "t.xlsx", "enterprise_month")
    hidden = book.sheets[-1] if book.sheets[-1].name == "_yunxing" else next(sheet for sheet in book.sheets if sheet.name == "_yunxing")
    named = {str(row[0]): row[1] for row in hidden.rows[:7]}

    assert hidden.hidden
    assert (named["form"], named["period"], named["unit"], str(named["version"])) == ("enterprise_month", "2022-09", "371681", "1")
    assert [row[0] for row in hidden.rows[7:]] == [f"{one}|" for one in sorted((A, B))]
    assert laid(book).problems == []


@pytest.mark.parametrize("form", sorted(set(FORMS) - {"public_series"}))
def test_no_produced_file_holds_what_wps_cannot_open(filled, tmp_path, form):
    make_template(filled, FORMS[form], (2022, 9), FORMS[form].sender or "371681", units=UNITS, out=tmp_path / "t.xlsx")
    content = (tmp_path / "t.xlsx").read_bytes()

    assert refused(content) == []
    book = read_book(tmp_path / "t.xlsx")
    copy = annotate_book(book, content, [Note(book.sheets[0].name, 7, 2, "block", "核对")], tmp_path / "marked")
    assert refused(copy.read_bytes()) == []


def test_the_check_for_refused_elements_finds_them():
    import xlsxwriter

    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    workbook.add_worksheet().write_dynamic_array_formula("A1", "=UNIQUE(B1:B3)")
    workbook.close()

    assert refused(buffer.getvalue())


def test_a_form_of_an_office_lists_everyone_and_units_are_parties_of_their_own(filled, tmp_path):
    book, _ = template(filled, tmp_path / "a.xlsx", "loan_balance_month", unit="PBC")
    assert [row[0] for row in rows_of(book)] == sorted([A, FAR])
    book, _ = template(filled, tmp_path / "b.xlsx", "trade_month", unit="COM")
    assert [row[0] for row in rows_of(book)] == list(UNITS)
    book, _ = template(filled, tmp_path / "c.xlsx", "voucher_month", unit="HRSS")
    assert [(row[0], row[2]) for row in rows_of(book)] == [(unit, kind) for unit in UNITS for kind in ("普惠券", "定向券")]
    with pytest.raises(BadInput, match="没有填报单位"):
        make_template(filled, FORMS["trade_month"], (2022, 9), "371681", units=UNITS, out=tmp_path / "d.xlsx")


def test_second_keys_of_last_month_come_again(filled, tmp_path):
    loan = {"balance/value/month": 100, "overdue/value/month": 0}
    book = built("loan_balance_month", [Row(A, "甲", loan, detail="BANK-01")], month=8, unit=("PBC", "人民银行"))
    from yunxing.io.books import write_book

    write_book(book, tmp_path / "八月.xlsx")
    report = import_facts(filled, [tmp_path / "八月.xlsx"], FORMS, UNITS, terms=Terms(NOW))
    assert [one.state for one in report.files] == ["accepted"], report.files[0].problems

    again, _ = template(filled, tmp_path / "t.xlsx", "loan_balance_month", unit="PBC")
    assert [(row[0], row[2]) for row in rows_of(again)] == [(A, "BANK-01"), (FAR, None)]


def test_the_same_figures_sent_as_a_correction_are_unchanged(filled, tmp_path):
    """The known fault: a correction without a change counted as a revision."""
    from yunxing.io.books import write_book

    for name, output in (("一.xlsx", "100.00"), ("二.xlsx", "100.00"), ("三.xlsx", "100.20")):
        row = Row(A, "甲", enterprise(output))
        book = built("enterprise_month", [row])
        book.sheets[0].widths = {0: 20 + len(name) + ("二三".find(name[0]) + 1)}
        write_book(book, tmp_path / name)
    import_facts(filled, [tmp_path / "一.xlsx"], FORMS, UNITS, terms=Terms(NOW))

    same = import_facts(filled, [tmp_path / "二.xlsx"], FORMS, UNITS, terms=Terms(NOW, correction="企业自查更正"))
    changed = import_facts(filled, [tmp_path / "三.xlsx"], FORMS, UNITS, terms=Terms(NOW, correction="企业自查更正"))

    assert (same.files[0].state, same.files[0].revised, same.files[0].unchanged) == ("unchanged", 0, 13)
    assert (changed.files[0].revised, changed.files[0].unchanged) == (2, 11)
