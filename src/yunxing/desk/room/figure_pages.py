"""The source drawer as a page: what a figure means, its formula with the numbers in it, and the cells it came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from yunxing.desk.room.board import Board, Card
from yunxing.desk.room.figures import language, pick, printed
from yunxing.desk.room.signal_pages import scope_title
from yunxing.engines.indicators.rows import Row, row_from
from yunxing.packs.pack import Pack
from yunxing.values.period import YearToDate, parse_period
from yunxing.values.quantity import format_number
from yunxing.values.scope import Scope

FACTS_SHOWN = 200
SCOPE_COLUMNS = {"unit": "unit", "industry": "industry", "party": "party"}


def figure_page(board: Board, pack: Pack, scope: Scope, key: str) -> dict[str, Any] | None:
    """The page of one figure, or None when the month has no such figure or the person may not see the party it is about."""
    row = find(board, key)
    if row is None or row.indicator not in board.cards:
        return None
    if row.scope_kind == "party" and not scope.sees_party(row.scope, str(board.parties.get(row.scope, {}).get("unit", ""))):
        return None
    card = board.cards[row.indicator]
    figure = board.shown(row)
    seen, hidden = facts_behind(board, card, row, scope)
    return {
        "title": card.title,
        "scope_title": scope_title(pack, row.scope_kind, row.scope, board.parties),
        "period": parse_period(row.period).label(language()),
        "value": figure.text,
        "unit": figure.unit,
        "lines": list(lines(card, row, pack, board)),
        "facts": seen[:FACTS_SHOWN],
        "fact_count": len(seen) + hidden,
        "facts_note": note(len(seen), hidden),
    }


def find(board: Board, key: str) -> Row | None:
    """The row of a key `indicator/scope_kind/scope/period/stat`."""
    parts = tuple(key.split("/"))
    if len(parts) != 5:
        return None
    if parts[1] != "party":
        return board.rows.get((parts[0], parts[1], parts[2], parts[3], parts[4]))
    import pyarrow.compute as pc

    table = board.snapshot.table("indicators")
    for name, value in zip(("indicator", "scope_kind", "scope", "period", "stat"), parts, strict=True):
        table = table.filter(pc.equal(table[name], value))
    found = table.to_pylist()
    return row_from(found[0]) if found else None


def lines(card: Card, row: Row, pack: Pack, board: Board) -> list[tuple[str, str]]:
    """The card in words, and the exact value the printed one was rounded from."""
    office = pack.offices.get(str(card.plain["office"]))
    found = [
        (_("含义"), pick(str(card.plain["meaning"]), str(card.plain.get("meaning_en", "")))),
        (_("公式"), pick(str(card.plain["formula"]), str(card.plain.get("formula_en", "")))),
    ]
    if row.value is not None and row.den is not None and row.num is not None:
        exact = f"{row.num:,} ÷ {row.den:,}" if row.den != 1 else f"{row.num:,}"
        found.append((_("未舍入的值"), f"{exact}（{row.unit}）"))
    else:
        found.append((_("为什么没有数"), row.reason or printed(None, "", row.absence).text))
    if row.covered is not None:
        found.append((_("覆盖面"), format_number(100 * row.covered, 1) + "%"))
    if row.published is not None:
        from fractions import Fraction

        found.append((_("公布的增速"), format_number(Fraction(row.published, 100), 2) + "%"))
    target = card.plain.get("target")
    if target:
        found.append((_("目标"), f"{target['text']} · {target['commitment']}"))
    found += [
        (_("数据来源"), str(card.plain["source"])),
        (_("责任单位"), pick(office.name, office.name_en) if office else str(card.plain["office"])),
        (_("编号"), row.id),
        (_("关账版本"), str(board.manifest["snapshot"])),
    ]
    return found


def facts_behind(board: Board, card: Card, row: Row, scope: Scope) -> tuple[list[dict[str, str]], int]:
    """The reported values a figure rests on: those of its form, items, scope and period; those of parties out of sight are only counted."""
    import pyarrow.compute as pc

    table = board.snapshot.table("facts")
    table = table.filter(pc.equal(table["form"], card.plain["form"]))
    table = table.filter(pc.is_in(table["item"], value_set=_strings({card.plain["item"], card.plain.get("other") or card.plain["item"]})))
    if row.scope_kind in SCOPE_COLUMNS:
        table = table.filter(pc.equal(table[SCOPE_COLUMNS[row.scope_kind]], row.scope))
    table = table.filter(pc.is_in(table["period"], value_set=_strings(periods_of(row))))
    seen, hidden = [], 0
    for fact in table.to_pylist():
        if scope.sees_party(fact["party"], fact["unit"]):
            seen.append(printed_fact(fact, board.parties))
        else:
            hidden += 1
    return sorted(seen, key=lambda one: (one["party"], one["period"], one["item"])), hidden


def _strings(values: set[str]) -> Any:
    import pyarrow as pa

    return pa.array(sorted(values), pa.string())


def periods_of(row: Row) -> set[str]:
    """The periods whose facts stand behind a row: its own, and for a cumulative figure that is summed from events, each month of it."""
    period = parse_period(row.period)
    found = {row.period}
    if isinstance(period, YearToDate):
        found |= {f"{period.year}-{month:02d}" for month in range(1, period.month + 1)}
    return found


def printed_fact(fact: Mapping[str, Any], parties: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """One reported value as a table row."""
    value = printed(None, "", fact["absence"]).text if fact["value"] is None else f"{fact['value']:,}"
    return {
        "party": str(parties.get(fact["party"], {}).get("name", fact["party"])),
        "item": f"{fact['item']} · {fact['as_reported']} · {fact['role']}",
        "period": fact["period"],
        "value": value,
        "cell": f"{fact['sheet']}!{fact['cell']}",
        "version": str(fact["version"]),
        "known_at": fact["known_at"].strftime("%Y-%m-%d"),
    }


def note(seen: int, hidden: int) -> str:
    """How many are shown, and how many belong to parties this person may not see."""
    parts = []
    if seen > FACTS_SHOWN:
        parts.append(_("只列前 %(n)s 个。") % {"n": FACTS_SHOWN})
    if hidden:
        parts.append(_("另有 %(n)s 个属于您无权查看的企业，只计数、不列名。") % {"n": hidden})
    return " ".join(parts)
