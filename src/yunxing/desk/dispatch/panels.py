"""What a board shows above its items: the year's run-rate of entries, the permits' two clocks, tiers of missing workers, arrears and their due days."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk import clock
from yunxing.desk.casework.models import Case, Event
from yunxing.desk.dispatch import selectors
from yunxing.desk.dispatch.models import Milestone
from yunxing.desk.dispatch.place import command_rules, desk_day, unit_name
from yunxing.desk.reporting.models import Membership, Party
from yunxing.desk.room.figures import pick
from yunxing.desk.room.shell import board_of, pack_in_force
from yunxing.engines.dispatch import arrears, growth, permits
from yunxing.engines.dispatch.definition import Pipeline
from yunxing.engines.dispatch.tiers import shortage_rate, tier_of
from yunxing.values.errors import BadInput
from yunxing.values.money import format_money
from yunxing.values.quantity import format_number

Facts = list[tuple[str, str, str]]


def panel_of(pipeline: Pipeline) -> dict[str, Any]:
    """The panel of a pipeline: a title, figures with a note each, a table; empty for most."""
    if pipeline.id == "above_scale_candidates":
        return growth_panel(pipeline)
    if pipeline.board == "permits" and pipeline.limits:
        return permit_panel(pipeline)
    if pipeline.tiers:
        return tier_panel(pipeline)
    if pipeline.id == "arrears":
        return arrears_panel(pipeline)
    if pipeline.planned_dates:
        return lead_panel(pipeline)
    return {}


def growth_panel(pipeline: Pipeline) -> dict[str, Any]:
    """Entries so far, forecast by stage weights, run-rate of the year; qualification and forecast stand apart. Each county's share of the pool."""
    day = desk_day()
    stages: Counter[str] = Counter()
    by_unit: dict[str, Counter[str]] = {}
    routes: Counter[str] = Counter()
    rule = command_rules().entry
    for one in Case.objects.filter(definition=pipeline.case_kind):
        stages[one.state] += 1
        by_unit.setdefault(one.unit, Counter())[one.state] += 1
        if one.state in ("qualified", "county_checked", "city_checked", "province_checked"):
            routes[route_of(rule, one.fields, day)] += 1
    entered = stages["in_bank"]
    commitment = next((one for one in pack_in_force().commitments if one.id == pipeline.commitment), None)
    target = commitment.amount if commitment else None
    expected = growth.forecast(pipeline, stages)
    facts: Facts = [
        (_("池中入库"), _("%(n)s 户") % {"n": entered}, _("以统计部门反馈为准，平台不改统计数")),
        (
            _("按进度推算全年"),
            _("%(n)s 户") % {"n": format_number(growth.run_rate(entered, max(1, day.month - 1)), 1)},
            _("只是推算，不算达标"),
        ),
        (_("按阶段权重预计"), _("%(n)s 户") % {"n": format_number(expected, 1)}, _("各阶段权重见方案包，本室默认")),
        (_("目标"), _("%(n)s 户以上") % {"n": format_number(target, 0)} if target else "—", commitment.clause if commitment else ""),
        (_("达标待审"), _("月度 %(m)s 户，年度 %(a)s 户") % {"m": routes["monthly"], "a": routes["annual"]}, rule.source),
    ]
    rows = [
        (unit_name(unit) or _("市直"), count["in_bank"], count["qualified"], count["near_line"], count["cultivated"], sum(count.values()))
        for unit, count in sorted(by_unit.items(), key=lambda pair: -pair[1]["in_bank"])
    ]
    return {
        "title": _("向目标推进"),
        "facts": facts,
        "head": [_("单位"), _("入库"), _("达标"), _("临近"), _("培育"), _("合计")],
        "rows": rows,
    }


def route_of(rule: growth.EntryRule, fields: dict[str, Any], day: dt.date) -> growth.Route:
    """The route of a candidate; one whose dates contradict each other goes the longer way."""
    try:
        return growth.route(
            rule, vat_fen=fields.get("vat_sales"), revenue_fen=fields.get("revenue"), new_built=fields.get("build") == "新建",
            registered=as_day(fields.get("registered")), commissioned=as_day(fields.get("commissioned")), on=day,
        )  # fmt: skip
    except BadInput:
        return "annual"


def as_day(text: Any) -> dt.date | None:
    """A stored day; None for none."""
    return dt.date.fromisoformat(text) if isinstance(text, str) and text else None


