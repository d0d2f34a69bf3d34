"""The bulletin as a Word file (.docx) in the format of GB/T 9704-2012, the same bytes for the same bulletin.

Written so that WPS shows it as Word does: fonts of every script on every run and in the theme, page fields in separate runs, no content controls,
no macros, figures in bookmarks `fig_<id>`. What such a file may not hold is checked by `checks.refused_elements` before it leaves.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import datetime
from typing import Any

from yunxing.engines.bulletins.model import Attachment, Block, Bulletin, Cell, Figure, Table, Text, heading_number, official_date
from yunxing.io.codes import qr_png
from yunxing.io.documents import layout
from yunxing.io.documents.styles import STYLES, add_styles, page_setup, set_theme
from yunxing.io.documents.wordxml import (
    bookmark,
    bottom_border,
    element,
    footer_page_number,
    header_label,
    indent_right,
    paragraph,
    picture,
    run,
    table_grid,
)

VERIFY_WORDS = "核验码 {code}：扫描二维码或在核验页输入，可核对本件是否由本平台印发、内容是否改动。"
VERIFY_ALT = "核验二维码"
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def write_docx(bulletin: Bulletin) -> bytes:
    """The file's bytes."""
    import docx

    document = docx.Document()
    _clear(document)
    set_theme(document)
    add_styles(document)
    page_setup(document)
    _Writer(document, bulletin).write()
    header_label(document.sections[0], bulletin.label and f"{bulletin.label}　仅供演示")
    footer_page_number(document.sections[0])
    _properties(document, bulletin)
    return repacked(document)


def _clear(document: Any) -> None:
    """Takes the template's own paragraphs away, and the parts a bulletin does not use: custom data, numbering and old styles trouble WPS."""
    body = document.element.body
    for child in list(body):
        if not child.tag.endswith("}sectPr"):
            body.remove(child)
    used = ("/styles", "/settings", "/theme", "/fontTable", "/webSettings")
    for owner, kept in ((document.part, used), (document.part.package, ("/officeDocument", "/core-properties", "/extended-properties"))):
        for key, relation in list(owner.rels.items()):
            if not relation.reltype.endswith(kept):
                owner.rels.pop(key)


def _properties(document: Any, bulletin: Bulletin) -> None:
    core = document.core_properties
    core.title = bulletin.title
    core.author = bulletin.issuer
    core.last_modified_by = bulletin.issuer
    core.identifier = f"bulletin:{bulletin.month}"
    core.version = bulletin.snapshot
    core.category = bulletin.label
    core.comments = ""
    core.language = "zh-CN"
    stamp = datetime(bulletin.issued_on.year, bulletin.issued_on.month, bulletin.issued_on.day)
    core.created = core.modified = stamp
    core.revision = 1


