"""Single fields of personal data: encrypted where they are stored, found by a keyed digest, gone once their row is cleared (ecosystem 1.5, 2).

AES-256-GCM with a key of the home folder that only its owner can read. A sealed field names its algorithm (`aesgcm:…`), and what it belongs to is
bound into it: the text of one row does not open in another.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from yunxing.io.files import written_whole
from yunxing.values.errors import BadInput

PREFIX = "aesgcm:"
_NONCE = 12


class FieldCipher:
    """Seals and opens fields of one home folder."""

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)
        self._search = hashlib.sha256(b"search" + key).digest()

    @classmethod
    def in_home(cls, home: Path) -> FieldCipher:
        """The cipher of this home; its key is made once, when there is none."""
        place = home / "keys" / "fields-aes256.key"
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with written_whole(place, secret=True, unless_there=True) as file:
                file.write(base64.b64encode(AESGCM.generate_key(256)))
        key = base64.b64decode(place.read_bytes())
        if len(key) != 32:
            raise BadInput(f"{place}: found a key of {len(key)} bytes, expected 32; restore it from the backup of the home folder.")
        return cls(key)

    def seal(self, text: str, where: str) -> str:
        """The text sealed for the place `where` (a row's key and column); the empty text stays empty."""
        if not text:
            return ""
        nonce = os.urandom(_NONCE)
        return PREFIX + base64.b64encode(nonce + self._aead.encrypt(nonce, text.encode(), where.encode())).decode()

    def open(self, sealed: str, where: str) -> str:
        """The text of a sealed field; BadInput when it was altered, moved from another place, or sealed with another key."""
        if not sealed:
            return ""
        if not sealed.startswith(PREFIX):
            raise BadInput(f"a sealed field begins with {sealed[:8]!r}, expected {PREFIX!r}")
        try:
            content = base64.b64decode(sealed.removeprefix(PREFIX), validate=True)
            return self._aead.decrypt(content[:_NONCE], content[_NONCE:], where.encode()).decode()
        except (ValueError, InvalidTag) as error:
            raise BadInput("a sealed field does not open: altered, moved from another row, or sealed with another key") from error

    def found_by(self, text: str) -> str:
        """The keyed digest by which equal texts are found without opening any (`hmac-sha256:…`)."""
        return "hmac-sha256:" + hmac.new(self._search, text.strip().upper().encode(), hashlib.sha256).hexdigest()
