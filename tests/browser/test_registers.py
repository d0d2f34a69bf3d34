"""Registers, duplicates, one member's form, and the pages of this round: readable to everyone, fitting a phone, silent, one language; the click from list to look."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from browser_words import LEFT_IN_CHINESE

PAGES = (
    "/registers/",
    "/registers/key_projects/",
    "/registers/duplicates/",
    "/registers/panel_100/",
    "/indicators/output_index/",
    "/indicators/project_investment/",
    "/indicators/output_growth/",
    "/pipelines/project_stages/",
    "/pipelines/project_stages/?still=1",
    "/imports/",
    "/todo/",
    "/cases/escalated/",
    "/cases/loop/",
    "/bulletins/",
)
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def member_page(page, desk):
    """The form of the list's first member."""
    page.goto(desk.url + "/registers/key_projects/")
    return page.locator("a[href*='/members/']").first.get_attribute("href")


@pytest.mark.parametrize(("language", "width"), [("zh", 1440), ("en", 390)])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(signed_in, desk, language, width):
    page = signed_in("zhihui", language)
    page.set_viewport_size({"width": width, "height": 900})
    found = {}
    for address in (*PAGES, member_page(page, desk)):
        response = page.goto(desk.url + address)
        assert response.status == 200, address
        result = Axe().run(page)
        if result.violations_count:
            found[address] = result.generate_report()
        assert page.evaluate(SIDEWAYS) <= 0, address
        assert page.locator("h1").count() == 1, address
        assert page.heard == [], address
    assert found == {}
    assert page.foreign == []


def test_english_leaves_no_chinese_in_the_chrome(signed_in, desk):
    page = signed_in("zhihui", "en")
    left = {}
    for address in (*PAGES, member_page(page, desk)):
        page.goto(desk.url + address)
        if found := page.evaluate(LEFT_IN_CHINESE):
            left[address] = found
    assert left == {}


def test_a_member_is_changed_looked_at_and_taken_back_with_the_keyboard_alone(signed_in, desk):
    """Typing, then Enter on each form: the look says old → new, the confirmation writes, the version is taken back."""
    page = signed_in("zhihui")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(desk.url + member_page(page, desk))
    field = page.locator("main form input[type=tel]").first
    field.fill("0543-0000009")
    page.fill("input[name=source]", "电话核实（测试）")
    with page.expect_navigation():
        page.locator("input[name=source]").press("Enter")
    assert "→ 0543-0000009" in page.locator("main").inner_text()
    page.locator("form[action$='/confirm/'] button").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "已更新" in page.locator("main").inner_text()
    undo = page.locator("form[action$='/undo/'] button").first
    undo.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "已撤销" in page.locator("main").inner_text()
