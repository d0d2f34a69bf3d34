"""What every command shares: where state lives, which pack is in force, and how an answer is printed.

Exit codes: 0 done; 1 what was checked does not hold; 2 bad input, with file, place, what was found and what is expected.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from yunxing.values.errors import DoesNotHold, Refusal

HomeOption = Annotated[Path | None, typer.Option("--home", help="state folder; default YUNXING_HOME, else ./home")]
PackOption = Annotated[Path | None, typer.Option("--pack", help="plan pack folder; default the only one in ./plans or in the wheel")]
JsonOption = Annotated[bool, typer.Option("--json", help="machine output on standard output")]

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


def home_folder(given: Path | None) -> Path:
    """The state folder: the option, else `YUNXING_HOME`, else `./home`; made when absent."""
    home = (given or Path(os.environ.get("YUNXING_HOME", "home"))).resolve()
    home.mkdir(parents=True, exist_ok=True)
    os.environ["YUNXING_HOME"] = str(home)
    return home


def emit(data: Mapping[str, Any], *, as_json: bool, lines: list[str] | None = None) -> None:
    """Print `data` as JSON, or the human `lines`."""
    if as_json:
        sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1, default=str) + "\n")
    else:
        for line in lines or []:
            console.print(line, markup=False, soft_wrap=True)


def report_refusal(refusal: Refusal) -> int:
    """Print why the service was refused; 1 when a check did not hold, 2 on bad input."""
    errors.print(str(refusal), markup=False, soft_wrap=True)
    return 1 if isinstance(refusal, DoesNotHold) else 2
