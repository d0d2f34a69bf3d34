"""From a figure back to what it rests on (`figures.json`), and from a returned text back to the figures it should show.

A line is written with a mark for every figure: `总产值⟦overall_001⟧，同比⟦overall_002⟧。` So a changed figure and changed words are told apart.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from yunxing.engines.bulletins.model import Bulletin

Kind = Literal["changed", "removed", "unmarked", "added", "text"]
MARK = re.compile("⟦([A-Za-z0-9_]+)⟧")
# what may stand in plain text although it holds digits: years, months, days, the snapshot's digest
_DATED = re.compile(r"\d{4}年(?:\d{1,2}(?:—\d{1,2})?月(?:\d{1,2}日)?)?|\d{1,2}(?:—\d{1,2})?月(?:\d{1,2}日)?|sha256:[0-9a-f]{64}")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between the issued text and a returned one.

    `changed`: a figure's words were edited; `removed`: it is gone; `added`: a number that no source bears; `unmarked`: its bookmark is lost and
    its line is as issued; `text`: other words.
    """

    kind: Kind
    figure: str
    was: str
    now: str
    place: str = ""

    @property
    def breaks(self) -> bool:
        """Whether a number of the document no longer says what its source says."""
        return self.kind in ("changed", "removed", "added")


def figures_table(bulletin: Bulletin, lines: Sequence[str]) -> dict[str, Any]:
    """`figures.json`: every figure with its exact value, its words, its sources, and the key under which its facts are traced.

    `lines` are the issued file's, with a mark for every figure: what a returned file is compared with.
    """
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
        "lines": list(lines),
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


def compare(figures: Mapping[str, Any], shown: Mapping[str, str], lines: Sequence[str]) -> tuple[Change, ...]:
    """What a returned document changed: `shown` maps figure ids to the words of their bookmarks, `lines` are its paragraphs and cells with marks.

    Figures come first in the document's order, then lines. Nothing is guessed: a figure whose bookmark is lost and whose line was edited is `removed`.
    """
    issued = {figure["id"]: figure for figure in figures["figures"]}
    displays = {id_: figure["display"] for id_, figure in issued.items()}
    before = [plain_line(line, displays) for line in figures["lines"]]
    after = [plain_line(line, shown) for line in lines]
    kept = set(figures["lines"])
    # lines of the returned file that are not the issued ones with their marks: only there can a figure stand whose bookmark was lost
    loose = {text for line, text in zip(lines, after, strict=True) if line not in kept}
    line_of = {id_: text for line, text in zip(figures["lines"], before, strict=True) for id_ in MARK.findall(line)}
    changes = []
    for id_, figure in issued.items():
        was, place = figure["display"], figure["sources"][0] if figure["sources"] else ""
        if id_ in shown:
            if shown[id_] != was:
                changes.append(Change("changed", id_, was, shown[id_], place))
        elif line_of.get(id_) in loose:
            changes.append(Change("unmarked", id_, was, was, place))
        else:
            changes.append(Change("removed", id_, was, "", place))
    return (*changes, *_line_changes(figures["lines"], lines, before, after))


def _line_changes(issued: Sequence[str], returned: Sequence[str], before: Sequence[str], after: Sequence[str]) -> Iterable[Change]:
    """Lines that differ in more than the words of their figures."""
    for kind, a, b, c, d in SequenceMatcher(None, issued, returned, autojunk=False).get_opcodes():
        if kind == "equal" or before[a:b] == after[c:d]:
            continue
        known = Counter(number for line in issued[a:b] for number in stray_numbers(line))
        # a mark that was lost leaves its figure's number in plain text: it is told once, as removed or unmarked
        known += Counter(
            number for line, text in zip(issued[a:b], before[a:b], strict=True) if MARK.search(line) for number in stray_numbers(text)
        )
        new = Counter(number for line in returned[c:d] for number in stray_numbers(line)) - known
        was, now = "／".join(before[a:b]), "／".join(after[c:d])
        if new:
            yield Change("added", "", was, now, "、".join(sorted(new.elements())))
        else:
            yield Change("text", "", was, now)


def plain_line(line: str, words: Mapping[str, str]) -> str:
    """A line as it is read: every mark replaced by its figure's words.

    >>> plain_line("增长⟦a_1⟧。", {"a_1": "8.2%"})
    '增长8.2%。'
    """
    return MARK.sub(lambda mark: words.get(mark[1], ""), line)


def stray_numbers(line: str) -> list[str]:
    """The numbers of a line that stand in no figure and are no date, no period and no heading's own number.

    >>> stray_numbers("2022年1—9月，产值⟦a_1⟧，增长8.2%。")
    ['8.2']
    """
    bare = re.sub(r"^\s*(?:\d{1,2}\.|（\d{1,2}）)", "", _DATED.sub("", MARK.sub("⟧", line)))
    return _NUMBER.findall(bare)
