"""The template of a form: one workbook per (reporting unit, form, month).

Title, legal heading at the top right, a head of merged cells with the units in it, then rows by party. A hidden sheet `_yunxing` holds the
form, its version, the period, the unit and the row keys with a check value; reading (`match.py`) works without it too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from yunxing.engines.facts.form import Column, Form, Item, Subject
from yunxing.engines.facts.sheet import Book, CellValue, Merge, Rule, Sheet
from yunxing.engines.facts.units import convertible
from yunxing.values.digest import digest
from yunxing.values.errors import BadInput
from yunxing.values.period import JanFeb, Month, YearToDate

HIDDEN = "_yunxing"
SYNTHETIC = "合成数据"
KEY_TITLES: dict[Subject, tuple[str, str]] = {
    "enterprise": ("统一社会信用代码", "单位名称"),
    "project": ("项目编号", "项目名称"),
    "site": ("场所编号", "场所名称"),
    "unit": ("单位编号", "单位名称"),
    "bank": ("银行编号", "银行名称"),
    "cluster": ("集群编号", "集群名称"),
}
DAY_TITLE = "日期"
CAUSE_TITLE = "情况说明"
LAST_TITLE = "上期数："  # no column of any form is called so: what stands under it is never read
PARTY_KEY, NAME_KEY, DAY_KEY = "party", "name", "day"

FormPeriod = Month | JanFeb


@dataclass(frozen=True, slots=True)
class Row:
    """One row to write. `values` is keyed by `Column.key` (`output/value/month`), in the item's printed unit; text is written as it is.

    `detail` is the id of the second key, on forms that have one.
    """

    party: str
    name: str
    values: Mapping[str, CellValue] = field(default_factory=dict)
    day: date | None = None
    cause: str = ""
    extra: Mapping[str, CellValue] = field(default_factory=dict)
    detail: str = ""

    @property
    def subject(self) -> str:
        """The party of the row's facts: the party itself, or with its second key behind a stroke."""
        return f"{self.party}/{self.detail}" if self.detail else self.party


@dataclass(frozen=True, slots=True)
class Style:
    """How a county's workbook may differ from the plain template and still be read.

    `merged_head`: two head rows with merged groups, else one. `order`: column keys first in this order. `leave_out`: keys left out.
    `units`: item id → the unit printed instead (numbers given as Decimal or int are converted exactly). `extra`: titles of further columns.
    `last`: figures of the period before, by column key and subject: grey columns at the right, to look at. `locked`: keys and grey columns cannot be typed over.
    `foot`: lines below the rows. `total`: a 合计 row of these cells. `keys`: whether the hidden sheet is written. `synthetic`: labelled as 合成数据.
    """

    merged_head: bool = True
    order: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    extra: tuple[str, ...] = ()
    foot: tuple[str, ...] = ()
    total: Mapping[str, CellValue] = field(default_factory=dict)
    keys: bool = True
    synthetic: bool = False
    last: Mapping[str, Mapping[str, CellValue]] = field(default_factory=dict)
    locked: bool = False


PLAIN = Style()


def form_period(form: Form, year: int, month: int) -> FormPeriod:
    """The period a workbook of that month covers; on a `jan_feb` form February is January–February and January is refused.

    A quarterly form is of the quarter's last month; any other is refused.
    """
    if form.cycle == "quarter" and month % 3:
        raise BadInput(f"《{form.title}》每季一次，报告期为季末月（3、6、9、12月）；没有 {year}-{month:02d}。")
    if not form.jan_feb or month > 2:
        return Month(year, month)
    if month == 1:
        raise BadInput(f"《{form.title}》1—2月合并填报，没有单独的 1 月；请用 {year}-01..02。")
    return JanFeb(year)


def fact_period(period: FormPeriod, as_reported: str) -> str:
    """The period code of a fact from a workbook of `period`; a cumulative January (forms without `jan_feb`) is the month itself."""
    if as_reported != "cumulative" or period.month == 1:
        return period.code
    return YearToDate(period.year, period.month).code


