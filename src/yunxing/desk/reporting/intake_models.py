"""An import on its way: uploaded, looked at, confirmed, saved, perhaps taken back. What was found stands in a file by content, since it can be long."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yunxing.desk.scoping import ScopedModel, is_system
from yunxing.values.scope import Scope


class Intake(ScopedModel):
    """One import of one person. Nothing but this row, the files as they came and annotated copies is written before `SAVING`.

    `kind` names the importer (`facts`, a registry); `files` is a list of {name, kind, digest} or, for a file that was refused unread, {name, trouble};
    `result` is the digest of the JSON that `look` found; `batches` what was saved, for taking it back. `correction` is the written cause of a month that is sent again: it stands with every figure it changes.
    """

    class State(models.TextChoices):
        """Where the import stands. A worker takes WAITING and CONFIRMED; each step is taken by exactly one."""

        WAITING = "waiting", _("等待核对")
        CHECKING = "checking", _("正在核对")
        CHECKED = "checked", _("待确认")
        CONFIRMED = "confirmed", _("等待保存")
        SAVING = "saving", _("正在保存")
        SAVED = "saved", _("已保存")
        UNDONE = "undone", _("已撤销")
        FAILED = "failed", _("未能完成")

    id = models.CharField("编号", max_length=32, primary_key=True)
    kind = models.CharField("种类", max_length=24, default="facts")
    person = models.CharField("导入人", max_length=150, db_index=True)
    unit = models.CharField("单位", max_length=40, blank=True, default="")
    state = models.CharField("状态", max_length=12, choices=State, default=State.WAITING, db_index=True)
    files = models.JSONField("文件", default=list)
    scope = models.JSONField("管辖范围", default=dict)
    rows_alone = models.BooleanField("只保存没有错误的行", default=False)
    correction = models.CharField("更正原因", max_length=400, blank=True, default="")
    done = models.IntegerField("已处理", default=0)
    total = models.IntegerField("总数", default=0)
    result = models.CharField("核对结果摘要", max_length=80, blank=True, default="")
    saved = models.JSONField("保存结果", default=dict)
    batches = models.JSONField("批次", default=list)
    trouble = models.CharField("原因", max_length=1000, blank=True, default="")
    created = models.DateTimeField("上传时间")
    touched = models.DateTimeField("最近进展")
    confirmed = models.DateTimeField("确认时间", null=True, blank=True)
    undo_until = models.DateTimeField("可撤销至", null=True, blank=True)

    class Meta:
        """One row an import."""

        db_table = "reporting_intake"
        verbose_name = "导入"
        ordering = ["-created", "id"]

    def __str__(self) -> str:
        return f"{self.id[:8]} {self.state}"

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """A person's own imports; the worker, which carries them out, sees all."""
        return ~Q(pk__in=[]) if is_system(scope) else Q(person=scope.person)
