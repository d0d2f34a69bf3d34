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


def refused(path) -> BadInput:
    with pytest.raises(BadInput) as found:
        read_panel(path)
    return found.value


def test_a_month_is_blamed_on_the_line_it_stands_in_although_faulty_values_came_before(tmp_path):
    """Lines with a faulty value and blank lines are counted, and both kinds of fault are told in one refusal."""
    path = tmp_path / "a.csv"
    path.write_text("series,month,value\na,2020-01,1\na,2020-02,x\n\na,2020-13,3\na,2020-01,4\n")

    assert [(one.place, one.found) for one in refused(path).faults] == [
        ("line 3, value", "'x'"),
        ("line 5, month", "'2020-13'"),
        ("line 6", "a 2020-01 a second time"),
    ]


def test_a_file_of_faulty_values_alone_is_refused_for_them_and_not_for_being_empty(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("series,month,value\na,2020-01,\na,2020-02,nan\n")

    assert refused(path).message.splitlines() == [
        f"{path}, line 2, value: found '', expected a finite number; leave a month that was not reported out.",
        f"{path}, line 3, value: found 'nan', expected a finite number; leave a month that was not reported out.",
    ]


@pytest.mark.parametrize(
    ("head", "found"),
    [("month,value", "month, value"), ("Series,Month,Value", "Series, Month, Value"), ("series;month;value", "series;month;value")],
)
def test_other_columns_are_refused_with_those_found_and_those_expected(tmp_path, head, found):
    path = tmp_path / "a.csv"
    path.write_text(f"{head}\n1,2,3\n")

    assert refused(path).message == f"{path}, line 1: found the columns {found}, expected series, month, value."


def test_an_empty_file_has_no_columns(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"")

    assert refused(tmp_path / "a.csv").message == f"{tmp_path / 'a.csv'}, line 1: found the columns none, expected series, month, value."


def test_a_header_without_lines_says_what_is_missing(tmp_path):
    (tmp_path / "a.csv").write_text("series,month,value\n")

    assert refused(tmp_path / "a.csv").message == f"{tmp_path / 'a.csv'}: found no lines, expected at least one of series, month and value."


@pytest.mark.parametrize("cut", [-12, -6, -1])
def test_a_gzip_cut_short_is_refused_and_never_half_read(tmp_path, cut):
    whole = gzip.compress(b"series,month,value\na,2020-01,1\na,2020-02,2\n")
    (tmp_path / "a.csv.gz").write_bytes(whole[:cut])

    assert "expected UTF-8 text" in refused(tmp_path / "a.csv.gz").message


def test_a_gzip_whose_inside_was_damaged_is_refused(tmp_path):
    """The head is that of gzip, the body is not: another error of the library than a file that is no gzip at all."""
    whole = bytearray(gzip.compress(b"series,month,value\n" + b"a,2020-01,1\n" * 50))
    whole[10:20] = b"\xff" * 10
    (tmp_path / "a.csv.gz").write_bytes(bytes(whole))

    assert "found a file that cannot be read" in refused(tmp_path / "a.csv.gz").message


def test_a_field_of_more_than_a_spreadsheet_holds_is_refused_with_its_line(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("series,month,value\na,2020-01,1\n" + "b" * 200_000 + ",2020-01,1\n")

    assert refused(path).message.startswith(f"{path}, line 3: found a line that is no CSV (field larger than field limit")


def test_a_line_that_ends_early_is_refused_for_its_value_and_a_longer_one_is_read(tmp_path):
    (tmp_path / "a.csv").write_text("series,month,value\na\n")
    (tmp_path / "b.csv").write_text("series,month,value\na,2020-01,1,a note\n")

    assert [one.place for one in refused(tmp_path / "a.csv").faults] == ["line 2, value"]
    assert read_panel(tmp_path / "b.csv").values.tolist() == [[1.0]]


def test_columns_stand_in_any_order_and_a_missing_month_is_an_empty_one(tmp_path):
    """Where the value comes first, a line that ends early has a value and no month: no month is called None."""
    path = tmp_path / "a.csv"
    path.write_text("value,series,month\n1,a,2020-01\n2,b\n")

    assert [(one.place, one.found) for one in refused(path).faults] == [("line 3, month", "''")]


def test_a_mark_of_byte_order_and_the_line_ends_of_a_spreadsheet_are_read(tmp_path):
    (tmp_path / "a.csv").write_bytes("\ufeffseries,month,value\r\n甲,2020-01,-1.5e3\r\n".encode())
    panel = read_panel(tmp_path / "a.csv")

    assert (panel.names, panel.values.tolist(), panel.month(0, 0)) == (("甲",), [[-1500.0]], "2020-01")


def test_scores_that_cannot_all_be_told_leave_the_old_file_as_it_was(tmp_path):
    """The lines come from a generator that breaks in the middle: nothing of them is written."""
    target = tmp_path / "o.csv"
    target.write_text("old")

    def lines():
        yield ("a", "1")
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        write_scores(target, ("series", "score"), lines())

    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["o.csv"]
