"""If this firm stops: the answer as its page shows it, cut to the scope of whoever looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from yunxing.desk.chain.maps import chain_map
from yunxing.desk.chain.selectors import FEW, SHOWN, kept_lists, reason_word
from yunxing.desk.dispatch.place import unit_name
from yunxing.desk.room.chain_net import sees
from yunxing.desk.room.figures import pick
from yunxing.engines.chain.network import WHOLE
from yunxing.engines.chain.stop import Hit, Stopped, lost_output
from yunxing.engines.chain.stop import stop as stop_firms
from yunxing.engines.chain.substitutes import substitutes
from yunxing.flows.chain_lists import percent_text, yi
from yunxing.flows.read_chains import ReadChains
from yunxing.values.errors import BadInput


def _whole(given: Mapping[str, str], name: str, usual: int | None, most: int) -> int | None:
    text = given.get(name, "").strip()
    if not text:
        return usual
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise BadInput(_("天数应为 1 至 %(most)s 的整数，现为“%(text)s”。") % {"most": most, "text": text})
    return int(text)


def stop_page(read: ReadChains, key: str, firm: str, given: Mapping[str, str]) -> dict[str, Any]:
    """The answer for one firm: hits the person may see by name, the others counted; sellers; substitutes; the map with the marks of the hits."""
    days = _whole(given, "days", read.rules.horizon, 366) or read.rules.horizon
    still = _whole(given, "for", None, 366)
    stocks = given.get("stocks", "") != "none"
    found = stop_firms(read.network, [firm], days=days, stopped_for=still, stocks=stocks)
    hits = [one for one in found.hits if one.firm != firm]
    seen = [one for one in hits if sees(read, one.firm)]
    chain = read.rules.chains[key]
    return {
        "key": key, "title": pick(chain.title, chain.title_en), "firm": firm, "name": read.name(firm), "unit": unit_name(read.unit(firm)), "day": read.day, "days": days, "still": still or "",
        "stocks": stocks, "rows": [_hit(read, one) for one in seen], "count": len(hits), "hidden": _few(len(hits) - len(seen)), "waves": _waves(hits),
        "sentence": _sentence(read, found, hits, seen), "sellers": _sellers(read, found), "substitutes": _substitutes(read, firm, hits),
        "map": chain_map(read, key, {one.firm: one for one in found.hits}, firm), "mine": [one for one in read.network.members[key] if one.id == firm],
        "case_row": next((row.key for row in kept_lists(read, key).get("bottlenecks", []) if row.party == firm), ""),
    }  # fmt: skip


def _few(count: int) -> str:
    """How many are not named: a number, or 「不足 3 家」 for few."""
    return "" if not count else str(count) if count >= FEW else _("不足 %(few)s") % {"few": FEW}


def _hit(read: ReadChains, one: Hit) -> dict[str, Any]:
    firm = read.network.firm(one.firm)
    product = read.network.products.get(one.product)
    lost = lost_output(firm, one, read.days) if firm is not None and read.days else None
    by = read.name(one.supplier) if one.supplier and sees(read, one.supplier) else _("其他县（市、区）企业") if one.supplier else ""
    return {
        "hit": one, "name": read.name(one.firm), "unit": unit_name(read.unit(one.firm)), "day": one.day, "lowest": percent_text(Fraction(one.lowest, WHOLE)), "lowest_day": one.lowest_day,
        "last": percent_text(Fraction(one.last, WHOLE)), "product": pick(product.title, product.title_en) if product else "—", "by": by, "wave": one.wave, "lost": yi(lost), "told": one.told,
    }  # fmt: skip


def _waves(hits: Sequence[Hit]) -> list[dict[str, Any]]:
    """How many firms are newly hit by the day: bars in words and figures."""
    steps = (1, 3, 7, 15, 30, 60, 90, 366)
    found, before = [], 0
    for day in steps:
        count = sum(before <= one.day <= day for one in hits) if before == 0 else sum(before < one.day <= day for one in hits)
        if count:
            found.append({"until": day, "from": before, "count": count, "bar": "▮" * min(count, 40)})
        before = day
    return found


def _sentence(read: ReadChains, found: Stopped, hits: Sequence[Hit], seen: Sequence[Hit]) -> str:
    name = read.name(found.firms[0])
    if not hits:
        return _("%(name)s停产 %(days)s 天，链上没有企业受影响。") % {"name": name, "days": found.stopped_for}
    first = min(one.day for one in hits)
    words = _("%(name)s停产，%(days)s 天内有 %(n)s 家企业受影响，最早在第 %(first)s 天") % {
        "name": name,
        "days": found.days,
        "n": len(hits),
        "first": first,
    }
    worst = min(seen, key=lambda one: (one.lowest, one.day, one.firm), default=None)
    if worst is None:
        return words + pick("。", ".")
    return words + _("；最重的是%(worst)s，降到正常的 %(level)s。") % {
        "worst": read.name(worst.firm),
        "level": percent_text(Fraction(worst.lowest, WHOLE)),
    }


def _sellers(read: ReadChains, found: Stopped) -> list[dict[str, Any]]:
    return [
        {"name": read.name(name), "unit": unit_name(read.unit(name)), "share": percent_text(share)} for name, share in found.sellers if sees(read, name)
    ][:SHOWN]  # fmt: skip


def _substitutes(read: ReadChains, firm: str, hits: Sequence[Hit]) -> list[dict[str, Any]]:
    by_product: dict[str, list[dict[str, Any]]] = {}
    for one in substitutes(read.network, firm, hit={hit.firm for hit in hits}):
        if sees(read, one.firm):
            row = {
                "name": read.name(one.firm),
                "unit": unit_name(read.unit(one.firm)),
                "output": yi(one.output),
                "reasons": pick("、", ", ").join(reason_word(name) for name in one.reasons),
            }
            by_product.setdefault(one.product, []).append(row)
    sold = sorted({one.product for one in read.network.sells.get(firm, ())})
    names = read.network.products
    return [{"product": pick(names[product].title, names[product].title_en), "rows": by_product.get(product, [])} for product in sold]
