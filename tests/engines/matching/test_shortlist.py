"""The shortlist against crossing everybody with everybody, one pair at a time in plain Python; reasons that add up; conditions that block."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.engines.matching import shortlist as module
from yunxing.engines.matching.explain import in_short, reasons, why_not
from yunxing.engines.matching.kind import Column, Hard, Kind, Part, cell, frame, kept_rows, said
from yunxing.engines.matching.market import NO_RANK
from yunxing.engines.matching.shortlist import joined_by, shortlist
from yunxing.values.errors import BadInput

NEEDS = (
    Column("trade", "行业", "Trade", "text"), Column("wants", "想要", "Wants", "list"), Column("amount", "金额", "Amount", "money", "万元"),
    Column("size", "规模", "Size", "count", "人"), Column("urgent", "紧急", "Urgent", "flag"),
)  # fmt: skip
OFFERS = (
    Column("trades", "行业", "Trades", "list"), Column("gives", "提供", "Gives", "list"), Column("most", "上限", "Most", "money", "万元"),
    Column("size", "规模", "Size", "count", "人"), Column("open", "开放", "Open", "flag"), Column("what", "品名", "What", "text"),
)  # fmt: skip
KIND = Kind(
    "k", "种类", "Kind", "1/1", "O", "需", "Need", "供", "Offer", "个", "need", "value", 3, paired_once=False, needs=NEEDS, offers=OFFERS,
    hard=(
        Hard("trade", "行业对口", "Trade", "in", "trade", "trades", "c", any="通用"),
        Hard("most", "不超上限", "Most", "at_most", "amount", "most", "c", absent="passes"),
        Hard("open", "开放", "Open", "yes", "", "open", "c", absent="passes"),
    ),
    parts=(
        Part("wants", "内容", "Wants", "shared", "wants", "gives", 30, "c", "both"),
        Part("size", "规模相当", "Size", "near", "size", "size", 20, "c", "need"),
        Part("covers", "够大", "Covers", "covers", "size", "size", 10, "c", "offer"),
        Part("urgent", "紧急", "Urgent", "yes", "urgent", "", 7, "c", "offer"),
        Part("more", "大", "More", "more", "", "size", 9, "c", "need", low=2, high=8),
        Part("less", "小", "Less", "less", "", "size", 9, "c", "need", low=2, high=8),
        Part("holds", "品名", "What", "holds", "wants", "what", 5, "c", "both"),
    ),
)  # fmt: skip
WORDS = st.sampled_from(["甲", "乙", "丙", "通用"])
MAYBE = st.one_of(st.none(), st.integers(0, 10))
LIST = st.one_of(st.none(), st.lists(WORDS, min_size=1, max_size=3, unique=True).map(sorted))
FLAG = st.sampled_from([None, True, False])


@st.composite
def sides(draw):
    def common(at, mark, others):
        return {
            "id": f"{mark}{at}", "party": "", "name": f"{mark}{at}", "unit": None, "quota": draw(st.integers(0, 2)),
            "prefer": draw(st.lists(st.sampled_from(others), max_size=2, unique=True)), "refuse": draw(st.lists(st.sampled_from(others), max_size=1)),
        }  # fmt: skip

    needs = [
        {
            **common(at, "n", ["o0", "o1", "o9"]),
            "trade": draw(st.one_of(st.none(), WORDS)),
            "wants": draw(LIST),
            "amount": draw(MAYBE),
            "size": draw(MAYBE),
            "urgent": draw(FLAG),
        }
        for at in range(draw(st.integers(1, 4)))
    ]
    offers = [
        {
            **common(at, "o", ["n0", "n1", "n9"]),
            "trades": draw(LIST),
            "gives": draw(LIST),
            "most": draw(MAYBE),
            "size": draw(MAYBE),
            "open": draw(FLAG),
            "what": draw(st.one_of(st.none(), WORDS)),
        }
        for at in range(draw(st.integers(1, 4)))
    ]
    return needs, offers


def passes(need, offer):
    """The conditions by their words."""
    trade = need["trade"] is not None and offer["trades"] is not None and (need["trade"] in offer["trades"] or "通用" in offer["trades"])
    most = need["amount"] is None or offer["most"] is None or need["amount"] <= offer["most"]
    shut = offer["open"] is False
    avoided = offer["id"] in need["refuse"] or need["id"] in offer["refuse"]
    return trade and most and not shut and not avoided and need["quota"] > 0 and offer["quota"] > 0


def scored(need, offer):
    """The points by their words, one part at a time."""
    wants, gives, n, o = need["wants"], offer["gives"], need["size"], offer["size"]
    shared = 30 * len(set(wants) & set(gives)) // len(wants) if wants and gives else 0
    near = 20 - min(20, abs(n - o) * 20 // max(n, 1)) if n is not None and o is not None else 0
    covers = 10 * min(n, o) // max(n, 1) if n is not None and o is not None else 0
    inside = None if o is None else min(max(o, 2), 8)
    more = 0 if inside is None else 9 * (inside - 2) // 6
    less = 0 if inside is None else 9 * (8 - inside) // 6
    return [shared, near, covers, 7 if need["urgent"] else 0, more, less, 5 if wants and offer["what"] in wants else 0]


def ranked(rows, key, prefer):
    """Stated places first, then dense places by the liking."""
    levels = sorted({key(row) for row in rows}, reverse=True)
    return {row["to"]: prefer.index(row["to"]) if row["to"] in prefer else module.STATED + levels.index(key(row)) + 1 for row in rows}


@given(sides())
@pytest.mark.property
def test_the_shortlist_is_what_crossing_everybody_with_everybody_gives(tables):
    needs, offers = tables

    found = shortlist(KIND, frame(KIND, "need", needs), frame(KIND, "offer", offers), keep=50, seed="s")

    expected = {(n["id"], o["id"]): scored(n, o) for n in needs for o in offers if passes(n, o)}
    parts = [f"p.{one.id}" for one in KIND.parts]
    assert {(row["need"], row["offer"]): [row[one] for one in parts] for row in found.edges.iter_rows(named=True)} == expected
    assert found.passed == len(expected)
    for row in found.edges.iter_rows(named=True):
        assert row["value"] == sum(expected[row["need"], row["offer"]])
    for need in needs:
        rows = [{"to": offer, "points": points} for (n, offer), points in expected.items() if n == need["id"]]
        places = ranked(rows, lambda one: sum(one["points"][at] for at in (0, 1, 4, 5, 6)), need["prefer"])
        assert {r["offer"]: r["need_rank"] for r in found.edges.iter_rows(named=True) if r["need"] == need["id"]} == places
    for offer in offers:
        rows = [{"to": n, "points": points} for (n, o), points in expected.items() if o == offer["id"]]
        places = ranked(rows, lambda one: sum(one["points"][at] for at in (0, 2, 3, 6)), offer["prefer"])
        assert {r["need"]: r["offer_rank"] for r in found.edges.iter_rows(named=True) if r["offer"] == offer["id"]} == places


@given(sides(), st.randoms(use_true_random=False), st.integers(1, 2))
@pytest.mark.property
def test_portions_and_the_order_of_rows_change_nothing(tables, chance, keep):
    needs, offers = tables
    whole = shortlist(KIND, frame(KIND, "need", needs), frame(KIND, "offer", offers), keep=keep, seed="s")

    at_once, module.AT_ONCE = module.AT_ONCE, 1
    try:
        cut = shortlist(
            KIND,
            frame(KIND, "need", chance.sample(needs, len(needs))),
            frame(KIND, "offer", chance.sample(offers, len(offers))),
            keep=keep,
            seed="s",
        )
    finally:
        module.AT_ONCE = at_once

    assert cut.edges.equals(whole.edges)
    assert cut.passed == whole.passed


@given(sides())
@pytest.mark.property
def test_each_party_keeps_its_best_and_what_it_asked_for(tables):
    """No pair left out is better, for both its parties, than one they kept; who was asked for by name is never left out."""
    needs, offers = tables
    kept = {
        (r["need"], r["offer"])
        for r in shortlist(KIND, frame(KIND, "need", needs), frame(KIND, "offer", offers), keep=1, seed="s").edges.iter_rows(named=True)
    }
    for n in needs:
        mine = [o for o in offers if passes(n, o)]
        if mine:
            assert max(sum(scored(n, o)) for o in mine) in [sum(scored(n, o)) for o in mine if (n["id"], o["id"]) in kept]
        assert all((n["id"], o["id"]) in kept for o in mine if o["id"] in n["prefer"])


@given(sides())
@pytest.mark.property
def test_reasons_add_up_to_the_score_and_say_what_keeps_a_pair_apart(tables):
    needs, offers = tables
    for n in needs[:2]:
        for o in offers[:2]:
            found = reasons(KIND, n, o)
            assert sum(one.points or 0 for one in found) == sum(scored(n, o))
            assert (why_not(KIND, n, o) == ()) == passes(n, o)
            for one in found:
                if one.points and one.points == one.full:
                    assert f"{one.title} {one.points}/{one.full}" in in_short(KIND, n, o)


def test_a_side_without_liking_is_one_tie():
    kind = replace(KIND, indifferent=("offer",))
    need = {"id": "n", "quota": 1, "trade": "甲", "prefer": [], "refuse": []}
    offer = {"id": "o", "quota": 1, "trades": ["甲"], "prefer": [], "refuse": []}

    row = shortlist(kind, frame(kind, "need", [need]), frame(kind, "offer", [offer])).edges.row(0, named=True)

    assert row["offer_rank"] == NO_RANK
    assert row["need_rank"] == module.STATED + 1
    assert row["most"] == 1


def test_pairs_are_found_by_joining_and_a_kind_that_nothing_joins_is_refused():
    assert [one.id for one in joined_by(KIND)] == ["trade"]
    with pytest.raises(BadInput, match="to join the two sides by"):
        joined_by(replace(KIND, hard=KIND.hard[1:]))


def test_a_large_shortlist_stays_small_in_memory_and_keeps_the_best():
    """2,000 needs and 400 offers of one trade: 800,000 pairs meet the condition, three a party are kept."""
    needs = frame(
        KIND, "need", [{"id": f"n{at:04d}", "quota": 1, "trade": "甲", "size": at % 11, "prefer": [], "refuse": []} for at in range(2000)]
    )
    offers = frame(
        KIND,
        "offer",
        [{"id": f"o{at:03d}", "quota": 5, "trades": ["甲"], "size": at % 11, "prefer": [], "refuse": []} for at in range(400)],
    )

    found = shortlist(KIND, needs, offers, keep=3)

    assert found.passed == 800_000
    assert len(found.edges) <= 3 * 2400
    assert found.edges.group_by("need").len()["len"].min() >= 3
    assert isinstance(found.edges, pl.DataFrame)


@pytest.mark.parametrize(
    ("column", "given", "kept", "words"),
    [
        (NEEDS[2], "1200.5", 1_200_500_000, "1,200.50万元"),
        (NEEDS[2], "2 亿元", 20_000_000_000, "20,000.00万元"),
        (NEEDS[3], "12 人", 12, "12 人"),
        (NEEDS[1], "乙、甲;乙", ["乙", "甲"], "乙、甲"),
        (NEEDS[4], "是", True, "是"),
        (NEEDS[4], "No", False, "否"),
        (NEEDS[0], " 铝 ", "铝", "铝"),
        (Column("d", "日", "Day", "day"), "2022-10-01", 19266, "2022-10-01"),
        (Column("r", "率", "Rate", "rate", "%"), "3.85%", 385, "3.85%"),
        (NEEDS[3], "", None, "—"),
    ],
)
def test_cells_are_kept_whole_and_said_again(column, given, kept, words):
    assert cell(column, given) == kept
    assert said(column, kept) == words


def test_rows_are_refused_with_every_fault_and_its_place():
    rows = [
        {"编号": "a", "名额": "2.5", "金额": "很多", "紧急": "也许"},
        {"编号": "a", "规模": "-1"},
        {"编号": "", "规模": "1.5"},
    ]
    with pytest.raises(BadInput) as refused:
        kept_rows(KIND, "need", rows, "needs.csv")
    places = [one.place for one in refused.value.faults]
    assert places == ["line 2, quota", "line 2, 金额", "line 2, 紧急", "line 3, id", "line 3, 规模", "line 4, id", "line 4, 规模"]


def test_a_required_column_may_not_be_empty():
    kind = replace(KIND, needs=(Column("trade", "行业", "Trade", "text", required=True),))
    with pytest.raises(BadInput, match="行业: found nothing"):
        kept_rows(kind, "need", [{"id": "a"}], "needs.csv")
    assert kept_rows(kind, "need", [{"id": "a", "Trade": "铝", "意向": "x、y"}], "n")[0]["prefer"] == ["x", "y"]
