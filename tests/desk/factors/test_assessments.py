"""The pages of the ledgers' tests: each parcel, supply and county with its comparison, within the person's scope, and as a workbook."""

from __future__ import annotations

import io
from types import SimpleNamespace

import openpyxl
import pyarrow as pa
import pytest

from desk.factors.conftest import COUNTY, DAY
from yunxing.desk.dispatch import services
from yunxing.desk.dispatch.place import walked
from yunxing.desk.factors import assessments, place
from yunxing.desk.scoping import acting_as_system
from yunxing.engines.cases.case import Actor

BY = Actor("test", "CMD", frozenset({"command"}))
IDLE, STANDARD, ENERGY = "m15_idle_tests", "m15_standard_land", "m16_total_exemption"
NOT_STARTED = {"kind": "闲置土地", "agreed_start": "2021-11-07", "price": 1_000_000_000, "cause": "企业原因"}


def item(pipeline: str, key: str, /, *, unit: str = COUNTY, **fields) -> str:
    with acting_as_system("test"):
        return services.start(
            walked()[f"pipeline_{pipeline}"], BY, key=key, title=f"{key}号地块", unit=unit, party="", fields=fields, on=DAY
        ).case  # fmt: skip


def rows(name: str, board=None):
    with acting_as_system("test"):
        page = assessments.page_of(place.quotas().assessments[name], board, DAY)
    return {row["title"]: row for row in page["rows"]}, page


def test_every_parcel_says_what_it_is_why_and_what_follows(people):
    """One day over the year: the fee of a fifth. Unsupplied land is not tested; missing data are told, not guessed."""
    item("land_parcels", "甲", **NOT_STARTED)
    item("land_parcels", "乙", **{**NOT_STARTED, "agreed_start": "2021-11-08"})
    item("land_parcels", "丙", kind="批而未供")
    item("land_parcels", "丁", kind="闲置土地")
    found, page = rows(IDLE)

    assert {name: row["outcome"] for name, row in found.items()} == {
        "甲号地块": "闲置土地", "乙号地块": "不属闲置", "丙号地块": "批而未供，不做闲置认定", "丁号地块": "缺约定动工日",
    }  # fmt: skip
    assert found["甲号地块"]["then"] == "应缴闲置费 200.00万元"
    assert found["甲号地块"]["lines"][0] == "约定动工日满 1 年：2022-11-08 > 2022-11-07"
    assert found["乙号地块"]["lines"][0] == "约定动工日满 1 年：2022-11-08 ≤ 2022-11-08"
    assert page["rows"][0]["light"] == "red"  # the worst first
    assert "不足 1/3" in page["basis"]


def supplied(key: str, **fields) -> str:
    from yunxing.desk.casework.models import Case

    limits = {f"limit_{one.id}": "10" for one in place.quotas().land_items}
    case = item("land_supplies", key, project="某项目", **{"key_area": True, "standard": True, **limits, **fields})
    with acting_as_system("test"):
        Case.objects.filter(pk=case).update(state="supplied")
    return case


def test_a_supply_is_held_against_its_own_limits(people):
    """Equal to the limit keeps it; one hundredth beyond does not; a limit that is missing makes the supply incomplete."""
    supplied("好", value_tax="10", value_green="10")
    supplied("差", value_tax="9.99", value_green="10")
    supplied("缺", limit_tax="")
    item("land_supplies", "拟", project="某项目")
    found, page = rows(STANDARD)

    assert {name: row["outcome"] for name, row in found.items()} == {
        "好号地块": "指标齐全，实测均达约定", "差号地块": "1 项未达约定", "缺号地块": "控制指标不全", "拟号地块": "未供地",
    }  # fmt: skip
    assert "亩均税收：9.99万元/亩，约定 ≥ 10万元/亩 ✕" in found["差号地块"]["lines"]
    assert "绿地率：10%，约定 ≤ 10%" in found["差号地块"]["lines"]
    assert "100.0%" in page["basis"]


