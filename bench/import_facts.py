"""Importing workbooks, for growing cities: one month, and the same month again. Made figures, 合成数据.

.venv/bin/python bench/import_facts.py [FIRMS …]        default 500 2019
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from yunxing.flows.import_facts import Terms, import_facts
from yunxing.flows.import_registry import import_registry
from yunxing.flows.simulate_city import simulate_city
from yunxing.io.books.receipts import synthetic_receipts
from yunxing.packs.forms import load_forms
from yunxing.packs.regions import load_regions
from yunxing.packs.registers import load_registers
from yunxing.values.period import Month

PACK = Path(__file__).parents[1] / "plans" / "binzhou_2022_156"
MONTH = Month(2022, 9)
PREPARE = "import sys; from pathlib import Path; from yunxing.desk.setup import prepare; prepare(Path(sys.argv[1]))"


def one(firms: int, folder: Path) -> None:
    """Print the time of one month's import and of the same import again."""
    home, city = folder / f"home{firms}", folder / f"city{firms}"
    home.mkdir()
    subprocess.run([sys.executable, "-c", PREPARE, str(home)], check=True)
    simulate_city(PACK, city, seed=156, first=MONTH, last=MONTH, firms=firms)
    forms, units = load_forms(PACK), {unit.id: unit.name for unit in load_regions(PACK / "lists" / "regions.toml").units}
    import_registry(home, [city / "registry.xlsx"], units, load_registers(PACK))
    terms = Terms(datetime.now(UTC), synthetic_receipts(city))
    for name in ("first", "again"):
        begun = time.perf_counter()
        report = import_facts(home, [city], forms, units, terms=terms)
        taken = time.perf_counter() - begun
        print(
            f"{firms} enterprises, {name}: {len(report.files)} files, {report.total('rows')} rows, {report.total('added')} new facts, {taken:.2f} s"
        )


def main() -> None:
    """Each number of enterprises given, else 500 and 2,019."""
    with tempfile.TemporaryDirectory() as folder:
        for firms in [int(text) for text in sys.argv[1:]] or [500, 2019]:
            one(firms, Path(folder))


if __name__ == "__main__":
    main()
