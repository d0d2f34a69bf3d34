"""The public edition of a document: a second document from which single enterprises and projects are taken out, never one with hidden columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from yunxing.engines.bulletins.model import Attachment, Block, Bulletin, Cell, Figure, Paragraph, Section, Table, Text, joined, plain

_REFERS = re.compile(r"见(?:附件|下表|附表)")
_CLAUSE_END = re.compile(r"(?<=。)")


@dataclass(frozen=True, slots=True)
class PublicEdition:
    """The document for the public, and what was taken out of it, in words."""

    bulletin: Bulletin
    removed: tuple[str, ...]


def public_edition(bulletin: Bulletin, names: Iterable[str] = ()) -> PublicEdition:
    """The document without single enterprises and projects: tables, attachments and sentences that rest on one, that name one (`names`), or that refer to
    what was taken out. What is left says nothing else than before.
    """
    known = sorted({name for name in names if len(name) > 1}, key=len, reverse=True)
    removed: list[str] = []
    attachments = tuple(_public_attachments(bulletin.attachments, known, removed))
    sections = []
    for section in bulletin.sections:
        blocks = tuple(_public_blocks(section.blocks, known, removed, lost_before=bool(removed)))
        if any(isinstance(block, Table) or not block.level for block in blocks):
            sections.append(Section(section.id, section.title, _without_bare_headings(blocks)))
        else:
            removed.append(f"“{section.title}”一节")
    return PublicEdition(replace(bulletin, sections=tuple(sections), attachments=attachments, remark="此件公开发布"), tuple(removed))


def names_single(figure: Figure) -> bool:
    """Whether a figure is about one enterprise, project or site."""
    return any(source.startswith(("project:", "signal:")) or "/party/" in source for source in figure.sources) and figure.op != "count"


def _public_attachments(attachments: Sequence[Attachment], names: Sequence[str], removed: list[str]) -> Iterator[Attachment]:
    for attachment in attachments:
        inner: list[str] = []
        blocks = tuple(_public_blocks(attachment.blocks, names, inner, lost_before=False))
        if inner or not blocks:
            removed.append(f"附件《{attachment.title}》")
        else:
            yield attachment


def _public_blocks(blocks: Sequence[Block], names: Sequence[str], removed: list[str], *, lost_before: bool) -> Iterator[Block]:
    single = {id(block) for block in blocks if isinstance(block, Table) and _table_is_single(block, names)}
    for block in blocks:
        if isinstance(block, Table):
            if id(block) in single:
                removed.append(f"表《{block.title}》")
            else:
                yield block
            continue
        kept = _public_runs(block.runs, names, removed, lost=lost_before or bool(single))
        if kept:
            yield replace(block, runs=kept)


def _table_is_single(table: Table, names: Sequence[str]) -> bool:
    cells = [cell for row in table.rows for cell in row]
    return any(names_single(run) for cell in cells for run in cell if isinstance(run, Figure)) or any(
        name in plain(cell) for cell in cells for name in names
    )


def _public_runs(runs: Cell, names: Sequence[str], removed: list[str], *, lost: bool) -> Cell:
    kept: list[Text | Figure] = []
    for sentence in sentences(runs):
        words = plain(sentence)
        if any(names_single(run) for run in sentence if isinstance(run, Figure)) or any(name in words for name in names):
            removed.append(f"句“{words[:20]}…”")
        elif lost and _REFERS.search(words):
            bare = re.sub(r"（见(?:附件|下表|附表)[^（）]*）", "", words)
            if _REFERS.search(bare):
                removed.append(f"句“{words[:20]}…”")
            else:
                kept += _without_reference(sentence)
        else:
            kept += sentence
    return joined(kept)


def _without_reference(sentence: Cell) -> Iterator[Text | Figure]:
    for run in sentence:
        yield Text(re.sub(r"（见(?:附件|下表|附表)[^（）]*）", "", run.text)) if isinstance(run, Text) else run


def _without_bare_headings(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """A heading under which nothing is left goes too."""
    kept = []
    for n, block in enumerate(blocks):
        following = blocks[n + 1] if n + 1 < len(blocks) else None
        bare = (
            isinstance(block, Paragraph)
            and block.level
            and (following is None or (isinstance(following, Paragraph) and 0 < following.level <= block.level))
        )
        if not bare:
            kept.append(block)
    return tuple(kept)


def sentences(runs: Cell) -> list[Cell]:
    """The runs cut after every full stop that stands in plain text; a figure is never cut."""
    found: list[list[Text | Figure]] = [[]]
    for run in runs:
        if isinstance(run, Figure):
            found[-1].append(run)
            continue
        for n, part in enumerate(piece for piece in _CLAUSE_END.split(run.text) if piece):
            if n or (found[-1] and isinstance(found[-1][-1], Text) and found[-1][-1].text.endswith("。")):
                found.append([])
            found[-1].append(Text(part))
    return [tuple(one) for one in found if one]
