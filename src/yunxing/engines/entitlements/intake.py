"""From a profile to what rules read: integers, flags and unknowns, each inside its declared range or refused by name.

Absence is never zero: every kind of absence arrives as unknown. A row outside a declared range, or one whose dates stand in the wrong order,
is refused before anything is computed, so no amount ever rests on it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from yunxing.engines.entitlements.policy import Column, Sheet
from yunxing.engines.entitlements.tree import Type
from yunxing.values.errors import BadInput, Fault, nearest
from yunxing.values.money import format_money, parse_money, parse_rate
from yunxing.values.period import day_number, day_of

if TYPE_CHECKING:
    import polars as pl

UNKNOWN_WORDS = ("", "unknown", "未知", "not_due", "not_applicable", "not_reported", "suppressed", "undefined")
_COUNTED = re.compile(r"(天|日|人|人次|次|家|户|个|项|辆|件|台|年|次数)$")
_MOST_DIGITS = 30  # beyond any declared range; Python itself refuses to read thousands
_FLAGS = {"yes": True, "true": True, "是": True, "no": False, "false": False, "否": False}


def read_value(column: Column, written: Any) -> int | None:
    """One value as a person or a file wrote it: `18000 万元`, `2022-04-02`, 是, 5; None for unknown.

    Errors: `BadInput` saying what was found and what is expected. The range is not looked at here.
    """
    if written is None or (isinstance(written, str) and written.strip() in UNKNOWN_WORDS):
        return None
    if isinstance(written, float):
        raise BadInput(f"found the float {written}, expected {_expected(column)}")
    found = _read(column, written)
    if found is None:
        raise BadInput(f"found {written!r}, expected {_expected(column)}")
    return found


def _read(column: Column, written: Any) -> int | None:
    text = written.strip() if isinstance(written, str) else written
    match column.type:
        case Type.FEN:
            return parse_money(text) if isinstance(text, str) else text if type(text) is int else None
        case Type.FLAG:
            return text if isinstance(text, bool) else _FLAGS.get(text) if isinstance(text, str) else None
        case Type.DATE:
            return _day(text)
        case Type.CODE:
            return column.options.index(text) if text in column.options else -1 if isinstance(text, str) else None
        case Type.TEXT:
            return place_of(column, text) if isinstance(text, str) else None
        case Type.USD:
            return parse_money(f"{text.removesuffix('美元')}元") if isinstance(text, str) and text.endswith("美元") else _integer(text)
        case Type.RATE:
            return _rate(column, text)
        case Type.MONTHS:
            return _months(text)
        case _:
            return _whole(text)


def place_of(column: Column, text: str) -> int:
    """The place of the longest key of the column's lists that the text begins with (or is, where keys are whole); −1 where there is none."""
    places = _places(column.options)
    sizes = [len(text)] if column.whole else range(len(text), 0, -1)
    return next((places[text[:size]] for size in sizes if text[:size] in places), -1)


@lru_cache(maxsize=256)
def _places(options: tuple[str, ...]) -> dict[str, int]:
    return {name: place for place, name in enumerate(options)}


def _integer(value: Any) -> int | None:
    return value if type(value) is int else None


def _rate(column: Column, text: Any) -> int | None:
    if not isinstance(text, str):
        return _integer(text)
    exact = parse_rate(text) * column.denominator
    return exact.numerator if exact.denominator == 1 else None


def _months(text: Any) -> int | None:
    if isinstance(text, str) and (years := text.removesuffix("年")) != text:
        return int(years) * 12 if years.strip().isdecimal() and len(years) <= _MOST_DIGITS else None
    return _whole(text.removesuffix("个月") if isinstance(text, str) else text)


def _day(text: Any) -> int | None:
    if isinstance(text, date):
        return None if isinstance(text, datetime) else day_number(text)
    try:
        return day_number(date.fromisoformat(text)) if isinstance(text, str) else None
    except ValueError:
        return None


def _whole(text: Any) -> int | None:
    if isinstance(text, str):
        bare = _COUNTED.sub("", text).strip()
        return int(bare) if bare.isascii() and bare.removeprefix("-").isdigit() and len(bare) <= _MOST_DIGITS else None
    return text if type(text) is int else None


