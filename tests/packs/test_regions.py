"""Regions valid by date, and ten units that report; a zone has an id of its own and lies inside a county."""

import datetime as dt

import pytest

from pack_cast import change
from yunxing.packs.regions import load_regions
from yunxing.packs.strict import PackFault
from yunxing.values.errors import BadInput


def test_ten_units_of_which_three_are_zones_without_a_code(plan):
    units = plan.regions.units

    assert len(units) == 10
    assert [unit.id for unit in units if unit.kind == "zone"] == ["BZ-JKQ", "BZ-GXQ", "BZ-BH"]
    assert all(unit.id == unit.region for unit in units if unit.kind == "county")
    assert len({unit.tile for unit in units}) == 10


def test_tiles_stand_roughly_as_on_the_ground(plan):
    """North is up, east is right: the northern zone above the southern city, the eastern county right of the western one."""
    tile = {unit.id: unit.tile for unit in plan.regions.units}

    assert tile["BZ-BH"][1] < tile["371602"][1] < tile["371681"][1]
    assert tile["371621"][0] < tile["371602"][0]
    assert tile["371623"][1] < tile["371622"][1] < tile["371621"][1]


@pytest.mark.parametrize(
    ("code", "day", "now"),
    [
        ("371624", dt.date(2014, 9, 8), "371624"),
        ("371624", dt.date(2014, 9, 9), "371603"),
        ("371626", dt.date(2018, 7, 1), "371626"),
        ("371626", dt.date(2018, 7, 2), "371681"),
        ("371681", dt.date(2018, 7, 2), "371681"),
    ],
)
def test_a_code_that_ended_leads_to_its_successor(plan, code, day, now):
    assert plan.regions.table.current(code, day).code == now


def test_a_code_is_not_in_force_before_its_day(plan):
    assert plan.regions.table.get("371681", dt.date(2018, 7, 1)) is None
    assert len([region for region in plan.regions.table.on(dt.date(2022, 5, 27)) if region.kind == "county"]) == 7


def test_an_unknown_unit_is_refused_with_the_nearest(plan):
    assert plan.regions.unit("BZ-GXQ").label == "滨州高新区"
    with pytest.raises(BadInput, match="BZ-GXQ"):
        plan.regions.unit("BZ-GXO")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('parent = "990100"', 'parent = "990200"', "a code of this file"),
        ('region = "990121"', 'region = "990122"', "a code of this file"),
        ('id = "990121"', 'id = "990122"', "the county's own code 990121"),
        ('code = "990121"', 'code = "990100"', "each code once"),
        ('parent = "990100"', 'parent = "990100"\nfrom = 2031-01-01\nto = 2030-01-01', "a day not before"),
    ],
)
def test_links_that_lead_nowhere_are_refused(template, old, new, says):
    change(template, "lists/regions.toml", old, new)
    with pytest.raises(PackFault, match=says) as refused:
        load_regions(template / "lists" / "regions.toml")

    assert "line " in refused.value.faults[0].place
