"""A change of a rule: what it would do, signed by a second person, in force from its day on; never by one hand, never under rules that moved."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from desk.support.conftest import FIRM_A, TODAY
from yunxing.desk.people.models import JournalEntry
from yunxing.desk.scoping import acting_as_system
from yunxing.desk.support import change_services, in_force
from yunxing.desk.support.models import RuleChange
from yunxing.flows.rules_in_force import rules_in_force
from yunxing.packs.find import find_pack

pytestmark = pytest.mark.django_db
POLICY = "m18_listing_ladder"
LATER = date(2022, 11, 1)


def text(response) -> str:
    return response.content.decode()


def proposed(firms, **typed):
    form = {"b.bands.0": "300 万元", "basis": "某市〔2022〕1号", "starts": LATER.isoformat(), "act": "propose", **typed}
    return firms.client("bureau").post(f"/policies/{POLICY}/what-if/", form)


def test_a_what_if_says_the_cost_and_who_wins(firms) -> None:
    response = firms.client("bureau").post(
        f"/policies/{POLICY}/what-if/", {"b.bands.0": "300 万元", "2.f.bands.1": "15 亿元", "act": "look"}
    )
    first, second = response.context["reports"]
    assert (first["change_fen"], first["winners"], first["losers"], first["newly"]) == (100 * 10**6, 1, 0, 0)
    assert (second["change_fen"], second["winners"], second["losers"]) == (-500 * 10**6, 0, 1)
    assert [line["group"] for table in first["tables"] for line in table["lines"]], "by county, industry and size"
    assert "不足 3 家，不示" in text(response), "a sum of one enterprise is not told"
    assert RuleChange.objects is not None


def test_a_condition_left_out_lets_more_in(firms, home) -> None:
    from desk.support.conftest import keep, listing

    keep(home, [listing(FIRM_A, 8 * 10**10, has_bonus_before=True)])
    response = firms.client("command").post(f"/policies/{POLICY}/what-if/", {"c.first_time": "1", "act": "look"})
    (report,) = response.context["reports"]
    assert (report["newly"], report["change_fen"]) == (1, 200 * 10**6)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({}, "没有改动"),
        ({"b.bands.0": "三百"}, "三百"),
        ({"b.bands.0": "30%"}, "expected a fen"),
        ({"f.bands.1": "25 亿元"}, "no longer rise"),
        ({"b.bands.0": "300 万元", "act": "propose", "basis": "x", "starts": "2022-01-01"}, "已过"),
        ({"b.bands.0": "300 万元", "act": "propose", "basis": "", "starts": "2022-11-01"}, "依据的文件"),
        ({"b.bands.0": "300 万元", "act": "propose", "basis": "x", "starts": ""}, "请填写起始日"),
    ],
)
def test_a_change_that_cannot_be_is_refused_in_words(firms, typed: dict[str, str], says: str) -> None:
    response = firms.client("bureau").post(f"/policies/{POLICY}/what-if/", {"act": "look", **typed})
    assert response.status_code == 400
    assert says in text(response)
    with acting_as_system("test"):
        assert RuleChange.objects.count() == 0


def test_a_change_is_signed_by_a_second_person_and_holds_from_its_day(firms) -> None:
    assert proposed(firms).status_code == 302
    with acting_as_system("test"):
        change = RuleChange.objects.get()
    assert change.report["change_fen"] == 100 * 10**6
    assert change.report_digest.startswith("sha256:")
    before = in_force.rules()
    page = firms.client("bureau").get(f"/policies/changes/{change.pk}/")
    assert "撤回" in text(page)
    assert "签署</button>" not in text(page)
    firms.client("bureau").post(f"/policies/changes/{change.pk}/act/", {"act": "sign"})
    assert in_force.rules().id == before.id, "nobody signs his own change"

    firms.client("command").post(f"/policies/changes/{change.pk}/act/", {"act": "sign"})
    after = in_force.rules()
    assert after.id == change.changed_ruleset
    assert [(one.sheet.starts, one.sheet.ends) for one in after.versions(POLICY)] == [
        (date(2022, 5, 27), date(2022, 10, 31)), (LATER, None),
    ]  # fmt: skip
    row = {"raised": 8 * 10**10, "board": 5, "listed_on": 19000, "as_of": 19300, "has_bonus_before": False}
    amounts = [in_force.scalar(after, after.policy(POLICY, day)).decide(row)[0].amount_fen for day in (TODAY, LATER)]
    assert amounts == [200 * 10**6, 300 * 10**6]
    assert "200万元 → 300 万元" in text(firms.client("county_a").get(f"/policies/{POLICY}/")) or "300" in text(
        firms.client("county_a").get(f"/policies/{POLICY}/")
    )
    with acting_as_system("test"):
        acts = list(JournalEntry.objects.filter(object_kind="rule_change").values_list("act", flat=True))
    assert sorted(acts) == ["propose", "sign"]


def test_signed_changes_reach_the_flows(firms) -> None:
    proposed(firms)
    with acting_as_system("test"):
        change_services.sign(RuleChange.objects.get(), "second", RuleChange.objects.get().proposed_at)
    connection.ensure_connection()
    assert rules_in_force(find_pack(None), connection).id == in_force.rules().id


def test_a_report_made_under_other_rules_is_not_signed(firms) -> None:
    proposed(firms)
    proposed(firms, **{"b.bands.0": "250 万元"})
    with acting_as_system("test"):
        second, first = RuleChange.objects.all()
    client = firms.client("command")
    client.post(f"/policies/changes/{first.pk}/act/", {"act": "sign"})
    answer = client.post(f"/policies/changes/{second.pk}/act/", {"act": "sign"}, follow=True)
    assert "所附测算不再成立" in text(answer)
    with acting_as_system("test"):
        second.refresh_from_db()
    assert second.state == "proposed"


def test_who_turns_down_says_why_and_who_proposed_may_withdraw(firms) -> None:
    proposed(firms)
    with acting_as_system("test"):
        change = RuleChange.objects.get()
    client = firms.client("command")
    assert "请写明退回的理由" in text(client.post(f"/policies/changes/{change.pk}/act/", {"act": "refuse"}, follow=True))
    client.post(f"/policies/changes/{change.pk}/act/", {"act": "refuse", "remark": "依据不足"})
    assert "依据不足" in text(client.get(f"/policies/changes/{change.pk}/"))
    assert "已办结" in text(client.post(f"/policies/changes/{change.pk}/act/", {"act": "sign"}, follow=True))
    proposed(firms)
    with acting_as_system("test"):
        mine = RuleChange.objects.filter(state="proposed").get()
    firms.client("bureau").post(f"/policies/changes/{mine.pk}/act/", {"act": "withdraw"})
    with acting_as_system("test"):
        mine.refresh_from_db()
    assert mine.state == "withdrawn"
    assert "已撤回" in text(client.get("/policies/changes/"))


def test_counties_read_changes_and_enterprises_do_not(firms) -> None:
    proposed(firms)
    with acting_as_system("test"):
        change = RuleChange.objects.get()
    county = firms.client("county_a")
    assert county.get(f"/policies/changes/{change.pk}/").status_code == 200
    assert county.post(f"/policies/changes/{change.pk}/act/", {"act": "sign"}).status_code == 403
    assert county.get(f"/policies/{POLICY}/what-if/").status_code == 403
    assert firms.client("enterprise").get(f"/policies/changes/{change.pk}/").status_code == 403
