"""`yunxing bulletin …`: build a month's bulletin, and check a file that came back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yunxing.cli.context import HomeOption, JsonOption, PackOption, day_given, emit, home_folder, month_given

app = typer.Typer(no_args_is_help=True)

_WORDS = {
    "changed": "数字被改 figure changed",
    "removed": "数字被删 figure removed",
    "added": "新增数字 number added",
    "unmarked": "书签丢失，整行未改 bookmark lost, line unchanged",
    "text": "文字被改 words changed",
}


@app.command()
def build(
    month: Annotated[str, typer.Argument(metavar="M", help="a closed month, such as 2022-09")],
    *,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="DIR", help="where to; default bulletins/M in the state folder")
    ] = None,
    issued_on: Annotated[str, typer.Option("--date", help="day of issue; default the plan's day of the next month")] = "",
    kind: Annotated[str, typer.Option("--kind", help="a file of the pack's bulletin/: monthly, quarterly or a special issue")] = "monthly",
    number: Annotated[str, typer.Option("--number", help="document number, when it is issued")] = "",
    home: HomeOption = None,
    pack: PackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the month's bulletin: .docx, PDF, bulletin.json, figures.json and a sealed manifest."""
    from yunxing.desk import installation
    from yunxing.flows.build_bulletin import build_bulletin
    from yunxing.io.seal import StandardSeal
    from yunxing.packs.pack import load_pack

    asked = month_given(month)
    state = home_folder(home)
    fonts = installation.read(state).fonts_dir
    built = build_bulletin(
        state,
        load_pack(pack),
        asked,
        out.resolve() if out else None,
        kind=kind,
        issued_on=day_given(issued_on) if issued_on else None,
        number=number,
        fonts_dir=Path(fonts) if fonts else None,
        seal=StandardSeal.in_home(state),
    )
    bulletin = built.bulletin
    figures = list(bulletin.figures())
    sections = len(bulletin.sections)
    missing = sum(figure.absence is not None for figure in figures)
    lines = [
        f"《{bulletin.title}》 {bulletin.label}",
        f"  {sections} 节，{len(figures)} 个数字，其中 {missing} 个没有数值 · {sections} sections, {len(figures)} figures, {missing} without a value",
        *(f"  {built.folder / name}" for name in built.files),
    ]
    if built.substituted:
        lines.append(
            f"  PDF 用替代字体排版：{'、'.join(built.substituted)}（在 settings.toml 的 fonts_dir 指定正式字体） · the PDF uses stand-in fonts; name the official ones by fonts_dir"
        )
    if built.pdf_refused:
        lines.append(f"  {built.pdf_refused}")
    data = {
        "month": bulletin.month,
        "title": bulletin.title,
        "label": bulletin.label,
        "snapshot": bulletin.snapshot,
        "folder": str(built.folder),
        "files": list(built.files),
        "figures": len(figures),
        "missing": missing,
        "substituted_fonts": list(built.substituted),
        "pdf_refused": built.pdf_refused,
    }
    emit(data, as_json=as_json, lines=lines)


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE.docx", help="a bulletin as it came back")],
    *,
    figures: Annotated[
        Path | None, typer.Option("--figures", help="its figures.json; default the one beside it, else the closed month's")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Re-check every figure of a returned Word file and list what was changed. Exit 1 when a figure no longer agrees."""
    from yunxing.flows.build_bulletin import verify_bulletin

    changes = verify_bulletin(file, figures, home_folder(home))
    broken = [change for change in changes if change.breaks]
    lines = [
        f"  {_WORDS[change.kind]}：{' → '.join(part for part in (change.was, change.now) if part)}　{change.place}".rstrip()
        for change in changes
    ]
    other = len(changes) - len(broken)
    counted = f"{len(broken)} 处数字与数据不符，{other} 处其他改动 · {len(broken)} figures disagree, {other} other changes"
    lines.insert(0, f"{file.name}：{counted if changes else '每个数字都与数据一致 · every figure agrees with its source'}")
    plain = [{"kind": c.kind, "figure": c.figure, "was": c.was, "now": c.now, "place": c.place} for c in changes]
    emit({"holds": not broken, "changes": plain}, as_json=as_json, lines=lines)
    if broken:
        raise typer.Exit(1)
