"""Sixty months of a whole city's enterprise reports imported in one go, and the last month closed. Made figures, 合成数据.

.venv/bin/python bench/sixty_months.py [FIRMS]        default 2019; the promise is under 60 s on two quiet cores

Prints wall time and the process's own time apart: on a shared machine the second is what the work costs.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from yunxing.flows.close_month import close_month
from yunxing.flows.import_facts import Terms, import_facts
from yunxing.flows.import_registry import import_registry
from yunxing.flows.simulate_city import simulate_city
from yunxing.io.books.receipts import synthetic_receipts
from yunxing.io.store import dialect
from yunxing.packs.forms import load_forms
from yunxing.packs.pack import load_pack
from yunxing.packs.registers import load_registers
from yunxing.values.period import Month

PACK = Path(__file__).parents[1] / "plans" / "binzhou_2022_156"
FIRST, LAST = Month(2018, 1), Month(2022, 12)
PREPARE = "import sys; from pathlib import Path; from yunxing.desk.setup import prepare; prepare(Path(sys.argv[1]))"
Made = TypeVar("Made")


def timed(what: str, work: Callable[[], Made]) -> tuple[Made, float]:
    """Do the work, print its times, and give both."""
    wall, own = time.perf_counter(), time.process_time()
    made = work()
    taken = time.perf_counter() - wall
    print(f"{what}: {taken:.1f} s wall, {time.process_time() - own:.1f} s of this process", flush=True)
    return made, taken


def enterprises_only(city: Path, folder: Path) -> Path:
    """The workbooks of the enterprises' month alone, in one archive."""
    archive = folder / "sixty.zip"
    with zipfile.ZipFile(archive, "w") as target:
        for path in sorted(city.rglob("*_enterprise_month_*.xlsx")):
            target.write(path, f"{path.parent.name}/{path.name}")
    return archive


def main() -> None:
    """Simulate, import, close."""
    firms = int(sys.argv[1]) if len(sys.argv) > 1 else 2019
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        home, city = folder / "home", folder / "city"
        home.mkdir()
        subprocess.run([sys.executable, "-c", PREPARE, str(home)], check=True)
        timed("simulated (not counted)", lambda: simulate_city(PACK, city, seed=156, first=FIRST, last=LAST, firms=firms))
        forms, pack = load_forms(PACK), load_pack(PACK)
        units = {unit.id: unit.name for unit in pack.regions.units}
        import_registry(home, [city / "registry.xlsx"], units, load_registers(PACK))
        times = {Path(name).name: moment for name, moment in synthetic_receipts(city).items()}
        archive = enterprises_only(city, folder)
        terms = Terms(datetime(2023, 1, 31, tzinfo=UTC), times)
        report, importing = timed("imported", lambda: import_facts(home, [archive], forms, units, terms=terms))
        print(
            f"  {len(report.files)} workbooks, {report.total('rows'):,} rows, {report.total('added'):,} facts, {report.total('blocked')} rows blocked"
        )
        with dialect.connected(home) as connection:
            _, closing = timed("closed", lambda: close_month(home, pack, LAST, connection))
        print(f"{firms} enterprises x 60 months imported and closed: {importing + closing:.1f} s wall")


if __name__ == "__main__":
    main()
