"""The registry's selectors: what a search, a filter and a page give, at the edges of each, and within each scope. Slow references beside the quick ways."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yunxing.desk.reporting import registers
from yunxing.desk.reporting.catalogue import catalogue, owned_rosters, pack, too_sensitive
from yunxing.desk.reporting.models import Membership, Party
from yunxing.desk.reporting.registers import Asked, Hint
from yunxing.desk.room.party_pages import annual_plan, counted, money, pace_light, size_word, trade
from yunxing.desk.scoping import acting_as_system, acting_in
from yunxing.engines.registry.naming import folded, initials
from yunxing.engines.registry.parties import Membership as Term
from yunxing.engines.registry.parties import Party as Registered
from yunxing.io.store.registry_history import Act, record
from yunxing.values.errors import ScopeError
from yunxing.values.scope import ALL, Scope

DAY = date(2022, 9, 30)
NOBODY: frozenset[str] = frozenset()
COUNTY = Scope(frozenset({"A01"}), NOBODY, ALL, 3, "county")
STAFF = Scope(ALL, ALL, ALL, 3, "staff")
LOW = Scope(ALL, ALL, ALL, 2, "low")
NAMES = ("合成铝业", "合成纺织", "合成化工", "城东合成铝业", "合成铝板带")


def firm(id_: str, name: str, unit: str = "A01", **rest: Any) -> Registered:
    plain = {"short_name": "", "region": "", "industry": "32", "size": "small", "parent": "", "valid_from": date(2010, 1, 1)}
    return Registered(id_, "enterprise", name, unit=unit, **{**plain, **rest})


@pytest.fixture
def stocked(db: Any) -> list[Registered]:
    """Forty firms in two counties, each third one on the list above scale, a few of the bank of seeds. 合成数据."""
    parties = [firm(f"E{at:05d}", f"{NAMES[at % 5]}{at // 10}厂", "A01" if at % 4 else "B01", short_name="城西" if at == 7 else "",
                    industry=("32", "17")[at % 2]) for at in range(40)]  # fmt: skip
    members = [Term("above_scale", one.id, date(2020, 1, 1), DAY if at % 6 == 0 else None) for at, one in enumerate(parties) if at % 3 == 0]
    members += [Term("seed_bank", parties[at].id, date(2022, 1, 1)) for at in (1, 2)]
    record(connection, Act(), [(one, None) for one in parties], members)
    return parties


def ids(asked: Asked) -> list[str]:
    return [one.pk for one in registers.parties(asked).rows]


def everyone(asked: Asked, rows: int) -> tuple[list[str], list[str]]:
    """Every page after another, forward and then back from the last one."""
    forward: list[list[str]] = []
    page = registers.parties(Asked(asked.kind, asked.day, asked.filters, rows=rows))
    while True:
        forward.append([one.pk for one in page.rows])
        if not page.next:
            break
        page = registers.parties(Asked(asked.kind, asked.day, asked.filters, after=page.next, rows=rows))
    back = [forward[-1]]
    while page.previous:
        page = registers.parties(Asked(asked.kind, asked.day, asked.filters, before=page.previous, rows=rows))
        back.insert(0, [one.pk for one in page.rows])
    return [one for some in forward for one in some], [one for some in back for one in some]


def slow(parties: list[Registered], word: str) -> set[str]:
    """Who is found by a word, each party by itself."""
    text = folded(word)
    found = set()
    for one in parties:
        names = folded(one.name), folded(one.short_name)
        letters = initials(one.short_name or one.name)
        if any(text in name for name in names) or (text.isascii() and (text in letters or one.id.startswith(word.upper()))):
            found.add(one.id)
    return found


# ---- searches


@pytest.mark.parametrize(
    "word", ["铝业", "合成", "城东", "城西", "hcly", "CX", "纺 织", "（铝）板", "E0001", "e000", "3厂", "c", "没有", "zzz", "业1厂"]
)
def test_a_search_finds_just_whom_a_look_at_each_would_find(stocked: list[Registered], word: str) -> None:
    with acting_as_system("test"):
        assert set(ids(Asked("enterprise", DAY, {"q": word}, rows=100))) == slow(stocked, word)


@pytest.mark.parametrize(
    ("word", "found"),
    [("E00012", ["E00012"]), ("e00012", ["E00012"]), ("Ｅ０００１２", ["E00012"]), ("E00099", []), ("E0001%", []), ("E0001_", [])],
)
def test_a_code_finds_its_firm_and_signs_of_patterns_mean_nothing(stocked: list[Registered], word: str, found: list[str]) -> None:
    with acting_as_system("test"):
        assert ids(Asked("enterprise", DAY, {"q": word})) == found


@pytest.mark.parametrize("word", ["%", "_", "\\", "'", '"; drop table reporting_party; --', "（）", "  ", "\n", "合" * 500])
def test_a_word_of_signs_neither_breaks_the_page_nor_finds_everybody_by_a_pattern(stocked: list[Registered], word: str) -> None:
    with acting_as_system("test"):
        page = registers.parties(Asked("enterprise", DAY, {"q": word}))
        assert page.total == (40 if not word.strip() else 0)
        assert Party.objects.count() == 40


def test_a_search_in_an_area_finds_its_own_and_names_of_others_apart(stocked: list[Registered]) -> None:
    with acting_in(COUNTY):
        own = {one.id for one in stocked if one.unit == "A01"}
        assert set(ids(Asked("enterprise", DAY, {"q": "铝业"}, rows=100))) == slow(stocked, "铝业") & own
        others = registers.names_elsewhere(Asked("enterprise", DAY, {"q": "铝业"}))
        assert others
        assert {one["unit"] for one in others} == {"B01"}
        assert all(set(one) == {"name", "unit"} for one in others)
        assert registers.names_elsewhere(Asked("enterprise", DAY, {"q": "铝"})) == []  # one character names nobody
        assert ids(Asked("enterprise", DAY, {"q": "E00004"})) == []  # a code of the other county
    with acting_in(STAFF):
        assert registers.names_elsewhere(Asked("enterprise", DAY, {"q": "铝业"})) == []  # nothing is elsewhere


def test_names_of_others_are_told_up_to_a_limit(stocked: list[Registered]) -> None:
    with acting_in(COUNTY):
        assert len(registers.names_elsewhere(Asked("enterprise", DAY, {"q": "合成"}), limit=3)) == 3


def test_more_than_is_counted_is_told_as_more(stocked: list[Registered], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registers, "COUNTED", 5)
    with acting_as_system("test"):
        page = registers.parties(Asked("enterprise", DAY, {"q": "合成"}, rows=10))
        exact = registers.parties(Asked("enterprise", DAY, {"q": "板带0"}, rows=10))
        plain = registers.parties(Asked("enterprise", DAY, rows=10))
        forward, back = everyone(Asked("enterprise", DAY, {"q": "合成"}), 7)
    assert (page.total, page.more, len(page.rows), counted(page)) == (5, True, 10, "超过 5")
    assert (exact.total, exact.more) == (2, False)
    assert (plain.total, plain.more) == (40, False)
    assert len(set(forward)) == len(forward) == 40
    assert back == forward


# ---- lists


def test_the_members_of_a_day_are_the_same_however_long_the_list_is(stocked: list[Registered], monkeypatch: pytest.MonkeyPatch) -> None:
    """A short list is looked up by its members, a long one party by party: both give the slow answer, on the last day and the day after."""
    for few in (1000, 1):
        monkeypatch.setattr(registers, "FEW", few)
        for day, want in ((DAY, 14), (DAY + timedelta(days=1), 7), (date(2019, 12, 31), 0)):
            with acting_as_system("test"):
                page = registers.parties(Asked("enterprise", day, {"roster": "above_scale"}, rows=100))
                slowly = {one.party for one in Membership.objects.filter(roster="above_scale")
                          if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)}  # fmt: skip
            assert (page.total, len(page.rows)) == (want, want), (few, day)
            assert {one.pk for one in page.rows} == slowly


def test_a_list_with_another_filter_or_in_an_area_is_counted_too(stocked: list[Registered], monkeypatch: pytest.MonkeyPatch) -> None:
    for few in (1000, 1):
        monkeypatch.setattr(registers, "FEW", few)
        on = {one.id for at, one in enumerate(stocked) if at % 3 == 0}
        with acting_as_system("test"):
            page = registers.parties(Asked("enterprise", DAY, {"roster": "above_scale", "industry": "17"}, rows=100))
            assert {one.pk for one in page.rows} == {one.id for one in stocked if one.id in on and one.industry == "17"}
            assert page.total == len(page.rows)
        with acting_in(COUNTY):
            page = registers.parties(Asked("enterprise", DAY, {"roster": "above_scale"}, rows=100))
            assert {one.pk for one in page.rows} == {one.id for one in stocked if one.id in on and one.unit == "A01"}
            assert page.total == len(page.rows)


def test_a_list_above_the_level_of_the_person_filters_to_nobody(stocked: list[Registered]) -> None:
    with acting_in(LOW):
        assert "seed_bank" in too_sensitive(LOW)
        assert registers.parties(Asked("enterprise", DAY, {"roster": "seed_bank"})).rows == []
        assert "seed_bank" not in registers.counts(DAY)
        assert not registers.may_see("seed_bank")
    with acting_in(STAFF):
        assert len(ids(Asked("enterprise", DAY, {"roster": "seed_bank"}))) == 2
        assert registers.counts(DAY) == {"above_scale": 14, "seed_bank": 2}


def test_counts_are_of_the_members_the_scope_sees(stocked: list[Registered]) -> None:
    with acting_in(COUNTY):
        assert registers.counts(DAY)["above_scale"] == sum(at % 3 == 0 and one.unit == "A01" for at, one in enumerate(stocked))
        assert registers.counts(date(2000, 1, 1)) == {}


def test_an_unknown_list_or_value_filters_to_nobody(stocked: list[Registered]) -> None:
    with acting_as_system("test"):
        for filters in ({"roster": "no_such"}, {"unit": "Z99"}, {"industry": "99"}, {"size": "huge"}):
            assert registers.parties(Asked("enterprise", DAY, filters)).total == 0
        assert registers.parties(Asked("enterprise", DAY, {"unit": ""})).total == 40


# ---- pages


@pytest.mark.parametrize("rows", [1, 7, 39, 40, 41])
@pytest.mark.parametrize("filters", [{}, {"q": "合成"}, {"roster": "above_scale"}, {"unit": "A01", "q": "hc"}])
def test_pages_forward_and_back_show_everyone_once_in_order(stocked: list[Registered], rows: int, filters: dict[str, str]) -> None:
    with acting_as_system("test"):
        whole = list(registers.parties(Asked("enterprise", DAY, filters, rows=1000)).rows)
        forward, back = everyone(Asked("enterprise", DAY, filters), rows)

    assert forward == [one.pk for one in whole]
    assert back == forward
    assert [(one.name, one.pk) for one in whole] == sorted((one.name, one.pk) for one in whole)


@pytest.mark.parametrize("filters", [{}, {"q": "合成"}])
@pytest.mark.parametrize("word", ["x", "!!!", "AAAA", "____", "5ZCI5oiQ", "é"])
def test_a_place_that_is_none_begins_at_the_beginning(stocked: list[Registered], word: str, filters: dict[str, str]) -> None:
    with acting_as_system("test"):
        first = ids(Asked("enterprise", DAY, filters))
        assert ids(Asked("enterprise", DAY, filters, after=word)) == first
        assert ids(Asked("enterprise", DAY, filters, before=word)) == first


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=12), st.text(max_size=12))
def test_any_place_gives_a_page_and_never_a_crash(stocked: list[Registered], after: str, word: str) -> None:
    with acting_as_system("test"):
        page = registers.parties(Asked("enterprise", DAY, {"q": word.replace("\x00", "")}, after=after))
        assert len(page.rows) <= 25


def test_a_place_keeps_its_meaning_when_its_row_has_gone(stocked: list[Registered]) -> None:
    with acting_as_system("test"):
        page = registers.parties(Asked("enterprise", DAY, rows=10))
        rest = ids(Asked("enterprise", DAY, after=page.next, rows=100))
        Party.objects.filter(pk=page.rows[-1].pk).delete()
        assert ids(Asked("enterprise", DAY, after=page.next, rows=100)) == rest


def test_an_empty_page_says_which_filter_to_take_away(stocked: list[Registered]) -> None:
    asked = Asked("enterprise", DAY, {"unit": "B01", "industry": "17", "q": "铝"})
    with acting_as_system("test"):
        assert registers.parties(asked).total == 0
        found = registers.hint(asked)
        assert found == max(
            (Hint(name, value, registers.parties(asked.without(name)).total) for name, value in asked.filters.items()),
            key=lambda one: one.rows,
        )
        assert registers.hint(Asked("bank", DAY, {"q": "x"})) is None
        assert registers.hint(Asked("enterprise", DAY)) is None


# ---- rights


def test_without_a_scope_nothing_is_read(stocked: list[Registered]) -> None:
    for read in (lambda: registers.parties(Asked("enterprise", DAY)), lambda: registers.party("E00001", "enterprise"), lambda: registers.counts(DAY),
                 lambda: registers.rosters_of("E00001"), lambda: registers.history_of("E00001"), lambda: registers.may_edit("above_scale")):  # fmt: skip
        with pytest.raises(ScopeError):
            read()


def test_one_party_is_found_by_its_id_and_kind_within_the_scope(stocked: list[Registered]) -> None:
    with acting_in(COUNTY):
        assert registers.party("E00001", "enterprise") is not None
        assert registers.party("E00001", "project") is None
        assert registers.party("E00004", "enterprise") is None
        assert registers.name_only("E00004", "enterprise") == {"name": stocked[4].name, "unit": "B01"}
        assert registers.history_of("E00004") == []
        assert registers.rosters_of("E00000") == []
        assert len(registers.history_of("E00001")) == 1


def test_who_keeps_a_list_may_put_it_back_and_nobody_else() -> None:
    rosters = catalogue().rosters
    for one in rosters.values():
        office = Scope(NOBODY, frozenset({one.owner}), NOBODY, 2, "office")
        assert one.id in owned_rosters(office)
        assert one.id not in too_sensitive(office)
        with acting_in(office):
            assert registers.may_edit(one.id)
            assert registers.may_see(one.id)
        with acting_in(COUNTY):
            assert not registers.may_edit(one.id)
    assert owned_rosters(STAFF) == frozenset()
    assert too_sensitive(Scope(ALL, ALL, ALL, 4, "all")) == frozenset()
    assert pack() is pack()


def test_an_unknown_list_is_seen_and_edited_by_nobody_who_keeps_lists() -> None:
    with acting_in(Scope(NOBODY, frozenset({"DRC"}), NOBODY, 2, "drc")):
        assert not registers.may_edit("no_such_list")
        assert not registers.may_see("no_such_list")


# ---- words of the pages


@pytest.mark.parametrize(
    ("fen", "told"), [(None, "—"), (0, "0.00"), (123_456_789, "123.46"), (True, "—"), ("12", "—"), (-5 * 10**6, "-5.00")]
)
def test_money_is_told_in_ten_thousands_and_absence_is_not_zero(fen: object, told: str) -> None:
    assert money(fen) == told


@pytest.mark.parametrize(
    ("attributes", "plan"),
    [({}, None), ({"annual_plan_fen": 5}, 5), ({"annual_plans_fen": {"2022": 7}, "annual_plan_fen": 5}, 7), ({"annual_plans_fen": {"2021": 7}}, None),
     ({"annual_plan_fen": 0}, None), ({"annual_plans_fen": None, "annual_plan_fen": 5}, 5)],
)  # fmt: skip
def test_the_plan_of_the_year_counts_before_the_newest(attributes: dict[str, Any], plan: int | None) -> None:
    assert annual_plan(attributes, 2022) == plan


def test_a_project_has_a_light_only_with_a_plan_and_a_report() -> None:
    assert pace_light(None, 100, 6) == "none"
    assert pace_light(50, None, 6) == "none"
    assert pace_light(50, 0, 6) == "none"
    assert pace_light(50, 100, 6) == pace_light(100, 100, 12) != pace_light(1, 100, 12)


def test_trades_and_sizes_are_told_in_words() -> None:
    assert trade("32") != "32"
    assert (trade("99"), trade("")) == ("99", "—")
    assert size_word("small") != "—"
    assert size_word("") == size_word("gigantic") == "—"
