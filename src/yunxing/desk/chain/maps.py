"""The map of a chain as its template draws it: boxes with a light each, firms as marks with a shape and a word, arrows with their product."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk.chain.selectors import kept_lists, level_word, segment_row, verdict_of
from yunxing.desk.room.chain_net import sees
from yunxing.desk.room.figures import pick
from yunxing.engines.chain import gaps, weight
from yunxing.engines.chain.drawing import PAD, draw
from yunxing.engines.chain.network import WHOLE, Firm
from yunxing.engines.chain.stop import Hit
from yunxing.flows.read_chains import ReadChains

BASE = 5  # from the middle of a line down to the baseline of its letters


def chain_map(read: ReadChains, key: str, hits: Mapping[str, Hit] | None = None, stopped: str = "") -> dict[str, Any]:
    """The map as the template draws it. With `hits` the marks say who is hit and on which day, else what each firm is to the chain."""
    chain, network = read.rules.chains[key], read.network
    roles = _roles(read, key)
    lines: dict[str, list[str]] = {}
    others: dict[str, int] = {}
    for segment in chain.segments:
        firms = sorted(
            (one for one in network.members[key] if segment.id in one.segments), key=lambda one: (_rank(one, roles, hits), one.id)
        )
        seen = [one.id for one in firms if sees(read, one.id)]
        others[segment.id] = len(firms) - len(seen)
        lines[segment.id] = [*seen, *([""] if others[segment.id] else [])]
    drawing = draw(chain, lines)
    states = gaps.states(read.network, key, read.rules.bounds)
    judged = {one.segment: one for one in states}
    boxes = []
    for box in drawing.boxes:
        segment, state = network.segments[box.segment], judged[box.segment]
        boxes.append(
            {
                "box": box, "title": pick(segment.title, segment.title_en), "level": level_word(segment.level), **verdict_of(state), "right": box.x + box.width - PAD, "title_x": box.x + PAD, "title_y": box.y + 24, "light_y": box.y + 46,
                "figures": _("%(n)s 家 · 本地 %(share)s") % {"n": state.firms, "share": segment_row(read, state)["local"]}, "dashed": state.verdict == "missing",
                "marks": [_mark(read, key, one, roles, hits, stopped) for one in box.marks if one.firm],
                "rest": next(({"x": one.x, "text_y": one.y + BASE, "n": others[box.segment]} for one in box.marks if not one.firm), None),
            }
        )  # fmt: skip
    arrows = [
        {"arrow": one, "label": pick(network.products[one.product].title, network.products[one.product].title_en)} for one in drawing.arrows
    ]
    words = _("%(chain)s图谱：%(segments)s 个环节，%(firms)s 家企业，断点 %(missing)s 处，弱项 %(weak)s 处。") % {
        "chain": pick(chain.title, chain.title_en), "segments": len(states), "firms": len(network.members[key]),
        "missing": sum(one.verdict == "missing" for one in states), "weak": sum(one.verdict == "weak" for one in states),
    }  # fmt: skip
    return {"drawing": drawing, "boxes": boxes, "arrows": arrows, "words": words, "stopped": bool(hits)}


def _roles(read: ReadChains, key: str) -> dict[str, str]:
    """What a firm is to its chain: the gravest of leader, bottleneck, sole supplier."""
    lists = kept_lists(read, key)
    supplier = {
        one.supplier for one in weight.sole_supplied(read.network, int(read.rules.bounds.single_share * WHOLE), {f.id for f in read.network.members[key]})
    }  # fmt: skip
    roles = dict.fromkeys(supplier, "sole")
    roles |= {one.party: "bottleneck" for one in lists.get("bottlenecks", [])}
    return roles | dict.fromkeys(read.led[key].firms, "leader")


def _rank(firm: Firm, roles: Mapping[str, str], hits: Mapping[str, Hit] | None) -> tuple[int, int]:
    if hits is not None:
        return (hits[firm.id].day if firm.id in hits else 10**6, -(firm.output or -1))
    return (("leader", "bottleneck", "sole", "").index(roles.get(firm.id, "")), -(firm.output or -1))


def _mark(read: ReadChains, key: str, one: Any, roles: Mapping[str, str], hits: Mapping[str, Hit] | None, stopped: str) -> dict[str, Any]:
    name = read.name(one.firm)
    role = roles.get(one.firm, "")
    shape, kind, word = {"leader": "★", "bottleneck": "◆", "sole": "▲", "": "●"}[role], role or "plain", role_word(role)
    if hits is not None:
        hit = hits.get(one.firm)
        shape, kind, word = "○", "plain", _("未受影响")
        if one.firm == stopped:
            shape, kind, word = "✕", "stopped", _("停产")
        elif hit is not None:
            shape, kind, word = "▼", "hit", _("第 %(day)s 天受影响") % {"day": hit.day}
    tail = f" {hits[one.firm].day}" if hits is not None and one.firm in hits and one.firm != stopped else ""
    return {
        "x": one.x, "text_y": one.y + BASE, "shape": shape, "kind": kind, "word": word, "name": name, "short": (name if len(name) <= 12 else name[:11] + "…"), "tail": tail,
        "href": reverse("chain:stop", args=[key, one.firm]),
    }  # fmt: skip


def role_word(role: str) -> str:
    """What a firm's mark means."""
    return {"leader": _("链主"), "bottleneck": _("堵点"), "sole": _("独家供应"), "": _("企业")}[role]
