"""What is proposed, signed and read of a change of a rule: the report stays what it was, nothing is back-dated, and nobody reads beyond his scope."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from desk.support.conftest import FIRM_A, FIRM_B, NOW, TODAY, keep, listing
from yunxing.desk.people.models import JournalEntry
from yunxing.desk.scoping import acting_as_system
from yunxing.desk.support import change_pages, change_services, in_force
from yunxing.desk.support.models import RuleChange
from yunxing.flows.what_if import LEAST_GROUP, Variant, report_digest, what_if
from yunxing.packs.find import find_pack
from yunxing.values.errors import BadInput, DoesNotHold, Refusal

pytestmark = pytest.mark.django_db
POLICY = "m18_listing_ladder"
LATER = date(2022, 11, 1)
YI, WAN = 10**10, 10**6
LOWER = Variant({"bands": {"0": "300 万元"}})


def text(response) -> str:
    return response.content.decode()


def propose(
    variant: Variant = LOWER, starts: date = LATER, basis: str = "某市〔2022〕1号", person: str = "bureau", on: date = TODAY
) -> RuleChange:
    with acting_as_system("test"):
        return change_services.propose(POLICY, variant, starts=starts, basis=basis, person=person, on=on, now=NOW)


def sign(change: RuleChange, person: str = "command", now: datetime = NOW) -> RuleChange:
    with acting_as_system("test"):
        return change_services.sign(change, person, now)


def held(pk: int) -> RuleChange:
    with acting_as_system("test"):
        return RuleChange.objects.get(pk=pk)


def amount(raised: int, on: date) -> int | None:
    """What a firm that raised so much gets, applying on the day."""
    rules = in_force.rules()
    row = {"raised": raised, "board": 5, "listed_on": 19000, "as_of": 19300, "has_bonus_before": False}
    return in_force.scalar(rules, rules.policy(POLICY, on)).decide(row)[0].amount_fen


@pytest.mark.parametrize("basis", ["  某市〔2022〕1号  ", "某" * 300, "\n某文\t"])
def test_what_is_in_force_after_the_signature_is_the_rule_set_that_was_announced(firms, basis: str) -> None:
    """However the paper was typed: blanks about it, or longer than is kept."""
    change = propose(basis=basis)
    assert change.basis == basis.strip()[:200]
    sign(change)
    assert in_force.rules().id == change.changed_ruleset


def test_the_digest_is_of_the_report_as_it_is_kept(firms) -> None:
    change = held(propose().pk)
    assert report_digest(change.report) == change.report_digest
    assert report_digest({**change.report, "change_fen": 1}) != change.report_digest


def test_a_report_that_was_altered_is_not_signed(firms) -> None:
    change = propose()
    with acting_as_system("test"):
        RuleChange.objects.filter(pk=change.pk).update(report={**change.report, "losers": 9})
    with pytest.raises(DoesNotHold, match="所附测算不再成立"):
        sign(change)
    assert held(change.pk).state == "proposed"


@pytest.mark.parametrize(("late", "signed"), [(-1, True), (0, True), (1, False), (400, False)])
def test_nothing_is_signed_after_its_first_day(firms, late: int, signed: bool) -> None:
    """The day before, on the day itself, and after it: then it would change what was applied for already."""
    change = propose()
    now = datetime(2022, 11, 1, 1, tzinfo=UTC) + timedelta(days=late)
    if signed:
        assert sign(change, now=now).state == "signed"
        return
    before = in_force.rules().id
    with pytest.raises(DoesNotHold, match="起始日 2022-11-01 已过"):
        sign(change, now=now)
    assert (held(change.pk).state, in_force.rules().id) == ("proposed", before)


@pytest.mark.parametrize(("starts", "says"), [(TODAY - timedelta(days=1), "已过"), (TODAY, ""), (TODAY + timedelta(days=1), "")])
def test_a_change_may_begin_today_and_not_yesterday(firms, starts: date, says: str) -> None:
    if says:
        with pytest.raises(BadInput, match=says):
            propose(starts=starts)
        with acting_as_system("test"):
            assert RuleChange.objects.count() == 0
    else:
        assert propose(starts=starts).starts_on == starts


def test_a_second_change_does_not_begin_before_the_first(firms) -> None:
    """Its bands would carry the first change's numbers into days for which they were not signed."""
    sign(propose())
    with pytest.raises(BadInput, match="起始日 2022-10-15 早于已签署的最新版本（2022-11-01 起）"):
        propose(Variant({"bands": {"1": "800 万元"}}), date(2022, 10, 15))
    second = propose(Variant({"bands": {"1": "800 万元"}}), date(2022, 12, 1))
    sign(second)
    days = (TODAY, date(2022, 10, 31), LATER, date(2022, 11, 30), date(2022, 12, 1))
    assert [amount(8 * YI, day) for day in days] == [200 * WAN, 200 * WAN, 300 * WAN, 300 * WAN, 300 * WAN]
    assert [amount(12 * YI, day) for day in days] == [700 * WAN, 700 * WAN, 700 * WAN, 700 * WAN, 800 * WAN]
    versions = in_force.rules().versions(POLICY)
    assert [(one.sheet.starts, one.sheet.ends) for one in versions] == [
        (date(2022, 5, 27), date(2022, 10, 31)), (LATER, date(2022, 11, 30)), (date(2022, 12, 1), None),
    ]  # fmt: skip


