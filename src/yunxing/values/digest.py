"""Digests that name their algorithm (`sha256:…`, `sm3:…`) over bytes or over the canonical JSON of a value.

Convention N9: a stored digest always says how it was made, so that another algorithm can stand beside it later.

>>> digest(b"abc", "sm3")
'sm3:66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0'
>>> canonical_json({"b": 1, "a": ["甲", None]})
b'{"a":["\\xe7\\x94\\xb2",null],"b":1}'
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal

from yunxing.values.errors import BadInput

Algorithm = Literal["sha256", "sm3"]
LENGTHS: dict[str, int] = {"sha256": 64, "sm3": 64}


def digest(content: bytes | dict[str, Any] | list[Any], algorithm: Algorithm = "sha256") -> str:
    """The digest of bytes, or of a value's canonical JSON, with the algorithm's name before it."""
    raw = content if isinstance(content, bytes) else canonical_json(content)
    if algorithm == "sha256":
        return "sha256:" + hashlib.sha256(raw).hexdigest()
    if algorithm == "sm3":
        from cryptography.hazmat.primitives import hashes

        sm3 = hashes.Hash(hashes.SM3())  # GB/T 32905-2016
        sm3.update(raw)
        return "sm3:" + sm3.finalize().hex()
    raise BadInput(f"digest algorithm {algorithm!r} is not known; expected one of {', '.join(LENGTHS)}")


def canonical_json(value: Any) -> bytes:
    """One byte form for one value: sorted keys, no spaces, UTF-8, no floats (a float has no exact form)."""
    _refuse_floats(value, "value")
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def parse_digest(text: str) -> tuple[str, str]:
    """Algorithm and hexadecimal part; refused when the algorithm is missing or the length is wrong."""
    algorithm, colon, hexadecimal = text.partition(":")
    if not colon or algorithm not in LENGTHS or len(hexadecimal) != LENGTHS[algorithm] or set(hexadecimal) - set("0123456789abcdef"):
        raise BadInput(f"digest {text[:80]!r} is not of the form sha256:<64 hexadecimal digits> or sm3:<64 hexadecimal digits>")
    return algorithm, hexadecimal


def _refuse_floats(value: Any, place: str) -> None:
    if isinstance(value, float):
        raise BadInput(f"{place} is the float {value!r}; canonical JSON holds integers and text only")
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise BadInput(f"{place} has the key {key!r}; canonical JSON has text keys only")
            _refuse_floats(inner, f"{place}.{key}")
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            _refuse_floats(inner, f"{place}[{index}]")
