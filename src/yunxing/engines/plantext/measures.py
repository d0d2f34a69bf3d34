"""Pass 5, measures: which numbered items carry tasks, and where each ends.

A measure is the smallest numbered item that carries a task. Items under headings of principle are none. Where only some items of a level
are divided further the undivided level is the measure, unless the divisions carry the responsible offices themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from yunxing.engines.plantext.brackets import Group
from yunxing.engines.plantext.heads import PRINCIPLES
from yunxing.engines.plantext.tree import Node, walk
from yunxing.engines.plantext.view import View

CLOSING: Final = re.compile(
    r"(?:本(?:措施|办法|政策|意见|方案|通知|规定|细则|计划|条款|实施)|以上(?:政策|措施|条款)).{0,40}(?:施行|实施|执行|解释|废止|为准|有效)"
    r"|^(?:附件|附：|联系(?:人|电话)|政策解读|相关(?:链接|阅读)|此件|（此件|抄送|主办|责任编辑|扫一扫|更多信息|（联系)"
    r"|^(?:各(?:地|级|市|县|省|部门|单位|有关)|(?:省|市|县|国务院)(?:有关|各|直)).{0,30}(?:要|应)"
    r"|^(?:20\d\d|二[〇○0零]..)年.{1,3}月.{1,3}日"
)

_SCRAPS: Final = re.compile(r"(?:附件[：\d]|联系人|政策解读|相关(?:链接|阅读)|（?此件(?:公开|主动)|抄送|责任编辑|扫一扫|更多信息|打印本页)")
# A time limit printed after the offices belongs to the measure.
_TIME_LIMIT: Final = re.compile(r"[。；，]?(?:完成|落实|办理|整改)?(?:时限|时间|期限)(?:节点|要求)?：[^。；\n]{2,30}")
_SIGNED: Final = re.compile(
    r"[^。，；：\n]{2,120}(?:20\d\d|二[〇○零]..)年[\d一二三四五六七八九十]{1,2}月[\d一二三四五六七八九十]{1,3}日(?!起|前)"
)


@dataclass(slots=True)
class Found:
    """A measure as spans of the view. ``why`` tells the rule; ``reason`` is set when the choice of level is open to doubt."""

    node: Node
    id: str
    start: int
    end: int
    section: Node | None
    why: str
    reason: str = ""


def principle(node: Node) -> bool:
    """Whether the heading names principles or aims."""
    return bool(node.title and PRINCIPLES.match(node.title.strip("。： ")))


def _carries(node: Node, groups: list[Group]) -> bool:
    return any(node.mark.end <= g.start < node.end for g in groups)


def _choose(kids: list[Node], groups: list[Group]) -> list[tuple[Node, str]]:
    kids = [k for k in kids if not principle(k)]
    split = [k for k in kids if k.children]
    if not split:
        return [(k, "leaf") for k in kids]
    inner = [g for k in split for g in k.children]
    carrying = sum(_carries(g, groups) for g in inner)
    any_office = any(_carries(k, groups) for k in kids)
    down = carrying * 2 > len(inner) if any_office else len(split) == len(kids) and not any(_lead_text(k) for k in split)
    if not down:
        return [(k, "item with divisions" if k.children else "leaf") for k in kids]
    out: list[tuple[Node, str]] = []
    for k in kids:
        out += _choose(k.children, groups) if k.children else [(k, "leaf beside divided items")]
    return out


def _lead_text(node: Node) -> bool:
    """Whether task text stands between the heading and the first division."""
    return bool(node.children) and node.children[0].mark.start - node.body > 15


def _parts(roots: list[Node], groups: list[Group], view: View) -> tuple[list[Node], list[str]]:
    """The top nodes of the plan itself: the notice's own items and a second copy of the text are left out, and said so."""
    by_part: dict[int, list[Node]] = {}
    for node in roots:
        by_part.setdefault(node.part, []).append(node)
    if len(by_part) < 2:
        return roots, []
    size = {p: len(walk(nodes)) for p, nodes in by_part.items()}
    main = max(size, key=lambda p: (size[p], -p))
    kept: list[Node] = []
    warnings: list[str] = []
    seen: set[tuple[str, ...]] = set()
    for part, nodes in by_part.items():
        heads = tuple(view.text[n.mark.start : n.mark.end + 12].replace("\n", "")[:10] for n in walk(nodes))
        if heads in seen:
            warnings.append("the text stands twice; the second copy is left out")
        elif part != main and (part < main or size[part] < 4) and not any(_carries(n, groups) for n in nodes):
            warnings.append(f"numbered items of the notice are no measures: {', '.join(n.mark.printed for n in nodes)}")
        else:
            kept += nodes
        seen.add(heads)
    return kept, warnings


