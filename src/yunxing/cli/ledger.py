"""`yunxing ledger …`: post transfers, read a balance, prove the whole ledger."""

from __future__ import annotations

import json as json_module
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yunxing.cli.context import HomeOption, JsonOption, day_given, emit, open_store
from yunxing.values.errors import BadInput, DoesNotHold, Fault

if TYPE_CHECKING:
    from yunxing.engines.ledger.batch import Group
    from yunxing.values.digest import Algorithm

app = typer.Typer(no_args_is_help=True)


@app.command()
def post(
    transfers: Annotated[Path, typer.Argument(help="TRANSFERS.jsonl: one group a line")],
    *,
    together: Annotated[bool, typer.Option("--all", help="one bad group and none is written")] = False,
    digest: Annotated[
        str | None, typer.Option("--digest", help="sha256 or sm3: the digest of this seal and those after it; default as the seal before")
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Post the groups of a file; a line already posted answers `repeated` and changes nothing. Exit 1 when one was refused."""
    from yunxing.io.store.postings import post as post_batch

    suites: dict[str | None, Algorithm | None] = {None: None, "sha256": "sha256", "sm3": "sm3"}
    if digest not in suites:
        raise BadInput(f"--digest: found {digest!r}, expected sha256 or sm3")
    groups = _read(transfers)
    with open_store(home, having="support_seal") as (_, connection):
        answers = post_batch(groups, connection, recorded=datetime.now(UTC), mode="all" if together else "each", suite=suites[digest])
    lines = [f"{answer.key}: {answer.status}" + (f" ({answer.code}: {answer.message})" if answer.code else "") for answer in answers]
    emit({"answers": [answer._asdict() for answer in answers]}, as_json=json, lines=lines)
    refused = sum(answer.status == "refused" for answer in answers)
    if refused:
        raise DoesNotHold(f"{transfers}: {refused} of {len(answers)} groups were refused")


@app.command()
def balance(
    account: Annotated[str, typer.Argument(help="the id of an account")],
    *,
    as_of: Annotated[str | None, typer.Option("--as-of", help="count only what is effective by the end of this day")] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """An account's posted, reserved and available amounts, in the smallest part of its unit."""
    from yunxing.io.store.postings import balance as balance_of

    day = day_given(as_of, "--as-of") if as_of else None
    with open_store(home, having="support_seal") as (_, connection):
        found = balance_of(connection, account, day)
    data = {**asdict(found), "available": found.available, "as_of": day}
    words = (
        f"{found.account} [{found.unit}]: 已入账 posted {found.posted}, 已预留 reserved {found.reserved}, "
        f"待收 incoming {found.incoming}, 可用 available {found.available}"
    )
    emit(data, as_json=json, lines=[words + (f" ({day})" if day else "")])


@app.command()
def verify(*, home: HomeOption = None, json: JsonOption = False) -> None:
    """Prove the ledger from its rows: seals, sums of zero, balances, floors, single resolution. Exit 1 with every fault located."""
    from yunxing.io.store.ledger_check import head
    from yunxing.io.store.ledger_check import verify as verify_all

    with open_store(home, having="support_seal") as (_, connection):
        faults = verify_all(connection)
        number, digest = head(connection)
    if faults:
        raise DoesNotHold("\n".join(str(fault) for fault in faults))
    words = f"台账可信 · the ledger holds: {number} seals, the newest is {digest}" if number else "台账为空 · the ledger is empty"
    emit({"holds": True, "seals": number, "head": digest}, as_json=json, lines=[words])


def _read(path: Path) -> list[Group]:
    from yunxing.engines.ledger.parse import parse_group

    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise BadInput(f"{path}: found no file, expected one group of transfers a line") from None
    except IsADirectoryError:
        raise BadInput(f"{path}: found a folder, expected a file with one group of transfers a line") from None
    except UnicodeDecodeError as error:
        raise BadInput(f"{path}: found bytes that are not UTF-8 ({error.reason}), expected JSON lines") from error
    groups, faults = [], []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = f"{path} line {number}"
        try:
            data = json_module.loads(line)
        except json_module.JSONDecodeError as error:
            faults.append(Fault(place, f"column {error.colno}", error.msg, "one JSON object a line"))
            continue
        except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets thousands deep
            faults.append(Fault(place, "the line", str(error)[:80], "one JSON object a line"))
            continue
        group, found = parse_group(data, place)
        faults += found
        if group is not None:
            groups.append(group)
    if faults:
        raise BadInput.from_faults(faults)
    return groups
