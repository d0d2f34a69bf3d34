"""The policy library: a text comes in, is read, kept and searched; and the index catches up with documents, cases and bulletins.

The index follows what it reads from: documents are few and compared whole, cases by the number of their newest event, issued bulletins by name.
So nothing that writes a case has to know of the index, and an index that was lost is made anew by looking.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from yunxing.engines.plantext import import_text
from yunxing.engines.search.effect import EffectFact, effect_of, named_in
from yunxing.engines.search.entry import Clause, Effect, Entry
from yunxing.engines.search.numbers import doc_number
from yunxing.io import texts
from yunxing.io.policy_files import read_policy
from yunxing.io.store import dialect, library, searchindex
from yunxing.io.store.library import Document
from yunxing.packs.pack import Pack
from yunxing.values.digest import digest
from yunxing.values.errors import BadInput
from yunxing.values.office_hours import BEIJING

STEP: Final = 500


@dataclass(frozen=True, slots=True)
class Added:
    """The document, whether it is new, and how many of its parts are 待确认."""

    document: Document
    new: bool
    questions: int


@dataclass(frozen=True, slots=True)
class Relation:
    """One document says something of another: `cites`, `repeals`, `suspends`. `to` is a code of the library, empty where it has no such document."""

    by: str
    kind: str
    to: str
    words: str


def add_document(
    connection: Any,
    source: Path,
    *,
    now: datetime,
    person: str = "",
    code: str = "",
    address: str = "",
    place: str = "",
    level: str = "",
) -> Added:
    """Read a policy file, keep it and make it searchable. The same text again changes nothing. `BadInput` when it cannot be read."""
    if level and level not in library.LEVELS:
        raise BadInput(f"--level: found {level!r}, expected one of {', '.join(library.LEVELS)}.")
    text = read_policy(source).text
    return keep_text(connection, text, source.name, now=now, person=person, code=code, address=address, place=place, level=level)


def keep_text(connection: Any, text: str, name: str, *, now: datetime, **more: str) -> Added:
    """`add_document` for a text that was read or pasted already."""
    sha256 = digest(text.encode())
    known = library.code_of(connection, sha256)
    if known is not None:
        kept = library.read(connection, known)
        assert kept is not None
        return Added(kept, new=False, questions=_questions(kept.plan))
    plan = import_text(text, name, more.get("address") or None)
    document = Document(
        code=more.get("code") or code_for(plan.doc_number or "", name),
        title=plan.title or Path(name).stem,
        body=text,
        plan=plan.to_json(),
        number=plan.doc_number or "",
        day=date.fromisoformat(plan.date) if plan.date else None,
        place=more.get("place", ""),
        level=more.get("level", ""),
        address=more.get("address", ""),
        sha256=sha256,
        added_by=more.get("person", ""),
        added=now,
    )
    library.write(connection, document)
    return Added(document, new=True, questions=len(plan.questions()))


def code_for(number: str, name: str) -> str:
    """A short name for a document: its number without brackets, else the name of its file."""
    words = re.sub(r"[\s〔〕\[\]()（）【】]+", "-", number or Path(name).stem).strip("-").removesuffix("号")
    return words[:80] or "text"


def _questions(plan: Mapping[str, Any]) -> int:
    measures = plan.get("measures", [])
    parts = [one for measure in measures for key in ("responsible", "quantities", "deadlines", "subsidies") for one in measure[key]]
    return sum(1 for one in [*measures, *parts] if one.get("reason"))


def _day(opened: Any) -> date | None:
    instant = dialect.as_instant(opened)
    return None if instant is None else instant.astimezone(BEIJING).date()


def catch_up(connection: Any, home: Path, pack: Pack | None = None, *, now: datetime) -> int:
    """Let the library take in the pack's attached text, and the index read what is new among documents, cases and issued bulletins; how many entries changed."""
    with dialect.transaction(connection):
        raw = texts.read_text(home, pack.id) if pack is not None else None
        if pack is not None and raw is not None:
            document = pack.document
            keep_text(connection, raw.decode(), f"{pack.id}.txt", now=now, code=pack.id, place=document.city_region, level="city")
        return _index_documents(connection) + _index_cases(connection) + _index_bulletins(connection, home)


