"""S6a as pages: the plain form without JavaScript, the answers to the grid, the summary, the receipt; keys and figures as people type them."""

from __future__ import annotations

import json
import re

import pytest

from desk.reporting_cast import AT, CLEAN, FORM, MONTH, A
from yunxing.desk.people.models import JournalEntry
from yunxing.desk.reporting.report_models import Entry, Report
from yunxing.desk.scoping import acting_as_system

KEY = "output/value/month"


def url(month, *rest):
    return f"/report/{month.report().pk}/" + "".join(f"{one}/" for one in rest)


def get(month, *rest, member="enterprise"):
    response = month.client(member).get(url(month, *rest))
    assert response.status_code == 200
    return response.content.decode()


def boxes(page):
    """name → value of every box of the page, as a browser without JavaScript posts them."""
    found = re.findall(r'<input[^>]*name="([cv]:[^"]+)"[^>]*?value="([^"]*)"', page)
    return dict(found)


def post_json(month, *cells, member="enterprise"):
    body = json.dumps({"cells": [{"key": key, "text": text, "ver": ver} for key, text, ver in cells]})
    return month.client(member).post(url(month, "cells"), body, content_type="application/json")


def test_the_whole_month_without_javascript(month):
    """Open, type, save, copy counts, send, tick, receipt: plain forms all the way; last year's figures come by themselves."""
    client = month.client("enterprise")
    page = client.get("/report/").content.decode()
    assert "剩余 1 个工作日 · 11月7日前" in page
    assert page.count('data-label="上年同期"') == 8
    assert ">96<" in page  # last October's output
    posted = boxes(page)
    amounts = {key: text for key, text in CLEAN.items() if key.split("/")[0] not in {"employees", "shortage", "stop_days"}}
    done = client.post(url(month, "cells"), {**posted, **{f"c:{key}": text for key, text in amounts.items()}, "copy": "1"})
    assert (done.status_code, done["Location"]) == (302, url(month))
    assert month.answers()["employees/value/month"] == "268"

    page = get(month)
    sent = client.post(url(month, "cells"), {**boxes(page), "send": "1"}, follow=True)
    assert sent.redirect_chain[-1][0] == url(month, "send")
    assert "与上月相比" in sent.content.decode()
    refused = client.post(url(month, "send"))
    assert refused.status_code == 400
    assert "请先勾选" in refused.content.decode()
    receipt = client.post(url(month, "send"), {"sure": "1"}, follow=True)

    page = receipt.content.decode()
    assert month.report().receipt in page
    assert "110" in page
    assert "制定机关" in page
    assert month.report().state == "submitted"
    assert JournalEntry.objects.filter(act="print", object_kind="report").exists()


def test_saving_the_page_unchanged_writes_nothing(month):
    """A page without JavaScript posts every box; those that were not touched are not written, however they were printed."""
    month.fill(output__value__month="1,234.50", output__value__cumulative="2,134.5")
    before = list(_entries(month))
    month.client("enterprise").post(url(month, "cells"), boxes(get(month)))

    assert list(_entries(month)) == before


def _entries(month):
    with acting_as_system("test"):
        yield from Entry.objects.filter(report=month.report()).order_by("key").values_list("key", "text", "ver")


def test_a_stale_page_does_not_run_over_what_another_one_typed(month):
    """Two people post the same page: the second gets 409 with who, old and new, and a button for either."""
    month.fill()
    page = get(month)
    first = {**boxes(page), f"c:{KEY}": "111"}
    month.client("enterprise").post(url(month, "cells"), first)
    second = {**boxes(page), f"c:{KEY}": "112", "c:tax/value/cumulative": "28"}
    response = month.client("enterprise").post(url(month, "cells"), second)

    assert response.status_code == 409
    page = response.content.decode()
    assert "测试enterprise改过“工业总产值 · 本月”（110 → 111）" in page
    assert "您填的是 112" in page
    assert month.answers()[KEY] == "111"
    assert month.answers()["tax/value/cumulative"] == "28"  # what nobody else touched is saved
    clash = dict(re.findall(r'name="([cv]:output/value/month)" value="([^"]*)"', page.split('class="clash"')[1]))
    month.client("enterprise").post(url(month, "cells"), clash)
    assert month.answers()[KEY] == "112"


