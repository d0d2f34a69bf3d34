"""The chains on the desk: the map and its lists are generated, everyone sees his own firms by name and the others counted, cases are opened once."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation

from desk.chain.conftest import ALUMINA, NAMES, PARTS, ROLLER, SMELTER, UNITS, enterprise, supply, write
from yunxing.desk.casework.models import Case
from yunxing.desk.chain import demonstration, selectors
from yunxing.desk.people.models import JournalEntry
from yunxing.desk.room import chain_net
from yunxing.desk.room.executors import executor_name
from yunxing.desk.room.shell import pack_in_force
from yunxing.desk.scoping import acting_as_system, acting_in
from yunxing.engines.registry.parties import Membership
from yunxing.values.scope import ALL, Scope

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("aluminium")]
COUNTY_A = Scope(frozenset({"A01"}), frozenset(), ALL, 3, "county")
OWN = [name for id_, name in NAMES.items() if UNITS[id_] == "A01"]
OTHERS = [name for id_, name in NAMES.items() if UNITS[id_] == "B01"]


def text(response):
    return response.content.decode()


def main_of(response):
    return text(response).partition("<main")[2].partition("</main>")[0]


def test_every_chain_of_the_pack_stands_in_one_line_with_its_leader_and_verdicts(people):
    page = main_of(people["command"].get("/chain/"))

    assert page.count("data-row") == 10
    row = page.partition("高端铝产业链")[2].partition("</tr>")[0]
    for words in ("合成王某", "甲县合成电解铝厂", "断点 1", "市工业和信息化局"):
        assert words in row, words
    assert "84.0%" in row  # 420 of 500 bought in the city


def test_the_map_is_drawn_with_a_shape_and_a_word_for_everything_and_no_style_in_line(people):
    page = text(people["command"].get("/chain/aluminium/"))
    drawn = page.partition("<svg")[2].partition("</svg>")[0]

    for words in (*NAMES.values(), "▼ 断点", "★", "铝土矿供应", "上游", "堵点"):
        assert words in drawn, words
    assert "dashed" in drawn
    assert drawn.count('<a href="/chain/aluminium/stop/') == 5
    assert not re.search(r"\sstyle=|<style|<script(?![^>]*src)|onclick", page)
    assert re.search(r'viewBox="0 0 \d+ \d+"', drawn), "whole numbers without a mark between thousands"


def test_all_thirteen_lists_are_there_and_hold_what_they_say(people):
    page = main_of(people["command"].get("/chain/aluminium/"))

    def part(name):
        return page.partition(f'id="list-{name}"')[2].partition("</section>")[0]

    assert page.count('id="list-') == 13
    holds = {
        "leaders": "链主带动度", "firms": "乙县合成铝板带厂", "broken": "铝土矿供应", "bottlenecks": "甲县合成电解铝厂", "single": "一家供应 100.0%", "stocks": "库存 4 天",
        "projects": "甲县合成铝项目", "bodies": "合成铝业协会", "invest": "年外购 60.00 亿元", "technologies": "待攻关", "gaps": "企业数低于界限",
    }  # fmt: skip
    for name, words in holds.items():
        assert words in part(name), name
    assert "没有。" in part("parks")


def test_a_county_sees_its_own_firms_by_name_and_the_others_counted(people):
    page = main_of(people["county_a"].get("/chain/aluminium/"))

    assert all(name in page for name in OWN)
    assert not any(name in page for name in OTHERS)
    assert "其他县（市、区）1 家" in page
    assert "2 项在本单位范围之外" in page.partition('id="list-firms"')[2] or "3 项在本单位范围之外" in page.partition('id="list-firms"')[2]
    assert "其他县（市、区）企业" in page.partition('id="list-single"')[2], "a supplier of another county has no name"
    assert "保密" in page, "purchases of fewer than three firms"
    assert "保密" not in main_of(people["command"].get("/chain/aluminium/"))


@pytest.mark.parametrize("address", ["/chain/", "/chain/aluminium/", f"/chain/aluminium/stop/{SMELTER}/", "/chain/aluminium/paper.docx"])
def test_an_enterprise_has_no_page_of_the_chains(people, address):
    assert people["enterprise"].get(address).status_code == 403


def test_the_workbook_has_a_sheet_for_each_list_within_the_same_scope(people):
    whole = people["command"].get("/chain/aluminium/?as=xlsx")
    with zipfile.ZipFile(io.BytesIO(whole.content)) as packed:
        names = re.findall(r'<sheet name="([^"]+)"', packed.read("xl/workbook.xml").decode())
        words = packed.read("xl/sharedStrings.xml").decode()
    assert len(names) == 15, "a cover, a table of contents, thirteen lists"
    assert {"断点清单", "堵点企业清单", "龙头骨干企业清单", "招商目标清单"} <= set(names)
    assert all(name in words for name in NAMES.values())

    with zipfile.ZipFile(io.BytesIO(people["county_a"].get("/chain/aluminium/?as=xlsx").content)) as packed:
        words = packed.read("xl/sharedStrings.xml").decode()
    assert all(name in words for name in OWN)
    assert not any(name in words for name in OTHERS)
    with acting_as_system("test"):
        assert JournalEntry.objects.filter(act="export", object_kind="chain_aluminium").count() == 2


def test_the_same_lists_leave_as_words_and_as_a_document(people):
    said = text(people["command"].get("/chain/aluminium/?as=text"))
    assert "高端铝产业链" in said
    assert "断点 1 处" in said

    paper = people["command"].get("/chain/aluminium/paper.docx")
    with zipfile.ZipFile(io.BytesIO(paper.content)) as packed:
        words = re.sub("<[^>]+>", "", packed.read("word/document.xml").decode())
    assert "高端铝产业链一图13单" in words
    assert "断点清单" in words
    assert NAMES[SMELTER] in words
    assert people["command"].get("/chain/aluminium/paper.odt").status_code == 404
    assert people["command"].get("/chain/?as=text").status_code == 200


def test_the_map_follows_the_registry(people):
    assert "新厂" not in text(people["command"].get("/chain/aluminium/"))

    new = "91990000MA00000F0X"
    changed = replace(enterprise(SMELTER), id=new, name="甲县合成新厂")
    write([changed], [Membership("chain_firms", new, date(2022, 1, 1), None, "", {"chain_segments": "aluminium.rolling，aluminium.parts"})])

    page = text(people["command"].get("/chain/aluminium/")).partition("<svg")[2].partition("</svg>")[0]
    assert page.count(">甲县合成新厂<") == 2


def test_rows_that_cannot_be_true_are_told_to_who_sees_the_city_and_drawn_nowhere(people):
    write([supply(9, SMELTER, SMELTER, "ingot", 10, 1, None)], [Membership("supply_links", "HC-SUPPLY-9", date(2022, 1, 1))])

    assert "supplies itself" in main_of(people["command"].get("/chain/"))
    assert "supplies itself" not in main_of(people["county_a"].get("/chain/"))


# ---- if this firm stops
def test_who_is_hit_on_which_day_and_who_could_step_in(people):
    page = main_of(people["command"].get(f"/chain/aluminium/stop/{SMELTER}/"))

    assert "90 天内有 2 家企业受影响，最早在第 11 天" in page  # ten days of ingots, then one day to the next firm
    rows = page.partition("谁在哪天受影响")[2].partition("谁能补上")[0]
    assert rows.index(NAMES[ROLLER]) < rows.index(NAMES[PARTS])
    assert "库存未报" in rows
    assert NAMES["91990000MA00000E0X"] in page.partition("谁能补上")[2]
    assert "本市销售的 100.0% 卖给它" in page.partition("谁少了客户")[2]
    assert "✕" in page.partition("<svg")[2]
    assert "第 11 天受影响" in page


def test_the_conditions_of_the_form_change_the_answer_and_impossible_ones_are_refused(people):
    base = f"/chain/aluminium/stop/{SMELTER}/"

    assert "最早在第 1 天" in main_of(people["command"].get(base + "?stocks=none"))
    assert "没有企业受影响" in main_of(people["command"].get(base + "?for=10"))
    assert "没有企业受影响" in main_of(people["command"].get(base + "?days=11"))
    for wrong in ("days=0", "days=x", "for=367", "days=1.5"):
        refused = people["command"].get(f"{base}?{wrong}")
        assert refused.status_code == 400
        assert "天数应为 1 至 366 的整数" in text(refused)


def test_a_county_is_told_how_many_others_are_hit_but_few_are_not_counted_out(people):
    page = main_of(people["county_a"].get(f"/chain/aluminium/stop/{SMELTER}/"))

    assert NAMES[PARTS] in page
    assert NAMES[ROLLER] not in page
    assert "不足 3 家在本单位范围之外" in page
    assert "其他县（市、区）企业" in page
    assert people["county_a"].get(f"/chain/aluminium/stop/{ALUMINA}/").status_code == 404, "a firm one may not see does not exist"
    assert people["county_b"].get(f"/chain/aluminium/stop/{ALUMINA}/").status_code == 200


def test_the_form_leads_to_the_address_of_the_answer_by_id_or_name(people):
    by_name = people["command"].get("/chain/aluminium/stop/", {"firm": NAMES[ROLLER], "days": "30", "for": ""})
    assert by_name.url == f"/chain/aluminium/stop/{ROLLER}/?days=30"
    assert people["command"].get("/chain/aluminium/stop/", {"firm": ROLLER}).url == f"/chain/aluminium/stop/{ROLLER}/"

    unknown = people["county_a"].get("/chain/aluminium/stop/", {"firm": NAMES[ROLLER]}, follow=True)
    assert "没有您能查看的企业" in text(unknown)


def test_the_hits_leave_as_a_table(people):
    said = text(people["command"].get(f"/chain/aluminium/stop/{SMELTER}/?as=text"))
    assert "停产推演" in said
    assert people["command"].get(f"/chain/aluminium/stop/{SMELTER}/?as=xlsx").status_code == 200


# ---- cases
def opened(client, sheet="broken", row="aluminium.bauxite", **more):
    return client.post("/chain/aluminium/case/", {"sheet": sheet, "row": row, **more})


def test_a_missing_link_becomes_a_case_once_and_the_list_shows_it(people):
    first, again = opened(people["command"]), opened(people["IIT"])

    with acting_as_system("test"):
        (case,) = Case.objects.filter(definition="broken_link")
        assert (case.lead, case.subject) == ("IIT", "chain:aluminium/broken")
        assert "铝土矿供应" in case.title
        assert JournalEntry.objects.filter(act="open", object_kind="broken_link").count() == 1
    assert first.url == again.url == f"/cases/{case.pk}/"
    assert "已立项" in main_of(people["command"].get("/chain/aluminium/")).partition('id="list-broken"')[2].partition("</section>")[0]


def test_a_firms_case_is_about_the_firm(people):
    opened(people["command"], "bottlenecks", SMELTER, firm=SMELTER)

    with acting_as_system("test"):
        (case,) = Case.objects.filter(definition="broken_link")
        assert (case.party, case.unit) == (SMELTER, "A01")


@pytest.mark.parametrize(("who", "status"), [("bureau", 404), ("county_a", 403), ("analyst", 403), ("enterprise", 403)])
def test_only_the_command_and_the_office_of_the_map_open_cases(people, who, status):
    assert opened(people[who]).status_code == status
    with acting_as_system("test"):
        assert not Case.objects.filter(definition="broken_link").exists()
    if who != "enterprise":
        assert "<button" not in main_of(people[who].get("/chain/aluminium/")).partition('id="list-broken"')[2].partition("</section>")[0]


@pytest.mark.parametrize(
    ("sheet", "row", "words"), [("broken", "aluminium.none", "没有这一行"), ("firms", SMELTER, "不立项"), ("", "", "不立项")]
)
def test_a_row_that_is_not_there_and_a_list_without_cases_open_none(people, sheet, row, words):
    answer = people["command"].post("/chain/aluminium/case/", {"sheet": sheet, "row": row}, follow=True)

    assert words in text(answer)
    assert opened(people["command"], sheet, row, firm=SMELTER).url.endswith(f"/stop/{SMELTER}/")


@pytest.mark.parametrize(
    "address",
    ["/chain/none/", "/chain/none/stop/", f"/chain/none/stop/{SMELTER}/", "/chain/aluminium/stop/nobody/", "/chain/none/paper.pdf"],
)
def test_what_is_not_there_is_not_found(people, address):
    assert people["command"].get(address).status_code == 404


# ---- neighbours, English
def test_neighbours_are_suppliers_and_customers_whom_the_person_may_see():
    with acting_as_system("test") as scope:
        found = chain_net.neighbours({ROLLER}, scope, [{"scope_kind": "party", "scope": PARTS, "href": "/s"}])
        assert [(one["name"], one["upstream"], one["share"]) for one in found] == [
            (NAMES[SMELTER], True, "100.0%"),
            (NAMES[PARTS], False, "100.0%"),
        ]
        assert [bool(one["signal"]) for one in found] == [False, True]
        assert chain_net.neighbours(set(), scope) == []
        assert chain_net.neighbours({"nobody"}, scope) == []
    with acting_in(COUNTY_A):
        assert [one["name"] for one in chain_net.neighbours({SMELTER}, COUNTY_A)] == []


def test_a_pack_without_chains_has_an_empty_page(people, monkeypatch):
    monkeypatch.setattr(chain_net, "_rules", lambda _folder: None)

    assert "方案包没有产业链" in text(people["command"].get("/chain/"))
    assert people["command"].get("/chain/aluminium/").status_code == 404
    with acting_as_system("test") as scope:
        assert chain_net.neighbours({SMELTER}, scope) == []


@pytest.mark.parametrize("address", ["/chain/", "/chain/aluminium/", f"/chain/aluminium/stop/{SMELTER}/"])
def test_english_leaves_no_chinese_but_names(people, address):
    people["command"].post("/i18n/setlang/", {"language": "en", "next": "/"})
    page = main_of(people["command"].get(address))
    bare = re.sub(r'<([a-z]+)[^>]*lang="zh-Hans"[^>]*>.*?</\1>', "", page, flags=re.DOTALL)
    bare = re.sub(r'<(a|button) [^>]*aria-label="[^"]*"[^>]*>|<title>[^<]*</title>|aria-label="[^"]*"', "", bare)

    assert not re.findall(r"[\u4e00-\u9fff]+", bare)


def test_words_of_every_kind_are_there_in_both_languages():
    for language in ("zh-hans", "en"):
        with translation.override(language):
            assert len({selectors.level_word(one) for one in ("up", "mid", "down", "side")}) == 4
            assert (
                len(
                    {selectors.reason_word(one) for one in ("supplies_buyer", "sells_product", "large_enough", "same_unit", "same_segment")}
                )
                == 5
            )


def test_the_demonstration_opens_the_first_missing_link_and_bottleneck_once():
    with acting_as_system("test"):
        assert demonstration.make() == demonstration.make() == {"chain_cases": 2}
        assert sorted(one.subject for one in Case.objects.filter(definition="broken_link")) == [
            "chain:aluminium/bottlenecks",
            "chain:aluminium/broken",
        ]


def test_the_demonstration_of_a_pack_without_chains_opens_nothing(monkeypatch):
    monkeypatch.setattr(chain_net, "_rules", lambda _folder: None)

    with acting_as_system("test"):
        assert demonstration.make() == {"chain_cases": 0}


def test_what_executes_the_clause_is_named_by_its_title():
    assert executor_name("chain:map_and_lists", pack_in_force()) == "产业链 · 产业链一图多单"
