"""Pass 11a, the head of the text: title, document number, addressee. Titles may be broken over lines, or glued to what follows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from yunxing.engines.plantext.tree import Node
from yunxing.engines.plantext.view import View

KIND: Final = (
    r"(?:通知|意见|办法|方案|措施|规划|计划|规定|细则|政策|决定|公告|通告|函|批复|纲要|指南|要点|清单|条例|行动|举措|规则|制度|十条|条)"
)
NUMBER: Final = re.compile(r"(?P<mark>[一-鿿A-Za-z]{2,12})〔(?P<y>(?:19|20)\d\d)〕第?(?P<n>\d{1,5})号")
_ANNOUNCED: Final = re.compile(r"(?P<mark>[一-鿿]{2,14})(?P<y>20\d\d)年第(?P<n>\d{1,4})号")
_PLACE_OF: Final = re.compile(
    r"(?:各|省|市|县|区|国务院|新区|有关|人民政府|管委会|委员会|经济开发区|[一-鿿]{2,8}(?:市|县|区|州|盟)人民政府)"
)
_TITLE_END: Final = re.compile(rf"(?:{KIND}(?:（[^）]{{1,20}}）)?)$")
_GLUED: Final = re.compile(
    r"的?(?:通知|意见|办法|方案|措施|决定|批复|函)(?:（[^）]{1,16}）)?(?=各|[一-鿿]{1,4}(?:政办|政|发|办)?[发字办函]*〔|[一-鿿]{2,8}人民政府)"
)


_LETTERHEAD: Final = re.compile(r"^[^，。：；]{3,40}文件$")


@dataclass(slots=True)
class Head:
    """What stands before the text: strings of the view, and where the head ends in the view."""

    title: str | None
    number: str | None
    addressee: str | None
    end: int


def head(view: View, roots: list[Node]) -> Head:
    """Read the head. The document's own number stands free; one in brackets after 《…》 is cited."""
    text = view.text
    first = roots[0].mark.start if roots else len(text)
    stop = min(first, 1500)
    number = _number(text, stop)
    addressed = _addressee(text, stop)
    title = _title(text[:stop], number, addressed)
    return Head(
        title,
        number.group() if number else None,
        text[addressed[0] : addressed[1] - 1] if addressed else None,
        addressed[1] if addressed else 0,
    )


def _number(text: str, stop: int) -> re.Match[str] | None:
    for found in NUMBER.finditer(text, 0, stop):
        before = text[: found.start()]
        if before.count("（") > before.count("）"):
            continue
        line = text.rfind("\n", 0, found.start()) + 1
        words = text[line : found.start("n")]
        cites = re.search(r"《|(?:根据|依据|按照|贯彻|落实|转发)", words) and "》" not in words[-4:]
        if cites and (line or not re.search(r"(?:通知|意见|办法|方案|措施|决定)[一-鿿]{2,8}$", before + found["mark"])):
            continue
        glued = re.search(r"(?:通知|意见|办法|方案|措施|决定|批复|函|规定)(?=[一-鿿]{2,8}$)", found["mark"])
        if glued:
            return NUMBER.match(text, found.start() + glued.end()) or found
        return found
    return None


def _addressee(text: str, stop: int) -> tuple[int, int] | None:
    """The first short line, or end of the glued title line, that ends in a colon and names places or bodies."""
    for found in re.finditer(r"：", text[: min(stop, 700)]):
        at = found.start()
        line = text.rfind("\n", 0, at) + 1
        words = text[line:at]
        number = NUMBER.search(words)
        begin = line + number.end() if number else line
        glued = list(_GLUED.finditer(text, begin, at))
        if glued:
            begin = glued[-1].end()
        words = text[begin:at]
        if (
            4 <= len(words) <= 220
            and "。" not in words
            and _PLACE_OF.search(words)
            and not re.search(r"(?:如下|措施|意见|通知如下|方案)$", words)
        ):
            return begin, at + 1
        if "。" in words or len(words) > 220:
            return None
    return None


def _title(text: str, number: re.Match[str] | None, addressed: tuple[int, int] | None) -> str | None:
    lines = [line for line in text.split("\n") if line.strip() and not _LETTERHEAD.match(line)]
    if not lines:
        return None
    if addressed is not None:
        lines = [line for line in text[: addressed[0]].split("\n") if line.strip() and not _LETTERHEAD.match(line)]
    parts: list[str] = []
    for line in lines[:8]:
        clean = (
            NUMBER.sub("", line, count=1)
            if NUMBER.match(line) or (number and number.group() in line and "《" not in line.split(number.group())[0][-30:])
            else line
        )
        if not clean:
            if parts:
                break
            continue
        if re.search(r"[。；]", clean) or (re.match(r"(?:为|根据|《[^》]*》(?:已|经))", clean) and parts):
            break
        parts.append(clean)
        joined = "".join(parts)
        if _TITLE_END.search(joined) and not re.search(r"(?:关于印发|转发)[^的]*$", joined) and joined.count("《") == joined.count("》"):
            break
    words = "".join(parts)
    glued = _GLUED.search(words)
    if glued:
        words = words[: glued.end()]
    return words.strip("：: ") or None if len(words) <= 160 else None
