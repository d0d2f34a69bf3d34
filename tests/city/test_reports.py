"""The rows as typed: figures that fit together, and every mistake of the truth in its cell."""

import itertools
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.city.parcels import members, mistakes, money_unit, parcels
from yunxing.city.reports import figures, hundredth, letter_o, rows, slip_factor
from yunxing.values.period import Month

MARCH, FEBRUARY, JUNE = Month(2022, 3), Month(2022, 2), Month(2022, 6)


def parcel_of(city, form, month, unit=None, number=0):
    return next(p for p in parcels(city, month, month) if p.form == form and p.number == number and unit in (None, p.unit))


@given(st.integers(-(10**9), 10**12))
def test_a_hundredth_is_exact(value):
    assert hundredth(value) * 100 == value


@given(st.integers(0, 10**10).map(hundredth))
def test_a_letter_o_stands_for_one_digit_and_makes_text(value):
    typed = letter_o(value)

    assert len(typed) == len(f"{value:.2f}")
    assert typed.count("O") == 1
    place = typed.index("O")
    assert typed.replace("O", f"{value:.2f}"[place]) == f"{value:.2f}"
    with pytest.raises(ArithmeticError):
        Decimal(typed)


def test_month_is_cumulative_less_the_last_cumulative(city):
    """The rule every reviewer checks, over one unit and the year, from figures alone."""
    firms = [f for f in members(city, 0, Month(2022, 9)) if city.people.on_list(city.settings.index(FEBRUARY))[f]]
    last = figures(city, firms, FEBRUARY)
    assert all(row["output/value/month"] == row["output/value/cumulative"] for row in last)
    for month in range(3, 10):
        now = figures(city, firms, Month(2022, month))
        for before, after in zip(last, now, strict=True):
            for role in ("value", "last_year_restated"):
                assert after[f"output/{role}/cumulative"] - before[f"output/{role}/cumulative"] == after[f"output/{role}/month"]
        last = now


def test_figures_are_the_sums_a_clerk_would_make(city):
    """Slow reference for one enterprise: plain sums over plain numbers."""
    firm = members(city, 3, JUNE)[5]
    index = city.settings.index(JUNE)
    row = figures(city, [firm], JUNE)[0]
    monthly = [int(value) for value in city.months.revenue[firm, index - 5 : index + 1]]

    assert row["revenue/value/cumulative"] == Decimal(sum(monthly)) / 100
    assert row["output/value/month"] == Decimal(int(city.months.output[firm, index])) / 100
    assert row["employees/value/month"] == int(city.months.employees[firm, index])


