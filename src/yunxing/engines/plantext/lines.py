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

_HARD_ENDS: Final = "。；：！？”》…"
_WRAP: Final = 18
_DATE: Final = re.compile(r"(?:二[〇○零Oo]|20\d\d|19\d\d)[^，。]{0,12}日")


def lines(view: View) -> View:
    """The view with soft line ends left out."""
    text = view.text
    starts = {m.start for m in candidates(view) if m.firm == 3}
    ends = [i for i, c in enumerate(text) if c == "\n"]
    lengths = [b - a - 1 for a, b in zip([-1, *ends], [*ends, len(text)], strict=True)]
    full = [n for n in lengths if n >= _WRAP]
    usual = median(full) if full else 0
    wrapped = usual <= 60 and len(full) >= 8
    first_mark = min(starts, default=len(text))
    soft: set[int] = set()
    for number, end in enumerate(ends):
        line_start = ends[number - 1] + 1 if number else 0
        line = text[line_start:end]
        after = text[end + 1 : (ends[number + 1] if number + 1 < len(ends) else len(text))]
        if not line or not after or end + 1 in starts or _DATE.match(after):
            continue
        if (
            _open(text[max(0, line_start - 400) : end], after)
            or (line[-1] in "，、" and end > first_mark)
            or (end > first_mark and line[-1] not in _HARD_ENDS and line[-1] != "）" and wrapped and len(line) >= usual * 0.8)
        ):
            soft.add(end)
    return view.without(soft)


def _open(before: str, after: str) -> bool:
    """Whether a round bracket opened on this line is closed on the next one."""
    line = before.rsplit("\n", 1)[-1]
    return line.count("（") > line.count("）") and 0 <= after.find("）") < (after.find("（") if "（" in after else len(after)) <= len(after)
