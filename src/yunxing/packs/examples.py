"""Examples a lawyer can read: for every bound of the plan a value below it, at it and above it, and whether it keeps the promise.

`commitments.examples.toml`. A quote cannot catch `<` written for `≤`; three examples can (convention P7).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Annotated

from pydantic import Field

from yunxing.packs.lines import Lines
from yunxing.packs.plan import Commitment, Words
from yunxing.packs.strict import Strict, load, located
from yunxing.values.errors import Fault, nearest
from yunxing.values.quantity import holds, parse_number

FILE = "commitments.examples.toml"
NEED_EXAMPLES = ("target", "floor", "cap", "threshold")
PLACES = ("below", "at", "above")


class Case(Strict):
    """A value with its unit, and whether it keeps the promise (or lies inside the band)."""

    value: Words
    holds: bool
    note: str = ""


class Example(Strict):
    """The three examples of one commitment."""

    commitment: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    below: Case
    at: Case
    above: Case


class ExamplesFile(Strict):
    """`commitments.examples.toml`."""

    example: tuple[Example, ...] = ()


def example_faults(folder: Path, commitments: tuple[Commitment, ...]) -> Iterator[Fault]:
    """Bounds without examples, examples on the wrong side of their bound, and examples whose answer the comparator does not give."""
    path = folder / FILE
    wanted = {one.id: one for one in commitments if one.kind in NEED_EXAMPLES and one.comparator != "range"}
    read = load(path, ExamplesFile) if path.exists() else ExamplesFile()
    lines = Lines.of(path.read_text(encoding="utf-8") if path.exists() else "")
    known = {one.id: one for one in commitments}
    for index, example in enumerate(read.example):
        commitment = known.get(example.commitment)
        if commitment is None or commitment.amount is None:
            near = nearest(example.commitment, wanted)
            place = located(lines, ("example", index, "commitment"))
            yield Fault(
                str(path), place, repr(example.commitment), "a commitment with one number", fix=f"did you mean {near!r}?" if near else ""
            )
            continue
        yield from _cases(path, lines, index, example, commitment)
    missing = sorted(set(wanted) - {example.commitment for example in read.example})
    for id_ in missing:
        yield Fault(str(path), "the file", f"no examples of {id_}", "three: below, at and above its bound")


def _cases(path: Path, lines: Lines, index: int, example: Example, commitment: Commitment) -> Iterator[Fault]:
    bound = commitment.amount or Fraction(0)
    for name in PLACES:
        case: Case = getattr(example, name)
        place = located(lines, ("example", index, name))
        number, _, unit = case.value.partition(" ")
        if unit != commitment.unit and not (unit == "" and number.endswith("%") and commitment.unit == "%"):
            yield Fault(str(path), place, f"{case.value!r}", f"a value in {commitment.unit or 'bare numbers'}, as the commitment has it")
            continue
        value = parse_number(number.removesuffix("%"))
        side = "below" if value < bound else "at" if value == bound else "above"
        if side != name:
            yield Fault(str(path), place, f"{case.value!r}, which is {side} {commitment.value}", f"a value {name} it")
        elif holds(value, commitment.comparison, bound) != case.holds:
            answer = "holds" if not case.holds else "does not hold"
            yield Fault(
                str(path),
                place,
                f"holds = {str(case.holds).lower()}",
                f"{case.value} {answer} for “{commitment.comparison.zh} {commitment.value}”: the example or the comparator is wrong",
            )
