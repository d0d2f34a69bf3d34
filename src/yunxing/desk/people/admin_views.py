"""Pages of the three administrators: accounts (system), grants (security), the journal (audit). None shows a business figure."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from yunxing.desk.people import handover, journal, outbox, selectors, services
from yunxing.desk.people.access import me, needs, standing
from yunxing.desk.people.forms import AccountForm, GrantForm, LeaveForm, WithdrawForm
from yunxing.desk.people.models import ADMINISTRATORS, JournalEntry, Post, Role, User
from yunxing.values.errors import BadInput, Refusal

COLUMNS = (
    "number", "at", "person", "person_name", "post", "address", "act", "object_kind", "object_id", "result", "reason", "request", "digest",
)  # fmt: skip


@needs(*(Role(role) for role in sorted(ADMINISTRATORS)))
@require_http_methods(["GET"])
def home(request: HttpRequest) -> HttpResponse:
    """Where an administrator lands: the one page of his role."""
    role = Role(standing(request).role)
    target = {Role.SYSTEM_ADMIN: "people:accounts", Role.SECURITY_ADMIN: "people:grants", Role.AUDIT_ADMIN: "people:journal"}[role]
    return redirect(target)


@needs(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "POST"])
def accounts(request: HttpRequest) -> HttpResponse:
    """All accounts; a form opens a new one and shows its first password once."""
    form, made = AccountForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            user, first = services.open_account(by=me(request), **form.cleaned_data)
            made, form = {"user": user, "password": first}, AccountForm()
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    return render(request, "people/accounts.html", {"accounts": selectors.accounts(), "form": form, "made": made})


@needs(Role.SYSTEM_ADMIN)
@require_POST
def reset_password(request: HttpRequest, pk: int) -> HttpResponse:
    """A fresh first password, shown once; the person is told."""
    user = get_object_or_404(User, pk=pk)
    first = services.reset_password(by=me(request), user=user)
    outbox.send(key=f"password:{user.pk}:{timezone.now().isoformat()}", recipient=user, template="password_reset", sender=me(request))
    made = {"user": user, "password": first}
    return render(request, "people/accounts.html", {"accounts": selectors.accounts(), "form": AccountForm(), "made": made})


@needs(Role.SECURITY_ADMIN)
@require_http_methods(["GET", "POST"])
def grants(request: HttpRequest) -> HttpResponse:
    """All posts; a form grants another one."""
    form = GrantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data, role=Role(form.cleaned_data["role"]))
        try:
            services.grant(by=me(request), **given)
            return redirect("people:grants")
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    posts = Post.objects.select_related("user", "unit").order_by("user__username", "-since")
    waiting = User.objects.filter(is_active=True).exclude(posts__in=Post.objects.on(timezone.localdate()))
    context = {
        "posts": posts,
        "form": form,
        "leave": LeaveForm(),
        "withdraw": WithdrawForm(),
        "waiting": waiting,
        "today": timezone.localdate(),
    }
    return render(request, "people/grants.html", context)


@needs(Role.SECURITY_ADMIN)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The post ends today."""
    post = get_object_or_404(Post, pk=pk)
    form = WithdrawForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    services.withdraw(by=me(request), post=post, on=timezone.localdate(), reason=reason)
    return redirect("people:grants")


@needs(Role.SECURITY_ADMIN)
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Disable an account and hand its posts and work over, in one act."""
    form = LeaveForm(request.POST)
    if not form.is_valid():
        raise Refusal("; ".join(f"{name}: {problem}" for name, found in form.errors.items() for problem in cast("list[str]", found)))
    done = handover.leave(by=me(request), on=timezone.localdate(), **form.cleaned_data)
    return render(request, "people/left.html", {"done": done, **form.cleaned_data})


@needs(Role.SECURITY_ADMIN)
@require_http_methods(["GET", "POST"])
def holdings(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything one person holds, kind by kind, with a successor for each; handing over is one act."""
    user = get_object_or_404(User, pk=pk, is_active=True)
    found = handover.inventory(user)
    if request.method == "POST":
        successor = get_object_or_404(User, pk=_number(request, "successor"))
        chosen = {one.kind: request.POST.get(f"heir_{one.kind}", "") for one in found}
        others = {kind: get_object_or_404(User, pk=int(text)) for kind, text in chosen.items() if text.isdecimal()}
        reason = request.POST.get("reason", "").strip()
        if not reason:
            raise Refusal(_("请写明离岗事由。"))
        done = handover.leave(by=me(request), user=user, successor=successor, on=timezone.localdate(), reason=reason, others=others)
        return render(request, "people/left.html", {"done": done, "user_left": user, "successor": successor})
    heirs = User.objects.filter(is_active=True).exclude(pk__in=[user.pk, me(request).pk])
    return render(request, "people/holdings.html", {"leaver": user, "found": found, "heirs": heirs})


