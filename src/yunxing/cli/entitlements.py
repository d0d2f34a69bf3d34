"""`yunxing entitlements …`: what a party may claim, why, how near it came, and a whole round from profiles to the payment list."""

from __future__ import annotations

import json as json_module
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yunxing.cli import entitlement_documents, entitlement_questions
from yunxing.cli.context import HomeOption, JsonOption, PackOption, day_given, emit, errors, home_path, ready_home
from yunxing.values.errors import BadInput, DoesNotHold, Fault

if TYPE_CHECKING:
    import polars as pl

    from yunxing.engines.entitlements.assess import Scalar
    from yunxing.engines.entitlements.policy import Policy
    from yunxing.engines.entitlements.ruleset import RuleSet
    from yunxing.flows.run_round import Round

app = typer.Typer(no_args_is_help=True)
entitlement_questions.register(app)
entitlement_documents.register(app)

DateOption = Annotated[str | None, typer.Option("--date", help="date of application, such as 2022-09-30; default today")]
PolicyOption = Annotated[
    str | None, typer.Option("--policy", help="one policy; default every policy in force that reads a column of the profile")
]


@app.command()
def assess(
    profiles: Annotated[Path, typer.Argument(help="PROFILES.parquet: party, perhaps claim, and the columns the policies read")],
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="OUT.parquet: a row per party, claim and policy")],
    day: DateOption = None,
    engine: Annotated[
        str, typer.Option("--engine", help="polars, duckdb, spark (needs Java and the extra), or python (the slow twin)")
    ] = "polars",
    pack: PackOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Every party against every policy in force: outcome, condition masks, amount."""
    import io

    from yunxing.engines.entitlements.assess import assess as assess_all
    from yunxing.io.files import write_atomic

    rules, on = _rules(pack, home), day_of_application(day)
    chosen: Any = engine
    if engine == "duckdb":
        from yunxing.io.entitlement_tables import on_duckdb

        chosen = on_duckdb
    if engine == "spark":
        rows = _on_spark(_read_profiles(profiles), rules, on)
    else:
        rows = assess_all(_read_profiles(profiles), rules, on, engine=chosen)
    buffer = io.BytesIO()
    rows.write_parquet(buffer)
    write_atomic(out, buffer.getvalue())
    counts = _counts(rows)
    lines = [f"{policy}: " + ", ".join(f"{outcome} {count}" for outcome, count in found.items()) for policy, found in counts.items()]
    data = {"rows": len(rows), "out": str(out), "applied_on": on.isoformat(), "ruleset": rules.id, "policies": counts}
    emit(
        data,
        as_json=json,
        lines=[*(lines or [f"no policy in force on {on} reads these columns"]), f"{len(rows)} rows in {out}", named(rules)],
    )


def _on_spark(profiles: pl.LazyFrame, rules: RuleSet, on: date) -> pl.DataFrame:
    """The same rows from a Spark cluster of this machine. Errors: `BadInput` saying what Spark lacks here."""
    from yunxing.engines.entitlements.assess import assess as assess_all
    from yunxing.io.entitlement_tables import on_ibis
    from yunxing.io.spark_tables import cluster, why_not

    if missing := why_not():
        raise BadInput(f"--engine spark: {missing}")
    with cluster() as connection:
        return assess_all(profiles, rules, on, engine=on_ibis(connection))


def _counts(rows: pl.DataFrame) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for policy, outcome, count in rows.group_by("policy", "outcome").len().sort("policy", "outcome").iter_rows():
        found.setdefault(policy, {})[str(outcome)] = count
    return found


@app.command()
def explain(
    profile: Annotated[Path, typer.Argument(help="PROFILE.json: one party's columns; money as whole fen or text with a unit")],
    *,
    policy: PolicyOption = None,
    day: DateOption = None,
    pack: PackOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Why one party gets what it gets: conditions with their clause, every step with its numbers, which cap bound, what is missing."""
    from yunxing.engines.entitlements.assess import Scalar
    from yunxing.engines.entitlements.explain import explain as explain_one

    rules, on = _rules(pack, home), day_of_application(day)
    given = _read_json(profile)
    party = str(given.get("party", ""))
    chosen = _chosen(rules, given, policy, on)
    answers = [explain_one(Scalar.of(one), _row(one, given, profile), on, party=party, ruleset=rules.id) for one in chosen]
    emit(
        answers[0] if policy else {"explanations": answers},
        as_json=json,
        lines=[*(line for answer in answers for line in _told(answer)), named(rules)],
    )


