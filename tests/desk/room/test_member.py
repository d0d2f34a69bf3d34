"""One member of a list edited on a page: looked at first, written by the list's own confirmation, told when somebody else changed it, taken back."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection

from desk.room.test_registers import body, stocked  # noqa: F401  # the same small registry
from yunxing.desk.people.models import JournalEntry
from yunxing.desk.reporting.models import Membership
from yunxing.desk.scoping import acting_as_system
from yunxing.engines.registry.parties import Membership as Term
from yunxing.io.store import registry
from yunxing.io.store.registry_history import Act, record

ADDRESS = "/registers/key_projects/members/P-1/?day=2022-09-30"


def form_of(page):
    """Every input of the form with what stands in it."""
    inside = page[page.index('name="known"') - 200 :]
    found = dict(re.findall(r'name="([a-z_]+)"[^>]*? value="([^"]*)"', inside))
    found |= {
        name: (chosen[0] if (chosen := re.findall(r'<option value="([^"]*)" selected', options)) else "")
        for name, options in re.findall(r'<select id="f-[a-z_]+" name="([a-z_]+)">(.*?)</select>', inside)
    }
    return found


def look(client, **changes):
    given = form_of(body(client.get(ADDRESS))) | {"source": "滨工字〔2022〕1号"} | changes
    return client.post(ADDRESS, given)


def confirmed(client, page):
    hidden = dict(re.findall(r'type="hidden" name="([a-z]+)" value="([^"]*)"', page[page.index("registers/key_projects/confirm/") :]))
    return client.post("/registers/key_projects/confirm/", hidden)


def answerable():
    return registry.read_memberships(connection, roster="key_projects", party="P-1")[0].attributes["answerable"]


def test_the_form_holds_what_is_registered_and_the_list_leads_to_it(cast, stocked):  # noqa: F811
    client = cast.client("command")
    assert 'href="/registers/key_projects/members/P-1/' in body(client.get("/registers/key_projects/?day=2022-09-30"))
    fields = form_of(body(client.get(ADDRESS)))

    assert fields["answerable"] == "合成张某"
    assert fields["total_investment_fen"] == "100000"
    assert fields["id"] == "P-1"


def test_nothing_is_written_before_the_confirmation_and_the_change_is_told_old_to_new(cast, stocked):  # noqa: F811
    client = cast.client("command")
    page = body(look(client, answerable="合成赵某"))

    assert "合成张某 → 合成赵某" in page
    assert answerable() == "合成张某"
    assert confirmed(client, page).status_code == 302
    assert answerable() == "合成赵某"
    assert JournalEntry.objects.filter(act="change", object_kind="roster", object_id="key_projects").count() == 1


def test_only_the_changed_cell_moves_and_it_can_be_taken_back(cast, stocked):  # noqa: F811
    client = cast.client("command")
    before = registry.read_parties(connection)["P-1"]
    confirmed(client, body(look(client, answerable="合成赵某")))
    assert registry.read_parties(connection)["P-1"] == before

    change = re.search(r'name="change" value="([^"]+)"', body(client.get("/registers/key_projects/"))).group(1)
    client.post("/registers/key_projects/undo/", {"change": change})
    assert answerable() == "合成张某"


def test_who_changed_the_same_cell_meanwhile_is_told(cast, stocked):  # noqa: F811
    """The form was opened before the other's change: his value is not silently overwritten."""
    client = cast.client("command")
    fields = form_of(body(client.get(ADDRESS)))
    term = registry.read_memberships(connection, roster="key_projects", party="P-1")[0]
    record(
        connection,
        Act(None, "李某", "edit", "电话核实"),
        [],
        [Term(term.roster, term.party, term.valid_from, None, "", {**term.attributes, "answerable": "合成钱某"})],
    )
    page = body(client.post(ADDRESS, fields | {"answerable": "合成赵某", "source": "x"}))

    assert "合成钱某" in page
    assert "确认更新名录" not in page
    assert answerable() == "合成钱某"


def test_a_bad_value_and_a_missing_ground_keep_what_was_typed(cast, stocked):  # noqa: F811
    client = cast.client("command")
    bad = look(client, total_investment_fen="很多", answerable="合成赵某")
    assert "数字（万元）" in body(bad)
    bare = look(client, answerable="合成赵某", source=" ")
    assert bare.status_code == 400
    assert "请写明依据" in body(bare)
    assert 'value="合成赵某"' in body(bare)
    same = look(client)
    assert same.status_code == 400
    assert "没有改动" in body(same)


@pytest.mark.parametrize("member", ["analyst", "county_a", "enterprise"])
def test_who_does_not_keep_the_list_finds_no_form(cast, stocked, member):  # noqa: F811
    answer = cast.client(member).get(ADDRESS)
    assert answer.status_code in (403, 404)


def test_who_is_not_on_the_list_that_day_has_no_row(cast, stocked):  # noqa: F811
    client = cast.client("command")
    assert client.get("/registers/key_projects/members/P-2/?day=2022-09-30").status_code == 404
    assert client.get("/registers/key_projects/members/NOBODY/").status_code == 404
    assert client.get("/registers/no_such_list/members/P-1/").status_code == 404
    with acting_as_system("test"):
        assert Membership.objects.filter(roster="key_projects", party="P-1", valid_from=date(2021, 1, 1)).count() == 1
