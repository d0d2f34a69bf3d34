"""Accounts and posts: three administrators that stay apart, dated posts, leaving in one act (design: ecosystem 1.2, 1.3)."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from desk.cast import LONG_AGO, PASSWORD
from yunxing.desk.people import services
from yunxing.desk.people.models import ADMINISTRATORS, BUSINESS, ExternalIdentity, JournalEntry, Post, Role, User
from yunxing.desk.people.selectors import posts_on
from yunxing.values.errors import Refusal

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
MEMBERS_WITHOUT_SECURITY = ("command", "bureau", "county_a", "enterprise", "analyst", "sysadmin", "auditor", "newcomer")


def grant(cast, user, role, unit=None, since=TODAY, until=None, by="secadmin"):
    return services.grant(
        by=getattr(cast.people, by), user=user, unit=unit or cast.units.hall, role=role, since=since, until=until, reason="test"
    )


@pytest.fixture
def fresh(cast):
    """Two more accounts without any post."""
    return [User.objects.create(username=f"fresh{n}", name=f"新人{n}", must_change_password=False) for n in range(2)]


@pytest.mark.parametrize("by", MEMBERS_WITHOUT_SECURITY)
def test_only_a_security_administrator_grants(cast, by):
    """Not even the system administrator, who makes the accounts."""
    with pytest.raises(Refusal):
        grant(cast, cast.people.newcomer, Role.COUNTY, cast.units.county_a, by=by)
    assert not cast.people.newcomer.posts.exists()


@pytest.mark.parametrize("role", list(Role))
def test_a_security_administrator_grants_nothing_to_itself(cast, role):
    with pytest.raises(Refusal, match="本人"):
        grant(cast, cast.people.secadmin, role)


def test_a_security_administrator_does_not_change_its_own_post(cast):
    with pytest.raises(Refusal, match="本人"):
        services.withdraw(by=cast.people.secadmin, post=cast.people.secadmin.posts.get(), on=TODAY)


@pytest.mark.parametrize(("first", "second"), list(permutations(sorted(ADMINISTRATORS), 2)))
def test_nobody_holds_two_of_the_three(cast, fresh, first, second):
    grant(cast, fresh[0], Role(first))

    with pytest.raises(Refusal, match="兼任"):
        grant(cast, fresh[0], Role(second))


@pytest.mark.parametrize("business", sorted(BUSINESS))
@pytest.mark.parametrize("admin", sorted(ADMINISTRATORS))
def test_an_administrator_holds_no_business_post_and_the_reverse(cast, fresh, admin, business):
    """So that none of the three sees a business figure by way of another post."""
    grant(cast, fresh[0], Role(admin))
    grant(cast, fresh[1], Role(business))

    with pytest.raises(Refusal):
        grant(cast, fresh[0], Role(business))
    with pytest.raises(Refusal):
        grant(cast, fresh[1], Role(admin))


def test_powers_are_separate_day_by_day(cast, fresh):
    """One day of overlap is refused; the day after the old post ends is free (both ends count)."""
    grant(cast, fresh[0], Role.COUNTY, cast.units.county_a, since=LONG_AGO, until=TODAY)

    with pytest.raises(Refusal):
        grant(cast, fresh[0], Role.AUDIT_ADMIN, since=TODAY)
    with pytest.raises(Refusal):
        grant(cast, fresh[0], Role.AUDIT_ADMIN, since=LONG_AGO - timedelta(days=9), until=LONG_AGO)
    assert grant(cast, fresh[0], Role.AUDIT_ADMIN, since=TODAY + timedelta(days=1))


def test_the_same_post_is_not_held_twice_but_two_offices_are(cast, fresh):
    grant(cast, fresh[0], Role.DEPARTMENT, cast.units.bureau_1)

    with pytest.raises(Refusal, match="已任"):
        grant(cast, fresh[0], Role.DEPARTMENT, cast.units.bureau_1)
    assert grant(cast, fresh[0], Role.DEPARTMENT, cast.units.bureau_2)


def test_a_post_that_ends_before_it_begins_is_refused(cast, fresh):
    with pytest.raises(Refusal, match="早于"):
        grant(cast, fresh[0], Role.ANALYST, since=TODAY, until=TODAY - timedelta(days=1))


def test_a_withdrawn_post_ends_the_day_before(cast, fresh):
    post = grant(cast, fresh[0], Role.ANALYST, since=LONG_AGO)
    services.withdraw(by=cast.people.secadmin, post=post, on=TODAY, reason="done")

    assert posts_on(fresh[0], TODAY) == []
    assert posts_on(fresh[0], TODAY - timedelta(days=1)) == [post]


def test_an_administrator_whose_post_ended_can_do_nothing_more(cast):
    """The right hangs on the post of today, not on having had one."""
    Post.objects.filter(user=cast.people.secadmin).update(until=TODAY - timedelta(days=1))

    with pytest.raises(Refusal):
        grant(cast, cast.people.newcomer, Role.ANALYST)


def test_grants_are_recorded_with_the_state_after(cast, fresh):
    grant(cast, fresh[0], Role.ANALYST)
    entry = JournalEntry.objects.get(act="grant")

    assert entry.object_kind == "post"
    assert entry.after_digest.startswith("sha256:")
    assert entry.reason == "test"


def test_only_the_system_administrator_opens_accounts_and_they_open_nothing(cast):
    """An account has no post; its first password fits the rules and must be changed."""
    user, password = services.open_account(by=cast.people.sysadmin, username="new", name="新人")

    assert not user.posts.exists()
    assert user.must_change_password
    assert user.check_password(password)
    for other in ("secadmin", "auditor", "command"):
        with pytest.raises(Refusal):
            services.open_account(by=getattr(cast.people, other), username="other", name="x")
    with pytest.raises(Refusal, match="已存在"):
        services.open_account(by=cast.people.sysadmin, username="new", name="又一人")


def test_initial_passwords_fit_the_rules_and_differ(cast):
    from django.contrib.auth.password_validation import validate_password

    made = {services.initial_password() for _ in range(50)}

    assert len(made) == 50
    for one in made:
        validate_password(one)
        assert not set(one) & set("0O1lI5S")


@pytest.mark.parametrize("weak", ["Ab1-", "abcdefgh1", "ABCDEFGH1", "password1", "12345678", "abcdefgh"])
def test_weak_passwords_are_refused(cast, weak):
    """Eight characters, three classes, none of the common ones (1.2)."""
    with pytest.raises(ValidationError):
        services.change_password(user=cast.people.command, password=weak)
    assert cast.people.command.check_password(PASSWORD)


@pytest.mark.parametrize("good", ["Abcdxyq1", "abc-def-1", "ABC-DEF-1", "汉字Abc-12"])
def test_three_classes_suffice(cast, good):
    services.change_password(user=cast.people.command, password=good)

    assert cast.people.command.check_password(good)
    assert not cast.people.command.must_change_password


def test_the_first_administrators_are_appointed_once(db):
    """From the command line, only while no security administrator was ever appointed."""
    from yunxing.desk.people.models import Unit

    unit = Unit.objects.create(code="hall", kind="office", name="x")
    users = [User.objects.create(username=name) for name in ("s", "a", "b")]
    services.found(unit=unit, system=users[0], security=users[1], audit=users[2], since=TODAY)

    assert [posts_on(user, TODAY)[0].role for user in users] == [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN]
    with pytest.raises(Refusal):
        services.found(unit=unit, system=users[0], security=users[1], audit=users[2], since=TODAY)


def test_the_three_are_three_people(db):
    from yunxing.desk.people.models import Unit

    unit = Unit.objects.create(code="hall", kind="office", name="x")
    one, two = (User.objects.create(username=name) for name in ("s", "a"))

    with pytest.raises(Refusal, match="兼任"):
        services.found(unit=unit, system=one, security=one, audit=two, since=TODAY)
    assert not Post.objects.exists()


def test_an_identity_grants_nothing_and_is_bound_once(cast):
    """A claim never grants a role; a legal person's login names the agent's last day."""
    by, user = cast.people.sysadmin, cast.people.newcomer
    services.bind_identity(by=by, user=user, provider="p", subject="s")

    assert posts_on(user, TODAY) == []
    with pytest.raises(Refusal):
        services.bind_identity(by=by, user=cast.people.command, provider="p", subject="s")
    with pytest.raises(Refusal, match="经办人"):
        services.bind_identity(by=by, user=user, provider="p", subject="t", unit=cast.units.firm_a)
    bound = services.bind_identity(by=by, user=user, provider="p", subject="t", unit=cast.units.firm_a, until=TODAY)
    assert bound.kind == ExternalIdentity.Kind.LEGAL


# --- the same through the pages


def test_the_pages_of_the_administrators_work(cast):
    """Open an account, grant it a post, sign in with it, change the password, withdraw the post: by pages alone."""
    system, security = cast.client("sysadmin"), cast.client("secadmin")
    page = system.post("/admin/accounts/", {"username": "li", "name": "李某"}).content.decode()
    password = page.split("<code>")[1].split("</code>")[0]
    user = User.objects.get(username="li")
    data = {"user": user.pk, "unit": cast.units.county_a.pk, "role": "county", "since": LONG_AGO.isoformat(), "reason": "到岗"}
    assert security.post("/admin/grants/", data).status_code == 302

    person = Client()
    assert person.post("/login/", {"username": "li", "password": password}).status_code == 302
    assert person.get("/signals/")["Location"].endswith("/account/password/")
    weak = person.post("/account/password/", {"new_password1": "abc", "new_password2": "abc"})
    assert weak.status_code == 200
    assert User.objects.get(pk=user.pk).must_change_password
    assert person.post("/account/password/", {"new_password1": PASSWORD, "new_password2": PASSWORD}).status_code == 302
    assert person.get("/account/").status_code == 200

    post = user.posts.get()
    assert security.post(f"/admin/grants/{post.pk}/withdraw/", {"reason": "离岗"}).status_code == 302
    assert "待授权" in person.get("/").content.decode()


def test_a_refusal_is_shown_on_the_form(cast):
    """The security administrator reads why, with what was typed kept."""
    data = {"user": cast.people.auditor.pk, "unit": cast.units.hall.pk, "role": "command", "since": "2022-01-01", "reason": "x"}
    page = cast.client("secadmin").post("/admin/grants/", data)

    assert page.status_code == 200
    assert "不能兼任" in page.content.decode()
    assert "已存在" in cast.client("sysadmin").post("/admin/accounts/", {"username": "command", "name": "x"}).content.decode()


def test_leaving_by_the_page(cast, fresh):
    data = {"user": cast.people.county_b.pk, "successor": fresh[0].pk, "reason": "调离"}
    response = cast.client("secadmin").post("/admin/leave/", data)

    assert response.status_code == 200
    assert "新人0" in response.content.decode()
    refused = cast.client("secadmin").post("/admin/leave/", {"user": cast.people.county_b.pk, "successor": "", "reason": ""})
    assert refused.status_code == 409


def test_a_reset_password_is_shown_once_and_told_without_it(cast):
    """The person gets a notice; the password is nowhere but on that one page."""
    from yunxing.desk.people.models import Message

    page = cast.client("sysadmin").post(f"/admin/accounts/{cast.people.county_a.pk}/password/").content.decode()
    password = page.split("<code>")[1].split("</code>")[0]

    assert password not in cast.client("sysadmin").get("/admin/accounts/").content.decode()
    assert password not in str(list(Message.objects.values()))
    assert cast.people.county_a.messages_to.get().template == "password_reset"
