"""Reading ad hoc requests: what can be asked, what the store already holds of it, and the table as one person may see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection

from yunxing.desk.reporting import in_force
from yunxing.desk.reporting.adhoc_models import AdhocGap, AdhocItem, AdhocRequest
from yunxing.desk.scoping import acting_as_system
from yunxing.engines.facts.adhoc import FORM, Ask, AskColumn, AskRow, Filled, columns_of, fill, new_item
from yunxing.engines.facts.layout import form_period
from yunxing.engines.facts.series import FORM as PUBLISHED
from yunxing.engines.registry.parties import on_roster
from yunxing.io import tables
from yunxing.io.store import registry
from yunxing.values.errors import BadInput
from yunxing.values.period import parse_month
from yunxing.values.scope import ALL, Scope

TOTAL = "total"
SUM_LEVEL = 2
FEWEST = 3  # a sum of fewer parties tells a single one's figure


@dataclass(frozen=True, slots=True)
class Spec:
    """What the asker chose: columns by id, the period's month, units or a roster's parties as rows, a total row, working days until due."""

    title: str
    reason: str
    subject: str
    month: str
    columns: tuple[str, ...]
    units: tuple[str, ...]
    roster: str = ""
    total: bool = True
    days: int = 1


def offered(month: str) -> dict[str, AskColumn]:
    """Every column that can be asked for the month: of all monthly forms, and of the items that earlier requests made."""
    parse_month(month)
    found: dict[str, AskColumn] = {}
    for form in in_force.forms().values():
        if form.cycle in ("event", "day") or form.detail is not None or form.id == PUBLISHED:
            continue  # a day's figure, one split by a second key, and a published series have no place in a table of one period
        try:
            period = form_period(form, int(month[:4]), int(month[5:])).code
        except BadInput:
            continue  # January of a form that reports January and February together
        cumulative = period if ".." in period else f"{month[:4]}-01..{month[5:]}"
        found |= {column.id: column for column in columns_of(form, period, cumulative)}
    for one in AdhocItem.objects.all():
        item = new_item(one.id, one.title, one.type, one.unit, level=one.level, basis=one.basis, stored=one.stored)
        column = AskColumn(FORM, item, "value", "month", month, title=one.title)
        found[column.id] = column
    return found


def ask_of(spec: Spec, scope: Scope) -> Ask:
    """The request with its columns, rows and members. `BadInput` with everything that cannot be asked, or not by this person."""
    faults: list[str] = []
    known = offered(spec.month)
    columns = [known[name] for name in dict.fromkeys(spec.columns) if name in known]
    faults += [f"没有“{name}”这一列" for name in spec.columns if name not in known]
    if not columns:
        faults.append("至少选一列")
    faults += [
        f"“{one.title}”是 {one.item.level} 级数据，您的岗位最高 {scope.levels} 级"
        for one in columns
        if not scope.sees_level(level_of(one, spec.subject))
    ]
    if spec.subject == "party":
        # data of single respondents collected under the Statistics Law serve statistics only (ecosystem §1.4)
        faults += [f"“{one.title}”是统计资料，不能逐户列出；可按单位汇总" for one in columns if one.item.origin == "statistics"]
    rows, members = rows_of(spec, columns, scope)
    if not rows:
        faults.append("没有您可以查看的行：请选择单位或名录")
    if not spec.title.strip() or not spec.reason.strip():
        faults.append("请写明表名和用途")
    if faults:
        raise BadInput("；".join(faults) + "。")
    return Ask(columns, rows, members)


def level_of(column: AskColumn, subject: str) -> int:
    """The level of a cell: a single party's figure has its item's; a sum over a unit is internal, since one of too few parties is not shown."""
    return min(column.item.level, SUM_LEVEL) if subject == "unit" and column.summable and column.item.level < 4 else column.item.level


def rows_of(spec: Spec, columns: Sequence[AskColumn], scope: Scope) -> tuple[list[AskRow], dict[tuple[str, str], list[str]]]:
    """The rows in the pack's order, and the members of the columns' rosters by unit at the end of the month."""
    units = {code: name for code, name in in_force.units().items() if code in spec.units and may_ask(code, scope, spec.subject)}
    day = parse_month(spec.month).end
    rosters = {column.roster for column in columns if column.roster} | ({spec.roster} if spec.roster else set())
    parties = members_of(rosters, day)
    members = {
        (roster, unit): [party for party, where, _name in listed if where == unit] for roster, listed in parties.items() for unit in units
    }
    if spec.subject != "party":
        return [AskRow(code, name, code) for code, name in units.items()], members
    listed = parties.get(spec.roster, [])
    return [AskRow(party, name, unit, party) for party, unit, name in listed if unit in units and scope.sees_party(party, unit)], members


def may_ask(unit: str, scope: Scope, subject: str) -> bool:
    """Whose figures may be asked: a county its own; an office of the city all units' sums; single parties only who sees them."""
    if scope.sees_unit(unit):
        return True
    return subject == "unit" and bool(scope.offices)


