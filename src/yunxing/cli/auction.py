"""`yunxing auction …`: clear published bids, and prove a published result from them. Needs no home folder: anyone can run it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from yunxing.cli.context import JsonOption, emit
from yunxing.values.errors import BadInput, DoesNotHold

if TYPE_CHECKING:
    from yunxing.engines.ledger.auction import Bids, Cleared, Terms

app = typer.Typer(no_args_is_help=True)
MOST_BYTES = 256 * 1024 * 1024

BidsArgument = Annotated[Path, typer.Argument(help="BIDS.csv: bid,bidder,county,price_fen,quantity,time")]
SupplyOption = Annotated[int, typer.Option("--supply", help="units for sale, in the unit's smallest part")]
RuleOption = Annotated[Literal["uniform", "pay-as-bid"], typer.Option("--rule", help="one price for all, or each pays its own bid")]
PriceOption = Annotated[Literal["lowest-accepted", "highest-rejected"], typer.Option("--price", help="which price the uniform rule takes")]
TiesOption = Annotated[Literal["pro-rata", "time"], typer.Option("--ties", help="bids of one price share, or the earlier is served first")]
ReserveOption = Annotated[int, typer.Option("--reserve", help="reserve price in fen: lower bids take no part")]
BidderOption = Annotated[int | None, typer.Option("--bidder-cap", help="units that one bidder may get at most")]
CountyOption = Annotated[list[str] | None, typer.Option("--county-cap", help="COUNTY=UNITS; may stand several times")]
SeedOption = Annotated[str, typer.Option("--seed", help="the published seed of the lottery; by default a digest of bids and terms")]


@app.command()
def clear(
    bids: BidsArgument,
    supply: SupplyOption,
    out: Annotated[Path, typer.Option("-o", "--out", help="OUT.csv: bid,filled,price_fen")],
    *,
    rule: RuleOption = "uniform",
    price: PriceOption = "lowest-accepted",
    ties: TiesOption = "pro-rata",
    reserve: ReserveOption = 0,
    bidder_cap: BidderOption = None,
    county_cap: CountyOption = None,
    seed: SeedOption = "",
    json: JsonOption = False,
) -> None:
    """Clear the bids and write what every bid gets and pays; the same bids in any order give the same result."""
    from yunxing.engines.ledger.auction import Terms, clear
    from yunxing.engines.ledger.bid_file import result_csv
    from yunxing.io.files import write_atomic

    terms = Terms(supply, rule, reserve, bidder_cap, _caps(county_cap), price, ties)
    cleared = clear(_bids(bids), terms, seed)
    if out.resolve() == bids.resolve():
        raise BadInput(f"--out {out}: found the file of the bids, expected another file; the bids would be lost")
    write_atomic(out, result_csv(cleared))
    data = _story(cleared, terms)
    one_price = "各按报价 each pays its bid" if cleared.clearing_fen is None else f"成交价 clearing price {cleared.clearing_fen} 分"
    won = sum(1 for units in cleared.filled.tolist() if units)
    line = (
        f"售出 sold {cleared.sold} / {supply}，{one_price}，应收 due {cleared.due_fen} 分；{won} / {len(cleared.bids.rows)} 笔中标 bids won"
    )
    emit(
        data,
        as_json=json,
        lines=[line, f"种子 seed {cleared.seed or '未用抽签 no lottery'} · 结果摘要 digest {cleared.digest[:16]} · {out}"],
    )


@app.command()
def check(
    bids: BidsArgument,
    result: Annotated[Path, typer.Argument(help="RESULT.csv as it was published: bid,filled,price_fen")],
    supply: SupplyOption,
    *,
    rule: RuleOption = "uniform",
    price: PriceOption = "lowest-accepted",
    ties: TiesOption = "pro-rata",
    reserve: ReserveOption = 0,
    bidder_cap: BidderOption = None,
    county_cap: CountyOption = None,
    seed: SeedOption = "",
    json: JsonOption = False,
) -> None:
    """Clear the bids anew and hold the published result to it. Exit 1 with every bid that differs."""
    from yunxing.engines.ledger.auction import Terms, clear
    from yunxing.engines.ledger.bid_file import differences, read_result

    terms = Terms(supply, rule, reserve, bidder_cap, _caps(county_cap), price, ties)
    cleared = clear(_bids(bids), terms, seed)
    found = differences(cleared, read_result(_content(result), str(result)))
    if found:
        raise DoesNotHold(f"{result}: {len(found)} bids differ from what {bids} gives:\n" + "\n".join(found[:100]))
    emit(
        {"reproduced": True, **_story(cleared, terms)},
        as_json=json,
        lines=[f"结果可复现 reproduced: {len(cleared.bids.rows)} bids, digest {cleared.digest[:16]}"],
    )


def _story(cleared: Cleared, terms: Terms) -> dict[str, object]:
    return {
        "bids": len(cleared.bids.rows),
        "supply": terms.supply,
        "sold": cleared.sold,
        "rule": terms.rule,
        "clearing_fen": cleared.clearing_fen,
        "due_fen": cleared.due_fen,
        "seed": cleared.seed,
        "digest": cleared.digest,
    }


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise BadInput(f"{path}: found no file, expected a CSV file")
    if path.stat().st_size > MOST_BYTES:
        raise BadInput(f"{path}: found {path.stat().st_size} bytes, expected at most {MOST_BYTES}")
    return path.read_bytes()


def _bids(path: Path) -> Bids:
    from yunxing.engines.ledger.bid_file import read_bids

    return read_bids(_content(path), str(path))


def _caps(given: list[str] | None) -> dict[str, int]:
    caps: dict[str, int] = {}
    for one in given or []:
        county, sign, units = one.partition("=")
        if not county or not sign or not (units.isascii() and units.isdecimal() and len(units) <= 16):
            raise BadInput(f"--county-cap: found {one!r}, expected COUNTY=UNITS with whole units, such as A01=5000")
        if county in caps:
            raise BadInput(f"--county-cap: found {county} twice, expected each county once")
        caps[county] = int(units)
    return caps
