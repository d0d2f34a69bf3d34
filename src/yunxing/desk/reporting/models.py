"""The registry of parties and rosters, the workbooks that came in and the batches of facts they became.

`io.store.registry` and `io.store.submissions` read and write the same tables by SQL; names are part of docs/architecture.md. What is held of whom, and at which level, stands in
`engines/registry/parties.py`. An empty text and NULL never differ in meaning; only days and instants may be NULL.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yunxing.desk.reporting.adhoc_models import AdhocGap, AdhocItem, AdhocOpen, AdhocRequest, LeaderTable
from yunxing.desk.reporting.intake_models import Intake
from yunxing.desk.scoping import ScopedModel
from yunxing.values.scope import ALL, Scope

__all__ = [
    "AdhocGap",
    "AdhocItem",
    "AdhocOpen",
    "AdhocRequest",
    "Import",
    "Intake",
    "LeaderTable",
    "Membership",
    "Party",
    "Submission",
]


class Party(ScopedModel):
    """Of whom facts speak: an enterprise (by its credit code), a project, a site, an office."""

    scope_unit, scope_party = "unit", "id"

    id = models.CharField("编号", max_length=64, primary_key=True)
    kind = models.CharField("类别", max_length=16)
    name = models.CharField("名称", max_length=200)
    short_name = models.CharField("简称", max_length=60, blank=True, default="")
    unit = models.CharField("填报单位", max_length=32, blank=True, default="", db_index=True)
    region = models.CharField("行政区划代码", max_length=16, blank=True, default="")
    industry = models.CharField("行业大类", max_length=8, blank=True, default="")
    size = models.CharField("规模", max_length=16, blank=True, default="")
    parent = models.CharField("上级", max_length=64, blank=True, default="")
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)
    attributes = models.JSONField("其他属性", default=dict, blank=True)

    class Meta:
        """The table of the contract."""

        db_table = "reporting_party"
        verbose_name = "主体"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.short_name or self.name


class Membership(ScopedModel):
    """A party on a roster (规上, 百户, 重点项目 …) from a day to a day, with the reason of the change."""

    roster = models.CharField("名录", max_length=24)
    party = models.CharField("主体", max_length=64, db_index=True)
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)
    reason = models.CharField("原因", max_length=60, blank=True, default="")

    class Meta:
        """One membership begins once."""

        db_table = "reporting_membership"
        verbose_name = "名录成员"
        ordering = ["roster", "party", "valid_from"]
        constraints = [models.UniqueConstraint(fields=["roster", "party", "valid_from"], name="reporting_membership_once")]

    def __str__(self) -> str:
        return f"{self.roster} {self.party}"

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """The memberships of the parties that the scope sees."""
        return Q(party__in=Party.seen_by(scope).values("pk"))


class Submission(ScopedModel):
    """One workbook that came in, known by the digest of its bytes; `problems` is JSON text nobody queries."""

    scope_unit = "unit"

    digest = models.CharField("文件摘要", max_length=80, primary_key=True)
    file_name = models.CharField("文件名", max_length=255)
    form = models.CharField("报表", max_length=32)
    unit = models.CharField("填报单位", max_length=32, blank=True, default="")
    period = models.CharField("报告期", max_length=16, db_index=True)
    received = models.DateTimeField("收到时间")
    state = models.CharField("状态", max_length=16)
    parties = models.IntegerField("行数", default=0)
    added = models.IntegerField("新增", default=0)
    revised = models.IntegerField("更新", default=0)
    unchanged = models.IntegerField("不变", default=0)
    blocked = models.IntegerField("错误", default=0)
    held = models.IntegerField("挂起", default=0)
    warned = models.IntegerField("需说明", default=0)
    problems = models.TextField("问题", blank=True, default="[]")
    annotated = models.CharField("标注文件摘要", max_length=80, blank=True, default="")
    batch = models.CharField("批次", max_length=80, blank=True, default="", db_index=True)

    class Meta:
        """The table of the contract."""

        db_table = "reporting_submission"
        verbose_name = "报送文件"
        ordering = ["period", "form", "unit"]

    def __str__(self) -> str:
        return self.file_name


class Import(ScopedModel):
    """One batch of accepted facts; it may be undone until `undo_until`."""

    batch = models.CharField("批次", max_length=80, primary_key=True)
    form = models.CharField("报表", max_length=32)
    period = models.CharField("月份", max_length=16)
    facts = models.IntegerField("事实数")
    imported = models.DateTimeField("导入时间")
    undo_until = models.DateTimeField("可撤销至")
    undone = models.DateTimeField("撤销时间", null=True, blank=True)

    class Meta:
        """The table of the contract."""

        db_table = "reporting_import"
        verbose_name = "导入批次"
        ordering = ["imported"]

    def __str__(self) -> str:
        return self.batch

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """A batch holds the facts of every unit, so only those see it who see all of them."""
        return ~Q(pk__in=[]) if scope.units is ALL and scope.parties is ALL else Q(pk__in=[])
