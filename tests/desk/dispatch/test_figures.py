"""The measured days of first permits: counted by the pipeline's own clocks, decided ones and those under way, shown on the plan's page with their light."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from yunxing.desk.dispatch import figures
from yunxing.desk.dispatch.models import Milestone
from yunxing.desk.room import live
from yunxing.desk.scoping import acting_as_system
from yunxing.engines.dispatch.permits import Used


def used(days: int, allowed: int, *, decided: bool = True) -> Used:
    return Used("x", allowed, days, SimpleNamespace(date=date(2022, 1, 1)), decided)


def timed(promise: int, law: int = 0, *, decided: bool = True) -> figures.Timed:
    return figures.Timed(
        date(2022, 6, 1) if decided else None, "A01", used(promise, 20, decided=decided), used(law or promise, 30, decided=decided)
    )


@pytest.mark.parametrize(
    ("items", "light"),
    [
        ([], "none"),
        ([timed(20)], "green"),
        ([timed(21)], "amber"),
        ([timed(30)], "amber"),
        ([timed(31)], "red"),
        ([timed(5), timed(21, decided=False)], "amber"),  # still under way and already late
        ([timed(5), timed(31, decided=False)], "red"),
    ],
)
def test_the_light_is_the_worst_of_all_permits(items, light):
    """20 and 30 working days are still within; what is under way counts as soon as it is late."""
    assert figures.light_of(items) == light


def permit(hands, key: str, accepted: date | None, granted: date | None = None, unit: str = "A01") -> str:
    """A permit with its days as they were."""
    case = hands.opened("pipeline_first_permits", key=key, unit=unit, on=date(2022, 6, 1))
    with acting_as_system("test"):
        for stage, day in (("accepted", accepted), ("granted", granted)):
            if day is not None:
                Milestone.objects.create(case_id=case, stage=stage, actual=day)
    return case


def test_the_city_s_figure_names_the_longest_and_what_is_late(hands):
    """Accepted on Monday 15 August: granted on the 19th it took four working days; accepted on the 1st and still there it is beyond 20."""
    permit(hands, "a", date(2022, 8, 15), date(2022, 8, 19))
    permit(hands, "b", date(2022, 8, 15), date(2022, 8, 22), unit="B01")
    permit(hands, "c", date(2022, 8, 1))
    permit(hands, "d", date(2021, 9, 13), date(2021, 9, 17))  # of another year
    permit(hands, "e", None)  # not accepted: no clock runs
    found = live.live("permit_days")

    assert found is not None
    assert "5" in found.value
    assert "今年办结 2 件，承诺时限内 2 件，法定时限内 2 件；在办 1 件，其中已超承诺 1 件" in found.words
    assert (found.light, found.href) == ("red", "/pipelines/first_permits/")


def test_before_any_permit_there_is_no_light(hands):
    found = live.live("permit_days")

    assert found is not None
    assert (found.light, found.value) == ("none", "今年还没有办结的")


def test_nobody_counts_an_indicator_of_the_closed_months(hands):
    assert live.live("output_growth") is None


def test_the_board_shows_the_months_of_decision(hands):
    permit(hands, "a", date(2022, 8, 15), date(2022, 8, 19))
    permit(hands, "b", date(2022, 8, 15), date(2022, 8, 22))
    permit(hands, "c", date(2022, 7, 11), date(2022, 7, 15))
    page = hands.client("command").get("/pipelines/first_permits/").content.decode()

    assert "承诺时限内" in page
    with acting_as_system("test"):
        head, rows = figures.months_of(figures.walked()["pipeline_first_permits"], 2022)
    assert len(head) == 6
    assert rows == [("2022-07", 1, 4, 4, 1, 1), ("2022-08", 2, 4, 5, 2, 2)]


def test_a_county_counts_its_own_permits_on_the_board(hands):
    permit(hands, "a", date(2022, 8, 15), date(2022, 8, 19))
    permit(hands, "b", date(2022, 8, 15), date(2022, 8, 22), unit="B01")
    page = hands.client("county_b").get("/pipelines/first_permits/").content.decode()

    assert "2022-08" in page
    assert hands.client("analyst").get("/indicators/permit_days/").headers["Location"] == "/pipelines/first_permits/"


def test_the_plan_s_page_shows_the_measured_time_beside_its_promise(hands):
    permit(hands, "a", date(2022, 8, 15), date(2022, 8, 19))
    page = hands.client("command").get("/measures/21/").content.decode()

    assert "办结最长 4 个工作日" in page
    assert "≤ 20 个工作日" in page
    assert page.count("绿灯") == 1  # the promise has a light, the former limit has none
    assert "待建" not in page
