"""A city's signal taken apart into projects and plants."""

from __future__ import annotations

import json
from fractions import Fraction

import polars as pl

from yunxing.engines.signals.learning import Handled, lessons
from yunxing.engines.signals.parts import months_between, project_pieces, site_pieces
from yunxing.values.period import Month

CARD = {"form": "project_month", "item": "investment", "roster": "key_projects"}


def fact(party: str, value: int | None, **more: object) -> dict[str, object]:
    plain = {
        "form": "project_month",
        "item": "investment",
        "role": "value",
        "party": party,
        "period": "2022-01..09",
        "value": value,
        "held": False,
    }
    return plain | more


def project(id_: str, plan: int | None, rosters: str = "key_projects,others", **more: object) -> dict[str, object]:
    return {"id": id_, "rosters": rosters, "attributes": json.dumps({"annual_plan_fen": plan, **more})}


def test_projects_are_held_against_nine_twelfths_of_their_plan():
    facts = pl.DataFrame(
        [fact("P1", 30), fact("P2", 90), fact("P3", 1), fact("P4", 5), fact("P5", 7, held=True), fact("P6", 50, period="2022-01..08")]
    )
    registry = [project("P1", 100), project("P2", 100), project("P3", 100, is_preparatory=True), project("P4", None), project("P5", 80), project("P6", 80),
                project("P7", 80), project("P8", 100, rosters="others")]  # fmt: skip

    found = project_pieces(facts.to_arrow(), registry, CARD, Month(2022, 9))

    assert [(one.party, one.short) for one in found] == [("P1", Fraction(45)), ("P2", Fraction(-15))]
    assert sum(one.done for one in found) == sum(one.due - one.short for one in found)


def test_plants_come_with_their_fewest_days_the_lowest_first():
    rows = [
        {"stat": "minimum", "num": 36, "den": 5, "scope": "S1"},
        {"stat": "minimum", "num": 13, "den": 2, "scope": "S2"},
        {"stat": "minimum", "num": None, "den": None, "scope": "S3"},
        {"stat": "value", "num": 1, "den": 1, "scope": "S4"},
    ]

    assert [(one.party, one.done) for one in site_pieces(rows)] == [("S2", Fraction(13, 2)), ("S1", Fraction(36, 5))]


def test_lessons_count_marks_leads_and_false_alarms_by_month():
    found = lessons(
        [
            Handled("a", "2022-05", "right", "2022-07"),
            Handled("a", "2022-06", "late", "2022-05"),
            Handled("a", "2022-06", "false", "2022-06"),
            Handled("a", "2022-07"),
            Handled("b", "2022-07"),
        ]
    )

    assert [(one.rule, one.raised, one.marked) for one in found] == [("a", 4, 3), ("b", 1, 0)]
    assert found[0].precision == Fraction(2, 3)
    assert found[0].leads == (2, -1)
    assert found[0].lead == Fraction(1, 2)
    assert found[0].false_by_month == {"2022-06": 1}
    assert (found[1].precision, found[1].lead) == (None, None)


def test_months_between_counts_over_years():
    assert months_between("2021-11", "2022-02") == 3
