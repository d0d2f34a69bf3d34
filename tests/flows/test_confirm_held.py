"""What is in question enters the totals only by a person's written word, and the reported figure stays as it was reported."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from facts_cast import A, built, enterprise, taken
from yunxing.engines.facts.layout import Row
from yunxing.flows.confirm_held import confirm_held
from yunxing.io import tables
from yunxing.values.errors import BadInput

FORM = "enterprise_month"
NOW = datetime(2022, 10, 8, 2, 0, tzinfo=UTC)


@pytest.fixture
def held(tmp_path: Path) -> Path:
    """A home in which A's September is held whole."""
    facts = taken(built(FORM, [Row(A, "甲", enterprise())]))[0].facts
    tables.append_batch(tmp_path, "2022-09", FORM, facts.with_columns(pl.lit(True).alias("held"), pl.lit(1, pl.Int32).alias("version")))
    return tmp_path


def test_confirmed_facts_are_a_new_version_with_the_same_figures(held):
    before = tables.facts_as_of(held)

    assert confirm_held(held, FORM, "2022-09", A, cause=" 新生产线投产，已电话核实 ", now=NOW) == 13

    after = tables.facts_as_of(held)
    assert not after["held"].any()
    assert set(after["cause"]) == {"新生产线投产，已电话核实"}
    assert set(after["version"]) == {2}
    assert after["value"].equals(before["value"])
    assert tables.facts_as_of(held, datetime(2022, 10, 7).date())["held"].all(), "what was known before stays known"


def test_confirming_twice_changes_nothing(held):
    confirm_held(held, FORM, "2022-09", A, cause="核实", now=NOW)

    assert confirm_held(held, FORM, "2022-09", A, cause="核实", now=NOW) == 0
    assert len(tables.batches(held)) == 2


@pytest.mark.parametrize(
    ("party", "month", "cause", "said"),
    [(A, "2022-09", "  ", "原因"), ("NOBODY", "2022-09", "核实", "没有 NOBODY"), (A, "2022-08", "核实", "没有")],
)
def test_it_is_refused_without_a_cause_or_without_anything_held(held, party, month, cause, said):
    with pytest.raises(BadInput, match=said):
        confirm_held(held, FORM, month, party, cause=cause, now=NOW)


def test_a_closed_month_is_not_touched(held):
    (held / "tables" / "closed" / "2022-09").mkdir(parents=True)

    with pytest.raises(BadInput, match="已结账"):
        confirm_held(held, FORM, "2022-09", A, cause="核实", now=NOW)
