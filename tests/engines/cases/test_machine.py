"""A Hypothesis state machine: random people try random steps on random days; whatever happens, the laws of cases hold.

Only table edges and the platform's acts occur; versions run without a gap; folding the events gives the row; there is exactly one owner; no clock runs in an ended case;
a due instant moves only by a pause, an extension or a notice.
"""

from __future__ import annotations

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cases_cast import COMMAND, FIRM, OPENED, PEOPLE, SYSTEM, TIME, facts_for, fresh, known, table
from yunxing.engines.cases import clocks
from yunxing.engines.cases.case import Case, owner_of, plain
from yunxing.engines.cases.definition import from_body
from yunxing.engines.cases.step import ACTS, Decision, Event, act, open_case, replayed, step
from yunxing.engines.cases.upgrade import StateMap, upgraded

EDGES = [one.name for one in table().edges]
OFFICES = ("DRC", "IIT", "FIN", "HRSS")
NEWER = from_body(
    {
        **table().body,
        "version": 2,
        "clocks": [{**one, "limit": "12 working days"} if one["name"] == "solve" else one for one in table().body["clocks"]],
    }
)
COUNTED = {"pause", "resume", "extend", "recount", "upgrade"}
waits = st.integers(1, 4 * 86_400)


class Whistle(RuleBasedStateMachine):
    """One case, everybody at it."""

    definition = table()

    def __init__(self) -> None:
        super().__init__()
        self.case: Case | None = None
        self.events: list[Event] = []
        self.now = OPENED

    @initialize(grade=st.sampled_from(["", "urgent", "complex"]))
    def begins(self, grade: str) -> None:
        self.take(open_case(self.definition, fresh(grade=grade), FIRM, self.now, TIME))

    def take(self, decided: Decision) -> None:
        before = self.case
        self.case = decided.case
        self.events.append(decided.event)
        if before is not None:
            assert decided.event.ver == before.ver + 1
            was = {one.key: one for one in before.clocks}
            for clock in decided.case.clocks:
                old = was.get(clock.key)
                if old is not None and old.state == clock.state == "running" and decided.event.edge not in COUNTED:
                    assert clock == old, "a step moved a running clock"
                if old is not None and decided.event.edge == "upgrade":
                    assert clock.due >= old.due, "an upgrade shortened a limit"

    @rule(
        edge=st.sampled_from(EDGES),
        who=st.sampled_from(PEOPLE),
        wait=waits,
        lead=st.sampled_from(OFFICES),
        joint=st.lists(st.sampled_from(OFFICES), max_size=2),
    )
    def tries(self, edge: str, who: object, wait: int, lead: str, joint: list[str]) -> None:
        assert self.case is not None
        self.now += timedelta(seconds=wait)
        facts = {**facts_for(edge, lead=lead, joint=joint), "satisfaction": "fair"}
        decided = step(self.definition, self.case, edge, who, facts, self.now, TIME)
        if isinstance(decided, Decision):
            taken = self.definition.edge(edge)
            assert self.case.state in taken.sources
            assert decided.case.state == taken.moves_to(self.case.state)
            self.take(decided)

    @precondition(
        lambda self: self.case is not None and self.case.state in ("submitted", "accepted", "assigned", "signed", "working", "paused")
    )
    @rule(wait=waits, lead=st.sampled_from(OFFICES), joint=st.lists(st.sampled_from(OFFICES), max_size=2))
    def goes_on(self, wait: int, lead: str, joint: list[str]) -> None:
        """Somebody who may does the next step, so that the machine comes far."""
        assert self.case is not None
        self.now += timedelta(seconds=wait)
        edge = self.definition.leaving(self.case.state)[0].name
        for who in (*PEOPLE, *(one for one in PEOPLE if one.unit == self.case.lead)):
            decided = step(self.definition, self.case, edge, who, facts_for(edge, lead=lead, joint=joint), self.now, TIME)
            if isinstance(decided, Decision):
                self.take(decided)
                return

    @rule(kind=st.sampled_from(ACTS), wait=waits)
    def something_beside_the_table(self, kind: str, wait: int) -> None:
        assert self.case is not None
        self.now += timedelta(seconds=wait)
        decided = act(
            self.definition,
            self.case,
            kind,
            SYSTEM if kind in ("rung", "verdict", "hear_again", "recount", "upgrade") else COMMAND,
            self.now,
            words="说明",
        )
        if isinstance(decided, Decision):
            assert decided.case.state == self.case.state
            self.take(decided)

    @rule(day=st.sampled_from(["2022-09-30", "2022-12-07", "2022-12-08", "2023-11-01"]))
    def a_calendar_comes(self, day: str) -> None:
        assert self.case is not None
        time = known(day)
        after = clocks.recount(self.case, time, self.now)
        if after is not self.case:
            decided = act(self.definition, self.case, "recount", SYSTEM, self.now, after=after, time=time)
            if isinstance(decided, Decision):
                self.take(decided)

    @precondition(lambda self: self.definition.version == 1 and self.case is not None)
    @rule()
    def a_new_version_comes(self) -> None:
        assert self.case is not None
        self.take(upgraded(self.definition, NEWER, StateMap(), self.case, self.now, TIME))
        self.definition = NEWER

    @invariant()
    def only_edges_of_the_table_and_acts_occur(self) -> None:
        known_edges = {*EDGES, *ACTS, "open"}
        assert {one.edge for one in self.events} <= known_edges
        for before, after in zip(self.events, self.events[1:], strict=False):
            assert before.to_state == after.from_state

    @invariant()
    def versions_run_without_a_gap(self) -> None:
        assert [one.ver for one in self.events] == list(range(len(self.events)))

    @invariant()
    def folding_the_events_gives_the_row(self) -> None:
        if self.case is not None:
            assert plain(replayed(self.events)) == plain(self.case)

    @invariant()
    def there_is_exactly_one_owner(self) -> None:
        if self.case is not None:
            assert self.case.owner
            assert self.case.owner == owner_of(self.definition, self.case)

    @invariant()
    def the_state_is_one_of_the_table_and_an_end_ends_all_clocks(self) -> None:
        if self.case is not None:
            assert self.case.open == (self.case.state not in self.definition.ends)
            if not self.case.open:
                assert not [one for one in self.case.clocks if one.ticking]

    @invariant()
    def at_most_one_running_of_a_clock_is_open_and_nobody_is_joint_to_himself(self) -> None:
        if self.case is not None:
            open_ = [(one.name, one.office) for one in self.case.clocks if one.ticking]
            assert len(open_) == len(set(open_))
            rounds = [(one.name, one.office, one.round) for one in self.case.clocks]
            assert len(rounds) == len(set(rounds))
            assert len({one.office for one in self.case.parts}) == len(self.case.parts)


TestWhistle = Whistle.TestCase
TestWhistle.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
