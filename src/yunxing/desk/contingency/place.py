"""What the pages of contingency stand on: the pack's rules, names, and who may ask for what."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yunxing.desk.dispatch.place import is_command
from yunxing.desk.room.shell import pack_in_force
from yunxing.desk.scoping import current_scope
from yunxing.packs.contingency import Contingency
from yunxing.packs.pack import load_pack
from yunxing.values.scope import ALL

KINDS = {"pollution": _("重污染天气"), "power": _("有序用电"), "coal": _("电煤保供")}
TIERS = {"shift": _("错峰"), "avoid": _("避峰"), "limit": _("限电"), "cut": _("拉闸")}
UNIT_STATES = {"service": _("运行"), "reserve": _("备用"), "planned": _("计划停运"), "unplanned": _("非计划停运"), "derated": _("降出力")}
CASES = {"pollution": "pollution_list", "power": "orderly_power", "coal": "coal_shortage"}


@lru_cache(maxsize=2)
def _rules(folder: Path) -> Contingency:
    found: Contingency = load_pack(folder).load_section("contingency")
    return found


def rules() -> Contingency:
    """The rules of the pack in force."""
    return _rules(pack_in_force().folder)


def office_of(kind: str) -> str:
    """The office that answers for a kind of scenario: the owner of its first entry in the pack."""
    return next(one.owner for one in rules().entries.values() if one.kind == kind)


def may_ask(request: HttpRequest, kind: str) -> bool:
    """Whether the person may hold a scenario of a kind: the command, or the office that answers for it."""
    offices = current_scope().offices
    return is_command(request) or (offices is not ALL and office_of(kind) in offices)
