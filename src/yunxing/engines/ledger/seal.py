"""The hash chain: each batch of transfers is sealed by a digest over its rows and the seal before it.

A changed, added or removed row breaks its seal and every later one; printing the newest seal outside makes rewriting the whole chain show.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from yunxing.values.digest import Algorithm, canonical_json, digest

FIRST = ""
"""What stands before the first seal."""


def transfer_row(fields: Sequence[Any], postings: Iterable[tuple[str, str, int]]) -> list[Any]:
    """The canonical row of a transfer: its own fields, then its postings by account and layer."""
    return [
        *(None if field in ("", None) else field for field in fields),
        sorted([account, layer, amount] for account, layer, amount in postings),
    ]


def root(previous: str, rows: Iterable[list[Any]], algorithm: Algorithm = "sha256") -> str:
    """The digest, with its algorithm's name, over the previous seal and the rows in the order of their sequence numbers."""
    return digest(previous.encode() + b"\n" + b"\n".join(canonical_json(row) for row in rows), algorithm)
