"""Signing in: the lock, the idle clock, one session by setting, first passwords, addresses behind a gateway (design: ecosystem 1.2, 1.7)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.utils import timezone

from desk.cast import PASSWORD
from yunxing.desk.installation import Login, Web
from yunxing.desk.people import middleware
from yunxing.desk.people.models import JournalEntry, User

pytestmark = pytest.mark.django_db


def sign_in(client, username="command", password=PASSWORD):
    return client.post("/login/", {"username": username, "password": password})


@pytest.fixture
def installed(settings):
    """Change a part of settings.toml for one test."""

    def change(**parts):
        settings.INSTALLATION = settings.INSTALLATION.model_copy(update=parts)

    return change


def test_five_failures_lock_the_account_from_every_address(cast):
    """After the fifth failure even the right password is refused, from anywhere; the lock is recorded."""
    for n in range(5):
        response = sign_in(Client(REMOTE_ADDR=f"10.0.0.{n}"), password="Wrong-Word-1")
    assert response.status_code == 429
    assert "已锁定" in response.content.decode()

    assert sign_in(Client(REMOTE_ADDR="10.9.9.9")).status_code == 429
    assert sign_in(Client(REMOTE_ADDR="10.9.9.9"), "county_a").status_code == 302
    assert JournalEntry.objects.filter(act="lock", object_id="command").exists()


def test_five_failures_lock_the_address_for_every_account(cast):
    """Trying one password on many accounts is stopped too."""
    for name in ("command", "bureau", "county_a", "county_b", "analyst"):
        sign_in(Client(REMOTE_ADDR="10.0.0.7"), name, "Wrong-Word-1")

    assert sign_in(Client(REMOTE_ADDR="10.0.0.7"), "enterprise").status_code == 429
    assert sign_in(Client(REMOTE_ADDR="10.0.0.8"), "enterprise").status_code == 302


def test_four_failures_do_not_lock_and_success_forgets_them(cast):
    """The limit is five: four leave the door open, and after a success counting begins anew."""
    for _round in range(2):
        for _ in range(4):
            sign_in(Client(), password="Wrong-Word-1")
        assert sign_in(Client()).status_code == 302


def test_the_lock_ends_after_its_time(cast):
    from axes.models import AccessAttempt

    for _ in range(5):
        sign_in(Client(), password="Wrong-Word-1")
    assert sign_in(Client()).status_code == 429
    AccessAttempt.objects.update(attempt_time=timezone.now() - settings.AXES_COOLOFF_TIME - timedelta(seconds=1))

    assert sign_in(Client()).status_code == 302


def test_the_session_ends_after_thirty_idle_minutes(cast):
    """The clock starts anew with each request, and only then."""
    client = cast.client("command")
    client.get("/account/")
    session = client.session

    assert settings.SESSION_COOKIE_AGE == 30 * 60
    left = session.get_expiry_date() - timezone.now()
    assert timedelta(minutes=29) < left <= timedelta(minutes=30)
    session.set_expiry(-1)
    session.save()
    assert client.get("/account/").status_code == 302


def test_the_idle_clock_writes_at_most_once_a_minute(cast, django_assert_num_queries):
    """Every request would be a write otherwise; the second in a minute reads only."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = cast.client("command")
    client.get("/account/")
    with CaptureQueriesContext(connection) as seen:
        client.get("/account/")

    assert [one["sql"] for one in seen if one["sql"].startswith(("UPDATE", "INSERT"))] == []


def test_one_session_by_setting(cast, installed):
    """With `single_session` a second sign-in ends the first one's session; without it both go on."""
    first, second = Client(), Client()
    sign_in(first)
    sign_in(second)
    assert first.get("/account/").status_code == 200
    installed(login=Login(single_session=True))

    assert first.get("/account/").status_code == 302
    assert second.get("/account/").status_code == 200


def test_a_first_password_is_changed_before_anything_else(cast):
    """Only the page that changes it, and signing out, can be reached."""
    User.objects.filter(username="command").update(must_change_password=True)
    client = cast.client("command")

    for address in ("/", "/signals/", "/measures/"):
        assert client.get(address)["Location"] == "/account/password/"
    assert client.get("/account/password/").status_code == 200
    assert client.post("/logout/").status_code == 302


def test_passwords_age_by_setting(cast, installed):
    """`password_days`: due on the day it reaches that age, and when nobody knows its age."""
    user = cast.people.command
    today = timezone.localdate()
    assert not middleware.password_is_due(user)
    installed(login=Login(password_days=90))

    due = {}
    for age in (89, 90, 91):
        user.password_changed_on = today - timedelta(days=age)
        due[age] = middleware.password_is_due(user)
    assert due == {89: False, 90: True, 91: True}
    user.password_changed_on = None
    assert middleware.password_is_due(user)


