"""Changing a rule: asked as a what-if, proposed with its report, signed by a second person. Each act is one transaction and journaled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yunxing.desk.people import journal
from yunxing.desk.support import in_force
from yunxing.desk.support.models import RuleChange
from yunxing.flows.rules_in_force import changed
from yunxing.flows.what_if import Variant, report_digest, what_if
from yunxing.packs.policy_changes import editable
from yunxing.values.errors import BadInput, DoesNotHold

MOST_VARIANTS = 2


def asked_variant(policy: str, posted: Mapping[str, str], prefix: str = "") -> Variant:
    """The change a form asks for: `p.<name>` a number, `b.<name>.<line>` a band's result, `f.<name>.<line>` its lower end, `c.<id>` a condition left out.

    What is typed as it stands is no change.
    """
    parameters: dict[str, Any] = {}
    for one in editable(in_force.rules().policy(policy)):
        typed = posted.get(f"{prefix}p.{one['name']}", "").strip()
        if typed and typed != one["value"] and not one["lines"]:
            parameters[one["name"]] = typed
        moved = {}
        for line in one["lines"]:
            for key, letter, kept in ((str(line["place"]), "b", line["value"]), (f"from {line['place']}", "f", line["from"])):
                text = posted.get(f"{prefix}{letter}.{one['name']}.{line['place']}", "").strip()
                if text and text != kept:
                    moved[key] = text
        if moved:
            parameters[one["name"]] = moved
    without = tuple(name for name, _node in in_force.rules().policy(policy).conditions if posted.get(f"{prefix}c.{name}"))
    return Variant(parameters, without)


def asked_report(policy: str, variants: list[Variant], on: date) -> list[dict[str, Any]]:
    """What each variant would do. Errors: `BadInput`, `RuleRefused`, in words for the page."""
    if not any(one.parameters or one.without for one in variants):
        raise BadInput(_("没有改动：请改一个数值，或去掉一项条件。"))
    connection.ensure_connection()
    return what_if(settings.HOME, in_force.pack().folder, connection, in_force.rules(), policy, variants, on)


def propose(policy: str, variant: Variant, *, starts: date, basis: str, person: str, on: date, now: datetime) -> RuleChange:
    """Write down a proposal with what it would do. Errors: `BadInput` for a day passed or before that of the newest version, which the change is made
    of, for no paper it rests on, or nothing changed.
    """
    basis = basis.strip()[:200]
    if starts < on:
        raise BadInput(_("起始日 %(day)s 已过：改动只对以后的申报生效。") % {"day": starts})
    if starts < (newest := in_force.rules().policy(policy).sheet.starts):
        raise BadInput(_("起始日 %(day)s 早于已签署的最新版本（%(newest)s 起）：请定在其后。") % {"day": starts, "newest": newest})
    if not basis:
        raise BadInput(_("请写明依据的文件。"))
    (report,) = asked_report(policy, [variant], on)
    after = changed(in_force.rules(), policy, variant.parameters, variant.without, starts=starts, source=basis)
    with transaction.atomic():
        made: RuleChange = RuleChange.objects.create(
            policy=policy, parameters=dict(variant.parameters), without=list(variant.without), starts_on=starts, basis=basis,
            ruleset=report["ruleset"], changed_ruleset=after.id, report=report, report_digest=report_digest(report), proposed_by=person, proposed_at=now,
        )  # fmt: skip
        journal.record("propose", kind="rule_change", object_id=made.pk)
    return made


def sign(change: RuleChange, person: str, now: datetime) -> RuleChange:
    """Put a proposal in force. Errors: `DoesNotHold` for one's own proposal, one no longer open, one whose first day has passed meanwhile, a report that
    is not the one it was proposed with, or rules that moved since.
    """
    with transaction.atomic():
        change = RuleChange.objects.select_for_update().get(pk=change.pk)
        if change.state != RuleChange.State.PROPOSED:
            raise DoesNotHold(_("这项改动已办结，不能再签。"))
        if change.proposed_by == person:
            raise DoesNotHold(_("提出人不能复核自己的改动，请由另一人签署。"))
        if change.starts_on < timezone.localdate(now):
            raise DoesNotHold(_("起始日 %(day)s 已过：改动只对以后的申报生效。") % {"day": change.starts_on})
        if change.ruleset != in_force.rules().id or report_digest(change.report) != change.report_digest:
            raise DoesNotHold(_("提出之后规则已有变化，所附测算不再成立：请退回后重新测算。"))
        change.state, change.signed_by, change.signed_at = RuleChange.State.SIGNED, person, now
        change.save(update_fields=["state", "signed_by", "signed_at"])
        journal.record("sign", kind="rule_change", object_id=change.pk)
    return change


def turn_down(change: RuleChange, person: str, now: datetime, remark: str) -> RuleChange:
    """Send a proposal back, or, as the one who made it, withdraw it. Errors: `DoesNotHold` where it is no longer open, `BadInput` without a reason."""
    own = change.proposed_by == person
    if not own and not remark.strip():
        raise BadInput(_("请写明退回的理由。"))
    with transaction.atomic():
        change = RuleChange.objects.select_for_update().get(pk=change.pk)
        if change.state != RuleChange.State.PROPOSED:
            raise DoesNotHold(_("这项改动已办结。"))
        change.state = RuleChange.State.WITHDRAWN if own else RuleChange.State.REFUSED
        change.signed_by, change.signed_at, change.remark = person, now, remark.strip()[:200]
        change.save(update_fields=["state", "signed_by", "signed_at", "remark"])
        journal.record("withdraw" if own else "refuse", kind="rule_change", object_id=change.pk)
    return change
