"""What people said about signals, in the relational store: budgets of rules, and marks on handled signals. Written by the desk, read by a closing month."""

from __future__ import annotations

from typing import Any

from yunxing.io.store import dialect

RIGHT = ("right", "early", "late")  # marks that say the alarm was no false one


def budgets(connection: Any) -> dict[str, int]:
    """The newest budget of each rule that somebody set, in alarms a year for the whole city."""
    rows = dialect.rows(connection, "select rule, per_year from room_budget order by id")
    return {str(rule): int(per_year) for rule, per_year in rows}


def right_candidates(connection: Any) -> list[str]:
    """The moments of statistical rules whose signal was marked right, early or late: `<rule>/<scope>/<period>`, in order."""
    rows = dialect.rows(
        connection,
        "select s.rule, s.scope, s.first_period from room_mark m join room_signal s on s.id = m.signal where m.mark in (%s, %s, %s)",
        RIGHT,
    )
    return sorted(f"{rule}/{scope}/{period}" for rule, scope, period in rows)
