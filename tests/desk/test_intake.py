"""The import wizard: everything is said at once, nothing is written before the confirmation, every step happens once, and it can be taken back."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from decimal import Decimal

import openpyxl
import polars as pl
import pytest
from django.core.management import call_command
from django.utils import timezone

from desk.intake_cast import FIRMS, THERE, county_is, fill_registry, row, sent, standing_of, tables_of, workbook, zipped
from facts_cast import FAR, A, B, C, enterprise
from yunxing.desk.people.models import JournalEntry, Notice
from yunxing.desk.reporting import intake
from yunxing.desk.reporting.intake_models import Intake
from yunxing.desk.reporting.intake_views import problem_lines, summary
from yunxing.desk.scoping import acting_as_system, acting_in
from yunxing.engines.facts.layout import Row, Style
from yunxing.io import tables
from yunxing.values.errors import BadInput, Refusal

State = Intake.State


@pytest.fixture
def desk(cast, settings, tmp_path):
    """The cast on a home of its own, with a registry; the first county is a unit of the pack."""
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    fill_registry()
    county_is(cast, "county_a", "371681")
    county_is(cast, "county_b", "371623")
    return cast


def handed_in(desk, *files, member="county_a", pasted=""):
    """An import of the member, looked at."""
    standing = standing_of(desk, member)
    with acting_in(standing.scope):
        one = intake.take(files, pasted, person=standing.user, unit=standing.post.unit.code, scope=standing.scope)
        if one.state == State.WAITING:
            intake.work()
            one.refresh_from_db()
        return one


def entries(one):
    return intake.entries_of(one)


def facts(settings):
    return tables.facts_as_of(settings.HOME)


def confirm(desk, one, member="county_a", **how):
    with acting_in(standing_of(desk, member).scope):
        return intake.confirm(one, rows_alone=how.get("rows_alone", False))


def test_nothing_is_written_before_the_confirmation_and_everything_after(desk, settings):
    """Looking leaves the facts byte for byte; confirming writes exactly what was counted."""
    before = tables_of(settings.HOME)
    one = handed_in(desk, sent("月报.xlsx", workbook(row(A), row(B, "70.00"))))
    counted = entries(one)[0]

    assert one.state == State.CHECKED
    assert tables_of(settings.HOME) == before
    assert counted["added"] == 26
    saved = confirm(desk, one)
    assert saved.state == State.SAVED
    assert (saved.saved["added"], saved.saved["files"]) == (26, 1)
    assert facts(settings).height == 26


def test_a_second_click_and_a_repeated_upload_write_nothing_twice(desk, settings):
    """Double click on 保存, and the same workbook sent again: one batch, no new fact, and the second says 不变."""
    content = workbook(row(A))
    one = confirm(desk, handed_in(desk, sent("a.xlsx", content)))
    again = confirm(desk, one)
    second = handed_in(desk, sent("a.xlsx", content))

    assert again.batches == one.batches
    assert (entries(second)[0]["state"], entries(second)[0]["added"], entries(second)[0]["can_save"]) == ("unchanged", 0, False)
    with pytest.raises(Refusal, match="没有可以整份写入"):
        confirm(desk, second)
    assert facts(settings).height == 13
    assert JournalEntry.objects.filter(act="import_confirm").count() == 1


def test_it_is_taken_back_within_a_day_and_not_later(desk, settings):
    """Undo within 24 hours; a second undo is nothing; after the window it is refused and the figures stay."""
    one = confirm(desk, handed_in(desk, sent("a.xlsx", workbook(row(A)))))
    with acting_in(standing_of(desk, "county_a").scope):
        with pytest.raises(Refusal, match="已过撤销时限"):
            intake.undo(one, now=timezone.now() + timedelta(hours=25))
        assert facts(settings).height == 13
        undone = intake.undo(one)
        assert intake.undo(undone).state == State.UNDONE

    assert facts(settings).height == 0
    assert JournalEntry.objects.filter(act="import_undo").count() == 1
    assert handed_in(desk, sent("a.xlsx", workbook(row(A)))).state == State.CHECKED


def test_rows_without_errors_are_saved_alone_only_when_the_person_says_so(desk, settings):
    """One row in error: by default the whole file stays out, and that is refused in words; with the tick the other rows come in."""
    one = handed_in(desk, sent("a.xlsx", workbook(row(A), row(B, tax__value__cumulative="2O.00"), row(C, "30.00"))))
    counts = summary(one, entries(one))

    assert (counts["counts"]["blocked"], counts["clean"], counts["partial"], counts["partial_facts"]) == (1, 0, 1, 26)
    with pytest.raises(Refusal, match="勾选"):
        confirm(desk, one)
    saved = confirm(desk, one, rows_alone=True)
    assert saved.state == State.SAVED
    assert set(facts(settings)["party"]) == {A, C}


def test_every_problem_names_sheet_cell_value_and_what_is_expected(desk):
    """Four kinds of error in one workbook, all at once, each with its place and how to mend it."""
    rows = [
        row(A, tax__value__cumulative="1,2O3"),
        row(B, employees__value__month=-4),
        Row("913716810000009999", "谁", enterprise()),
        row(A),
    ]
    lines = problem_lines(entries(handed_in(desk, sent("a.xlsx", workbook(*rows)))))

    assert len({line["expected"] for line in lines}) >= 4
    assert all(line["sheet"] and line["cell"] and line["found"] and line["expected"] and line["fix"] for line in lines)
    assert any(line["found"] == "1,2O3" for line in lines)


def test_the_annotated_copy_keeps_its_name_and_marks_the_cell(desk, client):
    """Coloured, with a comment; all copies in one archive to forward, under their own names."""
    bad = workbook(row(A, tax__value__cumulative="2O.00"))
    one = handed_in(desk, sent("某县 9月.xlsx", bad), sent("另一份.xlsx", workbook(row(B, tax__value__cumulative="x"))))
    web = desk.client("county_a")
    copy = web.get(f"/imports/{one.pk}/annotated/0/")
    archive = zipfile.ZipFile(io.BytesIO(web.get(f"/imports/{one.pk}/annotated.zip").content))
    sheet = openpyxl.load_workbook(io.BytesIO(copy.content)).worksheets[0]
    marked = [cell for line in sheet.iter_rows() for cell in line if cell.comment and "2O.00" in cell.comment.text]

    assert "%E6%9F%90%E5%8E%BF%209%E6%9C%88.xlsx" in copy["Content-Disposition"]
    assert len(marked) == 1
    assert marked[0].fill.fgColor.rgb == "FFF4B6B0"
    assert sorted(archive.namelist()) == sorted(["某县 9月.xlsx", "另一份.xlsx"])
    assert web.get(f"/imports/{one.pk}/annotated/7/").status_code == 404


def test_an_archive_is_unpacked_and_one_bad_member_stops_no_other(desk):
    """A workbook, a picture, an empty file and an archive in the archive: four results, one of them good."""
    packed = zipped(**{"甲/a.xlsx": workbook(row(A)), "b.png": b"\x89PNG\r\n\x1a\n123", "c.xlsx": b"", "d.zip": zipped(x=b"1")})
    one = handed_in(desk, sent("全县.zip", packed))

    assert [(entry["name"], entry["state"]) for entry in entries(one)] == [
        ("全县.zip/甲/a.xlsx", "accepted"),
        ("全县.zip/b.png", "refused"),
        ("全县.zip/c.xlsx", "refused"),
        ("全县.zip/d.zip", "refused"),
    ]
    assert all(entry["faults"] for entry in entries(one)[1:])


def test_the_same_bytes_under_two_names_count_once(desk, settings):
    """Named as a twin, not summed."""
    content = workbook(row(A))
    one = handed_in(desk, sent("a.xlsx", content), sent("a 副本.xlsx", content))

    assert [entry["state"] for entry in entries(one)] == ["accepted", "same"]
    assert "a.xlsx" in entries(one)[1]["faults"][0]["found"]
    assert confirm(desk, one).saved["added"] == 13


def test_html_named_xls_csv_in_gb18030_and_other_endings_are_read_by_content(desk):
    """What other systems really send."""
    source = openpyxl.load_workbook(io.BytesIO(workbook(row(A)))).worksheets[0]
    lines = [["" if value is None else str(value) for value in line] for line in source.iter_rows(values_only=True)]
    html = (
        "<html><table>" + "".join("<tr>" + "".join(f"<td>{value}</td>" for value in line) + "</tr>" for line in lines) + "</table></html>"
    )
    csv = "\n".join(",".join(f'"{value}"' for value in line) for line in lines)
    one = handed_in(
        desk, sent("导出.xls", html.encode("gb18030")), sent("导出.csv", csv.encode("gb18030")), sent("导出.et", workbook(row(B))), sent("导出.txt", (csv + " ").encode())
    )  # fmt: skip

    assert [entry["form"] for entry in entries(one)] == ["enterprise_month"] * 4


def test_a_pasted_table_is_a_file_like_any_other(desk):
    """Copied from WPS with its title and head: tab-separated lines."""
    source = openpyxl.load_workbook(io.BytesIO(workbook(row(A)))).worksheets[0]
    text = "\n".join("\t".join("" if value is None else str(value) for value in line) for line in source.iter_rows(values_only=True))
    one = handed_in(desk, pasted=text)

    assert entries(one)[0]["form"] == "enterprise_month"
    assert entries(one)[0]["rows"] == 1


def test_columns_in_another_order_and_extra_ones_are_reported(desk):
    """By head, without the hidden sheet; the extra column is named and ignored."""
    style = Style(order=("tax/value/cumulative", "output/value/month"), extra=("经办人",), keys=False)
    one = handed_in(desk, sent("a.xlsx", workbook(row(A), style=style)))

    assert entries(one)[0]["added"] == 13
    assert entries(one)[0]["extras"] == ["经办人"]
    assert "经办人" in desk.client("county_a").get(f"/imports/{one.pk}/").content.decode()


def test_another_units_workbook_is_refused_and_nothing_of_it_is_told(desk, settings):
    """A county drops a file of another unit: no count, no problem, no annotated copy; command staff may."""
    foreign = workbook(row(FAR, tax__value__cumulative="2O.00"), unit=THERE)
    one = handed_in(desk, sent("别县.xlsx", foreign))

    assert (entries(one)[0]["state"], entries(one)[0]["problems"], entries(one)[0]["annotated"]) == ("foreign", [], "")
    assert summary(one, entries(one))["counts"] == dict.fromkeys(("added", "revised", "unchanged", "blocked", "held", "warned"), 0)
    with pytest.raises(Refusal):
        confirm(desk, one, rows_alone=True)
    assert entries(handed_in(desk, sent("别县.xlsx", foreign), member="command"))[0]["form"] == "enterprise_month"
    assert entries(handed_in(desk, sent("别县.xlsx", foreign), member="county_b"))[0]["state"] == "foreign"


def test_a_file_marked_as_a_state_secret_is_not_kept(desk, settings):
    """Refused before storage; its name is on the page, its bytes are nowhere."""
    one = handed_in(desk, sent("表.csv", "秘密★10年\n甲,1".encode()))

    assert entries(one)[0]["state"] == "refused"
    assert "密级标志" in entries(one)[0]["faults"][0]["found"]
    assert all(
        "秘密★".encode() not in path.read_bytes()
        for path in (settings.HOME / "files").rglob("*")
        if path.is_file() and path.stat().st_size < 100
    )


def test_ones_import_does_not_exist_for_others(desk):
    """Not in the list, not by its address, in no form; its steps answer 404."""
    one = handed_in(desk, sent("a.xlsx", workbook(row(A, tax__value__cumulative="x"))))
    for member in ("county_b", "command", "bureau"):
        web = desk.client(member)
        for address in ("", "annotated/0/", "annotated.zip", "?as=xlsx"):
            assert web.get(f"/imports/{one.pk}/{address}").status_code == 404, (member, address)
        for step in ("confirm", "undo", "again"):
            assert web.post(f"/imports/{one.pk}/{step}/").status_code == 404
        assert one.pk not in web.get("/imports/").content.decode()
    assert desk.client("analyst").get("/imports/").status_code == 403


def test_through_the_pages_from_upload_to_undo(desk, settings):
    """As a browser without scripts does it: form, page of 核对 with every line, confirmation, undo."""
    web = desk.client("county_a")
    answer = web.post("/imports/", {"files": [sent("a.xlsx", workbook(row(A), row(B, tax__value__cumulative="2O.00")))]})
    address = answer["Location"]
    page = web.get(address).content.decode()

    assert "③" in page
    assert "2O.00" in page
    assert "也写入其中没有错误的行" in page
    assert web.post(address + "confirm/", {}).status_code == 409
    done = web.post(address + "confirm/", {"rows_alone": "on"}, follow=True).content.decode()
    assert "④" in done
    assert "撤销本次导入" in done
    assert "已撤销" in web.post(address + "undo/", follow=True).content.decode()
    assert facts(settings).height == 0


def test_the_problems_leave_as_a_workbook_and_as_a_text_to_forward(desk):
    """Every line in the workbook; who has how many in the text."""
    one = handed_in(desk, sent("甲.xlsx", workbook(row(A, tax__value__cumulative="x"))), sent("乙.xlsx", workbook(row(B))))
    web = desk.client("county_a")
    book = openpyxl.load_workbook(io.BytesIO(web.get(f"/imports/{one.pk}/?as=xlsx").content))
    text = web.get(f"/imports/{one.pk}/?as=text").content.decode()

    assert book.active.max_row == 3 + len(problem_lines(entries(one)))
    assert "甲.xlsx：1 处错误" in text
    assert "乙.xlsx" not in text


def test_a_large_import_is_the_workers_and_the_person_is_told(desk, settings, monkeypatch):
    """It waits, the worker looks once and saves once, and a notice with the way to it lies in the person's box; two workers do not do it twice."""
    monkeypatch.setattr(intake, "AT_ONCE_FILES", 0)
    standing = standing_of(desk, "county_a")
    with acting_in(standing.scope):
        one = intake.take([sent("a.xlsx", workbook(row(A)))], "", person=standing.user, unit="371681", scope=standing.scope)
    assert one.state == State.WAITING
    assert "正在处理" in desk.client("county_a").get(f"/imports/{one.pk}/").content.decode()
    assert intake.work() == 1
    assert intake.work() == 0
    assert not intake.check(one.pk), "only one worker takes a step"
    confirm(desk, one_of(one))
    assert one_of(one).state == State.CONFIRMED
    call_command("work", stdout=io.StringIO())

    assert one_of(one).state == State.SAVED
    with acting_as_system("test"):
        from yunxing.desk.people import outbox

        outbox.deliver()
        links = set(Notice.objects.filter(user=desk.people.county_a).values_list("link", flat=True))
    assert links == {f"/imports/{one.pk}/"}


