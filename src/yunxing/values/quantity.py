"""Quantities with units from one closed table; exact conversion, exact comparison, rounding only for display.

A plant with 6.96 days of stock shows 7.0 and still fails "7 days or more": values are compared as they are and rounded when shown.
Standard coal and electricity are different dimensions on purpose: what one kilowatt-hour weighs in coal (当量值 or 等价值) is a
coefficient of a document and a year, so it stands in a plan pack, never in this table.
Source: unit tables of GB 3100 and the trade's handbook; 1 亩 = 2000/3 m².
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from types import MappingProxyType

from yunxing.values.errors import BadInput, nearest

_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
_PLAIN = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_LOOKALIKE = {"O": "the letter O", "o": "the letter o", "l": "the letter l", "I": "the letter I", "〇": "the sign 〇"}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its name, what it measures, and how many of the dimension's smallest named unit it holds, as an exact fraction."""

    name: str
    dimension: str
    factor: Fraction


# dimension: unit (or aliases joined by "=") → factor. The unit with factor 1 is the dimension's own.
_TABLE: dict[str, dict[str, int | Fraction]] = {
    "money": {"分": 1, "角": 10, "元": 100, "千元": 10**5, "万元": 10**6, "百万元": 10**8, "千万元": 10**9, "亿元": 10**10},
    "foreign money (USD)": {"美元": 1, "万美元": 10**4, "亿美元": 10**8},
    "mass": {"克=g": Fraction(1, 1000), "千克=公斤=kg": 1, "吨=t": 1000, "万吨=万t": 10**7, "亿吨": 10**11},
    "mass a year": {"千克/年=kg/a": 1, "吨/年=t/a": 1000, "万吨/年": 10**7},
    "mass a day": {"吨/日=吨/天=t/d": 1, "万吨/日=万吨/天": 10**4},
    "standard coal": {"千克标准煤=kgce": 1, "吨标准煤=tce": 1000, "万吨标准煤=万tce": 10**7},
    "energy": {"千焦=kJ": 1, "兆焦=MJ": 1000, "千瓦时=kWh": 3600, "吉焦=GJ": 10**6, "兆瓦时=MWh": 3600 * 1000, "万千瓦时=万kWh": 36 * 10**6, "亿千瓦时=亿kWh": 36 * 10**10},
    "power": {"千瓦=kW": 1, "兆瓦=MW": 1000, "万千瓦=万kW": 10**4},
    "area": {"平方米=m²=m2": 1, "亩": Fraction(2000, 3), "公顷=ha": 10**4, "万平方米": 10**4, "万亩": Fraction(2 * 10**7, 3), "平方公里=平方千米=km²": 10**6},
    "volume": {"升": Fraction(1, 1000), "立方米=m³=m3": 1, "万立方米": 10**4, "亿立方米": 10**8},
    "length": {"毫米=mm": Fraction(1, 1000), "米=m": 1, "公里=千米=km": 1000},
    "transport": {"吨公里": 1, "万吨公里": 10**4, "亿吨公里": 10**8},
    "share": {"‰": Fraction(1, 1000), "%": Fraction(1, 100), "倍": 1},
    "points": {"百分点=个百分点": 1},
    "calendar days": {"天=日": 1, "周": 7},
    "working days": {"工作日=个工作日": 1},
    "months": {"个月=月": 1, "年": 12},
    "hours": {"分钟": Fraction(1, 60), "小时": 1},
    "containers": {"TEU=标箱=标准箱": 1, "万TEU=万标箱": 10**4},
    "firms": {"家": 1, "万家": 10**4},
    "households": {"户": 1, "万户": 10**4},
    "pieces": {"个": 1, "万个": 10**4},
    "items": {"项": 1},
    "people": {"人=名": 1, "万人": 10**4},
    "visits": {"人次": 1, "万人次": 10**4},
    "vehicles": {"辆": 1, "万辆": 10**4},
    "machines": {"台": 1, "万台": 10**4},
    "sets": {"套=台套=台（套）": 1, "万套": 10**4},
    "ship calls": {"艘次": 1},
    "ships": {"艘": 1},
    "trains": {"列": 1},
    "times": {"次": 1},
    "cases": {"件": 1, "万件": 10**4},
}  # fmt: skip


def _index() -> dict[str, Unit]:
    return {
        alias: Unit(names.partition("=")[0], dimension, Fraction(factor))
        for dimension, units in _TABLE.items()
        for names, factor in units.items()
        for alias in names.split("=")
    }


