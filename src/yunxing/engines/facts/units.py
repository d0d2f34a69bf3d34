"""The units of forms: how many stored units one printed unit holds, exactly. 1 亿元 = 10 000 万元 = 10^10 fen; 1 万吨 = 10^7 kg."""

from __future__ import annotations

from dataclasses import dataclass

from yunxing.engines.facts.form import ItemType


@dataclass(frozen=True, slots=True)
class Unit:
    """A printed unit: `per` stored units (int64 in the store) in one of it."""

    name: str
    stored: str
    per: int


_MONEY = {"分": 1, "元": 10**2, "千元": 10**5, "万元": 10**6, "百万元": 10**8, "亿元": 10**10}
_MASS = {"千克": 1, "公斤": 1, "kg": 1, "吨": 10**3, "t": 10**3, "千吨": 10**6, "万吨": 10**7, "亿吨": 10**11}
_POWER = {"千瓦时": 1, "度": 1, "kWh": 1, "kwh": 1, "万千瓦时": 10**4, "万度": 10**4, "亿千瓦时": 10**8, "兆瓦时": 10**3, "MWh": 10**3}
_RATE = {"%": 100, "百分点": 100}  # U+FF05 is folded to % before the look-up
_COUNT = ("人", "家", "户", "天", "日", "个", "项", "艘次", "次", "千卡/千克", "kcal/kg", "指数", "")

UNITS: dict[str, Unit] = {
    **{name: Unit(name, "fen", per) for name, per in _MONEY.items()},
    **{name: Unit(name, "kg", per) for name, per in _MASS.items()},
    **{name: Unit(name, "kWh", per) for name, per in _POWER.items()},
    **{name: Unit(name, "0.01%", per) for name, per in _RATE.items()},
    **{name: Unit(name, "1", 1) for name in _COUNT if name},
    "万人": Unit("万人", "1", 10**4),
}

STORED: dict[ItemType, tuple[str, ...]] = {
    "money": ("fen",),
    "volume": ("kg", "kWh"),
    "count": ("1",),
    "rate": ("0.01%", "0.0001"),
    "flag": ("0/1",),
    "choice": ("index",),
    "date": ("days since 1970-01-01",),
    "text": ("text",),
}


def unit_of(printed: str) -> Unit | None:
    """The unit of that printed name; None when it is not known."""
    return UNITS.get(printed.strip())


def convertible(printed: str, declared: str) -> Unit | None:
    """The printed unit when a value in it can be kept as the declared one is; None when it is unknown or of another dimension.

    >>> convertible("亿元", "万元").per, convertible("吨", "万元") is None
    (10000000000, True)
    """
    here, there = unit_of(printed), unit_of(declared)
    return here if here and there and here.stored == there.stored else None
