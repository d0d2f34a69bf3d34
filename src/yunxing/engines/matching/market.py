"""The canonical market: two sides with capacities and the pairs that passed the hard conditions, each with a whole score and both sides' ranks.

Sides stand in the order of their ids and edges in the order (need, offer), so that the same market in any row order is the same arrays and the same digest.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from yunxing.values.errors import BadInput, Fault

Ints = npt.NDArray[np.int64]
Side = Literal["need", "offer"]
Ties = Literal["value", "lottery", "id"]
NO_RANK = 2**31 - 1  # a pair that a side did not rank stands behind all that it ranked, in one tie
MOST_VALUE, MOST_QUOTA = 10**9, 10**6
EDGE_COLUMNS = ("need", "offer", "value", "need_rank", "offer_rank", "most")
SHOWN = 50  # faults told one by one


@dataclass(frozen=True)
class Market:
    """`quota` and `room` are units each side may hold; an edge carries at most `most` units, each worth `value` (whole, from 0).

    Ranks are a side's own order of its edges: smaller is liked better, equal is a tie, `NO_RANK` is unranked.
    """

    needs: tuple[str, ...]
    quota: Ints
    offers: tuple[str, ...]
    room: Ints
    need: Ints
    offer: Ints
    value: Ints
    need_rank: Ints
    offer_rank: Ints
    most: Ints

    def worth(self, units: Ints) -> int:
        """The sum of fit of an assignment."""
        return int(np.dot(self.value, units))

    def held(self, side: Side, units: Ints) -> Ints:
        """The units that each member of a side holds."""
        place, size = (self.need, len(self.needs)) if side == "need" else (self.offer, len(self.offers))
        found = np.zeros(size, dtype=np.int64)
        np.add.at(found, place, units)
        return found

    @cached_property
    def digest(self) -> str:
        """`sha256:` over both sides and all edges."""
        said = hashlib.sha256()
        for side in (self.needs, self.offers):
            said.update("\x00".join(side).encode() + b"\x01")
        for array in (self.quota, self.room, self.need, self.offer, self.value, self.need_rank, self.offer_rank, self.most):
            said.update(np.ascontiguousarray(array, dtype="<i8").tobytes() + b"\x02")
        return f"sha256:{said.hexdigest()}"


def market_of(needs: pl.DataFrame, offers: pl.DataFrame, edges: pl.DataFrame) -> Market:
    """The market of three tables: needs `need, quota`; offers `offer, quota`; edges `need, offer, value` and perhaps `need_rank, offer_rank, most`.

    Raises BadInput with every fault: ids twice or empty, quotas below 0, a pair twice or of an unknown side, values that are not whole numbers from 0.
    """
    faults: list[Fault] = []
    left, quota = _side(needs, "need", faults)
    right, room = _side(offers, "offer", faults)
    table = _edges(edges, faults)
    if not faults:
        _links(table, left, right, faults)
    if faults:
        raise BadInput.from_faults(faults[:SHOWN])
    table = (
        table.join(pl.DataFrame({"need": left, "n": np.arange(len(left))}, schema={"need": pl.String, "n": pl.Int64}), on="need")
        .join(pl.DataFrame({"offer": right, "o": np.arange(len(right))}, schema={"offer": pl.String, "o": pl.Int64}), on="offer")
        .sort("n", "o")
    )
    n, o = (table[name].to_numpy().astype(np.int64) for name in ("n", "o"))
    most = table["most"].to_numpy().astype(np.int64)
    value, need_rank, offer_rank = (table[name].to_numpy().astype(np.int64) for name in ("value", "need_rank", "offer_rank"))
    return Market(left, quota, right, room, n, o, value, need_rank, offer_rank, np.minimum(most, np.minimum(quota[n], room[o])))


def _side(table: pl.DataFrame, name: Side, faults: list[Fault]) -> tuple[tuple[str, ...], Ints]:
    place = f"{name}s"
    if missing := [one for one in (name, "quota") if one not in table.columns]:
        faults.append(Fault(place, "the header", f"no column {', '.join(missing)}", f"the columns {name},quota"))
        return (), np.zeros(0, dtype=np.int64)
    found = table.select(pl.col(name).cast(pl.String).str.strip_chars(), whole("quota")).with_row_index("row", 2)
    empty = found.filter(pl.col(name).is_null() | (pl.col(name) == ""))
    twice = found.filter(pl.col(name).is_duplicated() & pl.col(name).is_not_null())
    bad = found.filter(pl.col("quota").is_null() | ~pl.col("quota").is_between(0, MOST_QUOTA))
    faults += [Fault(place, f"line {row}", "an empty id", "an id") for row in empty["row"].head(SHOWN)]
    faults += [Fault(place, f"line {row}", f"{one!r} more than once", "each id once") for row, one, _quota in twice.head(SHOWN).rows()]
    faults += [
        Fault(place, f"line {row}, quota", _said(table, "quota", row), f"a whole number from 0 to {MOST_QUOTA}")
        for row in bad["row"].head(SHOWN)
    ]
    if len(empty) or len(twice) or len(bad):
        return (), np.zeros(0, dtype=np.int64)
    found = found.sort(name)
    return tuple(found[name].to_list()), found["quota"].to_numpy().astype(np.int64)


def _said(table: pl.DataFrame, column: str, row: int) -> str:
    found = table[column][row - 2]
    return "nothing" if found is None else repr(found)


def whole(name: str, absent: int | None = None) -> pl.Expr:
    """A column as whole numbers; what is none becomes null (and an empty cell `absent`, where that is given)."""
    column = pl.col(name).cast(pl.String).str.strip_chars()
    column = pl.when(column == "").then(None).otherwise(column)
    number = column.cast(pl.Int64, strict=False)
    return (number if absent is None else pl.when(column.is_null()).then(absent).otherwise(number)).alias(name)


def _edges(table: pl.DataFrame, faults: list[Fault]) -> pl.DataFrame:
    if missing := [one for one in ("need", "offer", "value") if one not in table.columns]:
        faults.append(
            Fault(
                "edges",
                "the header",
                f"no column {', '.join(missing)}",
                f"the columns {','.join(EDGE_COLUMNS)}; the last three may be left out",
            )
        )
        return table
    given = [whole(name, absent) if name in table.columns else pl.lit(absent, pl.Int64).alias(name) for name, absent in _ABSENT.items()]
    found = table.select(pl.col("need", "offer").cast(pl.String).str.strip_chars(), whole("value"), *given).with_row_index("row", 2)
    bounds = {"value": (0, MOST_VALUE), "need_rank": (0, NO_RANK), "offer_rank": (0, NO_RANK), "most": (0, MOST_QUOTA)}
    for name, (least, greatest) in bounds.items():
        bad = found.filter(pl.col(name).is_null() | ~pl.col(name).is_between(least, greatest))["row"].head(SHOWN)
        faults += [
            Fault("edges", f"line {row}, {name}", _said(table, name, row), f"a whole number from {least} to {greatest}") for row in bad
        ]
    return found


_ABSENT = {"need_rank": NO_RANK, "offer_rank": NO_RANK, "most": MOST_QUOTA}


def _links(edges: pl.DataFrame, needs: tuple[str, ...], offers: tuple[str, ...], faults: list[Fault]) -> None:
    for name, known in (("need", needs), ("offer", offers)):
        bad = edges.filter(~pl.col(name).is_in(pl.Series(known, dtype=pl.String).implode()).fill_null(value=False)).head(SHOWN)
        faults += [
            Fault("edges", f"line {row}, {name}", repr(one), f"an id of the table {name}s") for row, one in bad.select("row", name).rows()
        ]
    twice = edges.filter(pl.struct("need", "offer").is_duplicated()).head(SHOWN)
    faults += [
        Fault("edges", f"line {row}", f"the pair {need!r}, {offer!r} more than once", "each pair once")
        for row, need, offer in twice.select("row", "need", "offer").rows()
    ]


@dataclass(frozen=True)
class Orders:
    """Each side's strict order: an edge's place in it, for comparison within one member's edges (smaller is liked better)."""

    need: Ints
    offer: Ints


