"""Changes of rules that a second person signed, as flows read them: number, policy, what is changed, from which day of application on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from yunxing.io.store import dialect

TABLE = "support_rule_change"


@dataclass(frozen=True, slots=True)
class Signed:
    """One signed change: parameters by name as written, conditions left out, and the first day of application."""

    number: int
    policy: str
    parameters: str  # as JSON, so that a change can be compared and kept
    without: tuple[str, ...]
    starts: date
    basis: str


def signed(connection: Any) -> list[Signed]:
    """All signed changes in the order they were signed."""
    sql = "select id, policy, parameters, without, starts_on, basis from support_rule_change where state = %s order by signed_at, id"
    found = []
    for number, policy, parameters, without, starts, basis in dialect.rows(connection, sql, ("signed",)):
        left_out = json.loads(without) if isinstance(without, str) else without
        given = parameters if isinstance(parameters, str) else json.dumps(parameters, ensure_ascii=False, sort_keys=True)
        first = starts if isinstance(starts, date) else date.fromisoformat(str(starts)[:10])
        found.append(Signed(int(number), str(policy), given, tuple(left_out), first, str(basis or "")))
    return found
