"""A photo as phones take it, small, with a place in its notes; for the tests that must see the place go."""

from __future__ import annotations

import struct


def jpeg_with_place() -> bytes:
    """A JPEG (one grey dot) with an EXIF note that holds an orientation and a position."""

    def segment(mark: int, body: bytes) -> bytes:
        return bytes([0xFF, mark]) + struct.pack(">H", len(body) + 2) + body

    tiff = b"MM\x00*\x00\x00\x00\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, 6, 0, 0) + b"GPS 0.00N 0.00E"
    tables = segment(0xDB, b"\x00" + bytes([16] * 64)) + segment(0xC0, b"\x08\x00\x01\x00\x01\x01\x01\x11\x00")
    codes = segment(0xC4, b"\x00" + bytes([0, 1, *[0] * 14]) + b"\x00") + segment(0xC4, b"\x10" + bytes([0, 1, *[0] * 14]) + b"\x00")
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x3f"
    return b"\xff\xd8" + segment(0xE1, b"Exif\x00\x00" + tiff) + tables + codes + scan + b"\xff\xd9"
