"""Writing for the command: progress, slips, decisions on talks, meetings with what they decided, contacts and visits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from yunxing.desk import clock
from yunxing.desk.dispatch import services
from yunxing.desk.dispatch.models import Contact, Decision, Meeting, Progress, Visit
from yunxing.desk.dispatch.place import command_rules, desk_day, walked
from yunxing.desk.people import journal
from yunxing.engines.cases.case import Actor
from yunxing.values.errors import BadInput, Refusal
from yunxing.values.period import Month, Quarter

NONE = "none"


@dataclass(frozen=True, slots=True)
class Report:
    """What an office says of a measure for a month."""

    words: str
    difficulty: str = ""
    request: str = ""


@transaction.atomic
def report_progress(actor: Actor, measure: int, office: str, month: Month, report: Report) -> Progress:
    """Submit progress; it stands from then on. A request for coordination becomes a matter of the command with an owner and a day. Refused: twice, or empty."""
    if not report.words.strip():
        raise BadInput(_("请写明本月进展（一段话即可）。"))
    if Progress.objects.filter(measure=measure, office=office, month=month.code).exists():
        raise Refusal(_("第 %(n)s 条 %(month)s 的进展已经报送，报送后不再修改。") % {"n": measure, "month": month.code})
    case = ""
    if report.request.strip():
        due = clock.calendar().add(desk_day(), 10).date
        answer = services.start(
            walked()["pipeline_meeting_items"], actor, key=f"progress/{measure}/{office}/{month.code}", title=_("协调：%(what)s") % {"what": report.request.strip()[:80]},
            unit="", office=command_rules().rules.office, origin=f"progress:{measure}:{office}:{month.code}"[:80],
            fields={"what": report.request.strip()}, planned={"answered": due}, on=desk_day(),
        )  # fmt: skip
        case = answer.case
    made: Progress = Progress.objects.create(
        measure=measure, office=office, month=month.code, words=report.words.strip(), difficulty=report.difficulty.strip(),
        request=report.request.strip(), submitted_on=desk_day(), submitted_by=actor.id, case=case,
    )  # fmt: skip
    journal.record("progress", kind="measure", object_id=f"{measure} {office} {month.code}")
    return made


def send_slip(actor: Actor, office: str, colour: str, about: str, month: Month) -> services.Answer:
    """A yellow or red slip to an office, with five working days to answer; the same office, month and colour once."""
    if colour not in ("黄", "红"):
        raise BadInput(_("督办单分黄、红两种。"))
    if not about.strip():
        raise BadInput(_("请写明督办事由。"))
    return services.start(
        walked()["pipeline_supervision_slips"], actor, key=f"slip/{month.code}/{office}/{colour}", title=f"{colour}色督办单：{about.strip()[:80]}", unit="",
        office=office, origin=f"slip:{month.code}:{office}", fields={"colour": colour, "about": about.strip()}, on=desk_day(),
    )  # fmt: skip


@transaction.atomic
def decide_talk(
    actor: Actor, quarter: Quarter, subject: str, outcome: str, reason: str, *, triggers: str = "", unit: str = "", name: str = ""
) -> Decision:
    """What the command decides of a quarter: a talk with the subject, or none; none needs its reason. One decision a quarter and subject."""
    if outcome == NONE and not reason.strip():
        raise BadInput(_("不约谈须写明理由。"))
    if Decision.objects.filter(quarter=quarter.code, subject=subject).exists():
        raise Refusal(_("本季对该对象已作决定。"))
    if subject == NONE and Decision.objects.filter(quarter=quarter.code, outcome="talk").exists():
        raise Refusal(_("本季已决定约谈，不能记录“无”。"))
    if outcome == "talk":
        services.start(
            walked()["pipeline_quarterly_talks"], actor, key=f"talk/{quarter.code}/{subject}", title=_("%(q)s 季约谈：%(who)s") % {"q": quarter.code, "who": name or subject},
            unit=unit, party="", office=command_rules().rules.office if unit else subject, origin=f"talk:{quarter.code}:{subject}",
            fields={"quarter": quarter.code, "triggers": triggers}, on=desk_day(),
        )  # fmt: skip
    made: Decision = Decision.objects.create(
        quarter=quarter.code, subject=subject, outcome=outcome, reason=reason.strip(), decided_on=desk_day(), decided_by=actor.id
    )
    journal.record("decide", kind="talk", object_id=f"{quarter.code} {subject}", reason=outcome)
    return made


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing a meeting decided: what, who answers for it, by when; `unit` for a county."""

    what: str
    office: str
    due: dt.date
    unit: str = ""


@transaction.atomic
def hold_meeting(actor: Actor, title: str, held_on: dt.date, chair: str, words: str, matters: Sequence[Matter]) -> Meeting:
    """The minutes of a meeting; every matter it decided is opened with its owner and day, all or none."""
    if not title.strip() or not chair.strip():
        raise BadInput(_("请写明会议名称和主持人。"))
    late = [one.what for one in matters if one.due < held_on]
    if late:
        raise BadInput(_("“%(what)s”的办结日期早于会议日期。") % {"what": late[0]})
    count = Meeting.objects.filter(held_on=held_on).count()
    meeting: Meeting = Meeting.objects.create(
        id=f"M{held_on:%Y%m%d}-{count + 1}", title=title.strip(), held_on=held_on, chair=chair.strip(), words=words.strip()
    )
    for number, one in enumerate(matters, 1):
        services.start(
            walked()["pipeline_meeting_items"], actor, key=f"{meeting.id}/{number}", title=one.what[:200], unit=one.unit, office=one.office,
            origin=f"meeting:{meeting.id}", fields={"what": one.what}, planned={"answered": one.due}, on=held_on,
        )  # fmt: skip
    journal.record("meeting", kind="meeting", object_id=meeting.id, after={"matters": len(matters)})
    return meeting


@transaction.atomic
def log_visit(
    actor: Actor, party: str, unit: str, office: str, held_on: dt.date, words: str, next_step: str = "", visitor: str = ""
) -> Visit:
    """A visit to a firm: when, who, what was asked. A day in the future or an empty account is refused."""
    if not words.strip():
        raise BadInput(_("请写明走访情况。"))
    if held_on > desk_day():
        raise BadInput(_("走访日期不能晚于今天。"))
    made: Visit = Visit.objects.create(
        party=party,
        unit=unit,
        office=office,
        held_on=held_on,
        visitor=visitor.strip() or actor.id,
        words=words.strip(),
        next_step=next_step.strip(),
    )
    journal.record("visit", kind="enterprise", object_id=party)
    return made


@transaction.atomic
def appoint(actor: Actor, party: str, unit: str, leader: str, officer: str, office: str, since: dt.date) -> Contact:
    """Who keeps in touch with a firm from a day on; the contact before ends the day before. Refused: a day before the standing contact began."""
    if not leader.strip() or not officer.strip():
        raise BadInput(_("请写明联系领导和联络员。"))
    if Contact.objects.filter(party=party, since=since).exists():
        raise Refusal(_("该企业当日已登记联系人。"))
    later = Contact.objects.filter(party=party, until__isnull=True, since__gt=since).first()
    if later is not None:
        raise Refusal(_("现任联系人自 %(day)s 起，新的起日不能早于它。") % {"day": later.since})
    Contact.objects.filter(party=party, until__isnull=True).update(until=since - dt.timedelta(days=1))
    made: Contact = Contact.objects.create(
        party=party, unit=unit, leader=leader.strip(), officer=officer.strip(), office=office, since=since
    )
    journal.record("appoint", kind="enterprise", object_id=party, reason=actor.id)
    return made
