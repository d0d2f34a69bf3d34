"""Sending a report: what blocks it, the summary, the receipt; asking for it back; correcting what was sent, with old, new and why for all to see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yunxing.desk.people import outbox
from yunxing.desk.people.models import Post, Role, Unit, User
from yunxing.desk.people.selectors import Standing
from yunxing.desk.reporting import asked
from yunxing.desk.reporting.drafts import Clash, Draft, Typed, draft_of, note_event, refresh_counts, write_cell
from yunxing.desk.reporting.report_models import Closing, Entry, Report
from yunxing.desk.reporting.standing import must_report
from yunxing.engines.facts.review import SENT, after
from yunxing.flows.check_report import Checked, Finding, keys_of
from yunxing.io.tables import month_of
from yunxing.values.errors import Refusal


@dataclass(frozen=True)
class Obstacles:
    """What keeps a report from being sent: blocking findings, findings that wait for their reason, and whether a reason for lateness is needed."""

    blocking: Sequence[Finding]
    unexplained: Sequence[Finding]
    closed: bool
    expired: bool

    def __bool__(self) -> bool:
        return bool(self.blocking or self.unexplained or self.expired)


def is_closed(report: Report) -> bool:
    """Whether the unit has closed its review of the period; what comes after is a revision with its reason."""
    return Closing.objects.filter(unit=report.unit, period=month_of(report.period)).exists()


def obstacles_of(draft: Draft, checked: Checked) -> Obstacles:
    """Everything that keeps the report from being sent, at once."""
    expired = draft.form.legal.valid_until < draft.period.end
    return Obstacles(checked.blocking(), checked.asking(draft.answers), is_closed(draft.report), expired)


def submit(report: Report, standing: Standing, *, at: datetime, reason: str = "") -> Report:
    """Send the report: it gets its receipt and waits for the county. Refused while anything blocks it; after the county has closed, a reason is needed.

    Cells filled from what the city holds are written down as given.
    """
    by_proxy = must_report(standing.user, standing.post, report, at.date())
    draft = draft_of(report)
    checked = refresh_counts(draft)
    obstacles = obstacles_of(draft, checked)
    if obstacles:
        raise Refusal(
            _("还有 %(n)s 处需要处理，没有提交。") % {"n": len(obstacles.blocking) + len(obstacles.unexplained) + obstacles.expired}
        )
    if obstacles.closed and not reason.strip():
        raise Refusal(_("本县已审结本期。补报须写明原因，按修订处理。"))
    before = report.state
    moved = after(before, "submit", "reporter")  # type: ignore[arg-type]  # the column holds the engine's states
    with transaction.atomic():
        for key, text in draft.given().items():
            if key not in draft.entries:
                Entry.objects.create(report=report, key=key, text=text, given=True, changed_by=None, changed_at=at)
        number = f"{report.form}-{month_of(report.period).replace('-', '')}-{report.pk:06d}-{report.round + 1}"
        fields = {
            "state": moved, "round": report.round + 1, "sent_at": at, "sent_by": standing.user, "by_proxy": by_proxy, "receipt": number,
            "first_sent_at": report.first_sent_at or at, "reason": reason.strip()[:400], "marked": "", "wants_return": "",
        }  # fmt: skip
        if Report.objects.filter(pk=report.pk, state=before).update(ver=F("ver") + 1, **fields) != 1:
            raise Refusal(_("报表刚刚被别人提交或退回，请刷新页面。"))
        for name, value in fields.items():
            setattr(report, name, value)
        note_event(report, "submit", before, by=standing.user, post=str(standing.post or ""), at=at, reason=reason)
    return report


def ask_return(report: Report, standing: Standing, *, at: datetime, reason: str) -> None:
    """Ask for a sent report back; the reviewers are told and decide."""
    must_report(standing.user, standing.post, report, at.date())
    after(report.state, "ask_return", "reporter")  # type: ignore[arg-type]
    if not reason.strip():
        raise Refusal(_("请写明申请退回的原因。"))
    with transaction.atomic():
        Report.objects.filter(pk=report.pk).update(wants_return=reason.strip()[:400])
        report.wants_return = reason.strip()[:400]
        note_event(report, "ask_return", report.state, by=standing.user, post=str(standing.post or ""), at=at, reason=reason)
        tell_reviewers(report, f"ask:{report.pk}:{report.round}", _("申请退回：%(what)s") % {"what": subject_line(report)}, standing.user)


def correct(report: Report, typed: Sequence[Typed], standing: Standing, *, at: datetime, why: str) -> list[Clash]:
    """Correct cells of a sent report: old, new and why are kept and shown to all who see it, the reviewers are told, and it is reviewed again.

    The whole correction is written or none of it: with a clash or a blocking finding nothing changes. `Refusal` names what blocks.
    """
    by_proxy = must_report(standing.user, standing.post, report, at.date())
    if report.state not in SENT:
        raise Refusal(_("报表还没有提交，直接修改即可。"))
    if not why.strip():
        raise Refusal(_("更正须写明原因，所有看到本表的人都能看到。"))
    columns = keys_of(asked.forms()[report.form], asked.period(asked.forms()[report.form], report.period))
    unknown = [one.key for one in typed if one.key not in columns]
    if unknown:
        raise Refusal(_("本表没有这些格：%(keys)s。请刷新页面。") % {"keys": "、".join(unknown[:5])})
    before = report.state
    moved = after(before, "correct", "reporter")
    clashes: list[Clash] = []
    with transaction.atomic():
        changed = _write_all(report, typed, columns, standing.user, at, why, clashes)
        if clashes:
            transaction.set_rollback(True)
            return clashes
        if not changed:
            raise Refusal(_("没有改动任何数。"))
        report.correction = report.correction or before == "confirmed"
        fields = {
            "state": moved, "round": report.round + 1, "sent_at": at, "sent_by": standing.user, "by_proxy": by_proxy, "accepted_at": None,
            "receipt": f"{report.receipt.rsplit('-', 1)[0]}-{report.round + 1}", "reason": why.strip()[:400], "correction": report.correction,
            "wants_return": "", "marked": "",
        }  # fmt: skip
        if Report.objects.filter(pk=report.pk, state=before).update(ver=F("ver") + 1, **fields) != 1:
            raise Refusal(_("报表刚刚被别人提交或退回，请刷新页面。"))
        for name, value in fields.items():
            setattr(report, name, value)
        checked = refresh_counts(draft_of(report))
        if checked.blocking():
            raise Refusal("；".join(one.words[asked.english()] for one in checked.blocking()[:5]))
        note_event(report, "correct", before, by=standing.user, post=str(standing.post or ""), at=at, reason=why)
        tell_reviewers(report, f"correct:{report.pk}:{report.round}", _("更正：%(what)s") % {"what": subject_line(report)}, standing.user)
    return []


def _write_all(
    report: Report, typed: Sequence[Typed], columns: Mapping[str, object], by: User, at: datetime, why: str, clashes: list[Clash]
) -> int:
    """Write the cells of a correction; clashes are collected, the count of changed cells is given."""
    changed = 0
    versions = dict(Entry.objects.filter(report=report).values_list("key", "ver"))
    for one in typed:
        written = write_cell(report, one, columns[one.key], by=by, at=at, why=why)  # type: ignore[arg-type]
        if isinstance(written, Clash):
            clashes.append(written)
        else:
            changed += written[1] != versions.get(one.key, 0)
    return changed


def subject_line(report: Report) -> str:
    """A report in one line, without a figure and, since it leaves the house, without the enterprise's name."""
    form = asked.forms()[report.form]
    return f"{asked.period(form, report.period).label('zh')}《{form.title}》"


def tell_reviewers(report: Report, key: str, title: str, sender: User) -> int:
    """Tell the county's officers, on the site; gives how many."""
    posts = (
        Post.objects.on(timezone.localdate()).filter(role=Role.COUNTY, unit__code=report.unit, user__is_active=True).select_related("user")
    )
    people = {post.user_id: post.user for post in posts}
    for person in people.values():
        outbox.send(
            key=f"{key}:{person.pk}",
            recipient=person,
            parameters={"title": title, "link": reverse("reporting:review", args=[report.pk])},
            sender=sender,
        )
    return len(people)


def reporters_of(report: Report) -> list[User]:
    """The people who report: the enterprise's accounts, the office's, or the county's officers for its own forms."""
    code = report.party if report.subject in {"enterprise", "office"} else report.unit
    role = {"enterprise": Role.ENTERPRISE, "office": Role.DEPARTMENT}.get(report.subject, Role.COUNTY)
    if not Unit.objects.filter(code=code).exists():
        return []
    posts = Post.objects.on(timezone.localdate()).filter(role=role, unit__code=code, user__is_active=True).select_related("user")
    return list({post.user_id: post.user for post in posts}.values())
