"""`yunxing registry …`: lists out and in by workbook, who was on a list when, duplicates, merges, and taking a change back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yunxing.cli.context import HomeOption, JsonOption, PackOption, day_given, emit, open_store
from yunxing.values.errors import BadInput

if TYPE_CHECKING:
    from yunxing.flows.registry_books import Preview, Terms

app = typer.Typer(no_args_is_help=True)
SHOWN = 200
WORDS = {
    "new": "新增", "changed": "更改", "joined": "列入", "left": "移出", "redated": "改列入日", "unchanged": "不变", "absent": "表中没有",
    "faults": "错误", "warnings": "需说明",
}  # fmt: skip
DayOption = Annotated[str, typer.Option("--date", help="the day the list is asked for, such as 2022-09-30; default today")]
ListArgument = Annotated[str, typer.Argument(metavar="LIST", help="list id, such as key_projects; kind:enterprise for a kind")]
PersonOption = Annotated[str, typer.Option("--by", help="who does it, for the history")]
SourceOption = Annotated[str, typer.Option("--source", help="on what ground: the paper or file the change follows")]


def _terms(pack: Path | None) -> Terms:
    from yunxing.flows.registry_books import Terms
    from yunxing.packs.pack import load_pack

    return Terms.of(load_pack(pack))


def _day(given: str) -> date:
    return day_given(given) if given else datetime.now(UTC).date()


@app.command("list")
def list_(
    name: Annotated[str, typer.Argument(metavar="[LIST]", help="list id; without one, all lists with their numbers")] = "",
    on: DayOption = "",
    known: Annotated[str, typer.Option("--known", help="as the platform knew it at the end of this day (UTC); default now")] = "",
    home: HomeOption = None,
    pack: PackOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Who is on a list on a day, as known on a day; or every list with its owner, clause and number of members."""
    from yunxing.io.store import registry, registry_history

    day, terms = _day(on), _terms(pack)
    at = datetime.combine(day_given(known, "--known"), time.max, UTC) if known else datetime.now(UTC)
    with open_store(home, having="reporting_change") as (_home, connection):
        if not name:
            return _all_lists(connection, terms, day, as_json=as_json)
        roster = terms.catalogue.roster(name)
        members = registry_history.members_as_known(connection, roster.id, at, day)
        parties = registry_history.as_known(connection, day, at, kind=roster.kind)
        names = {one.party: parties[one.party] for one in members if one.party in parties} | registry.read_some(
            connection, [one.party for one in members if one.party not in parties]
        )
    rows = [
        {"party": one.party, "name": names[one.party].name if one.party in names else "", "from": one.valid_from, "to": one.valid_to,
         "reason": one.reason, **one.attributes} for one in members
    ]  # fmt: skip
    lines = [f"{roster.title} · {day} 在册 {len(rows)} · {roster.owner}"]
    lines += [f"  {row['party']}  {row['name']}  {row['from']} 起" for row in rows[:SHOWN]]
    emit({"list": roster.id, "day": day, "members": rows}, as_json=as_json, lines=lines)
    return None


def _all_lists(connection: Any, terms: Terms, day: date, *, as_json: bool) -> None:
    from yunxing.io.store import registry

    counted: dict[str, int] = {}
    for one in registry.read_memberships(connection, on=day):
        counted[one.roster] = counted.get(one.roster, 0) + 1
    rows = [
        {"id": one.id, "title": one.title, "kind": one.kind, "owner": one.owner, "clause": one.clause, "members": counted.get(one.id, 0)}
        for one in terms.catalogue.rosters.values()
    ]
    lines = [f"{row['members']:>6}  {row['id']:<24} {row['title']} · {row['owner']} · {row['clause'] or '—'}" for row in rows]
    emit({"day": day, "lists": rows}, as_json=as_json, lines=lines)


