"""Pass 1, clean: fold widths and look-alikes one to one, close the gaps a scan leaves. The raw text stays as it is.

Folding: full-width digits and letters to ASCII, half-width brackets and marks of Chinese sentences to full width, variants of brackets,
quotes and dashes to one each. Gaps: blanks between Chinese characters and inside numbers go; one stays between two Latin words.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from yunxing.engines.plantext.view import View

_FOLD: Final = str.maketrans(
    {
        **dict.fromkeys("(﹙", "（"),
        **dict.fromkeys(")﹚", "）"),
        **dict.fromkeys("[［【〖{", "〔"),
        **dict.fromkeys("]］】〗}", "〕"),
        **dict.fromkeys("「『〝＂", "“"),
        **dict.fromkeys("」』〞", "”"),
        **dict.fromkeys("–―─−‒－‐‑﹣ー", "—"),
        **dict.fromkeys("～〜∼˜", "~"),
        ";": "；",
        "?": "？",
        "!": "！",
        "﹪": "%",
        "％": "%",
        "．": ".",
        "﹒": ".",
        "､": "、",
        "﹑": "、",
        "•": "·",
        "‧": "·",
    }
)
_INVISIBLE: Final = frozenset("\ufeff\u200b\u200c\u200d\u2060\u00ad\u200e\u200f")


def _fold(sign: str) -> str:
    folded = sign.translate(_FOLD)
    if folded != sign or sign < "\uff01":
        return folded
    wide = unicodedata.normalize("NFKC", sign)
    return wide if len(wide) == 1 and wide.isascii() and wide.isalnum() else sign


def _marks(text: list[str]) -> None:
    """Half-width comma and colon become the Chinese ones, except inside a number or a Latin phrase."""
    last = len(text) - 1
    for i, sign in enumerate(text):
        if sign not in ",:":
            continue
        before = text[i - 1] if i else ""
        after = text[i + 1] if i < last else ""
        digits = before.isdecimal() and before.isascii() and after.isdecimal() and after.isascii()
        if digits and (sign == ":" or _thousands(text, i)):
            continue
        text[i] = "，" if sign == "," else "："


def _thousands(text: list[str], comma: int) -> bool:
    tail = text[comma + 1 : comma + 5]
    return len(tail) >= 3 and all(c.isdecimal() for c in tail[:3]) and not (len(tail) > 3 and tail[3].isdecimal())


def clean(raw: str) -> View:
    """The folded view of a raw text. Carriage returns and the paragraph separators read as line ends; blanks at line ends go."""
    text: list[str] = []
    origin: list[int] = []
    gaps: set[int] = set()
    width = 0
    for at, sign in enumerate(raw):
        if sign in _INVISIBLE:
            continue
        if sign in "\n\r\x0b\x0c\x85\u2028\u2029":
            if text and text[-1] != "\n":
                text.append("\n")
                origin.append(at)
            width = 0
            continue
        if sign.isspace():
            width += 2 if sign in "\u3000\t" else 1
            continue
        folded = _fold(sign)
        if width and text and text[-1] != "\n":
            latin = text[-1].isascii() and text[-1].isalpha() and folded.isascii() and folded.isalnum()
            if latin:
                text.append(" ")
                origin.append(at - 1)
            if width >= 2:
                gaps.add(len(text))
        text.append(folded)
        origin.append(at)
        width = 0
    _marks(text)
    return View("".join(text), tuple(origin), frozenset(gaps))
