"""Cases follow a merge of parties: the survivor's enterprise may act on them, replay holds, and taking the merge back takes exactly those back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cases_cast import COMMAND, DRC, FIRM, at, facts_for, tables
from flows.conftest import connection, home, migrated  # noqa: F401  # a home with the desk's tables
from yunxing.engines.cases.case import Actor, plain, roles_of
from yunxing.engines.cases.step import Refused, act, replayed
from yunxing.engines.registry.parties import Party
from yunxing.flows import registry_books as books
from yunxing.flows import walk_case
from yunxing.flows.follow_merge import follow_merge, take_back
from yunxing.io.store import case_check, case_log, registry
from yunxing.io.store.registry_history import Act

START = at("2022-09-26 09:00")
KEEP, DROP = "91KEEP", "91DROP"


@pytest.fixture(autouse=True)
def published(connection):  # noqa: F811
    case_log.publish(connection, tables().values(), START)
    parties = [Party(one, "enterprise", f"企业{one}", "", "U1", "", "32", "", "", date(2020, 1, 1)) for one in (KEEP, DROP)]
    registry.write_parties(connection, parties, Act(START))


def raised(connection, key, party, *, until=""):  # noqa: F811
    name = walk_case.new_case(
        connection, "whistle", Actor("who", party, FIRM.posts), START, key=key, title=f"诉求{key}", party=party, unit="U1"
    ).case
    for minute, (edge, actor) in enumerate((("accept", COMMAND), ("assign", COMMAND), ("sign", DRC), ("contact", DRC), ("answer", DRC)), 1):
        if not until:
            break
        done = walk_case.move(connection, name, edge, actor, START + timedelta(minutes=minute), facts_for(edge) | {"joint": []})
        assert not isinstance(done, Refused), done
        if edge == until:
            break
    return name


def party_of(connection, case):  # noqa: F811
    return case_log.read_case(connection, case).party


def test_a_merge_moves_open_and_answered_cases_with_an_event_and_the_survivor_may_confirm(connection):  # noqa: F811
    answered, fresh, own = (raised(connection, "1", DROP, until="answer"), raised(connection, "2", DROP), raised(connection, "3", KEEP))
    books.merge_parties(connection, KEEP, DROP, act=Act(at("2022-09-27 10:00"), "王某", "merge", "工商变更"))

    assert {party_of(connection, one) for one in (answered, fresh, own)} == {KEEP}
    case = case_log.read_case(connection, answered)
    assert case.owner == KEEP, "the answer waits for the enterprise that stays"
    assert "origin" in roles_of(case, Actor("somebody", KEEP, frozenset({"enterprise"})))
    for one in (answered, fresh, own):
        assert plain(replayed(case_log.events_of(connection, one))) == plain(case_log.read_case(connection, one))
    last = case_log.events_of(connection, answered)[-1]
    assert (last.edge, dict(last.given), last.internal) == ("party", {"from": DROP, "to": KEEP}, True)
    assert case_check.verify(connection) == []


def test_a_second_time_nothing_moves_and_the_survivors_own_cases_get_no_event(connection):  # noqa: F811
    raised(connection, "1", DROP)
    own = raised(connection, "2", KEEP)
    now = at("2022-09-27 10:00")

    assert follow_merge(connection, KEEP, DROP, now) == 1
    assert follow_merge(connection, KEEP, DROP, now) == 0
    assert all(one.edge != "party" for one in case_log.events_of(connection, own))


def test_taking_the_merge_back_takes_exactly_those_cases_back(connection):  # noqa: F811
    moved, own = raised(connection, "1", DROP), raised(connection, "2", KEEP)
    _merge, change = books.merge_parties(connection, KEEP, DROP, act=Act(at("2022-09-27 10:00"), "王某", "merge", "工商变更"))
    later = raised(connection, "3", KEEP)
    books.undo_change(connection, change, at=at("2022-09-28 10:00"), person="王某")

    assert party_of(connection, moved) == DROP
    assert {party_of(connection, one) for one in (own, later)} == {KEEP}
    assert take_back(connection, KEEP, DROP, at("2022-09-29 10:00")) == 0
    assert case_check.verify(connection) == []


def test_a_merge_that_is_refused_moves_no_case(connection):  # noqa: F811
    from yunxing.values.errors import BadInput

    case = raised(connection, "1", DROP)
    with pytest.raises(BadInput):
        books.merge_parties(connection, "91NOBODY", DROP, act=Act(at("2022-09-27 10:00"), "王某", "merge", "x"))
    assert party_of(connection, case) == DROP


def test_only_the_platform_moves_a_case_to_another_party(connection):  # noqa: F811
    name = raised(connection, "1", DROP)
    case = case_log.read_case(connection, name)
    table = case_log.definition_of(connection, case.definition, case.version)
    refused = act(table, case, "party", COMMAND, at("2022-09-27 10:00"), given={"from": DROP, "to": KEEP})

    assert isinstance(refused, Refused)
    assert refused.code == "not_allowed"
