"""Reserving and paying confirmed claims: against a slow pool by hand, all policies or none, and papers whose sums and words are exact."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yunxing.engines.entitlements.intake import money_words
from yunxing.engines.ledger.payment_list import Payment
from yunxing.flows import deliver
from yunxing.flows.deliver import Confirmed, Listed, _yuan, announcement, payment_files, source_words
from yunxing.io.documents.read import read_docx
from yunxing.io.store import dialect, ledger_check, postings
from yunxing.io.store.granted import granted_before
from yunxing.packs.policies import load_policies
from yunxing.values.errors import BadInput, DoesNotHold

PACK = Path(__file__).parents[2] / "plans" / "binzhou_2022_156"
ON = date(2022, 9, 30)
AT = datetime(2022, 9, 30, 9, tzinfo=UTC)
WAN = 10**6
DCMM, EVENTS = "pool/m08_dcmm/2022", "pool/m20_events/2022"


@pytest.fixture
def store(home: Path) -> Any:
    with dialect.connected(home) as connection:
        yield connection


def claim(party: str, fen: int, day: int = 1, policy: str = "m08_dcmm", payee: str = "") -> Confirmed:
    return Confirmed(policy, party, payee or party, fen, datetime(2022, 9, day, tzinfo=UTC))


def reserve(store: Any, claims: Sequence[Confirmed], run: str = "r") -> dict[tuple[str, str], tuple[str, int]]:
    found = deliver.reserve(store, PACK, claims, ON, recorded=AT, run=run, approvers=["a", "b"])
    return {key: (award.outcome, award.amount) for key, award in found.items()}


def rows(store: Any) -> int:
    return int(dialect.row(store, "SELECT COUNT(*) FROM support_transfer")[0])


def test_a_policy_that_is_not_delivered_stops_every_other_of_the_round(store: Any) -> None:
    """The unknown one sorts last; the first must not be reserved before it is met."""
    with pytest.raises(BadInput, match="round: zz_unknown is not delivered by confirmation on 2022-09-30"):
        reserve(store, [claim("A", WAN), claim("B", WAN, policy="zz_unknown")])
    assert rows(store) == 0
    assert granted_before(store, "m08_dcmm") == {}


def test_every_policy_that_is_not_delivered_is_named(store: Any) -> None:
    with pytest.raises(BadInput, match="round: m02_loan_interest, zz is not delivered"):
        reserve(store, [claim("A", WAN, policy="zz"), claim("B", WAN, policy="m02_loan_interest"), claim("C", WAN)])


def test_before_the_plan_nothing_is_delivered(store: Any) -> None:
    with pytest.raises(BadInput, match="m08_dcmm is not delivered by confirmation on 2022-05-26"):
        deliver.reserve(store, PACK, [claim("A", WAN)], date(2022, 5, 26), recorded=AT, run="r")
    assert rows(store) == 0


def test_a_claim_of_nothing_undoes_the_policies_before_it(store: Any) -> None:
    """The pool of the first policy is opened, its claim reserved; the second refuses: neither budget nor claim is left."""
    with pytest.raises(BadInput, match="more than nothing"):
        reserve(store, [claim("A", WAN), claim("B", 0, policy="m20_events")])
    assert rows(store) == 0


def test_when_the_ledger_refuses_the_second_policy_the_first_is_not_reserved(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    post, calls = postings.post, []

    def failing(groups: Any, *args: Any, **named: Any) -> Any:
        groups = list(groups)
        calls.extend(group.key for group in groups)
        if any("m20_events" in group.key and group.key.startswith("reserve/") for group in groups):
            raise DoesNotHold("no")
        return post(groups, *args, **named)

    monkeypatch.setattr(deliver.postings, "post", failing)
    with pytest.raises(DoesNotHold):
        reserve(store, [claim("A", WAN), claim("B", WAN, policy="m20_events")])
    assert any(key.startswith("reserve/m08_dcmm/A") for key in calls), "the first was written and taken back"
    monkeypatch.undo()
    assert rows(store) == 0
    assert reserve(store, [claim("A", WAN)]) == {("m08_dcmm", "A"): ("granted", WAN)}


def test_two_policies_draw_on_their_own_pools(store: Any) -> None:
    """150 and 160 万元; both exhausted by what each is asked."""
    asked = [claim("A", 150 * WAN), claim("B", WAN, 2), claim("A", 159 * WAN, policy="m20_events"), claim("B", 2 * WAN, 2, "m20_events")]
    assert reserve(store, asked) == {
        ("m08_dcmm", "A"): ("granted", 150 * WAN), ("m08_dcmm", "B"): ("queued", 0),
        ("m20_events", "A"): ("granted", 159 * WAN), ("m20_events", "B"): ("reduced", WAN),
    }  # fmt: skip
    assert (postings.balance(store, DCMM).available, postings.balance(store, EVENTS).available) == (0, 0)
    assert ledger_check.verify(store) == []


def test_money_goes_to_the_payee_and_the_grant_is_the_partys(store: Any) -> None:
    """A project's claim is paid to its firm; two projects of one firm add up in its account, and are granted apart."""
    reserve(store, [claim("P1", 3 * WAN, payee="F"), claim("P2", 4 * WAN, payee="F")])
    assert granted_before(store, "m08_dcmm") == {"P1": 3 * WAN, "P2": 4 * WAN}
    deliver.commit(
        store, PACK, [("m08_dcmm", "P1", "F", 3 * WAN), ("m08_dcmm", "P2", "F", 4 * WAN)], ON, recorded=AT, run="r", approvers=["a", "b"]
    )
    assert postings.balance(store, "payee/F").posted == 7 * WAN
    assert ledger_check.verify(store) == []


