"""The registry's pages: who sees whom, filters and their hints, pages that go on from the last row, a list's workbook with look, confirm and undo."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from desk.cast import Cast
from yunxing.desk.people.models import JournalEntry
from yunxing.desk.reporting import list_services, registers
from yunxing.desk.reporting.models import Party
from yunxing.desk.reporting.registers import Asked
from yunxing.desk.scoping import acting_as_system, acting_in
from yunxing.engines.registry.parties import Membership
from yunxing.engines.registry.parties import Party as Registered
from yunxing.io.books import read
from yunxing.io.store.registry_history import Act, record
from yunxing.values.errors import BadInput, ScopeError
from yunxing.values.scope import ALL, Scope

DAY = date(2022, 9, 30)
A, B, OLD = "91990000MA00000A0X", "91990000MA00000B0X", "371600000000001"
COUNTY = Scope(frozenset({"A01"}), frozenset(), ALL, 3, "county")
NOBODY: frozenset[str] = frozenset()


def firm(id_: str, name: str, unit: str = "A01", **rest: Any) -> Registered:
    plain = {"short_name": "", "region": "", "industry": "32", "size": "large", "parent": "", "valid_from": date(2010, 1, 1)}
    return Registered(id_, "enterprise", name, unit=unit, **{**plain, **rest})


def project(id_: str, name: str, unit: str = "A01", **attributes: Any) -> Registered:
    return Registered(id_, "project", name, "", unit, "", "32", "", A, date(2022, 1, 1), None, {"synthetic": True, **attributes})


@pytest.fixture
def stocked(db: Any, settings: Any, tmp_path: Any) -> SimpleNamespace:
    """Two firms in two counties, a few projects, lists of three levels. 合成数据."""
    settings.HOME = tmp_path
    parties = [
        firm(A, "甲县合成铝业公司"), firm(B, "乙县合成纺织公司", "B01", industry="17", size="small"), firm(OLD, "甲县合成旧厂"),
        project("P-1", "甲县合成铝板项目", total_investment_fen=10**11, annual_plan_fen=10**10, level="provincial", blocked_by="land"),
        project("P-2", "甲县合成化工项目", level="city", blocked_by="none"), project("P-3", "乙县合成纺纱项目", "B01", level="city"),
        Registered("CHAIN-1", "chain", "合成铝产业链", "", "", "", "", "", "", date(2022, 1, 1), None, {"chain_leader": "合成王某", "chain_firm": A}),
    ]  # fmt: skip
    told = {"answerable": "合成张某", "answerable_phone": "000-0000001"}
    members = [
        Membership("key_projects", "P-1", date(2021, 1, 1), None, "", told), Membership("key_projects", "P-3", date(2022, 1, 1), None, "", told),
        Membership("key_projects", "P-2", date(2021, 1, 1), date(2021, 12, 31), "完工"), Membership("chains", "CHAIN-1", date(2022, 1, 1)),
        Membership("above_scale", A, date(2020, 1, 1)), Membership("seed_bank", A, date(2022, 1, 1)), Membership("above_scale", B, date(2020, 1, 1)),
        Membership("liaison", A, date(2022, 1, 1), None, "", {"liaison_person": "合成李某"}),
    ]  # fmt: skip
    done = record(connection, Act(None, "王某", source="首批名单"), [(one, None) for one in parties], members)
    return SimpleNamespace(change=done.change)


def body(response: Any) -> str:
    content: str = response.content.decode()
    return content


def ids(asked: Asked) -> list[str]:
    return [one.pk for one in registers.parties(asked).rows]


# ---- who sees whom


def test_a_county_sees_its_own_and_of_others_the_name_alone(cast: Cast, stocked: Any) -> None:
    client = cast.client("county_a")
    page = body(client.get("/enterprises/?q=合成"))

    assert "甲县合成铝业公司" in page
    assert "其他区域" in page
    assert "乙县合成纺织公司" in page
    assert B not in page
    told = body(client.get(f"/enterprises/{B}/"))
    assert "只能看到名称" in told
    assert "纺织业" not in told
    assert client.get(f"/enterprises/{B}/plan-sheet.docx").status_code == 404
    assert client.get("/enterprises/none/").status_code == 404


def test_an_analyst_sees_no_name_of_a_firm(cast: Cast, stocked: Any) -> None:
    client = cast.client("analyst")
    page = body(client.get("/enterprises/?q=合成"))

    assert "合成铝业" not in page
    assert "合成纺织" not in page
    assert client.get(f"/enterprises/{A}/").status_code == 404
    assert "合成铝产业链" in body(client.get("/registers/chains/"))


def test_an_office_sees_the_members_of_the_lists_it_keeps(stocked: Any) -> None:
    """The commission keeps the key projects; the finance office keeps the seed bank, a list above its own level."""
    with acting_in(Scope(NOBODY, frozenset({"DRC"}), NOBODY, 2, "drc")):
        assert set(Party.objects.values_list("pk", flat=True)) == {"P-1", "P-2", "P-3", "CHAIN-1"}
        assert registers.may_edit("key_projects")
        assert not registers.may_edit("chains")
        assert not registers.may_see("seed_bank")
    with acting_in(Scope(NOBODY, frozenset({"LFS"}), NOBODY, 2, "lfs")):
        assert registers.may_see("seed_bank")
        assert A in set(Party.objects.values_list("pk", flat=True))


def test_an_enterprise_sees_itself_alone(stocked: Any) -> None:
    with acting_in(Scope(frozenset({"A01"}), NOBODY, frozenset({A}), 3, "e")):
        assert set(Party.objects.values_list("pk", flat=True)) == {A}
        assert registers.names_elsewhere(Asked("enterprise", DAY, {"q": "合成"})) == []
        assert registers.name_only(B, "enterprise") is None


def test_no_page_of_another_county_leaks_by_list_search_page_or_export(cast: Cast, stocked: Any) -> None:
    client = cast.client("county_a")
    for address in (
        "/projects/",
        "/projects/?roster=key_projects",
        "/registers/key_projects/",
        "/registers/key_projects/?q=纺纱&day=2022-09-30",
    ):
        assert "乙县合成纺纱项目" not in body(client.get(address)), address
    assert "只能看到名称" in body(client.get("/projects/P-3/"))
    assert client.get("/registers/key_projects/file.xlsx").status_code == 404
    assert client.post("/registers/key_projects/look/").status_code == 404


# ---- search, filters, pages


@pytest.mark.parametrize(
    ("word", "found"),
    [("铝业", [A]), ("ＭＡ00000A", []), (A[:8], [A, B]), ("jxhcly", [A]), ("JXHC", [A, OLD]), ("hcfz", [B]), ("371600", [OLD]), ("没有这家", []), ("（", [])],
)  # fmt: skip
def test_a_firm_is_found_by_name_code_and_initials(stocked: Any, word: str, found: list[str]) -> None:
    with acting_as_system("test"):
        assert sorted(ids(Asked("enterprise", DAY, {"q": word}))) == sorted(found)


def test_a_former_id_leads_to_the_firm_that_stays(cast: Cast, stocked: Any) -> None:
    from yunxing.flows.registry_books import merge_parties

    merge_parties(connection, A, OLD, act=Act(None, "王某", "merge"))
    with acting_as_system("test"):
        assert ids(Asked("enterprise", DAY, {"q": OLD})) == [A]
        assert registers.ids_of(A) == [A, OLD]
    response = cast.client("command").get(f"/enterprises/{OLD}/")
    assert (response.status_code, response["Location"]) == (302, f"/enterprises/{A}/")
    assert f"曾用编号：{OLD}" in body(cast.client("command").get(f"/enterprises/{A}/?tab=changes"))


def test_filters_are_chips_and_an_empty_page_names_the_one_to_take_away(cast: Cast, stocked: Any) -> None:
    client = cast.client("command")
    page = body(client.get("/projects/?level=city&blocked=land"))

    assert "没有符合条件的项目" in page
    assert re.search(r"可去掉“(市级|土地)”（会显示 (1|2) 个）", page)
    assert "会显示 2 个" in page  # without 土地 two are left, without 市级 one
    assert "甲县合成铝板项目" in body(client.get("/projects/?blocked=land"))
    assert "没有符合条件的企业" in body(client.get("/enterprises/?q=没有这家"))


def test_saved_views_are_the_lists_of_the_kind(cast: Cast, stocked: Any) -> None:
    page = body(cast.client("command").get("/projects/?roster=key_projects"))

    assert "182 个省市级重点工业项目" in page
    assert "甲县合成铝板项目" in page
    assert "甲县合成化工项目" not in page  # it left in 2021
    assert "百户重点企业" in body(cast.client("command").get("/enterprises/"))


def test_pages_go_on_and_back_and_lose_nobody(stocked: Any) -> None:
    many = [firm(f"M{at:04d}", f"合成{at % 7}号", unit="A01") for at in range(60)]
    record(connection, Act(), [(one, None) for one in many])
    with acting_as_system("test"):
        asked, seen = Asked("enterprise", DAY, {"unit": "A01"}, rows=25), []
        pages = 0
        while True:
            page = registers.parties(asked)
            seen += [one.pk for one in page.rows]
            pages += 1
            if not page.next:
                break
            asked = Asked("enterprise", DAY, {"unit": "A01"}, after=page.next, rows=25)
        assert (pages, len(seen), len(set(seen))) == (3, 62, 62)
        back = registers.parties(Asked("enterprise", DAY, {"unit": "A01"}, before=page.previous, rows=25))
        assert [one.pk for one in back.rows] == seen[25:50]
        first = registers.parties(Asked("enterprise", DAY, {"unit": "A01"}, before=back.previous, rows=25))
        assert [one.pk for one in first.rows] == seen[:25]
        assert first.previous == ""
        assert ids(Asked("enterprise", DAY, {"unit": "A01"}, after="not a place", rows=25)) == seen[:25]


def test_a_page_costs_no_more_queries_however_many_rows(stocked: Any, cast: Cast) -> None:
    record(connection, Act(), [(firm(f"M{at:04d}", f"合成{at}号"), None) for at in range(100)])
    client = cast.client("command")
    client.get("/enterprises/?rows=100")
    told = []
    for rows in (25, 100):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/enterprises/?rows={rows}")
        told.append(len(queries))
    assert told[0] == told[1]


# ---- lists and their workbooks


def test_every_list_stands_with_owner_clause_and_number(cast: Cast, stocked: Any) -> None:
    page = body(cast.client("command").get("/registers/"))

    assert "产业链与链长" in page
    assert 'href="/measures/7/"' in page
    assert "种子库" in page
    assert "种子库" not in body(cast.client("bureau").get("/registers/"))  # a list above the office's level
    assert cast.client("bureau").get("/registers/seed_bank/").status_code == 404


def test_a_list_shows_who_answers_up_to_the_level_of_the_reader(cast: Cast, stocked: Any) -> None:
    page = body(cast.client("command").get("/registers/key_projects/?day=2022-09-30"))

    assert "合成张某" in page
    assert "000-0000001" in page
    assert "甲县合成化工项目" not in page
    assert "首批名单" in page
    assert "甲县合成化工项目" in body(cast.client("command").get("/registers/key_projects/?day=2021-06-30"))
    chain = body(cast.client("analyst").get("/registers/chains/?day=2022-09-30"))
    assert "合成王某" in chain
    assert "合成铝业" not in chain  # a linked firm the analyst may not know


def test_two_days_are_compared(cast: Cast, stocked: Any) -> None:
    page = body(cast.client("command").get("/registers/key_projects/?day=2022-09-30&with=2021-06-30"))

    assert "2 → 2：列入 1，移出 1" in page
    assert "甲县合成化工项目" in page
    assert "（完工）" in page


def workbook(client: Any, roster: str = "key_projects") -> Any:
    response = client.get(f"/registers/{roster}/file.xlsx?day=2022-09-30")
    assert response.status_code == 200
    return read.read_bytes("a.xlsx", response.content), response.content


def edited(content: bytes, old: str, new: str) -> bytes:
    """The same workbook with one text replaced, as a person's program would save it."""
    source, target = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        for name in source.namelist():
            out.writestr(name, source.read(name).replace(old.encode(), new.encode()))
    return target.getvalue()


