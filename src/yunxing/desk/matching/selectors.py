"""What the pages of matching show. Rows of needs are cut to the person's area; totals are the round's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from yunxing.desk import clock
from yunxing.desk.dispatch.place import office_name, unit_name
from yunxing.desk.matching import services
from yunxing.desk.matching.models import Contact, Pair, Posting, Round
from yunxing.desk.matching.place import REFUSED, SUGGESTED, column_said, refusal_words, rules, step_words
from yunxing.desk.room.figures import pick
from yunxing.desk.scoping import acting_as_system, current_scope
from yunxing.engines.matching.compare import METHODS
from yunxing.engines.matching.explain import Reason, in_short, reasons, why_not
from yunxing.engines.matching.kind import Hard, Kind, Part
from yunxing.values.scope import ALL

SHOWN = 60
PER_NEED = 3


def method_words(method: str) -> str:
    """The name of an assignment."""
    return {"optimal": _("总分最优"), "stable": _("双方稳定"), "greedy": _("按分先得")}[method]


def titled(kind: Kind) -> dict[str, Any]:
    """A kind's own words in the reader's language."""
    return {
        "id": kind.id, "title": pick(kind.title, kind.title_en), "clause": kind.clause, "office": office_name(kind.owner), "unit": kind.unit,
        "need": pick(kind.need_title, kind.need_title_en), "offer": pick(kind.offer_title, kind.offer_title_en), "consent": kind.consent,
    }  # fmt: skip


def home() -> list[dict[str, Any]]:
    """One card a kind: how many stand on both sides, the newest round, how its chosen pairs went."""
    postings = Counter(Posting.objects.filter(withdrawn__isnull=True).values_list("kind", "side"))
    states: dict[str, Counter[str]] = {}
    for kind, state in Pair.objects.values_list("kind", "state"):
        states.setdefault(kind, Counter())[state] += 1
    newest: dict[str, Round] = {}
    for one in Round.objects.all():
        newest.setdefault(one.kind, one)
    cards = []
    for kind in rules().kinds.values():
        counted = states.get(kind.id, Counter())
        done = kind.steps[-1][0]
        cards.append({
            **titled(kind), "needs": postings[kind.id, "need"], "offers": postings[kind.id, "offer"], "round": newest.get(kind.id),
            "pairs": sum(counted.values()), "open": sum(n for state, n in counted.items() if state not in (REFUSED, done)), "done": counted[done],
            "refused": counted[REFUSED],
        })  # fmt: skip
    return cards


def conditions(kind: Kind) -> dict[str, Any]:
    """The hard conditions and the parts of the score, with their sources; what the clause leaves open is marked."""
    whose = {"both": _("双方"), "need": pick(kind.need_title, kind.need_title_en), "offer": pick(kind.offer_title, kind.offer_title_en)}
    return {
        "hard": [{"title": pick(one.title, one.title_en), "source": one.source, "expected": one.expected} for one in kind.hard],
        "parts": [{"title": pick(one.title, one.title_en), "points": one.points, "of": whose[one.of], "source": one.source, "expected": one.expected} for one in kind.parts],
        "full": kind.full,
        "ties": {"value": _("先看契合分，再抽签"), "lottery": _("抽签"), "id": _("按编号")}[kind.ties],
        "proposer": whose[kind.proposer],
    }  # fmt: skip


def kind_page(kind: Kind) -> dict[str, Any]:
    """A kind: its conditions, both sides, its rounds, what became of its pairs, why some were refused."""
    sides = {side: list(Posting.objects.filter(kind=kind.id, side=side, withdrawn__isnull=True)) for side in ("need", "offer")}
    pairs = Pair.objects.filter(kind=kind.id)
    refused = Counter(pairs.filter(state=REFUSED).values_list("refusal", flat=True))
    return {
        "kind": titled(kind), "conditions": conditions(kind), "draws": kind.id in rules().draws,
        "rounds": [{"round": one, "method": method_words(one.method) if one.method else "—"} for one in Round.objects.filter(kind=kind.id)[:20]],
        "sides": [side_table(kind, side, sides[side]) for side in ("need", "offer")],
        "refusals": [(refusal_words(kind, reason), n) for reason, n in refused.most_common()],
        "late": late(kind),
    }  # fmt: skip


def side_table(kind: Kind, side: str, postings: Sequence[Posting]) -> dict[str, Any]:
    """One side's postings as rows in words."""
    columns = kind.columns("need" if side == "need" else "offer")
    rows = [
        {"posting": one, "cells": [column_said(column, one.row.get(name)) for name, column in columns.items()], "waits": kind.consent and side == "need" and not one.consent}
        for one in postings[:SHOWN]
    ]  # fmt: skip
    return {
        "side": side, "title": titled(kind)[side], "columns": [pick(one.title, one.title_en) for one in columns.values()], "rows": rows,
        "count": len(postings), "more": max(0, len(postings) - SHOWN), "units": sum(one.quota for one in postings),
    }  # fmt: skip