def orders_of(market: Market, ties: Ties = "value", seed: str = "") -> Orders:
    """Ranks made strict by a named rule. `value`: the better score first, then the lottery; `lottery`: by lot; `id`: in the order of ids.

    The lot of a member is the digest of the published seed and its id, so that anyone can draw it again. Source: handbook, ties by a published rule.
    """
    if ties not in ("value", "lottery", "id"):
        raise BadInput(f"the rule for ties: found {ties!r}, expected value, lottery or id.")
    return Orders(_strict(market, "need", ties, seed), _strict(market, "offer", ties, seed))


def lots(ids: tuple[str, ...], seed: str) -> Ints:
    """Each id's place in the lottery of a seed."""
    drawn = [hashlib.sha256(f"{seed}\x00{one}".encode()).digest() for one in ids]
    found = np.empty(len(ids), dtype=np.int64)
    found[sorted(range(len(ids)), key=drawn.__getitem__)] = np.arange(len(ids))
    return found


def _strict(market: Market, side: Side, ties: Ties, seed: str) -> Ints:
    rank, others = (market.need_rank, market.offer) if side == "need" else (market.offer_rank, market.need)
    ids = market.offers if side == "need" else market.needs
    last = others if ties == "id" else lots(ids, seed)[others]
    keys: tuple[Any, ...] = (last, -market.value, rank) if ties == "value" else (last, rank)
    found = np.empty(len(rank), dtype=np.int64)
    found[np.lexsort(keys)] = np.arange(len(rank))
    return found
