"""From a figure back to what it rests on (`figures.json`), and from a returned text back to the figures it should show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from yunxing.engines.bulletins.model import Bulletin

Kind = Literal["changed", "removed", "moved", "added", "text"]
# what may stand in plain text although it holds digits: years, months, days, clause and table ordinals
_DATED = re.compile(
    r"\d{4}年(?:\d{1,2}(?:—\d{1,2})?月(?:\d{1,2}日)?)?|\d{1,2}(?:—\d{1,2})?月(?:\d{1,2}日)?|\d{4}-\d{2}-\d{2}|sha256:[0-9a-f]{64}"
)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between the issued text and a returned one. `changed` and `removed` touch a figure, `text` the words around."""

    kind: Kind
    figure: str
    was: str
    now: str
    place: str = ""

    @property
    def breaks(self) -> bool:
        """Whether a figure of the document no longer says what its source says."""
        return self.kind in ("changed", "removed", "added")


def figures_table(bulletin: Bulletin) -> dict[str, Any]:
    """`figures.json`: every figure with its exact value, its words, its sources, and the key under which its facts are traced."""
    return {
        "month": bulletin.month,
        "snapshot": bulletin.snapshot,
        "as_of": bulletin.as_of,
        "figures": [
            {
                "id": figure.id,
                "bookmark": f"fig_{figure.id}",
                "form": figure.form,
                "op": figure.op,
                "sources": list(figure.sources),
                "num": figure.num,
                "den": figure.den,
                "unit": figure.unit,
                "display": figure.display,
                "absence": figure.absence,
                "facts": [trace for trace in (facts_key(source) for source in figure.sources) if trace],
            }
            for figure in bulletin.figures()
        ],
        "lines": [line for line in text_lines(bulletin) if line],
    }


def facts_key(source: str) -> dict[str, str] | None:
    """The key of the facts under an indicator row: `facts.parquet` holds them by period and unit; None for a promise or a signal.

    >>> facts_key("output_growth/unit/u01/2022-01..09/cumulative_yoy")
    {'indicator': 'output_growth', 'scope_kind': 'unit', 'scope': 'u01', 'period': '2022-01..09'}
    """
    parts = source.split("/")
    if len(parts) != 5 or ":" in parts[0]:
        return None
    return dict(zip(("indicator", "scope_kind", "scope", "period"), parts, strict=False))


def text_lines(bulletin: Bulletin) -> tuple[str, ...]:
    """The words of every paragraph and cell in reading order, as a reader of the file finds them (without heading numbers)."""
    lines: list[str] = []
    for section in bulletin.sections:
        lines.append(section.title)
        lines += _lines(section.blocks)
    for attachment in bulletin.attachments:
        lines += _lines(attachment.blocks)
    lines += _lines(bulletin.notes)
    return tuple(lines)


def _lines(blocks: Iterable[Any]) -> list[str]:
    from yunxing.engines.bulletins.model import Paragraph, plain

    lines: list[str] = []
    for block in blocks:
        lines += [block.text] if isinstance(block, Paragraph) else [plain(cell) for row in block.rows for cell in row]
    return lines


def compare(figures: Mapping[str, Any], bookmarks: Mapping[str, str], lines: Sequence[str]) -> tuple[Change, ...]:
    """What a returned document changed. `bookmarks` maps bookmark names to their text, `lines` are its paragraphs and cells.

    A figure is found by its bookmark; one whose bookmark was lost is looked for by the sentence that held it, and is `moved` if its words still
    stand there. Numbers that stand in no figure of the issued text are `added`; other edited lines are `text` and break nothing.
    """
    changes: list[Change] = []
    issued = figures["lines"]
    returned = set(lines)
    known = [line for line in issued if line in returned]
    for figure in figures["figures"]:
        name, was = figure["bookmark"], figure["display"]
        place = " ".join(figure["sources"][:1])
        if name in bookmarks:
            if bookmarks[name] != was:
                changes.append(Change("changed", figure["id"], was, bookmarks[name], place))
            continue
        kind: Kind = "moved" if any(was in line for line in known) else "removed"
        changes.append(Change(kind, figure["id"], was, "", place))
    shown = {number for figure in figures["figures"] for number in _NUMBER.findall(figure["display"])}
    shown |= {number for text in bookmarks.values() for number in _NUMBER.findall(text)}
    before = set(issued)
    for line in lines:
        if any(line == old or line.endswith(old) for old in before):
            continue
        extra = [number for number in stray_numbers(line) if number not in shown]
        if extra:
            changes.append(Change("added", "", "", line, "、".join(extra)))
        elif not any(change.now and change.now in line for change in changes if change.kind == "changed"):
            changes.append(Change("text", "", "", line))
    return tuple(changes)


def stray_numbers(line: str) -> list[str]:
    """The numbers of a line that are no date, no period and no heading's own number.

    >>> stray_numbers("2022年1—9月，产值增长8.2%。")
    ['8.2']
    """
    bare = re.sub(r"^\s*(?:\d{1,2}\.|（\d{1,2}）)", "", _DATED.sub("", line))
    return _NUMBER.findall(bare)
