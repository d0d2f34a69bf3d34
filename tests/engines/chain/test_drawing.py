"""The layout of a map: nothing overlaps, arrows point right, 500 firms stay on a sheet."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from chain_cast import line, segment
from yunxing.engines.chain.drawing import GAP_X, HEAD, MOST_ROWS, NAME, PAD, depths, draw
from yunxing.engines.chain.network import Chain


def chain_of(needs):
    """Segments 0..n−1, each making its own product; `needs[at]` are the products it needs."""
    return Chain(
        "c",
        "链",
        "chain",
        "7/1b",
        tuple(segment(f"c.{at}", "c", "mid", (f"p{at}",), tuple(f"p{one}" for one in rows)) for at, rows in enumerate(needs)),
    )


def apart(one, other):
    return (
        one.x + one.width <= other.x or other.x + other.width <= one.x or one.y + one.height <= other.y or other.y + other.height <= one.y
    )


@st.composite
def chains(draw):
    count = draw(st.integers(1, 7))
    return chain_of(
        [
            sorted(draw(st.sets(st.sampled_from([one for one in range(count) if one != at]), max_size=3))) if count > 1 else []
            for at in range(count)
        ]
    )


@given(chains(), st.data())
def test_boxes_lie_apart_inside_the_map_and_every_line_inside_its_box(chain, data):
    lines = {one.id: [f"F{at}" for at in range(data.draw(st.integers(0, 70)))] for one in chain.segments}
    found = draw(chain, lines)

    assert all(apart(one, other) for one, other in itertools.combinations(found.boxes, 2))
    for box in found.boxes:
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= found.width
        assert box.y + box.height <= found.height
        assert [one.firm for one in box.marks] == lines[box.segment]
        assert len({(one.x, one.y) for one in box.marks}) == len(box.marks)
        for one in box.marks:
            assert box.x + PAD <= one.x <= box.x + box.width - NAME
            assert box.y + HEAD < one.y < box.y + box.height


@given(chains())
def test_a_segment_stands_right_of_what_it_needs_unless_they_need_each_other(chain):
    column = depths(chain)
    makers = {one.products[0].id: one.id for one in chain.segments}
    above = {one.id: {makers[need] for need in one.needs} for one in chain.segments}

    def reaches(first, last, seen):
        return first == last or any(reaches(one, last, seen | {first}) for one in above[first] if one not in seen)

    for one in chain.segments:
        for source in above[one.id]:
            if not reaches(source, one.id, frozenset()):
                assert column[source] < column[one.id]
    assert set(column.values()) == set(range(max(column.values()) + 1))


def test_a_row_of_segments_is_a_row_of_columns_with_an_arrow_between_each_two():
    chain = line("a", "b", "c")
    found = draw(chain, {"c.a": ["A"], "c.b": ["B1", "B2"], "c.c": []})

    assert depths(chain) == {"c.a": 0, "c.b": 1, "c.c": 2}
    assert [(one.product, one.maker, one.user) for one in found.arrows] == [("a", "c.a", "c.b"), ("b", "c.b", "c.c")]
    first, second, _third = found.boxes
    assert second.x == first.x + first.width + GAP_X
    assert found.arrows[0].path.startswith(f"M {first.x + first.width} ")
    assert found.arrows[0].path.endswith(f"{second.x} {second.y + 18}")


def test_five_hundred_firms_stay_on_a_sheet_of_the_form_of_a3():
    found = draw(line("a", "b", "c", "d", "e"), {f"c.{one}": [f"{one}{at}" for at in range(100)] for one in "abcde"})

    assert sum(len(one.marks) for one in found.boxes) == 500
    assert max(one.height for one in found.boxes) <= HEAD + MOST_ROWS * 20 + PAD
    assert 420 / found.width * 13 >= 1  # a name is printed at least one millimetre high on 420 mm


def test_a_product_of_another_chain_draws_no_arrow():
    chain = Chain("c", "链", "chain", "7/1b", (segment("c.b", "c", "mid", ("b",), ("elsewhere",)),))

    assert draw(chain, {}).arrows == ()
