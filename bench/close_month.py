"""Closing a month, phase by phase, for growing cities: figures, signals, files, the database; the bulletin beside it. Made facts, 合成数据.

.venv/bin/python bench/close_month.py [FIRMS …]        default 500 2000
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from flows.small_city import two_years  # noqa: E402
from yunxing.flows.close_month import close_month  # noqa: E402
from yunxing.flows.reproduce_month import reproduce_month  # noqa: E402
from yunxing.io.snapshots import latest  # noqa: E402
from yunxing.io.store import dialect  # noqa: E402
from yunxing.packs.pack import load_pack  # noqa: E402
from yunxing.values.period import Month  # noqa: E402

MONTH = Month(2022, 9)
PREPARE = "import sys; from pathlib import Path; from yunxing.desk.setup import prepare; prepare(Path(sys.argv[1]))"


def one(firms: int, folder: Path) -> None:
    """Print the phases of one city."""
    home = folder / str(firms)
    home.mkdir()
    subprocess.run([sys.executable, "-c", PREPARE, str(home)], check=True)
    connection = dialect.connect(home)
    two_years(home, connection, MONTH, firms)
    pack = load_pack(ROOT / "plans" / "binzhou_2022_156")
    begun = last = time.perf_counter()

    def step(name: str) -> None:
        nonlocal last
        now = time.perf_counter()
        print(f"  {name:<12}{now - last:7.2f} s")
        last = now

    print(f"{firms} enterprises")
    close_month(home, pack, MONTH, connection, progress=step)
    step("database")
    print(f"  {'together':<12}{last - begun:7.2f} s")
    begun = time.perf_counter()
    assert reproduce_month(home, pack, MONTH, connection).same
    print(f"  {'reproduce':<12}{time.perf_counter() - begun:7.2f} s")
    begun = time.perf_counter()
    snapshot = latest(home)
    assert snapshot is not None
    rows, _ = snapshot.rows(), snapshot.definitions
    print(f"  {'read a page':<12}{1000 * (time.perf_counter() - begun):7.1f} ms ({len(rows)} rows)")
    connection.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        for size in [int(text) for text in sys.argv[1:]] or [500, 2000]:
            one(size, Path(place))
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
