"""Load `relations.toml`: which benefits exclude one another, where the law fixes the order, what is capped together; each with its clause."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from yunxing.engines.entitlements.stacking import Relation, Stacking
from yunxing.packs.policies import load_policies
from yunxing.packs.strict import PackFault, Strict, load
from yunxing.values.errors import BadInput, Fault
from yunxing.values.money import parse_money

FILE = "relations.toml"


class RelationData(Strict):
    """A relation as the file writes it: a clause with its quote, or another source."""

    id: str = Field("", pattern=r"^([a-z][a-z0-9_]*)?$")  # by which measures.toml names it
    kind: Literal["excludes", "law_priority", "total_cap"]
    policies: Annotated[tuple[str, ...], Field(min_length=2)]
    title: str
    title_en: str
    cites: str = ""
    quote: str = ""
    source: str = ""
    cap: str = ""


class RelationsFile(Strict):
    """`relations.toml`."""

    relation: tuple[RelationData, ...] = ()


def load_relations(pack: Path) -> Stacking:
    """The relations of a pack over all its policies; none where the file is absent. Errors: `PackFault` with each fault at its relation."""
    names = tuple(dict.fromkeys(policy.id for policy in load_policies(pack)))
    path = pack / FILE
    if not path.exists():
        return Stacking(names)
    found: list[Relation] = []
    faults: list[Fault] = []
    for at, data in enumerate(load(path, RelationsFile).relation):
        place = f"relation {at + 1} › {data.title}"
        if not (data.cites and data.quote) and not data.source:
            faults.append(Fault(str(path), place, "neither a clause with its quote nor a source", "what the relation rests on"))
        try:
            cap = parse_money(data.cap) if data.cap else None
            relation = Relation(data.kind, data.policies, data.title, data.title_en, data.cites or data.source, data.quote, cap)
            Stacking(names, (relation,))
        except BadInput as refused:
            faults.append(Fault(str(path), place, refused.message, "a relation between policies of the pack"))
            continue
        found.append(relation)
    if faults:
        raise PackFault(faults)
    try:
        return Stacking(names, tuple(found))
    except BadInput as refused:
        raise PackFault([Fault(str(path), "relations", refused.message, "relations that can be followed together")]) from refused


def relation_quotes(pack: Path) -> list[tuple[str, str, str]]:
    """Every (file, clause, phrase) of the relations, to be verified against the attached text."""
    path = pack / FILE
    return [(str(path), one.cites, one.quote) for one in load(path, RelationsFile).relation if one.cites] if path.exists() else []
