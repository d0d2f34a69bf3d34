"""Any page of a list of N cases by keyset, beside a page by OFFSET. `python bench/case_pages.py [CASES]`, by default 100,000."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

FILTERS: dict[str, dict[str, Any]] = {
    "all open": {"is_open": True},
    "of an office": {"owner": "O7", "is_open": True},
    "of an enterprise": {"party": "P77", "is_open": True},
    "of a state": {"definition": "whistle", "state": "working"},
}


def main() -> None:
    from case_sweep import fill

    from yunxing.desk.setup import prepare
    from yunxing.io.store import dialect
    from yunxing.io.store.case_pages import page

    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        prepare(home)
        with dialect.connected(home) as connection:
            fill(connection, cases, cases // 10)
            for title, filters in FILTERS.items():
                column = " AND ".join(f"{name} = %s" for name in filters)
                (total,) = dialect.rows(connection, f"SELECT COUNT(*) FROM casework_case WHERE {column}", list(filters.values()))[0]
                worst, key = 0.0, None
                for share in (0, 50, 99):
                    sql = f"SELECT due, id FROM casework_case WHERE {column} ORDER BY due, id LIMIT 1 OFFSET %s"
                    begun = time.perf_counter()
                    row = dialect.row(connection, sql, [*filters.values(), max(total * share // 100 - 1, 0)])
                    offset = time.perf_counter() - begun
                    assert row is not None
                    key = (dialect.as_instant(row[0]), row[1]) if share else None
                    begun = time.perf_counter()
                    page(connection, filters, after=key, size=50)  # type: ignore[arg-type]
                    worst = max(worst, time.perf_counter() - begun)
                print(
                    f"{title}: {total:,} of {cases:,} cases, worst page {worst * 1000:.2f} ms; by OFFSET the last page {offset * 1000:.1f} ms"
                )


if __name__ == "__main__":
    main()
