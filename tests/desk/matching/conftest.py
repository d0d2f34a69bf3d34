"""Clerks of the offices that answer, a few postings of both sides, rounds as far as a test needs them. The pack's own kinds are used."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from desk.cast import LONG_AGO, PASSWORD
from yunxing.desk import clock
from yunxing.desk.matching import services
from yunxing.desk.matching.models import Round
from yunxing.desk.matching.place import rules
from yunxing.desk.people.models import Post, Role, Unit, User
from yunxing.desk.scoping import acting_as_system
from yunxing.engines.matching.kind import kept_rows

DAY = date(2022, 11, 8)
FIRM_A, FIRM_B = "91990000MA00000A0X", "91990000MA00000B0X"
NEEDS = [
    {
        "编号": "n1",
        "统一社会信用代码": FIRM_A,
        "名称": "甲企业",
        "单位": "A01",
        "工种": "焊工",
        "月工资起点": "5000",
        "技能等级": "2",
        "名额": "3",
    },
    {
        "编号": "n2",
        "统一社会信用代码": FIRM_B,
        "名称": "乙企业",
        "单位": "B01",
        "工种": "焊工",
        "月工资起点": "4200",
        "技能等级": "1",
        "名额": "2",
    },
    {
        "编号": "n3",
        "统一社会信用代码": FIRM_B,
        "名称": "乙企业二",
        "单位": "B01",
        "工种": "钳工",
        "月工资起点": "4200",
        "技能等级": "1",
        "名额": "2",
    },
]
OFFERS = [
    {
        "编号": "o1",
        "名称": "一班",
        "单位": "A01",
        "可任工种": "焊工、车工",
        "期望工资": "4000",
        "技能等级": "3",
        "愿去县区": "全市",
        "名额": "4",
    },
    {"编号": "o2", "名称": "二班", "单位": "B01", "可任工种": "焊工", "期望工资": "4600", "技能等级": "2", "愿去县区": "A01", "名额": "2"},
]


@pytest.fixture(autouse=True)
def _that_day(monkeypatch, settings, tmp_path):
    """The desk stands on 8 November 2022 and results go to a home of the test."""
    monkeypatch.setattr(clock, "demo_day", lambda: DAY)
    settings.HOME = tmp_path


@pytest.fixture
def kind():
    return rules().kinds["labour"]


@pytest.fixture
def clerks(cast):
    """A browser of the labour bureau, of the people's bank, and of the cast."""
    made = {}
    for code in ("HRSS", "PBC"):
        unit = Unit.objects.create(code=code, kind="office", name=code, parent=cast.units.city, is_synthetic=True)
        user = User(username=code.lower(), name=f"测试{code}", must_change_password=False, is_synthetic=True)
        user.set_password(PASSWORD)
        user.save()
        Post.objects.create(user=user, unit=unit, role=Role.DEPARTMENT, since=LONG_AGO)
        made[code] = Client()
        made[code].force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return {**made, **{name: cast.client(name) for name in ("command", "bureau", "county_a", "county_b", "enterprise", "analyst")}}


@pytest.fixture
def posted(db, kind):
    """Both sides of the labour kind."""
    with acting_as_system("test"):
        services.post(kind, "need", kept_rows(kind, "need", NEEDS, "needs"))
        services.post(kind, "offer", kept_rows(kind, "offer", OFFERS, "offers"))


@pytest.fixture
def matched(posted, kind):
    """A round that the worker carried out."""
    with acting_as_system("test"):
        one = services.ask(kind, "test")
        assert services.work() == 1
        return Round.objects.get(pk=one.pk)


@pytest.fixture
def chosen(matched):
    """The round with the stable assignment chosen."""
    with acting_as_system("test"):
        services.choose(matched, "stable", "更稳", "test")
        return Round.objects.get(pk=matched.pk)
