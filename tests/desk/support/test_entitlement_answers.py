"""What an enterprise, a desk and a program are answered: the same amounts by hand, only for days the policy holds, and no input brings a page down."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.support.conftest import FIRM_A, FIRM_B, TODAY, keep, listing
from yunxing.desk.support import api_answers, in_force, my_policies, policy_pages
from yunxing.values.errors import BadInput

pytestmark = pytest.mark.django_db
POLICY = "m18_listing_ladder"
YI, WAN = 10**10, 10**6
FIRST_DAY = date(2022, 5, 27)
PROFILE = {"raised": "8 亿元", "board": "BSE", "listed_on": "2022-06-30", "has_bonus_before": False}


def post(client, address: str, **body):
    return client.post(f"/api/v1/{address}", json.dumps(body), content_type="application/json")


def bonus(raised: int) -> int:
    """The ladder of 156/18/4 by hand: below 10亿 200万, from 10 to below 20亿 700万, from 20亿 on 1200万."""
    return (200 if raised < 10 * YI else 700 if raised < 20 * YI else 1200) * WAN


@pytest.mark.parametrize("raised", [1, 10 * YI - 1, 10 * YI, 10 * YI + 1, 20 * YI - 1, 20 * YI, 2000 * YI])
def test_page_api_and_trial_say_the_same_amount_at_every_edge(firms, home, raised: int) -> None:
    keep(home, [listing(FIRM_A, raised)])
    page = my_policies.my_policies(FIRM_A, TODAY)
    assert [line["amount_fen"] for line in page["entitled"]] == [bonus(raised)]
    answer = api_answers.assess({**PROFILE, "raised": raised, "as_of": TODAY.isoformat()}, POLICY, TODAY)
    assert [one["amount_fen"] for one in answer["results"]] == [bonus(raised)]
    assert answer["combination"]["total_fen"] == bonus(raised)
    tried = policy_pages.tried(POLICY, {"raised": f"{raised // 100}.{raised % 100:02d} 元", "board": "BSE", "listed_on": "2022-06-30", "as_of": TODAY.isoformat(), "has_bonus_before": "否"}, TODAY)  # fmt: skip
    assert tried is not None
    assert tried["answer"]["amount_fen"] == bonus(raised)


@pytest.mark.parametrize(("raised", "outcome"), [(0, "refused"), (2000 * YI + 1, "refused"), (-1, "refused")])
def test_outside_what_can_be_there_is_no_amount(firms, raised: int, outcome: str) -> None:
    (result,) = api_answers.assess({**PROFILE, "raised": raised}, POLICY, TODAY)["results"]
    assert (result["outcome"], result["amount_fen"], result["refused"]) == (outcome, None, ["raised"])


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(1, 2000 * YI))
def test_the_ladder_is_that_of_the_clause_everywhere(firms, raised: int) -> None:
    (result,) = api_answers.assess({**PROFILE, "raised": raised}, POLICY, TODAY)["results"]
    assert result["amount_fen"] == bonus(raised)


@pytest.mark.parametrize(
    ("day", "holds"), [(date(2022, 5, 26), False), (FIRST_DAY, True), (date(2030, 1, 1), True), (date(1, 1, 1), False)]
)
def test_a_policy_is_not_applied_before_it_is_in_force(firms, day: date, holds: bool) -> None:
    given_ = {**PROFILE, "listed_on": "2022-01-04", "as_of": "2022-09-30"}
    if holds:
        assert api_answers.assess(given_, POLICY, day)["results"][0]["amount_fen"] == 200 * WAN
        return
    for ask in (api_answers.assess, api_answers.explain, api_answers.near, api_answers.questions):
        with pytest.raises(BadInput, match=rf"policy: found {POLICY}, in force 2022-05-27/, expected one in force on {day}"):
            ask(given_, POLICY, day)
    with pytest.raises(BadInput, match="expected one in force on"):
        api_answers.what_if(given_, POLICY, {"bands": {"0": "300 万元"}}, [], day)


def test_an_enterprise_is_not_promised_what_is_not_in_force_today(firms) -> None:
    """The day before the plan, and the first day of it."""
    assert my_policies.my_policies(FIRM_A, date(2022, 5, 26))["none"] is True
    assert [one.policy.id for one in my_policies.assessed(FIRM_A, FIRST_DAY)] == [POLICY]


def test_a_policy_that_has_ended_leaves_the_page_of_the_enterprise(firms, home) -> None:
    """The park's tax measure ends with 2022."""
    name = "m20_park_tax"
    policy = in_force.rules().policy(name)
    assert policy.sheet.ends == date(2022, 12, 31)
    keep(home, [{"party": FIRM_A, "payee": FIRM_A, "name": "企业", "source": "test", "arrived": TODAY}], name)
    seen = {day: {one.policy.id for one in my_policies.assessed(FIRM_A, day)} for day in (date(2022, 12, 31), date(2023, 1, 1))}
    assert name in seen[date(2022, 12, 31)]
    assert name not in seen[date(2023, 1, 1)]


