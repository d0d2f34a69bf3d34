"""The units of forms: how many stored units one printed unit holds, exactly. 1 亿元 = 10 000 万元 = 10^10 fen; 1 万吨 = 10^7 kg.

Units come from `values.quantity`; here stands only in which of them the facts store keeps each dimension.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from yunxing.engines.facts.form import ItemType
from yunxing.values import quantity
from yunxing.values.errors import BadInput


@dataclass(frozen=True, slots=True)
class Unit:
    """A printed unit: `per` stored units (int64 in the store) in one of it; unlike dimensions are never converted."""

    name: str
    dimension: str
    stored: str
    per: int


# dimension of values.quantity → (name of the stored unit, its factor there)
_KEPT = {
    "money": ("fen", Fraction(1)),
    "mass": ("kg", Fraction(1)),
    "energy": ("kWh", Fraction(3600)),
    "share": ("0.01%", Fraction(1, 10000)),
    "points": ("0.01%", Fraction(1, 100)),
    "standard coal": ("kgce", Fraction(1)),
    "area": ("m2", Fraction(1)),
    "volume": ("m3", Fraction(1)),
    "length": ("mm", Fraction(1, 1000)),
    "hours": ("min", Fraction(1, 60)),
    "containers": ("0.01 TEU", Fraction(1, 100)),
    "power": ("kW", Fraction(1)),
    "transport": ("t.km", Fraction(1)),
}
_ALIASES = {"度": "千瓦时", "万度": "万千瓦时", "亿度": "亿千瓦时", "％": "%", "公斤": "千克"}
_OWN = {
    "千卡/千克": Unit("千卡/千克", "heat value", "1", 1),
    "kcal/kg": Unit("千卡/千克", "heat value", "1", 1),
    "千克标准煤/吨": Unit("千克标准煤/吨", "energy to a tonne", "0.0001", 10_000),
    "kgce/t": Unit("千克标准煤/吨", "energy to a tonne", "0.0001", 10_000),
    "元/月": Unit("元/月", "wage", "1", 1),
    "宗": Unit("宗", "parcels", "1", 1),
    "场": Unit("场", "events", "1", 1),
    "张": Unit("张", "vouchers", "1", 1),
    "门": Unit("门", "courses", "1", 1),
    # a published series keeps its own unit; four decimals are stored
    "公布单位": Unit("公布单位", "as published", "0.0001", 10000),
}

STORED: dict[ItemType, tuple[str, ...]] = {
    "money": ("fen",),
    "volume": ("kg", "kWh", "kgce", "m2", "m3", "mm", "min", "0.01 TEU", "kW", "t.km"),
    "count": ("1",),
    "rate": ("0.01%", "0.0001"),
    "flag": ("0/1",),
    "choice": ("index",),
    "date": ("days since 1970-01-01",),
    "text": ("text",),
}


@lru_cache(maxsize=256)
def unit_of(printed: str) -> Unit | None:
    """The unit of that printed name; None when it is not known or cannot be stored exactly."""
    name = printed.strip()
    name = _ALIASES.get(name, name)
    if name in _OWN:
        return _OWN[name]
    try:
        known = quantity.unit(name)
    except BadInput:
        return None
    stored, factor = _KEPT.get(known.dimension, ("1", Fraction(1)))
    per = known.factor / factor
    return Unit(known.name, known.dimension, stored, per.numerator) if per.denominator == 1 else None


def convertible(printed: str, declared: str) -> Unit | None:
    """The printed unit when a value in it can be kept as the declared one is; None when it is unknown or of another dimension.

    >>> convertible("亿元", "万元").per, convertible("吨", "万元") is None
    (10000000000, True)
    """
    here, there = unit_of(printed), unit_of(declared)
    return here if here and there and here.dimension == there.dimension else None
