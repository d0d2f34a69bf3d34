"""The same ledger on PostgreSQL: equal answers, equal balances, an equal chain of seals, and writers that meet."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from backends.server import postgres, programs
from ledger_cast import AT, emptied, story, told
from yunxing.engines.ledger.batch import one_transfer
from yunxing.io.store import dialect, ledger_check, postings

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.skipif(programs() is None, reason="Debian's postgresql is not installed")]

PREPARE = "import sys, pathlib; from yunxing.desk.setup import prepare; prepare(pathlib.Path(sys.argv[1]))"


@pytest.fixture(scope="module")
def served_home(tmp_path_factory: pytest.TempPathFactory):
    import psycopg

    home = tmp_path_factory.mktemp("served")
    with postgres() as server:
        with psycopg.connect(f"postgresql://postgres@/postgres?host={server}", autocommit=True) as first:
            first.execute("CREATE DATABASE yunxing")
        (home / "settings.toml").write_text(f'database = "postgresql://postgres@/yunxing?host={server}"\n', encoding="utf-8")
        environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        subprocess.run([sys.executable, "-c", PREPARE, str(home)], check=True, env={**environment, "YUNXING_HOME": str(home)}, timeout=120)
        yield home


@pytest.mark.parametrize("seed", range(4))
def test_both_databases_give_the_same_answers_balances_and_seals(served_home: Path, ledger: Any, seed: int) -> None:
    served = emptied(dialect.connect(served_home))
    assert dialect.has_table(served, "support_seal")
    assert not dialect.has_table(served, "nothing")
    embedded = emptied(ledger)
    one, two = told(served, story(seed)), told(embedded, story(seed))
    served.close()
    assert one == two, "the databases differ"
    assert one[3] == []
    statuses = {answer.status for answers in one[0] for answer in answers}
    assert statuses == {"accepted", "refused", "repeated"} or statuses == {"accepted", "refused"}


def test_writers_that_meet_lose_nothing_and_double_nothing(served_home: Path) -> None:
    """Eight writers, the same eight keys each, and a pool that holds just half of what they ask."""
    served = emptied(dialect.connect(served_home))
    day = date(2022, 9, 1)
    postings.post([one_transfer("fund", "issue", "fen", {"budget": -400, "pool": 400}, clause="c", effective=day)], served, recorded=AT)
    groups = [one_transfer(f"r{n}", "reserve", "fen", {"pool": -100, "a": 100}, clause="c", effective=day) for n in range(8)]
    answers: list[Any] = []
    failed: list[BaseException] = []

    def ask(number: int) -> None:
        own = dialect.connect(served_home)
        try:
            order = groups[number:] + groups[:number]
            answers.extend(answer for group in order for answer in postings.post([group], own, recorded=AT))
        except Exception as error:  # a thread's failure must reach the test
            failed.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sum(answer.status == "accepted" for answer in answers) == 4
    assert postings.balance(served, "pool").available == 0
    assert ledger_check.verify(served) == []
    served.close()
