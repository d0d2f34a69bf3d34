"""Numbering as it may stand in a text: candidates with their style and number. Which of them number something, the tree pass decides."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from yunxing.engines.plantext.numerals import parse_han
from yunxing.engines.plantext.view import View, depths

_H: Final = "一二三四五六七八九十百"
# Outer styles first. A style is a class of numbering; the level it takes is decided by the text.
STYLES: Final = ("chapter", "han", "article", "han_in", "digit", "digit_in", "digit_half")
_SHAPES: Final = re.compile(
    rf"(?P<chapter>第(?P<n0>[{_H}]{{1,3}}|\d{{1,2}})(?:[章编](?![的之])|部分(?![的之，。]|地区|企业|领域)))"
    rf"|(?P<article>第(?P<n1>[{_H}]{{1,4}}|\d{{1,3}})条(?!例))"
    rf"|(?P<han_in>（(?P<n2>[{_H}]{{1,4}})）(?![至、]|款(?!项)|项(?!目)))"
    rf"|(?P<han>(?<![第{_H}、])(?P<n3>[{_H}]{{1,4}})[、.](?![{_H}]、|[{_H}]{{1,2}}(?:产|类|线|级|是|区|方|大|者|次|期|季|次)))"
    r"|(?P<digit_in>（(?P<n4>\d{1,2})）)"
    r"|(?P<digit_half>(?<![\d（\w.])(?P<n5>\d{1,2})）)"
    r"|(?P<digit>(?<![\dA-Za-z.+—~/第])(?P<n6>\d{1,3})[.、](?![\d.]))"
)
# 第三条规定的, 第三条第二款: a reference, not an article that begins here.
_REFERRED: Final = re.compile(r"[的之、和至（第款]|规定")


@dataclass(frozen=True, slots=True)
class Mark:
    """One numbering sign. ``printed`` is the number as printed without punctuation; ``firm`` says how plainly it begins something:
    3 at a line start, 2 after a wide gap, 1 after the end of a sentence or a bracket, 0 inside running words.
    """

    style: str
    number: int
    printed: str
    start: int
    end: int
    firm: int


def candidates(view: View) -> list[Mark]:
    """All places that may be numbering, in order."""
    text = view.text
    inside = depths(text, "（〔《“", "）〕》”")
    out: list[Mark] = []
    for found in _SHAPES.finditer(text):
        style = found.lastgroup or ""
        style = next(s for s in STYLES if found[s] is not None)
        printed = next(found[f"n{i}"] for i in range(7) if found[f"n{i}"] is not None)
        value = int(printed) if printed.isdecimal() else parse_han(printed)
        start = found.start()
        before = text[start - 1] if start else "\n"
        own = 1 if text[start] == "（" else 0
        if value is None or value == 0 or (inside[start] - own > 0 and before != "\n"):
            continue
        firm = _firm(view, start, before)
        if firm == 0 and style in ("digit_in", "digit_half"):
            continue
        if firm < 2 and text[found.start() : found.end()].endswith("部分"):
            continue
        if firm < 2 and style == "article" and _REFERRED.match(text, found.end()):
            continue
        out.append(Mark(style, value, printed, start, found.end(), firm))
    return out


def _firm(view: View, start: int, before: str) -> int:
    if before == "\n":
        return 3
    if start in view.gaps:
        return 2
    return 1 if before in "。；！？：）”…" else 0
