"""What the pages of matching stand on: the pack's kinds, names, and who may do what."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.http import Http404, HttpRequest

from yunxing.desk.dispatch.place import is_command, unit_name
from yunxing.desk.room.figures import pick
from yunxing.desk.room.shell import pack_in_force
from yunxing.desk.scoping import current_scope
from yunxing.engines.matching.kind import Column, Kind, said
from yunxing.packs.matching import Matching
from yunxing.packs.pack import load_pack
from yunxing.packs.sections import present
from yunxing.values.scope import ALL

REFUSED = "refused"
SUGGESTED = "suggested"
CASE = "matching_unmet"


@lru_cache(maxsize=2)
def _rules(folder: Path) -> Matching:
    if not present(folder, "matching"):
        return Matching({}, {}, {}, None, ())
    found: Matching = load_pack(folder).load_section("matching")
    return found


def rules() -> Matching:
    """The section of the pack in force; without kinds where the pack has none."""
    return _rules(pack_in_force().folder)


def kind_asked(name: str) -> Kind:
    """The kind of an address; 404 for none."""
    found = rules().kinds.get(name)
    if found is None:
        raise Http404
    return found


def may_run(request: HttpRequest, kind: Kind) -> bool:
    """Whether the person may post, draw, match and choose: the command, or the office that answers for the kind."""
    offices = current_scope().offices
    return is_command(request) or (offices is not ALL and kind.owner in offices)


def may_see_credit(request: HttpRequest) -> bool:
    """Balances of firms at banks are highly sensitive: the command, the office that watches credit and the banks' regulators alone."""
    entry, offices = rules().credit, current_scope().offices
    if entry is None:
        return False
    return is_command(request) or (offices is not ALL and bool(offices & {entry.owner, *entry.seen_by}))


def column_said(column: Column, value: object) -> str:
    """A kept cell in words, reporting units by name."""
    if column.id in ("unit", "areas") and value:
        codes = value if isinstance(value, list) else [str(value)]
        return "、".join(unit_name(str(one)) or str(one) for one in codes)
    return said(column, value)


def step_words(kind: Kind, state: str) -> str:
    """The words for a pair's state."""
    from django.utils.translation import gettext as _

    if state == SUGGESTED:
        return _("待联系")
    if state == REFUSED:
        return _("未成")
    return next((pick(zh, en) for id_, zh, en in kind.steps if id_ == state), state)


def refusal_words(kind: Kind, reason: str) -> str:
    """The words for a reason of refusal."""
    return next((pick(zh, en) for id_, zh, en in kind.refusals if id_ == reason), reason)
