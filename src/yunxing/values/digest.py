"""Digests that name their algorithm (``sha256:…``, ``sm3:…``) and the one canonical JSON they are taken of.

Content addresses are SHA-256; SM3 is GB/T 32905-2016, from the ``cryptography`` library.
"""

import hashlib
import json
from typing import Literal, NamedTuple, cast

from cryptography.hazmat.primitives import hashes

from yunxing.values.errors import BadInput

Algorithm = Literal["sha256", "sm3"]


class Digest(NamedTuple):
    """A digest taken apart: algorithm and 64 lower-case hexadecimal digits; ``str`` puts it together again."""

    algorithm: Algorithm
    hexadecimal: str

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.hexadecimal}"


def canonical_json(value: object) -> bytes:
    """The one UTF-8 JSON text of a value: keys sorted, no spaces, Chinese as it is.

    None, bool, int, str, lists, tuples and mappings with text keys only. A float is BadInput: write an int, a text or two ints.

    >>> canonical_json({"b": [1, None], "a": "中"}).decode()
    '{"a":"中","b":[1,null]}'
    """
    _check(value, "the value")
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _check(value: object, where: str) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise BadInput(f"A key of {where} is {key!r}; keys of canonical JSON are text.")
            _check(inner, f"“{key}”")
    elif isinstance(value, list | tuple):
        for inner in value:
            _check(inner, where)
    elif value is not None and not isinstance(value, bool | int | str):
        raise BadInput(f"{where} holds {value!r} ({type(value).__name__}), which has no canonical JSON.")


def digest(value: object, algorithm: Algorithm = "sha256") -> str:
    """The digest of bytes as they are, or of the canonical JSON of any other value.

    >>> digest(b"abc", "sm3")
    'sm3:66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0'
    """
    content = bytes(value) if isinstance(value, bytes | bytearray | memoryview) else canonical_json(value)
    if algorithm == "sha256":
        return f"sha256:{hashlib.sha256(content).hexdigest()}"
    if algorithm == "sm3":
        return f"sm3:{sm3(content)}"
    raise BadInput(f"“{algorithm}” is no known digest; take sha256 or sm3.")


def digits(value: object) -> str:
    """The 64 hexadecimal digits of `digest` alone, for names of files and ids."""
    return digest(value).partition(":")[2]


def sm3(content: bytes) -> str:
    """The SM3 digest as 64 hexadecimal digits."""
    work = hashes.Hash(hashes.SM3())
    work.update(content)
    return work.finalize().hex()


def parse_digest(text: str) -> Digest:
    """A digest text taken apart; one without a known algorithm or of another length is BadInput."""
    algorithm, mark, body = text.partition(":")
    if not mark or algorithm not in ("sha256", "sm3"):
        raise BadInput(f"“{text}” does not name its algorithm; a digest reads sha256:… or sm3:….")
    if len(body) != 64 or set(body) - set("0123456789abcdef"):
        raise BadInput(f"“{text}” does not hold 64 lower-case hexadecimal digits.")
    return Digest(cast("Algorithm", algorithm), body)
