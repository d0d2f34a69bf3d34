"""The same indicators on DuckDB and on a Spark cluster give the same rows, cell for cell: values, absences, reasons, covered shares, contributions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engines.indicators.filled import Filled, formulas
from engines.indicators.small import PACK, Place, rules
from yunxing.engines.indicators.compute import Inputs, compute
from yunxing.engines.indicators.rows import indicators_table
from yunxing.io.spark_tables import keeper, load
from yunxing.packs.indicators import load_indicators
from yunxing.values.period import Month, day_number

pytestmark = [
    pytest.mark.spark,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore"),
]  # the warnings are the library's own
SEPTEMBER = Month(2022, 9)


def on_spark(connection: Any, place: Place, month: Month) -> Inputs:
    return Inputs(month=month, run=connection.to_pyarrow, forms=rules(), keep=keeper(connection), **load(connection, place.tables()))


def city() -> Place:
    """Every form of the plan: firms that enter, leave, move, stay silent or are held; projects, sites with coal, admissions."""
    filled = Filled(SEPTEMBER, seed=4)
    place = filled.fill(*sorted({one.form for one in formulas()} - {"enterprise_month"}))
    for n, party in enumerate(filled.parties):
        for year, factor in ((2022, 110 + n), (2021, 100)):
            for month in (6, 8, 9):
                code = f"{year}-01..{month:02d}"
                held = n == 3 and month == 9 and year == 2022
                basis = "other" if n == 4 and month == 8 else "k"
                for item in ("output", "profit", "revenue"):
                    sign = -1 if item == "profit" and n == 5 else 1
                    place.fact(party, code, sign * factor * month * 1000, item=item, held=held, basis=basis)
                    place.fact(party, code, sign * 100 * month * 1000, item=item, role="last_year_restated", basis=basis)
        for month, value in (("2022-08", 100), ("2022-09", 60 + n)):
            for item in ("electricity", "output", "stop_days", "shortage", "employees"):
                place.fact(party, month, value, item=item, as_reported="month")
        for code in ("2022-01..09", "2022-01..08"):
            place.fact(party, code, 5 * 10**12 + n, form="project_month", item="investment")
            place.fact(party, code, 20_000_000 + n, form="port_month", item="foreign_cargo")
        for back in range(10):
            day = (SEPTEMBER.end - timedelta(back)).isoformat()
            for item, value in (("closing", 90_000 + n), ("use", 10_000 * (n != 2))):
                place.fact(party, day, value, form="coal_day", item=item, as_reported="day")
        place.fact(f"N{n}", "2022-05", day_number(Month(2022, 5).end), form="growth_point_month", item="admitted_on", as_reported="event")
        place.fact(f"N{n % 2}", "2022-03", day_number(Month(2022, 3).end), form="listing_month", item="listed_on", as_reported="event")
    place.memberships.append({"roster": "above_scale", "party": "GONE", "valid_from": None, "valid_to": Month(2022, 3).end})
    place.party("GONE")
    place.fact("GONE", "2021-01..09", 777)
    return place


def test_every_indicator_of_the_plan_is_the_same_on_both_engines(spark: Any):
    """Fifty cards, all scopes: the two tables are equal, and so are the contributions of every enterprise."""
    cards = [replace(one, history=min(one.history, 1)) for one in load_indicators(PACK)]  # a longer history is the same plan over more rows
    place = city()
    here = compute(cards, place.inputs(SEPTEMBER))
    there = compute(cards, on_spark(spark, place, SEPTEMBER))
    ours, theirs = indicators_table(here.rows).to_pylist(), indicators_table(there.rows).to_pylist()

    assert [one for one in ours if one not in theirs] == []
    assert ours == theirs
    assert here.contributions.table().equals(there.contributions.table())
    assert len(ours) > 600
    assert len(here.contributions) > 20
    assert sum(one["num"] is not None for one in ours) > 400
