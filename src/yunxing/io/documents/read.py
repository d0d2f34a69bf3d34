"""Read a bulletin back, as Word or WPS saved it: the text of every figure's bookmark, and the text of every paragraph and cell."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

from yunxing.values.errors import BadInput

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MOST_BYTES = 50_000_000  # a bulletin has some 100 kB; more is no bulletin, or a file made to fill the memory


@dataclass(frozen=True, slots=True)
class Returned:
    """What a file says. `month` and `snapshot` are its own claim, from the document's properties."""

    month: str
    snapshot: str
    bookmarks: dict[str, str]
    lines: tuple[str, ...]


def read_docx(path: Path) -> Returned:
    """The file's figures and lines. Text that tracked changes deleted is left out, inserted text counts. BadInput when it is no Word file."""
    try:
        with zipfile.ZipFile(path) as package:
            if sum(member.file_size for member in package.infolist()) > _MOST_BYTES:
                raise BadInput(f"{path}: found more than {_MOST_BYTES // 10**6} MB unpacked, expected a bulletin")
            body = package.read("word/document.xml")
            core = package.read("docProps/core.xml") if "docProps/core.xml" in package.namelist() else b""
    except (zipfile.BadZipFile, KeyError) as error:
        raise BadInput(f"{path}: found no Word document, expected a .docx; save it as .docx and try again") from error
    except FileNotFoundError as error:
        raise BadInput(f"{path}: found no such file") from error
    month, snapshot = _claims(core)
    bookmarks, lines = _texts(body)
    return Returned(month, snapshot, bookmarks, lines)


def _root(data: bytes) -> object:
    from lxml import etree

    # entities stay closed: the file came from outside
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))


def _claims(core: bytes) -> tuple[str, str]:
    if not core:
        return "", ""
    found = {"identifier": "", "version": ""}
    for node in _root(core):  # type: ignore[attr-defined]
        name = node.tag.rpartition("}")[2]
        if name in found:
            found[name] = node.text or ""
    return found["identifier"].removeprefix("bulletin:"), found["version"]


def _texts(body: bytes) -> tuple[dict[str, str], tuple[str, ...]]:
    open_marks: dict[str, str] = {}
    bookmarks: dict[str, str] = {}
    lines: list[str] = []
    for node in _root(body).iter():  # type: ignore[attr-defined]
        if node.tag == _W + "p":
            lines.append("")
        elif node.tag == _W + "bookmarkStart" and (name := node.get(_W + "name", "")).startswith("fig_"):
            open_marks[node.get(_W + "id", "")] = name
            bookmarks[name] = ""
        elif node.tag == _W + "bookmarkEnd":
            open_marks.pop(node.get(_W + "id", ""), None)
        elif node.tag == _W + "t" and lines:
            lines[-1] += node.text or ""
            for name in open_marks.values():
                bookmarks[name] += node.text or ""
    return bookmarks, tuple(line for line in lines if line)
