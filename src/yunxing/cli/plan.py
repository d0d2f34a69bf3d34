"""`yunxing plan …`: attach the official text, see which of the plan ran in a month."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yunxing.cli import plan_import
from yunxing.cli.context import HomeOption, JsonOption, emit, home_folder

app = typer.Typer(no_args_is_help=True)
plan_import.register(app)


@app.command("attach")
def attach_text(
    pack: Annotated[str, typer.Argument(help="folder or name of the pack")],
    text: Annotated[Path, typer.Argument(help="the official text, UTF-8, unchanged")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """附正式文本 · Verify the official text by its hash, cut it into clauses and keep both in the home folder."""
    from yunxing.flows.attach_plan import attach_plan
    from yunxing.io.texts import text_path
    from yunxing.packs.pack import load_pack

    loaded = load_pack(pack)
    folder = home_folder(home)
    cut = attach_plan(folder, loaded, text)
    kept = text_path(folder, loaded.id)
    data = {
        "pack": loaded.id,
        "sha256": cut.sha256,
        "measures": len(cut.measures),
        "sentences": cut.sentence_count,
        "office_mentions": cut.office_mentions,
        "text": str(kept),
    }
    lines = [
        f"{loaded.document.number} 已附 attached: {len(cut.measures)} 项举措 measures, {cut.sentence_count} 句 sentences, {cut.office_mentions} 次提及 office mentions",
        f"{kept}",
    ]
    emit(data, as_json=as_json, lines=lines)


@app.command("status")
def plan_status(
    pack: Annotated[str | None, typer.Argument(help="folder or name of the pack; default the only one found")] = None,
    month: Annotated[str, typer.Option("--month", help="a closed month, such as 2022-09; default the newest")] = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """落实情况 · Which sentences of the plan ran in a closed month."""
    from yunxing.flows.plan_status import status_of
    from yunxing.packs.pack import load_pack

    found = status_of(home_folder(home), load_pack(pack), month)
    emit(found.to_json(), as_json=as_json, lines=found.lines())
