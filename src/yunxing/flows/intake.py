"""Many files from anyone's hands: look at all of them first, say everything, write nothing; then save what a person confirmed.

Every file has a result, also the one that is no workbook. A file of a reporting unit that the person may not speak for is refused whole, and nothing of
its content is told. The same bytes under two names are one file.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from yunxing.engines.facts.form import Form
from yunxing.flows.import_facts import import_facts
from yunxing.flows.import_report import FileResult, Progress, Report, Terms
from yunxing.io import files
from yunxing.io.books.read import SUFFIXES
from yunxing.values.errors import Fault

Allowed = Callable[[str, str], bool]  # reporting unit, form → may this person hand it in?
NOT_SAVED = frozenset({"refused", "foreign", "other", "same"})


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it was sent: its name (with the path in its archive), what it is by content (`io.uploads.Kind`), the digest its bytes are kept under."""

    name: str
    kind: str
    digest: str


def look(
    home: Path, uploads: Sequence[Upload], forms: Mapping[str, Form], units: Mapping[str, str], *, now: datetime, allowed: Allowed,
    progress: Progress | None = None, correction: str = "",
) -> list[dict[str, Any]]:  # fmt: skip
    """What saving the uploads would do, file by file in the order sent, with every problem; nothing is written but annotated copies, kept by content.

    `correction` is the written cause of a month that is sent again; it lets a cumulative figure fall. Counts are those of the rows without errors. `state` adds to those of `FileResult`: `foreign` (another unit's), `same` (as an earlier file).
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        terms = Terms(now=now, dry_run=True, annotated=root / "out", correction=correction)
        report = import_facts(home, laid_out(home, uploads, root / "in"), forms, units, terms=terms, progress=progress)
        return described(home, report, uploads, allowed)


def save(
    home: Path, uploads: Sequence[Upload], forms: Mapping[str, Form], units: Mapping[str, str], *, now: datetime, whole: bool,
    chosen: Collection[int], progress: Progress | None = None, correction: str = "",
) -> Report:  # fmt: skip
    """Save the chosen files, by their place in `uploads`. `whole`: nothing of a file with an error; else its rows without errors."""
    with tempfile.TemporaryDirectory() as folder:
        paths = laid_out(home, uploads, Path(folder) / "in", chosen)
        return import_facts(home, paths, forms, units, terms=Terms(now=now, whole=whole, correction=correction), progress=progress)


def laid_out(home: Path, uploads: Sequence[Upload], root: Path, chosen: Collection[int] | None = None) -> list[Path]:
    """The uploads (or the chosen ones) as files, each in a folder of its own so that equal names stay apart; a twin is left out."""
    root.mkdir(parents=True)
    seen: set[str] = set()
    for number, one in enumerate(uploads):
        if one.digest not in seen and (chosen is None or number in chosen):
            place = root / f"{number:04d}"
            place.mkdir()
            (place / with_ending(one)).write_bytes(files.content_path(home, one.digest).read_bytes())
        seen.add(one.digest)
    return [root]


def with_ending(one: Upload) -> str:
    """The last part of the name with an ending that the reader takes; what is inside decides how it is read, so a wrong one does no harm.

    >>> with_ending(Upload("某县/月报.et", "xlsx", "")), with_ending(Upload("月报.txt", "csv", ""))
    ('月报.et', '月报.txt.csv')
    """
    name = PurePosixPath(one.name).name.lstrip("~.") or "文件"
    return name if PurePosixPath(name).suffix.lower() in SUFFIXES else f"{name}.{one.kind}"


def described(home: Path, report: Report, uploads: Sequence[Upload], allowed: Allowed) -> list[dict[str, Any]]:
    """One plain entry for every upload, in the order sent."""
    found = {result.name.partition("/")[0]: result for result in report.files}
    first: dict[str, str] = {}
    entries = []
    for place, one in enumerate(uploads):
        result = found.get(f"{place:04d}")
        if one.digest in first:
            result = _fault(one, "same", f"与“{first[one.digest]}”内容完全相同", "每份报表一个文件", "不必处理，只计一次")
        elif result is None:
            result = _fault(
                one, "refused", "没有表格的文件", ".xlsx、.xls、.et、.ods、.csv 或含它们的 .zip", "在 WPS 或 Office 中打开，另存为 .xlsx"
            )
        elif result.form and not allowed(result.unit, result.form):
            result = _fault(one, "foreign", "另一填报单位的表", "您所在单位的表", "由该单位自己报送")
        first.setdefault(one.digest, one.name)
        entries.append(_entry(home, one, result))
    return entries


def _fault(one: Upload, state: str, found: str, expected: str, fix: str) -> FileResult:
    return FileResult(one.name, state=state, digest=one.digest, faults=[Fault(one.name, "", found, expected, fix=fix)])


def _entry(home: Path, one: Upload, result: FileResult) -> dict[str, Any]:
    """A file's result as plain data; `can_save` says whether there is anything that could be saved."""
    annotated = files.keep(home, Path(result.annotated).read_bytes()) if result.annotated else ""
    plain = replace(result, name=one.name, annotated=annotated).as_dict()
    can_save = result.state not in NOT_SAVED and bool(result.added + result.revised)
    return {**plain, "annotated_name": PurePosixPath(result.annotated).name, "can_save": can_save, "whole_file": whole_file(result)}


def whole_file(result: FileResult) -> bool:
    """Whether the file has no error at all, so that it is saved as it is."""
    return not result.faults and not any(problem.effect == "block" for problem in result.problems)
