"""Signals as the pages show them: the letter of the kind, the light of the severity, the words, the evidence, and who may see which."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk.casework.models import Case
from yunxing.desk.room.board import WIDE, Board
from yunxing.desk.room.drill import reasons
from yunxing.desk.room.figures import comparison, language, pick, printed
from yunxing.desk.room.models import Signal
from yunxing.engines.indicators.definition import CELL_MARK
from yunxing.packs.pack import Pack
from yunxing.values.codes import industry_of
from yunxing.values.period import parse_period
from yunxing.values.scope import ALL, Scope

SHAPES = {"green": "●", "amber": "◆", "red": "▼", "none": "○"}
WORDS = {"green": lambda: _("正常"), "amber": lambda: _("关注"), "red": lambda: _("预警"), "none": lambda: _("尚无可计量的数")}
KINDS: dict[str, tuple[tuple[str, str], Callable[[], str]]] = {
    "incipient": (("苗", "I"), lambda: _("苗头性")),
    "trend": (("倾", "T"), lambda: _("倾向性")),
    "latent": (("潜", "L"), lambda: _("潜在性")),
}
ROLES = {  # what a figure of the evidence is
    "threshold": lambda: _("触发线"),
    "target": lambda: _("目标"),
    "current": lambda: _("本期"),
    "previous": lambda: _("上期"),
    "drop": lambda: _("降幅"),
    "short": lambda: _("缺口"),
    "peers": lambda: _("同行变动中位数"),
    "expected": lambda: _("应有水平"),
    "shortfall": lambda: _("差距"),
    "firms": lambda: _("比较户数"),
    "behind": lambda: _("落后户数"),
    "span": lambda: _("持续期数"),
    "fallen": lambda: _("下降户数"),
    "reporters": lambda: _("已报户数"),
    "each": lambda: _("每户界线"),
}
UNTRACED: dict[str, Callable[[], str]] = {  # rows of the detectors: their parts stand beside them in the evidence
    "behind_share": lambda: _("落后户数占比"),
    "fallen_share": lambda: _("下降户数占比"),
}
TABS: dict[str, Callable[[], str]] = {
    "waiting": lambda: _("待处置"),
    "working": lambda: _("处置中"),
    "ended": lambda: _("已解除"),
}
NAMED_SHOWN = 12
SEVERITY_LIGHTS = ("green", "amber", "amber", "red")
OTHERS = re.compile(r"\d+")


@dataclass(frozen=True)
class Filters:
    """What the address of the list asks for; an empty text asks for everything."""

    kind: str = ""
    light: str = ""
    area: str = ""
    tab: str = ""
    owner: str = ""
    rule: str = ""

    def keep(self, one: Mapping[str, Any]) -> bool:
        """Whether a signal stays."""
        return (
            (not self.tab or one.get("tab") == self.tab)
            and (not self.owner or one["owner"] == self.owner)
            and (not self.rule or one["rule"] == self.rule)
            and (not self.kind or one["kind"] == self.kind)
            and (not self.light or one["light"] == self.light)
            and (not self.area or one["unit"] == self.area)
        )


def kind_title(kind: str) -> str:
    """The name of a kind of signal."""
    return KINDS[kind][1]()


def signals_of(board: Board, pack: Pack, scope: Scope, filters: Filters | None = None) -> list[dict[str, Any]]:
    """The signals a person may see, the most severe and oldest first; those that the filters keep."""
    wanted = filters or Filters()
    found = []
    for plain in board.snapshot.table("signals").to_pylist():
        unit = board.unit_of(str(plain["scope_kind"]), str(plain["scope"]))
        if visible(plain, unit, scope):
            found.append(shown(plain, board, pack, scope, unit))
    return sorted((one for one in found if wanted.keep(one)), key=lambda one: (-one["severity"], one["first_period"], one["id"]))


def visible(plain: Mapping[str, Any], unit: str, scope: Scope) -> bool:
    """Whether this person may see the signal: its owner's office may; a party's only who sees the party; a unit's or a cell's who sees the unit; the city's all.

    Pages of signals are for desk roles only (`shell.DESK_ROLES`): an enterprise's clerk sees its unit, but not through these pages.
    """
    if scope.sees_office(str(plain["owner"])):
        return True
    if plain["scope_kind"] == "party":
        return scope.sees_party(str(plain["scope"]), unit)
    return not unit or scope.sees_unit(unit)


def may_open(board: Board, key: str, scope: Scope) -> bool:
    """Whether the person may open the source of a figure: the city's, units' and industries' are published; a cell's is its unit's, a party's its own."""
    parts = key.split("/")
    if len(parts) != 5 or parts[0] not in board.cards:
        return False
    kind, name = parts[1], parts[2]
    if kind in WIDE:
        return True
    unit = board.unit_of(kind, name)
    return scope.sees_party(name, unit) if kind == "party" else (scope.sees_unit(unit) and scope.parties is ALL)


def names_parties(plain: Mapping[str, Any], unit: str, scope: Scope) -> bool:
    """Whether the party of a signal is named to the person: who sees the party, or works in the office that answers for the signal."""
    if plain["scope_kind"] != "party" or scope.sees_party(str(plain["scope"]), unit):
        return True
    return scope.offices is not ALL and str(plain["owner"]) in scope.offices


def shown(plain: Mapping[str, Any], board: Board, pack: Pack, scope: Scope, unit: str) -> dict[str, Any]:
    """One signal ready for the page. Who sees city data without names (an analyst) reads 「某单位」 for the party."""
    office = pack.offices.get(str(plain["owner"]))
    words = pick(str(plain["words_zh"]), str(plain["words_en"]))
    title = scope_title(pack, str(plain["scope_kind"]), str(plain["scope"]), board.parties)
    if not names_parties(plain, unit, scope):
        words, title = words.replace(title, _("某单位")), _("某单位")
    return {
        **plain,
        "unit": unit,
        "words": words,
        "letter": pick(*KINDS[str(plain["kind"])][0]),
        "kind_title": kind_title(str(plain["kind"])),
        "light": SEVERITY_LIGHTS[min(int(plain["severity"]), 3)],
        "owner_title": pick(office.short, office.name_en) if office else str(plain["owner"]),
        "scope_title": title,
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
    if kind == "cell":
        area, _mark, industry_code = scope.partition(CELL_MARK)
        return f"{scope_title(pack, 'unit', area, parties)} · {scope_title(pack, 'industry', industry_code, parties)}"
    return str(parties.get(scope, {}).get("name", scope))


def evidence_of(plain: Mapping[str, Any], board: Board, scope: Scope) -> list[dict[str, Any]]:
    """The figures a signal rests on, the newest first, each with a link to where it comes from, and the rule's own lines without one."""
    rows = []
    for one in json.loads(str(plain["evidence"]))["figures"]:
        key = str(one["row"])
        card = board.cards.get(key.split("/", 1)[0])
        role = ROLES.get(str(one["name"])) or UNTRACED.get(key.rsplit("/", 1)[-1])
        rows.append(
            {
                "title": role() if role else (card.title if card else key),
                "href": figure_href(board, key) if may_open(board, key, scope) and not role else "",
                "period": parse_period(str(one["period"])).label(language()) if one["period"] and not key.startswith("rule:") else "",
                "value": pick(str(one["zh"]), str(one["en"])),
                "comparison": comparison(str(one["comparison"])),
            }
        )
    return rows


