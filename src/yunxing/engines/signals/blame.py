"""Who moved the figure: the enterprises that pull a county, an industry or the city down most, and the rest, adding up exactly."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from yunxing.engines.indicators.contributions import Contributions
from yunxing.engines.indicators.definition import CELL_MARK
from yunxing.engines.indicators.rows import Row

if TYPE_CHECKING:
    from yunxing.engines.signals.detect import Party

NAMED = 5


def blame(row: Row, contributions: Contributions, parties: Mapping[str, Party], named: int = NAMED) -> tuple[dict[str, Any], ...]:
    """The `named` lowest contributions to the growth of the row's scope, in points of that scope, and a last line `rest` for all others.

    Empty when the row is no growth or nothing is known. The lines add to the row's value exactly: the base is the scope's own.
    """
    mine = [one for one in contributions.of(row.indicator, row.period) if _inside(one.party, row, parties)]
    base = sum(one.base for one in mine)
    if not mine or base <= 0:
        return ()
    mine.sort(key=lambda one: (one.current - one.base, one.party))
    top, rest = mine[:named], mine[named:]
    lines = [_line(one.party, parties[one.party].name if one.party in parties else one.party, one.current, one.base, base) for one in top]
    if rest:
        lines.append(_line("", f"其余{len(rest)}户", sum(one.current for one in rest), sum(one.base for one in rest), base))
    return tuple(lines)


def _inside(party: str, row: Row, parties: Mapping[str, Party]) -> bool:
    if row.scope_kind == "city":
        return True
    known = parties.get(party)
    if known is None:
        return False
    place = {"unit": known.unit, "industry": known.industry, "cell": f"{known.unit}{CELL_MARK}{known.industry}"}
    return place.get(row.scope_kind) == row.scope


def _line(party: str, name: str, current: int, base: int, total: int) -> dict[str, Any]:
    points = Fraction(100 * (current - base), total)
    return {
        "party": party,
        "name": name,
        "current": current,
        "base": base,
        "points_num": points.numerator,
        "points_den": points.denominator,
    }
