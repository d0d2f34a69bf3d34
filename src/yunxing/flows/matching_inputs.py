"""What is brought together, gathered: needs read from the month's reports, rows made up for a demonstration, balances of firms at banks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from yunxing.city.chance import stream
from yunxing.engines.matching.credit import Example, Suspicion, Use, facility_use, suspicions
from yunxing.engines.matching.kind import Kind
from yunxing.engines.matching.market import MOST_QUOTA
from yunxing.io.period_facts import last_period, values_of
from yunxing.io.store.registry import read_memberships, read_parties
from yunxing.packs.matching import CreditEntry, DrawEntry, FacilityEntry, MadeEntry, rule_of
from yunxing.values.money import parse_rate
from yunxing.values.period import Month, parse_period

Row = dict[str, Any]


def drawn_needs(home: Path, connection: Any, draw: DrawEntry, day: date) -> list[Row]:
    """The needs that the newest reports known on a day speak of, as rows of texts: one a party, or one a party and second key.

    A quota below the least is no need; a value that was not reported stays empty. Reports of more than one kind of period give the cumulative one.
    """
    period = last_period(home, draw.form, day=day)
    if not period:
        return []
    items = sorted({one for one in (draw.quota, draw.less, *draw.columns.values()) if one})
    codes = [period] if ".." not in period else [period, period[:5] + period[-2:]]
    found: dict[str, dict[str, int]] = {}
    for (party, item, _period), value in values_of(home, draw.form, items, codes, day=day).items():
        found.setdefault(party, {})[item] = value
    parties = read_parties(connection, on=day)
    rows = []
    for key, values in sorted(found.items()):
        party, _stroke, detail = key.partition("/")
        owner = parties.get(party)
        quota = 1 if not draw.quota else (values.get(draw.quota, 0) - values.get(draw.less, 0)) // draw.step
        if (
            owner is None
            or quota < draw.least
            or (draw.columns and not any(values.get(one) for one in draw.columns.values()) and not draw.quota)
        ):
            continue
        firm = owner.parent if owner.kind == "project" and owner.parent else owner.id
        row: Row = {"id": key, "party": firm, "name": owner.name, "unit": owner.unit, "quota": min(quota, MOST_QUOTA)}
        row |= {name: values[item] for name, item in draw.columns.items() if item in values}
        if draw.detail:
            row[draw.detail] = draw.details.get(detail, detail)
        rows.append({**row, "read": {"form": draw.form, "period": period}})
    return rows


def as_kept(kind: Kind, row: Mapping[str, Any]) -> Row:
    """A drawn row as it is kept: its numbers are whole already, its flags are 0 or 1."""
    columns = kind.columns("need")
    kept: Row = {"prefer": [], "refuse": [], "party": "", "name": "", "quota": 1, **dict.fromkeys(columns)} | dict(row)
    for name, column in columns.items():
        if column.type == "flag" and isinstance(kept[name], int):
            kept[name] = bool(kept[name])
    return kept


def made_rows(home: Path, connection: Any, kind: Kind, made: MadeEntry, draw: DrawEntry | None, label: str, day: date) -> list[Row]:
    """The rows of one side of a kind for a demonstration; every name holds the label or belongs to a made-up party. The same day gives the same rows."""
    chance = stream(156, f"matching/{kind.id}/{made.side}")
    columns = kind.columns(made.side)
    rows: list[Row] = []
    drawn = [as_kept(kind, one) for one in drawn_needs(home, connection, draw, day)] if draw is not None and made.side == "need" else []
    if drawn:
        rows = drawn[:: max(1, len(drawn) // made.count)][: made.count]
    elif made.roster:
        rows = _members(connection, made, day)
    else:
        units = sorted({one.unit for one in read_parties(connection, kind="enterprise", on=day).values() if one.unit})
        rows = [
            {"id": f"{kind.id}-{at + 1:03d}", "party": "", "name": f"{made.names[at % len(made.names)]}{at // len(made.names) + 1}", "unit": units[at % len(units)] if units else None}
            for at in range(made.count)
        ]  # fmt: skip
    for row in rows:
        row.setdefault("quota", 1)
        for name, given in made.values.items():
            value = _drawn(columns.get(name), given, chance)
            if row.get(name) is None or name == "quota":
                row[name] = value
        row["synthetic"] = label
    return [{"prefer": [], "refuse": [], **{name: row.get(name) for name in columns}, **row} for row in rows]


def _members(connection: Any, made: MadeEntry, day: date) -> list[Row]:
    """The members of a list, again from the first when more rows than members are wanted."""
    parties = read_parties(connection, on=day)
    members = sorted({one.party: one.attributes for one in read_memberships(connection, roster=made.roster, on=day)}.items())
    members = [one for one in members if one[0] in parties]
    if not members:
        return []
    step = max(1, len(members) // made.count)
    picked = members[::step][: made.count] if len(members) > made.count else members
    rows = []
    for at in range(made.count):
        party, _attributes = picked[at % len(picked)]
        again, owner = at // len(picked), parties[party]
        if again and not made.kind:
            break
        name = f"{owner.name}{made.kind}{again + 1 if made.count > len(picked) else ''}" if made.kind else owner.name
        firm = owner.parent if owner.kind == "project" and owner.parent else party
        row: Row = {"id": f"{party}#{again + 1}" if again else party, "party": firm, "name": name, "unit": owner.unit or None}
        row |= {column: _hundredths(owner.attributes.get(item)) for column, item in made.attributes.items()}
        rows.append(row)
    return rows


def _hundredths(value: Any) -> int | None:
    return None if value is None else int(value)


def _drawn(column: Any, given: str | tuple[str, ...], chance: Any) -> Any:
    """A value by its description: one of some words (some of them for a list), a number or day of a range, yes by a share."""
    if isinstance(given, tuple):
        if column is not None and column.type == "list":
            count = int(chance.integers(1, min(3, len(given)) + 1))
            return sorted({str(given[int(one)]) for one in chance.integers(0, len(given), count)})
        return str(given[int(chance.integers(0, len(given)))])
    if given.endswith("%"):
        return bool(chance.integers(0, 100) < int(given[:-1]))
    low, _dots, high = given.partition("..")
    if "-" in low:
        first, last = (date.fromisoformat(one).toordinal() for one in (low, high))
        return int(chance.integers(first, last + 1)) - date(1970, 1, 1).toordinal()
    number = int(chance.integers(int(low), int(high) + 1))
    if column is not None and column.type == "money":
        return number * (10**6 if column.unit == "万元" else 100)
    return number


# ---- credit -------------------------------------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Watched:
    """What the rule found: the months compared, the suspect pairs, how many pairs were judged, and each bank's use of the facilities."""

    before: str
    now: str
    judged: int
    found: list[Suspicion]
    balances: Mapping[tuple[str, str], Example]


