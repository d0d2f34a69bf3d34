"""Postings of both sides, rounds that match them, the pairs a person chose, and every contact with its outcome. Contacts are only added."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yunxing.desk.scoping import ScopedModel, is_desk, is_system
from yunxing.values.scope import Scope


class Posting(ScopedModel):
    """One need or one offer. `row` holds the kept columns of the kind; `consent` says that the need may be shown to the other side."""

    scope_unit, scope_party, scope_office = "unit", "party", "office"
    names_parties = True

    class Side(models.TextChoices):
        """Which side of its kind a posting stands on."""

        NEED = "need", _("需求")
        OFFER = "offer", _("供给")

    kind = models.CharField("种类", max_length=32, db_index=True)
    side = models.CharField("方", max_length=6, choices=Side)
    code = models.CharField("编号", max_length=80)
    party = models.CharField("主体", max_length=40, blank=True, default="", db_index=True)
    unit = models.CharField("报送单元", max_length=20, blank=True, default="", db_index=True)
    office = models.CharField("责任单位", max_length=32, db_index=True)
    name = models.CharField("名称", max_length=200)
    row = models.JSONField("内容", default=dict)
    quota = models.IntegerField("名额", default=1)
    consent = models.BooleanField("同意推送", default=True)
    read_from = models.CharField("取自报表", max_length=80, blank=True, default="")
    posted = models.DateField("登记日期")
    until = models.DateField("有效至", null=True, blank=True)
    withdrawn = models.DateField("撤回日期", null=True, blank=True)

    class Meta:
        """One row a code of a side of a kind."""

        db_table = "matching_posting"
        verbose_name = "供需登记"
        ordering = ["kind", "side", "code"]
        constraints = [models.UniqueConstraint(fields=["kind", "side", "code"], name="matching_posting_once")]

    def __str__(self) -> str:
        return f"{self.kind}/{self.code}"

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """Needs by area, party and office; offers are there for every desk role and for the party that made them."""
        ways = super().within(scope)
        return ways | Q(side="offer") if is_system(scope) or is_desk(scope) else ways


class Round(ScopedModel):
    """One round of a kind: asked, carried out by the worker, decided by a person. `result` is the digest of its JSON; `seed` is published with it."""

    class State(models.TextChoices):
        """Where a round stands; each step is taken by exactly one worker."""

        WAITING = "waiting", _("等待计算")
        SOLVING = "solving", _("正在计算")
        DONE = "done", _("待选定")
        CHOSEN = "chosen", _("已选定")
        FAILED = "failed", _("未能完成")

    id = models.CharField("编号", max_length=20, primary_key=True)
    kind = models.CharField("种类", max_length=32, db_index=True)
    title = models.CharField("名称", max_length=120)
    office = models.CharField("责任单位", max_length=32, db_index=True)
    day = models.DateField("数据日期")
    seed = models.CharField("抽签种子", max_length=80)
    state = models.CharField("状态", max_length=12, choices=State, default=State.WAITING, db_index=True)
    trouble = models.CharField("原因", max_length=1000, blank=True, default="")
    result = models.CharField("结果摘要", max_length=80, blank=True, default="")
    needs = models.IntegerField("需求数", default=0)
    offers = models.IntegerField("供给数", default=0)
    pack = models.CharField("方案包摘要", max_length=80, blank=True, default="")
    person = models.CharField("发起人", max_length=150)
    made = models.DateTimeField("提交时间")
    finished = models.DateTimeField("完成时间", null=True, blank=True)
    method = models.CharField("选定方案", max_length=10, blank=True, default="")
    reason = models.CharField("选定理由", max_length=300, blank=True, default="")
    chosen_by = models.CharField("选定人", max_length=150, blank=True, default="")
    chosen_on = models.DateField("选定日期", null=True, blank=True)
    case = models.CharField("事项编号", max_length=40, blank=True, default="")

    class Meta:
        """One row a round."""

        db_table = "matching_round"
        verbose_name = "对接轮次"
        ordering = ["-made", "-id"]

    def __str__(self) -> str:
        return f"{self.id} {self.title}"

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """Desk roles see that a round exists and its totals; its rows are cut to their area by the selectors."""
        return ~Q(pk__in=[]) if is_system(scope) or is_desk(scope) else Q(pk__in=[])


class Pair(ScopedModel):
    """One need and one offer that a person brought together. Its state is that of its last contact."""

    scope_unit, scope_party, scope_office = "unit", "party", "office"
    names_parties = True

    round = models.ForeignKey(Round, verbose_name="轮次", on_delete=models.PROTECT, db_column="round_id", related_name="pairs")
    kind = models.CharField("种类", max_length=32, db_index=True)
    need = models.CharField("需求编号", max_length=80)
    offer = models.CharField("供给编号", max_length=80)
    need_name = models.CharField("需求方", max_length=200)
    offer_name = models.CharField("供给方", max_length=200)
    party = models.CharField("主体", max_length=40, blank=True, default="", db_index=True)
    unit = models.CharField("报送单元", max_length=20, blank=True, default="", db_index=True)
    office = models.CharField("责任单位", max_length=32, db_index=True)
    units = models.IntegerField("数量")
    value = models.IntegerField("契合分")
    state = models.CharField("状态", max_length=20, default="suggested", db_index=True)
    refusal = models.CharField("未成原因", max_length=20, blank=True, default="")
    changed = models.DateField("更新日期")

    class Meta:
        """One row a pair of a round."""

        db_table = "matching_pair"
        verbose_name = "对接配对"
        ordering = ["-value", "need", "offer"]
        constraints = [models.UniqueConstraint(fields=["round", "need", "offer"], name="matching_pair_once")]

    def __str__(self) -> str:
        return f"{self.need_name}–{self.offer_name}"


class Contact(ScopedModel):
    """One contact about a pair: on which day, which step it reached, or why it was refused. Rows are inserted and never changed."""

    scope_unit, scope_party, scope_office = "pair__unit", "pair__party", "pair__office"
    names_parties = True

    pair = models.ForeignKey(Pair, verbose_name="配对", on_delete=models.PROTECT, db_column="pair_id", related_name="contacts")
    on = models.DateField("日期", db_column="on_day")
    step = models.CharField("进展", max_length=20)
    reason = models.CharField("未成原因", max_length=20, blank=True, default="")
    amount = models.CharField("落地数量或金额", max_length=60, blank=True, default="")
    note = models.CharField("说明", max_length=300, blank=True, default="")
    by = models.CharField("记录人", max_length=150, db_column="by_person")
    at = models.DateTimeField("记录时间", db_column="at_time")

    class Meta:
        """One row a contact."""

        db_table = "matching_contact"
        verbose_name = "对接记录"
        ordering = ["on", "id"]

    def __str__(self) -> str:
        return f"{self.on} {self.step}"
