"""A linear model with some whole columns: what the coal plan becomes. Its bound from row multipliers can be recomputed by anyone, as every column is bounded."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from yunxing.engines.contingency.problem import Flags, Floats


@dataclass(frozen=True)
class Linear:
    """Minimise cost·x with `row_lower ≤ matrix x ≤ row_upper` and `lower ≤ x ≤ upper`; `whole` columns take whole numbers. All column bounds are finite."""

    cost: Floats
    lower: Floats
    upper: Floats
    whole: Flags
    matrix: sparse.csc_array
    row_lower: Floats
    row_upper: Floats

    def bound(self, y: Floats) -> float:
        """The lower bound of multipliers, rounding taken off."""
        y = np.where((y > 0) & ~np.isfinite(self.row_lower), 0.0, np.where((y < 0) & ~np.isfinite(self.row_upper), 0.0, y))
        edges = np.where(y > 0, self.row_lower, np.where(y < 0, self.row_upper, 0.0))
        left = self.cost - self.matrix.T @ y
        best = np.where(left > 0, left * self.lower, left * self.upper)
        total = math.fsum([*(y * edges)[y != 0].tolist(), *best.tolist()])
        return total - 2.0**-45 * float(np.abs(y[y != 0] * edges[y != 0]).sum() + np.abs(best).sum())

    def misses(self, x: Floats, tolerance: float = 1e-6) -> float:
        """How far x is from the rows, the column bounds and whole numbers, the largest miss against the size of its row; 0 within the tolerance."""
        activity = self.matrix @ x
        size = 1.0 + np.maximum(
            np.where(np.isfinite(self.row_lower), np.abs(self.row_lower), 0),
            np.where(np.isfinite(self.row_upper), np.abs(self.row_upper), 0),
        )
        rows = np.maximum(np.maximum(self.row_lower - activity, activity - self.row_upper), 0) / size
        columns = np.maximum(np.maximum(self.lower - x, x - self.upper), 0) / (1.0 + np.abs(self.upper))
        broken = np.abs(x - np.round(x))[self.whole]
        worst = float(max(rows.max(initial=0.0), columns.max(initial=0.0), broken.max(initial=0.0)))
        return worst if worst > tolerance else 0.0

    @property
    def digest(self) -> str:
        """`sha256:…` over all arrays."""
        taken = hashlib.sha256()
        for array in (
            self.cost,
            self.lower,
            self.upper,
            self.whole,
            self.row_lower,
            self.row_upper,
            self.matrix.indptr.astype(np.int64),
            self.matrix.indices.astype(np.int64),
            self.matrix.data,
        ):
            taken.update(np.ascontiguousarray(array).tobytes())
        return "sha256:" + taken.hexdigest()
