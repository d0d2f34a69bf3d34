"""The bulletin as a PDF, set by typst from the same bulletin and the same measures as the Word file; identical bytes for identical input."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from yunxing.engines.bulletins.model import Attachment, Block, Bulletin, Paragraph, heading_number, official_date, plain
from yunxing.io.codes import qr_png
from yunxing.io.documents import layout
from yunxing.io.documents.docx import VERIFY_ALT, VERIFY_WORDS
from yunxing.io.documents.fonts import Fonts
from yunxing.values.errors import Refusal

STANDARDS: tuple[Literal["a-2a", "ua-1"], ...] = (
    "a-2a",
    "ua-1",
)  # for the archive (PDF/A, fonts inside) and for readers who listen (PDF/UA)
TEMPLATE = Path(__file__).with_name("bulletin.typ")


class NotSet(Refusal):
    """The page could not be set; the message holds what typst said."""


@dataclass(frozen=True, slots=True)
class SetPage:
    """A PDF and what was noted on the way (fonts that were not there, for instance)."""

    data: bytes
    warnings: tuple[str, ...]


def write_pdf(bulletin: Bulletin, fonts: Fonts) -> SetPage:
    """The PDF's bytes, all fonts embedded. Only the fonts in `fonts` are used, never the machine's."""
    import typst

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "bulletin.json").write_text(json.dumps(page_data(bulletin, fonts), ensure_ascii=False, sort_keys=True), encoding="utf-8")
        if bulletin.verify:
            (root / "qr.png").write_bytes(qr_png(bulletin.verify))
        (root / "main.typ").write_bytes(TEMPLATE.read_bytes())
        day = bulletin.issued_on
        try:
            data, warnings = typst.compile_with_warnings(
                str(root / "main.typ"),
                root=str(root),
                font_paths=[str(path) for path in fonts.folders],
                ignore_system_fonts=True,
                format="pdf",
                pdf_standards=list(STANDARDS),
                timestamp=datetime(day.year, day.month, day.day, tzinfo=UTC),
            )
        except typst.TypstError as error:
            raise NotSet(f"The PDF of {bulletin.month} could not be set: {error}. The .docx was written.") from error
    return SetPage(bytes(data), tuple(str(warning) for warning in warnings))


def page_data(bulletin: Bulletin, fonts: Fonts) -> dict[str, Any]:
    """What the template reads: words, in order, with their numbers; measures; font families."""
    day = bulletin.issued_on
    return {
        "measures": {
            "page": layout.PAGE_MM,
            "top": layout.TOP_MM,
            "left": layout.LEFT_MM,
            "right": layout.RIGHT_MM,
            "bottom": layout.BOTTOM_MM,
            "body": layout.BODY_PT,
            "title": layout.TITLE_PT,
            "small": layout.SMALL_PT,
            "table": layout.TABLE_PT,
            "mark": layout.mark_size(bulletin.mark),
            "mark_drop": 35,
            "line": layout.LINE_PT,
            "tracking": layout.PDF_TRACKING_PT,
            "red": f"#{layout.RED}",
        },
        "fonts": {name: list(families) for name, families in fonts.families.items()},
        "stand-in": layout.TITLE.word in fonts.substituted,
        "title": bulletin.title,
        "title_lines": list(bulletin.title_lines),
        "mark": bulletin.mark,
        "number": bulletin.number,
        "label": f"{bulletin.label}　仅供演示" if bulletin.label else "",
        "recipients": "，".join(bulletin.recipients) + "：" if bulletin.recipients else "",
        "sections": [
            {"title": heading_number(1, n) + section.title, "blocks": _blocks(section.blocks)}
            for n, section in enumerate(bulletin.sections, start=1)
        ],
        "attachments": [_attachment(attachment) for attachment in bulletin.attachments],
        "issuer": bulletin.issuer,
        "date": [day.year, day.month, day.day],
        "date_words": official_date(day),
        "remark": bulletin.remark,
        "notes": [note.text for note in bulletin.notes],
        "copies": f"抄送：{'，'.join(bulletin.copies)}。" if bulletin.copies else "",
        "printer": bulletin.printer,
        "printed": f"{official_date(day)}印发",
        "verify": VERIFY_WORDS.format(code=bulletin.verify_code) if bulletin.verify else "",
        "verify_alt": VERIFY_ALT,
        "verify_mm": layout.QR_MM,
    }


def _attachment(attachment: Attachment) -> dict[str, Any]:
    blocks = _blocks(attachment.blocks)
    for block in blocks:
        if block["kind"] == "table" and block["title"] == attachment.title:
            block["title"] = ""  # the attachment's own title says it already
    return {"title": attachment.title, "blocks": blocks}


def _blocks(blocks: tuple[Block, ...]) -> list[dict[str, Any]]:
    counts = [0, 0, 0, 0, 0]
    made: list[dict[str, Any]] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            words = block.text
            if block.level:
                counts[block.level] += 1
                counts[block.level + 1 :] = [0] * (4 - block.level)
                words = heading_number(block.level, counts[block.level]) + words
            made.append({"kind": "paragraph", "level": block.level, "text": words})
            continue
        made.append(
            {
                "kind": "table",
                "title": block.title,
                "remark": block.remark,
                "columns": [{"title": column.title, "weight": column.weight, "align": column.align} for column in block.columns],
                "rows": [[plain(cell) for cell in row] for row in block.rows],
                # lengths of bars only: rounded to 0.01 of the unit, never printed
                "bars": [[name, words, round(num / den, 2)] for name, words, num, den in block.bars],
            }
        )
    return made
