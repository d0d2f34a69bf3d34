"""Default-deny scope: without one a query raises, whichever way it comes; with one it gives the person's own rows."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.apps import apps
from django.core.checks import run_checks

from desk.cast import LONG_AGO
from yunxing.desk.casework.models import Case, Clock, Event
from yunxing.desk.dispatch.models import Milestone, Visit
from yunxing.desk.people import outbox, selectors
from yunxing.desk.people.models import Notice, Post, Role, Unit
from yunxing.desk.reporting.models import Import, Membership, Party, Submission
from yunxing.desk.room.models import OpenSignal, Signal
from yunxing.desk.scoping import ScopedManager, ScopedModel, acting_as_system, acting_in, current_scope
from yunxing.values.errors import ScopeError
from yunxing.values.scope import ALL, Scope

DAY = date(2022, 9, 30)
AT = datetime(2022, 10, 11, 8, tzinfo=UTC)
# tables that are the same for everyone, each with its reason; every other business table is scoped
OPEN_TABLES = {
    "room.closedmonth": "which months are closed is no secret of anyone",
    "reporting.adhocitem": "what an item of an ad hoc request means, its level and its basis: to be known before one is asked for it; no figure",
    "reporting.paper": "code, digests, time and unit of what was taken away, which must be checkable by anyone; no figure",
    "reporting.adhocopen": "digests of questions that are open, read by the service alone so that none is asked twice",
    "reporting.leadertable": "how a blank table was laid: words of its heads, no figure",
    "casework.definition": "published case tables: the rules by which everyone's cases are walked",
    "casework.seal": "digests, which must be checkable by anyone",
    "casework.sealhead": "the newest seal's number and digest",
    "casework.holidaynotice": "public holidays",
    "casework.calendarmark": "through which day holiday notices were applied",
    "library.document": "official documents are public: everyone signed in may read them",
    "library.effectnote": "until when an official document holds, and by which sentence",
    "library.searchentry": "decides nothing: cases and bulletins it proposes are asked for in their own scoped tables before anything is counted or shown",
    "library.searchmark": "how far the index has read",
    "support.book": "the names of the books",
    "support.unit": "the units of account",
    "support.seal": "digests, which must be checkable by anyone",
    "support.sealhead": "the newest seal's number and digest",
    "support.term": "amounts from which two people must agree and transfers are held: to be known before one applies",
}


CASE = {"definition": "d", "version": 1, "subject": "s", "state": "open", "ver": 0, "origin": "o", "opened": AT, "changed": AT, "due": AT}


def scope(cast, name):
    return selectors.standing_of(getattr(cast.people, name), DAY).scope


@pytest.fixture
def rows(cast):
    """The same kind of row for both counties, and rows of the city."""
    a, b = cast.units.county_a.code, cast.units.county_b.code
    with acting_as_system("test"):
        for letter, unit, firm in (("a", a, cast.units.firm_a.code), ("b", b, cast.units.firm_b.code)):
            Party.objects.create(id=firm, kind="enterprise", name=f"企业{letter}", unit=unit, valid_from=LONG_AGO)
            Membership.objects.create(roster="above_scale", party=firm, valid_from=LONG_AGO)
            Submission.objects.create(
                digest=f"sha256:{letter}", file_name="x.xlsx", form="f", unit=unit, period="2022-09", received=AT, state="new"
            )
            signal(f"unit-{letter}", "unit", unit)
            signal(f"firm-{letter}", "party", firm)
            OpenSignal.objects.create(key=f"k-{letter}", signal=f"firm-{letter}")
            case = Case.objects.create(id=f"case-{letter}", owner=unit, **CASE)
            Event.objects.create(case=case, ver=0, edge="open", to_state="open", actor="x", recorded=AT, effective=AT)
            instants = {"started": AT, "since": AT, "due": AT, "known_on": DAY}
            Clock.objects.create(case=case, name="sign", kind="working_day", budget=1, span=1, state="running", **instants)
            Milestone.objects.create(case=case, stage="open", planned=DAY)
            Visit.objects.create(party=firm, unit=unit, office="o", held_on=DAY, visitor="x", words="x")
        Case.objects.create(id="case-bureau", owner=cast.units.bureau_1.code, **CASE)
        Import.objects.create(batch="sha256:i", form="f", period="2022-09", facts=1, imported=AT, undo_until=AT)
        signal("city", "city", "city")
        signal("industry", "industry", "32")
    return cast


def signal(name, kind, where):
    Signal.objects.create(
        id=name, month="2022-09", snapshot="s", kind="incipient", sign="down", indicator="i", scope_kind=kind, scope=where,
        first_period="2022-09", period="2022-09", severity=1, rule="r", words_zh=name, words_en=name, owner="o", deadline=DAY, state="new",
    )  # fmt: skip


SCOPED = [model for model in apps.get_models() if issubclass(model, ScopedModel)]


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model.__name__)
@pytest.mark.parametrize("way", ["all", "count", "get", "values", "exists", "raw relation", "update", "delete"])
def test_without_a_scope_every_way_in_raises(db, model, way):
    """No query of a scoped table passes without a scope, and none reaches the database."""
    with pytest.raises(ScopeError):
        {
            "all": lambda: list(model.objects.all()),
            "count": lambda: model.objects.count(),
            "get": lambda: model.objects.get(pk=1),
            "values": lambda: list(model.objects.values("pk")),
            "exists": lambda: model.objects.filter(pk=1).exists(),
            "raw relation": lambda: model._base_manager.first(),
            "update": lambda: model.objects.update(pk=1),
            "delete": lambda: model.objects.all().delete(),
        }[way]()


def test_every_business_table_is_scoped_or_open_with_a_reason():
    """A new table is closed until someone writes down why it is open."""
    business = [
        model
        for app in ("reporting", "room", "support", "casework", "library", "dispatch")
        for model in apps.get_app_config(app).get_models()
    ]
    unscoped = {model._meta.label_lower for model in business if not issubclass(model, ScopedModel)}

    assert business
    assert unscoped == set(OPEN_TABLES)


def test_default_and_base_managers_are_both_scoped():
    """Forward relations, refresh_from_db, save and delete use the base manager, which django's own default leaves open."""
    assert [model for model in SCOPED if not isinstance(model._base_manager, ScopedManager)] == []
    assert [model for model in SCOPED if not isinstance(model._default_manager, ScopedManager)] == []
    assert [one for one in run_checks() if one.id == "yunxing.E001"] == []


