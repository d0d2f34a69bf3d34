"""What two plans share, changed and dropped: a successor beside its plan, a city's plan beside the province's.

Measures are paired one to one so that the sum of their likeness is greatest; a pair below `LEAST` is none. Likeness is that of the neighbouring
characters of their titles and texts (Dice). Inside a pair, offices are compared by name, and numbers by what they bound and their unit.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, TypeVar

LEAST: Final = 0.25
SAME: Final = 0.98
Fate = Literal["same", "changed", "dropped", "added"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Piece:
    """One office, number, subsidy or deadline: what it was and what it is; empty where it was not or is not there."""

    kind: str
    fate: Fate
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class MeasureChange:
    """One measure: ids and titles on both sides (empty where there is none), how alike the two are (0 to 1), and what changed inside."""

    fate: Fate
    was: str
    now: str
    was_title: str
    now_title: str
    alike: float
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two plans side by side: the measures of the second in its order, then those the first alone has."""

    was: str
    now: str
    measures: tuple[MeasureChange, ...]

    def counts(self) -> dict[str, int]:
        """How many measures share each fate."""
        found = Counter(one.fate for one in self.measures)
        return {fate: found.get(fate, 0) for fate in ("same", "changed", "added", "dropped")}

    def to_json(self) -> dict[str, Any]:
        """The comparison as plain data."""
        return {"was": self.was, "now": self.now, "counts": self.counts(), "measures": [asdict(one) for one in self.measures]}


def compare(was: Mapping[str, Any], now: Mapping[str, Any], was_text: str = "", now_text: str = "") -> Comparison:
    """Compare two imported plans (the importer's JSON). With their texts the wording counts too; without, titles, offices and numbers."""
    old, new = was["measures"], now["measures"]
    old_grams = [(_grams(one["title"] or ""), _grams(_words(one, was_text))) for one in old]
    new_grams = [(_grams(one["title"] or ""), _grams(_words(one, now_text))) for one in new]
    pairs = _paired([[_alike(a, b) for b in new_grams] for a in old_grams])
    partner = {j: i for i, j in pairs}
    found = []
    for j, one in enumerate(new):
        if j in partner:
            i = partner[j]
            found.append(_changed(old[i], one, _alike(old_grams[i], new_grams[j]), _words(old[i], was_text) == _words(one, now_text)))
        else:
            found.append(MeasureChange("added", "", one["id"], "", one["title"] or "", 0.0, tuple(_alone(one, "added"))))
    kept = {i for i, _ in pairs}
    found += [
        MeasureChange("dropped", one["id"], "", one["title"] or "", "", 0.0, tuple(_alone(one, "dropped")))
        for i, one in enumerate(old)
        if i not in kept
    ]
    return Comparison(was.get("doc_number") or was.get("title") or "", now.get("doc_number") or now.get("title") or "", tuple(found))


def _words(measure: Mapping[str, Any], text: str) -> str:
    """The measure's wording without number and white space; without a text, what the importer read in it."""
    if text:
        words = text[measure["start"] : measure["end"]]
        return re.sub(r"^\W*[（(]?[\d一二三四五六七八九十]+[）)]?[.．、]?|\s", "", words)
    bounds = "".join(f"{one['bounds']}{one['text']}" for one in measure["quantities"])
    return f"{measure['title'] or ''}{bounds}{''.join(one['dept'] for one in measure['responsible'])}"


def _grams(text: str) -> Counter[str]:
    plain = re.sub(r"[\s，。；：、,.;:（）()“”\"]", "", text)
    return Counter(plain[i : i + 2] for i in range(len(plain) - 1)) or Counter([plain] if plain else [])


def _dice(one: Counter[str], other: Counter[str]) -> float:
    size = one.total() + other.total()
    return 2 * (one & other).total() / size if size else 0.0


def _alike(one: tuple[Counter[str], Counter[str]], other: tuple[Counter[str], Counter[str]]) -> float:
    body = _dice(one[1], other[1])
    return body if not (one[0] and other[0]) else (_dice(one[0], other[0]) + body) / 2


