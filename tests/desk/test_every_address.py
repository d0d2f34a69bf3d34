"""One walk over the whole urlconf as every member of the cast: the status, and that nobody sees what is others' (design: exemplars, tests).

A new address without a line in `EXPECTED` fails. `GET` is sent to every address, so a page that only takes POST answers 405 to those it serves.
"""

from __future__ import annotations

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from desk.cast import MEMBERS
from yunxing.desk.people import outbox
from yunxing.desk.people.models import Notice
from yunxing.desk.scoping import acting_as_system

BUSINESS = {"command", "bureau", "county_a", "county_b", "enterprise", "analyst"}
DESK = BUSINESS - {"enterprise"}
HANDS_IN = {"command", "bureau", "county_a", "county_b"}
ADMINS = {"sysadmin", "secadmin", "auditor"}
REPORTERS = {"enterprise", "county_a", "county_b"}
REVIEWERS = {"command", "bureau", "county_a", "county_b"}
OFFICERS = {"command", "bureau", "county_a", "county_b"}
EVERYONE = set(MEMBERS) - {"anonymous"}

# address name → (address, who is served, the status they get). All other signed-in members get 403, nobody is sent to the login page (302).
EXPECTED: dict[str, tuple[str, set[str], int]] = {
    "people:login": ("/login/", set(), 200),
    "people:logout": ("/logout/", EVERYONE, 405),
    "people:alive": ("/account/alive/", set(MEMBERS), 200),
    "people:mine": ("/account/", EVERYONE, 200),
    "people:password": ("/account/password/", EVERYONE, 200),
    "people:choose_post": ("/account/post/", EVERYONE, 405),
    "people:notices": ("/notices/", EVERYONE, 200),
    "people:read_notice": ("/notices/{notice_of_command}/read/", EVERYONE, 405),
    "people:mobile": ("/account/mobile/", EVERYONE, 405),
    "people:go": ("/go/999999/", EVERYONE, 404),
    "people:holdings": ("/admin/leave/999999/", {"secadmin"}, 404),
    "people:about": ("/admin/journal/about/?q=x", {"auditor"}, 200),
    "people:admin": ("/admin/", ADMINS, 302),
    "people:accounts": ("/admin/accounts/", {"sysadmin"}, 200),
    "people:reset_password": ("/admin/accounts/1/password/", {"sysadmin"}, 405),
    "people:grants": ("/admin/grants/", {"secadmin"}, 200),
    "people:withdraw": ("/admin/grants/1/withdraw/", {"secadmin"}, 405),
    "people:leave": ("/admin/leave/", {"secadmin"}, 405),
    "people:journal": ("/admin/journal/", {"auditor"}, 200),
    "people:journal_export": ("/admin/journal/export/", {"auditor"}, 200),
    "set_language": ("/i18n/setlang/", set(), 302),
    # the room: without a closed month the lists are empty pages and a named month does not exist
    "room:overview": ("/", BUSINESS, 200),  # an administrator is sent on to the page of his role
    "room:signals": ("/signals/", DESK, 200),
    "room:signal": ("/signals/2022-09/S-1/", DESK, 404),
    "room:learning": ("/signals/learning/", DESK, 200),
    "room:budget": ("/signals/budget/?rule=output_breach&n=12", DESK, 200),
    "room:set_budget": ("/signals/budget/set/", {"command"}, 405),
    "room:mark": ("/signals/2022-09/S-1/mark/", OFFICERS, 405),
    "room:measures": ("/measures/", DESK, 200),
    "room:measure": ("/measures/1/", DESK, 200),
    "room:targets": ("/targets/", DESK, 200),
    "room:figure": ("/figures/2022-09/?id=x", DESK, 404),
    "room:bulletins": ("/bulletins/", DESK, 200),
    "room:bulletin": ("/bulletins/2022-09/", DESK, 404),
    "room:bulletin_file": ("/bulletins/2022-09/file.docx", DESK, 404),
    # delivery: no round, no offer of any number
    "delivery:rounds": ("/rounds/", DESK, 200),
    "delivery:open": ("/rounds/open/", {"command", "bureau"}, 405),
    "delivery:round": ("/rounds/2022-0001/", DESK, 404),
    "delivery:step": ("/rounds/2022-0001/step/announce/", {"command", "bureau"}, 405),
    "delivery:paper": ("/rounds/2022-0001/papers/payment_list.xlsx", {"command", "bureau"}, 404),
    "delivery:judge": ("/rounds/offers/2022-0001-0001/judge/", {"command", "bureau"}, 405),
    "delivery:notice": ("/support-notices/2022-0001/", BUSINESS, 404),
    "delivery:notice_file": ("/support-notices/2022-0001/notice.docx", BUSINESS, 404),
    "delivery:offers": ("/my-support/", {"enterprise"}, 200),
    "delivery:offer": ("/my-support/2022-0001-0001/", {"enterprise"}, 404),
    # dispatch: boards without items, no item of any id; the pack's own rules are there
    "dispatch:pipelines": ("/pipelines/", DESK, 200),
    "dispatch:board": ("/pipelines/listing/", DESK, 200),
    "dispatch:activities": ("/activities/", DESK, 200),
    "dispatch:activity": ("/activities/hiring_events/", DESK, 200),
    "dispatch:papers": ("/documents-promised/", DESK, 200),
    "dispatch:new": ("/walked/pipeline/none/new/", OFFICERS, 404),
    "dispatch:bulk": ("/walked/pipeline/listing/bulk/", OFFICERS, 405),
    "dispatch:item": ("/items/C-1/", DESK, 404),
    "dispatch:step": ("/items/C-1/step/", OFFICERS, 405),
    "dispatch:lead": ("/items/C-1/leads/", OFFICERS, 405),
    "dispatch:propose_tiers": ("/pipelines/labour_tier/propose/", OFFICERS, 405),
    "dispatch:plan_days": ("/pipelines/project_stages/plan-days/", OFFICERS, 200),
    "dispatch:plan": ("/items/C-1/plan/", OFFICERS, 405),
    "dispatch:paper": ("/items/C-1/papers/1/", DESK, 404),
    "dispatch:command": ("/command/", DESK, 200),
    "dispatch:progress": ("/command/progress/1/", OFFICERS, 200),
    "dispatch:slip": ("/command/slips/", {"command"}, 405),
    "dispatch:talks": ("/command/talks/", DESK, 200),
    "dispatch:decide": ("/command/talks/decide/", {"command"}, 405),
    "dispatch:meetings": ("/command/meetings/", DESK, 200),
    "dispatch:meeting": ("/command/meetings/M1/", DESK, 404),
    "dispatch:liaison": ("/command/liaison/", DESK, 200),
    # contingency: no scenario and no alert of any name; the forms are there
    "contingency:scenarios": ("/scenarios/", DESK, 200),
    "contingency:new": ("/scenarios/new/none/", {"command", "bureau"}, 404),
    "contingency:scenario": ("/scenarios/S2022-0001/", DESK, 404),
    "contingency:act": ("/scenarios/S2022-0001/act/", {"command", "bureau"}, 405),
    "contingency:sheet": ("/scenarios/S2022-0001/sheets/X.docx", DESK, 404),
    "contingency:alert": ("/scenarios/alerts/W2022-01/", BUSINESS, 404),
    "contingency:act_on_alert": ("/scenarios/alerts/W2022-01/act/", {"command", "bureau"}, 405),
    # matching: nothing is posted, no round and no pair of any name; the pack's kinds are there, the bank's watch is for the command
    "matching:home": ("/matching/", DESK, 200),
    "matching:kind": ("/matching/kinds/labour/", DESK, 200),
    "matching:act_on_kind": ("/matching/kinds/labour/act/", {"command", "bureau"}, 405),
    "matching:round": ("/matching/rounds/D2022-0001/", DESK, 404),
    "matching:act_on_round": ("/matching/rounds/D2022-0001/act/", {"command", "bureau"}, 405),
    "matching:pair": ("/matching/pairs/999999/", BUSINESS, 404),
    "matching:record": ("/matching/pairs/999999/record/", OFFICERS | {"enterprise"}, 405),
    "matching:mine": ("/matching/mine/", {"enterprise"}, 200),
    "matching:post_own": ("/matching/mine/new/labour/", {"enterprise"}, 200),
    "matching:act_on_posting": ("/matching/mine/999999/", {"enterprise"}, 405),
    "matching:credit": ("/matching/credit/", {"command"}, 200),  # and the offices that watch credit
    "matching:open_credit": ("/matching/credit/open/", {"command", "bureau"}, 405),
    "contingency:act_on_order": ("/scenarios/alerts/W2022-01/orders/X/", OFFICERS | {"enterprise"}, 405),
    # chains: those of the pack, without a firm on any; only the command and the office of the map open cases, another office finds none
    "chain:chains": ("/chain/", DESK, 200),
    "chain:chain": ("/chain/aluminium/", DESK, 200),
    "chain:case": ("/chain/aluminium/case/", {"command", "bureau"}, 405),
    "chain:paper": ("/chain/aluminium/paper.odt", DESK, 404),
    "chain:ask": ("/chain/none/stop/", DESK, 404),
    "chain:stop": ("/chain/aluminium/stop/91990000MA00000A0X/", DESK, 404),
    "dispatch:emergency": ("/emergency/", DESK, 200),
    "dispatch:declare": ("/emergency/declare/", {"command"}, 405),
    "dispatch:mode": ("/emergency/E2022-01/", BUSINESS, 404),
    "dispatch:end": ("/emergency/E2022-01/end/", {"command"}, 405),
    "dispatch:firms": ("/emergency/E2022-01/firms/", OFFICERS, 405),
    "dispatch:new_pass": ("/emergency/E2022-01/passes/new/", OFFICERS | {"enterprise"}, 404),
    "dispatch:verify_pass": ("/passes/verify/", EVERYONE, 200),
    "dispatch:pass": ("/passes/E2022-01-00001/", BUSINESS, 404),
    "dispatch:issue_pass": ("/passes/E2022-01-00001/issue/", {"command", "county_a", "county_b"}, 405),
    "dispatch:pass_code": ("/passes/E2022-01-00001/code.svg", BUSINESS, 404),
    # factors: pools of the pack without movements; no account, proposal or auction of any id
    "factors:home": ("/ledgers/", DESK, 200),
    "factors:pool": ("/ledgers/pools/m16_quota_bank/", DESK, 200),
    "factors:assessment": ("/ledgers/assessments/m15_idle_tests/", DESK, 200),
    "factors:account": ("/ledgers/accounts/m16_quota_bank/city/", DESK, 404),
    "factors:act": ("/ledgers/acts/none/", {"command", "bureau"}, 404),
    "factors:proposals": ("/ledgers/proposals/", {"command", "bureau"}, 200),
    "factors:proposal": ("/ledgers/proposals/1/", {"command", "bureau"}, 404),
    "factors:decide": ("/ledgers/proposals/1/decide/", {"command", "bureau"}, 405),
    "factors:obligations": ("/ledgers/obligations/", DESK, 200),
    "factors:sources": ("/ledgers/sources/", DESK, 200),
    "factors:auctions": ("/ledgers/auctions/", BUSINESS, 200),
    "factors:new_auction": ("/ledgers/auctions/none/new/", {"command", "bureau"}, 404),
    "factors:auction": ("/ledgers/auctions/A2022-999/", BUSINESS, 404),
    "factors:bid": ("/ledgers/auctions/A2022-999/bid/", {"enterprise"}, 405),
    "factors:withdraw_bid": ("/ledgers/auctions/A2022-999/withdraw/", {"enterprise"}, 405),
    "factors:open_bids": ("/ledgers/auctions/A2022-999/open/", {"command", "bureau"}, 405),
    "factors:auction_file": ("/ledgers/auctions/A2022-999/bids.csv", BUSINESS, 404),
    # policies: the pack's rules are there, nobody has a profile, no change was proposed; the API takes what a form would send
    "support:policies": ("/policies/", DESK, 200),
    "support:policy": ("/policies/m02_loan_interest/", DESK, 200),
    "support:what_if": ("/policies/m02_loan_interest/what-if/", {"command", "bureau"}, 200),
    "support:changes": ("/policies/changes/", DESK, 200),
    "support:change": ("/policies/changes/999999/", DESK, 404),
    "support:change_act": ("/policies/changes/999999/act/", {"command", "bureau"}, 405),
    "support:mine": ("/entitlements/", {"enterprise"}, 200),
    "support:mine_one": ("/entitlements/m02_loan_interest/P-1/", {"enterprise"}, 404),
    "support:of_enterprise": ("/enterprises/91990000MA00000A0X/entitlements/", DESK, 404),
    "support:of_enterprise_one": ("/enterprises/91990000MA00000A0X/entitlements/m02_loan_interest/P-1/", DESK, 404),
    "support_api:openapi-json": ("/api/v1/openapi.json", BUSINESS, 200),
    "support_api:api-root": ("/api/v1/", BUSINESS, 404),
    "support_api:policies": ("/api/v1/policies", BUSINESS, 200),
    "support_api:policy": ("/api/v1/policies/m02_loan_interest", BUSINESS, 200),
    "support_api:parameters": ("/api/v1/policies/m02_loan_interest/parameters", BUSINESS, 200),
    "support_api:assess": ("/api/v1/assess", BUSINESS, 405),
    "support_api:explain": ("/api/v1/explain", BUSINESS, 405),
    "support_api:near_miss": ("/api/v1/near-miss", BUSINESS, 405),
    "support_api:questions": ("/api/v1/questions", BUSINESS, 405),
    "support_api:reverse": ("/api/v1/reverse", BUSINESS, 405),
    "support_api:what_if": ("/api/v1/what-if", BUSINESS, 405),
    "support_api:appeal": ("/api/v1/appeal", BUSINESS, 405),
    "support_api:of_party": ("/api/v1/parties/91990000MA00000A0X/entitlements", BUSINESS, 404),
    # reporting: before a month is opened the lists are empty pages and no report exists
    "reporting:mine": ("/report/", REPORTERS, 200),
    "reporting:fill": ("/report/1/", REPORTERS, 404),
    "reporting:save": ("/report/1/cells/", REPORTERS, 405),
    "reporting:send": ("/report/1/send/", REPORTERS, 404),
    "reporting:receipt": ("/report/1/receipt/", REPORTERS | REVIEWERS, 404),
    "reporting:ask_return": ("/report/1/ask-return/", REPORTERS, 405),
    "reporting:correct": ("/report/1/correct/", REPORTERS, 404),
    "reporting:reports": ("/reports/", REVIEWERS, 200),
    "reporting:open": ("/reports/open/", {"command"}, 405),
    "reporting:urge": ("/reports/urge/", REVIEWERS, 200),
    "reporting:queue": ("/reports/queue/", REVIEWERS, 200),
    "reporting:accept_many": ("/reports/accept/", REVIEWERS, 405),
    "reporting:close": ("/reports/close/", {"county_a", "county_b"}, 405),
    "reporting:completeness": ("/reports/completeness/", REVIEWERS, 200),
    "reporting:calendar": ("/reports/calendar/", REPORTERS | REVIEWERS, 200),
    "reporting:authorities": ("/reports/authorities/", {"county_a", "county_b"}, 200),
    "reporting:withdraw_authority": ("/reports/authorities/1/withdraw/", {"county_a", "county_b"}, 405),
    "reporting:review": ("/reports/1/", REVIEWERS, 404),
    "reporting:accept": ("/reports/1/accept/", REVIEWERS, 405),
    "reporting:send_back": ("/reports/1/return/", REVIEWERS, 405),
    # imports: one's own; another's does not exist
    "intake:imports": ("/imports/", HANDS_IN, 200),
    "intake:template": ("/imports/templates/none/2022-09/A01.xlsx", HANDS_IN, 404),
    "intake:one": ("/imports/0/", HANDS_IN, 404),
    "intake:confirm": ("/imports/0/confirm/", HANDS_IN, 405),
    "intake:undo": ("/imports/0/undo/", HANDS_IN, 405),
    "intake:again": ("/imports/0/again/", HANDS_IN, 405),
    "intake:annotated": ("/imports/0/annotated/0/", HANDS_IN, 404),
    "intake:annotated_zip": ("/imports/0/annotated.zip", HANDS_IN, 404),
    # ad hoc requests: the asker's own, and the owners' page of those in which one owns figures
    "adhoc:requests": ("/requests/", HANDS_IN | {"enterprise"}, 200),
    "adhoc:new": ("/requests/new/", HANDS_IN, 200),
    "adhoc:one": ("/requests/0/", HANDS_IN, 404),
    "adhoc:answer": ("/requests/0/answer/", HANDS_IN | {"enterprise"}, 404),
    "adhoc:urge": ("/requests/0/urge/", HANDS_IN, 405),
    "adhoc:give_back": ("/requests/0/return/1/", HANDS_IN, 405),
    "adhoc:close": ("/requests/0/close/", HANDS_IN, 405),
    "adhoc:layout": ("/requests/0/layout/", HANDS_IN, 404),
    "adhoc:filled": ("/requests/0/layout/filled.xlsx", HANDS_IN, 404),
    "room:issue_start": ("/bulletins/new/", {"command"}, 405),
    "room:issue": ("/bulletins/doc/monthly-2022-09/", DESK, 404),
    "room:issue_act": ("/bulletins/doc/monthly-2022-09/act/", {"command"}, 405),
    "room:issue_section": ("/bulletins/doc/monthly-2022-09/section/overall/", {"command"}, 404),
    "room:issue_file": ("/bulletins/doc/monthly-2022-09/file.docx", DESK, 404),
    "room:indicators": ("/indicators/", DESK, 200),
    "room:indicator": ("/indicators/none/", DESK, 404),
    # anyone who holds a paper may ask whether it is ours
    "verify:look": ("/verify/", set(MEMBERS), 200),
    "verify:paper": ("/verify/0000000000000000/", set(MEMBERS), 404),
    # the registry: an unknown list or party does not exist, and who may only read a list has no workbook of it
    "registers:lists": ("/registers/", DESK, 200),
    "registers:duplicates": ("/registers/duplicates/", {"command", "bureau"}, 200),
    "registers:duplicate_look": ("/registers/duplicates/look/?keep=none&drop=nobody", {"command", "bureau"}, 400),
    "registers:duplicate_merge": ("/registers/duplicates/merge/", {"command", "bureau"}, 405),
    "registers:duplicate_undo": ("/registers/duplicates/undo/", {"command", "bureau"}, 405),
    "registers:list": ("/registers/no_such_list/", DESK, 404),
    "registers:list_file": ("/registers/key_projects/file.xlsx", DESK, 404),
    "registers:list_look": ("/registers/key_projects/look/", DESK, 405),
    "registers:list_confirm": ("/registers/key_projects/confirm/", DESK, 405),
    "registers:list_member": ("/registers/key_projects/members/P-0/", DESK, 404),
    "registers:list_undo": ("/registers/key_projects/undo/", DESK, 405),
    "registers:projects": ("/projects/", DESK, 200),
    "registers:project": ("/projects/P-1/", DESK, 404),
    "registers:enterprises": ("/enterprises/", DESK, 200),
    "registers:enterprise": ("/enterprises/91990000MA00000A0X/", DESK, 404),
    "registers:plan_sheet": ("/enterprises/91990000MA00000A0X/plan-sheet.docx", DESK, 404),
    # the library: documents are public to everyone signed in, keeping them is the command's and the offices'
    "library:search": ("/search/", BUSINESS, 200),
    "library:documents": ("/library/", BUSINESS, 200),
    "library:add": ("/library/add/", {"command", "bureau"}, 200),
    "library:compare": ("/library/compare/?a=none&b=none", BUSINESS, 404),
    "library:take_back": ("/library/effects/1/take-back/", {"command", "bureau"}, 405),
    "library:document": ("/library/none/", BUSINESS, 404),
    "library:check": ("/library/none/check/", {"command", "bureau"}, 404),
    "library:effect": ("/library/none/effect/", {"command", "bureau"}, 405),
    "library:pack": ("/library/none/pack.zip", {"command", "bureau"}, 404),
    "room:style": ("/style/", EVERYONE, 200),
    "people:todo": ("/todo/", BUSINESS, 200),
    # cases: a case that is not one's own does not exist
    "casework:cases": ("/cases/", DESK, 200),
    "casework:new": ("/cases/new/", DESK - {"analyst"}, 200),
    "casework:propose": ("/cases/propose/", DESK - {"analyst"}, 200),
    "casework:bulk": ("/cases/bulk/", DESK, 405),
    "casework:save_view": ("/cases/views/", DESK, 405),
    "casework:figures": ("/cases/figures/", DESK, 200),
    "casework:escalated": ("/cases/escalated/", DESK, 200),
    "casework:loop": ("/cases/loop/", DESK, 200),
    "casework:case": ("/cases/C-none/", DESK, 404),
    "casework:step": ("/cases/C-none/step/sign/", DESK, 405),
    "casework:say": ("/cases/C-none/say/", DESK, 405),
    "casework:urge": ("/cases/C-none/urge/", DESK, 405),
    "casework:paper": ("/cases/C-none/files/1/", BUSINESS, 404),
    "casework:my_cases": ("/my-cases/", {"enterprise"}, 200),
    "casework:my_new": ("/my-cases/new/", {"enterprise"}, 200),
    "casework:my_case": ("/my-cases/C-none/", {"enterprise"}, 404),
    "casework:my_step": ("/my-cases/C-none/step/confirm/", {"enterprise"}, 405),
    "casework:my_say": ("/my-cases/C-none/say/", {"enterprise"}, 405),
}
OPEN_TO_ALL = {"people:login", "people:alive", "set_language", "verify:look", "verify:paper"}


