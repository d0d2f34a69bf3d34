"""Pass 6, brackets: responsible offices and their roles.

Forms: ``（…负责）``, ``（责任单位：…）``, ``〔…〕`` around nested ``（…）``, a bare list of bodies, and labels without any bracket. Rules with 下同
act on the whole text after them. Without such a rule position never makes a lead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from yunxing.engines.plantext.model import Role
from yunxing.engines.plantext.view import View, bracket_pairs

_LABEL: Final = re.compile(
    r"(?P<lead>(?:牵头|主办|总牵头)(?:责任)?(?:单位|部门|处室)?)|(?P<support>(?:配合|协办|参与|协助|协同|参加)(?:责任)?(?:单位|部门|处室)?)"
    r"|(?P<responsible>(?:责任|负责|实施|承办|落实|主管|执行|组织实施|兑现|受理|主体责任|责任落实)(?:单位|部门|主体|处室|人)|责任分工)"
)
_LABELLED: Final = re.compile(rf"(?:{_LABEL.pattern})：")
_OTHER_LABEL: Final = re.compile(
    r"(?:适用范围|完成时[限间]|时间(?:安排|节点)|联系(?:人|电话)|资金来源|落实时限|政策依据|(?:责任|分管|牵头|包联|挂联)领导|责任人|责任科室|工作目标)："
)
_ROLE: Final = re.compile(
    r"(?P<shared>(?:(?:按照?|依据|根据|依)(?:照)?(?:各自)?(?:部门)?(?:职责|职能|分工|任务)(?:分工|范围|任务|权限)?(?:分别|共同|各自|抓好)?(?:负责|落实|配合落实|组织实施|抓好落实|推进)|分工负责|各负其责))"
    r"|(?P<lead>(?:分别|共同|联合)?牵头(?:负责|组织实施|落实|实施|推进)?|负责牵头|主办)"
    r"|(?P<support>(?:积极|共同|协同|予以|协助)?(?:配合|参与|协助|参加|协同|协办)(?:实施|落实|推进|做好)?)"
    r"|(?P<responsible>(?:分别|共同|具体|组织|联合)?(?:负责|指导|承担|组织实施|实施)(?:落实|实施|组织实施|推进|解释)?)"
)
BODY_END: Final = (
    r"(?:局|委|厅|部|办|署|院|会|处|所|站|社|台|队|团|组|中心|政府|管委会|支行|分行|分局|公司|集团|海关|大学|学院|银行|总队|支队|大队|联|室|馆|库|街道|乡镇|镇|乡|区|县|市|园区|指挥部|专班|单位|部门|企业|机构|"
    r"协会|商会|党工委|公积金|工会|妇联|残联|科协|贸促会|供电|电力|军区|机关|学校|高校|医院|运营商|办公厅|办公室|总公司|税务|公安|财政|开发区|功能区|管理区|新区|高新区|经开区)"
)
_BODY: Final = re.compile(rf".*{BODY_END}$")
_VAGUE: Final = re.compile(
    r"^(?:各)?(?:有关|相关|其他|其它)(?:职能|市直|县直|省直|成员|主管|责任)?(?:部门|单位|方面|部门和单位|部门、单位|地区|地方)(?:和单位)?$"
)
_FIRST_LEADS: Final = re.compile(
    r"(?:第[1一]位?|首位|第一个|最前面?|首先|居首)[^，；）]{0,6}(?:部门|单位|的)?[^，；）]{0,4}(?:为|是|系)牵头|第一责任?单位[^，；]{0,6}牵头"
)
_OPEN: Final = re.compile(
    r"等(?:\d+个|[一二三四五六七八九十]+个|多个|各)?(?:有关|相关|省直|市直|县直|其他)?(?:部门|单位|方面|职能部门|成员单位|部委|机构|地区|地方)?(?:和(?:有关|相关)?(?:单位|部门))?(?=$|[、，和及；与]|负责|按|牵头|配合|分别|共同|参与)"
)


_LONGEST: Final = 600  # characters of one list of offices


@dataclass(frozen=True, slots=True)
class Office:
    """One body with its role, as a span of the view."""

    name: str
    role: Role
    start: int
    end: int
    basis: str = "none"


@dataclass(slots=True)
class Group:
    """One responsibility bracket (or labelled list): its span in the view, the bodies in order, whether the list is open (等部门)."""

    start: int
    end: int
    offices: list[Office] = field(default_factory=list)
    open: bool = False
    first_leads: bool = False  # and in every list below (下同)
    first_leads_here: bool = False
    rule: str = ""


def _looks_bodies(content: str, strict: bool) -> bool:
    names = [n for n in re.split(r"[、，；]", _strip_nested(content).rstrip("。")) if n]
    if not names:
        return False
    fitting = sum(1 for n in names if 2 <= len(n) <= 24 and _BODY.match(_OPEN.sub("", n) or n))
    return fitting == len(names) if strict else fitting * 2 >= len(names)


def _strip_nested(text: str) -> str:
    for a, b in reversed(bracket_pairs(text)):
        text = text[:a] + text[b:]
    return text


_ROLE_END: Final = re.compile(rf"(?:{_ROLE.pattern})(?:。|，下同|；)?$")


def groups(view: View) -> list[Group]:
    """All responsibility lists of the text, in order; 下同 rules already applied."""
    text = view.text
    out: list[Group] = []
    taken = bytearray(len(text))
    for a, b in bracket_pairs(text, "（〔", "）〕"):
        group = _bracket(view, a, b)
        if group is not None:
            out.append(group)
            taken[a:b] = b"\1" * (b - a)
    past = 0
    for found in _LABELLED.finditer(text):
        if found.start() < past or taken[found.start()] or (found.start() and text[found.start() - 1] not in "。；\n）”，、— "):
            continue
        past = end = next(
            (i for i in range(found.end(), min(found.end() + _LONGEST, len(text))) if text[i] in "。\n"),
            min(found.end() + _LONGEST, len(text)),
        )
        content = text[found.start() : end]
        if _looks_bodies(_LABELLED.sub("", content), strict=False):
            group = Group(found.start(), end, rule="label without bracket")
            _parse(content, found.start(), group)
            out.append(group)
    out.sort(key=lambda g: g.start)
    return _merge(_same_below(out), text)


def _bracket(view: View, a: int, b: int) -> Group | None:
    content = view.text[a + 1 : b - 1]
    if not content or len(content) > _LONGEST:
        return None
    flat = _strip_nested(content)
    before = view.text[a - 1] if a else ""
    rule = ""
    if _LABELLED.match(content) or (_OTHER_LABEL.match(content) and _LABELLED.search(content)):
        rule = "labelled bracket"
    elif _ROLE_END.search(re.sub(r"[，；。][^，；。]*(?:下同|不再列出|以下).*$", "", flat)) and _looks_bodies(
        _ROLE.sub("", flat.split("。")[0]), strict=False
    ):
        rule = "bracket with a verb"
    elif "负责" in flat and _FIRST_LEADS.search(flat):
        rule = "bracket with a 下同 rule"
    elif (
        before in "。；” \n" and _looks_bodies(flat, strict=True) and (b == len(view.text) or view.text[b] in "\n。；（" or before == "。")
    ):
        rule = "bare list of bodies"
    if not rule:
        return None
    group = Group(a, b, rule=rule)
    _parse(content, a + 1, group)
    return group if group.offices or group.open else None


def _same_below(found: list[Group]) -> list[Group]:
    """After a rule that the first body leads (下同), it leads in every later list that names no lead of its own."""
    active = False
    for group in found:
        active = active or group.first_leads
        if (active or group.first_leads_here) and group.offices and not any(o.role == "lead" for o in group.offices):
            first = group.offices[0]
            group.offices[0] = Office(first.name, "lead", first.start, first.end, "下同 rule" if active else "first body leads")
    return found


def _merge(found: list[Group], text: str) -> list[Group]:
    """Two labelled lists that touch (牵头单位：…。责任单位：…) stay two groups; nothing is lost either way."""
    return [g for g in found if text[g.start : g.end].strip()]


def _parse(content: str, at: int, group: Group) -> None:
    """Fill the group from the words of one list; ``at`` is where they begin in the view."""
    blank = content
    for a, b in bracket_pairs(content):
        if _LABELLED.match(content[a + 1 : b]):
            continue
        blank = blank[:a] + "\x00" * (b - a) + blank[b:]
    same = re.search(r"[，；。]?[^，；。\x00]*(?:下同|牵头[部单][门位])[^；]*$", blank)
    here = re.search(r"[，；。][^，；。\x00]*$", blank)
    if same and "下同" in blank[same.start() :] and _FIRST_LEADS.search(blank[same.start() :]):
        group.first_leads = True
        blank = blank[: same.start()] + "\x00" * (len(blank) - same.start())
    elif here and _FIRST_LEADS.search(here.group()):
        group.first_leads_here = True
        blank = blank[: here.start()] + "\x00" * (len(blank) - here.start())
    for pattern in (r"[，；]?(?:以下|下同|不再列出|以下简称)[^，；。]*", r"[，；]以下简称[^，；]*"):
        for found in list(re.finditer(pattern, blank)):
            blank = blank[: found.start()] + "\x00" * (found.end() - found.start()) + blank[found.end() :]
    for piece in re.finditer(r"[^；。]+", blank):
        _clause(piece.group(), at + piece.start(), group)


def _clause(words: str, at: int, group: Group) -> None:
    """One clause of a list: labelled stretches, each up to the next label, or verbs alone. Labels of other matters end a stretch."""
    labels = sorted([*_LABELLED.finditer(words), *_OTHER_LABEL.finditer(words)], key=lambda m: m.start())
    if not labels:
        _verbs(words, at, group, None)
        return
    if words[: labels[0].start()].strip("，、 \x00"):
        _verbs(words[: labels[0].start()], at, group, None)
    bounds = [m.start() for m in labels] + [len(words)]
    for m, stop in zip(labels, bounds[1:], strict=True):
        if m.re is _LABELLED and m.end() <= stop:
            role: Role = next(r for r in ("lead", "support", "responsible") if m[r])
            _verbs(words[m.end() : stop], at + m.end(), group, role)


def _verbs(words: str, at: int, group: Group, label: Role | None) -> None:
    """Lists before their verbs: 甲牵头，乙、丙按职责分工负责. What no verb closes takes the label, or is responsible."""
    start = 0
    for verb in _ROLE.finditer(words):
        left = words[start : verb.start()]
        if not left.strip("，、 \x00"):
            start = verb.end()
            continue
        if verb.end() < len(words) and words[verb.end()] not in "，、；。\x00 和及" and not words[verb.end() :].startswith(("等",)):
            continue
        role: Role = next(r for r in ("shared", "lead", "support", "responsible") if verb[r])
        if label is not None and role == "responsible":
            role = label
        _names(left, at + start, role, group)
        start = verb.end()
    rest = words[start:]
    if rest.strip("，、 \x00"):
        _names(rest, at + start, label or "responsible", group)


def _names(words: str, at: int, role: Role, group: Group) -> None:
    words = _mark_open(words, group)
    for piece in re.finditer(r"[^、，；]+", words):
        for a, b in [part for whole in _split_and(piece.group()) for part in _split_run(piece.group(), whole)]:
            raw = piece.group()[a:b]
            name = raw.replace("\x00", "").replace("\x01", "").strip(" ：:。")
            if not name or _VAGUE.match(name):
                group.open = group.open or bool(name)
                continue
            lead = len(raw) - len(raw.lstrip("\x00\x01 "))
            tail = len(raw.rstrip("\x00\x01 "))
            start = at + piece.start() + a + lead
            group.offices.append(Office(name, role, start, at + piece.start() + a + tail, "牵头" if role == "lead" else "none"))


def _mark_open(words: str, group: Group) -> str:
    """Blank out 等部门, and what 会同 brings in without a name."""
    for found in list(_OPEN.finditer(words)):
        group.open = True
        words = words[: found.start()] + "、" + "\x01" * (found.end() - found.start() - 1) + words[found.end() :]
    found_with = re.search(r"会同", words)
    if found_with:
        words = words[: found_with.start()] + "、\x01" + words[found_with.end() :]
        tail = words[found_with.start() :]
        vague = re.match(r"、\x01(?:国务院|省|市|县|区|各)?(?:直)?(?:级)?(?:各)?(?:有关|相关)(?:部门|单位|方面)(?:和单位)?", tail)
        if vague:
            group.open = True
            cut = found_with.start() + vague.end()
            words = words[: found_with.start()] + "、" + "\x01" * (cut - found_with.start() - 1) + words[cut:]
    return words


def _split_and(name: str) -> list[tuple[int, int]]:
    """Split 甲局和乙局 where both halves are bodies; never inside a name such as 发展和改革委员会."""
    for found in re.finditer(r"[和及与]|以及", name):
        left, right = name[: found.start()].strip("\x00\x01"), name[found.end() :].strip("\x00\x01")
        if len(left) < 2 or len(right) < 2:
            if not left and right:
                return [(found.end() + a, found.end() + b) for a, b in _split_and(name[found.end() :])]
            continue
        if (
            re.search(r"(?:[局委厅署办院会部]|政府|中心|管委会|支行|分局|海关|公司|银行)$", left)
            and _BODY.match(right)
            and not _inside_name(left, right)
        ):
            return [(0, found.start()), *((found.end() + a, found.end() + b) for a, b in _split_and(name[found.end() :]))]
    return [(0, len(name))]


_RUN: Final = re.compile(r"(?<=[局委厅部办院署])(?=[省市县区州旗])")


def _split_run(words: str, whole: tuple[int, int]) -> list[tuple[int, int]]:
    """Split names that run together (市财政局市商务局): a body's end, then the sign every name of the list begins with."""
    start, end = whole
    out: list[tuple[int, int]] = []
    for found in _RUN.finditer(words, start + 2, end - 2):
        at = found.start()
        if words[at] == words[start] and at - start >= 3 and _BODY.match(words[at:end]):
            out.append((start, at))
            start = at
    return [*out, (start, end)]


def _inside_name(left: str, right: str) -> bool:
    """Names whose first half ends like a body: 党委和政府办公室 style words, 国务院和…."""
    return bool(re.search(r"(?:党委|市委|县委|省委|国务院)$", left) and right.startswith("政府"))
