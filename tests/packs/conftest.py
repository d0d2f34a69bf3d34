"""The official text, where it is at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def official_text():
    """The plan's official text cut into clauses; skipped, saying so, where the shared data is absent."""
    from yunxing.flows.attach_plan import text_of
    from yunxing.packs.pack import load_pack

    shared = Path(os.environ.get("YUNXING_SHARED", ROOT.parent / "shared"))
    path = shared / "data" / "policies" / "binzhou-2022-156.txt"
    if not path.is_file():
        pytest.skip(f"the official text is not at hand: no {path.name} under YUNXING_SHARED")
    return text_of(load_pack(ROOT / "plans" / "binzhou_2022_156"), path)