def test_a_second_round_gets_what_the_first_left_and_repeats_as_it_was(store: Any) -> None:
    """First 140; then the same claim beside a new one of 20: the old as before, the new the last 10."""
    reserve(store, [claim("A", 140 * WAN)], "r1")
    assert reserve(store, [claim("A", 140 * WAN), claim("B", 20 * WAN, 2)], "r2") == {
        ("m08_dcmm", "A"): ("granted", 140 * WAN), ("m08_dcmm", "B"): ("reduced", 10 * WAN),
    }  # fmt: skip
    assert reserve(store, [claim("B", 20 * WAN, 2)], "r3") == {("m08_dcmm", "B"): ("reduced", 10 * WAN)}
    assert postings.balance(store, DCMM).available == 0


def test_no_claims_touch_nothing(store: Any) -> None:
    assert reserve(store, []) == {}
    deliver.commit(store, PACK, [], ON, recorded=AT, run="r", approvers=["a", "b"])
    assert rows(store) == 0


@pytest.mark.parametrize(("fen", "payee"), [(6 * WAN + 1, "B"), (6 * WAN, "C")])
def test_one_payment_that_does_not_fit_its_reservation_stops_all(store: Any, fen: int, payee: str) -> None:
    """More than was reserved, or to another account: the good payment before it is not made either."""
    reserve(store, [claim("A", 5 * WAN), claim("B", 6 * WAN), claim("C", WAN)])
    before = rows(store)
    with pytest.raises(DoesNotHold, match="nothing was written"):
        deliver.commit(
            store, PACK, [("m08_dcmm", "A", "A", 5 * WAN), ("m08_dcmm", "B", payee, fen)], ON, recorded=AT, run="r", approvers=["a", "b"]
        )
    assert rows(store) == before
    assert postings.balance(store, "payee/A").posted == 0
    assert postings.balance(store, DCMM).reserved == 12 * WAN


def test_what_was_never_reserved_is_not_paid(store: Any) -> None:
    reserve(store, [claim("A", 5 * WAN)])
    with pytest.raises(DoesNotHold, match="pay/reserve/m08_dcmm/Z/2022"):
        deliver.commit(store, PACK, [("m08_dcmm", "Z", "A", WAN)], ON, recorded=AT, run="r", approvers=["a", "b"])


def slow_pool(claims: list[tuple[int, int]], left: int) -> list[int]:
    """First come, first served by day, then by name; the last served in part."""
    given = [0] * len(claims)
    for at in sorted(range(len(claims)), key=lambda one: (claims[one][1], f"P{one}")):
        given[at] = min(claims[at][0], left)
        left -= given[at]
    return given


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.integers(1, 60 * WAN), st.integers(1, 3)), min_size=1, max_size=7))
def test_a_pool_serves_as_the_slow_pool_does(store: Any, wanted: list[tuple[int, int]]) -> None:
    """Whatever is asked: never more than 150 万元 in all, and the ledger holds exactly what was awarded."""
    with contextlib.suppress(_Undone), dialect.transaction(store):
        found = reserve(store, [claim(f"P{at}", fen, day) for at, (fen, day) in enumerate(wanted)])
        expected = slow_pool(wanted, 150 * WAN)
        assert [found["m08_dcmm", f"P{at}"][1] for at in range(len(wanted))] == expected
        assert granted_before(store, "m08_dcmm") == {f"P{at}": fen for at, fen in enumerate(expected) if fen}
        assert postings.balance(store, DCMM).reserved == sum(expected) <= 150 * WAN
        raise _Undone
    assert rows(store) == 0


class _Undone(Exception):
    """Each example leaves the ledger as it was."""


# ---- what the papers say ----
def line(party: str, name: str, assessed: int, reserved: int | None = None, tail: str = "6789") -> Listed:
    return Listed(
        Payment(party, name, party, "p", "某项补贴", "156/8/2", assessed, assessed if reserved is None else reserved, "reserved", "因为"),
        tail,
    )


