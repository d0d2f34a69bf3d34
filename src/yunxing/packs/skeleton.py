"""A plan pack begun from an imported plan: every measure, body and number with its clause and quote, and a list of what a person must decide.

The skeleton holds against its official text (`pack check`) as it is written: what only a person can know is filled with a stand-in that says so,
`planned:` where something must execute a sentence, and asked in `questions.toml`. Nothing a stand-in says is shown as decided.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from yunxing.engines.plantext.model import Element, Measure, Plan
from yunxing.packs.attach import AttachedText, TextMeasure
from yunxing.packs.imported import of_plan, words_of
from yunxing.packs.numbers import values_of
from yunxing.packs.plan import SEVERAL
from yunxing.packs.skeleton_numbers import Claim, claims_of, examples_of, unclaimed
from yunxing.values.citation import find_quote
from yunxing.values.digest import digits
from yunxing.values.errors import BadInput

UNTRANSLATED: Final = "to be translated"
REGION: Final = "990000"


@dataclass(slots=True)
class Questions:
    """What a person must decide, in the order of the text: file, clause, what is asked, what stands there now."""

    asked: list[tuple[str, str, str, str]] = field(default_factory=list)

    def ask(self, file: str, clause: str, question: str, stands: str = "") -> None:
        """One more question."""
        self.asked.append((file, clause, question, stands))


def skeleton(plan: Plan, text: str, name: str) -> dict[str, str]:
    """The files of the pack by relative name. BadInput when the text is not the one the plan was read from, or the plan has no measures."""
    if digits(text.encode()) != plan.sha256.removeprefix("sha256:"):
        raise BadInput(f"{plan.doc}: found another text than the plan was read from, expected the one with {plan.sha256}.")
    if not plan.measures:
        raise BadInput(f"{plan.doc}: found no measures, expected a plan of numbered tasks.")
    cut = of_plan(name, plan, text)
    questions = Questions()
    bodies = _bodies(plan)
    claims = claims_of(plan, cut)
    return {
        "pack.toml": _pack(plan, cut, name, bodies, questions),
        "offices.toml": _offices(plan, bodies, questions),
        "measures.toml": _measures(plan, cut, bodies, questions),
        "commitments.toml": _commitments(cut, claims, questions),
        "commitments.examples.toml": examples_of(claims),
        "lists/regions.toml": _regions(plan, questions),
        "questions.toml": _questions(plan, questions),
    }


def quoted(words: str) -> str:
    """A TOML string."""
    return json.dumps(words, ensure_ascii=False)


def table(name: str, fields: Mapping[str, object]) -> str:
    """One `[[name]]`, its fields in order; None is left out."""
    return "\n".join([f"[[{name}]]", *(f"{key} = {_value(value)}" for key, value in fields.items() if value is not None), ""])


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Sequence):
        return f"[{', '.join(map(_value, value))}]"
    return str(value)


def _bodies(plan: Plan) -> dict[str, str]:
    """The id of every body, by the name the text prints; the signatories first."""
    from pypinyin import Style, lazy_pinyin

    names = dict.fromkeys([*plan.issuers, *(body.dept for measure in plan.measures for body in measure.responsible)])
    ids: dict[str, str] = {}
    for name in names:
        letters = "".join(part[0] for part in lazy_pinyin(name, style=Style.FIRST_LETTER, errors="ignore") if part).upper()
        stem = "".join(letter for letter in letters if letter.isascii() and letter.isalnum()).lstrip("0123456789")[:8] or "B"
        ids[name] = next(one for one in (stem, *(f"{stem}{n}" for n in range(2, 10_000))) if one not in ids.values())
    return ids


def _pack(plan: Plan, cut: AttachedText, name: str, bodies: Mapping[str, str], questions: Questions) -> str:
    number = plan.doc_number or plan.title or plan.doc
    for key, found, asked in (
        ("number", plan.doc_number, "The text prints no document number: which one has it?"),
        ("date", plan.date, "The text prints no date: which day is it of?"),
        ("signatories", plan.issuers, "The text names no signatory: who issued it?"),
    ):
        if not found:
            questions.ask("pack.toml", key, asked, number if key == "number" else "")
    for key in ("title_en", "short_title_en", "place", "place_en", "city_region", "in_force"):
        questions.ask("pack.toml", key, f"{key}: write it", plan.date or "" if key == "in_force" else UNTRANSLATED)
    date = plan.date or "1900-01-01"
    short_number = next((str(int(value)) for value in sorted(values_of(number.rpartition("〕")[2] or ""), reverse=True)), "1")
    lines = [
        f"# Begun from the text of {plan.doc}; questions.toml lists what a person must decide.",
        "",
        f"id = {quoted(name)}",
        f"number = {quoted(number)}",
        f"short_number = {quoted(short_number)}",
        f"title = {quoted(plan.title or plan.doc)}",
        f"title_en = {quoted(UNTRANSLATED)}",
        f"short_title = {quoted((plan.title or plan.doc)[-24:])}",
        f"short_title_en = {quoted(UNTRANSLATED)}",
        f"place = {quoted('待填地名')}",
        f"place_en = {quoted(UNTRANSLATED)}",
        f"city_region = {quoted(REGION)}",
        f"date = {date}",
        f"signatories = {_value([bodies[one] for one in plan.issuers])}",
        f"addressees = {quoted(plan.addressee or '待填主送机关')}",
        f"plan_year = {date[:4]}",
        "",
        "[in_force]",
        f"from = {date}",
        "",
        "[official_text]",
        'layout = "imported"',
        f"sha256 = {quoted(cut.sha256)}",
        f"measures = {len(cut.measures)}",
        f"sentences = {cut.sentence_count}",
        f"office_mentions = {cut.office_mentions}",
        "",
        "[synthetic]",
        "demonstration_data = true",
        'label = "示例"',
        'label_en = "example"',
        "",
    ]
    cited = [
        {"title": one.title or one.doc_number, "number": one.doc_number, "issuer": "待填发文机关", "relation": "refers"}
        for one in plan.citations
        if find_quote(one.doc_number or one.title, cut.text) is not None
    ]
    for one in cited:
        questions.ask("pack.toml", "cites", "Who issued it, and does the plan carry it out?", str(one["number"] or one["title"]))
    return "\n".join([*lines, *(table("cites", one) for one in cited)])


def _offices(plan: Plan, bodies: Mapping[str, str], questions: Questions) -> str:
    tables = []
    for name, id_ in bodies.items():
        signed = name in plan.issuers
        kind = "province" if name.startswith("省") else "county" if name.startswith(("各市", "各县", "各区", "各设区")) else "city"
        questions.ask("offices.toml", id_, "Its full name, English name, kind and reporting unit?", name)
        fields = {"id": id_, "name": name, "short": name, "name_en": UNTRANSLATED, "kind": kind, "signatory": signed}
        tables.append(table("office", fields if signed else {**fields, "why": "named as responsible in the text"}))
    return "\n".join(["# Every body the text names, as it prints it.", "", *tables])


def _measures(plan: Plan, cut: AttachedText, bodies: Mapping[str, str], questions: Questions) -> str:
    tables = []
    titles = {section.number: section.title for section in plan.sections}
    runs: list[tuple[str, int, int]] = []
    for printed in cut.measures:
        if runs and runs[-1][0] == printed.section:
            runs[-1] = (printed.section, runs[-1][1], printed.number)
        else:
            runs.append((printed.section, printed.number, printed.number))
    for number, first, last in runs:
        title = titles.get(number) or "正文"
        tables.append(table("section", {"number": number or "正文", "title": title, "title_en": UNTRANSLATED, "measures": [first, last]}))
    for measure, printed in zip(plan.measures, cut.measures, strict=True):
        tables += _measure(measure, printed, cut, bodies, questions)
    return "\n".join(
        ["# The measures as the text has them. `zh` is to be our own wording; every planned: names what has to be built.", "", *tables]
    )


def _measure(measure: Measure, printed: TextMeasure, cut: AttachedText, bodies: Mapping[str, str], questions: Questions) -> Iterator[str]:
    words = words_of(measure)
    leads = {"led": "explicit", "lead": "explicit", "sole": "sole", "bare": "sole"}
    basis = leads.get(words, "none")
    heading = printed.sentences[0].of(cut.text).rstrip("。")
    clause = f"{printed.number}/0"
    questions.ask("measures.toml", clause, "An English title, and our own wording of each sentence?", heading[:30])
    if words in SEVERAL and basis == "none":
        questions.ask(
            "measures.toml",
            clause,
            "The text names no lead: staff may decide one (lead_basis = decided).",
            printed.bracket.of(cut.text)[:40],
        )
    for element in _unsure(measure):
        questions.ask("measures.toml", clause, element.reason, cut.text[element.start : element.end][:40])
    yield table(
        "measure",
        {
            "number": printed.number,
            "printed": printed.printed,
            "section": printed.section or "正文",
            "title": (measure.title or heading)[:30],
            "title_en": UNTRANSLATED,
            "heading": heading,
            "offices": [bodies[name] for name in printed.names],
            "words": words,
            "lead": bodies[printed.names[0]] if basis != "none" else None,
            "lead_basis": basis,
        },
    )
    for at in range(1, len(printed.sentences)):
        key = f"{printed.number}/{at}"
        inside = printed.sentences[at]
        kind = "policy" if any(inside.start <= one.start < inside.end for one in measure.subsidies) else "case"
        if any(inside.start <= one.start < inside.end for one in measure.quantities) and kind == "case":
            kind = "indicator"
        claim = f"planned:{kind}:m{printed.number:02d}_s{at}"
        questions.ask("measures.toml", key, "What executes this sentence, or why is it narrative?", claim)
        part = {"clause": key, "zh": f"待转述（第{at}句）", "en": "to be restated", "themes": ["foundation"], "executed_by": [claim]}
        yield table("measure.part", part)


def _unsure(measure: Measure) -> list[Element]:
    parts: list[Element] = [measure, *measure.responsible, *measure.quantities, *measure.deadlines, *measure.subsidies]
    return [one for one in parts if one.reason]


def _commitments(cut: AttachedText, claims: Sequence[Claim], questions: Questions) -> str:
    tables = []
    for claim in claims:
        questions.ask("commitments.toml", claim.clause, f"{claim.id}: is it a {claim.kind}, what shows it, and until when?", claim.quote)
        tables.append(table("commitment", claim.fields()))
    for clause, quote, reason in unclaimed(cut, claims):
        questions.ask("commitments.toml", clause, "Is this number really no promise?", quote)
        tables.append(table("not_commitment", {"clause": clause, "quote": quote, "reason": reason}))
    return "\n".join(["# Every number of the text, as what it is.", "", *tables])


def _regions(plan: Plan, questions: Questions) -> str:
    questions.ask("lists/regions.toml", REGION, "The region code and the units that report?", plan.addressee or "")
    region = {"code": REGION, "name": "待填地名", "name_en": UNTRANSLATED, "level": "city"}
    unit = {"id": REGION, "kind": "county", "region": REGION, "name": "待填报送单元", "name_en": UNTRANSLATED, "tile": [0, 0]}
    return "\n".join(['source = "待填来源"', "", table("region", region), table("unit", unit)])


def _questions(plan: Plan, questions: Questions) -> str:
    rows = [{"file": file, "clause": clause, "question": question, "stands": stands} for file, clause, question, stands in questions.asked]
    rows += [{"file": plan.doc, "clause": "-", "question": warning, "stands": ""} for warning in plan.warnings]
    lead = "# What a person must decide, file by file. Strike a question out when it is answered; the program does not read this file."
    return "\n".join([lead, "", *(table("question", row) for row in rows)])
