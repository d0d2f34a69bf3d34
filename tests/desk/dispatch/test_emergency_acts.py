"""Emergency acts by themselves: spans that touch, a pass's way through its states, white list, daily reports, the numbers of a mode's page worked out by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yunxing.desk import clock
from yunxing.desk.casework.models import Case
from yunxing.desk.dispatch import emergency
from yunxing.desk.dispatch.models import Mode, Operation, VehiclePass, WhiteFirm
from yunxing.desk.people.models import JournalEntry
from yunxing.desk.reporting.models import Party
from yunxing.desk.scoping import acting_in
from yunxing.engines.cases.case import Actor
from yunxing.values.errors import BadInput, Refusal
from yunxing.values.office_hours import BEIJING
from yunxing.values.scope import ALL, Scope

BY = Actor("chief", "CMD", frozenset({"command"}))
BASIS, LAW = "国办发明电〔2022〕3号", "中华人民共和国防洪法"
FIRST, DAY, LAST = date(2022, 11, 1), date(2022, 11, 8), date(2022, 11, 20)


@pytest.fixture(autouse=True)
def _own_home(settings, tmp_path):
    settings.HOME = tmp_path


@pytest.fixture
def mode(system, on_that_day):
    """An epidemic mode from 1 to 20 November; the desk stands on the 8th."""
    return emergency.declare(BY, "epidemic", BASIS, FIRST, LAST, " 说明 ")


@pytest.fixture
def firm(hands, system):
    """The firm of county A."""
    return Party.objects.get(pk=hands.firm("a"))


def stand(monkeypatch, on: date) -> None:
    monkeypatch.setattr(clock, "demo_day", lambda: on)


def applied(mode, firm, **more) -> VehiclePass:
    plain = {
        "plate": "鲁M12345", "driver": "张三丰", "phone": "13812345678", "route": "某厂—某港", "goods": "产成品", "first": DAY, "last": DAY + timedelta(2), "tested": None,
    }  # fmt: skip
    return emergency.apply_for_pass(mode, firm, **{**plain, **more})


# ---- declaring and ending -------------------------------------------------------------------------------------------------------------------------
def test_a_declared_mode_has_its_number_its_item_and_its_journal(mode):
    case = Case.objects.get(pk=mode.case)
    assert (mode.id, mode.words, mode.declared_by, mode.ended_on, mode.cleared_on) == ("E2022-01", "说明", "chief", None, None)
    assert (case.state, case.origin, case.lead) == ("declared", "mode:E2022-01", "CMD")
    assert (case.fields["basis"], case.fields["last"]) == (BASIS, "2022-11-20")
    assert JournalEntry.objects.get(act="declare").object_id == "E2022-01"


@pytest.mark.parametrize(
    ("kind", "basis", "first", "last", "refused"),
    [
        ("epidemic", BASIS, date(2022, 11, 20), date(2022, 11, 25), True),
        ("epidemic", BASIS, date(2022, 11, 21), date(2022, 11, 25), False),
        ("epidemic", BASIS, date(2022, 10, 20), date(2022, 11, 1), True),
        ("epidemic", BASIS, date(2022, 10, 20), date(2022, 10, 31), False),
        ("epidemic", BASIS, date(2022, 11, 5), date(2022, 11, 6), True),
        ("epidemic", BASIS, date(2022, 10, 31), date(2022, 11, 21), True),
        ("flood", LAW, FIRST, LAST, False),
    ],
)
def test_two_modes_of_one_kind_share_no_day(mode, kind, basis, first, last, refused):
    if refused:
        with pytest.raises(Refusal, match="E2022-01 已在此期间宣布同类应急状态。"):
            emergency.declare(BY, kind, basis, first, last, "")
        assert Mode.objects.count() == 1
    else:
        assert emergency.declare(BY, kind, basis, first, last, "").id == "E2022-02"


def test_numbers_count_in_the_year_of_the_first_day(mode):
    assert emergency.declare(BY, "flood", LAW, date(2022, 12, 31), date(2023, 1, 3), "").id == "E2022-02"
    assert emergency.declare(BY, "flood", LAW, date(2023, 1, 4), date(2023, 1, 5), "").id == "E2023-01"


def test_a_basis_of_another_kind_is_no_basis_and_the_right_ones_are_named(mode):
    with pytest.raises(BadInput, match="请选择法定依据：中华人民共和国防洪法、中华人民共和国突发事件应对法。"):
        emergency.declare(BY, "flood", BASIS, FIRST, LAST, "")


def test_a_fault_while_the_item_is_opened_leaves_no_mode(system, on_that_day, monkeypatch):
    def broken(*_args, **_more):
        raise RuntimeError("lost")

    monkeypatch.setattr(emergency.services, "start", broken)
    with pytest.raises(RuntimeError, match="lost"):
        emergency.declare(BY, "epidemic", BASIS, FIRST, LAST, "")
    assert not Mode.objects.exists()


@pytest.mark.parametrize(("on", "ended", "force"), [
    (date(2022, 10, 31), None, False), (FIRST, None, True), (LAST, None, True), (LAST + timedelta(1), None, False),
    (date(2022, 11, 9), date(2022, 11, 10), True), (date(2022, 11, 10), date(2022, 11, 10), False), (FIRST, FIRST, False), (LAST, date(2022, 12, 1), True),
])  # fmt: skip
def test_in_force_from_the_first_day_to_the_last_and_not_on_the_day_it_was_ended(on, ended, force):
    assert emergency.in_force(Mode(first=FIRST, last=LAST, ended_on=ended), on) is force


@pytest.mark.parametrize(
    ("ended", "over", "clears"),
    [
        (None, LAST, date(2022, 12, 20)),
        (date(2022, 11, 10), date(2022, 11, 10), date(2022, 12, 10)),
        (date(2022, 12, 1), LAST, date(2022, 12, 20)),
    ],
)
def test_thirty_days_run_from_the_day_it_was_over(system, on_that_day, ended, over, clears):
    """An end written after the last day keeps nobody's data longer."""
    mode = Mode(first=FIRST, last=LAST, ended_on=ended)
    assert (emergency.last_day(mode), emergency.clears_on(mode)) == (over, clears)


