"""Hold the plan's own files together: numbers in order, bodies known, every id it names exists, nothing narrative that was not declared so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from yunxing.packs.documents import Promised, Roster
from yunxing.packs.examples import example_faults
from yunxing.packs.pack import Pack
from yunxing.packs.plan import PLANNED, SEVERAL, Measure, Part, bare, clause_key, short
from yunxing.packs.sections import LOADERS, loader_of, present
from yunxing.packs.strict import PackFault
from yunxing.values.errors import Fault, Refusal, nearest


def fault(pack: Pack, file: str, where: tuple[str | int, ...], found: str, expected: str, fix: str = "", *, warn: bool = False) -> Fault:
    """A fault located by file and line of the pack."""
    place = pack.place(file, *where)
    return Fault(str(pack.folder / file), place, found, expected, fix=fix, severity="warn" if warn else "block")


def did_you_mean(word: str, valid: Iterable[str]) -> str:
    """`did you mean 'IIT'?`, or nothing when no known word is near."""
    near = nearest(word, valid)
    return f"did you mean {near!r}?" if near else ""


def plan_faults(pack: Pack) -> list[Fault]:
    """Every fault that can be seen without the official text."""
    checks: tuple[Callable[[Pack], Iterator[Fault]], ...] = (
        _offices, _measures, _parts, _narrative, _ids, _commitments, _examples, _documents, _sections,
    )  # fmt: skip
    return [problem for check in checks for problem in check(pack)]


def _offices(pack: Pack) -> Iterator[Fault]:
    owner_of: dict[str, str] = {}
    for at, office in enumerate(pack.offices.values()):
        for name in dict.fromkeys(office.all_names):
            if name in owner_of:
                yield fault(
                    pack,
                    "offices.toml",
                    ("office", at),
                    f"the name {name} a second time",
                    f"a name of {office.id} alone; {owner_of[name]} has it",
                )
            owner_of[name] = office.id
    signed = pack.document.signatories
    for id_ in signed:
        if id_ not in pack.offices:
            yield fault(
                pack, "pack.toml", ("signatories",), f"the office {id_!r}", "an id of offices.toml", did_you_mean(id_, pack.offices)
            )
        elif not pack.offices[id_].signatory:
            yield fault(pack, "pack.toml", ("signatories",), f"{id_}", "a body marked signatory in offices.toml")
    for at, office in enumerate(pack.offices.values()):
        if office.signatory and office.id not in signed:
            yield fault(pack, "offices.toml", ("office", at), f"{office.id} as a signatory", "its id among the signatories of pack.toml")
        if not office.signatory and not office.why:
            yield fault(pack, "offices.toml", ("office", at), f"{office.id}, which did not sign, without a reason", "`why` it carries work")


def _measures(pack: Pack) -> Iterator[Fault]:
    expected = pack.document.official_text.measures
    numbers = [measure.number for measure in pack.measures]
    if numbers != list(range(1, expected + 1)):
        missing = sorted(set(range(1, expected + 1)) - set(numbers))
        yield fault(
            pack,
            "measures.toml",
            ("measure",),
            f"measures {numbers}",
            f"1 to {expected} in order, each once (missing: {missing or 'none'})",
        )
    covered = [n for section in pack.sections for n in range(section.measures[0], section.measures[1] + 1)]
    if covered != list(range(1, expected + 1)):
        yield fault(
            pack, "measures.toml", ("section",), f"sections that hold measures {covered}", f"each of 1 to {expected} in one section"
        )
    for at, measure in enumerate(pack.measures):
        yield from _measure(pack, at, measure)


def _measure(pack: Pack, at: int, measure: Measure) -> Iterator[Fault]:
    where = ("measure", at)
    section = next((s for s in pack.sections if s.measures[0] <= measure.number <= s.measures[1]), None)
    if section is not None and section.number != measure.section:
        yield fault(
            pack,
            "measures.toml",
            (*where, "section"),
            f"section {measure.section!r}",
            f"section {section.number!r}, which holds measure {measure.number}",
        )
    for id_ in measure.offices:
        if id_ not in pack.offices:
            yield fault(
                pack, "measures.toml", (*where, "offices"), f"the office {id_!r}", "an id of offices.toml", did_you_mean(id_, pack.offices)
            )
    if len(set(measure.offices)) != len(measure.offices):
        yield fault(pack, "measures.toml", (*where, "offices"), f"{list(measure.offices)}", "each body once")
    fits = {0: measure.words == "none", 1: measure.words in ("sole", "lead", "bare")}
    if not fits.get(len(measure.offices), measure.words in SEVERAL):
        yield fault(
            pack,
            "measures.toml",
            (*where, "words"),
            f"{measure.words!r} for {len(measure.offices)} bodies",
            "joint, led or listed for several bodies, sole, lead or bare for one, none without any",
        )
    leads = {
        "none": None,
        "sole": measure.offices[0] if len(measure.offices) == 1 else "",
        "explicit": measure.offices[0] if measure.words in ("lead", "led") else "",
    }
    allowed = leads.get(measure.lead_basis, measure.lead if measure.lead in measure.offices else "")
    if measure.lead != allowed:
        rule = "no lead with lead_basis none; the only body with sole; the body that leads by the bracket's words with explicit; a body of the bracket with decided"
        yield fault(pack, "measures.toml", (*where, "lead_basis"), f"lead {measure.lead!r} with lead_basis {measure.lead_basis!r}", rule)


def _parts(pack: Pack) -> Iterator[Fault]:
    for at, measure in enumerate(pack.measures):
        sentence, letter = 0, ""
        for index, part in enumerate(measure.part):
            where = ("measure", at, "part", index)
            key = part.key
            follows = (key.sentence == sentence + 1 and key.part in ("", "a")) or (
                key.sentence == sentence and letter != "" and key.part == chr(ord(letter) + 1)
            )
            if key.measure != measure.number:
                yield fault(
                    pack,
                    "measures.toml",
                    (*where, "clause"),
                    f"clause {part.clause} in measure {measure.number}",
                    f"a clause of measure {measure.number}",
                )
            elif not follows:
                after = f"{measure.number}/{sentence}{letter}"
                yield fault(
                    pack,
                    "measures.toml",
                    (*where, "clause"),
                    f"clause {part.clause} after {after}",
                    "sentences and letters in order, none left out",
                )
            sentence, letter = key.sentence, key.part
            if part.executed_by and part.narrative is not None:
                yield fault(pack, "measures.toml", where, f"{part.clause} both executed and narrative", "one of the two")
            if not part.executed_by and part.narrative is None:
                yield fault(
                    pack, "measures.toml", where, f"{part.clause} executed by nothing", "executed_by ids, or a reason why it is narrative"
                )
    total = sum(len({part.key.sentence for part in measure.part}) for measure in pack.measures)
    if total != pack.document.official_text.sentences:
        yield fault(
            pack, "measures.toml", ("measure",), f"{total} sentences", f"{pack.document.official_text.sentences}, as pack.toml counts them"
        )


def _narrative(pack: Pack) -> Iterator[Fault]:
    declared = pack.document.narrative
    for at, measure in enumerate(pack.measures):
        for index, part in enumerate(measure.part):
            if part.narrative is not None and part.clause not in declared:
                listed = ", ".join(sorted(declared)) or "none"
                yield fault(
                    pack, "measures.toml", ("measure", at, "part", index, "narrative"), f"{part.clause} as narrative",
                    f"something that executes it: only sentences that state no act are narrative, and pack.toml declares them ({listed})",
                )  # fmt: skip
    clauses = {part.clause: part for part in pack.parts.values()}
    for clause in declared:
        if clause not in clauses or clauses[clause].narrative is None:
            yield fault(
                pack, "pack.toml", ("narrative", clause), f"{clause} declared narrative", "a part that is narrative in measures.toml"
            )


def _claims(pack: Pack) -> Iterator[tuple[str, tuple[str | int, ...], str]]:
    for at, measure in enumerate(pack.measures):
        for index, part in enumerate(measure.part):
            for claim in part.executed_by:
                yield "measures.toml", ("measure", at, "part", index, "executed_by"), claim
    for at, commitment in enumerate(pack.commitments):
        yield "commitments.toml", ("commitment", at, "shown_by"), commitment.shown_by


def _ids(pack: Pack) -> Iterator[Fault]:
    for file, where, claim in _claims(pack):
        exists = bare(claim) in pack.entries
        if not claim.startswith(PLANNED) and not exists:
            hint = did_you_mean(claim, pack.entries) or f"write planned:{claim} while nothing of that id is in the pack"
            yield fault(pack, file, where, f"{claim!r}", "an id that exists in the pack", hint)
        elif claim.startswith(PLANNED) and exists:
            entry = pack.entries[bare(claim)]
            yield fault(pack, file, where, f"{claim!r}", f"{bare(claim)!r}: it exists in {entry.file.name}, line {entry.line}", warn=True)


def _commitments(pack: Pack) -> Iterator[Fault]:
    ids = [commitment.id for commitment in pack.commitments]
    clauses = _clauses(pack)
    for at, commitment in enumerate(pack.commitments):
        where = ("commitment", at)
        if ids.index(commitment.id) != at:
            yield fault(pack, "commitments.toml", (*where, "id"), f"{commitment.id!r} a second time", "each id once")
        if commitment.clause not in clauses:
            yield fault(
                pack,
                "commitments.toml",
                (*where, "clause"),
                f"{commitment.clause}",
                "a clause of measures.toml",
                did_you_mean(commitment.clause, clauses),
            )
        if not commitment.numbers:
            yield fault(pack, "commitments.toml", (*where, "value"), f"{commitment.value!r}", "a number with its unit, such as 418 亿元")
        shown = pack.entries.get(f"indicator:{commitment.indicator}")
        counted = (
            shown is not None and shown.file.parent.name == "pipelines"
        )  # over the items of any day: it is to be met each time, and has no last day
        if commitment.kind == "target" and commitment.due is None and commitment.indicator is not None and not counted:
            yield fault(
                pack, "commitments.toml", where, f"the target {commitment.id} without a day", "`due`, the last day on which it can be met"
            )
    for at, other in enumerate(pack.not_commitments):
        if other.clause not in clauses and other.clause not in ("head", "tail", "between"):
            yield fault(
                pack, "commitments.toml", ("not_commitment", at, "clause"), f"{other.clause}", "a sentence of measures.toml, head or tail"
            )


def _examples(pack: Pack) -> Iterator[Fault]:
    try:
        yield from example_faults(pack.folder, pack.commitments)
    except PackFault as problem:
        yield from problem.faults


def _clauses(pack: Pack) -> set[str]:
    """Every clause that may be named: the parts, their whole sentences, and the headings."""
    parts: list[Part] = list(pack.parts.values())
    return (
        {part.clause for part in parts}
        | {short(clause_key(part.clause)).rstrip("abcdefghijklmnopqrstuvwxyz") for part in parts}
        | {f"{m.number}/0" for m in pack.measures}
    )


def _documents(pack: Pack) -> Iterator[Fault]:
    clauses = _clauses(pack)
    rows: list[tuple[str, str, int, Promised | Roster]] = [
        *(("documents.toml", "document", at, row) for at, row in enumerate(pack.documents.document)),
        *(("lists/rosters.toml", "list", at, row) for at, row in enumerate(pack.rosters.list)),
    ]
    for file, array, at, row in rows:
        if row.owner not in pack.offices:
            yield fault(
                pack,
                file,
                (array, at, "owner"),
                f"the office {row.owner!r}",
                "an id of offices.toml",
                did_you_mean(row.owner, pack.offices),
            )
        if row.clause is not None and row.clause not in clauses:
            yield fault(pack, file, (array, at, "clause"), f"{row.clause}", "a clause of measures.toml")
    units = {unit.id for unit in pack.regions.units}
    for at, office in enumerate(pack.offices.values()):
        if office.unit is not None and office.unit not in units:
            yield fault(
                pack,
                "offices.toml",
                ("office", at, "unit"),
                f"{office.unit!r}",
                "a reporting unit of lists/regions.toml",
                did_you_mean(office.unit, units),
            )
    if pack.document.city_region not in {region.code for region in pack.regions.regions}:
        yield fault(pack, "pack.toml", ("city_region",), f"{pack.document.city_region!r}", "a code of lists/regions.toml")


def _sections(pack: Pack) -> Iterator[Fault]:
    """Run the loader of every section that the pack has files for; a missing heading, level or legal basis is refused there."""
    seen: set[Fault] = set()
    for loader in LOADERS:
        read = loader_of(loader.section)
        if read is None or not present(pack.folder, loader.section):
            continue
        try:
            read(pack.folder)
        except PackFault as problem:
            # Signals read the indicators first: the same fault would be told twice.
            yield from (one for one in problem.faults if one not in seen)
            seen |= set(problem.faults)
        except Refusal as problem:
            yield Fault(str(pack.folder), loader.section, str(problem), "a rule that can be traced and proved")
