"""Pass 11b, the tail and the whole: signatories, date, cited documents, facts of validity."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from typing import Final

from yunxing.engines.plantext.head import KIND, NUMBER
from yunxing.engines.plantext.numerals import parse_han
from yunxing.engines.plantext.view import View

_SIGN_DATE: Final = re.compile(
    r"(?P<y>20\d\d|19\d\d|二[〇○零Oo][〇○零一二三四五六七八九Oo]{2})年(?P<m>\d{1,2}|[一二三四五六七八九十]{1,2})月(?P<d>\d{1,2}|[一二三四五六七八九十]{1,3})日"
)
_BODY: Final = re.compile(
    r"(?:委员会办公室|委员会|人民政府办公厅|人民政府办公室|人民政府|办公厅|办公室|领导小组|管理委员会|管委会|总局|管理局|厅|局|部|署|行|中心|支行|分行|分局|海关|法院|检察院|工会|联合会|联社|公司|国务院|指挥部|委|办|院|政府)$"
)
_SPLIT: Final = re.compile(
    r"(?:委员会|人民政府办公厅|人民政府办公室|人民政府|办公厅|办公室|领导小组|厅|局|部|署|中心|支行|分行|分局|海关|联合会)(?=[一-鿿])"
)
_CITED: Final = re.compile(
    r"《(?P<t>[^《》\n]{0,120}(?:《[^《》\n]{0,80}》[^《》\n]{0,80}){0,3})》(?P<paren>（(?P<n>[^（）\n]{4,40}号)）|〔(?P<n2>[^〔〕\n]*〔\d{4}〕\d+号)〕)?"
)
_LAWS: Final = re.compile(
    r"(?:落实|依据|根据|按照|遵守|执行|贯彻|依照)(?P<l>[^，。；：“”《》（）\n]{2,60}?)(?:等|的|有关|相关)[^，。；]{0,6}(?:法律|法规|规定|要求)"
)
_EFFECTS: Final = (
    ("in_force_from", re.compile(r"自(?P<v>[^，。；]{2,24}?)(?:之日)?起(?:正式)?(?:施行|实施|执行|生效)")),
    ("valid_for", re.compile(r"有效期(?:限)?(?:为|是)?(?P<v>(?:\d+|[一二三四五六七八九十两]+)(?:年|个月))")),
    (
        "valid_until",
        re.compile(
            r"(?:有效期(?:限)?(?:截止|延长|延续)?(?:至|到)|执行(?:期(?:限)?)?至|施行至|有效期截至)(?P<v>20\d\d年(?:\d{1,2}月(?:\d{1,2}日|底)?|底)?)"
        ),
    ),
    ("valid_until", re.compile(r"至(?P<v>20\d\d年\d{1,2}月\d{1,2}日)(?:止|失效|废止)")),
    ("repeals", re.compile(r"同时(?:予以)?(?:废止|失效)")),
    ("suspends", re.compile(r"停止执行|不再执行|暂停执行")),
)


@dataclass(slots=True)
class Signed:
    """Signatories in order with their spans, and the date with its span."""

    issuers: list[str]
    date: str | None
    span: tuple[int, int] | None


def iso_date(found: re.Match[str]) -> str | None:
    """The day a 成文日期 writes, in Arabic digits or Chinese numerals; None when there is no such day."""
    year = int(found["y"]) if found["y"].isdecimal() else parse_han(re.sub("[○Oo]", "〇", found["y"]))
    month = int(found["m"]) if found["m"].isdecimal() else parse_han(found["m"])
    day = int(found["d"]) if found["d"].isdecimal() else parse_han(found["d"])
    if not year or not month or not day or not 1 <= month <= 12 or not 1 <= day <= monthrange(year, month)[1]:
        return None
    return f"{year:04d}-{month:02d}-{day:02d}"


def signed(view: View) -> Signed:
    """The first date that stands under names of bodies; a date of a link or a sentence has none above it."""
    text = view.text
    for found in _SIGN_DATE.finditer(text):
        after = text[found.end() : found.end() + 6]
        if re.match(r"(?:起|前|至|之|，|、|以|的|印发|发布|）|—)", after) or text[max(0, found.start() - 1) : found.start()] in (
            "自",
            "到",
            "至",
            "于",
            "（",
        ):
            continue
        names = _names_above(view, found.start())
        date = iso_date(found)
        if date is not None and (
            names or (found.start() and text[found.start() - 1] == "\n" and (found.end() == len(text) or text[found.end()] == "\n"))
        ):
            return Signed(names, date, found.span())
    under = re.search(r"(?:^|\n)（" + _SIGN_DATE.pattern + r"[^）\n]{0,24}）(?=\n|$)", text[:1500])
    return Signed([], iso_date(under), under.span()) if under else Signed([], None, None)


def _names_above(view: View, at: int) -> list[str]:
    """Body names in the lines (or the glued words) just before a date, in reading order."""
    text = view.text
    names: list[str] = []
    end = at
    while end > 0 and len(names) < 40:
        if text[end - 1] == "\n":
            end -= 1
            continue
        start = max(text.rfind("\n", 0, end), text.rfind("。", 0, end), text.rfind("）", 0, end)) + 1
        words = text[start:end]
        if not words or not _BODY.search(words) or len(words) > 120 or re.search(r"[，；：“”《》\d]", words):
            break
        names = _split(view, start, end) + names
        if start and text[start - 1] != "\n":
            break
        end = start
    return names


def _split(view: View, start: int, end: int) -> list[str]:
    """Names set apart by blanks, or run together: a new name begins with the place the first one begins with, or is a central body."""
    pieces: list[tuple[int, int]] = []
    left = start
    for i in range(start + 1, end):
        gap = view.origin[i] - view.origin[i - 1]
        if gap > 1 and _BODY.search(view.text[left:i]):
            pieces.append((left, i))
            left = i
    pieces.append((left, end))
    out: list[str] = []
    for a, b in pieces:
        words = view.text[a:b]
        place = words[:2]
        cut = 0
        for m in _SPLIT.finditer(words):
            rest = words[m.end() :]
            if m.end() - cut >= 3 and (
                rest.startswith(place)
                or re.match(
                    r"(?:国家|中国|国务院|中共|财政部|商务部|科技部|公安部|教育部|交通运输部|农业农村部|工业和信息化部|生态环境部)", rest
                )
            ):
                out.append(words[cut : m.end()])
                cut = m.end()
        out.append(words[cut:])
    return [name for name in (w.strip("、 ") for w in out) if name]


@dataclass(slots=True)
class Cited:
    """A cited document in view offsets."""

    start: int
    end: int
    title: str
    number: str | None
    rule: str


def citations(view: View, title: str | None, own_number: str | None) -> list[Cited]:
    """Other documents that the text names, each once, in order. What the notice itself issues is not cited."""
    text = view.text
    own = _fold(title or "")
    out: list[Cited] = []
    seen: set[str] = set()
    for found in _CITED.finditer(text):
        name, number = found["t"], found["n"] or found["n2"]
        if number is not None and not NUMBER.search(number):
            number = None
        folded = _fold(name)
        issued = number is None and (
            folded in own or re.search(r"^(?:已经|已|经|现|印发)", text[found.end() : found.end() + 3]) is not None
        )
        key = number or folded
        if len(folded) < 3 or key in seen or issued or (number == own_number and number is not None) or (folded and folded == own):
            continue
        seen.add(key)
        out.append(Cited(found.start(), found.end(), name, number, "《》 with a number" if number else "《》"))
    for found in _LAWS.finditer(text):
        names = re.split(r"[、和及]", found["l"])
        if all(re.search(r"(?:法|条例|规定|办法)$", n) and 3 <= len(n) <= 20 for n in names):
            at = found.start("l")
            for name in names:
                start = text.index(name, at)
                at = start + len(name)
                if _fold(name) not in seen:
                    seen.add(_fold(name))
                    out.append(Cited(start, at, name, None, "law by name"))
    return sorted(out, key=lambda c: c.start)


def _fold(words: str) -> str:
    return re.sub(r"[\s《》“”（）()的]|关于", "", words)


@dataclass(slots=True)
class Fact:
    """A fact of validity in view offsets."""

    start: int
    end: int
    kind: str
    value: str | None
    object: str | None


def effects(view: View) -> list[Fact]:
    """自…起施行, 有效期…, 同时废止, 停止执行: each with its words. Only sentences about this document or named others count."""
    text = view.text
    out: list[Fact] = []
    for kind, pattern in _EFFECTS:
        for found in pattern.finditer(text):
            groups = found.groupdict()
            sentence = text[max(text.rfind("。", 0, found.start()), text.rfind("\n", 0, found.start())) + 1 : found.end()]
            if kind not in {"repeals", "suspends"} and not re.search(rf"(?:本|该|此).{{0,4}}{KIND}|^(?:自|有效期)|通知|措施", sentence):
                continue
            if kind == "in_force_from" and not re.search(r"(?:印发|发布|公布|下发|20\d\d|之|颁布|通过)", groups["v"] + "之"):
                continue
            if kind in {"repeals", "suspends"}:
                clause = re.split(r"[，。；\n]", text[max(0, found.start() - 80) : found.start()])[-1]
                whole = (
                    clause or re.split(r"[。；\n]", text[max(0, found.start() - 80) : found.start()])[-1].strip("，").rsplit("，", 1)[-1]
                )
                out.append(Fact(found.start() - (len(clause) if clause else 0), found.end(), kind, None, whole or None))
                continue
            out.append(Fact(found.start(), found.end(), kind, groups.get("v"), None))
    once: dict[tuple[str, str | None, str | None], Fact] = {}
    for fact in sorted(out, key=lambda f: (f.start, f.kind)):
        once.setdefault((fact.kind, fact.value, fact.object), fact)
    return list(once.values())
