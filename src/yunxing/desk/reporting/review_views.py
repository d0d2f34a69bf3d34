"""S6b 报送审核: numbers, matrix, urging, review with values side by side, closing, completeness, recorded authorities."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunxing.desk import clock, takeaway
from yunxing.desk.people.access import needs
from yunxing.desk.people.models import Role
from yunxing.desk.people.recording import recorded
from yunxing.desk.reporting import duties, matrix, proxies, review_pages, reviewing, urging
from yunxing.desk.reporting.models import Party
from yunxing.desk.reporting.report_models import Authority, Report
from yunxing.desk.reporting.report_tables import reports_table
from yunxing.desk.reporting.report_views import report_or_404, standing_of

REVIEWERS = needs(Role.COUNTY, Role.DEPARTMENT, Role.COMMAND)


def filters_of(request: HttpRequest) -> matrix.Filters:
    """The filters of the address; a month that is not open falls back to the newest one."""
    given = request.GET if request.method == "GET" else request.POST
    months = duties.open_months()
    month = given.get("m", "")
    page = given.get("page", "1")
    return matrix.Filters(
        month=month if month in months else (months[0] if months else duties.newest_month(clock.today())),
        subject=given.get("subject") or "enterprise", unit=given.get("unit", ""), form=given.get("form", ""), state=given.get("state", ""),
        q=given.get("q", "").strip()[:60], page=int(page) if page.isdigit() else 1,
    )  # fmt: skip


@require_safe
@REVIEWERS
@recorded("view", "reports")
def reports(request: HttpRequest) -> HttpResponse:
    """The header numbers and the matrix."""
    filters = filters_of(request)
    page = review_pages.matrix_page(filters, standing_of(request))
    return takeaway.page(request, "reporting/reports.html", page, lambda: reports_table(filters))


@require_POST
@needs(Role.COMMAND)
def open_month(request: HttpRequest) -> HttpResponse:
    """开通报送: write the duties of the last month that has ended."""
    month = duties.newest_month(clock.today())
    made = duties.open_month(month)
    messages.success(
        request,
        ngettext("已开通 %(month)s 报送：新增 %(n)s 张应报。", "已开通 %(month)s 报送：新增 %(n)s 张应报。", made)
        % {"month": month, "n": made},
    )
    return redirect(f"{reverse('reporting:reports')}?m={month}")


@require_http_methods(["GET", "POST"])
@REVIEWERS
def urge(request: HttpRequest) -> HttpResponse:
    """催报: the template and the count first, then one message a party."""
    filters, standing, today = filters_of(request), standing_of(request), clock.today()
    chosen = [report for report in filters.chosen() if review_pages.may_urge(standing.post, report)]
    plan = urging.plan_of(chosen, today)
    if request.method == "POST":
        done = urging.urge(plan, standing, today=today, at=clock.now())
        words = ngettext("已催报 %(n)s 家，每家一条。", "已催报 %(n)s 家，每家一条。", done) % {"n": done}
        messages.success(request, words)
        return redirect(f"{reverse('reporting:reports')}?m={filters.month}&subject={filters.subject}&state=owed")
    return render(request, "reporting/urge.html", review_pages.urge_page(plan, filters))


@require_safe
@REVIEWERS
@recorded("view", "report")
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """One report to review: values, change, range and explanations side by side."""
    page = review_pages.review_page(report_or_404(pk), standing_of(request))
    return render(request, "reporting/review.html", page)


@require_safe
@REVIEWERS
def queue(request: HttpRequest) -> HttpResponse:
    """The next report that waits for this reviewer; an empty queue says what was done."""
    filters, standing = filters_of(request), standing_of(request)
    first = matrix.queue_of(filters.month, standing.post).first()
    if first is not None:
        return redirect("reporting:review", first.pk)
    return render(request, "reporting/queue_empty.html", {"month": filters.month, "finished": matrix.finished_words(filters.month)})


def _onward(report: Report, request: HttpRequest) -> HttpResponse:
    """To the next report of the queue, else to the empty queue."""
    following = review_pages.after_this(report, standing_of(request))
    if following is not None:
        return redirect("reporting:review", following.pk)
    return redirect(f"{reverse('reporting:queue')}?m={report.period[:4]}-{report.period[-2:]}")


@require_POST
@REVIEWERS
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept, and on to the next."""
    report = report_or_404(pk)
    reviewing.accept(report, standing_of(request), at=clock.now())
    messages.success(request, _("已通过：%(name)s") % {"name": report.name})
    return _onward(report, request)


