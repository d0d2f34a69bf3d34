"""Close a month: facts as of a day → indicators → signals → proposed cases → bulletin → one immutable folder, one transaction.

Nothing of the wall clock enters the figures: the same facts and the same pack give the same hash, whenever and however often the month is closed. The folder is
renamed into place before the database hears of it; killed between the two, the next run finds the folder and records it.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import reduce
from importlib.metadata import version
from pathlib import Path
from typing import Any

from yunxing.engines.cases.definition import Definition
from yunxing.engines.cases.propose import propose
from yunxing.engines.facts.form import Form
from yunxing.engines.facts.table import SHANGHAI
from yunxing.engines.forecast.targets import Outlook
from yunxing.engines.indicators import panel, reads, window
from yunxing.engines.indicators.compute import Figures, FormRule, Inputs, compute
from yunxing.engines.indicators.definition import CELL_MARK, CITY, Indicator
from yunxing.engines.indicators.rows import indicators_table
from yunxing.engines.indicators.statistic_formula import quarters
from yunxing.engines.indicators.statistic_growth import PUBLIC
from yunxing.engines.registry.parties import Membership
from yunxing.engines.registry.parties import Party as Registered
from yunxing.engines.signals.detect import Party, Situation, detect
from yunxing.engines.signals.rule import Rule
from yunxing.engines.signals.signal import Signal, signals_table
from yunxing.engines.signals.watch import Wishes
from yunxing.flows import watch_month
from yunxing.flows.judge_outcomes import judge_outcomes
from yunxing.flows.target_outlook import target_outlooks
from yunxing.io import snapshots
from yunxing.io.month_tables import MonthTables, open_month
from yunxing.io.snapshots import Snapshot, parquet_bytes, to_json
from yunxing.io.store import case_log, quiet_signals, registry, room
from yunxing.packs.cases import load_cases
from yunxing.packs.forms import load_forms
from yunxing.packs.indicators import load_indicators
from yunxing.packs.pack import Pack
from yunxing.packs.signals import load_signals
from yunxing.values.codes import industries
from yunxing.values.errors import BadInput
from yunxing.values.period import Month
from yunxing.values.workdays import Calendar

Progress = Callable[[str], None]
WriteBulletin = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What of a pack a closing month uses."""

    pack: Pack
    forms: Mapping[str, Form]
    indicators: tuple[Indicator, ...]
    rules: tuple[Rule, ...]
    cases: Mapping[str, Definition]

    @classmethod
    def of(cls, pack: Pack) -> Plan:
        """The plan's definitions, read and checked; a signal that names an unknown case is refused."""
        indicators = load_indicators(pack.folder)
        rules = load_signals(pack.folder, indicators)
        cases = load_cases(pack.folder)
        unknown = sorted({rule.case for rule in rules if rule.case and rule.case not in cases})
        if unknown:
            raise BadInput(
                f"{pack.folder / 'signals.toml'}: found the case {', '.join(unknown)}, expected one of cases.toml: {', '.join(cases)}"
            )
        return cls(pack, load_forms(pack.folder), tuple(indicators), tuple(rules), cases)

    @property
    def read_forms(self) -> tuple[str, ...]:
        """The forms whose facts the indicators read; published series where a card names one."""
        return tuple(sorted({one.form for one in self.indicators} | ({PUBLIC} if reads.public_read(self.indicators) else set())))

    def also_read(self, month: Month) -> list[reads.Also]:
        """What the indicators read of years further back."""
        return reads.also_read(self.indicators, month, {one.id: one.cycle for one in self.forms.values()})


@dataclass(frozen=True, slots=True)
class Computed:
    """A month computed and not yet written: files by name, the manifest's head, and the records for the database."""

    files: Mapping[str, bytes]
    head: Mapping[str, Any]
    signals: tuple[Signal, ...]
    cases: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Closed:
    """What closing did. `before` is the snapshot it supersedes, None when there was none or the figures are the same."""

    snapshot: Snapshot
    recorded: room.Recorded
    before: Snapshot | None
    signals: int
    cases: int