def words_of(document: bytes) -> str:
    return "\n".join(read_docx(document).lines)


@pytest.mark.parametrize(
    ("fen", "yuan"),
    [(0, "0.00"), (1, "0.01"), (99, "0.99"), (100, "1.00"), (123456, "1,234.56"), (10**12 + 5, "10,000,000,000.05")],
)
def test_yuan_are_written_to_the_fen_in_threes(fen: int, yuan: str) -> None:
    assert _yuan(fen) == yuan


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**53 * 100))
def test_written_yuan_read_back_as_the_same_fen(fen: int) -> None:
    """Beyond what a double holds as well."""
    whole, _, part = _yuan(fen).replace(",", "").partition(".")
    assert int(whole) * 100 + int(part) == fen


def test_a_payment_list_says_count_sum_and_what_was_reserved_not_what_was_assessed() -> None:
    """10万 of which 4万 was left, and 1.23 yuan: 2 lines, 40,001.23."""
    lines = [line("A" * 18, "甲县某化工企业", 10 * WAN, 4 * WAN), line("B" * 18, "乙县某机械企业", 123, tail="")]
    book, document = payment_files("支付清单", lines, ON, "某局", ["合成数据 synthetic data"])
    said = words_of(document)
    assert f"本批次支付 2 笔，合计 {money_words(4 * WAN + 123)}" in said.replace(",合", "，合")
    assert "40,001.23" in said
    assert "100,000.00" not in said
    assert "**** 6789" in said
    assert "合成数据" in said
    sheet = openpyxl.load_workbook(io.BytesIO(book)).active
    assert sheet is not None
    assert [cell.value for cell in list(sheet.rows)[-1]][6:8] == [100001.23, 40001.23]


def test_the_notice_says_what_was_assessed_its_days_and_where_to_object() -> None:
    said = words_of(announcement("某公示", [line("91990000MA00000A0X", "甲县某企业", 12345)], (ON, date(2022, 10, 14)), "某局", []))
    for expected in ("某公示", "123.45", "公示期 2022-09-30 至 2022-10-14", "请在公示期内提出", "9199**********0A0X", "某局"):
        assert expected in said
    assert "合成数据" not in said


@pytest.mark.parametrize(("name", "shown"), [("张三", "张*"), ("欧阳小明", "欧***"), ("甲县某企业", "甲县某企业")])
def test_names_of_persons_are_masked_on_the_notice_and_whole_on_the_payment_list(name: str, shown: str) -> None:
    one = [line("91990000MA00000A0X", name, WAN)]
    notice = words_of(announcement("公示", one, (ON, ON), "某局", []))
    assert shown in notice
    assert name in words_of(payment_files("清单", one, ON, "某局", [])[1])
    if shown != name:
        assert name not in notice


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "甲&乙 <公司>", "=HYPERLINK(1,2)企业", '"引号"某企业'])
def test_a_name_with_signs_of_markup_stays_words(name: str) -> None:
    """It stands in both documents as it is, and in the workbook it is text, no formula."""
    one = [line("91990000MA00000A0X", name, WAN)]
    book, document = payment_files("清单", one, ON, "某局", [])
    assert name in words_of(document)
    sheet = openpyxl.load_workbook(io.BytesIO(book)).active
    assert sheet is not None
    kinds = [cell.data_type for row in sheet.rows for cell in row if isinstance(cell.value, str) and name in cell.value]
    assert kinds == ["s"]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("declared:评估费发票", "申报材料:评估费发票"), ("ledger:granted", "资金台账:已核拨"), ("list:某名录", "名录:某名录"), ("registry:unit", "企业库:unit"),
        ("fact:listing_month.board", "报送数据:listing_month.board"), ("round:as_of", "批次通知:as_of"), ("other:x:y", "other:x:y"), ("", ""), ("declared", ""),
    ],
)  # fmt: skip
def test_every_source_has_words_for_an_officer(source: str, words: str) -> None:
    assert source_words(source) == words


def test_every_column_of_a_delivered_policy_has_a_source_with_words() -> None:
    sources = deliver.sources_of(PACK)
    for policy, _pool in deliver.deliverable(PACK, ON, load_policies(PACK)):
        for name in policy.sheet.columns:
            assert source_words(sources[name]), f"{policy.id}: {name}"


@pytest.mark.parametrize(("declared", "granted", "told"), [(0, 5, 5), (5, 5, 5), (6, 5, 6), (None, 5, 5), (5, 0, 5), (None, 0, None)])
def test_the_larger_of_declared_and_granted_counts(declared: int | None, granted: int, told: int | None) -> None:
    policy = load_policies(PACK).policy("m02_smart_equipment")
    row = deliver.fed(policy, {"purchase_aid_before": declared, "other": 1}, granted, deliver.sources_of(PACK))
    assert row == {"purchase_aid_before": told, "other": 1}
