"""「我的政策」: what one enterprise may have, what stands in the way, what is still asked, and the best combination; each with its explanation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from yunxing.desk.support import in_force
from yunxing.desk.support.policy_pages import certainty_word, english, outcome_word, pick, result_word
from yunxing.engines.entitlements.assess import Result, Scalar, today_row
from yunxing.engines.entitlements.explain import explain
from yunxing.engines.entitlements.intake import from_mapping, show
from yunxing.engines.entitlements.nearmiss import near_miss
from yunxing.engines.entitlements.policy import Policy
from yunxing.engines.entitlements.questions import ask_next
from yunxing.engines.entitlements.reverse import ways_in
from yunxing.engines.entitlements.stacking import Choice, stacking_of
from yunxing.engines.entitlements.to_scalar import Value
from yunxing.engines.entitlements.wording import yuan
from yunxing.flows.gather_profiles import lineage_of
from yunxing.io import profiles
from yunxing.io.store.registry import read_some
from yunxing.packs.forms import load_forms
from yunxing.packs.pack import load_pack
from yunxing.packs.profile import ProfileFile
from yunxing.packs.strict import load
from yunxing.values.scope import Scope

Row = Mapping[str, Value]


def money(fen: int | None) -> str:
    """Money in the reader's language; nothing for none."""
    return "" if fen is None else yuan(fen, "en" if english() else "zh")


def my_policies(party: str, today: date) -> dict[str, Any]:
    """The page of an enterprise: entitled, near, waiting for data; the sum of what is promised by formula, and apart from it the ceilings."""
    found = assessed(party, today)
    best = combination(found)
    lines = [_line(one, best) for one in found]
    entitled = [line for line in lines if line["outcome"] == "yes"]
    counted = [line for line in entitled if line["kept"] and line["result"] == "fen"]
    return {
        "entitled": sorted(entitled, key=lambda line: (not line["kept"], -(line["amount_fen"] or 0), line["policy"])),
        "near": [line for line in lines if line["near"]],
        "asked": [line for line in lines if line["outcome"] == "needs_data"],
        "refused": [line for line in lines if line["outcome"] == "refused"],
        "others": [line for line in lines if line["outcome"] == "no" and not line["near"]],
        "questions": questions(found),
        "promised": money(sum(line["amount_fen"] or 0 for line in counted if line["certainty"] == "formula")),
        "ceilings": money(sum(line["amount_fen"] or 0 for line in counted if line["certainty"] != "formula")),
        "count": len(entitled),
        "day": max(profiles.days(settings.HOME).values(), default=None),
        "none": not found,
    }


class Assessed:
    """One row of a party under one policy, decided: what every part of the page reads."""

    def __init__(self, policy: Policy, scalar: Scalar, row: Row, raw: Mapping[str, Any]) -> None:
        self.policy, self.scalar, self.row, self.raw = policy, scalar, row, raw
        self.result: Result = scalar.decide(row)[0]


def assessed(party: str, today: date) -> list[Assessed]:
    """Every row of the party under every policy in force today, in the order of the policies."""
    rules, found = in_force.rules(), []
    for name, rows in profiles.of_party(settings.HOME, party).items():
        if name not in {policy.id for policy in rules}:
            continue
        policy = rules.policy(name, today)
        if not policy.in_force(today):
            continue
        scalar = in_force.scalar(rules, policy)
        for raw in rows:
            row, _faults = from_mapping(policy.sheet, raw, str(raw["party"]))
            found.append(Assessed(policy, scalar, today_row(row, today) if "as_of" in policy.sheet.columns else row, raw))
    return found


def combination(found: list[Assessed]) -> Choice:
    """What to take of what is entitled; deferrals and guarantees do not outweigh money."""
    amounts: dict[str, int] = {}
    for one in found:
        if one.result.outcome == "yes":
            amounts[one.policy.id] = amounts.get(one.policy.id, 0) + (one.result.amount_fen or 0)
    worth = {one.policy.id: one.policy.sheet.result in ("fen", "relief") for one in found}
    stacking = in_force.stacking()
    return stacking_of([name for name in stacking.policies if name in amounts], stacking.relations).choose(amounts, worth)


def questions(found: list[Assessed]) -> list[dict[str, Any]]:
    """The unknown columns in the order that decides soonest."""
    waiting = {one.policy.id: one for one in found if one.result.outcome == "needs_data"}
    asked = ask_next((one.scalar for one in waiting.values()), {name: one.row for name, one in waiting.items()})
    titles = in_force.titles()
    return [
        {
            "column": one["column"],
            "title": pick(one["title"]["zh"], one["title"]["en"]),
            "opens": [pick(*titles[name]) for name in one["opens"]],
        }
        for one in asked
    ]


