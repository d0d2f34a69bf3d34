"""Closed months and signals. `io.store.room` writes these tables by SQL; names are part of docs/architecture.md. An empty text and NULL never differ."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yunxing.desk.reporting.models import Party
from yunxing.desk.scoping import ScopedModel, is_desk, unit_wide
from yunxing.engines.indicators.definition import CELL_MARK
from yunxing.values.scope import ALL, Scope


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
        """Signals of the city and its industries are for every desk role; a unit's, a cell's or a party's only for a scope that holds it, and for the office that
        answers for it.
        """
        unit = unit_wide(scope, "scope")
        party = Q(scope_kind="party", scope__in=Party.seen_by(scope).values("pk"))
        wide = Q(scope_kind__in=("city", "industry")) if is_desk(scope) else Q(pk__in=[])
        answers = Q(owner__in=sorted(scope.offices)) if scope.offices is not ALL else Q(pk__in=[])
        cells = Q(pk__in=[])
        if scope.parties is ALL and scope.units is ALL:
            cells = Q(scope_kind="cell")
        elif scope.parties is ALL and scope.units is not ALL:
            for code in sorted(scope.units):
                cells |= Q(scope_kind="cell", scope__startswith=f"{code}{CELL_MARK}")
        return wide | (Q(scope_kind="unit") & unit) | party | cells | answers


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


class Budget(ScopedModel):
    """How many alarms a year the whole city will hear from one statistical rule, as somebody set it. Rows are added, never changed: the newest counts."""

    rule = models.CharField("规则", max_length=64, db_index=True)
    per_year = models.PositiveIntegerField("每年条数")
    before = models.PositiveIntegerField("原条数")
    at = models.DateTimeField("时间")
    actor = models.CharField("设定人", max_length=150)
    reason = models.CharField("理由", max_length=400)

    class Meta:
        """The table of the contract."""

        db_table = "room_budget"
        verbose_name = "预警预算"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.rule} {self.per_year}"

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """For every desk role: a budget names nobody."""
        return ~Q(pk__in=[]) if is_desk(scope) else Q(pk__in=[])


class Mark(ScopedModel):
    """What a handled signal turned out to be: right, early, late or false. One a signal; a change of mind changes it, and the journal keeps both."""

    class Is(models.TextChoices):
        """The four answers."""

        RIGHT = "right", _("准确")
        EARLY = "early", _("偏早")
        LATE = "late", _("偏晚")
        FALSE = "false", _("误报")

    signal = models.CharField("信号", max_length=40, primary_key=True)
    mark = models.CharField("结论", max_length=8, choices=Is, db_index=True)
    at = models.DateTimeField("时间")
    actor = models.CharField("标注人", max_length=150)
    began = models.CharField("实际起始月", max_length=7, blank=True, default="")
    note = models.CharField("说明", max_length=400, blank=True, default="")

    class Meta:
        """The table of the contract."""

        db_table = "room_mark"
        verbose_name = "信号结论"
        ordering = ["signal"]

    def __str__(self) -> str:
        return f"{self.signal} {self.mark}"

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """As the signal it speaks of."""
        return Q(signal__in=Signal.seen_by(scope).values("pk"))


class Issue(ScopedModel):
    """A bulletin, special issue or correction on its way: drafted → reviewing → signing → issued (起草、核稿、签发、印发), or dropped.

    `closing` is the closed month's folder it is composed from, `edits` what people wrote (JSON of `engines.bulletins.edits.Edit` by section). An issued one
    lies in `bulletins/<id>/` and is never changed; what is wrong is told by an issue that `corrects` it.
    """

    class State(models.TextChoices):
        """Where it stands."""

        DRAFTED = "drafted", _("起草")
        REVIEWING = "reviewing", _("核稿")
        SIGNING = "signing", _("签发")
        ISSUED = "issued", _("已印发")
        DROPPED = "dropped", _("已撤销")

    id = models.CharField("编号", max_length=60, primary_key=True)
    kind = models.CharField("种类", max_length=40)
    month = models.CharField("月份", max_length=7, db_index=True)
    title = models.CharField("标题", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFTED, db_index=True)
    ver = models.PositiveIntegerField("版本", default=0)
    closing = models.CharField("所据关账", max_length=100)
    edits = models.TextField("修改", default="{}")
    number = models.CharField("发文字号", max_length=60, blank=True, default="", db_index=True)
    issued_on = models.DateField("成文日期", null=True, blank=True)
    disclosure = models.CharField("公开属性", max_length=12, default="on_request")
    disclosure_reason = models.CharField("公开属性说明", max_length=200, blank=True, default="")
    corrects = models.CharField("更正", max_length=60, blank=True, default="", db_index=True)
    about = models.CharField("所致单位", max_length=32, blank=True, default="")
    why = models.CharField("更正原因", max_length=400, blank=True, default="")
    author = models.CharField("起草人", max_length=150)
    reviewer = models.CharField("核稿人", max_length=150, blank=True, default="")
    signer = models.CharField("签发人", max_length=150, blank=True, default="")
    created = models.DateTimeField("起草时间")
    changed = models.DateTimeField("更新时间")

    class Meta:
        """The table of the contract."""

        db_table = "room_issue"
        verbose_name = "通报"
        ordering = ["-month", "-created"]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """An issued one is for every desk role; one on its way for those who see every unit and enterprise, since it names them."""
        whole = scope.units is ALL and scope.parties is ALL
        return ~Q(pk__in=[]) if whole else Q(state=cls.State.ISSUED) & (~Q(pk__in=[]) if is_desk(scope) else Q(pk__in=[]))


class IssueEvent(ScopedModel):
    """One act on an issue: who, when, from which state to which, and what was said. Written in the transaction of the act, never changed."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="events")
    ver = models.PositiveIntegerField("版本")
    act = models.CharField("动作", max_length=16)
    from_state = models.CharField("原状态", max_length=10)
    to_state = models.CharField("新状态", max_length=10)
    actor = models.CharField("经办人", max_length=150)
    actor_name = models.CharField("姓名", max_length=60, blank=True, default="")
    at = models.DateTimeField("时间")
    said = models.CharField("说明", max_length=400, blank=True, default="")
    file = models.CharField("文件摘要", max_length=80, blank=True, default="")

    class Meta:
        """The table of the contract."""

        db_table = "room_issue_event"
        verbose_name = "通报办理记录"
        ordering = ["issue", "ver"]
        constraints = [models.UniqueConstraint(fields=["issue", "ver"], name="room_issue_event_once")]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.ver} {self.act}"

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """As the issue."""
        return Q(issue__in=Issue.seen_by(scope).values("pk"))
