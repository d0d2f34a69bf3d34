"""Cases, their events and clocks. `io.store.case_log` writes these tables by SQL; names are part of docs/architecture.md. The ORM only reads them.

A case changes only by an edge of its definition (or an act beside the table that keeps its state): one compare-and-set on `ver` and one event, in one
transaction. Events and seals are never updated or deleted; the database refuses it. Texts that hold JSON are written by the store.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yunxing.desk.casework.seal_models import CalendarMark, HolidayNotice, Seal, SealHead
from yunxing.desk.scoping import ScopedModel, is_desk, is_system
from yunxing.values.scope import ALL, Scope

__all__ = [
    "Attachment",
    "CalendarMark",
    "Case",
    "Clock",
    "Definition",
    "Event",
    "HolidayNotice",
    "Notice",
    "Part",
    "Rung",
    "SavedView",
    "Seal",
    "SealHead",
]


class Definition(models.Model):
    """A version of a case table as it was published. A case keeps the version it began with, so no version is ever removed or altered."""

    id = models.CharField(max_length=80, primary_key=True)
    name = models.CharField(max_length=64)
    version = models.IntegerField()
    kind = models.CharField(max_length=12)
    title = models.CharField(max_length=200)
    hash = models.CharField(max_length=80)
    body = models.TextField()
    in_force_from = models.DateField()
    published = models.DateTimeField()

    class Meta:
        db_table = "casework_definition"
        ordering = ["name", "version"]
        constraints = [models.UniqueConstraint(fields=["name", "version"], name="casework_definition_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Case(ScopedModel):
    """One case. Every column is what folding its events gives. `owner` owes the next act; `due` is its earliest running clock, 9999-12-31 without one."""

    id = models.CharField(_("编号"), max_length=40, primary_key=True)
    definition = models.CharField(_("事项类别"), max_length=64)
    version = models.IntegerField(_("类别版本"))
    subject = models.CharField(_("对象"), max_length=100, db_index=True)
    state = models.CharField(_("状态"), max_length=32)
    ver = models.IntegerField(_("序"))
    owner = models.CharField(_("当前责任方"), max_length=40)
    lead = models.CharField(_("牵头单位"), max_length=40, blank=True, default="")
    handler = models.CharField(_("经办人"), max_length=150, blank=True, default="")
    unit = models.CharField(_("报送单元"), max_length=40, blank=True, default="")
    party = models.CharField(_("诉求企业"), max_length=40, blank=True, default="")
    origin = models.CharField(_("来源"), max_length=80, db_index=True)
    opened_by = models.CharField(_("提出人"), max_length=150, blank=True, default="")
    title = models.CharField(_("标题"), max_length=200, blank=True, default="")
    words = models.TextField(_("说明"), blank=True, default="")
    grade = models.CharField(_("类别"), max_length=32, blank=True, default="")
    outcome = models.CharField(_("办理结果"), max_length=32, blank=True, default="")
    is_open = models.BooleanField(_("未办结"), default=True)
    opened = models.DateTimeField(_("提出时间"))
    changed = models.DateTimeField(_("最近办理"))
    ended = models.DateTimeField(_("办结时间"), null=True, blank=True)
    due = models.DateTimeField(_("最近时限"))
    candidates = models.TextField(default="[]")
    declined = models.TextField(default="[]")
    data = models.TextField(default="{}")
    walked = models.TextField(default="{}")

    class Meta:
        """The table of the contract; every list runs along one of the indexes, by the next due instant."""

        db_table = "casework_case"
        verbose_name = _("事项")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["due", "id"], name="casework_case_next_due"),
            models.Index(fields=["owner", "is_open", "due", "id"], name="casework_case_owner"),
            models.Index(fields=["lead", "is_open", "due", "id"], name="casework_case_lead"),
            models.Index(fields=["unit", "is_open", "due", "id"], name="casework_case_unit"),
            models.Index(fields=["party", "is_open", "due", "id"], name="casework_case_party"),
            models.Index(fields=["definition", "state", "due", "id"], name="casework_case_state"),
            models.Index(fields=["handler", "is_open", "due", "id"], name="casework_case_handler"),
            models.Index(fields=["changed", "id"], name="casework_case_changed"),
            models.Index(fields=["opened_by", "is_open", "due", "id"], name="casework_case_opener"),
        ]

    def __str__(self) -> str:
        return self.title or self.id

    @property
    def fields(self) -> dict[str, Any]:
        """The newest value of every field that was given."""
        found: dict[str, Any] = json.loads(self.data)
        return found

    @property
    def walks(self) -> dict[str, int]:
        """How often each edge was walked."""
        found: dict[str, int] = json.loads(self.walked)
        return found

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """The cases that one's office owns, leads or helps with, one's reporting unit's, one's own enterprise's, and those one raised.

        Who sees the city without enterprises by name (an analyst) sees no enterprise's request.
        """
        if scope.offices is ALL:
            ways = ~Q(pk__in=[]) if scope.parties is ALL else Q(party="")
            return ways | Q(opened_by=scope.person) if scope.person and not is_system(scope) else ways
        return Q(pk__in=cls._seen_by_few(scope))

    @classmethod
    def _seen_by_few(cls, scope: Scope) -> models.QuerySet[Any]:
        """The ids that a scope of some offices, units or parties sees: one query for each way, each along an index, joined by UNION.

        Written as one condition with OR, a list would read every case to find the few of a small scope.
        """
        every: models.QuerySet[Any] = models.QuerySet(cls).order_by()
        offices = sorted(scope.offices) if scope.offices is not ALL else []
        units = sorted(scope.units) if scope.units is not ALL and scope.parties is ALL else []
        ways = [every.filter(owner__in=[*offices, *units]).values("pk")]
        if offices:
            ways += [
                every.filter(lead__in=offices).values("pk"),
                models.QuerySet(Part).order_by().filter(office__in=offices).values("case_id"),
            ]
        if units:
            ways.append(every.filter(unit__in=units).values("pk"))
        if scope.units is ALL and scope.parties is ALL:
            ways.append(every.values("pk"))
        if scope.parties is not ALL and scope.parties:
            ways.append(every.filter(party__in=sorted(scope.parties)).values("pk"))
        if scope.person and not is_system(scope):
            ways.append(every.filter(opened_by=scope.person).values("pk"))
        return ways[0].union(*ways[1:]) if len(ways) > 1 else ways[0]


class _OfCase(ScopedModel):
    """A table about cases: seen with its case."""

    class Meta:
        abstract = True

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """As the case."""
        everything = scope.offices is ALL and scope.parties is ALL
        return ~Q(pk__in=[]) if everything else Q(case__in=Case.seen_by(scope))


class Part(_OfCase):
    """An office at work on a case beside the lead: `open`, `answered`, `released`; `candidate` while the first receiver is not known."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, verbose_name=_("事项"), on_delete=models.PROTECT, db_column="case_id", db_index=False)
    office = models.CharField(_("单位"), max_length=40, db_index=True)
    state = models.CharField(_("状态"), max_length=12)

    class Meta:
        """Each office once on a case."""

        db_table = "casework_part"
        verbose_name = _("协办")
        ordering = ["case", "office"]
        constraints = [models.UniqueConstraint(fields=["case", "office"], name="casework_part_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.office}"


class Event(_OfCase):
    """One step of a case: who, when, from which state to which, why, the fields as given and all that changed. Event 0 begins it and holds the whole row."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, verbose_name=_("事项"), on_delete=models.PROTECT, db_column="case_id", db_index=False)
    ver = models.IntegerField(_("序"))
    edge = models.CharField(_("动作"), max_length=32)
    from_state = models.CharField(_("原状态"), max_length=32, blank=True, default="")
    to_state = models.CharField(_("新状态"), max_length=32)
    actor = models.CharField(_("经办"), max_length=150)
    unit = models.CharField(_("经办单位"), max_length=40, blank=True, default="")
    recorded = models.DateTimeField(_("时间"))
    effective = models.DateTimeField(_("发生时间"))
    reason = models.TextField(_("理由"), blank=True, default="")
    given = models.TextField(default="{}")
    change = models.TextField(default="{}")
    internal = models.BooleanField(_("仅内部可见"), default=False)
    seal = models.BigIntegerField(_("封存序"), default=0, db_index=True)

    class Meta:
        """Each step of a case once."""

        db_table = "casework_event"
        verbose_name = _("事项经过")
        ordering = ["case", "ver"]
        constraints = [models.UniqueConstraint(fields=["case", "ver"], name="casework_event_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.ver} {self.edge}"

    @property
    def fields(self) -> dict[str, Any]:
        """The fields as they were given with this step."""
        found: dict[str, Any] = json.loads(self.given)
        return found

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """As the case; what is internal is shown to the desk's roles alone."""
        seen = super().within(scope)
        return seen if is_desk(scope) else seen & Q(internal=False)


class Clock(_OfCase):
    """One running of a limit. `state`: proposed, running, paused, met, missed, cancelled. `budget`, `span`, `remaining` are days, or seconds by `kind`."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, verbose_name=_("事项"), on_delete=models.PROTECT, db_column="case_id", db_index=False)
    name = models.CharField(_("时限"), max_length=32)
    office = models.CharField(_("协办单位"), max_length=40, blank=True, default="")
    round = models.IntegerField(_("次"), default=1)
    kind = models.CharField(_("单位"), max_length=16)
    budget = models.BigIntegerField(_("限额"))
    started = models.DateTimeField(_("起算"))
    since = models.DateTimeField(_("计自"))
    span = models.BigIntegerField(_("计"))
    due = models.DateTimeField(_("到期"))
    state = models.CharField(_("状态"), max_length=16)
    known_on = models.DateField(_("日历截至"))
    provisional = models.BooleanField(_("暂定"), default=False)
    remaining = models.BigIntegerField(_("剩余"), null=True, blank=True)
    paused = models.DateTimeField(_("暂停"), null=True, blank=True)
    stopped = models.DateTimeField(_("停止"), null=True, blank=True)

    class Meta:
        """One running of a name, an office and a round on a case."""

        db_table = "casework_clock"
        verbose_name = _("时限")
        ordering = ["case", "name", "office", "round"]
        constraints = [models.UniqueConstraint(fields=["case", "name", "office", "round"], name="casework_clock_once")]
        indexes = [models.Index(fields=["state", "due"], name="casework_clock_due")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.name}"


class Rung(_OfCase):
    """When the next rungs of a running clock's ladder fall due; `waiting`, `done` or `dropped`. Derived from the clock; the events are the record."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, verbose_name=_("事项"), on_delete=models.PROTECT, db_column="case_id", db_index=False)
    clock = models.CharField(max_length=80)
    number = models.IntegerField()
    at = models.DateTimeField()
    name = models.CharField(max_length=32)
    title = models.CharField(max_length=200)
    role = models.CharField(max_length=12)
    office = models.CharField(max_length=40, blank=True, default="")
    talk = models.BooleanField(default=False)
    state = models.CharField(max_length=8)

    class Meta:
        """Each rung of a clock once."""

        db_table = "casework_rung"
        ordering = ["case", "clock", "number"]
        constraints = [models.UniqueConstraint(fields=["case", "clock", "number"], name="casework_rung_once")]
        indexes = [models.Index(fields=["state", "at", "id"], name="casework_rung_due")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.clock} {self.number}"


class Notice(_OfCase):
    """The outbox of cases: somebody is to hear of an event. A worker turns it into messages to people; `sent` is set once."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, verbose_name=_("事项"), on_delete=models.PROTECT, db_column="case_id", db_index=False)
    ver = models.IntegerField()
    unit = models.CharField(max_length=40, blank=True, default="")
    role = models.CharField(max_length=12, blank=True, default="")
    person = models.CharField(max_length=150, blank=True, default="")
    what = models.CharField(max_length=32)
    made = models.DateTimeField()
    state = models.CharField(max_length=8, default="waiting")

    class Meta:
        db_table = "casework_notice"
        ordering = ["id"]
        indexes = [models.Index(fields=["state", "id"], name="casework_notice_state")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.what}"


class Attachment(_OfCase):
    """A file of a case, kept by its content. `field` says with which field or line it came; `internal`: the enterprise is not shown it."""

    case = models.ForeignKey(Case, verbose_name=_("事项"), on_delete=models.PROTECT, db_column="case_id", related_name="attachments")
    name = models.CharField(_("文件名"), max_length=150)
    kind = models.CharField(max_length=8)
    digest = models.CharField(max_length=80)
    size = models.BigIntegerField(_("大小"))
    by = models.CharField(_("提供人"), max_length=150)
    unit = models.CharField(_("提供单位"), max_length=40, blank=True, default="")
    at = models.DateTimeField(_("时间"))
    field = models.CharField(max_length=32)
    internal = models.BooleanField(_("仅内部可见"), default=False)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        """Whether a page shows it."""
        return self.kind in ("png", "jpg")

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """As the case; what is internal is shown to the desk's roles alone."""
        seen = super().within(scope)
        return seen if is_desk(scope) else seen & Q(internal=False)


class SavedView(ScopedModel):
    """Filters of a list kept under a name; a person's own."""

    user = models.CharField(max_length=150, db_index=True)
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        ordering = ["user", "name"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="casework_saved_once")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """One's own."""
        return ~Q(pk__in=[]) if is_system(scope) else Q(user=scope.person)
