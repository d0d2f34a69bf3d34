"""Duplicates at the desk: proposed with a reason, looked at, merged on a ground, taken back; each role within what it keeps."""

from __future__ import annotations

import re
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from desk.cast import Cast
from yunxing.desk.people.models import JournalEntry
from yunxing.desk.reporting import duplicate_services, registers
from yunxing.desk.reporting.models import Party
from yunxing.desk.scoping import acting_as_system, acting_in
from yunxing.engines.registry.parties import Membership
from yunxing.engines.registry.parties import Party as Registered
from yunxing.io.store.registry_history import Act, record
from yunxing.values.errors import BadInput, ScopeError
from yunxing.values.scope import ALL, Scope

A, OLD, B = "91990000MA00000A0X", "371600000000001", "91990000MA00000B0X"
SINCE = date(2022, 1, 1)
NOBODY: frozenset[str] = frozenset()
OFFICE = Scope(NOBODY, frozenset({"DRC"}), NOBODY, 2, "drc")
COUNTY = Scope(frozenset({"A01"}), NOBODY, ALL, 3, "county")


def firm(id_: str, name: str, unit: str = "A01", **attributes: Any) -> Registered:
    return Registered(id_, "enterprise", name, "", unit, "", "32", "", "", SINCE, None, {"synthetic": True, **attributes})


def project(id_: str, name: str, unit: str = "A01") -> Registered:
    return Registered(id_, "project", name, "", unit, "", "32", "", "", SINCE, None, {"synthetic": True})


@pytest.fixture
def twice(db: Any, settings: Any, tmp_path: Any) -> SimpleNamespace:
    """A firm with its old number, a project registered twice on one list, one of them of another list too. 合成数据."""
    settings.HOME = tmp_path
    parties = [firm(A, "合成铝业公司", old_registration=OLD), firm(OLD, "合成旧铝厂"), firm(B, "合成纺织公司", "B01"), project("P-1", "合成项目"),
               project("P-2", "合成 项目"), project("P-3", "合成另一项目"), project("P-4", "合成另一项目")]  # fmt: skip
    members = [Membership("key_projects", "P-1", SINCE), Membership("key_projects", "P-2", date(2021, 1, 1), date(2021, 12, 31)),
               Membership("above_scale", OLD, date(2020, 1, 1)), Membership("key_projects", "P-3", SINCE), Membership("chains", "P-4", SINCE)]  # fmt: skip
    done = record(connection, Act(None, "王某", source="首批"), [(one, None) for one in parties], members)
    return SimpleNamespace(change=done.change)


def body(response: Any) -> str:
    content: str = response.content.decode()
    return content


def test_the_page_names_both_the_reason_and_what_they_have_in_common(cast: Cast, twice: Any) -> None:
    page = body(cast.client("command").get("/registers/duplicates/"))

    assert "共 3 对，显示 3" in page
    assert all(word in page for word in ("合成铝业公司", "合成旧铝厂", "旧注册号相同", OLD, "名称相同", "P-2"))
    assert "合成纺织公司" not in page
    assert page.index("旧注册号相同") < page.index("名称相同")
    assert "/registers/duplicates/" in body(cast.client("command").get("/registers/"))


def test_one_kind_alone_is_asked_for_and_an_unknown_one_shows_all(cast: Cast, twice: Any) -> None:
    client = cast.client("command")

    assert "共 1 对" in body(client.get("/registers/duplicates/?kind=enterprise"))
    assert "共 2 对" in body(client.get("/registers/duplicates/?kind=project"))
    assert "没有疑似重复的主体" in body(client.get("/registers/duplicates/?kind=bank"))
    assert "共 3 对" in body(client.get("/registers/duplicates/?kind=nothing"))


@pytest.mark.parametrize("member", ["county_a", "analyst", "enterprise", "sysadmin"])
def test_who_keeps_no_list_is_refused_at_every_address(cast: Cast, twice: Any, member: str) -> None:
    client = cast.client(member)

    assert client.get("/registers/duplicates/").status_code == 403
    assert client.get(f"/registers/duplicates/look/?keep={A}&drop={OLD}").status_code == 403
    assert client.post("/registers/duplicates/merge/", {"keep": A, "drop": OLD, "source": "x"}).status_code == 403
    assert client.post("/registers/duplicates/undo/", {"change": twice.change}).status_code == 403
    with acting_as_system("test"):
        assert Party.objects.filter(pk=OLD).exists()


def test_a_merge_is_looked_at_before_anything_is_written(cast: Cast, twice: Any) -> None:
    page = body(cast.client("command").get(f"/registers/duplicates/look/?keep={A}&drop={OLD}"))

    assert "合成旧铝厂 → 合成铝业公司" in page
    assert "合成旧铝厂" in page
    assert "规模以上工业企业" in page  # the term that moves
    assert "2020-01-01" in page
    assert f'name="keep" value="{A}"' in page
    with acting_as_system("test"):
        assert Party.objects.filter(pk=OLD).exists()


def test_a_merge_needs_a_ground_and_keeps_what_was_typed(cast: Cast, twice: Any) -> None:
    response = cast.client("command").post("/registers/duplicates/merge/", {"keep": A, "drop": OLD, "source": "  "})

    assert response.status_code == 400
    assert "请写明合并依据" in body(response)
    assert f'name="drop" value="{OLD}"' in body(response)
    with acting_as_system("test"):
        assert Party.objects.filter(pk=OLD).exists()


