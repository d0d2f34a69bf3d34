"""A rule in plain words, without a party: conditions and formula with the names of columns and parameters, straight from the tree.

What this says is what is computed; a page that shows it cannot say anything else.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from yunxing.engines.entitlements.intake import percent, show
from yunxing.engines.entitlements.policy import Column, Policy
from yunxing.engines.entitlements.tree import Node, Type, columns_read, walk
from yunxing.engines.entitlements.wording import BOTH, Lang, yuan
from yunxing.values.period import day_of

_SIGNS = {"add": " + ", "sub": " − ", "mul": " × ", "eq": " = ", "ne": " ≠ ", "lt": " < ", "le": " ≤ ", "gt": " > ", "ge": " ≥ "}
_JOINS: dict[str, dict[Lang, str]] = {"and": {"zh": " 且 ", "en": " and "}, "or": {"zh": " 或 ", "en": " or "}}
_WORDS: dict[str, dict[Lang, str]] = {
    "days_between": {"zh": "({0} 至 {1} 的天数)", "en": "(days from {0} to {1})"},
    "least": {"zh": "以下最小者:{all}", "en": "the least of: {all}"},
    "greatest": {"zh": "以下最大者:{all}", "en": "the greatest of: {all}"},
    "share_of": {"zh": "{0} × {1} ÷ {2}", "en": "{0} × {1} ÷ {2}"},
    "add_months": {"zh": "({0} 之后 {value} 个月)", "en": "({value} months after {0})"},
    "year_of": {"zh": "({0} 所在年度)", "en": "(the year of {0})"},
    "month_of": {"zh": "({0} 所在月份)", "en": "(the month of {0})"},
    "not": {"zh": "并非({0})", "en": "not ({0})"},
    "is_known": {"zh": "已填报 {0}", "en": "{0} is known"},
    "case": {"zh": "({0} 时为 {1},否则为 {2})", "en": "(where {0}: {1}, else {2})"},
    "in_set": {"zh": "{0} 为 {members} 之一", "en": "{0} is one of {members}"},
    "is_listed": {"zh": "{0} 在“{list}”内", "en": "{0} is on “{list}”"},
    "listed_value": {"zh": "“{list}”对 {0} 的数值", "en": "what “{list}” says of {0}"},
    "band": {"zh": "{table}({0} 所在档)", "en": "{table} (the band of {0})"},
    "series": {"zh": "{table}({0} 当日)", "en": "{table} (on {0})"},
}
_ROUNDED: dict[str, dict[Lang, str]] = {
    "half_up_fen": {"zh": "四舍五入到分", "en": "half up to the fen"},
    "half_up_yuan": {"zh": "四舍五入到元", "en": "half up to the yuan"},
    "floor_fen": {"zh": "舍去分以下", "en": "down to the fen"},
    "floor_yuan": {"zh": "舍去元以下", "en": "down to the yuan"},
    "ceil_fen": {"zh": "进到分", "en": "up to the fen"},
}


def test_of(policy: Policy, node: Node) -> dict[Lang, str]:
    """A condition in words."""
    return {lang: _Plain(policy, lang).of(node) for lang in BOTH}


test_of.__test__ = False  # type: ignore[attr-defined]  # no test, whatever pytest makes of the name


def formula_of(policy: Policy) -> dict[Lang, str]:
    """The amount in words; named steps stand by name and have lines of their own."""
    return {lang: _Plain(policy, lang).of(policy.amount, whole=True) for lang in BOTH}


def step_lines(policy: Policy) -> list[dict[str, Any]]:
    """Each named step of the amount: its title and what it is, in both languages."""
    found = []
    for node in walk([policy.amount]):
        if node.op == "step":
            titles = policy.sheet.step_titles.get(node.name, (node.name, node.name))
            found.append(
                {
                    "id": node.name,
                    "title": dict(zip(BOTH, titles, strict=True)),
                    "formula": {lang: _Plain(policy, lang).of(node.args[0], whole=True) for lang in BOTH},
                }
            )
    return found


class _Plain:
    """The words of one language."""

    def __init__(self, policy: Policy, lang: Lang) -> None:
        self.policy, self.sheet, self.lang = policy, policy.sheet, lang
        self.listings = {one.listing.id: one.listing for one in self.sheet.parameters.values() if one.listing}

    def pick(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en

    def of(self, node: Node, *, whole: bool = False) -> str:
        """A node in words; inside another, sums stand in brackets."""
        if node.op in ("column", "const", "parameter", "awaited", "step"):
            return self.leaf(node)
        parts = [self.of(arg) for arg in node.args]
        if node.op in _SIGNS or node.op in _JOINS:
            text = (_SIGNS.get(node.op) or _JOINS[node.op][self.lang]).join(parts)
            return text if whole or node.op not in ("add", "sub", "and", "or") else f"({text})"
        if node.op == "rdiv":
            by = f" ÷ {node.value.written}" if node.value.written != 1 else ""
            return f"{parts[0]}{by}, {_ROUNDED[node.value.rounding.value][self.lang]}"
        more = {"all": self.pick("、", ", ").join(parts), "value": node.value if node.op == "add_months" else ""}
        if node.op == "in_set":
            column = self.sheet.columns[columns_read([node])[0]]
            more["members"] = self.pick("、", ", ").join(column.options[at] for at in node.value)
        if node.op in ("is_listed", "listed_value"):
            listing = self.listings[node.name]
            more["list"] = self.pick(listing.title, listing.title_en)
        if node.op in ("band", "series"):
            more["table"] = self.named(node.name)
        phrase = _WORDS.get(node.op)
        if phrase is None:
            raise NotImplementedError(f"the node kind {node.op!r} has no plain words")
        return phrase[self.lang].format(*parts, **more)

    def leaf(self, node: Node) -> str:
        """A column, a number or a step by its title; a number with its value."""
        if node.op == "column":
            column = self.sheet.columns[node.value]
            return self.pick(column.title, column.title_en) or str(node.value)
        if node.op == "step":
            titles = self.sheet.step_titles.get(node.name, (node.name, node.name))
            return self.pick(*titles)
        if node.op == "awaited":
            return f"{self.named(node.name)}{self.pick('(待发布)', ' (not yet published)')}"
        shown = self.number(node)
        return f"{self.named(node.name)} {shown}" if node.op == "parameter" else shown

    def number(self, node: Node) -> str:
        """A constant in words."""
        value = int(node.value)
        match node.type:
            case Type.FEN:
                return yuan(value, self.lang) if value else "0"
            case Type.RATE:
                return percent(Fraction(value, node.denominator))
            case Type.DATE:
                return day_of(value).isoformat()
            case Type.FLAG:
                return self.pick("是", "yes") if value else self.pick("否", "no")
            case Type.CODE:
                return node.name
            case _:
                return show(Column("", node.type, 0, 0), value) if self.lang == "zh" else str(value)

    def named(self, name: str) -> str:
        """A parameter by its title."""
        parameter = self.sheet.parameters.get(name)
        return self.pick(parameter.title, parameter.title_en) if parameter else name
