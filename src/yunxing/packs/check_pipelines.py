"""Hold pipelines, activities, command and emergency rules to the rest of the pack: offices, clauses, lists, commitments that exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from yunxing.engines.dispatch.definition import Pipeline
from yunxing.packs.check_plan import did_you_mean, fault
from yunxing.packs.pack import Pack
from yunxing.packs.pipeline_examples import example_faults
from yunxing.packs.pipelines import load_figures, load_pipelines
from yunxing.packs.plan import PLANNED
from yunxing.packs.strict import PackFault, read_toml
from yunxing.values.citation import parse_clause
from yunxing.values.errors import BadInput, Fault


def pipeline_faults(pack: Pack) -> list[Fault]:
    """Every name that leads nowhere. Files that cannot be read are told by their loaders."""
    try:
        pipelines = load_pipelines(pack.folder)
        return [*_walked(pack), *_command(pack), *_claimed(pack), *_figures(pack, pipelines), *example_faults(pack.folder, pipelines)]
    except PackFault:
        return []


def _files(pack: Pack) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    for path in sorted(pack.folder.glob("pipelines/*.toml")):
        yield f"pipelines/{path.name}", "pipeline", _tables(read_toml(path), "pipeline")
    path = pack.folder / "activities.toml"
    if path.exists():
        yield "activities.toml", "activity", _tables(read_toml(path), "activity")


def _tables(read: dict[str, Any], array: str) -> list[dict[str, Any]]:
    found = read.get(array, [])
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _walked(pack: Pack) -> Iterator[Fault]:
    clauses = _clauses(pack)
    offices, rosters = set(pack.offices), {one.id for one in pack.rosters.list}
    commitments = {one.id for one in pack.commitments}
    for file, array, tables in _files(pack):
        for at, table in enumerate(tables):
            named: list[tuple[str, Any, Iterable[str], str]] = [
                ("owner", table.get("owner"), offices, "an id of offices.toml"),
                ("clause", table.get("clause"), clauses, "a clause of measures.toml"),
                ("roster", table.get("roster"), rosters, "a list of lists/rosters.toml"),
                ("commitment", table.get("commitment"), commitments, "an id of commitments.toml"),
                (
                    "opens",
                    table.get("opens"),
                    {name.partition(":")[2] for name in pack.entries if name.startswith("pipeline:")},
                    "a pipeline",
                ),
            ]
            for key, name, known, expected in named:
                if name and name not in set(known):
                    yield fault(pack, file, (array, at, key), f"{name!r}", expected, did_you_mean(str(name), known))
            for index, guard in enumerate(table.get("guard", ())):
                if isinstance(guard, dict) and guard.get("clause") not in clauses:
                    yield fault(pack, file, (array, at, "guard", index, "clause"), f"{guard.get('clause')!r}", "a clause of measures.toml")


def _command(pack: Pack) -> Iterator[Fault]:
    path = pack.folder / "command.toml"
    command = read_toml(path).get("command", {}) if path.exists() else {}
    office = command.get("office") if isinstance(command, dict) else None
    if office is not None and office not in pack.offices:
        yield fault(
            pack, "command.toml", ("command", "office"), f"{office!r}", "an id of offices.toml", did_you_mean(str(office), pack.offices)
        )


def _claimed(pack: Pack) -> Iterator[Fault]:
    """A pipeline or activity that no measure names executes nothing: its clause must name it."""
    claims = {claim.removeprefix(PLANNED) for part in pack.parts.values() for claim in part.executed_by}
    for file, array, tables in _files(pack):
        for at, table in enumerate(tables):
            if f"{array}:{table.get('id')}" not in claims:
                yield fault(
                    pack, file, (array, at), f"{array}:{table.get('id')}, which no part of measures.toml names",
                    f"{table.get('clause')} executed by it", warn=True,
                )  # fmt: skip


def _figures(pack: Pack, pipelines: Mapping[str, Pipeline]) -> Iterator[Fault]:
    """A figure shows a commitment, and its clock runs as many working days as the commitment promises."""
    known = {one.id: one for one in pack.commitments}
    for one in load_figures(pack.folder).values():
        commitment = known.get(one.commitment)
        limit = next(clock for clock in pipelines[one.of].limits if clock.name == one.clock)
        place = str(pack.folder / "pipelines")
        if commitment is None:
            fix = did_you_mean(one.commitment, known)
            yield Fault(place, f"figure {one.id} › commitment", repr(one.commitment), "an id of commitments.toml", fix=fix)
        elif commitment.amount != limit.days:
            yield Fault(
                place, f"figure {one.id}", f"a clock of {limit.days} working days", f"{commitment.value}, as {commitment.id} has it"
            )


def _clauses(pack: Pack) -> set[str]:
    found = {part.clause for part in pack.parts.values()}
    for clause in list(found):
        try:
            key = parse_clause(f"plan/{clause}")
        except BadInput:
            continue
        found.add(f"{key.measure}/{key.sentence}")
    return found | {f"{one.number}/0" for one in pack.measures}
