"""The source drawer as a page: what a figure means, its formula with the numbers in it, and the cells it came from."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk.room import figure_story
from yunxing.desk.room.board import Board, Card
from yunxing.desk.room.figures import english, in_words, language, pick, printed
from yunxing.desk.room.shell import board_of
from yunxing.desk.room.signal_pages import figure_href, may_open, scope_title
from yunxing.engines.facts.cells import printed as printed_cell
from yunxing.engines.facts.form import Form, Item
from yunxing.engines.indicators.growth import from_rows
from yunxing.engines.indicators.rows import Row
from yunxing.engines.indicators.trace import Traced
from yunxing.engines.indicators.trace import figure as trace_of
from yunxing.packs.pack import Pack, load_pack
from yunxing.values.period import parse_period
from yunxing.values.quantity import format_number
from yunxing.values.scope import Scope
from yunxing.values.stored import STORED, in_english

FACTS_SHOWN = 200


@lru_cache(maxsize=2)
def forms_of(folder: Path) -> Mapping[str, Form]:
    """The pack's forms, read once."""
    found: dict[str, Form] = load_pack(folder).load_section("forms")
    return found


def figure_page(board: Board, pack: Pack, scope: Scope, key: str) -> dict[str, Any] | None:
    """The page of one figure, or None when the month has no such figure or the person may not see what it is about."""
    row = board.row(key) if may_open(board, key, scope) else None
    if row is None:
        return None
    card = board.cards[row.indicator]
    page: dict[str, Any] = {
        "title": card.title,
        "scope_title": scope_title(pack, row.scope_kind, row.scope, board.parties),
        "period": parse_period(row.period).label(language()),
        "statistic": stat_word(row.stat, card),
        "facts": [],
        "fact_count": 0,
        "facts_note": "",
        "elsewhere": {},
        "traced": None,
        "overview_href": reverse("room:overview") + "?" + urlencode({"p": board.month.code, "i": row.indicator}),
    }
    secret = row.scope_kind == "unit" and board.is_confidential(card, row.scope, scope)
    if secret or (row.scope_kind == "industry" and board.is_confidential_industry(card, row.scope, scope)):
        few = _("少于 3 家的合计会透露单个企业的数，只对有权查看的人显示。")
        return {**page, "value": printed(None, "", "suppressed").text, "unit": "", "lines": [(_("为什么没有数"), few)], "facts_note": few}
    figure = board.shown(row)
    traced, closed_in = trace(board, row)
    seen, hidden = facts_behind(traced, forms_of(pack.folder), board, scope)
    return {
        **page,
        "value": figure.text,
        "unit": figure.unit,
        "lines": list(lines(card, row, traced, pack, board)),
        "facts": seen[:FACTS_SHOWN],
        "fact_count": len(seen) + hidden,
        "facts_note": note(len(seen), hidden, traced),
        "elsewhere": closed_in,
        "traced": traced,
        **story(card, facts_seen(traced, scope), pack, board, scope),
    }


def story(card: Card, seen: list[Mapping[str, Any]], pack: Pack, board: Board, scope: Scope) -> dict[str, Any]:
    """What stands beside the formula: the card, the clause, the reporters and reviewers, the corrections."""
    return {
        "card_lines": figure_story.card_lines(card, pack),
        "clause": figure_story.clause(card, pack),
        "reporters": figure_story.reporters(seen, scope),
        "revisions": figure_story.revisions(seen, board, forms_of(pack.folder)),
    }


def trace(board: Board, row: Row) -> tuple[Traced | None, dict[str, str]]:
    """The trace of a figure, or where to look: a figure of an earlier period is traced in the month that closed it."""
    end = parse_period(row.period).end
    if end >= board.month.start:
        return trace_of(board.snapshot, row.id), {}
    month = parse_period(f"{end.year}-{end.month:02d}")
    closed = board_of(month.code)
    words = _("这是较早期次的数，它的算式和原始数在%(month)s关账的版本里。") % {"month": month.label(language())}
    return None, {"words": words, "href": figure_href(closed, row.id) if closed and closed.row(row.id) else ""}


