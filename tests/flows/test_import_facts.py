"""The import as a whole: idempotent, located problems, annotated copies, refusals, corrections, undo, and a kill in the middle."""

from __future__ import annotations

import csv
import zipfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from facts_cast import FORMS, PARTIES, UNITS, A, B, C, built, enterprise, party, rules
from yunxing.engines.facts.layout import Row, Style
from yunxing.engines.registry.parties import Membership
from yunxing.flows import import_facts as flow
from yunxing.flows.import_facts import Report, Terms, import_facts, undo_import
from yunxing.flows.make_template import make_template
from yunxing.io import files, tables
from yunxing.io.books import read_book, write_book
from yunxing.io.store import registry, submissions
from yunxing.values.errors import BadInput

NOW = datetime(2022, 10, 5, 2, 0, tzinfo=UTC)
FORM = "enterprise_month"


@pytest.fixture
def registered(home: Path, connection: Any) -> Path:
    registry.write_parties(connection, PARTIES.values())
    registry.write_memberships(connection, [Membership("above_scale", one, PARTIES[one].valid_from) for one in (A, B, C)])
    return home


def send(home: Path, *paths: Path, now: datetime = NOW, **terms: Any) -> Report:
    return import_facts(home, paths, FORMS, UNITS, terms=Terms(now, **terms))


def file(folder: Path, *rows: Row, month: int = 9, name: str = "", style: Style | None = None) -> Path:
    path = folder / (name or f"2022-{month:02d}.xlsx")
    write_book(built(FORM, list(rows), month=month, style=style), path)
    return path


def row(party: str = A, output: str = "100.00", **cells: Any) -> Row:
    return Row(party, "合成", enterprise(output, **cells))


def everything(home: Path) -> pl.DataFrame:
    return tables.facts_as_of(home)


def tree(home: Path) -> dict[str, bytes]:
    return {str(path.relative_to(home)): path.read_bytes() for path in sorted((home / "tables").rglob("*")) if path.is_file()}


def test_a_workbook_becomes_facts_a_batch_and_a_submission(registered, connection, tmp_path):
    report = send(registered, file(tmp_path, row(), row(B, "50.00")))

    [one] = report.files
    assert (one.state, one.rows, one.added, one.revised, one.blocked) == ("accepted", 2, 26, 0, 0)
    assert everything(registered).height == 26
    [kept] = submissions.read_submissions(connection)
    assert (kept.form, kept.unit, kept.period, kept.state, kept.added, kept.received) == (FORM, "371681", "2022-09", "accepted", 26, NOW)
    assert files.content_path(registered, kept.digest).exists()
    assert list(submissions.read_imports(connection)) == report.batches == [kept.batch]


def test_the_same_workbook_twice_changes_nothing(registered, connection, tmp_path):
    path = file(tmp_path, row(), row(B, "50.00"))
    send(registered, path)
    before = tree(registered)

    report = send(registered, path, now=NOW + timedelta(days=3))

    assert tree(registered) == before
    assert (report.files[0].state, report.files[0].unchanged, report.batches) == ("unchanged", 26, [])
    assert len(submissions.read_submissions(connection)) == 1


def test_a_workbook_and_its_correction_sent_again_change_nothing(registered, tmp_path):
    """The first file must not come back as the newest version because a later one had corrected it."""
    folder = tmp_path / "in"
    file(folder, row(), name="a.xlsx")
    file(folder, row(output="100.40"), name="b.xlsx")
    times = {"a.xlsx": NOW, "b.xlsx": NOW + timedelta(days=1)}
    send(registered, folder, received=times)
    before = tree(registered)

    report = send(registered, folder, received=times)

    assert tree(registered) == before
    assert [one.state for one in report.files] == ["unchanged", "unchanged"]


def test_a_row_refused_for_want_of_its_party_is_taken_when_the_same_file_comes_again(registered, connection, tmp_path):
    path = file(tmp_path, row(), row("91370000NEW", "50.00"))
    assert send(registered, path).files[0].blocked == 1
    registry.write_parties(connection, [party("91370000NEW")])

    report = send(registered, path)

    assert (report.files[0].added, report.files[0].unchanged, report.files[0].blocked) == (13, 13, 0)


