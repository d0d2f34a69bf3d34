"""The library as people use it: a text in by file or pasted, checked, found, compared, its force noted and taken back."""

from __future__ import annotations

import io
import re
import zipfile
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from desk.library.test_library import OLD, PLAN
from yunxing.desk.library import services
from yunxing.desk.library.models import Document, EffectNote
from yunxing.desk.people.models import JournalEntry
from yunxing.io.store import library
from yunxing.values.errors import BadInput

UNSURE = PLAN.replace("2.有序用电。", "2.有序用电。年用电量10万千瓦时以下的企业不参与。")


def body(answer):
    return answer.content.decode()


def paste(cast, text, name="command", **more):
    return cast.client(name).post("/library/add/", {"text": text, **more})


def words_of(answer):
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", body(answer)))


def test_a_pasted_text_comes_in_and_is_shown_by_clause(cast):
    answer = paste(cast, PLAN, level="city", place="990100")
    page = cast.client("county_a").get(answer["Location"])
    assert "电厂煤炭库存天数不低于7天" in body(page)
    assert "煤炭库存天数≥7天" in words_of(page)
    assert "市能源局（分工负责）" in words_of(page)
    assert "尚未施行" in body(page) or "现行有效" in body(page) or "失效" in body(page)
    assert JournalEntry.objects.filter(act="add", object_kind="document").count() == 1
    assert paste(cast, PLAN)["Location"] == answer["Location"].replace("check/", "")
    assert Document.objects.count() == 1


def test_a_file_comes_in(cast):
    file = SimpleUploadedFile("通知.txt", PLAN.encode("gb18030"))
    assert cast.client("bureau").post("/library/add/", {"file": file}).status_code == 302
    assert Document.objects.get().number == "甲政发〔2022〕7号"


@pytest.mark.parametrize(
    "given", [{}, {"text": "  "}, {"file": SimpleUploadedFile("a.txt", b"")}, {"file": SimpleUploadedFile("a.exe", b"MZ\0\1")}]
)
def test_what_is_no_text_is_refused_and_nothing_is_kept(cast, given):
    answer = cast.client("command").post("/library/add/", given)
    assert answer.status_code == 400
    assert 'role="alert"' in body(answer)
    assert not Document.objects.exists()


@pytest.mark.parametrize("name", ["county_a", "enterprise", "analyst"])
def test_only_keepers_take_texts_in(cast, name):
    assert paste(cast, PLAN, name=name).status_code == 403


def test_everyone_finds_policies_and_the_phrase_is_marked(cast):
    paste(cast, PLAN)
    for name in ("command", "county_a", "enterprise", "analyst"):
        page = body(cast.client(name).get("/search/?q=煤炭库存天数&ended=1"))
        assert "<mark>煤炭库存天数</mark>" in page, name


def test_a_search_says_what_it_found_and_what_would_help(cast):
    paste(cast, PLAN)
    client = cast.client("command")
    assert "没有找到“煤碳库存”" in body(client.get("/search/?q=煤碳库存"))
    assert "去掉条件 issuer 会有 1 件" in body(client.get("/search/?q=煤炭 发文:乙市&ended=1"))
    assert client.get("/search/?q=有效于:昨天").status_code == 400
    assert "<mark>&lt;" not in body(client.get("/search/?q=<script>"))
    assert "<script>alert" not in body(client.get("/search/?q=<script>alert(1)</script>"))
    inside = body(client.get("/search/?q=库存&within=有序用电&ended=1&kind=policy"))
    assert "1 件" in inside


def test_pages_of_one_kind_turn(cast):
    for number in range(30):
        paste(cast, PLAN.replace("〔2022〕7号", f"〔2022〕{number + 100}号"))
    client = cast.client("command")
    first = body(client.get("/search/?q=煤炭&ended=1&kind=policy"))
    second = body(client.get("/search/?q=煤炭&ended=1&kind=policy&page=2"))
    assert (first.count("data-row"), second.count("data-row")) == (25, 5)
    assert "下一页" in first
    assert "上一页" in second
    assert body(client.get("/search/?q=煤炭&ended=1")).count("data-row") == 5


