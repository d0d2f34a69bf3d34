"""The states of a report and who may move it: drafted → submitted → county reviewed → department reviewed → confirmed, or returned with a reason.

Reviewers accept or return; they never edit. What was sent is changed by its reporter alone, as a correction with a written reason, and then is
reviewed again from the county on. A confirmed report has become facts; its correction becomes a new version of them.
"""

from __future__ import annotations

from typing import Literal, get_args

from yunxing.values.errors import Refusal

State = Literal["due", "drafted", "submitted", "county", "department", "confirmed", "returned"]
Act = Literal["save", "submit", "accept", "return", "correct", "ask_return"]
Actor = Literal["reporter", "county", "department", "command"]
STATES: tuple[State, ...] = get_args(State)
ACTS: tuple[Act, ...] = get_args(Act)
ACTORS: tuple[Actor, ...] = get_args(Actor)

EDITABLE: frozenset[State] = frozenset({"due", "drafted", "returned"})
SENT: frozenset[State] = frozenset({"submitted", "county", "department", "confirmed"})
AWAITS: dict[State, Actor] = {"submitted": "county", "county": "department", "department": "command"}  # whose turn it is
NEXT: dict[State, State] = {"submitted": "county", "county": "department", "department": "confirmed"}


def after(state: State, act: Act, actor: Actor) -> State:
    """The state after an act; `Refusal` when this actor may not do it in this state."""
    found: State | None = None
    if actor == "reporter":
        if act == "save" and state in EDITABLE:
            found = "drafted" if state == "due" else state
        elif (act == "submit" and state in {"drafted", "returned"}) or (act == "correct" and state in SENT):
            found = "submitted"
        elif act == "ask_return" and state in SENT - {"confirmed"}:
            found = state
    elif AWAITS.get(state) == actor:
        if act == "accept":
            found = NEXT[state]
        elif act == "return":
            found = "returned"
    if found is None:
        raise Refusal(f"a report that is {state} takes no {act} by the {actor}")
    return found


def may(state: State, act: Act, actor: Actor) -> bool:
    """Whether `after` would not refuse."""
    try:
        after(state, act, actor)
    except Refusal:
        return False
    return True
