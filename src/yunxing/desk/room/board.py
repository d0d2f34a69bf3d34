"""One closed month as the pages read it: rows by name, cards, series, ranks and lights. Nothing here is computed anew; only chosen and printed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from yunxing.desk.room.confidential import hides
from yunxing.desk.room.figures import Printed, pick, printed
from yunxing.engines.indicators.definition import CELL_MARK
from yunxing.engines.indicators.lights import Light, light
from yunxing.engines.indicators.rows import Row, ranks, row_from
from yunxing.io.snapshots import Snapshot
from yunxing.values.period import chronological, parse_month, parse_period
from yunxing.values.quantity import Comparator, holds
from yunxing.values.scope import ALL, Scope

CITY = ("city", "city")
WIDE = frozenset({"city", "unit", "industry"})  # scopes that every desk role may see
COUNTS_OF_REPORTS = frozenset({"completeness", "timeliness"})
FEWEST_PARTIES = 3
YEAR_SUMS = frozenset({"sum_to_target", "distinct_in_year"})


@dataclass(frozen=True)
class Card:
    """An indicator's card: the definition that was in force when the month was closed."""

    plain: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The indicator's id."""
        return str(self.plain["id"])

    @property
    def title(self) -> str:
        """Its name in the reader's language."""
        return pick(self.plain["name"], self.plain.get("name_en", ""))

    @property
    def unit(self) -> str:
        """The unit of the headline figure."""
        return str(self.plain["unit"])

    @property
    def headline(self) -> str:
        """The statistic a card shows."""
        return str(self.plain["headline"])

    def limit(self, name: str) -> tuple[Comparator, Fraction] | None:
        """Comparator and value of `alarm`, `good` or `target`, when the card has it."""
        found = self.plain.get(name)
        return (Comparator(found["comparator"]), Fraction(*found["value"])) if found else None


