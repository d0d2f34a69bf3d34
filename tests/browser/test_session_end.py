"""A session ends while somebody types: it is said beforehand, he signs in again in a dialog, and nothing typed is lost (screens 10.6)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

WORDS = "企业反映用电紧张，请协调（测试）"


@pytest.fixture
def signed(browser, desk):
    """A page signed in as the command; its clock is set forward by the test (the server's is not: the cookie is taken away by hand)."""
    context = browser.new_context()
    page = context.new_page()
    page.clock.install()
    page.goto(desk.url + "/login/")
    page.fill("input[name=username]", "zhihui")
    page.fill("input[name=password]", desk.passwords["zhihui"])
    page.click("main button[type=submit]")
    page.wait_for_load_state()
    yield page
    context.close()


def open_form(page, desk):
    page.goto(desk.url + "/cases/new/")
    page.locator("main textarea").first.fill(WORDS)
    expect(page.locator("main textarea").first).to_have_value(WORDS)


def typed(page):
    return page.locator("main textarea").first.input_value()


def test_it_is_said_before_and_going_on_keeps_the_session(signed, desk):
    open_form(signed, desk)
    signed.clock.fast_forward("26:00")
    dialog = signed.locator("#session-end")
    dialog.wait_for(state="visible")
    assert "登录就到期" in dialog.inner_text()
    assert not dialog.locator("[name=password]").is_visible()
    dialog.locator("[data-go]").click()
    expect(dialog).not_to_be_visible()

    assert typed(signed) == WORDS


def test_after_the_end_one_signs_in_again_in_the_dialog_and_nothing_typed_is_lost(signed, desk):
    open_form(signed, desk)
    signed.context.clear_cookies(name="yunxing_session")
    signed.clock.fast_forward("31:00")
    dialog = signed.locator("#session-end")
    dialog.locator("[name=password]").wait_for(state="visible", timeout=15_000)
    assert "登录已到期" in dialog.inner_text()
    dialog.locator("[name=password]").fill("wrong-word")
    dialog.locator("[data-go]").click()
    expect(signed.locator("[data-said]")).to_contain_text("不对")
    assert typed(signed) == WORDS

    old = signed.locator("main input[name=csrfmiddlewaretoken]").first.input_value()
    dialog.locator("[name=password]").fill(desk.passwords["zhihui"])
    with signed.expect_response(lambda answer: answer.url.endswith("/account/alive/") and answer.json()["who"] == "zhihui"):
        dialog.locator("[data-go]").click()
    expect(signed.locator("main input[name=csrfmiddlewaretoken]").first).not_to_have_value(old)
    assert typed(signed) == WORDS
