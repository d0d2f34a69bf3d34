"""Pages of changes of rules: the list, and a report of what a change would do in words and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from yunxing.desk.support import in_force
from yunxing.desk.support.models import RuleChange
from yunxing.desk.support.my_policies import money
from yunxing.desk.support.policy_pages import pick

MOST = 200


def changes_page() -> dict[str, Any]:
    """The changes, open ones first, then the newest."""
    titles = in_force.titles()
    found = sorted(RuleChange.objects.all()[:MOST], key=lambda one: one.state != RuleChange.State.PROPOSED)
    return {
        "changes": [
            {"change": one, "title": pick(*titles.get(one.policy, (one.policy, one.policy))), "state": state_word(one.state)}
            for one in found
        ]
    }


def state_word(state: str) -> str:
    """Where a change stands."""
    return {"proposed": _("待复核"), "signed": _("已签署"), "refused": _("已退回"), "withdrawn": _("已撤回")}[state]


def change_page(change: RuleChange, *, named: bool) -> dict[str, Any]:
    """One change: what is changed, the attached report, who did what; `named` for those who may sign: they see which parties it moves."""
    titles = in_force.titles()
    return {
        "change": change,
        "title": pick(*titles.get(change.policy, (change.policy, change.policy))),
        "state": state_word(change.state),
        "report": told_report(change.report, named=named),
    }


def told_reports(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Reports in words, in the order asked."""
    return [told_report(one) for one in found]


def told_report(found: Mapping[str, Any], *, named: bool = True) -> dict[str, Any]:
    """A report with money in words: the cost, winners and losers, by county, industry and size, and, `named`, which parties move most."""
    policy = in_force.rules().policy(str(found["policy"]))
    return {
        **found,
        "what": _what(policy, found),
        "change": _signed(found["change_fen"]),
        "before": money(found["before_fen"]),
        "after": money(found["after_fen"]),
        "tables": [_table(name, title, found["groups"][name]) for name, title in group_titles() if found["groups"].get(name)],
        "pool_words": found["pool"]
        and {
            "budget": money(found["pool"]["budget_fen"]),
            "before": money(found["pool"]["left_before_fen"]),
            "after": money(found["pool"]["left_after_fen"]),
        },
        "top": [
            {"title": title, "lines": [{**line, "change": _signed(line["change_fen"])} for line in found[name]]}
            for name, title in (("most_gained", _("增加最多")), ("most_lost", _("减少最多")))
            if named and found.get(name)
        ],
    }


def group_titles() -> list[tuple[str, str]]:
    """The groups of a report in their order."""
    return [("unit", _("按县区")), ("industry", _("按行业")), ("size", _("按规模"))]


def _table(name: str, title: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The groups that move; how many do not."""
    moved = [line for line in lines if line["winners"] or line["losers"]]
    return {"title": title, "lines": [_line(name, line) for line in moved], "still": len(lines) - len(moved)}


def _line(name: str, line: Mapping[str, Any]) -> dict[str, Any]:
    units = {unit.id: unit.name for unit in in_force.pack().regions.units} if name == "unit" else {}
    sizes = {"large": _("大型"), "medium": _("中型"), "small": _("小型"), "micro": _("微型")} if name == "size" else {}
    group = line["group"]
    return {
        **line,
        "group": units.get(group) or sizes.get(group) or group or _("未登记"),
        "change": _("不足 3 家，不示") if line["change_fen"] is None else _signed(line["change_fen"]),
    }


def _signed(fen: int) -> str:
    return f"{'+' if fen > 0 else ''}{money(fen)}"


def _what(policy: Any, found: Mapping[str, Any]) -> list[str]:
    parameters, conditions = policy.sheet.parameters, policy.sheet.conditions
    told = []
    for name, written in found["parameters"].items():
        title = pick(parameters[name].title, parameters[name].title_en) if name in parameters else name
        lines = [written] if isinstance(written, str) else _bands(found.get("was", {}).get(name, []), written)
        told += [f"{title}: {line}" for line in lines]
    told += [
        _("去掉条件：%(what)s") % {"what": pick(conditions[name].title, conditions[name].title_en)}
        for name in found["without"]
        if name in conditions
    ]
    return told


def _bands(before: Sequence[Sequence[str]], written: Mapping[str, str]) -> list[str]:
    """Which line of the bands says what instead of what it said when the change was proposed."""
    told = []
    for key, text in written.items():
        place = int(key.removeprefix("from").strip())
        start, value = before[place] if place < len(before) else ("?", "?")
        told.append(
            _("起点 %(a)s → %(b)s") % {"a": start, "b": text}
            if key.startswith("from")
            else _("%(start)s 起：%(a)s → %(b)s") % {"start": start, "a": value, "b": text}
        )
    return told