def _line(one: Assessed, best: Choice) -> dict[str, Any]:
    sheet, name = one.policy.sheet, one.policy.id
    near = near_miss(one.scalar, one.row)
    dropped = best.dropped.get(name)
    return {
        "policy": name,
        "party": str(one.raw["party"]),
        # the page is the enterprise's own: only a row of something else, a project, says whose it is
        "about": str(one.raw.get("name") or "") if one.raw.get("payee") != one.raw["party"] else "",
        "title": pick(sheet.title, sheet.title_en),
        "outcome": one.result.outcome,
        "outcome_word": outcome_word(one.result.outcome),
        "amount_fen": one.result.amount_fen,
        "amount": money(one.result.amount_fen) if sheet.result != "exemption" and one.result.amount_fen else "",
        "result": sheet.result,
        "result_word": result_word(sheet.result),
        "certainty": sheet.certainty,
        "certainty_word": certainty_word(sheet.certainty),
        "status": sheet.status,
        "awaited": "；".join(sheet.awaited) if sheet.status == "expected" else "",
        "kept": name in best.kept,
        "against": [pick(*in_force.titles().get(other, (other, other))) for other in dropped.policies if other in best.kept]
        if dropped
        else [],
        "near": near
        and {
            "title": pick(near["title"]["zh"], near["title"]["en"]),
            "margin": near["margin"],
            "margin_en": near["margin_en"],
            "may_change": near["may_change"],
        },
        "synthetic": "合成数据" in str(one.raw.get("source") or ""),
    }


def explained(party: str, policy: str, row_of: str, today: date) -> dict[str, Any] | None:
    """The explainer of one row of the party: the answer first, why, how it is computed, what would open it, what goes with it; None when there is none."""
    every = assessed(party, today)
    one = next((one for one in every if one.policy.id == policy and str(one.raw["party"]) == row_of), None)
    if one is None:
        return None
    rules = in_force.rules()
    answer = explain(one.scalar, one.row, today, party=row_of, ruleset=rules.id, sources=sources(one))
    best = combination(every)
    line = _line(one, best)
    return {
        **line,
        "answer": answer,
        "data": data_of(one),
        "sentence": answer["sentences"]["en" if english() else "zh"],
        "conditions": [_told(each) for each in answer["conditions"]],
        "steps": [
            {
                **step,
                "words": pick(step["title"]["zh"], step["title"]["en"]),
                "line": pick(step["formula"], step["formula_en"]),
                "out": pick(step["value"], step["value_en"]),
            }
            for step in answer["steps"]
        ],
        "ways": ways_in(one.scalar, one.row),
        "questions": [each for each in questions(every) if each["column"] in answer["missing"]],
        "weighed": [
            {"policies": [pick(*in_force.titles()[name]) for name in one_set], "sum": money(total)}
            for one_set, total in best.weighed
            if policy in {name for each, _ in best.weighed for name in each}
        ],
    }


def for_desk(party: str, scope: Scope, today: date) -> dict[str, Any] | None:
    """The page of an enterprise as a desk role sees it; None where the registry holds none of that id or the scope does not hold it."""
    connection.ensure_connection()
    found = read_some(connection, [party]).get(party)
    if found is None or not scope.sees_party(party, found.unit):
        return None
    return {**my_policies(party, today), "of": party, "firm": found.name}


def _told(condition: Mapping[str, Any]) -> dict[str, Any]:
    because = [{**each, "words": pick(each["title"], each["title_en"])} for each in condition["because"]]
    test = condition["test"]
    return {
        **condition,
        "words": pick(condition["title"]["zh"], condition["title"]["en"]),
        "test_words": pick(test["zh"], test["en"]),
        "because": because,
    }


def data_of(one: Assessed) -> list[dict[str, str]]:
    """Every column of the rule: its value as a reader knows it, where it comes from, since when, and where it stands there; empty where unknown."""
    named, lineage = sources(one), lineage_of(one.raw)
    told = []
    for name, column in one.policy.sheet.columns.items():
        value = one.row.get(name)
        day, place = lineage.get(name, ("", ""))
        told.append(
            {
                "title": pick(column.title, column.title_en) or name,
                "value": "" if value is None else show(column, value),
                "source": named[name]["name"] if name in named else "",
                "day": day,
                "place": place,
            }
        )
    return told


def sources(one: Assessed) -> dict[str, dict[str, str]]:
    """Where each value comes from: the form, list, document or register the pack names, and who gave the profile."""
    given = str(one.raw.get("source") or "")
    named = _source_words(in_force.pack().folder, english=english())
    return {name: {"name": named[name], "given": given} for name in one.policy.sheet.columns if name in named}


@lru_cache(maxsize=4)
def _source_words(folder: Path, *, english: bool) -> dict[str, str]:
    """The source of every profile column in words: `fact:listing_month.board` → the form's title and the item's."""
    forms = load_forms(folder)
    lists = {one.id: (one.title, one.title_en) for one in load_pack(folder).rosters.list}
    found = {}
    for column in load(folder / "profile.toml", ProfileFile).column:
        kind, _, rest = column.source.partition(":")
        zh, en = rest, column.title_en
        if kind == "fact":
            form = rest.partition(".")[0]
            zh, en = f"{forms[form].title} · {column.title}", f"{forms[form].title_en} · {column.title_en}"
        elif kind == "list":
            zh, en = lists.get(rest.partition(".")[0], (rest, rest))
        elif kind != "declared":
            zh, en = {"registry": ("主体登记", "the registry"), "round": ("办理批次", "the round"), "ledger": ("台账", "the ledger")}.get(
                kind, (rest, rest)
            )
        found[column.name] = en if english else zh
    return found