def test_promised_and_ceilings_are_apart_and_add_up(firms) -> None:
    page = my_policies.my_policies(FIRM_B, TODAY)
    assert (page["promised"], page["ceilings"], page["count"]) == ("700万元", "0.00元", 1)
    assert page["day"] == TODAY
    assert my_policies.my_policies("nobody", TODAY)["none"] is True


def test_an_explanation_is_of_ones_own_row_alone(firms) -> None:
    assert my_policies.explained(FIRM_A, POLICY, FIRM_A, TODAY) is not None
    for party, policy, row in ((FIRM_A, POLICY, FIRM_B), (FIRM_B, POLICY, FIRM_A), (FIRM_A, "m08_dcmm", FIRM_A), ("", POLICY, FIRM_A)):
        assert my_policies.explained(party, policy, row, TODAY) is None


def test_a_project_of_the_firm_stands_on_the_firms_page_and_on_no_others(firms, home) -> None:
    keep(home, [listing("P1", 8 * YI, payee=FIRM_A), listing("P2", 12 * YI, payee=FIRM_B)])
    assert [line["party"] for line in my_policies.my_policies(FIRM_A, TODAY)["entitled"]] == ["P1"]
    client = firms.client("enterprise")
    assert client.get(f"/entitlements/{POLICY}/P1/").status_code == 200
    assert client.get(f"/entitlements/{POLICY}/P2/").status_code == 404


@pytest.mark.parametrize(
    ("who", "firm", "status"),
    [
        ("county_a", FIRM_A, 200), ("county_a", FIRM_B, 404), ("county_b", FIRM_A, 404), ("command", FIRM_B, 200), ("analyst", FIRM_A, 404),
        ("bureau", FIRM_A, 404), ("enterprise", FIRM_A, 200), ("enterprise", FIRM_B, 404), ("command", "nobody", 404), ("auditor", FIRM_A, 403),
        ("newcomer", FIRM_A, 403),
    ],
)  # fmt: skip
def test_the_api_shows_an_enterprise_to_whom_the_scope_holds_it(firms, who: str, firm: str, status: int) -> None:
    answer = firms.client(who).get(f"/api/v1/parties/{firm}/entitlements")
    assert answer.status_code == status
    if status == 200:
        assert [one["amount_fen"] for one in answer.json()["entitled"]] == [bonus(8 * YI if firm == FIRM_A else 12 * YI)]
    else:
        assert "amount_fen" not in answer.content.decode()


