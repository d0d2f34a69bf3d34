"""What every page of the room stands on: the pack in force, the closed months, the attached text, the person's scope, the menu."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

import yunxing
from yunxing.desk import clock
from yunxing.desk.people import todo
from yunxing.desk.people.models import Role
from yunxing.desk.room.board import Board, open_board
from yunxing.desk.room.figures import language, pick
from yunxing.io import snapshots, texts
from yunxing.packs.attach import AttachedText, split
from yunxing.packs.pack import Pack, load_pack
from yunxing.values.period import Month, parse_period

DESK_ROLES = frozenset({Role.COMMAND, Role.DEPARTMENT, Role.COUNTY, Role.ANALYST})  # who reads the city's figures
MenuEntry = tuple[str, Callable[[], str]]
MENU: tuple[MenuEntry, ...] = (
    ("room:overview", lambda: _("总览")),
    ("room:signals", lambda: _("信号")),
    ("room:measures", lambda: _("措施")),
    ("room:indicators", lambda: _("指标")),
    ("registers:projects", lambda: _("项目")),
    ("registers:enterprises", lambda: _("企业")),
    ("casework:cases", lambda: _("诉求")),
    ("factors:home", lambda: _("要素")),
    ("support:policies", lambda: _("政策")),
    ("library:documents", lambda: _("文件")),
    ("reporting:reports", lambda: _("报送")),
    ("room:bulletins", lambda: _("通报")),
    ("dispatch:pipelines", lambda: _("推进")),
    ("dispatch:command", lambda: _("指挥")),
    ("delivery:rounds", lambda: _("兑现")),
    ("contingency:scenarios", lambda: _("推演")),
    ("chain:chains", lambda: _("产业链")),
    ("matching:home", lambda: _("对接")),
    ("adhoc:requests", lambda: _("临时报表")),
    ("intake:imports", lambda: _("导入")),
)
_HANDLERS = frozenset({Role.COMMAND, Role.DEPARTMENT, Role.COUNTY})
ONLY = {
    "intake:imports": _HANDLERS,
    "reporting:reports": _HANDLERS,
    "adhoc:requests": _HANDLERS,
}  # entries that not every desk role can use
ADMIN_MENU: dict[str, tuple[MenuEntry, ...]] = {
    Role.SYSTEM_ADMIN: (("people:accounts", lambda: _("账户管理")),),
    Role.SECURITY_ADMIN: (("people:grants", lambda: _("岗位授权")),),
    Role.AUDIT_ADMIN: (("people:journal", lambda: _("审计日志")),),
}


@lru_cache(maxsize=2)
def _pack(given: str) -> Pack:
    return load_pack(given or None)


def pack_in_force() -> Pack:
    """The plan pack of this installation, read once per process."""
    return _pack(settings.PACK)


def board_of(period: str = "") -> Board | None:
    """The board of a closed month, the latest where none is named; None when there is none."""
    if period and period not in snapshots.closed_months(settings.HOME):
        return None
    found = snapshots.latest(settings.HOME, period or None)
    return open_board(str(found.folder)) if found else None


def board_at(period: str, digest: str) -> Board | None:
    """The board of one snapshot of a month, also of one that a later closing superseded; None when there is no such snapshot."""
    found = next((one for one in snapshots.snapshots_of(settings.HOME, period) if one.hash == digest), None)
    return open_board(str(found.folder)) if found else None


def past_closings(period: str) -> list[tuple[str, str]]:
    """The snapshots of a month, the oldest first: digest and the day on which it was known; one alone is no choice."""
    found = sorted((str(one.manifest["as_of"]), one.hash) for one in snapshots.snapshots_of(settings.HOME, period))
    return [(digest, known[:16].replace("T", " ")) for known, digest in found] if len(found) > 1 else []


def closed_periods() -> list[Month]:
    """The closed months, the newest first."""
    return [Month.of(parse_period(code).start) for code in reversed(snapshots.closed_months(settings.HOME))]


@lru_cache(maxsize=2)
def _text(home: Path, given: str, _changed: int) -> AttachedText | None:
    pack = _pack(given)
    raw = texts.read_text(home, pack.id)
    return None if raw is None else split(pack, raw, str(texts.text_path(home, pack.id)))


def attached_text() -> AttachedText | None:
    """The official text of the pack in force, when it was attached; read again when the file changes."""
    path = texts.text_path(settings.HOME, pack_in_force().id)
    return _text(settings.HOME, settings.PACK, path.stat().st_mtime_ns) if path.is_file() else None


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of the page frame: place, menu, periods, as-of, the synthetic mark. Before sign-in only the version and the mark."""
    standing = getattr(request, "standing", None)
    newest = board_of()
    plain: dict[str, Any] = {"version": yunxing.__version__, "synthetic": bool(newest and newest.manifest.get("synthetic"))}
    plain["session_seconds"] = str(settings.SESSION_COOKIE_AGE)  # a number would be written in threes
    if standing is None or standing.post is None:
        return {"shell": plain}
    match = request.resolver_match
    current = match.view_name if match else ""
    plain["entries"] = [
        {"href": reverse(name), "title": title(), "current": _is_current(request, name, current)} for name, title in menu_of(standing.role)
    ]
    plain["todo"] = todo.number(standing, clock.now())
    if not standing.holds(DESK_ROLES):
        return {"shell": plain}
    pack = pack_in_force()
    named = match.kwargs.get("month") if match else None
    board = board_of(str(named or request.GET.get("p", ""))) or newest
    return {
        "shell": {
            **plain,
            "place": pick(pack.document.place, pack.document.place_en),
            "periods": [{"code": month.code, "title": month.label(language())} for month in closed_periods()],
            "period": board.month.code if board else "",
            "own_period": bool(match and match.namespace == "reporting"),  # reporting has its own month, which is not closed yet
            "kept": [(name, value) for name, value in request.GET.items() if name != "p"],
            "as_of": str(board.manifest["as_of"])[:10] if board else "",
        }
    }


def _is_current(request: HttpRequest, name: str, current: str) -> bool:
    """Whether the page is the menu's entry or a page below it."""
    if name == "registers:enterprises" and current.startswith("registers:list"):
        return True
    return name == current or (name != "room:overview" and request.path.startswith(reverse(name)))


def menu_of(role: str) -> tuple[MenuEntry, ...]:
    """The entries a role can use, always in the same order."""
    if role in DESK_ROLES:
        entries = tuple(entry for entry in MENU if role in ONLY.get(entry[0], DESK_ROLES))
        return (*entries, ("reporting:mine", lambda: _("我要报数"))) if role == Role.COUNTY else entries
    if role == Role.ENTERPRISE:
        return (
            ("room:overview", lambda: _("首页")),
            ("reporting:mine", lambda: _("我要报数")),
            ("support:mine", lambda: _("我的政策")),
            ("library:documents", lambda: _("文件")),
            ("adhoc:requests", lambda: _("临时报表")),
            ("casework:my_cases", lambda: _("我的诉求")),
            ("factors:auctions", lambda: _("指标竞购")),
            ("matching:mine", lambda: _("我的对接")),
        )
    return ADMIN_MENU.get(role, ())
