"""What makes a signal: the named enterprises, projects or plants with their part, the reasons they reported, what happens with them at the same time, what was done before."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk.casework.models import Case, Event
from yunxing.desk.room.board import Board
from yunxing.desk.room.figures import pick, printed
from yunxing.desk.room.models import Mark, Signal
from yunxing.engines.signals.parts import Piece, project_pieces, site_pieces
from yunxing.values.scope import Scope

MONEY = {"unit": "万元", "unit_en": "ten thousand yuan", "places": 2}
SHOWN, SIMILAR_SHOWN, EVENTS_SHOWN = 12, 5, 8


@dataclass(frozen=True)
class Part:
    """One line of the decomposition: who, its figures as printed, what it said of itself, where its page is."""

    party: str
    title: str
    cells: tuple[tuple[str, str], ...]  # column head and figure
    reason: str
    href: str


@dataclass(frozen=True)
class Parts:
    """The decomposition: column heads, lines, and the sum that proves it."""

    heads: tuple[str, ...]
    lines: tuple[Part, ...]
    note: str


def parts_of(plain: Mapping[str, Any], board: Board, scope: Scope) -> Parts | None:
    """Projects behind a gap to the year's investment, plants behind the city's days of coal; None for a signal that decomposes otherwise."""
    if plain["scope_kind"] != "city":
        return None
    card = board.cards.get(str(plain["indicator"]))
    if card is None:
        return None
    if card.plain["statistic"] == "sum_to_target" and card.plain.get("roster") == "key_projects":
        return _projects(board, card.plain, scope)
    if card.plain["statistic"] == "stock_days":
        return _sites(board, str(plain["indicator"]), scope)
    return None


def _projects(board: Board, card: Mapping[str, Any], scope: Scope) -> Parts:
    registry = board.snapshot.table("registry").to_pylist()
    pieces = project_pieces(board.snapshot.table("facts"), registry, card, board.month)
    named = [one for one in pieces if scope.sees_party(one.party, board.unit_of("party", one.party))]
    why = reasons(board, {one.party for one in named})
    heads = (_("累计完成（万元）"), _("按年度计划应完成（万元）"), _("差额（万元）"))
    figures = [(_money(one.done), _money(one.due), _money(one.short)) for one in named[:SHOWN]]
    lines = tuple(
        _line(board, one, why, tuple(zip(heads, cells, strict=True)), "registers:project")
        for one, cells in zip(named, figures, strict=False)
    )
    short = sum((one.short for one in pieces), Fraction(0))
    note = _("%(n)s 个项目比时序合计少 %(sum)s 万元，其中列出 %(shown)s 个，少 %(part)s 万元；超前的项目已相抵。") % {
        "n": len(pieces),
        "sum": _money(short),
        "shown": len(lines),
        "part": _money(sum((one.short for one in named[:SHOWN]), Fraction(0))),
    }
    return Parts(heads, lines, note)


def _sites(board: Board, indicator: str, scope: Scope) -> Parts:
    table = board.snapshot.table("indicators").to_pylist()
    pieces = site_pieces([one for one in table if one["indicator"] == indicator and one["scope_kind"] == "party"])
    named = [one for one in pieces if scope.sees_party(one.party, board.unit_of("party", one.party))]
    why = reasons(board, {one.party for one in named})
    lines = tuple(_line(board, one, why, ((_("月内最低天数"), printed(one.done, "days").text),), "") for one in named[:SHOWN])
    return Parts((_("月内最低天数"),), lines, _("全市可用天数是各电厂库存合计除以日均耗用合计；最低的排在前面。"))


def _line(board: Board, one: Piece, why: Mapping[str, str], cells: tuple[tuple[str, str], ...], page: str) -> Part:
    title = str(board.parties.get(one.party, {}).get("name", one.party))
    return Part(one.party, title, cells, why.get(one.party, ""), reverse(page, args=[one.party]) if page else "")


def _money(value: Fraction) -> str:
    return printed(value, "fen", shown=MONEY).text


def reasons(board: Board, parties: Collection[str]) -> dict[str, str]:
    """What each party wrote as the cause of its month's figures, in the closed month; empty texts left out."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not parties:
        return {}
    table = board.snapshot.table("facts")
    mine = table.filter(pc.and_(pc.is_in(table["party"], pa.array(sorted(parties), pa.string())), pc.not_equal(table["cause"], "")))
    ends = (board.month.code, f"..{board.month.month:02d}")
    found: dict[str, str] = {}
    for row in mine.select(["party", "period", "cause"]).to_pylist():
        if str(row["period"]).endswith(ends):
            found.setdefault(str(row["party"]), str(row["cause"]))
    return found


