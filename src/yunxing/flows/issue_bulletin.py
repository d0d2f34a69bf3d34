"""From a draft to an issued document: compose, merge a person's edits, take a returned Word file, check, freeze, correct, and the public edition.

An issued document lies in `bulletins/<id>/`, written whole once and never changed: .docx, PDF, workbook of its figures, `bulletin.json`, `figures.json`, the edits,
the public edition in `public/`, and a sealed manifest. What is wrong later is told in a correction, which is a document of its own.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from yunxing.engines.bulletins.board import Board
from yunxing.engines.bulletins.compose import compose
from yunxing.engines.bulletins.correction import compose_correction, corrected
from yunxing.engines.bulletins.edits import Conflict, Edit, Signature, apply, edit_of, signature
from yunxing.engines.bulletins.model import Bulletin, Table, plain
from yunxing.engines.bulletins.public import PublicEdition, public_edition
from yunxing.engines.bulletins.ready import Check, Facts, checks
from yunxing.engines.bulletins.returned import Taken, take
from yunxing.engines.bulletins.template import BulletinPlan
from yunxing.engines.facts.sheet import Book, CellValue, Sheet
from yunxing.flows.build_bulletin import issue_day, manifest_of, plan_of, render, stem
from yunxing.flows.read_board import read_board
from yunxing.io.books.write import book_bytes
from yunxing.io.documents.docx import write_docx
from yunxing.io.documents.read import read_docx
from yunxing.io.files import sync_folder, write_atomic
from yunxing.io.seal import Seal
from yunxing.io.snapshots import Snapshot, latest, to_json
from yunxing.packs.pack import Pack
from yunxing.values.errors import BadInput
from yunxing.values.period import Month, parse_period
from yunxing.values.workdays import Calendar

_LISTS = {
    "list:not_started": "应开工未开工项目数",
    "list:signals": "信号数",
    "list:incipient": "苗头性信号数",
    "list:trend": "倾向性信号数",
    "list:latent": "潜在性信号数",
    "list:units": "县区数",
}
_SHEET_NAME = str.maketrans("[]:*?/\\", "（）：＊？／＼")  # what a sheet may not be called


@dataclass(frozen=True)
class Draft:
    """A document in the making. `composed` is what the data say, `bulletin` that with the person's edits merged in."""

    plan: BulletinPlan
    board: Board
    composed: Bulletin
    bulletin: Bulletin
    conflicts: tuple[Conflict, ...]
    edits: Mapping[str, Edit]


def draft(
    closed: Snapshot,
    pack: Pack,
    previous: Snapshot | None,
    kind: str,
    edits: Mapping[str, Edit],
    *,
    issued_on: date | None = None,
    number: str = "",
    about: str = "",
) -> Draft:
    """The document of a kind from a closed month, with the edits merged in. The day of issue is the plan's unless given."""
    plan = plan_of(pack, kind)
    board = read_board(closed, pack, previous)
    composed = compose(plan, board, issued_on or issue_day(board.month, plan.issue_day, board.as_of), number=number or plan.number, about=about)
    bulletin, conflicts = apply(composed, edits)
    return Draft(plan, board, composed, bulletin, conflicts, dict(edits))


@dataclass(frozen=True, slots=True)
class Moved:
    """A figure that the data tell otherwise than when the draft was last looked at (8.2 → 8.1)."""

    figure: str
    was: str
    now: str


def moved(before: Bulletin, now: Bulletin) -> tuple[Moved, ...]:
    """Which figures changed between two computations of one document, in the order of the newer one. A figure that is new or gone is told too."""
    then: dict[Signature, str] = {}
    for one in before.figures():
        then.setdefault(signature(one), one.display)
    found = []
    seen = set()
    for figure in now.figures():
        key = signature(figure)
        if key not in seen and then.get(key, "") != figure.display:
            found.append(Moved(figure.id, then.get(key, "—"), figure.display))
        seen.add(key)
    gone = [Moved("", display, "—") for key, display in then.items() if key not in seen]
    return (*found, *gone)


def word_of(document: Draft) -> bytes:
    """The Word file of a draft, to be edited in an office."""
    return write_docx(document.bulletin)


def take_back(document: Draft, data: bytes) -> Taken:
    """What a file edited in an office changes in the draft. A file of another month or another computation is refused: its figures are not these."""
    returned = read_docx(data)
    if (returned.month, returned.snapshot) != (document.bulletin.month, document.bulletin.snapshot):
        raise BadInput(
            f"the file says it is the document of {returned.month or '(none)'} with the data {returned.snapshot or '(none)'}, expected "
            f"{document.bulletin.month} and {document.bulletin.snapshot}. To mend it: download the draft anew and copy the changes into it."
        )
    sent = read_docx(write_docx(document.bulletin))
    taken = take(document.bulletin, sent.lines, returned.shown, returned.lines)
    return Taken({name: _from_composed(document, name, edit) for name, edit in taken.edits.items()}, taken.refused)


def _from_composed(document: Draft, name: str, edit: Edit) -> Edit:
    """An edit of the edited text as an edit of the composed text: what a second round changes is added to what the first changed."""
    earlier = document.edits.get(name)
    section = next(one for one in document.composed.sections if one.id == name)
    return edit_of(section, edit.text, earlier.sources if earlier else {})


def verdict(document: Draft, *, numbers: Iterable[str] = (), superseded: bool = False, will_issue: bool = False) -> tuple[Check, ...]:
    """Every check of the draft, those that block first. `numbers` are the document numbers in use."""
    calendar = Calendar()
    facts = Facts(
        document.board,
        document.edits,
        document.conflicts,
        frozenset(numbers),
        lambda day: calendar.next_workday(day) == day,
        superseded=superseded,
        will_issue=will_issue,
    )
    return checks(document.bulletin, document.composed, facts)