@pytest.mark.parametrize(
    ("name", "parties", "signals", "cases", "submissions"),
    [
        (
            "command",
            {"企业a", "企业b"},
            {"city", "industry", "unit-a", "unit-b", "firm-a", "firm-b"},
            {"case-a", "case-b", "case-bureau"},
            2,
        ),
        ("analyst", set(), {"city", "industry"}, {"case-a", "case-b", "case-bureau"}, 0),
        ("bureau", set(), {"city", "industry"}, {"case-bureau"}, 0),
        ("county_a", {"企业a"}, {"city", "industry", "unit-a", "firm-a"}, {"case-a"}, 1),
        ("county_b", {"企业b"}, {"city", "industry", "unit-b", "firm-b"}, {"case-b"}, 1),
        ("enterprise", {"企业a"}, {"firm-a"}, set(), 0),
        ("sysadmin", set(), set(), set(), 0),
        ("secadmin", set(), set(), set(), 0),
        ("auditor", set(), set(), set(), 0),
        ("newcomer", set(), set(), set(), 0),
    ],
)
def test_each_member_sees_his_rows(rows, name, parties, signals, cases, submissions):
    """Screens §2, row by row: own area in full, other areas not at all, an enterprise only itself and never its county's own rows."""
    with acting_in(scope(rows, name)):
        assert set(Party.objects.values_list("name", flat=True)) == parties
        assert {one.id for one in Signal.objects.all()} == signals
        assert {one.id for one in Case.objects.all()} == cases
        assert {one.case_id for one in Event.objects.all()} == cases - {"case-bureau"}
        assert {one.case_id for one in Clock.objects.all()} == cases - {"case-bureau"}
        assert Submission.objects.count() == submissions
        assert Membership.objects.count() == len(parties)
        assert OpenSignal.objects.count() == len(parties)
        assert Import.objects.count() == (1 if name == "command" else 0)


def test_a_relation_to_a_row_outside_the_scope_does_not_open_it(rows):
    """The relation is walked as the person, so the case of another county is not there."""
    with acting_as_system("test"):
        event = Event.objects.get(case_id="case-b")
        event = Event(pk=event.pk, case_id="case-b")
    with acting_in(scope(rows, "county_a")), pytest.raises(Case.DoesNotExist):
        _ = event.case


def test_writing_a_row_outside_the_scope_changes_nothing(rows):
    """`save` updates through the base manager: another county's row is not found, and a second row under its key is refused."""
    from django.db import IntegrityError, transaction

    with acting_as_system("test"):
        theirs = Party.objects.get(name="企业b")
    theirs.name = "改名"
    with acting_in(scope(rows, "county_a")), pytest.raises(IntegrityError), transaction.atomic():
        theirs.save()
    with acting_in(scope(rows, "county_a")):
        assert Party.objects.filter(pk=theirs.pk).update(name="改名") == 0
        assert Party.objects.filter(pk=theirs.pk).delete()[0] == 0
    with acting_as_system("test"):
        assert Party.objects.get(pk=theirs.pk).name == "企业b"