def test_a_mode_ends_once_and_its_waiting_passes_with_it(mode, firm):
    waiting, issued = applied(mode, firm), applied(mode, firm, route="另一线路")
    emergency.issue(BY, issued)
    emergency.end(BY, mode, DAY, "解除")

    waiting.refresh_from_db()
    issued.refresh_from_db()
    assert (waiting.state, waiting.note, issued.state) == ("refused", "应急状态已解除", "issued")
    assert Case.objects.get(pk=mode.case).state == "ended"
    with pytest.raises(Refusal, match="应急状态 E2022-01 已解除。"):
        emergency.end(BY, mode, DAY + timedelta(1))
    assert not emergency.pass_page(issued, whole=False)["valid"], "what was issued for the mode ends with it"


@pytest.mark.parametrize(
    ("on", "state"), [(date(2022, 10, 31), "未生效"), (FIRST, "生效中"), (LAST, "生效中"), (LAST + timedelta(1), "已到期")]
)
def test_a_mode_in_a_list_says_how_it_stands(mode, on, state):
    row = emergency.mode_row(mode, on)
    assert (row["title"], row["state"], row["on"], row["last"]) == ("疫情防控", state, state == "生效中", LAST)


def test_an_ended_mode_says_so_from_its_day_on(mode):
    emergency.end(BY, mode, date(2022, 11, 10))
    assert [emergency.mode_row(mode, date(2022, 11, day))["state"] for day in (9, 10, 30)] == ["生效中", "已解除", "已解除"]


def test_deleting_waits_for_the_day_after_and_touches_no_other_mode(mode, firm, monkeypatch):
    other = emergency.declare(BY, "flood", LAW, DAY, date(2022, 12, 1), "")
    applied(mode, firm)
    kept = applied(other, firm, goods="抢险物资")

    assert emergency.clear_expired(BY, date(2022, 12, 20)) == {}
    assert emergency.clear_expired(BY, date(2022, 12, 21)) == {"E2022-01": 1}
    kept.refresh_from_db()
    assert emergency.plain(kept).plate == "鲁M12345"
    gone = VehiclePass.objects.get(mode=mode)
    assert (gone.plate_sealed, gone.plate_key, gone.code, gone.goods, gone.route) == ("", "", "", "产成品", "某厂—某港")


