"""Read a pack's sentence libraries (`bulletin/*.toml`, one a kind of document) strictly, and turn them into the plain values the engine says sentences from.

Every slot, condition and form is checked while reading, so that a mistake is found by `yunxing pack check`, not on the day of issue.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Literal

from yunxing.engines.bulletins import template as t
from yunxing.engines.bulletins.ready import NUMBER
from yunxing.engines.bulletins.wording import FORMS
from yunxing.packs.strict import PackFault, Strict, load
from yunxing.packs.strict import read_toml as load_tables
from yunxing.values.errors import BadInput, Fault, nearest

PART_FORMS = {*FORMS, "auto"}


class _Choice(Strict):
    text: str
    when: tuple[str, ...] = ()


class _Light(Strict):
    commitment: str
    stat: str
    form: str
    pace: Literal["linear", "level"]
    tolerance_points: int = 5


class _Column(Strict):
    title: str
    indicator: str
    stat: str
    form: str
    rank: bool = False


class _Rule(Strict):
    text: str
    item: str
    indicator: str
    stat: str
    form: str
    best: int = 0
    worst: int = 0
    at_least: str | None = None
    below: str | None = None
    below_city: str | None = None
    absent: bool = False


class _Part(Strict):
    kind: Literal["prose", "lights", "ranking", "signals", "not_started", "verdicts", "trend", "contributions"]
    heading: str = ""
    id: str = ""
    title: str = ""
    remark: str = ""
    limit: int = 20
    chart: bool = False
    none: str = ""
    sentences: tuple[tuple[_Choice, ...], ...] = ()
    lights: tuple[_Light, ...] = ()
    columns: tuple[_Column, ...] = ()
    rules: tuple[_Rule, ...] = ()
    indicators: tuple[str, ...] = ()
    indicator: str = ""
    by: Literal["unit", "industry"] = "industry"
    stat: str = "cumulative_points"
    months: int = 13


class _Section(Strict):
    id: str
    title: str
    part: tuple[_Part, ...]


class _Attachment(Strict):
    title: str
    part: tuple[_Part, ...]


class _Head(Strict):
    mark: str
    number: str
    number_form: str = ""
    title: str
    issuer: str
    printer: str
    issue_day: int
    recipients: tuple[str, ...]
    copies: tuple[str, ...] = ()
    remark: str = ""
    name: str = "月通报"
    name_en: str = "Monthly bulletin"
    every: Literal["month", "quarter", "need"] = "month"
    disclosure: t.Disclosure = "on_request"
    disclosure_reason: str = ""
    about: Literal["", "unit"] = ""


class _Library(Strict):
    head: _Head
    section: tuple[_Section, ...]
    attachment: tuple[_Attachment, ...] = ()


def load_bulletin(path: Path) -> t.BulletinPlan:
    """The sentence library at `path`. Unknown keys, unreadable slots and conditions, unknown forms: all faults at once as `PackFault`."""
    library = load(path, _Library)
    faults: list[Fault] = []
    sections = tuple(
        t.SectionPlan(section.id, section.title, _parts(path, f"section {section.id}", section.part, faults)) for section in library.section
    )
    attachments = tuple(
        t.AttachmentPlan(attachment.title, _parts(path, f"attachment {attachment.title}", attachment.part, faults))
        for attachment in library.attachment
    )
    head = library.head
    for text in (head.title, head.number, *head.recipients, *(attachment.title for attachment in attachments)):
        _check_title(path, text, faults)
    if head.number_form and not NUMBER.match(head.number_form.replace("{year}", "2022").replace("{n}", "1")):
        faults.append(Fault(str(path), "head.number_form", repr(head.number_form), "a form such as 某工运〔{year}〕{n}号"))
    if not head.about:
        faults += [
            Fault(str(path), place, f"{word!r} in a document about nobody", 'about = "unit" in its head, or another word')
            for place, word in _personal(load_tables(path))
        ]
    if head.disclosure == "withheld" and not head.disclosure_reason:
        faults.append(Fault(str(path), "head.disclosure", "withheld", "withheld with a reason", fix="write disclosure_reason"))
    if faults:
        raise PackFault(faults)
    return t.BulletinPlan(
        mark=head.mark,
        number=head.number,
        title=head.title,
        issuer=head.issuer,
        printer=head.printer,
        remark=head.remark,
        recipients=head.recipients,
        copies=head.copies,
        sections=sections,
        attachments=attachments,
        issue_day=head.issue_day,
        kind=path.stem,
        name=head.name,
        name_en=head.name_en,
        every=head.every,
        disclosure=head.disclosure,
        disclosure_reason=head.disclosure_reason,
        number_form=head.number_form,
        about=head.about,
    )


def load_kinds(folder: Path) -> dict[str, t.BulletinPlan]:
    """Every kind of document in `folder` (a pack's `bulletin/`) by its id, the file's name; the monthly bulletin first, then by name."""
    plans = [load_bulletin(path) for path in sorted(folder.glob("*.toml"))]
    return {plan.kind: plan for plan in sorted(plans, key=lambda plan: (plan.every != "month", plan.every, plan.kind))}


def _personal(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text that speaks of the unit a letter is about."""
    if isinstance(value, str) and (f"{{{t.ITS}" in value or "{about}" in value or value.removeprefix("not ").startswith(t.ITS)):
        yield place, value
    inner = value.items() if isinstance(value, dict) else enumerate(value, start=1) if isinstance(value, list) else ()
    for name, one in inner:
        yield from _personal(one, f"{place}.{name}" if place else str(name))


def _check_title(path: Path, text: str, faults: list[Fault]) -> None:
    try:
        figures = [part for part in t.parse_text(text) if isinstance(part, t.Slot) and part.stat]
    except BadInput as error:
        faults.append(Fault(str(path), "head", repr(text), "words of the month only", why=str(error)))
        return
    if figures:
        faults.append(Fault(str(path), "head", repr(text), "a title without figures", fix="say the figure in a sentence"))


def _parts(path: Path, place: str, parts: tuple[_Part, ...], faults: list[Fault]) -> tuple[t.Part, ...]:
    return tuple(_part(path, f"{place}, part {n}", part, faults) for n, part in enumerate(parts, start=1))


def _part(path: Path, place: str, part: _Part, faults: list[Fault]) -> t.Part:
    forms = [*(column.form for column in part.columns), *(light.form for light in part.lights), *(rule.form for rule in part.rules)]
    for form in forms:
        _check_form(path, place, form, faults)
    match part.kind:
        case "prose":
            return t.Prose(tuple(_sentence(path, place, sentence, faults) for sentence in part.sentences), part.heading)
        case "lights":
            rules = tuple(t.LightRule(r.commitment, r.stat, r.form, r.pace, Fraction(r.tolerance_points)) for r in part.lights)
            return t.Lights(part.title, rules, part.remark)
        case "ranking":
            columns = tuple(t.RankColumn(c.title, c.indicator, c.stat, c.form, c.rank) for c in part.columns)
            if not columns:
                faults.append(Fault(str(path), place, "no column", "at least one column"))
            return t.Ranking(part.id, part.title, columns, part.chart, part.remark)
        case "signals":
            return t.SignalList(part.title, part.limit, part.indicators)
        case "trend":
            columns = tuple(t.RankColumn(c.title, c.indicator, c.stat, c.form) for c in part.columns)
            if not columns or not part.id:
                faults.append(Fault(str(path), place, "no column or no id", "an id and at least one column"))
            return t.Trend(part.id, part.title, columns, part.months, part.remark)
        case "contributions":
            if not part.indicator or not part.id:
                faults.append(Fault(str(path), place, "no indicator or no id", "an id and the indicator whose contributions are told"))
            return t.Contributions(part.id, part.title, part.indicator, part.by, part.stat, part.limit, part.remark)
        case "not_started":
            return t.NotStarted(part.title, part.limit)
        case "verdicts":
            return t.Verdicts(part.heading, tuple(_rule(path, place, rule, faults) for rule in part.rules), part.none)


def _sentence(path: Path, place: str, sentence: tuple[_Choice, ...], faults: list[Fault]) -> t.Sentence:
    choices = []
    for choice in sentence:
        try:
            made = t.Choice(choice.text, tuple(t.parse_condition(condition) for condition in choice.when))
            slots = [slot for slot in made.parts if isinstance(slot, t.Slot) and slot.stat]
        except BadInput as error:
            faults.append(Fault(str(path), place, repr(choice.text[:40]), "a sentence that can be read", why=str(error)))
            continue
        for slot in slots:
            _check_form(path, place, slot.form, faults)
        choices.append(made)
    return tuple(choices)


def _check_form(path: Path, place: str, form: str, faults: list[Fault]) -> None:
    if form not in PART_FORMS:
        near = nearest(form, PART_FORMS)
        faults.append(
            Fault(
                str(path),
                place,
                f"the form {form!r}",
                f"one of {', '.join(sorted(PART_FORMS))}",
                fix=f"did you mean {near!r}?" if near else "",
            )
        )


def _rule(path: Path, place: str, rule: _Rule, faults: list[Fault]) -> t.Verdict:
    bounds = {name: _points(path, place, name, getattr(rule, name), faults) for name in ("at_least", "below", "below_city")}
    return t.Verdict(rule.text, rule.item, rule.indicator, rule.stat, rule.form, rule.best, rule.worst, absent=rule.absent, **bounds)


def _points(path: Path, place: str, name: str, text: str | None, faults: list[Fault]) -> Fraction | None:
    """A bound: "2.0 点" and "95%" are points, a bare number is in the row's own unit."""
    if text is None:
        return None
    try:
        return Fraction(text.removesuffix("点").removesuffix("%").strip())
    except ValueError:
        faults.append(Fault(str(path), f"{place}, {name}", repr(text), 'a number such as "2.0 点", "95%" or "7"'))
        return None