def test_scopes_nest_and_end():
    """The inner scope holds inside, the outer one again after it, none at the end."""
    outer, inner = Scope(ALL, ALL, ALL, 3, "a"), Scope(frozenset(), frozenset(), frozenset(), 1, "b")
    with acting_in(outer):
        with acting_in(inner):
            assert current_scope() is inner
        assert current_scope() is outer
    with pytest.raises(ScopeError):
        current_scope()


def test_a_scope_does_not_pass_to_another_thread():
    """A pool of threads serves requests: what one person may see must not linger for the next."""
    from concurrent.futures import ThreadPoolExecutor

    def ask():
        try:
            return current_scope()
        except ScopeError:
            return None

    with ThreadPoolExecutor(1) as pool, acting_in(Scope(ALL, ALL, ALL, 3, "a")):
        assert pool.submit(ask).result() is None


def test_scope_of_each_role(cast):
    """The scope as a value, role by role."""
    u = cast.units
    nothing = frozenset()

    assert scope(cast, "command") == Scope(ALL, ALL, ALL, 3, "command")
    assert scope(cast, "analyst") == Scope(ALL, ALL, nothing, 2, "analyst")
    assert scope(cast, "county_a") == Scope(frozenset({"A01", u.firm_a.code}), nothing, ALL, 3, "county_a")
    assert scope(cast, "enterprise") == Scope(frozenset({"A01"}), nothing, frozenset({u.firm_a.code}), 3, "enterprise")
    for admin in ("sysadmin", "secadmin", "auditor", "newcomer"):
        assert scope(cast, admin) == Scope(nothing, nothing, nothing, 1, admin)


def test_posts_of_two_offices_are_not_added_up(cast):
    """The clerk of two offices acts in one at a time; the other by choice."""
    clerk = cast.people.bureau
    first, second = selectors.posts_on(clerk, DAY)

    assert selectors.standing_of(clerk, DAY).scope.offices == {first.unit.code}
    assert selectors.standing_of(clerk, DAY, second.pk).scope.offices == {second.unit.code}
    assert selectors.standing_of(clerk, DAY, chosen=second.pk).post == second


def test_anothers_post_cannot_be_chosen(cast):
    """Naming a post that is not one's own changes nothing."""
    foreign = Post.objects.get(user=cast.people.command)

    assert selectors.standing_of(cast.people.county_a, DAY, chosen=foreign.pk).role == Role.COUNTY
    assert selectors.standing_of(cast.people.county_a, DAY, foreign.pk).scope.units == scope(cast, "county_a").units
    assert cast.client("county_a").post("/account/post/", {"post": foreign.pk}).status_code == 404


def test_a_post_counts_from_its_first_to_its_last_day(cast):
    """Both ends are included (posts are dated)."""
    user, unit = cast.people.newcomer, cast.units.county_a
    Post.objects.create(user=user, unit=unit, role=Role.COUNTY, since=date(2022, 9, 1), until=date(2022, 9, 30))

    held = {day: bool(selectors.posts_on(user, date(2022, *day))) for day in ((8, 31), (9, 1), (9, 30), (10, 1))}

    assert held == {(8, 31): False, (9, 1): True, (9, 30): True, (10, 1): False}


def test_a_disabled_account_has_no_standing(cast):
    """Posts of a closed account open nothing."""
    user = cast.people.command
    user.is_active = False

    assert selectors.standing_of(user, DAY).post is None
    assert selectors.standing_of(user, DAY).scope.units == frozenset()


def test_codes_below_takes_the_whole_tree_and_survives_a_ring(cast):
    """A unit that is, by mistake, its own grandparent does not hang the request."""
    u = cast.units
    below = selectors.codes_below(u.city)
    assert {"city", "A01", "B01", u.firm_a.code} <= below

    Unit.objects.filter(pk=u.city.pk).update(parent=u.firm_a)
    assert selectors.codes_below(u.city) == below


def test_a_notice_is_read_only_by_its_person(cast):
    """The box is scoped by person: not even command staff read another's."""
    with acting_as_system("test"):
        outbox.send(key="k", recipient=cast.people.county_a, parameters={"title": "x"})
        outbox.deliver()
    with acting_in(scope(cast, "command")):
        assert Notice.objects.count() == 0
    with acting_in(scope(cast, "county_a")):
        assert Notice.objects.count() == 1
