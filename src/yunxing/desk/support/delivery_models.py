"""Rounds of support on their way (免申即享): what is offered to whom, what was confirmed, and the papers behind each cost.

The ledger holds the money; these tables hold the steps between the assessment and the payment. Rows are written by `delivery_services` alone.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yunxing.desk.scoping import ScopedModel, is_desk
from yunxing.engines.entitlements.delivery import ACTS, OFFER_STATES, ROUND_STATES
from yunxing.engines.entitlements.intake import money_words
from yunxing.values.scope import ALL, Scope


class Round(ScopedModel):
    """One round: the policies of one office as of a day, its state, and who did which step."""

    number = models.CharField("批次号", max_length=20, primary_key=True)
    office = models.CharField("主办单位", max_length=20)
    policies = models.JSONField("政策")
    day = models.DateField("核定日")
    state = models.CharField("状态", max_length=12, choices=list(ROUND_STATES.items()))
    ruleset = models.CharField("规则集", max_length=80)
    synthetic = models.BooleanField("合成数据", default=False)
    opened_by = models.CharField("发起人", max_length=64)
    opened_at = models.DateTimeField("发起时间")
    notice_from = models.DateField("公示首日", null=True, blank=True)
    notice_to = models.DateField("公示末日", null=True, blank=True)
    announced_by = models.CharField("公示人", max_length=64, default="", blank=True)
    approved_by = models.CharField("审批人", max_length=64, default="", blank=True)
    approved_at = models.DateTimeField("审批时间", null=True, blank=True)
    paid_by = models.CharField("支付人", max_length=64, default="", blank=True)
    paid_at = models.DateTimeField("支付时间", null=True, blank=True)

    class Meta:
        """The newest first."""

        db_table = "support_round"
        verbose_name = "兑现批次"
        ordering = ("-number",)

    def __str__(self) -> str:
        return self.number

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """Desk roles: a round and its public notice are no secret among offices. Enterprises see their own offers, and the notice."""
        return ~Q(pk__in=[]) if is_desk(scope) or scope.parties is ALL else Q(pk__in=[])


class Offer(ScopedModel):
    """One offer to one enterprise. `party` is what the claim is about (a project, or the enterprise itself), `payee` who confirms and is paid.

    The account is sealed for this row; only its last four digits are readable without the key.
    """

    scope_unit, scope_office, scope_party = "unit", "office", "payee"
    names_parties = True

    number = models.CharField("编号", max_length=32, primary_key=True)
    round = models.ForeignKey(Round, models.PROTECT, related_name="offers", verbose_name="批次")
    office = models.CharField("主办单位", max_length=20)
    policy = models.CharField("政策", max_length=60)
    title = models.CharField("政策名称", max_length=120)
    title_en = models.CharField("政策英文名", max_length=200)
    clause = models.CharField("条款", max_length=20)
    party = models.CharField("对象", max_length=60)
    name = models.CharField("名称", max_length=200)
    unit = models.CharField("报送单元", max_length=20, default="", blank=True)
    payee = models.CharField("收款单位", max_length=60, db_index=True)
    assessed_fen = models.BigIntegerField("核定金额（分）")
    granted_fen = models.BigIntegerField("核准金额（分）", null=True, blank=True)
    state = models.CharField("状态", max_length=12, choices=list(OFFER_STATES.items()), db_index=True)
    arrived = models.DateTimeField("到达时间")
    answer = models.JSONField("说明")
    account_name = models.CharField("户名", max_length=200, default="", blank=True)
    bank = models.CharField("开户行", max_length=120, default="", blank=True)
    account_sealed = models.CharField("账号（加密）", max_length=400, default="", blank=True)
    account_tail = models.CharField("账号末四位", max_length=4, default="", blank=True)
    confirmed_by = models.CharField("确认人", max_length=64, default="", blank=True)
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    reason = models.CharField("说明", max_length=200, default="", blank=True)

    class Meta:
        """By number; a policy offers a party one thing a round."""

        db_table = "support_offer"
        verbose_name = "兑现事项"
        ordering = ("number",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["round", "policy", "party"], name="support_offer_once")
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def money(self) -> str:
        """What is granted, or assessed as long as nothing is granted, in words."""
        return money_words(self.assessed_fen if self.granted_fen is None else self.granted_fen)


class CostPaper(ScopedModel):
    """An invoice or contract behind an offer. Its key is unique over everything that was ever confirmed: one cost gets one support."""

    paper = models.CharField("凭证", max_length=12)
    key = models.CharField("号码", max_length=80)
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="papers", verbose_name="事项")
    fen = models.BigIntegerField("不含税金额（分）", null=True, blank=True)
    digest = models.CharField("文件", max_length=80, default="", blank=True)
    by = models.CharField("登记人", max_length=64)
    at = models.DateTimeField("登记时间")

    class Meta:
        """One row a paper, whichever policy."""

        db_table = "support_cost"
        verbose_name = "费用凭证"
        ordering = ("pk",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["paper", "key"], name="support_cost_one_support")
        ]

    def __str__(self) -> str:
        return f"{self.paper} {self.key}"

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """As the offer."""
        return Q(offer__in=Offer.seen_by(scope))


class RoundEvent(ScopedModel):
    """What happened, in order: inserts only."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="events", verbose_name="批次")
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="events", null=True, blank=True, verbose_name="事项")
    act = models.CharField("动作", max_length=12)
    by = models.CharField("操作人", max_length=64)
    at = models.DateTimeField("时间")
    words = models.CharField("说明", max_length=300, default="", blank=True)

    class Meta:
        """In the order they were written."""

        db_table = "support_round_event"
        verbose_name = "批次记录"
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.round_id} {self.act}"

    @property
    def act_words(self) -> str:
        """The act as an officer reads it."""
        return ACTS.get(self.act, self.act)

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """Of the round as a whole for those who see rounds; of an offer for those who see it."""
        return Q(offer__isnull=True, round__in=Round.seen_by(scope)) | Q(offer__in=Offer.seen_by(scope))
