"""A Word file that came back from an office, read as edits: which paragraphs say something else, and what was tried that cannot be taken.

Figures are matched by their bookmark, else by their words, and are always those of the data. Headings of the first level, tables, title and closing
lines are not edited in Word: what was changed there is told, and where it is changed instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from yunxing.engines.bulletins.edits import Edit, edit_of, lines_of
from yunxing.engines.bulletins.model import Bulletin, Paragraph, Table, chinese_ordinal, heading_number
from yunxing.engines.bulletins.trace import MARK, plain_line

_NUMBERED = (
    (2, re.compile(r"^（(?:" + "|".join(sorted((chinese_ordinal(n) for n in range(1, 100)), key=len, reverse=True)) + r")）\s*")),
    (3, re.compile(r"^\d{1,2}\.(?!\d)\s*")),
    (4, re.compile(r"^（\d{1,2}）\s*")),
)
_SHORT = 40  # characters; a longer numbered line that ends in a full stop is a paragraph, not a heading


@dataclass(frozen=True, slots=True)
class Refused:
    """A change that is not taken: what stood there, what came back, and why or where to change it."""

    was: str
    now: str
    why: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What a returned file gives: an edit for every section that reads otherwise, and what was refused."""

    edits: Mapping[str, Edit]
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a line of the issued file belongs; `line` is its form for editing, empty for what is not edited."""

    section: str = ""
    line: str = ""


def take(bulletin: Bulletin, issued: Sequence[str], shown: Mapping[str, str], lines: Sequence[str]) -> Taken:
    """The edits of a returned file. `bulletin` is what was sent, `issued` its lines with marks, `shown` and `lines` what came back (`io.documents.read`)."""
    displays = {figure.id: figure.display for figure in bulletin.figures()}
    spots = _spots(bulletin, issued)
    refused = [
        Refused(displays[name], words, "数字只随数据改变：请在源头更正")
        for name, words in shown.items()
        if name in displays and words != displays[name]
    ]
    text: dict[str, list[str]] = {section.id: [] for section in bulletin.sections}
    tables = _tables_before(bulletin, issued, spots)
    here = ""
    for a, c in _aligned(issued, lines, displays):
        if a is not None:
            for section, table in tables.get(a, ()):
                text[section].append(table)
            here = spots[a].section or here
        if a is not None and spots[a].line:
            if c is not None:
                text[spots[a].section].append(_restored(issued[a], lines[c], spots[a].line, displays))
        elif a is not None:
            if c is None or plain_line(lines[c], {**displays, **shown}) != plain_line(issued[a], {**displays, **shown}):
                was, now = plain_line(issued[a], displays), "" if c is None else plain_line(lines[c], shown)
                refused.append(Refused(was, now, "标题、表格、署名和版记不在 Word 中修改"))
        elif c is not None and here:
            text[here].append(_as_line(lines[c]))
        elif c is not None:
            refused.append(Refused("", plain_line(lines[c], shown), "正文之外不能加入文字"))
    for section, table in tables.get(len(issued), ()):
        text[section].append(table)
    edits = {
        section.id: edit_of(section, text[section.id]) for section in bulletin.sections if tuple(text[section.id]) != lines_of(section)
    }
    return Taken(edits, tuple(refused))


def _spots(bulletin: Bulletin, issued: Sequence[str]) -> list[_Spot]:
    """For every line of the issued file where it belongs. Paragraphs are found in their order; a table's cells belong to their section and are not edited."""
    spots = [_Spot() for _ in issued]
    at = 0
    for count, section in enumerate(bulletin.sections, start=1):
        at = _find(issued, heading_number(1, count) + section.title, at)
        spots[at] = _Spot(section.id)
        counts = [0, 0, 0, 0, 0]
        for block, line in zip(section.blocks, lines_of(section), strict=True):
            if isinstance(block, Table):
                continue
            words = line
            if block.level:
                counts[block.level] += 1
                counts[block.level + 1 :] = [0] * (4 - block.level)
                words = heading_number(block.level, counts[block.level]) + line.partition(" ")[2]
            found = _find(issued, words, at + 1)
            for between in range(at + 1, found):
                spots[between] = _Spot(section.id)
            at = found
            spots[at] = _Spot(section.id, line)
    return spots


