"""The watch over credit: what is gathered from reports, who may see it, the case it opens. Balances are reported facts of a home of the test."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from yunxing.desk.casework.models import Case
from yunxing.desk.matching import services
from yunxing.desk.matching.place import rules
from yunxing.desk.people.models import JournalEntry
from yunxing.desk.reporting.models import Party
from yunxing.desk.scoping import acting_as_system
from yunxing.engines.facts.table import SCHEMA
from yunxing.flows.matching_inputs import drawn_needs, facilities_used, watched_credit
from yunxing.io.tables import append_batch
from yunxing.packs.matching import DrawEntry

pytestmark = pytest.mark.database
FIRM, OTHER, DAY = "91990000MA00000A0X", "91990000MA00000B0X", date(2022, 11, 8)
MILLION = 10**8  # fen


def fact(form, item, party, period, value):
    plain = {
        "form": form, "item": item, "role": "value", "party": party, "unit": "A01", "region": "", "industry": "", "period": period, "as_reported": "month",
        "value": value, "words": None, "absence": None, "basis": "", "origin": "administrative", "status": "reported", "held": False, "cause": "",
        "known_at": datetime(2022, 10, 9, tzinfo=UTC), "version": 1, "submission": "s", "sheet": "", "cell": "",
    }  # fmt: skip
    return {name: plain[name] for name in SCHEMA}


def written(home, form, rows):
    for period in sorted({one["period"] for one in rows}):
        month = period if ".." not in period else f"{period[:5]}{period[-2:]}"
        append_batch(home, month, form, pl.DataFrame([one for one in rows if one["period"] == period], schema=SCHEMA))


@pytest.fixture
def reported(settings, cast):
    """One firm loses 30 % at one bank and nothing at another; a second firm loses as much but has something overdue."""
    rows = []
    for period, first, second in (("2022-06", 10, 10), ("2022-09", 7, 10)):
        rows += [
            fact("loan_balance_month", "balance", f"{FIRM}/B1", period, first * MILLION),
            fact("loan_balance_month", "balance", f"{FIRM}/B2", period, second * MILLION),
        ]
        rows += [fact("loan_balance_month", "balance", f"{OTHER}/B1", period, first * MILLION)]
    for pair, late in ((f"{FIRM}/B1", 0), (f"{FIRM}/B2", 0), (f"{OTHER}/B1", 1)):
        rows += [
            fact("loan_balance_month", "overdue", pair, "2022-09", late),
            fact("loan_balance_month", "meets_baseline", pair, "2022-09", 1),
        ]
    written(settings.HOME, "loan_balance_month", rows)
    banks = [
        fact("bank_month", "manufacturing_loans", bank, period, 100 * MILLION) for bank in ("B1", "B2") for period in ("2022-06", "2022-09")
    ]
    banks += [
        fact("bank_month", "carbon_lent", "B1", "2022-01..09", 10 * MILLION),
        fact("bank_month", "carbon_funded", "B1", "2022-01..09", 3 * MILLION),
    ]
    written(settings.HOME, "bank_month", banks)
    with acting_as_system("test"):
        for id_, kind, name, unit in ((FIRM, "enterprise", "甲厂", "A01"), ("B1", "bank", "某银行", "")):
            Party.objects.create(id=id_, kind=kind, name=name, unit=unit, valid_from=date(2020, 1, 1), attributes={})
    return settings.HOME


def test_the_rule_reads_both_ends_of_three_months_and_the_banks_other_loans(reported):
    watched = watched_credit(reported, rules().credit, DAY)

    assert (watched.before, watched.now, watched.judged) == ("2022-06", "2022-09", 3)
    assert [(one.party, one.bank) for one in watched.found] == [(FIRM, "B1")]
    assert watched.found[0].facts.others_now - watched.found[0].facts.others_before == 3 * MILLION, (
        "the firm's own balance is not among the others"
    )
    assert watched_credit(reported, rules().credit, date(2022, 10, 1)) is None, "nothing was known then"


def test_the_use_of_a_facility_is_what_was_funded_of_what_is_due(reported):
    (carbon, period, used), _coal = facilities_used(reported, rules().facilities, DAY)
    assert (carbon.id, period) == ("carbon_reduction", "2022-01..09")
    assert [(one.bank, one.due, one.share) for one in used] == [("B1", 6 * MILLION, pytest.approx(0.5))]


def test_the_list_is_for_the_command_and_the_offices_that_watch_credit_alone(clerks, reported):
    served = {
        who: clerks[who].get("/matching/credit/").status_code
        for who in ("command", "PBC", "HRSS", "bureau", "county_a", "enterprise", "analyst")
    }
    assert served == {"command": 200, "PBC": 200, "HRSS": 403, "bureau": 403, "county_a": 403, "enterprise": 403, "analyst": 403}

    page = clerks["PBC"].get("/matching/credit/").content.decode()
    for words in ("甲厂", "某银行", "1,000.00万元", "700.00万元", "30.0%", "碳减排支持工具", "50.0%"):
        assert words in page, words
    assert JournalEntry.objects.filter(object_kind="credit_watch").exists()
    assert "抽贷断贷监测" not in clerks["county_a"].get("/matching/").content.decode()


def test_a_hit_opens_one_case_with_bank_and_firm(clerks, reported):
    for who, status in (("PBC", 302), ("PBC", 302), ("HRSS", 404)):
        assert clerks[who].post("/matching/credit/open/", {"pair": f"{FIRM}/B1"}).status_code == status
    assert clerks["PBC"].post("/matching/credit/open/", {"pair": f"{OTHER}/B1"}).status_code == 404

    with acting_as_system("test"):
        case = Case.objects.get(definition="credit_withdrawal")
    assert (case.party, case.lead) == (FIRM, "PBC")
    assert "某银行" in case.words
    assert f"/cases/{case.pk}/" in clerks["PBC"].get("/matching/credit/").content.decode()


def test_needs_are_drawn_from_the_newest_report_with_their_second_key(reported):
    from django.db import connection

    rows = []
    for party, asked, granted in ((f"{FIRM}/europe", 900, 500), (f"{FIRM}/asia", 300, 300), (f"{OTHER}/asia", 500, 0)):
        rows += [
            fact("space_month", "asked_teu", party, "2022-09", asked),
            fact("space_month", "granted_teu", party, "2022-09", granted),
            fact("space_month", "direct_customer", party, "2022-09", 1),
        ]
    written(reported, "space_month", rows)

    found = drawn_needs(reported, connection, rules().draws["vessel_space"], DAY)

    assert [(one["id"], one["party"], one["quota"], one["direction"], one["small"]) for one in found] == [
        (f"{FIRM}/europe", FIRM, 4, "欧洲", 1)
    ]
    assert drawn_needs(reported, connection, DrawEntry(form="labour_month", quota="missing_workers"), DAY) == []
    with acting_as_system("test"):
        assert services.draw(rules().kinds["vessel_space"]) == 1
        assert services.draw(rules().kinds["vessel_space"]) == 1