def build_book(form: Form, period: FormPeriod, unit: tuple[str, str], rows: Iterable[Row], style: Style = PLAIN) -> Book:
    """The workbook of (form, period, reporting unit as (code, name)) with `rows` filled in; empty values make the blank template."""
    filled = list(rows)
    columns = _columns(form, period, style)
    heads = [_key_head(title) for title in _key_titles(form)] + [_head(form, c, period, style) for c in columns]
    heads += [_key_head(title) for title in style.extra] + [_key_head(CAUSE_TITLE)]
    shown = [column for column in columns if column.key in style.last]
    heads += [_key_head(LAST_TITLE + "".join(_head(form, column, period, style)).replace(f"1—{period.month}月", "")) for column in shown]
    width = len(heads)
    top, merges = _title_rows(form, period, unit[1], width, synthetic=style.synthetic)
    head_rows, head_merges = _head_rows(heads, len(top), merged=style.merged_head)
    body = len(top) + len(head_rows)
    grid: list[list[CellValue]] = [*top, *head_rows]
    grid.extend([*_cells(form, columns, row, style), *(style.last[c.key].get(row.subject) for c in shown)] for row in filled)
    if style.total:
        total: list[CellValue] = ["合计"] + [None] * (len(_key_titles(form)) - 1)
        grid.append(total + [style.total.get(c.key) for c in columns] + [None] * (len(style.extra) + 1))
    grid.extend([line] + [None] * (width - 1) for line in style.foot)
    sheet = Sheet(
        name=form.title[:31],
        rows=grid,
        merges=merges + head_merges,
        head=(len(top), body - 1),
        body=body,
        widths=_widths(form, columns, width),
        choices=_choices(form, columns),
        formats=_formats(form, columns)
        | {width - len(shown) + i: _NUMBER[c.item.type] for i, c in enumerate(shown) if c.item.type in _NUMBER},
        rules=_rules(form, columns),
        locked=frozenset([*range(len(_key_titles(form))), *range(width - len(shown), width)]) if style.locked else frozenset(),
        grey=frozenset(range(width - len(shown), width)),
    )
    sheets = [sheet]
    if style.keys:
        sheets.append(_hidden(form, period, unit[0], [(row.subject, row.day) for row in filled], body))
    return Book(sheets, name=f"{unit[1]}_{form.title}_{period.code}.xlsx")


def check_value(form: str, version: str, period: str, unit: str, keys: Iterable[str]) -> str:
    """What the hidden sheet's check cell must hold: a digest over the rest of it."""
    return digest([form, version, period, unit, *keys])


def _columns(form: Form, period: FormPeriod, style: Style) -> list[Column]:
    columns = {c.key: c for c in form.columns(first_of_year=isinstance(period, JanFeb)) if c.key not in style.leave_out}
    first = [columns[key] for key in dict.fromkeys(style.order) if key in columns]
    return first + [column for column in columns.values() if column not in first]


def _key_titles(form: Form) -> tuple[str, ...]:
    detail = (form.detail.title,) if form.detail is not None else ()
    return (*KEY_TITLES[form.subject], *detail, *((DAY_TITLE,) if form.cycle == "day" else ()))


Head = tuple[str, str]  # group and the words under it; a column without a group of its own has the same text in one cell


def _key_head(title: str) -> Head:
    return (title, "")


def _head(form: Form, column: Column, period: FormPeriod, style: Style) -> Head:
    item = column.item
    unit = style.units.get(item.id, item.unit)
    group = f"{item.title}（{unit}）" if unit else item.title
    alone = sum(c.item.id == item.id for c in form.columns(first_of_year=isinstance(period, JanFeb))) == 1
    if alone and column.as_reported != "cumulative":
        return (group, "")
    return (group, period_words(column, period))


def period_words(column: Column, period: FormPeriod) -> str:
    """The words over a column: «本月», «上年同月», «1—9月累计», «上年同期累计»."""
    if column.as_reported == "cumulative":
        return f"1—{period.month}月累计" if column.role == "value" else "上年同期累计"
    return "本月" if column.role == "value" else "上年同月"