UNITS: Mapping[str, Unit] = MappingProxyType(_index())


def unit(name: str) -> Unit:
    """The unit of that name or alias (``kg``, ``千克``, ``公斤``). An unknown one is BadInput with the nearest known one.

    >>> unit("公斤").name, unit("万吨").factor
    ('千克', Fraction(10000000, 1))
    """
    wanted = name.strip()
    found = UNITS.get(wanted) or UNITS.get("".join(unicodedata.normalize("NFKC", wanted).split()))
    if found is None:
        near = nearest(wanted, UNITS)
        raise BadInput(f"“{name}” is no known unit." + (f" Did you mean “{near}”?" if near else ""))
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """An exact value with its unit. Equal amounts are equal in any unit of the dimension; unlike dimensions are never equal.

    Ordering, adding and converting unlike dimensions is refused (BadInput); floats are refused.

    >>> Quantity(25, "万吨") == Quantity(250_000, "吨"), Quantity(1, "公顷").to("亩")
    (True, Quantity(value=Fraction(15, 1), unit='亩'))
    """

    value: Fraction
    unit: str

    def __init__(self, value: Fraction | int, unit_name: str) -> None:
        if isinstance(value, bool) or not isinstance(value, int | Fraction):
            raise BadInput(f"The value {value!r} of a quantity is not exact; give an int or a Fraction.")
        object.__setattr__(self, "value", Fraction(value))
        object.__setattr__(self, "unit", unit(unit_name).name)

    @property
    def dimension(self) -> str:
        """What it measures."""
        return UNITS[self.unit].dimension

    @property
    def _base(self) -> Fraction:
        return self.value * UNITS[self.unit].factor

    def to(self, unit_name: str) -> "Quantity":
        """The same amount in another unit of the dimension, exactly."""
        target = unit(unit_name)
        self._same(target.dimension, target.name)
        return Quantity(self._base / target.factor, target.name)

    def _same(self, dimension: str, other: str) -> None:
        if dimension != self.dimension:
            raise BadInput(f"{self.unit} measures {self.dimension} and {other} measures {dimension}: they cannot be put together.")

    def _other(self, other: "Quantity") -> Fraction:
        self._same(other.dimension, other.unit)
        return other._base

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Quantity) and self.dimension == other.dimension and self._base == other._base

    def __hash__(self) -> int:
        return hash((self.dimension, self._base))

    def __lt__(self, other: "Quantity") -> bool:
        return self._base < self._other(other)

    def __le__(self, other: "Quantity") -> bool:
        return self._base <= self._other(other)

    def __gt__(self, other: "Quantity") -> bool:
        return self._base > self._other(other)

    def __ge__(self, other: "Quantity") -> bool:
        return self._base >= self._other(other)

    def __add__(self, other: "Quantity") -> "Quantity":
        return Quantity(self.value + self._other(other) / UNITS[self.unit].factor, self.unit)

    def __sub__(self, other: "Quantity") -> "Quantity":
        return Quantity(self.value - self._other(other) / UNITS[self.unit].factor, self.unit)

    def __neg__(self) -> "Quantity":
        return Quantity(-self.value, self.unit)

    def __mul__(self, times: Fraction | int) -> "Quantity":
        return Quantity(self.value * times, self.unit)

    __rmul__ = __mul__


LONGEST = 1000
"""Signs of a number that is read; nobody writes a longer one by hand."""


def parse_number(text: str) -> Fraction:
    """The exact number a person wrote: full-width digits, thousands marks in threes and spaces around are accepted.

    A letter that looks like a digit, a mark in the wrong place, an exponent or a percent sign is BadInput that says which.

    >>> parse_number("１,２０３．５ "), parse_number("-7")
    (Fraction(2407, 2), Fraction(-7, 1))
    """
    folded = unicodedata.normalize("NFKC", text).strip().replace("−", "-")
    if len(folded) > LONGEST:
        raise BadInput(f"“{text[:20]}…” is no number: it has {len(folded)} signs, at most {LONGEST} are read")
    if _PLAIN.fullmatch(folded):
        return Fraction(folded)
    if _GROUPED.fullmatch(folded):
        return Fraction(folded.replace(",", ""))
    raise BadInput(f"“{text}” is no number" + _why(folded) + "; write for example 1203 or 1,203.5.")


