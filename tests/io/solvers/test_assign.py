"""The optimum in a process of its own: it agrees with the augmenting paths, is proven, and a worker that dies or is late leaves a usable answer."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from yunxing.engines.matching.augment import augmented
from yunxing.engines.matching.market import market_of
from yunxing.flows.make_matches import solve_market
from yunxing.io.solvers import assign as module
from yunxing.io.solvers.assign import Assignment, assign
from yunxing.io.solvers.mincost import flow
from yunxing.io.solvers.transport import read_market, write_market


def market(needs=60, offers=12, edges=240, seed=3):
    draw = np.random.default_rng(seed)
    key = np.unique(draw.integers(0, needs, edges) * offers + draw.integers(0, offers, edges))
    return market_of(
        pl.DataFrame({"need": [f"n{at:03d}" for at in range(needs)], "quota": draw.integers(0, 4, needs)}),
        pl.DataFrame({"offer": [f"o{at:02d}" for at in range(offers)], "quota": draw.integers(0, 9, offers)}),
        pl.DataFrame(
            {
                "need": [f"n{at:03d}" for at in key // offers],
                "offer": [f"o{at:02d}" for at in key % offers],
                "value": draw.integers(0, 50, len(key)),
            }
        ),
    )


@pytest.fixture
def always_a_process(monkeypatch):
    """Also a small market goes to a process."""
    monkeypatch.setattr(module, "AT_ONCE", 0)


def test_the_process_finds_what_the_augmenting_paths_find_and_its_prices_prove_it(always_a_process):
    found = market()

    answer = assign(found, seconds=60)

    assert answer.status == "optimal"
    assert answer.value == answer.bound == found.worth(augmented(found))
    assert answer.solver.startswith("OR-Tools")


def test_a_small_market_is_solved_in_place():
    found = market()
    answer = assign(found, seconds=60)
    assert (answer.solver, answer.status, answer.value) == (module.OWN, "optimal", found.worth(augmented(found)))


@pytest.mark.parametrize("seed", range(6))
def test_the_library_called_directly_agrees_on_other_markets(seed):
    found = market(seed=seed, needs=20 + 7 * seed, offers=3 + seed)
    units = flow(found)
    assert units is not None
    assert found.worth(units) == found.worth(augmented(found))


def test_a_worker_killed_at_work_leaves_the_other_two_and_says_so(always_a_process, monkeypatch):
    """The better of stable and greedy stands for the optimum, marked as not proven."""
    found = market()
    begin = Assignment.__init__

    def killed(self, *args, **more):
        begin(self, *args, **more)
        self.worker.process.kill()

    monkeypatch.setattr(Assignment, "__init__", killed)
    result = solve_market(found, "need", "value", "s", 30)

    assert result["proof"]["status"] == "unknown"
    assert result["proof"]["bound"] is None
    values = {name: one["measures"]["value"] for name, one in result["methods"].items()}
    assert values["optimal"] == max(values["stable"], values["greedy"]) > 0


def test_a_deadline_that_is_over_leaves_an_answer(always_a_process):
    answer = assign(market(), seconds=0.0)
    assert (answer.status, answer.units, answer.cut_by) == ("unknown", None, "deadline")


def test_what_breaks_a_capacity_is_not_believed(monkeypatch):
    monkeypatch.setattr(module, "augmented", lambda one: np.full(len(one.value), 9))
    answer = assign(market(), seconds=5)
    assert answer.status == "unknown"
    assert "expected" in answer.notes[0]


def test_a_market_passes_through_a_folder_unchanged(tmp_path):
    found = market()
    write_market(tmp_path, found)
    again = read_market(str(tmp_path))
    for name in ("quota", "room", "need", "offer", "value", "most"):
        assert getattr(again, name).tolist() == getattr(found, name).tolist()
