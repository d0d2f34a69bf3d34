"""The bulletin of a month that is just being closed: written into its folder before that folder is sealed, so that the bulletin's words are part of the hash."""

from __future__ import annotations

from pathlib import Path

from yunxing.flows.build_bulletin import bulletin_of, manifest_of, render
from yunxing.io.snapshots import Snapshot, to_json
from yunxing.packs.pack import Pack
from yunxing.values.period import Month


def write_into(folder: Path, pack: Pack, month: Month, previous: Snapshot | None) -> None:  # noqa: ARG001 -- the folder's manifest names the month
    """Write `folder/bulletin/`. The bulletin names the digest of the month's figures (`figures` in the manifest): the folder's own hash cannot stand inside it."""
    bulletin = bulletin_of(Snapshot(folder), pack, previous)
    files = render(bulletin).files
    target = folder / "bulletin"
    target.mkdir()
    for name, content in {**files, "manifest.json": to_json(manifest_of(bulletin, files))}.items():
        (target / name).write_bytes(content)
