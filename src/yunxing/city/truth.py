"""The truth: every event planted in the city that shows within the range, with its subject, periods, expected signal and size.

Scorers read it; the programs that look for signals must not. Kinds of signal: `incipient` (苗头), `trend` (倾向), `latent` (潜在), `typing_error`
(found on the way in) and `late`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from yunxing.city.events import CellEvent, FirmEvent
from yunxing.city.further_rows import planted
from yunxing.city.make import City
from yunxing.city.parcels import JAN_FEB, Parcel
from yunxing.city.register import site_id
from yunxing.city.reports import error_key, figures, mistyped, slip_factor
from yunxing.values.period import JanFeb, Month

Event = dict[str, Any]


def truth(city: City, first: Month, last: Month, sent: list[Parcel]) -> dict[str, Any]:
    """`truth.json`: labels, what was asked for, and the events in the order of their first period."""
    files = {(parcel.form, parcel.unit, parcel.month, parcel.number): parcel for parcel in sent}
    found = [
        *_firms(city, first, last, files),
        *_cells(city, first, last),
        *_stalls(city, first, last),
        *_coal(city, first, last),
        *_late_workbooks(city, files),
        *_targets(city, first, last),
    ]
    found.sort(key=lambda event: (event["periods"][0], event["kind"], str(event["subject"]["id"])))
    settings = city.settings
    return {
        "label": settings.label,
        "label_en": settings.label_en,
        "seed": city.seed,
        "firms": city.firms,
        "from": first.code,
        "to": last.code,
        "further_faults": planted(city.further, settings, first, last),
        "events": [{"id": f"E{number:04d}", **event} for number, event in enumerate(found, start=1)],
    }


def period_code(month: Month, form: str, merged: Collection[str] = JAN_FEB) -> str:
    """The code of a form's period: February of a `merged` form stands for January and February."""
    return JanFeb(month.year).code if month.month <= 2 and form in merged else month.code


def _firms(city: City, first: Month, last: Month, files: Mapping[tuple[str, int, Month, int], Parcel]) -> Iterator[Event]:
    for event in city.plan.firms:
        months = _months(city, event.month, event.months, first, last)
        if not months or not city.people.on_list(city.settings.index(months[0]))[event.firm]:
            continue
        base = _event(
            event.kind,
            {"stoppage": "incipient", "late_report": "late"}.get(event.kind, "typing_error"),
            _enterprise(city, event.firm),
            [period_code(month, "enterprise_month") for month in months],
            planted=event.planted,
        )
        base.update({"form": "enterprise_month", "item": "" if event.kind == "late_report" else "output"})
        yield {**base, **_size(city, event, months[0], files)}


def _size(city: City, event: FirmEvent, month: Month, files: Mapping[tuple[str, int, Month, int], Parcel]) -> Event:
    """How large an event at an enterprise is, and what was typed in which workbook."""
    if event.kind == "stoppage":
        return {"magnitude": f"-{event.size:.0%} output"}
    unit = int(city.people.unit[event.firm])
    main = files[("enterprise_month", unit, month, 0)]
    again = [parcel for parcel in files.values() if parcel.unit == unit and parcel.month == month and event.firm in parcel.firms]
    sent: Event = {"workbook": main.file(city)}
    if again:
        sent.update({"sent_again": again[0].file(city), "received_again": _instant(again[0])})
    if event.kind == "late_report":
        return {"magnitude": "row missing from the workbook", **sent}
    good = figures(city, [event.firm], month)[0]
    key = error_key(month)
    seen: Event = {"column": key, "true": str(good[key]), **sent}
    if event.kind == "stale_repeat":
        return {"magnitude": "equal to last month to all digits", "column": key, "typed": str(good[key]), "workbook": main.file(city)}
    seen["typed"] = str(mistyped(event, good, unit, month)[key])
    if event.kind == "letter_o":
        return {"magnitude": "text for a number", **seen}
    return {"magnitude": f"x{slip_factor(unit)}, all money cells of the row", **seen}


def _cells(city: City, first: Month, last: Month) -> Iterator[Event]:
    for cell in city.plan.cells:
        months = _months(city, cell.month, cell.months, first, last)
        if months:
            periods = list(dict.fromkeys(period_code(month, "enterprise_month") for month in months))
            event = _event("decline", "trend", _cell(city, cell), periods, planted=cell.planted)
            yield {**event, "form": "enterprise_month", "item": "output", "magnitude": f"-{cell.size:.0%} a month for {cell.months} months"}


