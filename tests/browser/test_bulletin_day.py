"""Bulletin day (ecosystem §0, moment 8): a draft in one click and under ten seconds, edited in an office, taken back with every figure re-checked, issued by another."""

from __future__ import annotations

import io
import time
from pathlib import Path

import docx
import pytest

from browser.conftest import Desk

MONTH = "2022-09"
PROMISED = 10  # seconds, screens S10 and ecosystem §0


@pytest.fixture
def edited(tmp_path: Path):
    """The Word file as somebody edited it in an office: words added, a figure changed by hand."""

    def change(content: bytes) -> Path:
        document = docx.Document(io.BytesIO(content))
        paragraphs = [one for one in document.paragraphs if one.style.name == "Body Text" and len(one.text) > 20]
        paragraphs[0].add_run("各单位要高度重视。")
        run = next(run for run in paragraphs[0].runs if run.text.startswith("增长"))
        run.text = "增长99.9%"
        path = tmp_path / "改好.docx"
        document.save(str(path))
        return path

    return change


def test_the_draft_stands_after_one_click(signed_in, desk: Desk):
    """From the landing page: one click (the budget is two), and within the promise."""
    page = signed_in("zhihui")
    page.goto(desk.url + "/")
    begun = time.monotonic()
    page.locator(".actions button.primary").click()
    page.wait_for_url(f"**/bulletins/doc/monthly-{MONTH}/")
    assert page.locator(".paper-title").is_visible()
    assert time.monotonic() - begun < PROMISED
    assert page.locator(".outline li").count() >= 6


def test_a_file_edited_in_an_office_is_taken_back_and_every_figure_checked(signed_in, desk: Desk, edited):
    page = signed_in("zhihui")
    page.goto(f"{desk.url}/bulletins/doc/monthly-{MONTH}/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Word").click()
    before = page.locator(".paper").inner_text()
    page.set_input_files("#returned", edited(Path(download.value.path()).read_bytes()))
    begun = time.monotonic()
    page.get_by_role("button", name="传回并核对数字").click()
    page.wait_for_load_state()
    assert time.monotonic() - begun < PROMISED
    told = page.locator("[role=status]").first.inner_text()
    assert "1 节有改动" in told
    assert "增长99.9%" in told, "the figure changed by hand is named"
    after = page.locator(".paper").inner_text()
    assert "各单位要高度重视。" in after
    assert "99.9%" not in after, "and it is not taken"
    assert after.replace("各单位要高度重视。", "") == before
    page.locator(".outline a", has_text="修改文字").first.click()
    page.get_by_role("button", name="恢复为数据生成的文字").click()
    page.wait_for_load_state()
    assert page.locator(".paper").inner_text() == before


def test_an_issued_bulletin_is_read_by_a_county_and_cannot_be_changed(signed_in, desk: Desk):
    page = signed_in("xian1")
    page.goto(f"{desk.url}/bulletins/doc/monthly-2022-08/")
    assert page.locator(".paper-title").is_visible()
    assert page.get_by_role("button", name="保存").count() == 0
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF", exact=True).first.click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
    assert page.goto(f"{desk.url}/bulletins/doc/monthly-{MONTH}/").status == 404
