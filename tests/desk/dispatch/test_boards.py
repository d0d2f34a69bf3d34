"""Boards by stage with counts, panels with their figures, activities by month, promised papers; empty states; scope."""

from __future__ import annotations

from datetime import date

import pytest

from yunxing.desk.dispatch import activities, panels, selectors
from yunxing.desk.dispatch.place import walked
from yunxing.desk.scoping import acting_as_system

WAN = 1_000_000


def post(hands, case, step, on="2022-10-10", **more):
    response = hands.client("command").post(f"/items/{case}/step/", {"step": step, "on": on, **more})
    assert response.status_code == 302, response.content.decode()


def test_an_empty_board_says_who_fills_it(hands):
    assert "这里还没有事项" in hands.client("command").get("/pipelines/listing/").content.decode()
    assert "由市地方金融监管局或所在县" in hands.client("analyst").get("/pipelines/listing/").content.decode()
    assert hands.client("command").get("/pipelines/none/").status_code == 404


def test_counts_by_stage_equal_the_items(hands):
    for n in range(5):
        case = hands.opened("pipeline_listing", key=str(n), title=f"企业{n}")
        if n < 2:
            post(hands, case, "to_in_bank", f_mentor="张三")
    with acting_as_system("test"):
        page = selectors.board(walked()["pipeline_listing"], selectors.Choice())

    assert {one["id"]: one["n"] for one in page["stages"] if one["n"]} == {"candidate": 3, "in_bank": 2}
    assert page["total"] == page["shown"] == 5
    text = hands.client("command").get("/pipelines/listing/?stage=in_bank").content.decode()
    assert "企业0" in text
    assert "企业4" not in text
    assert "批量办理" in text


def test_filters_narrow_and_can_be_cleared(hands):
    hands.opened("pipeline_listing", key="1", title="甲公司", unit="371602")
    hands.opened("pipeline_listing", key="2", title="乙公司", unit="371603")
    client = hands.client("command")

    assert "乙公司" not in client.get("/pipelines/listing/?unit=371602").content.decode()
    assert "甲公司" not in client.get("/pipelines/listing/?q=乙").content.decode()
    none = client.get("/pipelines/listing/?q=丙").content.decode()
    assert "没有符合条件的事项" in none
    assert "清除全部条件" in none


def test_late_is_a_planned_day_or_a_clock_that_passed(hands):
    hands.opened("pipeline_transport_works", key="1", title="按时", planned={"started": date(2022, 11, 8)})
    hands.opened("pipeline_transport_works", key="2", title="迟了", planned={"started": date(2022, 11, 7)})
    hands.opened("pipeline_supervision_slips", key="3", title="没答", unit="")
    client = hands.client("command")
    works = client.get("/pipelines/transport_works/?late=1").content.decode()

    assert "迟了" in works
    assert "按时" not in works
    assert "没答" in client.get("/pipelines/supervision_slips/?late=1").content.decode(), "five working days to answer have passed"
    assert "超期 1" in client.get("/pipelines/").content.decode()


def test_a_county_sees_its_own_items_only(hands):
    hands.opened("pipeline_listing", key="1", title="甲县企业", unit="A01")
    hands.opened("pipeline_listing", key="2", title="乙县企业", unit="B01")
    page = hands.client("county_a").get("/pipelines/listing/").content.decode()

    assert "甲县企业" in page
    assert "乙县企业" not in page
    assert "共 1 项" in page


def test_the_overview_can_be_one_offices(hands):
    page = hands.client("command").get("/pipelines/?office=EEB").content.decode()

    assert "首次申领排污许可证" in page
    assert "上市后备培育" not in page
    assert "没有负责的培育库" in hands.client("command").get("/pipelines/?office=GRID").content.decode()


