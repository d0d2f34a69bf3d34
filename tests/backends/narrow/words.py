"""The words of SQL that openGauss, GaussDB or KingbaseES refuse or read otherwise (design: ecosystem 1.1). One list for the lane and for the tidy test."""

from __future__ import annotations

import re

REFUSED = {
    "ON CONFLICT": r"\bON\s+CONFLICT\b",
    "ON DUPLICATE KEY": r"\bON\s+DUPLICATE\s+KEY\b",
    "MERGE INTO": r"\bMERGE\s+INTO\b",
    "SKIP LOCKED": r"\bSKIP\s+LOCKED\b",
    "LISTEN": r"^\s*(UN)?LISTEN\b",
    "NOTIFY": r"^\s*NOTIFY\b|\bpg_notify\b",
    "advisory lock": r"\bpg_(try_)?advisory_\w+",
    "identity column": r"\bAS\s+IDENTITY\b",
    "RESTART IDENTITY": r"\bRESTART\s+IDENTITY\b",
    "FILTER (WHERE": r"\bFILTER\s*\(\s*WHERE\b",
    "covering index": r"\bCREATE\s+(UNIQUE\s+)?INDEX\b.*\bINCLUDE\s*\(",
    "partial index": r"\bCREATE\s+(UNIQUE\s+)?INDEX\b.*\)\s*WHERE\b",
    "descending index": r"\bCREATE\s+(UNIQUE\s+)?INDEX\b.*\bDESC\b",
    "GIN or GiST": r"\bUSING\s+(gin|gist|brin|spgist)\b",
    "PL/pgSQL": r"\bplpgsql\b|^\s*DO\s+\$",
    "CREATE FUNCTION": r"\bCREATE\s+(OR\s+REPLACE\s+)?FUNCTION\b",
    "CREATE DOMAIN": r"\bCREATE\s+DOMAIN\b",
    "CREATE EXTENSION": r"\bCREATE\s+EXTENSION\b",
    "SERIALIZABLE": r"\bSERIALIZABLE\b",
    "array": r"\bARRAY\s*[\[(]|\bunnest\s*\(|\barray_agg\s*\(|\b(integer|text|bigint|varchar)\[\]",
    "range type": r"\b(int4|int8|num|ts|tstz|date)range\b",
    "JSON operator": r"@>|<@|#>>|\?&|\?\||\bjsonb_\w+\s*\(",
    "check constraint": r"\bCHECK\s*\(",
    "GENERATED column": r"\bGENERATED\s+ALWAYS\b",
}
_PATTERNS = {name: re.compile(pattern, re.IGNORECASE | re.DOTALL) for name, pattern in REFUSED.items()}
_CATALOGUE = re.compile(
    r"\bpg_(class|catalog|attribute|constraint|index|namespace|type|settings|get_serial_sequence|database)\b", re.IGNORECASE
)
_QUOTED = re.compile(r"'(?:[^']|'')*'")


def refused_in(sql: str) -> list[str]:
    """The refused words that a statement holds outside its quoted text. Questions to the catalogue are the backend's own and are let pass."""
    if _CATALOGUE.search(sql):
        return []
    bare = _QUOTED.sub("''", sql)
    return [name for name, pattern in _PATTERNS.items() if pattern.search(bare)]
