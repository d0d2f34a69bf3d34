"""The fixed cast of test people: one for every right (design: exemplars, tests). Names of places are invented, everything is synthetic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace

from django.test import Client

from yunxing.desk.people.models import Post, Role, Unit, User

LONG_AGO = date(2020, 1, 1)
PASSWORD = "Abcd-2345-efgh"
MEMBERS = (
    "command", "bureau", "county_a", "county_b", "enterprise", "analyst", "sysadmin", "secadmin", "auditor", "newcomer", "anonymous",
)  # fmt: skip


@dataclass(frozen=True)
class Cast:
    """Units and people by name. `bureau` is a clerk of two offices; `newcomer` has no post; `anonymous` is nobody."""

    units: SimpleNamespace
    people: SimpleNamespace

    def client(self, name: str) -> Client:
        """A browser in which the member has signed in (nobody, for `anonymous`)."""
        client = Client()
        if name != "anonymous":
            client.force_login(getattr(self.people, name), backend="django.contrib.auth.backends.ModelBackend")
        return client


def make_cast() -> Cast:
    """Units and people, written anew."""

    def unit(code, kind, name, parent=None):
        return Unit.objects.create(code=code, kind=kind, name=name, parent=parent, is_synthetic=True)

    city = unit("city", "city", "某市")
    units = SimpleNamespace(
        city=city,
        hall=unit("hall", "office", "指挥部办公室", city),
        bureau_1=unit("bureau-1", "office", "甲局", city),
        bureau_2=unit("bureau-2", "office", "乙局", city),
        county_a=unit("A01", "county", "甲县", city),
        county_b=unit("B01", "county", "乙县", city),
    )
    units.firm_a = unit("91990000MA00000A0X", "enterprise", "甲县某企业", units.county_a)
    units.firm_b = unit("91990000MA00000B0X", "enterprise", "乙县某企业", units.county_b)

    def person(username, *posts, **more):
        user = User(username=username, name=f"测试{username}", must_change_password=False, is_synthetic=True, **more)
        user.set_password(PASSWORD)
        user.save()
        for role, where in posts:
            Post.objects.create(user=user, unit=where, role=role, since=LONG_AGO)
        return user

    people = SimpleNamespace(
        command=person("command", (Role.COMMAND, units.hall), email="command@example.org"),
        bureau=person("bureau", (Role.DEPARTMENT, units.bureau_1), (Role.DEPARTMENT, units.bureau_2)),
        county_a=person("county_a", (Role.COUNTY, units.county_a)),
        county_b=person("county_b", (Role.COUNTY, units.county_b)),
        enterprise=person("enterprise", (Role.ENTERPRISE, units.firm_a)),
        analyst=person("analyst", (Role.ANALYST, units.hall)),
        sysadmin=person("sysadmin", (Role.SYSTEM_ADMIN, units.hall)),
        secadmin=person("secadmin", (Role.SECURITY_ADMIN, units.hall), phone="000-0000001"),
        auditor=person("auditor", (Role.AUDIT_ADMIN, units.hall)),
        newcomer=person("newcomer"),
    )
    return Cast(units, people)
