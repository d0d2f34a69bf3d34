"""The form of a step: which fields it asks for, read from what was posted, never trusted. The engine decides whether they suffice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from yunxing.desk.casework import acting
from yunxing.engines.cases.definition import Definition, Edge, Field
from yunxing.values.errors import BadInput, Refusal
from yunxing.values.money import parse_money

LONG = frozenset({"reason", "words", "done", "basis", "decision", "contacted"})
LETTERS = 4000
OFFICES = frozenset({"office", "offices"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A field of a step as the page draws it."""

    name: str
    title: str
    widget: str
    required: bool
    options: tuple[tuple[str, str], ...] = ()
    value: Any = ""
    helper: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A step somebody can make now: its name, its button, its fields; `quick` needs no field at all, so one click does it."""

    name: str
    title: str
    fields: tuple[Shown, ...] = ()
    quick: bool = False
    danger: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)


def step_of(
    definition: Definition,
    edge: Edge,
    offices: Callable[[], Sequence[tuple[str, str]]],
    people: Callable[[], Sequence[tuple[str, str]]],
    known: Mapping[str, Any] | None = None,
) -> Step:
    """The form of an edge. `known` are values to begin with: what was proposed, or what was typed when the step was refused."""
    values = known or {}
    shown = []
    for name in (*edge.needs, *edge.takes):
        one = definition.field(name)
        options: Sequence[tuple[str, str]] = ()
        if one.kind == "choice":
            options = [(choice.name, acting.pick(choice.title, choice.title_en)) for choice in one.choices]
        elif one.kind in OFFICES:
            options = offices()
        elif one.kind == "person":
            options = people()
        shown.append(
            Shown(
                name,
                acting.pick(one.title, one.title_en),
                widget_of(one),
                name in edge.needs,
                tuple(options),
                values.get(name, ""),
                helper_of(one),
            )
        )
    danger = edge.name in ("refuse", "withdraw", "decline")
    return Step(edge.name, acting.pick(edge.title, edge.title_en), tuple(shown), not edge.needs, danger, values)


def widget_of(one: Field) -> str:
    """How a field is drawn."""
    if one.kind == "text":
        return "long" if one.name in LONG else "short"
    if one.kind == "choice":
        return "radio" if 0 < len(one.choices) <= 8 else "select"
    return {"office": "select", "offices": "several", "person": "select", "flag": "flag", "files": "files", "options": "lines"}.get(
        one.kind, one.kind
    )


def helper_of(one: Field) -> str:
    """The line under a field, where it is not plain."""
    return {
        "options": _("每行一个方案，至少两个"),
        "money": _("写明单位，如 30 万元"),
        "files": _("照片、PDF、Word、Excel；严禁上传涉密文件"),
    }.get(one.kind, "")


def read(definition: Definition, edge: Edge, posted: QueryDict, files: Mapping[str, list[str]]) -> dict[str, Any]:
    """The fields as the engine takes them; `files` are the digests of what was uploaded, by field. What cannot be read is a `Refusal` by its name."""
    given: dict[str, Any] = {}
    for name in (*edge.needs, *edge.takes):
        one = definition.field(name)
        value = _read_one(one, posted, files)
        if value not in ("", [], None):
            given[name] = value
    return given


def _read_one(one: Field, posted: QueryDict, files: Mapping[str, list[str]]) -> Any:
    text = str(posted.get(one.name, "")).strip()
    if one.kind == "files":
        return files.get(one.name, [])
    if one.kind == "offices":
        return [value for value in posted.getlist(one.name) if value]
    if one.kind == "options":
        return [line.strip() for line in text.splitlines() if line.strip()]
    if one.kind == "flag":
        return bool(text)
    if len(text) > LETTERS:
        raise Refusal(
            _("“%(field)s”有 %(n)s 字，最多 %(most)s 字；长材料请作为附件上传。") % {"field": one.title, "n": len(text), "most": LETTERS}
        )
    if one.kind == "count" and text:
        if not text.isdecimal():
            raise Refusal(_("“%(field)s”是“%(found)s”，请填整数，例如 3。") % {"field": one.title, "found": text})
        return int(text)
    if one.kind == "money" and text:
        try:
            return parse_money(text)
        except BadInput as error:
            raise Refusal(_("“%(field)s”是“%(found)s”，请写明单位，例如 30 万元。") % {"field": one.title, "found": text}) from error
    return text