def close_month(
    home: Path,
    pack: Pack,
    month: Month,
    connection: Any,
    *,
    as_of: date | datetime | None = None,
    bulletin: bool = True,
    played: bool = False,
    progress: Progress = lambda _: None,
) -> Closed:
    """Close `month` with what was known on `as_of` (None: all that is known) and record it through `connection`.

    `played`: a demonstration plays months of the past, so cases are proposed at the instant the snapshot stands on and not at this moment.

    Errors: `BadInput` when the month has no facts, or the pack's files have faults. Running it again changes nothing; after a late revision the month is closed anew
    beside the old snapshot.
    """
    with snapshots.closing(home):
        before = snapshots.latest(home, month.code)
        previous = snapshots.latest(home, month.previous().code)
        plan = Plan.of(pack)
        computed = compute_month(home, plan, month, connection, as_of=as_of, previous=previous, progress=progress)
        also = bulletin_writer(pack, month, previous, progress) if bulletin else None
        snapshot = snapshots.write(home, month.code, computed.files, computed.head, also)
        progress("recorded")
        folder = snapshot.folder.relative_to(home).as_posix()
        rows = [one.row() for one in computed.signals]
        now = datetime.fromisoformat(str(snapshot.manifest["as_of"])) if played else datetime.now(UTC)
        case_log.publish(connection, plan.cases.values(), now)
        judge_outcomes(connection, month.code, rows, figures_of(snapshot, month), now)
        recorded = room.record_month(connection, snapshot.manifest, folder, signals=rows, cases=computed.cases, now=now)
        quiet_signals.close_quiet(connection, now)
    older = before if before is not None and before.hash != snapshot.hash else None
    return Closed(snapshot, recorded, older, len(computed.signals), len(computed.cases))


def compute_month(
    home: Path,
    plan: Plan,
    month: Month,
    connection: Any,
    *,
    as_of: date | datetime | None = None,
    previous: Snapshot | None = None,
    wishes: Wishes | None = None,
    progress: Progress = lambda _: None,
) -> Computed:
    """Everything of a closed month but its bulletin, from the facts and the registry. Writes nothing.

    `wishes` are the budgets and marks that set the thresholds of statistical rules; None: those in force in the store.
    """
    wanted = watch_month.wishes_of(connection) if wishes is None else wishes
    parties, members = registry.parties_at(connection, month.end), registry.read_memberships(connection)
    history = max((one.history for one in plan.indicators), default=0)
    codes = window.codes_read(month, history=history)
    aliases = registry.read_aliases(connection)
    with open_month(
        home,
        forms=plan.read_forms,
        periods=codes,
        also=[*plan.also_read(month), *watch_month.far(plan, month)],
        day=as_of,
        parties=parties.values(),
        members=members,
        aliases=aliases,
    ) as tables:
        if tables.known_at is None:
            until = f" known by {as_of}" if as_of else ""
            raise BadInput(
                f"{home}: found no facts for {month.code}{until}, expected at least one report; import the month's workbooks first (yunxing facts import)."
            )
        progress("facts")
        known_on = tables.known_at.astimezone(SHANGHAI).date()
        calendar = Calendar(known_on)
        rules = {one.id: form_rule(one, month, calendar) for one in plan.forms.values()}
        inputs = Inputs(month, tables.facts, tables.party, tables.membership, tables.run, rules, keep=tables.keep)
        figures = compute(plan.indicators, inputs)
        progress("indicators")
        names, definitions = names_of(parties), {one.id: one for one in plan.indicators}
        watched = watch_month.watched(plan, inputs, names, wanted)
        figures = Figures((*figures.rows, *watched.rows), figures.contributions)
        situation = Situation(
            month, known_on, calendar, definitions, figures.rows, figures.contributions, names, scope_names(plan.pack), watched
        )
        outlooks = target_outlooks(plan.indicators, figures.rows, inputs, parties)
        signals = with_probability(detect(plan.rules, situation), outlooks)
        cases = tuple(propose(signals, plan.cases, {one.id: one.unit for one in parties.values()}))
        progress("signals")
        files = _files(plan, month, tables, figures=figures, signals=signals, cases=cases, parties=parties, members=members)
        files["candidates.parquet"] = parquet_bytes(watch_month.candidates_table(watched))
        files["outlook.json"] = to_json([one.plain() for one in outlooks])
    head = {
        "as_of": tables.known_at.isoformat(),
        "pack": {"id": plan.pack.id, "digest": plan.pack.digest},
        "engine": version("yunxing"),
        "synthetic": plan.pack.document.synthetic.demonstration_data,
        "inputs": {
            "facts": tables.count,
            "parties": len(parties),
            "memberships": len(members),
            "previous": previous.hash if previous else "",
        },
        "watch": watch_month.said(plan.rules, watched, wanted),
    }
    return Computed(files, head, signals, cases)


