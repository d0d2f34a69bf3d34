"""Files of series: every fault with its line, all at once; known on a day; hostile bytes refused in one sentence."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pytest

from yunxing.io.forecast_files import read_lines, read_sums, read_targets, write_rows
from yunxing.values.errors import BadInput


def file(folder: Path, text: str | bytes, name: str = "s.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_reads_series_in_the_order_of_the_file(tmp_path: Path) -> None:
    lines = read_lines(file(tmp_path, "﻿series,month,value,note\nb,2022-03,2.5,x\na,2022-01,1,\nb,2022-02,2,\n"))
    assert list(lines) == ["b", "a"]
    assert lines["b"].values == (2.0, 2.5)


def test_reads_gzip_and_a_header_with_blanks(tmp_path: Path) -> None:
    packed = gzip.compress(b"series , month , value\na,2022Q1,1\na,2022Q2,3\n")
    assert read_lines(file(tmp_path, packed, "s.csv.gz"))["a"].way == "quarter"


def test_all_faults_come_at_once_each_with_its_line(tmp_path: Path) -> None:
    text = "series,month,value\na,2022-13,1\na,2022-01,x\n,2022-01,1\na,2022-02,\na,2022-03,nan\na,2022-04,1\na,2022-04,2\nb,March,1e400\n"
    with pytest.raises(BadInput) as refused:
        read_lines(file(tmp_path, text))
    places = [fault.place for fault in refused.value.faults]
    assert places == [
        "line 2, month",
        "line 3, value",
        "line 4, series",
        "line 5, value",
        "line 6, value",
        "line 9, month",
        "line 9, value",
        "line 8, month",
    ]
    assert all(fault.expected for fault in refused.value.faults)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "none"),
        (b"series,month,value\n", "no line below the header"),
        (b"series;month;value\na;2022-01;1\n", "is missing"),
        (b"series,month\na,2022-01\n", "value is missing"),
        (b"series,month,value,value\na,2022-01,1,2\n", "a column twice"),
        ("series,month,value\n甲,2022-01,1\n".encode("gbk"), "not UTF-8"),
        (b"\x1f\x8bnonsense", "broken gzip"),
        (b'series,month,value\n"a,2022-01,1\n', "no CSV"),
        (b"series,month,value\na,2022-01,1\na,2022Q1,2\n", "one kind of period"),
        (b"series,month,value\na,2022-01,1\na,2022-01..02,2\n", "apart or together"),
        (b"series,month,value\na,1901-01,1\na,2022-01,2\n", "a century"),
    ],
)
def test_what_is_no_file_of_series_is_refused_in_a_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_lines(file(tmp_path, content))


def test_a_row_with_too_few_cells_is_a_fault_and_not_a_crash(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="line 2, month"):
        read_lines(file(tmp_path, "series,month,value\na\n"))


VINTAGES = """series,month,value,known_at
a,2022-07,10,2022-08-10
a,2022-08,20,2022-09-10
a,2022-07,11,2022-09-10
a,2022-09,30,2022-10-10
a,2022-08,22,2022-11-10
"""


@pytest.mark.parametrize(
    ("day", "values"),
    [("2022-08-10", (10,)), ("2022-09-09", (10,)), ("2022-09-10", (11, 20)), ("2022-10-31", (11, 20, 30)), ("2023-01-01", (11, 22, 30))],
)
def test_on_a_day_the_newest_value_known_by_then_counts(tmp_path: Path, day: str, values: tuple[float, ...]) -> None:
    assert read_lines(file(tmp_path, VINTAGES), as_of=date.fromisoformat(day))["a"].values == values


def test_before_anything_was_known_there_is_nothing(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no value known by 2022-08-09"):
        read_lines(file(tmp_path, VINTAGES), as_of=date(2022, 8, 9))


def test_a_replay_needs_the_days(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="known_at is missing"):
        read_lines(file(tmp_path, "series,month,value\na,2022-01,1\n"), as_of=date(2022, 1, 1))
    with pytest.raises(BadInput, match="line 2, known_at"):
        read_lines(file(tmp_path, "series,month,value,known_at\na,2022-01,1,soon\n"), as_of=date(2022, 1, 1))


def test_targets_are_read_with_every_fault(tmp_path: Path) -> None:
    good = file(tmp_path, "series,year,target,actual\na,2022,10.5,9\na,2023,11,\n", "t.csv")
    assert read_targets(good) == [(2, "a", 2022, 10.5), (3, "a", 2023, 11.0)]
    bad = file(tmp_path, "series,year,target\na,22,1\na,2022,0\na,2022,x\na,2021,1\na,2021,2\n", "b.csv")
    with pytest.raises(BadInput) as refused:
        read_targets(bad)
    assert [fault.place for fault in refused.value.faults] == ["line 2, year", "line 3, target", "line 4, target", "line 6"]


def test_sums_name_known_series(tmp_path: Path) -> None:
    path = file(tmp_path, "total,part\ncity,a\ncity,b\n", "sums.csv")
    assert read_sums(path, ["city", "a", "b"]) == {"city": ["a", "b"]}
    with pytest.raises(BadInput, match="line 3"):
        read_sums(path, ["city", "a"])


def test_rows_are_written_whole_with_ten_digits(tmp_path: Path) -> None:
    write_rows(tmp_path / "o.csv", ("a", "b"), [("x", 1 / 3)])
    assert (tmp_path / "o.csv").read_text() == "a,b\nx,0.3333333333\n"