# ---- passes ---------------------------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("before", "refuse", "after", "said"),
    [
        ("applied", "", "issued", ""),
        ("applied", "材料不全", "refused", ""),
        ("issued", "线路取消", "revoked", ""),
        ("issued", "", "issued", "现为“已签发”，不能签发。"),
        ("refused", "", "refused", "现为“未准”，不能签发。"),
        ("revoked", "", "revoked", "现为“已收回”，不能签发。"),
        ("refused", "再说一次", "refused", "现为“未准”，不能收回。"),
        ("revoked", "再说一次", "revoked", "现为“已收回”，不能收回。"),
    ],
)
def test_the_way_of_a_pass_through_its_states(mode, firm, before, refuse, after, said):
    """Applied → issued or refused; issued → revoked; refused and revoked are ends, whose state and reason stay as they were written."""
    one = applied(mode, firm)
    VehiclePass.objects.filter(pk=one.pk).update(state=before, note="原因")
    one.refresh_from_db()
    if said:
        with pytest.raises(Refusal) as refused:
            emergency.issue(BY, one, refuse=refuse)
        assert refused.value.message == f"证号 E2022-01-00001 {said}"
    else:
        emergency.issue(BY, one, refuse=refuse)
    one.refresh_from_db()
    assert (one.state, one.note) == (after, refuse if refuse and not said else "原因")
    assert bool(one.code) == (before == "applied" and not refuse)


def test_a_reason_of_blanks_is_none_and_a_long_one_is_cut_to_its_column(mode, firm):
    first, second = applied(mode, firm), applied(mode, firm, route="另一线路")
    assert emergency.issue(BY, first, refuse="  ").state == "issued"
    assert emergency.issue(BY, second, refuse="长" * 300).note == "长" * 200


def test_every_reason_against_a_pass_stands_in_one_sentence(mode, firm):
    with pytest.raises(BadInput) as refused:
        applied(mode, firm, plate="abc", route=" ", goods="黄金", driver="", first=LAST, last=LAST + timedelta(1))
    for said in (
        "没有写明线路",
        "车牌“ABC”不像号牌",
        "超出应急状态 2022-11-01 至 2022-11-20",
        "物资类别应为：生产原料、产成品",
        "请填写驾驶员和电话",
    ):
        assert said in refused.value.message
    assert not VehiclePass.objects.exists()


def test_a_pass_that_was_refused_or_revoked_stands_in_nobodys_way(mode, firm):
    one = applied(mode, firm)
    with pytest.raises(BadInput, match="同车同线路已有通行证 E2022-01-00001（2022-11-08 至 2022-11-10）"):
        applied(mode, firm, plate=" 鲁m12345 ", first=DAY + timedelta(2), last=DAY + timedelta(3))
    emergency.issue(BY, one, refuse="材料不全")
    assert applied(mode, firm).number == "E2022-01-00002"


def test_of_a_test_only_until_when_it_holds_is_kept(mode, firm):
    taken = datetime(2022, 11, 7, 8, 30, tzinfo=BEIJING)
    assert applied(mode, firm, tested=taken).test_until == datetime(2022, 11, 9, 8, 30, tzinfo=BEIJING)
    assert applied(mode, firm, route="另一线路").test_until is None


def test_a_pass_is_whole_for_its_own_and_masked_for_others(mode, firm):
    one = applied(mode, firm)
    whole, masked = emergency.pass_page(one, whole=True), emergency.pass_page(one, whole=False)
    assert (whole["plate"], whole["driver"], whole["phone"]) == ("鲁M12345", "张三丰", "13812345678")
    assert (masked["plate"], masked["driver"], masked["phone"]) == ("鲁M***45", "", "")
    assert "张三丰" not in str(vars(one))


