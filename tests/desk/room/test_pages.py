"""The pages over HTTP, without a browser: who lands where, which month is shown, what does not exist for whom."""

from __future__ import annotations

import shutil

import pytest

from desk.room.month_cast import MONTH, SPAN
from yunxing.desk.people.models import Role

CITY = f"/figures/{MONTH}/?id=output_growth/city/city/{SPAN}/cumulative_yoy"


@pytest.fixture
def closed(month, settings, tmp_path):
    """A home folder in which the hand-made month is closed, and another, older copy of it."""
    for code in (MONTH, "2022-08"):
        folder = tmp_path / "tables" / "closed" / code
        shutil.copytree(month.board.snapshot.folder, folder / "00000000")
        (folder / "current").write_text("00000000", encoding="ascii")
    settings.HOME = tmp_path
    return month


@pytest.fixture
def county_of_the_month(cast, closed):
    """The county officer of the cast, whose unit is the first of the month's."""
    unit = cast.units.county_a
    unit.code = closed.units[0]
    unit.save()
    return cast.client("county_a")


def body(response) -> str:
    return response.content.decode()


def test_everyone_lands_somewhere(cast, closed):
    """The desk on the overview, an enterprise on its own page, each administrator on the page of his role, nobody on a refusal."""
    for member in ("command", "bureau", "county_a", "analyst"):
        assert "2022年9月运行总览" in body(cast.client(member).get("/")), member
    assert "您已报送的数" in body(cast.client("enterprise").get("/"))
    for member in ("sysadmin", "secadmin", "auditor"):
        response = cast.client(member).get("/", follow=True)
        assert response.status_code == 200, member
        assert response.redirect_chain[-1][0].startswith("/admin/"), member
    assert cast.client("newcomer").get("/").status_code == 403


def test_an_administrators_pages_hold_no_business_figure(cast, closed):
    """No period, no menu of the desk, and yet the mark that the data are synthetic."""
    page = body(cast.client("sysadmin").get("/admin/accounts/"))

    assert "合成数据" in page
    assert "period-form" not in page
    assert "/measures/" not in page


def test_the_sign_in_page_is_marked_as_synthetic(db, client, closed):
    """Synthetic data is labelled wherever it is seen, before signing in too."""
    assert "不对应任何真实单位" in body(client.get("/login/"))


def test_before_any_month_is_closed_the_overview_says_what_to_do(cast, settings, tmp_path):
    """An empty system: the first step, the second, and no number."""
    settings.HOME = tmp_path
    page = body(cast.client("command").get("/"))

    assert "还没有关账的月份" in page
    assert "yunxing month close" in page
    assert 'class="figure' not in page
    assert cast.client("command").get("/measures/18/").status_code == 200
    assert "还没有通报" in body(cast.client("command").get("/bulletins/"))


def test_the_frame_shows_the_month_of_the_page(cast, closed):
    """On a page whose address names a month that month is chosen in the selector; elsewhere the one of `p`; an unknown one does not exist."""
    client = cast.client("command")
    chosen = lambda address: next(line for line in body(client.get(address)).splitlines() if " selected>" in line and "已关账" in line)

    assert 'value="2022-08" selected' in chosen("/?p=2022-08")
    assert 'value="2022-08" selected' in chosen("/signals/2022-08/S-city/")
    assert 'value="2022-09" selected' in chosen("/measures/")
    for address in ("/?p=2022-13", "/?p=2030-01", "/?a=nowhere", "/signals/2030-01/S-city/", "/measures/29/", f"/figures/{MONTH}/?id=x"):
        assert client.get(address).status_code == 404, address


def test_another_period_leads_to_that_months_page(cast, closed):
    """The selector on a page of one month: a signal leads to the list, a figure to the overview, a bulletin to that month's."""
    client = cast.client("command")

    assert client.get(f"/signals/{MONTH}/S-city/?p=2022-08")["Location"] == "/signals/?p=2022-08"
    assert client.get(f"{CITY}&p=2022-08")["Location"] == "/?p=2022-08"
    assert client.get(f"/bulletins/{MONTH}/?p=2022-08")["Location"] == "/bulletins/2022-08/"
    assert client.get(f"/signals/{MONTH}/S-city/?p={MONTH}").status_code == 200


def test_the_selector_carries_the_other_parameters(cast, closed):
    """Indicator and area are hidden fields of the form, the period itself is not."""
    page = body(cast.client("command").get(f"/?i=coal_days&a={closed.units[0]}&p=2022-08"))
    start = page.index('class="period-form"')
    form = page[start : page.index("</form>", start)]

    assert 'name="i" value="coal_days"' in form
    assert f'name="a" value="{closed.units[0]}"' in form
    assert 'type="hidden" name="p"' not in form


