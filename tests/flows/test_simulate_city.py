"""The city on disk: the same bytes for the same seed, labelled everywhere, written whole or not at all."""

import csv
import hashlib
import json
from datetime import datetime
from pathlib import Path

import pytest

from yunxing.flows import simulate_city as flow
from yunxing.flows.simulate_city import MARK, simulate_city
from yunxing.io.books import read_book
from yunxing.io.books.read import contents
from yunxing.values.errors import BadInput
from yunxing.values.period import Month

PACK = Path(__file__).resolve().parents[2] / "plans" / "binzhou_2022_156"
FIRST, LAST = Month(2022, 8), Month(2022, 9)


def hashes(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def simulate(out, **options):
    given = {"seed": 11, "first": FIRST, "last": LAST, "firms": 60, "processes": 1, **options}
    return simulate_city(PACK, out, **given)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("city") / "out"
    simulate(out)
    return out


def lines(folder):
    with (folder / "submissions.csv").open(encoding="utf-8") as text:
        return list(csv.DictReader(text))


def test_the_same_seed_gives_the_same_bytes(folder, tmp_path):
    simulate(tmp_path / "again")

    assert hashes(tmp_path / "again") == hashes(folder)


def test_two_processes_write_the_same_bytes_as_one(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(flow, "FEW", 1)
    simulate(tmp_path / "two", processes=2)

    assert hashes(tmp_path / "two") == hashes(folder)


def test_another_seed_gives_other_workbooks(folder, tmp_path):
    simulate(tmp_path / "other", seed=12)
    here, there = hashes(folder), hashes(tmp_path / "other")
    both = [name for name in here if "enterprise_month" in name and name in there]

    assert both
    assert all(here[name] != there[name] for name in both)


def test_a_month_has_the_same_workbooks_whatever_range_is_asked_for(folder, tmp_path):
    simulate(tmp_path / "longer", first=Month(2022, 6))
    longer = hashes(tmp_path / "longer")

    for name, digest in hashes(folder).items():
        if "/" in name:
            assert longer[name] == digest


def test_every_file_says_that_it_is_synthetic(folder):
    for path in folder.rglob("*.xlsx"):
        first = " ".join(str(cell) for row in read_book(path).sheets[0].rows[:6] for cell in row if cell)
        assert "合成数据" in first, path
        assert path.name == "registry.xlsx" or "SYNTHETIC" in path.name
    for name in ("README.txt", "truth.json", "submissions.csv", MARK):
        assert "合成数据·非真实企业" in (folder / name).read_text(encoding="utf-8")


def test_every_workbook_on_disk_is_a_submission_and_the_other_way_round(folder):
    books = {str(path.relative_to(folder)) for path in folder.glob("2022-*/*.xlsx")}

    assert {line["file"] for line in lines(folder)} == books
    assert len(books) == len(lines(folder))


def test_submissions_tell_when_each_was_received(folder):
    received = [datetime.fromisoformat(line["received_at"]) for line in lines(folder)]

    assert received == sorted(received)
    assert all(moment.tzinfo is not None for moment in received)
    assert {line["kind"] for line in lines(folder)} <= {"monthly", "supplement"}


def test_the_register_has_its_six_sheets(folder):
    book = read_book(folder / "registry.xlsx")

    assert [sheet.name for sheet in book.sheets] == ["enterprises", "projects", "sites", "further", "lists", "rosters"]
    assert book.sheets[0].rows[1][:3] == ["id", "kind", "name"]
    assert book.sheets[5].rows[1] == ["roster", "party", "valid_from", "valid_to", "reason", "attributes"]


def test_the_truth_points_to_workbooks_that_are_there(folder):
    told = json.loads((folder / "truth.json").read_text(encoding="utf-8"))

    assert told["events"]
    for event in told["events"]:
        for key in ("workbook", "sent_again"):
            if key in event:
                assert (folder / event[key]).is_file()


def test_what_is_returned_is_what_was_written(folder, tmp_path):
    done = simulate(tmp_path / "out")

    assert done.workbooks == len(lines(folder))
    assert (done.firms, done.seed, done.first, done.last) == (60, 11, FIRST, LAST)
    assert done.rows > 60 * 2


def test_progress_counts_up_to_all_workbooks(tmp_path):
    seen = []
    simulate(tmp_path / "out", progress=lambda done, total: seen.append((done, total)))

    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1][0] == seen[-1][1]


@pytest.mark.parametrize("firms", [1, 2, 7])
def test_small_cities_are_written_too(tmp_path, firms):
    done = simulate(tmp_path / "out", firms=firms, first=Month(2022, 1), last=Month(2022, 3))

    assert done.firms == firms
    assert list((tmp_path / "out" / "2022-03").glob("*_enterprise_month_2022-03.xlsx"))


def test_a_january_alone_has_no_enterprise_form(tmp_path):
    simulate(tmp_path / "out", first=Month(2022, 1), last=Month(2022, 1))
    forms = {line["form"] for line in lines(tmp_path / "out")}

    assert "coal_day" in forms
    assert not forms & {"enterprise_month", "project_month", "port_month"}


def test_a_folder_with_other_things_is_refused_and_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("keep me")
    with pytest.raises(BadInput, match="holds other files"):
        simulate(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_in_the_way_is_refused(tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(BadInput, match="is a file"):
        simulate(tmp_path / "out")


def test_an_earlier_simulation_is_replaced_whole(tmp_path):
    out = tmp_path / "out"
    simulate(out, first=Month(2022, 6))
    assert (out / "2022-06").is_dir()
    simulate(out)

    assert not (out / "2022-06").exists()
    assert (out / MARK).is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_empty_folder_may_be_written_to(tmp_path):
    (tmp_path / "out").mkdir()
    simulate(tmp_path / "out")

    assert (tmp_path / "out" / "truth.json").is_file()


def test_an_interrupted_run_leaves_nothing_behind(tmp_path):
    """The folder appears when all is written; until then there is none, and afterwards no scraps."""

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(tmp_path / "out", progress=stop)

    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_run_keeps_the_earlier_city(folder, tmp_path):
    out = tmp_path / "out"
    simulate(out)

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(out, seed=99, progress=stop)

    assert hashes(out) == hashes(folder)


def test_months_outside_the_city_are_refused_before_anything_is_written(tmp_path):
    with pytest.raises(BadInput, match=r"2018-01 to 2026-12"):
        simulate(tmp_path / "out", first=Month(2010, 1), last=Month(2010, 2))

    assert list(tmp_path.iterdir()) == []


def test_older_months_may_come_in_one_archive_a_unit_and_form(tmp_path):
    """The workbooks inside are the same bytes, and the list of receipts names them as the import does."""
    simulate(tmp_path / "loose", first=Month(2022, 7))
    simulate(tmp_path / "packed", first=Month(2022, 7), books_from=Month(2022, 9))
    loose = {path.name: path.read_bytes() for path in (tmp_path / "loose").glob("2022-*/*.xlsx")}
    packed = {name: content for name, content in contents([tmp_path / "packed"]) if name.endswith(".xlsx") and "SYNTHETIC" in name}

    assert {name.rpartition("/")[2]: content for name, content in packed.items()} == loose
    assert {line["file"] for line in lines(tmp_path / "packed")} == set(packed)
    assert {path.name for path in (tmp_path / "packed").iterdir() if path.is_dir()} == {"history", "2022-09"}
    assert all(path.name.startswith("SYNTHETIC_") for path in (tmp_path / "packed" / "history").iterdir())


def test_archives_are_the_same_bytes_too(tmp_path):
    for name in ("one", "two"):
        simulate(tmp_path / name, books_from=Month(2022, 10))

    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")
    assert not list((tmp_path / "one").glob("2022-*"))


def test_the_truth_names_packed_workbooks_as_the_import_does(tmp_path):
    simulate(tmp_path / "out", books_from=Month(2022, 10), firms=400)
    told = json.loads((tmp_path / "out" / "truth.json").read_text(encoding="utf-8"))
    named = {event["workbook"] for event in told["events"] if "workbook" in event}

    assert named
    assert named <= {name for name, _ in contents([tmp_path / "out"])}


@pytest.mark.slow
def test_sixty_months_of_the_whole_city_take_less_than_a_minute(tmp_path):
    """The promise of the design, with the workbooks, on two cores."""
    import time

    begun = time.monotonic()
    done = simulate(tmp_path / "out", first=Month(2018, 1), last=Month(2022, 12), firms=2019, processes=2)

    assert done.rows > 130_000
    assert time.monotonic() - begun < 60