def test_the_growth_panel_keeps_forecast_and_qualification_apart(hands):
    """One in the bank in October: 1.2 a year by pace; the stage weights count a near one with 0.6; a qualified one waits by its route."""
    pipeline = walked()["pipeline_above_scale_candidates"]
    fields = {"f_build": "新建", "f_plan": "x", "f_registered": "2021-03-01", "f_commissioned": "2022-01-01"}
    paper_fields = {"f_vat_sales": "2000", "f_revenue": "2100"}
    for n, last in enumerate(("near", "qualified", "in")):
        case = hands.opened("pipeline_above_scale_candidates", key=str(n), unit="371602")
        post(hands, case, "to_cultivated", **fields)
        post(hands, case, "to_near_line")
        if last == "near":
            continue
        from django.core.files.uploadedfile import SimpleUploadedFile

        post(hands, case, "to_qualified", paper=SimpleUploadedFile("a.csv", b"a\n1\n"), **paper_fields)
        if last == "in":
            for step in ("to_county_checked", "to_city_checked", "to_province_checked"):
                post(hands, case, step)
            post(hands, case, "to_in_bank", paper=SimpleUploadedFile("a.csv", b"a\n1\n"))
    with acting_as_system("test"):
        panel = panels.growth_panel(pipeline)
    facts = {name: value for name, value, _note in panel["facts"]}

    assert facts["池中入库"] == "1 户"
    assert facts["按进度推算全年"] == "1.2 户"
    assert facts["按阶段权重预计"] == "2.5 户"
    assert facts["目标"] == "200 户以上"
    assert facts["达标待审"] == "月度 1 户，年度 0 户"


def test_the_permit_panel_counts_both_clocks(hands):
    from django.core.files.uploadedfile import SimpleUploadedFile

    def one(key, decided, **fields):
        case = hands.opened("pipeline_first_permits", key=key, on=date(2022, 6, 1))
        given = {"f_management": "重点管理", "f_site_check": "0", "f_first_time": "1"} | fields
        post(hands, case, "to_accepted", on="2022-06-01", paper=SimpleUploadedFile("a.csv", b"a\n1\n"), **given)
        post(hands, case, "to_reviewing", on="2022-06-02")
        if decided:
            post(hands, case, "to_granted", on=decided, paper=SimpleUploadedFile("a.csv", b"a\n1\n"))
        return case

    one("1", "2022-06-30")
    missed = one("2", "2022-07-08")
    one("3", "")
    with acting_as_system("test"):
        facts = {name: (value, note) for name, value, note in panels.permit_panel(walked()["pipeline_first_permits"])["facts"]}
        clocks = panels.item_panel(walked()["pipeline_first_permits"], hands.case(missed))

    assert facts["承诺时限"][0] == "办结 2 件，中位 23.0 天，九成在 26 天内"
    assert facts["承诺时限"][1].startswith("超时 1 件；在办 1 件，其中已超 1 件")
    assert facts["法定时限"][1].startswith("超时 0 件")
    assert [value for _name, value, _note in clocks] == ["已用 26 / 20 个工作日，超 6 个工作日", "已用 26 / 30 个工作日，按时办结"]


@pytest.mark.parametrize(
    ("shortage", "tier"),
    [(9, "镇街、园区"), (10, "县级专员"), (49, "县级专员"), (50, "县局领导和市级专员"), (99, "县局领导和市级专员"), (100, "市局领导")],
)
def test_the_labour_board_tiers(hands, shortage, tier):
    hands.opened("pipeline_labour_tier", fields={"shortage": shortage, "headcount": 300 - shortage, "specialist": "李四"})
    with acting_as_system("test"):
        panel = panels.tier_panel(walked()["pipeline_labour_tier"])

    assert {row[0]: row[1:] for row in panel["rows"] if row[1]} == {tier: (1, shortage)}
    assert panel["facts"][0][1] == f"{round(100 * shortage / 300, 1):.1f}%"
    assert "李四 1 户" in panel["facts"][1][2]


def test_the_arrears_panel_counts_what_is_owed_and_overdue(hands):
    hands.opened("pipeline_arrears", key="1", fields={"principal": 100 * WAN, "paid": 40 * WAN, "delivered": "2022-06-01"})
    hands.opened("pipeline_arrears", key="2", fields={"principal": 100 * WAN, "delivered": "2021-06-01", "term_days": 60})
    hands.opened("pipeline_arrears", key="3", fields={"principal": 50 * WAN, "delivered": "2022-11-01"})
    with acting_as_system("test"):
        facts = {name: value for name, value, _note in panels.arrears_panel(walked()["pipeline_arrears"])["facts"]}

    assert facts == {"欠款本金": "250.00万元", "已清偿": "40.00万元", "超过付款期限": "2 件", "超过一年": "1 件"}


