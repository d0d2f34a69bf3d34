"""Every figure recomputed from its sources alone, by a slow reader that knows nothing of the engine; over odd boards made at random."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal, getcontext
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import bulletin_cast as cast
from yunxing.engines.bulletins.board import Board
from yunxing.engines.bulletins.compose import compose
from yunxing.engines.bulletins.model import Bulletin, Figure, Paragraph, Table, Text, plain
from yunxing.engines.bulletins.trace import figures_table, stray_numbers
from yunxing.engines.indicators.rows import Row
from yunxing.packs.bulletin import load_bulletin

getcontext().prec = 80
PLAN = load_bulletin(cast.LIBRARY)
ABSENT = {"not_reported": "未报", "not_due": "未到报送期", "not_applicable": "不适用", "suppressed": "不予公布", "undefined": "—"}
PLACES = {"yi": 2, "yi_short": 2, "wan": 2, "wan_tons": 2, "days": 1, "days_fine": 2, "percent": 1, "firms": 0, "count": 0, "rank_short": 0}
SCALE = {"yi": 10**10, "yi_short": 10**10, "wan": 10**6, "wan_tons": 10**7}
UNIT = {"yi": "亿元", "wan": "万元", "wan_tons": "万吨", "days": "天", "days_fine": "天", "percent": "%", "firms": "家"}


def rounded(value: Fraction, places: int) -> str:
    """Half up by magnitude, by decimal arithmetic."""
    shown = (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return format(abs(shown) if shown == 0 else shown, "f")


def points(value: Fraction, more: str, less: str, level: str) -> str:
    size = rounded(abs(value), 1)
    if value == 0:
        return level
    if Decimal(size) == 0:
        return level.replace("持平", "基本持平")
    return f"{more if value > 0 else less}{size}个百分点"


def growth(value: Fraction, *, words: bool) -> str:
    size = f"{rounded(value / 100, 2)}倍" if value >= 100 else f"{rounded(abs(value) if words else value, 1)}%"
    if not words:
        return size
    if value == 0:
        return "持平"
    return "基本持平" if size == "0.0%" else f"{'增长' if value > 0 else '下降'}{size}"


def told(row: Row | None) -> Fraction | None:
    if row is None:
        return None
    if row.published is not None:
        return Fraction(row.published, 100)
    return None if row.num is None else Fraction(row.num, row.den or 1)


def expected(figure: Figure, rows: Mapping[str, Row], board: Board) -> str | None:
    """The words the figure must show; None where this reader has no opinion."""
    source = figure.sources[0] if figure.sources else ""
    row = rows.get(source)
    value = told(row)
    match figure.op:
        case "value" | "published":
            return absence_words(row) if value is None else number_words(figure.form, value)
        case "change":
            before = told(rows.get(figure.sources[1]))
            if value is None or before is None:
                return absence_words(row if value is None else rows.get(figure.sources[1]))
            return points(value - before, "加快", "回落", "持平")
        case "rank":
            if value is None:
                return "—"
            return str(1 + sum(other > value for other in (told(rows.get(key)) for key in figure.sources) if other is not None))
        case "count":
            return str(len(figure.sources) - 1)  # the first is the list itself
        case "target":
            promise = next(c for c in board.commitments if f"commitment:{c.id}" == source)
            return number_words(figure.form, Fraction(promise.num, promise.den)).replace(".00", "").replace(".0天", "天")
    return None


def absence_words(row: Row | None) -> str:
    return ABSENT[row.absence or "not_reported"] if row is not None else "未报"


def number_words(form: str, value: Fraction) -> str | None:
    if form in ("growth", "growth_short"):
        return growth(value, words=form == "growth")
    if form == "gap":
        return points(value, "高于时序进度", "低于时序进度", "与时序进度持平")
    if form in PLACES:
        return rounded(value / SCALE.get(form, 1), PLACES[form]) + UNIT.get(form, "")
    return None


@st.composite
def boards(draw: st.DrawFn) -> Board:
    """September with any value changed, lost, published or undefined; any number of units, signals and projects."""
    rows = []
    for row in cast.rows():
        kind = draw(st.sampled_from(("keep", "keep", "number", "absent", "drop", "published", "zero")))
        if kind == "number":
            rows.append(replace(row, num=draw(st.integers(-(10**16), 10**16)), den=draw(st.integers(1, 10**4)), absence=None))
        elif kind == "zero":
            rows.append(replace(row, num=0, den=1, absence=None))
        elif kind == "absent":
            rows.append(replace(row, num=None, den=None, absence=draw(st.sampled_from(sorted(ABSENT)))))
        elif kind == "published" and row.stat.endswith("yoy"):
            rows.append(replace(row, published=draw(st.integers(-20000, 40000))))
        elif kind != "drop":
            rows.append(row)
    return cast.board(
        rows=tuple(rows),
        units=cast.UNITS[: draw(st.integers(0, 10))],
        signals=cast.signals()[: draw(st.integers(0, 4))],
        projects=cast.projects(draw(st.integers(0, 8))),
        synthetic=draw(st.booleans()),
        provisional=draw(st.booleans()),
    )


def runs(bulletin: Bulletin) -> list[Text | Figure]:
    found: list[Text | Figure] = []
    for block in bulletin.blocks():
        cells = [block.runs] if isinstance(block, Paragraph) else [cell for row in block.rows for cell in row[1:]]
        found += [run for cell in cells for run in cell]
    return found


@pytest.mark.property
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(boards())
def test_every_figure_follows_from_its_sources_alone(board: Board) -> None:
    bulletin = compose(PLAN, board, cast.ISSUED)
    rows = {row.id: row for row in board.rows}
    judged = 0
    for figure in bulletin.figures():
        words = expected(figure, rows, board)
        if words is not None:
            assert figure.display == words, figure
            judged += 1
    assert judged >= 15


@pytest.mark.property
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(boards())
def test_whatever_the_data_the_text_is_sound(board: Board) -> None:
    """No number outside a figure, no empty section, no doubled or half-width punctuation, no figure without a source, absence never as a number."""
    bulletin = compose(PLAN, board, cast.ISSUED)
    for run in runs(bulletin):
        if isinstance(run, Text):
            assert stray_numbers(run.text) == []
        else:
            assert run.sources
            assert run.display
            assert (run.num is None) == (run.den is None)
            if run.absence and run.op in ("value", "published", "change", "rank"):
                assert not re.search(r"\d", run.display)
    for section in bulletin.sections:
        assert section.blocks
        for block in section.blocks:
            if isinstance(block, Paragraph):
                assert not re.search(r"[,;:?!()]|，，|。。|，。|、。|：。|（）", block.text), block.text
                assert block.level or block.text.endswith("。"), block.text
            else:
                assert len({len(row) for row in block.rows} | {len(block.columns)}) == 1
                assert all(plain(cell) for row in block.rows for cell in row)


@pytest.mark.property
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(boards(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(board: Board, random: object) -> None:
    shuffled = list(board.rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, two = (compose(PLAN, given, cast.ISSUED) for given in (board, replace(board, rows=tuple(shuffled))))
    assert figures_table(one, ()) == figures_table(two, ())
    assert one.to_json() == two.to_json()


@pytest.mark.property
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(boards())
def test_places_of_the_table_never_fall_against_its_values(board: Board) -> None:
    """Read from top to bottom the first ranked column never rises, and who has no value comes last."""
    bulletin = compose(PLAN, board, cast.ISSUED)
    tables = [block for block in bulletin.blocks() if isinstance(block, Table) and block.id == "ranking_units"]
    if not board.units:
        assert tables == []
        return
    values = [run for row in tables[0].rows for run in row[1] if isinstance(run, Figure)]
    known = [Fraction(f.num, f.den or 1) for f in values if f.num is not None]
    assert known == sorted(known, reverse=True)
    assert [f.num is None for f in values] == sorted(f.num is None for f in values)
    assert len(values) == len(board.units)


@pytest.mark.property
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(boards())
def test_an_added_unit_changes_no_others_figures_but_places(board: Board) -> None:
    """A county more or less never moves another county's value, only places may move."""
    if not board.units:
        return
    fewer = replace(board, units=board.units[:-1])

    def values(given: Board) -> dict[str, tuple[str, ...]]:
        found = [b for b in compose(PLAN, given, cast.ISSUED).blocks() if isinstance(b, Table) and b.id == "ranking_units"]
        return {plain(row[0]): tuple(plain(cell) for cell in (row[1], row[3], row[4], row[6])) for table in found for row in table.rows}

    more, less = values(board), values(fewer)
    assert {name: more[name] for name in less} == less


def test_the_reader_has_an_opinion_on_nearly_every_figure() -> None:
    """The oracle is not empty: it judges all but quotes, lights and words of negative bases."""
    board = cast.board()
    rows = {row.id: row for row in board.rows}
    figures = list(compose(PLAN, board, cast.ISSUED).figures())
    unjudged = {figure.op for figure in figures if expected(figure, rows, board) is None}
    assert unjudged == {"quote", "light"}
