"""What a person may see: reporting units × offices × parties × level. Nothing is seen without a scope (default deny).

Levels are 1 公开, 2 内部, 3 敏感, 4 高敏 (mapped by the city to GB/T 43697-2024).

>>> county = Scope(person="li", units=frozenset({"U1"}), level=3)
>>> county.sees_unit("U1"), county.sees_unit("U2")
(True, False)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from yunxing.values.errors import ScopeError


class _All(frozenset[str]):
    """Contains every name; the widest of the three sets."""

    def __contains__(self, name: object) -> bool:
        return True

    def __repr__(self) -> str:
        return "ALL"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _All)

    def __hash__(self) -> int:
        return hash("ALL")


ALL: Final[frozenset[str]] = _All()
NONE: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True)
class Scope:
    """The reach of one person on one day.

    `units`: reporting units whose enterprise-level rows are visible. `offices`: offices whose work is visible.
    `parties`: enterprises visible beyond those of the units (an enterprise's own clerk). `level`: highest level of an item.
    """

    person: str
    units: frozenset[str] = NONE
    offices: frozenset[str] = NONE
    parties: frozenset[str] = NONE
    level: int = 1

    def sees_unit(self, unit: str) -> bool:
        """Whether enterprise-level rows of the reporting unit are visible."""
        return unit in self.units

    def sees_office(self, office: str) -> bool:
        """Whether the office's work is visible."""
        return office in self.offices

    def sees_party(self, party: str, unit: str) -> bool:
        """Whether the named party, which belongs to `unit`, is visible."""
        return party in self.parties or self.sees_unit(unit)

    def sees_level(self, level: int) -> bool:
        """Whether an item of this level is visible."""
        return level <= self.level


PUBLIC: Final = Scope(person="public")


def require(scope: Scope | None) -> Scope:
    """The scope itself; `ScopeError` when there is none, because an unscoped question is a bug, not a wide permission."""
    if scope is None:
        raise ScopeError("a question was asked without a scope; expected the scope of the person who asks")
    return scope
