"""From when to when a document holds, from the facts its own text states, what later documents say of it, and what staff entered.

Nothing is guessed: without a stated end there is none, and the first day is the stated one or, for 自发布之日起, the day of the document.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from yunxing.engines.search.entry import Effect
from yunxing.engines.search.fold import fold
from yunxing.engines.search.numbers import doc_number

_DAY: Final = re.compile(r"(\d{4})年(?:(\d{1,2})月)?(?:(\d{1,2})日)?")
_SPAN: Final = re.compile(r"(\d+|[一二三四五六七八九十两]+)(年|个月)")
_DIGITS: Final = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_AT_ONCE: Final = re.compile(r"发布|印发|公布|下发|颁布|通过")


@dataclass(frozen=True, slots=True)
class EffectFact:
    """One dated fact of force: `kind` as the importer writes it, or by staff `ends`, `partly_ends`, `amended` with a day as value."""

    kind: str
    value: str
    object: str = ""
    sentence: str = ""


def last_day(text: str) -> date | None:
    """The last day a Chinese or ISO date means: `2023年底` and `2023年` are its 31 December, `2023年6月` its 30 June. None when it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    found = _DAY.match(text)
    if found is None:
        return None
    year, month, day = (int(part) if part else 0 for part in found.groups())
    month = month or 12
    if not 1 <= month <= 12 or day > monthrange(year, month)[1]:
        return None
    return date(year, month, day or monthrange(year, month)[1])


def after(since: date, span: str) -> date | None:
    """The last day of `3年` or `6个月` that begin on `since`: 2021-08-20 and one year end on 2022-08-19. None when the span cannot be read."""
    found = _SPAN.fullmatch(span)
    if found is None:
        return None
    number = int(found[1]) if found[1].isdigit() else _chinese(found[1])
    if number is None:
        return None
    months = since.year * 12 + since.month - 1 + number * (12 if found[2] == "年" else 1)
    year, month = divmod(months, 12)
    if year > 9998:
        return None
    first_not = date(year, month + 1, min(since.day, monthrange(year, month + 1)[1]))
    clipped = since.day > first_not.day
    return first_not if clipped else first_not - timedelta(days=1)


def _chinese(text: str) -> int | None:
    tens, ten, ones = text.partition("十")
    if not ten:
        return _DIGITS.get(text)
    high, low = _DIGITS.get(tens, 1 if not tens else None), _DIGITS.get(ones, 0 if not ones else None)
    return None if high is None or low is None else high * 10 + low


def effect_of(facts: Iterable[EffectFact], day: date | None) -> Effect:
    """The effect a document's facts give, `day` being the day of the document. Staff's facts come last and win."""
    since = until = partly = amended = None
    spans = []
    for fact in facts:
        stated = last_day(fact.value) if fact.value else None
        if fact.kind == "in_force_from":
            since = stated or (day if _AT_ONCE.search(fact.value) else None)
        elif fact.kind == "valid_for":
            spans.append(fact.value)
        elif fact.kind in ("valid_until", "ends"):
            until = stated
        elif fact.kind == "partly_ends":
            partly = stated
        elif fact.kind == "amended":
            amended = stated
    begun = since or day
    if until is None and begun is not None:
        until = next((last for last in (after(begun, span) for span in spans) if last is not None), None)
    return Effect(since, until, partly, amended)


def named_in(words: str, *, title: str, number: str) -> bool:
    """Whether what a later document repeals or amends (`words`) names the document with this title or number."""
    if number and fold(number) in fold(words):
        return True
    asked = doc_number(number) if number else None
    for printed in re.findall(r"[^，。；、《》]{0,12}[〔\[（(]\s*\d{4}\s*[〕\]）)]\s*\d+\s*号", words):
        if asked is not None and asked.mark and doc_number(printed) == asked:
            return True
    bare = fold(title).replace("《", "").replace("》", "")
    return len(bare) >= 6 and any(fold(one) in bare or bare in fold(one) for one in re.findall(r"《([^《》]{6,})》", words))
