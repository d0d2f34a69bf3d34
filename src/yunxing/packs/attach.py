"""The official text of a plan, verified by its hash and cut into clauses: document → measures → sentences, with code-point spans.

Layout read here: sections `一、`, measures `1.` running over the sections, one line a measure, its responsibility bracket at the end.
Other layouts are the importer's work. The text is never altered; every span is an offset into it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from yunxing.packs.pack import Pack
from yunxing.packs.plan import Bracket
from yunxing.values.citation import Clause
from yunxing.values.digest import digits
from yunxing.values.errors import BadInput, DoesNotHold, Fault

_MEASURE = re.compile(r"^(\d{1,3})[.．](.*)$", re.MULTILINE)
_SECTION = re.compile(r"^([一二三四五六七八九十]+)、(.*)$", re.MULTILINE)
_OPENING, _CLOSING = "(（", ")）"
# The words that close a bracket, longest first; what is left of them is the list of names.
_WORDS: tuple[tuple[str, Bracket], ...] = (("按职责分工负责", "joint"), ("牵头负责", "lead"), ("负责", "sole"))


@dataclass(frozen=True, slots=True)
class Span:
    """Code points `start` to `end` of the text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """What stands there."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class TextMeasure:
    """A measure in the text: its sentences (the heading first), the names in its bracket and the words that close it. `printed` is its number in the text where that is another."""

    number: int
    section: str
    span: Span
    sentences: tuple[Span, ...]
    bracket: Span
    names: tuple[str, ...]
    words: Bracket
    printed: str = ""


@dataclass(frozen=True, slots=True)
class AttachedText:
    """The official text with its spans. `head` and `tail` stand before the first measure and after the last one; `signed` are the signatories where
    they are not simply the lines of the tail.
    """

    pack: str
    sha256: str
    text: str
    head: Span
    tail: Span
    measures: tuple[TextMeasure, ...]
    signed: tuple[str, ...] | None = None

    @property
    def sentence_count(self) -> int:
        """Sentences without the headings."""
        return sum(len(measure.sentences) - 1 for measure in self.measures)

    @property
    def office_mentions(self) -> int:
        """Names in all brackets."""
        return sum(len(measure.names) for measure in self.measures)

    def span(self, clause: Clause | str) -> Span | None:
        """Where a clause stands; a lettered part has its sentence's span; `head`, `tail` and `between` (all from the first measure to the last) are
        spans too; None when the text has none.
        """
        if isinstance(clause, str):
            return {"head": self.head, "tail": self.tail, "between": Span(self.head.end, self.tail.start)}.get(clause)
        measure = next((one for one in self.measures if one.number == clause.measure), None)
        if measure is None or clause.sentence >= len(measure.sentences):
            return None
        return measure.sentences[clause.sentence]

    def sentence(self, clause: Clause | str) -> str | None:
        """The words of a clause, verbatim; None when the text has no such clause."""
        span = self.span(clause)
        return None if span is None else span.of(self.text)

    def to_json(self) -> dict[str, Any]:
        """The spans, without the text, for `texts/<pack>.json`."""
        return {
            "pack": self.pack,
            "sha256": self.sha256,
            "head": [self.head.start, self.head.end],
            "tail": [self.tail.start, self.tail.end],
            "measures": [
                {
                    "number": one.number,
                    "section": one.section,
                    "span": [one.span.start, one.span.end],
                    "sentences": [[s.start, s.end] for s in one.sentences],
                    "bracket": [one.bracket.start, one.bracket.end],
                    "names": list(one.names),
                    "words": one.words,
                }
                for one in self.measures
            ],
        }


def verify(pack: Pack, raw: bytes, source: str) -> None:
    """Refuse bytes that are not the official text, naming both hashes and what to do."""
    expected = pack.document.official_text.sha256
    found = digits(raw)
    if found != expected:
        raise BadInput(
            f"{source}: its sha256 is {found}, expected {expected} ({pack.folder / 'pack.toml'}, {pack.place('pack.toml', 'official_text', 'sha256')}). "
            "Copies on the open web are altered: attach the file the plan was read from, unchanged (line ends and spaces included). "
            "If the text was officially corrected, read the plan again and put the new hash into pack.toml."
        )


def attach(pack: Pack, raw: bytes, source: str) -> AttachedText:
    """The text verified by hash and cut into clauses. BadInput when it is another text, DoesNotHold when the counts of pack.toml differ from it."""
    verify(pack, raw, source)
    cut = split(pack, raw, source)
    expected = pack.document.official_text
    counts = (
        ("measures", len(cut.measures), expected.measures),
        ("sentences", cut.sentence_count, expected.sentences),
        ("office_mentions", cut.office_mentions, expected.office_mentions),
    )
    faults = [
        Fault(
            str(pack.folder / "pack.toml"),
            pack.place("pack.toml", "official_text", name),
            f"{promised}",
            f"{counted}, as counted in the text",
        )
        for name, counted, promised in counts
        if counted != promised
    ]
    if faults:
        raise DoesNotHold("\n".join(str(fault) for fault in faults), faults)
    return cut


def split(pack: Pack, raw: bytes, source: str) -> AttachedText:
    """The text cut into clauses, whatever its hash. BadInput when it is not UTF-8 or not laid out as its reader expects."""
    if pack.document.official_text.layout == "imported":
        from yunxing.packs.imported import cut

        return cut(pack.id, raw, source)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(f"{source}, byte {error.start}: found bytes that are not UTF-8, expected the plain text as UTF-8.") from error
    measures = tuple(_measures(text, source))
    if not measures:
        raise BadInput(f"{source}: found no line that begins with `1.`, expected numbered measures, one a line.")
    numbers = [measure.number for measure in measures]
    if numbers != list(range(1, len(numbers) + 1)):
        raise BadInput(f"{source}: found measures numbered {numbers}, expected 1 to {len(numbers)} in order.")
    return AttachedText(
        pack=pack.id,
        sha256=digits(raw),
        text=text,
        head=Span(0, measures[0].span.start),
        tail=Span(measures[-1].span.end, len(text)),
        measures=measures,
    )


def _measures(text: str, source: str) -> Iterator[TextMeasure]:
    sections = [(found.start(), found[1]) for found in _SECTION.finditer(text)]
    for found in _MEASURE.finditer(text):
        section = next((name for start, name in reversed(sections) if start < found.start()), "")
        start, end = found.span(2)
        end = start + len(text[start:end].rstrip())
        bracket = _bracket(text, start, end)
        if bracket is None:
            raise BadInput(f"{source}, measure {found[1]}: found no bracket of responsible bodies at the end of its line, expected one.")
        sentences = tuple(Span(start + s.start(), start + s.end()) for s in re.finditer(r"[^。]*。", text[start : bracket.start]))
        loose = text[sentences[-1].end if sentences else start : bracket.start].strip()
        if loose or not sentences:
            raise BadInput(
                f"{source}, measure {found[1]}: found {loose[:20]!r} without a full stop before the bracket, expected whole sentences."
            )
        names, words = read_bracket(bracket.of(text))
        yield TextMeasure(int(found[1]), section, Span(found.start(), end), sentences, bracket, names, words)


def _bracket(text: str, start: int, end: int) -> Span | None:
    """The bracket that closes the line, matched by depth."""
    depth = 0
    for at in range(end - 1, start - 1, -1):
        if text[at] in _CLOSING:
            depth += 1
        elif text[at] in _OPENING:
            depth -= 1
        if depth == 0:
            return Span(at, end) if at < end - 1 else None
    return None


def read_bracket(bracket: str) -> tuple[tuple[str, ...], Bracket]:
    """The names of a responsibility bracket in order, and what its words say.

    >>> read_bracket("(市甲局、市乙局按职责分工负责)")
    (('市甲局', '市乙局'), 'joint')
    """
    inner = bracket[1:-1].strip()
    for ending, words in _WORDS:
        if inner.endswith(ending):
            return tuple(name.strip() for name in inner.removesuffix(ending).split("、")), words
    return tuple(name.strip() for name in inner.split("、")), "bare"
