"""`yunxing auction`: the files of operations in and out, a published result proved or refuted, hostile input refused."""

from __future__ import annotations

import hashlib
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


@pytest.mark.parametrize("cap", ["x=" + "9" * 5000, "x=" + "9" * 17, "=5", "x=", "x=5=6", "x=-5", "x=5.0"])
def test_a_county_cap_that_is_no_whole_number_is_refused_in_words(bids: Path, tmp_path: Path, cap: str) -> None:
    """Thousands of digits once ended in a trace of the machine."""
    found = asked("clear", bids, "--supply", 10, "--county-cap", cap, "-o", tmp_path / "out.csv")
    assert isinstance(found.exception, BadInput)
    assert "expected COUNTY=UNITS with whole units, such as A01=5000" in found.exception.message
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(("cap", "fits"), [(2**53, True), (2**53 + 1, False)])
def test_a_county_cap_is_as_large_as_sums_stay_exact(bids: Path, tmp_path: Path, cap: int, fits: bool) -> None:
    found = asked("clear", bids, "--supply", 10, "--county-cap", f"x={cap}", "-o", tmp_path / "out.csv")
    assert (found.exit_code == 0) is fits
    assert (tmp_path / "out.csv").exists() is fits


def test_a_result_under_other_terms_than_the_announced_is_refuted(bids: Path, tmp_path: Path) -> None:
    """The same two files: proved under the announced terms, refuted under a reserve price or a supply that nobody announced."""
    out = tmp_path / "out.csv"
    assert asked("clear", bids, "--supply", 10_000, "-o", out).exit_code == 0
    assert asked("check", bids, out, "--supply", 10_000).exit_code == 0
    for other in (
        ["--supply", 9_999],
        ["--supply", 10_000, "--reserve", 24_001],
        ["--supply", 10_000, "--rule", "pay-as-bid"],
        ["--supply", 10_000, "--bidder-cap", 5_999],
    ):
        assert isinstance(asked("check", bids, out, *other).exception, DoesNotHold), other


def test_the_lottery_is_proved_with_its_seed_and_with_no_other(bids: Path, tmp_path: Path) -> None:
    """One unit for four equal bids: the smallest lot has it, and of some seeds another would."""
    rows = "".join(f"{name},{name.lower()},x,100,1,{number}\n" for number, name in enumerate("ABCD"))
    bids.write_text("bid,bidder,county,price_fen,quantity,time\n" + rows, encoding="utf-8")
    winners = {}
    for seed in "pqrstuvw":
        out = tmp_path / f"{seed}.csv"
        assert asked("clear", bids, "--supply", 1, "--seed", seed, "-o", out).exit_code == 0
        (winners[seed],) = [line[0] for line in out.read_text().splitlines()[1:] if ",1," in line]
        assert winners[seed] == min("ABCD", key=lambda name: hashlib.sha256(f"{seed}\n{name}".encode()).digest())
    assert len(set(winners.values())) > 1
    for seed, winner in winners.items():
        found = asked("check", bids, tmp_path / "p.csv", "--supply", 1, "--seed", seed)
        assert (found.exit_code == 0) is (winner == winners["p"]), seed


def test_bids_that_are_a_folder_or_no_text_are_told(bids: Path, tmp_path: Path) -> None:
    for words, says in (((tmp_path, "--supply", 1), "found no file"), ((bids, "--supply", 1), "bytes that are not UTF-8")):
        bids.write_bytes(b"bid,bidder\xff\n")
        found = asked("clear", *words, "-o", tmp_path / "out.csv")
        assert isinstance(found.exception, BadInput)
        assert says in str(found.exception)


def test_a_file_beyond_the_bound_is_not_read(bids: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = bids.stat().st_size
    monkeypatch.setattr("yunxing.cli.auction.MOST_BYTES", size)
    assert asked("clear", bids, "--supply", 1, "-o", tmp_path / "out.csv").exit_code == 0
    monkeypatch.setattr("yunxing.cli.auction.MOST_BYTES", size - 1)
    found = asked("clear", bids, "--supply", 1, "-o", tmp_path / "out.csv")
    assert isinstance(found.exception, BadInput)
    assert f"found {size} bytes, expected at most {size - 1}" in found.exception.message


def test_the_story_of_a_sale_is_told_in_words_and_in_data(bids: Path, tmp_path: Path) -> None:
    told = asked("clear", bids, "--supply", 10_000, "-o", tmp_path / "out.csv").output
    assert "售出 sold 10000 / 10000" in told
    assert "clearing price 24000 分，应收 due 240000000 分；2 / 3 笔中标 bids won" in told
    assert "未用抽签 no lottery" in told
    data = json.loads(asked("check", bids, tmp_path / "out.csv", "--supply", 10_000, "--json").stdout)
    assert (data["reproduced"], data["bids"], data["sold"], data["clearing_fen"], data["seed"]) == (True, 3, 10_000, 24_000, "")
