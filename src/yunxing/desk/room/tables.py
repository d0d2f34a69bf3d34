"""The tables that leave the room's pages: the same rows as the page shows, under the same scope, as numbers instead of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from yunxing.desk.room import figure_pages, overview, signal_pages
from yunxing.desk.room.board import Board, Card
from yunxing.desk.room.figures import language, pick, printed, scale
from yunxing.desk.takeaway import Column, Table
from yunxing.engines.facts.form import Form, Item
from yunxing.engines.facts.units import convertible
from yunxing.engines.indicators.rows import Row
from yunxing.packs.pack import Pack
from yunxing.values.period import parse_period
from yunxing.values.scope import Scope

ENTERPRISE_LEVEL, CITY_LEVEL = 3, 2
TOLD = 3


def head(board: Board) -> dict[str, Any]:
    """What every table of a closed month says of itself."""
    return {"as_of": str(board.manifest["as_of"])[:10], "synthetic": bool(board.manifest.get("synthetic"))}


def definition(card: Card) -> tuple[str, str]:
    """An indicator's name and what it means, for the cover."""
    return card.title, pick(str(card.plain["meaning"]), str(card.plain.get("meaning_en", "")))


def overview_table(board: Board, pack: Pack, scope: Scope, choice: overview.Choice) -> Table:
    """S1 as a table: a row for the city and for every unit, a column for every headline indicator; the sentences say the city's figures and lights."""
    names = overview.pinned(board)
    units = {name: board.units(name) for name in names}
    columns, cells = [Column(_("单位"), key="unit")], [[pick(pack.document.place, pack.document.place_en)]]
    cells += [[pick(unit.name, unit.name_en)] for unit in pack.regions.units]
    for name in names:
        card = board.cards[name]
        headline = board.headline(name)
        figures: list[Row | None] = [headline, *(units[name].get(unit.id) for unit in pack.regions.units)]
        hidden = [False, *(board.is_confidential(card, unit.id, scope) for unit in pack.regions.units)]
        # every cell of a column in the unit of the city's figure: 亿元 over 万元 would be read as one
        unit, factor, places = column_unit(board, headline)
        columns.append(Column(card.title, unit, "number", places, note=definition(card)[1], key=name))
        for line, row, secret in zip(cells, figures, hidden, strict=True):
            absent = "suppressed" if secret else (row.absence if row else "not_reported")
            line.append(printed(None, "", absent).text if secret or row is None or row.value is None else row.value / factor)  # type: ignore[arg-type]
    return Table(
        "overview",
        _("%(period)s运行总览") % {"period": board.month.label(language())},
        columns,
        cells,
        source=_("关账数据 %(month)s") % {"month": board.month.code},
        definitions=[definition(board.cards[name]) for name in names],
        words=overview_words(board, pack, scope, choice),
        level=CITY_LEVEL,
        **head(board),
    )


def column_unit(board: Board, row: Row | None) -> tuple[str, Fraction, int]:
    """The unit of a column, what a stored value is divided by for it, and the decimals."""
    if row is None or row.value is None:
        return "", Fraction(1), 2
    value = row.value or Fraction(1)
    scaled, unit, places = scale(value, row.unit, board.cards[row.indicator].plain.get("shown"))
    return unit, value / scaled, places


def overview_words(board: Board, pack: Pack, scope: Scope, choice: overview.Choice) -> list[str]:
    """What one would say of the month on the telephone: every headline with its light, then the worst signals."""
    found = []
    for name in overview.pinned(board):
        row = board.headline(name)
        light = signal_pages.WORDS[board.light(name)]()
        found.append(f"{board.cards[name].title}{board.shown(row)}（{light}）；")
    signals = signal_pages.signals_of(board, pack, scope, signal_pages.Filters(area=choice.area))
    found = [*found[:-1], found[-1][:-1] + "。"] if found else []
    return found + [f"{one['words'].rstrip('。')}。" for one in signals[:TOLD]]


def signals_table(board: Board, signals: Sequence[Mapping[str, Any]], filters: Sequence[tuple[str, str]], scope: Scope) -> Table:
    """The list of signals as filtered. An office without access to enterprises' figures still takes away the signals it answers for."""
    columns = [Column(_("编号")), Column(_("类别")), Column(_("灯")), Column(_("信号")), Column(_("对象")), Column(_("责任单位")), Column(_("起始期")), Column(_("答复期限"))]  # fmt: skip
    rows = [
        [
            str(one["id"]), str(one["kind_title"]), signal_pages.WORDS[str(one["light"])](), str(one["words"]), str(one["scope_title"]),
            str(one["owner_title"]), str(one["first_period"]), str(one["deadline"]),
        ]
        for one in signals
    ]  # fmt: skip
    title = _("%(period)s信号") % {"period": board.month.label(language())}
    words = [_("共 %(n)s 条。") % {"n": len(rows)}, *(f"{row[3].rstrip('。')}（{row[5]}，{row[7]} 前）。" for row in rows)]
    named = any(one["scope_kind"] == "party" for one in signals) and scope.sees_level(ENTERPRISE_LEVEL)
    return Table("signals", title, columns, rows, source=_("关账数据 %(month)s") % {"month": board.month.code}, filters=filters, words=words, level=ENTERPRISE_LEVEL if named else CITY_LEVEL, **head(board))  # fmt: skip


