"""Which workbooks are sent when."""

from datetime import UTC, date, datetime

import pytest

from yunxing.city.parcels import FORMS, PLANTED_CORRECTION_DAY, members, mistakes, parcels
from yunxing.values.period import Month
from yunxing.values.workdays import Calendar


@pytest.fixture(scope="module")
def sent(city):
    return parcels(city, Month(2022, 1), Month(2022, 9))


def test_every_unit_sends_the_enterprise_form_every_month_but_january(city, sent):
    mains = [(p.month.month, p.unit) for p in sent if p.form == "enterprise_month" and p.number == 0]

    assert sorted(mains) == [(month, unit) for month in range(2, 10) for unit in range(len(city.settings.units))]


def test_coal_is_sent_for_january_too(sent):
    assert {p.month.month for p in sent if p.form == "coal_day"} == set(range(1, 10))


def test_files_have_one_name_each_and_it_says_synthetic(city, sent):
    names = [parcel.file(city) for parcel in sent]

    assert len({name.rpartition("/")[2] for name in names}) == len(names)
    assert all("SYNTHETIC" in name and name.startswith("2022-0") for name in names)


def test_workbooks_are_listed_in_the_order_of_receipt(sent):
    assert [p.received for p in sent] == sorted(p.received for p in sent)


def test_what_is_not_late_arrives_by_the_reporters_day_moved_to_a_working_day(sent):
    calendar = Calendar()
    for parcel in sent:
        after = parcel.month.next()
        due = calendar.next_workday(date(after.year, after.month, 5))
        day = parcel.received.date()  # office hours of Beijing lie within one day of UTC
        if parcel.number == 0 and not parcel.late:
            assert parcel.month.end < day <= due, parcel


def test_a_late_workbook_arrives_after_the_citys_day(sent):
    calendar = Calendar()
    late = [p for p in sent if p.late and p.number == 0]
    assert late
    for parcel in late:
        after = parcel.month.next()
        assert parcel.received.date() > calendar.next_workday(date(after.year, after.month, 10))


def test_workbooks_arrive_in_office_hours(sent):
    for parcel in sent:
        assert parcel.received.tzinfo is UTC
        assert 1 <= parcel.received.hour < 9  # 9 to 17 o'clock in Beijing
        assert Calendar().is_workday(parcel.received.date()) or parcel.number == 0


def test_supplements_follow_the_workbook_they_supplement(sent):
    mains = {(p.form, p.unit, p.month): p.received for p in sent if p.number == 0}
    supplements = [p for p in sent if p.number]
    assert len(supplements) > 20
    for parcel in supplements:
        assert parcel.received.date() > mains[(parcel.form, parcel.unit, parcel.month)].date()
        assert parcel.firms


def test_every_mistake_and_late_row_is_sent_again_exactly_once(city, sent):
    for month in range(2, 10):
        for unit in range(len(city.settings.units)):
            again = [firm for p in sent if p.unit == unit and p.month == Month(2022, month) for firm in p.firms]
            assert sorted(again) == sorted(mistakes(city, unit, Month(2022, month)))


def test_the_planted_slip_is_corrected_only_after_a_month_is_usually_closed(city, sent):
    event = next(e for e in city.plan.of("unit_slip") if e.planted)
    parcel = next(p for p in sent if event.firm in p.firms and p.month == Month(2022, 9))

    assert parcel.received >= datetime(2022, 10, PLANTED_CORRECTION_DAY, tzinfo=UTC)


def test_members_are_those_on_the_list_each_once(city):
    month = Month(2022, 6)
    everyone = [firm for unit in range(len(city.settings.units)) for firm in members(city, unit, month)]

    assert sorted(everyone) == city.people.on_list(city.settings.index(month)).nonzero()[0].tolist()


def test_a_month_is_sent_alike_whatever_range_is_asked_for(city, sent):
    alone = parcels(city, Month(2022, 6), Month(2022, 6))

    assert alone == [parcel for parcel in sent if parcel.month == Month(2022, 6)]


def test_all_forms_are_sent(sent):
    assert {parcel.form for parcel in sent} == set(FORMS)


def test_a_town_without_enterprises_in_a_unit_sends_no_empty_form(town):
    for parcel in parcels(town, Month(2022, 3), Month(2022, 4)):
        if parcel.form == "enterprise_month":
            assert members(town, parcel.unit, parcel.month)
