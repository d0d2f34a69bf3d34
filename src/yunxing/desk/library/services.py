"""What people do in the library: take a text in, correct and confirm what was read in it, note until when it holds. Every act is in the journal."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction

from yunxing.desk import clock
from yunxing.desk.library.models import EffectNote
from yunxing.desk.people import journal
from yunxing.desk.people.models import User
from yunxing.desk.uploads import receive
from yunxing.engines.plantext.model import Plan
from yunxing.engines.search.effect import EffectFact
from yunxing.flows import library as flow
from yunxing.io.policy_files import read_policy
from yunxing.io.store import library
from yunxing.io.store.library import Document
from yunxing.packs.skeleton import skeleton
from yunxing.values.digest import digest
from yunxing.values.errors import BadInput

ENDINGS: Final = {"docx": ".docx", "pdf": ".pdf", "csv": ".txt", "html": ".html"}
ROLES: Final = ("lead", "responsible", "shared", "support")
COMPARATORS: Final = ("=", "<=", ">=", "<", ">", "~", "range")


def add(by: User, file: UploadedFile[Any] | None, pasted: str, **about: str) -> flow.Added:
    """Take a policy text in, from a file or pasted. The same text again gives the document that is there. BadInput in words."""
    if file is None and not pasted.strip():
        raise BadInput("文件：found neither a file nor a text, expected one of them · 请选择文件或粘贴原文。")
    with transaction.atomic():
        if file is not None:
            text, name = _read(file)
        else:
            text, name = pasted.replace("\r\n", "\n"), "pasted.txt"
        added = flow.keep_text(connection, text, name, now=clock.now(), person=str(by), **about)
        if added.new:
            journal.record("add", kind="document", object_id=added.document.code, after={"sha256": added.document.sha256})
    return added


def _read(file: UploadedFile[Any]) -> tuple[str, str]:
    received = receive(file, kinds=frozenset(ENDINGS))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / f"text{ENDINGS[received.kind]}"
        place.write_bytes(received.content)
        return read_policy(place).text, received.name


def confirm(by: User, document: Document, posted: Mapping[str, str]) -> None:
    """Put a person's corrections in the place of what was read, and mark the document as checked. BadInput names the element."""
    plan = corrected(document.plan, posted)
    with transaction.atomic():
        library.replace_plan(connection, document.code, plan, confirmed=True)
        journal.record("confirm", kind="document", object_id=document.code, before=_written(document.plan), after=_written(plan))
    del by


def _written(plan: Mapping[str, Any]) -> dict[str, str]:
    """What the journal keeps of a structure: the digest of its text (it holds confidences, which are no exact numbers)."""
    return {"plan": digest(json.dumps(plan, ensure_ascii=False, sort_keys=True).encode())}


def corrected(plan: Mapping[str, Any], posted: Mapping[str, str]) -> dict[str, Any]:
    """The plan with the corrections: `0.quantities.2.value` and so on; `0.quantities.2.drop` leaves the element out. What was looked at is no doubt any more."""
    made: dict[str, Any] = deepcopy(dict(plan))
    for at, measure in enumerate(made["measures"]):
        measure["reason"] = ""
        for kind in ("responsible", "quantities", "deadlines", "subsidies"):
            kept = []
            for index, part in enumerate(measure[kind]):
                key = f"{at}.{kind}.{index}"
                if posted.get(f"{key}.drop"):
                    continue
                kept.append(_part(kind, part, key, posted) if part.get("reason") else part)
            measure[kind] = kept
    return made


def _part(kind: str, part: Mapping[str, Any], key: str, posted: Mapping[str, str]) -> dict[str, Any]:
    typed = {name[len(key) + 1 :]: value.strip() for name, value in posted.items() if name.startswith(f"{key}.")}
    made = {**part, "reason": "", "confidence": 1.0, "rule": "person"}
    if kind == "responsible":
        made["dept"] = typed.get("dept") or part["dept"]
        made["role"] = _one_of(key, typed.get("role", part["role"]), ROLES)
    elif kind == "quantities":
        made["unit"], made["bounds"] = typed.get("unit", part["unit"]), typed.get("bounds", part["bounds"])
        made["comparator"] = _one_of(key, typed.get("comparator", part["comparator"]), COMPARATORS)
        made["value"] = _value(key, typed["value"]) if "value" in typed else part["value"]
    elif kind == "deadlines":
        made["date"] = typed.get("date") or part["date"]
    else:
        made |= {name: _sum(key, typed[name]) for name in ("rate", "amount", "cap") if name in typed}
    return made


def _one_of(key: str, given: str, known: tuple[str, ...]) -> str:
    if given not in known:
        raise BadInput(f"{key}: found {given!r}, expected one of {', '.join(known)}.")
    return given


def _value(key: str, given: str) -> int | float | str:
    try:
        return int(given) if given.lstrip("-").isdecimal() else float(given)
    except ValueError:
        low, sign, high = given.partition("-")
        if sign and low.replace(".", "", 1).isdecimal() and high.replace(".", "", 1).isdecimal():
            return given
        raise BadInput(f"{key}: found {given!r}, expected a number, or a range such as 3-5.") from None


def _sum(key: str, given: str) -> float | None:
    if not given:
        return None
    try:
        return float(given)
    except ValueError as error:
        raise BadInput(f"{key}: found {given!r}, expected a number of yuan or per cent, or nothing.") from error


def note(by: User, document: Document, kind: str, day: str, said: str) -> None:
    """Note until when a document holds, with the ground."""
    with transaction.atomic():
        library.note(connection, document.code, EffectFact(kind, day, "", said), person=str(by), at=clock.now())
        journal.record("note", kind="document", object_id=document.code, after={"kind": kind, "day": day, "said": said})


def take_back(note_: EffectNote) -> None:
    """A note counts no more."""
    with transaction.atomic():
        library.take_back(connection, note_.pk)
        journal.record("take_back", kind="document", object_id=note_.document, before={"kind": note_.kind, "day": str(note_.day)})


def pack_files(document: Document, name: str) -> bytes:
    """The beginning of a plan pack from what stands in the library, as a ZIP with its questions."""
    files = skeleton(Plan.from_json(document.plan), document.body, name)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(f"{name}/{file}", (1980, 1, 1, 0, 0, 0)), content)
    return packed.getvalue()
