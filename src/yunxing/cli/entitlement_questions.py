"""`yunxing entitlements reverse | ask | appeal | what-if`: questions back from an answer. They belong to the noun of `cli/entitlements.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yunxing.cli.context import HomeOption, JsonOption, PackOption, emit, ready_home
from yunxing.values.errors import BadInput

ProfileArgument = Annotated[Path, typer.Argument(help="PROFILE.json: one party's columns; money as whole fen or text with a unit")]
OnePolicy = Annotated[str, typer.Option("--policy", help="the policy")]
DateOption = Annotated[str | None, typer.Option("--date", help="date of application, such as 2022-09-30; default today")]


def register(app: typer.Typer) -> None:
    """Add the questions to the noun."""
    app.command()(reverse)
    app.command()(ask)
    app.command()(appeal)
    app.command("what-if")(what_if)


def reverse(
    profile: ProfileArgument,
    *,
    policy: OnePolicy,
    column: Annotated[str, typer.Option("--column", help="the column to move")],
    amount: Annotated[str, typer.Option("--amount", help="at least this amount, such as '500 万元'")],
    day: DateOption = None,
    pack: PackOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Which value of one column, nearest to the present one, gives at least this amount."""
    from yunxing.cli.entitlements import named, profile_row
    from yunxing.engines.entitlements.reverse import input_for
    from yunxing.values.money import parse_money

    rules, scalar, row, _ = profile_row(profile, policy, day, pack, home)
    found = input_for(scalar, row, column, parse_money(amount))
    change = found["found"]
    if change is None:
        lines = [f"{column} 在 {found['bounds'][0]} 至 {found['bounds'][1]} 内达不到 · not reached within the declared range"]
    else:
        lines = [
            f"{change['title']['zh']}: {change['before']} → {change['after']}"
            + ("" if found["exact"] else f" (得 {found['amount_fen']} 分 fen)")
        ]
    emit({**found, "ruleset": rules.id}, as_json=json, lines=[*lines, named(rules)])


def ask(
    profile: ProfileArgument,
    *,
    policy: Annotated[
        str | None, typer.Option("--policy", help="one policy; default every policy that reads a column of the profile")
    ] = None,
    day: DateOption = None,
    pack: PackOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """The unknown columns that could still change an outcome, the one that decides soonest first."""
    from yunxing.cli.entitlements import named, profile_rows
    from yunxing.engines.entitlements.questions import ask_next

    found = profile_rows(profile, policy, day, pack, home)
    asked = ask_next([scalar for _, scalar, _, _ in found], {scalar.policy.id: row for _, scalar, row, _ in found})
    lines = [f"{one['title']['zh']} · {one['title']['en']}: {', '.join(one['opens'])}" for one in asked]
    rules = found[0][0]
    emit({"questions": asked, "ruleset": rules.id}, as_json=json, lines=[*(lines or ["没有缺的 · nothing is missing"]), named(rules)])


def appeal(
    profile: ProfileArgument,
    *,
    policy: OnePolicy,
    replace: Annotated[list[str] | None, typer.Option("--replace", help="column=value, as the party says it is")] = None,
    waive: Annotated[list[str] | None, typer.Option("--waive", help="a condition the party disputes, taken as met")] = None,
    day: DateOption = None,
    pack: PackOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Run a decision again with disputed columns or conditions: whether that changes the result, by how much, under which clause."""
    from yunxing.cli.entitlements import named, profile_row
    from yunxing.engines.entitlements.appeal import appeal as run_again
    from yunxing.engines.entitlements.intake import read_value

    rules, scalar, row, _ = profile_row(profile, policy, day, pack, home)
    replaced = {}
    for one in replace or []:
        name, sign, value = one.partition("=")
        if not sign:
            raise BadInput(f"--replace: found {one!r}, expected column=value")
        column = scalar.policy.sheet.columns.get(name)
        replaced[name] = read_value(column, value) if column else None
    found = run_again(scalar, row, replaced=replaced, waived=waive or [])
    emit({**found, "ruleset": rules.id}, as_json=json, lines=[found["sentence"]["zh"], found["sentence"]["en"], named(rules)])


def what_if(
    policy: Annotated[str, typer.Argument(help="the policy")],
    *,
    change: Annotated[list[str] | None, typer.Option("--set", help="parameter=value, or parameter.line=value of a band")] = None,
    without: Annotated[list[str] | None, typer.Option("--without", help="a condition left out")] = None,
    day: DateOption = None,
    pack: PackOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """What a change of a rule would do over every profile of the last round: cost, winners, losers, by county, industry and size."""
    from yunxing.cli.entitlements import day_of_application, named
    from yunxing.engines.entitlements.wording import yuan
    from yunxing.flows.rules_in_force import rules_in_force
    from yunxing.flows.what_if import Variant
    from yunxing.flows.what_if import what_if as compare
    from yunxing.io.store import dialect
    from yunxing.packs.find import find_pack

    folder, found_pack = ready_home(home), find_pack(pack)
    with dialect.connected(folder) as connection:
        rules = rules_in_force(found_pack, connection)
        variant = Variant(_settings(change or []), tuple(without or []))
        (report,) = compare(folder, found_pack, connection, rules, policy, [variant], day_of_application(day))
    lines = ["合成数据 · synthetic data"] if report["synthetic"] else []
    lines.append(
        f"金额变化 cost {yuan(report['change_fen'], 'zh')}: {yuan(report['before_fen'], 'zh')} → {yuan(report['after_fen'], 'zh')}"
    )
    lines.append(
        f"得益 winners {report['winners']} (新享受 newly {report['newly']}), 减少 losers {report['losers']} (不再享受 no longer {report['no_longer']})"
    )
    for name, groups in report["groups"].items():
        moved = [one for one in groups if one["winners"] or one["losers"]]
        lines += [f"  {name} {one['group']}: +{one['winners']} −{one['losers']}" for one in moved]
    emit(report, as_json=json, lines=[*lines, named(rules)])


def _settings(given: list[str]) -> dict[str, str | dict[str, str]]:
    found: dict[str, str | dict[str, str]] = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not sign:
            raise BadInput(f"--set: found {one!r}, expected parameter=value, such as share=50%")
        parameter, dot, line = name.partition(".")
        if not dot:
            found[parameter] = value
            continue
        lines = found.setdefault(parameter, {})
        if isinstance(lines, str):
            raise BadInput(f"--set: {parameter} is given as a number and line by line; say one")
        lines[line] = value
    return found
