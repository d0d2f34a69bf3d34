"""As whom someone meets a report: its reporter, the reviewer whose turn it may be, or a reader. Nobody enters for another without a recorded authority."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from yunxing.desk.people.models import Post, Role, User
from yunxing.desk.reporting.report_models import Authority, Report
from yunxing.engines.facts.review import Actor
from yunxing.values.errors import Refusal


def is_own(post: Post, report: Report) -> bool:
    """Whether the post reports for itself: an enterprise its own, a county its sites, projects and its own figures."""
    if post.role == Role.ENTERPRISE:
        return report.subject == "enterprise" and post.unit.code == report.party
    return post.role == Role.COUNTY and report.subject not in {"enterprise", "office"} and post.unit.code == report.unit


def authority_for(user: User, report: Report, day: date) -> Authority | None:
    """The recorded authority under which the person may enter this party's report on the day."""
    found: Authority | None = Authority.objects.filter(
        agent=user, party=report.party, since__lte=day, until__gte=day, withdrawn_at__isnull=True
    ).first()
    return found


def may_report(user: User, post: Post | None, report: Report, day: date) -> bool:
    """Whether the person may fill the report in: his own, or by a recorded authority (代报)."""
    if post is None:
        return False
    return is_own(post, report) or (post.role == Role.COUNTY and authority_for(user, report, day) is not None)


def must_report(user: User, post: Post | None, report: Report, day: date) -> bool:
    """Refuse unless the person may fill the report in; gives whether it is by proxy."""
    if not may_report(user, post, report, day):
        raise Refusal(_("只有填报单位本身可以填写；代报须先登记授权。审核人员只退回，不代改。"))
    assert post is not None  # `may_report` has refused
    return not is_own(post, report)


def reviewer_as(post: Post | None, report: Report) -> Actor | None:
    """In which step the post reviews the report: the county's, its office's, or the command's; None for everyone else.

    The command office also reviews as the office of those forms that name no other.
    """
    if post is None:
        return None
    if post.role == Role.COUNTY and post.unit.code == report.unit:
        return "county"
    if post.role == Role.DEPARTMENT and post.unit.code == report.office:
        return "department"
    if post.role == Role.COMMAND:
        return "department" if report.state == "county" and post.unit.code == report.office else "command"
    return None
