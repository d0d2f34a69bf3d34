"""A proposal (a row of `cases.json`) becomes a case: opened in the first state of its definition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from yunxing.engines.cases.case import SYSTEM, Case
from yunxing.engines.cases.definition import Definition
from yunxing.engines.cases.step import Decision, open_case
from yunxing.values.office_hours import WorkingTime


def opened(proposal: Mapping[str, Any], definition: Definition, now: datetime, time: WorkingTime) -> Decision:
    """The decision that opens a proposal's case, in the first state of its definition; nothing runs until a person accepts it."""
    data: dict[str, Any] = {
        "words_en": proposal.get("words_en", ""),
        "severity": proposal.get("severity", 0),
        "signal": dict(proposal.get("signal") or {}),
    }
    if proposal.get("earlier"):
        data["earlier"] = str(proposal["earlier"])
    case = Case(
        id=str(proposal["id"]),
        definition=definition.id,
        version=definition.version,
        subject=str(proposal["subject"]),
        state=definition.first,
        owner="",
        opened=now,
        changed=now,
        lead=str(proposal["owner"]),
        unit=str(proposal.get("unit", "")),
        origin=str(proposal["origin"]),
        opened_by=SYSTEM.id,
        title=str(proposal["title"]),
        words=str(proposal["words_zh"]),
        data=MappingProxyType(data),
    )
    return open_case(definition, case, SYSTEM, now, time)
