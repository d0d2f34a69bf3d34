"""Ad hoc requests (临时报表): what was asked by whom until when, the gaps that went to their owners, new items, and leaders' tables once laid."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yunxing.desk.scoping import ScopedModel, is_system, one_of
from yunxing.values.scope import ALL, Scope


class AdhocItem(models.Model):
    """An item that no form has. Everyone may read what it means; its answers are facts. It cannot be made without level and basis."""

    id = models.CharField("编号", max_length=40, primary_key=True)
    title = models.CharField("名称", max_length=80)
    type = models.CharField("类型", max_length=12)
    unit = models.CharField("计量单位", max_length=20, blank=True, default="")
    stored = models.CharField("存储单位", max_length=24, blank=True, default="")
    level = models.PositiveSmallIntegerField("级别")
    basis = models.CharField("依据", max_length=200)
    person = models.CharField("建立人", max_length=150)
    created = models.DateTimeField("建立时间")

    class Meta:
        """One row an item."""

        db_table = "reporting_adhoc_item"
        verbose_name = "临时指标"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title


class AdhocRequest(ScopedModel):
    """One table wanted. `columns` and `rows` say which; `layout` is the digest of the leader's blank table, `laid` how it was laid."""

    class State(models.TextChoices):
        """Open while figures come in; closed with the table as it stood."""

        OPEN = "open", _("征集中")
        CLOSED = "closed", _("已完成")

    id = models.CharField("编号", max_length=32, primary_key=True)
    title = models.CharField("表名", max_length=120)
    reason = models.CharField("用途", max_length=200)
    asker = models.CharField("提出人", max_length=150, db_index=True)
    office = models.CharField("提出单位", max_length=40)
    subject = models.CharField("行", max_length=8)
    period = models.CharField("期次", max_length=16)
    columns = models.JSONField("列", default=list)
    rows = models.JSONField("行", default=list)
    total = models.BooleanField("合计行", default=False)
    asked = models.DateTimeField("提出时间")
    due = models.DateTimeField("截止时间")
    state = models.CharField("状态", max_length=8, choices=State, default=State.OPEN, db_index=True)
    layout = models.CharField("领导表样摘要", max_length=80, blank=True, default="")
    layout_name = models.CharField("领导表样文件名", max_length=255, blank=True, default="")
    laid = models.JSONField("对应关系", default=dict)
    held_at_start = models.IntegerField("提出时已有", default=0)
    wanted = models.IntegerField("共需", default=0)
    frozen = models.CharField("完成时的表摘要", max_length=80, blank=True, default="")
    closed = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        """One row a request."""

        db_table = "reporting_adhoc_request"
        verbose_name = "临时报表"
        ordering = ["-asked", "id"]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """The asker's own; those of his office for his colleagues with a desk role; all for the system. Owners reach it through their gaps."""
        if is_system(scope):
            return ~Q(pk__in=[])
        own = Q(asker=scope.person)
        return own | one_of("office", scope.offices) if scope.offices is not ALL else own | ~Q(pk__in=[])


class AdhocGap(ScopedModel):
    """One figure asked of one reporting unit for one request. `cell` names the figure; the same cell is open at most once (`AdhocOpen`)."""

    scope_unit, scope_party = "unit", "party"

    class State(models.TextChoices):
        """Asked; answered; sent back with a reason."""

        ASKED = "asked", _("待填")
        ANSWERED = "answered", _("已填")
        RETURNED = "returned", _("退回")

    request = models.CharField("临时报表", max_length=32, db_index=True)
    cell = models.CharField("数", max_length=200)
    unit = models.CharField("填报单位", max_length=40, db_index=True)
    party = models.CharField("主体", max_length=64)
    column = models.CharField("列", max_length=120)
    state = models.CharField("状态", max_length=10, choices=State, default=State.ASKED)
    answer = models.CharField("填报值", max_length=120, blank=True, default="")
    answered_by = models.CharField("填报人", max_length=150, blank=True, default="")
    answered = models.DateTimeField("填报时间", null=True, blank=True)
    why = models.CharField("退回原因", max_length=200, blank=True, default="")
    note = models.CharField("说明", max_length=200, blank=True, default="")

    class Meta:
        """A figure stands once in a request."""

        db_table = "reporting_adhoc_gap"
        verbose_name = "临时报表缺数"
        ordering = ["request", "unit", "id"]
        constraints = [models.UniqueConstraint(fields=["request", "cell"], name="reporting_adhoc_gap_once")]

    def __str__(self) -> str:
        return self.cell

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """Who sees the unit's parties; an enterprise its own; and the asker, through his request."""
        if is_system(scope):
            return ~Q(pk__in=[])
        asked = AdhocRequest.seen_by(scope).values("pk")
        # a figure of the whole unit has the unit's code as its party, which only those see who see all of its parties
        return super().within(scope) | Q(request__in=asked)


class AdhocOpen(models.Model):
    """The cell that is being asked, and by which gap: a row of its own, so that one figure is never asked twice at the same time."""

    cell = models.CharField("数", max_length=200, primary_key=True)
    gap = models.BigIntegerField("缺数")

    class Meta:
        """One open question a cell."""

        db_table = "reporting_adhoc_open"
        verbose_name = "在问的数"

    def __str__(self) -> str:
        return self.cell


class LeaderTable(models.Model):
    """How a blank table was laid, by what it looks like: the next request with the same table is laid at once. Words only, no figure."""

    signature = models.CharField("表样特征", max_length=80)
    office = models.CharField("单位", max_length=40)
    laid = models.JSONField("对应关系", default=dict)
    confirmed_by = models.CharField("确认人", max_length=150)
    confirmed = models.DateTimeField("确认时间")

    class Meta:
        """A table is laid once an office; laid again, the newer one stands."""

        db_table = "reporting_leader_table"
        verbose_name = "领导表样"
        constraints = [models.UniqueConstraint(fields=["signature", "office"], name="reporting_leader_once")]

    def __str__(self) -> str:
        return self.signature
