"""Cases, their events and clocks. `io.store.case_log` writes these tables by SQL; names are part of docs/architecture.md.

A case changes only by an edge of its definition: one compare-and-set on `ver` and one event, in one transaction. Events are never updated or deleted.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yunxing.desk.scoping import ScopedModel, one_of, unit_wide
from yunxing.values.scope import Scope


class Case(ScopedModel):
    """One case. `state` and `ver` are what replaying its events gives."""

    id = models.CharField("编号", max_length=40, primary_key=True)
    definition = models.CharField("事项类别", max_length=64)
    version = models.IntegerField("类别版本")
    subject = models.CharField("对象", max_length=100, db_index=True)
    state = models.CharField("状态", max_length=32, db_index=True)
    ver = models.IntegerField("序")
    owner = models.CharField("责任单位", max_length=32, db_index=True)
    origin = models.CharField("来源", max_length=64, db_index=True)
    title = models.CharField("标题", max_length=200, blank=True, default="")
    words = models.TextField("说明", blank=True, default="")

    class Meta:
        """The table of the contract."""

        db_table = "casework_case"
        verbose_name = "事项"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title or self.id

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """The cases that one's office or reporting unit owns."""
        return one_of("owner", scope.offices) | unit_wide(scope, "owner")


class Event(ScopedModel):
    """One step of a case: who, when, from which state to which, and why. Event 0 begins it."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, verbose_name="事项", on_delete=models.PROTECT, db_column="case_id")
    ver = models.IntegerField("序")
    edge = models.CharField("动作", max_length=32)
    from_state = models.CharField("原状态", max_length=32, blank=True, default="")
    to_state = models.CharField("新状态", max_length=32)
    actor = models.CharField("经办", max_length=64)
    recorded = models.DateTimeField("时间")
    reason = models.TextField("理由", blank=True, default="")
    digest = models.CharField("摘要", max_length=80)

    class Meta:
        """Each step of a case once."""

        db_table = "casework_event"
        verbose_name = "事项经过"
        ordering = ["case", "ver"]
        constraints = [models.UniqueConstraint(fields=["case", "ver"], name="casework_event_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.ver} {self.edge}"

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """As the case."""
        return Q(case__in=Case.seen_by(scope))


class Clock(ScopedModel):
    """A limit of a case in working days. `state`: proposed, running, paused, met, missed, cancelled."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, verbose_name="事项", on_delete=models.PROTECT, db_column="case_id")
    name = models.CharField("时限", max_length=32)
    days = models.IntegerField("工作日")
    due = models.DateField("到期", db_index=True)
    provisional = models.BooleanField("暂定", default=False)
    state = models.CharField("状态", max_length=16)

    class Meta:
        """One clock of a name on a case."""

        db_table = "casework_clock"
        verbose_name = "时限"
        ordering = ["case", "name"]
        constraints = [models.UniqueConstraint(fields=["case", "name"], name="casework_clock_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.name}"

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """As the case."""
        return Q(case__in=Case.seen_by(scope))
