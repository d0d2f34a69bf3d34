"""Quotas as data: names of accounts, units to the smallest part, bounds below, at and above, and what is told when a name leads nowhere."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.engines.ledger.acts import Balances, Given, plan
from yunxing.engines.ledger.draft import Draft
from yunxing.engines.ledger.quota_book import Act, Draw, QuotaPool, Quotas, QuotaUnit, Threshold
from yunxing.values.errors import BadInput
from yunxing.values.quantity import Comparator, Quantity

DAY = date(2022, 9, 30)
TON = QuotaUnit("t", "煤", "Coal", "coal", "吨", "t", 100, 2)
KILO = QuotaUnit("kg", "尘", "Dust", "dust", "吨/年", "t/a", 1000, 3)
NAMES = {"clause": "9/1/1", "owner": "X", "book": "b", "basis": "plan", "note": "", "note_en": ""}


def pool(name: str, units: tuple[str, ...] = ("t",), holders: tuple[Any, ...] = ("city",), *, may_exceed: bool = False) -> QuotaPool:
    return QuotaPool(name, name, name, units=units, holders=holders, may_exceed=may_exceed, **NAMES)  # type: ignore[arg-type]


def act(
    name: str, of: str, does: Any, source: Any = "source", target: Any = "city", asks: tuple[Any, ...] = ("amount",), **more: Any
) -> Act:
    return Act(name, of, name, name, "9/1/1", does, source, target, asks, ("X",), **more)


POOLS = {one.id: one for one in (pool("bank"), pool("many", ("t", "kg"), ("county",)), pool("task", holders=("county",), may_exceed=True))}
ACTS = {
    one.id: one
    for one in (
        act("fill", "bank", "issue"),
        act("give", "bank", "move", "city", "county"),
        act("hold", "bank", "hold", "city", "project"),
        act("settle", "bank", "settle", "city", "project", ("amount", "refers")),
        act("free", "bank", "release", "city", "project", ("refers",)),
        act("use", "bank", "retire", "city", "used"),
        act("task", "task", "retire", "county", "used"),
        act("dust", "many", "issue", "source", "county", ("amount", "unit")),
        act("draw", "many", "draw", "county", "project", ("amount", "unit")),
        act("pledge", "bank", "certify", "source", "county"),
        act("why", "bank", "issue", purposes=("甲", "乙"), purposes_en=("a", "b")),
        act("paper", "bank", "issue", asks=("amount", "document")),
    )
}
BOOK = Quotas({"t": TON, "kg": KILO}, POOLS, ACTS, {}, {}, {}, {}, (), (), (), {}, {})


def planned(name: str, amount: int = 5, free: int = 0, **more: Any):
    return plan(BOOK, BOOK.acts[name], Given("k", DAY, amount, **more), Balances(lambda _account: free))


def legs(found: Any, number: int = 0) -> dict[str, int]:
    return {leg.account: leg.amount for leg in found.group.transfers[number].legs}


# ---- units and names


@pytest.mark.parametrize(
    ("typed", "parts"),
    [("1", 100), ("0.01", 1), ("-0.01", -1), ("1,234.5", 123450), ("１２．５", 1250), (" 7 ", 700), ("0", 0), ("9007199254740993", 900719925474099300)],
)  # fmt: skip
def test_what_is_typed_is_counted_in_smallest_parts_exactly(typed: str, parts: int) -> None:
    """The last would be even in floating point: 2**53 + 1."""
    assert TON.parsed(typed) == parts


@pytest.mark.parametrize(("unit", "typed", "places"), [(TON, "0.005", 2), (TON, "1.999", 2), (KILO, "0.0005", 3), (KILO, "1.0001", 3)])
def test_a_part_of_the_smallest_part_is_never_rounded_away(unit: QuotaUnit, typed: str, places: int) -> None:
    with pytest.raises(BadInput) as caught:
        unit.parsed(typed)
    assert caught.value.message == f"“{typed}”{unit.printed}：最多 {places} 位小数 (at most {places} decimals)"


@given(st.integers(-(10**18), 10**18), st.sampled_from([TON, KILO]))
def test_every_amount_is_shown_so_that_it_can_be_typed_again(amount: int, unit: QuotaUnit) -> None:
    assert unit.parsed(unit.shown(amount)) == amount


@pytest.mark.parametrize(
    ("amount", "unit", "shown"),
    [(0, TON, "0.00"), (5, TON, "0.05"), (-5, TON, "-0.05"), (123456789, TON, "1,234,567.89"), (999, KILO, "0.999"), (1000, KILO, "1.000")],
)
def test_an_amount_is_shown_with_thousands_in_threes(amount: int, unit: QuotaUnit, shown: str) -> None:
    assert unit.shown(amount) == shown


def test_an_account_names_its_unit_only_where_a_pool_has_several() -> None:
    assert POOLS["bank"].account("t", "city") == "bank/city"
    assert POOLS["many"].account("kg", "A01") == "many/kg/A01"
    with pytest.raises(BadInput, match="pool bank counts t, not kg"):
        POOLS["bank"].account("kg", "city")
    with pytest.raises(BadInput, match="pool many counts t, kg, not g"):
        POOLS["many"].account("g", "city")


@pytest.mark.parametrize(("role", "kind"), [("source", "source"), ("used", "used"), ("city", "pool"), ("county", "holder"), ("party", "holder"), ("project", "holder")])  # fmt: skip
def test_the_store_of_a_pool_is_told_apart_from_those_who_received(role: Any, kind: str) -> None:
    assert POOLS["bank"].kind_of(role) == kind


def test_the_pool_of_an_account_is_found_by_its_first_part_alone() -> None:
    assert BOOK.pool_of("many/kg/A01") is POOLS["many"]
    assert BOOK.pool_of("bank") is POOLS["bank"]
    for name in ("bankk/city", "", "/bank/city", "support/1"):
        assert BOOK.pool_of(name) is None


def test_a_unit_is_chosen_where_a_pool_has_several_and_taken_where_it_has_one() -> None:
    assert BOOK.unit_of(ACTS["fill"]) is TON
    assert BOOK.unit_of(ACTS["dust"], "kg") is KILO
    for name, wanted in (("dust", ""), ("dust", "g"), ("fill", "kg")):
        with pytest.raises(BadInput, match=f"act {name}: unit '{wanted}', expected one of"):
            BOOK.unit_of(ACTS[name], wanted)


def test_an_unknown_act_is_told_with_the_nearest_or_without_one() -> None:
    with pytest.raises(BadInput, match="found 'fil', expected one of the pack's 12 acts; did you mean 'fill'"):
        BOOK.act("fil")
    with pytest.raises(BadInput) as caught:
        BOOK.act("zzzzzzzz")
    assert "did you mean" not in caught.value.message
    assert [one.id for one in BOOK.acts_of("many")] == ["dust", "draw"]
    assert BOOK.acts_of("none") == []


# ---- bounds


@pytest.mark.parametrize(
    ("comparator", "below", "at", "above"),
    [
        ("ge", False, True, True),
        ("gt", False, False, True),
        ("le", True, True, False),
        ("lt", True, False, False),
        ("eq", False, True, False),
    ],
)
def test_a_bound_below_at_and_above_in_every_sort_of_value(comparator: str, below: bool, at: bool, above: bool) -> None:
    """A third is compared as a third; a quantity in whatever unit it comes; a day by the calendar."""
    sorts: list[tuple[Any, Any, Any, Any]] = [
        (Fraction(1, 3), Fraction(333333, 1000000), Fraction(2, 6), Fraction(333334, 1000000)),
        (
            Quantity(Fraction(1), "万元"),
            Quantity(Fraction(999999, 100), "元"),
            Quantity(Fraction(10000), "元"),
            Quantity(Fraction(1000001), "分"),
        ),
        (date(2024, 2, 29), date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)),
    ]
    for value, less, same, more in sorts:
        bound = Threshold("b", "", "", "9/1/1", Comparator(comparator), value, "x", "")
        assert (bound.holds(less), bound.holds(same), bound.holds(more)) == (below, at, above)


def test_a_day_is_not_held_against_a_number() -> None:
    numbers = Threshold("n", "", "", "9/1/1", Comparator("ge"), Fraction(5), "5", "")
    days = Threshold("d", "", "", "9/1/1", Comparator("ge"), DAY, "2022-09-30", "")
    with pytest.raises(BadInput, match="threshold n: 2022-09-30 is held against 5; both must be days"):
        numbers.holds(DAY)
    with pytest.raises(BadInput, match="threshold d: 5 is held against 2022-09-30; both must be days"):
        days.holds(5)
    with pytest.raises(BadInput):
        Threshold("q", "", "", "9/1/1", Comparator("ge"), Quantity(Fraction(5), "元"), "5 元", "").holds(Quantity(Fraction(5), "亩"))


# ---- drafts


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("fill", "issue", {"bank/source": -5, "bank/city": 5}),
        ("give", "move", {"bank/city": -5, "bank/A01": 5}),
        ("hold", "reserve", {"bank/city": -5, "bank/P-1": 5}),
        ("use", "retire", {"bank/city": -5, "bank/used": 5}),
        ("task", "retire", {"task/A01": -5, "task/used": 5}),
    ],
)
def test_a_plain_act_is_one_transfer_of_two_legs(name: str, kind: str, expected: dict[str, int]) -> None:
    found = planned(name, county="A01", project="P-1")
    (transfer,) = found.group.transfers
    assert (transfer.key, transfer.kind, transfer.unit, transfer.clause, transfer.effective) == ("k#1", kind, "t", "9/1/1", DAY)
    assert legs(found) == expected
    assert {one.account for one in found.openings} == set(expected)


def test_what_an_account_may_fall_to_follows_its_role() -> None:
    """The outside is bottomless, a store that may be surpassed too; every other account ends at nothing."""
    floors = {one.account: one.floor for name in ("fill", "give", "task") for one in planned(name, county="A01").openings}
    assert floors == {"bank/source": None, "bank/city": 0, "bank/A01": 0, "task/A01": None, "task/used": 0}


def test_an_account_is_its_holders_and_lies_in_his_county() -> None:
    """A county's account is its own; a project's lies in the county that was named; the city's lies in none."""
    given_now = Given("k", DAY, 5, county="A01", project="P-1")
    draft = Draft(BOOK, ACTS["hold"], given_now)
    for role in ("city", "county", "project", "used"):
        draft.account(POOLS["bank"], role)
    owners = {one.account: (one.owner, one.county, one.kind) for one in draft.openings.values()}
    assert owners == {
        "bank/city": ("X", "", "pool"),
        "bank/A01": ("A01", "A01", "holder"),
        "bank/P-1": ("P-1", "A01", "holder"),
        "bank/used": ("X", "", "used"),
    }


