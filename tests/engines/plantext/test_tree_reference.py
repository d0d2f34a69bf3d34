"""The choice of numbering against the slow obvious way: try every subset of the candidates, keep the best score."""

from hypothesis import given, settings
from hypothesis import strategies as st

from yunxing.engines.plantext.marks import Mark
from yunxing.engines.plantext.tree import _SKIP, _grow, _State, choose

STYLES = ("han", "han_in", "digit")


def best_by_trying_all(marks: list[Mark]) -> float:
    """The best score over all ways to take or leave each mark, one after the other."""

    def walk(at: int, state: _State) -> float:
        if at == len(marks):
            return state.score
        mark = marks[at]
        best = walk(at + 1, _State(state.chain, state.last, state.score + _SKIP[mark.firm], None))
        for score, chain, fresh, _ in _grow(state, mark):
            last = () if fresh else tuple((s, n) for s, n in state.last if s != mark.style)
            best = max(best, walk(at + 1, _State(chain, (*last, (mark.style, mark.number)), state.score + score, None)))
        return best

    return walk(0, _State((), (), 0.0, None))


def score_of(marks: list[Mark], chosen: list) -> float:
    """The score of what was chosen, counted anew from the choice alone."""
    taken = {mark.start: (depth, fresh) for mark, depth, fresh, _ in chosen}
    state = _State((), (), 0.0, None)
    for mark in marks:
        if mark.start not in taken:
            state = _State(state.chain, state.last, state.score + _SKIP[mark.firm], None)
            continue
        depth, fresh = taken[mark.start]
        score, chain = next((s, c) for s, c, f, _ in _grow(state, mark) if len(c) - 1 == depth and f == fresh)
        last = () if fresh else tuple((s, n) for s, n in state.last if s != mark.style)
        state = _State(chain, (*last, (mark.style, mark.number)), state.score + score, None)
    return state.score


MARKS = st.lists(st.tuples(st.sampled_from(STYLES), st.integers(1, 4), st.integers(0, 3)), max_size=9).map(
    lambda rows: [Mark(style, number, str(number), at * 10, at * 10 + 2, firm) for at, (style, number, firm) in enumerate(rows)]
)


@settings(max_examples=150, deadline=None)
@given(MARKS)
def test_the_chosen_numbering_is_the_best_of_all(marks):
    assert abs(score_of(marks, choose(marks)) - best_by_trying_all(marks)) < 1e-9


@given(MARKS)
def test_what_is_chosen_stands_in_order_and_at_a_depth_that_exists(marks):
    chosen = choose(marks)

    assert [m.start for m, *_ in chosen] == sorted(m.start for m, *_ in chosen)
    deepest = -1
    for _, depth, _, _ in chosen:
        assert depth <= deepest + 1
        deepest = depth


def test_a_long_text_is_read_greedily_and_still_whole():
    marks = [Mark("digit", n, str(n), n * 10, n * 10 + 2, 3) for n in range(1, 5001)]

    assert len(choose(marks)) == 5000


def test_nothing_to_choose_from_gives_nothing():
    assert choose([]) == []