def test_the_lead_panel_counts_early_and_late(hands):
    hands.opened("pipeline_transport_works", key="1", planned={"preparing": date(2022, 9, 11)})
    case = hands.opened("pipeline_transport_works", key="2", planned={"started": date(2022, 10, 1)})
    from django.core.files.uploadedfile import SimpleUploadedFile

    post(hands, case, "to_started", on="2022-10-04", paper=SimpleUploadedFile("a.csv", b"a\n1\n"))
    with acting_as_system("test"):
        rows = panels.lead_panel(walked()["pipeline_transport_works"])["rows"]

    assert rows[0] == ("开工", 1, 0, 1, -3)


# ---- activities and papers ------------------------------------------------------------------------------------------------------------------------
def held(hands, kind, key, on, **more):
    case = hands.opened(kind, key=key, title=f"活动{key}", on=date(2022, 1, 5))
    post(hands, case, "to_held", on=on)
    if more:
        post(hands, case, "to_outcome", on=on, **more)
    return case


def test_activities_count_by_month_and_office(hands):
    held(hands, "activity_hiring_events", "1", "2022-03-05")
    held(hands, "activity_hiring_events", "2", "2022-03-06", f_attendance="300", f_takers="40", f_outcome="好", f_next_step="回访")
    held(hands, "activity_voc_help", "3", "2022-04-06")
    hands.opened("activity_voc_help", key="4", planned={"held": date(2022, 12, 1)}, title="还没开")
    with acting_as_system("test"):
        page = activities.activities_page("")
    rows = {row["title"]: row for row in page["rows"]}
    hiring = rows["线上线下招聘"]

    assert [cell["n"] for cell in hiring["months"]] == [0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0]
    assert [cell["month"] for cell in hiring["months"] if cell["missing"]] == [1, 2, 4, 5, 6, 7, 8, 9, 10], (
        "the month that runs is not missed yet"
    )
    assert dict(page["by_office"])["市人力资源社会保障局"] == 2
    assert page["sums"] == {"attendance": 300, "takers": 40}
    assert [one["title"] for one in page["upcoming"]] == ["还没开"]
    assert {one["title"] for one in page["unwritten"]} == {"活动1", "活动3"}
    assert not rows["挥发性有机物治理帮扶"]["without"], "only a promise of every month is missed in one"


def test_an_activity_never_runs_a_clock(hands):
    case = held(hands, "activity_hiring_events", "1", "2022-03-05")
    with acting_as_system("test"):
        assert not hands.case(case).clock_set.exists()
    assert "活动只计开展情况，不作违约处理" in hands.client("command").get("/activities/").content.decode()


def test_a_cancelled_activity_was_never_held(hands):
    case = hands.opened("activity_hiring_events", planned={"held": date(2022, 10, 1)})
    post(hands, case, "cancel", reason="台风")
    with acting_as_system("test"):
        page = activities.activities_page("HRSS")

    assert page["upcoming"] == []
    assert [row["total"] for row in page["rows"]] == [0]


def test_an_outcome_needs_attendance_and_takers(hands):
    case = held(hands, "activity_hiring_events", "1", "2022-03-05")
    response = hands.client("command").post(f"/items/{case}/step/", {"step": "to_outcome", "on": "2022-03-06", "f_outcome": "好"})

    assert response.status_code == 400
    assert "参加人数" in response.content.decode()


def test_promised_papers_with_owner_day_and_number(hands):
    from django.core.files.uploadedfile import SimpleUploadedFile

    late = hands.opened("document_programme_rules", planned={"issued": date(2022, 10, 1)})
    plan = hands.opened("document_listing_plan", key="p")
    post(hands, plan, "to_drafting")
    post(hands, plan, "to_issued", f_number="某政办发〔2022〕6号", paper=SimpleUploadedFile("a.csv", b"a\n1\n"))
    with acting_as_system("test"):
        rows = {row["href"]: row for row in activities.papers_page()["rows"] if row["href"]}

    assert rows[f"/items/{late}/"]["late"] is True
    assert (rows[f"/items/{plan}/"]["status"], rows[f"/items/{plan}/"]["number"], rows[f"/items/{plan}/"]["late"]) == (
        "印发",
        "某政办发〔2022〕6号",
        False,
    )
    page = hands.client("command").get("/documents-promised/").content.decode()
    assert "开始跟踪" in page
    assert "按月印发" in page


