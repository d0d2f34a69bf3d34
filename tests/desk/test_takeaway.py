"""Taking a table away: one click, the rows that were seen, behind the level gate, in the journal."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.http import Http404
from django.test import RequestFactory
from django.utils import timezone

from yunxing.desk import takeaway
from yunxing.desk.people import selectors
from yunxing.desk.people.acting import Actor, acting_for
from yunxing.desk.people.models import JournalEntry
from yunxing.desk.scoping import acting_in
from yunxing.desk.takeaway import Column, Table
from yunxing.values.errors import Refusal

TABLE = Table(
    "things",
    "某表",
    [Column("名称"), Column("数", "家", "number"), Column("密", level=3)],
    [["甲", 3, "x"]],
    as_of="2022-10-07",
    source="某处",
)


def asked(cast, member: str, how: str, table=TABLE, address="/things/?area=A01"):
    """What a member gets who asks for the table in that form."""
    request = RequestFactory().get(f"{address}&as={how}" if how else address)
    standing = selectors.standing_of(getattr(cast.people, member), timezone.localdate())
    request.standing = standing
    request.user = standing.user
    request.session = {}
    with acting_in(standing.scope), acting_for(Actor(person=member)):
        return takeaway.page(request, "people/left.html", {}, None if table is None else lambda: table)


def test_a_workbook_a_text_and_a_picture_of_the_same_rows(cast):
    """By the ending of the address alone."""
    book = openpyxl.load_workbook(io.BytesIO(asked(cast, "command", "xlsx").content))
    text = asked(cast, "command", "text")
    picture = asked(cast, "command", "long")

    assert [cell.value for cell in book["某表"][4]] == ["甲", 3, "x"]
    assert text.content.decode().startswith("某表：甲")
    assert text["Content-Type"] == "text/plain; charset=utf-8"
    assert picture.content[:8] == b"\x89PNG\r\n\x1a\n"
    assert "filename*=utf-8''%E6%9F%90%E8%A1%A8" in picture["Content-Disposition"]


def test_it_is_journaled_with_filter_rows_and_level(cast):
    """Who, which address with its filters, in which form, how many rows; no figure."""
    asked(cast, "command", "xlsx")
    asked(cast, "command", "text")
    entries = list(JournalEntry.objects.filter(object_kind="things").order_by("number").values_list("person", "act", "object_id", "reason"))

    assert entries == [
        ("command", "export", "/things/?area=A01&as=xlsx", "as=xlsx rows=1 level=2"),
        ("command", "copy", "/things/?area=A01&as=text", "as=text rows=1 level=2"),
    ]


def test_what_a_level_does_not_open_stays_behind(cast):
    """An analyst (level 2) gets no column of level 3, in no form; a table of level 3 is refused to him and not journaled as taken."""
    book = openpyxl.load_workbook(io.BytesIO(asked(cast, "analyst", "xlsx").content))
    heads = [cell.value for cell in book["某表"][3]]
    from dataclasses import replace

    assert heads == ["名称", "数（家）"]
    assert "x" not in asked(cast, "analyst", "text").content.decode()
    for how in ("xlsx", "text", "long"):
        with pytest.raises(Refusal, match="3 级"):
            asked(cast, "analyst", how, replace(TABLE, level=3))
    assert not JournalEntry.objects.filter(reason__contains="level=3").exists()


def test_level_three_carries_name_unit_and_time(cast):
    """In the head of the printed page, and as a picture under the cells."""
    from dataclasses import replace

    content = asked(cast, "command", "xlsx", replace(TABLE, level=3)).content
    import zipfile

    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    sheet = openpyxl.load_workbook(io.BytesIO(content))["某表"]

    assert "测试command · 指挥部办公室" in sheet.oddHeader.center.text
    assert any(name.startswith("xl/media/") for name in names)


@pytest.mark.parametrize("how", ["pdf", "XLSX", "../"])
def test_another_form_does_not_exist(cast, how):
    """404, nothing written."""
    with pytest.raises(Http404):
        asked(cast, "command", how)
    assert not JournalEntry.objects.filter(object_kind="things").exists()


def test_a_page_without_a_table_has_nothing_to_take_away(cast):
    """An empty month: the page as ever; a guessed ending is 404."""
    assert asked(cast, "command", "", None).status_code == 200
    with pytest.raises(Http404):
        asked(cast, "command", "xlsx", None)


def test_the_buttons_keep_the_filters_of_the_address(cast):
    """The links are the present address with another ending."""
    from django.template.loader import render_to_string

    request = RequestFactory().get("/things/?area=A01&p=2022-09")
    html = render_to_string("parts/takeaway.html", {"takeaway": True, "request": request}, request=request)

    assert 'href="?area=A01&amp;p=2022-09&amp;as=xlsx"' in html
    assert html.count("as=text") == html.count("as=long") == 1
    assert "as=xlsx" not in render_to_string("parts/takeaway.html", {"takeaway": False}, request=request)
