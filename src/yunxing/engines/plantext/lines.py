"""Pass 2, lines: join lines that a page width broke. A paragraph of the view then is one line.

A line end is soft when the line before it stops inside a bracket or a sentence (a comma, or a long line without an end mark) and the next
line begins no numbering.
"""

from __future__ import annotations

import re
from statistics import median
from typing import Final

from yunxing.engines.plantext.marks import candidates
from yunxing.engines.plantext.view import View

_OFFICES: Final = re.compile(r"负责|牵头|配合|指导|参与|责任|单位|部门|[局委厅部办]）$")
_HARD_ENDS: Final = "。；：！？”》…"
_WRAP: Final = 16
_LONG: Final = 20
_REACH: Final = 200  # characters of a line in which an open bracket must close
_DATE: Final = re.compile(r"(?:二[〇○零Oo]|20\d\d|19\d\d)[^，。]{0,12}日")


def lines(view: View) -> View:
    """The view with soft line ends left out."""
    text = view.text
    marks = candidates(view)
    starts = {m.start for m in marks if m.firm == 3}
    ends = [i for i, c in enumerate(text) if c == "\n"]
    lengths = [b - a - 1 for a, b in zip([-1, *ends], [*ends, len(text)], strict=True)]
    full = [n for n in lengths if n >= _WRAP]
    usual = median(full) if full else 0
    wrapped = usual <= 60 and len(full) >= 4
    first_mark = min((m.start for m in marks if m.firm), default=len(text))
    soft: set[int] = set()
    depth = 0  # brackets left open by the lines joined so far
    for number, end in enumerate(ends):
        line_start = ends[number - 1] + 1 if number else 0
        line = text[line_start:end]
        after = text[end + 1 : (ends[number + 1] if number + 1 < len(ends) else len(text))]
        depth = max(0, depth + line.count("（") - line.count("）"))
        joins = bool(line and after) and end + 1 not in starts and not _DATE.match(after)
        inside = (
            end > first_mark
            and joins
            and (
                _broken(line, after)
                or (wrapped and _runs_on(line) and len(line) >= usual * (0.95 if line_start in starts and "。" not in line else 0.8))
            )
        )
        if joins and (inside or (depth and _closes(text, end + 1, starts))):
            soft.add(end)
        else:
            depth = 0
    return view.without(soft)


def _closes(text: str, at: int, starts: set[int]) -> bool:
    """Whether a bracket left open is closed on one of the next three lines, before any numbering begins."""
    for _ in range(3):
        stop = text.find("\n", at)
        line = text[at : stop if stop >= 0 else len(text)]
        if at in starts:
            return False
        if "）" in line[:_REACH]:
            return True
        if stop < 0:
            return False
        at = stop + 1
    return False


def _broken(line: str, after: str) -> bool:
    """A sentence or a number is plainly cut here."""
    return (
        line[-1] in "，、-—~"
        or after[0] in "，。；、）%："
        or (line[-1] in "0123456789万亿千百" and after[0] in "元万亿%家个户项年月日吨亩")
    )


def _runs_on(line: str) -> bool:
    """A line of running words that ends in the middle of a sentence; a short line without a comma or a full stop is a heading."""
    if line[-1] == "）" and _OFFICES.search(line[line.rfind("（") :]):
        return False
    return line[-1] not in _HARD_ENDS and (len(line) >= _LONG or any(sign in line for sign in "，。；、"))
