"""Names as people search and compare them: folded (width, spaces, brackets, legal form) and by the first letters of their pinyin."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# the forms of a company's name that say nothing about which company it is
_FORMS = re.compile(r"(股份有限公司|有限责任公司|集团有限公司|有限公司|集团公司|公司|集团|厂)$")
_NOISE = re.compile(r"[\s()（）\[\]【】《》「」·・,，.。、\-—_“”\"']")


def folded(name: str) -> str:
    """The name in one width and case, without spaces, brackets and signs; the legal form at the end is kept.

    >>> folded(" 某某（城东） Ａ 铝业 有限公司")
    '某某城东a铝业有限公司'
    """
    text = ""
    while text != name:  # a sign taken away may bring two letters together that fold again
        text, name = name, _NOISE.sub("", unicodedata.normalize("NFKC", name).lower())
    return text


def stem(name: str) -> str:
    """The folded name without its legal form, by which near duplicates are found; the folded name itself where nothing would be left.

    >>> stem("某某铝业有限责任公司") == stem("某某铝业（集团）有限公司") == stem("某某铝业公司")
    True
    """
    text = folded(name)
    while (shorter := _FORMS.sub("", text)) != text and len(shorter) >= 2:
        text = shorter
    return text


@lru_cache(maxsize=65536)
def _letter(character: str) -> str:
    from pypinyin import Style, lazy_pinyin

    found = lazy_pinyin(character, style=Style.FIRST_LETTER, errors="ignore")
    return found[0][:1] if found else ""


def initials(name: str) -> str:
    """The first letters of the name's pinyin, Latin letters and digits as they stand, in lower case; at most 100 of them.

    Character by character, so that a million names cost little; of a character with several readings the commonest counts.

    >>> initials("滨海Ａ铝业01厂")
    'bhaly01c'
    """
    kept = []
    for character in unicodedata.normalize("NFKC", name).lower():
        if character.isascii():
            if character.isalnum():
                kept.append(character)
        else:
            kept.append(_letter(character))
    return "".join(kept)[:100]


def looks_like_initials(text: str) -> bool:
    """Whether a search word is Latin letters and digits alone, so that it may be initials or a code."""
    return bool(re.fullmatch(r"[a-z0-9]+", folded(text)))
