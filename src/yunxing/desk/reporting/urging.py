"""Urging (催报): one message a day to each party that owes, on working days only, where its people read; never a figure, never an enterprise's name in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk import clock
from yunxing.desk.people import journal, outbox
from yunxing.desk.people.channels import known
from yunxing.desk.people.models import Message, Notice, Role
from yunxing.desk.people.selectors import Standing
from yunxing.desk.reporting import asked
from yunxing.desk.reporting.report_models import Report, Urging
from yunxing.desk.reporting.submitting import reporters_of, subject_line
from yunxing.desk.scoping import acting_as_system
from yunxing.engines.facts.review import EDITABLE
from yunxing.io.tables import month_of
from yunxing.values.errors import Refusal

TEMPLATE = "report_due"
TEXT = "text"  # the text service, where this installation has one; beside the message on the site


@dataclass(frozen=True)
class Plan:
    """Whom an urging would reach: parties with the reports they owe, those urged today already, those without an account."""

    to_urge: dict[str, list[Report]]
    today_already: int
    without_account: list[Report]
    working_day: bool
    next_day: date

    @property
    def count(self) -> int:
        """How many parties get a message."""
        return len(self.to_urge)


def plan_of(reports: Iterable[Report], today: date) -> Plan:
    """Whom to urge about those of the reports that are still owed."""
    owing: dict[str, list[Report]] = defaultdict(list)
    for report in reports:
        if report.state in EDITABLE:
            own = report.subject in {"enterprise", "office"}
            owing[report.party if own else f"unit:{report.unit}"].append(report)
    urged = set(Urging.objects.filter(day=today).values_list("party", flat=True))
    fresh = {party: some for party, some in owing.items() if party not in urged}
    without = [some[0] for some in fresh.values() if not reporters_of(some[0])]
    calendar = clock.calendar()
    silent = {one.pk for one in without}
    reached = {party: some for party, some in fresh.items() if some[0].pk not in silent}
    return Plan(reached, len(owing) - len(fresh), without, calendar.is_workday(today), calendar.next_workday(today))


def template_text(month: str) -> tuple[str, str]:
    """The subject and the body as they will be sent."""
    template = outbox.templates()[TEMPLATE]
    return template.title.format(title=month), template.sentence


def urge(plan: Plan, standing: Standing, *, today: date, at: datetime) -> int:
    """Send one message a party, and a text message beside it where there is a text service; gives how many parties were urged now.

    Refused on a day off. A second urging of the same day reaches nobody twice: the row of the day is unique.
    """
    if standing.post is None or standing.post.role not in {Role.COUNTY, Role.COMMAND, Role.DEPARTMENT}:
        raise Refusal(_("只有审核人员可以催报。"))
    if not plan.working_day:
        raise Refusal(_("今天不是工作日，不发催报。下一个工作日是 %(day)s。") % {"day": plan.next_day})
    done = 0
    for party, reports in sorted(plan.to_urge.items()):
        done += _urge_one(party, reports, standing, today, at)
    if done:
        journal.record("urge", kind="report", object_id=month_of(next(iter(plan.to_urge.values()))[0].period), after={"parties": done})
    return done


def _urge_one(party: str, reports: Sequence[Report], standing: Standing, today: date, at: datetime) -> bool:
    first = reports[0]
    titles = "、".join(f"《{asked.forms()[one.form].title}》" for one in reports[:3]) + ("等" if len(reports) > 3 else "")
    line = f"{subject_line(first).partition('《')[0]}{titles}"
    keys = []
    try:
        with transaction.atomic():
            urging = Urging.objects.create(
                party=party, unit=first.unit, period=month_of(first.period), day=today, forms=",".join(one.form for one in reports)[:400],
                by=standing.user, at=at,
            )  # fmt: skip
            for person in reporters_of(first):
                for channel in ["site", *([TEXT] if TEXT in known() else [])]:
                    key = f"urge:{party}:{today.isoformat()}:{person.pk}:{channel}"
                    link = reverse("intake:imports") if first.subject == "office" else reverse("reporting:fill", args=[first.pk])
                    parameters = {"title": line, "link": link}
                    channels = (channel,)
                    outbox.send(
                        key=key, recipient=person, template=TEMPLATE, parameters=parameters, channels=channels, sender=standing.user
                    )
                    keys.append(key)
            urging.messages = "\n".join(keys)
            urging.save(update_fields=["messages"])
    except IntegrityError:  # someone else urged it a moment ago
        return False
    return True


STATES = ("waiting", "sent", "delivered", "read", "failed")


def states_of(urgings: Sequence[Urging]) -> dict[int, str]:
    """For each urging the best that is known of its messages: waiting, sent, delivered (it lies in the box), read, failed.

    Of another person's box only that is asked: whether the notice of this message lies there and was read.
    """
    keys = {key: one.pk for one in urgings for key in (one.messages or "").split("\n") if key}
    found: dict[int, str] = {}
    for start in range(0, len(keys), 500):
        some = list(keys)[start : start + 500]
        with acting_as_system("urging"):
            read = dict(Notice.objects.filter(message__dedupe_key__in=some).values_list("message", "read_at"))
        for message in Message.objects.filter(dedupe_key__in=some):
            state = str(message.state)
            if message.pk in read:
                state = "read" if read[message.pk] else "delivered"
            _keep_best(found, keys[message.dedupe_key], state)
    return found


def _keep_best(found: dict[int, str], pk: int, state: str) -> None:
    order = ("failed", *STATES[:4])
    if pk not in found or order.index(state) > order.index(found[pk]):
        found[pk] = state