@pytest.mark.parametrize(("refers", "full"), [("held/1", "held/1#1"), ("held/1#2", "held/1#2")])
def test_a_reservation_is_named_by_its_group_or_by_its_transfer(refers: str, full: str) -> None:
    assert planned("settle", refers=refers, project="P-1").group.transfers[0].refers == full
    released = planned("free", 0, refers=refers)
    assert (released.group.transfers[0].kind, released.group.transfers[0].refers, released.group.transfers[0].legs) == ("void", full, ())
    assert released.openings == ()


@pytest.mark.parametrize(
    ("name", "amount", "more", "says"),
    [
        ("fill", 0, {}, "数量必须大于 0"),
        ("fill", -1, {}, "数量必须大于 0"),
        ("give", 5, {}, "name the county"),
        ("hold", 5, {"county": "A01"}, "name the project"),
        ("settle", 5, {"project": "P-1"}, "name the reservation"),
        ("free", 0, {}, "name the reservation"),
        ("dust", 5, {"county": "A01"}, "unit '', expected one of t, kg"),
        ("why", 5, {}, "用途“”不在允许范围：甲、乙"),
        ("why", 5, {"purpose": "丙"}, "用途“丙”不在允许范围：甲、乙"),
        ("why", 5, {"purpose": "a"}, "用途“a”不在允许范围：甲、乙"),
        ("paper", 5, {}, "name the document"),
        ("paper", 5, {"document": " \t"}, "name the document"),
        ("draw", 5, {"unit": "kg", "county": "A01", "project": "P-1"}, "the pack has no rule of drawing"),
        ("pledge", 5, {"county": "A01"}, "the pack has no rule of drawing"),
    ],
)  # fmt: skip
def test_what_an_act_lacks_is_said_in_both_languages(name: str, amount: int, more: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput) as caught:
        planned(name, amount, **more)
    assert says in caught.value.message