def test_a_second_change_of_the_same_day_replaces_nothing_of_the_first(firms) -> None:
    sign(propose())
    sign(propose(Variant({"bands": {"1": "800 万元"}})))
    assert (amount(8 * YI, LATER), amount(12 * YI, LATER), amount(20 * YI, LATER)) == (300 * WAN, 800 * WAN, 1200 * WAN)
    assert len(in_force.rules().versions(POLICY)) == 2


def test_what_was_changed_is_still_told_after_it_is_signed(firms) -> None:
    """200万元 → 300万元, not 300 → 300: the rules have moved on, the report has not."""
    change = propose()
    line = "奖补标准: 0.01元 起：200万元 → 300 万元"
    for _ in range(2):
        assert change_pages.told_report(held(change.pk).report)["what"] == [line]
        assert line in text(firms.client("command").get(f"/policies/changes/{change.pk}/"))
        if held(change.pk).state == "proposed":
            sign(change)
    assert in_force.rules().versions(POLICY)[-1].sheet.starts == LATER


def test_a_moved_lower_end_and_a_dropped_condition_are_told(firms) -> None:
    change = propose(Variant({"bands": {"from 1": "15 亿元", "2": "1300 万元"}}, ("first_time",)))
    assert change_pages.told_report(change.report)["what"] == [
        "奖补标准: 起点 10亿元 → 15 亿元", "奖补标准: 20亿元 起：1200万元 → 1300 万元", "去掉条件：未曾获得上市奖补",
    ]  # fmt: skip


def test_a_county_reads_a_change_without_the_names_of_other_counties_firms(firms) -> None:
    """Who moves most is for those who may sign; sums by group and the whole are for everybody at a desk."""
    change = propose(Variant({"bands": {"0": "300 万元", "1": "800 万元"}}))
    for who in ("command", "bureau"):
        page = text(firms.client(who).get(f"/policies/changes/{change.pk}/"))
        assert FIRM_A in page
        assert FIRM_B in page
    for who in ("county_a", "county_b", "analyst"):
        page = text(firms.client(who).get(f"/policies/changes/{change.pk}/"))
        assert "+200万元" in page, "the whole"
        assert FIRM_A not in page
        assert FIRM_B not in page


@pytest.mark.parametrize("who", ["county_a", "analyst", "enterprise", "newcomer", "sysadmin", "auditor", "anonymous"])
def test_only_the_command_and_offices_act_on_a_change(firms, who: str) -> None:
    change = propose()
    for act in ("sign", "refuse", "withdraw", ""):
        answer = firms.client(who).post(f"/policies/changes/{change.pk}/act/", {"act": act, "remark": "x"})
        assert answer.status_code in (302, 403)
        assert answer.status_code == 403 or "/policies/" not in answer["Location"].partition("?")[0]
    assert firms.client(who).post(f"/policies/{POLICY}/what-if/", {"b.bands.0": "300 万元"}).status_code in (302, 403)
    assert held(change.pk).state == "proposed"


