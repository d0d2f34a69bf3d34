"""The seals over the events of cases, and the holiday notices that clocks are counted by. `io.store` writes both by SQL; see `models.py`."""

from __future__ import annotations

from django.db import models


class Seal(models.Model):
    """A block of events sealed by a digest over them and over the seal before."""

    no = models.BigIntegerField(primary_key=True)
    prev_hash = models.CharField(max_length=80, blank=True, default="")
    root = models.CharField(max_length=80)
    rows = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "casework_seal"
        ordering = ["no"]

    def __str__(self) -> str:
        return f"{self.no} {self.root}"


class SealHead(models.Model):
    """The one row that holds the newest seal's number and digest: who writes events takes it first, so that the chain never forks."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    no = models.BigIntegerField(default=0)
    root = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        db_table = "casework_sealhead"

    def __str__(self) -> str:
        return f"{self.no} {self.root}"


class HolidayNotice(models.Model):
    """A notice on public holidays that was loaded after the product was built: its number, days, and since when it is known."""

    number = models.CharField(max_length=60, primary_key=True)
    issuer = models.CharField(max_length=60, blank=True, default="")
    issued = models.DateField()
    known_from = models.DateField()
    year = models.IntegerField()
    off = models.TextField()
    work = models.TextField()
    loaded = models.DateTimeField()

    class Meta:
        db_table = "casework_holiday_notice"
        ordering = ["known_from", "number"]

    def __str__(self) -> str:
        return self.number


class CalendarMark(models.Model):
    """The one row that holds through which day newly known holiday notices were applied to running clocks."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    through = models.DateField()

    class Meta:
        db_table = "casework_calendar_mark"

    def __str__(self) -> str:
        return str(self.through)