def test_a_dry_run_says_everything_and_writes_nothing(registered, connection, tmp_path):
    report = send(registered, file(tmp_path, row(), row(B, output__value__month="5O.00")), dry_run=True)

    assert (report.files[0].state, report.files[0].added, report.files[0].blocked) == ("partial", 13, 1)
    assert not (registered / "tables").exists()
    assert not (registered / "files").exists()
    assert submissions.read_submissions(connection) == []


def test_a_correction_is_a_new_version_and_the_old_one_stays_known(registered, tmp_path):
    send(registered, file(tmp_path, row()))
    report = send(registered, file(tmp_path, row(output="100.40"), name="again.xlsx"), now=NOW + timedelta(days=2))

    assert (report.files[0].added, report.files[0].revised) == (0, 2)  # output and the electricity that moves with it
    output = (pl.col("item") == "output") & (pl.col("role") == "value") & (pl.col("as_reported") == "month")
    assert tables.facts_as_of(registered, NOW.date()).filter(output)["value"].to_list() == [100 * 10**6]
    newest = everything(registered).filter(output).row(0, named=True)
    assert (newest["value"], newest["version"]) == (1004 * 10**5, 2)


def test_several_months_in_one_go_are_checked_in_the_order_of_time(registered, tmp_path):
    """The files' names say nothing: September comes first in the folder and is checked against August."""
    folder = tmp_path / "in"
    file(folder, row(output="100.00", cumulative="900.00"), month=9, name="a.xlsx")
    file(folder, row(output="99.00", cumulative="700.00"), month=8, name="b.xlsx")

    report = send(registered, folder)

    found = {one.name: rules(one.problems) for one in report.files}
    assert found == {"a.xlsx": ["difference"], "b.xlsx": []}


def test_one_go_and_month_by_month_give_the_same_facts(registered, tmp_path):
    folder = tmp_path / "in"
    for month in (5, 6, 7, 8):
        file(folder, row(output=f"{month}.00", cumulative=f"{month * 100}.00"), month=month)
    file(folder, row(output="90000.00", cumulative="5000000.00"), month=9)
    together = send(registered, folder, dry_run=True)

    apart = [send(registered, path).files[0] for path in sorted(folder.iterdir())]

    assert [(one.added, one.held, rules(one.problems)) for one in together.files] == [
        (one.added, one.held, rules(one.problems)) for one in apart
    ]
    assert apart[-1].held == 1


def test_two_workbooks_of_a_unit_and_month_are_taken_in_the_order_received(registered, tmp_path):
    folder = tmp_path / "in"
    file(folder, row(output__value__month="1O0.00"), row(B, "50.00"), name="z.xlsx")
    file(folder, row(output="100.00"), row(B, "50.20"), name="a.xlsx")
    times = {"z.xlsx": NOW, "a.xlsx": NOW + timedelta(days=1)}

    send(registered, folder, received=times)

    facts = everything(registered).filter((pl.col("item") == "output") & (pl.col("as_reported") == "month") & (pl.col("role") == "value"))
    assert {one["party"]: (one["version"], one["known_at"]) for one in facts.iter_rows(named=True)} == {
        A: (1, times["a.xlsx"]),
        B: (2, times["a.xlsx"]),
    }


def test_blocked_rows_never_enter_and_the_copy_shows_where(registered, tmp_path):
    out = tmp_path / "annotated"
    report = send(registered, file(tmp_path, row(output__value__month="1O0.00"), row(B, "50.00")), annotated=out)

    [one] = report.files
    assert (one.state, one.blocked) == ("partial", 1)
    assert set(everything(registered)["party"]) == {B}
    sheet = openpyxl.load_workbook(one.annotated).worksheets[0]
    assert "含字符 O" in sheet["C8"].comment.text
    assert Path(one.annotated).parent == out


def test_with_whole_nothing_of_a_faulty_workbook_is_taken(registered, tmp_path):
    report = send(registered, file(tmp_path, row(output__value__month="1O0.00"), row(B, "50.00")), whole=True)

    assert report.files[0].state == "refused"
    assert everything(registered).height == 0


def test_held_rows_are_kept_and_marked(registered, tmp_path):
    for month in (6, 7, 8):
        send(registered, file(tmp_path, row(output=f"{100 + month}.00", cumulative=f"{100 * month}.00"), month=month))
    report = send(registered, file(tmp_path, row(output="1000000.00", cumulative="9000000.00")))

    assert report.files[0].held == 1
    september = everything(registered).filter(pl.col("period") == "2022-09")
    assert september["held"].all()
    assert "计量单位" in report.files[0].problems[0].why[0]