def test_the_grid_is_told_versions_marks_and_clashes(month):
    """One answer to a save: text and version of each cell, the marks of all cells, what is filled, and who else was there."""
    first = post_json(month, (KEY, "1100000", 0), ("output/value/cumulative", "1O10", 0)).json()

    assert first["saved"] == {KEY: {"text": "1,100,000", "ver": 1}, "output/value/cumulative": {"text": "1O10", "ver": 1}}
    assert first["marks"][KEY]["slip"] == "×10000"
    assert first["marks"]["output/value/cumulative"]["mark"] == "error"
    assert (first["filled"], first["asked"], first["clashes"]) == (2, 9, [])
    second = post_json(month, (KEY, "111", 0)).json()
    [clash] = second["clashes"]
    assert clash["words"] == "测试enterprise在 " + clash["words"].split("在 ")[1]
    assert "改过“工业总产值 · 本月”（空 → 1,100,000）。保留哪一个？" in clash["words"]
    assert (clash["new"], clash["yours"], clash["ver"]) == ("1,100,000", "111", 1)


@pytest.mark.parametrize(
    "body", ["x", "[]", "{}", '{"cells": 1}', '{"cells": [{"key": "x"}]}', '{"cells": [{"key": "x", "text": "1", "ver": "a"}]}']
)
def test_what_is_no_save_is_refused_in_words(month, body):
    """The grid gets JSON with a sentence, never a page and never a crash."""
    response = month.client("enterprise").post(url(month, "cells"), body, content_type="application/json")
    assert response.status_code == 409
    assert "请刷新页面" in response.json()["refusal"]


def test_too_many_cells_at_once_are_refused(month):
    response = post_json(month, *[(KEY, "1", 0)] * 2001)
    assert "分几次粘贴" in response.json()["refusal"]


def test_the_summary_names_everything_that_is_open(month):
    """All problems at once, each with a link to its cell; without any, the tick and the button."""
    month.fill(output__value__month="12x", employees__value__month="")
    page = get(month, "send")
    assert "有 2 处需要改正或说明" in page
    assert f'#c-{KEY}"' in page
    assert "确认提交" not in page
    month.fill()
    page = get(month, "send")
    assert "确认提交" in page
    assert "↑ 10.0 %" in page  # 110 after 100
    assert "+110" in page  # what the month added to the cumulative figure


def test_no_target_and_no_forecast_stands_beside_an_input(month):
    """Ecosystem 1.4: only what was reported is shown."""
    page = get(month)
    for word in ("目标", "预测", "预计", "应完成", "计划数"):
        assert word not in page.split("<main")[1]


def test_a_sent_report_is_read_only_and_can_be_asked_back_or_corrected(month):
    month.fill()
    client = month.client("enterprise")
    client.post(url(month, "send"), {"sure": "1"})
    page = get(month)
    assert 'name="c:' not in page
    assert "申请退回" in page
    client.post(url(month, "ask-return"), {"reason": "漏报"})
    assert "已申请退回" in get(month)

    page = get(month, "correct")
    wrong = client.post(url(month, "correct"), {**boxes(page), f"c:{KEY}": "500", "why": "错"})
    assert wrong.status_code == 409
    assert 'value="500"' in wrong.content.decode()  # what was typed is not lost
    done = client.post(
        url(month, "correct"), {**boxes(page), f"c:{KEY}": "111", "c:output/value/cumulative": "1011", "why": "漏记"}, follow=True
    )
    assert "110 → 111" in done.content.decode()
    assert month.report().state == "submitted"


def test_a_daily_form_has_a_row_a_day(month):
    """The county's coal form: thirty-one rows, the totals' places, no other unit's site."""
    pk = month.report("COAL-01", "coal_day").pk
    page = month.client("county_a").get(f"/report/{pk}/").content.decode()
    assert page.count('data-item="2022-10-') == 31
    assert page.count("data-total-of") == 3  # receipts, use, loss; stocks are not added up
    assert month.client("county_b").get(f"/report/{pk}/").status_code == 404
    assert month.client("enterprise").get(f"/report/{pk}/").status_code == 404


def test_an_old_month_can_still_be_opened(month):
    """The list offers the months that are open; the address of a report shows its own month's list."""
    with acting_as_system("test"):
        from yunxing.desk.reporting import duties

        duties.open_month("2022-09")
        pk = Report.objects.get(form=FORM, period="2022-09", party=A).pk
    client = month.client("enterprise")
    assert "2022年9月" in client.get("/report/?all=2022-09").content.decode()
    page = client.get(f"/report/{pk}/").content.decode()
    assert f"<option selected>{MONTH[:5]}09" in page
    assert "2022年10月" in client.get("/report/?all=nonsense").content.decode()


def test_the_page_in_english_has_english_around_chinese_names(month):
    client = month.client("enterprise")
    client.cookies["yunxing_language"] = "en"
    page = client.get("/report/").content.decode()
    assert "1 working day left" in page
    assert "Gross industrial output" in page
    assert AT.year == 2022
