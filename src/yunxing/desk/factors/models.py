"""What stands beside the ledger: acts that wait for a second person, planned cuts that may be drawn on, auctions and their sealed bids.

The movements themselves are the ledger's (`desk/support`); nothing here holds a balance.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from yunxing.desk.scoping import ScopedModel, nameless, one_of, unit_wide
from yunxing.values.scope import Scope


def longest(model: type[models.Model], name: str) -> int:
    """Signs that a text field keeps."""
    field: Any = model._meta.get_field(name)
    return int(field.max_length)


class Proposal(ScopedModel):
    """An act that somebody drew up. `body` is the group as it will be posted, word for word; it is never computed anew."""

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", "待批"
        POSTED = "posted", "已入账"
        REFUSED = "refused", "未批准"
        WITHDRAWN = "withdrawn", "已撤回"

    scope_office, scope_unit, scope_party = "office", "county", "party"

    key = models.CharField(max_length=120, unique=True)
    act = models.CharField(max_length=60)
    pool = models.CharField(max_length=60, db_index=True)
    office = models.CharField(max_length=60)
    county = models.CharField(max_length=20, default="")
    party = models.CharField(max_length=60, default="")
    project = models.CharField(max_length=60, default="")
    unit = models.CharField(max_length=60)
    amount = models.BigIntegerField()
    uncovered = models.BigIntegerField(default=0)
    document = models.CharField(max_length=200, default="")
    effective = models.DateField()
    body = models.TextField()
    openings = models.TextField()
    notes = models.TextField()
    drawn_by = models.CharField(max_length=150)
    drawn_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING, db_index=True)
    decided_by = models.CharField(max_length=150, default="")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, default="")

    class Meta:
        """Table `factors_proposal`."""

        ordering: ClassVar[list[str]] = ["-id"]
        default_permissions: ClassVar[tuple[str, ...]] = ("view",)

    def __str__(self) -> str:
        return self.key


class PledgedSource(ScopedModel):
    """A planned cut: whose and where, how much, by when, on which document. Its account in the ledger lends at most `planned`."""

    scope_unit, scope_party = "county", "firm"

    id = models.CharField(primary_key=True, max_length=40)
    title = models.CharField(max_length=120)
    firm = models.CharField(max_length=60)
    county = models.CharField(max_length=20)
    office = models.CharField(max_length=60)
    kind = models.CharField(max_length=20)
    unit = models.CharField(max_length=60)
    planned = models.BigIntegerField()
    baseline = models.BigIntegerField(null=True)
    planned_done = models.DateField()
    document = models.CharField(max_length=120)
    decision = models.CharField(max_length=120, default="")
    entered_by = models.CharField(max_length=150)
    entered_at = models.DateTimeField()

    class Meta:
        """Table `factors_pledgedsource`."""

        ordering: ClassVar[list[str]] = ["planned_done", "id"]
        default_permissions: ClassVar[tuple[str, ...]] = ("view",)

    def __str__(self) -> str:
        return self.title

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """Its county's, its firm's, or the office's that keeps it; nothing for who reads no firm by name."""
        return Q(pk__in=[]) if nameless(scope) else super().within(scope) | one_of("office", scope.offices)


class Auction(ScopedModel):
    """A sale of quota by sealed bids: its terms as announced, then the seed, then the result. What is announced never changes."""

    class State(models.TextChoices):
        """Where it stands."""

        OPEN = "open", "报价中"
        CLOSED = "closed", "已截止"
        SETTLED = "settled", "已成交入账"
        VOID = "void", "流拍"

    id = models.CharField(primary_key=True, max_length=40)
    title = models.CharField(max_length=120)
    pool = models.CharField(max_length=60)
    notice = models.CharField(max_length=200)
    supply = models.BigIntegerField()
    rule = models.CharField(max_length=20)
    price = models.CharField(max_length=20)
    ties = models.CharField(max_length=20)
    reserve_fen = models.BigIntegerField()
    bidder_cap = models.BigIntegerField(null=True)
    county_caps = models.TextField(default="{}")
    closes_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN, db_index=True)
    announced_by = models.CharField(max_length=150)
    announced_at = models.DateTimeField()
    seed = models.CharField(max_length=80, default="")
    asked_by = models.CharField(max_length=150, default="")
    opened_by = models.CharField(max_length=150, default="")
    opened_at = models.DateTimeField(null=True)
    sold = models.BigIntegerField(null=True)
    clearing_fen = models.BigIntegerField(null=True)
    due_fen = models.BigIntegerField(null=True)
    result_digest = models.CharField(max_length=80, default="")

    class Meta:
        """Table `factors_auction`."""

        ordering: ClassVar[list[str]] = ["-announced_at", "-id"]
        default_permissions: ClassVar[tuple[str, ...]] = ("view",)

    def __str__(self) -> str:
        return self.title

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """Announced to everybody who may bid or read."""
        del scope
        return ~Q(pk__in=[])


class SealedBid(ScopedModel):
    """One bid. Until the auction is opened only its commitment can be read; the bid itself stands encrypted in `sealed`.

    `commitment` is the SHA-256 of bid, bidder, county, price, quantity, time and nonce; all of it is published when the bids are opened.
    """

    id = models.CharField(primary_key=True, max_length=60)
    auction = models.ForeignKey(Auction, models.PROTECT, related_name="bids")
    bidder = models.CharField(max_length=60)
    county = models.CharField(max_length=20)
    commitment = models.CharField(max_length=64)
    sealed = models.TextField()
    placed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    opened = models.BooleanField(default=False)
    price_fen = models.BigIntegerField(null=True)
    quantity = models.BigIntegerField(null=True)
    time = models.CharField(max_length=40, default="")
    nonce = models.CharField(max_length=64, default="")
    filled = models.BigIntegerField(null=True)
    paid_fen = models.BigIntegerField(null=True)

    class Meta:
        """Table `factors_sealedbid`."""

        ordering: ClassVar[list[str]] = ["id"]
        default_permissions: ClassVar[tuple[str, ...]] = ("view",)

    def __str__(self) -> str:
        return self.id

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """One's own; opened ones are published to everybody. Sealed ones of others are seen by no person, whatever his post."""
        own = Q(bidder__in=sorted(scope.parties)) if isinstance(scope.parties, frozenset) else Q(pk__in=[])
        return own | Q(opened=True) | (unit_wide(scope, "county") if scope.person.startswith("system:") else Q(pk__in=[]))
