"""Files of series: what is refused, and that scores are written whole."""

from __future__ import annotations

import gzip

import pytest

from yunxing.io.series_files import read_panel, write_scores
from yunxing.values.errors import BadInput


def test_plain_and_gzip_read_alike(tmp_path):
    text = "series,month,value\na,2020-01,1\na,2020-02,2.5\n"
    (tmp_path / "a.csv").write_text(text)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(text.encode()))

    assert read_panel(tmp_path / "a.csv").values.tolist() == read_panel(tmp_path / "a.csv.gz").values.tolist() == [[1.0, 2.5]]


def test_every_value_that_is_no_number_is_told(tmp_path):
    (tmp_path / "a.csv").write_text("series,month,value\na,2020-01,1\na,2020-02,x\na,2020-03,inf\na,2020-04,\n")

    with pytest.raises(BadInput) as refused:
        read_panel(tmp_path / "a.csv")

    assert [fault.place for fault in refused.value.faults] == ["line 3, value", "line 4, value", "line 5, value"]


@pytest.mark.parametrize("content", [b"month,value\n2020-01,1\n", b"", b"\xff\xfe\x00", b"series,month,value\n"])
def test_what_is_no_file_of_series_is_refused(tmp_path, content):
    (tmp_path / "a.csv").write_bytes(content)

    with pytest.raises(BadInput):
        read_panel(tmp_path / "a.csv")


def test_a_broken_gzip_and_no_file_at_all_are_refused(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(b"no gzip")

    for name in ("a.csv.gz", "none.csv"):
        with pytest.raises(BadInput, match=name):
            read_panel(tmp_path / name)


def test_scores_are_lines_under_a_header(tmp_path):
    write_scores(tmp_path / "o.csv", ("series", "score"), [("a", "1"), ("b,c", "2")])

    assert (tmp_path / "o.csv").read_text() == 'series,score\na,1\n"b,c",2\n'
