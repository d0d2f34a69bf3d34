"""What Polars and Ibis say alike: node kinds whose expression is the same Python operator in both, with the law's answer to unknown."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import reduce
from typing import Any

from yunxing.engines.entitlements.tree import Node

OPERATORS: dict[str, Callable[[Node, list[Any]], Any]] = {
    "add": lambda _, args: args[0] + args[1],
    "sub": lambda _, args: args[0] - args[1],
    "mul": lambda _, args: args[0] * args[1],
    "days_between": lambda _, args: args[1] - args[0],
    "eq": lambda _, args: args[0] == args[1],
    "ne": lambda _, args: args[0] != args[1],
    "lt": lambda _, args: args[0] < args[1],
    "le": lambda _, args: args[0] <= args[1],
    "gt": lambda _, args: args[0] > args[1],
    "ge": lambda _, args: args[0] >= args[1],
    "and": lambda _, args: reduce(operator.and_, args),
    "or": lambda _, args: reduce(operator.or_, args),
    "not": lambda _, args: ~args[0],
    "in_set": lambda node, args: reduce(operator.or_, [args[0] == member for member in node.value]),
}
