"""Chance by name: each part of the city has its own stream, so that one part may change without moving the others."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np


def stream(seed: int, name: str) -> np.random.Generator:
    """A generator that depends on the seed and the name alone."""
    import numpy as np

    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def largest_remainder(shares: Any, total: int) -> list[int]:
    """Whole numbers in proportion to `shares` that add up to `total`; ties go to the earlier place."""
    weights = [float(share) for share in shares]
    whole = sum(weights)
    if total <= 0 or whole <= 0:
        return [0] * len(weights)
    exact = [weight * total / whole for weight in weights]
    counts = [int(value + 1e-9) for value in exact]
    order = sorted(range(len(exact)), key=lambda place: (-(exact[place] - counts[place]), place))
    for place in order[: total - sum(counts)]:
        counts[place] += 1
    return counts