def one_of(one: Intake) -> Intake:
    """The row as it stands."""
    with acting_as_system("test"):
        return Intake.objects.get(pk=one.pk)


def test_a_step_that_stalled_is_taken_up_again(desk, monkeypatch):
    """A worker killed while looking or saving: after some minutes the next one goes on, and what was saved twice is one."""
    monkeypatch.setattr(intake, "AT_ONCE_FILES", 0)
    one = handed_in(desk, sent("a.xlsx", workbook(row(A))))
    confirm(desk, one)
    with acting_as_system("test"):
        Intake.objects.filter(pk=one.pk).update(state=State.SAVING, touched=timezone.now())
        assert intake.work() == 0
        assert intake.work(now=timezone.now() + timedelta(minutes=5)) == 1

    assert one_of(one).state == State.SAVED
    with acting_in(standing_of(desk, "county_a").scope):
        assert intake.undo(one_of(one)).state == State.UNDONE


def test_without_a_registry_it_fails_in_words_and_can_be_looked_at_again(cast, settings, tmp_path):
    """The trouble is on the page; after the registry is there the same upload is looked at anew."""
    settings.HOME = tmp_path
    county_is(cast, "county_a", "371681")
    one = handed_in(cast, sent("a.xlsx", workbook(row(A))))
    assert one.state == State.FAILED
    assert "名录" in cast.client("county_a").get(f"/imports/{one.pk}/").content.decode()
    fill_registry()
    cast.client("county_a").post(f"/imports/{one.pk}/again/")
    intake.work()

    assert one_of(one).state == State.CHECKED


