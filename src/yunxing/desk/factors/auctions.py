"""Auctions: announce, take sealed bids, close and publish the seed, open by two people, clear, settle in the ledger, publish so that anyone can reproduce it.

A bid is encrypted with the home's field key the moment it comes; beside it stands its commitment, which everybody may see. When bidding has closed the seed
of the lottery is computed from all commitments and published, before any bid is opened. Opening takes two people: the first asks, the second
opens; every bid is then held to its commitment, cleared by the engine and settled as one group of the ledger, all in one transaction.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from django.db import connection, transaction
from django.utils.translation import gettext as _

from yunxing.desk import clock
from yunxing.desk.factors import place
from yunxing.desk.factors.models import Auction, SealedBid, longest
from yunxing.desk.people import journal
from yunxing.desk.people.models import Role
from yunxing.desk.people.selectors import Standing
from yunxing.desk.scoping import acting_as_system
from yunxing.engines.ledger.auction import LARGEST, Bid, Bids, Cleared, Price, Rule, Terms, Ties, clear
from yunxing.engines.ledger.bid_file import RESULT, bids_csv
from yunxing.engines.ledger.quota_book import CITY, AuctionRule
from yunxing.flows import quota_acts
from yunxing.flows.sell_quota import Sale, commitment, seed_of_commitments, settle
from yunxing.io.fields import FieldCipher
from yunxing.io.store.ledger_trial import free_of
from yunxing.values.errors import BadInput, Refusal
from yunxing.values.money import format_money
from yunxing.values.office_hours import local
from yunxing.values.quantity import parse_number

WHERE = "factors_sealedbid"
MOST_BIDS = 50
"""Bids of one bidder in one auction."""


@dataclass
class Announced:
    """An auction as it was typed, and what is wrong, by field."""

    fields: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)


def rule_of(auction: Auction) -> AuctionRule:
    """The pack's rule for the pool that is sold from."""
    return place.quotas().auctions[auction.pool]


def yuan(fen: int) -> str:
    """Fen as yuan, for a sentence."""
    return format_money(fen, "元", with_unit=False)


def may_keep(standing: Standing, pool: str) -> bool:
    """Whether the person keeps auctions of a pool: the command or its owner."""
    if standing.role == Role.COMMAND:
        return True
    return standing.role == Role.DEPARTMENT and place.quotas().pools[pool].owner in place.offices_of(standing)


