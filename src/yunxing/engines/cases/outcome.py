"""Whether the next figure bears out how a signal's case was closed. Pure.

A result says what must be seen if it is true: that the signal clears, or that it goes on (`Choice.expects`). Without the figure nothing is said: absent is not zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from yunxing.engines.cases.case import Case
from yunxing.engines.cases.definition import Definition

Verdict = Literal["confirmed", "refuted"]


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict of a month on a closed case, in words."""

    verdict: Verdict
    words: str
    words_en: str


def judge(definition: Definition, case: Case, month: str, *, present: bool, figure: bool) -> Judged | None:
    """The verdict of `month` on a closed case: `present` says whether the signal is there again, `figure` whether the indicator has a value at all.

    None when the case is open, its outcome expects nothing, the month is not later than the signal's, or there is no figure to tell by.
    """
    signal = case.data.get("signal") or {}
    choice = next((one for one in definition.results if one.name == case.outcome), None)
    if case.open or choice is None or not choice.expects or month <= str(signal.get("period", "")) or not (figure or present):
        return None
    borne_out = present == (choice.expects == "goes_on")
    seen = ("信号仍在", "the signal is still there") if present else ("信号已消除", "the signal is gone")
    said = ("印证", "bears out") if borne_out else ("不印证", "does not bear out")
    return Judged(
        "confirmed" if borne_out else "refuted",
        f"{month} 数据：{seen[0]}，{said[0]}“{choice.title}”",
        f"{month}: {seen[1]}, which {said[1]} “{choice.title_en}”",
    )
