"""Reports on their way: who owes what, the cells typed so far, who changed what, who reviewed, who was urged. Accepted ones become facts.

A row here is a draft or a review; a figure of a page comes from the facts. `ver` counts up at every change and is what the second of two savers is told by.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yunxing.desk.scoping import ScopedModel, one_of
from yunxing.values.scope import ALL, Scope


class State(models.TextChoices):
    """How far a report has come; `engines.facts.review` says who may move it."""

    DUE = "due", _("未报")
    DRAFTED = "drafted", _("填报中")
    SUBMITTED = "submitted", _("待审")
    COUNTY = "county", _("县级已审")
    DEPARTMENT = "department", _("部门已审")
    CONFIRMED = "confirmed", _("已确认")
    RETURNED = "returned", _("已退回")


class Report(ScopedModel):
    """One party's report of one form and period: the duty itself, and how far it has come. A form is reviewed by the office named here."""

    scope_unit, scope_party = "unit", "party"

    form = models.CharField(max_length=32)
    period = models.CharField(max_length=16)
    party = models.CharField(max_length=64)
    unit = models.CharField(max_length=32)
    office = models.CharField(max_length=40, blank=True, default="")
    name = models.CharField(max_length=200)
    subject = models.CharField(max_length=16)
    industry = models.CharField(max_length=8, blank=True, default="")
    due_reporter = models.DateField()
    due_county = models.DateField()
    due_city = models.DateField()
    provisional = models.BooleanField(default=False)
    weight = models.BigIntegerField(null=True, blank=True)  # last year's value of the form's leading item, in its stored unit
    state = models.CharField(max_length=12, choices=State, default=State.DUE)
    ver = models.IntegerField(default=0)
    round = models.IntegerField(default=0)  # how often it was submitted
    filled = models.IntegerField(default=0)
    asked = models.IntegerField(default=0)
    errors = models.IntegerField(default=0)
    warnings = models.IntegerField(default=0)  # also those that have their reason: a reviewer reads them all
    held = models.IntegerField(default=0)
    first_sent_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by_proxy = models.BooleanField(default=False)
    accepted_at = models.DateTimeField(null=True, blank=True)  # by the county, in the present round
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    receipt = models.CharField(max_length=60, blank=True, default="")
    reason = models.CharField(max_length=400, blank=True, default="")  # why returned, late or corrected, in the present round
    marked = models.CharField(max_length=400, blank=True, default="")  # the cells a reviewer marked, by key
    correction = models.BooleanField(default=False)  # the present round corrects what had become facts
    wants_return = models.CharField(max_length=400, blank=True, default="")
    submission = models.CharField(max_length=80, blank=True, default="")  # the workbook in which it became facts

    class Meta:
        db_table = "reporting_report"
        ordering = ["period", "form", "unit", "party"]
        constraints = [models.UniqueConstraint(fields=["form", "period", "party"], name="reporting_report_once")]
        indexes = [models.Index(fields=["period", "unit", "party"], name="reporting_report_place")]

    def __str__(self) -> str:
        return f"{self.form} {self.period} {self.party}"

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """Its unit and party, or the office that reviews the form. An analyst, who sees every office and no party, sees none of them."""
        own = one_of("unit", scope.units) & one_of("party", scope.parties)
        return own if scope.offices is ALL else own | one_of("office", scope.offices)


class OfReport(ScopedModel):
    """What belongs to a report is seen by those who see the report."""

    class Meta:
        abstract = True

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """The rows of the reports that the scope sees."""
        return Q(report__in=Report.seen_by(scope).values("pk"))


class Entry(OfReport):
    """One cell as it stands. `key` is `<item>/<role>/<as reported>`, `<item>/cause`, with `<day>/` before it on a daily form.

    `text` is the answer in the printed unit, or what was typed when it cannot be read; `given`: taken from what the city holds, not typed.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="entries")
    key = models.CharField(max_length=90)
    text = models.CharField(max_length=400, blank=True, default="")
    given = models.BooleanField(default=False)
    ver = models.IntegerField(default=1)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "reporting_entry"
        ordering = ["report", "key"]
        constraints = [models.UniqueConstraint(fields=["report", "key"], name="reporting_entry_once")]

    def __str__(self) -> str:
        return f"{self.report_id} {self.key}"


class EntryChange(OfReport):
    """A cell changed from old to new; inserts only. In round 0 nothing was sent yet; later changes carry their reason and are shown to all who see the report."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="changes")
    key = models.CharField(max_length=90)
    old = models.CharField(max_length=400, blank=True, default="")
    new = models.CharField(max_length=400, blank=True, default="")
    ver = models.IntegerField()
    round = models.IntegerField(default=0)
    why = models.CharField(max_length=400, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=60, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        db_table = "reporting_entry_change"
        ordering = ["report", "id"]

    def __str__(self) -> str:
        return f"{self.key}: {self.old} → {self.new}"


class ReportEvent(OfReport):
    """What happened to a report as a whole: sent, accepted, returned, urged, corrected, confirmed. Inserts only."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="events")
    act = models.CharField(max_length=16)
    from_state = models.CharField(max_length=12, blank=True, default="")
    to_state = models.CharField(max_length=12, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=60, blank=True, default="")
    post = models.CharField(max_length=200, blank=True, default="")
    reason = models.CharField(max_length=400, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        db_table = "reporting_report_event"
        ordering = ["report", "id"]

    def __str__(self) -> str:
        return f"{self.report_id} {self.act}"


class Urging(ScopedModel):
    """A party was urged on a day about the reports it owes for a period: at most once a day. `messages` are the outbox rows, by key."""

    scope_unit, scope_party = "unit", "party"

    party = models.CharField(max_length=64)
    unit = models.CharField(max_length=32)
    period = models.CharField(max_length=16)
    day = models.DateField()
    forms = models.CharField(max_length=400)
    messages = models.TextField(blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "reporting_urging"
        ordering = ["-day", "party"]
        constraints = [models.UniqueConstraint(fields=["party", "day"], name="reporting_urging_once")]

    def __str__(self) -> str:
        return f"{self.party} {self.day}"


class Authority(ScopedModel):
    """A recorded authority: this person may enter this enterprise's report (代报) from a day to a day, on the basis named. Without it nobody enters for another."""

    scope_unit, scope_party = "unit", "party"

    party = models.CharField(max_length=64)
    unit = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField()
    basis = models.CharField(max_length=200)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "reporting_authority"
        ordering = ["-recorded_at"]

    def __str__(self) -> str:
        return f"{self.agent_id} for {self.party}"


class Closing(ScopedModel):
    """A unit has closed its review of a period (本县已审结): what comes after is a revision with its reason."""

    scope_unit = "unit"

    unit = models.CharField(max_length=32)
    period = models.CharField(max_length=16)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "reporting_closing"
        ordering = ["period", "unit"]
        constraints = [models.UniqueConstraint(fields=["unit", "period"], name="reporting_closing_once")]

    def __str__(self) -> str:
        return f"{self.unit} {self.period}"
