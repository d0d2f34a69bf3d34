"""Names and quotes stay Chinese on an English page; they are marked so, for a screen reader's voice and for the font."""

from __future__ import annotations

import re

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from yunxing.desk.room.figures import english

register = template.Library()
CHINESE = re.compile(r"([\u3400-\u9fff〇（）《》〔〕「」、，。：；]*[\u3400-\u9fff][\u3400-\u9fff〇（）《》〔〕「」、，。：；0-9]*)")


@register.filter
def names(text: object) -> SafeString:
    """The text with its Chinese runs marked as Chinese when the page is English; escaped and otherwise unchanged."""
    plain = str(text)
    if not english():
        return format_html("{}", plain)
    pieces = CHINESE.split(plain)
    return format_html_join(
        "", "{}", ((format_html('<span lang="zh-Hans">{}</span>', piece) if at % 2 else piece,) for at, piece in enumerate(pieces))
    )
