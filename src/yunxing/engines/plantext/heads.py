"""Pass 4, heads: where the heading of a numbered item ends and its text begins.

A heading ends at its ``。``, at the line end, or before the next number. Glued to its text without any of these, it ends where a known
heading name ends or where the text begins with a word that opens sentences.
"""

from __future__ import annotations

import re
from typing import Final

from yunxing.engines.plantext.tree import Node, walk
from yunxing.engines.plantext.view import View, bracket_pairs

LONGEST: Final = 45
# Sections and items of these names state principles and aims and hold no measures (保障措施 does hold some).
PRINCIPLES: Final = re.compile(
    r"^(?:总体|指导|基本|发展|主要|工作|行动|试点|建设|预期|具体|重大|重要|实施)?"
    r"(?:要求|思想|思路|原则|目标|意义|目的|依据|目标任务|要求和目标|思想和目标|思路和目标|目标和原则|思路与目标)(?:和(?:基本)?原则|及(?:主要|工作|发展)?目标|和(?:主要|工作|发展)?目标|、.{2,8})?$"
    r"|^(?:总则|附则|有关说明|名词解释|编制依据|背景|发展基础|现状.{0,6}|形势.{0,6})$"
)
_KNOWN: Final = re.compile(
    r"(?:总体要求|指导思想|基本原则|(?:发展|主要|总体|工作|行动)目标|(?:主要|重点|工作)任务|保障措施|组织(?:保障|实施|领导)|(?:有关|工作)要求|实施步骤|附则)"
)
_OPENERS: Final = re.compile(
    r"(?:以习近平|坚持以|深入贯彻|全面贯彻|按照|到20|对标|各(?:地区|级|市|县|有关|相关)|成立|为(?:贯彻|深入|进一步)|省有关|市有关)"
)
_GRANT: Final = re.compile(r"\d[\d.]*(?:万元|亿元|元|%)|给予.{0,20}(?:奖励|补助|补贴)")
_OWN: Final = re.compile(r"^本(?:办法|措施|政策|意见|方案|规定|细则|通知)")
_FULL: Final = re.compile(r"^(?:对(?!接|标|外)|自\d|凡|将|在.{2,20}(?:中|上|内|时)，|允许|授权|授予)")


def _sentence_end(view: View, start: int, end: int) -> int:
    for i in range(start, end):
        if view.text[i] in "。\n；":
            return i
        if view.text[i] == "：" and i - start <= LONGEST and i + 1 < end and view.text[i + 1] == "\n":
            return i
    return end


def heads(view: View, roots: list[Node]) -> None:
    """Set ``title`` (None where the item begins with its text at once) and ``body`` (where the text begins) of every node."""
    for node in walk(roots):
        first_child = node.children[0].mark.start if node.children else node.end
        stop = min(node.end, first_child)
        end = _sentence_end(view, node.mark.end, stop)
        words = view.text[node.mark.end : end].strip(" 　：:")
        rest = view.text[end:stop].strip("。\n ；")
        if end == stop and not rest and len(words) > LONGEST:
            glued = _glued(words)
            if glued:
                node.title, node.body = words[:glued], node.mark.end + glued
                continue
        node.body = min(end + 1, stop) if end < stop else stop
        node.title = words if _is_heading(view, node, words, rest, end) else None
        if node.title is None:
            node.body = node.mark.end


def _glued(words: str) -> int:
    known = _KNOWN.match(words)
    if known:
        return known.end()
    opener = _OPENERS.search(words, 4, LONGEST)
    return opener.start() if opener else 0


def _is_heading(view: View, node: Node, words: str, rest: str, end: int) -> bool:
    if not words:
        return False
    if len(words) > LONGEST:
        return False
    closed = end < len(view.text) and view.text[end] == "；"
    if node.children:
        return not closed or len(words) <= 20
    if closed or _GRANT.search(words):
        return False
    task = rest
    for a, b in reversed(bracket_pairs(rest)):
        if b - a > 6:
            task = task[:a] + task[b:]
    if not task.strip("。；（） \n") and (node.depth or node.mark.style == "article"):
        return False
    if _OWN.match(words):
        return False
    if _FULL.match(words) and ("，" in words or len(words) > 20):
        return False
    return words.count("，") + words.count("、") <= 6 and not (words.count("，") > 1 and len(words) > 32)
