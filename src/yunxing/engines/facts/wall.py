"""The wall of origin: what single respondents told under the Statistics Law serves statistics alone.

A fact of origin `statistics` about a single respondent (an enterprise, project or site; a unit's or the city's total is none) may be summed, compared
and published as a statistic. It never decides about the respondent: no entitlement, case, list, talk or matching may read it. `guard` stands where such a
use takes facts in; `pack check` refuses a pack whose rules would read one. Source: the Statistics Law on single-respondent data.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from yunxing.engines.facts.form import Form, Item
from yunxing.values.errors import Fault, Refusal

if TYPE_CHECKING:
    import polars as pl

STATISTICS = "statistics"
Use = Literal["entitlements", "cases", "lists", "matching", "talks", "party_page"]
USES: Mapping[Use, str] = {
    "entitlements": "应享待遇",
    "cases": "事项",
    "lists": "名单",
    "matching": "撮合",
    "talks": "约谈",
    "party_page": "单户页面",
}


class Walled(Refusal):
    """Single-respondent data of origin statistics were about to leave statistics."""

    exit_code: ClassVar[int] = 2


def is_walled(form: Form, item: Item) -> bool:
    """Whether the item's facts tell of single respondents under the Statistics Law."""
    return item.origin == STATISTICS and form.subject != "unit"


def guard(facts: pl.DataFrame, use: Use) -> pl.DataFrame:
    """The facts as they are; `Walled` names every form and item of a single respondent's statistics among them."""
    import polars as pl

    walled = _walled(facts)
    if not walled.height:
        return facts
    found = walled.group_by("form", "item").agg(pl.len().alias("count")).sort("form", "item")
    faults = [
        Fault(
            row["form"],
            row["item"],
            f"{row['count']} 个统计调查的单户数据",
            "调度、行政记录或公开数据",
            why="统计调查取得的单户资料只用于统计",
        )
        for row in found.iter_rows(named=True)
    ]
    raise Walled(f"统计调查取得的单户资料不得用于{USES[use]} (single-respondent statistics may not serve {use}).", faults)


def outside(facts: pl.DataFrame) -> pl.DataFrame:
    """The facts without single respondents' statistics: what may be shown or used of one party outside statistics."""
    walled = _walled(facts)
    return facts.join(walled.select("form", "item", "party").unique(), on=["form", "item", "party"], how="anti", maintain_order="left")


def _walled(facts: pl.DataFrame) -> pl.DataFrame:
    """Rows of origin statistics that are about one respondent: their party is not the reporting unit itself."""
    import polars as pl

    whom = pl.col("party").str.split("/").list.first()
    return facts.filter((pl.col("origin") == STATISTICS) & (whom != pl.col("unit")))
