"""The demonstration's day, an office of the pack with its clerk, and a hand that opens items."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from django.test import Client

from desk.cast import LONG_AGO, PASSWORD, Cast
from yunxing.desk import clock
from yunxing.desk.casework.models import Case
from yunxing.desk.dispatch import services
from yunxing.desk.dispatch.place import walked
from yunxing.desk.people.models import Post, Role, Unit, User
from yunxing.desk.reporting.models import Membership, Party
from yunxing.desk.scoping import acting_as_system
from yunxing.engines.cases.case import Actor

DAY = date(2022, 11, 8)
BY = Actor("test", "CMD", frozenset({"command"}))


@pytest.fixture
def on_that_day(monkeypatch):
    """The desk stands on 8 November 2022."""
    monkeypatch.setattr(clock, "demo_day", lambda: DAY)
    return DAY


class Hands:
    """Who acts in a test, and items as far as a test needs them."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.units = cast.units
        city = cast.units.city
        self.offices = {
            code: Unit.objects.create(code=code, kind="office", name=code, parent=city, is_synthetic=True) for code in ("EEB", "DRC", "STB")
        }
        for code, unit in self.offices.items():
            user = User(username=code.lower(), name=f"测试{code}", must_change_password=False, is_synthetic=True)
            user.set_password(PASSWORD)
            user.save()
            Post.objects.create(user=user, unit=unit, role=Role.DEPARTMENT, since=LONG_AGO)

    def client(self, name: str) -> Client:
        """A browser of a member of the cast, or of an office's clerk by the office's id."""
        if name not in self.offices:
            return self.cast.client(name)
        client = Client()
        client.force_login(User.objects.get(username=name.lower()), backend="django.contrib.auth.backends.ModelBackend")
        return client

    def opened(
        self, kind: str, *, key: str = "k", unit: str = "A01", party: str = "", title: str = "某事项", on: date = date(2022, 9, 1), **more
    ) -> str:
        """An item of a kind such as `pipeline_listing`."""
        with acting_as_system("test"):
            return services.start(
                walked()[kind], BY, key=key, title=title, unit=unit, party=party, fields=more.pop("fields", {}), on=on, **more
            ).case

    def case(self, name: str) -> Case:
        """The item as it stands."""
        with acting_as_system("test"):
            return Case.objects.get(pk=name)

    def firm(self, letter: str = "a") -> str:
        """A firm of county A or B on the panel."""
        unit = getattr(self.units, f"county_{letter}").code
        code = getattr(self.units, f"firm_{letter}").code
        with acting_as_system("test"):
            Party.objects.get_or_create(
                id=code, defaults={"kind": "enterprise", "name": f"企业{letter}", "unit": unit, "valid_from": LONG_AGO}
            )
            Membership.objects.get_or_create(roster="panel_100", party=code, valid_from=LONG_AGO)
        return code


@pytest.fixture
def hands(cast, on_that_day) -> Hands:
    """The cast with three offices of the pack."""
    return Hands(cast)


@pytest.fixture
def system(db):
    """Everything is seen inside the test."""
    with acting_as_system("test"):
        yield SimpleNamespace(by=BY)