def late(kind: Kind) -> list[Pair]:
    """The pairs that nobody has contacted within the kind's working days; none for a kind without such a limit."""
    if not kind.answer_days:
        return []
    calendar, today = clock.calendar(), clock.today()
    waiting = Pair.objects.filter(kind=kind.id, state=SUGGESTED).select_related("round")
    return [one for one in waiting if one.round.chosen_on and calendar.between(one.round.chosen_on, today) > kind.answer_days]


def seen(one: Round, row: Mapping[str, Any]) -> bool:
    """Whether the person may see a need's row: all for the office that answers for the kind and the command, else those of his area."""
    scope = current_scope()
    return (scope.offices is not ALL and scope.sees_office(one.office)) or scope.sees_party(row.get("party") or "", row.get("unit") or "")


def round_page(kind: Kind, one: Round, asked: Mapping[str, str]) -> dict[str, Any]:
    """A round: three assignments side by side, the shortlist of each need with reasons, the pairs of the chosen one with their states."""
    page: dict[str, Any] = {
        "round": one,
        "kind": titled(kind),
        "busy": one.state in (Round.State.WAITING, Round.State.SOLVING),
        "conditions": conditions(kind),
    }
    result = services.result_of(one)
    if result is None:
        return page
    offers = {row["id"]: row for row in result["offers"]}
    needs = [row for row in result["needs"] if seen(one, row)]
    given = {method: {(need, offer): units for need, offer, units, _value in result["methods"][method]["pairs"]} for method in METHODS}
    lists: dict[str, list[list[Any]]] = {}
    for edge in result["edges"]:
        lists.setdefault(edge[0], []).append(edge)
    word = asked.get("q", "").strip()
    shown = [row for row in needs if not word or word in row["name"] or word in row["id"]]
    page |= {
        "compared": [compared(kind, result, method) for method in METHODS], "proof": proof(result), "passed": result["passed"], "edges": len(result["edges"]),
        "shortlists": [need_list(kind, row, lists.get(row["id"], []), offers, given) for row in shown[:SHOWN]], "count": len(shown), "more": max(0, len(shown) - SHOWN),
        "word": word, "spread": spread_rows(result, one.method or "optimal"), "why": why(kind, result, needs, asked), "needs": needs, "offers": list(offers.values()),
    }  # fmt: skip
    if one.state == Round.State.CHOSEN:
        pairs = list(Pair.objects.filter(round=one))
        page["pairs"] = [
            {"pair": pair, "state": step_words(kind, pair.state), "refusal": refusal_words(kind, pair.refusal)} for pair in pairs[:200]
        ]
        page["pair_count"] = len(pairs)
        page["chosen"] = method_words(one.method)
    return page


def compared(kind: Kind, result: Mapping[str, Any], method: str) -> dict[str, Any]:
    """One column of the comparison."""
    found = result["methods"][method]
    best = result["methods"]["optimal"]["measures"]["value"]
    told = found["measures"]
    share = f"{told['value'] * 1000 // best / 10:.1f}%" if best else "—"
    names = {row["id"]: row["name"] for row in (*result["needs"], *result["offers"])}
    return {
        "id": method, "title": method_words(method), **told, "share": share, "matched": sum(1 for row in result["needs"] if row["quota"]) - told["unmatched"],
        "given": f"{told['units']} {kind.unit}", "examples": [(names[need], names[offer]) for need, offer in found["blocking"][:3]],
    }  # fmt: skip


