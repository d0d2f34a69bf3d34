"""The ledger's tables, and the assessments behind them. Pages only read here: every row is written by `io.store.postings`.

Names, keys and checks stand in docs/ledger.md. What a transfer points to was read under the lock in its own transaction and is never deleted, so
the database does not look it up once more for each row (decision 0091); `ledger verify` does. No rule rests on a conditional or expression index: "resolved once" is the primary key
of `Resolution`, "one answer for a key" the unique key of `Transfer`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from yunxing.desk.scoping import ScopedModel
from yunxing.desk.support.delivery_models import CostPaper, Offer, Round, RoundEvent
from yunxing.desk.support.rule_models import RuleChange
from yunxing.values.scope import Scope

__all__ = ["Account", "Book", "CostPaper", "Offer", "Round", "RoundEvent", "RuleChange", "Unit"]


class WrittenElsewhere(TypeError):
    """Someone tried to write a ledger row through the ORM."""


class Ledger(models.Model):
    """A row of the ledger: the ORM reads it and refuses to write it."""

    class Meta:
        """Shared by all tables of the ledger."""

        abstract = True
        default_permissions: ClassVar[tuple[str, ...]] = ("view",)

    def save(self, *_args: Any, **_kwargs: Any) -> None:
        """Refused: the only path is `post(batch)`."""
        raise WrittenElsewhere(f"{type(self).__name__} is written by post(batch) alone")

    def delete(self, *_args: Any, **_kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refused: nothing is deleted; mistakes are reversed."""
        raise WrittenElsewhere(f"{type(self).__name__} is never deleted; reverse the transfer")


class Book(Ledger):
    """The books of one place; nothing dated up to `closed_through` is accepted any more."""

    id = models.CharField(primary_key=True, max_length=60)
    place = models.CharField(max_length=60)
    name = models.CharField(max_length=120)
    closed_through = models.DateField(null=True)

    class Meta(Ledger.Meta):
        """Table `support_book`."""

    def __str__(self) -> str:
        return self.name


class Unit(Ledger):
    """What is counted: money, energy, a pollutant of one vintage; `scale` smallest parts make one printed unit."""

    id = models.CharField(primary_key=True, max_length=60)
    asset = models.CharField(max_length=60)
    scale = models.BigIntegerField()
    vintage = models.CharField(max_length=20, default="")
    expires = models.DateField(null=True)

    class Meta(Ledger.Meta):
        """Table `support_unit`."""

    def __str__(self) -> str:
        return self.id


class Account(ScopedModel, Ledger):
    """An account in one book and unit. `posted` and `reserved` are the only two columns that ever change."""

    scope_unit, scope_party = "county", "owner"

    id = models.CharField(primary_key=True, max_length=120)
    owner = models.CharField(max_length=60, db_index=True)
    county = models.CharField(max_length=20, default="")
    book = models.ForeignKey(Book, models.PROTECT)
    unit = models.ForeignKey(Unit, models.PROTECT)
    kind = models.CharField(max_length=20)
    floor = models.BigIntegerField(default=0)
    posted = models.BigIntegerField(default=0)
    reserved = models.BigIntegerField(default=0)

    class Meta(Ledger.Meta):
        """Table `support_account`."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="support_account_floor", condition=models.Q(posted__gte=models.F("floor") + models.F("reserved"))),
        ]

    def __str__(self) -> str:
        return self.id


class Seal(Ledger):
    """One seal of the chain: a digest with its algorithm's name over the rows of a batch and the seal before."""

    no = models.BigIntegerField(primary_key=True)
    prev_hash = models.CharField(max_length=80)
    root = models.CharField(max_length=80)
    rows = models.IntegerField()
    at = models.DateTimeField()

    class Meta(Ledger.Meta):
        """Table `support_seal`."""

    def __str__(self) -> str:
        return f"{self.no} {self.root}"


class Transfer(ScopedModel, Ledger):
    """One movement, never changed. `key` answers a repeat; `body_hash` tells a repeat from a misuse of the key."""

    seq = models.BigIntegerField(primary_key=True)
    id = models.CharField(max_length=40)  # made from the key, which is unique; an index of its own would only cost
    key = models.CharField(max_length=140, unique=True)
    body_hash = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    unit = models.ForeignKey(Unit, models.PROTECT, db_index=False, db_constraint=False)
    refers = models.CharField(max_length=140, default="")
    clause = models.CharField(max_length=60)
    effective = models.DateField()
    recorded = models.DateTimeField()
    run = models.CharField(max_length=80, default="")
    approver_1 = models.CharField(max_length=60, default="")
    approver_2 = models.CharField(max_length=60, default="")
    seal = models.ForeignKey(Seal, models.PROTECT, db_index=False, db_constraint=False)
    not_before = models.DateTimeField(null=True)
    until = models.DateField(null=True, db_index=True)

    class Meta(Ledger.Meta):
        """Table `support_transfer`. `not_before`: a reservation under a holding delay is not posted earlier; `until`: it lapses after that day."""

    def __str__(self) -> str:
        return self.key

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """The transfers that move an account of the scope."""
        return Q(pk__in=Posting.seen_by(scope).values("transfer"))