class Board:
    """Rows of city, unit and industry level of one closed month. Rows about single parties are read by the pages that may show them."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.manifest = snapshot.manifest
        self.month = parse_month(snapshot.month)

    @cached_property
    def cards(self) -> dict[str, Card]:
        """The cards by indicator id, in the order of the pack."""
        return {card["id"]: Card(card) for card in self.snapshot.definitions}

    @cached_property
    def rows(self) -> dict[tuple[str, str, str, str, str], Row]:
        """The rows by (indicator, scope kind, scope, period, stat); no row about a single party is among them."""
        rows = (row_from(plain) for plain in self.snapshot.rows())
        return {(row.indicator, row.scope_kind, row.scope, row.period, row.stat): row for row in rows}

    def row(self, key: str) -> Row | None:
        """The row of a key `indicator/scope_kind/scope/period/stat`, of any scope; None when the month has no such row."""
        parts = tuple(key.split("/"))
        if len(parts) != 5:
            return None
        if parts[1] in WIDE:
            return self.rows.get((parts[0], parts[1], parts[2], parts[3], parts[4]))
        import pyarrow.compute as pc

        table = self.snapshot.table("indicators")
        for name, value in zip(("indicator", "scope_kind", "scope", "period", "stat"), parts, strict=True):
            table = table.filter(pc.equal(table[name], value))
        found = table.to_pylist()
        return row_from(found[0]) if found else None

    @cached_property
    def outlooks(self) -> dict[str, dict[str, Any]]:
        """The outlook of each promise by indicator, as the month knew it; empty for a month closed before there were outlooks."""
        if "outlook.json" not in self.manifest.get("files", {}):
            return {}
        return {str(one["indicator"]): one for one in self.snapshot.json("outlook.json")}

    def unit_of(self, kind: str, scope: str) -> str:
        """The reporting unit that a unit, a cell or a party belongs to; empty for the city, an industry and who is unknown."""
        if kind == "unit":
            return scope
        if kind == "cell":
            return scope.split(CELL_MARK, 1)[0]
        return str(self.parties.get(scope, {}).get("unit", "")) if kind == "party" else ""

    def is_confidential(self, card: Card, unit: str, scope: Scope) -> bool:
        """Whether a unit's total would tell single parties' figures to someone who may not see them (screens §2): fewer than three of them on the list,
        or a cell that `confidential.hides` keeps back for its few or dominant respondents or to protect another. Counts of reports tell none.
        """
        if card.plain["statistic"] in COUNTS_OF_REPORTS or not card.plain["roster"]:
            return False
        if scope.sees_unit(unit) and scope.parties is ALL:
            return False
        few = self.members.get((str(card.plain["roster"]), unit), 0) < FEWEST_PARTIES
        return few or hides(self.snapshot, str(card.plain["form"]), str(card.plain["item"]), unit)

    def is_confidential_industry(self, card: Card, industry: str, scope: Scope) -> bool:
        """The same of an industry's total over the whole city: only who sees every unit's parties reads one of fewer than three, or one that is kept back."""
        if card.plain["statistic"] in COUNTS_OF_REPORTS or not card.plain["roster"] or (scope.units is ALL and scope.parties is ALL):
            return False
        few = self.industry_members.get((str(card.plain["roster"]), industry), 0) < FEWEST_PARTIES
        return few or hides(self.snapshot, str(card.plain["form"]), str(card.plain["item"]), industry=industry)

    @cached_property
    def industry_members(self) -> dict[tuple[str, str], int]:
        """How many parties each roster has in each industry."""
        found: dict[tuple[str, str], int] = {}
        for row in self.snapshot.table("registry", ["rosters", "industry"]).to_pylist():
            for roster in str(row["rosters"]).split(","):
                found[roster, row["industry"]] = found.get((roster, row["industry"]), 0) + 1
        return found

    @cached_property
    def members(self) -> dict[tuple[str, str], int]:
        """How many parties each roster has in each reporting unit."""
        found: dict[tuple[str, str], int] = {}
        for row in self.snapshot.table("registry", ["rosters", "unit"]).to_pylist():
            for roster in str(row["rosters"]).split(","):
                found[roster, row["unit"]] = found.get((roster, row["unit"]), 0) + 1
        return found

    @cached_property
    def parties(self) -> dict[str, dict[str, Any]]:
        """Name and reporting unit of every party of the month's registry, by id."""
        return {row["id"]: row for row in self.snapshot.table("registry", ["id", "name", "unit"]).to_pylist()}

    def headline(self, indicator: str, scope: tuple[str, str] = CITY) -> Row | None:
        """The headline row of the latest period, or None when the indicator has no row of that scope."""
        series = self.series(indicator, scope)
        return series[-1] if series else None

    def series(self, indicator: str, scope: tuple[str, str] = CITY) -> list[Row]:
        """The headline rows of one scope, oldest first."""
        stat = self.cards[indicator].headline
        found = [row for of_stat, row in self._by_subject.get((indicator, *scope), ()) if of_stat == stat]
        return sorted(found, key=lambda row: chronological(parse_period(row.period)))

    @cached_property
    def _by_subject(self) -> dict[tuple[str, str, str], list[tuple[str, Row]]]:
        """(Statistic, row) by (indicator, scope kind, scope): a page asks for dozens of them."""
        found: dict[tuple[str, str, str], list[tuple[str, Row]]] = {}
        for key, row in self.rows.items():
            found.setdefault(key[:3], []).append((key[4], row))
        return found

    def units(self, indicator: str) -> dict[str, Row]:
        """The latest headline row of every reporting unit."""
        names = {key[2] for key in self._by_subject if key[:2] == (indicator, "unit")}
        return {name: row for name in sorted(names) if (row := self.headline(indicator, ("unit", name)))}

    def shown(self, row: Row | None) -> Printed:
        """The row as printed, in the unit its card asks for; 「未报」 when there is no row at all."""
        if row is None:
            return printed(None, "", "not_reported")
        return printed(row.value, row.unit, row.absence, self.cards[row.indicator].plain.get("shown"))

    def pace(self, card: Card) -> Fraction | None:
        """The share of a year's target that the time passed asks for; None where the target is a level and not a sum."""
        return Fraction(self.month.month, 12) if card.plain["statistic"] in YEAR_SUMS else None

    def light(self, indicator: str, scope: tuple[str, str] = CITY) -> Light:
        """The light of an indicator's headline: its promise's where it has a target, else red on the alarm's side and green off it."""
        card = self.cards[indicator]
        row = self.headline(indicator, scope)
        if row is None or row.value is None:
            return "none"
        target, alarm = card.limit("target"), card.limit("alarm")
        if target:
            return light(row.value, target[1], target[0], "linear" if self.pace(card) else "level", self.month.month)
        return "red" if alarm and holds(row.value, *alarm) else "green"


def shades(values: Mapping[str, Fraction | None]) -> dict[str, int]:
    """Map classes 1 (highest quarter) to 4 (lowest), 0 without a value. Equal values are never in different classes."""
    place = ranks(values)
    known = sum(value is not None for value in values.values())
    return {name: 0 if (rank := place[name]) is None else 1 + (rank - 1) * 4 // known for name in values}


@lru_cache(maxsize=8)
def open_board(folder: str) -> Board:
    """The board of a closed month. A closed month never changes, so it is read once."""
    return Board(Snapshot(Path(folder)))


def worst(lights: Iterable[str]) -> str:
    """The most serious of several lights; none when nothing is measured."""
    order = {"none": 0, "green": 1, "amber": 2, "red": 3}
    return max(lights, key=lambda light: order[light], default="none")
