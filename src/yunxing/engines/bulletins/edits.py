"""What people write into a bulletin, kept apart from what the data say, so that both survive the next computation.

A section is edited as lines. A figure stands in a line as its mark `⟦id⟧`, a table as a line `⟦=id⟧`, a heading of level 2 to 4 begins with `## ` to `#### `.
Because an edited line holds marks and not figures, a figure can never be changed by hand: it is always the one of the data.
When the bulletin is composed anew, the edits are merged into it line by line (three ways: as it was composed, as edited, as composed now).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import Any

from yunxing.engines.bulletins.model import Block, Bulletin, Figure, Paragraph, Run, Section, Table, Text, joined
from yunxing.engines.bulletins.trace import MARK, plain_line, stray_numbers
from yunxing.values.errors import Fault

TABLE = re.compile(r"^⟦=([A-Za-z0-9_]+)⟧$")
_HEADING = re.compile(r"^(#{2,4}) (.*)$", re.DOTALL)
_ANY_MARK = re.compile(r"⟦=?([A-Za-z0-9_]*)[^⟧]*⟧")
Signature = tuple[str, str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Edit:
    """One edited section: its lines as composed when the person began (`base`), as the person left them (`text`), and the sources the person gave
    for numbers of his own (`sources`, number as written → where it is from). `figures` says what each mark of both meant then.
    """

    base: tuple[str, ...]
    text: tuple[str, ...]
    figures: Mapping[str, Signature] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain tables for the store."""
        figures = {name: [form, op, list(rests_on)] for name, (form, op, rests_on) in self.figures.items()}
        return {"base": list(self.base), "text": list(self.text), "figures": figures, "sources": dict(self.sources)}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Edit:
        """The edit as `to_json` wrote it."""
        figures = {name: (form, op, tuple(rests_on)) for name, (form, op, rests_on) in plain["figures"].items()}
        return cls(tuple(plain["base"]), tuple(plain["text"]), figures, dict(plain["sources"]))


@dataclass(frozen=True, slots=True)
class Conflict:
    """A place where the person's words and the new computation differ from what both began with. The person's words are kept."""

    section: str
    kept: str
    composed: str


def signature(figure: Figure) -> Signature:
    """What a figure is, whatever its running number: its form, its operation, what it rests on."""
    return figure.form, figure.op, figure.sources


def lines_of(section: Section) -> tuple[str, ...]:
    """The section as lines to be edited."""
    return tuple(_line(block) for block in section.blocks)


def figures_of(section: Section) -> dict[str, Figure]:
    """The figures of a section's paragraphs by id."""
    return {run.id: run for block in section.blocks if isinstance(block, Paragraph) for run in block.runs if isinstance(run, Figure)}


def edit_of(section: Section, text: Iterable[str], sources: Mapping[str, str] | None = None) -> Edit:
    """The edit that leaves `section` as the lines `text`."""
    kept = tuple(line.strip() for line in text if line.strip())
    return Edit(lines_of(section), kept, {name: signature(one) for name, one in figures_of(section).items()}, dict(sources or {}))


def faults_of(section: Section, edit: Edit) -> list[Fault]:
    """Everything in an edited section that cannot stand: an unknown mark, a table that is gone or twice, a number without a source."""
    place = section.title
    faults = []
    known = set(figures_of(section))
    tables = [block.id for block in section.blocks if isinstance(block, Table)]
    seen: list[str] = []
    for n, line in enumerate(edit.text, start=1):
        where = f"{place}，第{n}段"
        table = TABLE.match(line)
        if table:
            seen.append(table[1])
            continue
        faults += [
            Fault(place, where, mark[0], "本段已有数字的标记", fix="从原文复制标记，或删去它")
            for mark in _ANY_MARK.finditer(line)
            if mark[0] != f"⟦{mark[1]}⟧" or mark[1] not in known
        ]
        faults += [
            Fault(place, where, f"数字 {number}", "有来源的数字", fix=f"写明 {number} 的来源，或改用数据中的数字")
            for number in stray_numbers(_ANY_MARK.sub("", line))
            if not edit.sources.get(number, "").strip()
        ]
    faults += [Fault(place, place, f"没有表 {one}", "每张表出现一次", fix=f"把 ⟦={one}⟧ 单独放一行") for one in tables if one not in seen]
    faults += [
        Fault(place, place, f"表 {one} 出现 {seen.count(one)} 次" if one in tables else f"未知的表 {one}", "每张表出现一次")
        for one in dict.fromkeys(seen)
        if one not in tables or seen.count(one) > 1
    ]
    return faults


def apply(bulletin: Bulletin, edits: Mapping[str, Edit]) -> tuple[Bulletin, tuple[Conflict, ...]]:
    """The bulletin with the edits merged in. Sections without an edit are as composed; an edit of a section that is no more is a conflict."""
    conflicts: list[Conflict] = []
    sections = []
    for section in bulletin.sections:
        edit = edits.get(section.id)
        if edit is None:
            sections.append(section)
            continue
        merged, found = merge_section(section, edit)
        conflicts += found
        sections.append(merged)
    there = {section.id for section in bulletin.sections}
    conflicts += [Conflict(name, "\n".join(edit.text), "") for name, edit in edits.items() if name not in there]
    return replace(bulletin, sections=tuple(sections)), tuple(conflicts)


