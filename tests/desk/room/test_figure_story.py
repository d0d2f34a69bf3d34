"""What stands beside a formula: card, clause, reporters and reviewers as far as one may see them, corrections old → new."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest
from django.utils import timezone

from desk.room.month_cast import FIRMS, MONTH, SPAN, fact
from yunxing.desk.people.models import User
from yunxing.desk.reporting.models import Report, Submission
from yunxing.desk.room import figure_pages, figure_story
from yunxing.desk.scoping import acting_as_system
from yunxing.engines.facts.table import SCHEMA
from yunxing.io import tables

pytestmark = pytest.mark.django_db
AT = datetime(2022, 10, 7, 2, tzinfo=UTC)


def test_the_card_says_thresholds_action_and_offices(month, cast):
    """What is not on a card is not shown; the limit in words; an office by its name."""
    growth, investment = month.board.cards["output_growth"], month.board.cards["project_investment"]
    lines = dict(figure_story.card_lines(growth, month.pack))

    assert lines["触警阈值"] == "低于 0%"
    assert lines["责任单位"] == month.pack.offices["IIT"].name
    assert "优良阈值" not in lines
    assert "触警阈值" not in dict(figure_story.card_lines(investment, month.pack))
    assert figure_story.limit_words(None) == ""


def test_whom_to_ask_comes_from_the_posts_of_today(cast):
    """Name and number of who holds a post in the office; nobody typed him on a card."""
    user = cast.people.bureau
    user.phone = "000-1234567"
    user.save()

    assert figure_story.contact(cast.units.bureau_1.code) == "测试bureau 000-1234567"
    assert figure_story.contact("nowhere") == ""


def test_the_clause_of_the_target_is_quoted(month):
    """The words and where they stand; an indicator without a promise has none, and one that the plan no longer knows neither."""
    found = figure_story.clause(month.board.cards["project_investment"], month.pack)

    assert found["quote"]
    assert month.pack.document.number in found["cite"]
    assert figure_story.clause(month.board.cards["output_growth"], month.pack) == {}


def test_who_reported_and_who_reviewed_within_the_scope(month, cast):
    """The workbook with its time, the report with reporter and reviewer; another county's are not told."""
    reviewer = cast.people.county_a
    with acting_as_system("test"):
        for digest, unit in (("sha256:a", month.units[0]), ("sha256:b", month.units[1])):
            Submission.objects.create(
                digest=digest, file_name=f"{unit}.xlsx", form="f", unit=unit, period=MONTH, received=AT, state="accepted"
            )
        Report.objects.create(
            form="f", period=MONTH, party="E1", unit=month.units[0], name="企业E1", subject="enterprise", due_reporter=date(2022, 10, 8), due_county=date(2022, 10, 9),
            due_city=date(2022, 10, 10), submission="sha256:a", sent_by=User.objects.get(username="enterprise"), reviewer=reviewer, accepted_at=AT,
        )  # fmt: skip
    facts = [fact("E1", "output", 1, SPAN, "cumulative", submission=one) for one in ("sha256:a", "sha256:b", "sha256:none")]
    seen = figure_story.reporters(facts, month.scopes["command"])
    own = figure_story.reporters(facts, month.scopes["county"])

    assert [row["file"] for row in seen] == [f"{month.units[0]}.xlsx", f"{month.units[1]}.xlsx"]
    assert seen[0]["by"] == str(User.objects.get(username="enterprise"))
    assert seen[0]["reviewed"] == f"{reviewer} {timezone.localtime(AT):%Y-%m-%d %H:%M}"
    assert [row["file"] for row in own] == [f"{month.units[0]}.xlsx"]
    assert figure_story.reporters(facts, month.scopes["analyst"]) == []


def test_a_correction_is_told_old_to_new_with_its_cause(month, settings, tmp_path):
    """Three versions are two steps; a fact reported once has none; only the facts given are told."""
    settings.HOME = tmp_path
    versions = [fact("E1", "output", value * 1_000_000, SPAN, "cumulative", unit=month.units[0], version=n, cause=cause, words=None) for n, value, cause in ((1, 70, ""), (2, 75, "补报"), (3, 80, "更正"))]  # fmt: skip
    other = fact("E2", "output", 5, SPAN, "cumulative", unit=month.units[0], words=None)
    for one in [*versions, other]:
        tables.append_batch(tmp_path, MONTH, "enterprise_month", pl.DataFrame([one], schema=SCHEMA))
    forms = figure_pages.forms_of(month.pack.folder)
    told = figure_story.revisions([versions[2], other], month.board, forms)

    assert [(row["party"], row["old"], row["new"], row["why"]) for row in told] == [
        ("企业E1", "70 万元", "75 万元", "补报"),
        ("企业E1", "75 万元", "80 万元", "更正"),
    ]
    assert figure_story.revisions([other], month.board, forms) == []
    assert len(tables.versions(tmp_path, [versions[2]])) == 3
    assert tables.versions(tmp_path / "empty", [other]) == []


def test_the_drawer_has_every_part_and_the_page_is_complete_without_it(month, cast):
    """The same sections as data: card, clause, reporters, revisions; a confidential figure tells none of them."""
    page = figure_pages.figure_page(month.board, month.pack, month.scopes["command"], f"output_growth/city/city/{SPAN}/cumulative_yoy")
    secret = figure_pages.figure_page(
        month.board, month.pack, month.scopes["county"], f"output_growth/unit/{month.units[2]}/{SPAN}/cumulative_yoy"
    )

    assert {"card_lines", "clause", "reporters", "revisions"} <= page.keys()
    assert not {"reporters", "revisions", "card_lines"} & secret.keys()
    assert len(FIRMS) * 2 == len(page["facts"])
