"""Policy pages, derived from the rules: what a page says is what is computed, so that text and computation cannot differ.

Conditions, parameters, formula and versions come from the traced policy; the examples are run when the page is opened and shown with what came out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yunxing.desk.support import in_force
from yunxing.engines.entitlements.assess import Scalar
from yunxing.engines.entitlements.explain import explain
from yunxing.engines.entitlements.intake import from_mapping, show
from yunxing.engines.entitlements.plain import formula_of, step_lines, test_of
from yunxing.engines.entitlements.policy import Column, Policy
from yunxing.engines.entitlements.tree import Type
from yunxing.packs.policy_changes import editable, lines, shown
from yunxing.packs.policy_examples import Example
from yunxing.packs.policy_examples import run as run_example

FACETS = ("q", "party", "result", "certainty", "status", "on", "measure")


def english() -> bool:
    """Whether the reader chose English."""
    return (get_language() or "").startswith("en")


def pick(zh: str, en: str) -> str:
    """The words in the reader's language."""
    return en if english() and en else zh


def result_word(result: str) -> str:
    """What a grant is, in words."""
    return {
        "fen": _("资金"), "relief": _("减免"), "deferral": _("缓缴"), "credit": _("融资增信"), "exemption": _("资格"), "watch": _("关注"),
    }[result]  # fmt: skip


def certainty_word(certainty: str) -> str:
    """Whether an amount is a promise."""
    return {"formula": _("按公式"), "ceiling": _("上限"), "discretion": _("酌定")}[certainty]


def status_word(status: str) -> str:
    """Whether every number of a policy is known and was checked."""
    return {"verified": _("已核"), "unverified": _("待核"), "expected": _("待发布")}[status]


def outcome_word(outcome: str) -> str:
    """An outcome in words."""
    return {"yes": _("可享受"), "no": _("暂不符合"), "needs_data": _("缺数据"), "refused": _("数据有误")}[outcome]


def party_word(party: str) -> str:
    """Whom a policy is for."""
    return {"enterprise": _("企业"), "project": _("项目")}.get(party, party)


def library(asked: Mapping[str, str], today: date) -> dict[str, Any]:
    """The policy library: every policy that the facets leave, the newest version valid on the day asked for."""
    on = _day(asked.get("on", "")) or today
    found = []
    for name in dict.fromkeys(policy.id for policy in in_force.rules()):
        policy = in_force.rules().policy(name, on)
        line = rule_line(policy, on)
        if all(
            not asked.get(facet) or line[facet] == asked[facet] for facet in ("party", "result", "certainty", "status", "measure")
        ) and _holds(line, asked.get("q", "")):
            found.append(line)
    every = [rule_line(policy, on) for policy in in_force.rules()]
    facets = [
        {
            "name": facet,
            "title": title,
            "asked": asked.get(facet, ""),
            "values": sorted({(one[facet], one[f"{facet}_word"]) for one in every}),
        }
        for facet, title in (
            ("party", _("对象")),
            ("result", _("支持方式")),
            ("certainty", _("确定程度")),
            ("status", _("核实状态")),
            ("measure", _("举措")),
        )
    ]
    return {"policies": found, "facets": facets, "asked": asked, "on": on.isoformat(), "total": len({one["id"] for one in every})}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def rule_line(policy: Policy, on: date) -> dict[str, Any]:
    """A policy as the library and the API list it."""
    sheet = policy.sheet
    clause = next((text.source.cites for text in sheet.conditions.values() if text.source.cites), "")
    measure = clause.split("/")[1] if clause.count("/") == 2 else ""
    return {
        "id": policy.id, "title": pick(sheet.title, sheet.title_en), "clause": clause,
        "measure": measure, "measure_word": _("第 %(n)s 条") % {"n": measure} if measure else "",
        "party": sheet.party, "party_word": party_word(sheet.party), "result": sheet.result, "result_word": result_word(sheet.result),
        "certainty": sheet.certainty, "certainty_word": certainty_word(sheet.certainty),
        "status": sheet.status, "status_word": status_word(sheet.status),
        "valid": policy.in_force(on), "from": sheet.starts, "to": sheet.ends,
        "words": " ".join([sheet.title, sheet.title_en, *(f"{one.title} {one.title_en} {one.source.quote}" for one in sheet.conditions.values())]),
    }  # fmt: skip


