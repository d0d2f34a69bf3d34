"""S4, the living plan: the measures as a board, and one measure clause by clause with every commitment's light, value and executor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk.room import target_pages
from yunxing.desk.room.board import Board, worst
from yunxing.desk.room.executors import executor_href, executor_name
from yunxing.desk.room.figures import in_words, pick, printed
from yunxing.desk.room.live import Live, live
from yunxing.packs.attach import AttachedText
from yunxing.packs.pack import Pack
from yunxing.packs.plan import PLANNED, Commitment, Measure, Part
from yunxing.values.citation import Clause, find_quote

NOTHING: Mapping[str, Live] = {}


def counted_now(pack: Pack, board: Board | None) -> dict[str, Live]:
    """The figures of commitments that no closed month holds, counted from items as they stand."""
    names = {one.indicator for one in pack.commitments if one.indicator and (board is None or one.indicator not in board.cards)}
    return {name: found for name in sorted(names) if (found := live(name)) is not None}


def measure_lights(board: Board | None, pack: Pack, counted: Mapping[str, Live] = NOTHING) -> dict[int, str]:
    """The worst light of each measure's measurable promises; none where no figure shows it."""
    return {
        measure.number: worst(light_of(one, board, counted) for one in pack.commitments_of(measure.number)) for measure in pack.measures
    }


def light_of(commitment: Commitment, board: Board | None, counted: Mapping[str, Live] = NOTHING) -> str:
    """The light of a promise: its indicator's; a cap or a rate binds a rule and carries none."""
    name = commitment.indicator
    if not commitment.is_promise or name is None:
        return "none"
    if board is not None and name in board.cards:
        return board.light(name)
    found = counted.get(name)
    return found.light if found else "none"


def plan_board(pack: Pack, board: Board | None, office: str) -> dict[str, Any]:
    """The measures by section, all of them or one office's."""
    counted = counted_now(pack, board)
    lights = measure_lights(board, pack, counted)
    sections, count = [], 0
    for section in pack.sections:
        chosen = [m for m in pack.measures if m.section == section.number and (not office or office in m.offices)]
        count += len(chosen)
        if chosen:
            sections.append(
                {
                    "title": f"{section.number}、{pick(section.title, section.title_en)}" if pick("zh", "en") == "zh" else section.title_en,
                    "measures": [measure_card(one, pack, board, lights[one.number], counted) for one in chosen],
                }
            )
    named = sorted({name for m in pack.measures for name in m.offices}, key=list(pack.offices).index)
    return {
        "sections": sections,
        "shown": count,
        "state": f"{pack.document.number} · {_('成文日期')} {pack.document.date.isoformat()} · {validity(pack)}",
        "offices": [{"id": name, "title": pick(pack.offices[name].short, pack.offices[name].name_en)} for name in named],
        "chosen_office": office,
        "targets_href": target_pages.targets_href(board) if board and board.outlooks else "",
    }


def measure_card(measure: Measure, pack: Pack, board: Board | None, light: str, counted: Mapping[str, Live] = NOTHING) -> dict[str, Any]:
    """One measure on the board: its offices, how much of it runs, and every promise that a figure shows, against its target."""
    built = sum(bool(part.built) and not part.planned for part in measure.parts)
    return {
        "number": measure.number,
        "title": pick(measure.title, measure.title_en),
        "light": light,
        "offices": offices_line(measure, pack),
        "summary": _("%(n)s 句承诺，%(built)s 句已在系统中执行，%(numbers)s 个数字")
        % {"n": len(measure.parts), "built": built, "numbers": len(pack.commitments_of(measure.number))},
        "href": measure_href(measure.number, board.month.code if board else ""),
        "progress": [row for one in pack.commitments_of(measure.number) if one.is_promise and (row := progress(one, board, counted))],
    }


def progress(one: Commitment, board: Board | None, counted: Mapping[str, Live] = NOTHING) -> dict[str, str]:
    """A promise's present figure beside its target; empty where nothing measures it yet."""
    if one.indicator is None or board is None or one.indicator not in board.cards:
        found = counted.get(one.indicator or "")
        target = f"{SIGNS[one.comparator]}{in_words(one.value)}"
        return {"title": pick(one.title, one.title_en), "value": found.value, "target": target} if found else {}
    ahead = target_pages.line_of(board, one.indicator)
    return {
        "title": board.cards[one.indicator].title,
        "value": str(board.shown(board.headline(one.indicator))),
        "target": f"{SIGNS[one.comparator]}{in_words(one.value)}",
        **({"probability": ahead["probability"], "level": ahead["level"], "href": ahead["href"]} if ahead else {}),
    }


def measure_href(number: int, period: str) -> str:
    """The address of a measure's page."""
    return reverse("room:measure", args=[number]) + ("?" + urlencode({"p": period}) if period else "")


def offices_line(measure: Measure, pack: Pack) -> str:
    """The bodies in the order of the bracket; no lead is inferred from it."""
    names = [pick(pack.offices[name].short, pack.offices[name].name_en) for name in measure.offices]
    return (", " if pick("zh", "en") == "en" else "、").join(names)


def validity(pack: Pack) -> str:
    """From when to when the document is in force, as it states it."""
    end = pack.document.in_force.to
    return _("现行有效 · 至%(day)s") % {"day": end.isoformat()} if end else _("未载明有效期")


