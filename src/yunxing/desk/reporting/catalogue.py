"""The pack in force as the registry reads it, once a process: kinds and rosters, and what a scope may see by them."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from yunxing.engines.registry.catalogue import Catalogue
from yunxing.packs.pack import Pack, load_pack
from yunxing.packs.registers import load_registers
from yunxing.values.scope import ALL, Scope


@lru_cache(maxsize=2)
def _pack(given: str) -> Pack:
    return load_pack(given or None)


@lru_cache(maxsize=2)
def _catalogue(given: str) -> Catalogue:
    return load_registers(_pack(given).folder)


def pack() -> Pack:
    """The plan pack of this installation."""
    return _pack(settings.PACK)


def catalogue() -> Catalogue:
    """Its kinds and rosters."""
    return _catalogue(settings.PACK)


def owned_rosters(scope: Scope) -> frozenset[str]:
    """The rosters that the scope's offices keep; empty for a scope of all offices, which sees by its units."""
    return frozenset() if scope.offices is ALL else catalogue().owned_by(scope.offices)


def too_sensitive(scope: Scope) -> frozenset[str]:
    """The rosters of a higher level than the scope's, without those its own offices keep."""
    above = {one.id for one in catalogue().rosters.values() if not scope.sees_level(one.level)}
    return frozenset(above) - owned_rosters(scope)
