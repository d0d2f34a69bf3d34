"""Policy pages say what the rules compute, refuse what cannot be read, and keep everybody within his scope."""

from __future__ import annotations

import json

import pytest

from desk.support.conftest import FIRM_A, FIRM_B, TODAY, keep, listing
from yunxing.desk.support import in_force, policy_pages

pytestmark = pytest.mark.django_db


def text(response) -> str:
    return response.content.decode()


def test_the_library_lists_every_policy_and_the_facets_narrow_it(firms) -> None:
    client = firms.client("county_a")
    every = text(client.get("/policies/"))
    for policy in in_force.rules():
        assert policy.sheet.title in every
    found = text(client.get("/policies/?q=首发融资额 无此词"))
    assert "没有符合条件的政策" in found
    narrowed = client.get("/policies/?party=project").context["policies"]
    assert narrowed
    assert {one["party"] for one in narrowed} == {"project"}
    assert [one["id"] for one in client.get("/policies/?q=贷款市场报价利率 技术改造").context["policies"]] == []
    assert [one["id"] for one in client.get("/policies/?q=m02_loan_interest").context["policies"]] == ["m02_loan_interest"]


def test_every_rule_has_a_page_whose_examples_hold_now(firms) -> None:
    for name in dict.fromkeys(policy.id for policy in in_force.rules()):
        page = policy_pages.rule_page(name, TODAY)
        assert page is not None
        assert page["examples"], name
        assert [one["name"] for one in page["examples"] if not one["holds"]] == [], name
        assert len(page["conditions"]) == len(in_force.rules().policy(name).conditions), name
    client = firms.client("bureau")
    for name in ("m13_tariff_gain", "m18_listing_stages", "m23_six_taxes"):
        assert client.get(f"/policies/{name}/").status_code == 200, name


def test_every_rule_has_its_page_in_english(firms) -> None:
    client = firms.client("bureau")
    client.post("/i18n/setlang/", {"language": "en"})
    page = text(client.get("/policies/m02_loan_interest/"))
    assert "Interest discount on technical-renovation loans" in page
    assert "the least of: discount by the formula, interest really paid, ceiling less earlier discounts" in page


def test_the_page_says_the_rule_as_it_is_computed(firms) -> None:
    page = text(firms.client("county_a").get("/policies/m02_loan_interest/"))
    assert "以下最小者:按比例计算的贴息、已付利息、上限扣除以往贴息" in page
    assert "贷款本金 × 计息天数 × " in page
    assert "贷款起始日 ≤ 计息截止日" in page
    assert "2000 万元" in page


def test_a_trial_explains_and_a_value_that_cannot_be_read_gives_no_amount(firms) -> None:
    client = firms.client("county_a")
    given = {"t.raised": "10 亿元", "t.board": "BSE", "t.listed_on": "2022-06-30", "t.as_of": "2022-09-30", "t.has_bonus_before": "否"}
    assert "700万元" in text(client.get("/policies/m18_listing_ladder/", given))
    wrong = client.get("/policies/m18_listing_ladder/", {**given, "t.raised": "很多钱"})
    assert wrong.context["tried"]["answer"] is None
    assert "未作计算" in text(wrong)
    absurd = client.get("/policies/m18_listing_ladder/", {**given, "t.raised": "9999999 亿元"})
    assert absurd.context["tried"]["answer"]["outcome"] == "refused"
    assert absurd.context["tried"]["answer"]["amount_fen"] is None


def test_an_enterprise_sees_what_it_may_have_and_why(firms) -> None:
    client = firms.client("enterprise")
    page = client.get("/entitlements/")
    assert "企业上市奖补" in text(page)
    assert "200万元" in text(page)
    assert page.context["promised"] == "200万元"
    why = text(client.get(f"/entitlements/m18_listing_ladder/{FIRM_A}/"))
    assert "融资额10亿元以下的奖补200万元" in why
    assert "8亿元 属0.01元(含)至10亿元档" in why
    assert "合成数据" in why