def test_a_supply_in_a_key_area_that_is_not_standard_land_lowers_the_share(people):
    supplied("好")
    supplied("非", standard=False)
    found, page = rows(STANDARD)

    assert found["非号地块"]["outcome"] == "控制指标不全"
    assert "50.0%" in page["basis"]


def board(**changed):
    """A closed month with one county's quarter: 4 % less energy to a yuan, 80,000 t of coal less."""
    now = {"energy_total": 960_000, "feedstock": 0, "new_renewables": 0, "gdp_constant": 1000, "coal_used": 920_000_000} | changed
    before = {"energy_total": 1_000_000, "feedstock": 0, "gdp_constant": 1000, "coal_used": 1_000_000_000}
    facts = [
        {"form": "county_energy_quarter", "period": "2022-01..09", "as_reported": "cumulative", "held": False, "role": role, "party": COUNTY, "item": name, "value": value}
        for role, values in (("value", now), ("last_year_restated", before))
        for name, value in values.items()
    ]  # fmt: skip
    return SimpleNamespace(snapshot=SimpleNamespace(table=lambda _name: pa.Table.from_pylist(facts)))


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({}, "免考能耗总量"),
        ({"energy_total": 968_000}, "不免考，未下达总量控制数"),
        ({"coal_used": 930_000_000}, "不免考，未下达总量控制数"),
    ],
)
def test_a_county_must_exceed_both_targets(people, changed, outcome):
    """3.2 % and 70,000 t are the demonstration's targets of this county: reaching one exactly is not exceeding it."""
    found, page = rows(ENERGY, board(**changed))
    row = found[dict(place.counties())[COUNTY]]

    assert row["outcome"] == outcome
    assert "未到年末" in page["basis"]
    assert sum(one["outcome"] == "不能评定" for one in page["rows"]) == len(page["rows"]) - 1
    assert any(("超额" in line) for line in row["lines"])


def test_without_a_closed_month_nothing_is_assessed(people):
    assert rows(ENERGY)[1]["rows"] == []


def test_a_county_sees_its_own_parcels_and_takes_them_away(people):
    """The page and the workbook hold the same rows: the county's own."""
    item("land_parcels", "本县", **NOT_STARTED)
    item("land_parcels", "外县", unit="371603", **NOT_STARTED)
    client = people.client("county")
    page = client.get(f"/ledgers/assessments/{IDLE}/").content.decode()
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/ledgers/assessments/{IDLE}/", {"as": "xlsx"}).content))
    cells = {str(cell.value) for sheet in book.worksheets for line in sheet.iter_rows() for cell in line}

    assert "本县号地块" in page
    assert "外县号地块" not in page
    assert "本县号地块" in cells
    assert "外县号地块" not in cells
    assert "约定动工日满 1 年：2022-11-08 &gt; 2022-11-07" in page


def test_the_ledgers_page_leads_to_every_test_and_an_unknown_one_is_not_there(people):
    client = people.client("li")
    home = client.get("/ledgers/").content.decode()

    for name in (IDLE, STANDARD, ENERGY):
        assert f"/ledgers/assessments/{name}/" in home
        assert client.get(f"/ledgers/assessments/{name}/").status_code == 200
    assert client.get("/ledgers/assessments/none/").status_code == 404


def test_an_analyst_reads_no_planned_cut_by_name(people):
    """How many there are he may know; the firm and its plan he may not."""
    from yunxing.desk.factors import proposals

    fields = {
        "id": "S-1", "title": "某厂拟关停窑炉", "firm": "91990000MA00000A0X", "county": COUNTY, "kind": "closure", "unit": "kg-NOx", "planned": 10_000,
        "baseline": 12_000, "planned_done": DAY.replace(year=2023), "document": "方案第1号", "decision": "",
    }  # fmt: skip
    proposals.enter_source(people.standing("li"), fields)
    assert "某厂拟关停窑炉" in people.client("li").get("/ledgers/sources/").content.decode()
    seen = people.cast.client("analyst").get("/ledgers/sources/").content.decode()

    assert "某厂拟关停窑炉" not in seen
    assert "登记有 1 项" in seen
