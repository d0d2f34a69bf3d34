"""What the page of a report shows: the clocks at the left, the grid in the middle, what is wrong, who did what. Reading only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yunxing.desk import clock
from yunxing.desk.reporting import asked
from yunxing.desk.reporting.drafts import Draft, cell_title
from yunxing.desk.reporting.models import State
from yunxing.desk.reporting.report_models import EntryChange, Report, ReportEvent
from yunxing.engines.facts import duties
from yunxing.engines.facts.cells import Cell
from yunxing.engines.facts.form import Column, Item
from yunxing.engines.facts.review import EDITABLE, SENT
from yunxing.engines.facts.units import unit_of
from yunxing.flows.check_report import Checked, Finding, answer_text, cause_key, days_of, keys_of, prefix, read_answer
from yunxing.values.absence import SIGN
from yunxing.values.quantity import format_number

# reasons offered for a warning (screens 6.11); the words travel with the fact, so they are kept in Chinese
REASONS = ("停产检修", "订单减少", "口径调整", "上期错报")
ICONS = {"due": "○", "drafted": "…", "submitted": "◐", "county": "◑", "department": "◕", "confirmed": "✓", "returned": "↩"}


@dataclass(frozen=True)
class Box:
    """One input of the grid."""

    key: str
    title: str
    text: str
    ver: int
    mark: str  # "", ok, warn, error
    note: str
    previous: str = ""
    total: str = ""  # the cumulative figure of the period before, to add up as one types
    slip: str = ""
    given: bool = False
    marked: bool = False
    options: tuple[str, ...] = ()
    fact: str = ""


def clock_words(one: duties.Clock) -> str:
    """「剩余 1 个工作日 · 10月12日前」, 「已超期 2 个工作日」."""
    day = asked.day_words(one.due)
    if one.light == "none":
        words = _("应于 %(day)s 前") % {"day": day}
    elif one.left < 0:
        words = ngettext("已超期 %(n)s 个工作日 · 应于 %(day)s", "已超期 %(n)s 个工作日 · 应于 %(day)s", -one.left) % {
            "n": -one.left,
            "day": day,
        }
    elif one.left == 0:
        words = _("今天到期 · %(day)s") % {"day": day}
    else:
        words = ngettext("剩余 %(n)s 个工作日 · %(day)s前", "剩余 %(n)s 个工作日 · %(day)s前", one.left) % {"n": one.left, "day": day}
    return words + (_("（暂定）") if one.provisional else "")


def clock_title(one: duties.Clock) -> str:
    """How it was counted: which days off were skipped."""
    if not one.skipped:
        return _("按工作日计算，其间没有休息日。")
    return _("按工作日计算，跳过：%(days)s") % {"days": "、".join(asked.day_words(day) for day in one.skipped)}


def due_list(reports: Iterable[Report], today: date, own: str = "") -> list[dict[str, Any]]:
    """The forms due, the most pressing first: those to be filled, then those that were sent; with the name of whom they are about, unless that is `own`."""
    calendar = clock.calendar()
    rows = []
    for report in reports:
        form = asked.forms().get(report.form)
        if form is None:  # the pack no longer asks for it
            continue
        one = duties.clock(report.due_reporter, today, calendar, done=report.state in SENT)
        rows.append(
            {
                "report": report,
                "title": asked.title(form),
                "period": asked.period_words(asked.period(form, report.period)),
                "clock": one,
                "words": clock_words(one),
                "counted": clock_title(one),
                "state": state_label(report.state),
                "icon": ICONS[report.state],
                "open": report.state in EDITABLE,
                "name": "" if report.party == own else report.name,
            }
        )
    return sorted(rows, key=lambda row: (not row["open"], row["report"].due_reporter, row["report"].form, row["report"].name))


def state_label(state: str) -> str:
    """The state in words."""
    return str(State(state).label)


def shown(cell: Cell | None, item: Item) -> str:
    """A held figure as grey text; the sign of absence where nothing is held."""
    return (answer_text(cell, item) if cell else "") or SIGN


def marks_of(checked: Checked) -> dict[str, Finding]:
    """The gravest finding of each cell; an empty cell is not yet wrong while the report is being filled."""
    order = {"block": 0, "hold": 1, "warn": 2}
    found: dict[str, Finding] = {}
    for one in sorted(checked.findings, key=lambda one: order[one.effect], reverse=True):
        if one.rule != "required":
            found[one.key] = one
    return found


def box(draft: Draft, key: str, column: Column | None, day: date | None, finding: Finding | None, item: Item) -> Box:
    """One input with its state."""
    entry = draft.entries.get(key)
    text = draft.answers.get(key, "")
    mark, note = ("ok", "") if entry and entry.text else ("", "")
    if finding is not None:
        explained = bool(draft.answers.get(finding.cause, "").strip())
        mark = "error" if finding.effect == "block" else "explained" if explained else "warn"
        note = finding.words[asked.english()]
    plain: dict[str, Any] = {"mark": mark, "note": note, "marked": key in (draft.report.marked or "").split(",")}
    if column is not None:
        previous = draft.past.last_period(column, day)
        total = draft.past.last_total(column) if column.as_reported == "cumulative" else None
        plain |= {
            "previous": answer_text(previous, item) if previous and column.role == "value" else "",
            "total": answer_text(total, item) if total else "0" if _first(draft, column) else "",
            "slip": finding.slip if finding else "",
            "given": bool(entry.given) if entry else key in draft.given(),
            "options": tuple(option.title for option in item.options),
        }
    return Box(key, cell_title(draft.form, key, column), text, entry.ver if entry else 0, **plain)


def _first(draft: Draft, column: Column) -> bool:
    return column.as_reported == "cumulative" and draft.period.start.month == 1 and column.item.numeric


def month_grid(draft: Draft, checked: Checked) -> dict[str, Any]:
    """The grid of a monthly form: one row an item, 上年同期 · 上月 · 本月 · 本年累计 · 说明, and below it last year's figures to restate."""
    findings = marks_of(checked)
    rows: list[dict[str, Any]] = []
    restated: list[dict[str, Any]] = []
    for item in draft.form.items:
        by_kind = {column.as_reported: column for column in draft.columns() if column.item.id == item.id and column.role == "value"}
        first = by_kind.get("month") or next(iter(by_kind.values()))
        cells = [
            box(draft, by_kind[kind].key, by_kind[kind], None, findings.get(by_kind[kind].key), item) if kind in by_kind else None
            for kind in ("month", "cumulative")
        ]
        cause = cause_key(item.id, None)
        rows.append(
            {
                "item": item,
                "title": asked.item_title(item),
                "last_year": shown(draft.past.last_year(first), item),
                "cells": cells,
                "last_month": shown(draft.past.last_period(first), item),
                "cause": box(draft, cause, None, None, None, item),
                "unit": item.unit,
                "findings": [one for one in checked.findings if one.cause == cause and one.rule != "required"],
                "help": item.help,
                "cumulative_only": "month" not in by_kind,
            }
        )
        restated += [
            {
                "box": box(draft, column.key, column, None, findings.get(column.key), item),
                "unit": item.unit,
                "held": shown(draft.past.last_year(column), item),
            }
            for column in draft.columns()
            if column.item.id == item.id and column.role == "last_year_restated"
        ]
    return {
        "rows": rows,
        "restated": restated,
        "restated_open": any(not one["box"].text for one in restated),
        "combined": draft.period.months == 2,
    }


