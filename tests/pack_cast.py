"""The cast of the pack tests: the plans, the official text where it is at hand, and a way to plant a fault in a copy."""

import os
import shutil
from pathlib import Path

import pytest

from yunxing.packs.attach import attach
from yunxing.packs.pack import load_pack

ROOT = Path(__file__).resolve().parents[1]
PLAN = ROOT / "plans" / "binzhou_2022_156"
TEMPLATE = ROOT / "plans" / "_template"


def change(folder, file, old, new, count=1):
    """Replace a phrase of a pack file that stands there; gives the line of the change."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {file}"
    path.write_text(text.replace(old, new, count), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


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
