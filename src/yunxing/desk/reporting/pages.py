"""The pages of S6a put together from the selectors: the grid, the answer to a save, the summary before sending, the receipt, the correction."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from yunxing.desk import clock
from yunxing.desk.people.models import Role
from yunxing.desk.people.selectors import Standing
from yunxing.desk.reporting import asked, filling
from yunxing.desk.reporting.drafts import Draft, Saved, Typed, cell_title, draft_of, refresh_counts, tidied
from yunxing.desk.reporting.duties import open_months, settle_workbooks
from yunxing.desk.reporting.report_models import Authority, Report
from yunxing.desk.reporting.reviewing import periods_ending
from yunxing.desk.reporting.submitting import is_closed, obstacles_of
from yunxing.engines.facts import duties
from yunxing.engines.facts.review import EDITABLE, SENT, may
from yunxing.flows.check_report import keys_of


def own_reports(standing: Standing, month: str) -> list[Report]:
    """The reports of a month that the person fills in: his own, and those entered under a recorded authority."""
    post = standing.post
    if post is None:
        return []
    reports = Report.objects.filter(period__in=periods_ending(month))
    if post.role == Role.ENTERPRISE:
        return list(reports.filter(party=post.unit.code, subject="enterprise"))
    day = clock.today()
    trusted = Authority.objects.filter(agent=standing.user, since__lte=day, until__gte=day, withdrawn_at__isnull=True).values_list(
        "party", flat=True
    )
    own = list(reports.filter(unit=post.unit.code).exclude(subject__in=["enterprise", "office"]))
    return own + list(reports.filter(party__in=list(trusted), subject="enterprise"))


def reporter_page(standing: Standing, month: str, report: Report | None = None) -> dict[str, Any]:
    """The list of forms due and the grid of one of them: the one asked for, else the most pressing."""
    months = open_months()
    month = month if month in months else (months[0] if months else "")
    if report is not None:
        month = next((one for one in months if report.period in periods_ending(one)), month)
    own = standing.post.unit.code if standing.post else ""
    if month:
        settle_workbooks(month)
    due = filling.due_list(own_reports(standing, month), clock.today(), own) if month else []
    page: dict[str, Any] = {
        "due": due,
        "sent_count": sum(not row["open"] for row in due),
        "months": months,
        "month": month,
        "demo_day": filling.today_line(),
    }
    if report is None:
        report = due[0]["report"] if due else None
    if report is None:
        return page
    return page | grid_page(report)


def grid_page(report: Report) -> dict[str, Any]:
    """The grid with everything around it."""
    draft = draft_of(report)
    checked = draft.checked()
    day = draft.form.cycle == "day"
    one = duties.clock(report.due_reporter, clock.today(), clock.calendar(), done=report.state in SENT)
    answers = draft.answers
    return {
        "report": report, "form": draft.form, "title": asked.title(draft.form), "period": asked.period_words(draft.period),
        "grid": filling.day_grid(draft, checked) if day else filling.month_grid(draft, checked), "daily": day,
        "editable": report.state in EDITABLE, "state": filling.state_label(report.state), "icon": filling.ICONS[report.state],
        "problems": filling.problem_list(draft, checked, sending=False), "reasons": filling.REASONS, "clock": one,
        "clock_words": filling.clock_words(one), "counted": filling.clock_title(one), "history": filling.history_of(report),
        "unexplained": len(checked.asking(answers)), "may_ask": may(report.state, "ask_return", "reporter") and not report.wants_return,  # type: ignore[arg-type]
        "may_correct": may(report.state, "correct", "reporter"), "closed": is_closed(report), "legal": draft.form.legal,  # type: ignore[arg-type]
    }  # fmt: skip


def saved_answer(report: Report, saved: Saved) -> dict[str, Any]:
    """What the grid is told after a save: text and version of each cell written, the marks of the whole grid, the clashes."""
    draft = draft_of(report)
    checked = refresh_counts(draft)
    answers = draft.answers
    marks = {
        key: {
            "mark": "error" if one.effect == "block" else "explained" if answers.get(one.cause, "").strip() else "warn",
            "note": one.words[asked.english()], "slip": one.slip, "cause": one.cause,
        }
        for key, one in filling.marks_of(checked).items()
    }  # fmt: skip
    return {
        "saved": {key: {"text": text, "ver": ver} for key, (text, ver) in saved.cells.items()},
        "marks": marks,
        "filled": report.filled,
        "asked": report.asked,
        "unexplained": len(checked.asking(answers)),
        "errors": sum(1 for one in checked.blocking() if one.rule != "required"),
        "clashes": [
            {
                "key": one.key, "words": clash_words(one.who, one.at, one.title, one.old, one.new), "new": one.new, "yours": one.yours, "ver": one.ver,
            }
            for one in saved.clashes
        ],
    }  # fmt: skip


def clash_words(who: str, at: Any, title: str, old: str, new: str) -> str:
    """「李某在 09:41 改过“投资完成额”（301.7 → 305.2）。保留哪一个？」 (screens 10.4)."""
    when = timezone.localtime(at).strftime("%H:%M")
    return _("%(who)s在 %(when)s 改过“%(title)s”（%(old)s → %(new)s）。保留哪一个？") % {
        "who": who, "when": when, "title": title, "old": old or _("空"), "new": new or _("空"),
    }  # fmt: skip


def differs(report: Report, one: Typed) -> bool:
    """Whether a box of a posted page says something else than what the page was made with: only such boxes are written.

    The form without JavaScript posts every box; those the person did not touch still hold what stood there, at the version that stood there.
    """
    draft_entry = report.entries.filter(key=one.key).first()
    form = asked.forms()[report.form]
    column = keys_of(form, asked.period(form, report.period)).get(one.key)
    text = tidied(one.text, column)
    if draft_entry is None:
        return bool(text) and text != draft_of(report).given().get(one.key, "")
    return text != (draft_entry.text or "")


def sending_page(report: Report) -> dict[str, Any]:
    """The summary of changes against last month, and what still keeps the report from being sent."""
    draft = draft_of(report)
    checked = refresh_counts(draft)
    obstacles = obstacles_of(draft, checked)
    return {
        "report": report, "title": asked.title(draft.form), "period": asked.period_words(draft.period), "rows": filling.comparison(draft),
        "problems": [one for one in filling.problem_list(draft, checked, sending=True) if not one["explained"]], "obstacles": obstacles,
        "closed": obstacles.closed, "expired": obstacles.expired, "late": clock.today() > report.due_reporter, "due": asked.day_words(report.due_reporter),
    }  # fmt: skip


def receipt_page(report: Report, standing: Standing) -> dict[str, Any]:
    """Number, time, who, and the whole form with values and notes, for printing."""
    draft = draft_of(report)
    answers = draft.answers
    boxes = [
        {
            "title": cell_title(draft.form, key, column),
            "unit": column.item.unit,
            "value": answers.get(key, ""),
            "cause": answers.get(_cause(key, draft), ""),
        }
        for key, column in keys_of(draft.form, draft.period).items()
        if column is not None and answers.get(key)
    ]
    own = standing.post is not None and standing.post.role in {Role.ENTERPRISE, Role.COUNTY}
    return {
        "report": report, "title": asked.title(draft.form), "period": asked.period_words(draft.period), "boxes": boxes, "legal": draft.form.legal,
        "form": draft.form, "unit": asked.unit_label(report.unit), "history": filling.history_of(report), "own": own,
    }  # fmt: skip


def _cause(key: str, draft: Draft) -> str:
    parts = key.split("/")
    return f"{parts[0]}/day/cause" if draft.form.cycle == "day" else f"{parts[0]}/cause"


def correction_page(report: Report) -> dict[str, Any]:
    """The figures that were sent, each in a box, and the reason below."""
    draft = draft_of(report)
    answers = draft.answers
    boxes = [
        {
            "key": key, "title": cell_title(draft.form, key, column), "unit": column.item.unit, "value": answers.get(key, ""), "sent": answers.get(key, ""),
            "ver": draft.entries[key].ver if key in draft.entries else 0, "options": [option.title for option in column.item.options],
        }
        for key, column in keys_of(draft.form, draft.period).items()
        if column is not None and (draft.form.cycle != "day" or answers.get(key))
    ]  # fmt: skip
    return {
        "report": report, "title": asked.title(draft.form), "period": asked.period_words(draft.period), "boxes": boxes, "reasons": filling.REASONS,
        "confirmed": report.state == "confirmed",
    }  # fmt: skip