def day_grid(draft: Draft, checked: Checked) -> dict[str, Any]:
    """The grid of a daily form: one row a day, one column an item, the reason last."""
    findings = marks_of(checked)
    rows = []
    for day in days_of(draft.form, draft.period):
        assert day is not None  # a daily form's rows are days
        cells = [
            box(draft, prefix(day) + column.key, column, day, findings.get(prefix(day) + column.key), column.item)
            for column in draft.columns()
        ]
        rows.append({"day": day, "cells": cells, "cause": box(draft, cause_key("", day), None, day, None, draft.form.items[0])})
    summed = [
        column.item.type == "volume"
        and column.item.id not in {c for check in draft.form.checks if check.kind == "carry" for c in check.items}
        for column in draft.columns()
    ]
    return {
        "heads": [
            {"title": asked.item_title(column.item), "unit": column.item.unit, "summed": total}
            for column, total in zip(draft.columns(), summed, strict=True)
        ],
        "rows": rows,
    }


def problem_list(draft: Draft, checked: Checked, *, sending: bool) -> list[dict[str, Any]]:
    """The error summary: every problem with a link to its cell. Empty required cells count once someone wants to send."""
    columns = keys_of(draft.form, draft.period)
    return [
        {
            "key": one.key,
            "title": cell_title(draft.form, one.key, columns.get(one.key)),
            "words": one.words[asked.english()],
            "effect": one.effect,
            "slip": one.slip,
            "cause": one.cause,
            "explained": one.effect != "block" and bool(draft.answers.get(one.cause, "").strip()),
        }
        for one in checked.findings
        if sending or one.rule != "required"
    ]


