"""Pictures from phones, without what a phone writes into them: place, time, owner, device, a small copy of the whole (design: ecosystem §2, phone).

What shows the picture stays as it is, byte for byte; of the notes only the orientation is kept, in a note of our own, since without it a photo
taken upright lies on its side. Nothing is decoded, so nothing in a hostile file is run.
"""

from __future__ import annotations

import struct
import zlib

from yunxing.values.errors import BadInput

_JPEG, _PNG = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
_SHOWN = frozenset({0xE0, 0xEE})  # JFIF and Adobe say how the colours are meant; every other note goes
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_SCAN, _END, _EXIF, _COMMENT = 0xDA, 0xD9, 0xE1, 0xFE
_PNG_SHOWN = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"sBIT", b"sRGB", b"bKGD", b"pHYs", b"iCCP", b"acTL", b"fcTL", b"fdAT"}
)
_ORIENTATION = 0x0112


def without_notes(content: bytes) -> bytes:
    """The picture (JPEG or PNG) without notes; anything else is given back as it is. A broken picture is `BadInput`."""
    if content.startswith(_JPEG):
        return _jpeg(content)
    if content.startswith(_PNG):
        return _png(content)
    return content


def _jpeg(content: bytes) -> bytes:
    kept, at, turned = [_JPEG], 2, 1
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            raise _broken("JPEG", at)
        mark = content[at + 1]
        if mark == 0xFF:  # filling
            at += 1
            continue
        if mark in _ALONE:
            kept.append(content[at : at + 2])
            at += 2
            continue
        if mark == _END:
            break
        length = struct.unpack(">H", content[at + 2 : at + 4])[0]
        segment = content[at : at + 2 + length]
        if length < 2 or len(segment) != 2 + length:
            raise _broken("JPEG", at)
        if mark == _SCAN:  # the picture itself, up to its end; what hangs on behind it (a second picture, a film) goes
            picture = content[at : _end_of_picture(content, at + 2 + length)]
            return b"".join([kept[0], _orientation_note(turned), *kept[1:], picture, b"\xff\xd9"])
        if mark == _EXIF:
            turned = _orientation(segment[4:]) or turned
        elif mark in _SHOWN or not (0xE0 <= mark <= 0xEF or mark == _COMMENT):
            kept.append(segment)
        at += 2 + length
    raise _broken("JPEG", at)


def _end_of_picture(content: bytes, at: int) -> int:
    """Where the scans end: the first end mark. Inside a scan 0xFF is always followed by 0x00 or a restart, between scans stand segments."""
    while at + 1 < len(content):
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            break
        mark = content[at + 1]
        if mark == _END:
            return at
        if mark == 0x00 or mark in _ALONE or mark == 0xFF:
            at += 1 if mark == 0xFF else 2
            continue
        length = struct.unpack(">H", content[at + 2 : at + 4])[0] if at + 4 <= len(content) else 0
        at += 2 + max(length, 0)
    return len(content)


def _orientation(note: bytes) -> int:
    """The orientation (1 to 8) of an EXIF note, or 0."""
    if not note.startswith(b"Exif\x00\x00"):
        return 0
    tiff = note[6:]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return 0
    at = struct.unpack(order + "I", tiff[4:8])[0]
    if at + 2 > len(tiff):
        return 0
    for number in range(struct.unpack(order + "H", tiff[at : at + 2])[0]):
        entry = tiff[at + 2 + 12 * number : at + 14 + 12 * number]
        if len(entry) < 12:
            return 0
        tag, _kind, _count, value = struct.unpack(order + "HHIH", entry[:10])
        if tag == _ORIENTATION:
            return value if 1 <= value <= 8 else 0
    return 0


def _orientation_note(turned: int) -> bytes:
    """An EXIF note that holds the orientation alone; nothing for a picture that stands upright."""
    if turned == 1:
        return b""
    tiff = b"MM\x00*\x00\x00\x00\x08" + struct.pack(">HHHIHHI", 1, _ORIENTATION, 3, 1, turned, 0, 0)
    body = b"Exif\x00\x00" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _png(content: bytes) -> bytes:
    kept, at = [_PNG], len(_PNG)
    while at + 12 <= len(content):
        length = struct.unpack(">I", content[at : at + 4])[0]
        name, chunk = content[at + 4 : at + 8], content[at : at + 12 + length]
        if len(chunk) != 12 + length or zlib.crc32(chunk[4:-4]) != struct.unpack(">I", chunk[-4:])[0]:
            raise _broken("PNG", at)
        if name in _PNG_SHOWN:
            kept.append(chunk)
        at += 12 + length
        if name == b"IEND":
            return b"".join(kept)  # what hangs on behind the picture goes
    raise _broken("PNG", at)


def _broken(kind: str, at: int) -> BadInput:
    return BadInput(f"图片已损坏，请重新拍照或另存后再上传 the {kind} picture is broken at byte {at:,}; take it anew or save it again")
