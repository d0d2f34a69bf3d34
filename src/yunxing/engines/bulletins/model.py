"""The bulletin (通报) as a value: what is said, in what order, and where every figure comes from. No layout, no file format.

A paragraph is a run of `Text` and `Figure`. Every number that comes from data stands in a `Figure`, which names its sources and keeps the exact
value beside the words that show it; ordinary text holds only dates, periods and ordinals. Layout follows in `io/documents` (GB/T 9704-2012).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

Align = Literal["left", "center", "right"]
_DIGITS = "〇一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Text:
    """Words that hold no figure."""

    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the text. `display` is what is printed; `num`/`den` the exact value (both None when there is none, `absence` then says why).

    `sources` are keys of indicator rows (`indicator/scope_kind/scope/period/stat`), or `commitment:…`, `signal:…`, `project:…`;
    `op` says how the value follows from them: value, published, change, gap, rank, count, target, signed_growth, light, quote.
    """

    id: str
    form: str
    op: str
    sources: tuple[str, ...]
    num: int | None
    den: int | None
    unit: str
    display: str
    absence: str | None = None


Run = Text | Figure
Cell = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Body text (`level` 0) or a heading of level 1 to 4. Headings carry their words without the number; layout counts them."""

    runs: tuple[Run, ...]
    level: int = 0

    @property
    def text(self) -> str:
        """The words as they are read, figures included."""
        return plain(self.runs)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; `weight` is its share of the width."""

    title: str
    weight: int = 10
    align: Align = "center"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of runs. `chart` holds (label, num, den) for a bar beside it, when one is drawn."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    remark: str = ""
    bars: tuple[tuple[str, str, int, int], ...] = ()


Block = Paragraph | Table


@dataclass(frozen=True, slots=True)
class Section:
    """A first-level part (一、…). `missing` counts its figures without a value, so that a desk can say 「缺 3 项」."""

    id: str
    title: str
    blocks: tuple[Block, ...]

    @property
    def missing(self) -> int:
        """How many of its figures have no value."""
        return sum(figure.absence is not None for figure in _figures(self.blocks))


@dataclass(frozen=True, slots=True)
class Attachment:
    """附件: begins on a page of its own, before the closing lines (版记)."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Bulletin:
    """One month's bulletin. `number` stays empty until the document is issued; `label` is 合成数据 where the data are synthetic.

    `verify` is the address at which an issued one is verified, printed as a QR code; empty on drafts.
    """

    month: str
    mark: str
    number: str
    title_lines: tuple[str, ...]
    recipients: tuple[str, ...]
    sections: tuple[Section, ...]
    attachments: tuple[Attachment, ...]
    issuer: str
    issued_on: date
    copies: tuple[str, ...]
    printer: str
    notes: tuple[Paragraph, ...]
    as_of: str
    snapshot: str
    label: str = ""
    provisional: bool = False
    remark: str = ""
    verify: str = ""

    @property
    def verify_code(self) -> str:
        """The code at the end of the address, as it is printed for who types it."""
        return self.verify.rstrip("/").rpartition("/")[2]

    @property
    def title(self) -> str:
        """The title in one line. `title_lines` is how it is broken on the page: at words, never by width (9704, 7.3.1)."""
        return "".join(self.title_lines)

    def figures(self) -> Iterator[Figure]:
        """Every figure in reading order."""
        for section in self.sections:
            yield from _figures(section.blocks)
        for attachment in self.attachments:
            yield from _figures(attachment.blocks)
        yield from _figures(self.notes)

    def blocks(self) -> Iterator[Block]:
        """Every paragraph and table in reading order, headings of sections left out."""
        for section in self.sections:
            yield from section.blocks
        for attachment in self.attachments:
            yield from attachment.blocks
        yield from self.notes

    def to_json(self) -> dict[str, Any]:
        """Plain tables for `bulletin.json`; a run is {"text"} or {"figure", "display"}, the figures themselves stand in `figures.json`."""
        return {
            "month": self.month,
            "mark": self.mark,
            "number": self.number,
            "title": self.title,
            "recipients": list(self.recipients),
            "sections": [
                {"id": s.id, "title": s.title, "missing": s.missing, "blocks": [_block_json(b) for b in s.blocks]} for s in self.sections
            ],
            "attachments": [{"title": a.title, "blocks": [_block_json(b) for b in a.blocks]} for a in self.attachments],
            "issuer": self.issuer,
            "issued_on": self.issued_on.isoformat(),
            "copies": list(self.copies),
            "printer": self.printer,
            "notes": [_block_json(note) for note in self.notes],
            "as_of": self.as_of,
            "snapshot": self.snapshot,
            "label": self.label,
            "provisional": self.provisional,
            "remark": self.remark,
            **({"verify": self.verify} if self.verify else {}),
        }


def plain(runs: tuple[Run, ...]) -> str:
    """The words of runs, figures as displayed."""
    return "".join(run.text if isinstance(run, Text) else run.display for run in runs)


def joined(runs: Iterable[Run]) -> tuple[Run, ...]:
    """The runs with neighbouring texts made one."""
    kept: list[Run] = []
    for run in runs:
        if isinstance(run, Text) and kept and isinstance(kept[-1], Text):
            kept[-1] = Text(kept[-1].text + run.text)
        elif not (isinstance(run, Text) and not run.text):
            kept.append(run)
    return tuple(kept)


def heading_number(level: int, count: int) -> str:
    """The number before a heading: 一、 （一） 1. （1） — GB/T 9704-2012, 7.3.3.

    >>> [heading_number(level, 12) for level in (1, 2, 3, 4)]
    ['十二、', '（十二）', '12.', '（12）']
    """
    return {1: f"{chinese_ordinal(count)}、", 2: f"（{chinese_ordinal(count)}）", 3: f"{count}.", 4: f"（{count}）"}[level]


def chinese_ordinal(count: int) -> str:
    """1 to 99 in Chinese digits, as headings are counted.

    >>> [chinese_ordinal(n) for n in (1, 10, 11, 20, 28)]
    ['一', '十', '十一', '二十', '二十八']
    """
    if not 1 <= count <= 99:
        raise ValueError(f"headings are counted from 1 to 99, not {count}")
    tens, ones = divmod(count, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else _DIGITS[tens] + "十")
    return head + (_DIGITS[ones] if ones else "")


def official_date(day: date) -> str:
    """The date of an official document: Arabic digits, full year, no leading zero.

    >>> official_date(date(2022, 7, 8))
    '2022年7月8日'
    """
    return f"{day.year}年{day.month}月{day.day}日"


def _figures(blocks: tuple[Block, ...] | tuple[Paragraph, ...]) -> Iterator[Figure]:
    for block in blocks:
        groups = [block.runs] if isinstance(block, Paragraph) else [cell for row in block.rows for cell in row]
        for runs in groups:
            for run in runs:
                if isinstance(run, Figure):
                    yield run


def _run_json(run: Run) -> dict[str, str]:
    return {"text": run.text} if isinstance(run, Text) else {"figure": run.id, "display": run.display}


def _block_json(block: Block) -> dict[str, Any]:
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "level": block.level, "runs": [_run_json(run) for run in block.runs]}
    return {
        "kind": "table",
        "id": block.id,
        "title": block.title,
        "remark": block.remark,
        "columns": [asdict(column) for column in block.columns],
        "rows": [[[_run_json(run) for run in cell] for cell in row] for row in block.rows],
        "bars": [list(bar) for bar in block.bars],
    }
