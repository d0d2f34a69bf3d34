"""Planned days by workbook: only what is in one's hands leaves, only what was looked at is written, and a stage that was reached keeps its day."""

from __future__ import annotations

import io
import re
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from yunxing.desk.dispatch.models import Milestone
from yunxing.desk.people.models import JournalEntry
from yunxing.desk.scoping import acting_as_system

PAGE = "/pipelines/ultra_low_retrofit/plan-days/"
KIND = "pipeline_ultra_low_retrofit"


def planned(case: str) -> dict[str, str]:
    with acting_as_system("test"):
        rows = Milestone.objects.filter(case_id=case, planned__isnull=False).values_list("stage", "planned")
    return {stage: day.isoformat() for stage, day in rows}


def taken(client, **changes):
    """The workbook as it leaves, with cells of the row of an item changed: by title of the item and head of the column."""
    book = openpyxl.load_workbook(io.BytesIO(client.get(PAGE, {"as": "xlsx"}).content))
    sheet = next(one for one in book.worksheets if any("（计划）" in str(cell.value) for row in one.iter_rows() for cell in row))
    head = next(row for row in sheet.iter_rows() if any("（计划）" in str(cell.value) for cell in row))
    heads = {str(cell.value): cell.column for cell in head}
    rows = {str(row[0].value): row[0].row for row in sheet.iter_rows(min_row=head[0].row + 1) if row[0].value}
    for place, value in changes.items():
        title, column = place.split("|")
        sheet.cell(rows[title], heads[column]).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue(), set(rows)


def put(client, content: bytes, name: str = "plan.xlsx"):
    return client.post(PAGE, {"file": SimpleUploadedFile(name, content)})


def kept_in(response) -> str:
    return re.search(r'name="kept" value="([^"]+)"', response.content.decode())[1]


@pytest.fixture
def item(hands, settings, tmp_path):
    """An item of county A, planned to be rebuilt in October."""
    settings.HOME = tmp_path
    return hands.opened(KIND, title="甲县某厂改造", planned={"building": date(2022, 10, 10), "assessed": date(2022, 12, 1)})


def test_a_changed_day_is_looked_at_and_then_written(hands, item):
    """Before the second press nothing is written; afterwards one day has changed and the journal knows it."""
    client = hands.client("county_a")
    content, rows = taken(client, **{"甲县某厂改造|施工改造（计划）": date(2022, 10, 20)})
    seen = put(client, content)

    assert rows == {"甲县某厂改造"}
    assert "2022-10-10" in seen.content.decode()
    assert "2022-10-20" in seen.content.decode()
    assert planned(item)["building"] == "2022-10-10"
    done = client.post(PAGE, {"kept": kept_in(seen)}, follow=True)
    assert "已更改 1 个计划日期" in done.content.decode()
    assert planned(item) == {"building": "2022-10-20", "assessed": "2022-12-01"}
    assert JournalEntry.objects.filter(act="plan", object_id=item).exists()


def test_a_day_may_be_taken_out(hands, item):
    client = hands.client("county_a")
    content, _ = taken(client, **{"甲县某厂改造|评估监测（计划）": None})
    client.post(PAGE, {"kept": kept_in(put(client, content))})

    assert planned(item) == {"building": "2022-10-10"}


def test_a_sheet_that_changes_nothing_says_so(hands, item):
    seen = put(hands.client("county_a"), taken(hands.client("county_a"))[0])

    assert "没有变化" in seen.content.decode()
    assert 'name="kept"' not in seen.content.decode()
    assert planned(item)["building"] == "2022-10-10"


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [("施工改造（计划）", "下月", "不是日期"), ("列入计划（计划）", None, "")],
)
def test_what_is_no_day_cannot_be_written(hands, item, place, value, said):
    """The first stage has no column: it was reached when the item was opened."""
    client = hands.client("county_a")
    if not said:
        assert "列入计划（计划）" not in client.get(PAGE, {"as": "text"}).content.decode()
        return
    seen = put(client, taken(client, **{f"甲县某厂改造|{place}": value})[0])
    assert said in seen.content.decode()
    assert 'name="kept"' not in seen.content.decode()


def test_days_that_go_backwards_are_refused_for_the_item(hands, item):
    """The order of all stages is judged, also of the days that were not in the sheet's changes."""
    client = hands.client("county_a")
    seen = put(client, taken(client, **{"甲县某厂改造|施工改造（计划）": date(2023, 1, 1)})[0])
    done = client.post(PAGE, {"kept": kept_in(seen)}, follow=True)

    assert "须依次不早于前一阶段" in done.content.decode()
    assert planned(item)["building"] == "2022-10-10"


def test_a_stage_that_was_reached_keeps_its_day(hands, item):
    with acting_as_system("test"):
        Milestone.objects.filter(case_id=item, stage="building").update(actual=date(2022, 10, 12))
    client = hands.client("county_a")
    seen = put(client, taken(client, **{"甲县某厂改造|施工改造（计划）": date(2022, 11, 1)})[0])

    assert "该阶段已到达" in seen.content.decode()
    assert 'name="kept"' not in seen.content.decode()


def test_a_locked_column_that_was_changed_is_refused(hands, item):
    client = hands.client("county_a")
    refused = put(client, taken(client, **{"甲县某厂改造|名称": "乙县某厂改造"})[0])

    assert refused.status_code == 400
    assert "不能在这里改" in refused.content.decode()


def test_another_county_has_no_row_of_it_and_cannot_put_it_back(hands, item):
    """The sheet of one county put back by another names rows that are not in its table."""
    content, _ = taken(hands.client("county_a"), **{"甲县某厂改造|施工改造（计划）": date(2022, 10, 20)})
    other = hands.client("county_b")

    assert "甲县某厂改造" not in other.get(PAGE, {"as": "text"}).content.decode()
    assert put(other, content).status_code == 400
    kept = kept_in(put(hands.client("county_a"), content))
    assert other.post(PAGE, {"kept": kept}).status_code == 400
    assert planned(item)["building"] == "2022-10-10"


@pytest.mark.parametrize("posted", [{}, {"kept": "sha256:" + "0" * 64}, {"kept": "../../etc/passwd"}])
def test_a_file_that_is_not_there_is_told(hands, item, posted):
    assert hands.client("county_a").post(PAGE, posted).status_code == 400


def test_a_board_without_planned_days_has_no_such_page(hands):
    assert hands.client("command").get("/pipelines/first_permits/plan-days/").status_code == 404
    assert "plan-days" in hands.client("command").get("/pipelines/ultra_low_retrofit/").content.decode()
