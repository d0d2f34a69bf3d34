"""The payment list of a round as a workbook: who, by which clause, how much, what became of it, with totals that add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yunxing.engines.facts.sheet import Book, CellValue, Sheet

STATES = {
    "reserved": "已预留",
    "reduced": "部分预留(资金池余额不足)",
    "queued": "排队(资金池已用完)",
    "earlier": "此前已预留",
    "changed": "此前已预留,本次核定金额不同,待核",
}
HEAD = ("序号", "编号", "名称", "收款单位", "政策", "条款", "核定金额(元)", "预留金额(元)", "状态", "说明")


@dataclass(frozen=True, slots=True)
class Payment:
    """One line: the party, who is paid, the policy and clause, fen assessed and fen reserved, the state and the reason in words."""

    party: str
    name: str
    payee: str
    policy: str
    title: str
    clause: str
    assessed_fen: int
    reserved_fen: int
    state: str
    words: str


def yuan(fen: int) -> Decimal:
    """Exact yuan of whole fen, for a cell.

    >>> yuan(176767500)
    Decimal('1767675.00')
    """
    return Decimal(fen).scaleb(-2)


def table(payments: Sequence[Payment]) -> list[list[CellValue]]:
    """Head, a row a payment, and the totals."""
    rows: list[list[CellValue]] = [list(HEAD)]
    for number, one in enumerate(payments, 1):
        amounts = [yuan(one.assessed_fen), yuan(one.reserved_fen)]
        rows.append([number, one.party, one.name, one.payee, one.title, one.clause, *amounts, STATES[one.state], one.words])
    totals = [yuan(sum(one.assessed_fen for one in payments)), yuan(sum(one.reserved_fen for one in payments))]
    rows.append(["合计", "", "", "", "", "", *totals, "", ""])
    return rows


def workbook(payments: Sequence[Payment], title: str, on: date, marks: Sequence[str]) -> Book:
    """The list with its title, its date and the marks that must be seen (synthetic data, an assumed budget)."""
    rows = table(payments)
    above: list[list[CellValue]] = [[title], [f"核定日期 {on.isoformat()}", *marks]]
    body = len(above) + 1
    widths = dict(enumerate((6, 22, 34, 22, 24, 12, 18, 18, 22, 60)))
    merges = [(0, 0, 0, len(HEAD) - 1)]
    sheet = Sheet(
        "支付清单", above + rows, merges, head=(len(above), len(above)), body=body, widths=widths, formats={6: "#,##0.00", 7: "#,##0.00"}
    )
    return Book([sheet], name="payment_list.xlsx")