def test_boards_of_every_pipeline_open_in_both_languages(hands):
    client = hands.client("command")
    for language in ("zh-hans", "en"):
        client.cookies["yunxing_language"] = language
        for one in walked().values():
            if one.kind != "document":
                address = f"/pipelines/{one.id}/" if one.kind == "pipeline" else f"/activities/{one.id}/"
                assert client.get(address).status_code == 200, address


# ---- leads and tiers ------------------------------------------------------------------------------------------------------------------------------
def test_a_lead_of_an_event_enters_the_pipeline_of_foreign_projects(hands):
    """12/1: what an event brings is walked on; the same words twice are one lead; the event shows what came of it."""
    event = held(hands, "activity_investment_events", "1", "2022-09-05")
    client = hands.client("command")
    first, again = (client.post(f"/items/{event}/leads/", {"lead": "新材料外资"}) for _n in range(2))
    found = hands.case(first["Location"].split("/")[2])

    assert again["Location"] == first["Location"]
    assert (found.definition, found.state, found.fields["event"], found.lead) == ("pipeline_foreign_projects", "lead", "活动1", "COM")
    assert "新材料外资" in client.get(f"/items/{event}/").content.decode()
    assert client.post(f"/items/{event}/leads/", {"lead": " "}).status_code == 400


def test_an_activity_that_opens_nothing_takes_no_lead(hands):
    case = held(hands, "activity_hiring_events", "1", "2022-09-05")

    assert hands.client("command").post(f"/items/{case}/leads/", {"lead": "x"}).status_code == 404
    assert hands.client("analyst").post(f"/items/{case}/leads/", {"lead": "x"}).status_code == 403


def test_tiers_are_opened_from_reports_once_a_firm(hands, monkeypatch):
    """One case a firm (20/2b): a second press opens nothing while the first is in hand; below the first tier there is none."""
    from yunxing.desk.dispatch import services
    from yunxing.desk.reporting.models import Party
    from yunxing.engines.cases.case import Actor

    code = hands.firm("a")
    with acting_as_system("test"):
        firm = Party.objects.get(pk=code)
        pipeline = walked()["pipeline_labour_tier"]
        by = Actor("x", "HRSS", frozenset({"department"}))
        counts = [services.tiers_from_reports(pipeline, by, [(firm, number, 100, "2022-09")]) for number in (0, 50)]
        found = hands.opened("pipeline_labour_tier", key=f"2022-09/{code}")

    assert counts == [0, 1]
    assert hands.case(found).fields == {"shortage": 50, "headcount": 100, "tier": "县局领导和市级专员"}
    monkeypatch.setattr(panels, "board_of", lambda: None)
    page = hands.client("command").post("/pipelines/labour_tier/propose/", follow=True).content.decode()
    assert "立项 0 户" in page


def test_shortages_are_read_from_the_closed_month(hands, monkeypatch):
    """Only the month's own reports, only firms the person sees, the most missing first, none that is in hand."""
    import pyarrow as pa

    from yunxing.values.period import Month

    a, b = hands.firm("a"), hands.firm("b")
    rows = [
        ("enterprise_month", "shortage", a, "2022-09", 12), ("enterprise_month", "employees", a, "2022-09", 300), ("enterprise_month", "shortage", b, "2022-09", 60),
        ("enterprise_month", "shortage", a, "2022-08", 99), ("coal_day", "shortage", a, "2022-09", 7), ("enterprise_month", "shortage", "gone", "2022-09", 5),
        ("enterprise_month", "employees", b, "2022-09", None),
    ]  # fmt: skip
    table = pa.table({name: [row[n] for row in rows] for n, name in enumerate(("form", "item", "party", "period", "value"))})

    class Fake:
        month = Month(2022, 9)

        class snapshot:  # noqa: N801
            @staticmethod
            def table(_name):
                return table

    monkeypatch.setattr(panels, "board_of", lambda: Fake)
    pipeline = walked()["pipeline_labour_tier"]
    with acting_as_system("test"):
        before = [(firm.id, *rest) for firm, *rest in panels.shortages(pipeline)]
    hands.opened("pipeline_labour_tier", party=b, unit="B01")
    with acting_as_system("test"):
        after = [firm.id for firm, *_rest in panels.shortages(pipeline)]

    assert before == [(b, 60, 0, "2022-09"), (a, 12, 300, "2022-09")]
    assert after == [a]
