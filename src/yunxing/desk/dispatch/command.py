"""Reading for the command: each office's duties of a month, slips, proposals for the quarterly talk, meetings, liaison."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django.db.models import Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk import clock
from yunxing.desk.casework.models import Case, Clock
from yunxing.desk.dispatch import activities, selectors
from yunxing.desk.dispatch.models import Contact, Decision, Meeting, Milestone, Progress, Visit
from yunxing.desk.dispatch.place import command_rules, desk_day, office_name, unit_name, walked
from yunxing.desk.reporting.models import Membership, Party
from yunxing.desk.room.board import Board
from yunxing.desk.room.figures import language, pick
from yunxing.desk.room.plan_pages import progress as figure_of
from yunxing.desk.room.shell import board_of, closed_periods, pack_in_force
from yunxing.desk.room.target_pages import lines_of
from yunxing.engines.dispatch import duties as engine
from yunxing.engines.dispatch import talks
from yunxing.engines.dispatch.duties import Carrier, Duty, Owed
from yunxing.values.period import Month, Quarter
from yunxing.values.scope import Scope

MATTERS = ("pipeline_meeting_items", "pipeline_supervision_slips")
LOOP = (("asked", ("asked", "sent")), ("answered", ("answered",)), ("verified", ("verified", "closed")))


def duties_of(month: Month, scope: Scope | None = None) -> list[Duty]:
    """The duties of the month as the active scope sees them: the command sees every office's, an office its own."""
    pack, rules, day = pack_in_force(), command_rules().rules, desk_day()
    kinds = activities.kinds()
    board = board_of(month.code)
    issued = board is not None and (board.snapshot.folder / "bulletin").is_dir()
    found = engine.duties(
        month, day, clock.calendar(),
        carriers=[Carrier(one.number, one.title, one.title_en, one.offices) for one in pack.measures],
        progress_days=rules.progress_days,
        reported=list(Progress.objects.filter(month=month.code).values_list("measure", "office")),
        activities=kinds,
        held=activities.held_days(kinds),
        owed=owed_in(month),
        bulletin=(rules.office, "25/1b", 20, issued),
    )  # fmt: skip
    return found if scope is None else [one for one in found if scope.sees_office(one.office)]


def owed_in(month: Month) -> list[Owed]:
    """Planned stages that fall in the month, or fell before it and are still ahead of an open item."""
    rows = (
        Milestone.objects.filter(planned__isnull=False, planned__lte=month.end)
        .filter(Q(planned__gte=month.start) | Q(actual__isnull=True))
        .filter(Q(case__is_open=True) | Q(actual__isnull=False))
        .select_related("case")
    )
    pipelines, found = walked(), []
    for one in rows:
        pipeline = pipelines.get(one.case.definition)
        if pipeline is None or pipeline.kind == "activity" or one.stage == pipeline.first or one.planned is None:
            continue
        stage = pipeline.stage(one.stage)
        found.append(
            Owed(one.case_id, one.case.lead, pipeline.clause, one.case.title, stage.title, stage.title_en, one.planned, one.actual, one.case.definition in MATTERS, one.stage)
        )  # fmt: skip
    return found


def duty_row(one: Duty) -> dict[str, Any]:
    """One duty ready for the page, with the address where it is done."""
    href = {
        "progress": lambda: reverse("dispatch:progress", args=[int(one.about)]),
        "activity": lambda: reverse("dispatch:activity", args=[one.about]),
        "bulletin": lambda: reverse("room:bulletins"),
    }.get(one.kind, lambda: reverse("dispatch:item", args=[one.about]))()
    return {
        "words": pick(one.zh, one.en),
        "clause": one.clause,
        "due": one.due,
        "state": one.state,
        "late": one.late_days,
        "href": href,
        "kind": one.kind,
    }


