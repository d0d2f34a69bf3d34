"""Small things every page of dispatch stands on: what is early in words, values as printed and as typed, roles towards an item, days as typed, papers."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from engines.dispatch.small import SMALL
from yunxing.desk.dispatch import activities, panels, selectors, services
from yunxing.desk.dispatch.place import desk_day, office_name, roles_towards, unit_name, walked
from yunxing.desk.scoping import acting_as_system
from yunxing.engines.dispatch.schedule import Milestone
from yunxing.engines.dispatch.walk import Obstacle
from yunxing.values.errors import BadInput
from yunxing.values.scope import ALL, Scope

FIELD = {one.id: one for one in SMALL.fields}


@pytest.mark.parametrize(
    ("days", "words"), [(None, "—"), (0, "按期"), (1, "早 1 天"), (12, "早 12 天"), (-1, "晚 1 天"), (-30, "晚 30 天")]
)
def test_early_and_late_in_words(days, words):
    assert selectors.lead_words(days) == words


@pytest.mark.parametrize(
    ("field", "value", "printed"),
    [("money", None, "—"), ("money", 123456, "0.12万元"), ("money", 0, "0.00万元"), ("area", 12345, "12,345 平方米"), ("area", 0, "0 平方米"), ("fit", True, "是"),
     ("fit", False, "否"), ("words", "", "—"), ("words", "话", "话"), ("day", "2022-09-30", "2022-09-30")],
)  # fmt: skip
def test_a_value_as_it_is_printed(field, value, printed):
    """Absent is a dash and never zero; zero is zero."""
    assert selectors.shown(FIELD[field], value) == printed


@pytest.mark.parametrize(
    ("field", "value", "typed"),
    [
        ("money", 1_234_560_000, "1,234.56"),
        ("money", None, ""),
        ("area", 7, "7"),
        ("fit", True, "1"),
        ("fit", False, "0"),
        ("kind", "甲", "甲"),
    ],
)
def test_a_value_as_it_stands_in_its_box(field, value, typed):
    found = selectors.field_input(FIELD[field], value)

    assert found["typed"] == typed
    again, wrong = services.typed_fields(SMALL, {f"f_{field}": typed})
    assert wrong == {}
    assert again.get(field) == value, "what stands in the box is read back as the same value"


def test_only_the_boxes_asked_for_are_read():
    posted = {"f_area": "5", "f_words": "x", "other": "y"}

    assert services.typed_fields(SMALL, posted, {"area"}) == ({"area": 5}, {})
    assert services.typed_fields(SMALL, posted, {"done_area"}) == ({}, {})


def test_every_box_that_is_wrong_is_told():
    found, wrong = services.typed_fields(SMALL, {"f_area": "x", "f_day": "y", "f_words": "z"})

    assert found == {"words": "z"}
    assert set(wrong) == {"f_area", "f_day"}


@pytest.mark.parametrize(
    ("typed", "day", "wrong"),
    [("", date(2022, 1, 1), False), ("2022-09-30", date(2022, 9, 30), False), ("30.9.2022", date(2022, 1, 1), True)],
)
def test_a_day_as_typed(typed, day, wrong):
    faults: dict[str, str] = {}

    assert services.day_of(typed, date(2022, 1, 1), faults) == day
    assert bool(faults) is wrong


def test_an_obstacle_stands_at_its_box_with_its_clause():
    assert services.box_of(SMALL, Obstacle("area", "面积", "area")) == "f_area"
    assert services.box_of(SMALL, Obstacle("evidence", "材料", "evidence")) == "evidence"
    assert services.said(Obstacle("x", "不可", "no", "17/2b")) == "不可（17/2b）"
    with translation.override("en"):
        assert services.said(Obstacle("x", "不可", "no")) == "no"


NOBODY: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("scope", "command", "roles"),
    [
        (Scope(ALL, ALL, ALL, 3, "chief"), True, {"room"}),
        (Scope(NOBODY, frozenset({"EEB"}), NOBODY, 2, "clerk"), False, {"office"}),
        (Scope(NOBODY, frozenset({"DRC"}), NOBODY, 2, "clerk"), False, set()),
        (Scope(frozenset({"A01"}), NOBODY, ALL, 3, "county"), False, {"county"}),
        (Scope(frozenset({"B01"}), NOBODY, ALL, 3, "county"), False, set()),
        (Scope(frozenset({"A01"}), NOBODY, frozenset({"firm"}), 3, "firm"), False, set()),
        (Scope(ALL, ALL, NOBODY, 2, "analyst"), False, set()),
    ],
)
def test_who_one_is_towards_an_item(scope, command, roles):
    """An enterprise's clerk is not its county; an analyst reads and acts nowhere."""
    assert roles_towards("EEB", "A01", scope, command=command) == roles


def test_names_of_offices_and_units_in_both_languages():
    assert (office_name("EEB"), unit_name("371602"), unit_name("nowhere"), office_name("nobody")) == (
        "市生态环境局",
        "滨城区",
        "",
        "nobody",
    )
    with translation.override("en"):
        assert office_name("EEB") == "Bureau of Ecology and Environment"


def test_the_desk_counts_from_the_demonstrations_day(on_that_day):
    assert desk_day() == date(2022, 11, 8)


DAY = date(2022, 11, 8)


def ribbon(state, **days):
    return {one["id"]: one for one in selectors.ribbon(SMALL, state, {name: Milestone(name, *pair) for name, pair in days.items()}, DAY)}


