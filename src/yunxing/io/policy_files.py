"""Policy texts as people have them: .txt in UTF-8 or GB18030, .docx, .html, text PDF. What comes out is the text alone, paragraphs as lines.

Scans are out of scope: a PDF without a text layer is refused with what was found.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

from yunxing.values.digest import digest
from yunxing.values.errors import BadInput

KINDS: Final = (".txt", ".md", ".docx", ".html", ".htm", ".pdf")
_MOST_BYTES: Final = 50_000_000
_BLOCKS: Final = frozenset(
    [
        "p",
        "div",
        "br",
        "li",
        "tr",
        "td",
        "th",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
        "table",
        "ul",
        "ol",
        "blockquote",
        "pre",
        "title",
    ]
)
_HIDDEN: Final = frozenset(["script", "style", "head", "nav", "footer", "noscript", "template", "svg"])
_LEAST_PER_PAGE: Final = 20  # characters; a page with fewer is a picture of text


@dataclass(frozen=True, slots=True)
class PolicyText:
    """The text of a file and how it was read. ``as_is`` is true where the text is the file's own bytes, decoded and nothing more."""

    text: str
    encoding: str
    file_sha256: str
    as_is: bool


def read_policy(path: Path) -> PolicyText:
    """The text of a policy file, by its ending. BadInput names the file, what was found and what is expected."""
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise BadInput(
            f"{path}: found a file ending in “{path.suffix or 'nothing'}”, expected one of {' '.join(KINDS)}; save it as one of these."
        )
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: found no readable file ({error.strerror}), expected a policy text.") from error
    if len(content) > _MOST_BYTES:
        raise BadInput(f"{path}: found {len(content) // 10**6} MB, expected a policy text of at most {_MOST_BYTES // 10**6} MB.")
    named = digest(content)
    if kind == ".docx":
        return PolicyText(_docx(path, content), "docx", named, as_is=False)
    if kind == ".pdf":
        return PolicyText(_pdf(path, content), "pdf", named, as_is=False)
    text, encoding = decode(content, str(path))
    if kind in (".html", ".htm"):
        return PolicyText(_html(text), f"html, {encoding}", named, as_is=False)
    if not text.strip():
        raise BadInput(f"{path}: found an empty file, expected a policy text.")
    return PolicyText(text, encoding, named, as_is=True)


def decode(content: bytes, name: str) -> tuple[str, str]:
    """(text, encoding): UTF-8 or UTF-16 with its mark, else strict UTF-8, else GB18030. BadInput where none fits."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return _strict(content, encoding, name), encoding
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as at:
        place = at.start
    if b"\0" in content:
        raise BadInput(f"{name}: found binary contents (a zero byte), expected a text in UTF-8 or GB18030.")
    try:
        return content.decode("gb18030"), "gb18030"
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{name}: found bytes that are neither UTF-8 (byte {place}) nor GB18030 (byte {error.start}), expected one of these; save it as UTF-8."
        ) from error


def _strict(content: bytes, encoding: str, name: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{name}: found a mark of {encoding} and broken bytes at {error.start}, expected a whole text; save it as UTF-8."
        ) from error


def _docx(path: Path, content: bytes) -> str:
    """Paragraphs and table cells in the order of the document, one a line."""
    from docx import Document
    from docx.opc.exceptions import OpcError
    from lxml.etree import XMLSyntaxError

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if sum(member.file_size for member in package.infolist()) > _MOST_BYTES:
                raise BadInput(f"{path}: found more than {_MOST_BYTES // 10**6} MB unpacked, expected a policy text.")
        document: Any = Document(io.BytesIO(content))
    except (zipfile.BadZipFile, OpcError, KeyError, ValueError, XMLSyntaxError) as error:
        raise BadInput(f"{path}: found no Word document, expected a .docx; open it and save it as .docx.") from error
    lines: list[str] = []
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            lines += ["\t".join(cell.text for cell in row.cells) for row in block.rows]
        else:
            lines.append(block.text)
    return "\n".join(lines) + "\n"


def _pdf(path: Path, content: bytes) -> str:
    """The text layer of all pages. A PDF of pictures has none and is refused."""
    try:
        import pypdfium2
    except ImportError as error:
        raise BadInput(
            f"{path}: found a PDF, and the PDF reader is not installed; save the text as .txt or .docx, or install pypdfium2."
        ) from error
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise BadInput(
            f"{path}: found no readable PDF ({error}), expected a PDF with text; open it and save it as .txt or .docx."
        ) from error
    try:
        pages: list[str] = []
        for number in range(len(document)):
            page = document[number]
            layer = page.get_textpage()
            pages.append(layer.get_text_bounded().replace("\r\n", "\n"))
            layer.close()
            page.close()
    finally:
        document.close()
    if sum(len("".join(page.split())) for page in pages) < _LEAST_PER_PAGE * max(1, len(pages)):
        raise BadInput(
            f"{path}: found {len(pages)} page(s) without a text layer, expected a text PDF; recognise the scan first and import its text."
        )
    return "\n".join(pages) + "\n"


class _Words(HTMLParser):
    """The visible words of a page; blocks end lines."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in _HIDDEN:
            self.hidden += 1
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN and self.hidden:
            self.hidden -= 1
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data.replace("\n", "").replace("\r", ""))


def _html(source: str) -> str:
    reader = _Words()
    reader.feed(source)
    reader.close()
    lines = ("".join(reader.parts)).split("\n")
    return "\n".join(line.strip() for line in lines if line.strip()) + "\n"