def members_of(rosters: Iterable[str], day: date) -> dict[str, list[tuple[str, str, str]]]:
    """The parties of each roster on a day: id, reporting unit, name; in the order of their ids."""
    found = {}
    parties = registry.read_parties(connection)
    for roster in sorted(rosters):
        on = on_roster(registry.read_memberships(connection, roster=roster), roster, day)
        found[roster] = sorted((id_, parties[id_].unit, parties[id_].name) for id_ in on if id_ in parties)
    return found


def facts_for(ask: Ask) -> list[dict[str, Any]]:
    """The newest facts of the request's forms and periods, and the answers to earlier requests."""
    forms = {column.form for column in ask.columns} | {FORM}
    periods = {column.period for column in ask.columns}
    return list(tables.facts_as_of(settings.HOME, forms=forms, periods=periods).iter_rows(named=True))


def table_of(ask: Ask, returned: Iterable[str] = ()) -> list[list[Filled]]:
    """The table as the store fills it now."""
    return fill(ask, facts_for(ask), frozenset(returned))


def stored_ask(one: AdhocRequest) -> Ask:
    """The request as it was sent: its rows are those of that day, its columns as the forms have them now; a column that is gone is left out."""
    known = offered(one.period)
    columns = [known[name] for name in one.columns if name in known]
    rows = [AskRow(row["id"], row["title"], row["unit"], row["party"]) for row in one.rows]
    listed = members_of({column.roster for column in columns if column.roster}, parse_month(one.period).end)
    units = {row.unit for row in rows}
    members = {(roster, unit): [party for party, where, _n in some if where == unit] for roster, some in listed.items() for unit in units}
    return Ask(columns, rows, members)


def returned_cells(one: AdhocRequest) -> frozenset[str]:
    """The cells whose answers were sent back and not given again."""
    with acting_as_system("adhoc"):
        return frozenset(AdhocGap.objects.filter(request=one.pk, state=AdhocGap.State.RETURNED).values_list("cell", flat=True))


def is_hidden(cell: Filled, row: AskRow, scope: Scope) -> bool:
    """Whether a unit's sum would tell fewer than three parties' figures to someone who may not see them (screens §2)."""
    if row.party:
        return not scope.sees_party(row.party, row.unit)
    return (
        0 < cell.of < FEWEST
        and not (scope.sees_unit(row.unit) and scope.parties is ALL)
        and bool(cell.facts)
        and cell.facts[0]["party"] != row.unit
    )


def totals(ask: Ask, table: Sequence[Sequence[Filled]]) -> list[Filled]:
    """The total row: over all members of all rows, so that growth is that of the whole and a sum is never one of rounded parts."""
    parties: dict[tuple[str, str], list[str]] = {}
    for column in ask.columns:
        everyone = [party for row in ask.rows for party in ask.parties(column, row)]
        parties[column.roster, TOTAL] = list(dict.fromkeys(everyone))
    whole = Ask(ask.columns, [AskRow(TOTAL, "合计", TOTAL)], parties)
    facts = [fact for row in table for cell in row for fact in cell.facts]
    found = fill(whole, facts)[0]
    return [cell if column.item.type in ("money", "volume", "count") else Filled() for column, cell in zip(ask.columns, found, strict=True)]


def by_unit(gaps: Iterable[Mapping[str, Any]]) -> dict[str, tuple[int, int]]:
    """Answered and asked figures of each unit."""
    found: dict[str, tuple[int, int]] = {}
    for gap in gaps:
        done, all_ = found.get(gap["unit"], (0, 0))
        found[gap["unit"]] = done + (gap["state"] == AdhocGap.State.ANSWERED), all_ + 1
    return found
