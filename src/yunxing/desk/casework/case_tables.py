"""Lists of cases as they leave the page: the queue as filtered, what climbed the ladder, the closed loop. Titles and clocks, never a figure of an enterprise."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from yunxing.desk.casework import acting, selectors
from yunxing.desk.casework.models import Case
from yunxing.desk.casework.selectors import NOTHING_RUNS, Asked
from yunxing.desk.people.selectors import Standing
from yunxing.desk.takeaway import Column, Table
from yunxing.values.office_hours import local

MOST = 10_000  # a workbook of more cases is for nobody's desk; the list says so and asks for a narrower filter
LEVEL = 2


def queue_table(asked: Asked, standing: Standing, now: datetime) -> Table:
    """Every case of the queue that the filters keep, as far as the person may see it; due instants as days, states and clocks in words."""
    found = list(selectors.cases_of(asked, standing, now, acting.names_of_kind())[: MOST + 1])
    kept = found[:MOST]
    lines = {row.id: row for row in selectors.rows_of(kept, now)}
    columns = [
        Column(_("编号"), key="case"), Column(_("事项")), Column(_("类别")), Column(_("状态")), Column(_("主体")), Column(_("牵头单位")),
        Column(_("提出日期"), kind="date"), Column(_("到期日"), kind="date"), Column(_("时限")),
    ]  # fmt: skip
    rows = [[case.pk, *_cells(case, lines[case.pk])] for case in kept]
    late = sum(lines[case.pk].light == "red" for case in kept)
    words = [_("%(queue)s共 %(n)s 件，其中超期 %(late)s 件。") % {"queue": selectors.QUEUES[asked.queue](), "n": len(kept), "late": late}]
    if len(found) > MOST:
        words.append(_("只列前 %(n)s 件，请缩小筛选范围后再导出。") % {"n": MOST})
    titles = {"q": _("检索"), "kind": _("类别"), "office": _("牵头单位"), "unit": _("单位"), "grade": _("等级")}
    told = [(titles[name], getattr(asked, name)) for name in selectors.FILTERS]
    return Table(
        "cases", _("事项：%(queue)s") % {"queue": selectors.QUEUES[asked.queue]()}, columns, rows, as_of=f"{local(now)[0]:%Y-%m-%d}", source=_("事项记录"),
        filters=[(name, value) for name, value in told if value], words=words, level=LEVEL,
    )  # fmt: skip


def _cells(case: Case, line: selectors.Row) -> list[Any]:
    due = local(case.due)[0] if case.due.year < NOTHING_RUNS else None
    return [line.title, line.kind, line.state, line.party, line.office, local(case.opened)[0], due, line.words]


def escalated_table(page: dict[str, Any], now: datetime) -> Table:
    """What was raised to heads and to the command and is still open, one line a rung."""
    columns = [
        Column(_("编号"), key="case"),
        Column(_("事项")),
        Column(_("督办")),
        Column(_("对象")),
        Column(_("时间")),
        Column(_("状态")),
        Column(_("时限")),
    ]
    rows = [
        [one["row"].id, one["row"].title, one["title"], one["office"], one["when"], one["row"].state, one["row"].words]
        for one in page["rungs"]
    ]
    proposed = "、".join(one["office"] for one in page["proposals"])
    words = [_("在办事项中已升级 %(n)s 次。") % {"n": len(rows)}]
    if proposed:
        words.append(_("%(quarter)s建议约谈：%(who)s。") % {"quarter": page["quarter"], "who": proposed})
    return Table(
        "cases_escalated", _("督办与约谈"), columns, rows, as_of=f"{local(now)[0]:%Y-%m-%d}", source=_("事项记录"), words=words, level=LEVEL
    )


def loop_table(page: dict[str, Any], now: datetime) -> Table:
    """Asked, answered, verified: one line a matter."""
    columns = [
        Column(_("编号"), key="case"),
        Column(_("事项")),
        Column(_("交办")),
        Column(_("牵头单位")),
        Column(_("答复")),
        Column(_("怎么办的")),
        Column(_("核实")),
    ]
    rows = [
        [one["line"].id, one["line"].title, one["asked"], one["line"].office, one["outcome"], one["done"], one["verdict"]]
        for one in page["rows"]
    ]
    words = ["；".join(f"{title} {count}" for title, count in page["counts"]) + "。"]
    return Table(
        "cases_loop",
        _("交办、答复、核实"),
        columns,
        rows,
        as_of=f"{local(now)[0]:%Y-%m-%d}",
        source=_("事项记录"),
        words=words,
        level=LEVEL,
    )
