"""Steps of cases: the engine alone, one durable transaction each, and many in one transaction. `python bench/case_steps.py [CASES]`, by default 1,000."""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))


def rate(title: str, count: int, begun: float) -> None:
    taken = time.perf_counter() - begun
    print(f"{title}: {count / taken:,.0f}/s ({taken / count * 1e6:,.0f} µs each)")


def peer(connection: Any, names: list[str]) -> None:
    """What a state column alone costs: one update and one line of log, committed each."""
    from yunxing.io.store import dialect

    dialect.execute(connection, "CREATE TABLE peer (id text primary key, state text)")
    dialect.execute(connection, "CREATE TABLE peer_log (id text, what text)")
    dialect.executemany(connection, "INSERT INTO peer VALUES (%s, %s)", [(one, "a") for one in names])
    begun = time.perf_counter()
    for one in names:
        with dialect.transaction(connection):
            dialect.execute(connection, "UPDATE peer SET state = 'b' WHERE id = %s AND state = 'a'", (one,))
            dialect.execute(connection, "INSERT INTO peer_log VALUES (%s, 'b')", (one,))
    rate("peer, a state column and a log line, one commit each", len(names), begun)


def main() -> None:
    from cases_cast import COMMAND, FIRM, OPENED, TIME, fresh, opened, table, tables
    from yunxing.desk.setup import prepare
    from yunxing.engines.cases.step import Decision, open_case, step
    from yunxing.flows import walk_case
    from yunxing.io.store import case_log, case_rows, dialect

    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    definition, case = table(), opened()
    begun = time.perf_counter()
    for _ in range(2_000):
        step(definition, case, "accept", COMMAND, {}, OPENED, TIME)
    rate("engine: one step decided", 2_000, begun)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        prepare(home)
        with dialect.connected(home) as connection:
            case_log.publish(connection, tables().values(), OPENED)
            begun = time.perf_counter()
            decided = [
                open_case(definition, fresh(id=f"C-{number}", origin=f"desk:{number}"), FIRM, OPENED, TIME) for number in range(count)
            ]
            case_log.record_many(connection, decided)
            rate("opened, one transaction for all", count, begun)
            names = [one.case.id for one in decided]
            begun = time.perf_counter()
            for name in names[: count // 2]:
                walk_case.move(connection, name, "accept", COMMAND, OPENED + timedelta(minutes=1))
            rate("read, decided, written, one durable transaction each", count // 2, begun)
            rows = case_rows.read_cases(connection, names[count // 2 :])
            begun = time.perf_counter()
            many = [step(definition, one, "accept", COMMAND, {}, OPENED + timedelta(minutes=1), TIME) for one in rows.values()]
            case_log.record_many(connection, [one for one in many if isinstance(one, Decision)])
            rate("decided and written, one transaction for all", len(rows), begun)
            peer(connection, names[: count // 2])


if __name__ == "__main__":
    main()
