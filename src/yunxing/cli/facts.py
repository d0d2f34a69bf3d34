"""`yunxing facts …`: workbooks to facts, templates, the registry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yunxing.cli.context import HomeOption, JsonOption, PackOption, day_given, emit, errors, month_given, ready_home
from yunxing.values.errors import BadInput, nearest

if TYPE_CHECKING:
    from yunxing.engines.facts.form import Form
    from yunxing.flows.import_facts import FileResult, Report

app = typer.Typer(no_args_is_help=True)
SHOWN = 200  # problems printed; all are in --json and in the annotated copies
EFFECTS = {"accepted": "已接收", "partial": "部分接收", "refused": "未接收", "unchanged": "无变化", "other": "不是报表"}


@app.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE…", help="workbooks, folders or zip files; .xlsx .xls .ods .csv")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="check only; nothing is written")] = False,
    month: Annotated[str, typer.Option("--month", help="refuse workbooks of any other month, such as 2022-09")] = "",
    annotated: Annotated[Path | None, typer.Option("--annotated", help="folder for annotated copies of workbooks with problems")] = None,
    correction: Annotated[
        str, typer.Option("--correction", help="the reason why figures of a closed month, or a falling cumulative, are sent again")
    ] = "",
    whole: Annotated[bool, typer.Option("--whole", help="take nothing of a workbook that has an error")] = False,
    received: Annotated[
        Path | None, typer.Option("--received", help="CSV with file,received_at: when each workbook really came in")
    ] = None,
    home: HomeOption = None,
    pack: PackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take workbooks in: every problem at once, with sheet, cell, what was found and what is expected. Exit 1 when a row was blocked, 2 when a file was refused."""
    from yunxing.flows.import_facts import Terms, import_facts
    from yunxing.io.books.receipts import read_receipts, synthetic_receipts

    state = ready_home(home)
    forms, units = _pack(pack)
    times: dict[str, datetime] = {}
    for path in paths:
        times.update(synthetic_receipts(path) if path.is_dir() else {})
    if received is not None:
        times.update(read_receipts(received))
    if month:
        month = month_given(month, "--month").code
    terms = Terms(datetime.now(UTC), times, month, correction, whole, dry_run, annotated)
    with _bar("导入 · importing") as progress:
        report = import_facts(state, paths, forms, units, terms=terms, progress=progress)
    emit(_as_json(report), as_json=as_json, lines=list(_lines(report)))
    if any(one.state == "refused" for one in report.files):
        raise typer.Exit(2)
    if report.total("blocked"):
        raise typer.Exit(1)


@app.command()
def template(
    form: Annotated[str, typer.Argument(metavar="FORM", help="form id, such as enterprise_month")],
    month: Annotated[
        str, typer.Argument(metavar="MONTH", help="such as 2022-09; 2022-02 is January–February where the two are reported together")
    ],
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="reporting unit, code or name")],
    *,
    out: Annotated[Path, typer.Option("-o", "--out", help="the workbook to write (.xlsx)")],
    home: HomeOption = None,
    pack: PackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the form's template for one reporting unit and month, with the rows the unit is responsible for."""
    from yunxing.flows.make_template import make_template

    state = ready_home(home)
    forms, units = _pack(pack)
    if form not in forms:
        guess = nearest(form, forms)
        raise BadInput(f"没有报表 {form}" + (f"，是不是 {guess}？" if guess else "") + f"现有：{'、'.join(forms)}。")
    period = month_given(month)
    rows = make_template(state, forms[form], (period.year, period.month), unit, units=units, out=out)
    emit(
        {"file": str(out), "form": form, "rows": rows},
        as_json=as_json,
        lines=[f"已写出 {out}：《{forms[form].title}》{month}，{rows} 行。"],
    )


