"""Which form, month and reporting unit a workbook is of, and its rows: by the hidden sheet when it is whole, else by title and head.

The hidden sheet's check value tells whether it still belongs to what it was made for; a person may reorder, add and rename at will, so that
values are always taken by the head.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from yunxing.engines.facts.cells import fold
from yunxing.engines.facts.form import Effect, Form
from yunxing.engines.facts.heads import Head, find_head, head_text
from yunxing.engines.facts.layout import HIDDEN, FormPeriod, check_value, form_period
from yunxing.engines.facts.problems import Problem, Words
from yunxing.engines.facts.sheet import Book, Sheet
from yunxing.engines.facts.units import convertible, unit_of
from yunxing.values.errors import BadInput, nearest
from yunxing.values.period import JanFeb

TITLE_ROWS = 12
_PERIOD = re.compile(r"(20\d\d)年(?:1-)?(\d{1,2})月|(20\d\d)-(?:01\.\.)?(\d{2})(?!\d)")
_UNIT = re.compile(r"(?:填报单位|报送单位|填报地区|单位名称)[:：](.+)")
_TOTALS = {"合计", "总计", "小计", "全市合计", "全县合计", "本页合计"}
_MARKS = {"甲", "乙", "丙", "栏次", "行次"}


@dataclass(slots=True)
class Matched:
    """A workbook laid on a form. `rows` are the body rows with a code, `totals` the total rows; `problems` those of the whole book."""

    form: Form
    period: FormPeriod
    unit: str
    sheet: Sheet
    head: Head
    rows: list[int] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    keys: dict[int, str] = field(default_factory=dict)

    @property
    def extras(self) -> tuple[str, ...]:
        """Heads of the columns that mean nothing to the form; they are reported and ignored."""
        return tuple(text for _, text in self.head.extras)


@dataclass(slots=True)
class _Hidden:
    form: str
    version: str
    period: str
    unit: str
    body: int
    keys: list[str]
    whole: bool


def match_book(book: Book, forms: Mapping[str, Form], units: Mapping[str, str]) -> Matched | list[Problem]:
    """The book laid on one of the forms; `units` maps a reporting unit's code to its name. Problems alone when it cannot be laid on any."""
    hidden = _read_hidden(book)
    sheets = [sheet for sheet in book.sheets if not sheet.hidden and sheet.name != HIDDEN and sheet.rows] or book.sheets[:1]
    title_text = [head_text(value) for value in _title_cells(sheets[0])] if sheets else []
    form = _form(hidden, title_text, forms)
    if form is None:
        names = "、".join(f"《{known.title}》" for known in forms.values())
        found = next((text for text in title_text if text), "")
        return [
            _whole("no_form", sheets[0].name if sheets else "", found[:40], (names, ", ".join(known.title_en for known in forms.values())))
        ]
    for sheet in sheets:
        period = _period(form, hidden, [head_text(value) for value in _title_cells(sheet)])
        if period is None:
            continue
        head = find_head(sheet, form, first_of_year=isinstance(period, JanFeb))
        if head is not None:
            return _lay(Matched(form, period, "", sheet, head), hidden, units, book.name)
    if _period(form, hidden, title_text) is None:
        january = "（1—2月合并填报，没有 1 月）" if form.jan_feb else ""
        words = f"{form.title}的报告期，如“2022年9月”{january}"
        return [_whole("no_period", sheets[0].name, title_text[0][:40] if title_text else "", (words, "a month such as 2022年9月"))]
    return [_whole("no_head", sheets[0].name, "", (f"《{form.title}》的表头", f"the head of {form.title_en}"))]


def _lay(matched: Matched, hidden: _Hidden | None, units: Mapping[str, str], file: str) -> Matched:
    form, period, sheet, head = matched.form, matched.period, matched.sheet, matched.head
    # a form that one office sends for the whole city has that office as its sender, whatever the title says
    unit = form.sender or _unit(hidden, sheet, units, file)
    matched.unit = unit or ""
    if unit is None:
        said = next((text for text in (_said_unit(sheet),) if text), "")
        guess = nearest(said, units.values())
        expected = f"填报单位全称{f'，如 {guess}' if guess else ''}"
        matched.problems.append(_whole("no_unit", sheet.name, said, (expected, "the name of a reporting unit")))
    if hidden is not None and not hidden.whole:
        matched.problems.append(
            _whole("keys_changed", sheet.name, "校验值不符", ("未改动的隐藏页", "an unaltered hidden sheet"), effect="warn")
        )
    if hidden is not None and hidden.whole and hidden.version != str(form.version):
        versions = (f"第 {form.version} 版", f"version {form.version}")
        matched.problems.append(_whole("old_version", sheet.name, f"第 {hidden.version} 版", versions, effect="warn"))
    matched.problems.extend(_head_problems(form, period, sheet, head))
    _split_rows(matched)
    if hidden is not None and hidden.whole:
        matched.keys = {hidden.body + i: key.partition("|")[0] for i, key in enumerate(hidden.keys)}
    return matched


