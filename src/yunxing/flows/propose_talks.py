"""At a quarter's end: offices that missed too many limits are proposed for the talk. A quarter without any gets a proposal "none", which a person records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yunxing.engines.cases.definition import Definition
from yunxing.engines.cases.proposal import opened
from yunxing.engines.cases.propose import case_id
from yunxing.engines.cases.talk import Missed, TalkProposal, proposals
from yunxing.flows.walk_case import working_time
from yunxing.io.store import case_log, case_talks
from yunxing.values.office_hours import instant
from yunxing.values.period import Quarter

TALK = "quarterly_talk"


@dataclass(frozen=True, slots=True)
class Talks:
    """What a quarter proposes: the offices, and the ids of the cases opened now (none the second time)."""

    proposals: tuple[TalkProposal, ...]
    opened: tuple[str, ...]


def propose_talks(connection: Any, quarter: Quarter, now: datetime, *, table: str = TALK) -> Talks:
    """Open a proposal for each office that reached the number of missed limits in the quarter, or one that says there is none. Idempotent."""
    definitions = {one.id: one for one in case_log.all_definitions(connection)}
    begun, ended = instant(quarter.start, 0), instant(quarter.end, 86_400)
    all_missed = [Missed(*row) for row in case_talks.missed_between(connection, begun, ended)]
    missed = [one for one in all_missed if owed_by_office(definitions.get(one.definition), one.clock)]
    found = tuple(proposals(missed, definitions))
    definition = definitions[table] if table in definitions else case_log.newest_definition(connection, table)
    time = working_time(connection, definition, now)
    fresh = []
    for proposed in found or (None,):
        proposal = _proposal(quarter, proposed, table, definition.command)
        if case_log.record(connection, opened(proposal, definition, now, time)).won:
            fresh.append(str(proposal["id"]))
    return Talks(found, tuple(fresh))


def owed_by_office(definition: Definition | None, clock: str) -> bool:
    """Whether the clock is an office's to keep: some rung of its ladder speaks to the lead, its head or a joint office. What the command or a firm owes is not."""
    return definition is not None and any(one.to in ("lead", "head", "joint", "owner") for one in definition.rungs(clock))


def _proposal(quarter: Quarter, one: TalkProposal | None, table: str, command: str) -> dict[str, Any]:
    origin = f"talk:{quarter.code}:{one.office if one else 'none'}"
    base = {"id": case_id(table, origin), "origin": origin}
    if one is None:
        words = f"{quarter.code} 没有达到约谈条件的单位，请记录“无”并说明"
        return {
            **base,
            "subject": f"quarter:{quarter.code}",
            "owner": command,
            "title": f"{quarter.code} 季约谈：无",
            "words_zh": words,
            "words_en": "none",
        }
    words = f"{quarter.code} 超过时限 {one.missed} 次（达到 {one.limit} 次即提请约谈）：{'、'.join(one.cases)}"
    english = f"{one.missed} limits missed in {quarter.code} (proposed from {one.limit} on): {', '.join(one.cases)}"
    return {
        **base,
        "subject": f"office:{one.office}",
        "owner": one.office,
        "title": f"{quarter.code} 季约谈提请",
        "words_zh": words,
        "words_en": english,
    }