def correction_of(document: Draft, issued: Bulletin, figures: Mapping[str, Any], reason: str, issued_on: date) -> Draft:
    """The correction of an issued document by the data of today; BadInput when they tell nothing otherwise and no words are corrected."""
    about = names_of(document.board)
    changes = corrected(figures, document.composed, about)
    if not changes:
        raise BadInput("the data of today tell every figure of the issued document as it was told: nothing to correct")
    made = compose_correction(document.composed, issued, changes, reason, issued_on)
    return replace(document, composed=made, bulletin=made, conflicts=(), edits={})


def names_of(board: Board) -> Callable[[str], str]:
    """A function from the source of a figure to words: indicator, area or industry and period of a row; the promise; the counted list."""
    scopes = {unit.code: unit.name for unit in board.units} | dict(board.industries)
    promises = {f"commitment:{one.id}": one.title for one in board.commitments}

    def about(source: str) -> str:
        parts = source.split("/")
        if source in promises or source in _LISTS:
            return promises.get(source) or _LISTS[source]
        if len(parts) != 5:
            return source.partition(":")[0]
        indicator, _, scope, period, _ = parts
        with contextlib.suppress(BadInput):
            period = parse_period(period).label("zh")
        return f"{scopes.get(scope, '')}{board.names.get(indicator, indicator)}（{period}）"

    return about


def annex(bulletin: Bulletin, about: Callable[[str], str]) -> bytes:
    """The workbook beside a document (数据附件): every table as it is printed, and every figure with its exact value and source."""
    sheets = []
    for n, table in enumerate((block for block in bulletin.blocks() if isinstance(block, Table)), start=1):
        rows: list[list[CellValue]] = [[column.title for column in table.columns]]
        rows += [[plain(cell) for cell in row] for row in table.rows]
        sheets.append(Sheet(f"{n}.{table.title}"[:28].translate(_SHEET_NAME), rows))
    figures: list[list[CellValue]] = [
        [one.display, about(one.sources[0]) if one.sources else "", _exact(one.num), _exact(one.den), one.unit, "；".join(one.sources[:3])]
        for one in bulletin.figures()
    ]
    head: list[CellValue] = ["数字", "指标", "精确值（分子）", "精确值（分母）", "单位", "来源"]
    notes: list[list[CellValue]] = [[bulletin.title]]
    notes += [[note.text] for note in bulletin.notes]
    return book_bytes(Book([Sheet("数字和来源", [head, *figures]), *sheets, Sheet("说明", notes)]))


def _exact(number: int | None) -> CellValue:
    """A whole number as a cell; one that a spreadsheet would round stands as text."""
    return number if number is None or abs(number) < 10**15 else str(number)


def public_of(document: Bulletin, closed: Snapshot) -> PublicEdition:
    """The public edition: no registered enterprise, project or site is named."""
    names = {
        row["name"] for row in closed.table("registry", ["name", "kind"]).to_pylist() if row["kind"] in ("enterprise", "site", "project")
    }
    short = {row.get("short_name") or "" for row in closed.table("registry").to_pylist() if row["kind"] == "enterprise"}
    return public_edition(document, names | short)


def issue_files(
    document: Draft, closed: Snapshot, *, with_public: bool, fonts_dir: Path | None = None, verify: str = ""
) -> dict[str, bytes]:
    """Everything an issued document consists of, by name: .docx, PDF, workbook, model, figures, edits, and the public edition under `public/`.

    `verify` is the address printed as a QR code on the document itself; the public edition is another text and carries none.
    """
    files = dict(render(replace(document.bulletin, verify=verify), fonts_dir).files)
    files[f"{stem(document.bulletin.month)}.xlsx"] = annex(document.bulletin, names_of(document.board))
    files["edits.json"] = to_json({section: edit.to_json() for section, edit in document.edits.items()})
    if with_public:
        public = public_of(document.bulletin, closed)
        # its figures.json would name in its sources what was taken out
        made = render(public.bulletin, fonts_dir).files
        files |= {f"public/{file}": content for file, content in made.items() if file != "figures.json"}
        files["public/removed.json"] = to_json(list(public.removed))
    return files


def freeze(
    home: Path, name: str, bulletin: Bulletin, files: Mapping[str, bytes], seal: Seal, head: Mapping[str, Any] | None = None
) -> Path:
    """Write the issued document into `bulletins/<name>/`, whole or not at all; the same document a second time changes nothing.

    A folder of that name with another document is BadInput: what was issued is never overwritten.
    """
    target = issue_folder(home, name)
    manifest = manifest_of(bulletin, files, seal, head)
    if (target / "manifest.json").exists():
        there = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
        if {**there, "seal": ""} != {**json.loads(to_json(manifest)), "seal": ""}:
            raise BadInput(f"{name}: found another document issued under this name, expected none; what was issued is never overwritten")
        return target
    partial = target.with_name(f".partial-{name}")
    shutil.rmtree(partial, ignore_errors=True)
    for file, content in {**files, "manifest.json": to_json(manifest)}.items():
        write_atomic(partial / file, content)
    partial.rename(target)
    sync_folder(target.parent)
    return target


def issue_folder(home: Path, name: str) -> Path:
    """Where an issued document lies."""
    return home / "bulletins" / name


def drop_unissued(home: Path, name: str) -> None:
    """Takes away a folder that was written for an issue which then did not come about. Only the caller knows that; it holds the row of the issue."""
    shutil.rmtree(issue_folder(home, name), ignore_errors=True)


def snapshots_for(home: Path, month: Month) -> tuple[Snapshot | None, Snapshot | None]:
    """The newest closing of the month and of the month before."""
    return latest(home, month.code), latest(home, month.previous().code)