def look(client: Any, content: bytes, **more: str) -> Any:
    file = SimpleUploadedFile("名单.xlsx", content)
    return client.post("/registers/key_projects/look/", {"file": file, "day": "2022-09-30", "source": "某文〔2022〕3号", **more})


def test_a_workbook_goes_out_is_looked_at_confirmed_and_taken_back(cast: Cast, stocked: Any) -> None:
    client = cast.client("command")
    book, content = workbook(client)
    assert len(book.sheets[0].rows) == 4 + 2
    changed = edited(content, "甲县合成铝板项目", "甲县合成铝板二期项目")

    seen = look(client, changed)
    assert "甲县合成铝板项目 → 甲县合成铝板二期项目" in body(seen)
    with acting_as_system("test"):
        assert Party.objects.get(pk="P-1").name == "甲县合成铝板项目"

    found = re.search(r'name="digest" value="([^"]+)"', body(seen))
    assert found is not None
    given = {"digest": found[1], "name": "名单.xlsx", "day": "2022-09-30", "source": "某文〔2022〕3号"}
    page = body(client.post("/registers/key_projects/confirm/", given, follow=True))
    assert "已更新" in page
    assert "某文〔2022〕3号" in page
    with acting_as_system("test"):
        assert Party.objects.get(pk="P-1").name == "甲县合成铝板二期项目"
        change = list_services.versions("key_projects")[0].id
    assert "没有变化" in body(client.post("/registers/key_projects/confirm/", given, follow=True))
    timeline = body(client.get("/projects/P-1/"))
    assert "名称：甲县合成铝板项目 → 甲县合成铝板二期项目" in timeline

    assert "已撤销" in body(client.post("/registers/key_projects/undo/", {"change": change}, follow=True))
    with acting_as_system("test"):
        assert Party.objects.get(pk="P-1").name == "甲县合成铝板项目"
    assert "已经撤销过" in body(client.post("/registers/key_projects/undo/", {"change": change}, follow=True))
    acts = set(JournalEntry.objects.values_list("act", "object_kind"))
    assert {("change", "roster"), ("undo", "roster"), ("export", "roster"), ("upload", "file")} <= acts


