"""The bulletin of a closed month as a page: its words, every figure a link to its source, and the files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk.room.board import Board
from yunxing.desk.room.figures import language
from yunxing.desk.room.shell import board_of, closed_periods
from yunxing.desk.room.signal_pages import figure_href
from yunxing.engines.bulletins.model import heading_number
from yunxing.values.scope import ALL, Scope

SHORT = 20  # characters; a table with longer cells becomes cards on a telephone, a table of numbers stays a table


def folder_of(board: Board) -> Path:
    """Where the month's bulletin stands."""
    return board.snapshot.folder / "bulletin"


def files_of(board: Board) -> list[Path]:
    """The document files, Word first."""
    return sorted(path for path in folder_of(board).glob("*") if path.suffix in {".docx", ".pdf"})


def links(board: Board) -> list[dict[str, str]]:
    """The files as links."""
    return [
        {"name": path.suffix[1:].upper(), "href": reverse("room:bulletin_file", args=[board.month.code, path.suffix[1:]])}
        for path in files_of(board)
    ]


def may_read(model: Mapping[str, Any] | None, scope: Scope) -> bool:
    """Whether a bulletin is open to the person: an issued one (it has its number) to every desk role, a draft to those who see every unit and enterprise.

    A draft names enterprises of all counties; it is published by being issued, not by being drafted.
    """
    return model is not None and (bool(model["number"]) or (scope.units is ALL and scope.parties is ALL))


def all_bulletins(scope: Scope) -> list[dict[str, Any]]:
    """Every closed month's bulletin, the newest first; of a draft that is not open to the person only that it exists."""
    found = []
    for month in closed_periods():
        board = board_of(month.code)
        model = board.snapshot.bulletin() if board else None
        if board and model:
            is_open = may_read(model, scope)
            found.append(
                {
                    "period": month.label(language()),
                    "title": model["title"],
                    "state": model["number"] or _("起草中，未签发"),
                    "href": reverse("room:bulletin", args=[month.code]) if is_open else "",
                    "files": links(board) if is_open else [],
                }
            )
    return found


def bulletin_page(board: Board, scope: Scope) -> dict[str, Any] | None:
    """The page of one bulletin, or None when none was built or it is not open to the person."""
    model = board.snapshot.bulletin()
    if model is None or not may_read(model, scope):
        return None
    figures = json.loads((folder_of(board) / "figures.json").read_text(encoding="utf-8"))
    sources = {one["id"]: one for one in figures["figures"]}
    return {
        "title": model["title"],
        "period": board.month.label(language()),
        "state": " · ".join(
            part
            for part in (
                _("合成数据") if board.manifest["synthetic"] else "",
                model["number"] or _("未编号，未签发"),
                _("数据截止 %(day)s") % {"day": str(model["as_of"])[:10]},
            )
            if part
        ),
        "files": links(board),
        "blocks": list(blocks(model, board, sources)),
        "seal": [
            (_("数据版本"), str(board.manifest["snapshot"])),
            (_("方案包"), str(board.manifest["pack"]["id"])),
            (_("引擎版本"), str(board.manifest["engine"])),
        ],
        "bulletins_href": reverse("room:bulletins"),
    }


def blocks(model: Mapping[str, Any], board: Board, sources: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The document's blocks in reading order, numbered as the paper numbers them."""
    found: list[dict[str, Any]] = [{"kind": "title", "text": model["title"]}]
    found.append({"kind": "recipients", "text": "、".join(model["recipients"]) + "："})
    for count, section in enumerate(model["sections"], 1):
        found.append({"kind": "heading", "level": 1, "text": heading_number(1, count) + section["title"]})
        found += [block(one, board, sources) for one in section["blocks"]]
    for attachment in model["attachments"]:
        found.append({"kind": "heading", "level": 1, "text": attachment["title"]})
        found += [block(one, board, sources) for one in attachment["blocks"]]
    found += [{"kind": "note", "text": "".join(run.get("text", run.get("display", "")) for run in one["runs"])} for one in model["notes"]]
    return found


def block(plain: Mapping[str, Any], board: Board, sources: Mapping[str, Any]) -> dict[str, Any]:
    """One paragraph, heading or table."""
    if plain["kind"] == "table":
        heads = [{"title": column["title"], "align": column.get("align", "left")} for column in plain["columns"]]
        rows = [
            [{**head, "runs": [run_of(run, board, sources) for run in cell]} for head, cell in zip(heads, row, strict=True)]
            for row in plain["rows"]
        ]
        wordy = any(len("".join(run["text"] for run in cell["runs"])) > SHORT for row in rows for cell in row)
        return {"kind": "table", "title": plain["title"], "head": heads, "rows": rows, "remark": plain.get("remark", ""), "wordy": wordy}
    if plain["level"]:
        text = "".join(run.get("text", run.get("display", "")) for run in plain["runs"])
        return {"kind": "heading", "level": plain["level"], "text": text}
    return {"kind": "paragraph", "runs": [run_of(run, board, sources) for run in plain["runs"]]}


def run_of(run: Mapping[str, str], board: Board, sources: Mapping[str, Any]) -> dict[str, str]:
    """Words, or a figure with the address of its source."""
    if "text" in run:
        return {"text": run["text"]}
    keys = [key for key in sources.get(run["figure"], {}).get("sources", ()) if key.split("/", 1)[0] in board.cards]
    return {"text": run["display"], "href": figure_href(board, keys[0]) if keys else ""}