def relations(connection: Any) -> list[Relation]:
    """What the documents of the library say of each other and of documents it does not hold."""
    documents = library.read_all(connection)
    found: list[Relation] = []
    for one in documents:
        for cited in one.plan.get("citations", []):
            number, title = cited.get("doc_number") or "", cited.get("title") or ""
            words = f"《{title}》（{number}）" if number and title else (number or f"《{title}》")
            found.append(Relation(one.code, "cites", _named(documents, one, words), words))
        acts = [
            (fact["kind"], fact["object"])
            for fact in one.plan.get("effects", [])
            if fact["kind"] in ("repeals", "suspends") and fact.get("object")
        ]
        found += [Relation(one.code, kind, _named(documents, one, words), words) for kind, words in acts]
    return found


def _named(documents: Iterable[Document], by: Document, words: str) -> str:
    return next((one.code for one in documents if one.code != by.code and named_in(words, title=one.title, number=one.number)), "")


def effects(connection: Any) -> dict[str, Effect]:
    """From when to when each document of the library holds: its own facts, what later documents repeal, then what staff noted."""
    documents = {one.code: one for one in library.read_all(connection)}
    facts: dict[str, list[EffectFact]] = {
        code: [EffectFact(fact["kind"], fact.get("value") or "", fact.get("object") or "") for fact in one.plan.get("effects", [])]
        for code, one in documents.items()
    }
    for relation in relations(connection):
        if relation.kind == "repeals" and relation.to:
            by = documents[relation.by]
            begins = effect_of(facts[relation.by], by.day).since or by.day
            if begins is not None:
                facts[relation.to].append(EffectFact("ends", str(date.fromordinal(begins.toordinal() - 1)), by.title, relation.words))
    for code, noted in library.notes(connection).items():
        facts.get(code, []).extend(noted)
    found = {code: effect_of(facts[code], one.day) for code, one in documents.items()}
    # where no first day is stated nothing holds before the day it was made
    return {code: effect if effect.since else replace(effect, since=documents[code].day) for code, effect in found.items()}


def _index_documents(connection: Any) -> int:
    changes = library.mark(connection, "library")
    if changes == library.mark(connection, "policy"):
        return 0
    held = effects(connection)
    documents = library.read_all(connection)
    gone = set(searchindex.keys(connection, "policy")) - {one.code for one in documents}
    written = searchindex.put(connection, (entry_of(one, held[one.code]) for one in documents))
    library.set_mark(connection, "policy", changes)
    return written + searchindex.drop(connection, "policy", gone)


def entry_of(document: Document, effect: Effect) -> Entry:
    """A document as it is searched: its measures and goals are the clauses."""
    measures = document.plan.get("measures", [])
    clauses = [Clause(one["start"], one["end"], one["id"] or one["number"], one["title"] or "") for one in measures]
    offices = {body["dept"]: None for one in measures for body in one["responsible"]}
    return Entry(
        "policy", document.code, document.title, document.body, document.number, doc_number(document.number) if document.number else None,
        tuple(document.plan.get("issuers", [])), tuple(offices), document.place, document.day, effect, tuple(clauses),
    )  # fmt: skip


def _index_cases(connection: Any) -> int:
    changed = 0
    while True:
        mark = library.mark(connection, "case")
        events = library.events_after(connection, mark, STEP)
        if not events:
            return changed
        cases = sorted({case for _, case in events})
        rows = library.cases_of(connection, cases)
        entries = [Entry("case", name, title or name, words or "", day=_day(opened)) for name, title, words, opened in rows]
        changed += searchindex.put(connection, entries)
        library.set_mark(connection, "case", events[-1][0])


def _index_bulletins(connection: Any, home: Path) -> int:
    """Issued bulletins: their frozen Word file is what was issued."""
    from yunxing.flows.issue_bulletin import issue_folder

    issued = library.issued_bulletins(connection)
    known = searchindex.keys(connection, "bulletin")
    entries = []
    for name, title, number, day in issued:
        files = sorted(issue_folder(home, name).glob("*.docx"))
        if name not in known and files:
            printed = number or ""
            parsed = doc_number(printed) if printed else None
            entries.append(Entry("bulletin", name, title, read_policy(files[0]).text, printed, parsed, day=dialect.as_date(day)))
    return searchindex.put(connection, entries)
