"""`yunxing entitlements blank | declare | retract`: what parties declare with their documents, by workbook. They belong to the noun of `cli/entitlements.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yunxing.cli.context import HomeOption, JsonOption, PackOption, emit, home_path, open_store

FileArgument = Annotated[list[Path], typer.Argument(help="BOOK.xlsx …: filled workbooks of `entitlements blank`")]


def register(app: typer.Typer) -> None:
    """Add the commands to the noun."""
    app.command()(blank)
    app.command()(declare)
    app.command()(retract)


def blank(
    policy: Annotated[str, typer.Argument(help="the policy")],
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="BOOK.xlsx")],
    pack: PackOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """The workbook in which parties declare what only their documents tell of a policy."""
    from yunxing.flows.declare import blank as blank_book
    from yunxing.flows.rules_in_force import rules_at
    from yunxing.io.books.write import write_book
    from yunxing.packs.find import find_pack

    folder = find_pack(pack)
    write_book(blank_book(folder, rules_at(home_path(home), folder), policy), out)
    emit({"policy": policy, "out": str(out)}, as_json=json, lines=[f"申报表 · blank workbook: {out}"])


def declare(books: FileArgument, *, pack: PackOption = None, home: HomeOption = None, json: JsonOption = False) -> None:
    """Take in what the workbooks declare; with a fault in one, nothing of any. The next round reads it."""
    from yunxing.flows.declare import declare as take_in
    from yunxing.flows.rules_in_force import rules_in_force
    from yunxing.io.books.read import read_book
    from yunxing.io.store.registry import read_parties
    from yunxing.packs.find import find_pack

    folder = find_pack(pack)
    with open_store(home) as (state, connection):
        rules = rules_in_force(folder, connection)
        batch, cells = take_in(state, [read_book(path) for path in books], folder, rules, read_parties(connection))
    lines = [f"已收 {cells} 项申报数据 · declared values taken in; 批次 batch {batch}"]
    emit({"batch": batch, "cells": cells}, as_json=json, lines=lines)


def retract(
    batch: Annotated[str, typer.Argument(help="the id that `declare` printed")], *, home: HomeOption = None, json: JsonOption = False
) -> None:
    """Take a batch of declared values back; its file stays."""
    from yunxing.io import declared

    declared.undo(home_path(home), batch)
    emit({"batch": batch, "undone": True}, as_json=json, lines=[f"已撤回 · taken back: {batch}"])
