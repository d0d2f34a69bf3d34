"""How a stored figure is printed: one table for pages, workbooks, bulletins and signals.

The store keeps whole numbers in small units (fen, kg, kWh); people read 亿元, 万吨, 万千瓦时. Here stands which unit a stored one becomes, with how many decimals,
and what every printed unit is called in English. Printing rounds half up, once; nothing is computed from what was printed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType

from yunxing.values.errors import BadInput, nearest
from yunxing.values.quantity import UNITS, format_number, unit

RATE_PLACES = 1


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored unit: its name in the table of units (empty for rates, which are never converted), and the printed units with their decimals, the largest first."""

    unit: str
    printed: tuple[tuple[str, int], ...]


# a stored unit → its own name → what it is printed in; the last printed unit serves whatever is smaller than one of the others
STORED: Mapping[str, Stored] = MappingProxyType(
    {
        "fen": Stored("分", (("亿元", 2), ("万元", 2))),
        "usd": Stored("美元", (("亿美元", 2), ("万美元", 2))),
        "kg": Stored("千克", (("万吨", 2), ("吨", 1))),
        "kgce": Stored("千克标准煤", (("万吨标准煤", 2), ("吨标准煤", 1))),
        "kWh": Stored("千瓦时", (("万千瓦时", 1),)),
        "kW": Stored("千瓦", (("万千瓦", 2),)),
        "m2": Stored("平方米", (("公顷", 2),)),
        "m3": Stored("立方米", (("万立方米", 2),)),
        "m": Stored("米", (("米", 0),)),
        "mm": Stored("毫米", (("米", 2),)),
        "min": Stored("分钟", (("小时", 1),)),
        "t.km": Stored("吨公里", (("万吨公里", 2),)),
        "days": Stored("天", (("天", 1),)),
        "workdays": Stored("工作日", (("工作日", 1),)),
        "hours": Stored("小时", (("小时", 1),)),
        "firms": Stored("家", (("家", 0),)),
        "reporters": Stored("户", (("户", 0),)),
        "people": Stored("人", (("人", 0),)),
        "visits": Stored("人次", (("人次", 0),)),
        "projects": Stored("项", (("项", 0),)),
        "vehicles": Stored("辆", (("辆", 0),)),
        "sets": Stored("台", (("台", 0),)),
        "trains": Stored("列", (("列", 0),)),
        "calls": Stored("艘次", (("艘次", 0),)),
        "TEU": Stored("TEU", (("TEU", 0),)),
        "cases": Stored("件", (("件", 0),)),
        "months": Stored("个月", (("个月", 0),)),
        "periods": Stored("次", (("次", 0),)),
        "times": Stored("倍", (("倍", 2),)),
        "1": Stored("个", (("个", 0),)),
        "%": Stored("", (("%", RATE_PLACES),)),
        "points": Stored("", (("个百分点", RATE_PLACES),)),
        "points2": Stored("", (("个百分点", 2),)),  # one enterprise's pull is often under a tenth of a point
        "0.01%": Stored("", (("%", 2),)),
        "index": Stored("", (("", RATE_PLACES),)),  # the base, or the same period of last year, is 100
    }
)

# stored units that hold a rate: printed with their own decimals whatever the card says
RATES = ("%", "points", "points2", "0.01%", "index")
PER_STORED = {"0.01%": 100}
ALIKE = frozenset({("firms", "户"), ("reporters", "家")})  # enterprises are counted in 家 or 户

# every printed unit in English
ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        "分": "fen",
        "元": "yuan",
        "万元": "ten thousand yuan",
        "亿元": "hundred million yuan",
        "美元": "US dollars",
        "万美元": "ten thousand US dollars",
        "亿美元": "hundred million US dollars",
        "千克": "kg",
        "吨": "tonnes",
        "万吨": "ten thousand tonnes",
        "千克标准煤": "kg of standard coal",
        "吨标准煤": "tonnes of standard coal",
        "万吨标准煤": "ten thousand tonnes of standard coal",
        "千瓦时": "kWh",
        "万千瓦时": "ten thousand kWh",
        "千瓦": "kW",
        "万千瓦": "ten thousand kW",
        "兆瓦": "MW",
        "平方米": "m²",
        "公顷": "hectares",
        "亩": "mu",
        "米": "metres",
        "毫米": "mm",
        "分钟": "minutes",
        "立方米": "m³",
        "万立方米": "ten thousand m³",
        "吨公里": "tonne-km",
        "万吨公里": "ten thousand tonne-km",
        "天": "days",
        "工作日": "working days",
        "个工作日": "working days",
        "小时": "hours",
        "年": "years",
        "个月": "months",
        "家": "firms",
        "户": "firms",
        "人": "persons",
        "人次": "visits",
        "项": "projects",
        "辆": "vehicles",
        "台": "machines",
        "列": "trains",
        "艘次": "calls",
        "件": "cases",
        "个": "pieces",
        "次": "times",
        "倍": "times",
        "个百分点": "points",
        "百分点": "points",
        "千卡/千克": "kcal/kg",
    }
)