def rule_sentence(plain: Mapping[str, Any], board: Board) -> str:
    """The rule in words with the real numbers in place: what is compared, with what, how many periods running."""
    figures = json.loads(str(plain["evidence"]))["figures"]
    first = next((one for one in figures if one["comparison"]), None)
    if first is None:
        return ""
    card = board.cards.get(str(plain["indicator"]))
    since = parse_period(str(plain["first_period"])).label(language())
    lasting = any(str(one["name"]).startswith("before_") for one in figures)  # the evidence of a long run shows its ends, not its length
    count = _("，自%(since)s起期期如此") % {"since": since} if lasting else ""
    if any(one["name"] == "shortfall" for one in figures):
        return _("规则：%(title)s，界线 %(limit)s；阈值由预警预算回放一年历史得出。") % {
            "title": card.title if card else str(plain["indicator"]),
            "limit": comparison(str(first["comparison"])),
        }
    # a shortfall against a target is compared, not the forecast beside it
    measured = next((one for one in figures if one["name"] == "short"), first)
    return _("规则：%(title)s%(limit)s%(count)s。本期 %(value)s，触发。") % {
        "title": card.title if card else str(plain["indicator"]),
        "limit": (_("缺口") if measured is not first else "") + comparison(str(first["comparison"])),
        "count": count,
        "value": pick(str(measured["zh"]), str(measured["en"])),
    }