def free_supply(pool: str) -> int:
    """Whole printed units that may still be put up: what the pool's store has free, less what open auctions have announced."""
    rule = place.quotas().auctions[pool]
    account = place.quotas().pools[pool].account(rule.unit, CITY)
    with acting_as_system("ledgers"):
        announced: int = sum(one.supply for one in Auction.objects.filter(pool=pool, state__in=(Auction.State.OPEN, Auction.State.CLOSED)))
    return max(0, free_of(connection, account) // place.quotas().units[rule.unit].scale - announced)


def read_announcement(pool: str, posted: Mapping[str, str]) -> Announced:
    """The terms as typed, every fault at once; what is left empty is the pack's own rule."""
    rule, found = place.quotas().auctions[pool], Announced()
    fields, wrong = found.fields, found.wrong
    for name, words in (("title", _("请填写名称")), ("notice", _("请填写公告文号"))):
        fields[name] = posted.get(name, "").strip()
        if not fields[name]:
            wrong[name] = words
        elif len(fields[name]) > longest(Auction, name):
            wrong[name] = _("最多 %(n)s 字") % {"n": longest(Auction, name)}
    fields["supply"] = _whole(posted.get("supply", ""), wrong, "supply", least=1)
    if "supply" not in wrong and fields["supply"] > free_supply(pool):
        wrong["supply"] = _("可供竞购的指标只有 %(free)s") % {"free": f"{free_supply(pool):,}"}
    reserve = posted.get("reserve", "").strip()
    fields["reserve_fen"] = rule.reserve_fen
    if reserve:
        try:
            fen = parse_number(reserve) * 100
            fields["reserve_fen"] = int(fen)
            if fen.denominator != 1 or not 0 <= fen <= LARGEST:
                wrong["reserve"] = _("底价以元计，最多两位小数")
        except BadInput as refused:
            wrong["reserve"] = refused.message
    cap = posted.get("bidder_cap", "").strip()
    share = rule.bidder_cap_share
    fields["bidder_cap"] = (
        _whole(cap, wrong, "bidder_cap", least=1) if cap else None if share is None else max(1, int(fields["supply"] * share))
    )
    fields["county_caps"] = json.dumps(_county_caps(posted.get("county_caps", ""), wrong))
    fields["rule"] = posted.get("rule") if posted.get("rule") in ("uniform", "pay-as-bid") else rule.rule
    fields["price"], fields["ties"] = rule.price, posted.get("ties") if posted.get("ties") in ("pro-rata", "time") else rule.ties
    fields["closes_at"] = _moment(posted.get("closes_at", ""), wrong)
    return found


def _whole(text: str, wrong: dict[str, str], name: str, *, least: int) -> int:
    plain = text.strip().replace(",", "")
    number = _digits(plain)
    if number is None or number < least:
        wrong[name] = _("请填写不小于 %(least)s 的整数") % {"least": least}
        return 0
    return number


def _digits(plain: str) -> int | None:
    """A whole number in plain digits that the auction can sum exactly; None for anything else."""
    if not plain.isascii() or not plain.isdecimal() or len(plain) > len(str(LARGEST)) or int(plain) > LARGEST:
        return None
    return int(plain)


def _county_caps(text: str, wrong: dict[str, str]) -> dict[str, int]:
    names = {name: code for code, name in place.counties()} | {code: code for code, _name in place.counties()}
    found: dict[str, int] = {}
    for line in (one.strip() for one in text.splitlines()):
        name, _space, cap = line.replace("\t", " ").rpartition(" ")
        county, units = names.get(name.strip(), ""), _digits(cap)
        if line and (not county or units is None or county in found):
            wrong["county_caps"] = _("“%(line)s”应写作“县区名 上限”") % {"line": line}
        elif line and units is not None:
            found[county] = units
    return found


def _moment(text: str, wrong: dict[str, str]) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        wrong["closes_at"] = _("请填写截止时间，例如 2022-11-20T17:00")
        return None
    moment = found.replace(tzinfo=clock.now().tzinfo) if found.tzinfo is None else found
    if moment <= clock.now():
        wrong["closes_at"] = _("截止时间须晚于现在")
    return moment


def announce(standing: Standing, pool: str, fields: Mapping[str, Any]) -> Auction:
    """Announce an auction; from now on its terms are fixed."""
    with transaction.atomic(), acting_as_system("ledgers"):
        number = Auction.objects.count() + 1
        auction: Auction = Auction.objects.create(
            id=f"A{clock.today():%Y}-{number:03d}", pool=pool, announced_by=standing.user.username, announced_at=clock.now(), **fields
        )
        journal.record("announce", kind="auction", object_id=auction.pk, reason=auction.notice, after={"supply": auction.supply})
    return auction


def place_bid(standing: Standing, auction: Auction, price_fen: int, quantity: int) -> tuple[SealedBid, str]:
    """Take a sealed bid of the person's enterprise; gives it with its nonce, which the bidder keeps. Errors: `Refusal`, `BadInput`."""
    post = standing.post
    if post is None or standing.role != Role.ENTERPRISE or post.unit.parent is None:
        raise Refusal(_("只有企业账户可以报价。"))
    now = clock.now()
    if auction.state != Auction.State.OPEN or now >= auction.closes_at:
        raise Refusal(_("报价已截止。"))
    if price_fen < auction.reserve_fen:
        raise BadInput(_("报价低于底价 %(reserve)s 元") % {"reserve": yuan(auction.reserve_fen)})
    if not 1 <= price_fen <= LARGEST:
        raise BadInput(_("单价应大于 0，且不超过 %(most)s 元") % {"most": yuan(LARGEST)})
    if not 1 <= quantity <= auction.supply:
        raise BadInput(_("数量应为 1 至 %(supply)s 的整数") % {"supply": f"{auction.supply:,}"})
    with transaction.atomic(), acting_as_system("ledgers"):
        Auction.objects.select_for_update().get(pk=auction.pk)
        own = SealedBid.objects.filter(auction=auction, bidder=post.unit.code).count()
        if own >= MOST_BIDS:
            raise Refusal(_("每家企业一场最多 %(n)s 笔报价。") % {"n": MOST_BIDS})
        number = SealedBid.objects.filter(auction=auction).count() + 1
        bid = Bid(
            f"{auction.pk}-{number:05d}",
            post.unit.code,
            post.unit.parent.code,
            price_fen,
            quantity,
            f"{now:%Y-%m-%dT%H:%M:%S.%f}",
        )
        kept, nonce = keep(auction, bid, now)
        journal.record("bid", kind="auction", object_id=auction.pk, after={"commitment": kept.commitment})
    return kept, nonce


def keep(auction: Auction, bid: Bid, now: datetime) -> tuple[SealedBid, str]:
    """Seal a bid and write it down with its commitment; gives the nonce, which is kept nowhere in the open."""
    nonce = secrets.token_hex(32)
    body = json.dumps([bid.price_fen, bid.quantity, bid.time, nonce])
    sealed = FieldCipher.in_home(place.home()).seal(body, f"{WHERE}/{bid.bid}")
    one = SealedBid.objects.create(
        id=bid.bid, auction=auction, bidder=bid.bidder, county=bid.county, commitment=commitment(bid, nonce), sealed=sealed, placed_at=now
    )
    return one, nonce


def withdraw_bid(standing: Standing, auction: Auction, name: str) -> None:
    """Take one's own bid back while bidding is open."""
    with transaction.atomic(), acting_as_system("ledgers"):
        bid = SealedBid.objects.select_for_update().filter(auction=auction, pk=name).first()
        if bid is None or standing.post is None or bid.bidder != standing.post.unit.code:
            raise Refusal(_("没有这笔报价。"))
        if auction.state != Auction.State.OPEN or clock.now() >= auction.closes_at:
            raise Refusal(_("报价已截止，不能撤回。"))
        SealedBid.objects.filter(pk=name).update(withdrawn_at=clock.now())
        journal.record("withdraw", kind="auction", object_id=auction.pk, after={"commitment": bid.commitment})


def ask_to_open(standing: Standing, auction: Auction) -> Auction:
    """The first of two people, after the closing time: bidding is closed and the seed published. Errors: `Refusal` before that time."""
    with transaction.atomic(), acting_as_system("ledgers"):
        found: Auction = Auction.objects.select_for_update().get(pk=auction.pk)
        if found.state != Auction.State.OPEN:
            raise Refusal(_("本场已截止。"))
        if clock.now() < found.closes_at:
            raise Refusal(_("截止时间未到，不能开标。"))
        commitments = list(SealedBid.objects.filter(auction=found, withdrawn_at=None).values_list("commitment", flat=True))
        found.seed, found.asked_by, found.state = seed_of_commitments(found.pk, commitments), standing.user.username, Auction.State.CLOSED
        found.save()
        journal.record("close", kind="auction", object_id=found.pk, after={"seed": found.seed, "bids": len(commitments)})
    return found


def open_bids(standing: Standing, auction: Auction) -> Auction:
    """The second person: open, check, clear, settle, publish; all or nothing. Errors: `Refusal` for the same person, a broken seal, or the ledger's refusal."""
    person, now = standing.user.username, clock.now()
    with transaction.atomic(), acting_as_system("ledgers"):
        found: Auction = Auction.objects.select_for_update().get(pk=auction.pk)
        if found.state != Auction.State.CLOSED:
            raise Refusal(_("本场不在待开标状态。"))
        if person == found.asked_by:
            raise Refusal(_("须由第二人开标。"))
        kept = {one.pk: one for one in SealedBid.objects.filter(auction=found, withdrawn_at=None)}
        opened = _opened(list(kept.values()))
        cleared = clear(Bids.of([bid for bid, _nonce in opened]), terms_of(found), found.seed)
        for (bid, nonce), line in zip(opened, cleared.fills, strict=True):
            one = kept[bid.bid]
            one.opened, one.price_fen, one.quantity, one.time, one.nonce = True, bid.price_fen, bid.quantity, bid.time, nonce
            one.filled, one.paid_fen = line.filled, line.price_fen
        SealedBid.objects.bulk_update(
            kept.values(), ["opened", "price_fen", "quantity", "time", "nonce", "filled", "paid_fen"], batch_size=50
        )
        _settle(found, cleared, person, now)
        journal.record("open", kind="auction", object_id=found.pk, after={"digest": found.result_digest, "sold": cleared.sold})
    return found


def _settle(auction: Auction, cleared: Cleared, person: str, now: datetime) -> None:
    auction.opened_by, auction.opened_at, auction.sold, auction.due_fen = person, now, cleared.sold, cleared.due_fen
    auction.clearing_fen, auction.result_digest = cleared.clearing_fen, cleared.digest
    auction.state = Auction.State.SETTLED if cleared.sold else Auction.State.VOID
    auction.save()
    if not cleared.sold:
        return
    book = place.quotas()
    quota_acts.open_quotas(connection, book, place.place())
    sale = Sale(auction.pk, local(now)[0], (auction.asked_by, person))
    answer = settle(connection, place.place(), book, rule_of(auction), sale=sale, cleared=cleared, recorded=now)
    if answer.status == "refused":
        raise Refusal(_("台账拒绝入账：%(why)s。开标未生效。") % {"why": answer.message})


def _opened(kept: Sequence[SealedBid]) -> list[tuple[Bid, str]]:
    """Every bid opened and held to its commitment. Errors: `Refusal` that names those that do not open or do not match."""
    cipher = FieldCipher.in_home(place.home())
    found, broken = [], []
    for one in kept:
        try:
            price, quantity, time, nonce = json.loads(cipher.open(one.sealed, f"{WHERE}/{one.pk}"))
        except BadInput:
            broken.append(one.pk)
            continue
        bid = Bid(one.pk, one.bidder, one.county, price, quantity, time)
        if commitment(bid, nonce) != one.commitment:
            broken.append(one.pk)
        found.append((bid, nonce))
    if broken:
        raise Refusal(_("下列报价与其承诺不符或无法解密，不能开标：%(bids)s") % {"bids": "、".join(broken)})
    return found


def terms_of(auction: Auction) -> Terms:
    """The terms as they were announced."""
    return Terms(
        auction.supply, cast("Rule", auction.rule), auction.reserve_fen, auction.bidder_cap, json.loads(auction.county_caps),
        cast("Price", auction.price), cast("Ties", auction.ties),
    )  # fmt: skip


def published_bids(auction: Auction) -> bytes:
    """The opened bids as CSV, sorted by id."""
    rows = SealedBid.objects.filter(auction=auction, opened=True, withdrawn_at=None)
    return bids_csv([Bid(one.pk, one.bidder, one.county, one.price_fen or 0, one.quantity or 0, one.time) for one in rows])


def published_result(auction: Auction) -> bytes:
    """What every bid got and pays, as CSV, sorted by id."""
    rows = SealedBid.objects.filter(auction=auction, opened=True, withdrawn_at=None).order_by("id")
    lines = [",".join(RESULT), *(f"{one.pk},{one.filled},{one.paid_fen}" for one in rows)]
    return ("\n".join(lines) + "\n").encode()


def command_line(auction: Auction) -> str:
    """The command by which anyone reproduces the result from the two files."""
    words = [f"yunxing auction check {auction.pk}-bids.csv {auction.pk}-result.csv --supply {auction.supply} --rule {auction.rule}"]
    words.append(f"--price {auction.price} --ties {auction.ties} --reserve {auction.reserve_fen}")
    if auction.bidder_cap is not None:
        words.append(f"--bidder-cap {auction.bidder_cap}")
    words += [f"--county-cap {county}={cap}" for county, cap in json.loads(auction.county_caps).items()]
    return " ".join([*words, f"--seed {auction.seed}"])
