"""Is a document fit to be signed? Every check says what it found and where; what blocks and what only warns is told apart (design: screens S10)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from yunxing.engines.bulletins.board import Board, Unit
from yunxing.engines.bulletins.edits import Conflict, Edit, faults_of, signature
from yunxing.engines.bulletins.model import Bulletin, Paragraph, Table, plain

Level = Literal["holds", "warns", "blocks"]
NUMBER = re.compile(r"^[^\s〔〕0-9]+〔(\d{4})〕([1-9]\d*)号$")
_HALF = re.compile(r"(?<=[\u4e00-\u9fff”）》])[,;:?!()](?=.|$)|(?<=.)[,;:?!()](?=[\u4e00-\u9fff“（《])")


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its id, whether it holds, and what was found, in Chinese and in English."""

    id: str
    level: Level
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the checks need besides the document. `numbers`: document numbers in use; `is_working`: whether a day is a working day."""

    board: Board
    edits: Mapping[str, Edit]
    conflicts: Sequence[Conflict]
    numbers: frozenset[str]
    is_working: Callable[[date], bool]
    superseded: bool = False
    will_issue: bool = False


def checks(bulletin: Bulletin, composed: Bulletin, facts: Facts) -> tuple[Check, ...]:
    """Every check of the document, those that block first. `composed` is the document before a person's edits."""
    found = [
        _figures(bulletin, composed),
        _edits(composed, facts.edits),
        _conflicts(facts.conflicts),
        _units(bulletin, facts.board.units),
        _empty(bulletin),
        _punctuation(bulletin),
        _number(bulletin, facts),
        _date(bulletin, facts),
        _missing(bulletin),
        _fresh(bulletin, facts),
    ]
    order = {"blocks": 0, "warns": 1, "holds": 2}
    return tuple(sorted(found, key=lambda check: order[check.level]))


def ready(found: Iterable[Check]) -> bool:
    """Whether nothing blocks."""
    return all(check.level != "blocks" for check in found)


def _figures(bulletin: Bulletin, composed: Bulletin) -> Check:
    said = {signature(figure): figure.display for figure in composed.figures()}
    wrong = [figure.display for figure in bulletin.figures() if said.get(signature(figure)) != figure.display]
    count = sum(1 for _ in bulletin.figures())
    if wrong:
        return Check(
            "figures", "blocks", f"有{len(wrong)}个数字与数据不符：{'、'.join(wrong[:5])}", f"{len(wrong)} figures disagree with the data"
        )
    return Check("figures", "holds", f"{count}个数字均与数据一致", f"all {count} figures agree with the data")


def _edits(composed: Bulletin, edits: Mapping[str, Edit]) -> Check:
    faults = [fault for section in composed.sections if section.id in edits for fault in faults_of(section, edits[section.id])]
    if faults:
        told = "；".join(f"{fault.place}：{fault.found}" for fault in faults[:5])
        return Check("edits", "blocks", f"修改处有{len(faults)}个问题：{told}", f"{len(faults)} faults in edited text: {told}")
    return Check("edits", "holds", f"修改了{len(edits)}节，没有无来源的数字" if edits else "没有人工修改", "no number without a source")


def _conflicts(conflicts: Sequence[Conflict]) -> Check:
    if conflicts:
        return Check(
            "conflicts",
            "warns",
            f"有{len(conflicts)}处人工修改与新数据的文字不同，请核对",
            f"{len(conflicts)} edits differ from newly composed text",
        )
    return Check("conflicts", "holds", "人工修改与数据文字没有冲突", "no edit conflicts with newly composed text")


