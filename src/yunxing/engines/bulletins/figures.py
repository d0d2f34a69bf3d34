"""Rows to figures: each with its exact value, its sources and its words. Ids are counted section by section, so a bookmark says where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from yunxing.engines.bulletins.board import Board, Commitment, Signal, quarter_sum, told
from yunxing.engines.bulletins.model import Figure
from yunxing.engines.bulletins.template import QUARTER
from yunxing.engines.bulletins.wording import FORM_UNITS, absent, official, say, say_target, signed_growth
from yunxing.engines.indicators.rows import Row, ranks
from yunxing.values.errors import BadInput

AUTO = {"fen": "yuan", "%": "percent", "percent": "percent", "kg": "wan_tons", "days": "days", "firms": "firms"}
# the statistics under which an indicator leaves this year's and last year's figure beside a growth rate
BESIDE = {"yoy": ("value", "base"), "cumulative_yoy": ("cumulative", "cumulative_base")}


@dataclass
class FigureMaker:
    """Makes the figures of one bulletin. The only state is the running number of ids."""

    board: Board
    section: str = ""
    _count: int = field(default=0, repr=False)

    def enter(self, section: str) -> None:
        """Begin the section `section`; ids count from 1 again."""
        self.section, self._count = section, 0

    def of_row(self, row: Row, form: str, op: str = "") -> Figure:
        """The row's own value; growth that is undefined for a negative base is told in words. The form `auto` follows the row's unit."""
        form = AUTO.get(row.unit, "plain") if form == "auto" else form
        self._check_unit(row, form)
        value = told(row)
        if value is None:
            return self._lost(row, form)
        return self._make(form, op or ("value" if row.published is None else "published"), (row.id,), value, row.unit, say(form, value))

    def city(self, indicator: str, stat: str, form: str) -> Figure:
        """The city's figure in the words of `form`; `change` and `difference` compare with the month before."""
        if stat == QUARTER:
            return self.quarter(indicator, form)
        row = self.board.city(indicator, stat)
        if form in ("change", "difference"):
            return self.difference(row, self.board.city(indicator, stat, back=1), form)
        return self.of_row(row, form)

    def unit(self, indicator: str, stat: str, form: str, code: str) -> Figure:
        """A reporting unit's figure; the form `rank` tells its place among all units instead."""
        row = self.board.unit(indicator, stat, code)
        if form != "rank":
            return self.of_row(row, form)
        rows = {unit.code: self.board.unit(indicator, stat, unit.code) for unit in self.board.units}
        places = ranks({name: told(one) for name, one in rows.items()})
        return self.rank(row, places.get(code), "rank", tuple(rows.values()))

    def quarter(self, indicator: str, form: str) -> Figure:
        """The sum of the quarter that ends with the month: the cumulative sum less that of three months before (the first quarter's is the sum itself)."""
        parts = self.board.quarter(indicator)
        for row in parts:
            self._check_unit(row, form)
        sources = tuple(row.id for row in parts)
        lost = next((row for row in parts if told(row) is None), None)
        if lost is not None:
            return self._make(form, "quarter", sources, None, lost.unit, absent(lost.absence or "not_reported", lost.reason), lost.absence)
        value = quarter_sum(parts)
        return self._make(form, "quarter", sources, value, parts[0].unit, say(form, value))

    def difference(self, row: Row, before: Row, form: str) -> Figure:
        """How far a rate moved since the month before, in points (百分点), from the unrounded rates."""
        self._check_unit(row, form)
        now, then = told(row), told(before)
        if now is None or then is None:
            lost = row if now is None else before
            return self._make(form, "change", (row.id, before.id), None, "points", absent(lost.absence or "not_reported"), lost.absence)
        return self._make(form, "change", (row.id, before.id), now - then, "points", say(form, now - then))

    def rank(self, row: Row, place: int | None, form: str, rivals: tuple[Row, ...]) -> Figure:
        """A place among `rivals`; who has no value has no place."""
        sources = (row.id, *(rival.id for rival in rivals if rival.id != row.id))
        if place is None:
            return self._make(form, "rank", sources, None, "place", "—", row.absence)
        return self._make(form, "rank", sources, Fraction(place), "place", say(form, Fraction(place)))

    def count(self, what: str, members: tuple[str, ...], form: str) -> Figure:
        """How many members the list `what` has; the list is the first source, so that none is traced too."""
        number = Fraction(len(members))
        return self._make(form, "count", (f"list:{what}", *members), number, "count", say(form, number))

    def target(self, commitment: Commitment, form: str) -> Figure:
        """A promise's number, from its clause."""
        value = Fraction(commitment.num, commitment.den)
        return self._make(
            form, "target", (f"commitment:{commitment.id}", f"clause:{commitment.clause}"), value, commitment.unit, say_target(form, value)
        )

    def light(self, word: str, row: Row, commitment: Commitment) -> Figure:
        """The light's word."""
        return self._make("light", "light", (row.id, f"commitment:{commitment.id}"), None, "light", word, row.absence)

    def quote(self, signal: Signal) -> Figure:
        """A signal's own words, numbers included: they were written from its evidence. The rule in brackets is left to the platform's page."""
        return self._make("words", "quote", (f"signal:{signal.id}", *signal.rows), None, "words", official(signal.words))

    def of_text(self, source: str, words: str, op: str = "quote") -> Figure:
        """Words that another record already holds, such as a date of the registry."""
        return self._make("words", op, (source,), None, "words", words)

    def _lost(self, row: Row, form: str) -> Figure:
        if form in ("growth", "growth_short") and row.absence == "undefined":
            current, base = (self._beside(row, stat) for stat in BESIDE.get(row.stat, ("", "")))
            now, then = told(current) if current else None, told(base) if base else None
            if current and base and now is not None and then is not None:
                words = signed_growth(now, then)
                return self._make(form, "signed_growth", (row.id, current.id, base.id), None, "words", words, row.absence)
        lost = row.absence or "not_reported"
        return self._make(form, "value", (row.id,), None, row.unit, absent(lost, row.reason), lost)

    def _beside(self, row: Row, stat: str) -> Row | None:
        same = (row.indicator, row.scope, row.period, stat)
        return next((other for other in self.board.rows if (other.indicator, other.scope, other.period, other.stat) == same), None)

    def _check_unit(self, row: Row, form: str) -> None:
        allowed = FORM_UNITS.get(form)
        if allowed and row.num is not None and row.unit not in allowed:
            raise BadInput(
                f"bulletin, section {self.section}: the figure {row.id} has the unit {row.unit!r}, the form {form!r} needs {' or '.join(allowed[:2])}. "
                "To mend it: choose a form that fits in bulletin/monthly.toml."
            )

    def _make(
        self, form: str, op: str, sources: tuple[str, ...], value: Fraction | None, unit: str, display: str, absence: str | None = None
    ) -> Figure:
        self._count += 1
        num, den = (None, None) if value is None else (value.numerator, value.denominator)
        return Figure(f"{self.section}_{self._count:03d}", form, op, sources, num, den, unit, display, absence)
