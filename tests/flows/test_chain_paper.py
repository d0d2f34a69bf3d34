"""The chain's document: every list with its count, long lists cut with a word, the same contents the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date

from yunxing.engines.bulletins.model import Table
from yunxing.flows.chain_paper import PAPER_ROWS, ChainPaper, PaperList, compose, paper_docx


def paper(*lists, official="王某"):
    segments = [("电解铝", "中游", "3", "60.0%", "● 正常")]
    return ChainPaper("铝产业链", "某局", date(2022, 9, 30), "某文件第7条", "铝产业链：3 家企业。", segments, lists, official, "合成数据")


def words(content):
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = [
            packed.read(name).decode() for name in sorted(packed.namelist()) if re.match(r"word/(document|header\d*|footer\d*)\.xml", name)
        ]
    return re.sub("<[^>]+>", "", "\n".join(parts))


def test_the_document_holds_the_map_and_every_list_with_its_count():
    rows = (("甲厂", "甲县", "电解铝", "一家供应"),)
    told = words(paper_docx(paper(PaperList("断点清单", 3, 2, rows), PaperList("园区清单", 0, 0, ()))))

    for text in ("铝产业链一图2单", "链长：王某。", "共 3 项，其中 2 项在本单位范围之外。", "共 0 项。", "甲厂", "● 正常", "合成数据"):
        assert text in told, text
    assert "链长" not in words(paper_docx(paper(official="")))


def test_a_long_list_is_cut_in_print_with_a_word_and_one_row_less_is_whole():
    def of(count):
        section = compose(paper(PaperList("清单", count, 0, tuple((f"厂{at}", "", "", "") for at in range(count))))).sections[1]
        table = next(one for one in section.blocks if isinstance(one, Table))
        return len(table.rows), str(section.blocks[0])

    assert of(PAPER_ROWS)[0] == PAPER_ROWS
    assert "全部见工作簿" not in of(PAPER_ROWS)[1]
    assert of(PAPER_ROWS + 1)[0] == PAPER_ROWS
    assert "全部见工作簿" in of(PAPER_ROWS + 1)[1]


def test_the_same_contents_give_the_same_bytes():
    assert paper_docx(paper()) == paper_docx(paper())
