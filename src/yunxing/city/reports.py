"""The rows of a workbook as the unit fills them in, errors and all. Values stand in the printed unit of the form."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from yunxing.city.events import FirmEvent
from yunxing.city.further_rows import further_rows
from yunxing.city.make import City
from yunxing.city.parcels import FORMS, Parcel, members, mistakes, money_unit
from yunxing.city.projects import PROBLEMS
from yunxing.city.register import site_id
from yunxing.engines.facts.form import Form
from yunxing.engines.facts.layout import Row
from yunxing.engines.facts.sheet import CellValue
from yunxing.values.period import Month

STOP_CAUSES = ("设备故障检修停产", "订单不足停产", "环保整改停产", "原料断供停产")
PER_WAN = {"万元": 1, "千元": 10, "元": 10_000}  # printed units in one 万元
UNUSUAL = 5  # a project's pace this many times above or below its habit is explained by the unit
MONEY_KEYS = (
    "output/value/month",
    "output/last_year_restated/month",
    "output/value/cumulative",
    "output/last_year_restated/cumulative",
    "revenue/value/cumulative",
    "revenue/last_year_restated/cumulative",
    "profit/value/cumulative",
    "profit/last_year_restated/cumulative",
    "tax/value/cumulative",
)


def rows(city: City, form: Form, parcel: Parcel) -> list[Row]:
    """The rows of a parcel, as typed."""
    if parcel.form not in FORMS:
        return further_rows(city.settings, city.further, city.seed, form, parcel.unit, parcel.month)
    fill = {
        "enterprise_month": _enterprises,
        "project_month": _projects,
        "coal_day": _coal,
        "port_month": _ports,
        "growth_point_month": _admissions,
        "listing_month": _listings,
    }[parcel.form]
    return fill(city, form, parcel)


def hundredth(value: int) -> Decimal:
    """Hundredths as a number with two decimals."""
    return Decimal(value).scaleb(-2)


def letter_o(value: Decimal) -> str:
    """The figure with a letter O where a zero should stand; the last digit gives way when there is no zero."""
    text = f"{value:.2f}"
    place = text.rfind("0") if "0" in text else len(text) - 1
    return f"{text[:place]}O{text[place + 1 :]}"


def figures(city: City, firms: list[int], month: Month) -> list[dict[str, Decimal | int]]:
    """What the enterprises would report without any error, keyed by column."""
    import numpy as np

    settings, made = city.settings, city.months
    index = settings.index(month)
    january = index - index % 12
    chosen = np.array(firms, dtype=np.int64)
    first = index - 1 if month.month == 2 else index
    restated = made.restated[chosen, index // 12][:, None]

    def now(table: Any, start: int) -> list[int]:
        return table[chosen, start : index + 1].sum(axis=1).tolist()  # type: ignore[no-any-return]

    def before(table: Any, start: int) -> list[int]:
        last = np.rint(table[chosen, start - 12 : index - 11] * restated).astype(np.int64)
        return last.sum(axis=1).tolist()  # type: ignore[no-any-return]

    money = (
        now(made.output, first),
        before(made.output, first),
        now(made.output, january),
        before(made.output, january),
        now(made.revenue, january),
        before(made.revenue, january),
        now(made.profit, january),
        before(made.profit, january),
        now(made.tax, january),
    )
    power = now(made.electricity, first)
    staff, lacking = made.employees[chosen, index].tolist(), made.shortage[chosen, index].tolist()
    stopped = now(made.stop_days, first)
    return [
        {
            **{key: hundredth(value) for key, value in zip(MONEY_KEYS, line, strict=True)},
            "electricity/value/month": Decimal(power[place]).scaleb(-4),
            "employees/value/month": staff[place],
            "shortage/value/month": lacking[place],
            "stop_days/value/month": stopped[place],
        }
        for place, line in enumerate(zip(*money, strict=True))
    ]


def slip_factor(unit: int) -> Fraction:
    """By how much a slip of the unit falsifies: 元 typed under 万元 is ×10,000; where 元 or 千元 is printed, 万元 is typed."""
    per = PER_WAN[money_unit(unit)]
    return Fraction(10_000) if per == 1 else Fraction(1, per)


def mistyped(event: FirmEvent, good: dict[str, Decimal | int], unit: int, month: Month) -> dict[str, CellValue]:
    """The cells a typing error of a reporting unit's clerk leaves in place of the good figures (in 万元; text as it is typed)."""
    if event.kind == "unit_slip":
        factor = slip_factor(unit)
        return {key: Decimal(good[key]) * factor.numerator / factor.denominator for key in MONEY_KEYS}
    key = error_key(month)
    return {key: letter_o(Decimal(good[key]) * PER_WAN[money_unit(unit)])}


