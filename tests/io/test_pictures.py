"""Phone pictures lose place, time and owner, and keep how they look; a broken or hostile file is refused, never decoded."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.io.pictures import without_notes
from yunxing.values.errors import BadInput

PLACE = b"GPS 37.38N 118.02E owner Zhang"


def segment(mark: int, body: bytes) -> bytes:
    return bytes([0xFF, mark]) + struct.pack(">H", len(body) + 2) + body


def exif(turned: int, order: str = "MM", more: bytes = PLACE) -> bytes:
    sign = ">" if order == "MM" else "<"
    head = order.encode() + struct.pack(sign + "HI", 42, 8)
    entries = [struct.pack(sign + "HHII", 0x010F, 2, len(more), 38), struct.pack(sign + "HHIHH", 0x0112, 3, 1, turned, 0)]
    return segment(
        0xE1, b"Exif\x00\x00" + head + struct.pack(sign + "H", len(entries)) + b"".join(entries) + struct.pack(sign + "I", 0) + more
    )


TABLES = segment(0xDB, b"\x00" * 65) + segment(0xC0, b"\x08\x00\x01\x00\x01\x01\x01\x11\x00") + segment(0xC4, b"\x00" * 20)
SCAN = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"


def jpeg(*notes: bytes, tail: bytes = b"") -> bytes:
    return b"\xff\xd8" + b"".join(notes) + TABLES + SCAN + b"\xff\xd9" + tail


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(*notes: bytes, tail: bytes = b"") -> bytes:
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00")
    return start + b"".join(notes) + chunk(b"IDAT", zlib.compress(b"\x00\x00")) + chunk(b"IEND", b"") + tail


@pytest.mark.parametrize("order", ["MM", "II"])
def test_a_photo_loses_where_and_whose_and_keeps_which_way_up(order):
    """Place and owner are gone; an upright note of our own holds the orientation alone."""
    clean = without_notes(jpeg(segment(0xE0, b"JFIF\x00\x01\x01"), exif(6, order), segment(0xFE, PLACE), segment(0xE2, PLACE)))

    assert PLACE not in clean
    assert b"JFIF" in clean
    assert clean.count(b"Exif\x00\x00") == 1
    assert without_notes(clean) == clean
    assert clean.endswith(TABLES + SCAN + b"\xff\xd9")


def test_an_upright_photo_gets_no_note_at_all():
    assert without_notes(jpeg(exif(1))) == jpeg()
    assert without_notes(jpeg(exif(99))) == jpeg()  # no such orientation


def test_what_hangs_on_behind_a_picture_goes():
    """Phones append films and larger copies, attackers archives."""
    assert without_notes(jpeg(tail=PLACE)) == jpeg()
    assert without_notes(png(tail=b"PK\x03\x04" + PLACE)) == png()


def test_a_png_keeps_pixels_and_colours_alone():
    notes = [
        chunk(b"tEXt", b"Author\x00" + PLACE),
        chunk(b"eXIf", PLACE),
        chunk(b"iTXt", PLACE),
        chunk(b"tIME", b"\x07\xe6\x09\x1e\x08\x00\x00"),
    ]

    assert without_notes(png(chunk(b"gAMA", b"\x00\x00\xb1\x8f"), *notes)) == png(chunk(b"gAMA", b"\x00\x00\xb1\x8f"))


def test_other_files_are_left_as_they_are():
    for content in (b"%PDF-1.7", b"PK\x03\x04", b"", b"hello"):
        assert without_notes(content) == content


@pytest.mark.parametrize(
    "broken",
    [
        b"\xff\xd8",
        b"\xff\xd8" + exif(6)[:10],
        b"\xff\xd8\x00\x00\x00\x00",
        b"\xff\xd8\xff\xe1\x00\x01xx",
        png()[:-10],
        png().replace(b"IDAT", b"IDAX"),
        b"\x89PNG\r\n\x1a\n",
    ],
    ids=["empty", "cut note", "no mark", "length 1", "cut", "wrong check sum", "only a head"],
)
def test_a_broken_picture_is_refused_and_told_how_to_mend(broken):
    with pytest.raises(BadInput, match="重新拍照"):
        without_notes(broken)


@given(st.sampled_from([b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe1"]), st.binary(max_size=300))
def test_no_bytes_make_it_fall_over(head, rest):
    """Whatever comes in, it is cleaned or refused; the clean one is stable and never longer than the note of orientation adds."""
    try:
        clean = without_notes(head + rest)
    except BadInput:
        return
    assert without_notes(clean) == clean
    assert len(clean) <= len(head + rest) + 40


@given(
    st.lists(st.tuples(st.sampled_from([0xE1, 0xE2, 0xED, 0xFE]), st.binary(min_size=8, max_size=40)), max_size=4), st.binary(max_size=60)
)
def test_no_note_of_a_photo_survives(notes, tail):
    """Any notes, anything behind: the picture is the same as without them."""
    dirty = jpeg(*[segment(mark, b"note" + body) for mark, body in notes], tail=tail)

    assert without_notes(dirty) == jpeg()