def command_page(month: Month, office: str, scope: Scope, *, command: bool) -> dict[str, Any]:
    """The command page of a month: the offices' account, one office's duties, the loop, what may be sent."""
    everything = duties_of(month, scope)
    rules = command_rules().rules
    by_office: dict[str, Counter[str]] = defaultdict(Counter)
    worst: Counter[str] = Counter()
    for one in everything:
        by_office[one.office][one.state] += 1
        if one.kind != "milestone":
            worst[one.office] = max(worst[one.office], one.late_days)
    own = office or (next(iter(sorted(by_office))) if not command and by_office else "")
    order = list(pack_in_force().offices)
    account = [
        {
            "code": code,
            "name": office_name(code),
            "done": by_office[code]["done"],
            "open": by_office[code]["open"],
            "late": by_office[code]["late"],
            "total": sum(by_office[code].values()),
            "slip": engine.slip_colour(worst[code], rules.slip_yellow_days, rules.slip_red_days),
            "worst": worst[code],
        }
        for code in sorted(by_office, key=lambda code: order.index(code) if code in order else len(order))
    ]
    listed = [duty_row(one) for one in everything if one.office == own]
    return {
        "month": month,
        "month_words": month.label(language()),
        "day": desk_day(),
        "account": account,
        "own": own,
        "own_name": office_name(own) if own else "",
        "todo": [one for one in listed if one["state"] != "done"],
        "done": [one for one in listed if one["state"] == "done"],
        "totals": {name: sum(row[name] for row in account) for name in ("done", "open", "late", "total")},
        "loop": loop(),
        "slips": selectors.rows_of(walked()["pipeline_supervision_slips"], Case.objects.filter(definition="pipeline_supervision_slips").order_by("-changed")[:8], desk_day()),
        "meetings": list(Meeting.objects.all()[:5]),
        "previous": month.previous().code,
        "next": month.next().code,
        "rules": rules,
        "targets": lines_of(board_of(month.code) or board_of()),
        "command": command,
    }  # fmt: skip


def loop() -> list[dict[str, Any]]:
    """Asked → answered → verified: how many matters of meetings and slips stand at each, and how many are late."""
    states = Counter(Case.objects.filter(definition__in=MATTERS).order_by().values_list("state", flat=True))
    late = selectors.late_items([walked()[kind] for kind in MATTERS], desk_day()).count()
    words = {"asked": _("交办未反馈"), "answered": _("已反馈待核验"), "verified": _("核验销号")}
    return [{"title": words[name], "n": sum(states[one] for one in group), "late": late if name == "asked" else 0} for name, group in LOOP]


# ---- progress -------------------------------------------------------------------------------------------------------------------------------------
def progress_page(number: int, month: Month, office: str) -> dict[str, Any] | None:
    """The form of a measure's progress: last month's words beside it, the figures that are known; None for no such measure."""
    measure = next((one for one in pack_in_force().measures if one.number == number), None)
    if measure is None:
        return None
    board = board_of(month.code) or board_of()
    figures = [row for one in pack_in_force().commitments_of(number) if one.is_promise and (row := figure_of(one, board))]
    reports = list(Progress.objects.filter(measure=number).order_by("-month", "office"))
    return {
        "measure": {"number": number, "title": pick(measure.title, measure.title_en)},
        "month": month,
        "month_words": month.label(language()),
        "office": office,
        "office_name": office_name(office),
        "before": next((one for one in reports if one.office == office and one.month < month.code), None),
        "mine": next((one for one in reports if one.office == office and one.month == month.code), None),
        "others": [{"who": office_name(one.office), "report": one} for one in reports if one.month == month.code and one.office != office],
        "figures": figures,
        "parts": [{"clause": part.clause, "text": pick(part.zh, part.en)} for part in measure.parts],
    }


