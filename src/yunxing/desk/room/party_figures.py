"""What projects and enterprises reported, as their files show it: by month, beside the same month last year, beside their peers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from yunxing.desk.room.board import Board, open_board
from yunxing.desk.room.figure_pages import item_of, printed_value
from yunxing.desk.room.figures import language, pick, printed
from yunxing.engines.facts.form import NUMERIC, Form, Item
from yunxing.io.party_facts import facts_of_parties
from yunxing.values.period import parse_period

PROJECT, ENTERPRISE = "project_month", "enterprise_month"
FEWEST_PEERS = 5
Cell = tuple[str, str, str]  # item, as_reported, role


@lru_cache(maxsize=4)
def closing_values(folder: str, form: str) -> dict[str, dict[Cell, dict[str, Any]]]:
    """The facts of one form in a closed month, for its last period, by party and cell. A closed month never changes, so they are read once."""
    import pyarrow.compute as pc

    board = open_board(folder)
    table = board.snapshot.table("facts", ["form", "item", "role", "party", "period", "as_reported", "value", "words", "absence", "held"])
    table = table.filter(pc.and_(pc.equal(table["form"], form), pc.ends_with(table["period"], f"{board.month.month:02d}")))
    found: dict[str, dict[Cell, dict[str, Any]]] = {}
    for row in table.to_pylist():
        if row["period"] >= str(board.month.year):
            found.setdefault(row["party"], {})[row["item"], row["as_reported"], row["role"]] = row
    return found


def of_board(board: Board | None, form: str) -> dict[str, dict[Cell, dict[str, Any]]]:
    """`closing_values` of a board; nothing before a month is closed."""
    return closing_values(str(board.snapshot.folder), form) if board else {}


def value_of(cells: Mapping[Cell, Mapping[str, Any]], item: str, reported: str, role: str = "value") -> int | None:
    """A stored value; None when it is absent, held or was never asked."""
    row = cells.get((item, reported, role))
    return None if row is None or row["held"] or row["value"] is None else int(row["value"])


@dataclass(frozen=True)
class Beside:
    """One item of a firm beside last year and its peers: printed values, and how many peers were compared (0: too few)."""

    title: str
    value: str
    last_year: str
    median: str
    percentile: str
    peers: int


def beside_peers(board: Board, forms: Mapping[str, Form], party: str, peers: Collection[str]) -> list[Beside]:
    """Every numeric item of the firm's month: its value, last year's restated one, the median of its peers and the share of them not above it.

    Fewer than five peers with a value are not compared: a median of few would tell a firm's figure.
    """
    everyone = of_board(board, ENTERPRISE)
    own = everyone.get(party, {})
    found = []
    for item_id, reported, role in sorted(own, key=lambda cell: _order(forms, cell)):
        item = item_of(forms, ENTERPRISE, item_id)
        if role != "value" or item is None or item.type not in NUMERIC:
            continue
        mine = value_of(own, item_id, reported)
        others = [value for one in peers if one != party and (value := value_of(everyone.get(one, {}), item_id, reported)) is not None]
        enough = len(others) >= FEWEST_PEERS
        last = value_of(own, item_id, reported, "last_year_restated")
        found.append(
            Beside(
                _title(item, reported), _shown(mine, item, own[item_id, reported, role]["absence"]), _shown(last, item) if item.last_year else "",
                _shown(median(others), item) if enough else _("同业不足 %(n)s 户") % {"n": FEWEST_PEERS},
                f"{percentile(mine, others)}%" if enough and mine is not None else "—", len(others) if enough else 0,
            )
        )  # fmt: skip
    return found


def _order(forms: Mapping[str, Form], cell: Cell) -> tuple[int, str]:
    places = {item.id: at for at, item in enumerate(forms[ENTERPRISE].items)} if ENTERPRISE in forms else {}
    return places.get(cell[0], 99), cell[1]


def _title(item: Item, reported: str) -> str:
    word = {"month": _("当月"), "cumulative": _("累计")}.get(reported, "")
    return " · ".join(part for part in (pick(item.title, item.title_en), word) if part)


def _shown(value: int | None, item: Item, absence: str | None = None) -> str:
    return printed(None, "", absence or "not_reported").text if value is None else printed_value(value, item)


def median(values: Sequence[int]) -> int:
    """The middle value; of an even number the lower of the two, which somebody reported."""
    return sorted(values)[(len(values) - 1) // 2]


def percentile(value: int, others: Sequence[int]) -> int:
    """The share of the others that is not above the value, in whole percent, rounded down.

    >>> percentile(5, [1, 5, 9, 10]), percentile(0, [1, 2])
    (50, 0)
    """
    return 100 * sum(one <= value for one in others) // len(others)


@dataclass(frozen=True)
class Month:
    """What a party reported for one month of one form, by cell, with its printed name."""

    code: str
    label: str
    cells: Mapping[Cell, Mapping[str, Any]]


def months_of(ids: Sequence[str], form: str, last: str, count: int = 13) -> list[Month]:
    """The party's last `count` months to `last` as they are known now, oldest first; all ids merged into it count as it."""
    rows = facts_of_parties(settings.HOME, ids, forms={form})
    by_month: dict[str, dict[Cell, dict[str, Any]]] = {}
    together: set[str] = set()  # Februaries that were reported with January
    for row in rows:
        period = parse_period(row["period"])
        code = f"{period.end.year}-{period.end.month:02d}"
        if code <= last:
            by_month.setdefault(code, {})[row["item"], row["as_reported"], row["role"]] = row
            together |= {code} if row["period"].endswith("-01..02") else set()
    labels = {code: f"{code[:4]}-01..02" if code in together else code for code in by_month}
    return [Month(code, parse_period(labels[code]).label(language()), by_month[code]) for code in sorted(by_month)[-count:]]


def month_value(month: Month, item: str) -> int | None:
    """The single month's value; for January and February reported together, that of both."""
    single = value_of(month.cells, item, "month")
    return value_of(month.cells, item, "cumulative") if single is None and month.code.endswith("-02") else single


def wan(fen: int | None) -> Fraction | None:
    """Fen as 万元, exactly."""
    return None if fen is None else Fraction(fen, 10**6)
