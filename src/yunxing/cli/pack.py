"""`yunxing pack …`: check a plan pack, trace a clause or an id."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yunxing.cli.context import HomeOption, JsonOption, PackOption, emit, errors, home_folder

if TYPE_CHECKING:
    from yunxing.packs.attach import AttachedText
    from yunxing.packs.pack import Pack

app = typer.Typer(no_args_is_help=True)

PackArgument = Annotated[str | None, typer.Argument(help="folder or name of the pack; default the only one found")]


@app.command("check")
def check_pack(
    pack: PackArgument = None,
    strict: Annotated[bool, typer.Option("--strict", help="exit 1 while anything is planned")] = False,
    text: Annotated[Path | None, typer.Option("--text", help="hold against this official text instead of the attached one")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """方案包自检 · Check a pack: every sentence, office, id, number and quote; prints what is executed, planned, narrative."""
    from yunxing.packs.check import check
    from yunxing.packs.pack import load_pack

    loaded = load_pack(pack)
    report = check(loaded, _text(loaded, home, text))
    emit(report.to_json(), as_json=as_json, lines=report.lines())
    planned = report.coverage.parts["planned"]
    if report.holds and strict and planned:
        errors.print(f"--strict: {planned} 项尚在计划中 parts are still planned.", markup=False, soft_wrap=True)
    if not report.holds or (strict and planned):
        raise typer.Exit(1)


@app.command("trace")
def trace_pack(
    asked: Annotated[
        str, typer.Argument(metavar="CLAUSE|ID", help="156/18, 156/18/3, indicator:listings, commitment:listings_year, an office")
    ],
    pack: PackOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """追溯 · From a clause to what executes it, or from anything that executes back to its clauses."""
    from yunxing.packs.pack import load_pack
    from yunxing.packs.trace import trace

    loaded = load_pack(pack)
    found = trace(loaded, asked, _text(loaded, home, None))
    emit(found.to_json(), as_json=as_json, lines=[step.line() for step in found.steps])


@app.command("new")
def begin_pack(
    name: Annotated[str, typer.Argument(metavar="NAME", help="of the new pack: place, year and number, such as weifang_2023_12")],
    source: Annotated[Path | None, typer.Option("--from", help="PLAN.json of `yunxing plan import`, or the policy text itself")] = None,
    text: Annotated[Path | None, typer.Option("--text", help="the official text, where it does not lie beside PLAN.json")] = None,
    plans: Annotated[Path, typer.Option("--to", help="the folder of packs")] = Path("plans"),
    as_json: JsonOption = False,
) -> None:
    """新建方案包 · Begin a pack from an imported plan: every number with its clause and quote, every open decision a question."""
    from yunxing.flows.new_pack import new_pack

    made = new_pack(name, plans, source, text)
    lines = [
        f"{made.folder}：{len(made.files)} 个文件 files，{made.questions} 个待定问题 questions in questions.toml",
        f"下一步 next: yunxing pack check {made.folder} --text {text or source or 'TEXT'}",
    ]
    emit({"folder": str(made.folder), "files": list(made.files), "questions": made.questions}, as_json=as_json, lines=lines)


def _text(pack: Pack, home: Path | None, given: Path | None) -> AttachedText | None:
    """The text to hold the pack against: the file given, else what was attached in the home folder, else none."""
    from yunxing.flows.attach_plan import attached_text, text_of

    return text_of(pack, given) if given is not None else attached_text(home_folder(home), pack)