def test_nothing_sent_is_said_and_an_unknown_kind_is_refused(desk):
    """A form sent empty."""
    standing = standing_of(desk, "county_a")
    with acting_in(standing.scope):
        with pytest.raises(BadInput, match="没有收到文件"):
            intake.take([], "  ", person=standing.user, unit="", scope=standing.scope)
        with pytest.raises(BadInput, match="没有“x”这种导入"):
            intake.take([], "a", person=standing.user, unit="", scope=standing.scope, kind="x")


def test_the_template_is_prefilled_with_the_units_own_rows(desk):
    """Step ①: codes of the unit's members in the rows; another unit's does not exist."""
    web = desk.client("county_a")
    sheet = openpyxl.load_workbook(io.BytesIO(web.get("/imports/templates/enterprise_month/2022-09/371681.xlsx").content)).worksheets[0]
    codes = {cell for line in sheet.iter_rows(values_only=True) for cell in line}

    assert set(FIRMS) <= codes
    assert FAR not in codes
    assert web.get("/imports/templates/enterprise_month/2022-09/BZ-BH.xlsx").status_code == 404
    assert web.get("/imports/templates/nothing/2022-09/371681.xlsx").status_code == 404
    assert "/imports/templates/enterprise_month/" in web.get("/imports/?month=2022-09").content.decode()


