"""What the tests of packs share: the first plan, the template in a folder of its own, and the official text where it is at hand."""

import os
import shutil
from pathlib import Path

import pytest

from pack_cast import PLAN, ROOT, TEMPLATE
from yunxing.packs.attach import attach
from yunxing.packs.pack import load_pack


@pytest.fixture(scope="session")
def plan():
    """The first plan."""
    return load_pack(PLAN)


@pytest.fixture(scope="session")
def official(plan):
    """The official text of the first plan, or a skip that says where it was looked for."""
    shared = Path(os.environ.get("YUNXING_SHARED", ROOT.parent / "shared"))
    path = shared / "data" / "policies" / "binzhou-2022-156.txt"
    if not path.exists():
        pytest.skip(f"the official text is not at {path}; set YUNXING_SHARED")
    return path


@pytest.fixture(scope="session")
def attached(plan, official):
    """The official text, verified and cut."""
    return attach(plan, official.read_bytes(), str(official))


@pytest.fixture
def template(tmp_path):
    """A copy of the template that a test may change."""
    return Path(shutil.copytree(TEMPLATE, tmp_path / "pack"))