def error_key(month: Month) -> str:
    """The column of a typing error: output of the month, or of both months together in the first report of a year."""
    return "output/value/cumulative" if month.month == 2 else "output/value/month"


def _enterprises(city: City, _form: Form, parcel: Parcel) -> list[Row]:
    wrong = mistakes(city, parcel.unit, parcel.month)
    if parcel.number:
        firms = list(parcel.firms)
    else:
        firms = [firm for firm in members(city, parcel.unit, parcel.month) if firm not in wrong or wrong[firm].kind != "late_report"]
    filled = []
    for firm, good in zip(firms, figures(city, firms, parcel.month), strict=True):
        cells: dict[str, CellValue] = dict(good)
        if not parcel.number and firm in wrong:
            cells.update(mistyped(wrong[firm], good, parcel.unit, parcel.month))
        cause = STOP_CAUSES[firm % len(STOP_CAUSES)] if good["stop_days/value/month"] else ""
        industry = city.settings.industries[city.people.industry[firm]].code
        filled.append(Row(city.people.usci[firm], city.people.name[firm], cells, cause=cause, extra={"行业代码": industry}))
    return filled


def _projects(city: City, form: Form, parcel: Parcel) -> list[Row]:
    works, settings, month = city.works, city.settings, parcel.month
    index = settings.index(month)
    january, first = index - index % 12, index - 1 if month.month == 2 else index
    titles = {option.id: option.title for option in form.item("stage").options}
    stalled = {stall.project for stall in works.stalls if stall.first <= index <= stall.last}
    filled = []
    for place in works.listed(month.year):
        project = works.projects[place]
        if project.unit != parcel.unit:
            continue
        spent = works.invested[place]
        cells: dict[str, CellValue] = {
            "investment/value/month": int(spent[first : index + 1].sum()),
            "investment/value/cumulative": int(spent[january : index + 1].sum()),
            "progress/value/cumulative": Decimal(int(works.progress[place, index])).scaleb(-1),
            "stage/value/month": titles[works.stage(place, index, settings.origin)],
        }
        if index >= project.start:
            begun = settings.month(project.start)
            cells["started_on/value/month"] = date(begun.year, begun.month, 1 + place * 7 % 28)
        if index > project.finish and cells["stage/value/month"] == titles["commissioned"]:
            done = settings.month(project.finish)
            cells["commissioned_on/value/month"] = date(done.year, done.month, 1 + place * 11 % 28)
            if index >= project.finish + 4:
                full = settings.month(project.finish + 3)
                cells["capacity_on/value/month"] = date(full.year, full.month, 1 + place * 5 % 28)
        troubled = place in stalled or (place * 31 + index * 17) % 23 == 0
        cells["problem/value/month"] = PROBLEMS[(place + index // 3) % len(PROBLEMS)] if troubled else None
        filled.append(Row(project.id, project.name, cells, cause=_turn(spent, index)))
    return filled


def _turn(spent: Any, index: int) -> str:
    """What a unit writes when a project's pace, of the month or of the year so far, is far from that of the last twelve months."""
    import numpy as np

    months = [month for month in range(index - 12, index + 1) if month % 12]  # January is reported with February
    paces = ([_pace(spent, month, month) for month in months], [_pace(spent, month, month - month % 12) for month in months])
    for *past, now in paces:
        habit = [pace for pace in past if pace > 0]
        usual = float(np.median(habit)) if habit else 0.0
        if now > UNUSUAL * usual > 0:
            return "设备集中到货，施工提速"
        if 0 < now * UNUSUAL < usual:
            return "尚在起步或收尾阶段，工程量小"
    return ""


def _pace(spent: Any, month: int, first: int) -> float:
    """Investment a month from `first` to `month`, February holding January too."""
    first = min(first, month - 1) if month % 12 == 1 else first
    return float(spent[first : month + 1].sum()) / (month - first + 1)


def _coal(city: City, _form: Form, parcel: Parcel) -> list[Row]:
    coal, settings = city.coal, city.settings
    unit = settings.units[parcel.unit]
    tables = (
        ("opening", coal.opening),
        ("receipts", coal.receipts),
        ("use", coal.use),
        ("loss", coal.loss),
        ("closing", coal.closing),
        ("heat_value", coal.heat),
    )
    filled = []
    for place, site in enumerate(settings.coal_sites):
        if site.unit != unit.code:
            continue
        name = f"{unit.short}{settings.word}{site.name}"
        for day in coal.days(parcel.month):
            cells: dict[str, CellValue] = {f"{item}/value/day": int(table[place, day]) for item, table in tables}
            filled.append(Row(site_id(city, "COAL", place), name, cells, day=coal.start + timedelta(days=day)))
    return filled


def _ports(city: City, _form: Form, parcel: Parcel) -> list[Row]:
    settings, quays = city.settings, city.quays
    unit, index = settings.units[parcel.unit], settings.index(parcel.month)
    january, first = index - index % 12, index - 1 if parcel.month.month == 2 else index
    filled = []
    for place, port in enumerate(settings.ports):
        if port.unit != unit.code:
            continue
        calls = int(quays.calls[place, first : index + 1].sum())
        abroad = int(quays.foreign[place, first : index + 1].sum() * 100 // port.ship)
        cells: dict[str, CellValue] = {"calls/value/month": calls, "foreign_calls/value/month": min(calls, abroad)}
        for item, table in (("foreign_cargo", quays.foreign), ("throughput", quays.throughput)):
            cells[f"{item}/value/month"] = hundredth(int(table[place, first : index + 1].sum()))
            cells[f"{item}/value/cumulative"] = hundredth(int(table[place, january : index + 1].sum()))
        filled.append(Row(site_id(city, "PORT", place), f"{unit.short}{settings.word}{port.name}", cells))
    return filled


def _admissions(city: City, form: Form, parcel: Parcel) -> list[Row]:
    titles = {option.id: option.title for option in form.item("route").options}
    return [
        Row(
            city.people.usci[admission.firm],
            city.people.name[admission.firm],
            {"admitted_on/value/event": admission.on, "route/value/event": titles[admission.route]},
        )
        for admission in _of(city, city.ladder.admissions, parcel)
    ]


def _listings(city: City, form: Form, parcel: Parcel) -> list[Row]:
    titles = {option.id: option.title for option in form.item("board").options}
    return [
        Row(
            city.people.usci[listing.firm],
            city.people.name[listing.firm],
            {
                "listed_on/value/event": listing.on,
                "board/value/event": titles[listing.board],
                "raised/value/event": listing.raised,
            },
        )
        for listing in _of(city, city.ladder.listings, parcel)
    ]


def _of(city: City, events: Iterable[Any], parcel: Parcel) -> list[Any]:
    """The events of the parcel's unit in its month."""
    return [event for event in events if Month.of(event.on) == parcel.month and city.people.unit[event.firm] == parcel.unit]