# ---- quarterly talks ------------------------------------------------------------------------------------------------------------------------------
def quarter_of(month: Month) -> Quarter:
    """The quarter a month lies in."""
    return Quarter(month.year, (month.month + 2) // 3)


def talks_page(quarter: Quarter) -> dict[str, Any]:
    """What fires in the quarter, what was decided, the talks on their way."""
    rules = command_rules()
    fired = talks.propose(rules.triggers, seen_in(quarter))
    decided = {one.subject: one for one in Decision.objects.filter(quarter=quarter.code)}
    titles = {one.id: pick(one.title, one.title_en) for one in rules.triggers}
    subjects: dict[str, list[talks.Fired]] = defaultdict(list)
    for one in fired:
        subjects[one.subject].append(one)
    open_talks = {
        one.subject: one for one in Case.objects.filter(definition="pipeline_quarterly_talks", origin__startswith=f"talk:{quarter.code}:")
    }
    return {
        "quarter": quarter,
        "quarter_words": quarter.label(language()),
        "proposals": [
            {
                "subject": subject,
                "letter": letter_month(quarter) if unit_name(subject) else "",
                "name": unit_name(subject) or office_name(subject),
                "fired": [{"title": titles[one.trigger], "words": pick(one.zh, one.en)} for one in rows],
                "decision": decided.get(subject),
                "talk": open_talks.get(f"matter:{subject}"),
            }
            for subject, rows in sorted(subjects.items())
        ],
        "none": decided.get("none"),
        "triggers": [{"title": pick(one.title, one.title_en), "source": one.source, "bound": bound_words(one)} for one in rules.triggers],
        "talks": selectors.rows_of(walked()["pipeline_quarterly_talks"], Case.objects.filter(definition="pipeline_quarterly_talks").order_by("-changed")[:20], desk_day()),
        "decisions": list(Decision.objects.all()[:12]),
        "previous": quarter_of(Month(quarter.year, quarter.q * 3 - 2).plus(-1)).code,
        "next": quarter_of(Month(quarter.year, quarter.q * 3).next()).code,
    }  # fmt: skip


def bound_words(one: talks.Trigger) -> str:
    """A trigger's bounds in words."""
    return {
        "behind_and_last": _("低于全市 %(p)s 个百分点以上且居末 %(n)s 位") % {"p": one.points, "n": one.places},
        "falling": _("连续 %(n)s 个月回落") % {"n": one.months},
        "overdue": _("%(n)s 项以上任务超期，或一项超期 %(d)s 天以上") % {"n": one.count, "d": one.days},
        "whistles": _("诉求 %(n)s 件以上且超期率 %(p)s%% 以上") % {"n": one.count, "p": one.percent * 100},
        "data": _("迟报 %(n)s 次以上，或查实不实") % {"n": one.count},
    }[one.rule]


def seen_in(quarter: Quarter) -> list[talks.Seen]:
    """What is known of each county and office at the quarter's end: growth and rank, months falling, overdue tasks, whistles, late reports."""
    months = [Month(quarter.year, quarter.q * 3 - back) for back in (2, 1, 0)]
    board = board_of(months[-1].code)
    late: dict[str, list[int]] = defaultdict(list)
    for one in duties_of(months[-1]):
        if one.state == "late" and one.kind != "milestone":
            late[one.office].append(one.late_days)
    cases, overdue = whistles()
    units = unit_figures(board) if board else {}
    city = growth_of(board, ("city", "city")) if board else None
    places = talks.ranks({unit: value for unit, (value, _falling) in units.items() if value is not None})
    missing = late_months(months)
    found = [
        talks.Seen(
            unit.id, "unit", growth=units.get(unit.id, (None, 0))[0], city_growth=city, rank=places.get(unit.id), ranked=len(places),
            falling_months=units.get(unit.id, (None, 0))[1], cases=cases[unit.id], cases_overdue=overdue[unit.id], late_reports=missing[unit.id],
        )
        for unit in pack_in_force().regions.units
    ]  # fmt: skip
    found += [
        talks.Seen(
            code, "office", overdue=len(days), longest_overdue_days=max(days, default=0), cases=cases[code], cases_overdue=overdue[code]
        )
        for code, days in sorted(late.items())
        if code != command_rules().rules.office
    ]
    return found


def growth_of(board: Board, scope: tuple[str, str]) -> Fraction | None:
    """Cumulative growth of output of a unit or the city, in percent; None where it does not exist."""
    row = board.rows.get(("output_growth", *scope, f"{board.month.year}-01..{board.month.month:02d}", "cumulative_yoy"))
    row = row or board.headline("output_growth", scope)
    return row.value if row else None


def unit_figures(board: Board) -> dict[str, tuple[Fraction | None, int]]:
    """Growth of each unit, and how many months running it has fallen."""
    found = {}
    for unit in pack_in_force().regions.units:
        series = [row.value for row in board.series("output_growth", ("unit", unit.id)) if row.value is not None]
        falling = 0
        for before, after in zip(series[-2::-1], series[:0:-1], strict=False):
            if after >= before:
                break
            falling += 1
        found[unit.id] = (growth_of(board, ("unit", unit.id)), falling)
    return found


def whistles() -> tuple[Counter[str], Counter[str]]:
    """Cases of firms by unit and by lead office, and those of them with a missed clock."""
    cases: Counter[str] = Counter()
    overdue: Counter[str] = Counter()
    missed = set(Clock.objects.filter(case__definition="whistle", state="missed").values_list("case_id", flat=True))
    for one in Case.objects.filter(definition="whistle"):
        for code in {one.unit, one.lead} - {""}:
            cases[code] += 1
            overdue[code] += one.id in missed
    return cases, overdue


def late_months(months: Sequence[Month]) -> Counter[str]:
    """In how many of these months each unit reported late (timeliness below 100 %)."""
    found: Counter[str] = Counter()
    for month in months:
        board = board_of(month.code)
        for unit, row in (board.units("timeliness") if board else {}).items():
            found[unit] += row.value is not None and row.value < 100
    return found


# ---- meetings and liaison -------------------------------------------------------------------------------------------------------------------------
def meeting_items(meeting: Meeting) -> list[dict[str, Any]]:
    """What a meeting decided, each with its state."""
    cases = Case.objects.filter(definition="pipeline_meeting_items", origin=f"meeting:{meeting.id}").order_by("id")
    return selectors.rows_of(walked()["pipeline_meeting_items"], cases, desk_day())


def liaison_page(unit: str, words: str) -> dict[str, Any]:
    """Every firm of the panel with its contact and its last visit; the ones nobody visited first."""
    day = desk_day()
    panel = Membership.objects.filter(roster="panel_100").filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day)).values("party")
    firms = Party.objects.filter(id__in=panel)
    units = sorted(set(firms.values_list("unit", flat=True)))
    if unit:
        firms = firms.filter(unit=unit)
    if words:
        firms = firms.filter(name__icontains=words)
    contacts = {one.party: one for one in Contact.objects.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)}
    last = dict(Visit.objects.order_by().values_list("party").annotate(last=Max("held_on")))
    rows = [
        {"firm": one, "unit": unit_name(one.unit), "contact": contacts.get(one.id), "last": last.get(one.id), "days": (day - last[one.id]).days if one.id in last else None}
        for one in firms.order_by("unit", "name")
    ]  # fmt: skip
    rows.sort(key=lambda row: (row["last"] is not None, row["last"] or dt.date.min))
    return {
        "rows": rows[:200],
        "total": len(rows),
        "without": sum(row["contact"] is None for row in rows),
        "unvisited": sum(row["last"] is None for row in rows),
        "visits": list(Visit.objects.all()[:20]),
        "names": {one.id: str(one) for one in firms},
        "units": [(code, unit_name(code)) for code in units if code],
        "unit": unit,
        "words": words,
        "day": day,
    }


def letter_month(quarter: Quarter) -> str:
    """The newest closed month of the quarter, on whose figures a letter of talk is drafted; empty while none is closed."""
    return next((one.code for one in closed_periods() if quarter.start <= one.start <= quarter.end and one.month != 1), "")
