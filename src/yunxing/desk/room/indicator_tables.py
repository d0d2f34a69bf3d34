"""The tables that leave the indicator pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from yunxing.desk.room.board import Board
from yunxing.desk.room.figures import language, scale
from yunxing.desk.room.indicator_pages import Asked
from yunxing.desk.room.tables import CITY_LEVEL, ENTERPRISE_LEVEL, definition, head
from yunxing.desk.takeaway import Column, Table

POINTS_PLACES = 2


def list_table(board: Board, lines: Sequence[Mapping[str, Any]], asked: Asked) -> Table:
    """The list of indicators as filtered: every headline as a number with its unit beside it."""
    columns = [
        Column(_("指标")), Column(_("期次")), Column(_("数值"), "", "number", 2), Column(_("计量单位")), Column(_("灯")), Column(_("目标或警戒线")), Column(_("公布的增速")),
        Column(_("责任单位")), Column(_("措施")), Column(_("更新频率")),
    ]  # fmt: skip
    rows: list[list[Any]] = []
    for one in lines:
        row = one["row"]
        value, unit = (one["figure"], "")
        if row is not None and row.value is not None:
            value, unit, _places = scale(row.value, row.unit, board.cards[row.indicator].plain.get("shown"))
        rows.append(
            [
                one["title"],
                one["period"],
                value,
                unit,
                one["light_word"],
                one["limit"],
                one["published"],
                one["office"],
                "、".join(map(str, one["measures"])),
                one["frequency"],
            ]
        )
    filters = [
        (name, value)
        for name, value in ((_("责任单位"), asked.office), (_("措施"), asked.measure), (_("灯"), asked.light), (_("检索"), asked.words))
        if value
    ]
    words = [f"{one['title']}{one['figure']}（{one['light_word']}）；" for one in lines]
    title = _("%(period)s指标") % {"period": board.month.label(language())}
    definitions = [definition(board.cards[one["id"]]) for one in lines]
    return Table("indicators", title, columns, rows, source=_("关账数据 %(month)s") % {"month": board.month.code}, filters=filters, definitions=definitions, words=words, level=CITY_LEVEL, **head(board))  # fmt: skip


def indicator_table(board: Board, page: Mapping[str, Any]) -> Table:
    """One indicator: the city, its units with ranks, its industries, and the pull of each as far as it is shown."""
    card = page["card"]
    columns = [Column(_("层级")), Column(_("名称")), Column(_("位次"), "", "number"), Column(card.title, page["unit"], "number", 2), Column(_("公布的增速")), Column(_("覆盖面")), Column(_("拉动"), _("百分点"), "number", POINTS_PLACES)]  # fmt: skip
    pull = {one["title"]: one["points"] for one in [*page["by_unit"], *page["by_industry"]]}
    rows: list[list[Any]] = [[_("全市"), page["area"] or _("全市"), None, page["figure"], page["published"], page["covered"], None]]
    for one in page["units"]:
        value = one["figure"] if one["value"] is None or one["confidential"] else in_unit(board, card.id, one["value"])
        rows.append([_("县区"), one["title"], one["rank"], value, one["published"], one["covered"], pull.get(one["title"])])
    rows += [[_("行业"), one["title"], one["rank"], one["figure"], "", "", pull.get(one["title"])] for one in page["industries"]]
    rows += [[_("企业"), one["title"], None, None, "", "", one["points"]] for one in page["by_party"]]
    words = [f"{page['figure']}（{page['period']}）。", page["trend"].sentence, *(_("%(name)s拉动 %(points)s 个百分点。") % {"name": one["title"], "points": one["text"]} for one in page["by_unit"][:3])]  # fmt: skip
    series = [
        (str(label), Fraction(value.replace(",", "")) if value.replace(",", "").replace(".", "").replace("-", "").isdigit() else None)
        for label, value in page["trend"].rows
    ]
    level = ENTERPRISE_LEVEL if page["by_party"] else CITY_LEVEL
    return Table("indicator", f"{card.title}（{page['period']}）", columns, rows, source=_("关账数据 %(month)s") % {"month": board.month.code}, definitions=[definition(card), *page["card_lines"]], words=[one for one in words if one], series=series, series_unit=page["unit"], level=level, **head(board))  # fmt: skip


def in_unit(board: Board, indicator: str, value: Fraction) -> Fraction:
    """A unit's value in the unit that the city's headline is printed in."""
    row = board.headline(indicator)
    if row is None or not row.value:
        return value
    scaled = scale(row.value, row.unit, board.cards[indicator].plain.get("shown"))[0]
    return value * scaled / row.value