class Posting(ScopedModel, Ledger):
    """One line of a transfer: an account changes by an amount in one layer (posted, hold_out, hold_in)."""

    transfer = models.ForeignKey(Transfer, models.PROTECT, db_constraint=False)
    account = models.ForeignKey(Account, models.PROTECT, db_index=False, db_constraint=False)
    layer = models.CharField(max_length=10)
    amount = models.BigIntegerField()

    class Meta(Ledger.Meta):
        """Table `support_posting`."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="support_posting_not_zero", condition=~models.Q(amount=0)),
            # its order serves the statement of an account as well
            models.UniqueConstraint(fields=["account", "transfer", "layer"], name="support_posting_once"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.layer} {self.amount}"

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """As the account."""
        return Q(account__in=Account.seen_by(scope))


class DayBalance(ScopedModel, Ledger):
    """What the transfers effective on one day changed in an account, layer by layer: a balance as of a day is a sum over days, not over postings."""

    account = models.ForeignKey(Account, models.PROTECT, db_index=False)
    day = models.DateField()
    posted = models.BigIntegerField()
    hold_out = models.BigIntegerField()
    hold_in = models.BigIntegerField()

    class Meta(Ledger.Meta):
        """Table `support_day`."""

        db_table = "support_day"
        constraints: ClassVar[list[models.BaseConstraint]] = [models.UniqueConstraint(fields=["account", "day"], name="support_day_once")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.day}"

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """As the account."""
        return Q(account__in=Account.seen_by(scope))


class Obligation(ScopedModel, Ledger):
    """What was borrowed against a pledge and is due before an event (预支): `id` is the key of the transfer that borrowed."""

    id = models.CharField(primary_key=True, max_length=140)
    borrower = models.CharField(max_length=60)
    project = models.CharField(max_length=60, db_index=True)
    unit = models.ForeignKey(Unit, models.PROTECT, db_index=False)
    source = models.ForeignKey(Account, models.PROTECT, related_name="lent")
    holder = models.ForeignKey(Account, models.PROTECT, db_index=False, related_name="borrowed")
    amount = models.BigIntegerField()
    pledge = models.CharField(max_length=120)
    due_event = models.CharField(max_length=40)
    due_date = models.DateField(null=True)

    class Meta(Ledger.Meta):
        """Table `support_obligation`."""

    def __str__(self) -> str:
        return f"{self.project} {self.unit_id} {self.amount}"

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """Those whose borrowed quota lies in an account of the scope."""
        return Q(holder__in=Account.seen_by(scope))


class Repayment(ScopedModel, Ledger):
    """What a transfer gave back of an obligation; a reversed repayment counts below zero. Outstanding is the amount less the sum of these."""

    transfer_id = models.CharField(primary_key=True, max_length=40)
    obligation = models.ForeignKey(Obligation, models.PROTECT)
    amount = models.BigIntegerField()

    class Meta(Ledger.Meta):
        """Table `support_repayment`."""

    def __str__(self) -> str:
        return f"{self.obligation_id} {self.amount}"

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """As the obligation."""
        return Q(obligation__in=Obligation.seen_by(scope))


class Gate(ScopedModel, Ledger):
    """An event of a subject (a project's start of production) that waits for its obligations; passed once, and then nothing more is lent before it."""

    id = models.CharField(primary_key=True, max_length=120)
    subject = models.CharField(max_length=60)
    event = models.CharField(max_length=40)
    passed_at = models.DateTimeField(null=True)

    class Meta(Ledger.Meta):
        """Table `support_gate`. `id` is `<subject>/<event>`."""

    def __str__(self) -> str:
        return self.id

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """The gates of the projects whose obligations the scope sees."""
        return Q(subject__in=Obligation.seen_by(scope).values("project"))


class Term(Ledger):
    """Who must approve and how long a transfer is held: for transfers of a book, unit and kind above an amount, from a day on."""

    id = models.CharField(primary_key=True, max_length=80)
    book = models.ForeignKey(Book, models.PROTECT)
    unit_id = models.CharField(max_length=60, default="")  # empty: every unit
    kind = models.CharField(max_length=20, default="")  # empty: every kind that takes from an account
    above = models.BigIntegerField(default=0)
    approvers = models.IntegerField(default=0)
    delay = models.IntegerField(default=0)  # minutes of working time
    hours = models.CharField(max_length=60, default="")  # office hours they are counted in; empty: round the clock
    valid_from = models.DateField()
    clause = models.CharField(max_length=60)

    class Meta(Ledger.Meta):
        """Table `support_term`."""

    def __str__(self) -> str:
        return self.id


class SealHead(Ledger):
    """The one row at which writers of the ledger meet: the newest seal and the last sequence number."""

    id = models.IntegerField(primary_key=True)
    no = models.BigIntegerField()
    root = models.CharField(max_length=80)
    seq = models.BigIntegerField()

    class Meta(Ledger.Meta):
        """Table `support_sealhead`."""

    def __str__(self) -> str:
        return f"{self.no} {self.root}"


class Resolution(ScopedModel, Ledger):
    """A reservation resolved, or a posted transfer reversed: its primary key lets the store itself refuse a second."""

    reserve_id = models.CharField(primary_key=True, max_length=40)
    transfer_id = models.CharField(max_length=40)
    how = models.CharField(max_length=20)

    class Meta(Ledger.Meta):
        """Table `support_resolution`."""

    def __str__(self) -> str:
        return f"{self.reserve_id} {self.how}"

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """As the transfer that resolved."""
        return Q(transfer_id__in=Transfer.seen_by(scope).values("id"))
