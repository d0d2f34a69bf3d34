"""The shortlist: every pair that meets the hard conditions, found by joining and never by crossing everybody with everybody, scored, the best of each party kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import and_

import polars as pl

from yunxing.engines.matching.kind import JOINING, Hard, Kind, Part
from yunxing.engines.matching.market import NO_RANK, lots
from yunxing.values.errors import BadInput

AT_ONCE = 2_000_000  # joined rows held at a time
STATED = 1000  # ranks below are places on a party's own stated list; what it did not state follows
KEY = "k."


@dataclass(frozen=True)
class Shortlist:
    """`edges`: need, offer, value, need_rank, offer_rank, most and a column `p.<part>` of points each; `passed` pairs met the hard conditions in all."""

    edges: pl.DataFrame
    passed: int


def joined_by(kind: Kind) -> list[Hard]:
    """The hard conditions by which the sides are joined: every equality, or else the first membership."""
    equal = [one for one in kind.hard if one.test == "equal" and one.absent == "fails" and not one.any]
    members = [one for one in kind.hard if one.test in JOINING and one.test != "equal" and one.absent == "fails"]
    found = equal + members[:1]
    if not found:
        raise BadInput(
            f"{kind.id}: found no equality or membership among its hard conditions, expected at least one to join the two sides by."
        )
    return found


def shortlist(kind: Kind, needs: pl.DataFrame, offers: pl.DataFrame, *, keep: int | None = None, seed: str = "") -> Shortlist:
    """The scored pairs: for each party its best `keep` (the kind's own by default), ties at the cut by the lottery of the seed.

    A pair stands when either side keeps it. The result does not depend on the order of the rows.
    """
    best = kind.keep if keep is None else keep
    left, right = _side(kind, needs, "need", seed), _side(kind, offers, "offer", seed)
    keys = joined_by(kind)
    left_keys = left.select("n.id", *[_keys(one, "need") for one in keys])
    right_keys = right.select("o.id", *[_keys(one, "offer") for one in keys])
    for one in keys:
        left_keys, right_keys = left_keys.explode(f"{KEY}{one.id}"), right_keys.explode(f"{KEY}{one.id}")
    names = [f"{KEY}{one.id}" for one in keys]
    left_keys, right_keys = left_keys.drop_nulls(names), right_keys.drop_nulls(names)
    kept, passed = [], 0
    for part in _portions(left_keys, right_keys, names):
        pairs = part.join(right_keys, on=names).select("n.id", "o.id").unique()
        found = pairs.join(left, on="n.id").join(right, on="o.id").filter(_passes(kind, keys)).select(*_scored(kind))
        passed += len(found)
        kept.append(_top(found, best))
    table = _top(pl.concat(kept), best) if kept else pl.DataFrame()
    if table.is_empty():
        return Shortlist(_empty(kind), passed)
    return Shortlist(_ranked(kind, table), passed)


def _side(kind: Kind, table: pl.DataFrame, side: str, seed: str) -> pl.DataFrame:
    """The rows with quota that meet the conditions on this side alone, their columns marked `n.` or `o.`, with their lots."""
    mark = "n." if side == "need" else "o."
    alone = [one for one in kind.hard if one.test == "yes" and getattr(one, side)]
    meets = [pl.col(getattr(one, side)).fill_null(one.absent == "passes") for one in alone]
    found = table.filter(pl.col("quota") > 0, *meets)
    ids = tuple(sorted(found["id"].to_list()))
    lot = pl.DataFrame({"id": list(ids), "lot": lots(ids, seed)}, schema={"id": pl.String, "lot": pl.Int64})
    return found.join(lot, on="id").select(pl.all().name.prefix(mark))


def _keys(hard: Hard, side: str) -> pl.Expr:
    """The values by which a row is found, as a list: its own, and the word that stands for all."""
    mark = "n." if side == "need" else "o."
    column = pl.col(mark + getattr(hard, side))
    listed = {"in": "offer", "holds": "need", "meets": "both"}.get(hard.test, "")
    own = column.list.unique() if listed in (side, "both") else pl.concat_list(column.cast(pl.String))
    if hard.any and listed != side:  # who is looked for also looks under the word that stands for all
        own = pl.when(column.is_null()).then(None).otherwise(pl.concat_list(own, pl.lit(hard.any)).list.unique())
    return own.alias(f"{KEY}{hard.id}")


def _portions(left: pl.DataFrame, right: pl.DataFrame, names: list[str]) -> list[pl.DataFrame]:
    """The needs' keys cut into portions whose join stays small; the whole of one need stands in one portion."""
    if left.is_empty() or right.is_empty():
        return []
    counts = right.group_by(names).len("there")
    size = left.join(counts, on=names, how="left").group_by("n.id").agg(pl.col("there").sum()).sort("n.id")
    portion = size.with_columns(portion=pl.col("there").fill_null(0).cum_sum() // AT_ONCE).select("n.id", "portion")
    cut: list[pl.DataFrame] = left.join(portion, on="n.id").partition_by("portion", include_key=False)
    return cut


def _holds(test: str, n: pl.Expr, o: pl.Expr, word: str) -> pl.Expr:
    """A test of two columns; null where either is absent, also where the other holds the word that stands for all."""
    if test == "equal":
        return n == o
    if test in ("at_most", "at_least"):
        return n <= o if test == "at_most" else n >= o
    if test == "in":
        found, alls = o.list.contains(n), [o]
    elif test == "holds":
        found, alls = n.list.contains(o), [n]
    else:
        found, alls = n.list.set_intersection(o).list.len() > 0, [n, o]
    for one in alls if word else []:
        found = found | one.list.contains(pl.lit(word))
    return pl.when(n.is_null() | o.is_null()).then(None).otherwise(found)


def _passes(kind: Kind, joined: list[Hard]) -> pl.Expr:
    tests = [
        ~pl.col("n.refuse").list.contains(pl.col("o.id")).fill_null(False),
        ~pl.col("o.refuse").list.contains(pl.col("n.id")).fill_null(False),
    ]
    for one in kind.hard:
        if one.test != "yes" and one not in joined:
            found = _holds(one.test, pl.col(f"n.{one.need}"), pl.col(f"o.{one.offer}"), one.any)
            tests.append(found.fill_null(one.absent == "passes"))
    return reduce(and_, tests)


def points(part: Part) -> pl.Expr:
    """A part's points for each pair, whole: a graded test gives its share rounded down, an absent value gives none."""
    n, o, full = pl.col(f"n.{part.need}"), pl.col(f"o.{part.offer}"), part.points
    if part.test in ("equal", "in", "holds", "meets", "at_most", "at_least"):
        found = pl.when(_holds(part.test, n, o, part.any)).then(full).otherwise(0)
    elif part.test == "yes":
        found = pl.when(n if part.need else o).then(full).otherwise(0)
    elif part.test == "shared":
        found = (
            n.list.set_intersection(o).list.len().cast(pl.Int64) * full // pl.max_horizontal(n.list.unique().list.len().cast(pl.Int64), 1)
        )
    elif part.test == "near":
        found = full - pl.min_horizontal((n - o).abs() * full // pl.max_horizontal(n, 1), full)
    elif part.test == "covers":
        found = (
            pl.when(n <= o).then(n).otherwise(o) * full // pl.max_horizontal(n, 1)
        )  # null where either is absent, unlike a minimum of the row
        found = pl.when(n.is_null() | o.is_null()).then(None).otherwise(found)
    else:
        column = n if part.need else o
        up = (column.clip(part.low, part.high) - part.low) * full // (part.high - part.low)
        found = up if part.test == "more" else (part.high - column.clip(part.low, part.high)) * full // (part.high - part.low)
    return found.fill_null(0).cast(pl.Int64).alias(f"p.{part.id}")


def _scored(kind: Kind) -> list[pl.Expr]:
    most = pl.lit(1) if kind.paired_once else pl.min_horizontal("n.quota", "o.quota")
    plain = [pl.col("n.id").alias("need"), pl.col("o.id").alias("offer"), "n.lot", "o.lot", "n.prefer", "o.prefer"]
    return [
        *[pl.col(one) if isinstance(one, str) else one for one in plain],
        most.cast(pl.Int64).alias("most"),
        *[points(one) for one in kind.parts],
    ]


def _top(table: pl.DataFrame, best: int) -> pl.DataFrame:
    """The pairs that are among the best of either of their parties; what a party itself asked for always stays."""
    value = pl.sum_horizontal(pl.col("^p\\..*$"))
    table = table.with_columns(value=value).sort(["value", "o.lot", "n.lot"], descending=[True, False, False])
    place = {"need": pl.int_range(pl.len()).over("need"), "offer": pl.int_range(pl.len()).over("offer")}
    asked = pl.col("n.prefer").list.contains(pl.col("offer")) | pl.col("o.prefer").list.contains(pl.col("need"))
    return table.filter((place["need"] < best) | (place["offer"] < best) | asked.fill_null(value=False))


def _ranked(kind: Kind, table: pl.DataFrame) -> pl.DataFrame:
    """Both sides' ranks: first what a party stated itself, then by the points that are its own liking; a side without liking is one tie."""
    columns = []
    for side in ("need", "offer"):
        if side in kind.indifferent:
            columns.append(pl.lit(NO_RANK).alias(f"{side}_rank"))
            continue
        own = [f"p.{one.id}" for one in kind.parts if one.of in (side, "both")]
        liked = pl.sum_horizontal(own) if own else pl.lit(0)
        columns.append((STATED + liked.rank("dense", descending=True).over(side).cast(pl.Int64)).alias(f"{side}_rank"))
    found = table.with_columns(columns)
    for side, other, mark in (("need", "offer", "n."), ("offer", "need", "o.")):
        if side not in kind.indifferent:
            found = _stated(found, side, other, f"{mark}prefer")
    names = ["need", "offer", "value", "need_rank", "offer_rank", "most", *[f"p.{one.id}" for one in kind.parts]]
    return found.select(pl.col(name).cast(pl.Int64) if name not in ("need", "offer") else pl.col(name) for name in names).sort(
        "need", "offer"
    )


def _stated(table: pl.DataFrame, side: str, other: str, prefer: str) -> pl.DataFrame:
    """The rank of what a party stated is its place on the party's own list."""
    listed = table.select(side, prefer).unique(side).filter(pl.col(prefer).list.len() > 0)
    if listed.is_empty():
        return table
    places = listed.with_columns(place=pl.int_ranges(0, pl.col(prefer).list.len())).explode(prefer, "place").rename({prefer: other})
    joined = table.join(places.select(side, other, "place"), on=[side, other], how="left")
    return joined.with_columns(pl.coalesce(pl.col("place").cast(pl.Int64), pl.col(f"{side}_rank")).alias(f"{side}_rank")).drop("place")


def _empty(kind: Kind) -> pl.DataFrame:
    whole = ["value", "need_rank", "offer_rank", "most", *[f"p.{one.id}" for one in kind.parts]]
    return pl.DataFrame(schema={"need": pl.String, "offer": pl.String, **dict.fromkeys(whole, pl.Int64)})