def test_a_merge_leads_the_old_id_to_the_firm_and_is_taken_back_from_the_page(cast: Cast, twice: Any) -> None:
    client = cast.client("command")
    page = body(client.post("/registers/duplicates/merge/", {"keep": A, "drop": OLD, "source": "工商变更通知"}, follow=True))

    assert "已合并" in page
    assert "工商变更通知" in page
    assert "旧注册号相同" not in page
    assert client.get(f"/enterprises/{OLD}/")["Location"] == f"/enterprises/{A}/"
    with acting_as_system("test"):
        assert [one.roster for one in registers.rosters_of(A)] == ["above_scale"]

    found = re.search(r'name="change" value="(R-[0-9a-f]+)"', page)
    assert found is not None
    undone = body(client.post("/registers/duplicates/undo/", {"change": found[1]}, follow=True))
    assert "已撤销这次合并" in undone
    assert "旧注册号相同" in undone
    with acting_as_system("test"):
        assert [one.party for one in registers.rosters_of(OLD)] == [OLD]
        assert registers.rosters_of(A) == []
    assert "没有可以撤销的合并" in body(client.post("/registers/duplicates/undo/", {"change": found[1]}, follow=True))
    assert {("merge", "party"), ("undo", "party"), ("view", "duplicates")} <= set(JournalEntry.objects.values_list("act", "object_kind"))


@pytest.mark.parametrize(("keep", "drop"), [("nobody", "P-1"), ("P-1", "nobody"), ("", ""), ("P-1", "P-1"), (A, "P-1")])
def test_what_cannot_be_one_is_refused_with_words(cast: Cast, twice: Any, keep: str, drop: str) -> None:
    client = cast.client("command")
    seen = client.get("/registers/duplicates/look/", {"keep": keep, "drop": drop})
    done = client.post("/registers/duplicates/merge/", {"keep": keep, "drop": drop, "source": "x"})

    assert (seen.status_code, done.status_code) == (400, 400)
    assert 'class="errorlist"' in body(seen)
    with acting_as_system("test"):
        assert Party.objects.count() == 7


def test_an_import_is_not_taken_back_as_a_merge(cast: Cast, twice: Any) -> None:
    assert "没有可以撤销的合并" in body(cast.client("command").post("/registers/duplicates/undo/", {"change": twice.change}, follow=True))
    with acting_as_system("test"):
        assert Party.objects.count() == 7


def test_an_office_merges_what_stands_on_its_own_lists_alone(twice: Any) -> None:
    """The commission keeps the key projects; the chains are kept by another office, so P-4 is not its to merge."""
    with acting_in(OFFICE):
        pairs, total = duplicate_services.proposals("project")
        told = {one.proposal.key: one.may_merge for one in pairs}
        assert told[("P-1", "P-2")]
        assert not told.get(("P-3", "P-4"), False)
        assert total == len(pairs)
        assert duplicate_services.look("P-1", "P-2").members
        with pytest.raises((ScopeError, BadInput)):
            duplicate_services.look("P-3", "P-4")
        with pytest.raises(BadInput, match="没有登记"):
            duplicate_services.look(A, OLD)  # firms it does not see
        change = duplicate_services.merge("P-1", "P-2", person="drc", source="同一项目两次入库")
        assert [one["drop"] for one in duplicate_services.merges()] == ["P-2"]
        duplicate_services.undo(change, person="drc")
        assert duplicate_services.merges() == []


def test_an_office_does_not_take_back_the_merge_of_another(twice: Any) -> None:
    with acting_as_system("test"):
        change = duplicate_services.merge("P-3", "P-4", person="command", source="核实")
    with acting_in(OFFICE):
        assert [one["may_undo"] for one in duplicate_services.merges()] == [False]
        with pytest.raises(ScopeError):
            duplicate_services.undo(change, person="drc")


def test_a_county_may_not_merge_even_by_the_service(twice: Any) -> None:
    with acting_in(COUNTY):
        assert [one.may_merge for one in duplicate_services.proposals()[0]] == [False, False, False]
        with pytest.raises(ScopeError):
            duplicate_services.merge("P-1", "P-2", person="county", source="x")


def test_proposals_are_of_the_parties_that_the_scope_sees(twice: Any) -> None:
    record(connection, Act(), [(firm("X-1", "合成纺织公司", "B01"), None)])
    with acting_in(COUNTY):
        assert all(B not in one.proposal.key for one in duplicate_services.proposals()[0])
    with acting_as_system("test"):
        assert (B, "X-1") in {(one.proposal.keep, one.proposal.drop) for one in duplicate_services.proposals()[0]}


def test_a_page_shows_the_first_hundred_and_tells_how_many_there_are(twice: Any) -> None:
    record(connection, Act(), [(project(f"Q-{at:03d}", f"合成同名{at // 2}"), None) for at in range(240)])
    with acting_as_system("test"):
        pairs, total = duplicate_services.proposals()
    assert (len(pairs), total) == (duplicate_services.SHOWN, 123)


def test_the_pages_speak_english(cast: Cast, twice: Any) -> None:
    client = cast.client("command")
    client.post("/i18n/setlang/", {"language": "en", "next": "/"})

    assert "Possible duplicates" in body(client.get("/registers/duplicates/"))
    assert "Keep the other one instead" in body(client.get(f"/registers/duplicates/look/?keep={A}&drop={OLD}"))
