"""What of the plan is executed, planned or narrative: by part, by sentence and by measure.

A part with anything still planned counts as planned; a sentence is executed when none of its parts is planned; a measure when all its sentences are.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from yunxing.packs.pack import Pack
from yunxing.packs.plan import Measure, Part

State = Literal["executed", "planned", "narrative"]
STATES: tuple[State, ...] = ("executed", "planned", "narrative")
SIGNS: dict[State, str] = {"executed": "●", "planned": "○", "narrative": "–"}


def part_state(part: Part) -> State:
    """Executed when everything that executes it exists."""
    if part.narrative is not None:
        return "narrative"
    return "planned" if part.planned else "executed"


def joined(states: Iterable[State]) -> State:
    """The state of a whole from its pieces: planned if any is, executed if any is, else narrative."""
    found = set(states)
    return "planned" if "planned" in found else "executed" if "executed" in found else "narrative"


@dataclass(frozen=True, slots=True)
class MeasureCoverage:
    """One measure: the state of every part, its sentences and its heading (sentence 0)."""

    number: int
    title: str
    title_en: str
    parts: dict[str, State]
    partly: tuple[str, ...]
    sentences: dict[int, State]

    @property
    def heading(self) -> State:
        """The heading is executed when all sentences are."""
        return joined(self.sentences.values())


@dataclass(frozen=True, slots=True)
class Coverage:
    """The whole plan."""

    measures: tuple[MeasureCoverage, ...]

    @property
    def parts(self) -> Counter[State]:
        """How many parts are in each state."""
        return Counter(state for measure in self.measures for state in measure.parts.values())

    @property
    def sentences(self) -> Counter[State]:
        """How many sentences are in each state, headings apart."""
        return Counter(state for measure in self.measures for state in measure.sentences.values())

    @property
    def headings(self) -> Counter[State]:
        """How many measures are in each state."""
        return Counter(measure.heading for measure in self.measures)

    @property
    def partly(self) -> int:
        """Planned parts of which something exists already."""
        return sum(len(measure.partly) for measure in self.measures)

    def to_json(self) -> dict[str, Any]:
        """All of it, for scripts."""
        counts = {"parts": self.parts, "sentences": self.sentences, "measures": self.headings}
        return {
            "counts": {name: {state: counter.get(state, 0) for state in STATES} for name, counter in counts.items()} | {"partly": self.partly},
            "measures": [
                {
                    "number": m.number, "title": m.title, "title_en": m.title_en, "state": m.heading,
                    "sentences": {f"{m.number}/{at}": state for at, state in m.sentences.items()}, "parts": m.parts, "partly": list(m.partly),
                }
                for m in self.measures
            ],
        }  # fmt: skip


def coverage(pack: Pack) -> Coverage:
    """The coverage of a pack as its files say it; `pack check` proves that the ids exist."""
    return Coverage(tuple(_measure(measure) for measure in pack.measures))


def _measure(measure: Measure) -> MeasureCoverage:
    parts = {part.clause: part_state(part) for part in measure.part}
    by_sentence: dict[int, list[State]] = {}
    for part in measure.part:
        by_sentence.setdefault(part.key.sentence, []).append(part_state(part))
    return MeasureCoverage(
        number=measure.number,
        title=measure.title,
        title_en=measure.title_en,
        parts=parts,
        partly=tuple(part.clause for part in measure.part if part.planned and part.built),
        sentences={at: joined(states) for at, states in by_sentence.items()},
    )


def coverage_lines(found: Coverage) -> list[str]:
    """A compact table: one row a measure, a sign a sentence, in Chinese and English."""
    lines = [_row("号", "举措 measure", "句 sentences", "执行/计划/叙述 executed/planned/narrative (parts)")]
    for measure in found.measures:
        signs = "".join(SIGNS[state] for state in measure.sentences.values())
        counts = Counter(measure.parts.values())
        numbers = "/".join(str(counts.get(state, 0)) for state in STATES)
        partly = f"  部分已执行 partly {len(measure.partly)}" if measure.partly else ""
        lines.append(_row(str(measure.number), f"{measure.title} {measure.title_en}", signs, numbers + partly))
    lines.append("")
    for zh, en, counter in (("承诺", "parts", found.parts), ("句", "sentences", found.sentences), ("举措", "measures", found.headings)):
        total = sum(counter.values())
        words = " · ".join(
            f"{name} {state} {counter.get(state, 0)}" for name, state in zip(("已执行", "计划中", "叙述性"), STATES, strict=True)
        )
        lines.append(f"{zh} {en} {total}: {words}")
    lines.append("● 已执行 executed   ○ 计划中 planned   – 叙述性 narrative")
    return lines


def _row(number: str, name: str, signs: str, counts: str) -> str:
    return f"{_pad(number, 4)}{_pad(name, 52)}{_pad(signs, 14)}{counts}"


def _pad(text: str, width: int) -> str:
    """Pad to a width in columns of a terminal, where a Chinese character takes two."""
    wide = sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
    return text + " " * max(1, width - wide)
