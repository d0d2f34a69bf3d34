"""A small aluminium chain over two counties in the registry, with outputs as if reported. Everything is made up (合成数据)."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client

from desk.cast import LONG_AGO, PASSWORD
from yunxing.desk import clock
from yunxing.desk.people.models import Post, Role, Unit, User
from yunxing.engines.registry.parties import Membership, Party
from yunxing.flows import read_chains
from yunxing.io.store.registry_history import Act, record

DAY = date(2022, 10, 12)
SINCE = date(2022, 1, 1)
SMELTER, PARTS = "91990000MA00000A0X", "91990000MA00000C0X"  # county A
ROLLER, ALUMINA, SECOND = "91990000MA00000B0X", "91990000MA00000D0X", "91990000MA00000E0X"  # county B
NAMES = {
    SMELTER: "甲县合成电解铝厂",
    PARTS: "甲县合成铝制品厂",
    ROLLER: "乙县合成铝板带厂",
    ALUMINA: "乙县合成氧化铝厂",
    SECOND: "乙县合成二号铝厂",
}
UNITS = {SMELTER: "A01", PARTS: "A01", ROLLER: "B01", ALUMINA: "B01", SECOND: "B01"}
SEGMENTS = {SMELTER: "smelting", PARTS: "parts", ROLLER: "rolling", ALUMINA: "alumina", SECOND: "smelting"}
OUTPUTS = {SMELTER: 500 * 10**10, PARTS: 50 * 10**10, ROLLER: 300 * 10**10, ALUMINA: 100 * 10**10, SECOND: 50 * 10**10}
LINKS = [
    (SMELTER, ALUMINA, "alumina", 8000, 80, 4), (SMELTER, "", "alumina", 2000, 20, 4), (ROLLER, SMELTER, "ingot", 10_000, 300, 10),
    (PARTS, ROLLER, "sheet", 10_000, 40, None), (ALUMINA, "", "bauxite", 10_000, 60, 30),
]  # fmt: skip


def enterprise(id_):
    return Party(id_, "enterprise", NAMES[id_], "", UNITS[id_], "", "32", "large", "", date(2010, 1, 1))


def supply(number, buyer, supplier, product, share, amount, days, **more):
    told = {
        "supply_buyer": buyer,
        "supply_product": product,
        "supply_share": share,
        "supply_amount": amount * 10**10,
        "supply_switch": 0,
        "synthetic": True,
    }
    told |= ({"supply_supplier": supplier} if supplier else {}) | ({"supply_days": days} if days is not None else {}) | more
    return Party(f"HC-SUPPLY-{number}", "supply", f"合成供应关系{number}", "", UNITS.get(buyer, "A01"), "", "", "", "", SINCE, None, told)


def write(parties, members=()):
    record(connection, Act(person="test"), [(one, None) for one in parties], members)


@pytest.fixture
def aluminium(db, settings, tmp_path, monkeypatch):
    """The chain in the registry; the desk stands on 12 October 2022."""
    settings.HOME = tmp_path
    monkeypatch.setattr(clock, "demo_day", lambda: DAY)
    monkeypatch.setattr(read_chains, "last_period", lambda *_a, **_k: "2022-09")
    monkeypatch.setattr(
        read_chains, "values_of", lambda *_a, **_k: {(party, "output", "2022-01..09"): fen for party, fen in OUTPUTS.items()}
    )
    links = [supply(number, *row) for number, row in enumerate(LINKS, start=1)]
    own = {"chain_key": "aluminium", "chain_leader": "合成王某", "chain_office": "市工业和信息化局", "chain_firm": SMELTER}
    extra = [
        Party("CHAIN-1", "chain", "合成高端铝产业链", "", "", "", "", "", "", SINCE, None, own),
        Party("PROJECT-1", "project", "甲县合成铝项目", "", "A01", "", "32", "", "", SINCE, None, {"total_investment_fen": 3 * 10**10}),
        Party("BODY-1", "body", "合成铝业协会", "", "", "", "", "", "", SINCE, None, {"body_work": "供需对接"}),
    ]
    members = [Membership("chain_firms", id_, SINCE, None, "", {"chain_segments": f"aluminium.{SEGMENTS[id_]}"}) for id_ in NAMES]
    members += [Membership("supply_links", one.id, SINCE) for one in links]
    members += [
        Membership("chains", "CHAIN-1", SINCE),
        Membership("key_projects", "PROJECT-1", SINCE),
        Membership("industry_bodies", "BODY-1", SINCE),
    ]
    write([*map(enterprise, NAMES), *links, *extra], members)


@pytest.fixture
def people(cast):
    """Browsers of the cast and of the office that keeps the map."""
    unit = Unit.objects.create(code="IIT", kind="office", name="IIT", parent=cast.units.city, is_synthetic=True)
    user = User(username="iit", name="测试IIT", must_change_password=False, is_synthetic=True)
    user.set_password(PASSWORD)
    user.save()
    Post.objects.create(user=user, unit=unit, role=Role.DEPARTMENT, since=LONG_AGO)
    keeper = Client()
    keeper.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return {"IIT": keeper, **{name: cast.client(name) for name in ("command", "bureau", "county_a", "county_b", "enterprise", "analyst")}}