def test_after_signing_in_only_own_addresses_are_followed(cast):
    """`next` does not lead to another site."""
    response = Client().post("/login/", {"username": "command", "password": PASSWORD, "next": "https://example.org/"})

    assert response["Location"] == "/"


def test_signing_out_takes_a_post_with_its_token(cast):
    """A link or a foreign page cannot sign anyone out."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.people.command, backend="django.contrib.auth.backends.ModelBackend")

    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").status_code == 403
    assert client.get("/account/").status_code == 200


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "1.2.3.4", "10.0.0.1"),
        ("192.0.2.1", "1.2.3.4", "1.2.3.4"),
        ("192.0.2.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        ("192.0.2.1", "1.2.3.4, 192.0.2.1", "1.2.3.4"),
        ("192.0.2.1", "2001:db8::7", "2001:db8::7"),
        ("192.0.2.1", "<script>", "192.0.2.1"),
        ("192.0.2.1", "", "192.0.2.1"),
        ("2001:DB8:0::1", "", "2001:db8::1"),
        ("", "1.2.3.4", ""),
    ],
)
def test_a_forwarded_address_counts_only_from_a_named_gateway(installed, peer, forwarded, address):
    """Otherwise anyone could write himself another address, and escape the lock and the journal."""
    installed(web=Web(trusted_proxies=("192.0.2.1",)))
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)

    assert middleware.address_of(request) == address
    assert middleware.axes_address(request) == address


def test_a_request_id_is_taken_over_only_from_a_named_gateway(installed, cast):
    """The gateway's own id joins both logs; a stranger's is not trusted, nor one of another form."""
    installed(web=Web(trusted_proxies=("192.0.2.1",)))

    def answered(address, given):
        return Client(REMOTE_ADDR=address).get("/login/", headers={"x-request-id": given})["X-Request-ID"]

    assert answered("192.0.2.1", "gateway-0001") == "gateway-0001"
    assert answered("192.0.2.1", "bad id\n") != "bad id\n"
    assert answered("10.0.0.1", "gateway-0001") != "gateway-0001"


def test_the_page_speaks_english_by_the_switch(cast):
    """Chinese first; the switch changes the language of the page's own words (the catalogue itself has its own test)."""
    client = Client()
    assert client.get("/login/")["Content-Language"] == "zh-hans"
    client.post("/i18n/setlang/", {"language": "en", "next": "/login/"})

    response = client.get("/login/")
    assert response["Content-Language"] == "en"
    assert '<html lang="en"' in response.content.decode()


def test_numbers_group_in_threes_and_days_read_as_official_documents_write_them(cast):
    """Screens §14, 9: the framework's own zh-Hans groups nothing."""
    from datetime import date

    from django.template import Context, Template
    from django.utils import translation

    page = Template("{{ n }} {{ d }} {{ d|date:'SHORT_DATE_FORMAT' }}")
    context = Context({"n": 1569844, "d": date(2022, 9, 3)})
    with translation.override("zh-hans"):
        assert page.render(context) == "1,569,844 2022年9月3日 2022-09-03"
    with translation.override("en"):
        assert page.render(context) == "1,569,844 3 September 2022 2022-09-03"


@pytest.mark.parametrize(("member", "first"), [("county_a", "/reports/"), ("command", "/"), ("enterprise", "/"), ("sysadmin", "/")])
def test_everyone_lands_on_the_first_page_of_his_role(cast, client, member, first):
    """Screens §2, last column: a county lands on the review of its reports; who asked for a page gets that page."""
    given = {"username": member, "password": PASSWORD}

    assert client.post("/login/", given)["Location"] == first
    client.post("/logout/")
    assert client.post("/login/?next=/account/", {**given, "next": "/account/"})["Location"] == "/account/"


def test_a_page_may_ask_who_is_signed_in_and_gets_the_token_its_forms_need(cast):
    """Before signing in nobody, afterwards the account; the answer is never kept; a form with the new token is taken after signing in again."""
    client = Client(enforce_csrf_checks=True)
    nobody = client.get("/account/alive/")
    assert nobody.json()["who"] == ""
    assert nobody["Cache-Control"] == "no-store"
    signed = client.post("/login/", {"username": "command", "password": PASSWORD, "csrfmiddlewaretoken": nobody.json()["token"]})
    assert signed.status_code == 302

    found = client.get("/account/alive/").json()
    assert found["who"] == "command"
    old, new = nobody.json()["token"], found["token"]
    assert client.post("/account/mobile/", {"mobile": "", "csrfmiddlewaretoken": old}).status_code == 403
    assert client.post("/account/mobile/", {"mobile": "", "csrfmiddlewaretoken": new}).status_code != 403


def test_every_page_of_a_person_says_when_his_session_ends(cast, settings):
    settings.SESSION_COOKIE_AGE = 1234
    assert 'data-seconds="1234"' in cast.client("bureau").get("/account/").content.decode()
    assert "session-end" not in Client().get("/login/").content.decode()
