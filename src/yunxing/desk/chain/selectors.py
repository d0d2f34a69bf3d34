"""What the pages of the chains show, cut to the scope of whoever looks: his own firms by name, the others counted."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from yunxing.desk.casework.models import Case
from yunxing.desk.chain.services import OPENS, case_key
from yunxing.desk.dispatch.place import unit_name
from yunxing.desk.room.chain_net import sees
from yunxing.desk.room.figures import language, pick
from yunxing.desk.room.shell import pack_in_force
from yunxing.desk.scoping import current_scope
from yunxing.engines.chain import gaps, weight
from yunxing.engines.chain.gaps import State
from yunxing.flows import walk_case
from yunxing.flows.chain_lists import VERDICTS, WHY, Row, lists_of, percent_text, yi
from yunxing.flows.read_chains import ReadChains
from yunxing.values.period import parse_period
from yunxing.values.scope import ALL

FEW = 3  # a figure of fewer firms is not shown to someone who may not see all of them
SHOWN = 12  # rows of a list on the page; the workbook has them all
LIGHTS = {"missing": ("red", "▼"), "weak": ("amber", "◆"), "single": ("amber", "◆"), "unknown": ("none", "○"), "sound": ("green", "●")}
MOST_KEPT = 24


_KEPT: dict[tuple[int, str], tuple[ReadChains, dict[str, list[Row]]]] = {}


def kept_lists(read: ReadChains, chain: str) -> dict[str, list[Row]]:
    """The N lists of a chain, made once for a state of the registry."""
    found = _KEPT.get((id(read), chain))
    if found is None or found[0] is not read:
        if len(_KEPT) >= MOST_KEPT:
            _KEPT.clear()
        found = _KEPT[id(read), chain] = read, lists_of(read, chain)
    return found[1]


def level_word(level: str) -> str:
    """Where on the chain a segment stands."""
    return {"up": _("上游"), "mid": _("中游"), "down": _("下游"), "side": _("配套")}[level]


def reason_word(name: str) -> str:
    """Why a firm could step in."""
    return {
        "supplies_buyer": _("已向受影响企业供货"),
        "sells_product": _("已有该产品销售"),
        "large_enough": _("产值不低于缺口金额"),
        "same_unit": _("同县（市、区）"),
        "same_segment": _("同环节"),
    }[name]


def place_word(pair: tuple[str, str]) -> str:
    """A text of a row in the language of the page."""
    return pick(*pair)


def verdict_of(state: State) -> dict[str, Any]:
    """The light of a segment: colour, shape, word, and why."""
    colour, shape = LIGHTS[state.verdict]
    return {
        "colour": colour,
        "shape": shape,
        "word": pick(*VERDICTS[state.verdict]),
        "why": pick("；", "; ").join(pick(*WHY[name]) for name in state.why),
    }


def masked(state: State) -> bool:
    """Whether a segment's purchases are too few firms' to be shown to someone who does not see the whole city."""
    return current_scope().units is not ALL and 0 < state.buyers < FEW


def period_label(read: ReadChains) -> str:
    """The period of the outputs in words; empty where none was reported."""
    return parse_period(read.period).label(language()) if read.period else ""


def home(read: ReadChains | None) -> dict[str, Any]:
    """The page of all chains."""
    if read is None:
        return {"rows": [], "faults": []}
    rows = []
    for key, chain in read.rules.chains.items():
        states = gaps.states(read.network, key, read.rules.bounds)
        led = read.led[key]
        share = gaps.local_share(gaps.of_chain(read.network, key))
        rows.append(
            {
                "key": key, "title": pick(chain.title, chain.title_en), "zh": chain.title, "official": led.official, "office": led.office,
                "leaders": [read.name(one) for one in led.firms if sees(read, one)], "leader_count": len(led.firms),
                "firms": len(read.network.members[key]), "share": share, "share_text": percent_text(share), "twelfths": int((share or 0) * 12),
                "missing": sum(one.verdict == "missing" for one in states), "weak": sum(one.verdict == "weak" for one in states),
                "single": sum(one.verdict == "single" for one in states), "segments": len(states),
            }
        )  # fmt: skip
    wide = current_scope().units is ALL
    return {
        "rows": rows,
        "faults": [str(one) for one in read.faults] if wide else [],
        "day": read.day,
        "period": period_label(read),
        "views": _views(read),
    }


def _views(read: ReadChains) -> list[str]:
    return [pick(one.title, one.title_en) for one in read.rules.views.values()]


def chain_page(read: ReadChains, key: str) -> dict[str, Any]:
    """The page of one chain."""
    chain, led = read.rules.chains[key], read.led[key]
    states = gaps.states(read.network, key, read.rules.bounds)
    sheets = _sheets(read, key)
    clause = f"{pack_in_force().document.short_number}/{chain.clause}"
    return {
        "key": key, "chain": chain, "title": pick(chain.title, chain.title_en), "clause": clause, "led": led, "day": read.day, "period": period_label(read),
        "share": percent_text(gaps.local_share(gaps.of_chain(read.network, key))), "firms": len(read.network.members[key]),
        "segments": [segment_row(read, one) for one in states], "sheets": sheets,
        "choices": sorted(((one.name, one.id) for one in read.network.members[key] if sees(read, one.id)), key=lambda pair: pair[0]),
        "bounds": [{"title": pick(one.title, one.title_en), "value": one.value, "sign": ">" if one.comparator == "gt" else "<", "source": one.source} for one in read.rules.entries.values()],
        "influence": _influence(read, key), "horizon": read.rules.horizon,
    }  # fmt: skip


def segment_row(read: ReadChains, state: State) -> dict[str, Any]:
    """A segment's figures as printed; what so few firms buy or make is kept back from someone who does not see the whole city."""
    segment = read.network.segments[state.segment]
    hidden = masked(state)
    return {
        "id": state.segment, "title": pick(segment.title, segment.title_en), "zh": segment.title, "level": level_word(segment.level), "firms": state.firms,
        "output": yi(state.output) if current_scope().units is ALL or state.firms >= FEW or not state.firms else _("保密"),
        "local": _("保密") if hidden else percent_text(None if state.outside is None else 1 - state.outside),
        "largest": _("保密") if hidden else percent_text(state.largest),
        "hhi": _("保密") if hidden else (percent_text(state.hhi).rstrip("%") if state.hhi is not None else "—"),
        "products": pick("、", ", ").join(pick(one.title, one.title_en) for one in segment.products), **verdict_of(state),
    }  # fmt: skip


