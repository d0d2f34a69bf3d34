"""Benefits that do not go together: the best combination, and the order the law fixes.

Relations are data. They compile once to maximal compatible sets, component by component of policies that touch each other; for one party or for
millions the choice is the greatest sum and, between equals, the larger set, then the one that stands first in the declared order. Where the law fixes the order, it
is applied first, even when that is worse for the claimant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from yunxing.values.errors import BadInput

if TYPE_CHECKING:
    import polars as pl

RelationKind = Literal["excludes", "law_priority", "total_cap"]
MOST_CONNECTED = 25
_MEMBERS = 32  # a sum in fen and, below it, the number of members: both in one int64


@dataclass(frozen=True, slots=True)
class Relation:
    """What holds between policies, with the clause that says so. `cap_fen` is of `total_cap` alone."""

    kind: RelationKind
    policies: tuple[str, ...]
    title: str = ""
    title_en: str = ""
    cites: str = ""
    quote: str = ""
    cap_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One party's combination: what is kept and at how much, what falls away and why, and every set that was weighed with its sum."""

    kept: Mapping[str, int]
    dropped: Mapping[str, Relation]
    reduced: Mapping[str, Relation]
    weighed: Sequence[tuple[tuple[str, ...], int]] = field(default_factory=tuple)

    @property
    def total_fen(self) -> int:
        """The sum of what is kept."""
        return sum(self.kept.values())


