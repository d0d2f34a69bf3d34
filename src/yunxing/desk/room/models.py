"""Closed months and signals. `io.store.room` writes these tables by SQL; names are part of docs/architecture.md. An empty text and NULL never differ."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yunxing.desk.reporting.models import Party
from yunxing.desk.scoping import ScopedModel, is_desk, unit_wide
from yunxing.values.scope import Scope


class ClosedMonth(models.Model):
    """One snapshot of a month. A late revision closes the month anew; the older one is superseded, never changed."""

    snapshot = models.CharField("快照摘要", max_length=80, primary_key=True)
    month = models.CharField("月份", max_length=7, db_index=True)
    as_of = models.CharField("数据截至", max_length=40)
    folder = models.CharField("文件夹", max_length=200)
    pack = models.CharField("方案包", max_length=64)
    recorded = models.DateTimeField("记录时间")
    superseded_by = models.CharField("被取代于", max_length=80, blank=True, default="")

    class Meta:
        """The table of the contract."""

        db_table = "room_closed_month"
        verbose_name = "已关账月份"
        ordering = ["month", "recorded"]

    def __str__(self) -> str:
        return f"{self.month} {self.snapshot[:15]}"


class Signal(ScopedModel):
    """One signal of a closed month. `state`: new, assigned, closed, false_alarm, joined (a later alarm of one that is open) or withdrawn (a revision took it back)."""

    id = models.CharField("编号", max_length=40, primary_key=True)
    month = models.CharField("月份", max_length=7, db_index=True)
    snapshot = models.CharField("快照摘要", max_length=80)
    kind = models.CharField("类别", max_length=16)
    sign = models.CharField("方向", max_length=16)
    indicator = models.CharField("指标", max_length=64)
    scope_kind = models.CharField("范围类别", max_length=16)
    scope = models.CharField("范围", max_length=64, db_index=True)
    first_period = models.CharField("首期", max_length=16)
    period = models.CharField("本期", max_length=16)
    severity = models.IntegerField("严重程度")
    rule = models.CharField("规则", max_length=64)
    words_zh = models.TextField("说明")
    words_en = models.TextField("说明（英文）")
    owner = models.CharField("责任单位", max_length=32)
    deadline = models.DateField("期限")
    provisional = models.BooleanField("期限暂定", default=False)
    evidence = models.TextField("依据", default="{}")
    state = models.CharField("状态", max_length=16, db_index=True)
    joined = models.CharField("并入", max_length=40, blank=True, default="")

    class Meta:
        """The table of the contract."""

        db_table = "room_signal"
        verbose_name = "信号"
        ordering = ["-month", "-severity", "id"]

    def __str__(self) -> str:
        return self.words_zh

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """Signals of the city and its industries are for every desk role; a unit's or a party's only for a scope that holds it."""
        unit = unit_wide(scope, "scope")
        party = Q(scope_kind="party", scope__in=Party.seen_by(scope).values("pk"))
        wide = Q(scope_kind__in=("city", "industry")) if is_desk(scope) else Q(pk__in=[])
        return wide | (Q(scope_kind="unit") & unit) | party


class OpenSignal(ScopedModel):
    """What is open: at most one signal for a kind, indicator and scope. A row of its own, because no invariant rests on a conditional index."""

    key = models.CharField("键", max_length=200, primary_key=True)
    signal = models.CharField("信号", max_length=40)

    class Meta:
        """The table of the contract."""

        db_table = "room_open_signal"
        verbose_name = "在办信号"

    def __str__(self) -> str:
        return self.key

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """As the signal it names."""
        return Q(signal__in=Signal.seen_by(scope).values("pk"))
