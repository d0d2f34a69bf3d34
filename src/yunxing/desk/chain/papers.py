"""What leaves the pages of the chains: one line a chain, a workbook with a sheet for each list, the lists as a document, the hits of a stop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from yunxing.desk.chain.services import owner_of
from yunxing.desk.room.shell import pack_in_force
from yunxing.desk.takeaway import Column, Table
from yunxing.engines.facts.takeaway import fingerprint
from yunxing.flows.chain_paper import ChainPaper, PaperList, paper_docx, paper_pdf
from yunxing.flows.read_chains import ReadChains
from yunxing.values.citation import parse_clause

LISTS = (Column("名称"), Column("统一社会信用代码或编号"), Column("单位"), Column("环节或产品"), Column("依据"), Column("事项编号"))


def _synthetic() -> bool:
    return bool(pack_in_force().document.synthetic.demonstration_data)


def overview(page: Mapping[str, Any]) -> Table:
    """All chains, one line each."""
    heads = [Column("产业链"), Column("链长"), Column("牵头部门"), Column("企业数", "家", "number"), Column("本地配套率", "%", "number", 1)]
    heads += [Column(name, "处", "number") for name in ("断点", "弱项", "单一来源")]
    rows = [
        [
            one["zh"], one["official"], one["office"], one["firms"], None if one["share"] is None else one["share"] * 100, one["missing"], one["weak"],
            one["single"],
        ]
        for one in page["rows"]
    ]  # fmt: skip
    broken = sum(one["missing"] for one in page["rows"])
    words = [f"{len(rows)} 条产业链，断点 {broken} 处，弱项 {sum(one['weak'] for one in page['rows'])} 处。"]
    return Table("chains", "产业链图谱一览", heads, rows, as_of=page["day"].isoformat(), words=words, synthetic=_synthetic())


def cover(read: ReadChains, page: Mapping[str, Any]) -> Table:
    """The lists of a chain: how many rows each has, how many are shown to this person, the digest of what is shown."""
    heads = [Column("清单"), Column("责任单位"), Column("行数", "", "number"), Column("本表行数", "", "number"), Column("内容摘要")]
    tables = sheets(read, page)
    rows = [
        [sheet["zh"], sheet["owner"], sheet["count"], len(sheet["rows"]), fingerprint(table)]
        for sheet, table in zip(page["sheets"], tables, strict=True)
    ]
    words = [page_words(read, page)]
    return Table(
        f"chain_{page['key']}", f"{page['chain'].title}一图{len(rows)}单", heads, rows, as_of=read.day.isoformat(), words=words, level=3, synthetic=_synthetic()
    )  # fmt: skip


def page_words(read: ReadChains, page: Mapping[str, Any]) -> str:
    """The chain in one sentence."""
    bad = {word: sum(one["word"] == word for one in page["segments"]) for word in ("断点", "弱项")}
    return f"{page['chain'].title}：{page['firms']} 家企业，本地配套率 {page['share']}，断点 {bad['断点']} 处，弱项 {bad['弱项']} 处（{read.day.isoformat()}）。"


def sheets(read: ReadChains, page: Mapping[str, Any]) -> list[Table]:
    """A table for each list with the rows this person may see."""
    found = []
    for sheet in page["sheets"]:
        rows = [[one["name"], one["row"].party, one["unit"], one["at"], one["why"], one["case"]] for one in sheet["rows"]]
        found.append(
            Table(
                f"chain_{page['key']}_{sheet['id']}", sheet["zh"], LISTS, rows, as_of=read.day.isoformat(), level=3, synthetic=_synthetic()
            )
        )
    return found


def document(read: ReadChains, page: Mapping[str, Any], form: str) -> tuple[bytes, str]:
    """The lists as Word or PDF, and the name of the file."""
    pack = pack_in_force()
    office = pack.offices[owner_of(read)]
    segments = [(one["zh"], one["level"], str(one["firms"]), one["local"], f"{one['shape']} {one['word']}") for one in page["segments"]]
    lists = [
        PaperList(
            sheet["zh"], sheet["count"], sheet["hidden"], tuple((one["name"], one["unit"], one["at"], one["why"]) for one in sheet["rows"])
        )
        for sheet in page["sheets"]
    ]
    paper = ChainPaper(
        page["chain"].title, office.name, read.day, f"{pack.document.title}（{parse_clause(page['clause'])}）", page_words(read, page), segments, lists,
        page["led"].official, pack.document.synthetic.label if _synthetic() else "",
    )  # fmt: skip
    content = paper_docx(paper) if form == "docx" else paper_pdf(paper, str(settings.INSTALLATION.fonts_dir))
    return content, f"{page['chain'].title}清单-{read.day.isoformat()}"


def hits(read: ReadChains, page: Mapping[str, Any]) -> Table:
    """Who is hit when one firm stops: the rows this person may see."""
    heads = [
        Column("企业"),
        Column("统一社会信用代码"),
        Column("单位"),
        Column("受影响日", "第几天", "number"),
        Column("最低水平"),
        Column("最低日", "第几天", "number"),
    ]
    heads += [Column("先断的产品"), Column("供方"), Column("层级", "", "number"), Column("期内少产", "亿元")]
    rows = [
        [
            one["name"],
            one["hit"].firm,
            one["unit"],
            one["day"],
            one["lowest"],
            one["lowest_day"],
            one["product"],
            one["by"],
            one["wave"],
            one["lost"],
        ]
        for one in page["rows"]
    ]
    return Table(
        "chain_stop", f"{page['name']}停产推演", heads, rows, as_of=read.day.isoformat(), words=[page["sentence"]], level=3, synthetic=_synthetic()
    )  # fmt: skip
