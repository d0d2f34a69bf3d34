"""Attach the official text to a pack: verify its hash, cut it into clauses, keep both in the home folder."""

from __future__ import annotations

from pathlib import Path

from yunxing.io import texts
from yunxing.packs.attach import AttachedText, attach
from yunxing.packs.pack import Pack


def attach_plan(home: Path, pack: Pack, source: Path) -> AttachedText:
    """Verify and keep the text. BadInput when it is another text; nothing is written then."""
    raw = texts.read_source(source)
    cut = attach(pack, raw, str(source))
    texts.write_text(home, pack.id, raw, cut.to_json())
    return cut


def attached_text(home: Path, pack: Pack) -> AttachedText | None:
    """The text attached to the pack before, verified again; None when none was."""
    raw = texts.read_text(home, pack.id)
    return None if raw is None else attach(pack, raw, str(texts.text_path(home, pack.id)))


def text_of(pack: Pack, source: Path) -> AttachedText:
    """The text of a file, verified and cut, without keeping it."""
    return attach(pack, texts.read_source(source), str(source))