def permit_panel(pipeline: Pipeline) -> dict[str, Any]:
    """Both clocks of the decided permits: median, ninetieth percentile, missed; and the share that was paused."""
    cases = list(Case.objects.filter(definition=pipeline.case_kind))
    found = clocks_of(pipeline, cases)
    facts: Facts = []
    for limit in pipeline.limits:
        used = [(one, bool(pauses)) for rows, pauses in found.values() for one in rows if one.name == limit.name]
        told = permits.summary(used)
        running = [one for one, _paused in used if not one.decided]
        facts.append(
            (
                pick(limit.title, limit.title_en),
                _("办结 %(n)s 件，中位 %(m)s 天，九成在 %(p)s 天内")
                % {"n": told.count, "m": format_number(told.median, 1), "p": told.ninetieth}
                if told.median is not None
                else _("还没有办结的"),
                _("超时 %(n)s 件；在办 %(r)s 件，其中已超 %(o)s 件")
                % {"n": told.missed, "r": len(running), "o": sum(one.missed_by > 0 for one in running)},
            )
        )
        if told.paused_share is not None and limit is pipeline.limits[0]:
            share = format_number(100 * told.paused_share, 1)
            flagged = told.paused_share > FLAGGED
            facts.append(
                (_("曾暂停计时"), f"{share}%", _("高于三成，请核查暂停是否依法") if flagged else _("暂停须属行政许可法第四十五条所列情形"))
            )
    from yunxing.desk.dispatch.figures import months_of  # which counts with this module's clocks

    head, rows = months_of(pipeline, desk_day().year)
    return {"title": _("两个时限"), "facts": facts, "head": head, "rows": rows}


FLAGGED = Fraction(3, 10)


def clocks_of(pipeline: Pipeline, cases: Sequence[Case]) -> dict[str, tuple[list[permits.Used], list[permits.Pause]]]:
    """The clocks of permits that were accepted, counted from their events: working days used up to the decision or to today, and the pauses."""
    day, calendar = desk_day(), clock.calendar()
    entered: dict[str, dict[str, dt.date]] = {}
    for one in Milestone.objects.filter(case_id__in=[case.id for case in cases], actual__isnull=False):
        entered.setdefault(one.case_id, {})[one.stage] = one.actual
    pauses = pauses_of([case.id for case in cases], pipeline, day)
    found = {}
    for case in cases:
        stages, rows = entered.get(case.id, {}), []
        for limit in pipeline.limits:
            accepted = next((stages[name] for name in limit.starts if name in stages), None)
            if accepted is None:
                continue
            decided = min((stages[name] for name in limit.stops if name in stages), default=None)
            accepted = calendar.next_workday(accepted)  # what comes on a rest day counts from the next working day
            until = max(accepted, decided or day)
            rows.append(
                permits.used(
                    calendar, limit.name, limit.days_for(case.fields), accepted, until, pauses.get(case.id, ()), decided=decided is not None
                )
            )
        if rows:
            found[case.id] = (rows, list(pauses.get(case.id, ())))
    return found


def pauses_of(ids: Iterable[str], pipeline: Pipeline, day: dt.date) -> dict[str, list[permits.Pause]]:
    """The pauses of items from their events; one that still lasts ends today."""
    pausing = {one.name for one in pipeline.steps if one.pauses}
    resuming = {one.name for one in pipeline.steps if one.resumes}
    found: dict[str, list[permits.Pause]] = {}
    begun: dict[str, dt.date] = {}
    rows = (
        Event.objects.filter(case_id__in=list(ids), edge__in=pausing | resuming)
        .order_by("case_id", "ver")
        .values_list("case_id", "edge", "effective")
    )
    from yunxing.values.office_hours import local

    for case, edge, effective in rows:
        on = local(effective)[0]
        if edge in pausing:
            begun[case] = on
        elif case in begun:
            found.setdefault(case, []).append((begun.pop(case), on))
    for case, on in begun.items():
        found.setdefault(case, []).append((on, max(on, day)))
    return found


