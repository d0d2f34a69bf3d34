"""Why: one party, one policy, every step with its numbers put in, the clause quoted, and which cap bound.

The scalar target evaluates every node once; nothing here computes a figure of its own. Sentences come from the tree and the pack's words,
Chinese first, English beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from yunxing.engines.entitlements.assess import AS_OF, Result, Scalar, refused_names, today_row
from yunxing.engines.entitlements.intake import money_words, percent, show
from yunxing.engines.entitlements.policy import Sheet
from yunxing.engines.entitlements.ruleset import regime
from yunxing.engines.entitlements.to_scalar import Value
from yunxing.engines.entitlements.tree import Node, Type, columns_read, walk
from yunxing.values.digest import canonical_json, digest
from yunxing.values.errors import BadInput
from yunxing.values.period import day_of

_SIGNS = {
    "add": " + ",
    "sub": " − ",
    "mul": " × ",
    "eq": " = ",
    "ne": " ≠ ",
    "lt": " < ",
    "le": " ≤ ",
    "gt": " > ",
    "ge": " ≥ ",
    "and": " 且 ",
    "or": " 或 ",
}
_ROUNDINGS = {
    "half_up_fen": "四舍五入到分",
    "half_up_yuan": "四舍五入到元",
    "floor_fen": "舍去分以下",
    "floor_yuan": "舍去元以下",
    "ceil_fen": "进到分",
}
_OUTCOMES = {"yes": "符合", "no": "不符合", "needs_data": "待补数据", "refused": "数据不可用"}
_OUTCOMES_EN = {"yes": "entitled", "no": "not entitled", "needs_data": "needs data", "refused": "the data cannot be used"}
_ANSWERS = {True: "yes", False: "no", None: "unknown"}


def explain(scalar: Scalar, row: Mapping[str, Value], on: date, *, party: str = "", ruleset: str = "") -> dict[str, Any]:
    """The whole explanation as plain data: outcome, amount, conditions, steps, what bound, what is missing, readings, sentences.

    `row` holds the columns as integers (see `intake.from_mapping`); `on` is the date of application.
    """
    policy = scalar.policy
    filled = today_row(row, on) if AS_OF in policy.sheet.columns else dict(row)
    result, values = scalar.decide(filled)
    words = _Words(scalar, filled, values)
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
    names = []
    for node in walk(undecided):
        if values[place[node.key]] is not None:
            continue
        if node.op == "column":
            names.append(str(node.value))
        elif node.op == "awaited" or (node.op in ("band", "series") and values[place[node.args[0].key]] is not None):
            names.append(node.name)
    return list(dict.fromkeys(names))


class _Words:
    """The explanation's words for one evaluated row."""

    def __init__(self, scalar: Scalar, row: Mapping[str, Value], values: list[Value]) -> None:
        self.scalar, self.sheet, self.row, self.values = scalar, scalar.policy.sheet, row, values

    def value(self, node: Node) -> Value:
        return self.values[self.scalar.program.place[node.key]]

    def condition(self, name: str, node: Node) -> dict[str, Any]:
        text = self.sheet.conditions[name]
        columns = columns_read([node])
        held = self.value(node)
        return {
            "id": name,
            "result": _ANSWERS[None if held is None else bool(held)],
            "title": {"zh": text.title, "en": text.title_en},
            "cites": text.source.cites,
            "quote": text.source.quote,
            "because": [
                {
                    "column": column,
                    "title": self.sheet.columns[column].title,
                    "value": show(self.sheet.columns[column], self.row.get(column)),
                }
                for column in columns
            ],
        }

    def steps(self) -> list[dict[str, Any]]:
        """Every named step in the order it is computed, and the amount."""
        amount = self.scalar.policy.amount
        steps = [node for node in walk([amount]) if node.op == "step"]
        return [self.step(node.name, node, node.args[0]) for node in steps] + [self.step("amount", amount, amount)]

    def step(self, name: str, node: Node, inside: Node) -> dict[str, Any]:
        zh, en = self.sheet.step_titles.get(name, ("金额", "amount") if name == "amount" else (name, name))
        parameters = [each for each in _direct(inside) if each.op in ("parameter", "band", "series")]
        return {
            "id": name,
            "title": {"zh": zh, "en": en},
            "value": self.shown(node),
            "formula": self.formula(inside),
            "reads": [str(each.value) for each in _direct(inside) if each.op == "column"],
            "parameters": [self.parameter(each) for each in parameters],
        }

    def parameter(self, node: Node) -> dict[str, Any]:
        parameter = self.sheet.parameters[node.name]
        found: dict[str, Any] = {"id": node.name, "value": self.shown(node)}
        if node.op == "series":
            day = max((start for start in node.value.starts if start <= (self.value(node.args[0]) or 0)), default=None)
            found["dated"] = _day(day) if day is not None else None
        if node.op == "band" and (x := self.value(node.args[0])) is not None:
            found["quote"] = parameter.quotes[node.value.place(x)]
        for key in ("cites", "quote", "source"):
            if text := getattr(parameter.source, key):
                found[key] = text
        return found

    def shown(self, node: Node) -> str:
        """A node's value with its unit."""
        value = self.value(node)
        if value is None:
            return "未知"
        match node.type:
            case Type.FEN:
                return money_words(value)
            case Type.RATE:
                written = self.sheet.parameters[node.name].written if node.op == "parameter" else ()
                return written[0] if written else percent(Fraction(value, node.denominator))
            case Type.DAYS:
                return f"{value} 天"
            case Type.DATE:
                return _day(value)
            case Type.FLAG:
                return "是" if value else "否"
            case _:
                return str(value)

    def formula(self, node: Node, *, inner: bool = False) -> str:
        """The node with its numbers put in; steps are shown by value, for they have their own line."""
        if not node.args or node.op == "step":
            return str(node.value) if node.op == "const" and node.type is Type.COUNT else self.shown(node)
        if self.value(node) is None:
            return "未知"
        if node.op == "case":  # the branch that was taken, alone
            return self.formula(node.args[1 if self.value(node.args[0]) else 2], inner=inner)
        parts = [self.formula(arg, inner=True) for arg in node.args]
        if node.op in _SIGNS:
            text = _SIGNS[node.op].join(parts)
            return f"({text})" if inner and node.op in ("add", "sub", "and", "or") else text
        if node.op == "rdiv":
            by = f" ÷ {node.value.written}" if node.value.written != 1 else ""
            return f"{parts[0]}{by}, {_ROUNDINGS[node.value.rounding.value]}"
        if node.op == "band":
            return f"{parts[0]} 属{self.band(node)}"
        if node.op == "series":
            return self.shown(node)
        if node.op == "days_between":
            return f"{parts[0]} 至 {parts[1]}"
        if node.op in ("least", "greatest"):
            return f"{'最小' if node.op == 'least' else '最大'}({', '.join(parts)})"
        return f"{node.op}({', '.join(parts)})"

    def band(self, node: Node) -> str:
        """The band in which a value lies, in words; its lower end belongs to it."""
        starts, kind = node.value.starts, node.args[0].type
        at = node.value.place(self.value(node.args[0]))
        ends = [money_words(each) if kind is Type.FEN else str(each) for each in starts[at : at + 2]]
        return f"{ends[0]}(含)至{ends[1]}档" if len(ends) == 2 else f"{ends[0]}(含)以上档"

    def binding(self) -> dict[str, Any] | None:
        """Which argument of the amount's `least` decided, and by how much the others did not."""
        amount = self.scalar.policy.amount
        if amount.op != "least":
            return None
        values = [(self.name(arg), self.value(arg)) for arg in amount.args]
        bound = next(name for name, value in values if value == self.value(amount))
        return {
            "by": bound,
            "title": self.title(bound),
            "not_binding": {name: money_words(value or 0) for name, value in values if name != bound},
        }

    def name(self, node: Node) -> str:
        return str(node.name or node.value or node.op)

    def title(self, name: str) -> dict[str, str]:
        if name in self.sheet.step_titles:
            return dict(zip(("zh", "en"), self.sheet.step_titles[name], strict=True))
        named = self.sheet.columns.get(name) or self.sheet.parameters.get(name)
        return {"zh": named.title, "en": named.title_en} if named else {"zh": name, "en": name}


def _direct(node: Node) -> list[Node]:
    """The nodes a step reads itself: not through another step."""
    found, stack = [], [node]
    while stack:
        each = stack.pop()
        found.append(each)
        if each.op != "step":
            stack.extend(reversed(each.args))
    return found


def _day(number: int) -> str:
    return day_of(number).isoformat()


def _sentence_zh(sheet: Sheet, answer: Mapping[str, Any]) -> str:
    head = f"{sheet.title}:{_OUTCOMES[answer['outcome']]}。"
    if not answer["in_force"]:
        head = f"{answer['applied_on']} 不在政策执行期({answer['regime']})内,以下仅供参考。{head}"
    if answer["outcome"] == "yes":
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
        certainty = {"ceiling": " at most", "discretion": " at discretion, up to"}.get(answer["certainty"], "")
        bound = answer["binding"]
        by = f", set by the {bound['title']['en']}" if bound else ""
        yuan = Fraction(answer["amount_fen"], 100)
        return f"{head} Amount:{certainty} {yuan.numerator // yuan.denominator:,}.{answer['amount_fen'] % 100:02d} yuan{by}."
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
    column = sheet.columns[name]
    return column.title, column.title_en