def test_the_result_is_plain_data_that_survives_the_page(desk, settings):
    """JSON by content: nothing of it depends on the process that looked."""
    one = handed_in(desk, sent("a.xlsx", workbook(row(A))))
    stored = json.loads((settings.HOME / "files" / one.result.replace("sha256:", f"sha256/{one.result[7:9]}/")).read_text())

    assert stored == entries(one)
    assert Decimal(str(stored[0]["rows"])) == 1


def test_a_month_sent_again_carries_its_written_cause_to_every_figure_it_changes(desk, settings):
    """Without a cause a falling cumulative is an error and nothing of it can be saved; with it the figures are revised and say why, old → new."""
    confirm(desk, handed_in(desk, sent("a.xlsx", workbook(row(A, "100.00")))))
    later = sent("b.xlsx", workbook(row(A, "90.00")))
    bare = handed_in(desk, later)
    why = "上期错报，核减外协产值"
    with acting_in(standing_of(desk, "county_a").scope):
        again = intake.look_again(bare, correction=f"  {why} ")
    with acting_as_system("test"):
        intake.check(again.pk)
    with acting_in(standing_of(desk, "county_a").scope):
        again.refresh_from_db()
    saved = confirm(desk, again)

    assert again.correction == why
    assert saved.state == State.SAVED
    revised = facts(settings).filter(pl.col("version") > 1)
    assert revised.height > 0
    assert set(revised["cause"]) == {why}
    assert why in JournalEntry.objects.get(act="import_again").reason


def test_the_cause_may_be_written_with_the_upload_and_stands_on_the_page(desk, settings):
    client = desk.client("county_a")
    assert 'name="correction"' in client.get("/imports/").content.decode()
    answer = client.post("/imports/", {"files": [sent("a.xlsx", workbook(row(A)))], "correction": "按省反馈数更正"}, follow=True)

    assert "按省反馈数更正" in answer.content.decode()
