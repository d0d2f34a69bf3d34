"""Hold the plan to its official text: brackets, quotes, the numbers in them, and every number of the text claimed or explained."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest

from yunxing.packs.attach import AttachedText
from yunxing.packs.check_plan import did_you_mean, fault
from yunxing.packs.numbers import Number, numbers_in, values_of
from yunxing.packs.pack import Pack
from yunxing.packs.plan import Commitment, clause_key, short
from yunxing.packs.policies import quotes
from yunxing.packs.relations import relation_quotes
from yunxing.packs.strict import PackFault
from yunxing.values.citation import Clause, find_quote, normalise, parse_clause
from yunxing.values.errors import Fault

# A numbering mark at the start of a line is no number of the text.
_MARK = re.compile(
    r"^[^\S\n]*(?:\d{1,3}[.．]|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十百\d]+[）)]|第[一二三四五六七八九十百\d]+条)",
    re.MULTILINE,
)
_ABOVE, _BELOW, _AT_MOST = ("以上",), ("以下",), ("最高", "不超过")


def text_faults(pack: Pack, text: AttachedText) -> list[Fault]:
    """Every disagreement between the pack and its official text."""
    return [
        *_document(pack, text),
        *_brackets(pack, text),
        *_headings(pack, text),
        *_quotes(pack, text),
        *_comparators(pack),
        *_policy_quotes(pack, text),
        *_unclaimed(pack, text),
    ]


def _document(pack: Pack, text: AttachedText) -> Iterator[Fault]:
    """Title, number, cited numbers and signatories of pack.toml stand in the text; the signatories in their order, at its end."""
    document = pack.document
    head, tail = text.head.of(text.text), text.tail.of(text.text)
    printed = [("title", document.title), ("number", document.number)]
    for key, words in printed:
        if find_quote(words, head) is None:
            yield fault(pack, "pack.toml", (key,), f"{words!r}", "words of the text before the first measure")
    for at, cited in enumerate(document.cites):
        words = cited.number or cited.title
        if find_quote(words, text.text) is None:
            yield fault(pack, "pack.toml", ("cites", at), f"{words!r}", "a document that the text names")
    date = f"{document.date.year}年{document.date.month}月{document.date.day}日"
    if find_quote(date, tail if text.signed is None else text.text) is None:
        yield fault(pack, "pack.toml", ("date",), date, "the date at the end of the text")
    names = [pack.offices[id_].name for id_ in document.signatories if id_ in pack.offices]
    signed = (
        list(text.signed) if text.signed is not None else [line.strip() for line in tail.splitlines() if line.strip() not in ("", date)]
    )
    if names != signed:
        differing = next(((a, b) for a, b in zip_longest(names, signed) if a != b), ("", ""))
        yield fault(
            pack,
            "pack.toml",
            ("signatories",),
            f"{differing[0] or 'nothing'}",
            f"{differing[1] or 'no more signatories'}, as the text is signed",
        )


def _brackets(pack: Pack, text: AttachedText) -> Iterator[Fault]:
    id_of = {name: office.id for office in pack.offices.values() for name in office.all_names}
    by_number = {measure.number: measure for measure in text.measures}
    for at, measure in enumerate(pack.measures):
        printed = by_number.get(measure.number)
        if printed is None:
            yield fault(pack, "measures.toml", ("measure", at), f"measure {measure.number}", "a measure of the text")
            continue
        for name in printed.names:
            if name not in id_of:
                yield fault(
                    pack,
                    "offices.toml",
                    (),
                    f"no office named {name}, which the bracket of measure {measure.number} prints",
                    "it as `short` or in `names`",
                    did_you_mean(name, id_of),
                )
        expected = [id_of.get(name, name) for name in printed.names]
        if list(measure.offices) != expected:
            yield fault(
                pack,
                "measures.toml",
                ("measure", at, "offices"),
                f"{list(measure.offices)}",
                f"{expected}, as the bracket of measure {measure.number} lists them",
            )
        if measure.words != printed.words:
            yield fault(
                pack,
                "measures.toml",
                ("measure", at, "words"),
                f"{measure.words!r}",
                f"{printed.words!r}, by the words of the bracket {printed.bracket.of(text.text)[-9:]}",
            )
        if measure.printed != printed.printed and text.signed is not None:
            found, wanted = f"printed = {measure.printed!r}", f"{printed.printed!r}, the number of measure {measure.number} in the text"
            yield fault(pack, "measures.toml", ("measure", at), found, wanted)
        if measure.section != printed.section:
            yield fault(
                pack,
                "measures.toml",
                ("measure", at, "section"),
                f"{measure.section!r}",
                f"{printed.section!r}, under which the text prints it",
            )


def _headings(pack: Pack, text: AttachedText) -> Iterator[Fault]:
    by_number = {measure.number: measure for measure in text.measures}
    for at, measure in enumerate(pack.measures):
        printed = by_number.get(measure.number)
        if printed is None:
            continue
        heading = printed.sentences[0].of(text.text)
        if find_quote(measure.heading, heading) is None:
            yield fault(
                pack,
                "measures.toml",
                ("measure", at, "heading"),
                f"{measure.heading!r}",
                f"words of the heading of measure {measure.number}",
            )
        sentences = {part.key.sentence for part in measure.part}
        if len(sentences) != len(printed.sentences) - 1:
            yield fault(
                pack,
                "measures.toml",
                ("measure", at),
                f"{len(sentences)} sentences of measure {measure.number}",
                f"{len(printed.sentences) - 1}, as in the text",
            )


def _quotes(pack: Pack, text: AttachedText) -> Iterator[Fault]:
    for at, commitment in enumerate(pack.commitments):
        where = ("commitment", at)
        sentence = text.sentence(commitment.key)
        if sentence is None:
            yield fault(pack, "commitments.toml", (*where, "clause"), commitment.clause, "a clause of the text")
            continue
        times = normalise(sentence).count(normalise(commitment.quote))
        if times == 0:
            yield fault(
                pack,
                "commitments.toml",
                (*where, "quote"),
                f"{commitment.quote!r}",
                f"words of clause {commitment.clause}",
                _elsewhere(text, commitment.quote),
            )
        elif times > 1:
            yield fault(
                pack,
                "commitments.toml",
                (*where, "quote"),
                f"{commitment.quote!r}, which stands {times} times in {commitment.clause}",
                "a phrase that stands there once",
                "quote a word more",
            )
        yield from _agrees(pack, at, commitment)
        if times and find_quote(commitment.verb, sentence) is None:
            yield fault(pack, "commitments.toml", (*where, "verb"), f"{commitment.verb!r}", f"a word of clause {commitment.clause}")
    for at, other in enumerate(pack.not_commitments):
        sentence = text.sentence(_where(other.clause))
        if sentence is None or find_quote(other.quote, sentence) is None:
            yield fault(
                pack,
                "commitments.toml",
                ("not_commitment", at, "quote"),
                f"{other.quote!r}",
                f"words of {other.clause}",
                _elsewhere(text, other.quote),
            )


def _agrees(pack: Pack, at: int, commitment: Commitment) -> Iterator[Fault]:
    """The number in the quote is the commitment's; a value the text says by a word has that word in the quote."""
    where = ("commitment", at, "value")
    if commitment.said_as is not None:
        if find_quote(commitment.said_as, commitment.quote) is None:
            yield fault(
                pack,
                "commitments.toml",
                ("commitment", at, "said_as"),
                f"{commitment.said_as!r}",
                f"a word of the quote {commitment.quote!r}",
            )
        return
    missing = commitment.numbers - values_of(commitment.quote)
    if missing:
        shown = ", ".join(n.text for n in numbers_in(commitment.quote)) or "no number"
        yield fault(pack, "commitments.toml", where, f"{commitment.value!r}", f"the number of its quote {commitment.quote!r} ({shown})")
        return
    unit = commitment.unit
    if (
        unit
        and commitment.kind != "period"
        and normalise(unit.removeprefix("个").removesuffix("名").removesuffix("/场")) not in normalise(commitment.quote)
    ):
        yield fault(pack, "commitments.toml", where, f"the unit {unit!r}", f"the unit printed in {commitment.quote!r}")