@dataclass(frozen=True)
class Stacking:
    """The relations of a pack over its policies, in the declared order. Errors: `BadInput` for relations that cannot be followed."""

    policies: tuple[str, ...]
    relations: tuple[Relation, ...] = ()

    def __post_init__(self) -> None:
        known = set(self.policies)
        capped: list[str] = []
        for relation in self.relations:
            strange = [name for name in relation.policies if name not in known]
            if strange:
                raise BadInput(
                    f"relation {relation.title or relation.kind}: found the policy {strange[0]!r}, expected one of {', '.join(self.policies)}"
                )
            if len(set(relation.policies)) != len(relation.policies) or len(relation.policies) < 2:
                raise BadInput(f"relation {relation.title or relation.kind}: needs two or more different policies")
            if (relation.cap_fen is not None) != (relation.kind == "total_cap"):
                raise BadInput(f"relation {relation.title or relation.kind}: a cap belongs to total_cap, and total_cap needs one")
            capped += relation.policies if relation.kind == "total_cap" else ()
        twice = sorted({name for name in capped if capped.count(name) > 1})
        if twice:
            raise BadInput(f"the policy {twice[0]} stands under two total caps; say one")
        too_many = max((len(part) for part in self.components), default=0)
        if too_many > MOST_CONNECTED:
            raise BadInput(f"{too_many} policies exclude one another in one chain, at most {MOST_CONNECTED} can be weighed")

    @cached_property
    def conflicts(self) -> Mapping[str, Mapping[str, Relation]]:
        """For each policy the policies it cannot stand beside, with the relation that says so."""
        found: dict[str, dict[str, Relation]] = {name: {} for name in self.policies}
        for relation in self.relations:
            if relation.kind != "total_cap":
                for a in relation.policies:
                    found[a].update({b: relation for b in relation.policies if b != a})
        return found

    @cached_property
    def components(self) -> tuple[tuple[str, ...], ...]:
        """The policies that touch one another, each group in the declared order; those that touch nothing stand alone."""
        groups: list[set[str]] = []
        caps = [set(relation.policies) for relation in self.relations if relation.kind == "total_cap"]
        edges = [*caps, *({name, *self.conflicts[name]} for name in self.policies)]
        for edge in edges:
            joined = [group for group in groups if group & edge]
            groups = [group for group in groups if not group & edge] + [edge.union(*joined)]
        order = {name: at for at, name in enumerate(self.policies)}
        return tuple(sorted((tuple(sorted(group, key=order.__getitem__)) for group in groups), key=lambda one: order[one[0]]))

    @cached_property
    def sets(self) -> Mapping[tuple[str, ...], tuple[tuple[str, ...], ...]]:
        """For each component its maximal compatible sets, in the declared order."""
        return {part: tuple(self._maximal(part)) for part in self.components}

    def _maximal(self, part: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """Bron–Kerbosch over who may stand beside whom, then in the declared order."""
        friends = {name: set(part) - set(self.conflicts[name]) - {name} for name in part}
        found: list[set[str]] = []

        def grow(chosen: set[str], may: set[str], done: set[str]) -> None:
            if not may and not done:
                found.append(chosen)
                return
            pivot = max(may | done, key=lambda name: len(friends[name] & may))
            for name in sorted(may - friends[pivot]):
                grow(chosen | {name}, may & friends[name], done & friends[name])
                may = may - {name}
                done = done | {name}

        grow(set(), set(part), set())
        order = {name: at for at, name in enumerate(part)}
        yield from sorted((tuple(sorted(one, key=order.__getitem__)) for one in found), key=lambda one: [order[name] for name in one])

    def choose(self, amounts: Mapping[str, int], worth: Mapping[str, bool] | None = None) -> Choice:
        """The best combination of what a party is entitled to (policy → fen).

        `worth` says whose amounts count as money in hand (default all): a deferral does not outweigh a grant.
        """
        dropped, open_ = self._by_law(amounts)
        kept: dict[str, int] = {}
        reduced: dict[str, Relation] = {}
        weighed: list[tuple[tuple[str, ...], int]] = []
        for part in self.components:
            options = list(dict.fromkeys(tuple(name for name in one if name in open_) for one in self.sets[part]))
            sums = [(one, self._worth({name: open_[name] for name in one}, worth)) for one in options]
            best = max(range(len(sums)), key=lambda at: (sums[at][1], len(sums[at][0]), -at))
            chosen = {name: open_[name] for name in sums[best][0]}
            after, cut = self._capped(chosen)
            kept |= after
            reduced |= cut
            weighed += sums if len([one for one in sums if one[0]]) > 1 else []
            for name in part:
                if name in open_ and name not in chosen:
                    dropped[name] = next(self.conflicts[name][other] for other in chosen if other in self.conflicts[name])
        return Choice(kept, dropped, reduced, tuple(weighed))

    def _by_law(self, amounts: Mapping[str, int]) -> tuple[dict[str, Relation], dict[str, int]]:
        dropped: dict[str, Relation] = {}
        for relation in self.relations:
            entitled = [name for name in relation.policies if name in amounts and name not in dropped]
            if relation.kind == "law_priority":
                dropped |= dict.fromkeys(entitled[1:], relation)
        return dropped, {name: fen for name, fen in amounts.items() if name not in dropped}

    def _worth(self, chosen: Mapping[str, int], worth: Mapping[str, bool] | None) -> int:
        after, _ = self._capped(chosen)
        return sum(fen for name, fen in after.items() if worth is None or worth.get(name, True))

    def _capped(self, chosen: Mapping[str, int]) -> tuple[dict[str, int], dict[str, Relation]]:
        """What stands last under a total cap is reduced first."""
        after, cut = dict(chosen), {}
        for relation in self.relations:
            if relation.kind != "total_cap" or relation.cap_fen is None:
                continue
            left = relation.cap_fen
            for name in relation.policies:
                if name in after:
                    if after[name] > left:
                        cut[name] = relation
                    after[name] = min(after[name], left)
                    left -= after[name]
        return after, cut

    def kept_columns(self, amounts: Mapping[str, pl.Expr], worth: Mapping[str, bool] | None = None) -> dict[str, pl.Expr]:
        """For a table with an amount column for each policy (null: not entitled): the kept amount of each policy (null: falls away).

        One expression for each column, of sums, comparisons and cases alone: it runs on every row at once, streaming too.
        """
        open_ = self._law_columns(amounts)
        found: dict[str, pl.Expr] = {}
        for part in self.components:
            mine = {name: open_[name] for name in part if name in open_}
            found |= self._part_columns(part, mine, worth) if len(part) > 1 and mine else mine
        return found

    def _law_columns(self, amounts: Mapping[str, pl.Expr]) -> dict[str, pl.Expr]:
        import polars as pl

        open_ = dict(amounts)
        for relation in self.relations:
            if relation.kind != "law_priority":
                continue
            before: list[pl.Expr] = []
            for name in [name for name in relation.policies if name in open_]:
                mine = open_[name]
                if before:
                    open_[name] = pl.when(pl.any_horizontal(*before)).then(None).otherwise(mine)
                before.append(mine.is_not_null())
        return open_

    def _part_columns(self, part: tuple[str, ...], mine: Mapping[str, pl.Expr], worth: Mapping[str, bool] | None) -> dict[str, pl.Expr]:
        import polars as pl

        options = [tuple(name for name in one if name in mine) for one in self.sets[part]]
        after = [self._capped_columns({name: mine[name] for name in one}) for one in options]
        counted = [
            pl.sum_horizontal(
                pl.lit(0, dtype=pl.Int64),
                *(fen.fill_null(0) * _MEMBERS for name, fen in one.items() if worth is None or worth.get(name, True)),
                *(fen.is_not_null().cast(pl.Int64) for fen in one.values()),
            )
            for one in after
        ]
        best = pl.max_horizontal(*counted)
        found: dict[str, pl.Expr] = {}
        for name in mine:
            chain: Any = pl.when(pl.lit(value=False)).then(pl.lit(None, dtype=pl.Int64))
            for one, total in zip(after, counted, strict=True):
                chain = chain.when(total == best).then(one.get(name, pl.lit(None, dtype=pl.Int64)))
            found[name] = chain.otherwise(None)
        return found

    def _capped_columns(self, chosen: Mapping[str, pl.Expr]) -> dict[str, pl.Expr]:
        import polars as pl

        after = dict(chosen)
        for relation in self.relations:
            if relation.kind != "total_cap":
                continue
            left: pl.Expr = pl.lit(relation.cap_fen, dtype=pl.Int64)
            for name in [name for name in relation.policies if name in after]:
                mine = after[name]
                after[name] = pl.when(mine.is_null()).then(None).otherwise(pl.min_horizontal(mine, left))
                left = left - after[name].fill_null(0)
        return after


def told(choice: Choice, titles: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """The combination as plain data for a page: both computations, and the clause of what fell away."""
    return {
        "kept": [{"policy": name, "title": titles.get(name, (name, name))[0], "amount_fen": fen} for name, fen in choice.kept.items()],
        "dropped": [_fell(name, relation, titles) for name, relation in choice.dropped.items()],
        "reduced": [_fell(name, relation, titles) for name, relation in choice.reduced.items()],
        "weighed": [{"policies": list(one), "sum_fen": total} for one, total in choice.weighed],
        "total_fen": choice.total_fen,
    }


def _fell(name: str, relation: Relation, titles: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    zh, en = titles.get(name, (name, name))
    by = {
        "excludes": ("不可同时享受", "not both"),
        "law_priority": ("法定次序在先者优先", "the law fixes priority"),
        "total_cap": ("合计封顶", "total cap"),
    }
    words = by[relation.kind]
    return {
        "policy": name, "title": {"zh": zh, "en": en}, "by": relation.kind, "words": {"zh": words[0], "en": words[1]},
        "cites": relation.cites, "quote": relation.quote, "against": [other for other in relation.policies if other != name],
    }  # fmt: skip


def stacking_of(policies: Iterable[str], relations: Iterable[Relation]) -> Stacking:
    """The relations among these policies alone; those that touch others are left out."""
    names = tuple(dict.fromkeys(policies))
    kept = []
    for relation in relations:
        inside = tuple(name for name in relation.policies if name in names)
        if len(inside) > 1:
            kept.append(
                Relation(relation.kind, inside, relation.title, relation.title_en, relation.cites, relation.quote, relation.cap_fen)
            )
    return Stacking(names, tuple(kept))
