"""Corrupted workbooks: located errors or a clean refusal, never a crash, never a silent wrong figure, in bounded time and memory.

A hundred in every run; `YUNXING_HOSTILE=2000` (as `make test-all` sets it) for the whole number. 合成数据.
"""

from __future__ import annotations

import os
import resource
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import hostile
from yunxing.city.make import City, make_city
from yunxing.city.parcels import parcels
from yunxing.city.recipes import recipes_of
from yunxing.city.register import register
from yunxing.city.settings import settings_of
from yunxing.engines.facts.accept import accept
from yunxing.engines.facts.check import look_back
from yunxing.engines.facts.match import Matched, match_book
from yunxing.engines.facts.reading import read_rows
from yunxing.engines.facts.table import empty
from yunxing.engines.facts.units import unit_of
from yunxing.engines.registry.parties import Party
from yunxing.flows.make_template import subjects
from yunxing.flows.simulate_city import parcel_book
from yunxing.io.books.annotate import Note, annotate_book
from yunxing.io.books.read import read_bytes
from yunxing.io.books.write import book_bytes
from yunxing.packs.city import city_tables, load_city
from yunxing.packs.city_forms import load_city_forms
from yunxing.packs.forms import load_forms
from yunxing.values.errors import BadInput
from yunxing.values.period import Month
from yunxing.values.quantity import half_up

PACK = Path(__file__).resolve().parents[3] / "plans" / "binzhou_2022_156"
COUNT = int(os.environ.get("YUNXING_HOSTILE", "100"))
SEND = ("enterprise_month", "project_month", "coal_day", "port_month", "bank_month", "labour_month", "trade_month", "efficiency_quarter")
SLOWEST = 10.0  # seconds of work a file
MEMORY = 700 * 2**10  # kilobytes above what the run held before


@pytest.fixture(scope="module")
def world() -> dict[str, Any]:
    """A small city's real workbooks of September 2022, and what an import knows of its parties."""
    from datetime import date

    forms = load_forms(PACK)
    city: City = make_city(
        settings_of(city_tables(load_city(PACK))), 40, 7, recipes_of(load_city_forms(PACK / "city_forms.toml", forms), forms)
    )
    units = {unit.code: unit.name for unit in city.settings.units}
    tables = register(city, Month(2022, 9), Month(2022, 9))
    known = {}
    for name in ("enterprises", "projects", "sites", "further"):
        for row in tables[name][1]:
            text = [str(cell or "") for cell in row[:9]]
            known[text[0]] = Party(*text, date(2010, 1, 1))
    pool: list[bytes] = []
    for parcel in parcels(city, Month(2022, 9), Month(2022, 9)):
        if parcel.form in SEND and sum(1 for _ in pool) < 14 and not parcel.number:
            pool.append(book_bytes(parcel_book(city, forms[parcel.form], parcel)[0]))
    return {"forms": forms, "units": units, "parties": subjects(known, units), "pool": pool}


def taken(world: dict[str, Any], one: hostile.Hostile) -> tuple[Any, Any]:
    """The reading and the accepted facts of a file; None where it was refused or laid on no form, in words."""
    faults = ()
    try:
        book = read_bytes(one.name, one.content)
    except BadInput as refusal:
        faults = refusal.faults or ("a refusal that says nothing",)
    if faults:
        assert all(fault.found and fault.expected and fault.fix for fault in faults), faults
        return None, None
    matched = match_book(book, world["forms"], world["units"])
    if not isinstance(matched, Matched):
        assert matched
        assert all(problem.sentence() and problem.sentence("en") for problem in matched)
        return None, None
    reading = read_rows(matched, world["parties"], submission="sha256:1", known_at=hostile_moment())
    facts = accept([reading], look_back(empty())).facts
    assert all(problem.sentence() for problem in reading.problems)
    return reading, facts


def hostile_moment() -> Any:
    from datetime import UTC, datetime

    return datetime(2022, 10, 5, tzinfo=UTC)


def wrong_facts(reading: Any, facts: Any, content: bytes) -> list[str]:
    """Accepted figures that are not what a person reads in their cell, in the unit printed over it."""
    seen = hostile.shown(content).get(reading.matched.sheet.name)
    if seen is None:
        return []
    units = {f"{known.column.item.id}/{known.column.role}/{known.column.as_reported}": known for known in reading.matched.head.columns}
    wrong = []
    for fact in facts.iter_rows(named=True):
        known = units[f"{fact['item']}/{fact['role']}/{fact['as_reported']}"]
        if not known.column.item.numeric or fact["value"] is None:
            continue
        number, behind = seen.get(fact["cell"], (None, ""))
        unit = unit_of(behind) or known.unit or unit_of(known.column.item.unit)
        assert unit is not None
        if number is None or half_up(number * unit.per) != fact["value"]:
            wrong.append(f"{fact['item']} {fact['cell']}: {fact['value']} stored, {number} {unit.name} shown")
    return wrong


