"""Growth published beside growth computed. Two stored levels are compared only on one basis; what cannot be computed is said in words.

Published rates stand on a restated base that nobody prints: national profits of January–August 2018 rose 16.2 % as published, while the two printed totals give −10.1 %.
So a level carries its basis (panel, definition, price), and dividing levels of two bases is refused. Source: the statistics office's explanation of 可比口径.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from yunxing.engines.indicators.rows import UNDEFINED
from yunxing.values.errors import BasisMismatch
from yunxing.values.period import Period
from yunxing.values.quantity import format_number

NOT_COMPARABLE = "口径不可比"


@dataclass(frozen=True, slots=True)
class Level:
    """A stored total: its period, exact value in the stored unit, and the basis it stands on."""

    period: Period
    value: int
    basis: str


@dataclass(frozen=True, slots=True)
class Growth:
    """Growth of a period: the published rate and the computed one in percent, side by side, and why one of them is missing.

    `gap` = published − computed in points, where both stand on one basis: the line 「企业数据未解释部分」, never spread over enterprises. `ratio` is what two levels of unlike
    basis would give: printed only struck through, with `note`.
    """

    period: str
    published: Fraction | None
    computed: Fraction | None
    gap: Fraction | None = None
    ratio: Fraction | None = None
    absence: str | None = None
    note: str = ""

    def words(self) -> str:
        """What a page prints: the published rate first, the struck ratio as a note.

        >>> Growth("2018-01..12", Fraction(103, 10), None, ratio=Fraction(-1175, 100), note=NOT_COMPARABLE).words()
        '+10.3 %（−11.8 % 口径不可比）'
        """
        shown = self.published if self.published is not None else self.computed
        text = "—" if shown is None else f"{_signed(shown)} %"
        return f"{text}（{_signed(self.ratio)} % {self.note}）" if self.ratio is not None else text


def _signed(value: Fraction) -> str:
    text = format_number(value, 1)
    return f"−{text[1:]}" if text.startswith("-") else f"+{text}"


def growth(current: Level, base: Level) -> Fraction | None:
    """100·(current − base)/base, exactly; None when the base is not positive.

    Errors: `BasisMismatch` when the levels stand on two bases, or `base` is not the same period of the year before `current`.
    """
    if current.basis != base.basis:
        raise BasisMismatch(
            f"{current.period.code} stands on the basis {current.basis!r} and {base.period.code} on {base.basis!r}: two totals of unlike panels give no growth; "
            "use the published rate or last year's figure as restated."
        )
    if current.period.year_before() != base.period:
        raise BasisMismatch(f"{current.period.code} is compared with {current.period.year_before().code}, not with {base.period.code}.")
    return Fraction(100 * (current.value - base.value), base.value) if base.value > 0 else None


def side_by_side(current: Level, base: Level | None, published: Fraction | None) -> Growth:
    """The published rate beside the computed one. On two bases nothing is computed: the ratio is kept apart, to be shown struck with 「口径不可比」."""
    code = current.period.code
    if base is None:
        return Growth(code, published, None, absence=None if published is not None else UNDEFINED, note="没有上年同期数")
    if current.basis != base.basis:
        ratio = Fraction(100 * (current.value - base.value), base.value) if base.value > 0 else None
        return Growth(code, published, None, ratio=ratio, absence=None if published is not None else UNDEFINED, note=NOT_COMPARABLE)
    computed = growth(current, base)
    if computed is None:
        return Growth(code, published, None, absence=UNDEFINED, note="上年同期数不为正，不计算增速")
    return Growth(code, published, computed, gap=None if published is None else published - computed)


def signed_words(current: int, base: int) -> str | None:
    """Growth over a base that is not positive, in the words of releases; None when a percentage serves (base > 0 and current ≥ 0).

    >>> signed_words(-80, -50), signed_words(10, -5), signed_words(-1, 5), signed_words(-20, -50), signed_words(5, 0)
    ('增亏60.0%', '由亏转盈', '由盈转亏', '减亏60.0%', '—')
    """
    if base > 0:
        return None if current >= 0 else "由盈转亏"
    if base == 0:
        return "—"
    if current > 0:
        return "由亏转盈"
    share = format_number(Fraction(100 * abs(current - base), abs(base)), 1)
    if current == base:
        return "亏损持平"
    return f"增亏{share}%" if current < base else f"减亏{share}%"