def _units(bulletin: Bulletin, units: Sequence[Unit]) -> Check:
    names = [unit.name for unit in units]
    for table in (block for block in bulletin.blocks() if isinstance(block, Table) and block.columns[0].title == "县区"):
        listed = [plain(row[0]) for row in table.rows]
        lost = [name for name in names if name not in listed]
        twice = sorted({name for name in listed if listed.count(name) > 1})
        if lost or twice:
            return Check(
                "units",
                "blocks",
                f"《{table.title}》缺{'、'.join(lost) or '无'}，重复{'、'.join(twice) or '无'}",
                f"{table.id}: {len(lost)} areas missing, {len(twice)} twice",
            )
    return Check("units", "holds", f"表中{len(names)}个县区齐全", f"all {len(names)} areas are listed")


def _empty(bulletin: Bulletin) -> Check:
    empty = [
        section.title
        for section in bulletin.sections
        if not any(isinstance(block, Table) or block.text.strip() for block in section.blocks)
    ]
    if empty or not bulletin.sections:
        return Check("empty", "blocks", f"没有内容的部分：{'、'.join(empty) or '全文'}", "a section is empty")
    return Check("empty", "holds", "没有空的部分", "no section is empty")


def _punctuation(bulletin: Bulletin) -> Check:
    places = [
        block.text[max(found.start() - 6, 0) : found.end() + 6]
        for block in bulletin.blocks()
        if isinstance(block, Paragraph)
        for found in _HALF.finditer(block.text)
        if not block.text[found.start() - 20 : found.start()].rpartition("：")[2].startswith("sha256")
    ]
    if places:
        return Check(
            "punctuation",
            "blocks",
            f"有{len(places)}处半角标点：{'；'.join(places[:3])}",
            f"{len(places)} half-width marks: {'; '.join(places[:3])}",
        )
    return Check("punctuation", "holds", "标点均为全角", "punctuation is full-width")


def _number(bulletin: Bulletin, facts: Facts) -> Check:
    if not bulletin.number:
        level: Level = "blocks" if facts.will_issue else "warns"
        return Check("number", level, "还没有发文字号", "no document number yet")
    form = NUMBER.match(bulletin.number)
    if form is None:
        return Check(
            "number",
            "blocks",
            f"发文字号“{bulletin.number}”不合格式，应如“某工运〔2022〕9号”",
            "the document number is not of the form 某工运〔2022〕9号",
        )
    if bulletin.number in facts.numbers:
        return Check("number", "blocks", f"发文字号“{bulletin.number}”已被使用", "the document number is taken")
    if int(form[1]) != bulletin.issued_on.year:
        return Check("number", "blocks", f"发文字号的年份{form[1]}与成文日期不同", "the number's year is not that of the date")
    return Check("number", "holds", f"发文字号“{bulletin.number}”可用", "the document number is free")


def _date(bulletin: Bulletin, facts: Facts) -> Check:
    day = bulletin.issued_on
    if bulletin.as_of and day < date.fromisoformat(bulletin.as_of):
        return Check("date", "blocks", f"成文日期{day.isoformat()}早于数据截止日{bulletin.as_of}", "the date is before the data's cut-off")
    if not facts.is_working(day):
        return Check("date", "warns", f"成文日期{day.isoformat()}不是工作日", "the date is no working day")
    return Check("date", "holds", f"成文日期{day.isoformat()}", f"dated {day.isoformat()}")


def _missing(bulletin: Bulletin) -> Check:
    lost = {section.title: section.missing for section in bulletin.sections if section.missing}
    if lost:
        told = "、".join(f"{title}缺{count}项" for title, count in lost.items())
        return Check("missing", "warns", told, f"{sum(lost.values())} figures have no value")
    return Check("missing", "holds", "数据齐全", "no figure is missing")


def _fresh(bulletin: Bulletin, facts: Facts) -> Check:
    if facts.superseded:
        return Check("fresh", "blocks", "数据已重新关账，请先更新", "the month was closed anew: update first")
    if bulletin.provisional:
        return Check("fresh", "warns", "有单位未报，为初步数", "figures are provisional")
    return Check("fresh", "holds", "数据为最新", "the figures are the newest")
