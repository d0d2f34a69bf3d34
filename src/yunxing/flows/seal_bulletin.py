"""The bulletin of a month that is just being closed: written into its folder before that folder is sealed, so that the bulletin's words are part of the hash."""

from __future__ import annotations

import json
from pathlib import Path

from yunxing.engines.bulletins.compose import compose
from yunxing.flows.build_bulletin import LIBRARY, _files, _json, _manifest, issue_day
from yunxing.flows.read_board import ClosedMonth, read_board
from yunxing.io.snapshots import MANIFEST, Snapshot
from yunxing.packs.bulletin import load_bulletin
from yunxing.packs.pack import Pack
from yunxing.values.period import Month


def write_into(folder: Path, pack: Pack, month: Month, previous: Snapshot | None) -> None:
    """Write `folder/bulletin/`. The bulletin names the digest of the month's figures (`figures` in the manifest): the folder's own hash cannot stand inside it."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    plan = load_bulletin(pack.folder / LIBRARY)
    before = ClosedMonth(previous.folder, previous.manifest) if previous else None
    board = read_board(ClosedMonth(folder, manifest | {"snapshot": manifest["figures"]}), pack, before)
    bulletin = compose(plan, board, issue_day(month, plan.issue_day))
    files, _, _ = _files(bulletin, None)
    files["manifest.json"] = _json(_manifest(bulletin, files, None))
    target = folder / "bulletin"
    target.mkdir()
    for name, content in files.items():
        (target / name).write_bytes(content)
