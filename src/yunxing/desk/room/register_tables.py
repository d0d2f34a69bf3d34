"""The registry's lists as they leave the page: every party that the filters keep and the person sees, not only the page shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from yunxing.desk.reporting import registers
from yunxing.desk.room.figures import pick
from yunxing.desk.takeaway import Column, Table
from yunxing.packs.pack import Pack

EVERYONE = 1_000_000


def parties_table(page: Mapping[str, Any], pack: Pack) -> Table:
    """Name, code, unit, industry, size and since when; codes are text. Level 2: the registry's plain facts, no figure of anyone."""
    found = registers.parties(replace(page["asked"], rows=EVERYONE, after="", before=""))
    units = {unit.id: pick(unit.name, unit.name_en) for unit in pack.regions.units}
    columns = [Column(_("名称")), Column(_("编号"), key="id"), Column(_("填报单位"), key="unit"), Column(_("行业"), key="industry"), Column(_("规模"), level=2, key="size"), Column(_("起"), kind="date", level=2), Column(_("止"), kind="date", level=2)]  # fmt: skip
    rows = [[one.name, one.pk, units.get(one.unit, one.unit), one.industry, one.size, one.valid_from, one.valid_to] for one in found.rows]
    filters = [(str(one.title), str(one.chosen)) for one in page["filters"] if one.chosen] + (
        [(_("检索"), str(page["word"]))] if page["word"] else []
    )
    words = [_("共 %(n)s 条。") % {"n": f"{len(rows):,}"}, *(f"{row[0]}（{row[2]}）；" for row in rows)]
    return Table(
        f"registry_{page['kind']}",
        str(page["heading"]),
        columns,
        rows,
        as_of=f"{page['day']:%Y-%m-%d}",
        source=_("名录"),
        filters=filters,
        words=words,
        level=2,
    )