def test_an_act_needs_a_post_and_a_change_that_is(firms) -> None:
    client = firms.client("command")
    assert client.get(f"/policies/changes/{propose().pk}/act/").status_code == 405
    assert client.post("/policies/changes/999999/act/", {"act": "sign"}).status_code == 404
    assert client.get("/policies/changes/999999/").status_code == 404


def test_a_fault_in_the_middle_of_a_signature_leaves_it_unsigned(firms, monkeypatch) -> None:
    change, before = propose(), in_force.rules().id

    def broken(*_args: object, **_named: object) -> None:
        raise RuntimeError("the journal is full")

    monkeypatch.setattr(change_services.journal, "record", broken)
    with pytest.raises(RuntimeError):
        sign(change)
    with pytest.raises(RuntimeError):
        propose(Variant({"bands": {"1": "800 万元"}}))
    with acting_as_system("test"), pytest.raises(RuntimeError):
        change_services.turn_down(change, "command", NOW, "不妥")
    assert (held(change.pk).state, held(change.pk).signed_by, in_force.rules().id) == ("proposed", "", before)
    with acting_as_system("test"):
        assert RuleChange.objects.count() == 1


@pytest.mark.parametrize("last", ["signed", "refused", "withdrawn"])
def test_nothing_leaves_a_last_state(firms, last: str) -> None:
    change = propose()
    with acting_as_system("test"):
        if last == "signed":
            change_services.sign(change, "command", NOW)
        else:
            change_services.turn_down(change, "command" if last == "refused" else "bureau", NOW, "理由" if last == "refused" else "")
        assert held(change.pk).state == last
        with pytest.raises(DoesNotHold, match="已办结，不能再签"):
            change_services.sign(change, "second", NOW)
        for person in ("bureau", "second"):
            with pytest.raises(DoesNotHold, match="已办结"):
                change_services.turn_down(change, person, NOW, "理由")
        acts = list(JournalEntry.objects.filter(object_kind="rule_change", object_id=str(change.pk)).values_list("act", flat=True))
    assert sorted(acts) == sorted(["propose", {"signed": "sign", "refused": "refuse", "withdrawn": "withdraw"}[last]])
    assert held(change.pk).state == last


def test_a_remark_is_kept_to_its_length_and_is_no_markup(firms) -> None:
    change = propose(basis="<b>某文</b>")
    with acting_as_system("test"):
        change_services.turn_down(change, "command", NOW, "<script>alert(1)</script>" + "长" * 300)
    assert len(held(change.pk).remark) == 200
    page = text(firms.client("bureau").get(f"/policies/changes/{change.pk}/"))
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<b>某文</b>" not in page


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"bands": {"²": "300 万元"}}, "for one of the bands 0 to 2"),
        ({"bands": {"from ³": "300 万元"}}, "for one of the bands 0 to 2"),
        ({"bands": {"٠": "300 万元"}}, "for one of the bands 0 to 2"),
        ({"bands": {"3": "300 万元"}}, "for one of the bands 0 to 2"),
        ({"bands": {"-1": "300 万元"}}, "for one of the bands 0 to 2"),
        ({"bands": {"": "300 万元"}}, "for one of the bands 0 to 2"),
        ({"bands": {"0": "300"}}, "expected a fen"),
        ({"bands": {"0": "0.001 元"}}, "part of a fen"),
        ({"bands": {"0": ""}}, "unit"),
        ({"bands": {"0": "99999999999999 亿元"}}, "more than can be stored"),
        ({"bands": {"from 2": "10 亿元"}}, "no longer rise"),
        ({"bands": "300 万元"}, "line by line"),
        ({"band": {"0": "300 万元"}}, "did you mean 'bands'"),
    ],
)
def test_a_number_that_cannot_stand_there_is_refused_and_nothing_is_proposed(firms, parameters: dict, says: str) -> None:
    with pytest.raises(Refusal, match=says):
        propose(Variant(parameters))
    with acting_as_system("test"):
        assert RuleChange.objects.count() == 0


@pytest.mark.parametrize("without", [("first",), ("first_time", "first_time"), ("",)])
def test_a_condition_that_is_none_or_is_gone_is_refused_or_changes_nothing_more(firms, without: tuple[str, ...]) -> None:
    if without == ("",):
        assert propose(Variant({"bands": {"0": "300 万元"}}, without)).report["change_fen"] == 100 * WAN
        return
    with pytest.raises(Refusal, match="unknown condition"):
        propose(Variant({}, without))