def named_parties(plain: Mapping[str, Any]) -> list[str]:
    """The parties a signal is about: its own, and those its evidence names."""
    own = [str(plain["scope"])] if plain["scope_kind"] == "party" else []
    return [*own, *(str(one["party"]) for one in json.loads(str(plain["evidence"]))["contributions"] if one["party"])]


def together(plain: Mapping[str, Any], parties: Collection[str], everything: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Other signals of the month about the same parties or the same area: they happen at the same time, nothing more is said."""
    same = [
        one
        for one in everything
        if one["id"] != plain["id"]
        and (
            (one["scope_kind"] == "party" and one["scope"] in parties)
            or (one["scope"] == plain["scope"] and one["scope_kind"] == plain["scope_kind"])
        )
    ]
    return [{"words": one["words"], "href": one["href"], "kind_title": one["kind_title"]} for one in same[:SHOWN]]


def open_cases(parties: Collection[str], but: str) -> list[dict[str, str]]:
    """Open cases of the same enterprises, as far as this person may see them."""
    if not parties:
        return []
    found = Case.objects.filter(party__in=sorted(parties), is_open=True).exclude(origin=f"signal:{but}").order_by("due", "id")[:SHOWN]
    return [{"title": str(one), "href": reverse("casework:case", args=[one.pk])} for one in found]


def similar(plain: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Past signals of the same rule, those about the same scope first, then the newest; how they ended and what people said of them."""
    found = list(
        Signal.objects.filter(rule=plain["rule"]).exclude(pk=plain["id"]).exclude(state="withdrawn").order_by("-month", "id")[:200]
    )
    found.sort(key=lambda one: (one.scope != plain["scope"], -int(one.month.replace("-", "")), one.pk))
    found = found[:SIMILAR_SHOWN]
    marks = dict(Mark.objects.filter(pk__in=[one.pk for one in found]).values_list("pk", "mark"))
    cases = {str(one.origin): one for one in Case.objects.filter(origin__in=[f"signal:{one.pk}" for one in found])}
    words = dict(Mark.Is.choices)
    return [
        {
            "words": pick(one.words_zh, one.words_en),
            "month": one.month,
            "href": reverse("room:signal", args=[one.month, one.pk]),
            "mark": str(words.get(marks.get(one.pk, ""), "")),
            "ended": ended_words(cases.get(f"signal:{one.pk}"), one.state),
        }
        for one in found
    ]


def ended_words(case: Case | None, state: str) -> str:
    """How a signal ended, in a few words: what was answered in its case, else the signal's own state."""
    if case is None:
        return _("已解除") if state == "closed" else _("没有立项")
    if case.is_open:
        return _("办理中")
    done = str(case.fields.get("done") or case.fields.get("found") or "")
    return done or _("已办结")


def done_so_far(plain: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What happened with the signal's case, the newest last."""
    case = Case.objects.filter(origin=f"signal:{plain['id']}").first()
    if case is None:
        return []
    events = list(Event.objects.filter(case=case).order_by("-ver")[:EVENTS_SHOWN])
    return [{"at": one.effective, "who": one.unit or one.actor, "words": one.reason or one.edge} for one in reversed(events)]
