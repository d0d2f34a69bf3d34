"""A rule's tree in words, with the numbers of one party put in: each kind of node has a phrase in Chinese and in English.

Nothing here computes: every figure is one that the scalar target gave.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Literal

from yunxing.engines.entitlements.assess import Scalar
from yunxing.engines.entitlements.intake import money_words, percent, show
from yunxing.engines.entitlements.policy import Listing
from yunxing.engines.entitlements.to_scalar import Value
from yunxing.engines.entitlements.tree import Node, Spans, Type, columns_read, walk
from yunxing.values.period import day_of

Lang = Literal["zh", "en"]
BOTH: tuple[Lang, Lang] = ("zh", "en")
_SIGNS = {
    "add": " + ", "sub": " − ", "mul": " × ", "eq": " = ", "ne": " ≠ ", "lt": " < ", "le": " ≤ ", "gt": " > ", "ge": " ≥ ",
}  # fmt: skip
_JOINS = {"and": {"zh": " 且 ", "en": " and "}, "or": {"zh": " 或 ", "en": " or "}}
_ROUNDINGS = {
    "half_up_fen": {"zh": "四舍五入到分", "en": "rounded half up to the fen"},
    "half_up_yuan": {"zh": "四舍五入到元", "en": "rounded half up to the yuan"},
    "floor_fen": {"zh": "舍去分以下", "en": "rounded down to the fen"},
    "floor_yuan": {"zh": "舍去元以下", "en": "rounded down to the yuan"},
    "ceil_fen": {"zh": "进到分", "en": "rounded up to the fen"},
}
_PHRASES: dict[str, dict[Lang, str]] = {
    "days_between": {"zh": "{0} 至 {1}", "en": "{0} to {1}"},
    "least": {"zh": "最小({all})", "en": "least of ({all})"},
    "greatest": {"zh": "最大({all})", "en": "greatest of ({all})"},
    "share_of": {"zh": "{0} × {1} ÷ {2}, {rounding}", "en": "{0} × {1} ÷ {2}, {rounding}"},
    "add_months": {"zh": "{0} 起 {value} 个月", "en": "{value} months after {0}"},
    "year_of": {"zh": "{0} 所在年度", "en": "the year of {0}"},
    "month_of": {"zh": "{0} 所在月份", "en": "the month of {0}"},
    "not": {"zh": "非({0})", "en": "not ({0})"},
    "is_known": {"zh": "已填报({0})", "en": "is known ({0})"},
    "in_set": {"zh": "{0} 属于({members})", "en": "{0} is one of ({members})"},
    "is_listed": {"zh": "{0} 在名录“{list}”内", "en": "{0} is on the list “{list}”"},
    "listed_value": {"zh": "{value} (名录“{list}”所列)", "en": "{value} (as the list “{list}” says)"},
    "series": {"zh": "{value}", "en": "{value}"},
    "awaited": {"zh": "(待发布)", "en": "(not yet published)"},
}
_UNITS: dict[Type, dict[Lang, str]] = {
    Type.DAYS: {"zh": "{} 天", "en": "{} days"},
    Type.MONTHS: {"zh": "{} 个月", "en": "{} months"},
    Type.COUNT: {"zh": "{}", "en": "{}"},
}


def yuan(fen: int, lang: Lang = "en") -> str:
    """Money in words of the language: 亿元, 万元, 元 in Chinese; yuan to the fen in English.

    >>> yuan(176_767_500), yuan(-5), yuan(2 * 10**9, "zh")
    ('1,767,675.00 yuan', '−0.05 yuan', '2,000万元')
    """
    if lang == "zh":
        return money_words(fen)
    return f"{'−' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d} yuan"


class Words:
    """The words for one evaluated row: values, formulas, conditions, which cap bound."""

    def __init__(self, scalar: Scalar, row: Mapping[str, Value], values: list[Value], sources: Mapping[str, Any] | None = None) -> None:
        self.scalar, self.sheet, self.row, self.values = scalar, scalar.policy.sheet, row, values
        self.sources = sources or {}
        self.listings: dict[str, Listing] = {one.listing.id: one.listing for one in self.sheet.parameters.values() if one.listing}

    def value(self, node: Node) -> Value:
        """The value the scalar target gave a node."""
        return self.values[self.scalar.program.place[node.key]]

    def shown(self, node: Node, lang: Lang = "zh") -> str:
        """A node's value with its unit."""
        value = self.value(node)
        if value is None:
            return "未知" if lang == "zh" else "unknown"
        match node.type:
            case Type.FEN:
                return yuan(value, lang)
            case Type.USD:
                return f"{yuan(value, lang).removesuffix('元').removesuffix(' yuan')}{'美元' if lang == 'zh' else ' US dollars'}"
            case Type.RATE:
                written = self.sheet.parameters[node.name].written if node.op == "parameter" else ()
                return written[0] if written else percent(Fraction(value, node.denominator))
            case Type.DATE:
                return day_of(value).isoformat()
            case Type.FLAG:
                return ("是" if value else "否") if lang == "zh" else ("yes" if value else "no")
            case Type.CODE | Type.TEXT:
                return self._named(node, value)
            case _:
                return _UNITS.get(node.type, _UNITS[Type.COUNT])[lang].format(value)

    def _named(self, node: Node, value: int) -> str:
        column = next((each for each in walk([node]) if each.op == "column"), None)
        return show(self.sheet.columns[column.value], value) if column is not None else node.name or str(value)

    def formula(self, node: Node, lang: Lang = "zh", *, inner: bool = False) -> str:
        """The node with its numbers put in; steps are shown by value, for they have their own line."""
        if node.op == "awaited":
            return _PHRASES["awaited"][lang]
        if not node.args or node.op == "step":
            bare = node.op == "const" and node.type in (Type.COUNT, Type.CODE)
            return str(node.name or node.value) if bare else self.shown(node, lang)
        if self.value(node) is None:
            return "未知" if lang == "zh" else "unknown"
        if node.op == "case":  # the branch that was taken, alone
            return self.formula(node.args[1 if self.value(node.args[0]) else 2], lang, inner=inner)
        if node.op in ("series", "listed_value"):
            return self._phrase(node, [], lang)
        parts = [self.formula(arg, lang, inner=True) for arg in node.args]
        if node.op in _SIGNS or node.op in _JOINS:
            text = (_SIGNS.get(node.op) or _JOINS[node.op][lang]).join(parts)
            return f"({text})" if inner and node.op in ("add", "sub", "and", "or") else text
        if node.op == "rdiv":
            by = f" ÷ {node.value.written}" if node.value.written != 1 else ""
            return f"{parts[0]}{by}, {_ROUNDINGS[node.value.rounding.value][lang]}"
        if node.op == "band":
            return self._band(node, parts[0], lang)
        return self._phrase(node, parts, lang)

    def _phrase(self, node: Node, parts: list[str], lang: Lang) -> str:
        phrase = _PHRASES.get(node.op)
        if phrase is None:
            raise NotImplementedError(f"the node kind {node.op!r} has no words")
        more = {"all": ", ".join(parts), "value": node.value if node.op == "add_months" else self.shown(node, lang)}
        if node.op == "share_of":
            more["rounding"] = _ROUNDINGS[node.value.value][lang]
        if node.op == "in_set":
            (column,) = columns_read([node])[:1]
            more["members"] = ", ".join(self.sheet.columns[column].options[at] for at in node.value)
        if node.op in ("is_listed", "listed_value"):
            listing = self.listings[node.name]
            more["list"] = (listing.title if lang == "zh" else listing.title_en) + self._sample(listing, lang)
        return phrase[lang].format(*parts, **more)

    def _sample(self, listing: Listing, lang: Lang) -> str:
        return "" if not listing.sample else "(示例)" if lang == "zh" else " (sample)"

    def _band(self, node: Node, part: str, lang: Lang) -> str:
        """The band in which a value lies, in words; its lower end belongs to it."""
        starts, kind, value = node.value.starts, node.args[0].type, self.value(node.args[0])
        at = -1 if value is None else node.value.place(value)
        if at < 0:
            return f"{part} 不在各档内" if lang == "zh" else f"{part}, in no band"
        ends = [yuan(each, lang) if kind is Type.FEN else str(each) for each in starts[at : at + 2]]
        if lang == "zh":
            return f"{part} 属{ends[0]}(含)至{ends[1]}档" if len(ends) == 2 else f"{part} 属{ends[0]}(含)以上档"
        return f"{part}, in the band from {ends[0]} (included)" + (f" to {ends[1]}" if len(ends) == 2 else " upwards")

    def condition(self, name: str, node: Node) -> dict[str, Any]:
        """A condition: its answer, its clause, the test with the numbers put in, and each value it rests on with its source."""
        text, held = self.sheet.conditions[name], self.value(node)
        return {
            "id": name,
            "result": "unknown" if held is None else "yes" if held else "no",
            "title": {"zh": text.title, "en": text.title_en},
            "cites": text.source.cites,
            "quote": text.source.quote,
            "test": {lang: self.formula(node, lang) for lang in BOTH},
            "because": [self._because(column) for column in columns_read([node])],
        }

    def _because(self, column: str) -> dict[str, Any]:
        declared = self.sheet.columns[column]
        told = {"column": column, "title": declared.title, "title_en": declared.title_en, "value": show(declared, self.row.get(column))}
        return {**told, **({"source": self.sources[column]} if column in self.sources else {})}

    def steps(self) -> list[dict[str, Any]]:
        """Every named step in the order it is computed, and the amount."""
        amount = self.scalar.policy.amount
        steps = [node for node in walk([amount]) if node.op == "step"]
        return [self.step(node.name, node, node.args[0]) for node in steps] + [self.step("amount", amount, amount)]

    def step(self, name: str, node: Node, inside: Node) -> dict[str, Any]:
        """One step: value and formula in both languages, what it reads, its parameters, and which argument of a cap decided."""
        zh, en = self.sheet.step_titles.get(name, ("金额", "amount") if name == "amount" else (name, name))
        used = [each for each in direct(inside) if each.op in ("parameter", "band", "series", "is_listed", "listed_value")]
        return {
            "id": name,
            "title": {"zh": zh, "en": en},
            "value": self.shown(node),
            "value_en": self.shown(node, "en"),
            "formula": self.formula(inside),
            "formula_en": self.formula(inside, "en"),
            "reads": [str(each.value) for each in direct(inside) if each.op == "column"],
            "parameters": [self.parameter(each) for each in used],
            "binding": self.bound(inside),
        }

    def parameter(self, node: Node) -> dict[str, Any]:
        """A parameter as used: its value, the day or the band it was taken for, clause and quote; a list with its number and date."""
        if node.op in ("is_listed", "listed_value"):
            listing, spans = self.listings[node.name], node.value
            place = self.value(node.args[0])
            found = {"id": listing.id, "number": listing.number, "issued": listing.issued.isoformat(), "sample": listing.sample}
            return {
                **found,
                "value": self.shown(node),
                "source": listing.source,
                "listed": bool(isinstance(spans, Spans) and place is not None and place >= 0 and spans.lines[place]),
            }
        parameter = self.sheet.parameters[node.name]
        told: dict[str, Any] = {"id": node.name, "value": self.shown(node)}
        if node.op == "series":
            day = max((start for start in node.value.starts if start <= (self.value(node.args[0]) or 0)), default=None)
            told["dated"] = day_of(day).isoformat() if day is not None else None
        if node.op == "band" and (x := self.value(node.args[0])) is not None:
            place = node.value.place(x)  # −1 below the first band, which no phrase speaks of
            told |= {"quote": parameter.quotes[place]} if 0 <= place < len(parameter.quotes) else {}
        for key in ("cites", "quote", "source"):
            if text := getattr(parameter.source, key):
                told[key] = text
        return told

    def binding(self) -> dict[str, Any] | None:
        """Which argument of the amount's `least` decided, and how high the others stood; through named steps."""
        amount = self.scalar.policy.amount
        while amount.op == "step":
            amount = amount.args[0]
        return self.bound(amount)

    def bound(self, node: Node) -> dict[str, Any] | None:
        """The same of any `least`; None of another node or where something is unknown."""
        if node.op != "least":
            return None
        values = [(self.name(arg), self.value(arg)) for arg in node.args]
        if any(value is None for _, value in values):
            return None
        by = next(name for name, value in values if value == self.value(node))
        others = {name: self.shown(arg) for arg in node.args if (name := self.name(arg)) != by}
        return {"by": by, "title": self.title(by), "not_binding": others}

    def name(self, node: Node) -> str:
        """The name under which a node is told."""
        return str(node.name or node.value or node.op)

    def title(self, name: str) -> dict[str, str]:
        """The words of a named step, column or parameter."""
        if name in self.sheet.step_titles:
            return dict(zip(BOTH, self.sheet.step_titles[name], strict=True))
        named = self.sheet.columns.get(name) or self.sheet.parameters.get(name)
        return {"zh": named.title, "en": named.title_en} if named else {"zh": name, "en": name}


def direct(node: Node) -> list[Node]:
    """The nodes a step reads itself: not through another step."""
    found, stack = [], [node]
    while stack:
        each = stack.pop()
        found.append(each)
        if each.op != "step":
            stack.extend(reversed(each.args))
    return found
