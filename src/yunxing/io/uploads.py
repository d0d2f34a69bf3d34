"""What may come in through an upload: known by its content, within limits, and without a mark of state secrecy.

A file marked 绝密, 机密 or 秘密★ must not be stored anywhere on this system, so the check works on the bytes in memory, before storage.
The mark is looked for in the file's name, in the text of Word and Excel files (headers and footers too), in plain text, in old binary
Office files, and in the files of an archive. A picture or a PDF is judged by its name (and a PDF by the text it holds uncompressed).
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal, get_args

from yunxing.values.errors import BadInput, Fault

Kind = Literal["xlsx", "xls", "docx", "doc", "pdf", "ofd", "csv", "html", "png", "jpg", "zip", "ods"]
KINDS: frozenset[str] = frozenset(get_args(Kind)) - {"html"}
NOTICE_ZH = "严禁处理、传输涉密信息"
NOTICE_EN = "Classified information must not be processed or transmitted here"

ENTRIES, UNPACKED_TIMES, UNPACKED_FLOOR = 5_000, 40, 64 * 1024 * 1024
FIRST_PAGE = 2_000  # characters of a text that count as its first page
_WORD = "(绝密|机密|秘密)"
# the mark of an official document: the word, a star, often a term (GB/T 9704-2012, 7.2.2)
_STARRED = re.compile(_WORD + r"\s*级?\s*[★☆✩✭]")
# the word alone on a line, in a cell, or fenced off in a name; “商业秘密” and “保密” are ordinary words
_ALONE = re.compile(r"[\[(（【〔<《]?\s*" + _WORD + r"\s*级?\s*(文件)?\s*[\])）】〕>》]?")
_IN_NAME = re.compile(r"(?<![\u4e00-\u9fff])" + _WORD + r"级?(文件)?(?![\u4e00-\u9fff])")
_OLE, _PDF = bytes.fromhex("d0cf11e0a1b11ae1"), b"%PDF-"
_TAGS = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file that may be stored: a safe name without folders, what it is by content, and whether its text could be read for the mark."""

    name: str
    kind: Kind
    text_was_read: bool


def inspect(name: str, content: bytes, *, limit_bytes: int, kinds: frozenset[str] = KINDS) -> Accepted:
    """Judge a file before it is stored. `BadInput` says what was found and how to mend it; nothing has been written then."""
    safe = safe_name(name)
    if not content:
        raise _refusal(safe, "an empty file 空文件", "a file with content", "在原程序中打开并重新保存后再上传")
    if len(content) > limit_bytes:
        found = f"{len(content):,} bytes ({len(content) / 1_048_576:.1f} MiB)"
        raise _refusal(safe, found, f"at most {limit_bytes:,} bytes 文件过大", "拆分文件，或删去图片后再上传")
    if _IN_NAME.search(unicodedata.normalize("NFKC", safe)) or _STARRED.search(safe):
        raise _secret(safe, "the name 文件名")
    kind = kind_of(content)
    if kind is None or kind not in kinds:
        allowed = ", ".join(sorted(kinds))
        raise _refusal(
            safe, f"content of kind {kind or 'unknown'} 文件内容无法识别", f"one of: {allowed}", "另存为 .xlsx 或 .docx 后再上传"
        )
    place = _marked(content, kind, safe, limit_bytes)
    if place:
        raise _secret(safe, place)
    return Accepted(safe, kind, text_was_read=kind not in ("png", "jpg", "pdf", "ofd"))


def safe_name(name: str) -> str:
    """The last part of the name without control characters, at most 150 characters with its ending kept."""
    last = PurePosixPath(name.replace("\\", "/")).name
    clean = "".join(one for one in last if unicodedata.category(one)[0] != "C").strip(" .") or "file"
    stem, dot, ending = clean.rpartition(".")
    return clean if len(clean) <= 150 else (f"{stem[: 149 - len(ending)]}.{ending}" if dot and len(ending) < 12 else clean[:150])


def kind_of(content: bytes) -> Kind | None:
    """What a file is by its content; the name is not asked. None when it is nothing we take (a program, an encrypted package)."""
    if content.startswith(_PDF):
        return "pdf"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if content.startswith(_OLE):
        return _kind_of_ole(content)
    if content.startswith(b"PK\x03\x04"):
        return _kind_of_zip(content)
    return _kind_of_text(content)