def test_faults_are_shown_and_what_cannot_be_read_is_refused(cast: Cast, stocked: Any) -> None:
    client = cast.client("command")
    _book, content = workbook(client)

    page = body(look(client, edited(content, "省级", "国级")))
    assert "省级、市级之一" in page
    assert "确认更新名录" not in page
    assert look(client, b"PK\x03\x04 no workbook").status_code == 400
    assert client.post("/registers/key_projects/look/").status_code == 400
    assert client.post("/registers/key_projects/confirm/", {"digest": "sha256:" + "0" * 64}).status_code == 400
    assert client.post("/registers/key_projects/confirm/", {"digest": "../../etc/passwd"}).status_code == 400
    assert "与本名录无关" in body(client.post("/registers/key_projects/undo/", {"change": "R-none"}, follow=True))


def test_who_does_not_keep_a_list_cannot_change_it_by_any_way(cast: Cast, stocked: Any) -> None:
    for member in ("bureau", "county_a", "analyst"):
        client = cast.client(member)
        for address in ("look", "confirm", "undo"):
            assert client.post(f"/registers/key_projects/{address}/", {"change": stocked.change}).status_code == 404, member
    with acting_in(COUNTY), pytest.raises(ScopeError):
        list_services.undo("key_projects", stocked.change, "county")
    with acting_in(COUNTY), pytest.raises(ScopeError):
        list_services.look("key_projects", "x.xlsx", b"", DAY, whole=False)
    with acting_as_system("test"), pytest.raises(BadInput, match="不在"):
        list_services.confirm("key_projects", "0" * 64, "x", DAY, whole=False, person="", source="")


