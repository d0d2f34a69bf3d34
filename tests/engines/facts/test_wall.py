"""The wall of origin: single respondents' statistics stay in statistics; totals, dispatch and administrative figures pass. 合成数据."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facts_cast import FORMS, A, B, built, enterprise, taken
from yunxing.engines.facts.layout import Row
from yunxing.engines.facts.wall import USES, Walled, guard, is_walled, outside

FACTS = taken(built("enterprise_month", [Row(A, "甲", enterprise()), Row(B, "乙", enterprise("50.00"))]))[0].facts


def of(origin: str, *, party: str = A) -> pl.DataFrame:
    return FACTS.filter(pl.col("party") == party).with_columns(pl.lit(origin).alias("origin"))


@pytest.mark.parametrize("use", sorted(USES))
def test_single_respondents_statistics_serve_no_other_use(use):
    with pytest.raises(Walled) as refused:
        guard(pl.concat([of("statistics"), of("dispatch", party=B)]), use)

    assert USES[use] in str(refused.value)
    assert {(fault.file, fault.place) for fault in refused.value.faults} >= {("enterprise_month", "output"), ("enterprise_month", "tax")}
    assert A not in str(refused.value), "the refusal names no respondent"


@pytest.mark.parametrize("origin", ["dispatch", "administrative", "public"])
def test_other_origins_pass_as_they_are(origin):
    assert guard(of(origin), "entitlements").equals(of(origin))
    assert outside(of(origin)).equals(of(origin))


def test_a_units_total_is_no_single_respondent():
    total = of("statistics").with_columns(pl.col("unit").alias("party"))
    split = of("statistics").with_columns((pl.col("unit") + "/combined").alias("party"))

    assert guard(total, "talks").equals(total)
    assert guard(split, "talks").equals(split)
    assert guard(FACTS.clear(), "cases").height == 0


def test_a_second_key_does_not_hide_the_respondent():
    with pytest.raises(Walled):
        guard(of("statistics").with_columns((pl.col("party") + "/BANK-01").alias("party")), "cases")


@given(st.lists(st.tuples(st.sampled_from(["statistics", "dispatch", "public"]), st.sampled_from([A, B])), max_size=6))
def test_what_is_left_outside_passes_every_guard_and_loses_nothing_else(parts: list[tuple[str, str]]):
    facts = pl.concat([of(origin, party=party).head(2) for origin, party in parts]) if parts else FACTS.clear()
    left = outside(facts)

    assert guard(left, "entitlements").height == left.height
    cells = set(facts.filter(pl.col("origin") == "statistics").select("form", "item", "party").iter_rows())
    assert left.height == sum(row not in cells for row in facts.select("form", "item", "party").iter_rows())


def test_forms_say_which_items_are_walled():
    county, firm = FORMS["county_energy_quarter"], FORMS["energy_use_month"]

    assert not any(is_walled(county, item) for item in county.items), "a county's total"
    assert not any(is_walled(firm, item) for item in firm.items), "a dispatch report"
    assert all(is_walled(firm, replace(item, origin="statistics")) for item in firm.items)