@app.command("registry")
def registry_(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE…", help="workbooks or CSV files with parties and rosters")],
    *,
    home: HomeOption = None,
    pack: PackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take the registry in: enterprises, projects, sites and rosters."""
    from yunxing.flows.import_registry import import_registry
    from yunxing.packs.pack import load_pack
    from yunxing.packs.registers import load_registers

    state = ready_home(home)
    done = import_registry(state, paths, _pack(pack)[1], load_registers(load_pack(pack).folder))
    data = {
        "parties": done.parties._asdict(),
        "memberships": done.memberships._asdict(),
        "warnings": [str(fault) for fault in done.warnings],
    }
    lines = [
        f"主体：新增 {done.parties.added} · 更新 {done.parties.changed} · 不变 {done.parties.unchanged}",
        f"名录成员：新增 {done.memberships.added} · 更新 {done.memberships.changed} · 不变 {done.memberships.unchanged}",
        *(str(fault) for fault in done.warnings),
    ]
    emit(data, as_json=as_json, lines=lines)


@app.command("as-of")
def as_of(
    day: Annotated[str, typer.Argument(metavar="DAY", help="such as 2022-10-20: what was known when that day ended in China")],
    *,
    form: Annotated[list[str] | None, typer.Option("--form", help="form id; may be given several times")] = None,
    period: Annotated[list[str] | None, typer.Option("--period", help="period code, such as 2022-09 or 2022-01..09")] = None,
    item: Annotated[list[str] | None, typer.Option("--item", help="item id")] = None,
    party: Annotated[list[str] | None, typer.Option("--party", help="party id; its rows with a second key come too")] = None,
    since: Annotated[str, typer.Option("--since", help="only what came to be known after this day, with the figure it replaced")] = "",
    out: Annotated[Path | None, typer.Option("-o", "--out", help="write all columns to this .csv or .parquet file")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """What did we know on that day? The newest version of every cell known by then, absences with their reasons among them."""
    from yunxing.flows.known_on import Asked, known_on, learned_between, write_facts

    state, on = ready_home(home), day_given(day, "DAY")
    asked = Asked(forms=form or None, periods=period or None, items=item or None, parties=party or None)
    found = learned_between(state, day_given(since, "--since"), on, asked) if since else known_on(state, on, asked)
    if out is not None:
        write_facts(found, out)
    absences = {str(name): count for name, count in found["absence"].value_counts(sort=True).iter_rows() if name}
    told = {"day": on.isoformat(), "facts": found.height, "held": int(found["held"].sum()), "absences": absences}
    lines = [f"{day} 已知 {found.height:,} 个数：挂起 {told['held']}" + "".join(f"，{name} {count}" for name, count in absences.items())]
    lines += [_fact_line(row) for row in found.head(SHOWN).iter_rows(named=True)]
    if found.height > SHOWN:
        lines.append(f"……只列出前 {SHOWN} 个；全部用 -o 写成文件。")
    emit({**told, "rows": found.head(SHOWN).to_dicts()}, as_json=as_json, lines=lines)


@app.command()
def undo(
    batch: Annotated[str, typer.Argument(help="batch id, as printed by the import")],
    *,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a batch back within 24 hours of its import."""
    from yunxing.flows.import_facts import undo_import

    state = ready_home(home)
    undo_import(state, batch, datetime.now(UTC))
    emit({"undone": batch}, as_json=as_json, lines=[f"已撤销批次 {batch}。"])


@app.command()
def confirm(
    form: Annotated[str, typer.Argument(metavar="FORM", help="form id, such as enterprise_month")],
    month: Annotated[str, typer.Argument(metavar="MONTH", help="such as 2022-09")],
    party: Annotated[str, typer.Argument(metavar="PARTY", help="id of the party whose figures are held")],
    *,
    cause: Annotated[str, typer.Option("--cause", help="why the figures are right; it travels with them")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let held figures into the totals, with a written cause."""
    from yunxing.flows.confirm_held import confirm_held

    count = confirm_held(ready_home(home), form, month, party, cause=cause, now=datetime.now(UTC))
    emit({"confirmed": count}, as_json=as_json, lines=[f"已确认 {count} 个数据。" if count else "没有挂起的数据。"])


def _fact_line(row: dict[str, Any]) -> str:
    """One cell in a line: what, of whom, when, the value in its stored unit or why there is none, and since when it is known."""
    said = row["absence"] or row["words"] or f"{row['value']}"
    old = f"（原 {row['old_absence'] or row['old_words'] or row['old_value']}）" if row.get("old_version") else ""
    mark = " 挂起" if row["held"] else ""
    where = f"{row['form']}.{row['item']}/{row['role']}/{row['as_reported']}"
    return f"  {where} {row['party']} {row['period']} = {said}{old}{mark} · 第 {row['version']} 版，{row['known_at']:%Y-%m-%d %H:%M} UTC · {row['cell']}"


def _pack(given: Path | None) -> tuple[dict[str, Form], dict[str, str]]:
    """The forms of the pack and its reporting units by code."""
    from yunxing.packs.find import find_pack
    from yunxing.packs.forms import load_forms
    from yunxing.packs.regions import load_regions

    folder = find_pack(given)
    units = {unit.id: unit.name for unit in load_regions(folder / "lists" / "regions.toml").units}
    return load_forms(folder), units


@contextmanager
def _bar(title: str) -> Iterator[Callable[[int, int, str], None]]:
    from rich.progress import Progress

    with Progress(console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total, label: bar.update(
            task, completed=done, total=total if done else None, description=f"{title} {label}"[:60]
        )


def _as_json(report: Report) -> dict[str, object]:
    names = ("rows", "added", "revised", "unchanged", "blocked", "held", "warned")
    return {
        "dry_run": report.dry_run,
        "files": [one.as_dict() for one in report.files],
        "totals": {name: report.total(name) for name in names},
        "batches": report.batches,
    }


def _lines(report: Report) -> Iterator[str]:
    """File by file what became of it, then its problems; at the end the totals."""
    left = SHOWN
    for one in report.files:
        if one.state == "other" or (one.state in {"accepted", "unchanged"} and not one.problems and len(report.files) > 20):
            continue
        yield from _file_lines(one, left)
        left -= min(left, len(one.problems))
    if sum(len(one.problems) for one in report.files) > SHOWN:
        yield f"……只列出前 {SHOWN} 个问题；全部问题见 --json 或 --annotated。"
    counts = f"新增 {report.total('added')} · 更新 {report.total('revised')} · 不变 {report.total('unchanged')}"
    rows = f"错误 {report.total('blocked')} 行 · 挂起 {report.total('held')} 行 · 需说明 {report.total('warned')} 行"
    files = sum(one.state != "other" for one in report.files)
    yield f"{'检查' if report.dry_run else '导入'} {files} 个文件，{report.total('rows')} 行：{counts}；{rows}。"
    if report.dry_run:
        yield "仅检查，未写入任何数据。"
    elif len(report.batches) <= 20:
        yield from (f"批次 {batch}（24 小时内可撤销）" for batch in report.batches)


def _file_lines(one: FileResult, limit: int) -> Iterator[str]:
    yield f"{EFFECTS[one.state]} {one.name}" + (f"（{one.form} {one.period} {one.unit}）" if one.form else "")
    if one.extras:
        yield f"  忽略的列：{'、'.join(one.extras)}"
    for fault in one.faults:
        yield f"  {fault.found}，应为{fault.expected}" + (f"；{fault.why}" if fault.why else "") + f"。{fault.fix}"
    for problem in one.problems[:limit]:
        yield f"  {problem.place()} {problem.sentence()}"
    if one.annotated:
        yield f"  标注后的文件：{one.annotated}"