def _influence(read: ReadChains, key: str) -> list[dict[str, Any]]:
    found = []
    for firm in read.led[key].firms:
        one = weight.influence(read.network, key, firm)
        if one is not None and sees(read, firm):
            parts = {name: percent_text(getattr(one, name)) for name in ("total", "own", "downstream", "upstream")}
            found.append(
                {"name": read.name(firm), "firm": firm, **parts, "buyers": one.buyers, "sellers": one.sellers, "unknown": one.unknown}
            )
    return found


def _sheets(read: ReadChains, key: str) -> list[dict[str, Any]]:
    """The N lists: rows the person may see, how many more there are; whether a row has its case already."""
    lists, kind = kept_lists(read, key), read.rules.facts.case
    hidden = {one.segment for one in gaps.states(read.network, key, read.rules.bounds) if masked(one)}
    found = []
    for sheet in read.rules.sheets:
        rows = lists[sheet.id]
        seen = [one for one in rows if not one.firm or sees_row(one)]
        opens = sheet.id in OPENS
        ids = {one.key: walk_case.case_id(kind, case_key(key, sheet.id, one.key)) for one in seen} if opens else {}
        there = dict(Case.objects.filter(pk__in=ids.values()).values_list("pk", "state")) if opens else {}
        office = pack_in_force().offices.get(sheet.owner)
        shown = [_shown(read, one, hidden, ids.get(one.key, "") if ids.get(one.key) in there else "") for one in seen]
        found.append(
            {
                "id": sheet.id, "title": pick(sheet.title, sheet.title_en), "zh": sheet.title, "owner": office.name if office else sheet.owner, "rows": shown, "first": shown[:SHOWN],
                "more": max(0, len(shown) - SHOWN), "count": len(rows), "hidden": len(rows) - len(seen), "opens": opens,
            }
        )  # fmt: skip
    return found


def _shown(read: ReadChains, one: Row, hidden: Collection[str], case: str) -> dict[str, Any]:
    """A row as the page, the workbook and the document print it."""
    why = _("保密") if one.key in hidden else pick(*one.why)
    if one.other:
        why += _("（供应商：%(name)s）") % {"name": read.name(one.other) if sees(read, one.other) else _("其他县（市、区）企业")}
    name = one.name if one.party else pick(*one.at)
    stop = one.firm and one.party in read.network.index
    return {"row": one, "name": name, "at": pick(*one.at), "why": why, "unit": unit_name(one.unit), "case": case, "stop": stop}


def sees_row(row: Row) -> bool:
    """Whether the person may see a row about an enterprise or a project."""
    return bool(row.unit) and current_scope().sees_party(row.party, row.unit)


def firm_named(read: ReadChains, text: str) -> str | None:
    """The firm of an id or a name that the person may see; None for none."""
    found = next((one.id for one in read.network.firms if text in (one.id, one.name)), None)
    return found if found is not None and sees(read, found) else None
