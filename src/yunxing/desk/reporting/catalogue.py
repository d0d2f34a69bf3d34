"""The kinds and rosters of the pack in force, read once a process; what a scope may see follows from them."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from yunxing.engines.registry.catalogue import Catalogue
from yunxing.packs.find import find_pack
from yunxing.packs.registers import load_registers
from yunxing.values.scope import ALL, Scope


@lru_cache(maxsize=2)
def _catalogue(given: str) -> Catalogue:
    return load_registers(find_pack(given or None))


def catalogue() -> Catalogue:
    """The catalogue of this installation's pack."""
    return _catalogue(settings.PACK)


def owned_rosters(scope: Scope) -> frozenset[str]:
    """The rosters that the scope's offices keep; empty for a scope of all offices, which sees by its units."""
    return frozenset() if scope.offices is ALL else catalogue().owned_by(scope.offices)


def too_sensitive(scope: Scope) -> frozenset[str]:
    """The rosters of a higher level than the scope's, without those its own offices keep."""
    above = {one.id for one in catalogue().rosters.values() if not scope.sees_level(one.level)}
    return frozenset(above) - owned_rosters(scope)