def test_the_ribbon_marks_what_is_done_here_and_ahead():
    found = ribbon("open", listed=(None, date(2022, 1, 1)), open=(date(2022, 2, 1), date(2022, 2, 3)), closed=(date(2022, 11, 1), None))

    assert [one["state"] for one in found.values()] == ["done", "here", "ahead"]
    assert found["open"]["lead"] == "晚 2 天"
    assert (found["open"]["late"], found["closed"]["late"]) == (0, 7)
    assert list(found) == ["listed", "open", "closed"], "what stands aside is not on the ribbon"


def test_aside_keeps_what_was_reached():
    found = ribbon("paused", listed=(None, date(2022, 1, 1)), open=(None, date(2022, 2, 3)))

    assert [one["state"] for one in found.values()] == ["done", "done", "ahead"]


def test_an_ended_item_is_late_for_nothing_on_the_ribbon():
    assert ribbon("dropped", closed=(date(2022, 1, 1), None))["closed"]["late"] == 0


def test_a_returned_item_is_not_done_beyond_where_it_stands():
    """Sent back from closed to open: the later stage was entered once and is ahead again."""
    found = ribbon("open", listed=(None, date(2022, 1, 1)), open=(None, date(2022, 2, 1)), closed=(None, date(2022, 3, 1)))

    assert found["closed"]["state"] == "ahead"


def test_a_step_form_says_what_is_asked():
    form = selectors.step_form(SMALL, SMALL.step("to_closed"), {"done_area": 4})

    assert (form["needs_evidence"], form["evidence"], form["needs_reason"], form["pauses"]) == (True, "办结单", False, False)
    assert [(one["id"], one["typed"]) for one in form["fields"]] == [("done_area", "4")]
    assert selectors.step_form(SMALL, SMALL.step("pause"), {})["pauses"] is True


def test_every_kind_leads_back_to_its_board():
    kinds = {
        one.kind: selectors.board_href(one)
        for one in (walked()["pipeline_listing"], walked()["activity_voc_help"], walked()["document_listing_plan"])
    }

    assert kinds == {"pipeline": "/pipelines/listing/", "activity": "/activities/voc_help/", "document": "/documents-promised/"}


@pytest.mark.parametrize(("name", "panel"), [("above_scale_candidates", "向目标推进"), ("first_permits", "两个时限"), ("other_permits", "两个时限"), ("labour_tier", "按缺工人数分级"),
                                             ("arrears", "清欠台账"), ("project_stages", "早开工、快推进、早达产"), ("transport_works", "计划与实际"), ("open_calls", None)])  # fmt: skip
def test_which_board_has_which_panel_and_none_fails_when_empty(db, on_that_day, name, panel):
    with acting_as_system("test"):
        assert panels.panel_of(walked()[f"pipeline_{name}"]).get("title") == panel


def test_kinds_of_activity_stand_in_the_plans_order():
    clauses = [one.clause for one in activities.kinds()]

    assert clauses == sorted(clauses, key=lambda clause: (int(clause.split("/")[0]), clause))
    assert {one.owner for one in activities.kinds("EEB")} == {"EEB"}


def test_a_paper_is_kept_by_its_content_and_gone_is_told(db, settings, tmp_path):
    settings.HOME = tmp_path
    ((digest, name),) = services.keep_papers([SimpleUploadedFile("证明.csv", "列\n".encode())])

    assert name == "证明.csv"
    assert services.paper_content(digest) == "列\n".encode()
    with pytest.raises(BadInput, match="不在库中"):
        services.paper_content("sha256:" + "0" * 64)


@pytest.mark.parametrize(("part", "whole", "share"), [(1, 4, "1/4"), (0, 4, "0"), (1, 0, "None")])
def test_a_share_of_nothing_is_none(part, whole, share):
    assert str(selectors.share(part, whole)) == share


@pytest.mark.parametrize(
    ("fields", "route"),
    [
        ({}, "not_yet"),
        ({"vat_sales": 2 * 10**9, "revenue": 2 * 10**9, "build": "成长"}, "annual"),
        (
            {"vat_sales": 2 * 10**9, "revenue": 2 * 10**9, "build": "新建", "registered": "2021-03-01", "commissioned": "2022-01-01"},
            "monthly",
        ),
        (
            {"vat_sales": 2 * 10**9, "revenue": 2 * 10**9, "build": "新建", "registered": "2022-03-01", "commissioned": "2022-01-01"},
            "annual",
        ),
    ],
)
def test_dates_that_contradict_each_other_take_the_longer_way(fields, route):
    """Commissioned before it was registered: the board does not fall over, the candidate goes by the annual entry and its item says so."""
    from yunxing.desk.dispatch.place import command_rules

    assert panels.route_of(command_rules().entry, fields, DAY) == route


def test_the_plans_word_for_early_stands_beside_a_stage_in_chinese_alone(db, on_that_day):
    """「早开工」 has no English: the English page names the stage and nothing else."""
    from yunxing.desk.dispatch import panels

    pipeline = walked()["pipeline_project_stages"]
    names = {}
    for language in ("zh-hans", "en"):
        with translation.override(language), acting_as_system("test"):
            names[language] = [row[0] for row in panels.lead_panel(pipeline)["rows"]]
    assert "开工（早开工）" in names["zh-hans"]
    assert "Started" in names["en"]
    assert all(name.isascii() for name in names["en"])
