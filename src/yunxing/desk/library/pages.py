"""Documents of the library as pages: the list with its facets, one document by clause, what executes it, and what other documents say of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _

from yunxing.desk import clock
from yunxing.desk.library.finding import SIGNS, STATES
from yunxing.desk.library.models import EffectNote
from yunxing.desk.room.shell import pack_in_force
from yunxing.engines.plantext.model import SURE
from yunxing.engines.search.entry import Effect
from yunxing.engines.search.fold import fold
from yunxing.flows import library as flow
from yunxing.io.store import library
from yunxing.io.store.library import Document

LEVELS: Final[Mapping[str, Callable[[], str]]] = {
    "national": lambda: _("国家"),
    "province": lambda: _("省"),
    "city": lambda: _("市"),
    "county": lambda: _("县"),
}
ROLES: Final[Mapping[str, Callable[[], str]]] = {
    "lead": lambda: _("牵头"),
    "responsible": lambda: _("负责"),
    "shared": lambda: _("分工负责"),
    "support": lambda: _("配合"),
}
NOTES: Final[Mapping[str, Callable[[], str]]] = {
    "ends": lambda: _("失效，最后一日"),
    "partly_ends": lambda: _("部分失效，自"),
    "amended": lambda: _("修改，自"),
}
RELATIONS: Final[Mapping[str, Callable[[], str]]] = {
    "cites": lambda: _("引用"),
    "repeals": lambda: _("废止"),
    "suspends": lambda: _("停止执行"),
}
SIGN: Final = {"=": "", "range": "", "<=": "≤", ">=": "≥", "<": "<", ">": ">", "~": "≈"}


def state_of(effect: Effect, on: date) -> dict[str, str]:
    """The badge of a document on a day."""
    state = effect.on(on)
    return {"word": STATES[state](), "sign": SIGNS[state], "state": state}


def listed(words: str, level: str, state: str, on: date) -> dict[str, Any]:
    """The documents, the newest first, narrowed by words in title or number, level and state on a day."""
    effects = flow.effects(connection)
    wanted = fold(words)
    rows = []
    everything = library.read_all(connection)
    for one in everything:
        badge = state_of(effects[one.code], on)
        if (
            (wanted and wanted not in fold(f"{one.title}{one.number}"))
            or (level and one.level != level)
            or (state and badge["state"] != state)
        ):
            continue
        rows.append(
            {
                "document": one,
                "badge": badge,
                "level": LEVELS[one.level]() if one.level in LEVELS else "—",
                "measures": len(one.plan.get("measures", [])),
            }
        )
    return {"rows": rows, "total": len(everything), "levels": [(key, word()) for key, word in LEVELS.items()],
            "states": [(key, word()) for key, word in STATES.items()]}  # fmt: skip


def document_page(document: Document, on: date) -> dict[str, Any]:
    """One document: head, badge with its grounds, clauses with what was read in them, relations both ways."""
    effects = flow.effects(connection)
    titles = {one.code: one.title for one in library.read_all(connection)}
    relations = flow.relations(connection)
    says = [
        {"word": RELATIONS[one.kind](), "to": one.to, "title": titles.get(one.to, one.words)}
        for one in relations
        if one.by == document.code
    ]
    said = [{"word": RELATIONS[one.kind](), "by": one.by, "title": titles[one.by]} for one in relations if one.to == document.code]
    effect = effects[document.code]
    notes = [{"pk": note.pk, "kind": NOTES[note.kind](), "day": note.day, "said": note.said, "person": note.person, "taken_back": note.taken_back}
             for note in EffectNote.objects.filter(document=document.code).order_by("pk")]  # fmt: skip
    return {
        "document": document,
        "badge": state_of(effect, on),
        "effect": asdict(effect),
        "facts": document.plan.get("effects", []),
        "notes": notes,
        "note_kinds": [(key, word()) for key, word in NOTES.items()],
        "level": LEVELS[document.level]() if document.level in LEVELS else "",
        "says": says,
        "said": said,
        "sections": sections(document),
        "questions": unsure(document.plan),
        "warnings": document.plan.get("warnings", []),
    }


def sections(document: Document) -> list[dict[str, Any]]:
    """The clauses under their headings, in the order of the text; in the plan in force each with what executes it."""
    executed = _executed(document)
    titles = {one["number"]: one["title"] for one in document.plan.get("sections", [])}
    found: list[dict[str, Any]] = []
    for at, one in enumerate(document.plan.get("measures", [])):
        section = one["section"] or ""
        if not found or found[-1]["number"] != section:
            found.append({"number": section, "title": titles.get(section, ""), "clauses": []})
        found[-1]["clauses"].append(_clause(at, one, document.body, executed))
    return found


def _clause(at: int, one: Mapping[str, Any], body: str, executed: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "at": at,
        "number": one["number"],
        "start": one["start"],
        "title": one["title"] or "",
        "words": body[one["start"] : one["end"]].strip().splitlines(),
        "offices": [(body_["dept"], ROLES[body_["role"]](), at_) for at_, body_ in enumerate(one["responsible"])],
        "numbers": [_number(quantity) for quantity in one["quantities"]],
        "deadlines": [deadline["date"] for deadline in one["deadlines"]],
        "subsidies": [_subsidy(subsidy) for subsidy in one["subsidies"]],
        "unsure": [part["reason"] for part in parts_of(one) if part.get("reason")],
        "executed": executed.get(at + 1),
    }


def _number(one: Mapping[str, Any]) -> str:
    return f"{one['bounds']} {SIGN[one['comparator']]}{one['value']}{one['unit']}".strip()


def _subsidy(one: Mapping[str, Any]) -> str:
    parts = [str(one["base"] or "")]
    if one["rate"] is not None:
        parts.append(_("按 %(rate)s%% 支付") % {"rate": f"{one['rate']:g}"} if one.get("discount") else f"{one['rate']:g}%")
    parts += [_("%(sum)s 元") % {"sum": f"{one['amount']:,.15g}"}] if one["amount"] is not None else []
    parts += [_("最高 %(sum)s 元") % {"sum": f"{one['cap']:,.15g}"}] if one["cap"] is not None else []
    return " ".join(part for part in [*parts, _("每%(unit)s") % {"unit": one["per"]} if one["per"] else ""] if part)


def _executed(document: Document) -> dict[int, dict[str, Any]]:
    """Measure number → what executes it, for the text of the plan in force alone."""
    pack = pack_in_force()
    if document.sha256.removeprefix("sha256:") != pack.document.official_text.sha256:
        return {}
    return {
        one.number: {
            "number": one.number,
            "built": sorted({claim for part in one.parts for claim in part.built}),
            "planned": sum(len(part.planned) for part in one.parts),
        }
        for one in pack.measures
    }


def parts_of(measure: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Everything the importer read in a measure."""
    return [*measure["responsible"], *measure["quantities"], *measure["deadlines"], *measure["subsidies"]]


def unsure(plan: Mapping[str, Any]) -> int:
    """How many elements wait for a person."""
    return sum(1 for measure in plan.get("measures", []) for part in [measure, *parts_of(measure)] if part.get("reason"))


def doubts(document: Document) -> list[dict[str, Any]]:
    """The elements that wait for a person, each with its place in the form, the words it stands in and what was read."""
    found = []
    for at, measure in enumerate(document.plan.get("measures", [])):
        for kind in ("responsible", "quantities", "deadlines", "subsidies"):
            for index, part in enumerate(measure[kind]):
                if part.get("reason") or part.get("confidence", 1.0) < SURE:
                    found.append(
                        {
                            "key": f"{at}.{kind}.{index}",
                            "kind": kind,
                            "part": part,
                            "measure": measure,
                            "around": _around(document.body, part, measure),
                        }
                    )
    return found


def _around(body: str, part: Mapping[str, Any], measure: Mapping[str, Any]) -> list[tuple[bool, str]]:
    start, end = part["start"], part["end"]
    left, right = max(measure["start"], start - 30), min(measure["end"], end + 30)
    return [(False, body[left:start]), (True, body[start:end]), (False, body[end:right])]


def today() -> date:
    """The desk's day."""
    return clock.today()
