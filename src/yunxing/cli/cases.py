"""`yunxing cases …`: publish the pack's tables, list, show and sweep cases, take them to another version, propose talks, prove them. And `yunxing calendar …`."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yunxing.cli.context import HomeOption, JsonOption, PackOption, day_given, emit, errors, open_store
from yunxing.values.errors import BadInput, DoesNotHold

if TYPE_CHECKING:
    from collections.abc import Iterator

app = typer.Typer(no_args_is_help=True)
calendar = typer.Typer(no_args_is_help=True)
TABLE = "casework_calendar_mark"
AtOption = Annotated[str | None, typer.Option("--at", help="the instant, such as 2022-10-10T09:00; default now")]


def instant_given(text: str | None, place: str = "--at") -> datetime:
    """The instant a user wrote, in Beijing time unless it says otherwise; now without one. `BadInput` names the option."""
    from yunxing.values.office_hours import BEIJING

    if text is None:
        return datetime.now(UTC)
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"{place}: found {text!r}, expected an instant such as 2022-10-10T09:00.") from error
    return found if found.tzinfo else found.replace(tzinfo=BEIJING)


@contextmanager
def _bar(title: str) -> Iterator[Any]:
    from rich.progress import Progress, TextColumn, TimeElapsedColumn

    with Progress(
        TextColumn("{task.description} {task.completed:,}"), TimeElapsedColumn(), console=errors, disable=not errors.is_terminal
    ) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done: bar.update(task, completed=done)


@app.command()
def publish(*, pack: PackOption = None, home: HomeOption = None, json: JsonOption = False) -> None:
    """Keep the pack's case tables in the store, so that every case can be walked by the version it began with. Exit 1 when a published version was altered."""
    from yunxing.flows.walk_case import publish as publish_all
    from yunxing.packs.cases import load_cases
    from yunxing.packs.pack import load_pack

    tables = load_cases(load_pack(pack).folder)
    with open_store(home, having=TABLE) as (_, connection):
        added = publish_all(connection, tables.versions.values(), datetime.now(UTC))
    emit(
        {"published": added, "tables": len(tables.versions)},
        as_json=json,
        lines=[f"新发布 published {added}，共 of {len(tables.versions)} 张表 tables"],
    )