def test_what_is_typed_as_it_stands_is_no_change(firms) -> None:
    asked = change_services.asked_variant(
        POLICY, {"b.bands.0": "200万元", "f.bands.1": " 10亿元 ", "b.bands.9": "5 元", "p.bands": "5 元", "c.none": "1"}
    )
    assert asked == Variant({}, ())
    assert change_services.asked_variant(POLICY, {"2.b.bands.0": "300 万元", "c.listed": "1"}) == Variant({}, ("listed",))
    assert change_services.asked_variant(POLICY, {"2.b.bands.0": "300 万元"}, "2.") == Variant({"bands": {"0": "300 万元"}}, ())


# ---- the report against a slow one ----
def many(home) -> list[dict]:
    """Seven firms, by hand: three in A01 (with firm A), one in B01 (firm B), three the registry does not know."""
    rows = [
        listing(FIRM_A, 8 * YI),
        listing(FIRM_B, 12 * YI),
        listing("U1", 20 * YI),
        listing("U2", 9 * YI, has_bonus_before=True),
        listing("U3", None),
    ]
    keep(home, rows)
    return rows


def test_a_report_adds_up_to_what_each_party_gets(firms, home) -> None:
    """Bands 300 and 650 instead of 200 and 700, and no `first_time`: A +100, B −50, U1 0, U2 0 → 300 as newly entitled, U3 unknown."""
    many(home)
    connection.ensure_connection()
    variant = Variant({"bands": {"0": "300 万元", "1": "650 万元"}}, ("first_time",))
    (found,) = what_if(home, find_pack(None), connection, in_force.rules(), POLICY, [variant], TODAY)
    assert (found["parties"], found["before_fen"], found["after_fen"]) == (5, (200 + 700 + 1200) * WAN, (300 + 650 + 1200 + 300) * WAN)
    assert (found["change_fen"], found["winners"], found["losers"], found["newly"], found["no_longer"]) == (350 * WAN, 2, 1, 1, 0)
    assert [(one["party"], one["change_fen"]) for one in found["most_gained"]] == [("U2", 300 * WAN), (FIRM_A, 100 * WAN)]
    assert [(one["party"], one["change_fen"]) for one in found["most_lost"]] == [(FIRM_B, -50 * WAN)]
    assert found["pool"] == {"budget_fen": 3000 * WAN, "left_before_fen": 900 * WAN, "left_after_fen": 550 * WAN}
    assert found["synthetic"] is True
    assert found["was"] == {"bands": [["0.01元", "200万元"], ["10亿元", "700万元"], ["20亿元", "1200万元"]]}
    units = {line["group"]: line for line in found["groups"]["unit"]}
    assert set(units) == {"A01", "B01", ""}
    assert LEAST_GROUP == 3
    assert (units["A01"]["winners"], units["A01"]["change_fen"]) == (1, None), "one firm's sum is its own"
    assert (units[""]["parties"], units[""]["winners"], units[""]["change_fen"]) == (3, 1, 300 * WAN), "three are told"


def test_two_variants_are_two_reports_from_the_same_rows(firms, home) -> None:
    many(home)
    connection.ensure_connection()
    one, two = what_if(
        home, find_pack(None), connection, in_force.rules(), POLICY, [LOWER, Variant({"bands": {"from 1": "15 亿元"}})], TODAY
    )
    assert (one["change_fen"], two["change_fen"]) == (100 * WAN, -500 * WAN)
    assert one["before_fen"] == two["before_fen"]
    assert one["ruleset"] == two["ruleset"] == in_force.rules().id
    assert len({one["ruleset"], one["changed_ruleset"], two["changed_ruleset"]}) == 3


def test_a_policy_without_profiles_is_refused_with_what_to_do(firms, home) -> None:
    connection.ensure_connection()
    with pytest.raises(BadInput, match="m08_dcmm: found no profiles, expected those of a round of support; run"):
        what_if(home, find_pack(None), connection, in_force.rules(), "m08_dcmm", [Variant({}, ("level",))], TODAY)
