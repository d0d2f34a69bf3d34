"""The policy library, and the index of exact search over it and over cases and bulletins.

`io.store.library` and `io.store.searchindex` read and write these tables by SQL; beside them stand the pairs, which a migration makes for each
family of database. An empty text and NULL never differ in meaning; a text that is not there is written `-`.
"""

from __future__ import annotations

from django.db import models


class Document(models.Model):
    """One official document: its text as it came in, and what the importer read in it. Policies are public: everyone signed in may read them."""

    code = models.CharField("编号", max_length=120, primary_key=True)
    title = models.CharField("标题", max_length=300)
    number = models.CharField("发文字号", max_length=80)
    day = models.DateField("成文日期", null=True, db_index=True)
    place = models.CharField("地区", max_length=12)
    level = models.CharField("层级", max_length=16)
    address = models.TextField("出处")
    sha256 = models.CharField("摘要", max_length=80, unique=True)
    confirmed = models.BooleanField("已核对", default=False)
    body = models.TextField("原文")
    plan = models.TextField("结构")
    added_by = models.CharField("录入人", max_length=150)
    added = models.DateTimeField("录入时间")

    class Meta:
        """The table of the contract."""

        db_table = "library_document"
        verbose_name = "政策文件"
        ordering = ["-day", "code"]

    def __str__(self) -> str:
        return self.title


class EffectNote(models.Model):
    """What a person entered about a document's force: it ends, a part of it ends, it was amended; with the document or sentence that says so."""

    document = models.CharField("文件", max_length=120, db_index=True)
    kind = models.CharField("事实", max_length=16)
    day = models.DateField("日期")
    said = models.TextField("依据")
    person = models.CharField("录入人", max_length=150)
    at = models.DateTimeField("录入时间")
    taken_back = models.BooleanField("已撤销", default=False)

    class Meta:
        """The table of the contract."""

        db_table = "library_effect"
        verbose_name = "效力事实"
        ordering = ["document", "at"]

    def __str__(self) -> str:
        return f"{self.document} {self.kind} {self.day}"


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


class SearchMark(models.Model):
    """How far the index has read a growing table."""

    kind = models.CharField("类别", max_length=16, primary_key=True)
    mark = models.BigIntegerField("读至")

    class Meta:
        """The table of the contract."""

        db_table = "library_mark"
        verbose_name = "检索进度"

    def __str__(self) -> str:
        return f"{self.kind} {self.mark}"
