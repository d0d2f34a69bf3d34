"""Parties and rosters on a day, and what the registry holds of them at which level.

A reporting unit (county, district, city-run zone) is not a region: a party has one of each. Rosters are dated memberships, never a live
computation: an enterprise is above scale from the day it is admitted to the day it is removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

# the kinds that forms ask about; a pack adds its own beside them (`engines.registry.catalogue`)
KINDS = ("enterprise", "project", "site", "office")
REASONS = ("升规", "新投产", "退规", "注销", "合并", "分立", "行业变更", "地区变更", "")


@dataclass(frozen=True, slots=True)
class Party:
    """One party of the registry. `valid_to` is the last day, included; None: still valid. `attributes` depend on the kind."""

    id: str
    kind: str
    name: str
    short_name: str
    unit: str
    region: str
    industry: str
    size: str
    parent: str
    valid_from: date
    valid_to: date | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def valid_on(self, day: date) -> bool:
        """Whether the party exists on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Membership:
    """A party on a roster from a day to a day, both included; None: still on it. `attributes`: the roster's own columns, such as who answers for it."""

    roster: str
    party: str
    valid_from: date
    valid_to: date | None = None
    reason: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, date]:
        """What makes a membership itself: one begins once."""
        return self.roster, self.party, self.valid_from

    def valid_on(self, day: date) -> bool:
        """Whether the party is on the roster on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class RegistryItem:
    """What the registry holds of a party: the same marks as an item of a form (level 1–4, origin, personal, retention, source)."""

    id: str
    title: str
    title_en: str
    level: int
    personal: bool = False
    origin: str = "administrative"
    retain: str = "永久"
    source: str = "collect"


ITEMS: tuple[RegistryItem, ...] = (
    RegistryItem("id", "编号（统一社会信用代码）", "id (credit code)", 1),
    RegistryItem("kind", "类别", "kind", 1),
    RegistryItem("name", "名称", "name", 1),
    RegistryItem("short_name", "简称", "short name", 1),
    RegistryItem("unit", "填报单位", "reporting unit", 1),
    RegistryItem("region", "行政区划代码", "region code", 1),
    RegistryItem("industry", "行业大类", "industry division", 1),
    RegistryItem("size", "规模", "size class", 2),
    RegistryItem("parent", "上级", "parent", 2),
    RegistryItem("valid_from", "起", "valid from", 2),
    RegistryItem("valid_to", "止", "valid to", 2),
    RegistryItem("attributes", "其他属性", "other attributes", 2),
)


def on_roster(memberships: Iterable[Membership], roster: str, day: date) -> frozenset[str]:
    """The parties on a roster on that day."""
    return frozenset(m.party for m in memberships if m.roster == roster and m.valid_on(day))
