"""What a Word file that leaves the house may not hold, because WPS drops it, asks about it, or shows it otherwise than Word."""

from __future__ import annotations

import io
import zipfile

from yunxing.values.errors import Fault

REFUSED_PARTS = ("vbaProject", "activeX", "customXml/item", "embeddings/", "glossary/")
REFUSED_ELEMENTS = (
    "w:sdt",
    "w:smartTag",
    "w:control",
    "w:object",
    "w:altChunk",
    "w:customXml",
    "w:ins",
    "w:del",
    "mc:AlternateContent",
    "dgm:relIds",
    "w:macros",
)


def refused_elements(data: bytes, name: str = "bulletin.docx") -> list[Fault]:
    """Every refused part and element of the file, with the part it stands in. Empty: the file opens alike in Word and WPS."""
    from lxml import etree

    faults = []
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for member in package.namelist():
            faults += [
                Fault(name, member, part, "none: macros, controls, embedded objects and custom data do not open alike in WPS")
                for part in REFUSED_PARTS
                if part in member
            ]
            if not member.endswith((".xml", ".rels")):
                continue
            root = etree.fromstring(package.read(member))
            for node in root.iter():
                if not isinstance(node.tag, str):
                    continue
                tag = f"{node.prefix}:{etree.QName(node).localname}"
                if tag in REFUSED_ELEMENTS:
                    faults.append(Fault(name, member, f"<{tag}>", "no such element: it does not open alike in WPS"))
                if tag == "w:rFonts":
                    faults += _font_faults(name, member, node)
                if tag == "Relationship" and node.get("TargetMode") == "External":
                    faults.append(Fault(name, member, f"a link to {node.get('Target')}", "no link out of the file"))
    return faults


def _font_faults(name: str, member: str, node: object) -> list[Fault]:
    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    keys = set(getattr(node, "attrib", {}))
    missing = [script for script in ("eastAsia", "ascii", "hAnsi") if space + script not in keys]
    theme = [key for key in keys if key.endswith("Theme")]
    if missing or theme:
        return [
            Fault(
                name, member, "fonts without " + ", ".join(missing) if missing else "theme fonts", "fonts of every script named on the run"
            )
        ]
    return []
