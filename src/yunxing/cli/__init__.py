"""`yunxing …`: the stable command line. One file per noun; heavy libraries are imported inside the commands."""

from __future__ import annotations

import signal as interrupts
import sys

import typer

from yunxing.cli import (
    auction,
    bench,
    bulletin,
    cases,
    chain,
    city,
    contingency,
    demo,
    desk,
    entitlements,
    facts,
    forecast,
    ledger,
    library,
    matching,
    month,
    pack,
    passes,
    plan,
    registry,
    signals,
)
from yunxing.cli.outermost import run

app = typer.Typer(
    name="yunxing",
    help="运行 · runs a government's industrial action plan.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(pack.app, name="pack", help="check, trace a plan pack")
app.add_typer(plan.app, name="plan", help="attach the official text, see what ran")
app.add_typer(city.app, name="city", help="the synthetic city")
app.add_typer(facts.app, name="facts", help="workbooks to facts")
app.add_typer(registry.app, name="registry", help="lists out and in by workbook, duplicates, merges")
app.add_typer(month.app, name="month", help="close a month, reproduce it")
app.add_typer(signals.app, name="signals", help="early signs in any file of series")
app.add_typer(bulletin.app, name="bulletin", help="build the month's bulletin")
app.add_typer(entitlements.app, name="entitlements", help="what an enterprise may claim, and why")
app.add_typer(ledger.app, name="ledger", help="pools and postings")
app.add_typer(auction.app, name="auction", help="clear the bids of a quota auction, prove a result")
app.add_typer(cases.app, name="cases", help="cases: list, show, sweep, upgrade, prove")
app.add_typer(cases.calendar, name="calendar", help="holiday notices")
app.add_typer(passes.app, name="passes", help="vehicle passes: public key, offline check, deletion")
app.add_typer(library.app, name="library", help="the policy library: add, list")
app.add_typer(desk.app, name="desk", help="workers of the desk: deliver messages")
app.add_typer(chain.app, name="chain", help="industrial chains: map and lists, gaps, what if a firm stops")
app.add_typer(contingency.app, name="contingency", help="who yields when coal, power or clean air is short")
app.add_typer(matching.app, name="matching", help="bring two sides together: shortlist, three assignments")
demo.register(app)
desk.register(app)
forecast.register(app)
library.register(app)
bench.register(app)


def main() -> None:
    """Run the command line; whatever is refused becomes one clear message and an exit code (`cli/outermost.py`)."""
    code = run(app, sys.argv[1:])
    # a leaving interpreter puts Python handlers back to the system's default, which would end a program that has finished its work
    interrupts.signal(interrupts.SIGINT, interrupts.SIG_IGN)
    sys.exit(code)