def _elsewhere(text: AttachedText, quote: str) -> str:
    """Where the quote stands instead, so that a quote from another clause is named as such."""
    for measure in text.measures:
        for at, sentence in enumerate(measure.sentences):
            if find_quote(quote, sentence.of(text.text)) is not None:
                return f"it stands in clause {measure.number}/{at}: correct the clause or the quote"
    return "it stands nowhere in the measures: quote the text as it is printed"


def _policy_quotes(pack: Pack, text: AttachedText) -> Iterator[Fault]:
    """The phrases that rules rest on stand in the clauses they cite; a clause of another document is not held here."""
    try:
        cited = [*quotes(pack.folder), *relation_quotes(pack.folder)]
    except PackFault:
        return  # told by the loader of the policies already
    for file, cites, quote in cited:
        clause = parse_clause(cites)
        if clause.document != pack.document.short_number:
            continue
        sentence = text.sentence(clause)
        if sentence is None or find_quote(quote, sentence) is None:
            yield Fault(file, f"clause {cites}", f"{quote!r}", f"words of clause {cites}", fix=_elsewhere(text, quote))


def _comparators(pack: Pack) -> Iterator[Fault]:
    """最高 and 不超过 are ceilings, 以上 includes; 以下 includes too unless the band next to it carries （含） and owns the edge (convention N2)."""
    for at, one in enumerate(pack.commitments):
        expected: tuple[str, ...] = ()
        if any(word in one.verb for word in _AT_MOST):
            expected = ("le",)
        elif any(word in one.verb for word in _ABOVE):
            expected = ("ge",)
        elif any(word in one.verb for word in _BELOW):
            owned = any(
                o.key == one.key and o.numbers == one.numbers and o.comparator == "ge" and "含" in normalise(o.quote)
                for o in pack.commitments
            )
            expected = ("lt",) if owned else ("le",)
        if expected and one.comparator not in expected:
            yield fault(
                pack, "commitments.toml", ("commitment", at, "comparator"), f"{one.comparator!r} for {one.verb}", f"{expected[0]!r}"
            )