def measures(view: View, roots: list[Node], groups: list[Group]) -> tuple[list[Found], list[Node], list[str]]:
    """(measures in order, section nodes, warnings)."""
    tops, warnings = _parts(roots, groups, view)
    articles = [n for n in walk(tops) if n.mark.style == "article"]
    chosen: list[tuple[Node, str]]
    if len(articles) >= 3:
        chosen = [(n, "article") for n in articles]
    elif not any(n.children for n in tops if not principle(n)):
        chosen = [(n, "one level") for n in tops if not principle(n)]
    else:
        chosen = []
        leaves = [n for n in tops if not n.children and not principle(n)]
        inner = sum(len(n.children) for n in tops if not principle(n))
        for top in tops:
            if principle(top) and not any(_carries(k, groups) for k in top.children):
                continue
            if top.children:
                chosen += _choose(top.children, groups)
            elif _carries(top, groups):
                chosen.append((top, "undivided section with offices"))
            elif len(leaves) > inner:
                chosen.append((top, "undivided section, as most are"))
    nodes = [n for n, _ in chosen]
    taken = {id(n) for n in nodes}
    inside = {id(d) for n in nodes for d in walk(n.children)}
    sections = [
        n
        for n in walk(tops)
        if id(n) not in taken and id(n) not in inside and (n.depth == 0 or any(id(d) in taken for d in walk(n.children)))
    ]
    numbers = [n.mark.printed for n in nodes]
    restarts = len(set(numbers)) < len(numbers)
    found: list[Found] = []
    for i, (node, why) in enumerate(chosen):
        top = _top(node)
        section = top if top is not node else None
        prefix = _path(node) if restarts else node.mark.printed
        last = i == len(chosen) - 1 or chosen[i + 1][0].part != node.part
        end = _end(view, node, groups, last)
        found.append(Found(node, prefix, node.mark.start, end, section, why))
    for item in found:
        item.reason = "; ".join(item.node.warnings)
    _unique(found)
    return found, sections, warnings


def _top(node: Node) -> Node:
    while node.parent is not None:
        node = node.parent
    return node


def _path(node: Node) -> str:
    parts = [node.mark.printed]
    while node.parent is not None:
        node = node.parent
        parts.append(node.mark.printed)
    return "-".join(reversed(parts))


def _unique(found: list[Found]) -> None:
    seen: dict[str, int] = {}
    for item in found:
        seen[item.id] = seen.get(item.id, 0) + 1
        if seen[item.id] > 1:
            item.id = f"{item.id}.{seen[item.id]}"
            item.reason = "; ".join(filter(None, (item.reason, "the number stands twice in the text")))


def _end(view: View, node: Node, groups: list[Group], last: bool) -> int:
    """Where the measure ends: after its last responsibility bracket, else before the next number or the closing words."""
    text = view.text
    stop = node.end
    own = [g for g in groups if node.mark.end <= g.start < stop]
    if own:
        end = own[-1].end
        limit = _TIME_LIMIT.match(text, end, stop)
        end = limit.end() if limit else end
        line = text.find("\n", end, stop)
        line = stop if line < 0 else line
        rest = text[end:line]
        whole = "\n" in text[node.mark.start : min(stop + 1, len(text))] and text[node.mark.start - 1 : node.mark.start] in ("", "\n")
        if rest[:1] in ("。", "；"):
            end += 1
        elif whole and len(rest) > 0 and not last and not CLOSING.search(rest[:60]):
            end = line
        return end
    end = stop
    if last:
        end = _before_closing(view, node, stop)
    while end > node.mark.end and text[end - 1] in "\n ":
        end -= 1
    return end


def _before_closing(view: View, node: Node, stop: int) -> int:
    text = view.text
    at = text.find("\n", max(node.body, node.mark.end), stop)
    divided = node.children[-1].mark.end if node.children else 0
    while 0 <= at < stop:
        after = text.find("\n", at + 1, stop)
        line = text[at + 1 : stop if after < 0 else after]
        if at >= divided and (CLOSING.search(line) or len(line) < 25 or text[at - 1] in "。）"):
            return at
        at = after
    for pattern in (CLOSING, _SCRAPS, _SIGNED):
        for sign in pattern.finditer(text, node.mark.end + 2, stop):
            if text[sign.start() - 1] in "。）":
                return sign.start()
    return stop
