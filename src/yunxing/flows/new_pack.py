"""Begin a plan pack: from an imported plan and its text, or as a copy of the template."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from yunxing.engines.plantext import import_text
from yunxing.io.files import write_atomic
from yunxing.io.policy_files import read_policy
from yunxing.packs.find import find_pack
from yunxing.packs.skeleton import skeleton
from yunxing.values.digest import digest
from yunxing.values.errors import BadInput

_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class NewPack:
    """The folder that was written, its files, and how many questions it asks."""

    folder: Path
    files: tuple[str, ...]
    questions: int


def new_pack(name: str, plans: Path, source: Path | None = None, text: Path | None = None) -> NewPack:
    """Write the pack `plans/name`. `source` is the importer's PLAN.json or a policy text; `text` is the official text where it does not lie beside the plan.

    BadInput when the name is none, the folder exists, or the text is not the one the plan was read from.
    """
    if not _NAME.fullmatch(name):
        raise BadInput(f"NAME: found {name!r}, expected a letter followed by a-z, 0-9 and _, such as weifang_2023_12.")
    folder = plans / name
    if folder.exists():
        raise BadInput(f"{folder}: found a pack there already, expected a new name; nothing was written.")
    if source is None:
        return _copied(folder, name)
    read = _text_of(source, text)
    files = skeleton(import_text(read, source.name), read, name)
    for file, content in files.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        write_atomic(folder / file, content.encode())
    return NewPack(folder, tuple(files), files["questions.toml"].count("[[question]]"))


def _text_of(source: Path, given: Path | None) -> str:
    """The text the plan was read from: the one given, the one the plan names, or the file it came from beside it."""
    if source.suffix != ".json":
        return read_policy(given or source).text
    try:
        plan = json.loads(source.read_text(encoding="utf-8"))
        doc, sha256 = plan.get("text") or plan["doc"], plan["sha256"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"{source}: found no plan in it ({type(error).__name__}), expected what `yunxing plan import` wrote.") from error
    place = given or source.with_name(Path(str(doc)).name)
    if not place.is_file():
        raise BadInput(f"{source}: found no {place.name} beside it, expected the text it was read from; name it with --text.")
    text = read_policy(place).text
    if digest(text.encode()).removeprefix("sha256:") != str(sha256).removeprefix("sha256:"):
        raise BadInput(f"{place}: found another text than {source.name} was read from ({sha256}); name the right one with --text.")
    return text


def _copied(folder: Path, name: str) -> NewPack:
    """A copy of the template with its own id."""
    template = find_pack().parent / "_template"
    if not template.is_dir():
        raise BadInput(f"{template}: found no template, expected it beside the packs; begin from a text with --from.")
    shutil.copytree(template, folder)
    head = folder / "pack.toml"
    head.write_text(head.read_text(encoding="utf-8").replace('id = "template"', f'id = "{name}"'), encoding="utf-8")
    return NewPack(folder, tuple(sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())), 0)
