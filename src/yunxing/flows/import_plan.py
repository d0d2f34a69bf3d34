"""A policy text becomes a proposed plan: read the file, run the passes, write the JSON (and the text the offsets count in)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from yunxing.engines.plantext import Plan, import_text
from yunxing.io.files import write_atomic
from yunxing.io.policy_files import PolicyText, read_policy


@dataclass(frozen=True, slots=True)
class Imported:
    """The plan, how its text was read, and what was written."""

    plan: Plan
    text: PolicyText
    written: tuple[Path, ...]


def import_plan(source: Path, out: Path | None = None, address: str | None = None) -> Imported:
    """Import ``source``; with ``out`` write the plan there. Where the text had to be taken out of a .docx, .html or .pdf it is written
    beside the plan, because offsets count in it. The same text gives the same bytes. BadInput when the file cannot be read.
    """
    text = read_policy(source)
    plan = import_text(text.text, source.name, address)
    written: list[Path] = []
    if out is not None:
        data = plan.to_json() | {"file_sha256": text.file_sha256, "encoding": text.encoding}
        if not text.as_is:
            beside = out.with_suffix(".txt")
            data["text"] = beside.name
            write_atomic(beside, text.text.encode())
            written.append(beside)
        write_atomic(out, (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode())
        written.append(out)
    return Imported(plan, text, tuple(written))