def stat_word(stat: str, card: Card | None = None) -> str:
    """What is counted, for the head of the page: a formula's figure by its own name, else the word for the statistic, else the statistic's name."""
    named = next((one for one in (card.plain.get("figures") or () if card else ()) if one["stat"] == stat), None)
    if named:
        return pick(str(named["name"]), str(named["name_en"]))
    words = {
        "cumulative": _("累计"),
        "cumulative_base": _("上年同期累计"),
        "cumulative_yoy": _("累计同比"),
        "value": _("当期"),
        "base": _("上年同期"),
        "yoy": _("当月同比"),
        "target_share": _("完成目标"),
        "gap": _("比时序进度"),
        "forecast": _("按进度推算全年"),
        "time_schedule": _("时序进度"),
        "plan_share": _("完成年度计划"),
        "minimum": _("本月最低"),
        "lowest_site": _("最低的一处"),
        "share": _("比率"),
        "change": _("环比"),
        "points": _("拉动"),
        "cumulative_points": _("累计拉动"),
        "quarter_points": _("季度拉动"),
        "cumulative_share": _("贡献率"),
        "quarter": _("本季"),
        "quarter_base": _("上年同季"),
        "quarter_yoy": _("季度同比"),
        "cumulative_unexplained": _("企业数据未解释部分"),
        "unexplained": _("企业数据未解释部分"),
        "estimate": _("未报企业估计数"),
        "estimated_yoy": _("含估计的累计同比"),
    }
    return words.get(stat, stat)


def lines(card: Card, row: Row, traced: Traced | None, pack: Pack, board: Board) -> list[tuple[str, str]]:
    """The card in words, the formula with the numbers in it, and the exact value the printed one was rounded from."""
    office = pack.offices.get(str(card.plain["office"]))
    found = [
        (_("含义"), pick(str(card.plain["meaning"]), str(card.plain.get("meaning_en", "")))),
        (_("公式"), pick(str(card.plain["formula"]), str(card.plain.get("formula_en", "")))),
    ]
    if row.value is None:
        found.append((_("为什么没有数"), row.reason or printed(None, "", row.absence).text))
    else:
        found += calculation(card, row, traced, forms_of(pack.folder))
    if row.covered is not None:
        found.append((_("覆盖面"), format_number(100 * row.covered, 1) + "%"))
    if row.published is not None:
        found.append((_("公布的增速"), format_number(Fraction(row.published, 100), 2) + "%"))
    told = growth_words(board, row)
    if told:
        found.append((_("公布与企业数据对照"), told))
    target = card.plain.get("target")
    if target:
        found.append((_("目标"), f"{in_words(str(target['text']))} · {target['commitment']}"))
    found += [
        (_("数据来源"), source_title(card, pack)),
        (_("责任单位"), pick(office.name, office.name_en) if office else str(card.plain["office"])),
        (_("编号"), row.id),
        (_("关账版本"), str(board.manifest["snapshot"])),
    ]
    return found


def growth_words(board: Board, row: Row) -> str:
    """A growth rate beside what else might be taken for it: the computed rate, what enterprises do not explain, and the ratio of totals of unlike scope; empty when it stands alone."""
    if row.unit != "%" or not row.stat.endswith("yoy"):
        return ""
    stats = ("bridge_total", "bridge_stored")
    beside = {stat: found for stat in stats if (found := board.rows.get((row.indicator, row.scope_kind, row.scope, row.period, stat)))}
    growth = from_rows(row, beside)
    if growth.ratio is None and not growth.worth_a_note:
        return growth.note if growth.absence == "undefined" and growth.note else ""
    return growth.words(language())


def source_title(card: Card, pack: Pack) -> str:
    """Where the numbers come from: the card's own words, in English the form's title."""
    form = forms_of(pack.folder).get(str(card.plain["form"]))
    return form.title_en if english() and form else str(card.plain["source"])


