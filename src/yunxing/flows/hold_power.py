"""A day of orderly power use, tier by tier: rows are added where a plan does not hold, until all blocks and feeders do or the last tier is spent."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from yunxing.engines.contingency.dual import gap_of
from yunxing.engines.contingency.power import CUT, SHIFT, TIERS, Staged, Station, reach, staged, use_of
from yunxing.engines.contingency.problem import Ints
from yunxing.io.solvers.solve import Answer, solve

ROUNDS, EASY = 12, 5
TIER_NAMES = {"run": "正常", "shift": "错峰", "avoid": "避峰", "limit": "限电", "cut": "拉闸"}


@dataclass(frozen=True)
class Held:
    """The plan of a day: `options` are indices into the ways, `tier` the last that was opened. `holds` is the test of all blocks and feeders."""

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


@dataclass
class _Clock:
    until: float

    def left(self) -> float:
        return max(0.05, self.until - time.monotonic())


def hold_day(work: Station, *, seconds: float, gap: float = 0.005, last: int = CUT) -> Held:
    """The plan of the first tier that can hold the day; of the last one a best effort. Stays within `seconds` and one more."""
    begun = time.monotonic()
    clock = _Clock(begun + seconds)
    first_seconds = 0.0
    found = None
    for tier in range(SHIFT, last + 1):
        rows = work.first_rows()
        if not rows:
            break
        if tier < last and (reach(work, tier) < work.day.gap * 100).any():
            continue  # even everything up to this tier is not enough: proven without a solver
        stages_left = last - tier
        stage, answer, options, rounds = _rounds(
            work, tier, rows, _Clock(min(clock.until, time.monotonic() + clock.left() * (0.6 if stages_left else 0.9))), gap
        )
        first_seconds = first_seconds or time.monotonic() - begun
        found = (tier, stage, answer, options, rounds, rows)
        if answer.status in ("optimal", "feasible") and not _missing(work, options):
            break
    if found is None:
        return _nothing(work, begun)
    tier, stage, answer, options, rounds, rows = found
    least = use_of(work, options, tier)
    if answer.status in ("optimal", "feasible") and tier > SHIFT and clock.left() > 0.6:
        tight = _least_use(work, tier, rows, clock, gap)
        if tight is not None and tight[0] < least:
            least = tight[0]
            stage, answer, options, more = _rounds(work, tier, rows, clock, gap, use_most=least)
            rounds += more
            if answer.status not in ("optimal", "feasible") or _missing(work, options):
                options, stage, answer = tight[1], tight[2], tight[3]
    loss = int(work.ways.loss[options].sum())
    bound = answer.bound * float(stage.problem.value_scale)
    return Held(
        options, tier, not _missing(work, options), answer.status, loss, bound, gap_of(loss, bound), least, len(rows), rounds,
        time.monotonic() - begun, first_seconds, answer.solver, stage, answer,
    )  # fmt: skip


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
) -> tuple[Staged, Answer, Ints, int]:
    """Solve, test every block and feeder, add what does not hold (to `rows` itself), again. Early rounds take the first plan, to find the rows that bind."""
    count = 0
    while True:
        count += 1
        stage = staged(work, tier, rows, least_use=least_use, use_most=use_most)
        answer = solve(stage.problem, seconds=0.0 if count <= EASY or clock.left() < 0.5 else max(1.0, clock.left() * 0.6), gap=gap)
        options = stage.options[answer.choice]
        more = work.violated(options, set(rows))
        if count <= EASY and clock.left() > 0.3 and (not more or answer.status == "unknown"):
            count = EASY
            rows += more
            continue
        if not more or count >= ROUNDS or clock.left() < 0.3 or answer.status in ("infeasible", "unknown"):
            return stage, answer, options, count
        rows += more


def _least_use(work: Station, tier: int, rows: list[tuple[int, int]], clock: _Clock, gap: float) -> tuple[int, Ints, Staged, Answer] | None:
    """The least use of the last tier (rounded up a little, so that the loss has room), with its plan."""
    stage, answer, options, _count = _rounds(work, tier, rows, _Clock(time.monotonic() + clock.left() * 0.5), gap, least_use=True)
    if answer.status not in ("optimal", "feasible") or _missing(work, options):
        return None
    return use_of(work, options, tier), options, stage, answer


def _nothing(work: Station, begun: float) -> Held:
    """A day without a gap: everybody runs."""
    stage = staged(work, 0, [])
    answer = solve(stage.problem, seconds=1.0)
    options = stage.options[answer.choice]
    return Held(options, 0, True, "optimal", 0, 0.0, 0.0, 0, 0, 0, time.monotonic() - begun, 0.0, answer.solver, stage, answer)


def words_of(work: Station, held: Held) -> list[str]:
    """What is short, block by block, when even the last tier does not hold: the amount, what all could give, how much of it protected users hold."""
    city, feeders = work.short(held.options)
    most = reach(work, held.tier)
    kept = sum(int(load) for load, exempt in zip(work.users.load, work.users.exempt, strict=True) if exempt)
    tier = TIER_NAMES[TIERS[held.tier]]
    blocks = [one for one in np.argsort(-city, kind="stable")[:3].tolist() if city[one] > 0]
    lines = np.flatnonzero(feeders.max(axis=1) if feeders.size else np.zeros(0))[:5].tolist()
    return [
        *(
            f"第 {one + 1} 时段缺口 {int(work.day.gap[one]):,} kW（含备用），到“{tier}”为止最多可压 {int(most[one]) // 100:,} kW，"
            f"缺 {-(-int(city[one]) // 100):,} kW；优先保障用户 {kept:,} kW 不参与。"
            for one in blocks
        ),
        *(f"线路 {work.day.feeders[one]} 超限 {-(-int(feeders[one].max()) // 100):,} kW，线上可调负荷已用完。" for one in lines),
    ]
