"""Indicators: the list by measure and office with the card's fields, and one indicator with its series, its breakdown by county, industry and enterprise, and ranks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk.room import figure_story, overview, pace
from yunxing.desk.room.board import CITY, FEWEST_PARTIES, Board, Card
from yunxing.desk.room.figures import in_words, language, pick, printed
from yunxing.desk.room.signal_pages import SHAPES, WORDS, figure_href, scope_title
from yunxing.engines.indicators.rows import Row, ranks
from yunxing.packs.pack import Pack
from yunxing.packs.plan import bare
from yunxing.values.period import chronological, parse_period
from yunxing.values.scope import ALL, Scope

ENTERPRISES_SHOWN = 20
CLAIM = "indicator:"


@dataclass(frozen=True)
class Asked:
    """What the address of the list asks for; an empty text asks for everything."""

    office: str = ""
    measure: str = ""
    light: str = ""
    words: str = ""


def measures_of(pack: Pack) -> dict[str, list[int]]:
    """Which measures each indicator executes, by the plan's own claims and by its commitments."""
    found: dict[str, list[int]] = {}
    for measure in pack.measures:
        claims = {bare(claim) for part in measure.parts for claim in part.executed_by}
        claims |= {f"{CLAIM}{one.indicator}" for one in pack.commitments_of(measure.number) if one.indicator}
        for claim in claims:
            if claim.startswith(CLAIM):
                found.setdefault(claim.removeprefix(CLAIM), []).append(measure.number)
    return {name: sorted(set(numbers)) for name, numbers in found.items()}


def rows_of(board: Board, pack: Pack, asked: Asked) -> list[dict[str, Any]]:
    """The indicators that the filters keep, in the order of the pack."""
    numbers = measures_of(pack)
    found = []
    for card in board.cards.values():
        light = board.light(card.id)
        measures = numbers.get(card.id, [])
        offices = {str(card.plain["office"]), *(card.plain.get("coordinating") or ())}
        keep = (
            (not asked.office or asked.office in offices)
            and (not asked.measure or asked.measure in {str(n) for n in measures})
            and (not asked.light or asked.light == light)
            and (not asked.words or asked.words in card.title + str(card.plain["meaning"]))
        )
        if keep:
            found.append(line(board, pack, card, light, measures))
    return found


def line(board: Board, pack: Pack, card: Card, light: str, measures: list[int]) -> dict[str, Any]:
    """One indicator in the list."""
    row = board.headline(card.id)
    target, alarm = card.plain.get("target"), card.plain.get("alarm")
    return {
        "id": card.id,
        "title": card.title,
        "figure": str(board.shown(row)),
        "row": row,
        "source": figure_href(board, row.id) if row else "",
        "period": parse_period(row.period).label(language()) if row else "",
        "light": light,
        "light_word": WORDS[light](),
        "limit": _("目标 %(limit)s") % {"limit": in_words(str(target["text"]))}
        if target
        else (figure_story.limit_words(alarm) if alarm else ""),
        "office": figure_story.office_name(pack, str(card.plain["office"])),
        "measures": measures,
        "frequency": str(card.plain.get("frequency") or ""),
        "published": percent(row),
        "href": indicator_href(board, card.id),
    }


def percent(row: Row | None) -> str:
    """The growth that somebody published for the same cell, beside ours and never mixed with it."""
    return f"{printed(Fraction(row.published, 100), '%').text}%" if row is not None and row.published is not None else ""


def indicator_href(board: Board, name: str, **more: str) -> str:
    """The address of an indicator's page in the present period."""
    return reverse("room:indicator", args=[name]) + "?" + urlencode({"p": board.month.code, **{k: v for k, v in more.items() if v}})


def indicator_page(board: Board, pack: Pack, scope: Scope, name: str, area: str) -> dict[str, Any] | None:
    """One indicator of a closed month; None when the month has no such indicator."""
    card = board.cards.get(name)
    if card is None:
        return None
    row = board.headline(name)
    where = ("unit", area) if area else CITY
    unit = pack.regions.unit(area) if area else None
    shares = contributions(board, card, row, scope, pack)
    return {
        "card": card,
        "title": card.title,
        "area": pick(unit.name, unit.name_en) if unit else "",
        "whole_city": indicator_href(board, name),
        "figure": str(board.shown(row)),
        "source": figure_href(board, row.id) if row else "",
        "period": parse_period(row.period).label(language()) if row else "",
        "light": board.light(name),
        "shape": SHAPES[board.light(name)],
        "reason": overview.reason(board, card, row),
        "published": percent(row),
        "covered": f"{printed(100 * row.covered, '%').text}%" if row is not None and row.covered is not None else "",
        "meaning": pick(str(card.plain["meaning"]), str(card.plain.get("meaning_en", ""))),
        "formula": pick(str(card.plain["formula"]), str(card.plain.get("formula_en", ""))),
        "card_lines": figure_story.card_lines(card, pack),
        "clause": figure_story.clause(card, pack),
        "measures": [
            (number, reverse("room:measure", args=[number]) + f"?p={board.month.code}") for number in measures_of(pack).get(name, [])
        ],
        "trend": overview.trend_of(board, card, where, scope),
        "unit": overview.headline_unit(board, card),
        "series": series_lines(board, card, where, scope),
        "units": unit_lines(board, pack, card, scope),
        "industries": industry_lines(board, pack, card, scope),
        "pace": pace.lines(board, card, row) if not area else [],
        "index_parts": pace.index_parts(board, pack, card, row, scope) if not area else [],
        **shares,
    }


