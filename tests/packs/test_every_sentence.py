"""Every sentence of the 28 measures is claimed, and what it claims exists; as soon as nothing is planned any more, `--strict` must stay silent."""

from __future__ import annotations

from pack_cast import PLAN
from yunxing.packs.coverage import coverage
from yunxing.packs.pack import load_pack
from yunxing.packs.plan import PLANNED

PACK = load_pack(PLAN)


def test_the_plan_has_its_measures_sentences_and_parts():
    found = coverage(PACK)

    assert (len(found.measures), sum(found.sentences.values()), sum(found.parts.values())) == (28, 76, 137)
    assert found.parts["narrative"] == 1


def test_every_part_names_what_executes_it_and_all_of_it_exists():
    """No sentence rests on nothing: a claim is an id of the pack, or is openly planned."""
    hollow = [
        (part.clause, claim)
        for measure in PACK.measures
        for part in measure.part
        if part.narrative is None
        for claim in (part.executed_by or ("nothing",))
        if not claim.startswith(PLANNED) and claim not in PACK.entries
    ]
    assert hollow == []


def test_nothing_of_the_plan_is_planned_any_more():
    """What `yunxing pack check --strict` refuses: a part of which something is still to be built."""
    found = coverage(PACK)

    assert (found.parts["planned"], found.sentences["planned"], found.headings["planned"]) == (0, 0, 0)
    assert [claim for part in PACK.parts.values() for claim in part.executed_by if claim.startswith(PLANNED)] == []


def test_the_strict_check_of_the_plan_holds():
    """The command itself, as a continuous build runs it."""
    from typer.testing import CliRunner

    from yunxing.cli import app

    result = CliRunner().invoke(app, ["pack", "check", str(PLAN), "--strict"])

    assert result.exit_code == 0, result.output