@pytest.mark.slow
def test_corrupted_workbooks_give_located_errors_or_clean_refusals_and_no_wrong_fact(world):
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcome: Counter[str] = Counter()
    heavy = 0
    for seed in range(COUNT):
        one = hostile.corrupted(seed, world["pool"])
        if one.done in hostile.HEAVY:
            heavy += 1
            if heavy > max(2, COUNT // 100):  # each unpacks to hundreds of megabytes; a few of them say it all
                continue
        begun = time.process_time()
        reading, facts = taken(world, one)
        assert time.process_time() - begun < SLOWEST, (seed, one.done)
        if facts is None:
            outcome["refused"] += 1
            continue
        outcome["faulty" if reading.problems else "clean"] += 1
        if one.comparable and facts.height:
            assert wrong_facts(reading, facts, one.content) == [], (seed, one.done)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held < MEMORY
    assert outcome["refused"] > COUNT // 5
    assert outcome["faulty"] > COUNT // 5


@pytest.mark.parametrize("kind", [*hostile.BYTES], ids=lambda kind: kind.__name__)
def test_each_kind_of_broken_bytes_is_refused_or_read_with_its_problems(world, kind):
    import random

    for seed in range(2 if kind.__name__ in hostile.HEAVY else 6):
        name, content = kind(random.Random(seed), world["pool"][0])
        taken(world, hostile.Hostile(name, content, kind.__name__))


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (hostile.blank_rows, "解压后超过"),
        (hostile.a_value_at_the_end_of_the_sheet, "远处的单元格里有数"),
        (hostile.a_bomb_that_lies, "损坏的文件"),
        (hostile.scrambled_by_an_agent, "加密软件"),
    ],
)
def test_what_cannot_be_read_says_what_it_is_and_how_to_save_again(world, kind, said):
    import random

    name, content = kind(random.Random(1), world["pool"][0])
    with pytest.raises(BadInput) as refused:
        read_bytes(name, content)

    fault = refused.value.faults[0]
    assert said in f"{fault.found}{fault.why}{fault.fix}"
    assert fault.fix


@pytest.mark.parametrize(
    ("inside", "said"),
    [("EncryptedPackage", "打开密码"), ("WordDocument", "文字文档"), ("WpsCustomData", "WPS 自有格式"), ("ETExtData", "WPS 自有格式")],
)
def test_other_things_in_the_old_container_are_named(inside, said):
    with pytest.raises(BadInput) as refused:
        read_bytes("月报.et", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + inside.encode("utf-16-le") + bytes(1000))

    assert said in str(refused.value)


def test_cells_that_show_another_number_than_they_hold_are_taken_as_shown_or_not_at_all(world):
    """A percent format is read as the percent it shows; a scaled one, a formula without a result and an error value are located problems."""
    import io

    import openpyxl

    base = next(one for one in world["pool"] if "形象进度" in str(read_bytes("x.xlsx", one).sheets[0].rows[:8]))
    plain = read_bytes("x.xlsx", base)
    matched = match_book(plain, world["forms"], world["units"])
    progress = next(known.index for known in matched.head.columns if known.column.item.id == "progress")
    money = next(known for known in matched.head.columns if known.column.item.id == "investment")
    invest = money.index
    assert money.unit is not None
    row = matched.rows[0]

    def told(value: Any, number_format: str, column: int) -> tuple[Any, list[str]]:
        book = openpyxl.load_workbook(io.BytesIO(base))
        cell = book.worksheets[0].cell(row + 1, column + 1)
        cell.value, cell.number_format = value, number_format
        buffer = io.BytesIO()
        book.save(buffer)
        reading, facts = taken(world, hostile.Hostile("x.xlsx", buffer.getvalue(), ""))
        found = facts.filter(facts["cell"] == cell.coordinate)["value"].to_list()
        return found, [problem.rule for problem in reading.problems if (problem.row, problem.column) == (row, column)]

    assert told(0.355, "0.00%", progress) == ([3550], [])
    assert told(35.5, "0.0", progress) == ([3550], [])
    assert told(0.355, "0.00%", invest)[1] == ["wrong_unit"]
    assert told(1234.5, "#,##0.00", invest)[0] == [12345 * money.unit.per // 10]
    for value, form in ((123456, "#,##0,"), (123456, '0!.0,"万"'), ("=1+1", "0.00"), ("=1/0", "0.00")):
        found, rules = told(value, form, invest)
        assert (found, rules) == ([], ["bad_value"]), (value, form)


def test_damaged_files_with_readable_cells_come_back_annotated(world, tmp_path):
    """Whatever could be read can be marked: the copy opens and keeps the name."""
    done = 0
    for seed in range(60):
        one = hostile.corrupted(seed, world["pool"])
        if not one.comparable:
            continue
        reading, _ = taken(world, one)
        if reading is None or not reading.problems:
            continue
        book = read_bytes(one.name, one.content)
        notes = [Note(p.sheet, max(p.row, 0), max(p.column, 0), p.effect, p.sentence()) for p in reading.problems]
        path = annotate_book(book, one.content, notes, tmp_path / str(seed))
        assert path.name == one.name
        assert read_bytes(path.name, path.read_bytes()).sheets
        done += 1
    assert done > 10
