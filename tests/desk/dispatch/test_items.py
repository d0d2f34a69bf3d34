"""Items in the browser's requests: opened, moved, refused with every reason, seen by whom they concern, many at once."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from yunxing.desk.dispatch.models import Evidence, Milestone
from yunxing.desk.people.models import JournalEntry
from yunxing.desk.scoping import acting_as_system

PERMIT = {"f_management": "重点管理", "f_site_check": "0", "f_first_time": "1"}


def paper(name="受理通知书.csv"):
    return SimpleUploadedFile(name, "列\n值\n".encode())


def step(client, case, name, **more):
    return client.post(f"/items/{case}/step/", {"step": name, "on": "2022-09-05", **more})


def test_the_office_takes_a_step_with_its_paper(hands):
    case = hands.opened("pipeline_first_permits")
    response = step(hands.client("EEB"), case, "to_accepted", paper=paper(), **PERMIT)

    assert response.status_code == 302
    assert hands.case(case).state == "accepted"
    with acting_as_system("test"):
        assert Milestone.objects.get(case_id=case, stage="accepted").actual == date(2022, 9, 5)
        kept = Evidence.objects.get(case_id=case)
    assert kept.name == "受理通知书.csv"
    download = hands.client("EEB").get(f"/items/{case}/papers/{kept.pk}/")
    assert b"".join(download.streaming_content) == "列\n值\n".encode()
    assert JournalEntry.objects.filter(act="step", object_id=case).count() == 1


def test_the_county_of_the_item_may_do_the_countys_steps(hands):
    case = hands.opened("pipeline_first_permits")
    assert step(hands.client("county_a"), case, "to_accepted", paper=paper(), **PERMIT).status_code == 302
    refused = step(hands.client("county_a"), case, "to_reviewing")

    assert refused.status_code == 400
    assert "此步由责任部门办理" in refused.content.decode()


def test_every_reason_stands_on_the_page_at_once(hands):
    case = hands.opened("pipeline_first_permits")
    response = step(hands.client("EEB"), case, "to_accepted")
    page = response.content.decode()

    assert response.status_code == 400
    assert "有 4 处需要改正" in page
    for word in ("请上传佐证材料：受理通知书", "请填写“管理类别”", "请填写“需现场核查”", "请填写“首次申领”"):
        assert word in page
    assert hands.case(case).ver == 0


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"f_area": "1.5"}, "不是整数"),
        ({"f_agreed_start": "昨天"}, "不是日期"),
        ({"on": "9月5日"}, "不是日期"),
        ({"f_kind": "荒地"}, "可选项"),
    ],
)
def test_what_is_typed_wrongly_is_told_beside_its_field(hands, typed, said):
    case = hands.opened("pipeline_land_parcels")
    response = hands.client("command").post(f"/items/{case}/step/", {"step": "to_checked", **typed})

    assert response.status_code == 400
    assert said in response.content.decode()


def test_another_county_and_another_office_do_not_know_of_it(hands):
    """What a person may not see does not exist for him: 404, also for posting."""
    case = hands.opened("pipeline_first_permits")

    for who in ("county_b", "STB", "bureau"):
        assert hands.client(who).get(f"/items/{case}/").status_code == 404
        assert step(hands.client(who), case, "to_accepted").status_code == 404
    for who in ("county_a", "EEB", "command", "analyst"):
        assert hands.client(who).get(f"/items/{case}/").status_code == 200


def test_who_came_second_is_shown_the_new_state(hands):
    case = hands.opened("pipeline_first_permits")
    step(hands.client("EEB"), case, "to_accepted", paper=paper(), **PERMIT)
    late = step(hands.client("command"), case, "to_accepted", ver="0", paper=paper(), **PERMIT)

    assert late.status_code == 409
    assert "eeb 已先办理" in late.content.decode()
    assert hands.case(case).ver == 1


def test_an_update_changes_fields_and_nothing_else(hands):
    case = hands.opened("pipeline_land_parcels")
    assert step(hands.client("county_a"), case, "update", f_area="1,200", on="2022-11-01").status_code == 302

    found = hands.case(case)
    assert (found.state, found.fields["area"]) == ("listed", 1200)


def test_planned_days_may_be_moved_and_stay_in_order(hands):
    case = hands.opened("pipeline_transport_works", planned={"started": date(2022, 10, 1)})
    client = hands.client("command")
    wrong = client.post(f"/items/{case}/plan/", {"p_started": "2022-12-01", "p_building": "2022-11-01", "p_open": "2023-01-01"})
    right = client.post(f"/items/{case}/plan/", {"p_started": "2022-12-01", "p_building": "2022-12-20", "p_open": ""})

    assert wrong.status_code == 400
    assert "依次不早于" in wrong.content.decode()
    assert right.status_code == 302
    with acting_as_system("test"):
        days = dict(Milestone.objects.filter(case_id=case).values_list("stage", "planned"))
    assert days == {"preparing": None, "started": date(2022, 12, 1), "building": date(2022, 12, 20), "open": None}
    assert client.post(f"/items/{case}/plan/", {"p_started": "soon"}).status_code == 400


def test_the_ribbon_says_early_and_late(hands):
    case = hands.opened("pipeline_transport_works", planned={"preparing": date(2022, 9, 6), "started": date(2022, 10, 29)})
    page = hands.client("command").get(f"/items/{case}/").content.decode()

    assert "早 5 天" in page
    assert "已超 10 天" in page


def test_the_primary_button_is_the_straight_way(hands):
    case = hands.opened("pipeline_listing")
    page = hands.client("command").get(f"/items/{case}/").content.decode()

    assert page.index("转入“入库”") < page.index("移出种子库")
    assert 'class="button primary">转入“入库”' in page


def test_an_ended_item_has_no_button(hands):
    case = hands.opened("pipeline_listing")
    client = hands.client("command")
    client.post(f"/items/{case}/step/", {"step": "leave", "reason": "企业申请", "on": "2022-10-01"})
    page = client.get(f"/items/{case}/").content.decode()

    assert hands.case(case).state == "out"
    assert "已办结，没有下一步" in page
    assert 'name="step"' not in page


def test_a_new_item_by_the_form(hands):
    client = hands.client("command")
    page = client.get("/walked/pipeline/transport_works/new/").content.decode()
    empty = client.post("/walked/pipeline/transport_works/new/", {"title": " ", "unit": "nowhere", "f_length": "x"})
    made = client.post(
        "/walked/pipeline/transport_works/new/",
        {"title": "疏港道路", "unit": "371602", "f_length": "12", "p_open": "2023-06-01", "on": "2022-11-01"},
    )

    assert "建成通车" in page
    assert empty.status_code == 400
    assert all(word in empty.content.decode() for word in ("请写明名称", "请选择所在县", "里程"))
    assert made.status_code == 302
    found = hands.case(made["Location"].split("/")[2])
    assert (found.title, found.unit, found.lead, found.fields) == ("疏港道路", "371602", "TRA", {"length": 12})


def test_who_may_open_an_item(hands):
    """The command, the pipeline's office, any county; not another office, not an analyst."""
    address = "/walked/pipeline/ultra_low_retrofit/new/"

    assert {who: hands.client(who).get(address).status_code for who in ("command", "EEB", "county_a", "STB", "analyst", "enterprise")} == {
        "command": 200, "EEB": 200, "county_a": 200, "STB": 404, "analyst": 403, "enterprise": 403,
    }  # fmt: skip
    assert hands.client("command").get("/walked/pipeline/none/new/").status_code == 404