def with_probability(signals: Iterable[Signal], outlooks: Iterable[Outlook]) -> tuple[Signal, ...]:
    """Latent signals of the city's promises with the probability (0.0001) that the promise is missed."""
    missing = {one.indicator: 10_000 - one.probability for one in outlooks}
    return tuple(
        replace(one, probability=missing[one.indicator])
        if one.kind == "latent" and one.scope_kind == "city" and one.indicator in missing
        else one
        for one in signals
    )


def figures_of(snapshot: Snapshot, month: Month) -> set[tuple[str, str, str]]:
    """The (indicator, scope_kind, scope) that have a value in the month or in what runs up to it: what outcomes of cases are judged by."""
    table = snapshot.table("indicators").select(["indicator", "scope_kind", "scope", "period", "num", "absence"]).to_pylist()
    ends = (month.code, month.code[-2:])
    return {
        (one["indicator"], one["scope_kind"], one["scope"])
        for one in table
        if one["num"] is not None and not one["absence"] and (one["period"] == ends[0] or one["period"].endswith(f"..{ends[1]}"))
    }


def form_rule(form: Form, month: Month, calendar: Calendar) -> FormRule:
    """The form's due days in the month after, each moved to the next working day."""
    start = month.next().start
    due = {name: calendar.next_workday(start.replace(day=getattr(form.due, name))) for name in ("reporter", "county", "city")}
    return FormRule(form.jan_feb, form.cycle, due)


def names_of(parties: Mapping[str, Registered]) -> dict[str, Party]:
    """What signals need of the registry."""
    return {one.id: Party(one.short_name or one.name, one.unit, one.industry) for one in parties.values()}


def scope_names(pack: Pack) -> dict[tuple[str, str], str]:
    """The printed names of the city, its reporting units, the industries, and the industries in the units."""
    names = {("city", CITY): "全市"}
    names |= {("unit", one.id): one.name for one in pack.regions.units}
    names |= {("industry", code): one.zh for code, one in industries().items()}
    names |= {
        ("cell", f"{unit.id}{CELL_MARK}{code}"): unit.name + one.zh for unit in pack.regions.units for code, one in industries().items()
    }
    return names


def _files(
    plan: Plan,
    month: Month,
    tables: MonthTables,
    *,
    figures: Figures,
    signals: Iterable[Signal],
    cases: Iterable[Mapping[str, Any]],
    parties: Mapping[str, Registered],
    members: Iterable[Membership],
) -> dict[str, bytes]:
    return {
        "indicators.parquet": parquet_bytes(indicators_table(figures.rows)),
        "contributions.parquet": parquet_bytes(figures.contributions.table()),
        "signals.parquet": parquet_bytes(signals_table(signals)),
        "facts.parquet": parquet_bytes(tables.run(facts_used(plan, month, tables.facts))),
        "registry.parquet": parquet_bytes(registry_table(parties, members, month)),
        "panel.parquet": parquet_bytes(panel_table(plan, month, tables, members)),
        "definitions.json": to_json([one.card() for one in plan.indicators]),
        "cases.json": to_json(list(cases)),
    }