def _head_problems(form: Form, period: FormPeriod, sheet: Sheet, head: Head) -> list[Problem]:
    problems = []
    seen: dict[str, int] = {}
    extras = [text for _, text in head.extras]
    for known in head.columns:
        item, where = known.column.item, (sheet.name, head.first, known.index)
        if known.column.key in seen:
            problems.append(Problem("duplicate_column", "block", *where, item.title, _text(known.column.key), ("一列", "one column")))
        seen[known.column.key] = known.index
        if known.printed and item.numeric and (known.unit is None or convertible(known.printed, item.unit) is None):
            problems.append(Problem("wrong_unit", "block", *where, item.title, known.printed, (item.unit, item.unit)))
        if known.month is not None and known.month != period.month:
            words = (f"{period.month}月", f"month {period.month}")
            problems.append(Problem("wrong_period", "block", *where, item.title, f"{known.month}月", words))
    if form.detail is not None and head.detail is None:
        words = (form.detail.title, form.detail.title_en)
        problems.append(Problem("missing_column", "block", sheet.name, head.first, head.party, form.detail.title, "没有此列", words))
    for column in form.columns(first_of_year=isinstance(period, JanFeb)):
        if column.key not in seen and column.item.required:
            guess = nearest(column.item.title, extras)
            why = (f"是不是“{guess}”？", f"is it “{guess}”?") if guess else ("", "")
            title = f"{column.item.title}（{column.item.unit}）" if column.item.unit else column.item.title
            words = (f"{title}{_kind_words(column.key)}", f"{column.item.title_en} ({column.key})")
            problems.append(Problem("missing_column", "block", sheet.name, head.first, head.party, title, "没有此列", words, why))
    return problems


def _kind_words(key: str) -> str:
    _, role, kind = key.split("/")
    before = "上年同期" if role == "last_year_restated" else ""
    return f"的{before}{ {'month': '本月数', 'cumulative': '累计数', 'day': '当日数', 'event': '值'}[kind] }"


def _text(key: str) -> str:
    return f"两列{_kind_words(key)}"


def _split_rows(matched: Matched) -> None:
    """Body rows with a code, total rows, and rows of figures without a code (an error); blank rows, marks and footnotes are passed over."""
    sheet, head = matched.sheet, matched.head
    value_columns = [known.index for known in head.columns]
    for row in range(head.body, len(sheet.rows)):
        cells = sheet.rows[row]
        key = fold(sheet.cell(row, head.party))
        name = fold(sheet.cell(row, head.name)) if head.name is not None else ""
        if {key.replace(" ", ""), name.replace(" ", "")} & _TOTALS:
            matched.totals.append(row)
        elif key in _MARKS or ":" in key:  # «填报人：…»; no code holds a colon
            continue
        elif key:
            matched.rows.append(row)
        elif any(index < len(cells) and cells[index] is not None for index in value_columns):
            found = name or "空"
            matched.problems.append(Problem("no_key", "block", sheet.name, row, head.party, "编号", found, ("编号", "a code"), party=""))


def _title_cells(sheet: Sheet) -> list[object]:
    return [value for row in sheet.rows[:TITLE_ROWS] for value in row if isinstance(value, str)]


def _form(hidden: _Hidden | None, texts: list[str], forms: Mapping[str, Form]) -> Form | None:
    if hidden is not None and hidden.form in forms:
        return forms[hidden.form]
    for form in sorted(forms.values(), key=lambda known: -len(known.title)):
        if any(fold(form.title) in text or f"表号:{head_text(form.legal.code)}" in text for text in texts):
            return form
    return None


def _period(form: Form, hidden: _Hidden | None, texts: list[str]) -> FormPeriod | None:
    said = [hidden.period] if hidden is not None and hidden.whole else []
    for text in [*said, *texts]:
        found = _PERIOD.search(text)
        # a legal heading holds a month too (有效期至), and so does a note
        if found is None or text.startswith(("有效期", "批准", "制定", "填报说明")):
            continue
        try:
            return form_period(form, int(found[1] or found[3]), int(found[2] or found[4]))
        except BadInput:
            return None
    return None


def _unit(hidden: _Hidden | None, sheet: Sheet, units: Mapping[str, str], file: str) -> str | None:
    if hidden is not None and hidden.whole and hidden.unit in units:
        return hidden.unit
    by_name = {name: code for code, name in units.items()}
    said = _said_unit(sheet)
    if said in by_name or said in units:
        return by_name.get(said, said)
    return next((code for code, name in units.items() if name and name in file), None)


def _said_unit(sheet: Sheet) -> str:
    for value in _title_cells(sheet):
        found = _UNIT.match(fold(value))  # type: ignore[arg-type]
        if found:
            return re.split(r"[(（\s]", found[1].strip())[0]
    return ""


def _read_hidden(book: Book) -> _Hidden | None:
    sheet = next((sheet for sheet in book.sheets if sheet.name == HIDDEN), None)
    if sheet is None:
        return None
    named = {fold(row[0]): fold(row[1]) for row in sheet.rows[:7] if len(row) > 1}
    keys = [fold(row[0]) for row in sheet.rows[7:] if row and row[0] is not None]
    form, version, period, unit = (named.get(name, "") for name in ("form", "version", "period", "unit"))
    body = named.get("body", "")
    whole = named.get("check") == check_value(form, version, period, unit, keys) and body.isdigit()
    return _Hidden(form, version, period, unit, int(body) if body.isdigit() else 0, keys, whole)


def _whole(rule: str, sheet: str, found: str, expected: Words, effect: Effect = "block") -> Problem:
    return Problem(rule, effect, sheet, -1, -1, "", found, expected)


def sheet_unit(sheet: Sheet, head: Head) -> str:
    """The unit said once for the whole sheet («计量单位：万元»), empty when none is."""
    for row in sheet.rows[: head.first]:
        for value in row:
            found = re.match(r"(?:计量单位|单位)[:：](.+)", fold(value)) if isinstance(value, str) else None
            if found and unit_of(found[1].strip()) is not None:
                return found[1].strip()
    return ""
