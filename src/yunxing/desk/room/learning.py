"""Marks on handled signals and budgets of rules: who sets them, what they say, and the replay of a budget over the last year."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from yunxing.desk import clock
from yunxing.desk.people import journal
from yunxing.desk.people.models import Role, User
from yunxing.desk.people.selectors import Standing
from yunxing.desk.room.board import Board
from yunxing.desk.room.figures import language
from yunxing.desk.room.models import Budget, Mark, Signal
from yunxing.engines.signals.budget import Candidate, Replay, differences, replay
from yunxing.engines.signals.learning import Handled, lessons
from yunxing.engines.signals.rule import STATISTICAL, Rule
from yunxing.engines.signals.watch import CERTAIN, candidate_key, threshold_of
from yunxing.packs.pack import Pack
from yunxing.packs.signals import load_signals
from yunxing.values.errors import BadInput, Refusal
from yunxing.values.period import parse_period
from yunxing.values.scope import Scope

MOST = 1000  # alarms a year: beyond it nobody reads them
LISTED = 20
MONTH_TYPED = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
MARK_SHAPES = {"right": "●", "early": "◆", "late": "◆", "false": "▼"}


def rules_of(pack: Pack) -> dict[str, Rule]:
    """The rules of the pack by id."""
    return {one.id: one for one in load_signals(pack.folder)}


def rule_title(rule: Rule | None, name: str) -> str:
    """What a rule watches, in the reader's language."""
    kinds = {
        "breach": _("低于应有水平"),
        "spread": _("落在同行之后"),
        "share": _("多户同时下降"),
        "limit": _("越过界线"),
        "run": _("连续多期"),
        "repeat": _("与上月相同"),
        "misses_target": _("预计完不成目标"),
    }
    return f"{kinds[rule.test]}（{name}）" if rule else name


def may_mark(standing: Standing, signal: Mapping[str, Any]) -> bool:
    """Who says how a signal turned out: the command, the office that answers for it, the county it is about."""
    if standing.role == Role.COMMAND:
        return True
    if standing.role == Role.DEPARTMENT:
        return standing.scope.sees_office(str(signal["owner"]))
    return standing.role == Role.COUNTY and bool(signal["unit"]) and standing.scope.sees_unit(str(signal["unit"]))


def held(standing: Standing, signal: Mapping[str, Any]) -> None:
    """Errors: `Refusal` for who may not say how the signal turned out."""
    if not may_mark(standing, signal):
        raise Refusal(_("这条信号由责任单位、所在县区或指挥部标注。"))


def mark(user: User, signal: str, answer: str, began: str, note: str) -> Mark:
    """Say what a signal turned out to be. Errors: `BadInput` for an unknown answer or month, `Refusal` for a signal that is not recorded."""
    if answer not in Mark.Is.values:
        raise BadInput(_("请选择：准确、偏早、偏晚、误报。"))
    if began and not MONTH_TYPED.fullmatch(began):
        raise BadInput(_("实际起始月请写成 2022-07 的样子。"))
    if not Signal.objects.filter(pk=signal).exists():
        raise Refusal(_("这条信号没有登记，不能标注。"))
    with transaction.atomic():
        old = Mark.objects.filter(pk=signal).first()
        values = {"mark": answer, "at": clock.now(), "actor": user.username, "began": began, "note": note[:400]}
        new: Mark
        if old is None:
            new = Mark.objects.create(pk=signal, **values)
        else:
            Mark.objects.filter(pk=signal).update(**values)
            new = Mark.objects.get(pk=signal)
        journal.record(
            "mark", kind="signal", object_id=signal, reason=note, before={"mark": old.mark} if old else None, after={"mark": answer}
        )
    return new


def set_budget(user: User, pack: Pack, rule: str, per_year: int, reason: str) -> Budget:
    """From the next closing on the rule keeps this budget. Errors: `BadInput` for a rule without a budget, a number out of range, no reason."""
    found = rules_of(pack).get(rule)
    if found is None or found.test not in STATISTICAL:
        raise BadInput(_("这条规则没有预算。"))
    if not 0 <= per_year <= MOST:
        raise BadInput(_("每年条数应在 0 到 %(most)s 之间。") % {"most": MOST})
    if not reason.strip():
        raise BadInput(_("请写明调整理由。"))
    with transaction.atomic():
        before = budget_of(found)
        row: Budget = Budget.objects.create(
            rule=rule, per_year=per_year, before=before, at=clock.now(), actor=user.username, reason=reason.strip()[:400]
        )
        journal.record("set", kind="budget", object_id=rule, reason=reason, before={"per_year": before}, after={"per_year": per_year})
    return row


def budget_of(rule: Rule) -> int:
    """The budget in force: the newest one set, else the pack's."""
    newest = Budget.objects.filter(rule=rule.id).order_by("-id").first()
    return rule.budget if newest is None else int(newest.per_year)


def mark_of(signal: str) -> dict[str, str] | None:
    """What people said of a signal."""
    found = Mark.objects.filter(pk=signal).first()
    if found is None:
        return None
    return {
        "mark": found.mark,
        "title": str(found.get_mark_display()),
        "note": found.note,
        "began": found.began,
        "shape": MARK_SHAPES[found.mark],
    }


