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


_FATES = {"same": "相同 same", "changed": "有变化 changed", "added": "新增 added", "dropped": "取消 dropped"}
_PIECES = {"office": "单位 office", "number": "数字 number", "subsidy": "补助 subsidy", "deadline": "期限 deadline"}


@app.command("diff")
def diff_plans(
    was: Annotated[Path, typer.Argument(metavar="A", help="the earlier plan: a policy text or PLAN.json")],
    now: Annotated[Path, typer.Argument(metavar="B", help="the later plan")],
    every: Annotated[bool, typer.Option("--all", help="with what did not change")] = False,
    as_json: JsonOption = False,
) -> None:
    """两个方案对比 · Measures, offices and numbers that two plans share, changed or dropped."""
    from yunxing.flows.compare_plans import compare_files

    found = compare_files(was, now)
    lines = [f"{found.was} → {found.now}：" + "，".join(f"{_FATES[fate]} {count}" for fate, count in found.counts().items())]
    for one in found.measures:
        if one.fate == "same" and not every:
            continue
        names = f"{one.was} {one.was_title}".strip(), f"{one.now} {one.now_title}".strip()
        lines.append(f"{_FATES[one.fate]}  " + " → ".join(name for name in names if name))
        shown = [piece for piece in one.pieces if every or piece.fate != "same"]
        lines += [f"    {_PIECES[piece.kind]}：{piece.was or '—'} → {piece.now or '—'}" for piece in shown]
    emit(found.to_json(), as_json=as_json, lines=lines)
