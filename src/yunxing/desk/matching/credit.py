"""The watch over credit as a page: firms whose balance at a bank falls while they keep their duties, banks that do it to several, and the use of the facilities."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django.conf import settings
from django.db import connection

from yunxing.desk import clock
from yunxing.desk.casework.models import Case
from yunxing.desk.dispatch.place import office_name, unit_name
from yunxing.desk.matching import services
from yunxing.desk.matching.place import rules
from yunxing.desk.room.figures import pick
from yunxing.engines.matching.credit import Suspicion
from yunxing.flows.matching_inputs import Watched, facilities_used
from yunxing.io.store.registry import read_some
from yunxing.values.money import format_money
from yunxing.values.quantity import format_number


def percent(share: Fraction | None) -> str:
    """A share as a percentage of one decimal."""
    return "—" if share is None else f"{format_number(share * 100, 1)}%"


def page() -> dict[str, Any]:
    """The rule, what it finds, the banks, the facilities."""
    entry, watched = rules().credit, services.watched()
    assert entry is not None
    found: dict[str, Any] = {
        "entry": entry, "title": pick(entry.title, entry.title_en), "office": office_name(entry.owner), "watched": watched, "rows": [], "banks": [],
        "facilities": [],
    }  # fmt: skip
    names = names_of(watched)
    if watched is not None:
        origin = f"signal:{entry.id}/{watched.now}"
        cases = {(one.party, one.title): one.pk for one in Case.objects.filter(origin=origin)}
        counted: dict[str, list[Suspicion]] = {}
        for one in watched.found:
            counted.setdefault(one.bank, []).append(one)
        found["rows"] = [row(one, names, cases) for one in watched.found]
        judged = {bank: sum(1 for _firm, other in watched.balances if other == bank) for bank in counted}
        found["banks"] = [
            {"name": names.get(bank, (bank, ""))[0], "n": len(rows), "judged": judged[bank], "several": rows[0].several, "withdrawn": format_money(sum(one.facts.before - one.facts.now for one in rows))}
            for bank, rows in sorted(counted.items(), key=lambda item: (-len(item[1]), item[0]))
        ]  # fmt: skip
    for facility, period, uses in facilities_used(settings.HOME, rules().facilities, clock.today()):
        banks = read_some(connection, [one.bank for one in uses])
        rows = [
            {"name": banks[one.bank].name if one.bank in banks else one.bank, "lent": format_money(one.lent), "funded": format_money(one.funded), "due": format_money(int(one.due)), "share": percent(one.share)}
            for one in uses
        ]  # fmt: skip
        found["facilities"].append(
            {"title": pick(facility.title, facility.title_en), "period": period, "share": facility.share, "rows": rows}
        )
    return found


def names_of(watched: Watched | None) -> dict[str, tuple[str, str]]:
    """Names and reporting units of the firms and banks found."""
    ids = sorted({one for pair in (watched.found if watched else []) for one in (pair.party, pair.bank)})
    return {id_: (party.name, party.unit) for id_, party in read_some(connection, ids).items()}


def row(one: Suspicion, names: dict[str, tuple[str, str]], cases: dict[tuple[str, str], str]) -> dict[str, Any]:
    """One suspect pair."""
    firm, unit = names.get(one.party, (one.party, ""))
    bank = names.get(one.bank, (one.bank, ""))[0]
    return {
        "one": one, "firm": firm, "unit": unit_name(unit), "unit_code": unit, "bank": bank, "before": format_money(one.facts.before), "now": format_money(one.facts.now),
        "fall": percent(one.fall), "others": percent(-one.others_fall), "case": cases.get((one.party, f"抽贷断贷核查 {firm}")), "key": f"{one.party}/{one.bank}",
    }  # fmt: skip
