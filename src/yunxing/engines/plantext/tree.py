"""Pass 3, tree: which numbering is real, and what stands under what.

Copies lose line ends and glue headings to the line before, so every place that may be numbering is a candidate and the most consistent
set is chosen by dynamic programming over the candidates: a number in sequence earns, a jump or a sign inside running words costs. The
state is the chain of open styles with their last numbers, and the last number of each style, for numbering that runs on over sections.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from yunxing.engines.plantext.marks import STYLES, Mark, candidates
from yunxing.engines.plantext.view import View

_BEAM: Final = 24
_CROWD: Final = 600  # candidates up to which the whole beam is kept; a text with more is read greedily
_ANNEX: Final = re.compile(r"\n附件")
_SKIP: Final = (0.0, -0.5, -1.0, -2.5)  # cost of leaving out a candidate, by how plainly it begins something
_FIRM: Final = (-0.6, 0.5, 0.9, 1.2)
_RANK: Final = {s: i for i, s in enumerate(STYLES)}

Chain = tuple[tuple[str, int], ...]
Last = tuple[tuple[str, int], ...]


@dataclass(slots=True)
class Node:
    """One numbered item; ``end`` is where the next item of its own or an outer level begins."""

    mark: Mark
    depth: int
    part: int
    end: int = 0
    children: list[Node] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    title: str | None = None
    body: int = 0
    parent: Node | None = None


@dataclass(slots=True)
class _State:
    chain: Chain
    last: Last
    score: float
    picks: tuple[object, ...] | None  # linked list (mark, depth, fresh, note, before)


def _grow(state: _State, mark: Mark) -> list[tuple[float, Chain, bool, str]]:
    """The ways the mark can join the outline: (score, chain, begins a new part, note)."""
    styles = [s for s, _ in state.chain]
    ways: list[tuple[float, Chain, bool, str]] = []
    gain = _FIRM[mark.firm]
    if mark.style in styles:
        depth = styles.index(mark.style)
        expected = state.chain[depth][1] + 1
        chain = (*state.chain[:depth], (mark.style, mark.number))
        if mark.number == expected:
            ways.append((2.0 + gain, chain, False, ""))
        elif depth == 0 and mark.number == 1 and mark.firm:
            ways.append((-0.6 + gain, chain, True, ""))
        elif mark.firm >= 1:
            far = min(4, abs(mark.number - expected))
            note = f"number {mark.printed} stands where {expected} was expected"
            ways.append((-0.9 * far + gain - (1.0 if mark.firm == 1 else 0.0), chain, False, note))
        return ways
    running = dict(state.last).get(mark.style)
    for depth in range(len(state.chain), -1, -1):
        if depth and _RANK[state.chain[depth - 1][0]] > _RANK[mark.style] and mark.style != "digit":
            continue
        chain = (*state.chain[:depth], (mark.style, mark.number))
        outer = depth < len(state.chain) and _RANK[state.chain[depth][0]] > _RANK[mark.style]
        if depth < len(state.chain) and not outer and not (running is not None and depth):
            continue
        if running is not None and mark.number == running + 1 and mark.number > 1:
            ways.append((2.0 + gain, chain, False, ""))
        elif mark.number == 1:
            ways.append((1.0 + gain, chain, False, ""))
        elif mark.firm >= 2:
            ways.append((-1.5 + gain, chain, False, f"number {mark.printed} begins a list"))
        break
    return ways


def choose(marks: list[Mark]) -> list[tuple[Mark, int, bool, str]]:
    """The consistent marks with their depth, whether a new part begins there, and a warning or nothing."""
    width = max(1, min(_BEAM, _BEAM * _CROWD // max(1, len(marks))))
    beam = [_State((), (), 0.0, None)]
    for mark in marks:
        grown: dict[tuple[Chain, Last], _State] = {}

        def offer(state: _State, into: dict[tuple[Chain, Last], _State] = grown) -> None:
            key = (state.chain, state.last)
            held = into.get(key)
            if held is None or state.score > held.score:
                into[key] = state

        for state in beam:
            offer(_State(state.chain, state.last, state.score + _SKIP[mark.firm], state.picks))
            for score, chain, fresh, note in _grow(state, mark):
                last = () if fresh else tuple((s, n) for s, n in state.last if s != mark.style)
                picks = (mark, len(chain) - 1, fresh, note, state.picks)
                offer(_State(chain, (*last, (mark.style, mark.number)), state.score + score, picks))
        beam = sorted(grown.values(), key=lambda s: -s.score)[:width]
    best = max(beam, key=lambda s: s.score)
    out: list[tuple[Mark, int, bool, str]] = []
    link = best.picks
    while link is not None:
        mark, depth, fresh, note, link = link  # type: ignore[assignment]
        out.append((mark, depth, fresh, note))  # type: ignore[arg-type]
    return out[::-1]


def tree(view: View) -> list[Node]:
    """The top nodes of the outline in order; a text without numbering has none."""
    roots: list[Node] = []
    path: list[Node] = []
    part = 0
    flat: list[Node] = []
    annex = [found.start() for found in _ANNEX.finditer(view.text)]
    for mark, depth, fresh, note in choose(candidates(view)):
        if fresh:
            part += 1
        del path[depth:]
        if path and any(path[-1].mark.end <= at < mark.start for at in annex):
            continue  # a list of an annex is no part of the item before it
        node = Node(mark, len(path), part, warnings=[note] if note else [])
        if path:
            node.parent = path[-1]
            path[-1].children.append(node)
        else:
            roots.append(node)
        path.append(node)
        flat.append(node)
    _close(flat, len(view.text))
    return roots


def _close(flat: list[Node], end: int) -> None:
    """Each node ends where the next one of its own or an outer level begins; read backwards, one pass."""
    begins: list[int] = []  # begins[d]: where the nearest later node of depth d or less begins
    for node in reversed(flat):
        begins += [begins[-1] if begins else end] * (node.depth + 1 - len(begins))
        node.end = begins[node.depth]
        begins[node.depth :] = [node.mark.start]


def walk(nodes: list[Node]) -> list[Node]:
    """All nodes in the order of the text."""
    out: list[Node] = []
    for node in nodes:
        out.append(node)
        out += walk(node.children)
    return out
