"""Growth published beside growth computed. Two stored levels are compared only on one basis; what cannot be computed is said in words.

Published rates stand on a restated base that nobody prints: national profits of January–August 2018 rose 16.2 % as published, while the two printed totals give −10.1 %.
So a level carries its basis (panel, definition, price), and dividing levels of two bases is refused. Source: the statistics office's explanation of 可比口径.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from yunxing.engines.indicators.rows import UNDEFINED, Row
from yunxing.engines.indicators.series import Level, comparable
from yunxing.values.errors import BasisMismatch
from yunxing.values.quantity import format_number

NOT_COMPARABLE, NOT_COMPARABLE_EN = "口径不可比", "not comparable"
NO_BASE, NO_BASE_EN = "没有上年同期数", "no figure of last year"
NOTE_FROM = Fraction(1, 10)  # points: from here the gap between the two rates is worth a note (the room's habit)
# growth over a base that is not positive, and a fall into loss, as releases word them → English
SIGNED_EN = {
    "由盈转亏": "from profit to loss",
    "由亏转盈": "from loss to profit",
    "增亏": "loss up",
    "减亏": "loss down",
    "亏损持平": "loss unchanged",
}


@dataclass(frozen=True, slots=True)
class Growth:
    """Growth of a period: the published rate and the computed one in percent, side by side, and why one of them is missing.

    `basis` names the panel the computed rate stands on and `covered_share` (0..1) how much of last year's value reported. `gap` = published − computed in points, where both
    are there: the line 「企业数据未解释部分」, never spread over enterprises. `ratio` is what two totals of unlike basis would give: shown only struck through, with `note`.
    """

    period: str
    published: Fraction | None
    computed: Fraction | None
    basis: str = ""
    covered_share: Fraction | None = None
    gap: Fraction | None = None
    note: str = ""
    note_en: str = ""
    ratio: Fraction | None = None
    absence: str | None = None

    @property
    def told(self) -> Fraction | None:
        """The rate that is printed as the growth: the published one goes before the computed one; never the ratio of totals."""
        return self.published if self.published is not None else self.computed

    @property
    def worth_a_note(self) -> bool:
        """Whether published and computed lie more than 0.1 point apart (strictly)."""
        return self.gap is not None and abs(self.gap) > NOTE_FROM

    def words(self, language: str = "zh") -> str:
        """What a page prints: the published rate first, then the computed one where they part, the struck ratio as a note.

        >>> Growth("2018-01..12", Fraction(103, 10), None, ratio=Fraction(-1175, 100), note=NOT_COMPARABLE).words()
        '+10.3 %（−11.8 % 口径不可比）'
        >>> Growth("2022-01..09", Fraction(58, 10), Fraction(6), gap=Fraction(-2, 10)).words()
        '+5.8 %（企业数据 +6.0 %，未解释 −0.2 个百分点）'
        """
        shown = self.told
        text = "—" if shown is None else f"{_signed(shown)} %"
        notes = []
        if self.worth_a_note and self.computed is not None and self.gap is not None:
            if language == "zh":
                notes.append(f"企业数据 {_signed(self.computed)} %，未解释 {_signed(self.gap)} 个百分点")
            else:
                notes.append(f"from enterprises {_signed(self.computed)} %, {_signed(self.gap)} points unexplained")
        if self.ratio is not None and shown != self.ratio:
            notes.append(f"{_signed(self.ratio)} % {self.note if language == 'zh' else self.note_en or NOT_COMPARABLE_EN}")
        if not notes:
            return text
        return f"{text}（{'；'.join(notes)}）" if language == "zh" else f"{text} ({'; '.join(notes)})"


def _signed(value: Fraction) -> str:
    text = format_number(value, 1)
    return f"−{text[1:]}" if text.startswith("-") else f"+{text}"


def growth(current: Level, base: Level) -> Fraction | None:
    """100·(current − base)/base, exactly; None when the base is not positive or the current figure is a loss on a gain (words serve, see `signed_words`).

    Errors: `BasisMismatch` when the levels stand on two bases, or `base` is not the same period of the year before `current`.
    """
    if current.basis != base.basis:
        raise BasisMismatch(
            f"{current.period.code} stands on the basis {current.basis!r} and {base.period.code} on {base.basis!r}: two totals of unlike panels give no growth; "
            "use the published rate or last year's figure as restated."
        )
    comparable(current.period, base.period)
    if current.period.year_before() != base.period:
        raise BasisMismatch(f"{current.period.code} is compared with {current.period.year_before().code}, not with {base.period.code}.")
    return None if signed_words(current.value, base.value) else Fraction(100 * (current.value - base.value), base.value)


def side_by_side(current: Level, base: Level | None, published: Fraction | None, covered_share: Fraction | None = None) -> Growth:
    """The published rate beside the computed one. On two bases nothing is computed: the ratio is kept apart, to be shown struck with 「口径不可比」."""
    code, absence = current.period.code, None if published is not None else UNDEFINED
    if base is None:
        return Growth(code, published, None, current.basis, covered_share, note=NO_BASE, note_en=NO_BASE_EN, absence=absence)
    if current.basis != base.basis:
        ratio = level_ratio(current.value, base.value)
        return Growth(
            code,
            published,
            None,
            current.basis,
            covered_share,
            note=NOT_COMPARABLE,
            note_en=NOT_COMPARABLE_EN,
            ratio=ratio,
            absence=absence,
        )
    computed = growth(current, base)
    if computed is None:
        words = signed_words(current.value, base.value) or ""
        return Growth(code, published, None, current.basis, covered_share, note=words, note_en=in_english(words), absence=UNDEFINED)
    gap = None if published is None else published - computed
    return Growth(code, published, computed, current.basis, covered_share, gap)


def two_year_average(now: Fraction, before: Fraction, places: int = 9) -> Fraction | None:
    """The geometric mean of two years' growth in percent (两年平均), 100·(√((1+g₁)(1+g₂)) − 1), rounded half up to `places` decimals; None below −100 %.

    Releases print it where last year's base was out of the ordinary: 13.5 % over two years is 6.5 % a year.

    >>> two_year_average(Fraction(27, 2), Fraction(0), 1), two_year_average(Fraction(21), Fraction(21))
    (Fraction(13, 2), Fraction(21, 1))
    """
    if now < -100 or before < -100:
        return None
    scale = 10**places
    square = (100 + now) * (100 + before) * scale * scale  # of the growth factor in percent, times the scale
    whole = isqrt(square.numerator // square.denominator)
    if (2 * whole + 1) ** 2 <= 4 * square:
        whole += 1
    return Fraction(whole, scale) - 100


def level_ratio(current: int, base: int) -> Fraction | None:
    """What dividing two printed totals would give, in percent: never a growth, only a struck note beside one. None over a base that is not positive."""
    return Fraction(100 * (current - base), base) if base > 0 else None


def from_rows(row: Row, beside: Mapping[str, Row]) -> Growth:
    """The growth that a closed month's row tells. `beside` are the rows of the same indicator, scope and period by their stat: of them the bridge gives the ratio of totals."""
    published = Fraction(row.published, 100) if row.published is not None else None
    computed = row.value
    total, stored = beside.get("bridge_total"), beside.get("bridge_stored")
    ratio = None
    if row.stat == "cumulative_yoy" and total is not None and stored is not None and total.num is not None and stored.num is not None:
        ratio = level_ratio(total.num, stored.num)
    gap = None if published is None or computed is None else published - computed
    shown = ratio is not None and ratio not in (computed, published)
    note, note_en = (NOT_COMPARABLE, NOT_COMPARABLE_EN) if shown else ("", "")
    if computed is None and not shown:
        note, note_en = row.reason, in_english(row.reason)
    return Growth(row.period, published, computed, row.basis, row.covered, gap, note, note_en, ratio if shown else None, row.absence)