def tier_panel(pipeline: Pipeline) -> dict[str, Any]:
    """Firms and missing workers by tier; specialists and how many firms each looks after."""
    firms: Counter[str] = Counter()
    missing: Counter[str] = Counter()
    specialists: Counter[str] = Counter()
    jobs = shortage = 0
    for one in Case.objects.filter(definition=pipeline.case_kind, is_open=True):
        number = one.fields.get(pipeline.tier_fact)
        tier = tier_of(pipeline.tiers, number if isinstance(number, int) else None)
        name = pick(tier.title, tier.title_en) if tier else _("未填人数")
        firms[name] += 1
        missing[name] += number if isinstance(number, int) else 0
        if one.fields.get("specialist"):
            specialists[str(one.fields["specialist"])] += 1
        if isinstance(number, int) and isinstance(one.fields.get("headcount"), int):
            shortage, jobs = shortage + number, jobs + one.fields["headcount"]
    rate = shortage_rate(shortage, jobs)
    names = [*(pick(tier.title, tier.title_en) for tier in pipeline.tiers), _("未填人数")]
    facts: Facts = [
        (_("缺工率"), f"{format_number(100 * rate, 1)}%" if rate is not None else "—", _("缺工人数 ÷（缺工 + 在岗），在办企业合计")),
        (_("用工服务专员"), _("%(n)s 名") % {"n": len(specialists)}, "；".join(f"{name} {n} 户" for name, n in specialists.most_common(4))),
        (_("分级依据"), pipeline.tier_source, pipeline.clause),
    ]
    rows = [(name, firms[name], missing[name]) for name in names]
    return {"title": _("按缺工人数分级"), "facts": facts, "head": [_("层级"), _("在办企业"), _("缺工人数")], "rows": rows}


def shortages(pipeline: Pipeline) -> list[tuple[Party, int, int, str]]:
    """Firms the person sees whose newest closed month reports missing workers, with headcount and the month, the most first; without those in hand already."""
    board = board_of()
    if board is None:
        return []
    numbers: dict[str, dict[str, int]] = {}
    for fact in board.snapshot.table("facts").select(["form", "item", "party", "period", "value"]).to_pylist():
        if (
            fact["form"] == "enterprise_month"
            and fact["period"] == board.month.code
            and fact["item"] in SHORTAGE_ITEMS
            and fact["value"] is not None
        ):
            numbers.setdefault(fact["party"], {})[fact["item"]] = int(fact["value"])
    busy = set(Case.objects.filter(definition=pipeline.case_kind, is_open=True).values_list("party", flat=True))
    wanted = {party: row for party, row in numbers.items() if tier_of(pipeline.tiers, row.get("shortage")) and party not in busy}
    found = [
        (one, wanted[one.id]["shortage"], wanted[one.id].get("employees", 0), board.month.code)
        for one in Party.objects.filter(id__in=wanted)
    ]
    return sorted(found, key=lambda row: (-row[1], row[0].id))


SHORTAGE_ITEMS = ("shortage", "employees")


def arrears_panel(pipeline: Pipeline) -> dict[str, Any]:
    """Principal, paid back, still owed; due days by the regulation, and what has been owed for more than a year."""
    day, calendar = desk_day(), clock.calendar()
    principal = paid = old = 0
    late = 0
    for one in Case.objects.filter(definition=pipeline.case_kind).exclude(state="unfounded"):
        owed, back = one.fields.get("principal"), one.fields.get("paid")
        principal += owed if isinstance(owed, int) else 0
        paid += min(back, owed) if isinstance(back, int) and isinstance(owed, int) else 0
        delivered, term = as_day(one.fields.get("delivered")), one.fields.get("term_days")
        days = arrears.overdue_days(calendar, delivered, term if isinstance(term, int) else None, day) if delivered and one.is_open else 0
        late += days > 0
        old += days > 365
    rate = selectors.share(paid, principal)
    facts: Facts = [
        (_("欠款本金"), format_money(principal), _("已核实的在案事项合计")),
        (_("已清偿"), format_money(paid), f"{format_number(100 * rate, 1)}%" if rate is not None else "—"),
        (_("超过付款期限"), _("%(n)s 件") % {"n": late}, _("交付后 30 日，合同可约定至 60 日；末日为休息日的顺延")),
        (_("超过一年"), _("%(n)s 件") % {"n": old}, ""),
    ]
    return {"title": _("清欠台账"), "facts": facts, "head": [], "rows": []}


