"""The pages of S6b put together from the selectors: the matrix, the urging, one report under review, the calendar."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _

from yunxing.desk import clock
from yunxing.desk.people.models import Post, Role
from yunxing.desk.people.selectors import Standing
from yunxing.desk.reporting import asked, duties, filling, matrix, urging
from yunxing.desk.reporting.drafts import draft_of
from yunxing.desk.reporting.matrix import Filters
from yunxing.desk.reporting.report_models import Closing, Report, Urging
from yunxing.desk.reporting.reviewing import periods_ending
from yunxing.desk.reporting.standing import reviewer_as
from yunxing.engines.facts.duties import due_days
from yunxing.engines.facts.review import AWAITS
from yunxing.values.period import Month

AHEAD = 4  # months the calendar looks ahead


def month_choice(month: str) -> dict[str, Any]:
    """The months that can be looked at."""
    months = duties.open_months()
    return {"month": month, "months": [(one, asked.month_words(one)) for one in months], "demo_day": filling.today_line()}


def matrix_page(filters: Filters, standing: Standing) -> dict[str, Any]:
    """Everything of the first review page."""
    post = standing.post
    duties.settle_workbooks(filters.month)
    counts = matrix.counts_of(filters.month, post)
    subjects = matrix_subjects(filters.month)
    if subjects and filters.subject not in dict(subjects):
        filters = Filters(filters.month, subjects[0][0], filters.unit, filters.form, filters.state, filters.q, 1)
    page = matrix.matrix_of(filters, post) if subjects else {"rows": [], "columns": [], "total": 0, "page": None}
    kept = {name: value for name, value in vars(filters).items() if value and name not in {"page", "month"}}
    newest = duties.newest_month(clock.today())
    return {
        **page, **month_choice(filters.month), "counts": counts, "filters": filters, "subjects": subjects,
        "query": urlencode({"m": filters.month, **kept}), "kept": list(kept.items()), "units": [(code, asked.unit_label(code)) for code in asked.units()],
        "forms": forms_asked(filters),
        "states": state_choices(), "county": post is not None and post.role == Role.COUNTY, "command": post is not None and post.role == Role.COMMAND,
        "closing": Closing.objects.filter(unit=post.unit.code, period=filters.month).first() if post else None,
        "to_open": newest if not duties.is_open(newest) else "", "month_words": asked.month_words(filters.month),
        "newest_words": asked.month_words(newest), "filtered": any((filters.unit, filters.form, filters.state, filters.q)),
        "finished": matrix.finished_words(filters.month) if counts["waiting"] == 0 else "",
    }  # fmt: skip


def forms_asked(filters: Filters) -> list[tuple[str, str]]:
    """The forms that parties of this kind owe in the month."""
    there = Report.objects.filter(period__in=periods_ending(filters.month), subject=filters.subject)
    ids = set(there.order_by().values_list("form", flat=True).distinct())
    return [(form.id, asked.title(form)) for form in asked.forms().values() if form.id in ids]


def state_choices() -> list[tuple[str, str]]:
    """The state filter's choices."""
    groups = [("owed", _("未报齐（未报、填报中、退回）")), ("waiting", _("审核中")), ("warned", _("有提示")), ("wants", _("申请退回"))]
    return groups + [(state, filling.state_label(state)) for state in filling.ICONS]


def matrix_subjects(month: str) -> list[tuple[str, str]]:
    """The kinds of parties that owe something, in a fixed order."""
    words = {
        "enterprise": _("企业"),
        "project": _("重点项目"),
        "site": _("场所"),
        "unit": _("单位"),
        "bank": _("银行"),
        "cluster": _("产业集群"),
        "office": _("市直部门"),
    }
    there = set(Report.objects.filter(period__in=periods_ending(month)).order_by().values_list("subject", flat=True).distinct())
    return [(subject, title) for subject, title in words.items() if subject in there]


def may_urge(post: Post | None, report: Report) -> bool:
    """Whose reports one urges: a county its own, an office those of its forms, the command all."""
    if post is None:
        return False
    if post.role == Role.COUNTY:
        return report.unit == post.unit.code
    return post.role == Role.COMMAND or (post.role == Role.DEPARTMENT and report.office == post.unit.code)


