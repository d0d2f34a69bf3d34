"""The pages as people meet them: readable to everyone, fitting every width, silent, from one origin, the same numbers as the closed month."""

from __future__ import annotations

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from browser_words import LEFT_IN_CHINESE
from yunxing.desk.room.figures import printed
from yunxing.engines.indicators.rows import row_from
from yunxing.values.period import chronological, parse_period

MONTH = "2022-09"
DESK_PAGES = (
    "/",
    "/?i=project_investment",
    "/?i=coal_days",
    "/signals/",
    "/measures/",
    "/measures/18/",
    "/measures/2/",
    "/bulletins/",
    "/style/",
    "/account/",
    "/notices/",
    f"/figures/{MONTH}/?id=output_growth/city/city/2022-01..09/cumulative_yoy",
    f"/figures/{MONTH}/?id=coal_days/city/city/2022-09/lowest_site",
    f"/figures/{MONTH}/?id=completeness/city/city/2022-09/share",
)
DRAFT, ISSUED = f"/bulletins/doc/monthly-{MONTH}/", "/bulletins/doc/monthly-2022-08/"
PAGES = {
    "zhihui": (*DESK_PAGES, f"/bulletins/{MONTH}/", "SIGNAL", DRAFT, ISSUED, f"{DRAFT}section/overall/"),
    "xian1": ("/", "/signals/", "/admin/", "/bulletins/", ISSUED),
    "bumen": ("/", "/signals/", "/measures/"),
    "qiye": ("/", "/measures/"),
    "xitong": ("/",),
    "anquan": ("/",),
    "shenji": ("/",),
    "anonymous": ("/login/",),
}
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def addresses(desk, member: str) -> list[str]:
    """The member's pages, the worst signal's among them."""
    signal = desk.snapshot().table("signals").to_pylist()[0]["id"]
    return [address if address != "SIGNAL" else f"/signals/{MONTH}/{signal}/" for address in PAGES[member]]


# every page of the desk in all four combinations; the others share its templates, so two of the four reach every width and language
LOOKS = [("zhihui", language, width) for language in ("zh", "en") for width in (1440, 390)]
LOOKS += [(member, *look) for member in PAGES if member != "zhihui" for look in (("zh", 1440), ("en", 390))]


@pytest.mark.parametrize(("member", "language", "width"), LOOKS)
def test_every_page_is_accessible_silent_and_from_one_origin(signed_in, desk, member, language, width):
    """axe finds no violation, the console stays silent, nothing is asked of another origin, nothing scrolls sideways, one H1, one language."""
    page = signed_in(member, language)
    page.set_viewport_size({"width": width, "height": 900})
    for address in addresses(desk, member):
        response = page.goto(desk.url + address)
        result = Axe().run(page)

        assert result.violations_count == 0, (address, result.generate_report())
        assert page.evaluate(SIDEWAYS) <= 0, address
        assert page.locator("h1").count() == 1, address
        assert page.locator("html").get_attribute("lang") == {"zh": "zh-Hans", "en": "en"}[language]
        # of a refused page the browser itself says its status
        said = [text for text in page.heard if not (response.status == 403 and "403" in text)]
        assert said == [], address
        page.heard.clear()
    assert page.foreign == []


@pytest.mark.parametrize("width", [360, 768, 1280, 1920])
def test_no_page_scrolls_sideways_at_any_width(signed_in, desk, width):
    """Widths of phones, tablets, laptops and walls; and the words of the navigation never break inside."""
    page = signed_in("zhihui")
    page.set_viewport_size({"width": width, "height": 900})
    wide = {}
    for address in addresses(desk, "zhihui"):
        page.goto(desk.url + address)
        over = page.evaluate(SIDEWAYS)
        if over > 0:
            wide[address] = over
        lines = page.evaluate("() => [...document.querySelectorAll('.shell-nav a')].map((one) => one.getClientRects().length)")
        assert set(lines) == {1}

    assert wide == {}


@pytest.mark.parametrize("member", PAGES)
def test_english_leaves_no_chinese_in_the_chrome(signed_in, desk, member):
    """Names, quotes and documents are marked as Chinese; everything else is English, the labels for readers too."""
    page = signed_in(member, "en")
    left = {}
    for address in addresses(desk, member):
        page.goto(desk.url + address)
        found = page.evaluate(LEFT_IN_CHINESE)
        if found:
            left[address] = found

    assert left == {}


