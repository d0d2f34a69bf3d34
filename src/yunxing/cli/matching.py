"""`yunxing matching …`: bring two sides together from files: the shortlist of a kind of the pack, or any table of scored pairs; three assignments beside each other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from yunxing.cli.context import JsonOption, PackOption, emit
from yunxing.values.errors import BadInput

if TYPE_CHECKING:
    import polars as pl

    from yunxing.engines.matching.kind import Kind

app = typer.Typer(no_args_is_help=True)
OutOption = Annotated[
    Path | None, typer.Option("--out", "-o", help="file to write: .csv the pairs, .json everything; default standard output")
]
MethodOption = Annotated[
    Literal["optimal", "stable", "greedy", "all"], typer.Option(help="optimal, stable, greedy or all; a .csv takes one")
]
SecondsOption = Annotated[float, typer.Option(help="how long the optimum may take; the other two stand whatever happens")]
SeedOption = Annotated[str, typer.Option(help="the published seed of the lottery among equals")]


@app.command()
def kinds(pack: PackOption = None, *, json: JsonOption = False) -> None:
    """The kinds of matching of a pack, with the columns that their tables have."""
    found = [
        {
            "id": one.id, "title": one.title, "title_en": one.title_en, "clause": one.clause,
            "need": ["编号", "名称", "名额", *[column.title for column in one.columns("need").values()]],
            "offer": ["编号", "名称", "名额", *[column.title for column in one.columns("offer").values()]],
        }
        for one in _section(pack).values()
    ]  # fmt: skip
    emit({"kinds": found}, as_json=json, lines=[f"{one['id']} · {one['title']} · {one['title_en']} · {one['clause']}" for one in found])


@app.command()
def run(
    kind: Annotated[str, typer.Argument(help="a kind of the pack (see: yunxing matching kinds)")],
    needs: Annotated[Path, typer.Argument(help="the needs: .csv, .xlsx or .json under the kind's heads")],
    offers: Annotated[Path, typer.Argument(help="the offers, likewise")],
    *,
    pack: PackOption = None,
    out: OutOption = None,
    method: MethodOption = "all",
    seed: SeedOption = "",
    keep: Annotated[int | None, typer.Option(help="how many of the best each party keeps; default the kind's own number")] = None,
    seconds: SecondsOption = 60.0,
    json: JsonOption = False,
) -> None:
    """Shortlist by the kind's conditions and points, then match: what each assignment is worth and what it costs."""
    from yunxing.flows.make_matches import make_matches, rows_of

    methods = _methods(method, out)
    _bounded(seconds)
    if keep is not None and keep < 1:
        raise BadInput(f"--keep: found {keep}, expected at least 1.")
    found = _section(pack).get(kind)
    if found is None:
        raise BadInput(f"the kind {kind!r}: found none, expected one of {', '.join(_section(pack))}.")
    result = make_matches(found, rows_of(found, "need", needs), rows_of(found, "offer", offers), seed=seed, seconds=seconds, keep=keep)
    result["methods"] = {name: result["methods"][name] for name in methods}
    _write(out, result, methods[0])
    shown = result if out is None else {name: value for name, value in result.items() if name not in ("needs", "offers", "edges", "prices")}
    emit(_without_pairs(shown) if out is not None else shown, as_json=json, lines=told(result))


@app.command()
def solve(
    needs: Annotated[Path, typer.Argument(help="NEEDS.csv: need,quota")],
    offers: Annotated[Path, typer.Argument(help="OFFERS.csv: offer,quota")],
    edges: Annotated[Path, typer.Argument(help="EDGES.csv: need,offer,value and perhaps need_rank,offer_rank,most")],
    *,
    out: OutOption = None,
    method: MethodOption = "optimal",
    proposer: Annotated[Literal["need", "offer"], typer.Option(help="who proposes in the stable assignment: need or offer")] = "need",
    ties: Annotated[Literal["value", "lottery", "id"], typer.Option(help="the rule among equals: value, lottery or id")] = "value",
    seed: SeedOption = "",
    seconds: SecondsOption = 60.0,
    json: JsonOption = False,
) -> None:
    """Match any scored pairs: need,offer,units,value of the assignment, with what proves the optimum."""
    from yunxing.engines.matching.market import market_of
    from yunxing.flows.make_matches import solve_market

    methods = _methods(method, out)
    _bounded(seconds)
    market = market_of(_table(needs), _table(offers), _table(edges))
    result = solve_market(market, proposer, ties, seed, seconds, methods=methods)
    _write(out, result, methods[0])
    emit(_without_pairs(result) if out is not None else result, as_json=json, lines=told(result))


def _section(pack: Path | None) -> dict[str, Kind]:
    from yunxing.packs.pack import load_pack

    found: dict[str, Kind] = load_pack(pack).load_section("matching").kinds
    return found


def _methods(method: str, out: Path | None) -> tuple[str, ...]:
    from yunxing.engines.matching.compare import METHODS

    if out is not None and out.suffix.lower() not in (".csv", ".json"):
        raise BadInput(f"--out: found {out.name!r}, expected a name that ends in .csv or .json.")
    return METHODS if method == "all" else (method,)


def _bounded(seconds: float) -> None:
    if not 0 < seconds <= 86_400:
        raise BadInput(f"--seconds: found {seconds}, expected more than 0 and at most 86400.")


def _table(path: Path) -> pl.DataFrame:
    """A CSV of texts; BadInput when it is none."""
    import polars as pl

    try:
        return pl.read_csv(path, infer_schema=False, encoding="utf8")
    except (OSError, pl.exceptions.PolarsError) as error:
        raise BadInput(f"{path}: found {str(error).splitlines()[0]}, expected a CSV file with a header.") from error


def _write(out: Path | None, result: dict[str, Any], method: str) -> None:
    if out is None:
        return
    import csv
    import io
    import json as json_module

    from yunxing.io.files import write_atomic

    if out.suffix.lower() == ".json":
        write_atomic(out, (json_module.dumps(result, ensure_ascii=False, indent=1) + "\n").encode())
        return
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["need", "offer", "units", "value"])
    writer.writerows(result["methods"][method]["pairs"])
    write_atomic(out, text.getvalue().encode())


def _without_pairs(result: dict[str, Any]) -> dict[str, Any]:
    methods = {name: {"measures": one["measures"]} for name, one in result["methods"].items()}
    return {**{name: value for name, value in result.items() if name != "prices"}, "methods": methods}


def told(result: dict[str, Any]) -> list[str]:
    """The assignments for a person."""
    names = {"optimal": "总分最优 optimal", "stable": "双方稳定 stable", "greedy": "按分先得 greedy"}
    lines = []
    for name, one in result["methods"].items():
        m = one["measures"]
        lines.append(
            f"{names[name]}: 总契合 value {m['value']} · 配对 pairs {m['pairs']} · 数量 units {m['units']} · 落空 unmatched {m['unmatched']} · 双方都想换 blocking {m['blocking']}"
        )
    proof = result["proof"]
    if proof is not None:
        said = "最优已证明 proven optimal" if proof["status"] == "optimal" else "未证明最优 not proven"
        lines.append(f"{said} · 上界 bound {proof['bound']} · {proof['solver']} · {result['milliseconds']} ms")
    return [*lines, result["market"]]