def urge_page(plan: urging.Plan, filters: Filters) -> dict[str, Any]:
    """Template, count, and who is left out and why."""
    subject, body = urging.template_text(_("%(month)s《……》") % {"month": asked.month_words(filters.month)})
    return {
        "plan": plan, "subject": subject, "body": body, "filters": filters, "month_words": asked.month_words(filters.month),
        "names": [some[0].name if some[0].subject == "enterprise" else asked.unit_label(some[0].unit) for some in list(plan.to_urge.values())[:200]],
        "recent": recent_urgings(filters.month), "demo_day": filling.today_line(),
    }  # fmt: skip


def recent_urgings(month: str) -> list[dict[str, Any]]:
    """The last urgings of the month with the state of their messages."""
    some = list(Urging.objects.filter(period=month).select_related("by")[:50])
    states = urging.states_of(some)
    names = dict(
        Report.objects.filter(period__in=periods_ending(month), party__in=[one.party for one in some]).values_list("party", "name")
    )
    return [
        {
            "name": names.get(one.party) or asked.unit_label(one.unit), "day": one.day, "by": one.by, "state": states.get(one.pk, "waiting"),
            "words": matrix.message_state(states.get(one.pk, "waiting")),
        }
        for one in some
    ]  # fmt: skip


def review_page(report: Report, standing: Standing) -> dict[str, Any]:
    """One report with its values side by side, its warnings with their reasons, its timeline, and its place in the queue."""
    draft = draft_of(report)
    checked = draft.checked()
    turn = reviewer_as(standing.post, report)
    mine = turn is not None and AWAITS.get(report.state) == turn  # type: ignore[call-overload]  # the column holds the engine's states
    month = f"{report.period[:4]}-{report.period[-2:]}"
    queue = list(matrix.queue_of(month, standing.post).values_list("pk", flat=True)) if mine else []
    at = queue.index(report.pk) if report.pk in queue else -1
    problems = [one for one in filling.problem_list(draft, checked, sending=True) if one["effect"] != "block" or report.filled]
    return {
        "report": report, "title": asked.title(draft.form), "period": asked.period_words(draft.period), "unit": asked.unit_label(report.unit),
        "rows": filling.comparison(draft), "problems": problems, "history": filling.history_of(report), "mine": mine, "month": month,
        "state": filling.state_label(report.state), "icon": filling.ICONS[report.state], "left": len(queue), "late": matrix.late_words(report),
        "following": queue[at + 1] if 0 <= at < len(queue) - 1 else None, "previous": queue[at - 1] if at > 0 else None,
        "confirming": report.state == "department", "sent_at": timezone.localtime(report.sent_at) if report.sent_at else None,
        "urged": matrix.urged_words([report.party], month).get(report.party, ""), "due": asked.day_words(report.due_reporter),
        "phones": phones_of(report), "masked": False,
    }  # fmt: skip


def phones_of(report: Report) -> list[dict[str, str]]:
    """Whom to call about it."""
    from yunxing.desk.reporting.submitting import reporters_of

    return [{"name": str(person), "phone": person.phone or ""} for person in reporters_of(report)]


def after_this(report: Report, standing: Standing) -> Report | None:
    """The report of the queue that comes after this one, which has just left it; the first one at its end."""
    month = f"{report.period[:4]}-{report.period[-2:]}"
    queue = list(matrix.queue_of(month, standing.post).exclude(pk=report.pk))
    place = (report.form, report.unit, report.name, report.pk)
    return next((one for one in queue if (one.form, one.unit, one.name, one.pk) > place), queue[0] if queue else None)


def calendar_page(today: date, standing: Standing) -> dict[str, Any]:
    """Due days by form: the month that is due now, and the coming ones."""
    calendar = clock.calendar()
    first = Month.of(today).previous()
    enterprise = standing.post is not None and standing.post.role == Role.ENTERPRISE
    months = []
    for ahead in range(AHEAD):
        month = first.plus(ahead)
        rows = []
        for form in asked.forms().values():
            period = asked.period_of(form, month.code)
            if (
                period is None
                or form.cycle == "event"
                or all(item.origin == "public" for item in form.items)
                or (enterprise and form.subject != "enterprise")
            ):
                continue
            rows.append(
                {
                    "title": asked.title(form),
                    "period": asked.period_words(period),
                    "due": due_days(form, period, calendar),
                    "reporter": form.reporter,
                }
            )
        months.append({"title": asked.period_words(month), "rows": rows})
    return {"groups": months, "today": today, "demo_day": filling.today_line()}
