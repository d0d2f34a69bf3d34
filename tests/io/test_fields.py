"""Sealed fields: opened only in their own place with their own key; found without being opened."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.io.fields import FieldCipher
from yunxing.values.errors import BadInput

CIPHER = FieldCipher(b"k" * 32)


@given(st.text(), st.text(max_size=20))
def test_what_is_sealed_opens_in_its_place(text, where):
    sealed = CIPHER.seal(text, where)

    assert CIPHER.open(sealed, where) == text
    assert (sealed == "") == (text == "")
    assert not text or text not in sealed or len(text) < 4


@given(st.text(min_size=1), st.binary(min_size=1, max_size=1), st.data())
def test_a_changed_byte_does_not_open(text, byte, data):
    content = bytearray(base64.b64decode(CIPHER.seal(text, "row.column").removeprefix("aesgcm:")))
    at = data.draw(st.integers(0, len(content) - 1))
    if content[at : at + 1] == byte:
        return
    content[at : at + 1] = byte

    with pytest.raises(BadInput, match="does not open"):
        CIPHER.open("aesgcm:" + base64.b64encode(bytes(content)).decode(), "row.column")


@pytest.mark.parametrize(
    ("sealed", "where"),
    [
        (CIPHER.seal("张三", "1.driver"), "2.driver"),
        (FieldCipher(b"j" * 32).seal("张三", "1.driver"), "1.driver"),
        ("aesgcm:####", "x"),
        ("plain", "x"),
    ],
    ids=["another place", "another key", "damaged", "no seal"],  # the sealed texts are others at every collection
)
def test_another_place_another_key_and_no_seal_do_not_open(sealed, where):
    with pytest.raises(BadInput):
        CIPHER.open(sealed, where)


def test_the_same_text_is_sealed_differently_and_found_the_same():
    assert CIPHER.seal("鲁M12345", "a") != CIPHER.seal("鲁M12345", "a")
    assert CIPHER.found_by(" 鲁m12345 ") == CIPHER.found_by("鲁M12345")
    assert CIPHER.found_by("鲁M12345") != FieldCipher(b"j" * 32).found_by("鲁M12345")
    assert CIPHER.found_by("鲁M12345").startswith("hmac-sha256:")


def test_the_homes_key_is_made_once_and_for_its_owner_only(tmp_path):
    first, second = FieldCipher.in_home(tmp_path), FieldCipher.in_home(tmp_path)
    key = tmp_path / "keys" / "fields-aes256.key"

    assert second.open(first.seal("x", "w"), "w") == "x"
    assert oct(key.stat().st_mode)[-3:] == "600"
    key.write_bytes(base64.b64encode(b"short"))
    with pytest.raises(BadInput, match="expected 32"):
        FieldCipher.in_home(tmp_path)
