"""Factors in a real browser: every page accessible and without sideways scroll, an act from trial to second signature, a sealed bid on a telephone."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
PAGES = (
    "/ledgers/", "/ledgers/pools/m16_quota_bank/", "/ledgers/pools/m17_advance/", "/ledgers/accounts/m16_quota_bank/city/", "/ledgers/proposals/",
    "/ledgers/proposals/1/", "/ledgers/obligations/", "/ledgers/sources/", "/ledgers/acts/allocate_pollutants/", "/ledgers/acts/set_land_task/",
    "/ledgers/auctions/", "/ledgers/auctions/m16_quota_auction/new/", "/ledgers/auctions/A2022-001/", "/ledgers/auctions/A2022-002/",
)  # fmt: skip


@pytest.mark.parametrize(("language", "width"), [("zh", 1440), ("en", 390)])
def test_every_page_is_accessible_silent_and_fits(signed_in, desk, language, width):
    """axe finds nothing, nothing scrolls sideways, the console is silent, one H1, from one origin."""
    page = signed_in("zhihui", language)
    page.set_viewport_size({"width": width, "height": 900})
    for address in PAGES:
        page.goto(desk.url + address)
        result = Axe().run(page)

        assert result.violations_count == 0, (address, result.generate_report())
        assert page.evaluate(SIDEWAYS) <= 0, address
        assert page.locator("h1").count() == 1, address
        assert page.heard == [], address
    assert page.foreign == []


def test_an_act_goes_from_trial_to_the_second_signature(signed_in, desk):
    """Fill in, try, hand in; the same person finds no button to agree; another agrees, and the balance has moved."""
    page = signed_in("zhihui")
    page.goto(desk.url + "/ledgers/acts/fund_vouchers/")
    page.fill("#amount", "12345.67")
    page.fill("#document", "浏览器测试〔2022〕1号")
    page.click("button[value=try]")
    assert page.get_by_text("若批准，余额将是").count() == 1
    page.click("button[value=hand_in]")
    where = page.url
    assert re.search(r"/ledgers/proposals/\d+/$", where)
    assert page.locator("button[value=agree]").count() == 0

    second = signed_in("qianfa")
    second.goto(where)
    second.click("button[value=agree]")
    assert second.locator("[role=status]").first.inner_text().startswith("已批准并入账")
    second.goto(desk.url + "/ledgers/accounts/m20_vouchers/city/")
    assert second.get_by_text("12,345.67").count() >= 1


def test_an_enterprise_bids_on_a_telephone_and_keeps_its_receipt(signed_in, desk):
    """The receipt shows the commitment and the nonce once; the page of another person shows the commitment alone."""
    page = signed_in("qiye")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(desk.url + "/ledgers/auctions/A2022-002/")
    page.fill("#price", "266.5")
    page.fill("#quantity", "700")
    page.click("form.filters button.primary")
    receipt = page.locator("section.notice").inner_text()
    commitment, nonce = re.findall(r"[0-9a-f]{64}", receipt)
    assert page.evaluate(SIDEWAYS) <= 0

    other = signed_in("zhihui")
    other.goto(desk.url + "/ledgers/auctions/A2022-002/")
    shown = other.content()
    assert commitment in shown
    assert nonce not in shown
    assert "266.5" not in shown
