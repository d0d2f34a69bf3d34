"""The hash chain: each batch of transfers is sealed by a digest over its rows and the seal before it.

A changed, added or removed row breaks its seal and every later one; printing the newest seal outside makes rewriting the whole chain show.
The digest names its algorithm (SHA-256 or SM3), and a chain may change it from one seal to the next: old seals verify for ever.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from json.encoder import encode_basestring as quoted
from typing import Any

from yunxing.values.digest import Algorithm, digest

FIRST = ""
"""What stands before the first seal."""

# the one canonical JSON, without looking at every value: they are texts and whole numbers by construction, checked once more by `verify`
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def transfer_row(fields: Sequence[Any], postings: Iterable[tuple[str, str, int]], more: Mapping[str, Any] | None = None) -> list[Any]:
    """The canonical row of a transfer: its own fields, its postings by account and layer, and what only some transfers have (`until`, `due`)."""
    row = [field if field != "" else None for field in fields]
    row.append(sorted(postings))
    if more:
        row.append(more)
    return row


def row_text(
    seq: int,
    head: tuple[str, str, str, str, str, str, str],
    at: str,
    tail: str,
    postings: Sequence[tuple[str, str, int]],
    more: Mapping[str, Any] | None = None,
) -> str:
    """The canonical JSON of a `transfer_row` put together by hand, several times as fast.

    `head` are id, key, body hash, kind, unit, refers and clause; `at` is what `at_of` gives for the day and the instant, `tail` what `tail_of` gives for run and
    approvers. The id, the digest and the kind are letters and digits, which JSON writes as they are.
    """
    name, key, body, kind, unit, refers, clause = head
    lines = postings if len(postings) == 2 and postings[0] < postings[1] else sorted(postings)
    inner = ",".join([f'[{quoted(account)},"{layer}",{amount}]' for account, layer, amount in lines])
    rest = f",{_encode(more)}]" if more else "]"
    return (
        f'[{seq},"{name}",{quoted(key)},"{body}","{kind}",{quoted(unit)},{quoted(refers) if refers else "null"},{quoted(clause) if clause else "null"}'
        f",{at},{tail},[{inner}]{rest}"
    )


def at_of(day: str, recorded: str) -> str:
    """The effective day and the instant of a row, the same for many transfers."""
    return f"{quoted(day)},{quoted(recorded)}"


def tail_of(run: str, first: str, second: str) -> str:
    """The last fields of a row, the same for many transfers."""
    return ",".join([quoted(text) if text else "null" for text in (run, first, second)])


def root(previous: str, rows: Iterable[list[Any]], algorithm: Algorithm = "sha256") -> str:
    """The digest, with its algorithm's name, over the previous seal and the rows in the order of their sequence numbers."""
    return root_of_texts(previous, map(_encode, rows), algorithm)


def root_of_texts(previous: str, texts: Iterable[str], algorithm: Algorithm = "sha256") -> str:
    """The same over the rows' canonical JSON."""
    return digest("\n".join([previous, *texts]).encode(), algorithm)