def _kind_of_ole(content: bytes) -> Kind | None:
    def names(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    if names("EncryptedPackage"):
        return None  # protected by a password or scrambled by an encryption agent
    if names("WordDocument"):
        return "doc"
    return "xls" if names("Workbook") or names("Book") else None


def _kind_of_zip(content: bytes) -> Kind | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return None
    if any(one.endswith("vbaProject.bin") for one in names):
        return None  # macros
    if "content.xml" in names and b"opendocument.spreadsheet" in content[:200]:
        return "ods"
    for mark, kind in (("xl/workbook.xml", "xlsx"), ("word/document.xml", "docx"), ("OFD.xml", "ofd")):
        if mark in names:
            return kind  # type: ignore[return-value]
    return "zip"


def _kind_of_text(content: bytes) -> Kind | None:
    text = _decoded(content[:65_536], whole=len(content) <= 65_536)
    if text is None or "\x00" in text:
        return None
    return "html" if re.match(r"\s*(<!doctype html|<html|<\?xml[^>]*>\s*<html|<table)", text, re.IGNORECASE) else "csv"


def _decoded(content: bytes, *, whole: bool = True) -> str | None:
    """Text in UTF-8 (with or without a mark) or GB 18030; a cut-off last character of an excerpt is no fault."""
    for encoding in ("utf-8-sig", "gb18030"):
        for cut in range(1 if whole else 4):
            try:
                return content[: len(content) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
    return None


def _marked(content: bytes, kind: Kind, name: str, limit_bytes: int) -> str:
    """Where a mark of secrecy stands, or nothing."""
    if kind in ("docx", "xlsx", "ods"):
        return next((where for where, text in _parts(content, kind, name, limit_bytes) if _has_mark(text, cells=kind != "docx")), "")
    if kind == "zip":
        return _marked_inside(content, name, limit_bytes)
    if kind in ("csv", "html"):
        text = _decoded(content) or content.decode("gb18030", "replace")
        return "the text 正文" if _has_mark(re.sub(r"[,\t;]", "\n", text[: FIRST_PAGE * 5]), cells=False) else ""
    words = ("绝密★", "机密★", "秘密★")
    encodings = ("utf-16-le", "gb18030", "utf-8", "utf-16-be")
    found = any(word.encode(encoding) in content for word in words for encoding in encodings)
    return "the text 正文" if found else ""


def _has_mark(text: str, *, cells: bool) -> bool:
    page = text if cells else text[:FIRST_PAGE]
    return bool(_STARRED.search(page)) or any(_ALONE.fullmatch(line.strip()) for line in page.split("\n"))


def _parts(content: bytes, kind: Kind, name: str, limit_bytes: int) -> Iterator[tuple[str, str]]:
    """The texts of an Office file: paragraphs and cells each on a line, with their place."""
    wanted = {
        "docx": r"word/(document|header\d*|footer\d*)\.xml",
        "xlsx": r"xl/(sharedStrings|worksheets/[^/]+|drawings/[^/]+)\.xml",
        "ods": r"(content|styles)\.xml",
    }[kind]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        _bounded(archive, name, limit_bytes)
        for info in archive.infolist():
            if re.fullmatch(wanted, info.filename):
                xml = archive.read(info).decode("utf-8", "replace")
                lines = re.sub(r"</(w:p|si|is|a:p|oddHeader|oddFooter|text:p)>", "\n", xml)
                yield info.filename, _TAGS.sub("", lines)


def _marked_inside(content: bytes, name: str, limit_bytes: int) -> str:
    """An archive is judged by what it holds; an archive within an archive is refused, since nobody sends one by hand."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        _bounded(archive, name, limit_bytes)
        for info in archive.infolist():
            if info.is_dir():
                continue
            inner = entry_name(info)
            if info.flag_bits & 0x1:
                raise _refusal(name, f"{inner}: protected by a password 有密码", "an archive without password", "去掉密码重新压缩")
            held = archive.read(info)
            if not held:
                continue
            if kind_of(held) == "zip":
                raise _refusal(name, f"{inner}: an archive inside the archive 压缩包内还有压缩包", "files only", "解压后直接上传其中的文件")
            inspect(inner, held, limit_bytes=limit_bytes)
    return ""


def members(name: str, content: bytes, *, limit_bytes: int) -> Iterator[tuple[str, bytes | BadInput]]:
    """The files of an archive, each with its path in it, to be judged one by one: a member that cannot be taken stops no other. Folders are passed over.

    `BadInput` is raised for an archive that is broken or would unpack to far more than it weighs; nothing has been unpacked then.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError) as error:
        raise _refusal(name, f"损坏的压缩包（{error}）", "完整的 zip 压缩包", "重新压缩，或直接上传其中的文件") from error
    with archive:
        _bounded(archive, name, limit_bytes)
        for info in archive.infolist():
            inner = entry_name(info)
            if info.is_dir() or PurePosixPath(inner).name.startswith(("~$", ".")) or inner.startswith("__MACOSX/"):
                continue
            yield inner, _member(archive, info, f"{name}/{inner}")


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> bytes | BadInput:
    if info.flag_bits & 0x1:
        return _refusal(name, "有密码 protected by a password", "没有密码的压缩包", "去掉密码重新压缩")
    try:
        held = archive.read(info)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error, OSError) as error:
        return _refusal(name, f"损坏（{error}）", "完整的文件", "重新压缩，或直接上传这个文件")
    if kind_of(held) == "zip":
        return _refusal(name, "压缩包内还有压缩包", "表格文件", "解压后直接上传其中的文件")
    return held


def entry_name(info: zipfile.ZipInfo) -> str:
    """The name of an archive's entry. Without the UTF-8 flag Chinese Windows writes GB 18030, which Python reads as code page 437."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def _bounded(archive: zipfile.ZipFile, name: str, limit_bytes: int) -> None:
    """Refuse what would unpack to far more than it weighs."""
    entries = archive.infolist()
    total = sum(one.file_size for one in entries)
    allowed = max(limit_bytes * UNPACKED_TIMES, UNPACKED_FLOOR)
    if len(entries) > ENTRIES or total > allowed:
        raise _refusal(
            name,
            f"{len(entries):,} entries, {total:,} bytes unpacked",
            f"at most {ENTRIES:,} entries and {allowed:,} bytes",
            "拆分后再上传",
        )


def _refusal(name: str, found: str, expected: str, fix: str) -> BadInput:
    return BadInput.from_faults([Fault(name, "", found, expected, fix=fix)])


def _secret(name: str, place: str) -> BadInput:
    why = f"{NOTICE_ZH}（{NOTICE_EN}）"
    fix = "文件未保存；涉密文件请按保密规定在涉密系统处理，密级标志有误的请改正后再上传"
    return BadInput.from_faults([Fault(name, place, "a mark of state secrecy 密级标志", "a file without one", why=why, fix=fix)])
