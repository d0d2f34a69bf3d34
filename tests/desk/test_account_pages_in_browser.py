"""The pages of accounts and administration as people see them: no violation of accessibility, no sideways scroll, nothing from elsewhere."""

from __future__ import annotations

import os
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe

from desk.cast import PASSWORD, make_cast
from yunxing.desk.people import outbox

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(shutil.which("chromium") is None, reason="Debian's chromium is not installed"),
]
PAGES = {
    "anonymous": ["/login/"],
    "county_a": ["/account/", "/account/password/", "/notices/", "/admin/journal/"],
    "newcomer": ["/"],
    "sysadmin": ["/admin/accounts/"],
    "secadmin": ["/admin/grants/"],
    "auditor": ["/admin/journal/?verify=1"],
}
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="session")
def browser_type_launch_args():
    """Debian's chromium; without a sandbox only where the tests run as root."""
    quiet = [
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    root = ["--no-sandbox"] if os.getuid() == 0 else []
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return {"executable_path": shutil.which("chromium"), "args": [*quiet, *root]}


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("member", PAGES)
def test_the_pages_are_accessible_and_fit(live_server, page, member, width):
    """Each page of this member at this width, in Chinese and in English."""
    cast = make_cast()
    outbox.send(key="k", recipient=cast.people.county_a, parameters={"title": "新事项"})
    outbox.deliver()
    heard, foreign = [], []
    page.on("console", lambda message: heard.append(message.text) if message.type in ("error", "warning") else None)
    page.on("request", lambda request: foreign.append(request.url) if not request.url.startswith(live_server.url) else None)
    page.set_viewport_size({"width": width, "height": 900})
    if member != "anonymous":
        page.goto(live_server.url + "/login/")
        page.fill("input[name=username]", member)
        page.fill("input[name=password]", PASSWORD)
        page.click("main button[type=submit]")
    for language in ("zh-Hans", "en"):
        for address in PAGES[member]:
            page.goto(live_server.url + address)
            if page.locator("html").get_attribute("lang") != language:
                page.click(f"button[lang='{language}']")
                page.goto(live_server.url + address)
            assert page.locator("html").get_attribute("lang") == language
            result = Axe().run(page)
            assert result.violations_count == 0, (address, language, result.generate_report())
            assert page.evaluate(SIDEWAYS) <= 0, (address, language, width)
            assert page.locator("h1").count() == 1
    refusals = [text for text in heard if "403" not in text]  # the browser reports the status of the refused page itself

    assert refusals == []
    assert foreign == []
