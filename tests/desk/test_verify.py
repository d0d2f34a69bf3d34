"""A printed paper is held against its code: everything that leaves carries one, the page says whether it is ours, and shows no figure."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from fractions import Fraction

import openpyxl
import pytest
from django.test import Client

from desk.intake_cast import sent
from desk.test_takeaway import TABLE, asked
from yunxing.desk.reporting.paper_models import Paper
from yunxing.engines.facts.takeaway import Column, Table, fingerprint

CODE = re.compile(r"[0-9A-F]{16}")


@pytest.fixture
def workbook(cast) -> bytes:
    return asked(cast, "command", "xlsx").content


def test_a_workbook_and_a_picture_carry_their_code_and_are_known(cast, workbook):
    """On the cover with the address and its QR; written down with the digest of the file."""
    picture = asked(cast, "command", "long").content
    cover = openpyxl.load_workbook(io.BytesIO(workbook))["说明"]
    line = next(row[1].value for row in cover.iter_rows() if row[0].value == "核验")
    codes = {one.code: one for one in Paper.objects.all()}

    assert CODE.search(line)[0] in codes
    assert f"/verify/{CODE.search(line)[0]}/" in line
    assert [name for name in zipfile.ZipFile(io.BytesIO(workbook)).namelist() if name.startswith("xl/media/")] == ["xl/media/image1.png"]
    assert len(codes) == 2
    assert all(one.file.startswith("sha256:") for one in codes.values())
    assert picture[:4] == b"\x89PNG"


def test_a_text_for_a_chat_needs_none(cast):
    """It says as-of and source; nothing to print."""
    asked(cast, "command", "text")

    assert not Paper.objects.exists()


def test_anyone_may_ask_and_learns_no_figure_and_no_title(cast, workbook):
    """A stranger reads that it is ours, when and by which unit; the title and the person only who is signed in."""
    one = Paper.objects.get()
    stranger = Client().get(f"/verify/{one.code}/").content.decode()
    inside = cast.client("county_a").get(f"/verify/{one.code.lower()}/").content.decode()

    assert "本系统生成过这份文件" in stranger
    assert one.content in stranger
    assert "某表" not in stranger
    assert "测试command" not in stranger
    assert "某表" in inside
    assert "测试command" in inside


def test_the_file_itself_is_compared_and_forgotten(cast, workbook, settings, tmp_path):
    """The same bytes are the same; one changed byte is another; nothing is kept."""
    settings.HOME = tmp_path
    one = Paper.objects.get()
    web = Client()

    assert "完全相同" in web.post(f"/verify/{one.code}/", {"file": sent("a.xlsx", workbook)}).content.decode()
    assert "不同" in web.post(f"/verify/{one.code}/", {"file": sent("a.xlsx", workbook[:-1])}).content.decode()
    assert list(tmp_path.rglob("*")) == []


def test_a_code_that_was_never_given_is_said_to_be_none(db):
    """404 and a box to try again; spaces and small letters do no harm."""
    web = Client()

    assert web.get("/verify/FFFFFFFFFFFFFFFF/").status_code == 404
    assert "没有这个核验码" in web.get("/verify/FFFFFFFFFFFFFFFF/").content.decode()
    assert web.get("/verify/?code=ffff ffff-ffff ffff")["Location"].endswith("/verify/FFFFFFFFFFFFFFFF/")
    assert web.get("/verify/?code=<b>").status_code == 200


def test_the_fingerprint_is_of_what_is_printed():
    """Another figure, head, row or day is another paper; what is not printed (more decimals, the person) is not."""
    table = Table("t", "表", [Column("名"), Column("数", "家", "number", 1)], [["甲", Fraction(1, 3)]], as_of="2022-10-07")
    same = replace(table, rows=[["甲", Fraction(333, 1000)]])

    assert fingerprint(table) == fingerprint(same)
    assert fingerprint(table) != fingerprint(replace(table, rows=[["甲", Fraction(1, 2)]]))
    assert fingerprint(table) != fingerprint(replace(table, as_of="2022-10-08"))
    assert fingerprint(table) != fingerprint(replace(table, title="别的表"))
    assert fingerprint(TABLE) == fingerprint(replace(TABLE, words=["另一句。"]))
