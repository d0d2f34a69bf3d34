"""Demo accounts: every role once, marked as synthetic, with passwords of their own, and the same when made again."""

from __future__ import annotations

import json
import stat

import pytest
from django.test import Client
from django.utils import timezone

from desk.cast import LONG_AGO
from yunxing.desk import demo_accounts
from yunxing.desk.demo_accounts import Firm
from yunxing.desk.people.models import Post, Role, Unit, User
from yunxing.desk.people.selectors import posts_on
from yunxing.packs.pack import load_pack

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def pack():
    return load_pack()


@pytest.fixture
def made(tmp_path, pack):
    firm = Firm("91990000MA00000A0X", "某企业（合成）", pack.regions.units[0].id)
    return tmp_path, lambda: demo_accounts.create(tmp_path, pack, firm)


def test_every_role_has_an_account_and_everything_is_marked(made):
    """One person for every role; the clerk has two offices; nobody of them is a real person."""
    _home, make = made
    accounts = make()
    roles = [post.role for one in accounts for post in posts_on(User.objects.get(username=one.username), timezone.localdate())]

    assert set(roles) == set(Role)
    assert roles.count(Role.DEPARTMENT) == roles.count(Role.COUNTY) == 2
    assert all(user.is_synthetic for user in User.objects.all())
    assert Unit.objects.get(kind="enterprise").is_synthetic


def test_the_units_are_the_packs(made, pack):
    """Offices and reporting units keep the pack's ids, so that scopes fit the facts."""
    made[1]()
    codes = set(Unit.objects.values_list("code", flat=True))

    assert {unit.id for unit in pack.regions.units} <= codes
    assert set(pack.offices) <= codes
    assert Unit.objects.filter(kind__in=("county", "zone")).count() == len(pack.regions.units)


def test_making_them_again_changes_nothing(made):
    """Same accounts, same passwords, no second post."""
    _home, make = made
    first = make()
    posts = Post.objects.count()

    assert make() == first
    assert Post.objects.count() == posts


def test_the_printed_passwords_open_the_accounts(made):
    """Without a forced change, since they are for trying; each account lands where its role lands."""
    _home, make = made
    for account in make():
        client = Client()
        assert client.post("/login/", {"username": account.username, "password": account.password}).status_code == 302
        assert client.get("/account/").status_code == 200


def test_no_two_installations_share_a_password(made, tmp_path, pack):
    home, make = made
    first = {account.password for account in make()}
    User.objects.all().update(password="!")
    (home / demo_accounts.FILE).unlink()

    assert first & {account.password for account in make()} == set()
    assert stat.S_IMODE((home / demo_accounts.FILE).stat().st_mode) == 0o600


def test_passwords_are_read_back_for_serve(made):
    home, make = made
    accounts = make()

    assert demo_accounts.read(home) == accounts
    assert demo_accounts.read(home / "elsewhere") == []
    assert json.loads((home / demo_accounts.FILE).read_text())[0]["username"] == accounts[0].username


def test_a_real_person_of_the_same_name_is_left_alone(made):
    """A demonstration on a home in use takes over nobody's account."""
    real = User.objects.create(username="zhihui", name="真人")
    real.set_password("Keep-This-1")
    real.save()
    made[1]()
    real.refresh_from_db()

    assert real.check_password("Keep-This-1")
    assert not real.posts.exists()
    assert LONG_AGO < demo_accounts.SINCE
