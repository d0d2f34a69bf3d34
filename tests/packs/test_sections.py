"""What exists in a pack is found by id, file and line; each section has a loader that is called only when the pack has the section."""

import pytest

from pack_cast import PLAN
from yunxing.packs.sections import KINDS, LOADERS, entries, loader_of, present
from yunxing.values.errors import BadInput


def test_ids_of_the_first_plan(plan):
    ids = set(plan.entries)

    assert {
        f"indicator:{name}"
        for name in (
            "output_growth",
            "project_investment",
            "coal_days",
            "above_scale_entries",
            "listings",
            "port_foreign_cargo",
            "completeness",
            "timeliness",
        )
    } <= ids
    assert {
        f"form:{name}" for name in ("enterprise_month", "project_month", "coal_day", "port_month", "growth_point_month", "listing_month")
    } <= ids
    assert {f"list:{name}" for name in ("above_scale", "panel_100", "key_projects", "seed_bank", "coal_sites", "ports")} <= ids
    assert {"policy:m02_loan_interest", "policy:m18_listing_ladder", "document:monthly_bulletin"} <= ids
    assert not [id_ for id_ in ids if ".examples" in id_]


def test_an_entry_leads_to_the_line_where_it_is_defined(plan):
    for entry in plan.entries.values():
        lines = entry.file.read_text(encoding="utf-8").splitlines()
        name = entry.id.partition(":")[2]
        if entry.file.stem != name:
            assert any(f'"{name}"' in line for line in lines[entry.line - 1 : entry.line + 2]), entry


def test_a_kind_has_one_prefix():
    """Each file is read for one kind; case tables and pools may stand in several files."""
    assert len({(kind.prefix, kind.glob) for kind in KINDS}) == len(KINDS)
    assert {kind.prefix for kind in KINDS if [one.prefix for one in KINDS].count(kind.prefix) > 1} == {"case", "pool", "list", "policy", "indicator", "signal"}
    assert len({loader.section for loader in LOADERS}) == len(LOADERS)


@pytest.mark.parametrize("section", ["forms", "indicators", "signals", "cases", "bulletin", "policies", "city"])
def test_every_section_of_the_first_plan_is_read_by_its_loader(plan, section):
    assert loader_of(section) is not None
    assert plan.load_section(section)


def test_a_section_that_is_not_there_is_refused(template):
    from yunxing.packs.pack import load_pack

    pack = load_pack(template)
    assert not present(template, "forms")
    with pytest.raises(BadInput, match="no files of the section 'forms'"):
        pack.load_section("forms")
    with pytest.raises(BadInput, match="cannot read the section 'weather'"):
        pack.load_section("weather")


def test_ids_of_a_pack_without_sections_are_none(template):
    (template / "cases.toml").unlink()

    assert list(entries(template)) == []


def test_nothing_is_read_twice(plan):
    assert plan.regions is plan.regions
    assert plan.entries is plan.entries
    assert plan.folder == PLAN