def _number(request: HttpRequest, field: str) -> int:
    text = request.POST.get(field, "")
    if not text.isdecimal():
        raise Refusal(_("请选择接收人。"))
    return int(text)


WAYS = {"view": ("view",), "export": ("export", "print")}  # every other act of the journal changed something


@needs(Role.AUDIT_ADMIN)
@require_http_methods(["GET"])
def about(request: HttpRequest) -> HttpResponse:
    """Who saw, changed or exported one thing: its number, code or name typed once, three lists as the answer (ecosystem §0, moment 10)."""
    asked = request.GET.get("q", "").strip()
    lists: dict[str, list[JournalEntry]] = {"view": [], "change": [], "export": []}
    if asked:
        for entry in JournalEntry.objects.filter(object_id__contains=asked).order_by("-number")[:500]:
            way = next((name for name, acts in WAYS.items() if entry.act in acts), "change")
            lists[way].append(entry)
        journal.record("view", kind="journal", object_id=f"about {asked}"[:200])
    sections = [(_("看过"), lists["view"]), (_("改过"), lists["change"]), (_("导出过"), lists["export"])]
    return render(request, "people/about.html", {"asked": asked, "sections": sections})


def _entries(request: HttpRequest) -> QuerySet[JournalEntry]:
    """The entries that the page's filters choose: person, act, object, days."""
    found = JournalEntry.objects.order_by("-number")
    for field in ("person", "act", "object_id", "result"):
        if value := request.GET.get(field, "").strip():
            found = found.filter(**{field: value})
    zone = timezone.get_current_timezone()
    if since := _day(request, "since"):
        found = found.filter(at__gte=datetime.combine(since, time.min, zone).astimezone(UTC))
    if until := _day(request, "until"):
        found = found.filter(at__lt=datetime.combine(until + timedelta(days=1), time.min, zone).astimezone(UTC))
    return found


def _day(request: HttpRequest, field: str) -> date | None:
    """The day a filter names, or None when it is empty. Something else is `BadInput`."""
    typed = request.GET.get(field, "").strip()
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise BadInput(_("日期“%(typed)s”无法识别，请写作 2022-09-30。") % {"typed": typed}) from error


@needs(Role.AUDIT_ADMIN)
@require_http_methods(["GET"])
def journal_page(request: HttpRequest) -> HttpResponse:
    """The journal, newest first, filtered; on request the whole chain is checked."""
    page = Paginator(_entries(request), 50).get_page(request.GET.get("page"))
    report = journal.verify_chain() if "verify" in request.GET else None
    acts = JournalEntry.objects.order_by("act").values_list("act", flat=True).distinct()
    query = request.GET.copy()
    query.pop("page", None)
    return render(request, "people/journal.html", {"page": page, "report": report, "acts": acts, "query": query.urlencode()})


@needs(Role.AUDIT_ADMIN)
@require_http_methods(["GET"])
def journal_export(request: HttpRequest) -> HttpResponse:
    """The filtered entries as CSV (UTF-8 with a byte-order mark, as spreadsheets here expect). The export is itself recorded."""
    rows = _entries(request).order_by("number")
    journal.record("export", kind="journal", object_id=request.GET.urlencode()[:200], reason=f"{rows.count()} rows")
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for entry in rows.iterator(chunk_size=2000):
        writer.writerow([_plain(getattr(entry, name)) for name in COLUMNS])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="journal.csv"'
    return response


def _plain(value: Any) -> str:
    """A cell that a spreadsheet does not take for a formula."""
    text = value.isoformat() if isinstance(value, datetime) else str(value if value is not None else "")
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text