def repacked(document: Any) -> bytes:
    """The package written anew: members in name order (content types first, as readers expect), fixed times, one compression."""
    first = io.BytesIO()
    document.save(first)
    second = io.BytesIO()
    with zipfile.ZipFile(first) as source, zipfile.ZipFile(second, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            member = zipfile.ZipInfo(name, _ZIP_DATE)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o600 << 16
            target.writestr(member, source.read(name))
    return second.getvalue()


class _Writer:
    """Lays the parts of the bulletin one after another into the body."""

    def __init__(self, document: Any, bulletin: Bulletin) -> None:
        self.document = document
        self.body = document.element.body
        self.bulletin = bulletin
        self._bookmarks = 0

    def write(self) -> None:
        bulletin = self.bulletin
        self.head()
        for line in bulletin.title_lines:
            self.add("Title" if line == bulletin.title_lines[0] else "Title Continued", line)
        if bulletin.recipients:
            self.add("Recipients", "，".join(bulletin.recipients) + "：")
        for count, section in enumerate(bulletin.sections, start=1):
            self.add("Heading 1", heading_number(1, count) + section.title)
            self.blocks(section.blocks)
        self.attachment_list()
        self.signature()
        for order, attachment in enumerate(bulletin.attachments, start=1):
            self.attachment(order, attachment)
        for note in bulletin.notes:
            self.put("Note", note.runs)
        self.verification()
        self.closing()

    def head(self) -> None:
        self.put("Mark", (Text(self.bulletin.mark),), size=layout.mark_size(self.bulletin.mark))
        if self.bulletin.number:
            self.add("Number", self.bulletin.number)
        line = self.add("Red Line", "")
        line.get_or_add_pPr().append(bottom_border(layout.RED, eighths=12))

    def blocks(self, blocks: tuple[Block, ...]) -> None:
        counts = [0, 0, 0, 0, 0]
        for block in blocks:
            if isinstance(block, Table):
                self.table(block)
                continue
            if block.level:
                counts[block.level] += 1
                counts[block.level + 1 :] = [0] * (4 - block.level)
                self.put(f"Heading {block.level}", (Text(heading_number(block.level, counts[block.level])), *block.runs))
            else:
                self.put("Body Text", block.runs)

    def table(self, table: Table) -> None:
        self.add("Table Title", table.title)
        frame, rows = table_grid([column.weight for column in table.columns], len(table.rows) + 1)
        for index, column in enumerate(table.columns):
            rows[0][index].append(self.made("Table Head", (Text(column.title),), "center"))
        for row, cells in zip(rows[1:], table.rows, strict=True):
            for place, cell, column in zip(row, cells, table.columns, strict=True):
                place.append(self.made("Table Text", cell, column.align))
        self.insert(frame)
        self.add("Table Note", f"注：{table.remark}" if table.remark else "")

    def attachment_list(self) -> None:
        titles = [attachment.title for attachment in self.bulletin.attachments]
        self.add("Body Text", "")
        if len(titles) == 1:
            self.add("Body Text", f"附件：{titles[0]}")
        for order, title in enumerate(titles if len(titles) > 1 else [], start=1):
            self.add("Body Text", f"{'附件：' if order == 1 else '　　　'}{order}.{title}")
        if titles:
            self.add("Body Text", "")

    def signature(self) -> None:
        day = official_date(self.bulletin.issued_on)
        signed = self.add("Signature", self.bulletin.issuer)
        signed.pPr.append(indent_right(layout.signature_indent(self.bulletin.issuer, day)))
        self.add("Date", day)
        if self.bulletin.remark:
            self.add("Body Text", f"（{self.bulletin.remark}）")

    def attachment(self, order: int, attachment: Attachment) -> None:
        several = len(self.bulletin.attachments) > 1
        self.add("Attachment Mark", f"附件{order if several else ''}")
        self.add("Attachment Title", attachment.title)
        blocks = tuple(
            Table(b.id, "", b.columns, b.rows, b.remark, b.bars) if isinstance(b, Table) and b.title == attachment.title else b
            for b in attachment.blocks
        )
        self.blocks(blocks)

    def verification(self) -> None:
        """The code by which an issued document is verified, as a picture and in letters; nothing on a draft."""
        if self.bulletin.verify:
            place = self.add("Note", VERIFY_WORDS.format(code=self.bulletin.verify_code))
            place.insert(1 if place.pPr is not None else 0, picture(self.document, qr_png(self.bulletin.verify), layout.QR_MM, VERIFY_ALT))

    def closing(self) -> None:
        """版记: copies, then the printing office and the day, between lines as wide as the type area, at the foot of the last page."""
        bulletin = self.bulletin
        lines = []
        if bulletin.copies:
            lines.append(("Copies", f"抄送：{'，'.join(bulletin.copies)}。"))
        lines.append(("Printer", f"{bulletin.printer}\t{official_date(bulletin.issued_on)}印发"))
        frame, rows = table_grid([100], len(lines), closing=True)
        for row, (style, words) in zip(rows, lines, strict=True):
            row[0].append(self.made(style, (Text(words),)))
        self.insert(frame)
        self.add("Closing", "")

    def add(self, style: str, words: str) -> Any:
        return self.put(style, (Text(words),) if words else ())

    def put(self, style: str, runs: Cell, size: float | None = None) -> Any:
        made = self.made(style, runs, size=size)
        self.insert(made)
        return made

    def insert(self, what: Any) -> None:
        self.body.insert(len(self.body) - 1, what)

    def made(self, style: str, runs: Cell, align: str = "", size: float | None = None) -> Any:
        made = paragraph(style, align)
        look = STYLES[style] if size is None else replace(STYLES[style], size=size)
        for piece in runs:
            if isinstance(piece, Figure):
                self._bookmarks += 1
                start, end = bookmark(self._bookmarks, f"fig_{piece.id}")
                made.append(start)
                made.append(run(piece.display, look))
                made.append(end)
            else:
                for n, words in enumerate(piece.text.split("\t")):
                    if n:
                        made.append(run("", look, extra=element("w:tab")))
                    made.append(run(words, look))
        return made
