"""The truth names every planted event, and the rows sent show it."""

import json

import pytest

from yunxing.city.parcels import parcels
from yunxing.city.reports import rows
from yunxing.city.truth import period_code, truth
from yunxing.values.period import Month

FIRST, LAST = Month(2022, 1), Month(2022, 9)
KINDS = {
    "stoppage": "incipient",
    "decline": "trend",
    "project_stall": "incipient",
    "coal_shortage": "incipient",
    "unit_slip": "typing_error",
    "stale_repeat": "typing_error",
    "letter_o": "typing_error",
    "late_report": "late",
    "late_workbook": "late",
    "target_miss": "latent",
}


@pytest.fixture(scope="module")
def sent(city):
    return parcels(city, FIRST, LAST)


@pytest.fixture(scope="module")
def told(city, sent):
    return truth(city, FIRST, LAST, sent)


@pytest.fixture(scope="module")
def typed(city, forms, sent):
    """File → party → values, as typed."""
    return {p.file(city): {row.party: row.values for row in rows(city, forms[p.form], p)} for p in sent if p.form != "coal_day"}


def events(told, kind):
    return [event for event in told["events"] if event["kind"] == kind]


def test_every_kind_of_event_is_told_with_its_signal(told):
    assert {event["kind"]: event["signal"] for event in told["events"]} == KINDS


def test_events_are_numbered_in_the_order_of_their_first_period(told):
    assert [event["id"] for event in told["events"]] == [f"E{n:04d}" for n in range(1, len(told["events"]) + 1)]
    firsts = [event["periods"][0] for event in told["events"]]
    assert firsts == sorted(firsts)


def test_no_event_lies_outside_the_range(told):
    for event in told["events"]:
        if event["kind"] != "target_miss":
            assert all("2022-01" <= period <= "2022-09-30" for period in event["periods"]), event


def test_the_truth_is_labelled_and_plain_json(told, city):
    assert told["label"] == city.settings.label
    assert json.loads(json.dumps(told, ensure_ascii=False)) == told


@pytest.mark.parametrize("kind", ["letter_o", "unit_slip"])
def test_a_typing_error_stands_in_the_workbook_and_is_put_right_in_the_next(told, typed, kind):
    assert events(told, kind)
    for event in events(told, kind):
        party, column = event["subject"]["id"], event["column"]
        assert str(typed[event["workbook"]][party][column]) == event["typed"]
        assert str(typed[event["sent_again"]][party][column]) == event["true"]
        assert event["typed"] != event["true"]


def test_a_stale_repeat_is_equal_to_the_month_before(told, typed):
    assert events(told, "stale_repeat")
    for event in events(told, "stale_repeat"):
        month = int(event["periods"][0][-2:])
        before = event["workbook"].replace(f"2022-{month:02d}", f"2022-{month - 1:02d}")
        party = event["subject"]["id"]
        assert typed[event["workbook"]][party]["output/value/month"] == typed[before][party]["output/value/month"]


def test_a_late_row_is_missing_first_and_sent_later(told, typed):
    assert len(events(told, "late_report")) > 20
    for event in events(told, "late_report"):
        party = event["subject"]["id"]
        assert party not in typed[event["workbook"]]
        assert party in typed[event["sent_again"]]


def test_a_stall_is_told_with_the_project_that_reports_nothing(told, typed, city):
    for event in events(told, "project_stall"):
        for period in event["periods"]:
            file = f"{period}/SYNTHETIC_{event['subject']['unit']}_project_month_{period}.xlsx"
            assert typed[file][event["subject"]["id"]]["investment/value/month"] == 0


def test_the_year_misses_investment_and_admissions(told):
    missed = {event["item"] for event in events(told, "target_miss")}

    assert {"project_investment", "above_scale_entries"} <= missed
    assert "listings" not in missed


def test_the_truth_of_a_longer_range_holds_that_of_a_shorter(city, told):
    longer = truth(city, Month(2021, 1), LAST, parcels(city, Month(2021, 1), LAST))

    def key(event):
        return (event["kind"], event["subject"]["id"], event["periods"][-1])

    assert {key(event) for event in told["events"]} <= {key(event) for event in longer["events"]}


@pytest.mark.parametrize(
    ("month", "form", "code"),
    [
        (Month(2022, 2), "enterprise_month", "2022-01..02"),
        (Month(2022, 2), "coal_day", "2022-02"),
        (Month(2022, 9), "port_month", "2022-09"),
    ],
)
def test_periods_have_the_codes_of_the_facts(month, form, code):
    assert period_code(month, form) == code


def test_a_town_tells_its_own_truth(town):
    told = truth(town, FIRST, LAST, parcels(town, FIRST, LAST))

    assert told["firms"] == 90
    assert events(told, "coal_shortage")
