"""A clock that stands still, the published tables, and a hand that walks a request as far as a test needs it."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from desk.cast import Cast
from yunxing.desk import clock
from yunxing.desk.casework import acting, services
from yunxing.desk.casework.models import Case
from yunxing.desk.people.selectors import standing_of
from yunxing.desk.scoping import acting_as_system, acting_in
from yunxing.engines.cases.case import Actor
from yunxing.flows import walk_case
from yunxing.values.office_hours import BEIJING

WEDNESDAY = datetime(2022, 9, 28, 9, 0, tzinfo=BEIJING)  # the holidays of October lie ahead
NOTE = b"col\nvalue\n"


class Hands:
    """Who does what in a test: the offices by name, the moment, and the steps up to a state."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.at = WEDNESDAY
        self.count = 0

    def later(self, **span) -> datetime:
        """Some time passes."""
        self.at += timedelta(**span)
        return self.at

    def standing(self, name: str):
        return standing_of(getattr(self.cast.people, name), datetime(2022, 9, 28).date())

    def inside(self, name: str):
        """The member's scope is active."""
        return acting_in(self.standing(name).scope)

    def raised(self, firm: str = "firm_a", words: str = "车间缺电，请协调", **more) -> str:
        """A request of an enterprise, as its clerk raises it."""
        self.count += 1
        unit = getattr(self.cast.units, firm)
        made = walk_case.new_case(
            connection, "whistle", Actor("enterprise", unit.code, frozenset({"enterprise"})), self.at, key=f"t{self.count}", title=words[:20], words=words,
            subject=f"party:{unit.code}", unit=unit.parent.code, party=unit.code, grade=more.pop("grade", "ordinary"), fields={"kind": "energy", "contact": "张三 138 0000 1111"},
        )  # fmt: skip
        return made.case

    def walk(self, case: str, edge: str, who: str, unit: str = "", **facts):
        """A step past the pages; it must succeed."""
        posts = frozenset({{"command": "command", "enterprise": "enterprise"}.get(who, "department")})
        answer = walk_case.move(connection, case, edge, Actor(who, unit, posts), self.at, facts)
        assert not isinstance(answer, walk_case.Refused), answer
        assert answer.won
        return answer

    def up_to(self, state: str, office: str = "bureau-1", **more) -> str:
        """A request walked to `state`, led by an office."""
        firm_code = self.cast.units.firm_a.code
        case = self.raised(**more)
        steps = (
            ("accepted", "accept", "command", "hall", {}),
            ("assigned", "assign", "command", "hall", {"lead": office}),
            ("signed", "sign", "bureau", office, {}),
            ("working", "contact", "bureau", office, {"contacted": "已电话联系"}),
            ("answered", "answer", "bureau", office, {"done": "已恢复供电", "result": "solved", "evidence": ["sha256:0"]}),
            ("closed", "confirm", "enterprise", firm_code, {"satisfaction": "good", "speed": "good", "attitude": "good"}),
        )
        for name, edge, who, unit, facts in steps:
            if state == "submitted":
                break
            self.walk(case, edge, who, unit, **facts)
            if name == state:
                break
        return case

    def case(self, name: str) -> Case:
        with acting_as_system("test"):
            return Case.objects.get(pk=name)


@pytest.fixture
def hands(cast, monkeypatch, tmp_path):
    """The tables of the pack are published, the clock stands on a Wednesday morning, files go to a folder of the test."""
    made = Hands(cast)
    monkeypatch.setattr(clock, "now", lambda: made.at)
    monkeypatch.setattr(settings, "HOME", tmp_path)
    with acting_as_system("test"):
        acting.newest("whistle")
    return made


def upload(name: str = "说明.csv", content: bytes = NOTE) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def files():
    """Uploads by name and content."""
    return SimpleNamespace(upload=upload)


__all__ = ["services"]
