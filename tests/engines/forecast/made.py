"""Made series for the tests: seasonal, growing, noisy, repeatable."""

from __future__ import annotations

import numpy as np


def seasonal(seed: int, months: int = 84, *, season: int = 12, noise: float = 0.03, growth: float = 0.004) -> np.ndarray:
    draw = np.random.default_rng(seed)
    at = np.arange(months)
    return 100 * np.exp(growth * at + 0.15 * np.sin(2 * np.pi * at / season + seed) + noise * draw.standard_normal(months))


def panel(rows: int, months: int = 84, **more: float) -> np.ndarray:
    return np.stack([seasonal(seed, months, **more) for seed in range(rows)])