def _holds(line: Mapping[str, Any], query: str) -> bool:
    """Every word of the query stands in the policy's words, exactly as written."""
    return all(word.casefold() in f"{line['id']} {line['clause']} {line['words']}".casefold() for word in query.split())


def rule_page(name: str, today: date) -> dict[str, Any] | None:
    """The page of one rule; None when there is none of that id."""
    rules = in_force.rules()
    if name not in {policy.id for policy in rules}:
        return None
    policy = rules.policy(name, today)
    sheet, scalar = policy.sheet, in_force.scalar(rules, policy)
    return {
        **rule_line(policy, today),
        "ruleset": rules.id,
        "policy": policy,
        "conditions": [_condition(policy, at) for at in range(len(policy.conditions))],
        "amount": None
        if sheet.result == "exemption"
        else {"formula": pick(*_both(formula_of(policy))), "steps": [_step(one) for one in step_lines(policy)]},
        "parameters": [_parameter(policy, one) for one in sheet.parameters],
        "columns": [_column(column) for column in sheet.columns.values()],
        "readings": [
            {"question": pick(one.question, one.question_en), "choice": pick(one.choice, one.choice_en), "by": one.by, "since": one.since}
            for one in sheet.readings
        ],
        "awaited": sheet.awaited,
        "examples": [_example(one, scalar) for one in in_force.examples(name)],
        "versions": [
            {
                "from": one.sheet.starts,
                "to": one.sheet.ends,
                "now": one is policy,
                "changed": _differences(versions[at - 1], one) if at else [],
            }
            for versions in [rules.versions(name)]
            for at, one in enumerate(versions)
        ],
        "relations": [_relation(one, name) for one in in_force.stacking().relations if name in one.policies],
        "editable": editable(policy),
    }


def _both(words: Mapping[Any, str]) -> tuple[str, str]:
    return words["zh"], words["en"]


def _condition(policy: Policy, at: int) -> dict[str, Any]:
    name, node = policy.conditions[at]
    text = policy.sheet.conditions[name]
    return {
        "id": name, "title": pick(text.title, text.title_en), "cites": text.source.cites, "quote": text.source.quote,
        "source": text.source.source, "test": pick(*_both(test_of(policy, node))), "unverified": text.unverified,
    }  # fmt: skip


def _step(line: Mapping[str, Any]) -> dict[str, str]:
    return {"title": pick(*_both(line["title"])), "formula": pick(*_both(line["formula"]))}


def _parameter(policy: Policy, name: str) -> dict[str, Any]:
    one = policy.sheet.parameters[name]
    listing = one.listing
    return {
        "name": name, "title": pick(one.title, one.title_en), "value": shown(one) if not one.table else "", "lines": lines(one), "awaits": one.awaits,
        "cites": one.source.cites, "quote": one.source.quote, "source": one.source.source, "unverified": one.unverified,
        "listing": listing and {"title": pick(listing.title, listing.title_en), "number": listing.number, "issued": listing.issued, "lines": len(listing.entries), "sample": listing.sample},
    }  # fmt: skip


def _column(column: Column) -> dict[str, Any]:
    kinds = {Type.FLAG: "flag", Type.CODE: "code", Type.DATE: "date"}
    bounds = "" if column.type in (Type.FLAG, Type.CODE, Type.TEXT) else f"{show(column, column.low)} – {show(column, column.high)}"
    return {
        "name": column.name, "title": pick(column.title, column.title_en), "kind": kinds.get(column.type, "text"), "options": column.options if column.type is Type.CODE else (),
        "bounds": bounds, "hint": _hint(column), "may_change": column.may_change,
    }  # fmt: skip