def _title_rows(
    form: Form, period: FormPeriod, unit_name: str, width: int, *, synthetic: bool
) -> tuple[list[list[CellValue]], list[Merge]]:
    """Title, reporting unit and period at the left, the legal heading at the right."""
    legal = form.legal
    right = [
        f"表号：{legal.code}",
        f"制定机关：{legal.issuer}",
        f"批准（备案）文号：{legal.approval}",
        f"有效期至：{legal.valid_until.year}年{legal.valid_until.month}月",
    ]
    label = f"（{SYNTHETIC}）" if synthetic else ""
    left = [f"填报单位：{unit_name}", f"报告期：{period.label('zh')}", f"填报说明：{form.note}" if form.note else "", ""]
    if synthetic:
        left[3] = f"本表为{SYNTHETIC}，不是真实企业数据。synthetic data"
    rows: list[list[CellValue]] = [[f"{form.title}{label}"] + [None] * (width - 1)]
    middle = max(1, width // 2)
    merges: list[Merge] = [(0, 0, 0, width - 1)] if width > 1 else []
    for number, (a, b) in enumerate(zip(left, right, strict=True), start=1):
        line: list[CellValue] = [None] * max(width, 2)
        line[0], line[middle] = a or None, b
        rows.append(line)
        if middle > 1:
            merges.append((number, 0, number, middle - 1))
        if width - 1 > middle:
            merges.append((number, middle, number, width - 1))
    return rows, merges


def _head_rows(heads: Sequence[Head], first: int, *, merged: bool) -> tuple[list[list[CellValue]], list[Merge]]:
    if not merged:
        return [[f"{group}{words}" for group, words in heads]], []
    upper: list[CellValue] = []
    lower: list[CellValue] = [words or None for _, words in heads]
    merges: list[Merge] = []
    start = 0
    for index, (group, words) in enumerate(heads):
        same = index and words and heads[index - 1][1] and heads[index - 1][0] == group
        if not same:
            start = index
        upper.append(None if same else group)
        last = index + 1 == len(heads) or not (words and heads[index + 1][1] and heads[index + 1][0] == group)
        if not words:
            merges.append((first, index, first + 1, index))
        elif last and index > start:
            merges.append((first, start, first, index))
    return [upper, lower], merges


def _cells(form: Form, columns: Sequence[Column], row: Row, style: Style) -> list[CellValue]:
    cells: list[CellValue] = [row.party, row.name]
    if form.detail is not None:
        cells.append(next((option.title for option in form.detail.options if option.id == row.detail), row.detail or None))
    if form.cycle == "day":
        cells.append(row.day)
    cells.extend(_printed(c.item, row.values.get(c.key), style.units.get(c.item.id)) for c in columns)
    return [*cells, *(row.extra.get(title) for title in style.extra), row.cause or None]


def _printed(item: Item, value: CellValue, unit: str | None) -> CellValue:
    """The value in the unit printed in the head; only exact numbers are converted."""
    if unit is None or unit == item.unit or isinstance(value, bool) or not isinstance(value, int | Decimal):
        return value
    here, declared = convertible(unit, item.unit), convertible(item.unit, item.unit)
    if here is None or declared is None:
        raise BadInput(f"{item.title}: {item.unit} cannot be written as {unit}.")
    return Decimal(value) * declared.per / here.per


def _choices(form: Form, columns: Sequence[Column]) -> dict[int, tuple[str, ...]]:
    first = len(_key_titles(form))
    choices = {first + i: tuple(o.title for o in c.item.options) for i, c in enumerate(columns) if c.item.options}
    if form.detail is not None and form.detail.options:
        choices[2] = tuple(option.title for option in form.detail.options)
    return choices


def _formats(form: Form, columns: Sequence[Column]) -> dict[int, str]:
    first = len(_key_titles(form))
    formats = {0: "@", 1: "@"}
    if form.detail is not None:
        formats[2] = "@"
    if form.cycle == "day":
        formats[first - 1] = "yyyy-mm-dd"
    formats.update({first + i: _NUMBER[c.item.type] for i, c in enumerate(columns) if c.item.type in _NUMBER})
    return formats


_NUMBER = {"money": "#,##0.00", "volume": "#,##0.00", "rate": "0.00", "count": "#,##0", "date": "yyyy-mm-dd", "text": "@"}


def _rules(form: Form, columns: Sequence[Column]) -> dict[int, Rule]:
    """What each column should hold, from the item alone: never a target, a forecast or another's figure."""
    first, rules = len(_key_titles(form)), {}
    for place, column in enumerate(columns, start=first):
        item = column.item
        if item.type == "date":
            rules[place] = Rule("date", date(1990, 1, 1), None, f"{item.title}：日期，如 {item.examples[0]}")
        elif item.numeric:
            low = item.low if item.low is not None else None if item.may_be_negative else Decimal(0)
            whole = item.type == "count" and item.unit not in ("万台", "万辆", "万人")
            bounds = "，".join(
                part
                for part in (f"不小于 {low}" if low is not None else "", f"不大于 {item.high}" if item.high is not None else "")
                if part
            )
            says = f"{item.title}（{item.unit}）：{'整数' if whole else '数字'}{'，' + bounds if bounds else ''}；没有发生填 0，不适用填“—”"
            rules[place] = Rule("whole" if whole else "decimal", low, item.high, says)
    return rules


def _widths(form: Form, columns: Sequence[Column], width: int) -> dict[int, int]:
    widths = dict.fromkeys(range(width), 14)
    widths.update({0: 22, 1: 30})
    first = len(_key_titles(form))
    widths.update({first + i: 30 for i, c in enumerate(columns) if c.item.type == "text"})
    return widths


def _hidden(form: Form, period: FormPeriod, unit: str, keys: Sequence[tuple[str, date | None]], body: int) -> Sheet:
    printed = [f"{party}|{day.isoformat() if day else ''}" for party, day in keys]
    rows: list[list[CellValue]] = [
        ["form", form.id],
        ["version", str(form.version)],
        ["period", period.code],
        ["unit", unit],
        ["body", body],
        ["check", check_value(form.id, str(form.version), period.code, unit, printed)],
        ["keys", len(printed)],
    ]
    rows.extend([key, None] for key in printed)
    return Sheet(HIDDEN, rows, hidden=True)
