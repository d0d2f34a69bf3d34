"""Lists that are worked out when somebody looks: who is entitled and has not applied, who exports and is not insured.

Rows carry firms' names: the command and the office that keeps the list see all of them, a county its own firms, everybody else how many there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk import clock
from yunxing.desk.room.board import Board
from yunxing.desk.room.figures import pick
from yunxing.desk.room.list_pages import office_of
from yunxing.desk.scoping import acting_as_system, current_scope
from yunxing.desk.support import in_force
from yunxing.desk.support.delivery_models import Offer
from yunxing.desk.takeaway import Column, Table
from yunxing.flows.worked_out_lists import not_applied, without
from yunxing.io.store.registry import read_some
from yunxing.packs.generated import Generated, load_generated
from yunxing.packs.pack import Pack
from yunxing.values.money import format_money
from yunxing.values.period import YearToDate
from yunxing.values.scope import ALL, Scope

AMOUNTS = 3
"""The level of a single firm's figures."""
SHOWN = 50
Row = dict[str, Any]


def rules_of(pack: Pack) -> Mapping[str, Generated]:
    """The worked-out lists of the pack, by id."""
    return _rules(pack.folder)


@lru_cache(maxsize=2)
def _rules(folder: Path) -> Mapping[str, Generated]:
    return load_generated(folder)


def cards(pack: Pack) -> dict[str, list[dict[str, Any]]]:
    """The worked-out lists that the person may see, by group, for the page of all lists."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in rules_of(pack).values():
        if current_scope().sees_level(one.level):
            found.setdefault(one.group, []).append(
                {
                    "title": pick(one.title, one.title_en), "href": reverse("registers:list", args=[one.id]), "owner": office_of(pack, one.owner),
                    "clause": one.clause, "measure_href": reverse("room:measure", args=[int(one.clause.split("/")[0])]), "members": "—",
                    "expected": None, "worked_out": True,
                }
            )  # fmt: skip
    return found


def page_of(rule: Generated, board: Board | None, pack: Pack, policy: str = "", number: int = 1) -> dict[str, Any]:
    """The list as the person sees it: rows within the scope, how many there are in all, and what the rows rest on."""
    rows, basis = _entitled(rule) if rule.made_of == "entitled_not_applied" else _reported(rule, board)
    if policy:
        rows = [one for one in rows if one["policy"] == policy]
    scope = current_scope()
    seen = [one for one in rows if _sees(rule, scope, one)]
    units = {unit.id: pick(unit.label, unit.name_en) for unit in pack.regions.units}
    counted: dict[str, int] = {}
    for one in rows:
        counted[one["unit"]] = counted.get(one["unit"], 0) + 1
        one["unit_name"] = units.get(one["unit"], one["unit"])
    return {
        "rule": rule, "heading": pick(rule.title, rule.title_en), "owner": office_of(pack, rule.owner), "clause": rule.clause, "basis": basis,
        "total": len(rows), "rows": seen[(number - 1) * SHOWN : number * SHOWN], "all_rows": seen,
        "shown": len(seen[(number - 1) * SHOWN : number * SHOWN]), "number": number, "before": number - 1, "after": number + 1, "pages": -(-len(seen) // SHOWN), "by_policy": rule.made_of == "entitled_not_applied",
        "amounts": scope.sees_level(AMOUNTS) or rule.owner in _offices(scope),
        "policies": [(name, pick(*in_force.titles().get(name, (name, name)))) for name in rule.policies], "policy": policy,
        "units": sorted(((units.get(name, name), n) for name, n in counted.items()), key=lambda pair: -pair[1]) if scope.parties is ALL or _whole(rule, scope) else [],
        "hidden": len(rows) - len(seen),
    }  # fmt: skip


def _offices(scope: Scope) -> frozenset[str]:
    return frozenset() if scope.offices is ALL else scope.offices


def _whole(rule: Generated, scope: Scope) -> bool:
    return rule.owner in _offices(scope) or (scope.units is ALL and scope.parties is ALL)


def _sees(rule: Generated, scope: Scope, row: Row) -> bool:
    return _whole(rule, scope) or scope.sees_party(row["payee"], row["unit"])


def _entitled(rule: Generated) -> tuple[list[Row], str]:
    connection.ensure_connection()
    with acting_as_system("worked-out-lists"):
        offers = {
            (policy, party): state for policy, party, state in Offer.objects.order_by("number").values_list("policy", "party", "state")
        }
    found = not_applied(settings.HOME, connection, in_force.rules(), rule.policies, offers)
    firms = read_some(connection, sorted({one.payee for one in found}))
    titles = in_force.titles()
    rows = [
        {
            "party": one.party, "payee": one.payee, "name": firms[one.payee].name if one.payee in firms else one.name, "about": one.name if one.party != one.payee else "",
            "unit": firms[one.payee].unit if one.payee in firms else "", "policy": one.policy, "policy_title": pick(*titles.get(one.policy, (one.policy, one.policy))),
            "amount_fen": one.amount_fen, "amount": format_money(one.amount_fen) if one.amount_fen is not None else "—",
            "state": _("已推送，未确认") if one.state else _("未推送"),
            "href": reverse("support:of_enterprise", args=[one.payee]),
        }
        for one in found
    ]  # fmt: skip
    days = sorted({one.day for one in found})
    return rows, _("按 %(day)s 的资料和现行规则测算") % {"day": days[-1].isoformat()} if days else _("还没有可测算的资料。")


def _reported(rule: Generated, board: Board | None) -> tuple[list[Row], str]:
    if board is None:
        return [], _("还没有已结账的月份。")
    period = YearToDate(board.month.year, board.month.month).code if board.month.month > 1 else board.month.code
    found = without(rule, period, board.snapshot.table("facts").to_pylist(), board.snapshot.table("registry").to_pylist())
    rows = [
        {
            "party": one.party, "payee": one.party, "name": one.name, "about": "", "unit": one.unit, "policy": "", "policy_title": "",
            "amount_fen": one.has, "amount": format_money(one.has), "state": _("投保额为 0") if one.lacks is not None else _("未报投保额"),
            "href": reverse("registers:enterprise", args=[one.party]),
        }
        for one in found
    ]  # fmt: skip
    return rows, _("%(period)s 已结账的报表") % {"period": period}


def table_of(page: Mapping[str, Any]) -> Table:
    """Every row the person sees, with exact amounts in yuan where he may read them."""
    amount = _("可享金额") if page["by_policy"] else _("本年出口额")
    columns = [Column(_("企业")), Column(_("代码"), key="id"), Column(_("区域"))]
    columns += [Column(_("项目")), Column(_("政策"))] if page["by_policy"] else []
    columns += [Column(amount, unit=_("元"), kind="number", places=2, level=AMOUNTS)] if page["amounts"] else []
    columns += [Column(_("状态"))]
    rows = [
        [one["name"], one["payee"], one["unit_name"], *([one["about"], one["policy_title"]] if page["by_policy"] else []),
         *([None if one["amount_fen"] is None else Decimal(one["amount_fen"]).scaleb(-2)] if page["amounts"] else []), one["state"]]
        for one in page["all_rows"]
    ]  # fmt: skip
    return Table(
        f"worked_out_{page['rule'].id}", str(page["heading"]), columns, rows, as_of=clock.today().isoformat(), source=f"{_('名录')} · {page['basis']}",
        filters=[(_("政策"), page["policy"])] if page["policy"] else [], definitions=[(_("条款"), page["clause"])],
        words=[_("共 %(n)s 条。") % {"n": f"{len(rows):,}"}], level=2,
    )  # fmt: skip
