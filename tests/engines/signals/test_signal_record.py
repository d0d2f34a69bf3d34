"""The record of a signal: what its id and its key depend on, and the table it is kept in."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import date
from fractions import Fraction

import pytest

from yunxing.engines.signals.signal import SIGNAL_COLUMNS, Evidence, Signal, signals_table

FIGURE = Evidence("value", "i/unit/u/2022-09/yoy", Fraction(-33, 10), "%", "2022-09", "-3.3%", "-3.3 %")
PLAIN = Signal(
    "trend", "negative", "i", "unit", "u", "2022-08", "2022-09", Fraction(7, 2), 2, "r", "降", "down", "office", date(2022, 10, 12), False, (FIGURE,)
)  # fmt: skip


@pytest.mark.parametrize(
    "change", [{"rule": "q"}, {"kind": "latent"}, {"indicator": "j"}, {"scope_kind": "cell"}, {"scope": "v"}, {"first_period": "2022-09"}]
)
def test_the_id_changes_with_what_the_signal_is_about(change):
    assert replace(PLAIN, **change).id != PLAIN.id


@pytest.mark.parametrize(
    "change",
    [{"period": "2022-10"}, {"score": Fraction(9)}, {"severity": 3}, {"words_zh": "升"}, {"owner": "x"}, {"deadline": date(2023, 1, 1)}, {"evidence": ()}, {"sign": "positive"}, {"provisional": True}, {"probability": 1}, {"state": "closed"}],
)  # fmt: skip
def test_the_id_stands_while_the_matter_is_the_same(change):
    assert replace(PLAIN, **change).id == PLAIN.id


def test_the_id_is_a_mark_and_twenty_hexadecimal_digits():
    head, digits = PLAIN.id[:2], PLAIN.id[2:]

    assert (head, len(digits)) == ("S-", 20)
    assert int(digits, 16) >= 0


def test_one_signal_is_open_for_a_kind_indicator_and_scope_whatever_the_rule_and_the_month():
    assert PLAIN.key == "trend/i/unit/u"
    assert replace(PLAIN, rule="q", first_period="2021-01").key == PLAIN.key


def test_parts_of_an_id_cannot_run_together():
    """A scope that ends as the next part begins is another signal."""
    assert replace(PLAIN, scope_kind="uni", scope="tu").id != replace(PLAIN, scope_kind="unit", scope="u").id


def test_a_row_is_exact_and_its_evidence_can_be_read_again():
    row = PLAIN.row()
    evidence = json.loads(row["evidence"])

    assert tuple(row) == SIGNAL_COLUMNS
    assert (row["score_num"], row["score_den"], row["deadline"], row["probability"], row["state"]) == (7, 2, "2022-10-12", None, "new")
    assert evidence == {"figures": [FIGURE.plain()], "contributions": [], "case": ""}
    assert (FIGURE.plain()["num"], FIGURE.plain()["den"]) == (-33, 10)
    assert set(FIGURE.plain()) == {one.name for one in fields(Evidence)} - {"value"} | {"num", "den"}


def test_words_stay_chinese_in_the_evidence_and_its_keys_are_in_order():
    text = replace(PLAIN, contributions=({"name": "合成", "base": 1},), case="c").row()["evidence"]

    assert "合成" in text
    assert text.startswith('{"case": "c", "contributions": [{"base": 1, "name"')


def test_the_table_has_the_gravest_first_and_then_the_order_of_ids():
    signals = [replace(PLAIN, scope=f"u{n}", severity=n % 3) for n in range(9)]
    found = signals_table(signals).to_pylist()

    assert [(row["severity"], row["id"]) for row in found] == sorted(
        ((one.severity, one.id) for one in signals), key=lambda one: (-one[0], one[1])
    )


def test_an_empty_table_has_the_columns_and_types_of_a_full_one():
    empty, full = signals_table([]), signals_table([PLAIN])

    assert empty.schema == full.schema
    assert empty.num_rows == 0
    assert [str(empty.schema.field(name).type) for name in ("id", "score_num", "provisional", "probability")] == [
        "string",
        "int64",
        "bool",
        "int64",
    ]
