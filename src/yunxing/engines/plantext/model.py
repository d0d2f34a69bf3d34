"""What an import yields. Offsets are code points of the raw text, half-open. Every element says by which rule it was read and how surely."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final, Literal

UNSURE: Final = "待确认"
SURE: Final = 0.9  # below this an element carries a reason and goes to a person

Role = Literal["lead", "responsible", "shared", "support"]
Comparator = Literal["=", "<=", ">=", "<", ">", "~", "range"]


@dataclass(slots=True)
class Element:
    """What all elements share. ``confidence`` is a rank of rules, not a measured probability; ``reason`` begins with 「待确认」 or is empty."""

    start: int
    end: int
    rule: str
    confidence: float = 1.0
    reason: str = ""


@dataclass(slots=True)
class Body(Element):
    """A responsible office as printed, brackets inside the name dropped. ``lead_basis`` says what makes it the lead."""

    dept: str = ""
    role: Role = "responsible"
    lead_basis: str = "none"


@dataclass(slots=True)
class Quantity(Element):
    """A number with its printed unit. ``value`` is a number, or ``low-high`` as text for a range; ``base_value``/``base_unit`` are
    yuan, tonnes or days where the unit is of money, mass or time.
    """

    text: str = ""
    value: int | float | str = 0
    unit: str = ""
    comparator: Comparator = "="
    bounds: str = ""
    base_value: int | float | None = None
    base_unit: str | None = None


@dataclass(slots=True)
class Deadline(Element):
    """The last day (YYYY-MM-DD) or a span as an ISO duration. ``derived`` is true where the year is the plan's own."""

    text: str = ""
    date: str = ""
    derived: bool = False


@dataclass(slots=True)
class Subsidy(Element):
    """``rate`` in per cent, ``amount`` a fixed sum and ``cap`` a ceiling in yuan, ``per`` the counted unit, ``base`` what it is a share of
    or what earns it; None where absent. ``discount`` marks a rate of what is paid (85折 is 85, never a grant of 85 %).
    """

    rate: float | None = None
    amount: float | None = None
    cap: float | None = None
    per: str | None = None
    base: str | None = None
    discount: bool = False


@dataclass(slots=True)
class Section(Element):
    """A heading above measures."""

    number: str = ""
    title: str = ""
    level: int = 1


@dataclass(slots=True)
class Measure(Element):
    """The smallest numbered item that carries a task."""

    id: str = ""
    number: str = ""
    section: str | None = None
    title: str | None = None
    responsible: list[Body] = field(default_factory=list)
    responsible_text: str = ""
    responsible_open: bool = False
    quantities: list[Quantity] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    subsidies: list[Subsidy] = field(default_factory=list)


@dataclass(slots=True)
class Goal(Element):
    """Targets outside numbered measures."""

    quantities: list[Quantity] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    subsidies: list[Subsidy] = field(default_factory=list)


@dataclass(slots=True)
class CitedDocument(Element):
    """Another document that the text relies on."""

    title: str = ""
    doc_number: str | None = None


@dataclass(slots=True)
class Effect(Element):
    """A fact of validity: ``in_force_from``, ``valid_for``, ``valid_until``, ``repeals`` or ``suspends``, with its value and its object."""

    kind: str = ""
    value: str | None = None
    object: str | None = None


@dataclass(slots=True)
class Plan:
    """The structured plan: a proposal until a person has confirmed it."""

    doc: str
    sha256: str
    source: str | None
    title: str | None = None
    doc_number: str | None = None
    addressee: str | None = None
    issuers: list[str] = field(default_factory=list)
    date: str | None = None
    sections: list[Section] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    citations: list[CitedDocument] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    status: str = "proposal"

    def to_json(self) -> dict[str, Any]:
        """The plan as plain data, in the scorer's schema with our own fields beside it."""
        return asdict(self)

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Plan:
        """The plan that `to_json` wrote. TypeError or KeyError where it is none."""
        nested = {
            "sections": Section, "citations": CitedDocument, "effects": Effect,
        }  # fmt: skip
        known = {field.name for field in fields(cls)}
        whole = {name: value for name, value in plain.items() if name in known and name not in nested and name not in ("measures", "goals")}
        plan = cls(**whole)
        for name, kind in nested.items():
            setattr(plan, name, [kind(**one) for one in plain.get(name, [])])
        plan.measures = [
            Measure(**{**one, **_parts(one), "responsible": [Body(**body) for body in one["responsible"]]}) for one in plain["measures"]
        ]
        plan.goals = [Goal(**{**one, **_parts(one)}) for one in plain.get("goals", [])]
        return plan

    def questions(self) -> list[tuple[str, Element]]:
        """What a person must confirm: (where, element) of every element with a reason, in the order of the text."""
        out: list[tuple[str, Element]] = []
        for section in self.sections:
            out += [(section.number, section)] if section.reason else []
        for measure in self.measures:
            parts: list[Element] = [measure, *measure.responsible, *measure.quantities, *measure.deadlines, *measure.subsidies]
            out += [(measure.id, part) for part in parts if part.reason]
        for goal in self.goals:
            out += [("goals", part) for part in (*goal.quantities, *goal.deadlines, *goal.subsidies) if part.reason]
        return sorted(out, key=lambda pair: (pair[1].start, pair[1].end))


def _parts(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "quantities": [Quantity(**one) for one in plain["quantities"]],
        "deadlines": [Deadline(**one) for one in plain["deadlines"]],
        "subsidies": [Subsidy(**one) for one in plain["subsidies"]],
    }
