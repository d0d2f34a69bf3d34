"""Where an enterprise's clerk lands: its own reported figures of the latest closed month, and nobody else's."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from yunxing.desk.room.board import Board
from yunxing.desk.room.figure_pages import forms_of, printed_fact
from yunxing.desk.room.figures import language
from yunxing.packs.pack import Pack
from yunxing.values.scope import ALL, Scope


def enterprise_page(board: Board | None, pack: Pack, scope: Scope) -> dict[str, Any]:
    """The enterprise's name and what it reported, form by form, as the closed month holds it. Empty lists before any month is closed."""
    own = [] if board is None or scope.parties is ALL else sorted(scope.parties)
    name = next((str(board.parties[party]["name"]) for party in own if party in board.parties), "") if board else ""
    return {
        "name": name,
        "heading": name or _("企业首页"),
        "state": _("%(month)s 已关账") % {"month": board.month.label(language())} if board else _("还没有关账的月份。"),
        "forms": own_forms(board, pack, own) if board else [],
    }


def own_forms(board: Board, pack: Pack, own: list[str]) -> list[dict[str, Any]]:
    """The facts of those parties by form, those of the closing month's end, in the order of the form's items."""
    import pyarrow as pa
    import pyarrow.compute as pc

    table = board.snapshot.table("facts")
    table = table.filter(pc.is_in(table["party"], pa.array(own, pa.string())))
    forms, found = forms_of(pack.folder), []
    facts = [
        fact
        for fact in table.to_pylist()
        if fact["period"].endswith(f"{board.month.month:02d}") and fact["period"] >= str(board.month.year)
    ]
    for id_, form in forms.items():
        order = {item.id: place for place, item in enumerate(form.items)}
        rows = sorted(
            (fact for fact in facts if fact["form"] == id_),
            key=lambda one: (order.get(one["item"], 99), one["as_reported"], one["role"] != "value"),
        )
        if rows:
            found.append(
                {
                    "title": form.title if language() == "zh" else form.title_en,
                    "rows": [printed_fact(row, forms, board.parties) for row in rows],
                }
            )
    return found
