"""The synthetic city written out: register, monthly workbooks, when each was received, and the truth. Everything says that it is synthetic.

pack's city.toml and forms ─► city ─► register.xlsx, <month>/SYNTHETIC_<unit>_<form>.xlsx, submissions.csv, truth.json, README.txt
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from yunxing.city.habits import style, untidy
from yunxing.city.lists import ListPlan, fill_lists
from yunxing.city.make import City, make_city
from yunxing.city.parcels import HISTORY, JAN_FEB, Parcel, parcels
from yunxing.city.recipes import recipes_of
from yunxing.city.register import Table, register
from yunxing.city.reports import rows
from yunxing.city.settings import check_range, settings_of
from yunxing.city.supply import add_supply
from yunxing.city.truth import period_code, truth
from yunxing.engines.facts.form import Form
from yunxing.engines.facts.layout import build_book, form_period
from yunxing.engines.facts.sheet import Book, CellValue, Sheet
from yunxing.io.books.write import book_bytes
from yunxing.io.files import sync_folder
from yunxing.packs import chains
from yunxing.packs.city import city_tables, load_city
from yunxing.packs.city_forms import load_city_forms
from yunxing.packs.city_lists import load_city_lists
from yunxing.packs.forms import load_forms
from yunxing.packs.registers import load_registers
from yunxing.values.errors import BadInput
from yunxing.values.period import Month

MARK = "SYNTHETIC.txt"  # the file by which a folder is known as an earlier simulation
REGISTER, SUBMISSIONS, TRUTH, README = "registry.xlsx", "submissions.csv", "truth.json", "README.txt"
Progress = Callable[[int, int], None]  # workbooks written, workbooks in all
FEW = 60  # workbooks below which one process is faster than two


@dataclass(frozen=True, slots=True)
class Simulated:
    """What was written."""

    folder: Path
    seed: int
    firms: int
    first: Month
    last: Month
    workbooks: int
    rows: int
    events: int


def simulate_city(
    pack: Path,
    out: Path,
    *,
    seed: int,
    first: Month,
    last: Month,
    firms: int | None = None,
    books_from: Month | None = None,
    progress: Progress | None = None,
    processes: int | None = None,
) -> Simulated:
    """Write the city's months `first` to `last` to the folder `out`: in a folder beside it, which takes its place when all is there.

    `firms` is the number of above-scale enterprises in the pack's reference month (the pack's own number when not given). Workbooks of months
    before `books_from` are put into one archive for each unit and form, which the import reads as it reads a folder. The same seed gives the same bytes, however many processes write them. Raises `BadInput` for months outside the city and a folder that holds other things.
    """
    settings = settings_of(city_tables(load_city(pack)))
    check_range(settings, first, last)
    _check_folder(out)
    forms = load_forms(pack)
    recipes = recipes_of(load_city_forms(pack / "city_forms.toml", forms), forms)
    city = make_city(settings, settings.firms if firms is None else firms, seed, recipes)
    sent = parcels(city, first, last, books_from)
    told = truth(city, first, last, sent)
    out.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        counted = _write_workbooks(city, forms, sent, scratch, progress=progress, processes=processes)
        _pack_history(scratch)
        (scratch / REGISTER).write_bytes(book_bytes(register_book(city, first, last, pack)))
        (scratch / SUBMISSIONS).write_text(_submissions(city, sent), encoding="utf-8")
        (scratch / TRUTH).write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        (scratch / README).write_text(_readme(city, first, last, len(sent)), encoding="utf-8")
        (scratch / MARK).write_text(f"{settings.label}\n{settings.label_en}\n", encoding="utf-8")
        scratch.chmod(0o755)
        _take_place(scratch, out)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    return Simulated(out, seed, city.firms, first, last, len(sent), counted, len(told["events"]))


def register_book(city: City, first: Month, last: Month, pack: Path | None = None) -> Book:
    """The register as a workbook: one sheet a table, a labelled title row above the column names; with the lists that the pack describes."""
    tables = register(city, first, last)
    if pack is not None and (told := load_city_lists(pack)):
        tables = fill_lists(city, load_registers(pack), [ListPlan(**one) for one in told], tables, last)
    if pack is not None and (pack / chains.FILE).is_file():
        tables = add_supply(city, list(chains.load_chains(pack).chains.values()), tables, first.start, last)
    return Book([_register_sheet(city, name, table) for name, table in tables.items()], name=REGISTER)


def parcel_book(city: City, form: Form, parcel: Parcel) -> tuple[Book, int]:
    """One workbook as its unit sends it, and how many rows it holds."""
    code = parcel.code(city)
    name = code if parcel.sender else city.settings.units[parcel.unit].name
    typed = rows(city, form, parcel)
    period = form_period(form, parcel.month.year, parcel.month.month)
    look = style(city, form, parcel, typed)
    return build_book(form, period, (code, name), untidy(city, form, parcel, typed), look), len(typed)


def _register_sheet(city: City, name: str, table: Table) -> Sheet:
    columns, lines = table
    title: list[CellValue] = [city.settings.label, city.settings.label_en]
    body: list[list[CellValue]] = [[cell.isoformat() if isinstance(cell, date) else cell for cell in line] for line in lines]
    widths = {place: 24 if column in ("id", "party", "name") else 14 for place, column in enumerate(columns)}
    return Sheet(name, [title, list(columns), *body], head=(1, 1), body=2, widths=widths)


def _check_folder(out: Path) -> None:
    """Only a new folder, an empty one or an earlier simulation may be written over."""
    if out.exists() and not out.is_dir():
        raise BadInput(f"{out} is a file; give a folder for the synthetic city.")
    if out.is_dir() and any(out.iterdir()) and not (out / MARK).is_file():
        raise BadInput(f"The folder {out} holds other files (no {MARK} is in it); give a new or empty folder for the synthetic city.")


def _take_place(scratch: Path, out: Path) -> None:
    """Put the finished folder where the old one stood."""
    old = None
    if out.exists():
        old = Path(tempfile.mkdtemp(prefix=f".{out.name}.old.", dir=out.parent))
        out.replace(old)
    scratch.replace(out)
    sync_folder(out.parent)
    if old is not None:
        shutil.rmtree(old)


def _write_workbooks(
    city: City, forms: dict[str, Form], sent: list[Parcel], folder: Path, *, progress: Progress | None, processes: int | None
) -> int:
    """All workbooks, by one process or several; gives the number of rows."""
    from multiprocessing import get_context

    for name in {parcel.file(city).rpartition("/")[0] for parcel in sent}:
        (folder / name).mkdir(parents=True)
    workers = processes or min(4, os.cpu_count() or 1)
    batches = [tuple(sent[start : start + 12]) for start in range(0, len(sent), 12)]
    if workers == 1 or len(sent) < FEW:
        _prepare(city, forms, folder)
        return _collect(map(_write_batch, batches), len(sent), progress)
    # spawned, not forked: the parent may hold threads. Each child gets the finished city once.
    with _deaf_to_interrupts():
        pool = get_context("spawn").Pool(workers, initializer=partial(_prepare, city, forms, folder))
    with pool:
        return _collect(pool.imap_unordered(_write_batch, batches), len(sent), progress)


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Processes started inside do not hear Ctrl-C: the parent does, ends them and says one sentence."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may change it, and only it is interrupted
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _pack_history(folder: Path) -> None:
    """Each folder of older workbooks becomes the archive whose name it bears. Times are fixed: the same city gives the same bytes."""
    for loose in sorted((folder / HISTORY).glob("*.zip")):
        archive = loose.with_suffix(".part")
        with zipfile.ZipFile(archive, "w") as target:
            for book in sorted(loose.iterdir()):
                entry = zipfile.ZipInfo(book.name, (2000, 1, 1, 0, 0, 0))
                entry.external_attr = 0o644 << 16
                target.writestr(entry, book.read_bytes())
        shutil.rmtree(loose)
        archive.replace(loose)


def _collect(done: Iterator[tuple[int, int]], total: int, progress: Progress | None) -> int:
    books = lines = 0
    for wrote, counted in done:
        books, lines = books + wrote, lines + counted
        if progress:
            progress(books, total)
    return lines


_held: dict[str, Any] = {}  # what a writing process works on; set once by `_prepare`


def _prepare(city: City, forms: dict[str, Form], folder: Path) -> None:
    _held.update(city=city, forms=forms, folder=folder)


def _write_batch(batch: tuple[Parcel, ...]) -> tuple[int, int]:
    city, forms, folder = _held["city"], _held["forms"], _held["folder"]
    lines = 0
    for parcel in batch:
        book, counted = parcel_book(city, forms[parcel.form], parcel)
        (folder / parcel.file(city)).write_bytes(book_bytes(book))
        lines += counted
    return len(batch), lines


def _submissions(city: City, sent: list[Parcel]) -> str:
    """One line a workbook in the order of receipt; `received_at` is the moment the platform came to know it."""
    merged = {recipe.form for recipe in city.further.recipes.forms if recipe.jan_feb} | set(JAN_FEB)
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(["file", "form", "unit", "period", "received_at", "kind", "late", "label"])
    for parcel in sent:
        out.writerow(
            [
                parcel.file(city),
                parcel.form,
                parcel.code(city),
                period_code(parcel.month, parcel.form, merged),
                parcel.received.isoformat().replace("+00:00", "Z"),
                "supplement" if parcel.number else "monthly",
                "yes" if parcel.late else "no",
                city.settings.label,
            ]
        )
    return text.getvalue()


def _readme(city: City, first: Month, last: Month, workbooks: int) -> str:
    settings = city.settings
    return f"""{settings.label}
{settings.label_en}

本文件夹由程序生成，其中的企业、项目、场所和数字均为虚构，与任何真实单位无关。
Everything in this folder is made by a program. No enterprise, project, site or figure in it is real.

seed {city.seed}, enterprises {city.firms} (above scale, {settings.reference.code}), months {first.code} to {last.code}, workbooks {workbooks}

{REGISTER}      enterprises, projects, sites, rosters with dates
<month>/           workbooks, or {HISTORY}/*.zip with those of older months, as
                   reporting units would send them, with a few honest mistakes
{SUBMISSIONS}    when each workbook was received (UTC)
{TRUTH}         every event planted: for scoring only
"""
