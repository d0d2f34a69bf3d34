"""Clauses, quotes and document numbers: addresses of what a rule rests on, and text folded so that a quote is found.

``156/18/3`` is document 156, measure 18, sentence 3; sentence 0 is the heading; ``156/1/1c`` is part c of sentence 1.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from yunxing.values.errors import BadInput

_CLAUSE = re.compile(r"(?P<document>[^/\s]+)/(?P<measure>\d{1,4})/(?P<sentence>\d{1,4})(?P<part>[a-z]?)", re.ASCII)
_FOLD = str.maketrans(
    {
        **dict.fromkeys("〔【〖［", "["),
        **dict.fromkeys("〕】〗］", "]"),
        **dict.fromkeys("“”„‟「」『』〝〞〟＂«»", '"'),
        **dict.fromkeys("‘’‚‛＇", "'"),
        **dict.fromkeys("‐‑‒–—―−－─", "-"),
        "～": "~",
        "〜": "~",
    }
)


@dataclass(frozen=True, slots=True, order=True)
class Clause:
    """An address in a document; ordered by document, measure, sentence, part. A part is one lower-case letter or nothing.

    >>> str(Clause("156", 1, 1, "c")), parse_clause("156/18/3")
    ('156/1/1c', Clause(document='156', measure=18, sentence=3, part=''))
    """

    document: str
    measure: int
    sentence: int
    part: str = ""

    def __post_init__(self) -> None:
        if not _CLAUSE.fullmatch(str(self)):
            raise BadInput(f"“{self}” is no address of a clause; it reads document/measure/sentence, for example 156/18/3.")

    def __str__(self) -> str:
        return f"{self.document}/{self.measure}/{self.sentence}{self.part}"


def parse_clause(text: str) -> Clause:
    """The clause a text addresses; BadInput when it is no address."""
    found = _CLAUSE.fullmatch(text)
    if found is None:
        raise BadInput(f"“{text}” is no address of a clause; it reads document/measure/sentence, for example 156/18/3.")
    return Clause(found["document"], int(found["measure"]), int(found["sentence"]), found["part"])


def _clusters(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for i in range(1, len(text) + 1):
        if i == len(text) or not unicodedata.combining(text[i]):
            yield start, text[start:i]
            start = i


def _fold(cluster: str) -> str:
    folded = unicodedata.normalize("NFKC", cluster.translate(_FOLD)).translate(_FOLD)
    return "".join(c for c in folded if not (c.isspace() or unicodedata.combining(c) or unicodedata.category(c) == "Cf"))


def normalise(text: str) -> str:
    """The text for comparing: NFKC, white space, invisible signs and loose accents dropped, variants of brackets, quotes and dashes folded.

    >>> normalise("〔２０２２〕 156　号") == normalise("[2022]156号")
    True
    """
    return "".join(_fold(cluster) for _, cluster in _clusters(text)) if text else ""


def find_quote(quote: str, text: str) -> tuple[int, int] | None:
    """Where the quote stands in the text, as (start, end) in the text as it is, or None; both are normalised for the search.

    >>> find_quote("7 天以上", "保持存煤７天以上。")
    (4, 8)
    """
    wanted = normalise(quote)
    if not wanted:
        raise BadInput("An empty quote is found nowhere.")
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, cluster in _clusters(text) if text else ():
        folded = _fold(cluster)
        pieces.append(folded)
        starts += [start] * len(folded)
        ends += [start + len(cluster)] * len(folded)
    at = "".join(pieces).find(wanted)
    return None if at < 0 else (starts[at], ends[at + len(wanted) - 1])
