"""`profile.toml`: where each column that a rule reads comes from, and as of which day (convention P8)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from yunxing.packs.documents import Level
from yunxing.packs.plan import Words
from yunxing.packs.strict import Strict


class ProfileColumn(Strict):
    """A column: from the registry, a fact, a list, a document that the enterprise declares, the round itself, or what the ledger granted.

    `as_of` is the day the value is taken: of the application, of the last day of the period, or of the event the column speaks of.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    party: Literal["enterprise", "project", "any"]
    title: Words
    title_en: Words
    source: Annotated[
        str, Field(pattern=r"^(registry:[a-z_]+|fact:[a-z_]+\.[a-z_]+|list:[a-z0-9_]+|declared:.+|round:[a-z_]+|ledger:granted)$")
    ]
    as_of: Literal["application", "period_end", "event"]
    level: Level
    personal: bool = False


class ProfileFile(Strict):
    """`profile.toml`."""

    column: tuple[ProfileColumn, ...] = ()