def _unclaimed(pack: Pack, text: AttachedText) -> Iterator[Fault]:
    claimed = claimed_numbers(pack, text)
    for number in numbers_of(text):
        if number.start not in claimed:
            around = text.text[max(0, number.start - 8) : number.end + 8].replace("\n", " ")
            yield Fault(
                str(pack.folder / "commitments.toml"), f"clause {clause_at(text, number.start)}", f"the number {number.text} in “{around}” neither claimed nor explained",
                "a [[commitment]] whose quote holds it, or a [[not_commitment]] with the reason",
            )  # fmt: skip


def numbers_of(text: AttachedText) -> tuple[Number, ...]:
    """Every number of the text except numbering marks."""
    marks = [found.span() for found in _MARK.finditer(text.text)]
    return tuple(n for n in numbers_in(text.text) if not any(start <= n.start < end for start, end in marks))


def claimed_numbers(pack: Pack, text: AttachedText) -> dict[int, str]:
    """For each number of the text that is claimed: its offset, and the commitment's id or `not` for an explained one."""
    claimed: dict[int, str] = {}
    numbers = numbers_of(text)
    for other in pack.not_commitments:
        span = text.span(_where(other.clause))
        for start, end in _all(other.quote, text.text, span.start, span.end) if span else ():
            inside = [n.start for n in numbers if start <= n.start and n.end <= end]
            claimed |= {at: "not" for at in inside if other.clause != "between" or clause_at(text, at) == "between measures"}
    for one in pack.commitments:
        span = text.span(one.key)
        found = find_quote(one.quote, span.of(text.text)) if span else None
        if span is None or found is None:
            continue
        start, end = span.start + found[0], span.start + found[1]
        due = values_of(one.due.isoformat()) if one.due else frozenset()
        wanted = one.numbers | due
        claimed |= {n.start: one.id for n in numbers if start <= n.start and n.end <= end and (one.said_as or n.value in wanted)}
    return claimed


def _all(quote: str, text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while (found := find_quote(quote, text[start:end])) is not None:
        yield start + found[0], start + found[1]
        start += found[1]


def _where(clause: str) -> Clause | str:
    return clause if clause in ("head", "tail", "between") else clause_key(clause)


def clause_at(text: AttachedText, offset: int) -> str:
    """The clause in which an offset of the text lies."""
    for measure in text.measures:
        for at, sentence in enumerate(measure.sentences):
            if sentence.start <= offset < sentence.end:
                return short(clause_key(f"{measure.number}/{at}"))
    return "head" if offset < text.head.end else "tail" if offset >= text.tail.start else "between measures"