def names_of(patterns, space="") -> set[str]:
    """Every address of the urlconf by its full name; one without a name is an error of its own."""
    found = set()
    for one in patterns:
        if isinstance(one, URLResolver):
            inner = f"{space}{one.namespace}:" if one.namespace else space
            found |= names_of(one.url_patterns, inner)
        elif isinstance(one, URLPattern):
            assert one.name, f"the address {one.pattern} has no name"
            found.add(space + one.name)
    return found


def test_every_address_of_the_urlconf_has_an_expectation():
    """A new address says who may open it before it can be merged; an address that is gone leaves no expectation behind."""
    assert names_of(get_resolver().url_patterns) == set(EXPECTED)


@pytest.fixture
def news(cast):
    """A message in the box of command staff and one in each county's, so that there is something to leak."""
    with acting_as_system("test"):
        for name in ("command", "county_a", "county_b"):
            outbox.send(key=f"for-{name}", recipient=getattr(cast.people, name), parameters={"title": f"只给{name}看"})
        outbox.deliver()
        return {name: Notice.objects.get(user__username=name).pk for name in ("command", "county_a", "county_b")}


def status_of(name: str) -> int:
    """The declared status of an address that is open to all."""
    return EXPECTED[name][2]


def expected_status(name: str, member: str) -> int:
    _address, served, status = EXPECTED[name]
    if name == "people:login":
        return 200 if member == "anonymous" else 302
    if name == "set_language":
        return 302
    if name.startswith("verify:") or name == "people:alive":
        return status_of(name)
    if member == "anonymous":
        return 302
    if name == "registers:list_file" and member == "command":
        return 200  # who keeps every list
    if name == "room:overview" and member in ADMINS:
        return 302  # to the page of the role
    if name == "room:overview" and member == "enterprise":
        return 200  # its own figures, at the same address
    return status if member in served else 403