def test_a_firm_that_is_not_ones_own_cannot_be_named(hands):
    firm = hands.firm("b")
    response = hands.client("county_a").post("/walked/pipeline/arrears/new/", {"title": "欠款", "unit": "371602", "party": firm})

    assert response.status_code == 400
    assert "没有找到" in response.content.decode()


def test_one_step_for_many_items(hands):
    """Those that cannot move are told and hold nobody back; items of others are not touched."""
    good = [hands.opened("pipeline_project_stages", key=f"g{n}", title=f"项目{n}") for n in range(3)]
    other = hands.opened("pipeline_project_stages", key="b", unit="B01", title="乙县项目")
    started = hands.opened("pipeline_project_stages", key="s", title="在前期的")
    client = hands.client("command")
    client.post(f"/items/{started}/step/", {"step": "to_preparing", "on": "2022-09-02"})
    response = client.post(
        "/walked/pipeline/project_stages/bulk/", {"item": [*good, started], "step": "to_preparing", "on": "2022-10-01"}, follow=True
    )
    page = response.content.decode()

    assert "3 项已办理，1 项未动" in page
    assert "在前期的：" in page
    assert [hands.case(one).state for one in (*good, other)] == ["preparing"] * 3 + ["idea"]
    assert "请先勾选" in client.post("/walked/pipeline/project_stages/bulk/", {"step": "to_preparing"}, follow=True).content.decode()
    county = hands.client("county_a").post("/walked/pipeline/project_stages/bulk/", {"item": [other], "step": "to_preparing"}, follow=True)
    assert "请先勾选" in county.content.decode()


