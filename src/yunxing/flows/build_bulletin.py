"""From a closed month to its bulletin: read the snapshot, say the sentences, write .docx, PDF, bulletin.json and figures.json, seal them.

The same snapshot and the same day of issue give the same bytes. The Word file is written first: a missing font costs the PDF only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from yunxing.engines.bulletins.compose import compose
from yunxing.engines.bulletins.model import Bulletin
from yunxing.engines.bulletins.template import BulletinPlan
from yunxing.engines.bulletins.trace import Change, compare, figures_table
from yunxing.flows.read_board import read_board
from yunxing.io.documents.checks import refused_elements
from yunxing.io.documents.docx import write_docx
from yunxing.io.documents.fonts import NoFonts, find_fonts
from yunxing.io.documents.pdf import NotSet, write_pdf
from yunxing.io.documents.read import read_docx
from yunxing.io.files import write_atomic
from yunxing.io.seal import Seal, Signature
from yunxing.io.snapshots import Snapshot, latest, snapshots_of, to_json
from yunxing.packs.bulletin import load_bulletin
from yunxing.packs.pack import Pack
from yunxing.values.digest import canonical_json, digest
from yunxing.values.errors import BadInput
from yunxing.values.period import Month
from yunxing.values.workdays import Calendar

MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Rendered:
    """Files by name. `pdf_refused` says why there is no PDF; `substituted` names official fonts that a stand-in took the place of."""

    files: dict[str, bytes]
    pdf_refused: str
    substituted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Built:
    """What was written. `pdf_refused` says why there is no PDF; `substituted` names official fonts that a stand-in took the place of."""

    bulletin: Bulletin
    folder: Path
    files: tuple[str, ...]
    manifest: dict[str, Any]
    pdf_refused: str
    substituted: tuple[str, ...]


def build_bulletin(
    home: Path,
    pack: Pack,
    month: Month,
    out: Path | None = None,
    *,
    kind: str = MONTHLY,
    issued_on: date | None = None,
    number: str = "",
    fonts_dir: Path | None = None,
    seal: Seal | None = None,
) -> Built:
    """Writes the bulletin of a closed month into `out` (default `bulletins/<month>` of the home). The closed month itself is never touched.

    `issued_on` is by default the plan's day of the following month, moved to the next working day; the text is then that of the copy in the closed
    month, byte for byte. Without a closed month it is BadInput that says how to close one.
    """
    closed = latest(home, month.code)
    if closed is None:
        raise BadInput(
            f"{home}: found no closed month {month.code}, expected one. To mend it: run `yunxing month close {month.code}` first."
        )
    bulletin = bulletin_of(closed, pack, latest(home, month.previous().code), kind=kind, issued_on=issued_on, number=number)
    rendered = render(bulletin, fonts_dir)
    manifest = manifest_of(bulletin, rendered.files, seal)
    folder = out or home / "bulletins" / (month.code if kind == MONTHLY else f"{kind}-{month.code}")
    files = rendered.files | {"manifest.json": to_json(manifest)}
    for name, content in files.items():
        write_atomic(folder / name, content)
    return Built(bulletin, folder, tuple(sorted(files)), manifest, rendered.pdf_refused, rendered.substituted)


def bulletin_of(
    closed: Snapshot,
    pack: Pack,
    previous: Snapshot | None = None,
    *,
    kind: str = MONTHLY,
    issued_on: date | None = None,
    number: str = "",
    about: str = "",
) -> Bulletin:
    """The document of a closed month as a value; `kind` is a file of the pack's `bulletin/`."""
    plan = plan_of(pack, kind)
    board = read_board(closed, pack, previous)
    return compose(plan, board, issued_on or issue_day(board.month, plan.issue_day, board.as_of), number=number or plan.number, about=about)


def plan_of(pack: Pack, kind: str) -> BulletinPlan:
    """The sentence library of a kind of document; an unknown kind is refused with those there are."""
    kinds = {one.stem: one for one in sorted((pack.folder / "bulletin").glob("*.toml"))}
    if kind not in kinds:
        raise BadInput(f"found no kind of bulletin {kind!r}, expected one of {', '.join(kinds)}")
    return load_bulletin(kinds[kind])