@pytest.mark.parametrize(
    ("terms", "now", "rule"),
    [
        ({"month": "2022-08"}, NOW, "wrong_period"),
        ({}, datetime(2022, 8, 20, tzinfo=UTC), "future_period"),
    ],
)
def test_a_workbook_of_the_wrong_month_is_refused(registered, tmp_path, terms, now, rule):
    report = send(registered, file(tmp_path, row()), now=now, **terms)

    assert (report.files[0].state, rules(report.files[0].problems)) == ("refused", [rule])
    assert everything(registered).height == 0


def test_a_closed_month_opens_only_for_a_correction_with_its_reason(registered, tmp_path):
    send(registered, file(tmp_path, row()))
    (registered / "tables" / "closed" / "2022-09").mkdir(parents=True)
    again = file(tmp_path, row(output="100.40"), name="again.xlsx")

    refused = send(registered, again).files[0]
    assert (refused.state, rules(refused.problems)) == ("refused", ["closed_period"])

    assert send(registered, again, correction="企业自查更正").files[0].state == "accepted"
    newest = everything(registered).filter((pl.col("item") == "output") & (pl.col("as_reported") == "month") & (pl.col("role") == "value"))
    assert newest.select("status", "cause").row(0) == ("revised", "企业自查更正")


def test_a_workbook_of_a_closed_month_sent_again_is_no_error_and_brings_nothing_new(registered, connection, tmp_path):
    path = file(tmp_path, row(), row("91370000NEW", "50.00"))
    send(registered, path)
    (registered / "tables" / "closed" / "2022-09").mkdir(parents=True)
    registry.write_parties(connection, [party("91370000NEW")])
    before = tree(registered)

    report = send(registered, path)

    assert tree(registered) == before
    assert (report.files[0].state, report.files[0].added) == ("unchanged", 0)


def test_an_expired_form_closes_itself(registered, tmp_path):
    path = tmp_path / "x.xlsx"
    write_book(built(FORM, [row()], year=2026), path)

    report = send(registered, path, now=datetime(2026, 10, 9, tzinfo=UTC))

    assert "expired_form" in rules(report.files[0].problems)
    assert report.files[0].state == "refused"


def test_files_that_cannot_be_read_do_not_stop_the_others(registered, connection, tmp_path):
    folder = tmp_path / "in"
    file(folder, row(), name="good.xlsx")
    (folder / "broken.xlsx").write_bytes(b"PK broken")
    (folder / "roster.csv").write_text("姓名,年龄\n甲,30\n", encoding="utf-8")
    (folder / "（机密）.csv").write_text("x", encoding="utf-8")

    report = send(registered, folder)

    assert {one.name: one.state for one in report.files} == {
        "broken.xlsx": "refused",
        "good.xlsx": "accepted",
        "roster.csv": "refused",
        "（机密）.csv": "refused",
    }
    kept = [path.name for path in (registered / "files").rglob("*") if path.is_file()]
    assert len(kept) == 1, "what is refused, above all a marked secret, is not kept"
    assert len(submissions.read_submissions(connection)) == 1


def test_a_zip_of_a_folder_is_the_same_as_the_folder(registered, tmp_path):
    folder = tmp_path / "in"
    file(folder, row())
    packed = tmp_path / "in.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(folder / "2022-09.xlsx", "2022-09.xlsx")
    send(registered, folder)

    assert send(registered, packed).files[0].state == "unchanged"


def test_killed_between_facts_and_submission_the_next_run_mends_it(registered, connection, tmp_path, monkeypatch):
    path = file(tmp_path, row())

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(submissions, "write_submissions", killed)
    with pytest.raises(KeyboardInterrupt):
        send(registered, path)
    monkeypatch.undo()
    assert everything(registered).height == 13

    before = tree(registered)
    report = send(registered, path)

    assert tree(registered) == before
    assert report.files[0].state == "unchanged"
    assert [one.state for one in submissions.read_submissions(connection)] == ["unchanged"]


