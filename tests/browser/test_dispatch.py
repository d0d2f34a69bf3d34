"""Pipelines, command and emergency in a real browser: an officer on a visit with a telephone, three clicks to a reported measure, a pass from form to check."""

from __future__ import annotations

import sqlite3

import pytest
from axe_playwright_python.sync_playwright import Axe

SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
PAGES = (
    "/pipelines/", "/pipelines/project_stages/?late=1", "/pipelines/first_permits/", "/pipelines/above_scale_candidates/?stage=qualified", "/pipelines/open_calls/",
    "/pipelines/labour_tier/", "/activities/", "/documents-promised/", "/walked/pipeline/open_calls/new/", "ITEM", "/command/?office=IIT", "/command/progress/17/",
    "/command/talks/", "/command/meetings/", "/command/liaison/", "/emergency/", "/emergency/E2022-01/", "/passes/E2022-01-00001/", "/passes/verify/",
)  # fmt: skip


def item_of(desk, kind: str, state: str) -> str:
    """The id of a made-up item of that kind at that stage."""
    with sqlite3.connect(f"file:{desk.home / 'desk.sqlite3'}?mode=ro", uri=True) as connection:
        row = connection.execute("select id from casework_case where definition = ? and state = ? order by id", (kind, state)).fetchone()
    assert row is not None, (kind, state)
    return str(row[0])


@pytest.mark.parametrize(("language", "width"), [("zh", 1440), ("en", 390)])
def test_every_page_is_accessible_silent_and_fits(signed_in, desk, language, width):
    """axe finds nothing, nothing scrolls sideways, the console is silent, one H1, from one origin, on a wall and on a telephone."""
    page = signed_in("zhihui", language)
    page.set_viewport_size({"width": width, "height": 900})
    for address in PAGES:
        where = f"/items/{item_of(desk, 'pipeline_first_permits', 'reviewing')}/" if address == "ITEM" else address
        page.goto(desk.url + where)
        result = Axe().run(page)

        assert result.violations_count == 0, (where, result.generate_report())
        assert page.evaluate(SIDEWAYS) <= 0, where
        assert page.locator("h1").count() == 1, where
        assert page.heard == [], where
    assert page.foreign == []


def test_an_officer_on_a_visit_moves_a_project_with_a_photo(signed_in, desk, tmp_path):
    """On a telephone: board → item → photo → button; the next stage stands on the ribbon, the paper beside it."""
    page = signed_in("zhihui")
    page.set_viewport_size({"width": 390, "height": 844})
    name = item_of(desk, "pipeline_transport_works", "preparing")
    photo = tmp_path / "现场.csv"
    photo.write_text("列\n值\n", encoding="utf-8")
    page.goto(desk.url + "/pipelines/transport_works/?stage=preparing")
    page.click(f"a[href='/items/{name}/']")
    page.set_input_files(".step[open] input[type=file]", str(photo))
    page.click(".step[open] button.primary")

    assert page.locator(".ribbon .here").inner_text().startswith("● 开工")
    assert page.get_by_text("现场.csv").count() == 1
    assert page.locator("[role=status]").first.inner_text().startswith("已记录")


def test_what_is_missing_is_told_at_the_top(signed_in, desk):
    """Nothing given: the page says every reason at once and the item has not moved."""
    page = signed_in("zhihui")
    page.set_viewport_size({"width": 1280, "height": 900})
    name = item_of(desk, "pipeline_open_calls", "running")
    page.goto(f"{desk.url}/items/{name}/")
    page.click(".step[open] button.primary")

    assert "处需要改正" in page.locator(".error-summary").inner_text()
    assert "佐证材料" in page.locator(".error-summary").inner_text()
    page.heard.clear()


def test_progress_on_a_measure_in_three_clicks(signed_in, desk):
    """Screens §9, from the landing page, typing not counted: 指挥 → 报进展 → 提交."""
    page = signed_in("bumen")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(desk.url + "/")
    clicks = 0
    for find in (lambda: page.locator(".shell-nav a", has_text="指挥"), lambda: page.locator("a.button", has_text="报进展").first):
        find().click()
        page.wait_for_load_state()
        clicks += 1
    page.fill("#words", "本月上门 12 户，解决用电问题 3 件")
    page.click("main button.primary")
    page.wait_for_load_state()
    clicks += 1

    assert clicks == 3
    assert "进展已报送" in page.locator("[role=status]").first.inner_text()


def test_a_pass_from_declaration_to_a_check(signed_in, desk):
    """Declared with its basis, applied for, issued, drawn as a code, checked; one changed letter is refused; ended, everything is read-only."""
    page = signed_in("zhihui")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(desk.url + "/emergency/")
    today = page.locator("input[name=first]").input_value()
    page.click("summary:has-text('宣布应急状态')")
    page.select_option("#kind", "flood")
    page.select_option("#basis", "中华人民共和国防洪法")
    page.fill("#last", today)
    page.click("button.danger")
    page.click("a.button.primary")
    for name, value in {"plate": "鲁X54321", "driver": "演示驾驶员", "phone": "13800000000", "route": "甲园区 — 乙港"}.items():
        page.fill(f"#{name}", value)
    page.select_option("#goods", "抢险物资")
    page.fill("#last", today)
    page.click("main button.primary")
    page.click("button:has-text('签发')")
    drawn = page.locator("img.qr")
    code = (
        page.locator("details code").inner_text()
        if page.locator("details[open] code").count()
        else page.locator("details code").text_content()
    )

    drawn.wait_for()
    page.wait_for_function("() => document.querySelector('img.qr').complete")
    assert drawn.evaluate("image => image.naturalWidth > 0")
    page.goto(desk.url + "/passes/verify/")
    page.fill("#code", code)
    page.click("main button.primary")
    assert "真实有效" in page.locator(".pass").inner_text()
    page.fill("#code", code[:80] + ("A" if code[80] != "A" else "B") + code[81:])
    page.click("main button.primary")
    assert page.locator(".error-summary").count() == 1
    page.heard.clear()  # of a refused form the browser says its status
    page.goto(desk.url + "/emergency/")
    page.click("td a, th a >> nth=0")
    page.click("button:has-text('解除应急状态')")
    assert "只读" in page.locator(".state").inner_text()
