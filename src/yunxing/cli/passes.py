"""`yunxing passes …`: the key of this city's vehicle passes, checking a code offline, deleting what emergencies left."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from yunxing.cli.context import HomeOption, JsonOption, emit, home_folder

app = typer.Typer(no_args_is_help=True)


@app.command()
def key(home: HomeOption = None, json: JsonOption = False) -> None:
    """Print the public key by which checkpoints check passes offline."""
    from yunxing.io.pass_codes import public_key

    found = public_key(home_folder(home))
    emit({"key": found}, as_json=json, lines=[found])


@app.command()
def verify(
    code: Annotated[str, typer.Argument(help="the text of the scanned code")],
    issuer: Annotated[str, typer.Option("--key", help="the issuer's public key; by default this home's own")] = "",
    on: Annotated[str, typer.Option(help="the day, such as 2022-04-01; default today")] = "",
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Check a code without network: exit 0 genuine and valid, 1 genuine but not of that day, 2 forged or damaged."""
    from yunxing.io.pass_codes import checked, public_key
    from yunxing.values.errors import BadInput, DoesNotHold

    try:
        day = date.fromisoformat(on) if on else date.today()
    except ValueError as wrong:
        raise BadInput(f"--on: found {on!r}, expected a day such as 2022-04-01") from wrong
    found = checked(code, issuer or public_key(home_folder(home)))
    if not found.valid_on(day):
        raise DoesNotHold(
            f"通行证 {found.number} 真实，但 {day} 不在有效期 {found.first} 至 {found.last}（genuine, but not valid on that day）。"
        )
    story = {
        "number": found.number,
        "plate": found.plate,
        "route": found.route,
        "first": found.first.isoformat(),
        "last": found.last.isoformat(),
    }
    emit(
        story, as_json=json, lines=[f"真实有效 genuine and valid: {found.number} {found.plate} {found.route} {found.first} — {found.last}"]
    )


@app.command()
def clear(home: HomeOption = None, json: JsonOption = False) -> None:
    """Delete the personal data of emergencies whose time of keeping is over; run it daily. A second run finds nothing."""
    from yunxing.desk.setup import prepare

    prepare(home_folder(home))
    from yunxing.desk import clock
    from yunxing.desk.dispatch.emergency import clear_expired
    from yunxing.desk.scoping import acting_as_system
    from yunxing.engines.cases.case import SYSTEM

    with acting_as_system("passes clear"):
        found = clear_expired(SYSTEM, clock.today())
    lines = [f"{mode}: 已删除 {count} 张通行证的个人信息 deleted" for mode, count in found.items()] or ["没有到期的个人信息 nothing is due"]
    emit({"cleared": found}, as_json=json, lines=lines)
