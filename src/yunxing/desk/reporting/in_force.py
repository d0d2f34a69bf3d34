"""The plan in force as this room needs it: forms by id, reporting units by code. Read once per process."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from yunxing.engines.facts.form import Form
from yunxing.packs.forms import load_forms
from yunxing.packs.pack import Pack, load_pack


@lru_cache(maxsize=2)
def _pack(given: str) -> Pack:
    return load_pack(given or None)


@lru_cache(maxsize=2)
def _forms(given: str) -> dict[str, Form]:
    return load_forms(_pack(given).folder)


def pack() -> Pack:
    """The plan pack of this installation."""
    return _pack(settings.PACK)


def forms() -> dict[str, Form]:
    """Its forms by id."""
    return _forms(settings.PACK)


def units() -> dict[str, str]:
    """The reporting units: code → name, in the pack's order."""
    return {unit.id: unit.name for unit in pack().regions.units}