def _paired(likeness: list[list[float]]) -> list[tuple[int, int]]:
    """The one-to-one pairs of greatest likeness in sum, those below `LEAST` left out."""
    if not likeness or not likeness[0]:
        return []
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    table = np.array(likeness)
    rows, columns = linear_sum_assignment(-np.where(table >= LEAST, table, 0.0))
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if table[i, j] >= LEAST]


def _changed(was: Mapping[str, Any], now: Mapping[str, Any], alike: float, same_words: bool) -> MeasureChange:
    pieces = [
        *_compared("office", was["responsible"], now["responsible"], lambda one: one["dept"], lambda a, b: a["dept"] == b["dept"], _office),
        *_compared("number", was["quantities"], now["quantities"], _what, _one_number, _number),
        *_compared("subsidy", was["subsidies"], now["subsidies"], _base, _one_base, _subsidy),
        *_compared("deadline", was["deadlines"], now["deadlines"], lambda one: one["text"], lambda _a, _b: True, lambda one: one["date"]),
    ]
    fate: Fate = "same" if same_words or (alike >= SAME and all(one.fate == "same" for one in pieces)) else "changed"
    return MeasureChange(fate, was["id"], now["id"], was["title"] or "", now["title"] or "", round(alike, 3), tuple(pieces))


def _alone(measure: Mapping[str, Any], fate: Fate) -> list[Piece]:
    shown: list[tuple[str, str]] = [("office", _office(one)) for one in measure["responsible"]]
    shown += [("number", _number(one)) for one in measure["quantities"]]
    shown += [("subsidy", _subsidy(one)) for one in measure["subsidies"]] + [("deadline", one["date"]) for one in measure["deadlines"]]
    return [Piece(kind, fate, *(("", words) if fate == "added" else (words, ""))) for kind, words in shown]


def _compared(
    kind: str,
    was: Sequence[T],
    now: Sequence[T],
    what: Callable[[T], str],
    may: Callable[[T, T], bool],
    show: Callable[[T], str],
) -> list[Piece]:
    """Pair what is equal first, then what speaks of the same thing most alike; the rest is dropped or added."""
    left = list(was)
    found: list[Piece] = []
    waiting: list[T] = []
    for one in now:
        equal = next((other for other in left if show(other) == show(one) and may(other, one)), None)
        if equal is None:
            waiting.append(one)
        else:
            left.remove(equal)
            found.append(Piece(kind, "same", show(equal), show(one)))
    for one in waiting:
        likely = [(_dice(_grams(what(other)), _grams(what(one))), other) for other in left if may(other, one)]
        best = max(likely, key=lambda pair: pair[0], default=None)
        if best is not None and (best[0] >= LEAST or not what(one)):
            left.remove(best[1])
            found.append(Piece(kind, "changed", show(best[1]), show(one)))
        else:
            found.append(Piece(kind, "added", "", show(one)))
    return [*found, *(Piece(kind, "dropped", show(one), "") for one in left)]


def _what(one: Mapping[str, Any]) -> str:
    return str(one["bounds"])


def _one_number(was: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    return bool(was["unit"] == now["unit"] or (was.get("base_unit") and was.get("base_unit") == now.get("base_unit")))


def _base(one: Mapping[str, Any]) -> str:
    return str(one["base"] or "")


def _one_base(was: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    return (was["rate"] is None) == (now["rate"] is None)


_ROLES: Final = {"lead": "牵头", "responsible": "负责", "shared": "分工负责", "support": "配合"}


def _office(one: Mapping[str, Any]) -> str:
    return f"{one['dept']}（{_ROLES[one['role']]}）"


def _number(one: Mapping[str, Any]) -> str:
    sign = "" if one["comparator"] in ("=", "range") else one["comparator"]
    return f"{one['bounds']} {sign}{one['value']}{one['unit']}".strip()


def _subsidy(one: Mapping[str, Any]) -> str:
    parts = [one["base"] or ""]
    parts += [f"{one['rate']:g}%"] if one["rate"] is not None else []
    parts += [f"{one['amount']:.15g}元"] if one["amount"] is not None else []
    parts += [f"最高{one['cap']:.15g}元"] if one["cap"] is not None else []
    return " ".join(part for part in [*parts, f"每{one['per']}" if one["per"] else ""] if part)
