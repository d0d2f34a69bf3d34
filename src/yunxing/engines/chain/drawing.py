"""The map of a chain (图谱) as boxes, marks and arrows in whole units: segments in columns by the order goods move, their firms as lines inside.

The layout depends on nothing but its input; a page draws it as SVG, with every mark a shape and a word. Columns follow the longest way from raw goods,
so that an arrow always points right; a box grows new columns of names when its firms are many, which keeps a map of 500 firms on one sheet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yunxing.engines.chain.network import Chain, Segment

ROW, HEAD, PAD, NAME = 20, 62, 10, 200  # heights of a name and of a box's head, its inner edge, the width of a name
GAP_X, GAP_Y, EDGE = 110, 26, 16
MOST_ROWS = 26


@dataclass(frozen=True, slots=True)
class Mark:
    """A line inside a box: `firm` (empty: a count of those not named) with its place."""

    firm: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Box:
    """A segment's box."""

    segment: str
    x: int
    y: int
    width: int
    height: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Arrow:
    """A product on its way from the segment that makes it to one that needs it; `path` is SVG path data, the label stands at (x, y)."""

    product: str
    maker: str
    user: str
    path: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole map with its size."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def depths(chain: Chain) -> dict[str, int]:
    """The column of every segment: one more than the deepest segment it needs something from; segments that need each other share the way round."""
    import rustworkx

    makers = {product.id: segment.id for segment in chain.segments for product in segment.products}
    names = [segment.id for segment in chain.segments]
    place = {name: at for at, name in enumerate(names)}
    graph = rustworkx.PyDiGraph()
    graph.add_nodes_from(names)
    pairs = [(makers[need], segment.id) for segment in chain.segments for need in segment.needs if need in makers]
    graph.add_edges_from_no_data([(place[one], place[other]) for one, other in pairs])
    circle = {names[at]: min(group) for group in rustworkx.strongly_connected_components(graph) for at in group}
    depth = dict.fromkeys(circle.values(), 0)
    for _round in names:  # the longest way over the circles takes at most one round a segment
        for source, target in pairs:
            if circle[source] != circle[target]:
                depth[circle[target]] = max(depth[circle[target]], depth[circle[source]] + 1)
    found = {name: depth[circle[name]] for name in names}
    used = sorted(set(found.values()))
    return {name: used.index(depth) for name, depth in found.items()}


def draw(chain: Chain, lines: Mapping[str, Sequence[str]]) -> Drawing:
    """The map of a chain; `lines` gives each segment's lines: firms in the order wanted, an empty text for one more line without a firm."""
    column = depths(chain)
    columns: list[list[Segment]] = [[one for one in chain.segments if column[one.id] == at] for at in range(max(column.values()) + 1)]
    sizes = {one.id: _size(len(lines.get(one.id, ()))) for one in chain.segments}
    heights = [sum(sizes[one.id][1] for one in group) + GAP_Y * (len(group) - 1) for group in columns]
    tall = max(heights)
    boxes: dict[str, Box] = {}
    x = EDGE
    for group, height in zip(columns, heights, strict=True):
        y = EDGE + (tall - height) // 2
        for one in group:
            wide, high = sizes[one.id]
            marks = tuple(
                Mark(firm, x + PAD + at // MOST_ROWS * NAME, y + HEAD + at % MOST_ROWS * ROW + ROW // 2)
                for at, firm in enumerate(lines.get(one.id, ()))
            )
            boxes[one.id] = Box(one.id, x, y, wide, high, marks)
            y += high + GAP_Y
        x += max(sizes[one.id][0] for one in group) + GAP_X
    return Drawing(x - GAP_X + EDGE, tall + 2 * EDGE, tuple(boxes[one.id] for one in chain.segments), tuple(_arrows(chain, boxes)))


def _size(lines: int) -> tuple[int, int]:
    across = max(1, -(-lines // MOST_ROWS))
    return across * NAME + 2 * PAD, HEAD + min(lines, MOST_ROWS) * ROW + PAD


def _arrows(chain: Chain, boxes: Mapping[str, Box]) -> list[Arrow]:
    makers = {product.id: segment.id for segment in chain.segments for product in segment.products}
    found: list[Arrow] = []
    into: dict[str, int] = {}
    out: dict[str, int] = {}
    for segment in chain.segments:
        for need in segment.needs:
            maker = makers.get(need)
            if maker is None:
                continue
            source, target = boxes[maker], boxes[segment.id]
            place_out, place_in = out.get(maker, 0), into.get(segment.id, 0)
            out[maker], into[segment.id] = place_out + 1, place_in + 1
            x1, y1 = source.x + source.width, source.y + 18 + 14 * (place_out % 3)
            x2, y2 = target.x, target.y + 18 + 14 * (place_in % 3)
            bend = max(40, abs(x2 - x1) // 2)
            path = f"M {x1} {y1} C {x1 + bend} {y1}, {x2 - bend} {y2}, {x2} {y2}"
            found.append(Arrow(need, maker, segment.id, path, x2 - GAP_X + 8, y2 - 6))
    return found