def proof(result: Mapping[str, Any]) -> dict[str, Any]:
    """What stands behind the optimum, in words."""
    told = result["proof"]
    prices = sorted(result.get("prices", []), key=lambda one: (-one[1], one[0]))[:5]
    names = {row["id"]: row["name"] for row in result["offers"]}
    return {
        **told,
        "proven": told["status"] == "optimal",
        "scarce": [(names[id_], price) for id_, price in prices],
        "market": result["market"],
        "seed": result["seed"],
    }


def need_list(
    kind: Kind,
    row: Mapping[str, Any],
    edges: Sequence[Sequence[Any]],
    offers: Mapping[str, Mapping[str, Any]],
    given: Mapping[str, Mapping[tuple[str, str], int]],
) -> dict[str, Any]:
    """A need and its best offers, each with the reasons in one line and which assignments gave it."""
    best = sorted(edges, key=lambda edge: (-edge[2], edge[1]))
    held = {offer for method in METHODS for (need, offer) in given[method] if need == row["id"]}
    kept = [edge for at, edge in enumerate(best) if at < PER_NEED or edge[1] in held]
    return {
        "row": row, "unit": unit_name(row.get("unit") or ""), "all": len(best),
        "offers": [
            {
                "id": edge[1], "name": offers[edge[1]]["name"], "value": edge[2], "why": short(kind, edge[5]),
                "by": [(method, method_words(method), given[method][row["id"], edge[1]]) for method in METHODS if (row["id"], edge[1]) in given[method]],
            }
            for edge in kept
        ],
    }  # fmt: skip


def short(kind: Kind, points: Sequence[int]) -> str:
    """The parts of a score, the weightiest first."""
    found = sorted(zip(kind.parts, points, strict=True), key=lambda one: -one[1])
    return _("、").join(f"{pick(part.title, part.title_en)} {given}/{part.points}" for part, given in found if given)


def spread_rows(result: Mapping[str, Any], method: str) -> list[dict[str, Any]]:
    """What each county gets from an assignment."""
    return [{**row, "name": unit_name(row["group"]) or row["group"] or "—"} for row in result["methods"][method]["spread"]]


def why(kind: Kind, result: Mapping[str, Any], needs: Sequence[Mapping[str, Any]], asked: Mapping[str, str]) -> dict[str, Any] | None:
    """Why two parties fit, or why they were not brought together."""
    need = next((row for row in needs if row["id"] == asked.get("need")), None)
    offer = next((row for row in result["offers"] if row["id"] == asked.get("offer")), None)
    if need is None or offer is None:
        return None
    edge = next((one for one in result["edges"] if (one[0], one[1]) == (need["id"], offer["id"])), None)
    barred = why_not(kind, need, offer)
    better = [row for row in result["edges"] if row[1] == offer["id"] and edge is not None and row[4] < edge[4]]
    said = ""
    if barred:
        said = _("不满足硬条件：") + "；".join(barred)
    elif edge is None:
        said = _("满足硬条件，但双方各有更合适的对象，未进入候选。")
    else:
        said = _("在候选之列，契合 %(value)s 分；供给方更愿意的还有 %(n)s 家。") % {"value": edge[2], "n": len(better)}
    return {
        "need": need,
        "offer": offer,
        "said": said,
        "reasons": reason_rows(kind, reasons(kind, need, offer)),
        "score": edge[2] if edge else None,
    }


def reason_rows(kind: Kind, found: Sequence[Reason]) -> list[dict[str, Any]]:
    """Reasons as rows; reporting units by name."""
    del kind
    names = {code: unit_name(code) for one in found for code in one.words.replace("、", " ").replace("，", " ").split() if unit_name(code)}
    rows = []
    for one in found:
        words = one.words
        for code, name in names.items():
            words = words.replace(code, name)
        rows.append({"reason": one, "title": pick(one.title, one.title_en), "words": words})
    return rows