def test_what_a_county_may_not_see_does_not_exist(county_of_the_month, closed):
    """Another unit's enterprise by signal, by figure, by cell: 404, not 403; its own opens."""
    get = county_of_the_month.get

    assert get(f"/signals/{MONTH}/S-own/").status_code == 200
    assert get(f"/signals/{MONTH}/S-other/").status_code == 404
    assert get(f"/figures/{MONTH}/?id=stop_days/party/E1/{MONTH}/value").status_code == 200
    assert get(f"/figures/{MONTH}/?id=stop_days/party/E5/{MONTH}/value").status_code == 404
    assert get(f"/figures/{MONTH}/?id=output_growth/cell/{closed.units[1]}.26/{MONTH}/yoy").status_code == 404
    for address in ("/", "/signals/", CITY):
        page = body(get(address))
        assert not any(f"企业{name}" in page for name in ("E5", "E6", "E7", "E8")), address
    assert "企业E1" in body(get(CITY))


def test_unknown_filters_and_indicators_are_harmless(cast, closed):
    """A wrong word in the address shows nothing or the default and is never an error, nor written into the page as markup."""
    client = cast.client("command")

    assert client.get("/?i=<script>").status_code == 200
    assert client.get("/signals/?kind=<b>&light=purple&a=x").status_code == 200
    assert "<script>alert" not in body(client.get("/signals/?kind=<script>alert(1)</script>"))
    assert "没有符合条件的信号" in body(client.get("/signals/?kind=nothing"))


@pytest.mark.parametrize("member", ["command", "county_a", "bureau", "analyst", "enterprise"])
def test_every_page_in_both_languages_has_its_language_and_one_heading(cast, closed, member):
    """No missing template word shows: the page's language, one h1, nothing of the template's own marks."""
    client = cast.client(member)
    for language, mark in (("zh-hans", "zh-Hans"), ("en", "en")):
        client.cookies["yunxing_language"] = language
        for address in (
            ("/", "/account/") if member == "enterprise" else ("/", "/signals/", "/measures/", "/measures/1/", "/bulletins/", CITY)
        ):
            page = body(client.get(address))
            assert f'<html lang="{mark}">' in page, address
            assert page.count("<h1") == 1, address
            assert "{{" not in page, address
            assert "{%" not in page, address


def test_no_page_has_inline_script_or_style(cast, closed):
    """The content policy allows neither: scripts are files or data, and there is no style attribute or handler."""
    import re

    client = cast.client("command")
    for address in ("/", "/signals/", f"/signals/{MONTH}/S-cell/", "/measures/18/", CITY, "/style/", "/account/"):
        page = body(client.get(address))
        assert not re.search(r"<script(?![^>]*(src=|application/json))", page), address
        assert not re.search(r"\s(style|on[a-z]+)=\"", page), address
        assert "<style" not in page, address


def test_only_pages_with_a_chart_load_the_chart_library(cast, closed):
    """The library is most of the weight."""
    client = cast.client("command")

    assert "built/charts" in body(client.get("/"))
    for address in ("/signals/", "/measures/", "/bulletins/", CITY):
        assert "built/charts" not in body(client.get(address)), address


def test_the_roles_of_a_menu(cast, closed):
    """Each role sees only the entries it can use; the order never changes."""
    from yunxing.desk.room.shell import MENU, menu_of

    assert menu_of(Role.COMMAND) == menu_of(Role.COUNTY)[: len(MENU)] == MENU
    assert [name for name, _title in menu_of(Role.COUNTY)[len(MENU) :]] == ["reporting:mine"]
    assert "reporting:reports" not in [name for name, _title in menu_of(Role.ANALYST)]
    own = [
        "room:overview",
        "reporting:mine",
        "support:mine",
        "library:documents",
        "adhoc:requests",
        "casework:my_cases",
        "factors:auctions",
        "matching:mine",
    ]
    assert [name for name, _ in menu_of(Role.ENTERPRISE)] == own
    assert [name for name, _ in menu_of(Role.AUDIT_ADMIN)] == ["people:journal"]
    assert menu_of("") == ()


@pytest.mark.parametrize("member", ["command", "bureau", "county_a", "analyst", "enterprise", "sysadmin", "secadmin", "auditor"])
def test_every_entry_of_a_menu_opens_for_who_is_shown_it(cast, closed, member):
    """No entry leads to a refusal: what the menu offers a role, the role may open."""
    from django.urls import reverse

    from yunxing.desk.room.shell import menu_of

    role = getattr(cast.people, member).posts.first().role
    client = cast.client(member)
    assert {name: client.get(reverse(name), follow=True).status_code for name, _title in menu_of(role)} == dict.fromkeys(
        [name for name, _title in menu_of(role)], 200
    )
