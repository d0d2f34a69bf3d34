"""Every example in a docstring of the storey is run, so that no page of it can lie."""

import doctest
import importlib
import pkgutil

import pytest

import yunxing.values

MODULES = sorted(module.name for module in pkgutil.iter_modules(yunxing.values.__path__, "yunxing.values."))


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_hold(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0
