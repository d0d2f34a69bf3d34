"""Recorded authorities for entering another's report (代报): who may, for whom, from when to when, on what basis. Statistics inspections look for it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from yunxing.desk.people import journal
from yunxing.desk.people.models import Role, User
from yunxing.desk.people.selectors import Standing
from yunxing.desk.reporting.models import Party
from yunxing.desk.reporting.report_models import Authority
from yunxing.values.errors import Refusal

LONGEST_DAYS = 366


def record(standing: Standing, party: Party, *, agent: User, since: date, until: date, basis: str, at: datetime) -> Authority:
    """Write an authority down. Refused: no basis, a span upside down or longer than a year, an enterprise of another unit, another role than the county's."""
    if standing.post is None or standing.post.role != Role.COUNTY or standing.post.unit.code != party.unit:
        raise Refusal(_("只有企业所在县（市、区）可以登记代报授权。"))
    if not basis.strip():
        raise Refusal(_("请写明授权依据（授权书名称或文号）。"))
    if until < since or (until - since).days > LONGEST_DAYS:
        raise Refusal(_("授权须有起止日期，且不超过一年。"))
    with transaction.atomic():
        made: Authority = Authority.objects.create(
            party=party.id, unit=party.unit, name=party.name, agent=agent, since=since, until=until, basis=basis.strip()[:200],
            recorded_by=standing.user, recorded_at=at,
        )  # fmt: skip
        journal.record("grant_proxy", kind="authority", object_id=made.pk, reason=basis, after={"party": party.id, "agent": agent.username})
    return made


def withdraw(authority: Authority, standing: Standing, *, at: datetime) -> None:
    """End an authority now; what was entered under it stays."""
    if standing.post is None or standing.post.role != Role.COUNTY or standing.post.unit.code != authority.unit:
        raise Refusal(_("只有企业所在县（市、区）可以登记代报授权。"))
    if authority.withdrawn_at is None:
        with transaction.atomic():
            authority.withdrawn_at = at
            authority.save(update_fields=["withdrawn_at"])
            journal.record("withdraw_proxy", kind="authority", object_id=authority.pk)