def watched_credit(home: Path, entry: CreditEntry, day: date) -> Watched | None:
    """The balances of watched firms by bank, at both ends of the rule's months; None when there is no report that far back."""
    last = parse_period(last_period(home, entry.form, day=day) or "1900")
    if not isinstance(last, Month):
        return None
    first = _months_before(last, entry.months)
    codes = {last.code: "now", first.code: "before", **({f"{first.year}-01..02": "before"} if first.month == 2 else {})}
    found: dict[tuple[str, str], dict[str, int]] = {}
    for (party, item, period), value in values_of(
        home, entry.form, [entry.balance, entry.overdue, entry.baseline], list(codes), day=day
    ).items():
        firm, _stroke, bank = party.partition("/")
        found.setdefault((firm, bank), {})[f"{item}/{codes[period]}"] = value
    loans = {
        (bank, codes[period]): value
        for (bank, _item, period), value in values_of(home, entry.bank_form, [entry.bank_loans], list(codes), day=day).items()
    }
    pairs = {}
    for (firm, bank), held in found.items():
        before, now = held.get(f"{entry.balance}/before"), held.get(f"{entry.balance}/now")
        others = loans.get((bank, "before")), loans.get((bank, "now"))
        if before is None or now is None or others[0] is None or others[1] is None:
            continue
        baseline = held.get(f"{entry.baseline}/now")
        pairs[firm, bank] = Example(
            before,
            now,
            others[0] - before,
            others[1] - now,
            held.get(f"{entry.overdue}/now", 0),
            None if baseline is None else bool(baseline),
        )
    return Watched(first.code, last.code, len(pairs), suspicions(rule_of(entry), pairs), pairs)


def _months_before(month: Month, count: int) -> Month:
    at = month.year * 12 + month.month - 1 - count
    return Month(at // 12, at % 12 + 1)


def facilities_used(home: Path, entries: Sequence[FacilityEntry], day: date) -> list[tuple[FacilityEntry, str, list[Use]]]:
    """Each facility with the period read and the banks' use of it."""
    found = []
    for one in entries:
        period = last_period(home, one.form, day=day)
        through = f"{period[:4]}-01..{period[-2:]}" if len(period) == 7 else period
        values = values_of(home, one.form, [one.lent, one.funded], [through], day=day) if period else {}
        lent = {party: value for (party, item, _p), value in values.items() if item == one.lent}
        funded = {party: value for (party, item, _p), value in values.items() if item == one.funded}
        period = through
        found.append((one, period, facility_use(lent, funded, parse_rate(one.share), lent)))
    return found
