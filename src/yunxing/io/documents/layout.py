"""The measures of GB/T 9704-2012 (党政机关公文格式) that both the Word file and the PDF follow, once.

Page: A4, white edges 37 mm above and 28 mm left, type area 156 × 225 mm, 22 lines of 28 characters (5.1, 5.2.1, 5.2.3 of the standard).
"""

from __future__ import annotations

from dataclasses import dataclass

PAGE_MM = (210, 297)
TOP_MM, LEFT_MM, RIGHT_MM, BOTTOM_MM = 37, 28, 26, 35
LINES, CHARACTERS = 22, 28
BODY_PT, TITLE_PT, SMALL_PT, TABLE_PT, MARK_PT = 16, 22, 14, 12, 40  # 3号, 2号, 4号, 小4号; the mark's size is at discretion
LINE_PT = 28.95  # 225 mm / 22 lines is 28.99 pt; 28.95 lets 22 lines in
TRACKING_PT = -0.2  # 156 mm / 28 characters is 15.79 pt
PDF_TRACKING_PT = -0.21  # typst counts the tracking of the last character too: 28 × 15.79 pt is 156 mm
RED = "E60012"  # red ink Y80 M80


@dataclass(frozen=True, slots=True)
class Face:
    """A typeface of the standard: the name Word is told, and the families a PDF may take in its stead, the best first."""

    word: str
    families: tuple[str, ...]


_FALLBACK = ("Noto Serif SC", "Noto Serif CJK SC")
TITLE = Face("方正小标宋简体", ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋简体", "FZXBSJW--GB1-0", *_FALLBACK))
BODY = Face("仿宋_GB2312", ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "FandolFang R", "FandolFang", *_FALLBACK))
KAI = Face("楷体_GB2312", ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "FandolKai", "LXGW WenKai", *_FALLBACK))
HEI = Face("黑体", ("SimHei", "黑体", "FandolHei", "Noto Sans SC", "Noto Sans CJK SC", *_FALLBACK))
SONG = Face("宋体", ("SimSun", "宋体", "FandolSong", *_FALLBACK))
FACES = {"title": TITLE, "body": BODY, "kai": KAI, "hei": HEI, "song": SONG}


def mark_size(mark: str) -> int:
    """The size of 发文机关标志 in points: at discretion, striking, and on one line of the type area (156 mm).

    >>> mark_size("某市工业运行指挥部文件"), mark_size("某办")
    (40, 40)
    """
    return min(MARK_PT, int(156 / 25.4 * 72 / max(len(mark), 1)))


def signature_indent(issuer: str, day: str) -> float:
    """How many characters the issuer's name stands in from the right, so that it is centred over the date, which stands in by four.

    A letter or digit is half a character wide. A name much longer than the date ends at the edge.

    >>> signature_indent("某市运行办", "2022年10月20日"), signature_indent("某" * 30, "2022年1月1日")
    (5.0, 0)
    """
    return max(4 + (_width(day) - _width(issuer)) / 2, 0)


def _width(words: str) -> float:
    return sum(0.5 if letter.isascii() else 1 for letter in words)


QR_MM = 18  # a code of 45 modules at 0.4 mm, read by a telephone from a printed page