def series_lines(board: Board, card: Card, where: tuple[str, str], scope: Scope) -> list[dict[str, str]]:
    """The indicator period by period, the newest first: ours beside the published one, with what it covers."""
    if where[0] == "unit" and board.is_confidential(card, where[1], scope):
        return []
    return [
        {
            "period": parse_period(row.period).label(language()),
            "value": str(board.shown(row)),
            "source": figure_href(board, row.id),
            "published": percent(row),
            "covered": f"{printed(100 * row.covered, '%').text}%" if row.covered is not None else "",
        }
        for row in reversed(board.series(card.id, where))
    ]


def unit_lines(board: Board, pack: Pack, card: Card, scope: Scope) -> list[dict[str, Any]]:
    """Counties and zones by rank, with the rank of the period before; a confidential one has neither figure nor rank."""
    now = {name: row for name, row in board.units(card.id).items() if not board.is_confidential(card, name, scope)}
    if not now:
        return []
    before = {name: earlier(board, card, name) for name in now}
    places, former = (
        ranks({name: row.value for name, row in now.items()}),
        ranks({name: row.value if row else None for name, row in before.items()}),
    )
    lines = []
    for unit in pack.regions.units:
        row = now.get(unit.id)
        hidden = board.is_confidential(card, unit.id, scope)
        lines.append(
            {
                "title": pick(unit.name, unit.name_en),
                "figure": printed(None, "", "suppressed").text if hidden else str(board.shown(row)),
                "value": row.value if row else None,
                "source": figure_href(board, row.id) if row else "",
                "rank": places.get(unit.id),
                "move": moved(former.get(unit.id), places.get(unit.id)),
                "published": percent(row),
                "covered": f"{printed(100 * row.covered, '%').text}%" if row is not None and row.covered is not None else "",
                "href": indicator_href(board, card.id, a=unit.id),
                "confidential": hidden,
            }
        )
    return sorted(lines, key=lambda one: (one["rank"] is None, one["rank"] or 0))


def earlier(board: Board, card: Card, unit: str) -> Row | None:
    """The unit's headline of the period before the newest."""
    rows = sorted(board.series(card.id, ("unit", unit)), key=lambda row: chronological(parse_period(row.period)))
    return rows[-2] if len(rows) > 1 else None


def moved(before: int | None, now: int | None) -> str:
    """How a rank changed since the period before, in a sign and a number."""
    if before is None or now is None:
        return ""
    return "→" if before == now else f"↑{before - now}" if now < before else f"↓{now - before}"


def industry_lines(board: Board, pack: Pack, card: Card, scope: Scope) -> list[dict[str, Any]]:
    """Industries by figure; a confidential one has neither figure, source nor rank."""
    names = {key[2] for key in board.rows if key[0] == card.id and key[1] == "industry"}
    rows = [row for name in sorted(names) if (row := board.headline(card.id, ("industry", name))) is not None]
    kept_back = {row.scope for row in rows if board.is_confidential_industry(card, row.scope, scope)}
    places = ranks({row.scope: row.value for row in rows if row.scope not in kept_back})
    lines = [
        {
            "title": scope_title(pack, "industry", row.scope, board.parties),
            "figure": printed(None, "", "suppressed").text if row.scope in kept_back else str(board.shown(row)),
            "source": "" if row.scope in kept_back else figure_href(board, row.id),
            "rank": places.get(row.scope),
        }
        for row in rows
    ]
    return sorted(lines, key=lambda one: (one["rank"] is None, one["rank"] or 0))


