"""The index of exact search. `io.store.searchindex` reads and writes it by SQL; beside it stand the pairs, which a migration makes for each family of database.

An empty text and NULL never differ in meaning; a text that is not there is written `-`.
"""

from __future__ import annotations

from django.db import models


class SearchEntry(models.Model):
    """One searchable text. It decides nothing about who may see it: a selector asks the scoped tables of its kind before anything is shown."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField("类别", max_length=16)
    code = models.CharField("编号", max_length=120)
    title = models.CharField("标题", max_length=300)
    number = models.CharField("发文字号", max_length=80)
    mark = models.CharField("机关代字", max_length=60)
    number_year = models.IntegerField("年份", null=True)
    number_in_year = models.IntegerField("序号", null=True)
    issuers = models.TextField("发文机关")
    offices = models.TextField("责任单位")
    place = models.CharField("地区", max_length=12)
    day = models.DateField("日期", null=True, db_index=True)
    since = models.DateField("施行日期", null=True)
    ended_after = models.DateField("有效期至", null=True)
    partly = models.DateField("部分失效", null=True)
    amended = models.DateField("修改", null=True)
    clauses = models.TextField("条款")
    body = models.TextField("原文")
    folded = models.TextField("比对文本")
    digest = models.CharField("摘要", max_length=80)

    class Meta:
        """The table of the contract."""

        db_table = "library_entry"
        verbose_name = "检索条目"
        unique_together = [("kind", "code")]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"