def merge_section(section: Section, edit: Edit) -> tuple[Section, list[Conflict]]:
    """One section with its edit merged into what is composed now. A figure that is no more becomes a conflict, never a silent old number."""
    now = lines_of(section)
    figures = figures_of(section)
    by_meaning = {signature(one): name for name, one in reversed(figures.items())}
    lost: list[str] = []

    def renamed(line: str) -> str:
        def of(mark: re.Match[str]) -> str:
            meaning = edit.figures.get(mark[1])
            name = by_meaning.get(meaning) if meaning else None
            if name is None:
                lost.append(mark[1])
                return "［数据中已无此数字］"
            return f"⟦{name}⟧"

        return MARK.sub(of, line)

    base = tuple(MARK.sub(lambda mark: f"⟦{by_meaning.get(edit.figures.get(mark[1], ('', '', ())), mark[1])}⟧", line) for line in edit.base)
    text = tuple(renamed(line) for line in edit.text)
    lines, pairs = merge3(base, text, now)
    conflicts = [Conflict(section.id, *(_told(part, figures) for part in pair)) for pair in pairs]
    if any("［数据中已无此数字］" in line for line in lines) and lost:
        conflicts.append(Conflict(section.id, "、".join(dict.fromkeys(lost)), "数据中已无此数字"))
    return from_lines(section, lines), conflicts


def _told(lines: Sequence[str], figures: Mapping[str, Figure]) -> str:
    return "\n".join(plain_line(line, {name: one.display for name, one in figures.items()}) for line in lines)


def merge3(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]
) -> tuple[tuple[str, ...], list[tuple[tuple[str, ...], tuple[str, ...]]]]:
    """Three-way merge of lines (diff3): a stretch that only one side changed is taken from it; where both changed it otherwise, mine is kept.

    The second result lists those stretches as (mine, theirs).

    >>> merge3(["a", "b", "c"], ["a", "B", "c"], ["a", "b", "c", "d"])
    (('a', 'B', 'c', 'd'), [])
    >>> merge3(["a", "b"], ["a", "B"], ["a", "x"])
    (('a', 'B'), [(('B',), ('x',))])
    """
    merged: list[str] = []
    conflicts: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    at_base = at_mine = at_theirs = 0
    for b, m, t, size in [*_common(base, mine, theirs), (len(base), len(mine), len(theirs), 0)]:
        old, left, right = tuple(base[at_base:b]), tuple(mine[at_mine:m]), tuple(theirs[at_theirs:t])
        if left in (old, right):
            merged += right
        else:
            merged += left
            if right != old:
                conflicts.append((left, right))
        merged += base[b : b + size]
        at_base, at_mine, at_theirs = b + size, m + size, t + size
    return tuple(merged), conflicts


def _common(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> Iterable[tuple[int, int, int, int]]:
    """Stretches that all three share, in order: (start in base, in mine, in theirs, length)."""
    in_mine = dict(_pairs(base, mine))
    in_theirs = dict(_pairs(base, theirs))
    for place in range(len(base)):
        if place in in_mine and place in in_theirs:
            yield place, in_mine[place], in_theirs[place], 1


def _pairs(base: Sequence[str], other: Sequence[str]) -> Iterable[tuple[int, int]]:
    for block in SequenceMatcher(None, base, other, autojunk=False).get_matching_blocks():
        yield from ((block.a + step, block.b + step) for step in range(block.size))


def from_lines(section: Section, lines: Iterable[str]) -> Section:
    """The section with its paragraphs as the lines say; tables and figures are the section's own. A mark it does not have stays as it is written."""
    figures = figures_of(section)
    tables = {block.id: block for block in section.blocks if isinstance(block, Table)}
    blocks: list[Block] = []
    for line in lines:
        table = TABLE.match(line)
        if table:
            if table[1] in tables:
                blocks.append(tables.pop(table[1]))
            continue
        heading = _HEADING.match(line)
        level, words = (len(heading[1]), heading[2]) if heading else (0, line)
        blocks.append(Paragraph(_runs(words, figures), level))
    # a table is data: it is never lost by an edit
    return replace(section, blocks=(*blocks, *tables.values()))


def _line(block: Block) -> str:
    if isinstance(block, Table):
        return f"⟦={block.id}⟧"
    words = "".join(run.text if isinstance(run, Text) else f"⟦{run.id}⟧" for run in block.runs)
    return f"{'#' * block.level} {words}" if block.level else words


def _runs(words: str, figures: Mapping[str, Figure]) -> tuple[Run, ...]:
    runs: list[Run] = []
    at = 0
    for mark in MARK.finditer(words):
        if mark[1] in figures:
            runs += [Text(words[at : mark.start()]), figures[mark[1]]]
            at = mark.end()
    return joined([*runs, Text(words[at:])])


def readable(lines: Iterable[str], figures: Mapping[str, Figure]) -> str:
    """The lines as a person edits them in a box: each mark shows its figure, `⟦overall_001：8.2%⟧`; one line a paragraph."""
    return "\n".join(
        MARK.sub(lambda mark: f"⟦{mark[1]}：{figures[mark[1]].display}⟧" if mark[1] in figures else mark[0], line) for line in lines
    )


def typed(text: str) -> tuple[str, ...]:
    r"""The lines of such a box. What stands after the colon of a mark is for reading only.

    >>> typed("增长⟦overall_001：8.2%⟧。\n\n## 投资")
    ('增长⟦overall_001⟧。', '## 投资')
    """
    bare = re.sub(r"⟦([A-Za-z0-9_]+)[：:][^⟧]*⟧", r"⟦\1⟧", text)
    return tuple(line.strip() for line in bare.splitlines() if line.strip())
