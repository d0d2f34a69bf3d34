"""`demonstration.toml`: words of the made-up items that the demonstration walks. A pack without the file gets plain words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field

from yunxing.packs.plan import Words
from yunxing.packs.strict import PackFault, Strict, load
from yunxing.values.errors import Fault

FILE = "demonstration.toml"


class Sample(Strict):
    """Titles and words for the items of one pipeline, activity or paper; taken in turn. `numbers` fill counts, money in fen and flags; `days` dates, "" leaves one empty."""

    of: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    titles: tuple[Words, ...] = ()
    words: dict[str, tuple[Words, ...]] = {}
    numbers: dict[str, tuple[int, ...]] = {}
    days: dict[str, tuple[Annotated[str, Field(pattern=r"^(\d{4}-\d\d-\d\d)?$")], ...]] = {}


class DemonstrationFile(Strict):
    """The whole file."""

    sample: tuple[Sample, ...] = ()


def load_demonstration(pack: Path) -> Mapping[str, Sample]:
    """The samples by what they belong to. Errors: `PackFault` for one that stands twice."""
    path = pack / FILE
    found: dict[str, Sample] = {}
    faults = []
    for one in load(path, DemonstrationFile).sample if path.exists() else ():
        if one.of in found:
            faults.append(Fault(str(path), f"sample of {one.of}", "the sample a second time", "each once"))
        found[one.of] = one
    if faults:
        raise PackFault(faults)
    return found
