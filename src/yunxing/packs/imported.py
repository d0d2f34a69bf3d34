"""The official text cut into clauses by the importer, for every layout it reads: measures are numbered 1, 2, 3 … in the order of the text.

A pack whose `[official_text]` says `layout = "imported"` is held against this. Sentence 0 is the measure's heading (its number as printed where
it has none); the others end in a full stop, or with their paragraph. A closing bracket of responsible bodies is no sentence.
"""

from __future__ import annotations

import re

from yunxing.engines.plantext import import_text
from yunxing.engines.plantext.model import Body, Measure, Plan
from yunxing.packs.attach import AttachedText, Span, TextMeasure
from yunxing.packs.plan import Bracket
from yunxing.values.digest import digits
from yunxing.values.errors import BadInput

_SENTENCE = re.compile(r"[^。\n]*(?:。|(?=\n)|$)")
_ITEM = re.compile(r"^\s*(?:第[一二三四五六七八九十百\d]+条|[（(]?[一二三四五六七八九十百\d]+[）)]?[.．、]?)\s*")


def cut(pack: str, raw: bytes, source: str) -> AttachedText:
    """The text as the importer divides it. BadInput when it is not UTF-8 or no measure is found in it."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(f"{source}, byte {error.start}: found bytes that are not UTF-8, expected the plain text as UTF-8.") from error
    plan = import_text(text, source)
    if not plan.measures:
        raise BadInput(f"{source}: found no numbered measure, expected a plan of numbered tasks.")
    return of_plan(pack, plan, text)


def of_plan(pack: str, plan: Plan, text: str) -> AttachedText:
    """An imported plan as the clauses of its text."""
    measures = tuple(_measure(index, one, text) for index, one in enumerate(plan.measures, 1))
    return AttachedText(
        pack=pack,
        sha256=digits(text.encode()),
        text=text,
        head=Span(0, measures[0].span.start),
        tail=Span(measures[-1].span.end, len(text)),
        measures=measures,
        signed=tuple(plan.issuers),
    )


def _measure(number: int, measure: Measure, text: str) -> TextMeasure:
    start, end = measure.start, measure.end
    bracket = _closing(measure, text)
    body = bracket.start if bracket is not None else end
    item = _ITEM.match(text[start:body])
    after = start + (item.end() if item else 0)
    spans = [_stripped(text, after + found.start(), after + found.end()) for found in _SENTENCE.finditer(text[after:body])]
    sentences = [span for span in spans if span.start < span.end]
    if measure.title is None or not sentences:
        sentences.insert(0, Span(start, max(after, start + 1)))
    offices = list(dict.fromkeys(body.dept for body in measure.responsible))
    printed = bracket or Span(body, end)
    return TextMeasure(
        number, measure.section or "", Span(start, end), tuple(sentences), printed, tuple(offices), words_of(measure), measure.id
    )


def _closing(measure: Measure, text: str) -> Span | None:
    """The bracket of responsible bodies that ends the measure; None where bodies stand within, or nowhere."""
    if not measure.responsible_text:
        return None
    at = text.rfind(measure.responsible_text, measure.start, measure.end)
    if at < 0 or text[at + len(measure.responsible_text) : measure.end].strip(" \n。　"):
        return None
    return Span(at, measure.end)


def _stripped(text: str, start: int, end: int) -> Span:
    words = text[start:end]
    start += len(words) - len(words.lstrip())
    return Span(start, start + len(words.strip()))


def words_of(measure: Measure) -> Bracket:
    """What the text says of its bodies' parts: `none` without any, `led` where the first of several leads, `joint` or `listed` for several, else of the one."""
    bodies: dict[str, Body] = {}
    for body in measure.responsible:
        bodies.setdefault(body.dept, body)
    roles = [body.role for body in bodies.values()]
    if not roles:
        return "none"
    if len(roles) == 1:
        return "lead" if roles[0] == "lead" else ("sole" if measure.responsible_text.rstrip("）)〕]").endswith("负责") else "bare")
    if roles[0] == "lead":
        return "led"
    return "joint" if set(roles) == {"shared"} else "listed"
