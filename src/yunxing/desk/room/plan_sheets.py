"""Gathers what 一企一策单 says about one enterprise: the same figures that its file shows to the same person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yunxing.desk.reporting.models import Party
from yunxing.desk.room.board import Board
from yunxing.desk.room.party_files import TABS, enterprise_file
from yunxing.desk.room.party_pages import trade
from yunxing.flows.plan_sheet import PlanSheet, write_plan_sheet
from yunxing.packs.pack import Pack

BEHIND = 25  # a firm below this share of its peers is asked about


def plan_sheet(party: Party, board: Board | None, pack: Pack) -> bytes:
    """The Word file."""
    return write_plan_sheet(gathered(party, board, pack))


def gathered(party: Party, board: Board | None, pack: Pack) -> PlanSheet:
    """The sheet's contents, in Chinese whatever language the page has: it is a document."""
    from django.utils import translation

    with translation.override("zh-hans"):
        page = enterprise_file(party, board, pack, "run")
        tabs = {one.id: one.content(party, board, pack) for one in TABS if one.id in ("projects", "contacts")}
        figures = [(one.title, one.value, one.last_year or "—", one.median, one.percentile) for one in page["content"]["rows"]]
        contacts = [*tabs["contacts"]["own"], *(pair for one in tabs["contacts"]["lists"] for pair in one["details"])]
        projects = [(one["name"], one["total"], one["done"]) for one in tabs["projects"]["rows"]]
        return PlanSheet(
            name=party.name, code=party.pk, issuer=_issuer(pack), day=page["day"], period=board.month.label("zh") if board else "",
            about=[("统一社会信用代码", party.pk), ("所在区域：", page["unit"]), ("行业：", trade(party.industry)), ("规模：", page["size"]),
                   ("升规纳统：", page["stage"])],
            figures=figures, projects=projects, lists=[(one["title"], f"{one['since']}") for one in page["lists"]], contacts=contacts,
            steps=steps(page["content"]["rows"], projects, contacts),
            label=pack.document.synthetic.label if pack.document.synthetic.demonstration_data else "",
        )  # fmt: skip


def _issuer(pack: Pack) -> str:
    command = next((office for office in pack.offices.values() if office.id == "CMD"), None) or next(iter(pack.offices.values()))
    return command.name


def steps(rows: Sequence[Any], projects: Sequence[tuple[str, str, str]], contacts: Sequence[tuple[str, str]]) -> list[str]:
    """What follows from the figures, as questions to be settled: items far below the peers, values not reported, projects without money, no contact."""
    found = []
    low = [one.title for one in rows if one.percentile.endswith("%") and int(one.percentile[:-1]) < BEHIND]
    if low:
        found.append(f"{'、'.join(low[:4])}低于四分之三以上同业企业，由联络员上门了解原因，逐项提出帮扶意见。")
    missing = [one.title for one in rows if one.value in ("未报", "缺报")]
    if missing:
        found.append(f"{'、'.join(missing[:4])}未报，由所在县（市、区）催报。")
    idle = [name for name, _total, done in projects if done in ("—", "0.00")]
    if idle:
        found.append(f"{'、'.join(idle[:3])}本年尚无投资，由项目责任人核实受制要素。")
    if not contacts:
        found.append("尚未登记联系人，由所在县（市、区）补录。")
    return found