def _expected(column: Column) -> str:
    words = {
        Type.FEN: 'whole fen or text with a unit such as "18000 万元"',
        Type.FLAG: "true or false (是, 否)",
        Type.DATE: "a day such as 2022-04-02",
        Type.CODE: "one of " + ", ".join(column.options),
        Type.TEXT: "text, such as a customs code",
        Type.USD: 'whole US cents or text such as "300 万美元"',
        Type.RATE: 'a rate such as "3.85%", or whole steps of 0.0001%',
        Type.MONTHS: "a whole number of months",
    }
    return words.get(column.type, "a whole number") + ", or unknown"


def show(column: Column, value: int | None) -> str:
    """A value in words for a page: money exact to the fen, days as dates, codes by name."""
    if value is None:
        return "未知"
    match column.type:
        case Type.FEN:
            return money_words(value)
        case Type.FLAG:
            return "是" if value else "否"
        case Type.DATE:
            return day_of(value).isoformat()
        case Type.CODE:
            return column.options[value] if 0 <= value < len(column.options) else "?"
        case Type.DAYS:
            return f"{value} 天"
        case Type.TEXT:
            return column.options[value] if 0 <= value < len(column.options) else "名录外"
        case Type.USD:
            return f"{money_words(value).removesuffix('元')}美元"
        case Type.RATE:
            return percent(Fraction(value, column.denominator))
        case Type.MONTHS:
            return f"{value} 个月"
        case _:
            return str(value)


def percent(rate: Fraction) -> str:
    """A rate as percent with at least two decimals and as many as it needs; a fraction where it does not end.

    >>> percent(Fraction(37, 1000)), percent(Fraction(259, 20000)), percent(Fraction(1, 3))
    ('3.70%', '1.295%', '1/3')
    """
    scaled, places = rate * 100, 2
    while (scaled * 10**places).denominator != 1:
        places += 1
        if places > 9:
            return f"{rate.numerator}/{rate.denominator}"
    whole = str((scaled * 10**places).numerator).rjust(places + 1, "0")
    return f"{whole[:-places]}.{whole[-places:]}%"


def money_words(fen: int) -> str:
    """Whole 亿元 or 万元 where the amount is whole, else yuan to the fen: nothing is rounded away.

    >>> money_words(20 * 10**10), money_words(2000 * 10**6), money_words(5)
    ('20亿元', '2,000万元', '0.05元')
    """
    for unit, size in (("亿元", 10**10), ("万元", 10**6)):
        if fen and fen % size == 0:
            return format_money(fen, unit, 0)
    return format_money(fen, "元", 2)


def from_mapping(sheet: Sheet, profile: Mapping[str, Any], place: str) -> tuple[dict[str, int | None], list[Fault]]:
    """A profile as a row for the scalar target, and every fault of it: unreadable values, values out of range, dates out of order."""
    row: dict[str, int | None] = {}
    faults: list[Fault] = []
    for name, column in sheet.columns.items():
        try:
            row[name] = read_value(column, profile.get(name))
        except BadInput as refused:
            row[name] = None
            faults.append(Fault(place, name, *_found_expected(refused)))
    faults += [
        Fault(place, sheet.columns[name].name, show(sheet.columns[name], value), _range_words(sheet.columns[name]))
        for name, value in row.items()
        if value is not None and not sheet.columns[name].low <= value <= sheet.columns[name].high
    ]
    for a, b in sheet.row_checks:
        left, right = row[a], row[b]
        if left is not None and right is not None and left > right:
            faults.append(Fault(place, a, show(sheet.columns[a], left), f"not after {b}, {show(sheet.columns[b], right)}"))
    return row, faults


def _found_expected(refused: BadInput) -> tuple[str, str]:
    found, _, expected = refused.message.partition(", expected ")
    return found.removeprefix("found "), expected or "a value that can be read"


def _range_words(column: Column) -> str:
    if column.type in (Type.CODE, Type.TEXT):
        return "one of " + ", ".join(column.options)
    return f"{show(column, column.low)} to {show(column, column.high)}"


def unknown_keys(sheet: Sheet, profile: Mapping[str, Any], place: str) -> list[Fault]:
    """Keys of a profile that look like a misspelt column of this policy."""
    found = []
    for key in profile:
        guess = nearest(key, sheet.columns) if key not in sheet.columns else None
        if guess and guess not in profile:
            found.append(Fault(place, key, "a column no policy reads", f"{guess!r}", fix=f"did you mean {guess!r}?", severity="warn"))
    return found