def _why(folded: str) -> str:
    if not folded:
        return ": nothing is written"
    for sign in folded:
        if sign in _LOOKALIKE and any(c.isdigit() for c in folded):
            return f": it holds {_LOOKALIKE[sign]} where a digit should stand"
    if "," in folded and _PLAIN.fullmatch(folded.replace(",", "")):
        return ": its thousands marks do not stand in threes"
    strange = next((c for c in folded if c not in "0123456789+-,."), None)
    return f": it holds “{strange}”" if strange else ""


_QUANTITY = re.compile(r"\s*([+\-−＋－]?[0-9０-９Oo][0-9０-９Ool,，.．]*)\s*(\S.*?)\s*")


def parse_quantity(text: str) -> Quantity:
    """A number with its unit, as in ``25万吨`` or ``1,372 个``; an unknown unit or no unit is BadInput.

    >>> parse_quantity("25万吨")
    Quantity(value=Fraction(25, 1), unit='万吨')
    """
    found = _QUANTITY.fullmatch(text)
    if found is None:
        raise BadInput(f"“{text}” is no quantity; write a number and its unit, for example 25万吨.")
    return Quantity(parse_number(found[1]), found[2])


def half_up(exact: Fraction) -> int:
    """The nearest whole number, halves away from zero.

    >>> half_up(Fraction(5, 2)), half_up(Fraction(-5, 2)), half_up(Fraction(-1, 3))
    (3, -3, 0)
    """
    whole = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return -whole if exact < 0 else whole


def format_number(value: Fraction | int, places: int, grouped: bool = True) -> str:
    """The number rounded half-up (away from zero) to ``places`` decimals, thousands in threes; for display only, never to compare.

    >>> format_number(Fraction(696, 100), 1), format_number(Fraction(429, 20), 1), format_number(1569844, 2)
    ('7.0', '21.5', '1,569,844.00')
    """
    if places < 0:
        raise BadInput("A number is shown with zero or more decimals.")
    exact = Fraction(value)
    digits = half_up(abs(exact) * 10**places)
    whole, rest = divmod(digits, 10**places)
    sign = "-" if exact < 0 and digits else ""
    body = f"{whole:,}" if grouped else str(whole)
    return f"{sign}{body}.{rest:0{places}d}" if places else f"{sign}{body}"


class Comparator(Enum):
    """How a value is held against a bound. ``le`` and ``ge`` include the bound, as 以上, 以下 and 以内 do in law; ``lt`` and ``gt`` do not."""

    eq = "eq"
    le = "le"
    ge = "ge"
    lt = "lt"
    gt = "gt"
    approx = "approx"
    range = "range"

    @property
    def zh(self) -> str:
        """The words of a page."""
        return _COMPARATOR_ZH[self.value]


_COMPARATOR_ZH = {"eq": "等于", "le": "不超过", "ge": "不低于", "lt": "低于", "gt": "超过", "approx": "约", "range": "介于"}

Comparable = Fraction | int | Quantity
APPROX_TOLERANCE = Fraction(1, 20)


def holds(
    value: Comparable,
    comparator: Comparator,
    bound: Comparable | tuple[Comparable, Comparable],
    tolerance: Fraction = APPROX_TOLERANCE,
) -> bool:
    """Whether an unrounded value stands in the named relation to the bound.

    ``range`` takes a pair (low, high), both included. ``approx`` holds within ``tolerance`` of the bound (5 % is a platform default,
    not a law). Numbers go with numbers and quantities with quantities of the same dimension; all else is BadInput.

    >>> holds(Fraction(696, 100), Comparator.ge, 7), holds(7, Comparator.ge, 7)
    (False, True)
    """
    if comparator is Comparator.range:
        if not isinstance(bound, tuple):
            raise BadInput("A range needs two bounds, low and high.")
        low, high = bound
        return holds(value, Comparator.ge, low) and holds(value, Comparator.le, high)
    if isinstance(bound, tuple):
        raise BadInput(f"The comparison {comparator.value} takes one bound.")
    left, right = _pair(value, bound)
    match comparator:
        case Comparator.eq:
            return left == right
        case Comparator.le:
            return left <= right
        case Comparator.ge:
            return left >= right
        case Comparator.lt:
            return left < right
        case Comparator.gt:
            return left > right
        case _:
            return abs(left - right) <= abs(right) * tolerance


def _pair(value: Comparable, bound: Comparable) -> tuple[Fraction, Fraction]:
    if isinstance(value, Quantity) and isinstance(bound, Quantity):
        return value._base, value._other(bound)
    if isinstance(value, Quantity) or isinstance(bound, Quantity):
        raise BadInput("A quantity is compared with a quantity, a bare number with a bare number.")
    return Fraction(value), Fraction(bound)
