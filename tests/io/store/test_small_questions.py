"""The store's small questions: what was granted, which limits were missed, which changes were signed, which notices are known, and what the database itself refuses."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from yunxing.io.store import (
    append_only,
    case_pages,
    case_signals,
    case_talks,
    dialect,
    granted,
    holidays,
    marks,
    quiet_signals,
    room,
    rule_changes,
)
from yunxing.io.store.case_rows import NO_DUE
from yunxing.values.errors import DoesNotHold
from yunxing.values.workdays import Notice, built_in_notices

AT = datetime(2022, 9, 30, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def put(connection: Any, table: str, **values: Any) -> None:
    places = ", ".join(["%s"] * len(values))
    dialect.execute(connection, f"insert into {table} ({', '.join(values)}) values ({places})", list(values.values()))


def case(connection: Any, name: str, **more: Any) -> None:
    plain: dict[str, Any] = {
        "id": name, "definition": "talk", "version": 1, "subject": "s", "state": "open", "ver": 0, "owner": "IIT", "lead": "LEAD", "handler": "", "unit": "",
        "party": "", "origin": "o", "opened_by": "", "title": name, "words": "", "grade": "", "outcome": "", "is_open": True, "opened": AT, "changed": AT,
        "due": AT, "candidates": "[]", "declined": "[]", "data": "{}", "walked": "{}",
    }  # fmt: skip
    put(connection, "casework_case", **(plain | more))


def clock(connection: Any, name: str, due: datetime, state: str, office: str = "") -> None:
    put(
        connection, "casework_clock", name="answer", due=due, provisional=False, state=state, budget=0, kind="workdays", known_on=AT.date(), office=office,
        round=1, since=AT, span=0, started=AT, case_id=name,
    )  # fmt: skip


def grant(connection: Any, seq: int, key: str, amount: int, *, kind: str = "reserve", how: str = "", layer: str = "hold_in") -> None:
    """One transfer with one leg (and its other side, which must not count), and how it ended."""
    put(
        connection, "support_transfer", seq=seq, id=f"T{seq}", key=key, body_hash="", kind=kind, refers="", clause="", effective=AT.date(), recorded=AT,
        run="", approver_1="", approver_2="", seal_id=1, unit_id="fen",
    )  # fmt: skip
    put(connection, "support_posting", layer=layer, amount=amount, account_id="a", transfer_id=seq)
    put(connection, "support_posting", layer="hold_out", amount=-amount, account_id="pool", transfer_id=seq)
    if how:
        put(connection, "support_resolution", reserve_id=f"T{seq}", transfer_id=f"R{seq}", how=how)


@pytest.fixture
def book(ledger: Any) -> Any:
    """The ledger's cast with its append-only guards off and no foreign keys: single rows can be laid."""
    ledger.execute("PRAGMA foreign_keys = OFF")
    return ledger


def test_what_is_reserved_or_paid_counts_and_what_was_let_go_does_not(book: Any) -> None:
    for seq, (party, amount, how) in enumerate(
        [("p", 100, ""), ("p", 20, "post"), ("p", 3_000, "void"), ("q", 40_000, "expire"), ("r", 7, "post")], 1
    ):
        grant(book, seq, f"reserve/m08/{party}/2022/{seq}", amount, how=how)
    assert granted.granted_before(book, "m08") == {"p": 120, "r": 7}


@pytest.mark.parametrize("key", ["reserve/m080/p/2022", "reserve/m0/p/2022", "reserve/m07/p/2022", "pay/m08/p/2022", "Reserve/m08/p/2022"])
def test_a_policy_whose_name_begins_alike_is_another(book: Any, key: str) -> None:
    grant(book, 1, key, 5)
    assert granted.granted_before(book, "m08") == {}


@pytest.mark.parametrize(("kind", "amount", "layer"), [("post", 5, "hold_in"), ("reserve", -5, "hold_in"), ("reserve", 5, "settled")])
def test_only_a_reservations_own_side_is_a_grant(book: Any, kind: str, amount: int, layer: str) -> None:
    grant(book, 1, "reserve/m08/p/2022", amount, kind=kind, layer=layer)
    assert granted.granted_before(book, "m08") == {}


@pytest.mark.parametrize(("claim", "key"), [("", "reserve/m08/p/2022"), ("c1", "reserve/m08/p/2022/c1")])
def test_the_key_of_a_grant_names_its_claim_where_there_is_one(claim: str, key: str) -> None:
    assert granted.reserve_key("m08", "p", "2022", claim) == key


