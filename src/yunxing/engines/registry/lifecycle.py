"""升规纳统: from candidate to above scale and out again. Membership is a fact of the statistics' list, never computed from this month's revenue.

A grown enterprise (升规) enters once a year, with the annual report: its first month on the list is January. A newly built one (新投产) enters in the month
after its admission. Who leaves has a reason; who was taken off for good (注销) does not come back under the same code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from yunxing.engines.registry.catalogue import Threshold
from yunxing.engines.registry.history import overlaps
from yunxing.engines.registry.parties import Membership
from yunxing.values.errors import Fault

Stage = Literal["outside", "candidate", "above", "out"]
ENTRY = ("升规", "新投产", "合并", "分立", "行业变更", "地区变更")
EXIT = ("退规", "注销", "合并", "分立", "行业变更", "地区变更")
FINAL = ("注销",)
NEAR = Fraction(4, 5)  # from four fifths of the line on, an enterprise is cultivated as a candidate
STAGES: dict[Stage, tuple[str, str]] = {
    "outside": ("规下", "below the line"),
    "candidate": ("升规培育", "candidate"),
    "above": ("规上", "above scale"),
    "out": ("已退出", "has left"),
}


def stage(members: Iterable[Membership], day: date, revenue: int | None = None, line: Threshold | None = None) -> Stage:
    """Where an enterprise stands on a day, from its memberships of the above-scale list (days included at both ends) and its yearly revenue in fen.

    Who is on the list is above, whatever it earns; who reaches four fifths of the line without being on it is a candidate, also after having left.
    """
    begun = [one for one in members if one.valid_from <= day]
    if any(one.valid_on(day) for one in begun):
        return "above"
    if revenue is not None and line is not None and revenue >= NEAR * line.revenue:
        return "candidate"
    return "out" if begun else "outside"


@dataclass(frozen=True, slots=True)
class Reach:
    """A candidate's revenue beside the line: how much is missing (0 when it is reached) in fen."""

    party: str
    revenue: int
    missing: int

    @property
    def reached(self) -> bool:
        """Whether the line is reached (以上 includes the line): it should be admitted."""
        return self.missing == 0


def candidates(revenues: Mapping[str, int], above: frozenset[str], line: Threshold) -> list[Reach]:
    """Who is not on the list and reaches at least four fifths of the line, those nearest to it or past it first."""
    found = [Reach(party, revenue, max(0, line.revenue - revenue)) for party, revenue in revenues.items() if party not in above]
    return sorted((one for one in found if one.revenue >= NEAR * line.revenue), key=lambda one: (-one.revenue, one.party))


def faults(members: Iterable[Membership]) -> list[Fault]:
    """What cannot be in one enterprise's history of the above-scale list: overlapping terms, an unknown reason, a grown firm that enters in mid-year,
    a return after being struck off. A reason not given (kept from old lists) is no fault.
    """
    found = [
        Fault(
            "名录",
            later.party,
            f"两段在册期重叠：{earlier.valid_from} 起与 {later.valid_from} 起",
            "前一段先结束",
            fix="填写前一段的移出日期",
        )
        for earlier, later in overlaps(members)
    ]
    ordered = sorted(members, key=lambda one: one.valid_from)
    struck: Membership | None = None
    for one in ordered:
        entry, left = str(one.attributes.get("entry", "")), one.reason if one.valid_to else ""
        entry = entry or ("" if one.valid_to else one.reason)
        if struck is not None:
            found.append(
                Fault("名录", one.party, f"{struck.valid_to} 已{struck.reason}，{one.valid_from} 又列入", "注销后不再以同一代码列入")
            )
        if entry and entry not in ENTRY:
            found.append(Fault("名录", one.party, f"入库原因“{entry}”", "、".join(ENTRY)))
        if left and left not in EXIT:
            found.append(Fault("名录", one.party, f"退库原因“{left}”", "、".join(EXIT)))
        if entry == "升规" and (one.valid_from.month, one.valid_from.day) != (1, 1):
            found.append(
                Fault(
                    "名录", one.party, f"升规企业 {one.valid_from} 列入", "1月1日列入", why="升规随年报入库，新投产随月报入库",
                    fix="核对入库方式：新建投产的填“新投产”", severity="warn",
                )
            )  # fmt: skip
        struck = one if left in FINAL else struck
    return found
