"""Signals as the pages show them: the letter of the kind, the light of the severity, the words, the evidence, and who may see which."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk.room.board import Board
from yunxing.desk.room.figures import language, pick, printed
from yunxing.packs.pack import Pack
from yunxing.values.codes import industry_of
from yunxing.values.period import parse_period
from yunxing.values.scope import Scope

SHAPES = {"green": "●", "amber": "◆", "red": "▼", "none": "○"}
WORDS = {"green": lambda: _("正常"), "amber": lambda: _("关注"), "red": lambda: _("预警"), "none": lambda: _("尚无可计量的数")}
LETTERS = {"incipient": "苗", "trend": "倾", "latent": "潜"}
NAMED_SHOWN = 12
SEVERITY_LIGHTS = ("green", "amber", "amber", "red")


def kind_title(kind: str) -> str:
    """The name of a kind of signal."""
    return {"incipient": _("苗头性"), "trend": _("倾向性"), "latent": _("潜在性")}[kind]


def signals_of(board: Board, pack: Pack, scope: Scope, area: str = "") -> list[dict[str, Any]]:
    """The signals a person may see, the most severe and oldest first; with an area, only that area's."""
    parties = board.parties
    found = []
    for plain in board.snapshot.table("signals").to_pylist():
        unit = unit_of(plain, parties)
        if not visible(plain, unit, scope) or (area and unit != area):
            continue
        found.append(shown(plain, board, pack, parties))
    return sorted(found, key=lambda one: (-one["severity"], one["first_period"], one["id"]))


def visible(plain: Mapping[str, Any], unit: str, scope: Scope) -> bool:
    """Whether this person may see the signal: its owner's office may; a party's only who sees the party; a unit's who sees the unit; the city's all.

    Pages of signals are for desk roles only (`shell.DESK_ROLES`): an enterprise's clerk sees its unit, but not through these pages.
    """
    if scope.sees_office(str(plain["owner"])):
        return True
    if plain["scope_kind"] == "party":
        return scope.sees_party(str(plain["scope"]), unit)
    return not unit or scope.sees_unit(unit)


def unit_of(plain: Mapping[str, Any], parties: Mapping[str, Mapping[str, Any]]) -> str:
    """The reporting unit a signal belongs to; empty for the city and for industries."""
    if plain["scope_kind"] == "unit":
        return str(plain["scope"])
    if plain["scope_kind"] == "party":
        return str(parties.get(str(plain["scope"]), {}).get("unit", ""))
    return ""


def shown(plain: Mapping[str, Any], board: Board, pack: Pack, parties: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """One signal ready for the page."""
    office = pack.offices.get(str(plain["owner"]))
    return {
        **plain,
        "words": pick(str(plain["words_zh"]), str(plain["words_en"])),
        "letter": LETTERS[str(plain["kind"])],
        "kind_title": kind_title(str(plain["kind"])),
        "light": SEVERITY_LIGHTS[min(int(plain["severity"]), 3)],
        "owner": pick(office.short, office.name_en) if office else str(plain["owner"]),
        "scope_title": scope_title(pack, str(plain["scope_kind"]), str(plain["scope"]), parties),
        "href": reverse("room:signal", args=[board.month.code, str(plain["id"])]),
    }


def scope_title(pack: Pack, kind: str, scope: str, parties: Mapping[str, Mapping[str, Any]]) -> str:
    """The name of what a figure is about."""
    if kind == "city":
        return pick(pack.document.place, pack.document.place_en)
    if kind == "unit":
        unit = pack.regions.unit(scope)
        return pick(unit.name, unit.name_en)
    if kind == "industry":
        industry = industry_of(scope)
        return pick(industry.zh, industry.en)
    return str(parties.get(scope, {}).get("name", scope))


def evidence_of(plain: Mapping[str, Any], board: Board) -> list[dict[str, Any]]:
    """The figures a signal rests on, each with a link to where it comes from."""
    rows = []
    for one in json.loads(str(plain["evidence"])):
        key = str(one.get("figure", ""))
        indicator = key.split("/", 1)[0]
        card = board.cards.get(indicator)
        period = key.split("/")[3] if key.count("/") == 4 else str(one.get("period", ""))
        rows.append(
            {
                "title": card.title if card else key or _("报表数"),
                "href": figure_href(board, key) if card else "",
                "period": parse_period(period).label(language()) if period else "",
                "value": one.get("shown") or one.get("value", ""),
                "comparison": pick(str(one.get("comparison", "")), str(one.get("comparison_en", one.get("comparison", "")))),
            }
        )
    return rows


def figure_href(board: Board, key: str) -> str:
    """The address of a figure's source page."""
    return reverse("room:figure", args=[board.month.code]) + "?" + urlencode({"id": key})


def contributions_of(plain: Mapping[str, Any], board: Board, scope: Scope) -> tuple[list[dict[str, Any]], str]:
    """The enterprises that pull a growth figure down most, as far as this person may see them by name, and the sum that proves them."""
    import pyarrow.compute as pc

    table = board.snapshot.table("contributions")
    table = table.filter(pc.and_(pc.equal(table["indicator"], plain["indicator"]), pc.equal(table["period"], plain["period"])))
    parties = board.parties
    wanted = str(plain["scope"]) if plain["scope_kind"] == "unit" else ""
    total, named = Fraction(0), []
    for row in table.to_pylist():
        unit = str(parties.get(row["party"], {}).get("unit", ""))
        if wanted and unit != wanted:
            continue
        points = Fraction(row["points_num"], row["points_den"])
        total += points
        if scope.sees_party(row["party"], unit):
            named.append((points, str(parties.get(row["party"], {}).get("name", row["party"]))))
    top = sorted(named)[:NAMED_SHOWN]
    if not top:
        return [], ""
    of_top = sum((points for points, _name in top), Fraction(0))
    note = _("以上 %(n)s 户合计拉动 %(sum)s 个百分点，其余合计 %(rest)s 个百分点，全部 %(total)s 个百分点。") % {
        "n": len(top),
        "sum": printed(of_top, "points").text,
        "rest": printed(total - of_top, "points").text,
        "total": printed(total, "points").text,
    }
    return [{"title": name, "points": printed(points, "points").text} for points, name in top], note
