"""`yunxing chain …`: the map and the lists of a chain, its missing and weak links, and who is hit when if a firm stops."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yunxing.cli.context import HomeOption, JsonOption, PackOption, day_given, emit, open_store
from yunxing.values.errors import BadInput

if TYPE_CHECKING:
    from yunxing.flows.read_chains import ReadChains

app = typer.Typer(no_args_is_help=True)
ChainArgument = Annotated[str, typer.Argument(metavar="CHAIN", help="the chain: its id in chains.toml or its title")]
DayOption = Annotated[str, typer.Option("--date", help="the registry and the reports as on this day, such as 2022-09-30; default today")]


def _read(home: Path | None, pack: Path | None, day: str) -> ReadChains:
    from yunxing.flows.read_chains import read_chains
    from yunxing.packs.pack import load_pack
    from yunxing.packs.sections import present

    found = load_pack(pack)
    if not present(found.folder, "chains"):
        raise BadInput(f"{found.folder}: found no chains.toml, expected the chains of the pack.")
    on: date = day_given(day) if day else datetime.now(UTC).date()
    with open_store(home, having="reporting_change") as (folder, connection):
        return read_chains(folder, connection, found.load_section("chains"), on)


@app.command("map")
def map_(
    chain: ChainArgument = "", *, day: DayOption = "", pack: PackOption = None, home: HomeOption = None, json: JsonOption = False
) -> None:
    """A chain's segments, leaders and the number of rows of its lists; without a name, every chain in one line."""
    from yunxing.engines.chain import gaps, weight
    from yunxing.flows.chain_lists import VERDICTS, lists_of, percent_text
    from yunxing.flows.read_chains import chain_asked

    read = _read(home, pack, day)
    network, faults = read.network, [str(one) for one in read.faults]
    if not chain:
        rows = [
            {
                "chain": key, "title": one.title, "firms": len(network.members[key]), "official": read.led[key].official,
                "local_supply": percent_text(gaps.local_share(gaps.of_chain(network, key))),
                "missing": sum(state.verdict == "missing" for state in gaps.states(network, key, read.rules.bounds)),
            }
            for key, one in read.rules.chains.items()
        ]  # fmt: skip
        lines = [
            f"{one['chain']:<16}{one['title']}  {one['firms']} 家 firms · 本地配套 local {one['local_supply']} · 断点 missing {one['missing']}"
            for one in rows
        ]
        emit({"day": read.day, "period": read.period, "chains": rows, "faults": faults}, as_json=json, lines=lines + faults)
        return
    key = chain_asked(read.rules, chain)
    states = gaps.states(network, key, read.rules.bounds)
    segments = [
        {
            "segment": one.segment, "title": network.segments[one.segment].title, "firms": one.firms, "outside": percent_text(one.outside),
            "largest": percent_text(one.largest), "verdict": one.verdict, "why": list(one.why),
        }
        for one in states
    ]  # fmt: skip
    leaders = []
    for firm in read.led[key].firms:
        found = weight.influence(network, key, firm)
        leaders.append({"firm": firm, "name": read.name(firm), "influence": percent_text(found.total if found else None)})
    lists = {name: len(rows) for name, rows in lists_of(read, key).items()}
    lines = [f"{read.rules.chains[key].title} · {len(network.members[key])} 家 firms · {read.day}"]
    lines += [
        f"  {one['title']}  {one['firms']} 家 · {VERDICTS[state.verdict][0]} {one['verdict']}"
        for one, state in zip(segments, states, strict=True)
    ]
    lines += [f"  链主 leader {one['name']} · 带动度 influence {one['influence']}" for one in leaders]
    lines.append("  " + " · ".join(f"{name} {count}" for name, count in lists.items()))
    answer = {
        "chain": key,
        "day": read.day,
        "period": read.period,
        "segments": segments,
        "leaders": leaders,
        "lists": lists,
        "faults": faults,
    }
    emit(answer, as_json=json, lines=lines)


@app.command()
def gaps(
    chain: ChainArgument = "", *, day: DayOption = "", pack: PackOption = None, home: HomeOption = None, json: JsonOption = False
) -> None:
    """The missing and weak links, sole suppliers, low stocks and bottlenecks of a chain, or of all, with the bound that each passes."""
    from yunxing.flows.chain_lists import lists_of
    from yunxing.flows.read_chains import chain_asked

    read = _read(home, pack, day)
    wanted = [chain_asked(read.rules, chain)] if chain else list(read.rules.chains)
    titles = {one.id: one for one in read.rules.sheets}
    rows, lines = [], []
    for key in wanted:
        lists = lists_of(read, key)
        for sheet in ("broken", "gaps", "single", "bottlenecks", "stocks"):
            for one in lists.get(sheet, []):
                other = f"（{read.name(one.other)}）" if one.other else ""
                rows.append(
                    {
                        "chain": key,
                        "list": sheet,
                        "party": one.party,
                        "name": one.name,
                        "at": one.at[0],
                        "why": one.why[0],
                        "other": one.other,
                    }
                )
                lines.append(f"{key} · {titles[sheet].title} · {one.name} · {one.at[0]} · {one.why[0]}{other}")
    bounds = {name: one.value for name, one in read.rules.entries.items()}
    emit({"day": read.day, "bounds": bounds, "rows": rows}, as_json=json, lines=lines or ["没有 none"])


@app.command()
def stop(
    firm: Annotated[str, typer.Argument(metavar="FIRM", help="the firm that stops: its credit code or its name")],
    *,
    days: Annotated[int, typer.Option(min=1, max=366, help="how many days are followed")] = 90,
    lasting: Annotated[int, typer.Option("--for", min=0, max=366, help="days that the stop lasts; 0 for good")] = 0,
    stocks: Annotated[bool, typer.Option(help="count what the buyers have in stock")] = True,
    day: DayOption = "",
    pack: PackOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Who is hit, on which day and how hard, if this firm stops; who could supply instead."""
    from yunxing.engines.chain.stop import stop as stop_firms
    from yunxing.engines.chain.substitutes import substitutes
    from yunxing.flows.chain_lists import percent_text
    from yunxing.flows.read_chains import firm_asked

    read = _read(home, pack, day)
    asked = firm_asked(read, firm)
    found = stop_firms(read.network, [asked], days=days, stopped_for=lasting or None, stocks=stocks)
    hits = [one for one in found.hits if one.firm != asked]
    rows = [
        {
            "firm": one.firm, "name": read.name(one.firm), "day": one.day, "lowest": percent_text(Fraction(one.lowest, 10_000)), "lost_days": str(one.lost),
            "product": one.product, "supplier": one.supplier, "wave": one.wave, "stock_told": one.told,
        }
        for one in hits
    ]  # fmt: skip
    instead = [
        {"product": one.product, "firm": one.firm, "name": read.name(one.firm), "reasons": list(one.reasons)}
        for one in substitutes(read.network, asked, hit={one.firm for one in hits})
    ]
    lines = [f"{read.name(asked)} · {days} 天 days · {len(hits)} 家受影响 firms hit"]
    lines += [
        f"  第 {one['day']} 天 day  {one['name']}  {one['lowest']}  {one['product']} ← {read.name(str(one['supplier']))}" for one in rows
    ]
    lines += [f"  可补 instead  {one['product']}  {one['name']}  {'、'.join(one['reasons'])}" for one in instead]
    emit({"firm": asked, "day": read.day, "days": days, "hits": rows, "substitutes": instead}, as_json=json, lines=lines)
