"""Made series for the detectors' tests: a level, a season, noise, and what is planted in them."""

from __future__ import annotations

import numpy as np

from yunxing.engines.signals.panel import Panel


def seasonal(rows: int = 12, months: int = 84, seed: int = 5, noise: float = 0.03) -> np.ndarray:
    draw = np.random.default_rng(seed)
    at = np.arange(months)
    level = np.exp(draw.normal(6, 1, (rows, 1)) + 0.003 * at)
    return level * np.exp(0.2 * np.sin(2 * np.pi * at / 12) + draw.normal(0, noise, (rows, months)))


def panel(values: np.ndarray, first: int = 2000 * 12) -> Panel:
    return Panel(tuple(f"s{n}" for n in range(len(values))), (first,) * len(values), values)


def cut(whole: Panel, months: int) -> Panel:
    """What was known that many months after each series began."""
    return Panel(whole.names, whole.first, whole.values[:, :months].copy())


def same(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.allclose(one, other, rtol=0, atol=1e-9, equal_nan=True))