def measure_page(
    measure: Measure, pack: Pack, board: Board | None, text: AttachedText | None, period: str, without: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """One measure: clause at left, commitments and sentences at right. `without`: kinds of executors whose pages the reader may not open."""
    commitments = pack.commitments_of(measure.number)
    numbers = [one.number for one in pack.measures]
    at = numbers.index(measure.number)
    basis = {
        "explicit": _("文件写明牵头单位"),
        "sole": _("文件只列一家责任单位"),
        "decided": _("牵头单位由记录在案的决定确定"),
        "none": _("文件未写牵头单位，按职责分工负责"),
    }[measure.lead_basis]
    section = pack.section_of(measure.number)
    return {
        "measure": {
            "number": measure.number,
            "title": pick(measure.title, measure.title_en),
            "section": pick(section.title, section.title_en),
            "offices": offices_line(measure, pack),
            "lead": basis,
            "previous": measure_href(numbers[at - 1], period) if at else "",
            "next": measure_href(numbers[at + 1], period) if at + 1 < len(numbers) else "",
        },
        "verbatim": list(verbatim(text, pack.document.short_number, measure, commitments)) if text else [],
        "citation": _("%(number)s 第%(n)s条") % {"number": pack.document.number, "n": measure.number},
        "validity": validity(pack),
        "parts": [part_row(part, pack, without) for part in measure.parts],
        "commitments": [commitment_row(one, pack, board) for one in commitments],
        "measures_href": reverse("room:measures") + ("?" + urlencode({"p": period}) if period else ""),
    }


def part_row(part: Part, pack: Pack, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """One promise with what executes it."""
    return {
        "clause": part.clause,
        "anchor": part.clause.replace("/", "-"),
        "text": pick(part.zh, part.en),
        "narrative": pick(_("说明性文字，不构成承诺"), part.narrative) if part.narrative else "",
        "executed_by": [
            {"name": executor_name(claim, pack), "planned": claim.startswith(PLANNED), "href": executor_href(claim, pack, without)}
            for claim in part.executed_by
        ],
    }


def commitment_row(one: Commitment, pack: Pack, board: Board | None) -> dict[str, Any]:
    """One number of the plan: target, current value, light, year-end forecast or why it cannot be measured yet."""
    name = one.indicator
    measured = board is not None and name is not None and name in board.cards
    row = {
        "id": one.id,
        "title": pick(one.title, one.title_en),
        "clause": one.clause,
        "quote": one.quote,
        "target": f"{SIGNS[one.comparator]}{in_words(one.value)}",
        "light": light_of(one, board),
        "value": _("尚不能计量"),
        "forecast": "—",
        "executed": executor_name(one.shown_by, pack),
        "executed_href": executor_href(one.shown_by, pack),
        "planned": one.shown_by.startswith(PLANNED),
        "href": "",
    }
    found = None if measured or name is None else live(name)
    if found is not None:
        light = found.light if one.is_promise else "none"
        return row | {"value": found.value, "light": light, "forecast": found.words or "—", "href": found.href}
    if not measured or board is None or name is None:
        row["value"] = _("由规则执行") if one.shown_by.startswith(("policy:", "pool:")) else row["value"]
        return row | on_list(one, board)
    figure = board.headline(name)
    row["value"] = str(board.shown(figure))
    if figure is not None:
        row["href"] = reverse("room:figure", args=[board.month.code]) + "?" + urlencode({"id": figure.id})
        ahead = target_pages.line_of(board, name) if one.is_promise else None
        pace = board.pace(board.cards[name])
        if ahead is not None:
            row["forecast"] = _("%(expected)s（%(band)s），完成概率 %(p)s；%(needed)s") % {
                "expected": ahead["expected"], "band": ahead["band"], "p": ahead["probability"], "needed": ahead["needed"],
            }  # fmt: skip
            row["forecast_href"] = ahead["href"]
        elif pace and figure.value is not None and one.is_promise:
            forecast: Fraction = figure.value / pace
            row["forecast"] = _("按进度推算 %(figure)s") % {
                "figure": str(printed(forecast, figure.unit, shown=board.cards[name].plain.get("shown")))
            }
    return row


def on_list(one: Commitment, board: Board | None) -> dict[str, str]:
    """A number that a list shows: how many stood on it at the end of the closed month, and the list's page; nothing for another kind of number."""
    kind, _colon, roster = one.shown_by.partition(":")
    if kind != "list" or board is None:
        return {}
    rows = board.snapshot.table("registry", ["rosters"]).to_pylist()
    count = sum(roster in str(row["rosters"]).split(",") for row in rows)
    return {"value": _("名录现有 %(n)s") % {"n": count}, "href": reverse("registers:list", args=[roster])} if count else {}


SIGNS = {"eq": "", "le": "≤ ", "ge": "≥ ", "lt": "< ", "gt": "> ", "approx": "≈ ", "range": ""}


def verbatim(text: AttachedText, pack_number: str, measure: Measure, commitments: tuple[Commitment, ...]) -> Iterator[dict[str, str]]:
    """The measure's own words with every commitment's phrase marked. Where phrases overlap, the words go to the one that starts first."""
    span = next(one for one in text.measures if one.number == measure.number).span
    words = span.of(text.text)
    marks = []
    for one in commitments:
        sentence = text.span(Clause(pack_number, one.key.measure, one.key.sentence))
        if sentence is None:
            continue
        found = find_quote(one.quote, sentence.of(text.text))
        if found is not None:
            marks.append((sentence.start - span.start + found[0], sentence.start - span.start + found[1], one.id))
    at = 0
    for start, end, name in sorted(marks):
        start = max(start, at)  # noqa: PLW2901  # a phrase that begins inside another keeps what is left of it
        if start >= end:
            continue
        if start > at:
            yield {"text": words[at:start], "commitment": ""}
        yield {"text": words[start:end], "commitment": name}
        at = end
    if at < len(words):
        yield {"text": words[at:], "commitment": ""}
