"""Why: one party, one policy, every step with its numbers put in, the clause quoted, and which cap bound.

The scalar target evaluates every node once; nothing here computes a figure of its own. Sentences come from the tree and the pack's words,
Chinese first, English beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from yunxing.engines.entitlements.assess import AS_OF, Result, Scalar, refused_names, today_row
from yunxing.engines.entitlements.intake import money_words
from yunxing.engines.entitlements.policy import Sheet
from yunxing.engines.entitlements.ruleset import regime
from yunxing.engines.entitlements.to_scalar import Value
from yunxing.engines.entitlements.tree import columns_read, walk
from yunxing.engines.entitlements.wording import Words, yuan
from yunxing.values.digest import canonical_json, digest
from yunxing.values.errors import BadInput

_OUTCOMES = {"yes": "符合", "no": "不符合", "needs_data": "待补数据", "refused": "数据不可用"}
_OUTCOMES_EN = {"yes": "entitled", "no": "not entitled", "needs_data": "needs data", "refused": "the data cannot be used"}


def explain(
    scalar: Scalar, row: Mapping[str, Value], on: date, *, party: str = "", ruleset: str = "", sources: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The whole explanation as plain data: outcome, amount, conditions, steps, what bound, what is missing, readings, sentences.

    `row` holds the columns as integers (see `intake.from_mapping`); `on` is the date of application. `sources` says of a column where its value
    comes from and as of when; it is told beside the value.
    """
    policy = scalar.policy
    filled = today_row(row, on) if AS_OF in policy.sheet.columns else dict(row)
    result, values = scalar.decide(filled)
    words = Words(scalar, filled, values, sources)
    read = {name: filled.get(name) for name in columns_read(policy.roots())}
    answer: dict[str, Any] = {
        "decision": "/".join(part for part in (party, policy.id, on.isoformat()) if part),
        "party": party,
        "policy": policy.id,
        "title": {"zh": policy.sheet.title, "en": policy.sheet.title_en},
        "ruleset": ruleset,
        "input": digest(canonical_json(read)),
        "columns": read,
        "regime": regime(policy),
        "in_force": policy.in_force(on),
        "applied_on": on.isoformat(),
        "outcome": result.outcome,
        "certainty": policy.sheet.certainty,
        "result": policy.sheet.result,
        "status": policy.sheet.status,
        "awaited": list(policy.sheet.awaited),
        "amount_fen": result.amount_fen,
        "amount": money_words(result.amount_fen) if result.amount_fen is not None else None,
        "refused": refused_names(policy, result.refused),
        "conditions": [] if result.refused else [words.condition(name, node) for name, node in policy.conditions],
        "steps": [] if result.outcome != "yes" else words.steps(),
        "binding": words.binding() if result.outcome == "yes" else None,
        "missing": [] if result.refused else missing(scalar, result, values),
        "readings": [
            {
                "question": r.question,
                "question_en": r.question_en,
                "choice": r.choice,
                "choice_en": r.choice_en,
                "by": r.by,
                "since": r.since.isoformat(),
            }
            for r in policy.sheet.readings
        ],
    }
    answer["sentences"] = {"zh": _sentence_zh(policy.sheet, answer), "en": _sentence_en(policy.sheet, answer)}
    return answer


def differences(scalar: Scalar, decision: Mapping[str, Any], ruleset: str) -> list[str]:
    """What a stored decision says otherwise than its own columns and the present rule set give; empty when it can be replayed.

    Errors: `BadInput` when the decision lacks what a replay needs.
    """
    lacking = [key for key in ("columns", "applied_on", "party", "outcome", "amount_fen", "ruleset", "input") if key not in decision]
    if lacking:
        raise BadInput(f"decision: found no {', '.join(lacking)}, expected a file written by explain --json")
    again = explain(scalar, decision["columns"], date.fromisoformat(decision["applied_on"]), party=decision["party"], ruleset=ruleset)
    keys = ("ruleset", "input", "outcome", "amount_fen", "missing", "refused", "steps", "conditions")
    return [
        f"{key}: the decision says {_short(decision.get(key))}, a replay gives {_short(again[key])}"
        for key in keys
        if decision.get(key) != again[key]
    ]


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 90 else text[:90] + "…"


