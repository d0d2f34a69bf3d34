"""Lists that are worked out: who is entitled and said nothing yet; who reports one thing and not another. Against the slow way, by hand."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pack_cast import PLAN
from yunxing.flows import worked_out_lists
from yunxing.flows.run_round import profile_frame
from yunxing.flows.worked_out_lists import not_applied, without
from yunxing.io import profiles
from yunxing.packs.generated import load_generated
from yunxing.packs.policies import load_policies

RULE = load_generated(PLAN)["not_insured"]
RULES = load_policies(PLAN)
DAY = date(2022, 9, 30)
LADDER = "m18_listing_ladder"


def row(party: str, raised: int | None, **more: Any) -> dict[str, Any]:
    """A firm listed in June 2022."""
    return {
        "party": party, "payee": party, "name": f"企业{party}", "source": "合成数据 synthetic data", "board": "BSE", "raised": raised,
        "listed_on": date(2022, 6, 30), "as_of": DAY, "has_bonus_before": False, "arrived": date(2022, 7, 1), **more,
    }  # fmt: skip


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Three entitled firms, one that had its bonus, one of which nothing is known; E3 was granted it."""
    wan = 1_000_000
    rows = [
        row("E1", 100_000 * wan),
        row("E2", 300_000 * wan),
        row("E3", 300_000 * wan),
        row("E4", 100_000 * wan, has_bonus_before=True),
        row("E5", None),
    ]
    profiles.keep(tmp_path, DAY, {LADDER: profile_frame(RULES.policy(LADDER), rows)})
    monkeypatch.setattr(worked_out_lists, "granted_before", lambda _connection, policy: {"E3": 1} if policy == LADDER else {})
    return tmp_path


def listed(home, offers=None, policies=(LADDER,)):
    return not_applied(home, SimpleNamespace(), RULES, list(policies), offers or {})


def test_who_is_entitled_and_was_not_granted_it_stands_on_the_list_the_largest_first(home):
    """2 亿 band boundaries give 1200 万 and 700 万; who was granted it, had it before or is unknown is not there."""
    found = listed(home)

    assert [(one.party, one.amount_fen, one.state) for one in found] == [("E2", 1200_0000_00, ""), ("E1", 700_0000_00, "")]
    assert {one.day for one in found} == {DAY}


@pytest.mark.parametrize("state", ["confirmed", "declined", "announced", "objected", "struck", "granted", "reduced", "queued", "paid"])
def test_who_answered_an_offer_is_not_on_the_list(home, state):
    assert [one.party for one in listed(home, {(LADDER, "E2"): state})] == ["E1"]


def test_who_was_offered_it_and_said_nothing_stays_with_that_word(home):
    assert [(one.party, one.state) for one in listed(home, {(LADDER, "E2"): "offered"})] == [("E2", "offered"), ("E1", "")]


def test_a_rule_without_profiles_and_one_that_is_not_there_have_nobody(home):
    assert listed(home, policies=("m08_dcmm", "no_such_rule")) == []


def fact(party: str, item: str, value: int | None, **more: Any) -> dict[str, Any]:
    return {
        "form": RULE.form, "role": "value", "period": "2022-01..09", "as_reported": "cumulative", "held": False, "version": 1,
        "party": party, "item": item, "value": value, **more,
    }  # fmt: skip


def member(party: str, **more: Any) -> dict[str, Any]:
    return {"id": party, "name": f"企业{party}", "unit": "A01", "size": "small", "rosters": f"above_scale,{RULE.roster}", **more}


def names(facts, members=None):
    return [one.party for one in without(RULE, "2022-01..09", facts, members or [member("E1")])]


@pytest.mark.parametrize(
    ("exports", "insured", "there"),
    [(100, 0, True), (100, None, True), (100, 1, False), (0, 0, False), (None, 0, False), (100, -1, True)],
)
def test_a_small_exporter_without_insured_exports_is_there(exports, insured, there):
    assert names([fact("E1", RULE.has, exports), fact("E1", RULE.lacks, insured)]) == (["E1"] if there else [])


@pytest.mark.parametrize(
    "more", [{"held": True}, {"role": "last_year_restated"}, {"period": "2022-01..08"}, {"as_reported": "month"}, {"form": "trade_month"}]
)  # fmt: skip
def test_only_the_period_of_the_form_counts(more):
    assert names([fact("E1", RULE.has, 100, **more)]) == []


def test_the_newest_version_of_a_cell_counts():
    rows = [fact("E1", RULE.has, 100), fact("E1", RULE.lacks, 50, version=2), fact("E1", RULE.lacks, 0, version=1)]

    assert names(rows) == []
    assert names([*rows, fact("E1", RULE.lacks, 0, version=3)]) == ["E1"]


@pytest.mark.parametrize(
    ("more", "there"), [({"size": "micro"}, True), ({"size": "medium"}, False), ({"size": ""}, False), ({"rosters": "above_scale"}, False)]
)
def test_the_list_is_about_small_firms_of_its_roster(more, there):
    assert names([fact("E1", RULE.has, 100)], [member("E1", **more)]) == (["E1"] if there else [])


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.one_of(st.none(), st.integers(0, 3)), st.one_of(st.none(), st.integers(0, 3))),
        unique_by=lambda one: one[0],
    )
)
def test_against_the_slow_way(cells):
    """Exporters less insured exporters, counted one by one, as the indicator counts them."""
    rows = [fact(f"E{n}", RULE.has, has) for n, has, _lacks in cells] + [fact(f"E{n}", RULE.lacks, lacks) for n, _has, lacks in cells]
    exporters = {f"E{n}" for n, has, _ in cells if has}
    insured = {f"E{n}" for n, has, lacks in cells if has and lacks}

    assert set(names(rows, [member(f"E{n}") for n in range(10)])) == exporters - insured