@pytest.mark.parametrize("member", MEMBERS)
def test_every_member_gets_what_is_his_and_nothing_else(cast, news, member):
    """Each address as this member: the declared status, no other person's notice, and no word of a stack or of SQL."""
    client = cast.client(member)
    wrong = {}
    for name, (address, _served, _status) in EXPECTED.items():
        response = client.get(address.format(notice_of_command=news["command"]), headers={"referer": "/login/"})
        body = b"".join(response.streaming_content) if response.streaming else response.content
        if response.status_code != expected_status(name, member):
            wrong[name] = response.status_code
        if response.status_code == 302 and member == "anonymous" and name not in OPEN_TO_ALL:
            assert response["Location"].startswith("/login/"), name
        leaked = [other for other in news if other != member and f"只给{other}看".encode() in body]
        assert leaked == [], name
        assert b"Traceback" not in body, name
        assert b"SELECT " not in body, name

    assert wrong == {}


@pytest.mark.parametrize("member", MEMBERS)
def test_every_answer_carries_the_strict_headers(cast, member):
    """The policy of every page is self and nothing inline; no page may be framed; a signed-in page is not kept by the browser."""
    for address in ("/login/", "/account/", "/", "/admin/journal/"):
        response = cast.client(member).get(address)
        policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))

        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert "unsafe" not in response["Content-Security-Policy"]
        assert "nonce" not in response["Content-Security-Policy"]
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["X-Frame-Options"] == "DENY"
        if member != "anonymous":
            assert "no-store" in response["Cache-Control"]


