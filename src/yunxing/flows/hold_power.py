"""A day of orderly power use, tier by tier: rows are added where a plan does not hold, until all blocks and feeders do or the last tier is spent."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from operator import attrgetter

import numpy as np

from yunxing.engines.contingency.dual import gap_of
from yunxing.engines.contingency.power import CUT, SHIFT, TIERS, Staged, Station, reach, staged, use_of
from yunxing.engines.contingency.problem import Ints, Problem
from yunxing.engines.contingency.steady import most_of, steadied
from yunxing.io.solvers.solve import Answer, solve

ROUNDS, EASY = 12, 5
TIER_NAMES = {"run": "正常", "shift": "错峰", "avoid": "避峰", "limit": "限电", "cut": "拉闸"}


@dataclass(frozen=True)
class Held:
    """The plan of a day: `options` are indices into the ways, `tier` the last that was opened. `holds` is the test of all blocks and feeders.

    `proven_by` says of each earlier tier what proves that it cannot hold the day (`sum`, `multipliers`, `search`); `unproven` names those that merely ran
    out of time: then the order 错峰 → 避峰 → 限电 → 拉闸 is not proven and a person must decide.
    """

    options: Ints
    tier: int
    holds: bool
    status: str
    loss: int
    bound: float
    gap: float
    least_use: int
    rows: int
    rounds: int
    seconds: float
    first_seconds: float
    solver: str
    stage: Staged
    answer: Answer
    proven_by: Mapping[int, str] = field(default_factory=dict)
    unproven: tuple[int, ...] = ()
    dearer: int = 0  # fen more than the best plan found, for changing less


@dataclass(frozen=True)
class _Clock:
    until: float

    def left(self) -> float:
        return max(0.05, self.until - time.monotonic())

    def part(self, share: float) -> _Clock:
        """A clock over a share of what is left."""
        return _Clock(min(self.until, time.monotonic() + self.left() * share))


@dataclass(frozen=True)
class _Tried:
    """What the rounds of one tier ended with: the problem of its rows, the answer, the options, how many rounds."""

    stage: Staged
    answer: Answer
    options: Ints
    rounds: int

    def holds(self, work: Station) -> bool:
        """Whether there is a plan and every block and feeder accepts it."""
        return self.answer.status in ("optimal", "feasible") and not _missing(work, self.options)

    @property
    def ruled_out(self) -> str:
        """What proves that the tier cannot hold the day; empty while nothing does. Its rows are some of the day's, so that none for them is none for all."""
        return self.answer.bound_by if self.answer.status == "infeasible" else ""


def hold_day(work: Station, *, seconds: float, gap: float = 0.005, last: int = CUT, before: Ints | None = None) -> Held:
    """The plan of the first tier that can hold the day; of the last one a best effort. Stays within `seconds` and one more.

    A later tier is opened only when the earlier is proven insufficient: by adding up all it could give, by multipliers, or by an exhausted search. One that
    merely found no plan in its share of the time is gone past too, so that the lights stay on, but it is named in `unproven`.
    `before` are the options of the plan in force (one a user): among plans of the same tier and use, dearer by at most a thousandth, the one that changes
    the fewest of them is taken.
    """
    begun = time.monotonic()
    whole = _Clock(begun + seconds)
    clock = whole if before is None else whole.part(0.7)
    first_seconds = 0.0
    tried, rows, tier = None, work.first_rows(), SHIFT
    if not rows:
        return _nothing(work, begun)
    proven_by: dict[int, str] = {}
    for tier in range(SHIFT, last + 1):
        if tier < last and (reach(work, tier) < work.day.gap * 100).any():
            proven_by[tier] = "sum"
            continue
        rows = work.first_rows()
        tried = _rounds(work, tier, rows, clock.part(0.6 if tier < last else 0.9), gap, best_effort=tier == last)
        first_seconds = first_seconds or time.monotonic() - begun
        if tried.holds(work):
            break
        if tried.ruled_out:
            proven_by[tier] = tried.ruled_out
    assert tried is not None, "the last tier is always tried"
    least = use_of(work, tried.options, tier)
    if tried.holds(work) and tier > SHIFT and clock.left() > 0.6:
        tried, least = _tightened(work, tier, rows, clock, gap, tried, least)
    best_loss = int(work.ways.loss[tried.options].sum())
    if before is not None and tried.holds(work):
        tried = _steadied(work, tier, rows, whole, tried, before, least if tier > SHIFT else None)
    loss = int(work.ways.loss[tried.options].sum())
    bound = tried.answer.bound * float(tried.stage.problem.value_scale)
    holds = not _missing(work, tried.options)
    status = tried.answer.status if not holds else "optimal" if gap_of(loss, bound) <= 0 else "feasible"
    return Held(
        tried.options, tier, holds, status, loss, bound, gap_of(loss, bound), least, len(rows), tried.rounds,
        time.monotonic() - begun, first_seconds, tried.answer.solver, tried.stage, tried.answer, proven_by,
        tuple(one for one in range(SHIFT, tier) if one not in proven_by), loss - best_loss,
    )  # fmt: skip


