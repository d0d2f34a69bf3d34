"""`city.toml`: read strictly, every number with its reason, every fault at once."""

from pathlib import Path

import pytest

from yunxing.city.settings import check_range, settings_of
from yunxing.packs.city import city_tables, load_city
from yunxing.packs.strict import PackFault
from yunxing.values.codes import industry_of
from yunxing.values.errors import BadInput
from yunxing.values.period import Month

PACK = Path(__file__).resolve().parents[2] / "plans" / "binzhou_2022_156"
TEXT = (PACK / "city.toml").read_text(encoding="utf-8")


def broken(tmp_path, *changes):
    """The pack's file with changes, refused; the message."""
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (tmp_path / "city.toml").write_text(text, encoding="utf-8")
    with pytest.raises(PackFault) as refused:
        load_city(tmp_path)
    return str(refused.value)


def test_the_pack_of_the_plan_is_read():
    settings = settings_of(city_tables(load_city(PACK)))

    assert settings.firms == 2019
    assert settings.mean_revenue == 46000
    assert settings.first == Month(2018, 1)
    assert len(settings.units) == 10
    assert settings.projects == 182
    assert settings.coal_min_days == 7


def test_every_table_of_numbers_has_a_source_or_an_assumption():
    city = load_city(PACK)
    tables = [city.city, *city.units, *city.industries, *city.seasons, *city.path, *city.turnover, city.coal, *city.coal.sites, *city.ports]
    tables += [
        *city.listings,
        *city.events,
        *city.targets,
        city.projects,
        *city.projects.named,
        city.panel,
        city.seed_bank,
        city.candidates,
    ]

    assert all(table.source or table.assumption for table in tables)


def test_industries_are_divisions_of_the_classification():
    for industry in load_city(PACK).industries:
        assert industry_of(industry.code).code == industry.code


def test_units_are_those_the_regions_of_the_pack_report():
    import tomllib

    regions = tomllib.loads((PACK / "lists" / "regions.toml").read_text(encoding="utf-8"))
    reporting = {(unit["id"], unit["name"], unit["region"]) for unit in regions["unit"]}

    assert {(unit.code, unit.name, unit.region) for unit in load_city(PACK).units} == reporting


def test_an_unknown_key_is_named_with_its_neighbour(tmp_path):
    assert "did you mean 'giants_share'" in broken(tmp_path, ("giants_share = ", "giant_share = "))


def test_a_float_is_refused(tmp_path):
    assert "decimal point" in broken(tmp_path, ("firms = 2019", "firms = 2019.5"))


def test_a_share_without_its_sign_is_refused(tmp_path):
    assert "no rate" in broken(tmp_path, ('firms = "13%"', 'firms = "0.13"'))


def test_a_table_without_reason_is_refused(tmp_path):
    assert "neither source nor assumption" in broken(tmp_path, ('assumption = "little season"\n', ""))


def test_shares_that_do_not_add_up_are_refused(tmp_path):
    assert "101.00%" in broken(tmp_path, ('firms = "13%"', 'firms = "14%"'))


def test_names_that_are_not_there_are_refused_with_the_nearest(tmp_path):
    message = broken(tmp_path, ('season = "cloth"', 'season = "cloths"'), ('unit = "BZ-BH"', 'unit = "BZ-BX"'))

    assert "did you mean cloth?" in message
    assert "did you mean BZ-BH?" in message  # both faults at once


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("year = 2021\nquarters", "year = 2020\nquarters", "each year from 2018 to 2026"),
        ('reference_month = "2022-09"', 'reference_month = "2031-09"', "a month from 2018-01 to 2026-12"),
        ('reference_month = "2022-09"', 'reference_month = "2022-13"', "pattern"),
        ('code_mark = "HC"', 'code_mark = "IO"', "pattern"),
        ('daily = "21000 吨"', 'daily = "21000"', "daily"),
        ('daily = "21000 吨"', 'daily = "21000 万元"', "daily"),
        ('total = "52 亿元"', 'total = "52 t"', "names no unit"),
        ('boards = ["NEEQ", "BSE", "NEEQ", "SZSE"]', 'boards = ["NEEQ", "BSE", "NEEQ"]', "4 months and 3 boards"),
        ('seats = ["371681", "371681", "BZ-BH", "371625"]', 'seats = ["371681"]', "4, one for each giant"),
        ('code = "BZ-GXQ"', 'code = "BZ-JKQ"', "more than once"),
        ("months = [980, 940,", "months = [940,", "12"),
        ('size = "5%"', "", "how much output is lost"),
        ('industry = "21"\nmonths = 8', "months = 8", "the industry that declines"),
        ('kind = "letter_o"', 'kind = "letter_q"', "letter_o"),
    ],
)
def test_bad_values_are_refused(tmp_path, old, new, words):
    assert words in broken(tmp_path, (old, new))


def test_a_pack_without_the_file_says_so(tmp_path):
    with pytest.raises(PackFault, match=r"city\.toml"):
        load_city(tmp_path)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (Month(2017, 12), Month(2018, 3), "2018-01"),
        (Month(2026, 1), Month(2027, 1), "2026-12"),
        (Month(2022, 9), Month(2022, 8), "empty"),
    ],
)
def test_months_outside_the_city_are_refused(first, last, words):
    with pytest.raises(BadInput, match=words):
        check_range(settings_of(city_tables(load_city(PACK))), first, last)


def test_the_ends_of_the_range_are_inside():
    check_range(settings_of(city_tables(load_city(PACK))), Month(2018, 1), Month(2026, 12))


def test_the_page_of_assumptions_says_what_the_pack_says():
    """docs/synthetic_city.md repeats the shares for readers; it must not drift from the file."""
    page = (PACK.parents[1] / "docs" / "synthetic_city.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("| ")]
    city = load_city(PACK)

    def percent(share):
        return f"{share * 100:.4g} %"

    for unit in city.units:
        assert [unit.code, percent(unit.firms)] in [row[:2] for row in rows]
    for industry in city.industries:
        giants = f"{industry.giants}, {percent(industry.giants_share)}"
        wanted = [industry.code, percent(industry.firms), percent(industry.revenue), giants, percent(industry.margin)]
        assert wanted in [row[:5] for row in rows]
    for event in city.events:
        assert [f"`{event.kind}`", str(event.yearly)] in [row[:2] for row in rows]
    for path, turnover, projects in zip(city.path, city.turnover, city.projects.years, strict=True):
        wanted = [str(path.year), *map(percent, path.quarters), str(turnover.annual), str(turnover.monthly), str(turnover.exits)]
        assert [*wanted, f"{projects.planned / 10_000:.0f}", percent(projects.done)] in rows