def panel_table(plan: Plan, month: Month, tables: MonthTables, members: Iterable[Membership]) -> Any:
    """Who stood on the rosters of growth now and a year before, with the reasons of entry and exit: what the parts of a bridge are traced by."""
    import pyarrow as pa

    rosters = sorted({one.roster for one in plan.indicators if one.statistic == "comparable_growth"})
    at = window.slot(month, jan_feb=True)
    reasons: dict[tuple[str, str], tuple[str, str]] = {}
    for one in sorted((one for one in members if one.roster in rosters and one.valid_from <= month.end), key=lambda one: one.valid_from):
        gone = one.valid_to is not None and one.valid_to < month.end
        reasons[one.roster, one.party] = ("", one.reason) if gone else (one.reason, "")
    names = ("roster", "party", "unit", "industry", "unit_before", "industry_before", "entered", "left")
    rows = []
    for roster in rosters if at is not None else ():
        assert at is not None
        for plain in tables.run(panel.both_panels(tables.membership, tables.party, roster, at)).to_pylist():
            entered, left = reasons.get((roster, plain["party"]), ("", ""))
            new, old = plain["unit_before"] is None, plain["unit"] is None
            rows.append({**plain, "entered": entered if new else "", "left": left if old else ""})
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.string()) for name in names]))


def facts_used(plan: Plan, month: Month, facts: Any) -> Any:
    """The rows behind the closing month's own figures: its reports, the ones before them, the same ones a year ago, and the days. Figures of earlier periods
    are traced in their own closed months. Of quarterly forms the last quarter that has ended; of forms read over the year, every report of it;
    and what a seasonal pace or a linked index reads of past years.
    """
    import ibis

    from yunxing.engines.facts.table import CELL

    codes: set[str] = set()
    for jan_feb in (True, False):
        slot = window.slot(month, jan_feb=jan_feb)
        if slot is not None:
            codes |= set(slot.codes)
    # events count over the whole year; days reach back before the month
    year = f"{month.year}-"
    events = [one.id for one in plan.forms.values() if one.cycle == "event"]
    days = (facts.as_reported == "day") & facts.period.isin(window.days_read(month))
    yearly = [one.form for one in plan.indicators if any(term.over == "year" for term in one.terms)]
    quarterly = [one.id for one in plan.forms.values() if one.cycle == "quarter"]
    ended = quarters(month, 0)[0].codes
    further = [
        (facts.form == one.form) & facts.item.isin(sorted(one.items)) & facts.period.isin(sorted(one.periods))
        for one in plan.also_read(month)
    ]
    also = reduce(operator.or_, further) if further else ibis.literal(False)
    kept = facts.filter(
        facts.period.isin(sorted(codes))
        | also
        | days
        | (facts.form.isin([*events, *yearly]) & facts.period.startswith(year))
        | (facts.form.isin(quarterly) & facts.period.isin(list(ended)))
    )
    return kept.order_by(CELL)


def registry_table(parties: Mapping[str, Registered], members: Iterable[Membership], month: Month) -> Any:
    """The registry rows that stood at the month's end, with their rosters of that day and attributes as JSON."""
    import pyarrow as pa

    rosters: dict[str, list[str]] = {}
    for one in members:
        if one.valid_on(month.end):
            rosters.setdefault(one.party, []).append(one.roster)
    names = ("id", "kind", "name", "short_name", "unit", "region", "industry", "size", "parent")
    rows = [
        {name: getattr(one, name) for name in names}
        | {
            "valid_from": one.valid_from.isoformat(),
            "valid_to": one.valid_to.isoformat() if one.valid_to else "",
            "rosters": ",".join(sorted(rosters.get(one.id, []))),
            "attributes": json.dumps(dict(one.attributes), ensure_ascii=False, sort_keys=True),
        }
        for one in sorted(parties.values(), key=lambda one: one.id)
        if one.valid_on(month.end)
    ]
    columns = (*names, "valid_from", "valid_to", "rosters", "attributes")
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.string()) for name in columns]))


def bulletin_writer(pack: Pack, month: Month, previous: Snapshot | None, progress: Progress = lambda _: None) -> WriteBulletin | None:
    """Writes the bulletin into a month's folder before it is sealed; None for January, which has no bulletin of its own, and for a pack without one."""
    if month.month == 1 or not (pack.folder / "bulletin" / "monthly.toml").exists():
        return None

    def write(folder: Path) -> None:
        from yunxing.flows.seal_bulletin import write_into

        write_into(folder, pack, month, previous)
        progress("bulletin")

    return write
