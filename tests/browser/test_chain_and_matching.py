"""Chains and matching, as people open them: readable to everyone, fitting a phone, silent, one language; a firm stopped from the map; a pair and why."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from browser_words import LEFT_IN_CHINESE

SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def pages_of(page, desk):
    """The lists, and the first of what each leads to: a chain, what happens if one of its firms stops, a kind of matching, a round, a pair."""
    found = ["/chain/", "/matching/", "/matching/credit/"]
    page.goto(desk.url + "/chain/")
    chain = page.locator("main a[href^='/chain/']").first.get_attribute("href")
    page.goto(desk.url + chain)
    firm = page.locator("main select option").first.get_attribute("value")
    page.goto(desk.url + "/matching/")
    kind = page.locator("main a[href^='/matching/kinds/']").first.get_attribute("href")
    held = page.locator("main a[href^='/matching/rounds/']").first.get_attribute("href")
    page.goto(desk.url + held)
    pair = page.locator("main a[href^='/matching/pairs/']").first.get_attribute("href")
    return [*found, chain, f"{chain}stop/{firm}/", kind, held, pair]


@pytest.mark.parametrize(("language", "width"), [("zh", 1440), ("en", 390)])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(signed_in, desk, language, width):
    page = signed_in("zhihui", language)
    page.set_viewport_size({"width": width, "height": 900})
    found, sideways = {}, {}
    for address in pages_of(page, desk):
        response = page.goto(desk.url + address)
        assert response.status == 200, address
        result = Axe().run(page)
        if result.violations_count:
            found[address] = result.generate_report()
        if page.evaluate(SIDEWAYS) > 0:
            sideways[address] = page.evaluate(SIDEWAYS)
        assert page.locator("h1").count() == 1, address
        assert page.heard == [], address
    assert found == {}
    assert sideways == {}
    assert page.foreign == []


def test_english_leaves_no_chinese_in_the_chrome(signed_in, desk):
    page = signed_in("zhihui", "en")
    left = {}
    for address in pages_of(page, desk):
        page.goto(desk.url + address)
        if found := page.evaluate(LEFT_IN_CHINESE):
            left[address] = sorted(set(found))[:12]
    assert left == {}


def test_a_firm_is_stopped_from_the_map_s_page_and_its_case_opened_once(signed_in, desk):
    """The form of the chain leads to who is hit and when; the paper can be taken along."""
    page = signed_in("zhihui")
    page.goto(desk.url + "/chain/")
    page.locator("main a[href^='/chain/']").first.click()
    page.wait_for_load_state()
    page.locator("main select").first.select_option(index=0)
    page.locator("main button.primary").first.click()
    page.wait_for_load_state()

    assert "/stop/" in page.url
    assert page.locator("main table, main .empty").count() > 0


def test_an_enterprise_sees_its_own_matches_and_no_one_else_s(signed_in, desk):
    page = signed_in("qiye")
    response = page.goto(desk.url + "/matching/mine/")

    assert response.status == 200
    assert not Axe().run(page).violations_count
    assert page.goto(desk.url + "/matching/").status == 403
    assert page.goto(desk.url + "/matching/credit/").status == 403
    assert page.goto(desk.url + "/chain/").status == 403
