"""What a pack's forms owe their respondents: planted faults are named with their place; the first plan's forms have none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pack_cast import PLAN, change
from yunxing.packs.check import check
from yunxing.packs.check_forms import form_faults
from yunxing.packs.pack import load_pack


@pytest.fixture
def copy(tmp_path):
    return Path(shutil.copytree(PLAN, tmp_path / "pack"))


def test_the_first_plans_forms_ask_nothing_twice_and_have_a_basis(plan):
    assert [str(fault) for fault in form_faults(plan)] == []


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("panel_month.toml", 'id = "receivable"', 'id = "output"', "which enterprise_month.output collects already"),
        ("panel_month.toml", 'title = "应收账款"', 'title = "营业收入"', "which enterprise_month.revenue collects already"),
        ("energy_use_month.toml", 'title = "绿色电力消费量"', 'title = "用电量"', "which energy_use_month.green_power collects already"),
        ("renovation_month.toml", 'title = "技改投资"', 'title = "完成投资"', "which project_month.investment collects already"),
        ("trade_month.toml", "valid_until = 2025-12-31", "valid_until = 2022-12-30", "expires on 2022-12-30"),
        ("trade_month.toml", "valid_until = 2025-12-31", "valid_until = 2021-12-31", "one valid to 2022-12-31 at least"),
        ("bank_month.toml", 'sender = "PBC"', 'sender = "PBO"', "the office 'PBO'"),
        ("bank_month.toml", 'clauses = ["2/6"', 'clauses = ["2/9"', "a clause of measures.toml"),
    ],
)
def test_planted_faults_are_named(copy, file, old, new, says):
    change(copy, f"forms/{file}", old, new)

    found = form_faults(load_pack(copy))

    assert any(says in str(fault) for fault in found), [str(fault) for fault in found]
    assert len(found) == 1
    assert not check(load_pack(copy), None).holds


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("trade_month.toml", "valid_until = 2025-12-31", "valid_until = 2022-12-31"),
        ("meets_elsewhere", "", ""),
    ],
)
def test_what_is_lawful_is_let_pass(copy, file, old, new):
    """A basis that ends with the plan's year, and an item taken over from another form."""
    if old:
        change(copy, f"forms/{file}", old, new)
    else:
        text = (copy / "forms" / "panel_month.toml").read_text(encoding="utf-8")
        asked = text.replace('id = "orders"', 'id = "output"', 1).replace(
            'type = "money"', 'type = "money"\nsource = "shared:enterprise_month.output"', 1
        )
        (copy / "forms" / "panel_month.toml").write_text(
            asked.replace('items = ["orders"]', 'items = ["output"]').replace('"inventory", "orders"', '"inventory", "output"'),
            encoding="utf-8",
        )

    assert [str(fault) for fault in form_faults(load_pack(copy))] == []


def test_an_item_without_a_level_refuses_the_pack_with_its_line(copy):
    change(copy, "forms/channel_month.toml", "level = 1\n", "")

    report = check(load_pack(copy), None)

    assert not report.holds
    assert any("level" in str(fault) and "channel_month.toml" in fault.file for fault in report.faults)


def test_defaults_never_hold_a_level_and_an_item_may_say_otherwise(copy):
    from yunxing.packs.forms import load_forms

    forms = load_forms(copy)
    assert {item.origin for item in forms["county_energy_quarter"].items} == {"statistics"}
    assert forms["freight_month"].item("toll_saving").source == "shared:高速公路联网收费"
    assert forms["freight_month"].item("road_freight").source == "collect"
    change(copy, "forms/channel_month.toml", "[defaults]\n", "[defaults]\nlevel = 1\n")
    assert any("level" in str(fault) for fault in check(load_pack(copy), None).faults)


def test_no_benefit_and_no_figure_by_party_reads_single_respondents_statistics(copy):
    form = copy / "forms" / "listing_month.toml"
    form.write_text(form.read_text(encoding="utf-8").replace('origin = "administrative"', 'origin = "statistics"'), encoding="utf-8")
    firm = copy / "forms" / "enterprise_month.toml"
    firm.write_text(firm.read_text(encoding="utf-8").replace('origin = "dispatch"', 'origin = "statistics"'), encoding="utf-8")

    found = [str(fault) for fault in form_faults(load_pack(copy))]

    assert any("profile.toml" in one and "listing_month.raised" in one for one in found), found
    assert any("indicators.toml" in one and "enterprise_month.electricity" in one for one in found), found
    assert not any("output_growth" in one for one in found)


def test_a_limit_by_the_registry_names_a_column_of_what_the_form_is_about(tmp_path):
    """A misspelt column is told with the nearest one; a project's column is none of a site."""
    import shutil

    from yunxing.packs.check_forms import form_faults
    from yunxing.packs.pack import load_pack

    whole = Path(__file__).resolve().parents[2] / "plans" / "binzhou_2022_156"
    for wrong in ("yard_max", "total_investment_fen"):
        copy = tmp_path / wrong
        shutil.copytree(whole, copy)
        file = copy / "forms" / "coal_day.toml"
        file.write_text(file.read_text(encoding="utf-8").replace('registry = "yard_max_t"', f'registry = "{wrong}"'), encoding="utf-8")
        found = [one for one in form_faults(load_pack(copy)) if "registry" in one.place]

        assert [repr(wrong) in one.found for one in found] == [True]
        assert "column of a site" in found[0].expected