def test_an_import_is_undone_within_a_day_and_not_after(registered, tmp_path):
    path = file(tmp_path, row())
    [batch] = send(registered, path).batches

    with pytest.raises(BadInput, match="撤销时限"):
        undo_import(registered, batch, NOW + timedelta(hours=24, seconds=1))
    with pytest.raises(BadInput, match="没有批次"):
        undo_import(registered, "none", NOW)
    undo_import(registered, batch, NOW + timedelta(hours=24))
    undo_import(registered, batch, NOW + timedelta(hours=25))
    assert everything(registered).height == 0

    assert send(registered, path).files[0].added == 13


def test_a_batch_of_a_closed_month_is_not_undone(registered, tmp_path):
    [batch] = send(registered, file(tmp_path, row())).batches
    (registered / "tables" / "closed" / "2022-09").mkdir(parents=True)

    with pytest.raises(BadInput, match="已结账"):
        undo_import(registered, batch, NOW)


def test_without_a_registry_nothing_can_be_placed(home, tmp_path):
    with pytest.raises(BadInput, match="名录是空的"):
        send(home, file(tmp_path, row()))


def test_published_series_take_the_same_way(home, connection, tmp_path):
    """No registry is needed; the same file twice changes nothing; growth has its own role."""
    path = tmp_path / "series.csv"
    with path.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows(
            [
                ("dataset", "series", "date", "value", "unit"),
                ("iva", "累计增长", "2021-02-01", "0.351", "%"),
                ("pmi", "PMI", "2021-02-01", "x", "index"),
            ]
        )

    report = send(home, path)

    assert (report.files[0].state, report.files[0].added, report.files[0].blocked) == ("partial", 1, 1)
    fact = everything(home).row(0, named=True)
    assert (fact["origin"], fact["role"], fact["period"], fact["value"]) == ("public", "growth_published", "2021-01..02", 3510)
    assert send(home, path).files[0].unchanged == 1
    assert [one.form for one in submissions.read_submissions(connection)] == ["public_series"]


def test_the_report_is_plain_json(registered, tmp_path):
    import json

    [one] = send(registered, file(tmp_path, row(output__value__month="1O0.00"))).files
    plain = json.loads(json.dumps(one.as_dict()))

    assert plain["problems"][0]["cell"] == "C8"
    assert plain["problems"][0]["expected"].startswith("数字")
    assert plain["state"] == "partial"


def test_progress_is_told(registered, tmp_path):
    told: list[tuple[int, int, str]] = []
    import_facts(registered, [file(tmp_path, row())], FORMS, UNITS, terms=Terms(NOW), progress=lambda *said: told.append(said))

    assert told[-1] == (1, 1, "2022-09 规模以上工业企业运行月报")


def test_a_template_holds_the_units_own_parties(registered, tmp_path):
    out = tmp_path / "t.xlsx"

    assert make_template(registered, FORMS[FORM], (2022, 9), "邹平市", units=UNITS, out=out) == 3
    assert [line[0] for line in read_book(out).sheets[0].rows[7:]] == sorted([A, B, C])
    with pytest.raises(BadInput, match="是不是 邹平市"):
        make_template(registered, FORMS[FORM], (2022, 9), "邹平", units=UNITS, out=out)


def test_a_template_filled_in_is_accepted(registered, tmp_path):
    out = tmp_path / "t.xlsx"
    make_template(registered, FORMS[FORM], (2022, 9), "371681", units=UNITS, out=out)
    workbook = openpyxl.load_workbook(out)
    sheet = workbook.worksheets[0]
    for number, cells in enumerate(((100, 95, 900, 850, 880, 820, -12.5, 30, 25, 31.2, 268, 12, 0),) * 3):
        for column, value in enumerate(cells):
            sheet.cell(8 + number, 3 + column, value)
    workbook.save(out)

    report = send(registered, out)

    assert (report.files[0].state, report.files[0].added, report.files[0].problems) == ("accepted", 39, [])


def test_a_corrected_month_may_be_checked_against_months_in_the_store(registered, tmp_path):
    send(registered, file(tmp_path, row(output="99.00", cumulative="800.00"), month=8))
    report = send(registered, file(tmp_path, row(revenue__value__cumulative=Decimal("100.00"))))

    assert rules(report.files[0].problems) == ["falls"]
    assert tables.month_of(flow.match_book(read_book(tmp_path / "2022-08.xlsx"), FORMS, UNITS).period.code) == "2022-08"
