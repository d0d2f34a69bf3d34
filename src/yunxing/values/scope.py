"""Scope (管辖范围): which reporting units, offices and parties a person may see or act upon, and data up to which level.

A scope is asked for everywhere and assumed nowhere: ``require(None)`` refuses.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from yunxing.values.errors import BadInput, ScopeError


class All(Enum):
    """The type of ``ALL``: every member of a kind, also those that do not exist yet."""

    ALL = "all"

    def __repr__(self) -> str:
        return "ALL"


ALL: Final = All.ALL
Codes = frozenset[str] | All


@dataclass(frozen=True, slots=True)
class Scope:
    """What ``person`` may see: units, offices and parties by code, and data items up to a level of openness.

    ``levels`` is the highest level of a data item that is shown: 1 公开, 2 内部, 3 敏感, 4 高敏.

    >>> county = Scope(frozenset({"U1"}), frozenset({"jjw"}), ALL, 2, "p1")
    >>> county.sees_party("91X", "U1"), county.sees_party("91X", "U2"), county.sees_level(3)
    (True, False, False)
    """

    units: Codes
    offices: Codes
    parties: Codes
    levels: int
    person: str

    def __post_init__(self) -> None:
        if not 1 <= self.levels <= 4:
            raise BadInput(f"The level {self.levels} of a scope is not between 1 and 4.")

    def sees_unit(self, code: str) -> bool:
        """Whether the reporting unit lies in the scope. Rows of single parties need ``sees_party`` too: a firm's clerk sees its unit."""
        return self.units is ALL or code in self.units

    def sees_office(self, code: str) -> bool:
        """Whether the office lies in the scope."""
        return self.offices is ALL or code in self.offices

    def sees_party(self, party: str, unit: str) -> bool:
        """Whether the party, which reports through ``unit``, lies in the scope: both must."""
        return self.sees_unit(unit) and (self.parties is ALL or party in self.parties)

    def sees_level(self, level: int) -> bool:
        """Whether items of that level are shown."""
        return level <= self.levels


PUBLIC: Final = Scope(frozenset(), frozenset(), frozenset(), 1, "")
"""Nobody in particular: sees no unit, office or party, and only what is open to everyone."""


def require(scope: Scope | None) -> Scope:
    """The scope itself; ScopeError when there is none."""
    if scope is None:
        raise ScopeError("No scope was given: nothing can be shown or done without knowing for whom.")
    return scope