def test_anothers_notice_does_not_exist(cast, news):
    """What a person may not know of answers 404, not 403 (screens 10.3)."""
    assert cast.client("county_a").post(f"/notices/{news['county_b']}/read/").status_code == 404
    assert cast.client("county_a").post("/notices/999999/read/").status_code == 404
    assert cast.client("county_a").post(f"/notices/{news['county_a']}/read/").status_code == 302


def test_a_refusal_names_the_role_the_own_post_and_whom_to_ask(cast):
    """Screens 10.3: which role is needed, who you are now, and a name with a telephone number."""
    page = cast.client("county_a").get("/admin/journal/").content.decode()

    assert "审计管理员" in page
    assert "甲县 · 县（市、区）" in page
    assert "测试secadmin" in page
    assert "000-0000001" in page


def test_a_person_without_a_post_waits(cast):
    """An account alone opens nothing: the page says 「待授权」 and whom to ask."""
    response = cast.client("newcomer").get("/")

    assert response.status_code == 403
    assert "待授权" in response.content.decode()
    assert "测试secadmin" in response.content.decode()


@pytest.mark.parametrize(
    ("member", "first"),
    [("sysadmin", "/admin/"), ("secadmin", "/admin/"), ("auditor", "/admin/")],
)
def test_who_has_no_business_on_the_overview_lands_on_his_own_page(cast, member, first):
    """Screens §2, last column: signing in never ends on a refusal; an administrator's page is the one of his role."""
    assert cast.client(member).get("/")["Location"] == first
    assert cast.client(member).get("/", follow=True).status_code == 200


def test_an_enterprise_lands_on_its_own_figures(cast):
    """Screens §2, last column: the overview's address shows an enterprise's clerk its own page, never the city's cards."""
    response = cast.client("enterprise").get("/")

    assert response.status_code == 200
    assert [template.name for template in response.templates if template.name.startswith("room/")] == ["room/enterprise.html"]


def test_the_sign_in_page_warns_of_secrets(db, client):
    """Ecosystem 1.6: the notice stands where people sign in."""
    assert "严禁处理、传输涉密信息" in client.get("/login/").content.decode()
