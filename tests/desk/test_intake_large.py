"""Acceptance 8 (screens §14): a workbook of 20,000 rows with four kinds of error lists every error, writes nothing before confirmation, and can be undone."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from django.db import connection

from desk.intake_cast import county_is, sent, standing_of, tables_of, workbook
from facts_cast import enterprise
from yunxing.desk.reporting import intake
from yunxing.desk.reporting.intake_models import Intake
from yunxing.desk.scoping import acting_in
from yunxing.engines.facts.layout import Row
from yunxing.engines.registry.parties import Membership, Party
from yunxing.io import tables
from yunxing.io.store import registry

ROWS = 20_000
SINCE = date(2010, 1, 1)


def code(number: int) -> str:
    """A made-up id; ids of parties are opaque to the forms."""
    return f"SYN{number:015d}"


@pytest.mark.slow
@pytest.mark.django_db
def test_twenty_thousand_rows_with_four_kinds_of_error(cast, settings, tmp_path):
    """Letters in a number, a negative count, an unknown party, a row twice: 4 × 50 rows, every one located; nothing written; then the rest saved and undone."""
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    parties = [Party(id=code(n), kind="enterprise", name=f"合成{n}", short_name="", unit="371681", region="371681", industry="32", size="", parent="", valid_from=SINCE, valid_to=None) for n in range(ROWS)]  # fmt: skip
    registry.write_parties(connection, parties)
    registry.write_memberships(connection, [Membership("above_scale", one.id, SINCE) for one in parties])
    county_is(cast, "county_a", "371681")
    rows, wrong = [], {"letter": set(), "negative": set(), "unknown": set(), "twice": set()}
    for number in range(ROWS):
        party, cells = code(number), enterprise()
        kind = ["letter", "negative", "unknown", "twice"][number // 100 % 4] if number % 100 == 99 and number < ROWS else ""
        if kind == "letter":
            cells["tax/value/cumulative"] = "2O.00"
        elif kind == "negative":
            cells["employees/value/month"] = -1
        elif kind == "unknown":
            party = f"没有{number}"
        elif kind == "twice":
            party = code(number - 1)
        if kind:
            wrong[kind].add(number)
        rows.append(Row(party, "合成", cells))
    content = workbook(*rows)
    standing = standing_of(cast, "county_a")
    with acting_in(standing.scope):
        one = intake.take([sent("二万行.xlsx", content)], "", person=standing.user, unit="371681", scope=standing.scope)
        assert one.state == Intake.State.WAITING, "large, so the worker's"
        assert tables_of(settings.HOME) == {}
        intake.work()
        one.refresh_from_db()
        (entry,) = intake.entries_of(one)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        first = next(n for n, line in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1) if line[0] == code(0))
        located = {
            int("".join(filter(str.isdigit, problem["cell"]))) - first for problem in entry["problems"] if problem["effect"] == "block"
        }

        assert all(len(numbers) == ROWS // 400 for numbers in wrong.values())
        assert located >= set().union(*wrong.values()), "every row in error is located"
        assert entry["blocked"] == len(located)
        assert tables_of(settings.HOME) == {}
        page = cast.client("county_a").get(f"/imports/{one.pk}/?page=2").content.decode()
        assert "101–200" in page
        intake.confirm(one, rows_alone=True)
        intake.work()
        one.refresh_from_db()
        assert one.state == Intake.State.SAVED
        assert tables.facts_as_of(settings.HOME)["party"].n_unique() == ROWS - entry["blocked"]
        intake.undo(one)
    assert tables.facts_as_of(settings.HOME).height == 0
