"""`pack trace`: from a clause to everything that executes it, and from anything that executes back to the clauses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from yunxing.packs.attach import AttachedText
from yunxing.packs.coverage import part_state
from yunxing.packs.pack import Pack
from yunxing.packs.plan import PLANNED, Commitment, Part, bare
from yunxing.values.errors import BadInput, nearest

_CLAUSE = re.compile(r"(?P<measure>\d{1,3})(?:/(?P<sentence>\d{1,2})(?P<part>[a-z]?))?")


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a trace: what it is, its id or clause, its words, and where it stands (file and line)."""

    kind: str
    id: str
    zh: str
    en: str
    place: str
    state: str = ""

    def line(self) -> str:
        """For a person."""
        words = " · ".join(word for word in (self.zh, self.en) if word)
        state = f" [{self.state}]" if self.state else ""
        return f"{self.kind:<12} {self.id}{state}  {words}  ({self.place})"

    def to_json(self) -> dict[str, str]:
        """For scripts."""
        return {"kind": self.kind, "id": self.id, "zh": self.zh, "en": self.en, "place": self.place, "state": self.state}


@dataclass(frozen=True, slots=True)
class Trace:
    """The answer to one question."""

    asked: str
    steps: tuple[Step, ...]

    def to_json(self) -> dict[str, Any]:
        """For scripts."""
        return {"asked": self.asked, "steps": [step.to_json() for step in self.steps]}


def trace(pack: Pack, asked: str, text: AttachedText | None = None) -> Trace:
    """The trace of a clause (`156/18`, `18/3`, `18/3a`) or of an id (`indicator:listings`, `commitment:listings_year`, an office's id).

    With the text attached the verbatim sentence is shown too. BadInput when nothing of that name is in the pack, with the nearest known one.
    """
    wanted = asked.strip()
    head, slash, rest = wanted.partition("/")
    inside = rest if slash and head in (pack.document.short_number, pack.document.number) else wanted
    found = _CLAUSE.fullmatch(inside)
    if found:
        return Trace(asked, _clause(pack, found, text))
    if re.fullmatch(r"[^/:]+/\d+/\d+[a-z]?", wanted):
        raise BadInput(f"document {head!r} is not this plan, whose clauses are cited as {pack.document.short_number}/{rest}.")
    return Trace(asked, _id(pack, wanted))


def _clause(pack: Pack, found: re.Match[str], text: AttachedText | None) -> tuple[Step, ...]:
    measure_number = int(found["measure"])
    measure = pack.measure(measure_number)
    at = pack.measures.index(measure)
    offices = "、".join(pack.offices[id_].short for id_ in measure.offices)
    lead = f", lead {measure.lead} ({measure.lead_basis})" if measure.lead else ", no lead in the text"
    steps = [
        Step(
            "measure",
            f"{pack.document.short_number}/{measure.number}",
            measure.title,
            measure.title_en,
            _place(pack, "measures.toml", "measure", at),
        )
    ]
    steps.append(
        Step("offices", " ".join(measure.offices), offices, measure.words + lead, _place(pack, "measures.toml", "measure", at, "offices"))
    )
    sentence = None if found["sentence"] is None else int(found["sentence"])
    letter = found["part"] or ""
    parts = [(i, p) for i, p in enumerate(measure.part) if sentence in (None, 0, p.key.sentence) and letter in ("", p.key.part)]
    if not parts:
        raise BadInput(
            f"clause {found[0]} is not in the plan; measure {measure.number} has {', '.join(part.clause for part in measure.part)}."
        )
    shown: set[int] = set()
    for index, part in parts:
        if text is not None and part.key.sentence not in shown:
            steps.append(_verbatim(pack, text, part))
            shown.add(part.key.sentence)
        steps += _part(pack, at, index, part)
    for commitment in pack.commitments_of(measure.number):
        if any(_of_part(commitment, part) for _, part in parts) or (commitment.key.sentence == 0 and sentence in (None, 0)):
            steps.append(_commitment(pack, commitment))
    return tuple(steps)