def missing(scalar: Scalar, result: Result, values: list[Value]) -> list[str]:
    """The columns and awaited numbers that are unknown and could still change the outcome; none once a condition has failed."""
    if result.outcome != "needs_data":
        return []
    place = scalar.program.place
    undecided = [node for _, node in scalar.policy.conditions if values[place[node.key]] is None]
    if values[place[scalar.policy.amount.key]] is None:
        undecided.append(scalar.policy.amount)
    names: list[str] = []
    silent: list[str] = []
    for node in walk(undecided):
        if values[place[node.key]] is not None:
            continue
        if node.op == "column":
            names.append(str(node.value))
        elif node.op == "awaited" or (node.op in ("band", "series") and values[place[node.args[0].key]] is not None):
            names.append(node.name)
        elif node.op in ("listed_value", "share_of") and all(values[place[arg.key]] is not None for arg in node.args):
            # the list says nothing of it, or the part is above the whole: known values that give no number
            silent += [node.name] if node.op == "listed_value" else columns_read(node.args[1:])
    return list(dict.fromkeys(names or silent))


def _sentence_zh(sheet: Sheet, answer: Mapping[str, Any]) -> str:
    head = f"{sheet.title}:{_OUTCOMES[answer['outcome']]}。"
    if not answer["in_force"]:
        head = f"{answer['applied_on']} 不在政策执行期({answer['regime']})内,以下仅供参考。{head}"
    if answer["outcome"] == "yes":
        if answer["result"] == "exemption":
            return head
        certainty = {"ceiling": "(为上限,以主管部门核定为准)", "discretion": "(由主管部门酌定)"}.get(answer["certainty"], "")
        bound = answer["binding"]
        by = f",由“{bound['title']['zh']}”决定" if bound else ""
        lines = ";".join(f"{step['title']['zh']} {step['formula']} = {step['value']}" for step in answer["steps"] if step["id"] != "amount")
        return f"{head}金额 {answer['amount']}{certainty}{by}。{lines}。"
    if answer["outcome"] == "no":
        failed = [c for c in answer["conditions"] if c["result"] == "no"]
        return head + "未满足:" + ";".join(f"{c['title']['zh']}(条款 {c['cites']}“{c['quote']}”)" for c in failed) + "。"
    if answer["outcome"] == "needs_data":
        return head + "缺少:" + "、".join(_titled(sheet, name)[0] for name in answer["missing"]) + "。"
    return head + "超出声明范围或顺序不符:" + "、".join(answer["refused"]) + "。"


def _sentence_en(sheet: Sheet, answer: Mapping[str, Any]) -> str:
    head = f"{sheet.title_en}: {_OUTCOMES_EN[answer['outcome']]}."
    if not answer["in_force"]:
        head = f"{answer['applied_on']} lies outside the span of the policy ({answer['regime']}); for reference only. {head}"
    if answer["outcome"] == "yes":
        if answer["result"] == "exemption":
            return head
        certainty = {"ceiling": " at most", "discretion": " at discretion, up to"}.get(answer["certainty"], "")
        bound = answer["binding"]
        by = f", set by the {bound['title']['en']}" if bound else ""
        lines = "; ".join(
            f"{step['title']['en']}: {step['formula_en']} = {step['value_en']}" for step in answer["steps"] if step["id"] != "amount"
        )
        return f"{head} Amount:{certainty} {yuan(answer['amount_fen'])}{by}." + (f" {lines}." if lines else "")
    if answer["outcome"] == "no":
        failed = [f"{c['title']['en']} (clause {c['cites']})" for c in answer["conditions"] if c["result"] == "no"]
        return f"{head} Not met: {'; '.join(failed)}."
    if answer["outcome"] == "needs_data":
        return f"{head} Missing: {', '.join(_titled(sheet, name)[1] for name in answer['missing'])}."
    return f"{head} Outside the declared range or out of order: {', '.join(answer['refused'])}."


def _titled(sheet: Sheet, name: str) -> tuple[str, str]:
    if name in sheet.parameters:
        parameter = sheet.parameters[name]
        note = f"(待发布:{parameter.awaits})" if parameter.awaits else "(该日期无公布值)" if parameter.table_kind == "series" else ""
        return parameter.title + note, parameter.title_en + (" (not yet published)" if parameter.awaits else "")
    listing = next((one.listing for one in sheet.parameters.values() if one.listing and one.listing.id == name), None)
    if listing is not None:
        return f"{listing.title}(未列)", f"{listing.title_en} (not listed)"
    column = sheet.columns[name]
    return column.title, column.title_en
