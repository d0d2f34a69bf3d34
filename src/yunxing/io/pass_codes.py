"""Codes on passes: signed with the home's seal, drawn as a QR code, checked offline with the issuer's public key alone."""

from __future__ import annotations

from pathlib import Path

from yunxing.engines.dispatch.passes import Pass, code_of, read_code
from yunxing.io.seal import Signature, StandardSeal
from yunxing.values.digest import digest
from yunxing.values.errors import BadInput


def public_key(home: Path) -> str:
    """The key by which this home's passes are checked, as it is printed and handed to checkpoints."""
    return StandardSeal.in_home(home).sign(b"").key


def signed_code(home: Path, one: Pass) -> str:
    """The text of the pass's code."""
    return signed_codes(home, [one])[0]


def signed_codes(home: Path, passes: list[Pass]) -> list[str]:
    """The texts of many codes; the key is read once."""
    seal = StandardSeal.in_home(home)
    return [code_of(one.payload(), bytes.fromhex(seal.sign(one.payload()).value.removeprefix("ed25519:"))) for one in passes]


def checked(text: str, key: str) -> Pass:
    """The pass of a code that was signed with `key` (`ed25519:…`); BadInput when it is altered, damaged or somebody else's."""
    found, payload, signature = read_code(text)
    seal = StandardSeal.__new__(StandardSeal)  # verifying needs no private key
    try:
        good = seal.verify(payload, Signature(digest(payload), key, f"ed25519:{signature.hex()}"))
    except BadInput as wrong:
        raise BadInput("签名不成立：二维码被改动（the signature is damaged）。") from wrong
    if not good:
        raise BadInput("签名不成立：不是本市签发的通行证，或内容被改动（not issued here, or altered）。")
    return found


def drawn(text: str) -> str:
    """The QR code as an SVG picture without any inline style: one path, four modules of margin."""
    import segno

    matrix = segno.make(text, error="m", micro=False).matrix
    size, margin = len(matrix), 4
    runs = []
    for y, row in enumerate(matrix):
        x = 0
        while x < size:
            if row[x]:
                end = x
                while end < size and row[end]:
                    end += 1
                runs.append(f"M{x + margin} {y + margin}h{end - x}v1h-{end - x}z")
                x = end
            else:
                x += 1
    whole = size + 2 * margin
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{4 * whole}" height="{4 * whole}" viewBox="0 0 {whole} {whole}" shape-rendering="crispEdges">'
        f'<rect width="{whole}" height="{whole}" fill="#fff"/><path d="{"".join(runs)}" fill="#000"/></svg>'
    )
