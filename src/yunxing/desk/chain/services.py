"""Writing for the chains: the case that a row of a list asks for."""

from __future__ import annotations

from django.db import connection, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from yunxing.desk import clock
from yunxing.desk.dispatch.place import is_command
from yunxing.desk.people import journal
from yunxing.desk.room.chain_net import sees
from yunxing.desk.scoping import current_scope
from yunxing.engines.cases.case import Actor
from yunxing.flows import walk_case
from yunxing.flows.chain_lists import Row, lists_of
from yunxing.flows.read_chains import ReadChains
from yunxing.values.errors import BadInput, Refusal
from yunxing.values.scope import ALL

OPENS = ("gaps", "broken", "bottlenecks", "single", "stocks")


def owner_of(read: ReadChains) -> str:
    """The office that keeps the map: the owner of the pack's first view."""
    return next(iter(read.rules.views.values())).owner


def may_open(request: HttpRequest, read: ReadChains) -> bool:
    """Whether the person may open a case from a list: the command, or the office that keeps the map."""
    offices = current_scope().offices
    return is_command(request) or (offices is not ALL and owner_of(read) in offices)


def case_key(chain: str, sheet: str, row: str) -> str:
    """What makes the case of a row itself: the same row again gives the case that is there."""
    return f"chain/{chain}/{sheet}/{row}"


@transaction.atomic
def open_case(read: ReadChains, chain: str, sheet: str, row: str, actor: Actor) -> str:
    """Open the case of a row of a list, or give the one that is there. BadInput for a row that is not there; Refusal for a list that opens none."""
    from yunxing.desk.casework import acting

    if sheet not in OPENS:
        raise Refusal(_("这张清单不立项。"))
    found: Row | None = next((one for one in lists_of(read, chain)[sheet] if one.key == row), None)
    if found is None or (found.firm and found.party and not sees(read, found.party)):
        raise BadInput(_("清单里没有这一行，可能已经更新；请刷新后再试。"))
    title = next(one.title for one in read.rules.sheets if one.id == sheet)
    kind = read.rules.facts.case
    acting.newest(kind)
    done = walk_case.new_case(
        connection, kind, actor, clock.now(), key=case_key(chain, sheet, row), title=f"{read.rules.chains[chain].title}：{found.name}（{found.at[0]}）"[:80],
        words=f"{title}：{found.why[0]}"[:1000], subject=f"chain:{chain}/{sheet}", lead=owner_of(read), unit=found.unit, party=found.party if found.firm else "",
        origin=f"chain:{chain}",
    )  # fmt: skip
    if done.won:
        journal.record("open", kind=kind, object_id=done.case, reason=case_key(chain, sheet, row)[:200])
    return done.case