@app.command()
def nearmiss(
    profile: Annotated[Path, typer.Argument(help="PROFILE.json")],
    *,
    policy: PolicyOption = None,
    day: DateOption = None,
    pack: PackOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """The policies that one single condition stands in the way of, with the margin."""
    from yunxing.engines.entitlements.assess import Scalar, today_row
    from yunxing.engines.entitlements.nearmiss import near_miss

    rules, on = _rules(pack, home), day_of_application(day)
    given = _read_json(profile)
    found = [near_miss(Scalar.of(one), today_row(_row(one, given, profile), on)) for one in _chosen(rules, given, policy, on)]
    near = [one for one in found if one]
    lines = [
        f"{one['policy']}: 差一项 · one condition short: {one['title']['zh']} · {one['title']['en']} ({one['cites']}“{one['quote']}”)"
        + (f", 差 {one['margin']}" if one["margin"] else "")
        for one in near
    ]
    lines = lines or ["没有只差一项的政策 · no policy is one condition short"]
    emit({"near_misses": near, "ruleset": rules.id}, as_json=json, lines=[*lines, named(rules)])


@app.command()
def verify(
    decision: Annotated[Path, typer.Argument(help="DECISION.json as explain --policy ID --json wrote it")],
    *,
    pack: PackOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Recompute a stored decision from its own columns; exit 1 and the differences when it cannot be replayed."""
    from yunxing.engines.entitlements.assess import Scalar
    from yunxing.engines.entitlements.explain import differences

    stored = _read_json(decision)
    rules = _rules(pack, home, str(stored.get("ruleset", "")))
    if not isinstance(stored.get("policy"), str):
        raise BadInput(f"{decision}: found no policy, expected a file written by explain --policy ID --json")
    found = differences(Scalar.of(rules.policy(stored["policy"], _applied_on(stored))), stored, rules.id)
    if found:
        raise DoesNotHold(f"{decision}:\n" + "\n".join(found))
    emit(
        {"holds": True, "decision": stored["decision"], "ruleset": rules.id},
        as_json=json,
        lines=[f"复算一致 · replayed to the same result: {stored['decision']}", named(rules)],
    )


def _applied_on(stored: dict[str, Any]) -> date | None:
    """The day that picks the version; what is no day is told by the replay itself."""
    try:
        return date.fromisoformat(str(stored.get("applied_on")))
    except ValueError:
        return None


@app.command("round")
def round_(*, day: DateOption = None, pack: PackOption = None, home: HomeOption = None, json: JsonOption = False) -> None:
    """Assess all parties of the registry, explain, reserve against the pools, write the payment list. Running it twice adds nothing."""
    from yunxing.flows.run_round import run_round
    from yunxing.packs.find import find_pack

    folder = ready_home(home)
    with errors.status("办理批次 · running the round"):
        done = run_round(folder, find_pack(pack), day_of_application(day), recorded=datetime.now(UTC))
    emit(_round_data(done), as_json=json, lines=_round_lines(done))


def _round_data(done: Round) -> dict[str, Any]:
    from dataclasses import asdict

    parts = [{**asdict(part), "outcomes": dict(part.outcomes)} for part in done.parts]
    return {
        "round": done.id,
        "on": done.on.isoformat(),
        "folder": str(done.folder),
        "synthetic": done.synthetic,
        "ruleset": done.ruleset,
        "policies": parts,
    }


def _round_lines(done: Round) -> list[str]:
    from yunxing.engines.entitlements.intake import money_words

    lines = ["合成数据 · synthetic data"] if done.synthetic else []
    for part in done.parts:
        counts = ", ".join(f"{name} {count}" for name, count in part.outcomes.items())
        lines.append(f"{part.title} · {part.title_en}: {counts}; 差一项 near misses {part.near_misses}")
        if not part.pool:
            lines.append(f"  测算 computed {money_words(part.assessed_fen)}, 不在此支付 not paid here")
            continue
        note = " (额度为演示假设 · budget assumed)" if part.basis == "assumption" else ""
        lines.append(
            f"  核定 assessed {money_words(part.assessed_fen)}, 预留 reserved {money_words(part.reserved_fen)}, "
            f"新增 added {part.added}, 资金池余额 pool left {money_words(part.pool_left_fen)}{note}",
        )
    return [*lines, f"支付清单 · payment list: {done.folder / 'payment_list.xlsx'}"]


def profile_rows(
    profile: Path, policy: str | None, day: str | None, pack: Path | None, home: Path | None
) -> list[tuple[RuleSet, Scalar, dict[str, int | None], date]]:
    """A profile file as a row of each policy chosen, each policy compiled for one party."""
    from yunxing.engines.entitlements.assess import Scalar, today_row

    rules, on, given = _rules(pack, home), day_of_application(day), _read_json(profile)
    chosen = _chosen(rules, given, policy, on)
    return [(rules, Scalar.of(one), today_row(_row(one, given, profile), on), on) for one in chosen]


def profile_row(
    profile: Path, policy: str, day: str | None, pack: Path | None, home: Path | None
) -> tuple[RuleSet, Scalar, dict[str, int | None], date]:
    """The same of one policy."""
    return profile_rows(profile, policy, day, pack, home)[0]


def _rules(pack: Path | None, home: Path | None, wanted: str = "") -> RuleSet:
    """The rules in force in this home, as the desk decides by them: the pack's and every signed change; `wanted` is found again among earlier ones."""
    from yunxing.flows.rules_in_force import rules_at
    from yunxing.packs.find import find_pack

    return rules_at(home_path(home), find_pack(pack), wanted)


def named(rules: RuleSet) -> str:
    """The line that says which rules an answer rests on."""
    return f"规则集 · rule set {rules.id}"


def day_of_application(text: str | None) -> date:
    """The date of application as typed, today where none is."""
    return day_given(text) if text else datetime.now(UTC).astimezone().date()


def _read_profiles(path: Path) -> pl.LazyFrame:
    import polars as pl

    if not path.is_file():
        raise BadInput(f"{path}: found no file, expected profiles as Parquet")
    try:
        frame = pl.scan_parquet(path)
        frame.collect_schema()
    except pl.exceptions.PolarsError as error:
        raise BadInput(f"{path}: found no Parquet that can be read ({str(error).splitlines()[0]}), expected profiles as Parquet") from error
    return frame


def _read_json(path: Path) -> dict[str, Any]:
    try:
        found = json_module.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise BadInput(f"{path}: found no file, expected a JSON object") from None
    except (json_module.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: found no JSON that can be read ({error}), expected an object with a profile's columns") from error
    if not isinstance(found, dict):
        raise BadInput(f"{path}: found {type(found).__name__}, expected a JSON object")
    return found


def _chosen(rules: RuleSet, given: dict[str, Any], policy: str | None, on: date) -> Sequence[Policy]:
    from yunxing.engines.entitlements.ruleset import in_force

    if policy:
        return [rules.policy(policy, on)]
    chosen = [one for one in in_force(rules, on) if set(given) & (set(one.sheet.columns) - {"as_of"})]
    if not chosen:
        known = ", ".join(one.id for one in rules)
        raise BadInput(
            f"profile: found the columns {', '.join(given) or 'none'}, expected columns of a policy in force on {on}; name one of {known} with --policy"
        )
    return chosen


def _row(policy: Policy, given: dict[str, Any], path: Path) -> dict[str, int | None]:
    from yunxing.engines.entitlements.intake import from_mapping, unknown_keys

    row, faults = from_mapping(policy.sheet, given, str(path))
    unreadable: list[Fault] = [fault for fault in faults if row.get(fault.place) is None]
    if unreadable:
        raise BadInput.from_faults(unreadable)
    for fault in unknown_keys(policy.sheet, given, str(path)):
        errors.print(str(fault), markup=False, soft_wrap=True)
    return row


def _told(answer: dict[str, Any]) -> list[str]:
    marks = {"yes": "✓", "no": "✗", "unknown": "?"}
    lines = [answer["sentences"]["zh"], answer["sentences"]["en"]]
    for one in answer["conditions"]:
        because = "; ".join(f"{each['title']} {each['value']}" for each in one["because"])
        lines.append(f"  {marks[one['result']]} {one['title']['zh']} · {one['title']['en']} [{because}] ({one['cites']}“{one['quote']}”)")
    lines += [f"  {step['title']['zh']} · {step['title']['en']}: {step['formula']} = {step['value']}" for step in answer["steps"]]
    lines += [f"  口径 · reading: {one['question']} → {one['choice']} ({one['by']}, {one['since']})" for one in answer["readings"]]
    return lines