@pytest.mark.parametrize(
    ("on", "valid"), [(date(2022, 11, 7), False), (DAY, True), (DAY + timedelta(2), True), (DAY + timedelta(3), False)]
)
def test_an_issued_pass_holds_from_its_first_day_to_its_last(mode, firm, monkeypatch, on, valid):
    one = emergency.issue(BY, applied(mode, firm))
    stand(monkeypatch, on)
    assert emergency.pass_page(one, whole=False)["valid"] is valid


@pytest.mark.parametrize("act", ["apply", "issue", "list", "report"])
@pytest.mark.parametrize("on", [FIRST - timedelta(1), LAST + timedelta(1)])
def test_nothing_is_written_into_a_mode_outside_its_days(mode, firm, monkeypatch, act, on):
    one = applied(mode, firm)
    stand(monkeypatch, on)
    todo = {
        "apply": lambda: applied(mode, firm, route="另一线路"), "issue": lambda: emergency.issue(BY, one), "list": lambda: emergency.list_firm(mode, firm, ""),
        "report": lambda: emergency.report_operation(mode, firm, DAY, "open", (1, 1), ("", None, None)),
    }[act]  # fmt: skip
    with pytest.raises(Refusal, match="应急状态 E2022-01 不在有效期内（2022-11-01 至 2022-11-20），只能查看。"):
        todo()
    one.refresh_from_db()
    assert (VehiclePass.objects.count(), one.state, WhiteFirm.objects.count(), Operation.objects.count()) == (1, "applied", 0, 0)


# ---- firms ----------------------------------------------------------------------------------------------------------------------------------------
def test_the_white_list_has_a_firm_once_from_today_to_the_modes_end(mode, firm):
    one = emergency.list_firm(mode, firm, " 某函〔2022〕1号 ")
    assert (one.since, one.until, one.document, one.unit) == (DAY, LAST, "某函〔2022〕1号", "A01")
    with pytest.raises(Refusal, match="企业a 已在白名单。"):
        emergency.list_firm(mode, firm, "")
    assert WhiteFirm.objects.count() == 1


def test_a_day_reported_again_is_corrected_and_another_day_is_another_row(mode, firm):
    emergency.report_operation(mode, firm, DAY, "open", (10, 9), ("煤", 700, 100))
    emergency.report_operation(mode, firm, DAY, "stopped", (10, 0), ("", None, None))
    emergency.report_operation(mode, firm, FIRST, "closed_loop", (10, 10), ("", None, None))
    rows = Operation.objects.order_by("day").values_list("day", "running", "staff_needed", "staff_in", "supply_stock")
    assert list(rows) == [(FIRST, "closed_loop", 10, 10, None), (DAY, "stopped", 10, 0, None)]


@pytest.mark.parametrize(
    ("needed", "present", "ok"), [(10, 10, True), (10, 0, True), (0, 0, True), (10, 11, False), (10, -1, False), (-2, -1, False)]
)
def test_staff_in_lies_between_none_and_the_needed(mode, firm, needed, present, ok):
    if ok:
        assert emergency.report_operation(mode, firm, DAY, "open", (needed, present), ("", None, None)).staff_in == present
    else:
        with pytest.raises(BadInput, match=f"已到岗 {present} 人，应在 0 与应到岗 {needed} 人之间。"):
            emergency.report_operation(mode, firm, DAY, "open", (needed, present), ("", None, None))


@pytest.mark.parametrize(
    ("stock", "use", "days"),
    [(700, 100, Fraction(7)), (100, 30, Fraction(10, 3)), (0, 5, Fraction(0)), (5, 0, None), (None, 5, None), (5, None, None)],
)
def test_days_of_supply_are_stock_over_daily_use(stock, use, days):
    assert emergency.supply_days(Operation(supply_stock=stock, supply_use=use)) == days