def _of_part(commitment: Commitment, part: Part) -> bool:
    return commitment.key.sentence == part.key.sentence and commitment.key.part in ("", part.key.part)


def _verbatim(pack: Pack, text: AttachedText, part: Part) -> Step:
    span = text.span(part.key)
    words = span.of(text.text) if span else ""
    place = f"{pack.id}.txt, code points {span.start}–{span.end}" if span else "not in the text"
    return Step("text", f"{pack.document.short_number}/{part.key.measure}/{part.key.sentence}", words, "", place)


def _part(pack: Pack, at: int, index: int, part: Part) -> list[Step]:
    clause = str(pack.cite(part.key))
    steps = [Step("promise", clause, part.zh, part.en, _place(pack, "measures.toml", "measure", at, "part", index), part_state(part))]
    if part.narrative is not None:
        steps.append(
            Step("narrative", clause, "", part.narrative, _place(pack, "measures.toml", "measure", at, "part", index, "narrative"))
        )
    steps += [
        _executor(pack, claim, _place(pack, "measures.toml", "measure", at, "part", index, "executed_by")) for claim in part.executed_by
    ]
    return steps


def _executor(pack: Pack, claim: str, otherwise: str) -> Step:
    entry = pack.entries.get(bare(claim))
    if claim.startswith(PLANNED) or entry is None:
        return Step("executed by", bare(claim), "", "", otherwise, "planned")
    return Step("executed by", claim, "", "", f"{entry.file.relative_to(pack.folder).as_posix()}, line {entry.line}", "exists")


def _commitment(pack: Pack, one: Commitment) -> Step:
    at = pack.commitments.index(one)
    due = f", by {one.due.isoformat()}" if one.due else ""
    words = f"{one.title}: {one.comparison.zh} {one.value} 「{one.quote}」"
    shown = f"{one.title_en}{due}, shown by {one.shown_by}"
    return Step("commitment", one.id, words, shown, _place(pack, "commitments.toml", "commitment", at), one.kind)


def _id(pack: Pack, asked: str) -> tuple[Step, ...]:
    wanted = bare(asked)
    steps: list[Step] = []
    entry = pack.entries.get(wanted)
    if entry is not None:
        steps.append(Step("definition", wanted, "", "", f"{entry.file.relative_to(pack.folder).as_posix()}, line {entry.line}", "exists"))
    for at, measure in enumerate(pack.measures):
        for index, part in enumerate(measure.part):
            claims = {bare(claim): claim for claim in part.executed_by}
            if wanted in claims:
                state = "planned" if claims[wanted].startswith(PLANNED) else "exists"
                place = _place(pack, "measures.toml", "measure", at, "part", index)
                steps.append(Step("clause", str(pack.cite(part.key)), part.zh, part.en, place, state))
        if wanted in measure.offices:
            role = dict(measure.responsible)[wanted]
            place = _place(pack, "measures.toml", "measure", at, "offices")
            steps.append(Step("measure", f"{pack.document.short_number}/{measure.number}", measure.title, measure.title_en, place, role))
    name = wanted.removeprefix("commitment:")
    for one in pack.commitments:
        if bare(one.shown_by) == wanted or one.id == name:
            steps.append(_commitment(pack, one))
            if one.id == name:
                steps.append(
                    Step(
                        "clause",
                        str(pack.cite(one.key)),
                        "",
                        "",
                        _place(pack, "commitments.toml", "commitment", pack.commitments.index(one), "clause"),
                    )
                )
    if not steps:
        known = sorted(
            {
                *pack.entries,
                *pack.offices,
                *(bare(c) for p in pack.parts.values() for c in p.executed_by),
                *(f"commitment:{c.id}" for c in pack.commitments),
            }
        )
        near = nearest(wanted, known)
        raise BadInput(
            f"{asked!r} is neither a clause nor an id of {pack.id}."
            + (f" Did you mean {near!r}?" if near else " A clause reads 156/18/3, an id indicator:listings.")
        )
    return tuple(steps)


def _place(pack: Pack, file: str, *where: str | int) -> str:
    return f"{file}, line {pack.line(file, *where)}"
