"""Duplicates at the desk: who may be one and the same, what a merge would do, the merge, and taking it back. The rules are those of the engine and the flow.

The command's staff may merge any two parties; an office those that stand on lists it keeps and on no other. Nothing is merged by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from yunxing.desk.people import journal
from yunxing.desk.reporting.catalogue import catalogue, owned_rosters
from yunxing.desk.reporting.models import Membership, Party, PartyAlias, RegistryChange
from yunxing.desk.reporting.registers import models_of
from yunxing.desk.scoping import current_scope
from yunxing.engines.registry.duplicates import Proposal, propose
from yunxing.engines.registry.merge import Merge
from yunxing.engines.registry.parties import Party as Registered
from yunxing.flows import registry_books as books
from yunxing.io.store import registry_history as history
from yunxing.values.errors import BadInput, ScopeError
from yunxing.values.scope import ALL

SHOWN = 100
MERGED = 20


@dataclass(frozen=True, slots=True)
class Pair:
    """A proposal with both parties as registered, and whether the person may merge them."""

    proposal: Proposal
    keep: Registered
    drop: Registered
    may_merge: bool


def proposals(kind: str = "") -> tuple[list[Pair], int]:
    """The first proposals among the parties that the scope sees, the strongest reasons first, and how many there are in all; BadInput for no kind."""
    rows = Party.objects.all() if not kind else Party.objects.filter(kind=catalogue().kind(kind).id)
    held = {one.pk: _plain(one) for one in rows.order_by("id").iterator()}
    found = propose(held.values())
    shown = found[:SHOWN]
    free = _free({id_ for one in shown for id_ in one.key})
    return [Pair(one, held[one.keep], held[one.drop], one.keep in free and one.drop in free) for one in shown], len(found)


def _plain(one: Party) -> Registered:
    return Registered(
        one.pk, one.kind, one.name, one.short_name, one.unit, one.region, one.industry, one.size, one.parent, one.valid_from, one.valid_to, one.attributes
    )  # fmt: skip


def _free(ids: set[str]) -> set[str]:
    """Those of the parties that the person may merge: all for the command's staff; for an office those that only lists it keeps know."""
    scope = current_scope()
    if scope.units is ALL and scope.parties is ALL and scope.offices is ALL:
        return ids
    owned = owned_rosters(scope)
    on = models_of(Membership).filter(party__in=sorted(ids)).values_list("party", "roster")
    lists: dict[str, set[str]] = {}
    for party, roster in on:
        lists.setdefault(party, set()).add(roster)
    return {one for one, rosters in lists.items() if rosters <= owned}


def _entitled(keep: str, drop: str) -> None:
    seen = set(Party.objects.filter(pk__in=[keep, drop]).values_list("pk", flat=True))
    missing = [one for one in (keep, drop) if one not in seen]
    if missing:
        raise BadInput(f"没有登记 {'、'.join(missing)}，或已并入别的主体。请核对编号。")
    if not {keep, drop} <= _free({keep, drop}):
        raise ScopeError("只有指挥部，以及两者所在名录都由其负责的部门，可以合并。")


def look(keep: str, drop: str) -> Merge:
    """What a merge would make of both. Nothing is written. BadInput for a party the person does not see and for two kinds."""
    _entitled(keep, drop)
    return books.merge_parties(connection, keep, drop, act=history.Act(timezone.now()), write=False)[0]


def merge(keep: str, drop: str, *, person: str, source: str) -> str:
    """Merge `drop` into `keep` under the person's name; gives the act's id, by which it can be taken back. BadInput without a ground."""
    _entitled(keep, drop)
    if not source.strip():
        raise BadInput("请写明合并依据，如工商变更通知或核实情况。")
    _done, change = books.merge_parties(connection, keep, drop, act=history.Act(timezone.now(), person, "merge", source.strip()[:200]))
    journal.record("merge", kind="party", object_id=keep, reason=change)
    return change


def undo(change: str, *, person: str) -> str:
    """Take a merge back. BadInput for an act that is no merge of parties the person sees, or on which a later act stands."""
    found = next((one for one in merges() if one["id"] == change), None)
    if found is None:
        raise BadInput(f"没有可以撤销的合并 {change}。")
    if found["keep"] not in _free({found["keep"]}):
        raise ScopeError("只有指挥部，以及所在名录都由其负责的部门，可以撤销合并。")
    taken = books.undo_change(connection, change, at=timezone.now(), person=person)
    journal.record("undo", kind="party", object_id=found["keep"], reason=change)
    return taken


def merges() -> list[dict[str, Any]]:
    """The merges that stand, of parties the scope sees, the newest first: which id became which, when, by whom and on what ground."""
    aliases = list(PartyAlias.objects.filter(known_to=None).order_by("-known_from", "alias")[:MERGED])
    acts = {one.pk: one for one in RegistryChange.objects.filter(pk__in={one.opened for one in aliases}, act="merge")}
    names = dict(Party.objects.filter(pk__in=[one.party for one in aliases]).values_list("pk", "name"))
    free = _free({one.party for one in aliases})
    return [
        {"id": one.opened, "keep": one.party, "name": names.get(one.party, one.party), "drop": one.alias, "at": acts[one.opened].at,
         "person": acts[one.opened].person, "source": acts[one.opened].source, "may_undo": one.party in free}
        for one in aliases if one.opened in acts
    ]  # fmt: skip