def _stalls(city: City, first: Month, last: Month) -> Iterator[Event]:
    for stall in city.works.stalls:
        months = _months(city, stall.first, stall.last - stall.first + 1, first, last)
        if months:
            project = city.works.projects[stall.project]
            unit = city.settings.units[project.unit]
            subject = {"kind": "project", "id": project.id, "name": project.name, "unit": unit.code}
            periods = list(dict.fromkeys(period_code(month, "project_month") for month in months))
            event = _event("project_stall", "incipient", subject, periods, planted=stall.planted)
            yield {**event, "form": "project_month", "item": "investment", "magnitude": f"no investment for {len(months)} months"}


def _coal(city: City, first: Month, last: Month) -> Iterator[Event]:
    for shortage in city.coal.shortages:
        days = [day for day in shortage.breached if first.start <= day <= last.end]
        if days:
            site = city.settings.coal_sites[shortage.site]
            subject = {"kind": "site", "id": site_id(city, "COAL", shortage.site), "name": site.name, "unit": site.unit}
            event = _event("coal_shortage", "incipient", subject, [day.isoformat() for day in days], planted=shortage.planted)
            yield {
                **event,
                "form": "coal_day",
                "item": "closing",
                "magnitude": f"down to {shortage.lowest:.1f} days of stock, minimum {city.settings.coal_min_days}",
                "receipts_cut": [shortage.first.isoformat(), shortage.last.isoformat()],
            }


def _late_workbooks(city: City, files: Mapping[tuple[str, int, Month, int], Parcel]) -> Iterator[Event]:
    planted = {(event.unit, event.month) for event in city.plan.at("late_workbook") if event.planted}
    for parcel in files.values():
        if parcel.late and parcel.number == 0:
            unit = city.settings.units[parcel.unit]
            subject = {"kind": "unit", "id": unit.code, "name": unit.name, "unit": unit.code}
            period = period_code(parcel.month, parcel.form)
            known = (parcel.unit, city.settings.index(parcel.month)) in planted
            event = _event("late_workbook", "late", subject, [period], planted=known)
            yield {**event, "form": parcel.form, "item": "", "magnitude": f"received {_instant(parcel)}", "workbook": parcel.file(city)}


def _targets(city: City, first: Month, last: Month) -> Iterator[Event]:
    """Yearly targets the year will miss, for every year of which a month lies in the range."""
    settings = city.settings
    for target in settings.targets:
        if not first.year <= target.year <= last.year:
            continue
        inside = slice((target.year - settings.origin) * 12, (target.year - settings.origin) * 12 + 12)
        outcome = {
            "project_investment": float(city.works.invested[:, inside].sum()),
            "above_scale_entries": float(sum(a.on.year == target.year for a in city.ladder.admissions)),
            "listings": float(sum(one.on.year == target.year for one in city.ladder.listings)),
            "port_foreign_cargo": float(city.quays.foreign[:, inside].sum() * 100),
        }[target.indicator]
        if outcome < target.value:
            start = max(first, Month(target.year, 2))
            subject = {"kind": "city", "id": target.indicator, "name": target.indicator, "unit": ""}
            event = _event("target_miss", "latent", subject, [start.code, Month(target.year, 12).code], planted=True)
            yield {
                **event,
                "form": "",
                "item": target.indicator,
                "magnitude": f"{outcome:.0f} of {target.value:.0f} {target.unit} ({outcome / target.value - 1:+.1%}) at the end of the year",
            }


def _event(kind: str, signal: str, subject: Event, periods: list[str], *, planted: bool) -> Event:
    return {"kind": kind, "signal": signal, "subject": subject, "periods": periods, "planted": planted}


def _enterprise(city: City, firm: int) -> Event:
    people, settings = city.people, city.settings
    return {
        "kind": "enterprise",
        "id": people.usci[firm],
        "name": people.name[firm],
        "unit": settings.units[people.unit[firm]].code,
        "industry": settings.industries[people.industry[firm]].code,
    }


def _cell(city: City, cell: CellEvent) -> Event:
    unit, industry = city.settings.units[cell.unit], city.settings.industries[cell.industry]
    return {
        "kind": "cell",
        "id": f"{unit.code}/{industry.code}",
        "name": f"{unit.name} {industry.word}",
        "unit": unit.code,
        "industry": industry.code,
    }


def _months(city: City, start: int, length: int, first: Month, last: Month) -> list[Month]:
    """The months of an event that lie in the range."""
    low, high = city.settings.index(first), city.settings.index(last)
    return [city.settings.month(index) for index in range(max(start, low), min(start + length - 1, high) + 1)]


def _instant(parcel: Parcel) -> str:
    return parcel.received.isoformat().replace("+00:00", "Z")
