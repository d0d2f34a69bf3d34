"""Who sees which case, event, clock and file: the database's condition against a slow rule in words, over every state and every member."""

from __future__ import annotations

import pytest

from desk.casework.conftest import upload
from yunxing.desk.casework import services
from yunxing.desk.casework.models import Attachment, Case, Clock, Event, Part, Rung
from yunxing.desk.scoping import acting_as_system, is_desk
from yunxing.values.scope import ALL

MEMBERS = ("command", "bureau", "county_a", "county_b", "enterprise", "analyst", "sysadmin", "secadmin", "auditor")


@pytest.fixture
def everything(hands):
    """Requests of two firms in many states, one with a joint office, one proposed by the command without an enterprise, files inside and outside."""
    for state in ("submitted", "assigned", "working", "answered", "closed"):
        hands.up_to(state)
        hands.up_to(state, firm="firm_b", office="bureau-2")
    joint = hands.up_to("accepted", firm="firm_b")
    hands.walk(joint, "assign", "command", "hall", lead="bureau-2", joint=["bureau-1"])
    with hands.inside("command"):
        services.propose_matter(hands.standing("command"), services.Matter("m", "broken_link", "断供", "bureau-2"))
    case = hands.up_to("working")
    with hands.inside("bureau"):
        services.say(hands.standing("bureau"), case, "内部", [upload("内.csv")], internal=True)
        services.say(hands.standing("bureau"), case, "外部", [upload("外.csv")], internal=False)
    return hands


def sees(standing, case, parts) -> bool:
    """The rule in words (screens §2): his office owns, leads or helps; his whole unit's; his enterprise's; what he raised himself. An analyst sees
    nothing that names an enterprise.
    """
    scope = standing.scope
    if case.opened_by == scope.person:
        return True
    if scope.offices is ALL and scope.parties is not ALL:
        return not case.party
    if scope.offices is ALL:
        return True
    if {case.owner, case.lead, *parts} & set(scope.offices):
        return True
    if scope.parties is ALL and scope.units is not ALL and {case.owner, case.unit} & set(scope.units):
        return True
    return scope.parties is not ALL and case.party in scope.parties


@pytest.mark.parametrize("member", MEMBERS)
def test_the_condition_is_the_rule(everything, member):
    """Cases, and with them their events, clocks, parts, rungs and files; what is internal only for the desk."""
    hands = everything
    with acting_as_system("test"):
        cases = list(Case.objects.all())
        parts = {case.pk: set(Part.objects.filter(case=case).values_list("office", flat=True)) for case in cases}
        tables = {model: list(model.objects.select_related("case")) for model in (Event, Clock, Part, Rung, Attachment)}
    standing = hands.standing(member)
    expected = {case.pk for case in cases if sees(standing, case, parts[case.pk])}
    desk = is_desk(standing.scope)
    with hands.inside(member):
        assert set(Case.objects.values_list("pk", flat=True)) == expected
        for model, rows in tables.items():
            allowed = {row.pk for row in rows if row.case_id in expected and (desk or not getattr(row, "internal", False))}
            assert set(model.objects.values_list("pk", flat=True)) == allowed, model.__name__


def test_the_administrators_see_no_case_at_all(everything):
    for member in ("sysadmin", "secadmin", "auditor"):
        with everything.inside(member):
            assert not Case.objects.exists()


def test_a_joint_office_sees_the_case_it_helps_with(everything):
    """Another county's firm, another office's lead: the joint office reads it all, and nothing else of that office."""
    with everything.inside("bureau"):
        others = [case for case in Case.objects.filter(lead="bureau-2") if case.opened_by != "bureau"]

    assert len(others) == 1


def test_the_number_of_queries_does_not_grow_with_the_list(everything, django_assert_max_num_queries):
    """A page of a list costs the same for one case and for twelve."""
    from yunxing.desk.casework import selectors

    hands = everything
    with hands.inside("command"):
        selectors.page_of(selectors.Asked(queue="all"), hands.standing("command"), hands.at)  # the published tables are read once a process
    with hands.inside("command"), django_assert_max_num_queries(16):
        page = selectors.page_of(selectors.Asked(queue="all"), hands.standing("command"), hands.at)

    assert len(page.rows) == 13
