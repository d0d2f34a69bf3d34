"""Activities by month and office, months without one, and the papers the city promised."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from typing import Any

from django.urls import reverse

from yunxing.desk.casework.models import Case
from yunxing.desk.dispatch import selectors
from yunxing.desk.dispatch.models import Milestone
from yunxing.desk.dispatch.place import desk_day, office_name, walked
from yunxing.desk.room.figures import language, pick
from yunxing.desk.room.shell import pack_in_force
from yunxing.engines.dispatch.definition import Pipeline
from yunxing.engines.dispatch.duties import months_without
from yunxing.values.period import Month


def kinds(office: str = "") -> list[Pipeline]:
    """The kinds of activity in the plan's order; all or one office's."""
    found = [one for one in walked().values() if one.kind == "activity" and (not office or one.owner == office)]
    return sorted(found, key=lambda one: (int(one.clause.split("/")[0]), one.clause))


def held_days(shown: list[Pipeline]) -> dict[str, list[dt.date]]:
    """The days on which activities were held, by kind; one that was cancelled never was."""
    rows = Milestone.objects.filter(case__definition__in=[one.case_kind for one in shown], stage="held", actual__isnull=False)
    found: dict[str, list[dt.date]] = defaultdict(list)
    for kind, day in rows.values_list("case__definition", "actual"):
        found[kind].append(day)
    return found


def activities_page(office: str) -> dict[str, Any]:
    """The matrix of kinds and months of the plan's year, sums by office, what is planned next."""
    day, shown = desk_day(), kinds(office)
    year = pack_in_force().document.plan_year
    last = Month.of(day) if day.year == year else Month(year, 12)
    months = [Month(year, n) for n in range(1, last.month + 1)]
    held = held_days(shown)
    rows = []
    for one in shown:
        by_month = Counter(Month.of(on) for on in held.get(one.case_kind, ()) if on.year == year)
        without = (
            months_without(held.get(one.case_kind, ()), [month for month in months if month.end < day]) if one.every == "month" else []
        )
        rows.append(
            {
                "title": pick(one.title, one.title_en),
                "clause": one.clause,
                "owner": office_name(one.owner),
                "href": reverse("dispatch:activity", args=[one.id]),
                "months": [{"month": month.month, "n": by_month[month], "missing": month in without} for month in months],
                "total": sum(by_month.values()),
                "without": "、".join(month.label(language()) for month in without),
                "every": one.every,
                "source": one.every_source,
            }
        )
    sums = takers(shown)
    by_office = Counter({office_name(one.owner): 0 for one in shown})
    for one in shown:
        by_office[office_name(one.owner)] += len(held.get(one.case_kind, ()))
    return {
        "rows": rows,
        "months": [month.month for month in months],
        "year": str(year),  # a year is no number to be grouped in threes
        "by_office": sorted(by_office.items(), key=lambda pair: (-pair[1], pair[0])),
        "upcoming": upcoming(shown, day),
        "unwritten": unwritten(shown),
        "sums": sums,
        "offices": [(code, office_name(code)) for code in dict.fromkeys(one.owner for one in kinds())],
        "chosen": office,
        "day": day,
    }


def takers(shown: list[Pipeline]) -> dict[str, int]:
    """How many came and took part, all activities together; what was not written down counts for nothing."""
    found = {"attendance": 0, "takers": 0}
    for one in Case.objects.filter(definition__in=[kind.case_kind for kind in shown], state__in=("outcome", "followed")):
        for name in found:
            value = one.fields.get(name)
            found[name] += value if isinstance(value, int) else 0
    return found


def upcoming(shown: list[Pipeline], day: dt.date) -> list[dict[str, Any]]:
    """The calendar: what is planned from now on and what should have been held, by day."""
    by_kind = {one.case_kind: one for one in shown}
    rows = Milestone.objects.filter(case__definition__in=list(by_kind), case__state="planned", stage="held", planned__isnull=False)
    return [
        {
            "day": one.planned,
            "title": one.case.title,
            "kind": pick(by_kind[one.case.definition].title, by_kind[one.case.definition].title_en),
            "href": reverse("dispatch:item", args=[one.case_id]),
            "past": one.planned < day,
        }
        for one in rows.select_related("case").order_by("planned")[:30]
    ]


def unwritten(shown: list[Pipeline]) -> list[dict[str, Any]]:
    """Held, and the outcome not written yet."""
    cases = Case.objects.filter(definition__in=[one.case_kind for one in shown], state="held").order_by("changed")[:30]
    return [{"title": one.title, "href": reverse("dispatch:item", args=[one.id]), "day": one.changed.date()} for one in cases]


def papers_page() -> dict[str, Any]:
    """The promised papers with owner, due day and status, the recurring ones among them, and what became of each."""
    pack, day = pack_in_force(), desk_day()
    cases = {one.definition: one for one in Case.objects.filter(definition__startswith="document_").order_by("opened")}
    planned = {one.case_id: one.planned for one in Milestone.objects.filter(case_id__in=[one.id for one in cases.values()], stage="issued")}
    rows = []
    for one in pack.documents.document:
        case = cases.get(f"document_{one.id}")
        pipeline = walked().get(f"document_{one.id}")
        stage = pipeline.stage(case.state) if case and pipeline else None
        due = planned.get(case.id) if case else one.due
        issued = stage is not None and stage.id == "issued"
        rows.append(
            {
                "id": one.id,
                "title": pick(one.title, one.title_en),
                "clause": one.clause,
                "owner": office_name(one.owner),
                "due": due or one.due,
                "late": bool(due and due < day and not issued),
                "status": pick(stage.title, stage.title_en) if stage else STATUS.get(one.status, one.status),
                "number": case.fields.get("number", "") if case else one.link or "",
                "link": case.fields.get("link", "") if case else "",
                "href": reverse("dispatch:item", args=[case.id]) if case else "",
                "open_href": reverse("dispatch:new", args=["document", one.id]) if not case and pipeline else "",
                "cycle": one.cycle,
            }
        )
    return {"rows": rows, "day": day, "selectors": selectors}


STATUS = {"promised": "已承诺", "drafting": "起草", "issued": "印发", "recurring": "按月印发"}