def learning_page(pack: Pack) -> dict[str, Any]:
    """Precision, lead time and false alarms by rule and month, over every signal this person may see."""
    marks = {one.pk: one for one in Mark.objects.all()}
    signals = Signal.objects.exclude(state="withdrawn").values_list("pk", "rule", "month")
    handled = [
        Handled(rule, month, marks[pk].mark if pk in marks else "", marks[pk].began if pk in marks else "") for pk, rule, month in signals
    ]
    found, rules = lessons(handled), rules_of(pack)
    months = sorted({one.month for one in handled})
    return {
        "months": [parse_period(month).label(language()) for month in months],
        "lessons": [
            {
                "rule": one.rule,
                "title": rule_title(rules.get(one.rule), one.rule),
                "raised": one.raised,
                "marked": one.marked,
                "counts": [(str(words), one.marks[name]) for name, words in Mark.Is.choices],
                "precision": share(one.precision),
                "lead": "" if one.lead is None else _("%(n)s 个月") % {"n": f"{float(one.lead):g}"},
                "false": [one.false_by_month[month] for month in months],
            }
            for one in found
        ],
        "heads": [str(words) for _name, words in Mark.Is.choices],
        "marked": sum(one.marked for one in found),
        "raised": len(handled),
    }


def share(value: Fraction | None) -> str:
    """A share in whole percent; a dash when there is none."""
    return "—" if value is None else f"{round(100 * value)}%"


def candidates_of(board: Board, rule: str) -> list[Candidate]:
    """What some budget would have raised in the year up to the closed month."""
    rows = board.snapshot.table("candidates").to_pylist() if board.snapshot.has("candidates") else []
    return [
        Candidate(candidate_key(rule, one["scope"], one["period"]), one["scope"], one["period"], one["score"] / 10_000)
        for one in rows
        if one["rule"] == rule
    ]


def replayed(board: Board, rule: Rule, per_year: int) -> tuple[Replay, float]:
    """A budget held against the last year of the closed month: what it would have raised, and the threshold it gives."""
    candidates = candidates_of(board, rule.id)
    said = board.manifest.get("watch", {})
    years = said.get("rules", {}).get(rule.id, {}).get("years", 0) / 10_000
    right = set(said.get("right", ()))
    threshold = threshold_of(rule, candidates, years, per_year, right)
    certain = {one.key for one in candidates if one.score >= CERTAIN[rule.test]}
    return replay(candidates, threshold, years, right | certain), threshold


def budget_page(board: Board | None, pack: Pack, scope: Scope, asked: Mapping[str, str]) -> dict[str, Any]:
    """Every statistical rule with its budget, and the replay of the one that is asked for."""
    rules = [one for one in rules_of(pack).values() if one.test in STATISTICAL]
    page: dict[str, Any] = {"rules": [], "total": 0, "replay": None}
    for rule in rules:
        now = budget_of(rule)
        found = replayed(board, rule, now)[0] if board else None
        page["rules"].append(
            {
                "id": rule.id,
                "title": rule_title(rule, rule.id),
                "budget": now,
                "raised": len(found.raised) if found else 0,
                "counted": found.counted if found else 0,
                "current": rule.id == asked.get("rule"),
            }
        )
        page["total"] += now
    chosen = next((one for one in rules if one.id == asked.get("rule")), None)
    if chosen is None or board is None:
        return page
    now = budget_of(chosen)
    wanted = number(asked.get("exact") or asked.get("n") or "", now)
    old, new = replayed(board, chosen, now)[0], replayed(board, chosen, wanted)[0]
    added, gone = differences(old, new)
    page["replay"] = {
        "rule": chosen.id,
        "title": rule_title(chosen, chosen.id),
        "now": now,
        "wanted": wanted,
        "most": max(120, wanted, now),
        "raised": len(new.raised),
        "before": len(old.raised),
        "reports": round(new.years * 11) if new.years else 0,
        "threshold": "—" if new.threshold == float("inf") else f"{new.threshold:.1f}",
        "added": told(added, board, pack, scope),
        "gone": told(gone, board, pack, scope),
        "added_more": max(0, len(added) - LISTED),
        "gone_more": max(0, len(gone) - LISTED),
        "months": _by_month(new, old),
        "history": list(Budget.objects.filter(rule=chosen.id).order_by("-id")[:LISTED]),
    }
    return page


def number(text: str, otherwise: int) -> int:
    """A whole number of the address within range, else what holds now."""
    return min(int(text), MOST) if text.isdecimal() and len(text) < 9 else otherwise


def told(found: tuple[Candidate, ...], board: Board, pack: Pack, scope: Scope) -> list[dict[str, str]]:
    """Candidates in words; a party that this person may not see has no name."""
    from yunxing.desk.room.signal_pages import scope_title

    rows = []
    for one in found[:LISTED]:
        kind = "party" if one.scope in board.parties else "cell"
        unit = board.unit_of(kind, one.scope)
        seen = scope.sees_party(one.scope, unit) if kind == "party" else True
        rows.append(
            {
                "title": scope_title(pack, kind, one.scope, board.parties) if seen else _("某单位"),
                "period": parse_period(one.period).label(language()),
                "score": f"{one.score:.1f}",
            }
        )
    return rows


def _by_month(new: Replay, old: Replay) -> list[dict[str, Any]]:
    periods = sorted({one.period for one in (*new.raised, *old.raised)}, key=lambda code: parse_period(code).end)
    return [
        {
            "period": parse_period(period).label(language()),
            "new": sum(one.period == period for one in new.raised),
            "old": sum(one.period == period for one in old.raised),
        }
        for period in periods
    ]