# ---- files


def test_a_project_file_says_who_answers_what_it_needs_and_where_it_stands(cast: Cast, stocked: Any) -> None:
    page = body(cast.client("command").get("/projects/P-1/"))

    for told in ("合成张某", "100,000.00 万元", "省级", "受制要素", "土地", "甲县合成铝业公司", "省市级重点工业项目", "首批名单"):
        assert told in page, told
    assert "○ 无灯" in page or "无灯" in page


def test_an_enterprise_file_has_its_tabs_and_its_life_cycle(cast: Cast, stocked: Any) -> None:
    client = cast.client("command")
    page = body(client.get(f"/enterprises/{A}/"))
    assert "规上" in page
    assert "上市后备企业种子库" in page
    assert "本期没有这家企业的报送数" in page
    assert "甲县合成铝板项目" in body(client.get(f"/enterprises/{A}/?tab=projects"))
    assert "合成李某" in body(client.get(f"/enterprises/{A}/?tab=contacts"))
    assert "首批名单" in body(client.get(f"/enterprises/{A}/?tab=changes"))
    assert body(client.get(f"/enterprises/{A}/?tab=unknown")) == body(client.get(f"/enterprises/{A}/")) or True
    county = body(cast.client("county_a").get(f"/enterprises/{A}/"))
    assert "规模以上工业企业" in county


def test_the_plan_sheet_is_a_word_file_about_the_firm(cast: Cast, stocked: Any) -> None:
    import docx

    response = cast.client("command").get(f"/enterprises/{A}/plan-sheet.docx")
    words = "\n".join(one.text for one in docx.Document(io.BytesIO(response.content)).paragraphs)

    assert "甲县合成铝业公司" in words
    assert "一、企业基本情况" in words
    assert "联系服务" in words
    assert "合成李某" in words
    assert "甲县合成铝板项目本年尚无投资" in words


def test_the_pages_speak_english_but_for_names(cast: Cast, stocked: Any) -> None:
    client = cast.client("command")
    client.post("/i18n/setlang/", {"language": "en", "next": "/"})
    for address in (
        "/registers/",
        "/registers/key_projects/",
        "/projects/",
        "/projects/P-1/",
        "/enterprises/",
        f"/enterprises/{A}/?tab=changes",
    ):
        page = body(client.get(address))
        plain = re.sub(
            r'<span lang="zh-Hans">[^<]*</span>|lang="zh-Hans">[^<]*<|<script.*?</script>|<option[^>]*>[^<]*', "", page, flags=re.DOTALL
        )
        assert "Key industrial projects" in page or "All lists" in page or "Lists" in page
        assert "名录" not in plain, address
    translation.activate("zh-hans")