@pytest.mark.parametrize(
    ("due", "state", "counts"),
    [
        (AT - timedelta(microseconds=1), "missed", False),  # before the span
        (AT, "missed", True),
        (AT + 9 * DAY, "missed", True),
        (AT + 10 * DAY, "missed", False),  # the end is outside
        (AT + DAY, "running", True),  # still past due
        (AT + DAY, "met", False),
        (AT + DAY, "paused", False),
    ],
)
def test_a_limit_is_missed_where_its_due_instant_lies_in_the_span(connection: Any, due: datetime, state: str, counts: bool) -> None:
    case(connection, "c")
    clock(connection, "c", due, state)
    assert case_talks.missed_between(connection, AT, AT + 10 * DAY) == ([("LEAD", "talk", "c", "answer")] if counts else [])


def test_a_joint_offices_clock_is_its_own_and_one_of_nobody_is_nobodys(connection: Any) -> None:
    case(connection, "a")
    case(connection, "b", lead="")
    clock(connection, "a", AT + DAY, "missed")
    clock(connection, "a", AT + DAY, "missed", office="JOINT")
    clock(connection, "b", AT + DAY, "missed")
    assert [one[0] for one in case_talks.missed_between(connection, AT, AT + 2 * DAY)] == ["JOINT", "LEAD"]


def change(connection: Any, policy: str, state: str, signed: datetime | None, parameters: str = '{"cap": 5}', without: str = "[]") -> None:
    put(
        connection, "support_rule_change", policy=policy, parameters=parameters, without=without, starts_on=date(2022, 10, 1), basis="会议纪要", state=state,
        ruleset="r", changed_ruleset="c", report="{}", report_digest="", proposed_by="p", proposed_at=AT, signed_by="s", signed_at=signed, remark="",
    )  # fmt: skip


def test_only_signed_changes_are_read_in_the_order_of_their_signature(connection: Any) -> None:
    change(connection, "late", "signed", AT + DAY)
    change(connection, "early", "signed", AT, without='["size", "region"]')
    change(connection, "early", "proposed", None)
    change(connection, "early", "refused", AT)
    change(connection, "tied", "signed", AT)
    found = rule_changes.signed(connection)
    assert [(one.policy, one.number) for one in found] == [("early", 2), ("tied", 5), ("late", 1)]
    assert found[0] == rule_changes.Signed(2, "early", '{"cap": 5}', ("size", "region"), date(2022, 10, 1), "会议纪要")


def signal(connection: Any, name: str, month: str = "2022-09", state: str = "new", **more: Any) -> None:
    plain: dict[str, Any] = {
        "id": name, "month": month, "snapshot": "s", "kind": "trend", "sign": "negative", "indicator": "output", "scope_kind": "unit", "scope": name,
        "first_period": month, "period": month, "severity": 1, "rule": "decline", "words_zh": "", "words_en": "", "owner": "IIT", "deadline": AT.date(),
        "provisional": False, "evidence": "{}", "state": state, "joined": "",
    }  # fmt: skip
    put(connection, "room_signal", **(plain | more))


def held(connection: Any, name: str, key: str = "") -> None:
    put(connection, "room_open_signal", key=key or f"trend/output/unit/{name}", signal=name)


def months(connection: Any, *codes: str) -> None:
    for code in codes:
        put(
            connection,
            "room_closed_month",
            snapshot=f"sha256:{code}",
            month=code,
            as_of="",
            folder="",
            pack="p",
            recorded=AT,
            superseded_by="",
        )


def states(connection: Any) -> dict[str, str]:
    return dict(dialect.rows(connection, "select id, state from room_signal"))


def test_a_matter_is_freed_when_its_case_has_ended_and_none_is_open(connection: Any) -> None:
    for name in ("done", "busy", "again", "alone"):
        signal(connection, name)
        held(connection, name)
    case(connection, "1", origin="signal:done", is_open=False)
    case(connection, "2", origin="signal:busy")
    case(connection, "3", origin="signal:again", is_open=False)
    case(connection, "4", origin="signal:again")
    assert case_signals.ended_with_signal(connection) == ["1", "3"]
    assert case_signals.free_ended(connection) == 1
    assert states(connection) == {"done": "closed", "busy": "new", "again": "new", "alone": "new"}
    assert case_signals.free_ended(connection) == 0


def test_two_ended_cases_of_one_signal_free_it_once(connection: Any) -> None:
    signal(connection, "s")
    held(connection, "s")
    for name in ("1", "2"):
        case(connection, name, origin="signal:s", is_open=False)
    assert case_signals.free_ended(connection) == 1


