"""What every command shares: where state lives, which pack is in force, and how an answer is printed.

Exit codes (`cli/outermost.py`): 0 done; 1 what was checked does not hold; 2 bad input, with file, place, what was found and what is expected.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from yunxing.values.errors import BadInput
from yunxing.values.period import Month, parse_period

HomeOption = Annotated[Path | None, typer.Option("--home", help="state folder; default YUNXING_HOME, else ./home")]
PackOption = Annotated[Path | None, typer.Option("--pack", help="plan pack folder; default the only one in ./plans or in the wheel")]
JsonOption = Annotated[bool, typer.Option("--json", help="machine output on standard output")]

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)
answered: list[bool] = []  # an answer stands on standard output; a second one would make the JSON unreadable
interrupted: list[int] = []  # Ctrl-C was heard, whatever exception it came out as


def home_path(given: Path | None) -> Path:
    """Where the state folder is or would be; nothing is made."""
    home = (given or Path(os.environ.get("YUNXING_HOME", "home"))).resolve()
    os.environ["YUNXING_HOME"] = str(home)
    return home


def home_folder(given: Path | None) -> Path:
    """The state folder: the option, else `YUNXING_HOME`, else `./home`; made when absent."""
    home = home_path(given)
    if home.exists() and not home.is_dir():
        raise BadInput(f"{home}: found a file, expected the state folder; name a folder with --home or YUNXING_HOME.")
    home.mkdir(parents=True, exist_ok=True)
    if not os.access(home, os.W_OK | os.X_OK):
        raise BadInput(
            f"{home}: found a folder this account may not write, expected the state folder; change its mode, or name another with --home."
        )
    return home


def emit(data: Mapping[str, Any], *, as_json: bool, lines: list[str] | None = None) -> None:
    """Print `data` as JSON, or the human `lines`."""
    answered.append(True)
    if as_json:
        sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1, default=str) + "\n")
    else:
        for line in lines or []:
            console.print(line, markup=False, soft_wrap=True)


def month_given(text: str, place: str = "MONTH") -> Month:
    """The month a user wrote; `BadInput` names the argument or option, what was found and how a month is written."""
    try:
        period = parse_period(text)
    except BadInput as bad:
        raise BadInput(f"{place}: {text} is not a month; write it as 2022-09. {bad}") from bad
    if not isinstance(period, Month):
        raise BadInput(f"{place}: {text} is not a month; write it as 2022-09.")
    return period


def day_given(text: str, place: str = "--date") -> date:
    """The day a user wrote; `BadInput` names the option, what was found and how a day is written."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"{place}: found {text!r}, expected a day such as 2022-09-30.") from error


def ready_home(given: Path | None, *, having: str = "") -> Path:
    """The state folder (`home_folder`) with the store's tables made; Django is not loaded where the table `having` is there already."""
    from yunxing.io.store import dialect

    home = home_folder(given)
    if having:
        with dialect.connected(home) as connection:
            if dialect.has_table(connection, having):
                return home
    from yunxing.desk.setup import prepare

    prepare(home)
    return home


@contextmanager
def open_store(given: Path | None, *, having: str = "") -> Iterator[tuple[Path, Any]]:
    """The state folder made ready (`ready_home`), and a connection to its store, closed at the end."""
    from yunxing.io.store import dialect

    home = ready_home(given, having=having)
    with dialect.connected(home) as connection:
        yield home, connection
