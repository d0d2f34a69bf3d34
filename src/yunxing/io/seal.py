"""Seals: what proves something to others (an issued bulletin, a payment list) is digested and signed here, behind one interface.

Digests and keys name their algorithm (`sha256:…`, `ed25519:…`), so that a city may change to SM3 and SM2 and old seals verify for ever.
The provider `standard` is SHA-256 with Ed25519 (RFC 8032). Software keys alone do not meet level 3 of GB/T 39786-2021; a signature server does.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from yunxing.io.files import written_whole
from yunxing.values.digest import Algorithm, digest
from yunxing.values.errors import BadInput


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature with everything a verifier needs besides the content: the digest, the public key, the signature, each with its algorithm."""

    digest: str
    key: str
    value: str

    def to_json(self) -> dict[str, str]:
        """Plain texts for a manifest."""
        return {"digest": self.digest, "key": self.key, "signature": self.value}

    @classmethod
    def from_json(cls, data: dict[str, str]) -> Signature:
        """The signature of a manifest; a missing text is BadInput."""
        missing = [name for name in ("digest", "key", "signature") if not isinstance(data.get(name), str)]
        if missing:
            raise BadInput(f"the seal lacks {', '.join(missing)}, expected digest, key and signature")
        return cls(data["digest"], data["key"], data["signature"])


class Seal(Protocol):
    """What a provider does."""

    def digest(self, content: bytes, algorithm: Algorithm = "sha256") -> str:
        """The digest with its algorithm's name."""
        ...

    def sign(self, content: bytes) -> Signature:
        """The content's signature by the provider's present key."""
        ...

    def verify(self, content: bytes, signature: Signature) -> bool:
        """Whether the signature is one of this content, by the key it names."""
        ...


class StandardSeal:
    """SHA-256 (or SM3) digests, Ed25519 signatures over the digest's text. The key lies in the home folder, readable by its owner only."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def in_home(cls, home: Path) -> StandardSeal:
        """The seal of this home; its key is made once, when there is none."""
        place = home / "keys" / "seal-ed25519.pem"
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            with written_whole(place, secret=True, unless_there=True) as file:
                file.write(pem)
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        key = load_pem_private_key(place.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise BadInput(f"{place}: found a {type(key).__name__}, expected an Ed25519 private key")
        return cls(key)

    def digest(self, content: bytes, algorithm: Algorithm = "sha256") -> str:
        """`sha256:…` or `sm3:…`."""
        return digest(content, algorithm)

    def sign(self, content: bytes) -> Signature:
        """Ed25519 over the digest's text; the public key travels with it."""
        named = digest(content)
        public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return Signature(named, f"ed25519:{public.hex()}", f"ed25519:{self._key.sign(named.encode()).hex()}")

    def verify(self, content: bytes, signature: Signature) -> bool:
        """Whether content, digest, key and signature belong together. A seal of an unknown algorithm is BadInput, never simply false.

        Whose key it is, is for the caller to know: compare `signature.key` with the keys he trusts.
        """
        algorithm, _, _ = signature.digest.partition(":")
        if digest(content, algorithm) != signature.digest:  # type: ignore[arg-type]
            return False
        key, value = (_bytes_of(text, length) for text, length in ((signature.key, 32), (signature.value, 64)))
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(value, signature.digest.encode())
        except InvalidSignature:
            return False
        return True


def _bytes_of(text: str, length: int) -> bytes:
    algorithm, _, body = text.partition(":")
    if algorithm != "ed25519":
        raise BadInput(f"the seal names the algorithm {algorithm!r}, expected ed25519; use the provider that made it")
    try:
        found = bytes.fromhex(body)
    except ValueError as error:
        raise BadInput(f"the seal holds {body!r}, expected hexadecimal digits") from error
    if len(found) != length:
        raise BadInput(f"the seal holds {len(found)} bytes, expected {length}")
    return found
