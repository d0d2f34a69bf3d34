"""Lists of the desk beside the queues: what climbed the ladder, which offices a quarter proposes for a talk, the closed loop, kept filters."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk.casework import acting
from yunxing.desk.casework.clock_words import moment
from yunxing.desk.casework.models import Case, Event, Rung, SavedView
from yunxing.desk.casework.selectors import rows_of
from yunxing.desk.people.selectors import Standing
from yunxing.engines.cases.talk import Missed, proposals
from yunxing.flows.propose_talks import owed_by_office
from yunxing.io.store import case_log, case_talks

SHOWN = 100


def quarter_of(at: datetime) -> tuple[datetime, datetime, str]:
    """The quarter of an instant: its first instant, the first one after it, and its code."""
    first = (at.month - 1) // 3 * 3 + 1
    begin = at.replace(month=first, day=1, hour=0, minute=0, second=0, microsecond=0)
    end = begin.replace(year=begin.year + 1, month=1) if first == 10 else begin.replace(month=first + 3)
    return begin, end, f"{begin.year}Q{(first + 2) // 3}"


def escalated_page(now: datetime) -> dict[str, Any]:
    """What was raised to heads and to the command and is still open, the newest first; and the talk proposals of the quarter."""
    rungs = list(
        Rung.objects.filter(state="done", role__in=["head", "command"], case__is_open=True)
        .select_related("case")
        .order_by("-at", "-id")[:SHOWN]
    )
    lines = {row.id: row for row in rows_of(list({one.case.pk: one.case for one in rungs}.values()), now)}
    names = acting.names_for(one.office for one in rungs)
    return {
        "rungs": [
            {
                "row": lines[one.case_id],
                "title": one.title,
                "when": moment(one.at, now),
                "office": names(one.office),
                "command": one.role == "command",
            }
            for one in rungs
        ],
        "proposals": talk_proposals(now),
        "quarter": quarter_of(now)[2],
        "talks": rows_of(list(Case.objects.filter(definition="quarterly_talk").order_by("-is_open", "due", "id")[:SHOWN]), now),
    }


def talk_proposals(now: datetime) -> list[dict[str, Any]]:
    """Offices that missed as many limits this quarter as their table names: what the quarter's end will propose for the talk; a person decides."""
    begin, end, _code = quarter_of(now)
    tables = {one.id: one for one in case_log.all_definitions(connection)}
    rows = [Missed(*row) for row in case_talks.missed_between(connection, begin, min(end, now))]
    found = proposals([one for one in rows if owed_by_office(tables.get(one.definition), one.clock)], tables)
    names = acting.names_for(one.office for one in found)
    return [
        {
            "office": names(one.office),
            "count": one.missed,
            "limit": one.limit,
            "source": one.source,
            "href": f"{reverse('casework:cases')}?queue=all&office={one.office}",
        }
        for one in found
    ]


STAGES = ("asked", "answered", "verified")


def loop_page(now: datetime) -> dict[str, Any]:
    """Every matter that a signal raised: asked when and of whom, answered how, and what the next figure said."""
    cases = list(Case.objects.filter(origin__startswith="signal:").exclude(state="declined").order_by("-opened", "id")[:SHOWN])
    lines = {row.id: row for row in rows_of(cases, now)}
    verdicts = {one.case_id: one for one in Event.objects.filter(case__in=[case.pk for case in cases], edge="verdict").order_by("ver")}
    rows = [_loop_row(case, lines[case.pk], verdicts.get(case.pk), now) for case in cases]
    counts = Counter(row["stage"] for row in rows)
    titles = {"asked": _("已交办，待答复"), "answered": _("已答复，待核实"), "verified": _("已用数据核实")}
    return {"rows": rows, "counts": [(titles[stage], counts[stage]) for stage in STAGES]}


def _loop_row(case: Case, line: Any, verdict: Any, now: datetime) -> dict[str, Any]:
    definition = acting.definition_of(case.definition, case.version)
    outcome = next((acting.pick(one.title, one.title_en) for one in definition.results if one.name == case.outcome), "")
    stage = "verified" if verdict else "answered" if case.outcome else "asked"
    result = str(verdict.fields.get("verdict", verdict.fields.get("outcome", ""))) if verdict else ""
    return {
        "line": line,
        "words": acting.pick(case.words, str(case.fields.get("words_en", "")) or case.words),
        "asked": moment(case.opened, now),
        "outcome": outcome,
        "done": str(case.fields.get("done", "")),
        "verdict": {"confirmed": _("与数据相符"), "refuted": _("与数据不符")}.get(result, verdict.reason if verdict else ""),
        "stage": stage,
        "light": {"verified": "red" if result == "refuted" else "green", "answered": "amber", "asked": line.light}[stage],
    }


@transaction.atomic
def keep_view(standing: Standing, name: str, query: str) -> None:
    """Keep filters under a name; the same name takes their place."""
    SavedView.objects.update_or_create(user=standing.user.username, name=name, defaults={"query": query})
