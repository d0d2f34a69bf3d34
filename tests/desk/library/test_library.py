"""The library on whatever database the desk runs on: a text comes in once, holds from a day to a day, and everything written is found at the next search."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection

from yunxing.engines.search.effect import EffectFact
from yunxing.engines.search.entry import Effect
from yunxing.engines.search.query import exact, parse
from yunxing.flows import library as flow
from yunxing.flows.search import search
from yunxing.io.store import library
from yunxing.values.errors import BadInput

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 9, 30, 2, 0, tzinfo=UTC)
TODAY = date(2022, 9, 30)

PLAN = """甲市人民政府关于稳定煤炭供应的通知
甲政发〔2022〕7号
各县区人民政府：
一、保供应
1.保障煤炭库存。电厂煤炭库存天数不低于7天。（市能源局负责）
2.有序用电。执行《甲市关于有序用电的实施办法》（甲政发〔2019〕3号）。（市工业和信息化局、市能源局按职责分工负责）
本通知自2022年6月1日起施行，有效期1年。《甲市煤炭储备管理暂行规定》（甲政发〔2018〕9号）同时废止。
甲市人民政府
2022年5月20日
"""
OLD = """甲市人民政府关于印发甲市煤炭储备管理暂行规定的通知
甲政发〔2018〕9号
各县区人民政府：
一、总则
1.储备要求。煤炭库存不少于5天。（市能源局负责）
甲市人民政府
2018年3月1日
"""


def keep(text, name="a.txt", **more):
    return flow.keep_text(connection, text, name, now=NOW, **more)


def find(typed, home, **more):
    flow.catch_up(connection, home, now=NOW)
    return search(connection, parse(typed), today=TODAY, **more)


def test_a_text_is_kept_once_and_found_by_clause(tmp_path):
    added = keep(PLAN, place="990100", level="city")
    assert (added.new, added.document.code, added.document.number) == (True, "甲政发-2022-7", "甲政发〔2022〕7号")
    assert keep(PLAN).new is False

    answer = find("煤炭库存天数", tmp_path)
    (hit,) = answer.hits
    (passage,) = hit.passages
    assert (answer.total, answer.dropped, hit.key, passage.clause.label) == (1, 0, added.document.code, "1")
    assert [passage.words[a:b] for a, b in passage.marked] == ["煤炭库存天数"]
    assert passage.words == "电厂煤炭库存天数不低于7天。"


def test_what_a_later_document_repeals_holds_until_the_day_before(tmp_path):
    keep(OLD)
    assert flow.effects(connection) == {"甲政发-2018-9": Effect(since=date(2018, 3, 1))}
    keep(PLAN)
    held = flow.effects(connection)
    assert held["甲政发-2018-9"] == Effect(since=date(2018, 3, 1), until=date(2022, 5, 31))
    assert held["甲政发-2022-7"] == Effect(since=date(2022, 6, 1), until=date(2023, 5, 31))

    answer = find("煤炭库存", tmp_path)
    assert ([hit.key for hit in answer.hits], answer.total, answer.ended) == (["甲政发-2022-7"], 1, 1)
    assert {hit.key: hit.state for hit in find("煤炭库存", tmp_path, ended=True).hits} == {
        "甲政发-2022-7": "in_force",
        "甲政发-2018-9": "ended",
    }
    then = find("煤炭库存 有效于:2022-05-31", tmp_path)
    assert [(hit.key, hit.state) for hit in then.hits] == [("甲政发-2018-9", "in_force")]


def test_documents_say_of_each_other():
    keep(OLD)
    keep(PLAN)
    found = {(one.kind, one.to, one.by) for one in flow.relations(connection)}
    assert ("repeals", "甲政发-2018-9", "甲政发-2022-7") in found
    assert ("cites", "", "甲政发-2022-7") in found


def test_what_staff_note_wins_and_can_be_taken_back(tmp_path):
    keep(PLAN)
    library.note(connection, "甲政发-2022-7", EffectFact("ends", "2022-08-31", sentence="甲政发〔2022〕30号"), person="张", at=NOW)
    assert flow.effects(connection)["甲政发-2022-7"].until == date(2022, 8, 31)
    assert find("煤炭", tmp_path).total == 0
    from yunxing.desk.library.models import EffectNote

    library.take_back(connection, EffectNote.objects.get().pk)
    assert find("煤炭", tmp_path).total == 1


@pytest.mark.parametrize(
    ("fact", "says"),
    [
        (EffectFact("gone", "2022-08-31", sentence="x"), "expected one of ends"),
        (EffectFact("ends", "八月", sentence="x"), "expected a day"),
        (EffectFact("ends", "2022-08-31", sentence=" "), "expected the document or sentence"),
    ],
)
def test_a_note_needs_a_kind_a_day_and_a_ground(fact, says):
    with pytest.raises(BadInput, match=says):
        library.note(connection, "a", fact, person="张", at=NOW)


def test_another_text_under_a_code_is_refused():
    keep(PLAN, code="a")
    with pytest.raises(BadInput, match="another text under this code"):
        keep(OLD, code="a")


def test_without_hits_the_filter_in_the_way_is_named(tmp_path):
    keep(PLAN)
    answer = find("煤炭 发文:乙市", tmp_path)
    assert (answer.total, answer.helps) == (0, (("issuer", 1),))


def test_only_what_the_asker_may_see_is_counted(tmp_path):
    keep(PLAN)
    keep(OLD)
    answer = find("煤炭", tmp_path, ended=True, allowed=lambda found: [one for one in found if one.key.endswith("7")])
    assert ([hit.key for hit in answer.hits], answer.total) == (["甲政发-2022-7"], 1)


def test_a_hit_the_text_denies_is_dropped_and_counted(tmp_path):
    """An index that went wrong shows nothing false."""
    keep(PLAN)
    find("煤炭", tmp_path)
    from yunxing.desk.library.models import SearchEntry

    SearchEntry.objects.update(body="换成了别的")
    answer = search(connection, exact("煤炭"), today=TODAY)
    assert (answer.total, answer.dropped, answer.hits) == (1, 1, ())


def test_catching_up_twice_changes_nothing(tmp_path):
    keep(PLAN)
    assert flow.catch_up(connection, tmp_path, now=NOW) == 1
    assert flow.catch_up(connection, tmp_path, now=NOW) == 0
