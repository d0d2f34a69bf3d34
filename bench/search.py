"""Exact search over 70 MB: phrases of 1 to 20 characters, all ids fetched, beside reading every text and beside DuckDB's `contains`. The texts are
those under $YUNXING_SHARED with their lines shuffled, or made ones (合成数据) without it. Every answer is compared with reading every text.

.venv/bin/python bench/search.py [MEGABYTES]        default 70
"""

from __future__ import annotations

import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

SHARED = Path(os.environ.get("YUNXING_SHARED", "../shared")) / "data" / "policies"
LENGTHS = (1, 2, 3, 4, 6, 10, 20)
EACH = 60
DAY = date(2022, 9, 30)


def corpus(megabytes: float) -> list[str]:
    """Texts of about 15 KB each, their paragraphs drawn from the samples."""
    chance = random.Random(5)
    samples = [path.read_text(encoding="utf-8") for path in sorted(SHARED.glob("*.txt"))]
    lines = [line for text in samples for line in text.splitlines() if line.strip()]
    if not lines:
        lines = ["".join(chance.choices([chr(0x4E00 + n) for n in range(2000)], k=chance.randint(20, 200))) for _ in range(3000)]
    texts, size = [], 0
    while size < megabytes * 1e6:
        text = "\n".join(chance.choices(lines, k=max(1, int(15_000 / (3 * sum(map(len, lines)) / len(lines))))))
        texts.append(text)
        size += len(text.encode())
    return texts


def quantiles(seconds: list[float]) -> str:
    """Median and 99th percentile in milliseconds."""
    ordered = sorted(seconds)
    return f"p50 {ordered[len(ordered) // 2] * 1e3:8.2f}  p99 {ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))] * 1e3:8.2f} ms"


def timed(act: Callable[[str], Any], phrases: list[str]) -> tuple[str, list[Any]]:
    """Run once for each phrase; the quantiles and what was found."""
    seconds, found = [], []
    for phrase in phrases:
        begun = time.perf_counter()
        found.append(act(phrase))
        seconds.append(time.perf_counter() - begun)
    return quantiles(seconds), found


def main(megabytes: float) -> int:
    """Print a line for each length and engine; 1 when any answer differs from reading every text."""
    import duckdb

    from yunxing.engines.search import exact, fold
    from yunxing.engines.search.entry import Entry
    from yunxing.io.store import searchindex
    from yunxing.io.store.dialect import connect_sqlite

    texts = corpus(megabytes)
    folded = [fold(text) for text in texts]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "desk.sqlite3"
        connection: sqlite3.Connection = connect_sqlite(file)
        made(connection)
        begun = time.perf_counter()
        searchindex.put(connection, (Entry("policy", f"{n:06d}", f"文件{n}", text, day=DAY) for n, text in enumerate(texts)))
        taken = time.perf_counter() - begun
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = sum(len(text.encode()) for text in texts) / 1e6
        print(f"{len(texts)} texts, {size:.1f} MB; written in {taken:.1f} s; file {file.stat().st_size / 1e6:.0f} MB")
        pairs = connection.execute("select sum(length(block)) from library_pairs_data").fetchone()[0]
        print(f"index of pairs {pairs / 1e6:.0f} MB, {pairs / 1e6 / size:.2f} of the text")
        duck = duckdb.connect()
        duck.execute("create table t (id integer, body varchar)")
        import pyarrow as pa

        held = pa.table({"id": range(len(folded)), "body": folded})
        duck.register("held", held)
        duck.execute("insert into t select * from held")
        wrong = 0
        chance = random.Random(11)
        for length in LENGTHS:
            phrases = []
            while len(phrases) < EACH:
                text = chance.choice(folded)
                at = chance.randrange(len(text))
                phrase = text[at : at + length]
                if len(phrase) == length and "\n" not in phrase:
                    phrases.append(phrase)
            ours, found = timed(lambda phrase: searchindex.ids(connection, exact(phrase), today=DAY), phrases)
            some = phrases[:10]
            scan, truth = timed(lambda phrase: [n for n, text in enumerate(folded) if phrase in text], some)
            peer, _ = timed(lambda phrase: duck.execute("select id from t where contains(body, ?)", [phrase]).fetchall(), some)
            wrong += sum(sorted(n - 1 for n in one) != other for one, other in zip(found, truth, strict=False))
            print(f"{length:3d} characters  ours {ours}   every text {scan}   DuckDB contains {peer}   hits {len(found[0])}")
        print(f"answers that differ from reading every text: {wrong}")
    return 1 if wrong else 0


def made(connection: sqlite3.Connection) -> None:
    """The two tables, as the desk's migrations make them."""
    from yunxing.io.store import searchindex

    whole = "number_year integer, number_in_year integer, day date, since date, ended_after date, partly date, amended date"
    words = ", ".join(
        f"{name} text not null"
        for name in ["kind", "code", "title", "number", "mark", "issuers", "offices", "place", "clauses", "body", "folded", "digest"]
    )
    connection.execute(f"create table library_entry (id integer primary key autoincrement, {words}, {whole}, unique (kind, code))")
    for statement in searchindex.create("sqlite"):
        connection.execute(statement)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 70))