def test_the_api_takes_no_post_of_another_site(firms) -> None:
    """A signed-in browser sends its cookie along; without the token the answer is no."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(firms.people.county_a, backend="django.contrib.auth.backends.ModelBackend")
    assert post(client, "assess", profile=PROFILE).status_code == 403


@pytest.mark.parametrize(
    "value",
    [
        10**30,
        -(10**30),
        "9" * 400,
        "１",
        "1e5 元",
        "NaN",
        "8 亿元; DROP TABLE",
        "\u0000",
        "<script>",
        "8 亿美元",
        "",
        True,
        False,
        [],
        {},
        1.5,
    ],
)
@pytest.mark.parametrize("address", ["assess", "explain", "near-miss", "questions"])
def test_no_value_makes_an_amount_of_nothing_or_brings_the_api_down(firms, address: str, value: object) -> None:
    answer = post(firms.client("county_a"), address, profile={**PROFILE, "raised": value}, policy=POLICY)
    assert answer.status_code in (200, 422)
    if address == "assess" and answer.status_code == 200:
        (result,) = answer.json()["results"]
        assert (result["outcome"] == "yes") == (result["amount_fen"] is not None)
        assert result["outcome"] in ("refused", "needs_data")


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '{"profile": 5}', '{"profile": {}}', '{"profile": {"raised": 1}, "on": "2022-02-30"}', '{"profile": {"raised": 1e400}}'])  # fmt: skip
def test_a_body_that_is_none_is_refused(firms, body: str) -> None:
    answer = firms.client("county_a").post("/api/v1/assess", body, content_type="application/json")
    assert answer.status_code in (400, 422)


@pytest.mark.parametrize("amount", [1200 * WAN + 1, 10**15, 10**30])
def test_an_amount_nothing_reaches_is_answered_without_an_invented_input(firms, amount: int) -> None:
    assert not api_answers.reverse(PROFILE, POLICY, "raised", amount, TODAY).get("found")


@pytest.mark.parametrize(
    ("amount", "after"),
    [(200 * WAN, None), (200 * WAN + 1, "10亿元"), (700 * WAN, "10亿元"), (700 * WAN + 1, "20亿元"), (1200 * WAN, "20亿元")],
)
def test_the_input_for_an_amount_is_the_nearest_step_of_the_ladder(firms, amount: int, after: str | None) -> None:
    found = api_answers.reverse(PROFILE, POLICY, "raised", amount, TODAY)
    assert found["exact"] is (amount in (200 * WAN, 700 * WAN, 1200 * WAN))
    if after:
        assert found["found"]["after"] == after


# ---- the library and a trial ----
@pytest.mark.parametrize(
    "query",
    [
        "on=2022-02-30",
        "on=9999-99-99",
        "on=%00",
        "q=%27%3B--",
        "party=x",
        "measure=999",
        "status=%3Cscript%3E",
        "q=" + "a" * 3000,
        "on=1900-01-01",
    ],
)
def test_the_library_takes_any_question(firms, query: str) -> None:
    answer = firms.client("county_a").get(f"/policies/?{query}")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_facets_narrow_together_and_say_how_many_there_are(firms) -> None:
    every = policy_pages.library({}, TODAY)
    assert every["total"] == len(every["policies"])
    both = policy_pages.library({"party": "project", "status": "verified"}, TODAY)["policies"]
    assert {one["id"] for one in both} == {
        one["id"] for one in every["policies"] if (one["party"], one["status"]) == ("project", "verified")
    }
    for facet in every["facets"]:
        shown = {value for value, _word in facet["values"]}
        assert shown == {one[facet["name"]] for one in every["policies"]}, facet["name"]
    assert not any(one["valid"] for one in policy_pages.library({"on": "2022-05-26"}, TODAY)["policies"] if one["measure"] == "18")


@pytest.mark.parametrize("typed", ["<script>alert(1)</script>", "'; --", "９" * 300, "\u202e8 亿元", "八亿元"])
def test_a_trial_shows_what_was_typed_as_words_and_computes_nothing_of_it(firms, typed: str) -> None:
    page = firms.client("county_a").get(f"/policies/{POLICY}/", {"t.raised": typed, "t.board": "BSE"})
    assert page.status_code == 200
    assert "<script>alert(1)" not in page.content.decode()
    tried = page.context["tried"]
    assert tried["answer"] is None or tried["answer"]["amount_fen"] is None
