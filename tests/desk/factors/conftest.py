"""The demonstration's day, two people of the command, a firm and a project on record."""

from __future__ import annotations

from datetime import date

import pytest

from desk.cast import LONG_AGO, PASSWORD, Cast
from yunxing.desk import clock
from yunxing.desk.people.models import Post, Role, Unit, User
from yunxing.desk.people.selectors import Standing, standing_of
from yunxing.desk.reporting.models import Party
from yunxing.desk.scoping import acting_as_system

DAY = date(2022, 11, 8)
COUNTY = "371602"
"""A reporting unit of the first plan."""
FIRM, PROJECT = "91990000MA00000A0X", "P-900"


class People:
    """Who acts: `li` draws up, `wang` agrees, `office` is the energy office's clerk, `firm` bids."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        city = cast.units.city
        self.county = Unit.objects.create(code=COUNTY, kind="county", name="某区", parent=city, is_synthetic=True)
        self.rooms = {
            "li": (Role.COMMAND, cast.units.hall),
            "wang": (Role.COMMAND, cast.units.hall),
            "office": (Role.DEPARTMENT, Unit.objects.create(code="DRC", kind="office", name="能源局", parent=city, is_synthetic=True)),
            "county": (Role.COUNTY, self.county),
            "firm": (Role.ENTERPRISE, Unit.objects.create(code="91990000MA00000C0X", kind="enterprise", name="某厂", parent=self.county, is_synthetic=True)),
            "rival": (Role.ENTERPRISE, Unit.objects.create(code="91990000MA00000D0X", kind="enterprise", name="某社", parent=self.county, is_synthetic=True)),
        }  # fmt: skip
        self.users = {}
        for name, (role, unit) in self.rooms.items():
            user = User(username=name, name=f"测试{name}", must_change_password=False, is_synthetic=True)
            user.set_password(PASSWORD)
            user.save()
            Post.objects.create(user=user, unit=unit, role=role, since=LONG_AGO)
            self.users[name] = user

    def client(self, name: str):
        """A browser in which the person has signed in."""
        from django.test import Client

        client = Client()
        client.force_login(self.users[name], backend="django.contrib.auth.backends.ModelBackend")
        return client

    def standing(self, name: str) -> Standing:
        """The person with his post."""
        return standing_of(self.users[name], DAY)


@pytest.fixture
def people(cast, monkeypatch) -> People:
    """The cast on 8 November 2022."""
    monkeypatch.setattr(clock, "demo_day", lambda: DAY)
    made = People(cast)
    with acting_as_system("test"):
        for code, kind, name in ((FIRM, "enterprise", "某化工厂"), (PROJECT, "project", "某新材料项目")):
            Party.objects.get_or_create(id=code, defaults={"kind": kind, "name": name, "unit": COUNTY, "valid_from": LONG_AGO})
    return made