def test_an_enterprise_never_sees_anothers_row(firms) -> None:
    client = firms.client("enterprise")
    assert FIRM_B not in text(client.get("/entitlements/"))
    assert client.get(f"/entitlements/m18_listing_ladder/{FIRM_B}/").status_code == 404
    assert client.get(f"/enterprises/{FIRM_B}/entitlements/").status_code == 403
    assert client.get("/policies/").status_code == 403


def test_a_county_sees_its_own_firms_alone(firms) -> None:
    client = firms.client("county_a")
    assert "200万元" in text(client.get(f"/enterprises/{FIRM_A}/entitlements/"))
    assert client.get(f"/enterprises/{FIRM_B}/entitlements/").status_code == 404
    assert client.get(f"/enterprises/{FIRM_B}/entitlements/m18_listing_ladder/{FIRM_B}/").status_code == 404
    assert client.get(f"/enterprises/{FIRM_A}/entitlements/m18_listing_ladder/{FIRM_A}/").status_code == 200
    assert client.get(f"/enterprises/{FIRM_A}/entitlements/m02_loan_interest/{FIRM_A}/").status_code == 404


def test_near_misses_unknowns_and_bad_data_stand_apart(firms, home) -> None:
    keep(home, [listing(FIRM_A, 8 * 10**10, has_bonus_before=True)])
    client = firms.client("enterprise")
    assert [one["policy"] for one in client.get("/entitlements/").context["near"]] == ["m18_listing_ladder"]
    keep(home, [listing(FIRM_A, None)])
    asked = client.get("/entitlements/").context
    assert [one["policy"] for one in asked["asked"]] == ["m18_listing_ladder"]
    assert [one["column"] for one in asked["questions"]] == ["raised"]
    keep(home, [listing(FIRM_A, -5)])
    bad = client.get("/entitlements/")
    assert [one["policy"] for one in bad.context["refused"]] == ["m18_listing_ladder"]
    assert bad.context["count"] == 0
    why = text(client.get(f"/entitlements/m18_listing_ladder/{FIRM_A}/"))
    assert "超出声明范围" in why


def test_a_home_without_profiles_says_so(cast, home) -> None:
    assert "还没有可供测算的资料" in text(cast.client("enterprise").get("/entitlements/"))


@pytest.mark.parametrize("word", ["relief", "deferral", "credit", "exemption", "watch", "fen"])
def test_every_kind_of_result_has_a_word(word: str) -> None:
    assert policy_pages.result_word(word) != word


def post(client, address: str, **body):
    return client.post(f"/api/v1/{address}", json.dumps(body), content_type="application/json")


PROFILE = {"raised": "8 亿元", "board": "BSE", "listed_on": "2022-06-30", "has_bonus_before": False}


def test_the_api_answers_what_the_pages_say(firms) -> None:
    client = firms.client("county_a")
    listed = client.get("/api/v1/policies").json()
    assert {one["id"] for one in listed["policies"]} >= {"m02_loan_interest", "m18_listing_ladder"}
    one = client.get("/api/v1/policies/m18_listing_ladder").json()
    assert one["ruleset"] == listed["ruleset"]
    assert {each["id"] for each in one["conditions"]} == {"domestic_listing", "listed", "first_time"}
    numbers = client.get("/api/v1/policies/m18_listing_ladder/parameters").json()
    assert numbers["versions"][0]["parameters"][0]["lines"][1] == {"from": "10亿元", "value": "700万元"}
    assert client.get("/api/v1/policies/none").status_code == 404
    assert client.get("/api/v1/policies/none/parameters").status_code == 404

    assessed = post(client, "assess", profile=PROFILE).json()
    assert [(each["policy"], each["amount_fen"]) for each in assessed["results"]] == [("m18_listing_ladder", 200 * 10**6)]
    assert assessed["combination"]["total_fen"] == 200 * 10**6
    told = post(client, "explain", profile=PROFILE, policy="m18_listing_ladder").json()["explanations"][0]
    assert told["amount_fen"] == 200 * 10**6
    assert told["steps"][0]["formula_en"].startswith("800,000,000.00 yuan, in the band from 0.01 yuan (included)")
    near = post(client, "near-miss", profile={**PROFILE, "listed_on": "2022-10-12"}).json()["near_misses"]
    assert near[0]["near_miss"]["margin_en"] == "12 days"
    asked = post(client, "questions", profile={**PROFILE, "raised": None, "board": None}).json()["questions"]
    assert [each["column"] for each in asked] == ["board", "raised"]
    back = post(client, "reverse", profile=PROFILE, policy="m18_listing_ladder", column="raised", amount_fen=700 * 10**6).json()
    assert back["found"]["after"] == "10亿元"
    assert back["exact"] is True
    what = post(client, "what-if", profile=PROFILE, policy="m18_listing_ladder", parameters={"bands": {"0": "300 万元"}}).json()
    assert what["difference_fen"] == 100 * 10**6
    assert what["ruleset"] != what["changed_ruleset"]
    appeal = post(
        client, "appeal", profile={**PROFILE, "has_bonus_before": True}, policy="m18_listing_ladder", replaced={"has_bonus_before": False}
    ).json()
    assert appeal["changes"] is True
    assert appeal["difference_fen"] == 200 * 10**6


