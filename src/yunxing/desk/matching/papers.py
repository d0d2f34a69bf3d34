"""What leaves the pages of matching: a round with its shortlist and three assignments, a side's postings that may be filled in and given back."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from yunxing.desk.dispatch.place import unit_name
from yunxing.desk.matching import services
from yunxing.desk.matching.models import Pair, Posting, Round
from yunxing.desk.matching.place import refusal_words, step_words
from yunxing.desk.matching.selectors import method_words, seen, short
from yunxing.desk.room.shell import pack_in_force
from yunxing.desk.takeaway import Column, Table
from yunxing.engines.matching.compare import METHODS
from yunxing.engines.matching.kind import Column as KindColumn
from yunxing.engines.matching.kind import Kind

EPOCH = date(1970, 1, 1)


def round_table(kind: Kind, one: Round) -> Table:
    """The shortlist of a round with the points of every part, what each assignment gives, and how the chosen pairs went."""
    result = services.result_of(one) or {"needs": [], "offers": [], "edges": [], "methods": {}}
    needs = {row["id"]: row for row in result["needs"] if seen(one, row)}
    offers = {row["id"]: row for row in result["offers"]}
    given = {method: {(need, offer): units for need, offer, units, _v in result["methods"][method]["pairs"]} for method in METHODS}
    pairs = {(pair.need, pair.offer): pair for pair in Pair.objects.filter(round=one)}
    columns = [Column(kind.need_title), Column("单位"), Column(kind.offer_title), Column("契合分", "", "number"), Column("理由")]
    columns += [Column(one.title, "分", "number") for one in kind.parts]
    columns += [Column(method_words(method), kind.unit, "number") for method in METHODS] + [Column("状态"), Column("未成原因")]
    rows: list[list[Any]] = []
    for need, offer, value, _nr, _or, points in sorted(result["edges"], key=lambda edge: (edge[0], -edge[2], edge[1])):
        if need not in needs:
            continue
        pair = pairs.get((need, offer))
        rows.append([
            needs[need]["name"], unit_name(needs[need].get("unit") or ""), offers[offer]["name"], value, short(kind, points), *points,
            *[given[method].get((need, offer)) for method in METHODS], step_words(kind, pair.state) if pair else "", refusal_words(kind, pair.refusal) if pair else "",
        ])  # fmt: skip
    best = result["methods"].get("optimal", {}).get("measures", {})
    words = [
        f"{one.title}（{one.pk}）：需求 {one.needs} 项，供给 {one.offers} 项，最优方案配成 {best.get('pairs', 0)} 对，总契合 {best.get('value', 0)} 分。"
    ]
    return _table("matching_round", f"{one.title}{one.pk}", columns, rows, one.day.isoformat(), words)


def postings_table(kind: Kind, side: str, day: date) -> Table:
    """One side's postings under the heads that an import reads, so that the workbook may be filled in and given back."""
    columns = kind.columns("need" if side == "need" else "offer")
    heads = [Column("编号"), Column("统一社会信用代码"), Column("名称"), Column("名额", "", "number")]
    heads += [Column(one.title, "", _kind_of(one), 2 if one.type in ("money", "rate") else 0) for one in columns.values()]
    rows = [
        [one.code, one.party, one.name, one.quota, *[_cell(column, one.row.get(name)) for name, column in columns.items()]]
        for one in Posting.objects.filter(kind=kind.id, side=side, withdrawn__isnull=True)
    ]
    title = f"{kind.title}（{kind.need_title if side == 'need' else kind.offer_title}）"
    return _table("matching_postings", title, heads, rows, day.isoformat(), [f"{title}：{len(rows)} 条。"])


def _kind_of(column: KindColumn) -> Any:
    return {"money": "number", "count": "number", "rate": "number", "day": "date"}.get(column.type, "text")


def _cell(column: KindColumn, value: Any) -> Any:
    if value is None:
        return None
    if column.type == "money":
        return Fraction(value, 10**6 if column.unit == "万元" else 100)
    if column.type == "rate":
        return Fraction(value, 100)
    if column.type == "day":
        return EPOCH + timedelta(days=value)
    if column.type == "flag":
        return "是" if value else "否"
    return "、".join(value) if column.type == "list" else value


def _table(id_: str, title: str, columns: list[Column], rows: list[list[Any]], as_of: str, words: list[str]) -> Table:
    return Table(
        id_, title, columns, rows, as_of=as_of, words=words, level=2, synthetic=pack_in_force().document.synthetic.demonstration_data
    )
