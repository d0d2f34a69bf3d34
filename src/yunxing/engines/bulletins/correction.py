"""The correction of an issued document (更正通知): a new document that names what was told and what is right. The issued one is never overwritten."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from yunxing.engines.bulletins.edits import Signature, signature
from yunxing.engines.bulletins.model import Bulletin, Column, Figure, Paragraph, Section, Table, Text, official_date


@dataclass(frozen=True, slots=True)
class Corrected:
    """One figure that was told otherwise: where it stands, its words then, the figure of today (None: it is told no more)."""

    section: str
    was: str
    now: Figure | None
    about: str


def corrected(issued: Mapping[str, Any], today: Bulletin, about: Callable[[str], str]) -> tuple[Corrected, ...]:
    """What an issued document told otherwise than its data say today, in the order in which it told it. `issued` is its `figures.json`;
    `about` says in words what the source of a figure is about.

    A figure is the same when it is shown in the same form and rests on the same sources; figures that are new today were not told and are not corrected.
    """
    titles = {one.id: section.title for section in today.sections for one in _of(section)}
    now: dict[Signature, Figure] = {}
    for one in today.figures():
        now.setdefault(signature(one), one)
    found = []
    for plain in issued["figures"]:
        key: Signature = (plain["form"], plain["op"], tuple(plain["sources"]))
        figure: Figure | None = now.get(key)
        if figure is None or figure.display != plain["display"]:
            section = titles.get(figure.id, "") if figure else ""
            found.append(Corrected(section, plain["display"], figure, about(plain["sources"][0]) if plain["sources"] else "—"))
    return tuple(found)


def compose_correction(today: Bulletin, issued: Bulletin, changes: Sequence[Corrected], reason: str, issued_on: date) -> Bulletin:
    """The correction as a document of the same office to the same recipients: what was issued, why it is corrected, the figures then and now."""
    number = f"（{issued.number}）" if issued.number else ""
    said = f"{official_date(issued.issued_on)}印发的《{issued.title}》{number}，因{reason.rstrip('。')}，现更正如下。"
    rows = tuple(
        (
            (Text(str(n)),),
            (Text(one.section or "—"),),
            (Text(one.about),),
            (
                Figure(
                    f"correction_w{n:03d}", "words", "previous", (f"issued:{issued.number or issued.month}",), None, None, "words", one.was
                ),
            ),
            (replace(one.now, id=f"correction_n{n:03d}"),) if one.now else (Text("不再列示"),),
        )
        for n, one in enumerate(changes, start=1)
    )
    columns = (Column("序号", 6), Column("部分", 14), Column("指标", 26, "left"), Column("原为", 16), Column("更正为", 16))
    blocks = (
        Paragraph((Text(said),)),
        *((Table("correction_changes", "更正内容", columns, rows),) if rows else ()),
        Paragraph((Text("其他内容不变。原件不作改动，请以本通知为准。"),)),
    )
    title = (f"关于更正《{issued.title}》", "有关数据的通知")
    return replace(
        today, title_lines=title, number="", sections=(Section("correction", "更正内容", blocks),), attachments=(), issued_on=issued_on
    )


def _of(section: Section) -> list[Figure]:
    found: list[Figure] = []
    for block in section.blocks:
        groups = [block.runs] if isinstance(block, Paragraph) else [cell for row in block.rows for cell in row]
        found += [run for runs in groups for run in runs if isinstance(run, Figure)]
    return found
