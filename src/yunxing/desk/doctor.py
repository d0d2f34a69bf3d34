"""`yunxing doctor`: does this machine and this home folder have what the desk needs? Every check says what it found and what to do."""

from __future__ import annotations

import datetime as dt
import platform
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from yunxing.packs.find import find_pack
from yunxing.values.errors import Refusal
from yunxing.values.workdays import built_in_notices

State = Literal["ok", "warn", "fail"]
CPUINFO = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True)
class Check:
    """One answer: what was looked at, how it stands, what was found (and how to mend it)."""

    name: str
    state: State
    found: str


def examine(home: Path, pack: Path | None, *, today: dt.date) -> list[Check]:
    """Every check, none stopping another. Nothing is made or changed."""
    return [
        _python(),
        _processor(),
        _fonts(),
        Check("node", "ok", "not needed to run: the front end is built when the product is built"),
        *_store(home),
        _calendar(today),
        _pack(pack),
    ]


def _python() -> Check:
    return Check("python", "ok", f"{platform.python_version()}, {platform.machine()}, {platform.system()}")


def _processor(cpuinfo: Path = CPUINFO) -> Check:
    """Polars' ordinary wheel needs AVX2 on x86-64; other architectures have nothing to ask."""
    if platform.machine() not in ("x86_64", "AMD64"):
        return Check("processor", "ok", f"{platform.machine()}: no special instructions needed")
    flags = cpuinfo.read_text(encoding="utf-8", errors="replace").split() if cpuinfo.exists() else []
    if not flags:
        return Check("processor", "warn", "the processor's instructions are unknown here; tables need AVX2")
    if "avx2" in flags:
        return Check("processor", "ok", "AVX2 present")
    return Check("processor", "warn", "no AVX2: install polars-lts-cpu in place of polars")


def _fonts() -> Check:
    """The PDF needs a font with Chinese; the packaged one is enough, an office's own (fonts_dir) is better."""
    try:
        import pylopdf_fonts_zh_cn
    except ModuleNotFoundError:
        return Check("fonts", "fail", "no Chinese font for the PDF; install pylopdf-fonts-zh-cn or name fonts_dir in settings.toml")
    folder = Path(pylopdf_fonts_zh_cn.__file__).parent
    count = sum(1 for path in folder.rglob("*") if path.suffix.lower() in (".ttf", ".otf", ".ttc"))
    return Check("fonts", "ok" if count else "fail", f"{count} packaged Chinese fonts")


def _store(home: Path) -> list[Check]:
    from yunxing.desk import installation

    try:
        chosen = installation.read(home)
    except Refusal as refusal:
        return [Check("settings", "fail", str(refusal))]
    if chosen.database == "sqlite" and not (home / "desk.sqlite3").exists():
        return [Check("store", "warn", f"{home}: no desk yet; `yunxing demo` or `yunxing serve` makes it")]

    def look() -> list[Check]:
        from yunxing.desk.setup import migrations_of_a_newer_version, migrations_to_apply, stand_on

        stand_on(home)
        from django.db import connection

        from yunxing.desk.people.journal import verify_chain
        from yunxing.io.store.probe import server

        answered = server(connection)
        mode = f", {answered.mode}" if answered.mode else ""
        empty = "'' is NULL here" if answered.empty_is_null else "'' is not NULL"
        newer = migrations_of_a_newer_version()
        if newer:
            return [Check("store", "fail", f"{answered.version}{mode}; made by a newer version, which knows {newer[0]}; run that version")]
        missing = migrations_to_apply()
        if missing:
            waiting = f"{len(missing)} migrations wait, from {missing[0]}; `yunxing serve` applies them"
            return [Check("store", "warn", f"{answered.version}{mode}; {empty}; {waiting}")]
        chain = verify_chain()
        state: State = "ok" if chain.holds else "fail"
        return [
            Check("store", "ok", f"{answered.version}{mode}; {empty}"),
            Check("journal", state, f"{chain.checked} entries, {chain.trouble or 'every link holds'}; last {chain.last_digest or 'none'}"),
        ]

    return _or_fault("store", look)


def _or_fault(name: str, look: Callable[[], list[Check]]) -> list[Check]:
    from django.db import Error

    try:
        return look()
    except (Error, Refusal) as error:
        return [Check(name, "fail", f"{type(error).__name__}: {str(error).strip()}; see `database` in settings.toml")]


def _calendar(today: dt.date) -> Check:
    last = max(built_in_notices(), key=lambda notice: notice.issued)
    found = f"last holiday notice {last.number} of {last.issued}, settles days up to the end of {last.year}"
    if today.year > last.year:
        return Check("calendar", "warn", f"{found}; due days after it are provisional until a newer notice is loaded")
    return Check("calendar", "ok", found)


def _pack(given: Path | None) -> Check:
    try:
        return Check("pack", "ok", find_pack(given).name)
    except Refusal as refusal:
        return Check("pack", "fail", str(refusal))
