"""Signing, issuing, changing, answering: what is refused, in which words, and that a fault in the middle leaves nothing."""

from __future__ import annotations

import pytest

from desk.contingency.conftest import FIRM_A, FIRM_B
from yunxing.desk.contingency import services
from yunxing.desk.contingency.models import Alert, Order, Plan
from yunxing.desk.people import journal
from yunxing.desk.scoping import acting_as_system
from yunxing.values.errors import BadInput, Refusal

pytestmark = pytest.mark.database


@pytest.fixture
def system(cast):
    with acting_as_system("test"):
        yield


def signed(held):
    return services.freeze(Plan.objects.get(pk=held("pollution").pk), "eeb")


def test_a_fault_while_an_alert_is_issued_leaves_neither_alert_nor_orders(system, held, monkeypatch):
    plan = signed(held)

    def broken(*_a, **_k):
        raise RuntimeError("journal")

    monkeypatch.setattr(journal, "record", broken)
    with pytest.raises(RuntimeError):
        services.issue(plan, "red", "会商", "eeb")

    assert (Alert.objects.count(), Order.objects.count()) == (0, 0)


def test_a_signed_plan_keeps_its_first_signer(system, held):
    again = services.freeze(signed(held), "somebody")

    assert again.frozen_by == "eeb"
    assert services.frozen("pollution").pk == again.pk
    assert services.frozen("coal") is None


def test_orders_ask_what_the_list_says_at_the_level(system, held):
    """A: 0, 30, 100 %; B: 50, 50, 100 % of 6000 grams of base: at yellow B alone, at orange both, at red all of it."""
    alert = services.issue(signed(held), "yellow", "会商", "eeb")
    seen = [dict(Order.objects.values_list("party", "amount"))]
    changed = []
    for level in ("orange", "red", "red"):
        changed.append(services.change_level(alert, level, "升级"))
        seen.append(dict(Order.objects.values_list("party", "amount")))

    assert seen == [{FIRM_B: 3000}, {FIRM_A: 1800, FIRM_B: 3000}, {FIRM_A: 6000, FIRM_B: 6000}, {FIRM_A: 6000, FIRM_B: 6000}]
    assert changed == [1, 2, 0]


def test_what_a_lifted_alert_refuses(system, held):
    alert = services.issue(signed(held), "red", "会商", "eeb")
    order = Order.objects.filter(alert=alert).first()
    services.lift(alert, "解除")
    order.refresh_from_db()

    for act in (lambda: services.lift(alert, ""), lambda: services.change_level(alert, "red", ""), lambda: services.answer(order, "kept")):
        with pytest.raises(Refusal, match="已解除"):
            act()


@pytest.mark.parametrize(
    ("act", "basis", "words"), [("kept", " ", "核查依据"), ("broken", "", "核查依据"), ("erase", "现场", "没有这个操作")]
)
def test_a_check_without_its_basis_is_refused_and_changes_nothing(system, held, act, basis, words):
    order = Order.objects.filter(alert=services.issue(signed(held), "red", "会商", "eeb")).first()
    with pytest.raises(BadInput, match=words):
        services.answer(order, act, basis=basis)

    assert Order.objects.get(pk=order.pk).state == Order.State.TOLD


@pytest.mark.parametrize(("level", "basis", "words"), [("violet", "会商", "级别应为"), ("", "会商", "级别应为"), ("red", "  ", "发布依据")])
def test_an_alert_of_no_level_or_basis_is_refused(system, held, level, basis, words):
    with pytest.raises(BadInput, match=words):
        services.issue(signed(held), level, basis, "eeb")

    assert not Alert.objects.exists()


@pytest.mark.parametrize(
    ("kind", "posted", "words"),
    [
        ("power", {"gap": "-0.1"}, "0 至 40"),
        ("power", {"gap": "inf"}, "0 至 40"),
        ("coal", {"cut": "100.1"}, "0 至 100"),
        ("coal", {"cold": "49"}, "50 至 200"),
        ("pollution", {"seconds": "121"}, "1 至 120"),
    ],
)
def test_numbers_just_outside_are_refused_with_their_bounds(kind, posted, words):
    with pytest.raises(BadInput, match=words):
        services.asked_of(kind, posted)


def test_numbers_at_the_bounds_are_taken():
    assert services.asked_of("coal", {"cut": "100", "cold": "50", "seconds": "120"}) == {"cut": 100, "cold": 50, "seconds": 120}
    assert services.asked_of("power", {"gap": "40", "seconds": "1", "locked": ["b", "a", "a", ""]})["locked"] == ["a", "b"]
