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
_DATE: Final = re.compile(r"(?:二[〇○零Oo]|20\d\d|19\d\d)[^，。]{0,12}日")


def lines(view: View) -> View:
    """The view with soft line ends left out."""
    text = view.text
    starts = {m.start for m in candidates(view) if m.firm == 3}
    ends = [i for i, c in enumerate(text) if c == "\n"]
    lengths = [b - a - 1 for a, b in zip([-1, *ends], [*ends, len(text)], strict=True)]
    full = [n for n in lengths if n >= _WRAP]
    usual = median(full) if full else 0
    wrapped = usual <= 60 and len(full) >= 4
    first_mark = min(starts, default=len(text))
    soft: set[int] = set()
    for number, end in enumerate(ends):
        line_start = ends[number - 1] + 1 if number else 0
        line = text[line_start:end]
        after = text[end + 1 : (ends[number + 1] if number + 1 < len(ends) else len(text))]
        if not line or not after or end + 1 in starts or _DATE.match(after):
            continue
        inside = end > first_mark and (
            _broken(line, after)
            or (wrapped and _runs_on(line) and len(line) >= usual * (0.95 if line_start in starts and "。" not in line else 0.8))
        )
        if inside or _open(text[max(0, line_start - 400) : end], after):
            soft.add(end)
    return view.without(soft)


def _broken(line: str, after: str) -> bool:
    """A sentence or a number is plainly cut here."""
    return (
        line[-1] in "，、" or after[0] in "，。；、）%：" or (line[-1] in "0123456789万亿千百" and after[0] in "元万亿%家个户项年月日吨亩")
    )


def _runs_on(line: str) -> bool:
    """A line of running words that ends in the middle of a sentence; a short line without a comma or a full stop is a heading."""
    if line[-1] == "）" and _OFFICES.search(line[line.rfind("（") :]):
        return False
    return line[-1] not in _HARD_ENDS and (len(line) >= _LONG or any(sign in line for sign in "，。；、"))


def _open(before: str, after: str) -> bool:
    """Whether a round bracket opened on this line is closed on the next one."""
    line = before.rsplit("\n", 1)[-1]
    return line.count("（") > line.count("）") and 0 <= after.find("）") < (after.find("（") if "（" in after else len(after)) <= len(after)
