"""A pack in force: the plan and, on demand, everything else its folder holds. Nothing is read twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from yunxing.packs.documents import DocumentsFile, RostersFile
from yunxing.packs.find import find_pack
from yunxing.packs.lines import Lines
from yunxing.packs.plan import (
    Commitment,
    CommitmentsFile,
    Document,
    Measure,
    MeasuresFile,
    NotCommitment,
    Office,
    OfficesFile,
    Part,
    Section,
)
from yunxing.packs.regions import Regions, load_regions
from yunxing.packs.sections import Entry, entries, loader_of, present
from yunxing.packs.strict import PackFault, Schema, load, located
from yunxing.values.citation import Clause
from yunxing.values.digest import digest
from yunxing.values.errors import BadInput, Fault, nearest


@dataclass(frozen=True)
class Pack:
    """A plan pack. The plan is read at once; forms, indicators, rules and the rest when they are asked for."""

    folder: Path
    document: Document
    offices: Mapping[str, Office]
    sections: tuple[Section, ...]
    measures: tuple[Measure, ...]
    commitments: tuple[Commitment, ...]
    not_commitments: tuple[NotCommitment, ...]

    @property
    def id(self) -> str:
        """The pack's id, such as it stands in manifests and texts."""
        return self.document.id

    def measure(self, number: int) -> Measure:
        """The measure of that number; BadInput when the plan has none."""
        found = next((one for one in self.measures if one.number == number), None)
        if found is None:
            raise BadInput(f"measure {number} is not in {self.id}, which has measures 1 to {len(self.measures)}.")
        return found

    def cite(self, clause: Clause) -> Clause:
        """The clause as others cite it, with the plan's number before it: `156/18/3`."""
        return Clause(self.document.short_number, clause.measure, clause.sentence, clause.part)

    def commitment(self, id_: str) -> Commitment:
        """The commitment of that id; BadInput with the nearest known id."""
        found = next((one for one in self.commitments if one.id == id_), None)
        if found is None:
            near = nearest(id_, [one.id for one in self.commitments])
            raise BadInput(f"commitment {id_!r} is not in {self.id}." + (f" Did you mean {near!r}?" if near else ""))
        return found

    @cached_property
    def parts(self) -> Mapping[Clause, Part]:
        """Every part by its clause, in the order of the plan."""
        return {part.key: part for measure in self.measures for part in measure.part}

    def commitments_of(self, measure: int) -> tuple[Commitment, ...]:
        """The commitments of one measure in order."""
        return tuple(one for one in self.commitments if one.key.measure == measure)

    def section_of(self, measure: int) -> Section:
        """The section that holds the measure."""
        return next(section for section in self.sections if section.measures[0] <= measure <= section.measures[1])

    @cached_property
    def regions(self) -> Regions:
        """Regions valid by date and the reporting units (`lists/regions.toml`)."""
        return load_regions(self.folder / "lists" / "regions.toml")

    @cached_property
    def documents(self) -> DocumentsFile:
        """The papers the city promised to issue (`documents.toml`); none when the file is absent."""
        path = self.folder / "documents.toml"
        return load(path, DocumentsFile) if path.exists() else DocumentsFile()

    @cached_property
    def rosters(self) -> RostersFile:
        """The registry's lists (`lists/rosters.toml`); none when the file is absent."""
        path = self.folder / "lists" / "rosters.toml"
        return load(path, RostersFile) if path.exists() else RostersFile()

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """Everything that exists in the pack, by id with prefix (`indicator:listings`)."""
        return {entry.id: entry for entry in entries(self.folder)}

    def load_section(self, section: str) -> Any:
        """A section by its own loader (`forms`, `indicators`, `signals`, `cases`, `bulletin`, `policies`, `pools`, `city`); BadInput when absent."""
        loader = loader_of(section)
        if loader is None:
            raise BadInput(f"this version of the program cannot read the section {section!r} of a pack.")
        if not present(self.folder, section):
            raise BadInput(f"{self.folder}: found no files of the section {section!r}, expected them in the pack.")
        return loader(self.folder)

    @cached_property
    def digest(self) -> str:
        """One digest over every file of the pack, by relative name, whatever the order on disk. Caches of Python are left out."""
        files = {
            path.relative_to(self.folder).as_posix(): digest(path.read_bytes())
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and "__pycache__" not in path.parts
        }
        return digest(files)

    def place(self, file: str, *where: str | int) -> str:
        """`line 12, measure › 17`: where something stands in a file of the pack, for a fault."""
        return located(self._lines(file), where)

    def line(self, file: str, *where: str | int) -> int:
        """The line where something stands in a file of the pack; 1 when it is not found."""
        return self._lines(file).of_place(where) or 1

    def _lines(self, file: str) -> Lines:
        cache: dict[str, Lines] = self.__dict__.setdefault("_lines_cache", {})
        if file not in cache:
            path = self.folder / file
            cache[file] = Lines.of(path.read_text(encoding="utf-8") if path.exists() else "")
        return cache[file]


def load_pack(given: Path | str | None = None) -> Pack:
    """The pack of a folder or a name, or the only one found. Faults of all its plan files are raised together as PackFault."""
    folder = find_pack(given)
    faults: list[Fault] = []
    document = _load(folder / "pack.toml", Document, faults)
    offices = _load(folder / "offices.toml", OfficesFile, faults)
    measures = _load(folder / "measures.toml", MeasuresFile, faults)
    commitments = _load(folder / "commitments.toml", CommitmentsFile, faults)
    if document is None or offices is None or measures is None or commitments is None:
        raise PackFault(faults)
    return Pack(
        folder=folder,
        document=document,
        offices={office.id: office for office in offices.office},
        sections=measures.section,
        measures=measures.measure,
        commitments=commitments.commitment,
        not_commitments=commitments.not_commitment,
    )


def _load(path: Path, schema: type[Schema], faults: list[Fault]) -> Schema | None:
    """The file, or None with its faults added to the others."""
    try:
        return load(path, schema)
    except PackFault as fault:
        faults += fault.faults
        return None