def tabs_of(signals: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Where each signal stands, by id of a tab: waiting, in hand, ended; read from its case and from what the store recorded."""
    found = [dict(one) for one in signals]
    names = [str(one["id"]) for one in found]
    cases = {str(case.origin): case for case in Case.objects.filter(origin__in=[f"signal:{name}" for name in names])}
    states = dict(Signal.objects.filter(pk__in=names).values_list("pk", "state"))
    for one in found:
        case, state = cases.get(f"signal:{one['id']}"), states.get(str(one["id"]), "new")
        if state in ("closed", "withdrawn") or (case is not None and not case.is_open):
            one["tab"] = "ended"
        else:
            one["tab"] = "working" if case is not None and case.state != "proposed" else "waiting"
    return found


def case_of(plain: Mapping[str, Any], board: Board) -> dict[str, str]:
    """The case that the month proposes for the signal: its title, the day by which it is answered, its page for who may see it and whether it
    still waits to be dispatched; empty when none is proposed.
    """
    found = next((one for one in board.snapshot.cases if one["origin"] == f"signal:{plain['id']}"), None)
    if found is None:
        return {}
    due = min((str(clock["due"]) for clock in found["clocks"]), default="")
    case: Case | None = Case.objects.filter(pk=str(found.get("id", ""))).first()
    waiting = case is not None and case.state == "proposed"
    href = reverse("casework:case", args=[case.pk]) if case else ""
    return {"title": pick(str(found["title"]), str(found["title_en"])), "due": due, "href": href, "waiting": "1" if waiting else ""}


def figure_href(board: Board, key: str) -> str:
    """The address of a figure's source page."""
    return reverse("room:figure", args=[board.month.code]) + "?" + urlencode({"id": key})


def contributions_of(plain: Mapping[str, Any], board: Board, scope: Scope) -> tuple[list[dict[str, Any]], str]:
    """The enterprises that pull a growth figure down most, as far as this person may see them by name, and the sum that proves them."""
    named, total, others = named_contributions(plain, board, scope)
    top = named[:NAMED_SHOWN]
    if not top:
        return [], ""
    why = reasons(board, {str(row["party"]) for row in top})
    return [_contribution(row, board, why) for row in top], _sum_line(top, total, others + len(named) - len(top))


def named_contributions(plain: Mapping[str, Any], board: Board, scope: Scope) -> tuple[list[Mapping[str, Any]], Fraction, int]:
    """All enterprises behind a signal that this person may see by name, the strongest pull down first; the sum of all; how many others there are."""
    carried = json.loads(str(plain["evidence"]))["contributions"]
    rows = list(carried) or list(_stored_contributions(plain, board))
    total = sum((Fraction(row["points_num"], row["points_den"]) for row in rows), Fraction(0))
    named, others = [], 0
    for row in rows:
        party = str(row["party"])
        if party and scope.sees_party(party, board.unit_of("party", party)):
            named.append(row)
        else:
            count = OTHERS.search(str(row.get("name", ""))) if not party else None
            others += int(count[0]) if count else 1
    named.sort(key=lambda row: (Fraction(row["points_num"], row["points_den"]), row["party"]))
    return named, total, others


def _stored_contributions(plain: Mapping[str, Any], board: Board) -> Iterable[Mapping[str, Any]]:
    """The enterprises behind the growth of the city, or of one unit against the city's base."""
    import pyarrow.compute as pc

    if plain["scope_kind"] not in {"city", "unit"}:
        return
    table = board.snapshot.table("contributions")
    table = table.filter(pc.and_(pc.equal(table["indicator"], plain["indicator"]), pc.equal(table["period"], plain["period"])))
    for row in table.to_pylist():
        if plain["scope_kind"] == "city" or board.unit_of("party", row["party"]) == plain["scope"]:
            yield row


def _contribution(row: Mapping[str, Any], board: Board, why: Mapping[str, str]) -> dict[str, str]:
    """One enterprise as a table row: its figures, its own change, its pull, the reason it reported."""
    party, current, base = str(row["party"]), Fraction(row["current"]), Fraction(row["base"])
    shown_in = {"unit": "万元", "unit_en": _("万元"), "places": 2}
    return {
        "title": str(board.parties.get(party, {}).get("name", party)),
        "current": printed(current, "fen", shown=shown_in).text,
        "base": printed(base, "fen", shown=shown_in).text,
        "points": printed(Fraction(row["points_num"], row["points_den"]), "points2").text,
        "change": f"{printed(100 * (current - base) / base, '%').text}%" if base > 0 else "—",
        "reason": why.get(party, ""),
        "href": reverse("registers:enterprise", args=[party]),
    }


def _sum_line(top: list[Mapping[str, Any]], total: Fraction, others: int) -> str:
    """The sum that proves the list: those named, the rest, all together."""
    of_top = sum((Fraction(row["points_num"], row["points_den"]) for row in top), Fraction(0))
    if not others:
        return _("以上 %(n)s 户合计拉动 %(sum)s 个百分点，即全部。") % {"n": len(top), "sum": printed(of_top, "points2").text}
    return _("以上 %(n)s 户合计拉动 %(sum)s 个百分点，其余 %(others)s 户合计 %(rest)s 个百分点，全部 %(total)s 个百分点。") % {
        "n": len(top),
        "others": others,
        "sum": printed(of_top, "points2").text,
        "rest": printed(total - of_top, "points2").text,
        "total": printed(total, "points2").text,
    }
