"""Every example in a docstring of the rule engine and the ledger is run, so that no page of it can lie."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import yunxing.engines.entitlements
import yunxing.engines.ledger

PACKAGES = (yunxing.engines.entitlements, yunxing.engines.ledger)
MODULES = sorted(module.name for package in PACKAGES for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."))


@pytest.mark.parametrize("name", [*MODULES, "yunxing.packs.policies"])
def test_examples_in_docstrings_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples_to_run() -> None:
    assert sum(doctest.testmod(importlib.import_module(name)).attempted for name in MODULES) >= 4