def issue_day(month: Month, day: int, as_of: str = "") -> date:
    """The day of issue: `day` of the following month, or the next working day; never before the data's cut-off."""
    planned = month.next().start.replace(day=day)
    return Calendar().next_workday(max(planned, date.fromisoformat(as_of)) if as_of else planned)


def stem(month: str) -> str:
    """The files' name without its ending."""
    return f"bulletin-{month}"


def render(bulletin: Bulletin, fonts_dir: Path | None = None) -> Rendered:
    """The bulletin's files by name: .docx, `bulletin.json`, `figures.json`, and the PDF where fonts allow."""
    name = stem(bulletin.month)
    word = write_docx(bulletin)
    faults = refused_elements(word, f"{name}.docx")
    if faults:
        raise BadInput.from_faults(faults)
    files = {
        f"{name}.docx": word,
        "bulletin.json": to_json(bulletin.to_json()),
        "figures.json": to_json(figures_table(bulletin, read_docx(word).lines)),
    }
    try:
        fonts = find_fonts(fonts_dir)
        files[f"{name}.pdf"] = write_pdf(bulletin, fonts).data
    except (NoFonts, NotSet) as refusal:
        return Rendered(files, str(refusal), ())
    return Rendered(files, "", fonts.substituted)


def manifest_of(
    bulletin: Bulletin, files: Mapping[str, bytes], seal: Seal | None = None, head: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What was issued: the month, the digest of its figures and of each file, and what `head` adds; the seal is over all of that."""
    stated: dict[str, Any] = {
        "month": bulletin.month,
        "title": bulletin.title,
        "number": bulletin.number,
        "issued_on": bulletin.issued_on.isoformat(),
        "snapshot": bulletin.snapshot,
        "label": bulletin.label,
        "files": {name: digest(content) for name, content in sorted(files.items())},
        **(head or {}),
    }
    return stated | ({"seal": seal.sign(canonical_json(stated)).to_json()} if seal else {})


def manifest_holds(folder: Path, seal: Seal) -> bool:
    """Whether the manifest's seal and the digest of every file in the folder still hold."""
    stated = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    signature = Signature.from_json(stated.pop("seal", {}))
    if not seal.verify(canonical_json(stated), signature):
        return False
    return all((folder / name).is_file() and digest((folder / name).read_bytes()) == named for name, named in stated["files"].items())


def verify_bulletin(file: Path, figures: Path | None = None, home: Path | None = None) -> tuple[Change, ...]:
    """What a returned Word file changed against its figures.

    They are looked for in `figures`, else in `figures.json` beside the file, else in the closed month that the file's properties name.
    """
    returned = read_docx(file)
    place = _figures_place(file, figures, home, returned.month, returned.snapshot)
    try:
        issued = json.loads(place.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise BadInput(f"{place}: found no JSON ({error}), expected the figures of a bulletin") from error
    if returned.snapshot and returned.snapshot != issued["snapshot"]:
        raise BadInput(
            f"{file}: found a bulletin of the snapshot {returned.snapshot}, expected {issued['snapshot']} as in {place}; verify it against its own figures.json"
        )
    return compare(issued, returned.shown, returned.lines)


def _figures_place(file: Path, figures: Path | None, home: Path | None, month: str, snapshot: str) -> Path:
    candidates = [figures] if figures else [file.with_name("figures.json")]
    if not figures and home and month:
        folders = [one.folder / "bulletin" / "figures.json" for one in snapshots_of(home, month) if one.manifest.get("figures") == snapshot]
        candidates += [home / "bulletins" / month / "figures.json", *folders]
    for place in candidates:
        if place.is_file():
            return place
    raise BadInput(
        f"{file}: found no figures.json for it (looked at {', '.join(str(place) for place in candidates)}); name it with --figures"
    )
