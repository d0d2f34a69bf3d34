"""Daily forms of the synthetic city: power units with outages and deratings, and firms that work on under an emergency. All made up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from yunxing.city.chance import stream
from yunxing.city.further import Member
from yunxing.city.settings import Settings
from yunxing.engines.facts.layout import Row
from yunxing.engines.facts.sheet import CellValue
from yunxing.values.period import Month

CAUSES = ("coal_shortage", "coal_quality", "equipment", "environment", "heat", "grid", "other")
CAUSE_SHARES = (0.12, 0.18, 0.32, 0.12, 0.16, 0.06, 0.04)
SUMMER, OVERHAUL = (6, 7, 8), (4, 5, 10)  # months of peak load, and months in which units are overhauled
MODES = ("正常", "闭环", "部分停产", "停产")


def power_rows(_settings: Settings, seed: int, members: Sequence[Member], month: Month) -> list[Row]:
    """One row a unit and day. Hours make 24; energy made and energy lost stay within the nominal."""
    rows = []
    for member in members:
        rng = stream(seed, f"power {member.id} {month.code}")
        nominal = int(member.attributes["nominal_kw"]) * 24  # kWh a day
        days = (month.end - month.start).days + 1
        overhaul = range(3, 3 + int(rng.integers(8, 20))) if month.month in OVERHAUL and rng.random() < 0.3 else range(0)
        left = 0  # half hours of an outage still to come
        for day in range(days):
            planned, unplanned, starts = 48 if day in overhaul else 0, 0, 0
            if not planned:
                if not left and rng.random() < 0.012:
                    left, starts = int(rng.integers(6, 110)), 1
                unplanned = min(48, left)
                left -= unplanned
            else:
                left = 0
            reserve = 48 - planned - unplanned if not planned and month.month not in SUMMER and rng.random() < 0.04 else 0
            service = 48 - planned - unplanned - reserve
            load = float(rng.uniform(0.72, 0.9) if month.month in SUMMER else rng.uniform(0.6, 0.82))
            made = int(nominal * service / 48 * load)
            lost = int(nominal * service / 48 * float(rng.uniform(0.02, 0.09))) if service and rng.random() < 0.16 else 0
            cause = int(rng.choice(len(CAUSES), p=CAUSE_SHARES))
            cells: dict[str, CellValue] = {
                "service_hours/value/day": Decimal(service) / 2,
                "reserve_hours/value/day": Decimal(reserve) / 2,
                "planned_hours/value/day": Decimal(planned) / 2,
                "unplanned_hours/value/day": Decimal(unplanned) / 2,
                "unplanned_starts/value/day": starts,
                "generated/value/day": Decimal(made // 100).scaleb(-2),
                "capacity_energy/value/day": Decimal(nominal // 100).scaleb(-2),
            }
            cells |= {f"lost_{name}/value/day": Decimal(lost // 100 if at == cause else 0).scaleb(-2) for at, name in enumerate(CAUSES)}
            rows.append(Row(member.id, member.name, cells, day=month.start + timedelta(days=day)))
    return rows


def continuity_rows(_settings: Settings, seed: int, members: Sequence[Member], month: Month) -> list[Row]:
    """One row a firm and day: staff fall back and return over the month."""
    rows = []
    for place, member in enumerate(members):
        rng = stream(seed, f"continuity {member.id} {month.code}")
        needed = 120 + int(880 * min(member.weight, 3.0))
        worst = float(rng.uniform(0.05, 0.6))
        for day in range((month.end - month.start).days + 1):
            share = min(1.0, worst + (1 - worst) * day / 22)
            mode = 3 if share < 0.12 else 2 if share < 0.4 else 1 if share < 0.95 else 0
            cells: dict[str, CellValue] = {
                "mode/value/day": MODES[mode],
                "staff_in/value/day": int(needed * share),
                "staff_needed/value/day": needed,
                "supply_days/value/day": 3 + (place + day) % 9,
            }
            rows.append(Row(member.id, member.name, cells, day=month.start + timedelta(days=day)))
    return rows