def _find(issued: Sequence[str], words: str, start: int) -> int:
    for place in range(start, len(issued)):
        if issued[place] == words:
            return place
    raise ValueError(f"the issued file has no line {words!r} after line {start}")  # a bug: figures.json is not this bulletin's


def _tables_before(bulletin: Bulletin, issued: Sequence[str], spots: Sequence[_Spot]) -> dict[int, list[tuple[str, str]]]:
    """The tables as lines, by the place in the issued file before which they stand: that of the next paragraph of the section, or the section's end."""
    found: dict[int, list[tuple[str, str]]] = {}
    for section in bulletin.sections:
        places = [n for n, spot in enumerate(spots) if spot.section == section.id and spot.line]
        last = max((n for n, spot in enumerate(spots) if spot.section == section.id), default=0)
        passed = 0
        for block, line in zip(section.blocks, lines_of(section), strict=True):
            if isinstance(block, Paragraph):
                passed += 1
            else:
                place = places[passed] if passed < len(places) else min(last + 1, len(issued))
                found.setdefault(place, []).append((section.id, line))
    return found


def _aligned(issued: Sequence[str], lines: Sequence[str], displays: Mapping[str, str]) -> Iterable[tuple[int | None, int | None]]:
    """Pairs of places (issued, returned) in reading order; None where one side has nothing. Inside a changed stretch the likest lines are paired."""
    for kind, a, b, c, d in SequenceMatcher(None, issued, lines, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from zip(range(a, b), range(c, d), strict=True)
        else:
            yield from _paired(issued, lines, (a, b, c, d), displays)


def _paired(
    issued: Sequence[str], lines: Sequence[str], stretch: tuple[int, int, int, int], displays: Mapping[str, str]
) -> Iterable[tuple[int | None, int | None]]:
    a, b, c, d = stretch
    while a < b and c < d:
        ahead = [
            (_likeness(issued[i], lines[j], displays), -(i - a) - (j - c), i, j)
            for i in range(a, min(b, a + 6))
            for j in range(c, min(d, c + 6))
        ]
        likeness, _, i, j = max(ahead)
        if likeness < 0.5:
            break
        yield from ((place, None) for place in range(a, i))
        yield from ((None, place) for place in range(c, j))
        yield i, j
        a, c = i + 1, j + 1
    if a < b and c < d and b - a == d - c:
        yield from zip(range(a, b), range(c, d), strict=True)
        return
    yield from ((place, None) for place in range(a, b))
    yield from ((None, place) for place in range(c, d))


def _likeness(was: str, now: str, displays: Mapping[str, str]) -> float:
    return SequenceMatcher(None, plain_line(was, displays), plain_line(now, displays), autojunk=False).ratio()


def _restored(issued: str, returned: str, line: str, displays: Mapping[str, str]) -> str:
    """The returned line for editing: marks that an office lost are put back where their figure's words stand exactly once."""
    text = returned
    for name in MARK.findall(issued):
        words = displays.get(name, "")
        if f"⟦{name}⟧" not in text and words and text.count(words) == 1:
            text = text.replace(words, f"⟦{name}⟧")
    return line if text == issued else _as_line(text, heading=line.startswith("#"))


def _as_line(text: str, *, heading: bool = False) -> str:
    """A line of the file for editing: the number of a heading is the layout's, not the person's."""
    for level, number in _NUMBERED:
        found = number.match(text)
        if found and (heading or (len(text) <= _SHORT and not text.endswith(("。", "；", "：", "，")))):
            return f"{'#' * level} {text[found.end() :]}"
    return text
