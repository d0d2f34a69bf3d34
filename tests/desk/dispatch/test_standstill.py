"""Projects that stand still: on the board, in its filter and on the item's page, with the reason; the bound is strict and comes from the pack."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from yunxing.desk.dispatch import standstill
from yunxing.desk.dispatch.place import command_rules, walked
from yunxing.engines.dispatch.schedule import Milestone, standing

PIPELINE = "pipeline_project_stages"
DAY = date(2022, 11, 8)


@pytest.fixture
def behind(monkeypatch):
    """The gaps a closed month would give."""
    found: dict[str, Fraction] = {}
    monkeypatch.setattr(standstill, "gaps", lambda pipeline: found if pipeline.subject == "project" else {})
    return found


def opened(hands, key, **more):
    return hands.opened(PIPELINE, key=key, title=f"项目{key}", party=f"P{key}", **more)


def test_the_board_tells_how_many_stand_still_and_narrows_to_them(hands, behind):
    behind |= {"P1": Fraction(-234, 10), "P2": Fraction(-20), "P3": Fraction(5)}
    for key in "123":
        opened(hands, key)
    client = hands.client("command")
    page = client.get("/pipelines/project_stages/").content.decode()

    assert "停滞 1 项" in page
    assert "-23.4" in page
    assert "落后时序 23.4 个百分点（界线 20）" in page
    only = client.get("/pipelines/project_stages/?still=1").content.decode()
    assert "项目1" in only
    assert "项目2" not in only, "the bound itself does not count"
    assert "停滞 1" in client.get("/pipelines/").content.decode()


def test_the_items_page_says_why(hands, behind):
    behind["P1"] = Fraction(-301, 10)
    case = opened(hands, "1")
    page = hands.client("command").get(f"/items/{case}/").content.decode()

    assert "进度差 -30.1 个百分点" in page
    assert "▼ 停滞" in page


def test_a_red_milestone_stands_still_without_any_figure(hands, behind):
    opened(hands, "1", planned={"started": date(2022, 8, 1)})
    opened(hands, "2", planned={"started": date(2022, 10, 30)})
    page = hands.client("command").get("/pipelines/project_stages/?still=1").content.decode()

    assert "项目1" in page
    assert "项目2" not in page


def test_what_has_ended_stands_still_no_more_and_what_has_no_plan_has_no_gap():
    pipeline = walked()[PIPELINE]
    late = [Milestone("started", date(2022, 1, 1), None)]

    assert not standstill.is_still(pipeline, "at_capacity", standing(pipeline, "at_capacity", late, DAY), Fraction(-99))
    assert standstill.is_still(pipeline, "stalled", standing(pipeline, "stalled", [], DAY), None)
    assert "处于停滞阶段" in standstill.why_still(pipeline, "stalled", standing(pipeline, "stalled", [], DAY), None)
    assert standstill.gap_words(None) == "—"
    assert command_rules().still_gap == -20


def test_pipelines_without_planned_days_never_stand_still():
    pipeline = walked()["pipeline_listing"]
    assert not standstill.is_still(pipeline, "candidate", standing(pipeline, "candidate", [], DAY), Fraction(-99))


class _Month:
    """A closed month as far as gaps read it."""

    def __init__(self, **tables):
        import pyarrow as pa

        from yunxing.values.period import Month

        self.month = Month(2022, 5)
        self.snapshot = self
        self._tables = {name: pa.Table.from_pylist(rows) for name, rows in tables.items()}

    def table(self, name, columns=None):
        return self._tables[name].select(columns) if columns else self._tables[name]


def test_gaps_are_of_reported_projects_past_preparation_with_a_plan():
    fact = {
        "form": "project_month",
        "item": "investment",
        "role": "value",
        "as_reported": "cumulative",
        "period": "2022-01..05",
        "held": False,
    }
    month = _Month(
        registry=[
            {"id": "A", "attributes": '{"annual_plan_fen": 41800}'},
            {"id": "B", "attributes": '{"annual_plan_fen": 100, "is_preparatory": true}'},
            {"id": "C", "attributes": "{}"},
            {"id": "D", "attributes": '{"annual_plan_fen": 100}'},
            {"id": "E", "attributes": '{"annual_plan_fen": 100}'},
        ],
        facts=[
            {**fact, "party": "A", "value": 16050},
            {**fact, "party": "B", "value": 50},
            {**fact, "party": "D", "value": None},
            {**fact, "party": "E", "value": 50, "held": True},
            {**fact, "party": "A", "value": 1, "as_reported": "month"},
        ],
    )
    plans = standstill.plans_of(month)

    assert plans == {"A": 41800, "D": 100, "E": 100}
    assert standstill.done_of(month, plans) == {"A": 16050}