def test_last_year_is_what_was_sent_last_year_unless_restated(city):
    index = city.settings.index(JUNE)
    firms = [f for f in members(city, 1, JUNE) if city.people.on_list(index - 12)[f]]
    then = figures(city, firms, Month(2021, 6))
    now = figures(city, firms, JUNE)
    same = [a["output/value/cumulative"] == b["output/last_year_restated/cumulative"] for a, b in zip(then, now, strict=True)]
    plain = [city.months.restated[f, index // 12] == 1 for f in firms]

    assert all(s for s, p in zip(same, plain, strict=True) if p)
    assert not all(same)


def test_a_workbook_holds_every_member_but_the_late(city, forms):
    for parcel in parcels(city, JUNE, JUNE):
        if parcel.form == "enterprise_month" and not parcel.number:
            late = {firm for firm, event in mistakes(city, parcel.unit, JUNE).items() if event.kind == "late_report"}
            expected = [city.people.usci[firm] for firm in members(city, parcel.unit, JUNE) if firm not in late]
            assert [row.party for row in rows(city, forms["enterprise_month"], parcel)] == expected


def test_a_supplement_holds_good_figures_of_its_rows_alone(city, forms):
    sent = [p for p in parcels(city, Month(2022, 2), Month(2022, 9)) if p.number]
    assert sent
    for parcel in sent:
        typed = rows(city, forms["enterprise_month"], parcel)
        assert [row.party for row in typed] == [city.people.usci[firm] for firm in parcel.firms]
        assert all(isinstance(value, Decimal | int) for row in typed for value in row.values.values())


def test_a_slip_is_in_all_money_cells_of_its_row_and_nowhere_else(city, forms):
    event = next(e for e in city.plan.of("unit_slip") if e.planted)
    unit, month = int(city.people.unit[event.firm]), city.settings.month(event.month)
    typed = {row.party: row.values for row in rows(city, forms["enterprise_month"], parcel_of(city, "enterprise_month", month, unit))}
    good = figures(city, [event.firm], month)[0]
    row = typed[city.people.usci[event.firm]]

    assert row["output/value/month"] == good["output/value/month"] * 10_000
    assert row["tax/value/cumulative"] == good["tax/value/cumulative"] * 10_000
    assert row["employees/value/month"] == good["employees/value/month"]


def test_a_letter_is_in_one_cell_of_its_row(city, forms):
    event = next(e for e in city.plan.of("letter_o") if e.planted)
    unit, month = int(city.people.unit[event.firm]), city.settings.month(event.month)
    typed = {row.party: row.values for row in rows(city, forms["enterprise_month"], parcel_of(city, "enterprise_month", month, unit))}
    text = [value for value in typed[city.people.usci[event.firm]].values() if isinstance(value, str)]

    assert len(text) == 1
    assert "O" in text[0]


@pytest.mark.parametrize(("unit", "factor"), [(0, Fraction(10_000)), (3, Fraction(1, 10)), (6, Fraction(1, 10_000))])
def test_a_slip_is_of_the_size_the_printed_unit_makes(unit, factor):
    assert slip_factor(unit) == factor
    assert money_unit(unit) in ("万元", "千元", "元")


def test_a_stopped_enterprise_says_why(city, forms):
    event = next(e for e in city.plan.of("stoppage") if e.planted)
    unit, month = int(city.people.unit[event.firm]), city.settings.month(event.month)
    typed = {row.party: row for row in rows(city, forms["enterprise_month"], parcel_of(city, "enterprise_month", month, unit))}
    row = typed[city.people.usci[event.firm]]

    assert "停产" in row.cause
    assert row.values["stop_days/value/month"] > 3


def test_projects_are_the_list_of_the_unit_and_their_money_adds_up(city, forms):
    form = forms["project_month"]
    seen = 0
    for parcel in parcels(city, JUNE, JUNE):
        if parcel.form == "project_month":
            typed = rows(city, form, parcel)
            seen += len(typed)
            titles = {option.title for option in form.item("stage").options}
            assert {row.values["stage/value/month"] for row in typed} <= titles
    index = city.settings.index(JUNE)
    assert seen == city.settings.projects
    assert city.works.invested[:, index - 5 : index + 1].sum() > 0


def test_an_unusual_pace_of_a_project_is_explained_and_a_usual_one_is_not(city, forms):
    """Slow reference on the month's figure: five times its median of the year before, either way."""
    index = city.settings.index(JUNE)
    explained = ordinary = 0
    for parcel in parcels(city, JUNE, JUNE):
        if parcel.form != "project_month":
            continue
        for row in rows(city, forms["project_month"], parcel):
            place = next(n for n, project in enumerate(city.works.projects) if project.id == row.party)
            spent = [float(value) for value in city.works.invested[place, index - 12 : index + 1]]
            merged = [
                (spent[7] + spent[8]) / 2 if n == 8 else value for n, value in enumerate(spent[:-1]) if n != 7
            ]  # January with February
            habit = sorted(value for value in merged if value > 0)
            if len(habit) % 2 and spent[-1] > 0:
                if not 0.2 <= spent[-1] / habit[len(habit) // 2] <= 5:
                    assert row.cause
                    explained += 1
                elif not row.cause:
                    ordinary += 1
    assert ordinary > 20
    assert explained + ordinary > 20


def test_coal_has_a_row_for_every_day(city, forms):
    parcel = parcel_of(city, "coal_day", Month(2022, 9), city.settings.unit_at("371602"))
    typed = rows(city, forms["coal_day"], parcel)
    days = [row.day for row in typed if row.party == typed[0].party]

    assert len(days) == 30
    assert all(b - a == timedelta(days=1) for a, b in itertools.pairwise(days))


def test_every_column_of_a_form_is_filled_by_some_row(city, forms):
    """A form whose column nobody fills would pass unseen."""
    for name, form in forms.items():
        keys = {column.key for column in form.columns()}
        filled: set[str] = set()
        for parcel in parcels(city, Month(2022, 8), Month(2022, 9)):
            if parcel.form == name:
                filled |= {key for row in rows(city, form, parcel) for key, value in row.values.items() if value is not None}
        if name in {parcel.form for parcel in parcels(city, Month(2022, 8), Month(2022, 9))}:
            assert filled == keys, name


def test_admissions_and_listings_of_the_range_are_all_sent(city, forms):
    sent = parcels(city, Month(2022, 1), Month(2022, 12))
    admitted = [row for p in sent if p.form == "growth_point_month" for row in rows(city, forms[p.form], p)]
    listed = [row for p in sent if p.form == "listing_month" for row in rows(city, forms[p.form], p)]

    assert len(admitted) == 170
    assert len(listed) == 4
    assert {row.values["route/value/event"] for row in admitted} == {"月度", "年度"}