def _tightened(
    work: Station, tier: int, rows: list[tuple[int, int]], clock: _Clock, gap: float, tried: _Tried, least: int
) -> tuple[_Tried, int]:
    """The last tier's own use made least, then the loss within it; what was found before stays where that finds nothing better."""
    tight = _rounds(work, tier, rows, clock.part(0.5), gap, least_use=True)
    if not tight.holds(work) or use_of(work, tight.options, tier) >= least:
        return tried, least
    least = use_of(work, tight.options, tier)
    cheap = _rounds(work, tier, rows, clock, gap, use_most=least, start=tight.options)
    rounds = tried.rounds + tight.rounds + cheap.rounds
    # what bounds the loss without the limit on use bounds it with it too
    return replace(cheap if cheap.holds(work) else replace(tried, options=tight.options), rounds=rounds), least


def _steadied(
    work: Station, tier: int, rows: list[tuple[int, int]], clock: _Clock, tried: _Tried, before: Ints, use_most: int | None
) -> _Tried:
    """The plan with the fewest changes that costs hardly more; the proof of the loss stays that of `tried`."""
    most = most_of(float(work.ways.loss[tried.options].sum()))

    def shaped(stage: Staged) -> Problem:
        return steadied(stage.problem, stage.choice_of(before), most / float(stage.problem.value_scale))

    calm = _rounds(work, tier, rows, clock, 0.0, use_most=use_most, start=tried.options, shaped=shaped)
    return replace(tried, options=calm.options, rounds=tried.rounds + calm.rounds) if calm.holds(work) else tried


def _missing(work: Station, options: Ints) -> bool:
    city, feeders = work.short(options)
    return bool(city.any() or feeders.any())


def _rounds(
    work: Station,
    tier: int,
    rows: list[tuple[int, int]],
    clock: _Clock,
    gap: float,
    *,
    least_use: bool = False,
    use_most: int | None = None,
    start: Ints | None = None,
    best_effort: bool = True,
    shaped: Callable[[Staged], Problem] = attrgetter("problem"),
) -> _Tried:
    """Solve, test every block and feeder, add what does not hold (to `rows` itself), again. Early rounds take the first plan, to find the rows that bind.

    `shaped` makes another problem of a stage's, over the same options.
    """
    count = 0
    while True:
        count += 1
        stage = staged(work, tier, rows, least_use=least_use, use_most=use_most)
        answer = solve(
            shaped(stage), seconds=0.0 if count <= EASY or clock.left() < 0.5 else max(1.0, clock.left() * 0.6), gap=gap,
            best_effort=best_effort, start=None if start is None else stage.choice_of(start),
        )  # fmt: skip
        options = stage.options[answer.choice]
        more = work.violated(options, set(rows))
        ruled_out = answer.status == "infeasible" and not best_effort
        if count <= EASY and clock.left() > 0.3 and not ruled_out and (not more or answer.status in ("unknown", "infeasible")):
            count = EASY
            rows += more
            continue
        if not more or ruled_out or count >= ROUNDS or clock.left() < 0.3 or answer.status in ("infeasible", "unknown"):
            return _Tried(stage, answer, options, count)
        rows += more


def _nothing(work: Station, begun: float) -> Held:
    """A day without a gap: everybody runs."""
    stage = staged(work, 0, [])
    answer = solve(stage.problem, seconds=1.0)
    options = stage.options[answer.choice]
    return Held(options, 0, True, "optimal", 0, 0.0, 0.0, 0, 0, 0, time.monotonic() - begun, 0.0, answer.solver, stage, answer)


def words_of(work: Station, held: Held) -> list[str]:
    """What is short, block by block, when even the last tier does not hold: the amount, what all could give, how much of it protected users hold; and
    the tiers that were gone past without proof.
    """
    city, feeders = work.short(held.options)
    most = reach(work, held.tier)
    kept = sum(int(load) for load, exempt in zip(work.users.load, work.users.exempt, strict=True) if exempt)
    tier = TIER_NAMES[TIERS[held.tier]]
    blocks = [one for one in np.argsort(-city, kind="stable")[:3].tolist() if city[one] > 0]
    lines = np.flatnonzero(feeders.max(axis=1) if feeders.size else np.zeros(0))[:5].tolist()
    return [
        *(
            f"{work.day.clock(one)} 缺口 {int(work.day.gap[one]):,} kW（含备用），到“{tier}”为止最多可压 {int(most[one]) // 100:,} kW，"
            f"缺 {-(-int(city[one]) // 100):,} kW；优先保障用户 {kept:,} kW 不参与。"
            for one in blocks
        ),
        *(f"“{TIER_NAMES[TIERS[one]]}”在时限内未能证明不够，请加长时限再推演后再用后一级。" for one in held.unproven),
        *(f"线路 {work.day.feeders[one]} 超限 {-(-int(feeders[one].max()) // 100):,} kW，线上可调负荷已用完。" for one in lines),
    ]
