"""A session ends while somebody types: it is said beforehand, he signs in again in a dialog, and nothing typed is lost (screens 10.6)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

WORDS = "企业反映用电紧张，请协调（测试）"


@pytest.fixture
def soon(browser, desk):
    """A page signed in as the command whose session seems to end within a few seconds: the page's own clock is what is tested, the cookie is taken away by hand."""
    context = browser.new_context()
    page = context.new_page()
    # the page is told another length of session; everything else is as served
    page.route(
        "**/cases/new/",
        lambda route: route.fulfill(
            response=(answer := route.fetch()), body=answer.text().replace('data-seconds="1800"', 'data-seconds="5"')
        ),
    )
    page.goto(desk.url + "/login/")
    page.fill("input[name=username]", "zhihui")
    page.fill("input[name=password]", desk.passwords["zhihui"])
    page.click("main button[type=submit]")
    page.wait_for_load_state()
    yield page
    context.close()


def open_form(page, desk):
    page.goto(desk.url + "/cases/new/")
    page.locator("main textarea").first.fill(WORDS, force=True)


def typed(page):
    return page.locator("main textarea").first.input_value()


def test_it_is_said_before_and_going_on_keeps_the_session(soon, desk):
    open_form(soon, desk)
    dialog = soon.locator("#session-end")
    dialog.wait_for(state="visible")
    assert "登录就到期" in dialog.inner_text()
    assert not dialog.locator("[name=password]").is_visible()
    dialog.locator("[data-go]").click()
    soon.wait_for_function(
        "!document.getElementById('session-end').open || document.querySelector('[data-words]').textContent.includes('登录就到期')"
    )

    assert typed(soon) == WORDS


def test_after_the_end_one_signs_in_again_in_the_dialog_and_nothing_typed_is_lost(soon, desk):
    open_form(soon, desk)
    soon.context.clear_cookies(name="yunxing_session")
    dialog = soon.locator("#session-end")
    dialog.locator("[name=password]").wait_for(state="visible", timeout=15_000)
    assert "登录已到期" in dialog.inner_text()
    dialog.locator("[name=password]").fill("wrong-word")
    dialog.locator("[data-go]").click()
    expect(soon.locator("[data-said]")).to_contain_text("不对")
    assert typed(soon) == WORDS

    old = soon.locator("main input[name=csrfmiddlewaretoken]").first.input_value()
    dialog.locator("[name=password]").fill(desk.passwords["zhihui"])
    with soon.expect_response(lambda answer: answer.url.endswith("/account/alive/") and answer.json()["who"] == "zhihui"):
        dialog.locator("[data-go]").click()
    expect(soon.locator("main input[name=csrfmiddlewaretoken]").first).not_to_have_value(old)
    assert typed(soon) == WORDS
