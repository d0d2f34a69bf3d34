"""Read a bulletin back, as Word or WPS saved it: the text of every figure's bookmark, and the text of every paragraph and cell."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yunxing.values.errors import BadInput

FIGURE = "fig_"  # what the names of figures' bookmarks begin with
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MOST_BYTES = 50_000_000  # a bulletin has some 100 kB; more is no bulletin, or a file made to fill the memory


@dataclass(frozen=True, slots=True)
class Returned:
    """What a file says. `month` and `snapshot` are its own claim, from the document's properties.

    `shown` maps figure ids to the words of their bookmarks; `lines` are the paragraphs and cells, each figure as its mark `⟦id⟧`.
    """

    month: str
    snapshot: str
    shown: dict[str, str]
    lines: tuple[str, ...]


def read_docx(file: Path | bytes) -> Returned:
    """The file's figures and lines. Text that tracked changes deleted is left out, inserted text counts. BadInput when it is no Word file."""
    name = file if isinstance(file, Path) else "the file"
    try:
        with zipfile.ZipFile(file if isinstance(file, Path) else io.BytesIO(file)) as package:
            if sum(member.file_size for member in package.infolist()) > _MOST_BYTES:
                raise BadInput(f"{name}: found more than {_MOST_BYTES // 10**6} MB unpacked, expected a bulletin")
            body = package.read("word/document.xml")
            core = package.read("docProps/core.xml") if "docProps/core.xml" in package.namelist() else b""
    except FileNotFoundError as error:
        raise BadInput(f"{name}: found no such file") from error
    except (zipfile.BadZipFile, KeyError, IsADirectoryError) as error:
        raise BadInput(f"{name}: found no Word document, expected a .docx; save it as .docx and try again") from error
    month, snapshot = _claims(_root(core, name)) if core else ("", "")
    shown, lines = _texts(_root(body, name))
    return Returned(month, snapshot, shown, lines)


def _root(data: bytes, name: object) -> Any:
    from lxml import etree

    # entities stay closed: the file came from outside
    try:
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    except etree.XMLSyntaxError as error:
        raise BadInput(f"{name}: found broken contents ({error}), expected a Word document; open and save it anew") from error


def _claims(root: Any) -> tuple[str, str]:
    found = {"identifier": "", "version": ""}
    for node in root:
        tag = str(node.tag).rpartition("}")[2]
        if tag in found:
            found[tag] = node.text or ""
    return found["identifier"].removeprefix("bulletin:"), found["version"]


def _texts(root: Any) -> tuple[dict[str, str], tuple[str, ...]]:
    opened: dict[str, str] = {}
    shown: dict[str, str] = {}
    lines: list[str] = []
    for node in root.iter():
        if node.tag == _W + "p":
            lines.append("")
        elif node.tag == _W + "bookmarkStart":
            name = node.get(_W + "name", "")
            figure = name.removeprefix(FIGURE)
            # a bookmark stands once; a second of its name is somebody's copy and counts as plain text
            if name.startswith(FIGURE) and figure not in shown and lines:
                opened[node.get(_W + "id", "")] = figure
                shown[figure] = ""
                lines[-1] += f"⟦{figure}⟧"
        elif node.tag == _W + "bookmarkEnd":
            opened.pop(node.get(_W + "id", ""), None)
        elif node.tag == _W + "t" and lines:
            if opened:
                for figure in opened.values():
                    shown[figure] += node.text or ""
            else:
                lines[-1] += node.text or ""
    return shown, tuple(line for line in lines if line)