def _hint(column: Column) -> str:
    return {
        Type.FEN: _("如 1800 万元"), Type.USD: _("如 300 万美元"), Type.RATE: _("如 3.85%"), Type.DAYS: _("天数"), Type.MONTHS: _("月数"),
        Type.COUNT: _("整数"), Type.TEXT: _("如商品编码"), Type.DATE: _("如 2022-09-30"),
    }.get(column.type, "")  # fmt: skip


def _example(example: Example, scalar: Scalar) -> dict[str, Any]:
    """An example with what is expected and what came out now."""
    wrong = run_example(example, scalar)
    return {
        "name": example.name, "given": example.profile, "outcome": outcome_word(example.expect.outcome), "amount": example.expect.amount,
        "side": {"below": _("之下"), "at": _("恰好"), "above": _("之上")}.get(example.side, ""), "holds": not wrong, "wrong": wrong,
    }  # fmt: skip


def _differences(before: Policy, after: Policy) -> list[str]:
    """What one version says otherwise than the one before it."""
    found = []
    for name, new in after.sheet.parameters.items():
        old = before.sheet.parameters.get(name)
        if old is not None and shown(old) != shown(new):
            found.append(f"{pick(new.title, new.title_en)}: {shown(old)} → {shown(new)}")
    gone = {one for one, _node in before.conditions} - {one for one, _node in after.conditions}
    return [
        *found,
        *(
            _("不再要求：%(what)s") % {"what": pick(before.sheet.conditions[one].title, before.sheet.conditions[one].title_en)}
            for one in sorted(gone)
        ),
    ]


def _relation(relation: Any, name: str) -> dict[str, Any]:
    titles = in_force.titles()
    words = {"excludes": _("不可同时享受"), "law_priority": _("法定次序在先者优先"), "total_cap": _("合计封顶")}
    return {
        "words": words[relation.kind], "cites": relation.cites, "quote": relation.quote, "title": pick(relation.title, relation.title_en),
        "others": [(one, pick(*titles.get(one, (one, one)))) for one in relation.policies if one != name],
    }  # fmt: skip


def tried(name: str, given: Mapping[str, str], on: date) -> dict[str, Any] | None:
    """The explanation of a trial with columns as somebody typed them; faults are told, never a number made of them."""
    rules = in_force.rules()
    policy = rules.policy(name, on)
    row, faults = from_mapping(policy.sheet, {key: value for key, value in given.items() if value}, _("试算"))
    unreadable = [fault for fault in faults if row.get(fault.place) is None and fault.place in row]
    if unreadable:
        return {"faults": [str(one) for one in unreadable], "answer": None}
    answer = explain(in_force.scalar(rules, policy), row, on, party="", ruleset=rules.id)
    return {"faults": [], "answer": answer}


def change_fields(name: str, typed: Mapping[str, str]) -> dict[str, Any]:
    """The boxes of the what-if form: every number that may be changed and every condition that may be left out, for two variants."""
    policy = in_force.rules().policy(name)
    fields = []
    for one in editable(policy):
        title = pick(one["title"], one["title_en"])
        places = [("p", "", title, one["value"] or one["awaits"])] if not one["lines"] else []
        for line in one["lines"]:
            named = _("%(title)s（%(start)s 起）") % {"title": title, "start": line["from"]}
            places += [("b", f".{line['place']}", named, line["value"])]
            places += [("f", f".{line['place']}", _("%(title)s · 起点") % {"title": named}, line["from"])] if line["place"] else []
        fields += [
            {"title": title, "now": now, "boxes": _boxes(f"{letter}.{one['name']}{place}", typed)} for letter, place, title, now in places
        ]
    texts = policy.sheet.conditions
    drops = [{"title": pick(texts[at].title, texts[at].title_en), "boxes": _boxes(f"c.{at}", typed)} for at, _node in policy.conditions]
    return {"fields": fields, "drops": drops}


def _boxes(name: str, typed: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": f"{prefix}{name}", "typed": typed.get(f"{prefix}{name}", "")} for prefix in ("", "2.")]
