"""Where the plans are, and a way to plant a fault in a copy of one."""

from pathlib import Path

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