def calculation(card: Card, row: Row, traced: Traced | None, forms: Mapping[str, Form]) -> list[tuple[str, str]]:
    """The numbers put into the formula, and whether adding them up again gives the same."""
    if traced is None or not pick(traced.formula_zh, traced.formula_en):
        exact = f"{row.num:,} ÷ {row.den:,}" if row.den != 1 else f"{row.num:,}"
        return [(_("未舍入的值"), exact)]
    stored = item_of(forms, str(card.plain["form"]), str(card.plain["item"]))
    word = pick(STORED[stored.stored].unit, in_english(STORED[stored.stored].unit)) if stored and stored.stored in STORED else ""
    unit = _("（以%(unit)s计）") % {"unit": word} if word and traced.facts and stored and stored.stored != "1" else ""
    found = [(_("代入数字"), pick(traced.formula_zh, traced.formula_en) + unit)]
    if traced.recomputed is not None:
        same = traced.recomputed == row.value
        found.append(
            (_("重新加总"), _("● 由下列原始数重新加总，结果相同") if same else _("▼ 由下列原始数重新加总，结果不同，请联系数据管理员"))
        )
    return found


def item_of(forms: Mapping[str, Form], form: str, item: str) -> Item | None:
    """The form's item; None when the pack in force no longer has it."""
    found = forms.get(form)
    return next((one for one in found.items if one.id == item), None) if found else None


def facts_behind(traced: Traced | None, forms: Mapping[str, Form], board: Board, scope: Scope) -> tuple[list[dict[str, str]], int]:
    """The reported values a figure rests on, ready for the page; those of parties out of sight are only counted."""
    seen = facts_seen(traced, scope)
    shown = sorted((printed_fact(fact, forms, board.parties) for fact in seen), key=lambda one: (one["party"], one["order"], one["item"]))
    return shown, len(traced.facts) - len(seen) if traced else 0


def facts_seen(traced: Traced | None, scope: Scope) -> list[Mapping[str, Any]]:
    """The reported values behind a figure that this person may see."""
    return [fact for fact in traced.facts if scope.sees_party(fact["party"], fact["unit"])] if traced else []


def printed_fact(fact: Mapping[str, Any], forms: Mapping[str, Form], parties: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """One reported value as a table row, in the unit that stands on the form."""
    item = item_of(forms, str(fact["form"]), str(fact["item"]))
    if fact["value"] is None:
        value = printed(None, "", fact["absence"]).text
    else:
        value = printed_value(int(fact["value"]), item) if item else f"{fact['value']:,}"
    return {
        "party": str(parties.get(fact["party"], {}).get("name", fact["party"])),
        "item": item_title(item, fact),
        "period": parse_period(str(fact["period"])).label(language()),
        "order": str(fact["period"]),
        "value": value,
        "sheet": str(fact["sheet"]),
        "cell": str(fact["cell"]),
        "version": str(fact["version"]),
        "known_at": fact["known_at"].strftime("%Y-%m-%d"),
    }


def printed_value(stored: int, item: Item) -> str:
    """A stored value as the form prints it; a choice and a unit in the reader's language."""
    if item.type == "choice" and 0 <= stored < len(item.options):
        return pick(item.options[stored].title, item.options[stored].title_en)
    return in_words(printed_cell(stored, item)) if item.unit else printed_cell(stored, item)


def item_title(item: Item | None, fact: Mapping[str, Any]) -> str:
    """The item's title with what kind of figure it is: 「工业总产值 · 累计 · 上年同期」."""
    reported = {"month": _("当月"), "cumulative": _("累计"), "day": "", "event": ""}.get(str(fact["as_reported"]), str(fact["as_reported"]))
    role = {"value": "", "last_year_restated": _("上年同期"), "growth_published": _("公布增速")}.get(str(fact["role"]), str(fact["role"]))
    title = pick(item.title, item.title_en) if item else str(fact["item"])
    return " · ".join(part for part in (title, reported, role) if part)


def note(seen: int, hidden: int, traced: Traced | None) -> str:
    """How many are shown, and how many belong to parties this person may not see."""
    if traced is None:
        return ""
    if not traced.facts:
        return _("这个数由报送记录或其他数得出，没有直接的原始数。")
    parts = []
    if seen > FACTS_SHOWN:
        parts.append(_("只列前 %(n)s 个。") % {"n": FACTS_SHOWN})
    if hidden:
        parts.append(_("另有 %(n)s 个属于您无权查看的企业，只计数、不列名。") % {"n": hidden})
    return " ".join(parts)