def pair_page(kind: Kind, pair: Pair) -> dict[str, Any]:
    """A pair: why it was made, its contacts, what may be recorded next."""
    with acting_as_system("matching"):  # an enterprise sees its own pair, not the round it came from
        result = services.result_of(Round.objects.get(pk=pair.round_id)) or {"needs": [], "offers": []}
    need = next((row for row in result["needs"] if row["id"] == pair.need), None)
    offer = next((row for row in result["offers"] if row["id"] == pair.offer), None)
    found = reasons(kind, need, offer) if need and offer else ()
    steps = [one[0] for one in kind.steps]
    at = steps.index(pair.state) if pair.state in steps else -1
    closed = pair.state in (REFUSED, steps[-1])
    return {
        "pair": pair, "kind": titled(kind), "unit": unit_name(pair.unit), "state": step_words(kind, pair.state), "refusal": refusal_words(kind, pair.refusal),
        "reasons": reason_rows(kind, found), "short": in_short(kind, need, offer) if need and offer else "", "closed": closed,
        "contacts": [{"contact": one, "step": step_words(kind, one.step), "reason": refusal_words(kind, one.reason)} for one in Contact.objects.filter(pair=pair)],
        "steps": [(id_, pick(zh, en)) for place, (id_, zh, en) in enumerate(kind.steps) if place >= at], "refusals": [(id_, pick(zh, en)) for id_, zh, en in kind.refusals],
        "today": clock.today(), "cells": cells(kind, need, offer),
    }  # fmt: skip


def cells(kind: Kind, need: Mapping[str, Any] | None, offer: Mapping[str, Any] | None) -> list[tuple[str, list[tuple[str, str]]]]:
    """Both sides' rows in words."""
    found = []
    for side, row in (("need", need), ("offer", offer)):
        if row is not None:
            columns = kind.columns("need" if side == "need" else "offer")
            found.append(
                (titled(kind)[side], [(pick(one.title, one.title_en), column_said(one, row.get(name))) for name, one in columns.items()])
            )
    return found


def mine() -> dict[str, Any]:
    """An enterprise's own page: what was suggested to it, and what it has posted, by kind."""
    pairs = []
    for pair in Pair.objects.all():
        kind = rules().kinds.get(pair.kind)
        if kind is not None:
            pairs.append(
                {"pair": pair, "kind": titled(kind), "state": step_words(kind, pair.state), "refusal": refusal_words(kind, pair.refusal)}
            )
    postings = []
    for one in Posting.objects.filter(withdrawn__isnull=True):
        kind = rules().kinds.get(one.kind)
        if kind is not None:
            columns = kind.columns("need" if one.side == "need" else "offer")
            said = [
                (pick(column.title, column.title_en), column_said(column, one.row.get(name)))
                for name, column in columns.items()
                if one.row.get(name) is not None
            ]
            postings.append({"posting": one, "kind": titled(kind), "asks": kind.consent and one.side == "need", "cells": said})
    return {"pairs": pairs, "postings": postings, "kinds": [titled(kind) for kind in rules().kinds.values()]}


def fields(kind: Kind, given: Mapping[str, str]) -> list[dict[str, Any]]:
    """The fields of an enterprise's own need: the kind's columns, with the words that the other side's offers use where the column is to meet them."""
    words: dict[str, set[str]] = {}
    tests: tuple[Hard | Part, ...] = (*kind.hard, *kind.parts)
    partners = {one.need: one.offer for one in tests if one.need and one.offer}
    for row in Posting.objects.filter(kind=kind.id, side="offer", withdrawn__isnull=True).values_list("row", flat=True):
        for name, partner in partners.items():
            value = row.get(partner)
            words.setdefault(name, set()).update(value if isinstance(value, list) else [value] if isinstance(value, str) else [])
    return [
        {"id": name, "title": pick(one.title, one.title_en), "type": one.type, "unit": one.unit, "required": one.required, "value": given.get(name, ""), "choices": sorted(words.get(name, ()))}
        for name, one in kind.columns("need").items()
        if name != "unit"
    ]  # fmt: skip


def day_of(text: str) -> date:
    """The day of a form; today for none. Raises ValueError for what is no day."""
    return date.fromisoformat(text) if text.strip() else clock.today()