def test_a_secret_file_is_refused_before_it_is_kept(hands):
    case = hands.opened("pipeline_first_permits")
    response = step(hands.client("EEB"), case, "to_accepted", paper=SimpleUploadedFile("机密★一年.csv", b"x"), **PERMIT)

    assert response.status_code == 400
    assert hands.case(case).ver == 0


@pytest.mark.parametrize(
    "kind",
    [
        "pipeline_first_permits",
        "activity_hiring_events",
        "document_listing_plan",
        "pipeline_arrears",
        "pipeline_labour_tier",
        "pipeline_above_scale_candidates",
    ],
)
def test_every_kind_of_item_has_its_page_in_both_languages(hands, kind):
    case = hands.opened(kind, fields={"delivered": "2022-06-01", "principal": 100, "shortage": 50} if kind.startswith("pipeline_a") else {})
    client = hands.client("command")

    assert client.get(f"/items/{case}/").status_code == 200
    client.cookies["yunxing_language"] = "en"
    page = client.get(f"/items/{case}/").content.decode()
    assert "Next step" in page


def test_an_item_leads_to_the_file_of_its_firm(hands):
    firm = hands.firm("a")
    case = hands.opened("pipeline_arrears", party=firm)

    assert f'href="/enterprises/{firm}/"' in hands.client("county_a").get(f"/items/{case}/").content.decode()


def test_a_paper_of_another_item_does_not_exist(hands):
    one, other = hands.opened("pipeline_first_permits", key="1"), hands.opened("pipeline_first_permits", key="2", unit="B01")
    step(hands.client("EEB"), other, "to_accepted", paper=paper(), **PERMIT)
    with acting_as_system("test"):
        kept = Evidence.objects.get(case_id=other)

    assert hands.client("EEB").get(f"/items/{one}/papers/{kept.pk}/").status_code == 404
    assert hands.client("county_a").get(f"/items/{other}/papers/{kept.pk}/").status_code == 404


def test_the_history_tells_only_what_was_new(hands):
    """A field that was given again unchanged is not told again."""
    from yunxing.desk.dispatch.place import walked
    from yunxing.desk.dispatch.selectors import history_of

    case = hands.opened("pipeline_land_parcels")
    client = hands.client("command")
    for area in ("1200", "1200", "1300"):
        client.post(f"/items/{case}/step/", {"step": "update", "f_area": area, "f_cause": "政府原因", "on": "2022-11-01"})
    with acting_as_system("test"):
        rows = history_of(walked()["pipeline_land_parcels"], hands.case(case))

    assert [row["given"] for row in rows] == [[("面积", "1,300 平方米")], [], [("面积", "1,200 平方米"), ("原因", "政府原因")], []]