def test_a_failure_while_freeing_frees_nothing(connection: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        signal(connection, name)
        held(connection, name)
        case(connection, name, origin=f"signal:{name}", is_open=False)
    plain = dialect.execute

    def breaks(opened: Any, sql: str, params: Any = ()) -> Any:
        if sql.startswith("UPDATE") and params[-1] == "b":
            raise RuntimeError("the disk is full")
        return plain(opened, sql, params)

    monkeypatch.setattr(dialect, "execute", breaks)
    with pytest.raises(RuntimeError, match="disk is full"):
        case_signals.free_ended(connection)
    assert set(states(connection).values()) == {"new"}
    assert len(dialect.rows(connection, "select * from room_open_signal")) == 2


@pytest.mark.parametrize(
    ("closed", "alarm", "goes_quiet"),
    [
        (("2022-05", "2022-06"), "2022-01", 0),  # two months that stand are too few
        (("2022-05", "2022-06", "2022-07"), "2022-04", 1),
        (("2022-05", "2022-06", "2022-07"), "2022-05", 0),  # alarmed in the first of the three
        (("2022-05", "2022-06", "2022-07", "2022-09"), "2022-05", 1),  # closed months are counted, not the calendar's
    ],
)
def test_a_signal_is_quiet_after_three_closed_months_without_it(
    connection: Any, closed: tuple[str, ...], alarm: str, goes_quiet: int
) -> None:
    months(connection, *closed)
    signal(connection, "s", alarm)
    held(connection, "s")
    assert quiet_signals.close_quiet(connection) == goes_quiet
    assert quiet_signals.close_quiet(connection) == 0


def test_a_quarters_alarm_counts_from_the_quarters_last_month(connection: Any) -> None:
    months(connection, "2022-05", "2022-06", "2022-07", "2022-08")
    signal(connection, "s", "2022-05", period="2022Q2")
    held(connection, "s")
    assert quiet_signals.close_quiet(connection) == 0
    months(connection, "2022-09")
    assert quiet_signals.close_quiet(connection) == 1


def test_the_newest_budget_and_the_marks_that_say_it_was_true(connection: Any) -> None:
    for rule, per_year in (("a", 4), ("b", 9), ("a", 6)):
        put(connection, "room_budget", rule=rule, per_year=per_year, before=0, at=AT, actor="x", reason="")
    assert marks.budgets(connection) == {"a": 6, "b": 9}
    for name, said in (("r", "right"), ("e", "early"), ("l", "late"), ("w", "wrong")):
        signal(connection, name, "2022-05")
        put(connection, "room_mark", signal=name, mark=said, at=AT, actor="x", began="", note="")
    put(connection, "room_mark", signal="unknown", mark="right", at=AT, actor="x", began="", note="")
    assert marks.right_candidates(connection) == ["decline/e/2022-05", "decline/l/2022-05", "decline/r/2022-05"]


def test_the_months_that_stand_are_in_order_and_superseded_ones_are_not_among_them(connection: Any) -> None:
    months(connection, "2022-09", "2021-12")
    put(
        connection,
        "room_closed_month",
        snapshot="old",
        month="2022-08",
        as_of="",
        folder="",
        pack="p",
        recorded=AT,
        superseded_by="sha256:new",
    )
    assert room.standing_months(connection) == [("2021-12", "sha256:2021-12"), ("2022-09", "sha256:2022-09")]


def notice(number: str, *off: str, known: date | None = None) -> Notice:
    return Notice(
        number, date(2029, 11, 1), 2030, frozenset(map(date.fromisoformat, off)), frozenset(), True, known or date(2029, 11, 5), "city"
    )


def test_a_loaded_notice_is_kept_once_and_read_back_as_it_was(connection: Any) -> None:
    one = notice("N1", "2030-05-03", "2030-05-04")
    assert holidays.add(connection, [one], AT) == [one]
    assert holidays.add(connection, [one], AT) == []
    assert [found for found in holidays.notices(connection) if found.number == "N1"] == [one]


def test_a_notice_twice_in_one_file_is_one_notice(connection: Any) -> None:
    one = notice("N1", "2030-05-03")
    assert holidays.add(connection, [one, one], AT) == [one]


@pytest.mark.parametrize("together", [True, False])
def test_a_notice_with_other_days_is_refused_and_nothing_beside_it_is_kept(connection: Any, together: bool) -> None:
    first, other, beside = notice("N1", "2030-05-03"), notice("N1", "2030-05-04"), notice("N0", "2030-05-05")
    more = [first, beside, other] if together else [beside, other]
    if not together:
        holidays.add(connection, [first], AT)
    with pytest.raises(DoesNotHold, match=r"^notice N1: it is known with other days\. A notice is never altered"):
        holidays.add(connection, more, AT)
    assert {one.number for one in holidays.notices(connection)} & {"N0", "N1"} == (set() if together else {"N1"})


def test_a_built_in_notice_is_known_and_is_not_altered(connection: Any) -> None:
    one = built_in_notices()[0]
    assert holidays.add(connection, [one], AT) == []
    with pytest.raises(DoesNotHold, match="known with other days"):
        holidays.add(connection, [replace(one, off=one.off | {date(2030, 6, 6)})], AT)


def test_a_calendar_does_not_know_a_notice_before_its_day(connection: Any) -> None:
    holidays.add(connection, [notice("N1", "2030-05-06", known=date(2029, 11, 5))], AT)
    day = date(2030, 5, 6)  # a Monday
    assert holidays.calendar(connection, date(2029, 11, 4)).is_workday(day)
    assert not holidays.calendar(connection, date(2029, 11, 5)).is_workday(day)
    assert not holidays.calendar(connection, None).is_workday(day)


def test_the_mark_of_the_calendar_is_one_row_that_moves(connection: Any) -> None:
    assert holidays.mark(connection) is None
    for day in (date(2022, 9, 1), date(2022, 9, 30)):
        holidays.set_mark(connection, day)
        assert holidays.mark(connection) == day
    assert dialect.rows(connection, "select count(*) from casework_calendar_mark") == [(1,)]


def test_a_guarded_table_takes_rows_and_gives_none_back() -> None:
    opened = sqlite3.connect(":memory:", isolation_level=None)
    opened.execute("create table t (digest text)")
    for statement in append_only.guard("t", "sqlite"):
        opened.execute(statement)
    opened.execute("insert into t values ('x')")
    for statement in ("update t set digest = 'y'", "delete from t"):
        with pytest.raises(sqlite3.IntegrityError, match="this table is append-only"):
            opened.execute(statement)
    for _ in range(2):  # harmless where it is not applied
        for statement in append_only.release("t", "sqlite"):
            opened.execute(statement)
    assert opened.execute("delete from t").rowcount == 1


@pytest.mark.parametrize(
    ("vendor", "engine", "means"),
    [
        ("sqlite", "django.db.backends.sqlite3", "sqlite"),
        ("postgresql", "django.db.backends.postgresql", "postgresql"),
        ("postgresql", "vendor_backend", "rules"),
        ("vendor", "vendor_backend", "rules"),
    ],
)
def test_only_postgresql_itself_gets_its_triggers(vendor: str, engine: str, means: str) -> None:
    assert append_only.means_for(vendor, engine) == means


@pytest.mark.parametrize(("means", "undone"), [("postgresql", 3), ("rules", 2), ("sqlite", 2)])
def test_whatever_guards_a_table_can_be_released(means: append_only.Means, undone: int) -> None:
    made = {word for line in append_only.guard("t", means) for word in line.replace("(", " ").split() if word.startswith("t_keep")}
    freed = {word for line in append_only.release("t", means) for word in line.replace("(", " ").split() if word.startswith("t_keep")}
    assert made == freed
    assert len(freed) == undone
    assert all(append_only.SAYING in line for line in append_only.guard("t", means) if "RAISE" in line or "RULE" in line)


def test_a_page_begins_after_the_last_row_of_the_one_before(connection: Any) -> None:
    for name, due in (("c", AT), ("a", AT + DAY), ("b", AT), ("d", NO_DUE)):
        case(connection, name, due=due)
    first = case_pages.page(connection, {"is_open": True}, size=2)
    assert [one.id for one in first] == ["b", "c"]
    last = first[-1]
    assert last.due is not None
    rest = case_pages.page(connection, {}, after=(last.due, last.id), size=5)
    assert [(one.id, one.due) for one in rest] == [("a", AT + DAY), ("d", None)]
    assert [one.id for one in case_pages.page(connection, {}, due_before=AT + DAY)] == ["b", "c"]
    assert case_pages.page(connection, {"owner": "nobody"}) == []


def test_a_filter_that_is_no_column_is_refused(connection: Any) -> None:
    with pytest.raises(AssertionError, match="is_open = 1 or 1"):
        case_pages.page(connection, {"is_open = 1 or 1": 1})


def test_cases_about_a_party_open_or_recent_newest_first(connection: Any) -> None:
    case(connection, "old", party="p", is_open=False, opened=AT - 9 * DAY)
    case(connection, "ended", party="p", is_open=False, opened=AT, words="停产")
    case(connection, "open", party="p", opened=AT - 8 * DAY)
    case(connection, "other", party="q", subject="x")
    case(connection, "self", party="p", opened=AT)
    assert case_pages.texts_about(connection, party="p", subject="x", since=AT, besides="self") == [
        ("ended", "ended 停产"),
        ("open", "open "),
    ]
    assert case_pages.texts_about(connection, party="", subject="x", since=AT, besides="self") == [("other", "other ")]
    assert case_pages.ids_about(connection, "p") == ["ended", "old", "open", "self"]
    assert case_pages.counts(connection) == [("talk", "open", 3)]
    assert case_pages.open_of_version(connection, "talk", 1, "open", 5) == ["other", "self"]
    assert case_pages.open_of_version(connection, "talk", 2, "", 5) == []
