"""Outlooks of a closing month: counts out of totals, the projects' plans and days, the same bytes again, and the signal that carries the probability."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from flows.small_city import two_years
from yunxing.flows.close_month import close_month
from yunxing.flows.target_outlook import event_counts
from yunxing.packs.pack import load_pack
from yunxing.values.period import Month

PACK = Path(__file__).parents[2] / "plans" / "binzhou_2022_156"
SEPTEMBER = Month(2022, 9)


def totals(**years: list[int]) -> dict[Month, Fraction]:
    """Cumulative figures from lists of monthly ones, `y2021 = [January, …]`."""
    found, running = {}, 0
    for name, counts in years.items():
        running = 0
        for number, count in enumerate(counts, start=1):
            running += count
            found[Month(int(name[1:]), number)] = Fraction(running)
    return found


def test_counts_are_the_steps_of_the_total() -> None:
    known = totals(y2021=[1, 0, 2, 0, 0, 1, 3, 0, 1, 4, 5, 6], y2022=[2, 1, 0])
    assert event_counts(known, Month(2022, 3)) == ([2, 1, 0], [0, 0, 1, 3, 0, 1, 4, 5, 6])


def test_months_that_are_not_known_share_what_is_left_evenly() -> None:
    known = totals(y2022=[2, 1, 0, 4, 3])
    del known[Month(2022, 2)]
    counts, before = event_counts(known, Month(2022, 5))
    assert sum(counts) == 10
    assert sorted(counts) == [0, 1, 2, 3, 4]
    assert before == []


def test_a_closed_month_keeps_the_outlook_of_every_promise_and_its_signal_the_probability_of_a_miss(home, connection) -> None:
    two_years(home, connection, SEPTEMBER)
    closed = close_month(home, load_pack(PACK), SEPTEMBER, connection, bulletin=False)
    found = {one["indicator"]: one for one in closed.snapshot.json("outlook.json")}
    assert {"project_investment", "above_scale_entries", "listings", "port_foreign_cargo"} <= set(found)
    for one in found.values():
        low, high = one["bands"]["95"]
        assert one["reached"] <= low <= one["bands"]["80"][0] <= one["bands"]["80"][1] <= high
        assert one["months_left"] == 3
        assert 0 <= one["probability"] <= 10_000
        assert Fraction(*one["needed"]) * 3 == max(Fraction(0), Fraction(*one["target"]) - one["reached"])
    signal = next(one for one in closed.snapshot.table("signals").to_pylist() if one["rule"] == "target_gap")
    outlook = next(one for one in closed.snapshot.json("outlook.json") if one["indicator"] == "project_investment")
    assert signal["probability"] == 10_000 - outlook["probability"]
    assert signal["probability"] > 5000
