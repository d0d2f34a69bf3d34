"""An auction of quota from sealed bids to the ledger: open what was sealed, clear it, and post quota and money as one group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from yunxing.engines.ledger.auction import Bid, Cleared
from yunxing.engines.ledger.batch import Group, Leg, Transfer, transfer_key
from yunxing.engines.ledger.draft import Opening
from yunxing.engines.ledger.model import Answer
from yunxing.engines.ledger.quota_book import CITY, AuctionRule, Quotas
from yunxing.flows.quota_acts import carry_out
from yunxing.values.digest import digits
from yunxing.values.errors import BadInput


def commitment(bid: Bid, nonce: str) -> str:
    """What is published while a bid is sealed: the digest of the bid and its nonce. Nobody learns the bid from it, and nobody can change the bid behind it."""
    return digits([bid.bid, bid.bidder, bid.county, bid.price_fen, bid.quantity, bid.time, nonce])


def seed_of_commitments(auction: str, commitments: Sequence[str]) -> str:
    """The seed of the lottery, published when bidding closes and before any bid is opened: a digest of the auction and all commitments, sorted."""
    return digits([auction, sorted(commitments)])


@dataclass(frozen=True, slots=True)
class Sale:
    """What is settled: the auction, whose pool, the day it counts from, and who drew it up and agreed."""

    auction: str
    effective: date
    people: tuple[str, ...]


def settlement(quotas: Quotas, rule: AuctionRule, sale: Sale, cleared: Cleared) -> tuple[Group, tuple[Opening, ...]]:
    """One group of two transfers: quota from the auction's store to the winners, and what they owe to the proceeds. Keys `<auction>#1` and `#2`.

    Errors: `BadInput` where nothing was sold.
    """
    unit, pool, money = quotas.units[rule.unit], quotas.pools[rule.pool], quotas.pools[rule.money_pool]
    got: dict[str, int] = {}
    owes: dict[str, int] = {}
    county: dict[str, str] = {}
    for bid, units, fen in zip(cleared.bids.rows, cleared.filled.tolist(), cleared.paid.tolist(), strict=True):
        if units:
            got[bid.bidder] = got.get(bid.bidder, 0) + units * unit.scale
            owes[bid.bidder] = owes.get(bid.bidder, 0) + units * fen
            county[bid.bidder] = bid.county
    if not got:
        raise BadInput("没有成交，无需入账 (nothing was sold, there is nothing to settle)")
    key = f"auction/{sale.auction}"
    transfers = [
        _transfer(key, 1, rule.unit, {pool.account(rule.unit, CITY): -sum(got.values()), **_named(pool.account, rule.unit, got, 1)}, rule, sale),
        _transfer(key, 2, rule.money_unit, {money.account(rule.money_unit, CITY): sum(owes.values()), **_named(money.account, rule.money_unit, owes, -1)}, rule, sale),
    ]  # fmt: skip
    openings = [
        Opening(pool.account(rule.unit, CITY), pool.id, pool.book, rule.unit, "pool", pool.owner, ""),
        Opening(money.account(rule.money_unit, CITY), money.id, money.book, rule.money_unit, "pool", money.owner, ""),
    ]
    for bidder in sorted(got):
        where = county[bidder]
        openings.append(Opening(pool.account(rule.unit, bidder), pool.id, pool.book, rule.unit, "holder", bidder, where))
        # what a winner owes counts below zero until it is paid
        openings.append(
            Opening(money.account(rule.money_unit, bidder), money.id, money.book, rule.money_unit, "source", bidder, where, None)
        )
    return Group(key, tuple(transfers)), tuple(openings)


def _named(account: Any, unit: str, amounts: Mapping[str, int], sign: int) -> dict[str, int]:
    return {account(unit, bidder): sign * amount for bidder, amount in amounts.items()}


def _transfer(key: str, number: int, unit: str, legs: Mapping[str, int], rule: AuctionRule, sale: Sale) -> Transfer:
    sides = tuple(Leg(account, amount) for account, amount in sorted(legs.items()) if amount)
    return Transfer(transfer_key(key, number), "move", unit, sides, rule.clause, sale.effective, approvers=sale.people)


def settle(connection: Any, place: str, quotas: Quotas, rule: AuctionRule, *, sale: Sale, cleared: Cleared, recorded: datetime) -> Answer:
    """Post the settlement; the same auction again answers `repeated`. Errors: `BadInput` where nothing was sold."""
    group, openings = settlement(quotas, rule, sale, cleared)
    return carry_out(connection, place, group, openings, recorded, run=f"auction/{sale.auction}")
