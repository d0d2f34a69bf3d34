"""The cast of the registry's tests: a small catalogue with a column of every type, parties and memberships. 合成数据 · synthetic data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from yunxing.engines.registry.catalogue import Catalogue, Choice, Column, PartyKind, RosterKind, Threshold
from yunxing.engines.registry.parties import Membership, Party
from yunxing.flows.registry_books import Terms
from yunxing.values.codes import Region, RegionTable

A, B, C = "913716001234567887", "91371600MA3C00003X", "91371681123456788H"
UNITS = {"U1": "甲县", "U2": "乙县"}
DAY = date(2022, 9, 30)
LONG_AGO = date(2010, 1, 1)
STAGES = (Choice("early", "前期", "Early"), Choice("built", "在建", "Building"))
COMMON = tuple(
    Column(name, title, name, common=True) for name, title in (("short_name", "简称"), ("unit", "报送单元"), ("region", "行政区划"))
)
INDUSTRY, SIZE = Column("industry", "行业", "industry", common=True), Column("size", "规模", "size", common=True)
PROJECT = PartyKind(
    "project", "项目", "Project", "own", "unit",
    (
        *COMMON,
        Column("parent", "业主", "parent", "party", of="enterprise", common=True),
        Column("code", "项目代码", "Code", check="project_code"),
        Column("total", "总投资", "Total", "money"),
        Column("share", "股比", "Share", "rate"),
        Column("staff", "用工", "Staff", "count", "人"),
        Column("named", "点名", "Named", "flag"),
        Column("stage", "阶段", "Stage", "choice", choices=STAGES),
        Column("start", "开工", "Start", "date"),
        Column("owner", "承办企业", "Owner", "party", of="enterprise"),
        Column("words", "备注", "Words"),
    ),
)  # fmt: skip
ENTERPRISE = PartyKind("enterprise", "企业", "Enterprise", "usci", "unit", (*COMMON, INDUSTRY, SIZE))
COURSE = PartyKind("course", "课程", "Course", "own", "desk", (Column("hours", "课时", "Hours", "count", "学时", required=True),))
WHO, PHONE = Column("answerable", "责任人", "Answerable", required=True, personal=True), Column("phone", "电话", "Phone", "phone")
ROSTERS = (
    RosterKind("key", "重点项目", "Key projects", "project", "DRC", "1/1a", 2, False, "5 年", (WHO, PHONE)),
    RosterKind("above_scale", "规上企业", "Above scale", "enterprise", "STA", "27/1b", 2, False, "5 年"),
    RosterKind("courses", "培训目录", "Courses", "course", "HRS", "20/6", 1, False, "5 年"),
)
CATALOGUE = Catalogue(
    {one.id: one for one in (ENTERPRISE, PROJECT, COURSE)},
    {one.id: one for one in ROSTERS},
    (Threshold(date(2007, 1, 1), 500 * 10**6, "旧线"), Threshold(date(2011, 1, 1), 2000 * 10**6, "现线")),
)
REGIONS = RegionTable([Region("000001", "甲县", None, date(2018, 7, 1), "000002"), Region("000002", "甲市", date(2018, 7, 2))])
TERMS = Terms(CATALOGUE, UNITS, REGIONS)


def instant(day: int, hour: int = 8) -> datetime:
    """An instant of October 2022."""
    return datetime(2022, 10, day, hour, tzinfo=UTC)


def firm(id_: str = A, name: str = "", **rest: Any) -> Party:
    """An enterprise; anything may be set."""
    plain = {"short_name": "", "unit": "U1", "region": "000002", "industry": "32", "size": "", "parent": "", "valid_from": LONG_AGO}
    return Party(id_, "enterprise", name or f"合成{id_[-4:]}公司", **{**plain, **rest})


def project(id_: str = "P-1", name: str = "", **rest: Any) -> Party:
    """A project; anything may be set."""
    plain = {"short_name": "", "unit": "U1", "region": "000002", "industry": "", "size": "", "parent": "", "valid_from": date(2022, 1, 1)}
    return Party(id_, "project", name or f"合成项目{id_}", **{**plain, **rest})


def on_key(party: str = "P-1", since: date = date(2022, 1, 1), until: date | None = None, **rest: Any) -> Membership:
    """A term on the list of key projects, with someone who answers for it."""
    return Membership("key", party, since, until, rest.pop("reason", ""), {"answerable": "合成责任人", **rest})


@contextmanager
def taken_back(connection: Any) -> Iterator[None]:
    """What is written inside is taken back at the end, so that many examples share one store."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
