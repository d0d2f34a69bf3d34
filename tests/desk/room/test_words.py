"""Every string of the interface has English, the catalogue compiles, and Chinese names on an English page are marked as Chinese."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from yunxing.desk.room.style import colours, sample_signal, sample_trend
from yunxing.desk.room.templatetags.marks import names

ROOT = Path(__file__).resolve().parents[3]
CATALOGUE = ROOT / "src/yunxing/desk/locale/en/LC_MESSAGES/django.po"


def test_every_string_of_the_desk_has_english():
    """`tools/messages.py missing` finds nothing."""
    done = subprocess.run([sys.executable, "tools/messages.py", "missing"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.stdout == ""
    assert done.returncode == 0


def test_the_catalogue_compiles_and_says_each_thing_once():
    """Babel reads and writes it; no string stands in it twice; every placeholder of the Chinese stands in the English."""
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="en", abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    ids = re.findall(r"^msgid (\".+\")$", CATALOGUE.read_text(encoding="utf-8"), re.MULTILINE)
    marks = re.compile(r"%\(\w+\)s")

    assert GNUTranslations(compiled).gettext("总览") == "Overview"
    assert sorted(set(ids)) == sorted(ids)
    for one in catalogue:
        if isinstance(one.id, str) and one.id and one.string:
            assert set(marks.findall(str(one.string))) == set(marks.findall(one.id)), one.id


@given(st.text("甲乙（）：，ab <&>1", max_size=30))
def test_marking_names_changes_no_letter(text):
    """Without its tags the marked text is the text, escaped; in Chinese it is not marked at all."""
    from html import unescape

    with translation.override("en"):
        marked = str(names(text))
    with translation.override("zh-hans"):
        plain = str(names(text))

    assert unescape(re.sub(r"</?span[^>]*>", "", marked)) == text
    assert unescape(plain) == text
    assert "<span" not in plain
    assert not re.search(r"[甲乙]", re.sub(r"<span lang=\"zh-Hans\">.*?</span>", "", marked))


@pytest.mark.parametrize("text", ["<b>甲</b>", '甲"乙', "&amp;"])
def test_names_are_escaped(text, in_english):
    """A name is text, whatever it holds."""
    assert "<b>" not in str(names(text))
    assert "&lt;" in str(names("<i>"))


def test_the_style_page_reads_the_tokens_that_pages_use():
    """Every colour of the sheet is listed with its value; the samples are made by the functions of the real pages."""
    sheet = (ROOT / "src/yunxing/desk/static/desk/tokens.css").read_text(encoding="utf-8")
    listed = {one["name"]: one["value"] for one in colours(sheet)}

    assert listed["primary"].lower() == "#1f5fae"
    assert {"green", "amber", "red", "ink", "page", "card"} <= listed.keys()
    assert any(value == "未报" for _label, value in sample_trend().rows)
    assert sample_signal()["light"] == "amber"


def contrast(one: str, two: str) -> float:
    """WCAG's contrast ratio of two colours."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(one), luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("text", "ground", "least"),
    [
        ("ink", "card", 4.5), ("ink-2", "card", 4.5), ("ink-2", "page", 4.5), ("primary", "card", 4.5), ("card", "deep", 4.5), ("card", "primary", 4.5),
        ("accent", "deep", 4.5), ("green", "green-tint", 4.5), ("amber", "amber-tint", 4.5), ("red", "red-tint", 4.5), ("field", "card", 3.0),
    ],
)  # fmt: skip
def test_colours_of_text_are_readable(text, ground, least):
    """Screens 5.1: text at least 4.5, borders of inputs at least 3."""
    sheet = (ROOT / "src/yunxing/desk/static/desk/tokens.css").read_text(encoding="utf-8")
    listed = {one["name"]: one["value"] for one in colours(sheet)}

    assert contrast(listed[text], listed[ground]) >= least
