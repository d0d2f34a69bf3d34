"""A scenario with its plan, an alert that executes a frozen list, and the orders of an alert. Results are files by content; a plan is never changed, only replaced."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yunxing.desk.scoping import ScopedModel, is_desk, is_system
from yunxing.values.scope import Scope


class Plan(ScopedModel):
    """What was asked and what was found. `result` is the digest of the result's JSON; `gap` is in millionths, empty where nothing is proven.

    A frozen list (`frozen_on`) is what alerts execute; it is never solved again.
    """

    class State(models.TextChoices):
        """Where a plan stands; each step is taken by exactly one worker."""

        WAITING = "waiting", _("等待计算")
        SOLVING = "solving", _("正在计算")
        DONE = "done", _("已完成")
        FAILED = "failed", _("未能完成")

    id = models.CharField("编号", max_length=20, primary_key=True)
    kind = models.CharField("种类", max_length=12, db_index=True)
    title = models.CharField("名称", max_length=120)
    asked = models.JSONField("条件", default=dict)
    office = models.CharField("责任单位", max_length=32, db_index=True)
    day = models.DateField("数据日期")
    state = models.CharField("状态", max_length=12, choices=State, default=State.WAITING, db_index=True)
    step = models.CharField("进展", max_length=20, blank=True, default="")
    trouble = models.CharField("原因", max_length=1000, blank=True, default="")
    result = models.CharField("结果摘要", max_length=80, blank=True, default="")
    status = models.CharField("求解结论", max_length=12, blank=True, default="")
    gap = models.BigIntegerField("差距", null=True, blank=True)
    loss = models.BigIntegerField("损失", null=True, blank=True)
    holds = models.BooleanField("核验通过", default=False)
    pack = models.CharField("方案包摘要", max_length=80, blank=True, default="")
    person = models.CharField("推演人", max_length=150)
    made = models.DateTimeField("提交时间")
    finished = models.DateTimeField("完成时间", null=True, blank=True)
    frozen_on = models.DateField("冻结日期", null=True, blank=True)
    frozen_by = models.CharField("签发人", max_length=150, blank=True, default="")
    case = models.CharField("事项编号", max_length=40, blank=True, default="")

    class Meta:
        """One row a scenario."""

        db_table = "contingency_plan"
        verbose_name = "推演方案"
        ordering = ["-made", "-id"]

    def __str__(self) -> str:
        return f"{self.id} {self.title}"

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """Desk roles see that a plan exists and its totals; its rows are cut to their area by the selectors."""
        return ~Q(pk__in=[]) if is_system(scope) or is_desk(scope) else Q(pk__in=[])


class Alert(ScopedModel):
    """An alert in force from a day: its level, the frozen plan it executes, who signed it. Lifted, it is read-only."""

    id = models.CharField("编号", max_length=20, primary_key=True)
    plan = models.ForeignKey(Plan, verbose_name="清单", on_delete=models.PROTECT, db_column="plan_id", related_name="alerts")
    level = models.CharField("级别", max_length=12)
    criteria = models.CharField("分级标准", max_length=32, blank=True, default="")
    basis = models.CharField("依据", max_length=300)
    first = models.DateField("起日")
    signed_by = models.CharField("签发人", max_length=150)
    lifted_on = models.DateField("解除日期", null=True, blank=True)

    class Meta:
        """One row an alert; a change of level is a change of the row, kept in the journal."""

        db_table = "contingency_alert"
        verbose_name = "预警"
        ordering = ["-first", "-id"]

    def __str__(self) -> str:
        return self.id

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """Alerts are public within the house: whoever may see anything."""
        return ~Q(pk__in=[]) if scope.person else Q(pk__in=[])


class Order(ScopedModel):
    """What one enterprise is told by an alert: its lines with their cuts or loads. Told, acknowledged, checked: kept or not kept."""

    scope_unit, scope_party, scope_office = "unit", "party", "alert__plan__office"
    names_parties = True

    class State(models.TextChoices):
        """Where an order stands."""

        TOLD = "told", _("已下达")
        ACKNOWLEDGED = "acknowledged", _("已签收")
        KEPT = "kept", _("核查落实")
        BROKEN = "broken", _("核查未落实")

    alert = models.ForeignKey(Alert, verbose_name="预警", on_delete=models.PROTECT, db_column="alert_id", related_name="orders")
    party = models.CharField("企业", max_length=40, db_index=True)
    name = models.CharField("名称", max_length=200)
    unit = models.CharField("报送单元", max_length=20, db_index=True)
    level = models.CharField("级别", max_length=12)
    asked = models.JSONField("要求", default=list)
    amount = models.BigIntegerField("应减", default=0)
    actual = models.BigIntegerField("实减", null=True, blank=True)
    state = models.CharField("状态", max_length=14, choices=State, default=State.TOLD, db_index=True)
    told = models.DateTimeField("下达时间")
    answered = models.DateTimeField("签收时间", null=True, blank=True)
    basis = models.CharField("核查依据", max_length=20, blank=True, default="")
    note = models.CharField("说明", max_length=300, blank=True, default="")

    class Meta:
        """One order of an alert for each enterprise."""

        db_table = "contingency_order"
        verbose_name = "停限产指令"
        ordering = ["-amount", "party"]
        constraints = [models.UniqueConstraint(fields=["alert", "party"], name="contingency_order_once")]

    def __str__(self) -> str:
        return f"{self.alert_id} {self.party}"