def lead_panel(pipeline: Pipeline) -> dict[str, Any]:
    """Early and late by stage: how many entered with a plan, how many of them early, and the sum of days."""
    rows = []
    leads: dict[str, list[int]] = {}
    for one in Milestone.objects.filter(case__definition=pipeline.case_kind, planned__isnull=False, actual__isnull=False):
        leads.setdefault(one.stage, []).append((one.planned - one.actual).days)
    for stage in pipeline.way[1:]:
        days = leads.get(stage.id, [])
        name = pick(f"{stage.title}（{stage.early}）" if stage.early else stage.title, stage.title_en)
        rows.append((name, len(days), sum(one > 0 for one in days), sum(one < 0 for one in days), sum(days)))
    head = [_("阶段"), _("已到达"), _("提前"), _("推迟"), _("提前天数合计（负为推迟）")]
    return {
        "title": _("早开工、快推进、早达产") if pipeline.id == "project_stages" else _("计划与实际"),
        "facts": [],
        "head": head,
        "rows": rows,
    }


def item_panel(pipeline: Pipeline, case: Case) -> Facts:
    """What is computed of one item: a permit's clocks, a candidate's route, a debt's due day, a firm's tier."""
    day = desk_day()
    fields = case.fields
    found: Facts = []
    if pipeline.board == "permits":
        for rows, pauses in clocks_of(pipeline, [case]).values():
            for one in rows:
                limit = next(limit for limit in pipeline.limits if limit.name == one.name)
                state = _("超 %(n)s 个工作日") % {"n": one.missed_by} if one.missed_by else _("剩 %(n)s 个工作日") % {"n": one.left}
                words = _("已用 %(u)s / %(a)s 个工作日，%(s)s") % {
                    "u": one.used,
                    "a": one.allowed,
                    "s": state if not one.decided or one.missed_by else _("按时办结"),
                }
                found.append(
                    (pick(limit.title, limit.title_en), words, _("到期 %(d)s · %(src)s") % {"d": one.due.date, "src": limit.source})
                )
            found += [(_("暂停"), f"{start} — {end}", _("暂停当日不计，恢复当日计")) for start, end in pauses]
    if pipeline.id == "above_scale_candidates":
        rule = command_rules().entry
        words = {"monthly": _("月度入库（新建投产）"), "annual": _("年度入库"), "not_yet": _("尚未达标")}[route_of(rule, fields, day)]
        smaller = growth.qualifying(fields.get("vat_sales"), fields.get("revenue"))
        found.append((_("入库途径"), words, rule.source))
        found.append(
            (
                _("两个口径较小者"),
                format_money(smaller) if smaller is not None else "—",
                _("标准 %(line)s，含本数") % {"line": format_money(rule.line_fen)},
            )
        )
    if pipeline.id == "arrears" and (delivered := as_day(fields.get("delivered"))):
        term = fields.get("term_days")
        due = arrears.due_on(clock.calendar(), delivered, term if isinstance(term, int) else None)
        late = max(0, (day - due).days) if case.is_open else 0
        found.append((_("付款期限"), str(due), _("已超 %(n)s 天") % {"n": late} if late else _("未到期")))
    if pipeline.tiers:
        number = fields.get(pipeline.tier_fact)
        tier = tier_of(pipeline.tiers, number if isinstance(number, int) else None)
        found.append((_("服务层级"), pick(tier.title, tier.title_en) if tier else "—", pipeline.tier_source))
    return found


def party_name(party: str) -> str:
    """The name of the firm or project as the person may see it; empty for none or for one that is not his to see."""
    found = Party.objects.filter(pk=party).first() if party else None
    return str(found) if found else ""


def party_href(party: str) -> str:
    """The file of the firm or project that the person may see; empty for none."""
    found = Party.objects.filter(pk=party, kind__in=("enterprise", "project")).first() if party else None
    return reverse(f"registers:{found.kind}", args=[found.id]) if found else ""


def sees_party(party: str) -> bool:
    """Whether the party is one the person sees."""
    return Party.objects.filter(pk=party).exists()


def parties_for(pipeline: Pipeline) -> list[tuple[str, str]]:
    """What an item may be about: the pipeline's list, else the panel or the key projects; at most 300, by name."""
    kind = {"enterprise": "enterprise", "project": "project", "site": "site"}.get(pipeline.subject)
    if kind is None:
        return []
    roster = pipeline.roster or {"enterprise": "panel_100", "project": "key_projects", "site": "ports"}[kind]
    listed = Membership.objects.filter(roster=roster, valid_to__isnull=True).values("party")
    return [(one.id, str(one)) for one in Party.objects.filter(kind=kind, id__in=listed).order_by("name")[:300]]