def comparison(draft: Draft) -> list[dict[str, Any]]:
    """The summary before sending and beside the review: every figure with last period's, last year's, the change and the twelve months' range."""
    answers, rows = draft.answers, []
    for key, column in keys_of(draft.form, draft.period).items():
        if column is None or column.role != "value" or not answers.get(key):
            continue
        day = date.fromisoformat(key[:10]) if draft.form.cycle == "day" else None
        item, now = column.item, checked_value(answers[key], column)
        last, year = draft.past.last_period(column, day), draft.past.last_year(column, day)
        span = draft.past.range(column) if item.numeric and column.as_reported == "month" else None
        unit = unit_of(item.unit) if item.numeric else None
        rows.append(
            {
                "key": key,
                "title": cell_title(draft.form, key, column),
                "unit": item.unit,
                "now": answers[key],
                "last": shown(last, item),
                "year": shown(year, item),
                "change": added_words(now, last.value if last else None, item)
                if column.as_reported == "cumulative"
                else change_words(now, last.value if last else None),
                "year_change": change_words(now, year.value if year else None),
                "range": f"{answer_text(Cell(span[0]), item)} — {answer_text(Cell(span[1]), item)}" if span else SIGN,
                "outside": bool(span and now is not None and unit and not span[0] <= now <= span[1]),
                "cause": answers.get(cause_key(item.id, day), ""),
                "marked": key in (draft.report.marked or "").split(","),
            }
        )
    return rows


def checked_value(text: str, column: Column) -> int | None:
    """The stored value of an answer, None when it is none."""
    read = read_answer(text, column.item)
    return read.value if isinstance(read, Cell) and column.item.numeric else None


def added_words(now: int | None, before: int | None, item: Item) -> str:
    """What the period added to a cumulative figure: 「+135.62」."""
    if now is None or before is None:
        return SIGN
    return f"{'+' if now >= before else ''}{answer_text(Cell(now - before), item)}"


def change_words(now: int | None, before: int | None) -> str:
    """「↑ 3.2 %」; in words where a percentage would say nothing (from nothing, from a loss)."""
    if now is None or before is None:
        return SIGN
    if now == before:
        return _("持平")
    if before <= 0:
        return "↑" if now > before else "↓"
    return f"{'↑' if now > before else '↓'} {format_number(abs(Fraction(100 * (now - before), before)), 1)} %"


def history_of(report: Report) -> list[dict[str, Any]]:
    """The timeline: what happened, and each change of a figure after the first sending, old → new, by whom, why; newest first."""
    form = asked.forms()[report.form]
    columns: Mapping[str, Column | None] = keys_of(form, asked.period(form, report.period))
    acts = {
        "submit": _("提交"),
        "accept": _("通过"),
        "return": _("退回"),
        "confirm": _("确认入库"),
        "correct": _("更正"),
        "ask_return": _("申请退回"),
        "workbook": _("收到工作簿"),
        "undone": _("导入已撤销"),
    }
    rows = [
        {"at": one.at, "who": one.by_name, "post": one.post, "what": acts.get(one.act, one.act), "why": one.reason, "change": ""}
        for one in ReportEvent.objects.filter(report=report)
    ]
    for one in EntryChange.objects.filter(report=report, round__gt=0):
        title = cell_title(form, one.key, columns.get(one.key))
        rows.append(
            {
                "at": one.at,
                "who": one.by_name,
                "post": "",
                "what": title,
                "why": one.why,
                "change": f"{one.old or SIGN} → {one.new or SIGN}",
            }
        )
    return sorted(rows, key=lambda row: row["at"], reverse=True)


def today_line() -> str:
    """In a demonstration, which day it lives on."""
    day = clock.demo_day()
    return _("演示日期 %(day)s") % {"day": asked.day_words(day)} if day else ""
