"""Two plans side by side, each given as a policy text or as the importer's PLAN.json with its text beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from yunxing.engines.plantext import import_text
from yunxing.engines.plantext.compare import Comparison, compare
from yunxing.io.policy_files import read_policy
from yunxing.values.digest import digest
from yunxing.values.errors import BadInput

_NEEDED = ("measures", "sha256", "doc")


def compare_files(was: Path, now: Path) -> Comparison:
    """Read both and compare them. BadInput names the file that cannot be read."""
    (old, old_text), (new, new_text) = _read(was), _read(now)
    return compare(old, new, old_text, new_text) if old_text and new_text else compare(old, new)


def compare_documents(was: Mapping[str, Any], now: Mapping[str, Any], was_text: str, now_text: str) -> Comparison:
    """Compare two plans that are in hand, with their texts."""
    return compare(was, now, was_text, now_text)


def _read(source: Path) -> tuple[Mapping[str, Any], str]:
    if source.suffix != ".json":
        text = read_policy(source).text
        return import_text(text, source.name).to_json(), text
    try:
        plan = json.loads(source.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"{source}: found no readable JSON ({type(error).__name__}), expected what `yunxing plan import` wrote.") from error
    missing = [name for name in _NEEDED if not isinstance(plan, dict) or name not in plan]
    if missing:
        raise BadInput(f"{source}: found no {', '.join(missing)}, expected what `yunxing plan import` wrote.")
    beside = source.with_name(Path(str(plan.get("text") or plan["doc"])).name)
    text = read_policy(beside).text if beside.is_file() else ""
    same = digest(text.encode()).removeprefix("sha256:") == str(plan["sha256"]).removeprefix("sha256:")
    return plan, text if same else ""