def contributions(board: Board, card: Card, row: Row | None, scope: Scope, pack: Pack) -> dict[str, Any]:
    """Who pulls the city's growth how much: counties, industries, and the enterprises this person sees by name; each list adds up to the growth itself."""
    empty: dict[str, Any] = {"by_unit": [], "by_industry": [], "by_party": [], "party_note": "", "points_total": ""}
    lines = contribution_table(board, card.id, row)
    if row is None or lines is None or lines.num_rows == 0:
        return empty
    den = int(lines["points_den"][0].as_py())
    total = Fraction(sum(lines["points_num"].to_pylist()), den)
    by_unit, by_industry = grouped(lines, "unit", den), grouped(lines, "industry", den)
    named, rest = parties_seen(lines, scope, den)
    top = sorted(named, key=lambda one: (-abs(one["points"]), one["party"]))[:ENTERPRISES_SHOWN]
    others = total - sum((one["points"] for one in top), Fraction(0))
    return {
        "points_total": printed(total, "points2").text,
        "by_unit": complemented([share(scope_title(pack, "unit", name, board.parties), points, count, hidden=unit_hidden(card, board, name, scope)) for name, points, count in by_unit]),
        "by_industry": complemented([share(scope_title(pack, "industry", name, board.parties), points, count, hidden=industry_hidden(card, board, name, count, scope)) for name, points, count in by_industry]),
        "by_party": [{**one, "text": printed(one["points"], "points2").text} for one in sorted(top, key=lambda one: (-one["points"], one["party"]))],
        "party_note": _("其余 %(n)s 户合计 %(points)s 个百分点。") % {"n": lines.num_rows - len(top), "points": printed(others, "points2").text} if top else (_("企业名单只对有权查看的人显示，共 %(n)s 户。") % {"n": rest + len(named)}),
    }  # fmt: skip


def contribution_table(board: Board, indicator: str, row: Row | None) -> Any:
    """The contributions of the headline's own period with each party's unit and industry; None where the indicator has none."""
    import pyarrow.compute as pc

    if row is None:
        return None
    table = board.snapshot.table("contributions")
    table = table.filter(pc.and_(pc.equal(table["indicator"], indicator), pc.equal(table["period"], row.period)))
    return table.join(board.snapshot.table("registry", ["id", "unit", "industry", "name"]), "party", "id") if table.num_rows else table


def grouped(lines: Any, by: str, den: int) -> list[tuple[str, Fraction, int]]:
    """Points of each group with its number of enterprises, the strongest first; exact, since all share one base."""
    found = lines.group_by(by).aggregate([("points_num", "sum"), ("party", "count")]).to_pylist()
    groups = [(str(one[by] or ""), Fraction(int(one["points_num_sum"]), den), int(one["party_count"])) for one in found]
    return sorted([one for one in groups if one[0]], key=lambda one: (-one[1], one[0]))


def parties_seen(lines: Any, scope: Scope, den: int) -> tuple[list[dict[str, Any]], int]:
    """The enterprises that this person sees by name, and how many others there are."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if scope.parties is not ALL and not scope.parties:
        return [], lines.num_rows
    kept = lines
    if scope.units is not ALL:
        kept = kept.filter(pc.is_in(kept["unit"], pa.array(sorted(scope.units), pa.string())))
    if scope.parties is not ALL:
        kept = kept.filter(pc.is_in(kept["party"], pa.array(sorted(scope.parties), pa.string())))
    strongest = kept.append_column("strength", pc.abs(kept["points_num"])).sort_by([("strength", "descending"), ("party", "ascending")])
    rows = strongest.slice(0, ENTERPRISES_SHOWN).to_pylist()
    named = [
        {
            "party": str(one["party"]), "title": str(one["name"] or one["party"]), "unit": str(one["unit"] or ""), "points": Fraction(int(one["points_num"]), den),
            "current": printed(Fraction(int(one["current"])), "fen", shown=MONEY).text, "base": printed(Fraction(int(one["base"])), "fen", shown=MONEY).text,
        }
        for one in rows
    ]  # fmt: skip
    return named, lines.num_rows - len(named)


MONEY: Mapping[str, Any] = {"unit": "万元", "unit_en": "ten thousand yuan", "places": 2}


def unit_hidden(card: Card, board: Board, unit: str, scope: Scope) -> bool:
    """Whether a unit's points would tell a single enterprise's."""
    return board.is_confidential(card, unit, scope)


def industry_hidden(card: Card, board: Board, industry: str, count: int, scope: Scope) -> bool:
    """The same of an industry over the whole city: a county that sees its own firms does not thereby see the two of another county."""
    whole = scope.units is ALL and scope.parties is ALL
    return not whole and (count < FEWEST_PARTIES or board.is_confidential_industry(card, industry, scope))


def share(title: str, points: Fraction, count: int, *, hidden: bool) -> dict[str, Any]:
    """A group's line; a confidential one shows the word."""
    return {
        "title": title,
        "points": None if hidden else points,
        "text": printed(None, "", "suppressed").text if hidden else printed(points, "points2").text,
        "count": count,
    }


def complemented(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """With exactly one confidential line the total minus the others would tell it, so the line of fewest enterprises is kept back too."""
    if sum(one["points"] is None for one in lines) != 1:
        return lines
    smallest = min((one for one in lines if one["points"] is not None), key=lambda one: (one["count"], one["title"]), default=None)
    return [share(one["title"], Fraction(0), one["count"], hidden=True) if one is smallest else one for one in lines]


def completeness(board: Board, unit: str = "") -> str:
    """How complete the month's reports are, in the city or a unit."""
    where = ("unit", unit) if unit else CITY
    row = board.headline("completeness", where) if "completeness" in board.cards else None
    return str(board.shown(row)) if row else ""