@require_POST
@REVIEWERS
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Return with a reason and the cells marked, and on to the next."""
    report = report_or_404(pk)
    reviewing.send_back(
        report, standing_of(request), at=clock.now(), reason=request.POST.get("reason", ""), cells=request.POST.getlist("cell")
    )
    messages.success(request, _("已退回：%(name)s") % {"name": report.name})
    return _onward(report, request)


@require_POST
@REVIEWERS
def accept_many(request: HttpRequest) -> HttpResponse:
    """批量通过: the ticked ones, or all of the filter; only those without warnings."""
    filters, standing = filters_of(request), standing_of(request)
    ticked = [int(one) for one in request.POST.getlist("pk") if one.isdigit()]
    chosen = Report.objects.filter(pk__in=ticked) if ticked else filters.chosen()
    bulk = reviewing.accept_many(chosen.filter(matrix.of_state("waiting")), standing, at=clock.now())
    words = _("已通过 %(done)s 张；%(warned)s 张有提示，请逐张审核；%(other)s 张不在你这一级。") % {
        "done": bulk.done,
        "warned": bulk.warned,
        "other": bulk.other,
    }
    messages.success(request, words)
    return redirect(f"{reverse('reporting:reports')}?m={filters.month}&subject={filters.subject}")


@require_POST
@needs(Role.COUNTY)
def close(request: HttpRequest) -> HttpResponse:
    """本县已审结."""
    filters, standing = filters_of(request), standing_of(request)
    assert standing.post is not None  # `needs` has asked for one
    reviewing.close_unit(standing.post.unit.code, filters.month, standing, at=clock.now())
    messages.success(request, _("本县已审结。此后补报按修订处理，新旧两个数都保留。"))
    return redirect(f"{reverse('reporting:completeness')}?m={filters.month}")


@require_safe
@REVIEWERS
def completeness(request: HttpRequest) -> HttpResponse:
    """Completeness and timeliness by unit, form and reviewer."""
    filters = filters_of(request)
    page = matrix.completeness(filters.month) | review_pages.month_choice(filters.month)
    return render(request, "reporting/completeness.html", page)


@require_safe
@needs(Role.COUNTY, Role.DEPARTMENT, Role.COMMAND, Role.ENTERPRISE)
def calendar(request: HttpRequest) -> HttpResponse:
    """The due days of every form over the coming months, in working days; provisional ones say so."""
    return render(request, "reporting/calendar.html", review_pages.calendar_page(clock.today(), standing_of(request)))


@require_http_methods(["GET", "POST"])
@needs(Role.COUNTY)
def authorities(request: HttpRequest) -> HttpResponse:
    """代报授权: what is recorded, and a form to record another."""
    standing = standing_of(request)
    page: dict[str, Any] = {"typed": request.POST}
    status = 200
    if request.method == "POST":
        party = Party.objects.filter(pk=request.POST.get("party", "").strip(), kind="enterprise").first()
        since, until = (_day(request.POST.get(name, "")) for name in ("since", "until"))
        if party is None or since is None or until is None:
            page["refusal"], status = _("请填写本县企业的统一社会信用代码和起止日期。"), 400
        else:
            proxies.record(
                standing, party, agent=standing.user, since=since, until=until, basis=request.POST.get("basis", ""), at=clock.now()
            )
            return redirect("reporting:authorities")
    page |= {"authorities": Authority.objects.all().select_related("agent", "recorded_by")[:200], "today": clock.today()}
    return render(request, "reporting/authorities.html", page, status=status)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@require_POST
@needs(Role.COUNTY)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """End an authority."""
    authority = get_object_or_404(Authority.objects.all(), pk=pk)
    proxies.withdraw(authority, standing_of(request), at=clock.now())
    return redirect("reporting:authorities")
