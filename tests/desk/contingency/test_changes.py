"""A scenario that begins from another: what the form keeps, what the page says of changes and of the order of tiers, what a signature needs."""

from __future__ import annotations

import pytest

from desk.contingency.conftest import FIRM_A, FIRM_B, power
from yunxing.desk.contingency import papers, selectors, services
from yunxing.desk.contingency.models import Plan
from yunxing.desk.scoping import acting_as_system
from yunxing.values.errors import BadInput, Refusal

pytestmark = pytest.mark.django_db


def row(party, unit, before, now, kind):
    return {
        "party": party,
        "name": f"企业{party[-3:]}",
        "line": "1",
        "unit": unit,
        "before": before,
        "now": now,
        "why": "若不变，18:00—19:00 还缺 5 kW。",
        "kind": kind,
    }


CHANGES = {
    "same": 7,
    "dearer": 12_300,
    "rows": [row(FIRM_A, "A01", "正常", "避峰 18:00—22:00 1,200 kW", "new"), row(FIRM_B, "B01", "错峰 08:00—11:00 90 kW", "正常", "gone")],
}


@pytest.fixture
def gives(monkeypatch):
    """The stand-in that solves gives a day of power with something more; what it was given is kept."""
    asked = []

    def set_(**more):
        def hold(_h, _c, _r, kind, given, _d, **rest):
            asked.append((kind, dict(given), rest.get("before")))
            return {**power(), **more}

        monkeypatch.setattr(services, "hold", hold)
        return asked

    return set_


def test_the_form_keeps_the_conditions_the_plan_to_begin_from_and_who_is_left_alone(clerks, held):
    plan = held("power", gap=6, season="winter", tripped=["P1"])

    page = clerks["DRC"].get(f"/scenarios/new/power/?like={plan.pk}&lock={FIRM_A}").content.decode()

    assert f'<option value="{plan.pk}" selected>' in page
    assert 'value="winter" selected' in page
    with acting_as_system("test"):
        for given, off in (({"spread": "0"}, True), ({"spread": False}, True), ({}, False), ({"spread": "1"}, False)):
            assert selectors.form("pollution", given)["spread_off"] is off


def test_a_refused_form_keeps_every_ticked_unit(clerks):
    page = clerks["DRC"].post("/scenarios/new/power/", {"gap": "99", "tripped": ["P1", "P2"], "season": "summer"})

    assert page.status_code == 400
    assert page.context["given"]["tripped"] == ["P1", "P2"]


def test_a_scenario_asked_on_another_is_solved_from_its_result(clerks, held, gives):
    first = held("power")
    asked = gives(changes=CHANGES)

    clerks["DRC"].post("/scenarios/new/power/", {"gap": "7", "season": "summer", "after": first.pk})
    services.work()

    kind, given, before = asked[-1]
    assert (kind, given["after"]) == ("power", first.pk)
    assert before == power()
    page = clerks["DRC"].get(f"/scenarios/{first.pk[:-1]}2/").content.decode()
    for words in (
        "与上一方案相比",
        first.pk,
        "<b>2</b> 项有变化，<b>7</b> 项不变",
        "新增 1",
        "取消 1",
        "为少改动，多损失",
        "若不变，18:00—19:00 还缺 5 kW。",
    ):
        assert words in page, words


def test_changes_are_cut_to_the_person_s_area(clerks, held, gives):
    first = held("power")
    gives(changes=CHANGES)
    plan = held("power", after=first.pk)

    page = clerks["county_a"].get(f"/scenarios/{plan.pk}/").content.decode()

    assert "企业A0X" in page
    assert "企业B0X" not in page


@pytest.mark.parametrize("kind", ["pollution", "coal"])
def test_a_plan_of_another_kind_or_none_is_no_beginning(held, kind):
    other = held(kind)
    with acting_as_system("test"):
        for name in (other.pk, "S1999-0001"):
            with pytest.raises(BadInput, match="不是已完成的同类方案"):
                services.asked_of("power", {"gap": "5", "after": name})
            assert services.before("power", name) is None
        assert services.before("power", "") is None


def test_an_order_of_tiers_that_is_not_proven_is_said_and_cannot_be_signed(clerks, held, gives):
    gives(order={"proven": False, "by": {"shift": "sum"}, "unproven": ["avoid"]}, tier="limit")
    plan = held("power")

    page = clerks["DRC"].get(f"/scenarios/{plan.pk}/").content.decode()

    assert "错峰：全部用上也不够" in page
    assert "避峰：时限内未能证明不够" in page
    assert "签发冻结" not in page
    with acting_as_system("test"), pytest.raises(Refusal, match="先后未得证明"):
        services.freeze(plan, "test")
    with acting_as_system("test"):
        assert Plan.objects.get(pk=plan.pk).frozen_on is None


def test_an_order_that_is_proven_may_be_signed(clerks, held, gives):
    gives(order={"proven": True, "by": {"shift": "multipliers", "avoid": "search"}, "unproven": []})
    plan = held("power")

    page = clerks["DRC"].get(f"/scenarios/{plan.pk}/").content.decode()

    for words in ("错峰：已证明不够（影子价格", "避峰：已证明不够（求解器搜遍", "签发冻结"):
        assert words in page, words


@pytest.mark.parametrize(
    ("rows", "kinds"), [([], (0, 0, 0)), (CHANGES["rows"], (1, 1, 0)), ([{"kind": "other"}, {"kind": "new"}, {"kind": "new"}], (2, 0, 1))]
)
def test_changes_are_counted_by_kind(rows, kinds):
    assert selectors.change_kinds(rows) == kinds


def test_a_plan_from_nothing_has_no_changes_and_old_results_no_order(held):
    plan = held("power")

    with acting_as_system("test"):
        assert selectors.changes(plan, power()) is None
        assert selectors.order_words(power()) == []
        assert services.order_proven(power())
        assert services.order_proven(None)


@pytest.mark.parametrize(("millionths", "words"), [(None, "—"), (1_000_000, "—"), (999_999, "100.00%"), (420, "0.04%"), (0, "0.00%")])
def test_a_gap_is_written_and_what_proves_nothing_is_a_dash(millionths, words):
    assert selectors.percents(millionths) == words


@pytest.mark.parametrize(("fen", "words"), [(None, "—"), (0, "0.00万元"), (1_234_500, "1.23万元")])
def test_money_of_a_page(fen, words):
    assert selectors.money(fen).replace(" ", "") == words


def test_an_order_sheet_is_none_for_coal_for_strangers_and_before_a_result(held, gives):
    with acting_as_system("test"):
        assert papers.sheet(held("coal"), "S1") is None
        plan = held("power")
        assert papers.sheet(plan, FIRM_B) is None
        found = papers.sheet(plan, FIRM_A)
        assert (found.name, found.kind, [one["kilowatts"] for one in found.rows]) == ("企业A0X", "power", [1200])
        assert papers.sheet(Plan(kind="power"), FIRM_A) is None


@pytest.mark.parametrize(("kind", "heads", "first"), [
    ("power", ["线路", "措施", "起", "止", "压减负荷", "损失"], ["L-1", "避峰", "18:00", "22:00", 1200, 9]),
    ("coal", ["库存", "日耗", "可用天数", "最低天数", "下限"], [9000, 1000, 9, 6.5, "7"]),
])  # fmt: skip
def test_a_table_that_leaves_has_its_units_and_numbers(held, kind, heads, first):
    with acting_as_system("test"):
        table = papers.table(held(kind))

    assert [one.title for one in table.columns][3:] == heads
    assert [float(one) if not isinstance(one, str) else one for one in table.rows[0][3:]] == first