@given(
    rows=st.lists(
        st.tuples(st.sampled_from("AB"), st.integers(0, 50), st.integers(0, 50), st.sampled_from(["open", "stopped"])), max_size=8
    )
)
@settings(max_examples=60, deadline=None)
def test_the_rate_of_the_whole_is_a_ratio_of_sums_and_units_add_up(rows):
    """Never a mean of rates: a firm of fifty counts fifty times a firm of one."""
    operations = [
        Operation(unit=unit, staff_needed=need, staff_in=min(need, there), running=running) for unit, need, there, running in rows
    ]
    needed = sum(need for _u, need, _t, _r in rows)
    rate = emergency.return_rate(operations)
    assert rate == (Fraction(sum(min(need, there) for _u, need, there, _r in rows), needed) if needed else None)
    units = emergency.by_unit(operations)
    assert sum(firms for _name, firms, _stopped, _rate in units) == len(rows)
    assert sum(stopped for _name, _firms, stopped, _rate in units) == sum(running == "stopped" for *_rest, running in rows)


def test_the_page_of_a_mode_counts_the_newest_day_alone(mode, hands, firm):
    """Newest day: 9 of 10 and 0 of 30 are 9/40 = 22.5 %. Of coal 600/100 = 6 days is short, 700/100 = 7 is not."""
    second = Party.objects.get(pk=hands.firm("b"))
    emergency.report_operation(mode, firm, DAY - timedelta(1), "stopped", (99, 0), ("", None, None))
    emergency.report_operation(mode, firm, DAY, "open", (10, 9), ("煤", 600, 100))
    emergency.report_operation(mode, second, DAY, "stopped", (30, 0), ("气", 700, 100))
    page = emergency.mode_page(mode, command=True)

    assert (page["newest"], page["reporting"], page["rate"], page["stopped"]) == (DAY, 2, "22.5%", ["企业b"])
    assert [(one["firm"], one["what"], one["days"]) for one in page["supplies"]] == [("企业a", "煤", Fraction(6))]
    assert [row[1:] for row in page["by_unit"]] == [(1, 0, "90.0%"), (1, 1, "0.0%")]


def test_passes_are_counted_by_state_and_by_the_hours_they_took(mode, firm):
    """Exactly twenty-four hours are in time, a minute more is not."""
    for number, minutes in enumerate((24 * 60, 24 * 60 + 1)):
        one = emergency.issue(BY, applied(mode, firm, route=f"线路{number}"))
        VehiclePass.objects.filter(pk=one.pk).update(issued_at=one.applied_at + timedelta(minutes=minutes))
    applied(mode, firm, route="线路九")
    page = emergency.mode_page(mode, command=False)
    assert page["counts"] == [("待签发", 1), ("已签发", 2), ("未准", 0), ("已收回", 0)]
    assert page["issued_in_time"] == (1, 2, 24)


def test_a_county_sees_its_own_firms_in_a_mode_and_a_firm_itself(mode, hands, firm):
    second = Party.objects.get(pk=hands.firm("b"))
    for one in (firm, second):
        applied(mode, one, route=f"{one.id}线")
        emergency.list_firm(mode, one, "")
    scopes = (
        Scope(frozenset({"A01"}), frozenset(), ALL, 3, "county"),
        Scope(frozenset({"B01"}), frozenset(), frozenset({second.id}), 3, "firm"),
    )
    seen = []
    for scope in scopes:
        with acting_in(scope):
            seen.append(
                (sorted(VehiclePass.objects.values_list("party", flat=True)), sorted(WhiteFirm.objects.values_list("party", flat=True)))
            )
    assert seen == [([firm.id], [firm.id]), ([second.id], [second.id])]


# ---- what is typed --------------------------------------------------------------------------------------------------------------------------------
def test_a_typed_moment_is_local_and_nothing_is_none():
    assert emergency.instant_of(" 2022-04-01T08:00 ") == datetime(2022, 4, 1, 8, tzinfo=BEIJING)
    assert emergency.instant_of(" ") is None


@pytest.mark.parametrize("text", ["昨天", "2022-13-01T08:00", "2022-04-01T25:00", "08:00", "<script>"])
def test_what_is_no_moment_is_told_with_an_example(text):
    with pytest.raises(BadInput) as refused:
        emergency.instant_of(text)
    assert refused.value.message == f"“{text}”不是时间，应写作 2022-04-01T08:00"
