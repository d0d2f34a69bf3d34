"""One round of a kind of matching: shortlist, three assignments side by side, what each costs, told as one document that pages and workbooks read.

A result holds whole numbers and words only, so that it has a digest; it names its inputs' digest, the seed of its lottery and what proves the optimum.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from yunxing.engines.matching.assign import deferred, greedy
from yunxing.engines.matching.compare import blocking_named, measures, pairs_of, plain, spread
from yunxing.engines.matching.kind import Kind, frame, kept_rows
from yunxing.engines.matching.market import Ints, Market, Side, Ties, market_of, orders_of
from yunxing.engines.matching.shortlist import shortlist
from yunxing.io.solvers.assign import Assigned, Assignment
from yunxing.values.digest import digest
from yunxing.values.errors import BadInput

Rows = Sequence[Mapping[str, Any]]
SECONDS = 60.0


def quiet(_words: str) -> None:
    """Nobody listens to the progress."""


def make_matches(
    kind: Kind,
    needs: Rows,
    offers: Rows,
    *,
    seed: str,
    seconds: float = SECONDS,
    keep: int | None = None,
    progress: Callable[[str], None] = quiet,
) -> dict[str, Any]:
    """The result of a round over kept rows (`engines.matching.kind.kept_rows`). The order of the rows changes nothing."""
    needs, offers = sorted(needs, key=lambda one: str(one["id"])), sorted(offers, key=lambda one: str(one["id"]))
    progress("shortlist")
    left, right = frame(kind, "need", needs), frame(kind, "offer", offers)
    short = shortlist(kind, left, right, keep=keep, seed=seed)
    market = market_of(left.select(need="id", quota="quota"), right.select(offer="id", quota="quota"), short.edges)
    progress("solving")
    solved = solve_market(market, kind.proposer, kind.ties, seed, seconds, group=[str(one.get("unit") or "") for one in needs])
    points = [f"p.{one.id}" for one in kind.parts]
    edges = short.edges.select("need", "offer", "value", "need_rank", "offer_rank", pl.concat_list(points).alias("points"))
    result = {
        "kind": kind.id, "seed": seed, "passed": short.passed, "full": kind.full, "needs": list(needs), "offers": list(offers),
        "edges": [list(one) for one in edges.rows()], **solved,
    }  # fmt: skip
    return {**result, "digest": digest({name: value for name, value in result.items() if name != "milliseconds"})}


def solve_market(
    market: Market,
    proposer: Side,
    ties: Ties,
    seed: str,
    seconds: float,
    *,
    group: Sequence[str] | None = None,
    methods: Sequence[str] = ("optimal", "stable", "greedy"),
) -> dict[str, Any]:
    """The assignments with their measures. Where no solver ended in time the better of the other two stands for the optimum, marked as not proven."""
    at_work = Assignment(market, seconds=seconds) if "optimal" in methods else None
    try:
        orders = orders_of(market, ties, seed)
        found: dict[str, Ints] = {}
        if "stable" in methods or at_work is not None:
            found["stable"] = deferred(market, orders, proposer)
        if "greedy" in methods or at_work is not None:
            found["greedy"] = greedy(market, orders)
        best = at_work.answer() if at_work is not None else None
    finally:
        if at_work is not None:
            at_work.close()
    proof = None
    if best is not None:
        found["optimal"] = best.units if best.units is not None else max(found["greedy"], found["stable"], key=market.worth)
        proof = proven(best)
    told: dict[str, Any] = {}
    for name in ("optimal", "stable", "greedy"):
        if name not in methods:
            continue
        told[name] = {
            "measures": plain(measures(market, found[name], orders)),
            "pairs": pairs_of(market, found[name]),
            "blocking": [list(one) for one in blocking_named(market, found[name])],
        }
        if group is not None:
            told[name]["spread"] = spread(market, found[name], group)
    answer: dict[str, Any] = {"methods": told, "market": market.digest, "ties": ties, "proposer": proposer, "proof": proof}
    if best is not None:
        answer["milliseconds"] = int(best.seconds * 1000)
        answer["prices"] = [[market.offers[at], int(one)] for at, one in enumerate(best.price) if one]
    return answer


def proven(best: Assigned) -> dict[str, Any]:
    """What is proven of the optimum: `bound` is None where no solver gave prices."""
    return {"status": best.status, "bound": best.bound, "solver": best.solver, "cut_by": best.cut_by, "notes": list(best.notes)}


def rows_of(kind: Kind, side: Side, path: Path) -> list[dict[str, Any]]:
    """A CSV or workbook (its first sheet) or a JSON list as kept rows. BadInput with every fault."""
    return kept_rows(kind, side, table_rows(path), path.name)


def table_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a table file, by its header."""
    import json

    from yunxing.io.books.read import read_book

    if path.suffix.lower() == ".json":
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise BadInput(f"{path}: found {error}, expected a JSON list of objects.") from error
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise BadInput(f"{path}: found no list of objects, expected one.")
        return found
    return book_rows(read_book(path))


def book_rows(book: Any) -> list[dict[str, Any]]:
    """The rows of a book's first visible sheet, by its header; empty lines are left out."""
    sheet = next((one for one in book.sheets if not one.hidden), None)
    if sheet is None or not sheet.rows:
        raise BadInput(f"{book.name}: found no rows, expected a header and rows under it.")
    header, *rows = sheet.rows
    names = [str(one or "").strip() for one in header]
    return [dict(zip(names, [_typed(one) for one in row], strict=False)) for row in rows if any(one not in (None, "") for one in row)]


def _typed(given: Any) -> Any:
    """A spreadsheet's whole numbers and days as they are typed: `3`, not `3.0`; `2022-10-01`, without an hour."""
    if isinstance(given, datetime):
        return given.date().isoformat()
    return int(given) if isinstance(given, float) and given.is_integer() else given
