"""代报: nobody enters for another without a recorded authority, and every such entry says so."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from desk.reporting_cast import AT, FAR, TODAY, A
from yunxing.desk.people.models import JournalEntry
from yunxing.desk.reporting import proxies
from yunxing.desk.reporting.models import Party
from yunxing.desk.reporting.report_models import Authority
from yunxing.desk.scoping import acting_as_system
from yunxing.values.errors import Refusal


def record(month, member="county_a", party=A, **more):
    with acting_as_system("test"):
        standing = month.standing(member)
        terms = {"agent": standing.user, "since": TODAY, "until": TODAY + timedelta(days=30), "basis": "授权书〔2022〕3号", "at": AT} | more
        return proxies.record(standing, Party.objects.get(pk=party), **terms)


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"basis": "  "}, "依据"),
        ({"until": TODAY - timedelta(days=1)}, "不超过一年"),
        ({"until": TODAY + timedelta(days=367)}, "不超过一年"),
        ({"party": FAR}, "所在县"),
        ({"member": "command"}, "所在县"),
        ({"member": "enterprise"}, "所在县"),
    ],
)
def test_what_is_no_authority(month, terms, words):
    with pytest.raises(Refusal, match=words):
        record(month, **terms)
    with acting_as_system("test"):
        assert not Authority.objects.exists()


def test_with_one_the_officer_finds_the_report_in_his_list_and_the_receipt_says_so(month):
    client = month.client("county_a")
    pk = month.report().pk
    assert client.get(f"/report/{pk}/").status_code == 409
    done = client.post(
        "/reports/authorities/", {"party": A, "basis": "授权书", "since": TODAY.isoformat(), "until": "2022-12-31"}, follow=True
    )
    assert "授权书" in done.content.decode()
    assert JournalEntry.objects.filter(act="grant_proxy").count() == 1
    assert client.get(f"/report/{pk}/").status_code == 200
    assert month.report().name in client.get("/report/").content.decode()
    month.fill(member="county_a")
    receipt = client.post(f"/report/{pk}/send/", {"sure": "1"}, follow=True).content.decode()
    assert "代报" in receipt
    assert month.report().by_proxy

    with acting_as_system("test"):
        authority = Authority.objects.get()
    client.post(f"/reports/authorities/{authority.pk}/withdraw/")
    assert client.get(f"/report/{pk}/correct/").status_code == 409
    assert month.client("county_b").post(f"/reports/authorities/{authority.pk}/withdraw/").status_code == 404


def test_the_days_of_an_authority_are_both_included(month, monkeypatch):
    from yunxing.desk.reporting.standing import authority_for

    record(month, since=TODAY, until=TODAY + timedelta(days=1))
    with acting_as_system("test"):
        officer, report = month.cast.people.county_a, month.report()
        held = [authority_for(officer, report, TODAY + timedelta(days=n)) is not None for n in (-1, 0, 1, 2)]
        assert authority_for(month.cast.people.county_b, report, TODAY) is None
    assert held == [False, True, True, False]


def test_a_code_that_is_none_of_the_countys_is_answered_in_words(month):
    client = month.client("county_a")
    for party in ("NOBODY", FAR, "P-001"):
        response = client.post("/reports/authorities/", {"party": party, "basis": "b", "since": "2022-11-01", "until": "2022-11-30"})
        assert response.status_code == 400, party
        assert "统一社会信用代码" in response.content.decode()
    assert client.post("/reports/authorities/", {"party": A, "basis": "b", "since": "x", "until": "2022-11-30"}).status_code == 400


def test_withdrawing_twice_keeps_the_first_moment(month):
    authority = record(month)
    with acting_as_system("test"):
        proxies.withdraw(authority, month.standing("county_a"), at=AT)
        proxies.withdraw(authority, month.standing("county_a"), at=AT + timedelta(days=1))
        assert Authority.objects.get().withdrawn_at == AT


def test_an_authority_ends_when_its_person_leaves(month):
    """The handover lists it and ends it: an authority names a person."""
    from yunxing.desk.people import handover

    record(month)
    kinds = {one.kind: one for one in handover._kinds.values()}
    held = kinds["reporting_authority"]
    with acting_as_system("test"):
        assert [one.title for one in held.held(month.cast.people.county_a)] == [f"{Party.objects.get(pk=A).name} {date(2022, 12, 4)}"]
        assert len(held.move(month.cast.people.county_a, month.cast.people.county_b)) == 1
        assert held.held(month.cast.people.county_a) == []
