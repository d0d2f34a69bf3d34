"""What a person types: exact phrases, all of which must stand in a document; `-phrase` must not; `field:value` narrows.

煤炭 库存                 both phrases
"批而未供 土地"            one phrase, white space not compared
煤炭 -电力                 the first without the second
责任单位:市财政局 有效于:2022-06-01 发文:国务院 文号:2022156 类别:policy
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal

from yunxing.engines.search.fold import BREAK, fold
from yunxing.engines.search.numbers import DocNumber, doc_number
from yunxing.values.errors import BadInput

Near = Literal["document", "paragraph", "sentence"]
MOST_TERMS: Final = 24
LONGEST: Final = 2_000  # characters of a query
STATES: Final = ("not_yet", "in_force", "amended", "partly_ended", "ended", "unstated")

_QUOTES: Final = {'"': '"', "“": "”", "”": "”", "「": "」", "『": "』", "＂": "＂", "‘": "’"}
_FIELDS: Final = {
    "发文": "issuer",
    "发文机关": "issuer",
    "issuer": "issuer",
    "文号": "number",
    "number": "number",
    "责任单位": "office",
    "office": "office",
    "有效于": "valid_on",
    "valid": "valid_on",
    "自": "since",
    "from": "since",
    "至": "until",
    "to": "until",
    "类别": "kind",
    "kind": "kind",
    "地区": "place",
    "place": "place",
    "状态": "status",
    "status": "status",
}
_FIELD: Final = re.compile(rf"(?P<name>{'|'.join(sorted(_FIELDS, key=len, reverse=True))})[:：](?P<value>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a search beside its phrases. `place` is a region code; a place below it counts too. `status` is judged on `valid_on` or today."""

    kind: str | None = None
    issuer: str | None = None
    number: DocNumber | None = None
    office: str | None = None
    place: str | None = None
    since: date | None = None
    until: date | None = None
    valid_on: date | None = None
    status: str | None = None

    def named(self) -> dict[str, object]:
        """The filters that are set."""
        return {name: getattr(self, name) for name in self.__slots__ if getattr(self, name) is not None}


@dataclass(frozen=True, slots=True)
class Query:
    """Folded phrases. `strict` holds the phrases as typed, to be compared with the raw text as well; empty when folding is welcome."""

    terms: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    filters: Filters = field(default_factory=Filters)
    near: Near = "document"
    strict: tuple[str, ...] = ()

    def within(self, earlier: Query) -> Query:
        """The search inside the results of an earlier one: both sets of phrases; the later filters win."""
        filters = replace(earlier.filters, **self.filters.named())  # type: ignore[arg-type]
        terms = tuple(dict.fromkeys((*earlier.terms, *self.terms)))
        without = tuple(dict.fromkeys((*earlier.without, *self.without)))
        near = self.near if self.near != "document" else earlier.near
        return Query(terms, without, filters, near, (*earlier.strict, *self.strict))


def exact(phrase: str, *, filters: Filters | None = None, strict: bool = False) -> Query:
    """One phrase exactly as given, nothing in it read as a sign. BadInput when nothing visible is left of it or it runs over a paragraph end."""
    folded = fold(phrase)
    if not folded.strip(BREAK):
        raise BadInput(f"检索词：found {phrase!r}, expected at least one visible character · 请输入要检索的文字。")
    return Query((_one(folded, phrase),), filters=filters or Filters(), strict=(phrase,) if strict else ())


def parse(text: str, *, filters: Filters | None = None, near: Near = "document", strict: bool = False) -> Query:
    """The query a person typed. BadInput names what cannot be read; nothing at all to look for, without a filter, is refused too."""
    if len(text) > LONGEST:
        raise BadInput(f"检索词：found {len(text)} characters, expected at most {LONGEST}.")
    terms: list[str] = []
    raw: list[str] = []
    without: list[str] = []
    named: dict[str, object] = {}
    for piece, quoted in _pieces(text):
        known = None if quoted else _FIELD.fullmatch(piece)
        if known is not None:
            name = _FIELDS[known["name"]]
            named[name] = _value(name, known["name"], known["value"].strip('"“”「」'))
        elif not quoted and len(piece) > 1 and piece[0] in "-－" and (terms or named or filters):
            without.append(_one(fold(piece[1:]), piece))
        elif fold(piece).strip(BREAK):
            terms.append(_one(fold(piece), piece))
            raw.append(piece)
    filters = replace(filters or Filters(), **named)  # type: ignore[arg-type]
    if not terms and not filters.named():
        raise BadInput(f"检索词：found {text!r}, expected a word, a phrase in quotation marks, or a field such as 文号:2022156.")
    if len(terms) + len(without) > MOST_TERMS:
        raise BadInput(f"检索词：found {len(terms) + len(without)} phrases, expected at most {MOST_TERMS}.")
    return Query(
        tuple(dict.fromkeys(terms)), tuple(dict.fromkeys(one for one in without if one)), filters, near, tuple(raw) if strict else ()
    )


def _one(folded: str, typed: str) -> str:
    stripped = folded.strip(BREAK)
    if BREAK in stripped:
        raise BadInput(f"检索词：found a paragraph end inside {typed!r}, expected one phrase of one paragraph · 检索词不能跨段落。")
    return stripped


def _pieces(text: str) -> list[tuple[str, bool]]:
    """Words between white space; a word that begins with a quotation mark goes on to its partner. True marks a quoted one."""
    found: list[tuple[str, bool]] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        closing = _QUOTES.get(text[at])
        end = text.find(closing, at + 1) if closing else -1
        if end > at + 1:
            found.append((text[at + 1 : end], True))
            at = end + 1
            continue
        end = at
        while end < len(text) and not text[end].isspace():
            end += 1
        field_with_quote = _FIELD.fullmatch(text[at:end])
        if field_with_quote and field_with_quote["value"][:1] in _QUOTES:
            opened = at + field_with_quote.start("value")
            closed = text.find(_QUOTES[text[opened]], opened + 1)
            end = closed + 1 if closed > 0 else end
        found.append((text[at:end], False))
        at = end
    return found


def _value(name: str, typed: str, value: str) -> object:
    if not value:
        raise BadInput(f"检索词：found {typed}: without a value, expected one, such as {typed}:2022-06-01.")
    if name in ("valid_on", "since", "until"):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise BadInput(f"{typed}：found {value!r}, expected a day such as 2022-06-01.") from error
    if name == "number":
        number = doc_number(value)
        if number is None:
            raise BadInput(f"{typed}：found {value!r}, expected a document number, such as 〔2022〕156号 or 2022 156.")
        return number
    if name == "status" and value not in STATES:
        raise BadInput(f"{typed}：found {value!r}, expected one of {', '.join(STATES)}.")
    return value
