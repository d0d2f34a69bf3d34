"""`profile.toml`: where each column that a rule reads comes from, and as of which day (convention P8)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from yunxing.engines.entitlements.feeds import Feed, Told
from yunxing.packs.documents import Level
from yunxing.packs.plan import Words
from yunxing.packs.strict import Strict, load


class MeansRow(Strict):
    """What a source's words mean: any of `found` (`13..43` a span of divisions, `92*` a beginning; all words when left out) `gives` this value."""

    found: tuple[Words, ...] = ()
    gives: Words


class ProfileColumn(Strict):
    """A column: from the registry, a fact, a list, a document that the enterprise declares, the round itself, or what the ledger granted.

    `as_of` is the day the value is taken: of the application, of the last day of the period, or of the event the column speaks of. `means` reads a
    flag or a code out of the source's words; `absent` is the value of a party of which a form that was reported says nothing: without it nothing is known.
    A list says no of a party that is not on it, once it has members; a list may name a column of its members (`list:id.column`).
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    party: Literal["enterprise", "project", "any"]
    title: Words
    title_en: Words
    source: Annotated[
        str,
        Field(
            pattern=r"^(registry:[a-z_]+|fact:[a-z_]+\.[a-z_]+|list:[a-z0-9_]+(\.[a-z0-9_]+)?|declared:.+|round:[a-z_]+|ledger:granted)$"
        ),
    ]
    as_of: Literal["application", "period_end", "event"]
    level: Level
    personal: bool = False
    means: tuple[MeansRow, ...] = ()
    absent: str = ""


class ProfileFile(Strict):
    """`profile.toml`."""

    column: tuple[ProfileColumn, ...] = ()


def load_feeds(folder: Path) -> dict[str, Feed]:
    """Every column's source as the engine reads it, by name. Errors: `PackFault`."""
    found = {}
    for one in load(folder / "profile.toml", ProfileFile).column:
        kind, _, what = one.source.partition(":")
        means = tuple(Told(line.found, line.gives) for line in one.means)
        found[one.name] = Feed(one.name, kind, what, means, one.absent, one.title)  # type: ignore[arg-type]  # the pattern of `source` says which
    return found
