"""What the pages of delivery show, each person within his scope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from yunxing.desk.scoping import acting_as_system
from yunxing.desk.support import delivery_place as place
from yunxing.desk.support.delivery_models import Offer, Round
from yunxing.engines.entitlements.delivery import masked_code, masked_name
from yunxing.engines.entitlements.intake import money_words

OPEN_STATES = ("offered", "confirmed", "announced", "objected", "granted", "reduced", "queued")
PUBLIC = ("announced", "objected", "granted", "reduced", "queued", "paid")


@dataclass(frozen=True, slots=True)
class Tally:
    """Offers of a round in one state: how many, how much."""

    state: str
    words: str
    count: int
    fen: int

    @property
    def money(self) -> str:
        """The sum in words."""
        return money_words(self.fen)


def rounds() -> list[Round]:
    """The rounds a person sees, the newest first."""
    return list(Round.objects.all()[:100])


def tallies(one: Round) -> list[Tally]:
    """Counts and sums by state over the whole round: totals are no secret among offices."""
    words = dict(Offer._meta.get_field("state").flatchoices)
    with acting_as_system("support-delivery"):
        found = (
            Offer.objects.filter(round=one)
            .order_by()
            .values("state")
            .annotate(count=Count("pk"), fen=Sum("assessed_fen"), given=Sum("granted_fen"))
        )
        rows = {row["state"]: row for row in found}
    return [
        Tally(state, _(str(words[state])), rows[state]["count"], rows[state]["given"] or rows[state]["fen"] or 0)
        for state in words
        if state in rows
    ]


def notice_lines(one: Round) -> list[dict[str, Any]]:
    """The public list: names of firms, codes masked, amounts; no account, no party's own papers."""
    with acting_as_system("support-delivery"):
        held = list(Offer.objects.filter(round=one, state__in=PUBLIC).order_by("policy", "name"))
    return [
        {
            "number": each.number,
            "name": masked_name(each.name),
            "code": masked_code(each.party),
            "title": each.title,
            "title_en": each.title_en,
            "clause": each.clause,
            "money": money_words(each.granted_fen if each.granted_fen is not None else each.assessed_fen),
            "objected": each.state == "objected",
        }
        for each in held
    ]


def own_offers() -> list[Offer]:
    """The offers of the enterprise that looks: what awaits it first."""
    order = {"offered": 0, "objected": 1, "confirmed": 2}
    found = list(Offer.objects.select_related("round"))
    return sorted(found, key=lambda one: (order.get(one.state, 3), one.number))


def awaiting(limit: int) -> Sequence[Offer]:
    """Offers that await the enterprise's word, in rounds that still take it."""
    return list(Offer.objects.filter(state="offered", round__state="open").select_related("round").order_by("number")[:limit])


def has_offers() -> bool:
    """Whether anything was ever offered to the enterprise that looks."""
    return Offer.objects.exists()


def known_account(payee: str) -> tuple[str, str]:
    """The account name and bank the enterprise gave last, so that it need not type them again; never the number."""
    last = Offer.objects.filter(payee=payee).exclude(account_name="").order_by("-confirmed_at").first()
    return (last.account_name, last.bank) if last else ("", "")


def reminders(one: Round, today: date) -> list[str]:
    """What stands in the way of the next step, in the reader's language."""
    if one.state == "announced" and one.notice_to and today <= one.notice_to:
        return [_("公示至 %(day)s，次日起可以审批。") % {"day": one.notice_to.isoformat()}]
    if one.state == "announced":
        counts = Counter(tally.state for tally in tallies(one) if tally.state == "objected")
        return [_("还有异议未处理。")] if counts else []
    return []


def kinds_for(office_codes: Sequence[place.Kind]) -> dict[str, list[place.Kind]]:
    """Kinds by the office that leads them."""
    found: dict[str, list[place.Kind]] = {}
    for kind in office_codes:
        found.setdefault(kind.office, []).append(kind)
    return found