def signed_words(current: Fraction | int, base: Fraction | int) -> str | None:
    """Growth of a figure that may be negative, in the words of releases, where no percentage is printed; None when one serves (base > 0 and current ≥ 0).

    >>> signed_words(-80, -50), signed_words(10, -5), signed_words(-1, 5), signed_words(-20, -50), signed_words(5, 0), signed_words(0, -50)
    ('增亏60.0%', '由亏转盈', '由盈转亏', '减亏60.0%', '—', '减亏100.0%')
    """
    if base > 0:
        return None if current >= 0 else "由盈转亏"
    if base == 0:
        return "—"
    if current > 0:
        return "由亏转盈"
    if current == base:
        return "亏损持平"
    share = format_number(Fraction(100 * abs(Fraction(current) - base), abs(Fraction(base))), 1, grouped=False)
    return f"增亏{share}%" if current < base else f"减亏{share}%"


def in_english(words: str) -> str:
    """Those words in English; other words stay as they are.

    >>> in_english("减亏60.0%"), in_english("由盈转亏"), in_english("—")
    ('loss down 60.0%', 'from profit to loss', '—')
    """
    for zh, en in SIGNED_EN.items():
        if words.startswith(zh):
            rest = words[len(zh) :]
            return f"{en} {rest}" if rest and rest[0].isdigit() else f"{en}{rest}"
    return words