def stored(name: str) -> Stored:
    """The stored unit of that name. An unknown one is BadInput with the nearest known one.

    >>> stored("fen").printed[0]
    ('亿元', 2)
    """
    found = STORED.get(name)
    if found is None:
        near = nearest(name, STORED)
        raise BadInput(f"the unit {name!r} is not one of {', '.join(STORED)}." + (f" Did you mean {near!r}?" if near else ""))
    return found


@lru_cache(maxsize=256)
def per(printed: str, name: str) -> Fraction:
    """How many stored units `name` one printed unit holds; BadInput where they measure unlike things.

    >>> per("亿元", "fen"), per("万吨", "kg"), per("万千瓦时", "kWh")
    (Fraction(10000000000, 1), Fraction(10000000, 1), Fraction(10000, 1))
    """
    own = unit(stored(name).unit) if stored(name).unit else None
    wanted = UNITS.get(printed)
    if own is None or wanted is None or own.dimension != wanted.dimension:
        raise BadInput(f"a figure stored in {name} is not printed in {printed}")
    return wanted.factor / own.factor


def fits(printed: str, name: str) -> bool:
    """Whether a figure stored in `name` may be printed in `printed`.

    >>> fits("亿元", "fen"), fits("户", "firms"), fits("吨", "fen"), fits("亿元", "%")
    (True, True, False, False)
    """
    wanted, known = UNITS.get(printed), stored(name)
    if name in RATES or wanted is None:
        return False
    return (name, printed) in ALIKE or wanted.dimension == UNITS[known.unit].dimension


@dataclass(frozen=True, slots=True)
class Printing:
    """A figure ready for print: the exact value in the printed unit, the decimals, and the unit in both languages."""

    value: Fraction
    places: int
    unit: str

    @property
    def digits(self) -> str:
        """The number, rounded half up, in threes."""
        return format_number(self.value, self.places)

    def text(self, language: str = "zh") -> str:
        """Digits and unit: `418.00亿元`, `8.6%`, `-3.3 points`.

        >>> printing(Fraction(418_0000_0000_00), "fen").text(), printing(Fraction(-33, 10), "points").text("en")
        ('418.00亿元', '-3.3 points')
        """
        if self.unit == "%":
            return f"{self.digits}%"
        return f"{self.digits}{self.unit}" if language == "zh" else f"{self.digits} {in_english(self.unit)}"


def in_english(printed: str) -> str:
    """The printed unit in English; itself where it has no English name (TEU, %)."""
    return ENGLISH.get(printed, printed)


def printing(value: Fraction | int, name: str, wanted: str = "", places: int | None = None) -> Printing:
    """The figure as it is printed. `wanted` and `places` are a card's own choice; without it the largest printed unit of which there is at least one.

    >>> printing(Fraction(99 * 10**8), "fen").text(), printing(Fraction(99 * 10**8), "fen", "亿元", 2).text()
    ('9,900.00万元', '0.99亿元')
    """
    exact = Fraction(value)
    known = stored(name)
    if name in RATES:
        printed, decimals = known.printed[0]
        return Printing(exact / PER_STORED.get(name, 1), decimals, printed)
    if wanted and fits(wanted, name):
        decimals = places if places is not None else dict(known.printed).get(wanted, 0)
        return Printing(exact / (1 if (name, wanted) in ALIKE else per(wanted, name)), decimals, wanted)
    for printed, decimals in known.printed:
        size = per(printed, name)
        if abs(exact) >= size or printed == known.printed[-1][0]:
            return Printing(exact / size, decimals, printed)
    raise AssertionError(f"{name}: no printed unit")  # the last one always serves


def own(value: Fraction | int, name: str) -> str:
    """The figure in its stored unit, as a formula shows it: whole numbers without decimals, else four; the unit is not repeated.

    >>> own(Fraction(1, 3), "days"), own(1500, "fen")
    ('0.3333', '1,500')
    """
    stored(name)
    exact = Fraction(value)
    return format_number(exact, 0 if exact.denominator == 1 else 4)