def signal_table(signal: Mapping[str, Any], board: Board, scope: Scope) -> Table:
    """Who brought a signal about: the named enterprises with their figures and their pull, and the sum in words."""
    raw, _total, _others = signal_pages.named_contributions(signal, board, scope)
    money, places = _("万元"), 2
    columns = [Column(_("企业"), level=ENTERPRISE_LEVEL), Column(_("本期"), money, "number", places), Column(_("上年同期"), money, "number", places), Column(_("拉动"), _("百分点"), "number", 2)]  # fmt: skip
    rows: list[list[Any]] = [
        [str(board.parties.get(str(one["party"]), {}).get("name", one["party"])), Fraction(one["current"], 10**6), Fraction(one["base"], 10**6), Fraction(one["points_num"], one["points_den"])]
        for one in raw
    ]  # fmt: skip
    _shown, note = signal_pages.contributions_of(signal, board, scope)
    words = [f"{str(signal['words']).rstrip('。')}。", signal_pages.rule_sentence(signal, board)]
    words += [_("%(name)s拉动 %(points)s 个百分点。") % {"name": row[0], "points": printed(row[3], "points2").text} for row in rows[:TOLD]]
    level = ENTERPRISE_LEVEL if rows else CITY_LEVEL
    return Table("signal", str(signal["scope_title"]) + " · " + str(signal["kind_title"]), columns, rows, source=_("关账数据 %(month)s，规则 %(rule)s") % {"month": board.month.code, "rule": signal["rule"]}, words=[*words, note], level=level, **head(board))  # fmt: skip


def figure_table(page: Mapping[str, Any], board: Board, pack: Pack, scope: Scope) -> Table:
    """下载明细: the reported values behind a figure, each in its form's unit with the cell it stood in; none where the page shows none."""
    forms = figure_pages.forms_of(pack.folder)
    facts = figure_pages.facts_seen(page["traced"], scope)
    columns = [
        Column(_("主体")), Column(_("主体编号"), key="party"), Column(_("项目")), Column(_("期次")), Column(_("数值"), "", "number", 4), Column(_("计量单位")),
        Column(_("状态")), Column(_("版次"), "", "number"), Column(_("收到")), Column(_("说明")), Column(_("工作表")), Column(_("单元格")), Column(_("文件摘要")),
    ]  # fmt: skip
    rows = [_fact_cells(fact, board, forms) for fact in facts]
    title = f"{page['title']} · {page['scope_title']} · {page['period']} · {page['statistic']}"
    value = f"{page['value']}{'' if page['unit'] == '%' else ' '}{page['unit']}".strip()
    words = [f"{value}。", *(f"{name}：{text}。" for name, text in page["lines"] if name in (_("代入数字"), _("含义"), _("目标")))]
    source = next((text for name, text in page["lines"] if name == _("数据来源")), "")
    level = ENTERPRISE_LEVEL if rows else CITY_LEVEL
    return Table("figure", title, columns, rows, source=source, definitions=list(page["lines"]), words=words, level=level, **head(board))


def _fact_cells(fact: Mapping[str, Any], board: Board, forms: Mapping[str, Form]) -> list[Any]:
    item = figure_pages.item_of(forms, str(fact["form"]), str(fact["item"]))
    value, unit = fact_value(fact, item)
    return [
        str(board.parties.get(fact["party"], {}).get("name", fact["party"])), str(fact["party"]), figure_pages.item_title(item, fact),
        parse_period(str(fact["period"])).label(language()), value, unit, str(fact["status"]), int(fact["version"]), fact["known_at"].strftime("%Y-%m-%d %H:%M"),
        str(fact["cause"] or ""), str(fact["sheet"]), str(fact["cell"]), str(fact["submission"]),
    ]  # fmt: skip


def fact_value(fact: Mapping[str, Any], item: Item | None) -> tuple[Fraction | str, str]:
    """A fact's value as a number in the form's unit with that unit; words of a choice, a day, an absence instead."""
    if fact["value"] is None:
        return str(fact.get("words") or printed(None, "", fact["absence"]).text), ""
    if item is None:
        return Fraction(int(fact["value"])), ""
    unit = convertible(item.unit, item.unit) if item.numeric else None
    if unit is None:
        return figure_pages.printed_value(int(fact["value"]), item), ""
    return Fraction(int(fact["value"]), unit.per), item.unit


def measures_table(page: Mapping[str, Any], board: Board | None) -> Table:
    """The measures on the board: number, title, offices, light, what runs."""
    columns = [Column(_("序号"), "", "number"), Column(_("措施")), Column(_("责任单位")), Column(_("灯")), Column(_("执行情况"))]
    rows = [
        [one["number"], str(one["title"]), str(one["offices"]), signal_pages.WORDS[str(one["light"])](), str(one["summary"])]
        for section in page["sections"]
        for one in section["measures"]
    ]
    words = [
        _("共 %(n)s 项。") % {"n": len(rows)},
        *(f"{row[0]}. {row[1]}（{row[3]}）。" for row in rows if row[3] != signal_pages.WORDS["green"]()),
    ]
    filters = [(_("责任单位"), str(page["chosen_office"]))] if page["chosen_office"] else []
    about = head(board) if board else {}
    return Table("measures", _("行动方案落实"), columns, rows, source=str(page["state"]), filters=filters, words=words, level=1, **about)
