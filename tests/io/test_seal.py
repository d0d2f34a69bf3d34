"""Seals: the standard vectors hold, what was changed does not, keys are made once and kept private."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from yunxing.io.seal import Signature, StandardSeal
from yunxing.values.digest import digest
from yunxing.values.errors import BadInput

SEAL = StandardSeal(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


@pytest.mark.parametrize(
    ("algorithm", "content", "hexadecimal"),
    [
        ("sha256", b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),  # FIPS 180-4
        ("sm3", b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),  # GB/T 32905-2016, A.1
        ("sm3", b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),  # A.2
    ],
)
def test_standard_digests(algorithm: str, content: bytes, hexadecimal: str) -> None:
    assert SEAL.digest(content, algorithm) == f"{algorithm}:{hexadecimal}"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("secret", "public", "message", "signature"),
    [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
    ],
)
def test_the_vectors_of_rfc_8032(secret: str, public: str, message: str, signature: str) -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))
    assert key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex() == public
    assert key.sign(bytes.fromhex(message)).hex() == signature


@pytest.mark.property
@given(st.binary(max_size=200), st.binary(max_size=200))
def test_a_seal_holds_for_its_content_only(content: bytes, other: bytes) -> None:
    signature = SEAL.sign(content)
    assert SEAL.verify(content, signature)
    assert SEAL.verify(other, signature) == (other == content)


def test_the_signature_names_its_algorithms() -> None:
    signature = SEAL.sign(b"x")
    assert [text.partition(":")[0] for text in (signature.digest, signature.key, signature.value)] == ["sha256", "ed25519", "ed25519"]
    assert Signature.from_json(signature.to_json()) == signature


def test_a_seal_verifies_without_its_private_key() -> None:
    other = StandardSeal(Ed25519PrivateKey.from_private_bytes(bytes(32)))
    assert other.verify(b"x", SEAL.sign(b"x"))


def test_a_seal_over_an_sm3_digest_is_told_apart() -> None:
    """A digest of another algorithm is computed anew by that algorithm; the signature over the other text does not hold."""
    assert not SEAL.verify(b"x", replace(SEAL.sign(b"x"), digest=digest(b"x", "sm3")))


def test_another_key_does_not_hold() -> None:
    other = StandardSeal(Ed25519PrivateKey.from_private_bytes(bytes(32)))
    assert not SEAL.verify(b"x", replace(SEAL.sign(b"x"), key=other.sign(b"x").key))


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("key", "sm2:" + "0" * 64, "sm2"),
        ("value", "ed25519:zz", "hexadecimal"),
        ("key", "ed25519:00", "expected 32"),
        ("digest", "md5:" + "0" * 32, "md5"),
    ],
)
def test_a_seal_that_cannot_be_judged_is_refused_and_not_false(field: str, text: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        SEAL.verify(b"x", replace(SEAL.sign(b"x"), **{field: text}))


def test_a_manifest_without_a_seal_is_refused() -> None:
    with pytest.raises(BadInput, match="lacks digest, key, signature"):
        Signature.from_json({})


def test_the_key_of_a_home_is_made_once_and_private(tmp_path: Path) -> None:
    first, second = (StandardSeal.in_home(tmp_path).sign(b"x") for _ in range(2))
    assert first == second
    place = tmp_path / "keys" / "seal-ed25519.pem"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert list(place.parent.iterdir()) == [place]


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import NoEncryption, PrivateFormat

    (tmp_path / "keys").mkdir()
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "keys" / "seal-ed25519.pem").write_bytes(pem)
    with pytest.raises(BadInput, match="expected an Ed25519"):
        StandardSeal.in_home(tmp_path)
