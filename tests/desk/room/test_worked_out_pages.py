"""Worked-out lists on the page: rows within the scope, amounts by level, one rule at a time, and the same rows as a workbook."""

from __future__ import annotations

import io
from datetime import date
from types import SimpleNamespace

import openpyxl
import pytest
from django.db import connection

from desk.cast import LONG_AGO
from pack_cast import PLAN
from yunxing.desk.people.models import Post, Role, Unit, User
from yunxing.desk.room import worked_out_pages
from yunxing.desk.scoping import acting_in
from yunxing.engines.registry.parties import Party
from yunxing.flows.worked_out_lists import NotApplied, Without
from yunxing.io.store.registry import write_parties
from yunxing.packs.generated import load_generated
from yunxing.packs.pack import load_pack
from yunxing.values.period import Month
from yunxing.values.scope import ALL, Scope

A, B = "91990000MA00000A0X", "91990000MA00000B0X"
DAY = date(2022, 9, 30)
LISTS = load_generated(PLAN)
PAGE = "/registers/eligible_not_applied/"


def claim(party: str, policy: str = "m02_loan_interest", fen: int = 5_000_000_00, state: str = "") -> NotApplied:
    return NotApplied(policy, f"P-{party[-3:]}", party, f"{party[-3:]}号项目", fen, state, DAY)


@pytest.fixture
def desk(cast, monkeypatch, settings, tmp_path):
    """Firm A of county A with two claims, firm B of county B with one; the office that keeps the list, and another."""
    settings.HOME = tmp_path
    connection.ensure_connection()
    write_parties(
        connection,
        [
            Party(id_, "enterprise", f"{name}县某厂", "", unit, "r", "26", "small", "", LONG_AGO, None, {})
            for id_, name, unit in ((A, "甲", "A01"), (B, "乙", "B01"))
        ],
    )
    found = [claim(A), claim(A, "m02_smart_equipment", 3_000_000_00, "offered"), claim(B, fen=700_000_00)]
    monkeypatch.setattr(worked_out_pages, "not_applied", lambda *_args: found)
    for code in ("IIT", "COM"):
        unit = Unit.objects.create(code=code, kind="office", name=code, parent=cast.units.city, is_synthetic=True)
        user = User.objects.create(username=code.lower(), name=code, must_change_password=False, is_synthetic=True)
        Post.objects.create(user=user, unit=unit, role=Role.DEPARTMENT, since=LONG_AGO)
        setattr(cast.people, code.lower(), user)
    return cast


@pytest.mark.parametrize(
    ("who", "firms", "amount"),
    [
        ("command", {"甲县某厂", "乙县某厂"}, True), ("iit", {"甲县某厂", "乙县某厂"}, True), ("county_a", {"甲县某厂"}, True),
        ("county_b", {"乙县某厂"}, True), ("com", set(), False), ("analyst", set(), False),
    ],
)  # fmt: skip
def test_everybody_reads_the_firms_of_his_scope_and_how_many_there_are(desk, who, firms, amount):
    """The office that keeps the list sees all of it; another office and the analyst read the number alone."""
    page = desk.client(who).get(PAGE).content.decode()

    assert {name for name in ("甲县某厂", "乙县某厂") if name in page} == firms
    assert ("可享金额" in page) == amount
    assert "共 3 条" in page


def test_one_rule_at_a_time(desk):
    page = desk.client("command").get(PAGE, {"policy": "m02_smart_equipment"}).content.decode()

    assert "已推送，未确认" in page
    assert "乙县某厂" not in page
    assert desk.client("command").get(PAGE, {"policy": "m08_dcmm"}).status_code == 404


def test_the_workbook_holds_the_rows_that_are_seen(desk):
    """Amounts in yuan as numbers; a county takes its own firms."""

    def taken(who):
        book = openpyxl.load_workbook(io.BytesIO(desk.client(who).get(PAGE, {"as": "xlsx"}).content))
        return {cell.value for sheet in book.worksheets for line in sheet.iter_rows() for cell in line}

    assert {"甲县某厂", "乙县某厂", 5_000_000, 700_000} <= taken("command")
    assert "乙县某厂" not in taken("county_a")
    assert 700_000 not in taken("analyst")


def test_a_long_list_is_turned_page_by_page(desk, monkeypatch):
    many = [claim(A, fen=n * 100) for n in range(120, 0, -1)]
    monkeypatch.setattr(worked_out_pages, "not_applied", lambda *_args: many)
    first, last = (desk.client("command").get(PAGE, {"page": n}).content.decode() for n in ("1", "3"))

    assert "显示 50" in first
    assert "显示 20" in last
    assert "page=2" in first
    assert "下一页" not in last
    assert desk.client("command").get(PAGE, {"page": "一"}).status_code == 200


def test_the_lists_stand_among_all_lists(desk):
    page = desk.client("command").get("/registers/").content.decode()

    assert 'href="/registers/eligible_not_applied/"' in page
    assert 'href="/registers/not_insured/"' in page
    assert "随时算出" in page


def scope(**changed):
    return Scope(**{"units": ALL, "offices": ALL, "parties": ALL, "levels": 3, "person": "p"} | changed)


def test_exporters_without_insurance_come_from_the_closed_month(db, monkeypatch):
    """January to September is asked for in September; a January has no cumulative span of its own."""
    asked = []
    monkeypatch.setattr(
        worked_out_pages,
        "without",
        lambda rule, period, _facts, _members: asked.append(period) or [Without(A, "某厂", "A01", 900_00, None)],
    )
    for month in (Month(2022, 9), Month(2022, 1)):
        board = SimpleNamespace(month=month, snapshot=SimpleNamespace(table=lambda _name: SimpleNamespace(to_pylist=list)))
        with acting_in(scope()):
            page = worked_out_pages.page_of(LISTS["not_insured"], board, load_pack(PLAN))
        assert [(one["name"], one["amount"], one["state"]) for one in page["rows"]] == [("某厂", "0.09万元", "未报投保额")]

    assert asked == ["2022-01..09", "2022-01"]


def test_without_a_closed_month_there_are_no_rows(db):
    with acting_in(scope()):
        page = worked_out_pages.page_of(LISTS["not_insured"], None, load_pack(PLAN))

    assert (page["total"], page["basis"]) == (0, "还没有已结账的月份。")


def test_who_may_not_read_the_level_does_not_find_the_list(desk):
    with acting_in(scope(levels=1)):
        assert worked_out_pages.cards(load_pack(PLAN)) == {}
