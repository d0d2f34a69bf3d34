"""A change of a rule on its way: proposed with what it would do, signed by a second person, and from then on part of the rules in force."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yunxing.desk.scoping import ScopedModel, is_desk
from yunxing.values.scope import Scope


class RuleChange(ScopedModel):
    """One proposed change of one policy. `report` is what it would do over every profile, as the second person sees it; `report_digest` its hash."""

    class State(models.TextChoices):
        """Proposed, then signed, refused or withdrawn; nothing leaves a last state."""

        PROPOSED = "proposed", "待复核"
        SIGNED = "signed", "已签署"
        REFUSED = "refused", "已退回"
        WITHDRAWN = "withdrawn", "已撤回"

    policy = models.CharField("政策", max_length=60, db_index=True)
    parameters = models.JSONField("参数")
    without = models.JSONField("去掉的条件")
    starts_on = models.DateField("自何日起申报适用")
    basis = models.CharField("依据", max_length=200)
    state = models.CharField("状态", max_length=12, choices=State, default=State.PROPOSED)
    ruleset = models.CharField("改动前规则集", max_length=80)
    changed_ruleset = models.CharField("改动后规则集", max_length=80)
    report = models.JSONField("影响测算")
    report_digest = models.CharField("测算摘要", max_length=80)
    proposed_by = models.CharField("提出人", max_length=64)
    proposed_at = models.DateTimeField("提出时间")
    signed_by = models.CharField("复核人", max_length=64, default="", blank=True)
    signed_at = models.DateTimeField("复核时间", null=True, blank=True)
    remark = models.CharField("复核意见", max_length=200, default="", blank=True)

    class Meta:
        """The newest first."""

        db_table = "support_rule_change"
        verbose_name = "规则改动"
        ordering = ["-proposed_at", "-id"]
        indexes = [models.Index(fields=["state", "policy"], name="support_change_state")]

    def __str__(self) -> str:
        return f"{self.policy} {self.pk}"

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """Desk roles: a change of a rule concerns everybody who applies it. Enterprises see the rules in force, not proposals."""
        return ~Q(pk__in=[]) if is_desk(scope) else Q(pk__in=[])
