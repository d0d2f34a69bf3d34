"""Papers that left the platform, so that a printed one can be held against it: its code, its digests, when it was made and by whom. No figure stands here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models


class Paper(models.Model):
    """One workbook or picture that was taken away. `content` is the digest over the words and figures as printed, `file` that of the file's bytes."""

    code = models.CharField("核验码", max_length=20, primary_key=True)
    kind = models.CharField("种类", max_length=40)
    title = models.CharField("名称", max_length=200)
    level = models.PositiveSmallIntegerField("级别")
    as_of = models.CharField("数据截至", max_length=40, blank=True, default="")
    content = models.CharField("内容摘要", max_length=80)
    file = models.CharField("文件摘要", max_length=80, blank=True, default="", db_index=True)
    person = models.CharField("导出人", max_length=150)
    unit = models.CharField("单位", max_length=120, blank=True, default="")
    made = models.DateTimeField("生成时间")

    class Meta:
        """One row a paper."""

        db_table = "reporting_paper"
        verbose_name = "带核验码的文件"
        ordering = ["-made"]

    def __str__(self) -> str:
        return self.code


def keep(code: str, fields: Mapping[str, Any]) -> None:
    """Write a paper down by its code: the first time all of it, afterwards the digest of its file."""
    if set(fields) == {"file"}:
        Paper.objects.filter(code=code).update(**fields)
    else:
        Paper.objects.get_or_create(code=code, defaults=dict(fields))