def test_a_unit_outside_the_rule_of_drawing_is_refused_in_words() -> None:
    """A pool that counts more than the rule's pollutants once broke the page."""
    rule = Draw("9/1/1", ("own_cut",), {"own_cut": "many"}, "many", "start_up", {"Dust": "kg"})
    book = Quotas(BOOK.units, POOLS, ACTS, {}, {}, {}, {}, (), (), (), {}, {}, draw=rule)
    with pytest.raises(BadInput, match="煤不在污染物取用范围：Dust"):
        plan(book, ACTS["draw"], Given("k", DAY, 5, "t", "A01", "F", "P-1"), Balances(lambda _account: 10**9))


def test_an_empty_draft_says_why_there_is_nothing_to_move() -> None:
    draft = Draft(BOOK, ACTS["fill"], Given("k", DAY, 5))
    with pytest.raises(BadInput, match="nothing to move"):
        draft.done()
    draft.remark("超出", "beyond", 250)
    with pytest.raises(BadInput) as caught:
        draft.done()
    assert caught.value.message == "超出 2.50 吨"
    assert draft.notes == [("超出 2.50 吨", "beyond 2.50 t")]


def test_legs_of_nothing_are_left_out_and_their_accounts_are_not_opened() -> None:
    draft = Draft(BOOK, ACTS["give"], Given("k", DAY, 5, county="A01"))
    city, county, used = (draft.account(POOLS["bank"], role) for role in ("city", "county", "used"))
    draft.add("move", {used: 0})
    assert draft.transfers == []
    draft.add("move", {city: -5, county: 5, used: 0})
    found = draft.done()
    assert legs(found) == {"bank/A01": 5, "bank/city": -5}
    assert [one.account for one in found.openings] == ["bank/A01", "bank/city"]


def test_transfers_of_a_group_are_numbered_from_one_and_keep_their_own_clause() -> None:
    draft = Draft(BOOK, ACTS["give"], Given("k", DAY, 5, county="A01", approvers=("li",)))
    city, county = draft.account(POOLS["bank"], "city"), draft.account(POOLS["bank"], "county")
    draft.add("move", {city: -5, county: 5}, clause="9/2/1")
    draft.add("move", {city: 1, county: -1})
    first, second = draft.done().group.transfers
    assert [(one.key, one.clause, one.approvers) for one in (first, second)] == [("k#1", "9/2/1", ("li",)), ("k#2", "9/1/1", ("li",))]