def test_the_list_narrows(cast):
    paste(cast, PLAN, level="city")
    paste(cast, OLD, level="city")
    client = cast.client("county_a")
    assert body(client.get("/library/")).count("data-row") == 2
    assert body(client.get("/library/?q=稳定煤炭")).count("data-row") == 1
    assert body(client.get("/library/?state=ended&on=2022-06-01")).count("data-row") == 1
    assert body(client.get("/library/?level=national")).count("data-row") == 0
    assert "没有符合条件的文件" in body(client.get("/library/?level=national"))


def test_force_is_noted_with_its_ground_and_taken_back(cast):
    paste(cast, PLAN, code="")
    code = Document.objects.get().code
    client = cast.client("command")
    client.post(f"/library/{code}/effect/", {"kind": "ends", "day": "2022-08-31", "said": "甲政发〔2022〕30号"})
    page = body(client.get(f"/library/{code}/?on=2022-09-01"))
    assert "○ 失效" in page
    assert "甲政发〔2022〕30号" in page
    client.post(f"/library/effects/{EffectNote.objects.get().pk}/take-back/")
    assert "● 现行有效" in body(client.get(f"/library/{code}/?on=2022-09-01"))
    client.post(f"/library/{code}/effect/", {"kind": "ends", "day": "", "said": ""})
    assert EffectNote.objects.count() == 1


def test_what_the_importer_doubts_is_asked_corrected_and_confirmed(cast):
    answer = paste(cast, UNSURE)
    code = Document.objects.get().code
    plan = library.read(connection, code).plan
    at, index = next((i, j) for i, one in enumerate(plan["measures"]) for j, part in enumerate(one["quantities"]) if part["reason"])
    assert unquote(answer["Location"]) == f"/library/{code}/check/"
    client = cast.client("command")
    assert f'name="{at}.quantities.{index}.comparator"' in body(client.get(answer["Location"]))
    client.post(answer["Location"], {f"{at}.quantities.{index}.comparator": "<=", f"{at}.quantities.{index}.value": "12"})
    kept = library.read(connection, code)
    part = kept.plan["measures"][at]["quantities"][index]
    assert (kept.confirmed, part["comparator"], part["value"], part["rule"], part["reason"]) == (True, "<=", 12, "person", "")
    assert "没有需要您判断的地方" in body(client.get(answer["Location"]))


def test_an_element_that_is_none_is_dropped_and_a_wrong_word_is_refused(cast):
    paste(cast, UNSURE)
    document = library.read(connection, Document.objects.get().code)
    at, index = next(
        (i, j) for i, one in enumerate(document.plan["measures"]) for j, part in enumerate(one["quantities"]) if part["reason"]
    )
    before = len(document.plan["measures"][at]["quantities"])
    dropped = services.corrected(document.plan, {f"{at}.quantities.{index}.drop": "1"})
    assert len(dropped["measures"][at]["quantities"]) == before - 1
    with pytest.raises(BadInput, match="expected one of ="):
        services.corrected(document.plan, {f"{at}.quantities.{index}.comparator": "boss"})
    answer = cast.client("command").post(f"/library/{document.code}/check/", {f"{at}.quantities.{index}.comparator": "boss"})
    assert answer.status_code == 400
    assert library.read(connection, document.code).confirmed is False


@pytest.mark.parametrize(("typed", "value"), [("7", 7), ("7.5", 7.5), ("3-5", "3-5"), ("-2", -2)])
def test_a_number_is_read_as_typed(typed, value):
    assert services._value("x", typed) == value


@pytest.mark.parametrize("typed", ["七", "", "3-", "a-b"])
def test_what_is_no_number_is_named(typed):
    with pytest.raises(BadInput, match="expected a number"):
        services._value("0.quantities.1", typed)


def test_two_documents_are_compared(cast):
    paste(cast, OLD)
    paste(cast, PLAN)
    one, other = Document.objects.order_by("day").values_list("code", flat=True)
    page = body(cast.client("enterprise").get("/library/compare/", {"a": one, "b": other}))
    assert "新增" in page
    assert "取消" in page or "有变化" in page


def test_a_pack_begins_from_a_document(cast):
    paste(cast, PLAN)
    code = Document.objects.get().code
    answer = cast.client("command").get(f"/library/{code}/pack.zip")
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert {name.rpartition("/")[2] for name in names} >= {"pack.toml", "measures.toml", "commitments.toml", "questions.toml"}
    assert JournalEntry.objects.filter(act="export", object_kind="document").exists()