@app.command()
def export(
    name: ListArgument,
    out: Annotated[Path, typer.Option("-o", "--out", help="the workbook to write (.xlsx)")],
    on: DayOption = "",
    *,
    everything: Annotated[bool, typer.Option("--all", help="every term ever, not only the members of the day")] = False,
    home: HomeOption = None,
    pack: PackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a list as a workbook that can be edited and put back."""
    from yunxing.flows.registry_books import export_roster
    from yunxing.io.books.write import write_book

    with open_store(home, having="reporting_change") as (_home, connection):
        book = export_roster(connection, _terms(pack), name, day=None if everything else _day(on), at=datetime.now(UTC))
    write_book(book, out)
    rows = len(book.sheets[0].rows) - book.sheets[0].body
    emit({"file": str(out), "rows": rows}, as_json=as_json, lines=[f"已写出 {out}：{book.sheets[0].name}，{rows} 行。"])


@app.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE…", help="workbooks of lists; .xlsx .xls .ods .csv")],
    *,
    name: Annotated[str, typer.Option("--list", help="the list, where the workbook does not say it")] = "",
    on: DayOption = "",
    whole: Annotated[
        bool, typer.Option("--whole", help="the workbook is the whole list: members it leaves out leave the day before --date")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="show what would change; nothing is written")] = False,
    source: SourceOption = "",
    source_day: Annotated[str, typer.Option("--source-date", help="the day of that paper")] = "",
    by: PersonOption = "",
    home: HomeOption = None,
    pack: PackOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take edited lists in. Every fault at once with sheet and cell; a cell left as exported changes nothing; the same workbook twice changes nothing."""
    from yunxing.flows.registry_books import import_files, preview_book
    from yunxing.io.books import read
    from yunxing.io.store.registry_history import Act

    terms, day = _terms(pack), _day(on)
    with open_store(home, having="reporting_change") as (state, connection):
        if dry_run:
            books = [(file, content) for file, content in read.contents(paths) if isinstance(content, bytes)]
            seen = [preview_book(connection, terms, file, content, day=day, target=name, whole=whole) for file, content in books]
            changes = [""] * len(seen)
        else:
            ground = source or "、".join(path.name for path in paths)
            act = Act(None, by, "import", ground, day_given(source_day, "--source-date") if source_day else None)
            done = import_files(state, terms, paths, day=day, act=act, target=name, whole=whole)
            seen, changes = [one.preview for one in done], [one.change for one in done]
    data = [_told(one) | {"change": change} for one, change in zip(seen, changes, strict=True)]
    lines = [line for one, change in zip(seen, changes, strict=True) for line in _lines(one, change)]
    emit({"dry_run": dry_run, "books": data}, as_json=as_json, lines=lines)
    if any(one.outcome.blocked for one in seen):
        raise typer.Exit(1)


def _told(seen: Preview) -> dict[str, Any]:
    entries = [
        {"place": one.place, "party": one.party, "name": one.name, "action": one.action,
         "details": [{"column": d.column, "before": d.before, "after": d.after} for d in one.details]}
        for one in seen.entries if one.action != "unchanged"
    ]  # fmt: skip
    faults = [
        {"place": one.place, "found": one.found, "expected": one.expected, "fix": one.fix, "severity": one.severity} for one in seen.faults
    ]
    return {
        "file": seen.file,
        "list": seen.target,
        "counts": seen.counts,
        "entries": entries,
        "faults": faults,
        "ignored": list(seen.ignored),
    }


def _lines(seen: Preview, change: str) -> list[str]:
    counts = " · ".join(f"{WORDS[name]} {count}" for name, count in seen.counts.items() if count)
    lines = [f"{seen.file} → {seen.title}：{counts or '没有行'}"]
    lines += [f"  ✕ {one}" if one.severity == "block" else f"  ⚠ {one}" for one in seen.faults[:SHOWN]]
    for one in [entry for entry in seen.entries if entry.action not in ("unchanged", "absent")][:SHOWN]:
        details = "；".join(f"{d.column} {d.before} → {d.after}" for d in one.details)
        lines.append(f"  {WORDS[one.action]} {one.party} {one.name}{'：' + details if details else ''}")
    lines += [f"  不认识的列：{'、'.join(seen.ignored)}"] if seen.ignored else []
    return [*lines, f"  已登记 {change}；撤销：yunxing registry undo {change}"] if change else lines


@app.command()
def changes(
    name: Annotated[str, typer.Argument(metavar="[LIST]", help="list id; without one, all changes")] = "",
    home: HomeOption = None,
    pack: PackOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """The registry's history, the newest first: a list's versions, or every change."""
    from yunxing.io.store import registry_history

    roster = _terms(pack).catalogue.roster(name).id if name else None
    with open_store(home, having="reporting_change") as (_home, connection):
        found = registry_history.changes(connection, roster=roster)
    rows = [one._asdict() for one in found]
    lines = [f"{one.at:%Y-%m-%d %H:%M}  {one.id}  {one.act}  {one.person or '—'}  {one.source or one.undoes or '—'}" for one in found]
    emit({"list": roster, "changes": rows}, as_json=as_json, lines=lines or ["没有变更。"])


@app.command()
def duplicates(
    kind: Annotated[str, typer.Option("--kind", help="kind of party, such as enterprise; default all")] = "",
    home: HomeOption = None,
    pack: PackOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Parties that may be one and the same, with the reason; nothing is merged by itself."""
    from yunxing.engines.registry.duplicates import propose
    from yunxing.io.store import registry

    chosen = _terms(pack).catalogue.kind(kind).id if kind else None
    with open_store(home, having="reporting_change") as (_home, connection):
        parties = registry.read_parties(connection, kind=chosen)
    found = propose(parties.values())
    rows = [
        {"keep": one.keep, "keep_name": parties[one.keep].name, "drop": one.drop, "drop_name": parties[one.drop].name, "reason": one.reason,
         "evidence": one.evidence} for one in found
    ]  # fmt: skip
    lines = [f"{row['reason']}: {row['keep']} {row['keep_name']} ← {row['drop']} {row['drop_name']}" for row in rows]
    emit({"proposals": rows}, as_json=as_json, lines=lines or ["没有疑似重复。"])


@app.command()
def merge(
    keep: Annotated[str, typer.Argument(metavar="KEEP", help="the id that stays")],
    drop: Annotated[str, typer.Argument(metavar="DROP", help="the id that becomes another name of it")],
    *,
    source: SourceOption = "",
    by: PersonOption = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="show what would become of both; nothing is written")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Merge two parties that are one: memberships, facts and cases follow; the old id still leads there; it can be taken back."""
    from yunxing.flows.registry_books import merge_parties
    from yunxing.io.store.registry_history import Act

    with open_store(home, having="reporting_change") as (_home, connection):
        done, change = merge_parties(connection, keep, drop, act=Act(None, by, "merge", source), write=not dry_run)
    differences = [{"field": name, "keep": ours, "drop": theirs} for name, ours, theirs in done.differences]
    lines = [f"{drop} {done.drop.name} → {keep} {done.keep.name}；移过 {len(done.members)} 段在册期"]
    lines += [f"  两者不同 {name}：{ours}（留） / {theirs}" for name, ours, theirs in done.differences]
    lines += [f"  已登记 {change}；撤销：yunxing registry undo {change}"] if change else ["  未写入。"]
    emit({"keep": keep, "drop": drop, "change": change, "differences": differences}, as_json=as_json, lines=lines)


@app.command()
def undo(
    change: Annotated[str, typer.Argument(metavar="CHANGE", help="the change's id, as registry changes lists it")],
    *,
    by: PersonOption = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a change back; refused when a later one changed the same rows, which is then named."""
    from yunxing.flows.registry_books import undo_change

    if not change:
        raise BadInput("CHANGE: found nothing, expected the id of a change such as R-0123456789abcdef.")
    with open_store(home, having="reporting_change") as (_home, connection):
        taken = undo_change(connection, change, at=datetime.now(UTC), person=by)
    emit({"undone": change, "change": taken}, as_json=as_json, lines=[f"已撤销 {change}（{taken}）。"])
