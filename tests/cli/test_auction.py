"""`yunxing auction`: the files of operations in and out, a published result proved or refuted, hostile input refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from yunxing.cli import app
from yunxing.values.errors import BadInput, DoesNotHold

BIDS = """bid,bidder,county,price_fen,quantity,time
A,a,x,26000,6000,2022-09-30T09:00:00
B,b,x,24000,5000,2022-09-30T09:00:01
C,c,y,22000,4000,2022-09-30T09:00:02
"""


@pytest.fixture
def bids(tmp_path: Path) -> Path:
    path = tmp_path / "bids.csv"
    path.write_text(BIDS, encoding="utf-8")
    return path


def asked(*words: object):
    return CliRunner().invoke(app, ["auction", *map(str, words)])


@pytest.mark.parametrize(
    ("options", "lines", "due"),
    [
        ([], ["A,6000,24000", "B,4000,24000", "C,0,0"], 240_000_000),
        (["--rule", "pay-as-bid"], ["A,6000,26000", "B,4000,24000", "C,0,0"], 252_000_000),
        (["--bidder-cap", "5000"], ["A,5000,24000", "B,5000,24000", "C,0,0"], 240_000_000),
        (["--county-cap", "x=7000"], ["A,6000,22000", "B,1000,22000", "C,3000,22000"], 220_000_000),
        (["--reserve", "25000"], ["A,6000,26000", "B,0,0", "C,0,0"], 156_000_000),
        (["--price", "highest-rejected"], ["A,6000,24000", "B,4000,24000", "C,0,0"], 240_000_000),
    ],
)
def test_the_worked_example_and_its_variants(bids: Path, tmp_path: Path, options: list[str], lines: list[str], due: int) -> None:
    out = tmp_path / "out.csv"
    found = asked("clear", bids, "--supply", 10_000, "-o", out, "--json", *options)

    assert found.exit_code == 0, found.output
    assert out.read_text().splitlines() == ["bid,filled,price_fen", *lines]
    assert json.loads(found.stdout)["due_fen"] == due
    assert asked("check", bids, out, "--supply", 10_000, *options).exit_code == 0


def test_another_result_than_the_bids_give_is_refuted(bids: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("bid,filled,price_fen\nA,6000,24000\nB,3999,24000\nC,1,24000\n")
    found = asked("check", bids, out, "--supply", 10_000)
    assert isinstance(found.exception, DoesNotHold)
    assert "B: published 3999" in found.exception.message
    assert "2 bids differ" in found.exception.message


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--supply", "-1"], "whole numbers"),
        (["--supply", "10", "--county-cap", "x"], "COUNTY=UNITS"),
        (["--supply", "10", "--county-cap", "x=１"], "COUNTY=UNITS"),
        (["--supply", "10", "--county-cap", "x=1", "--county-cap", "x=2"], "twice"),
        (["--supply", "10", "--reserve", "-5"], "whole numbers"),
    ],
)
def test_terms_that_make_no_sense_are_refused_and_nothing_is_written(bids: Path, tmp_path: Path, words: list[str], says: str) -> None:
    found = asked("clear", bids, *words, "-o", tmp_path / "out.csv")
    assert isinstance(found.exception, BadInput)
    assert says in found.exception.message
    assert not (tmp_path / "out.csv").exists()


def test_the_bids_are_never_overwritten(bids: Path) -> None:
    found = asked("clear", bids, "--supply", 10, "-o", bids)
    assert isinstance(found.exception, BadInput)
    assert bids.read_text(encoding="utf-8") == BIDS


def test_hostile_bids_are_refused_with_every_place(bids: Path, tmp_path: Path) -> None:
    bids.write_text(BIDS + "=cmd,b,x,1.5,-1,soon\n", encoding="utf-8")
    found = asked("clear", bids, "--supply", 10, "-o", tmp_path / "out.csv")
    assert isinstance(found.exception, BadInput)
    assert [fault.place for fault in found.exception.faults] == [
        "line 5, column 1 (bid)", "line 5, column 4 (price_fen)", "line 5, column 5 (quantity)", "line 5, column 6 (time)",
    ]  # fmt: skip


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    found = asked("clear", tmp_path / "none.csv", "--supply", 10, "-o", tmp_path / "out.csv")
    assert isinstance(found.exception, BadInput)
    assert "found no file" in found.exception.message