def from_frame(frame: pl.LazyFrame, sheet: Sheet) -> pl.LazyFrame:
    """The frame with every declared column as int64 or boolean, unknown as null, columns it lacks all unknown.

    Errors: `BadInput` naming each column of a wrong type. Values out of range stay: `refusals` marks their rows.
    """
    import polars as pl

    schema = frame.collect_schema()
    faults, columns = [], {}
    for name, column in sheet.columns.items():
        kind = schema.get(name, pl.Null())
        wanted = pl.Boolean if column.type is Type.FLAG else pl.Int64
        if kind == pl.Null:
            columns[name] = pl.lit(None, dtype=wanted)
        elif column.type is Type.CODE and kind in (pl.String, pl.Categorical, pl.Enum):
            text = pl.col(name).cast(pl.String)
            numbered = text.replace_strict(list(column.options), list(range(len(column.options))), default=-1, return_dtype=pl.Int64)
            columns[name] = pl.when(text.is_null()).then(None).otherwise(numbered)
        elif column.type is Type.TEXT and kind in (pl.String, pl.Categorical, pl.Enum):
            columns[name] = _placed(pl.col(name).cast(pl.String), column)
        elif (column.type is Type.FLAG and kind == pl.Boolean) or (column.type is Type.DATE and kind == pl.Date):
            columns[name] = pl.col(name).cast(pl.Int32).cast(pl.Int64) if column.type is Type.DATE else pl.col(name)
        elif column.type not in (Type.FLAG, Type.DATE, Type.CODE, Type.TEXT) and kind.is_integer():
            columns[name] = pl.col(name).cast(pl.Int64)
        else:
            faults.append(Fault("profiles", f"column {name}", str(kind), _frame_type(column)))
    if faults:
        raise BadInput.from_faults(faults)
    return frame.with_columns(**columns)


def _placed(text: pl.Expr, column: Column) -> pl.Expr:
    """`place_of` for a whole column: the longest keys are tried first."""
    import polars as pl

    places = _places(column.options)
    sizes = [0] if column.whole else sorted({len(key) for key in places}, reverse=True)
    tried = []
    for size in sizes:
        keys = [key for key in places if not size or len(key) == size]
        begin = text if not size else text.str.slice(0, size)
        tried.append(begin.replace_strict(keys, [places[key] for key in keys], default=None, return_dtype=pl.Int64))
    return pl.when(text.is_null()).then(None).otherwise(pl.coalesce(*tried, pl.lit(-1, dtype=pl.Int64)))


def _frame_type(column: Column) -> str:
    return {Type.FEN: "int64 fen", Type.FLAG: "boolean", Type.DATE: "date", Type.CODE: "text", Type.TEXT: "text"}.get(column.type, "int64")


def refusals(sheet: Sheet) -> pl.Expr:
    """A mask: bit i where column i lies outside its range, then a bit for each row check that fails."""
    return mask(refused_bits(sheet))


def refused_bits(sheet: Sheet) -> list[pl.Expr]:
    """What makes a row unusable: each column out of its range, then each row check that fails."""
    import polars as pl

    outside = [~pl.col(one.name).is_between(one.low, one.high) for one in sheet.columns.values() if one.type is not Type.FLAG]
    return outside + [pl.col(a) > pl.col(b) for a, b in sheet.row_checks]


def any_of(bits: list[pl.Expr]) -> pl.Expr:
    """Whether one of them holds; null counts as not."""
    import polars as pl

    return pl.any_horizontal(*bits).fill_null(False) if bits else pl.lit(value=False)  # Polars' own signature


def mask(bits: list[pl.Expr]) -> pl.Expr:
    """Boolean expressions as the bits of an int64; null counts as not set."""
    import polars as pl

    total = pl.lit(0, dtype=pl.Int64)
    for i, bit in enumerate(bits):
        total = total + bit.fill_null(False).cast(pl.Int64) * (1 << i)  # Polars' own signature
    return total


def refusal_names(sheet: Sheet) -> list[str]:
    """What each bit of the refusal mask means."""
    return [c.name for c in sheet.columns.values() if c.type is not Type.FLAG] + [f"{a} <= {b}" for a, b in sheet.row_checks]
