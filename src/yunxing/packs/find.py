"""Find a plan pack: by its folder, by its name, or the only one there is."""

from __future__ import annotations

from pathlib import Path

from yunxing.values.errors import BadInput, nearest

MANIFEST = "pack.toml"


def pack_roots(here: Path | None = None) -> tuple[Path, ...]:
    """Where packs are looked for, in order: `./plans`, the wheel's own copy, the source checkout's `plans`."""
    module = Path(__file__).resolve()
    roots = ((here or Path.cwd()) / "plans", module.parents[1] / "plans", module.parents[3] / "plans")
    return tuple(dict.fromkeys(root.resolve() for root in roots if root.is_dir()))


def packs_in(root: Path) -> tuple[Path, ...]:
    """The packs of a folder by name; `_template` and other names that begin with `_` are none."""
    return tuple(sorted(folder.parent for folder in root.glob(f"*/{MANIFEST}") if not folder.parent.name.startswith("_")))


def find_pack(given: Path | str | None = None, here: Path | None = None) -> Path:
    """The folder of the pack. `given` is a folder, a name, or None for the only pack of the first root that has any.

    BadInput when there is none, when several are found and none was named, or when the name is unknown (with the nearest known one).
    """
    roots = pack_roots(here)
    if given is None:
        return _only(roots)
    folder = Path(given)
    if (folder / MANIFEST).is_file():
        return folder.resolve()
    known = {pack.name: pack for root in reversed(roots) for pack in packs_in(root)}
    if str(given) in known:
        return known[str(given)]
    near = nearest(folder.name, known)
    hint = f" Did you mean {near!r}?" if near else f" Known packs: {', '.join(sorted(known)) or 'none'}."
    raise BadInput(f"{given}: found no {MANIFEST} there and no pack of that name, expected the folder or the name of a plan pack.{hint}")


def _only(roots: tuple[Path, ...]) -> Path:
    for root in roots:
        found = packs_in(root)
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(pack.name for pack in found)
            raise BadInput(f"{root}: found {len(found)} packs ({names}), expected one; name the one you mean with --pack.")
    raise BadInput(
        f"no plan pack was found in {' or '.join(map(str, roots)) or './plans'}; expected a folder with {MANIFEST}; name it with --pack."
    )