@pytest.mark.parametrize(
    ("address", "body", "says"),
    [
        ("assess", {"profile": {"raised": 1.5}}, "profile"),
        ("assess", {"profile": {"raised": "很多"}}, "profile, raised"),
        ("assess", {"profile": {"raisd": 5, "board": "BSE"}}, "raisd"),
        ("assess", {"profile": {"nothing": 5}}, "expected columns of a policy in force"),
        ("assess", {"profile": PROFILE, "polcy": "x"}, "polcy"),
        ("explain", {"profile": PROFILE, "policy": "m99"}, "no policy 'm99'"),
        ("reverse", {"profile": PROFILE, "column": "raised", "amount_fen": 1}, "expected the id of one policy"),
        ("reverse", {"profile": PROFILE, "policy": "m18_listing_ladder", "column": "raisd", "amount_fen": 1}, "did you mean 'raised'"),
        ("what-if", {"profile": PROFILE, "policy": "m18_listing_ladder", "parameters": {"cap": "5 元"}}, "expected one of bands"),
        ("what-if", {"profile": PROFILE, "policy": "m18_listing_ladder", "without": ["x"]}, "unknown condition"),
        ("appeal", {"profile": PROFILE, "policy": "m18_listing_ladder", "waived": ["x"]}, "condition: found 'x'"),
        ("appeal", {"profile": PROFILE, "policy": "m18_listing_ladder", "replaced": {"x": 1}}, "replaced: found 'x'"),
    ],
)
def test_what_the_api_cannot_read_is_refused_with_its_place(firms, address: str, body: dict, says: str) -> None:
    response = post(firms.client("county_a"), address, **body)
    assert response.status_code == 422
    assert says in response.content.decode()
    assert 'amount_fen": 2' not in response.content.decode()


def test_the_api_keeps_to_the_scope_and_describes_itself(firms) -> None:
    county = firms.client("county_a")
    mine = county.get(f"/api/v1/parties/{FIRM_A}/entitlements").json()
    assert [(one["policy"], one["amount_fen"]) for one in mine["entitled"]] == [("m18_listing_ladder", 200 * 10**6)]
    assert county.get(f"/api/v1/parties/{FIRM_B}/entitlements").status_code == 404
    firm = firms.client("enterprise")
    assert firm.get(f"/api/v1/parties/{FIRM_A}/entitlements").status_code == 200
    assert firm.get(f"/api/v1/parties/{FIRM_B}/entitlements").status_code == 404
    described = county.get("/api/v1/openapi.json").json()
    assert set(described["paths"]) >= {
        f"/api/v1/{one}" for one in ("assess", "explain", "near-miss", "policies", "what-if", "reverse", "appeal")
    }


def test_nobody_without_a_post_reaches_the_api(firms) -> None:
    assert firms.client("anonymous").get("/api/v1/policies").status_code in (302, 401)
    assert firms.client("auditor").get("/api/v1/policies").status_code == 403
