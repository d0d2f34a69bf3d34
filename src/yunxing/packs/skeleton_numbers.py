"""The numbers of an imported plan as commitments of a new pack: a quote that stands once in its clause, a value, a comparator, three examples."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Final

from yunxing.engines.plantext.model import Plan, Quantity
from yunxing.packs.attach import AttachedText, Span
from yunxing.packs.check_text import clause_at, numbers_of
from yunxing.packs.examples import NEED_EXAMPLES
from yunxing.packs.numbers import values_of
from yunxing.packs.plan import clause_key
from yunxing.values.citation import normalise
from yunxing.values.quantity import Comparator, holds

_COMPARATORS: Final = {"=": "eq", "<=": "le", ">=": "ge", "<": "lt", ">": "gt", "~": "approx", "range": "range"}
_CUES: Final = ("不低于", "不少于", "不超过", "以上", "以下", "最高", "超过", "达到", "力争", "确保", "左右")
_FITS: Final = {"以上": "ge", "不超过": "le", "最高": "le", "以下": "lt"}
_STOPS: Final = "，。；：、,;:（）()“”\n "


@dataclass(frozen=True, slots=True)
class Claim:
    """One number of the text as a commitment."""

    id: str
    clause: str
    kind: str
    title: str
    verb: str
    comparator: str
    number: str
    unit: str
    said_as: str | None
    due: str | None
    quote: str
    span: Span

    def fields(self) -> dict[str, object]:
        """The fields of `[[commitment]]`, in order; None where there is none."""
        return {
            "id": self.id,
            "clause": self.clause,
            "kind": self.kind,
            "title": self.title,
            "title_en": "to be translated",
            "verb": self.verb,
            "comparator": self.comparator,
            "value": f"{self.number} {self.unit}".strip(),
            "said_as": self.said_as,
            "due": date.fromisoformat(self.due) if self.due else None,
            "shown_by": f"planned:indicator:{self.id}",
            "quote": self.quote,
        }


def claims_of(plan: Plan, cut: AttachedText) -> list[Claim]:
    """A claim for every quantity that stands in a sentence of a measure; what the importer was unsure of is claimed too, and asked."""
    found: list[Claim] = []
    for measure, printed in zip(plan.measures, cut.measures, strict=True):
        due = max((one.date for one in measure.deadlines if one.date[:2] == "20"), default=None)
        benefits = [(one.start, one.end) for one in measure.subsidies]
        for quantity in measure.quantities:
            at = next((i for i, span in enumerate(printed.sentences) if span.start <= quantity.start and quantity.end <= span.end), None)
            if at is None:
                continue
            sentence = printed.sentences[at]
            paid = any(start <= quantity.start < end for start, end in benefits)
            claim = _claim(f"{printed.number}/{at}", len(found) + 1, quantity, sentence, cut.text, due=due, paid=paid)
            if claim is not None and not any(one.clause == claim.clause and one.quote == claim.quote for one in found):
                found.append(claim)
    return [_inclusive(one, found) for one in found]


def _inclusive(claim: Claim, claims: Sequence[Claim]) -> Claim:
    """以下 includes its bound, unless the band beside it says （含） and owns it (convention N2)."""
    if claim.comparator != "lt" or "以下" not in claim.verb:
        return claim
    beside = (one for one in claims if one.clause == claim.clause and one.number == claim.number and one.comparator == "ge")
    return claim if any("含" in one.quote for one in beside) else replace(claim, comparator="le")


def _claim(clause: str, count: int, quantity: Quantity, sentence: Span, text: str, *, due: str | None, paid: bool) -> Claim | None:
    span = _once(text, sentence, *_with_cue(text, quantity.start, quantity.end))
    if span is None:
        return None
    quote = text[span.start : span.end]
    number = str(quantity.value)
    values = values_of(number)
    said = values <= values_of(quote) and _printed(quantity.unit, quote)
    verb = next((cue for cue in _CUES if cue in quote), None)
    comparator = _COMPARATORS[quantity.comparator]
    if verb is None or _FITS.get(verb, comparator) != comparator:
        verb = quantity.text[:1]
    kind = _kind(comparator, quantity, due=due, paid=paid)
    number_at = clause.replace("/", "_")
    return Claim(
        f"n{number_at}_{count}", clause, kind, (quantity.bounds or quantity.text)[:40], verb, comparator, number, quantity.unit,
        None if said else quantity.text, due if kind == "target" else None, quote, span,
    )  # fmt: skip


def _with_cue(text: str, start: int, end: int) -> tuple[int, int]:
    """The number with the word that bounds it, where that stands right beside it."""
    after = next((cue for cue in _CUES if text.startswith(cue, end)), "")
    before = next((cue for cue in _CUES if text.endswith(cue, 0, start)), "")
    return start - len(before), end + len(after)


def _printed(unit: str, quote: str) -> bool:
    return not unit or normalise(unit.removeprefix("个").removesuffix("名").removesuffix("/场")) in normalise(quote)


def _kind(comparator: str, quantity: Quantity, *, due: str | None, paid: bool) -> str:
    if ":" in str(quantity.value):
        return "split"
    if comparator == "range":
        return "rate" if quantity.unit == "%" else "count"
    if comparator in ("le", "lt"):
        return "cap"
    if paid:
        return "rate" if quantity.unit == "%" else "amount"
    if comparator in ("ge", "gt"):
        return "target" if due else "floor"
    return "rate" if quantity.unit == "%" else "count"


def _once(text: str, sentence: Span, start: int, end: int) -> Span | None:
    """The quantity with as many words around it as make it stand once in its sentence: first to the left up to a stop, then to the right."""
    whole = normalise(text[sentence.start : sentence.end])
    left, right = start, end
    while True:
        if whole.count(normalise(text[left:right])) == 1:
            return Span(left, right)
        if left > sentence.start and (text[left - 1] not in _STOPS or right >= sentence.end):
            left -= 1
        elif right < sentence.end:
            right += 1
        elif left > sentence.start:
            left -= 1
        else:
            return None


def unclaimed(cut: AttachedText, claims: Sequence[Claim]) -> Iterator[tuple[str, str, str]]:
    """Clause, quote and a first guess at the reason of every number that no claim holds."""
    held = [(one.span, _values(one)) for one in claims]
    done: set[tuple[str, str]] = set()
    for number in numbers_of(cut):
        clause = {"between measures": "between"}.get(clause_at(cut, number.start), clause_at(cut, number.start))
        if any(span.start <= number.start and number.end <= span.end and (said or number.value in values) for span, (values, said) in held):
            continue
        quote = _around(
            cut.text, number.start, number.end, cut.span(clause if clause in ("head", "tail", "between") else clause_key(clause))
        )
        if (clause, quote) in done:
            continue
        done.add((clause, quote))
        yield clause, quote, _reason(cut.text, number.start, number.end)


def _values(claim: Claim) -> tuple[frozenset[Fraction], bool]:
    due = values_of(claim.due) if claim.due else frozenset()
    return values_of(claim.number) | due, claim.said_as is not None


def _around(text: str, start: int, end: int, clause: Span | None) -> str:
    """The number with a few characters on either side, inside its clause."""
    first, last = (clause.start, clause.end) if clause is not None else (start, end)
    left, right = start, end
    while left > first and start - left < 6 and text[left - 1] not in _STOPS:
        left -= 1
    while right < last and right - end < 6 and text[right] not in _STOPS:
        right += 1
    return text[left:right]


def _reason(text: str, start: int, end: int) -> str:
    after, before = text[end : end + 2], text[max(0, start - 1) : start]
    if after.startswith("年") and end - start == 4:
        return "待确认：a year"
    if before in ("〔", "[", "（") or after.startswith("号"):
        return "待确认：part of a document number"
    if after.startswith(("月", "日")):
        return "待确认：part of a date"
    return "待确认：no promise found in it"


def examples_of(claims: Sequence[Claim]) -> str:
    """Three examples for every bound: below it, at it, above it."""
    lines = ["# Three examples for every bound, worked out from the comparator; a person reads them once.", ""]
    for claim in claims:
        if claim.kind not in NEED_EXAMPLES or claim.comparator == "range":
            continue
        bound = Fraction(claim.number)
        digits = len(claim.number.partition(".")[2])
        step = Fraction(1, 10**digits) if bound <= 1 or digits else Fraction(1)
        lines += ["[[example]]", f"commitment = {json.dumps(claim.id)}"]
        for name, value in (("below", bound - step), ("at", bound), ("above", bound + step)):
            shown = f"{float(value):.{digits}f}" if digits else str(value)
            kept = holds(value, Comparator(claim.comparator), bound)
            lines.append(
                f"{name} = {{ value = {json.dumps(f'{shown} {claim.unit}'.strip(), ensure_ascii=False)}, holds = {str(kept).lower()} }}"
            )
        lines.append("")
    return "\n".join(lines)