def test_every_light_has_a_shape_and_a_word(signed_in, desk):
    """Colour never speaks alone: each light is one of four shapes followed by its word, and the dots of the matrix say theirs."""
    page = signed_in("zhihui")
    seen = set()
    for address in addresses(desk, "zhihui"):
        page.goto(desk.url + address)
        for light in page.locator(".light").all_text_contents():
            assert re.fullmatch(r"\s*(● 绿灯|◆ 黄灯|▼ 红灯|○ 无灯)\s*", light), (address, light)
            seen.add(light.strip()[0])
    page.goto(desk.url + "/")
    dots = page.locator(".dot").all_text_contents()

    assert {"▼", "○"} <= seen
    assert len(dots) == 28
    assert all(re.search(r"[●◆▼○]\d+ \d+\. .+，(正常|关注|预警|尚无可计量的数)$", dot) for dot in dots)


@pytest.mark.parametrize("indicator", ["output_growth", "project_investment", "above_scale_entries", "port_foreign_cargo"])
def test_a_chart_and_its_table_hold_the_same_numbers(signed_in, desk, indicator):
    """The table behind the toggle has the chart's numbers, rounded for print; the label read aloud is the sentence under it."""
    page = signed_in("zhihui")
    page.goto(f"{desk.url}/?i={indicator}")
    option = json.loads(page.locator("#trend-option").text_content())
    drawn = option["series"][0]["data"]
    table = [one.replace(",", "") for one in page.locator("[data-trend] td.number").all_text_contents()]
    labels = page.locator("[data-trend] tbody th").all_text_contents()

    assert labels == option["xAxis"]["data"]
    assert len(table) == len(drawn) > 1
    for text, value in zip(table, drawn, strict=True):
        places = len(text.partition(".")[2])
        assert abs(float(text) - value) <= 0.5 * 10**-places + 1e-9
    assert page.locator("[data-chart]").get_attribute("aria-label") == page.locator("figcaption").text_content()
    assert page.locator("[data-chart] svg").count() == 1
    assert option["tooltip"]["renderMode"] == "richText"


def test_the_cards_of_the_overview_are_the_rows_of_the_closed_month(signed_in, desk):
    """Figure and unit of every card, and every tile of the map, printed anew from the snapshot's own rows."""
    page = signed_in("zhihui")
    page.goto(desk.url + "/")
    snapshot = desk.snapshot()
    cards = {card["name"]: card for card in snapshot.definitions}
    rows = [row_from(plain) for plain in snapshot.rows()]
    checked = 0
    for card in page.locator(".kpi").all():
        definition = cards[card.locator(".title").text_content().strip()]
        own = [row for row in rows if row.indicator == definition["id"] and row.scope_kind == "city" and row.stat == definition["headline"]]
        row = max(own, key=lambda one: chronological(parse_period(one.period)))
        expected = printed(row.value, row.unit, row.absence, definition.get("shown"))
        assert card.locator(".figure").text_content() == expected.text + expected.unit
        checked += 1
    growth = {
        row.scope: row
        for row in rows
        if (row.indicator, row.scope_kind, row.period, row.stat) == ("output_growth", "unit", "2022-01..09", "cumulative_yoy")
    }
    shown = sorted(text for text in page.locator(".tile .plate").evaluate_all("all => all.map((one) => one.lastChild.data)"))
    absent = ["未报"] * (10 - len(growth))

    assert checked == 4
    assert shown == sorted([str(printed(row.value, row.unit, row.absence)) for row in growth.values()] + absent)


def test_numbers_are_grouped_in_threes(signed_in, desk):
    """No figure on any page has four digits in a row; years, dates and codes stand outside the number cells."""
    page = signed_in("zhihui")
    wrong, seen = {}, 0
    for address in addresses(desk, "zhihui"):
        page.goto(desk.url + address)
        cells = page.locator("td.number, .figure, .reason, .paper td.right, figcaption").all_text_contents()
        for text in cells:
            bare = re.sub(r"\d{4}-\d{2}-\d{2}|\d{4}年", "", text)
            seen += bool(re.search(r"\d,\d{3}", bare))
            if re.search(r"(?<![\d.])\d{4,}", bare):
                wrong.setdefault(address, []).append(text)

    assert wrong == {}
    assert seen > 0


def test_touch_targets_are_large_enough(signed_in, desk):
    """At 390 px every button, select, tile and dot is at least 44 px high (the dots of the matrix too)."""
    page = signed_in("zhihui")
    page.set_viewport_size({"width": 390, "height": 900})
    small = {}
    for address in ("/", "/signals/", "/measures/", "/bulletins/"):
        page.goto(desk.url + address)
        found = page.evaluate(
            "() => [...document.querySelectorAll('.button, select, .tile, .dot, .shell-nav a, .shell-tools a, .shell-tools button, .source, .signal-words')]"
            ".filter((one) => one.offsetParent && one.getBoundingClientRect().height < 43.5).map((one) => one.className + ' ' + one.textContent.slice(0, 20))"
        )
        if found:
            small[address] = found

    assert small == {}