@app.command()
def due(
    *,
    start: Annotated[str, typer.Option("--start", help="the day or instant counting starts from")],
    days: Annotated[int | None, typer.Option("--days", help="working days")] = None,
    limit: Annotated[str | None, typer.Option("--limit", help="a limit as a pack writes it, such as '4 office hours'")] = None,
    hours: Annotated[str, typer.Option(help="office hours")] = "08:30-12:00,13:30-17:30",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """When a limit ends, by the calendar known now; 暂定 marks a day no notice settles yet."""
    from yunxing.engines.cases.clocks import due_of
    from yunxing.engines.cases.definition import Limit
    from yunxing.io.store import holidays
    from yunxing.values.office_hours import BEIJING, OfficeHours, WorkingTime, instant

    if (days is None) == (limit is None):
        raise BadInput("give either --days or --limit")
    wanted = Limit.parse(limit or f"{days} working days")
    opening = OfficeHours.parse(hours.split(","))
    at = instant_given(start, "--start") if "T" in start else instant(day_given(start, "--start"), opening.spans[0][0])
    with open_store(home, having=TABLE) as (_, connection):
        found, provisional = due_of(wanted, at, WorkingTime(holidays.calendar(connection, None), opening))
    here = found.astimezone(BEIJING)
    mark = " （暂定 provisional）" if provisional else ""
    emit(
        {"due": here.isoformat(), "day": here.date().isoformat(), "provisional": provisional},
        as_json=json,
        lines=[f"{here:%Y-%m-%d %H:%M}{mark}"],
    )


@app.command(name="list")
def list_(
    *,
    definition: Annotated[str | None, typer.Option("--kind", help="only this case table")] = None,
    state: Annotated[str | None, typer.Option(help="only this state")] = None,
    owner: Annotated[str | None, typer.Option(help="only what this body owes now")] = None,
    lead: Annotated[str | None, typer.Option(help="only what this office leads")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="only what is past due")] = False,
    ended: Annotated[bool, typer.Option("--ended", help="ended cases instead of open ones")] = False,
    size: Annotated[int, typer.Option(min=1, max=1000, help="lines a page")] = 50,
    after: Annotated[str | None, typer.Option(help="begin after this key, the last of the page before")] = None,
    at: AtOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Cases by their next due instant, page by page."""
    from yunxing.io.store.case_pages import page
    from yunxing.io.store.case_rows import NO_DUE
    from yunxing.values.office_hours import BEIJING

    given = {"definition": definition, "state": state, "owner": owner, "lead": lead}
    filters: dict[str, Any] = {"is_open": not ended, **{name: value for name, value in given.items() if value is not None}}
    key = None
    if after is not None:
        text, _, name = after.partition("|")
        key = (instant_given(text, "--after"), name)
    with open_store(home, having=TABLE) as (_, connection):
        rows = page(connection, filters, after=key, size=size, due_before=instant_given(at) if overdue else None)
    lines = [
        f"{one.id}  {one.due.astimezone(BEIJING):%Y-%m-%d %H:%M}  {one.definition}/{one.state}  {one.owner}  {one.title}"
        if one.due
        else f"{one.id}  {'—':16}  {one.definition}/{one.state}  {one.owner}  {one.title}"
        for one in rows
    ]
    last = f"{(rows[-1].due or NO_DUE).astimezone(UTC).isoformat()}|{rows[-1].id}" if len(rows) == size else ""
    found = {"cases": [{**asdict(one), "due": one.due.isoformat() if one.due else None} for one in rows], "after": last}
    emit(
        found,
        as_json=json,
        lines=[*(lines or ["没有符合条件的事项 no such cases"]), *([f"下一页 next page: --after '{last}'"] if last else [])],
    )


@app.command()
def show(case: Annotated[str, typer.Argument(help="the id of a case")], *, home: HomeOption = None, json: JsonOption = False) -> None:
    """A case with its clocks and every step: who, when, from which state to which, why."""
    from yunxing.engines.cases.case import plain
    from yunxing.io.store import case_log
    from yunxing.values.office_hours import BEIJING

    with open_store(home, having=TABLE) as (_, connection):
        found = case_log.read_case(connection, case)
        table = case_log.definition_of(connection, found.definition, found.version)
        events = case_log.events_of(connection, case)
    lines = [
        f"{found.id}  {table.title} · {found.title}  [{table.state(found.state).title} {found.state}]  责任方 owner {found.owner}",
        f"  {found.words}",
    ]
    lines += [
        f"  时限 clock {one.name}{' ' + one.office if one.office else ''}: {one.state}, {one.due.astimezone(BEIJING):%Y-%m-%d %H:%M}"
        + (" 暂定 provisional" if one.provisional else "")
        for one in found.clocks
    ]
    lines += [
        f"  {one.ver:3} {one.recorded.astimezone(BEIJING):%Y-%m-%d %H:%M} {one.edge}: {one.from_state or '—'} → {one.to_state}  {one.actor} {one.unit}  {one.reason}"
        for one in events
    ]
    told = [
        {"ver": one.ver, "edge": one.edge, "from": one.from_state, "to": one.to_state, "actor": one.actor, "unit": one.unit,
         "recorded": one.recorded.isoformat(), "effective": one.effective.isoformat(), "reason": one.reason, "given": dict(one.given)}
        for one in events
    ]  # fmt: skip
    emit({"case": plain(found), "events": told}, as_json=json, lines=lines)


@app.command()
def sweep(*, at: AtOption = None, home: HomeOption = None, json: JsonOption = False) -> None:
    """What runs each minute: newly known holidays, clocks that ran out, rungs that are due. Repeated it changes nothing."""
    from yunxing.flows.sweep_cases import sweep_cases

    with open_store(home, having=TABLE) as (_, connection), _bar("督办 sweeping") as progress:
        done = sweep_cases(connection, instant_given(at), progress=progress)
    words = f"催办 rungs {done.rungs:,}，到期自动办理 ran out {done.ran_out:,}，时限重算 recounted {done.recounted:,}"
    emit(asdict(done), as_json=json, lines=[words])


@app.command()
def upgrade(
    name: Annotated[str, typer.Argument(help="a case table")],
    versions: Annotated[str, typer.Argument(help="from which version to which, as 3→4 or 3-4")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="list what would happen and write nothing")] = False,
    pack: PackOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Take the open cases of a table to another version: by state how many move, which steps they lose and gain, whose due date moves. None comes earlier."""
    from yunxing.engines.cases.upgrade import StateMap
    from yunxing.flows.upgrade_cases import upgrade_cases
    from yunxing.io.store import case_log
    from yunxing.packs.cases import load_cases
    from yunxing.packs.pack import load_pack

    older, newer = _versions(versions)
    tables = load_cases(load_pack(pack).folder)
    if (name, newer) not in tables.versions:
        known = ", ".join(f"{one} {number}" for one, number in sorted(tables.versions))
        raise BadInput(f"cases upgrade: found no {name!r} version {newer} in the pack, expected one of: {known}")
    with open_store(home, having=TABLE) as (_, connection), _bar("升级 upgrading") as progress:
        before = tables.versions.get((name, older)) or case_log.definition_of(connection, name, older)
        states = tables.maps.get((name, older, newer), StateMap())
        done = upgrade_cases(
            connection, before, tables.versions[name, newer], states, datetime.now(UTC), dry_run=dry_run, progress=progress
        )
    total = sum(one.cases for one in done.changes)
    lines = [f"{name} {older}→{newer}: {'将 would move' if dry_run else '已 moved'} {total if dry_run else done.moved} 件 cases"]
    lines += [
        f"  {one.state} → {one.to}: {one.cases}，失去 loses {', '.join(one.lost) or '—'}，增加 gains {', '.join(one.gained) or '—'}，时限顺延 later due {one.due_moved}"
        for one in done.changes
    ]
    lines += [f"  {done.lost_race} 件刚被他人办理，请再次运行 moved by others meanwhile; run again"] if done.lost_race else []
    emit({**asdict(done), "dry_run": dry_run}, as_json=json, lines=lines)


@app.command()
def talks(
    quarter: Annotated[str, typer.Argument(help="a quarter, such as 2022Q3")],
    *,
    at: AtOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Propose the quarter's talks: offices that missed too many limits, or one proposal "none" for a person to record."""
    from yunxing.flows.propose_talks import propose_talks
    from yunxing.values.period import Quarter, parse_period

    period = parse_period(quarter)
    if not isinstance(period, Quarter):
        raise BadInput(f"QUARTER: {quarter} is not a quarter; write it as 2022Q3.")
    with open_store(home, having=TABLE) as (_, connection):
        done = propose_talks(connection, period, instant_given(at))
    lines = [f"{one.office}：超期 missed {one.missed}（{', '.join(one.cases)}）" for one in done.proposals] or [
        f"{quarter} 无约谈对象 none; record it"
    ]
    emit({"proposals": [asdict(one) for one in done.proposals], "opened": list(done.opened)}, as_json=json, lines=lines)


@app.command()
def verify(*, home: HomeOption = None, json: JsonOption = False) -> None:
    """Prove the cases: the chain of seals over all events, and that folding each case's events gives its row. Exit 1 with every fault located."""
    from yunxing.io.store.case_check import head
    from yunxing.io.store.case_check import verify as verify_all

    with open_store(home, having=TABLE) as (_, connection), _bar("核验 verifying") as progress:
        faults = verify_all(connection, progress=progress)
        number, root = head(connection)
    if faults:
        raise DoesNotHold("\n".join(str(fault) for fault in faults))
    words = f"事项可信 the cases hold: {number} seals, the newest is {root}" if number else "尚无事项 no cases yet"
    emit({"holds": True, "seals": number, "head": root}, as_json=json, lines=[words])


@calendar.command()
def load(
    file: Annotated[
        Path, typer.Argument(help="FILE.toml: one [[notice]] each with number, issued, year, off, work (and known_from, issuer)")
    ],
    *,
    at: AtOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Add holiday notices and count running clocks anew, one event for each case that moves. Loaded again it changes nothing."""
    from yunxing.flows.sweep_cases import load_calendar
    from yunxing.values.workdays import parse_notices

    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadInput(f"{file}: found no file, expected a TOML file of holiday notices") from None
    except UnicodeDecodeError as error:
        raise BadInput(f"{file}: found bytes that are not UTF-8 ({error.reason}), expected TOML") from error
    try:
        notices = parse_notices(text)
    except BadInput as bad:
        raise BadInput(f"{file}: {bad.message}") from bad
    with open_store(home, having=TABLE) as (_, connection):
        fresh, moved = load_calendar(connection, notices, instant_given(at))
    lines = [f"{one.number}（{one.year}）" for one in fresh] or ["没有新的通知 nothing new"]
    emit({"loaded": [one.number for one in fresh], "recounted": moved}, as_json=json, lines=[*lines, f"时限重算 recounted {moved}"])


def _versions(text: str) -> tuple[int, int]:
    older, mark, newer = text.replace("→", "-").replace("->", "-").partition("-")
    if not mark or not older.isdigit() or not newer.isdigit() or older == newer:
        raise BadInput(f"VERSIONS: found {text!r}, expected two versions such as 3→4 or 3-4.")
    return int(older), int(newer)
