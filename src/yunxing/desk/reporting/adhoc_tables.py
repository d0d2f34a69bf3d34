"""What an ad hoc request looks like: its table for the page, for taking away and for the leader's own workbook, all from the same cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yunxing.desk import clock
from yunxing.desk.people import journal
from yunxing.desk.people.models import User
from yunxing.desk.reporting import adhoc, in_force
from yunxing.desk.reporting.adhoc_models import AdhocRequest, LeaderTable
from yunxing.desk.scoping import acting_as_system
from yunxing.desk.takeaway import Column, Table
from yunxing.engines.facts import leader_table
from yunxing.engines.facts.adhoc import YOY, Ask, AskColumn, AskRow, Filled
from yunxing.engines.facts.leader_table import Laid, Offered
from yunxing.engines.facts.sheet import Book
from yunxing.io import files
from yunxing.io.books import leader, read
from yunxing.io.books.leader import Put
from yunxing.values.absence import Absence
from yunxing.values.errors import BadInput
from yunxing.values.period import parse_period
from yunxing.values.quantity import format_number
from yunxing.values.scope import Scope

HIDDEN = "保密"


@dataclass(frozen=True, slots=True)
class Shown:
    """A request's table as one person may see it: rows and cells, the total row last where it has one."""

    ask: Ask
    rows: Sequence[AskRow]
    cells: Sequence[Sequence[Filled]]
    hidden: frozenset[tuple[int, int]]

    def value(self, row: int, column: int) -> Fraction | str | None:
        """A number, a word, or nothing yet."""
        cell = self.cells[row][column]
        if (row, column) in self.hidden:
            return HIDDEN
        if cell.value is not None:
            return cell.value
        if cell.words:
            return cell.words
        return Absence(cell.absence).label("zh") if cell.absence else None


def shown(one: AdhocRequest, scope: Scope) -> Shown:
    """The request's table; a sum of fewer than three parties only for who sees those parties."""
    ask = adhoc.stored_ask(one)
    cells = adhoc.table_of(ask, adhoc.returned_cells(one))
    hidden = {(r, c) for r, row in enumerate(ask.rows) for c, cell in enumerate(cells[r]) if adhoc.is_hidden(cell, row, scope)}
    rows = list(ask.rows)
    if one.total:
        cells = [*cells, adhoc.totals(ask, cells)]
        rows.append(AskRow(adhoc.TOTAL, _("合计"), adhoc.TOTAL))
        # the total less the cells that are shown is the sum of the confidential ones: of fewer than three parties it would give them away
        hidden |= {
            (len(rows) - 1, c) for c in {c for _r, c in hidden} if sum(cells[r][c].of for r, place in hidden if place == c) < adhoc.FEWEST
        }
    return Shown(ask, rows, cells, frozenset(hidden))


def places(column: AskColumn) -> int:
    """Decimals printed: two for money, one for percent, three for volumes, none for counts."""
    return 1 if column.role == YOY else {"money": 2, "rate": 2, "volume": 2}.get(column.item.type, 0)


def printed(cell: Filled, value: Fraction | str | None, column: AskColumn) -> str:
    """A cell of the page: the figure, a word, or 「待补」 with how many are missing; a sum that is not whole says so."""
    if value is None:
        return _("待补 %(n)s 个数") % {"n": len(cell.missing)} if cell.missing else "—"
    text = format_number(value, places(column)) if isinstance(value, Fraction) else value
    return (
        text
        if cell.whole or isinstance(value, str)
        else _("%(value)s（%(have)s/%(of)s 户）") % {"value": text, "have": cell.have, "of": cell.of}
    )


def source(cell: Filled) -> str:
    """Where a cell's figures come from and since when: 「规模以上工业企业运行月报，28 个数，2022-10-07」."""
    if not cell.facts:
        return ""
    titles = {form.id: form.title for form in in_force.forms().values()}
    names = dict.fromkeys(titles.get(str(fact["form"]), _("临时报表填报")) for fact in cell.facts)
    known = cell.known_at
    return "、".join(names) + "，" + _("%(n)s 个数") % {"n": len(cell.facts)} + (f"，{timezone.localtime(known):%Y-%m-%d}" if known else "")


def takeaway_table(one: AdhocRequest, table: Shown) -> Table:
    """The finished (or unfinished) table as workbook, text and picture."""
    columns = [Column(_("单位") if one.subject == "unit" else _("主体"))]
    columns += [
        Column(
            c.title or c.item.title,
            c.unit,
            "number" if c.item.numeric else "text",
            places(c),
            note=c.item.help or c.item.title_en,
            key=c.id,
        )
        for c in table.ask.columns
    ]
    columns.append(Column(_("来源")))
    rows: list[list[Any]] = []
    for r, row in enumerate(table.rows):
        values = [table.value(r, c) for c in range(len(table.ask.columns))]
        rows.append([row.title, *(value if value is not None else _("待补") for value in values), "；".join(dict.fromkeys(filter(None, (source(cell) for cell in table.cells[r]))))[:200]])  # fmt: skip
    known = max((cell.known_at for row in table.cells for cell in row if cell.known_at), default=None)
    period = parse_period(one.period).label("zh")
    words = [f"{row[0]}：" + "，".join(f"{column.title}{said(value, column)}" for value, column in zip(row[1:-1], columns[1:-1], strict=True)) + "。" for row in ([rows[-1], *rows[:-1]] if one.total else rows)]  # fmt: skip
    level = 3 if one.subject == "party" else max([2, *(adhoc.level_of(column, one.subject) for column in table.ask.columns)])
    return Table(
        "adhoc", f"{one.title}（{period}）", columns, rows, as_of=f"{timezone.localtime(known):%Y-%m-%d %H:%M}" if known else "", source=_("临时报表 %(id)s，%(reason)s") % {"id": one.pk[:8], "reason": one.reason},
        words=words, level=level, filters=[(_("期次"), period), (_("提出人"), one.asker)],
    )  # fmt: skip


def said(value: Any, column: Column) -> str:
    """A figure with its unit, or its word."""
    from yunxing.engines.facts.takeaway import printed as cell_text

    return cell_text(value, column) + (column.unit if isinstance(value, Fraction) else "")


# --- the leader's own workbook


def offered_columns(ask: Ask) -> list[Offered]:
    """The request's columns under every name a head may give them."""
    found = []
    for column in ask.columns:
        title = column.title or column.item.title
        names = [title, title.replace("·", ""), column.item.title] if column.role == "value" else [title, title.replace("·", "")]
        if column.role == YOY:
            names += [f"{column.item.title}同比", f"{column.item.title}增速", f"{column.item.title}增幅"]
        found.append(Offered(column.id, tuple(dict.fromkeys(names)), column.unit))
    return found


def offered_rows(one: AdhocRequest, ask: Ask) -> list[Offered]:
    """The request's rows under full and short name."""
    short = {unit.id: (unit.short, unit.label) for unit in in_force.pack().regions.units}
    rows = [Offered(row.id, tuple(dict.fromkeys((row.title, *(short.get(row.unit, ()) if not row.party else ()))))) for row in ask.rows]
    return [*rows, Offered(adhoc.TOTAL, (_("合计"),))] if one.total else rows


def take_layout(one: AdhocRequest, name: str, content: bytes) -> Laid:
    """A blank table that the leader uses: kept, and laid as it was laid before, or else by its words. `BadInput` when it cannot be filled."""
    book = read.read_bytes(name, content)
    leader.can_be_filled(book)
    ask = adhoc.stored_ask(one)
    known = LeaderTable.objects.filter(signature=leader_table.signature(book), office=one.office).first()
    laid = from_plain(known.laid) if known else leader_table.guess(book, offered_columns(ask), offered_rows(one, ask))
    if laid is None:
        raise BadInput(f"“{name}”里没有找到本表的行（{'、'.join(row.title for row in ask.rows[:3])}…）。请确认单位名称写在同一列。")
    wanted = {column.id for column in ask.columns}
    laid = Laid(laid.sheet, laid.head, laid.label, {n: id_ for n, id_ in laid.columns.items() if id_ in wanted}, laid.rows, laid.units)
    with acting_as_system("adhoc"), transaction.atomic():
        one.layout, one.layout_name, one.laid = (
            files.keep(settings.HOME, content),
            name[:255],
            {**to_plain(laid), "confirmed": known is not None},
        )
        one.save(update_fields=["layout", "layout_name", "laid"])
        journal.record("adhoc_layout", kind="adhoc_request", object_id=one.pk, reason=name)
    return laid


def confirm_layout(one: AdhocRequest, columns: Mapping[int, str], *, person: User) -> None:
    """The person's word on which column is which; remembered by what the table looks like, for this office's next request."""
    laid = from_plain(one.laid)
    wanted = {column.id for column in adhoc.stored_ask(one).columns}
    chosen = {n: id_ for n, id_ in columns.items() if id_ in wanted}
    twice = [id_ for id_ in set(chosen.values()) if list(chosen.values()).count(id_) > 1]
    if twice or not chosen:
        raise BadInput("每一列只能对应一个指标，至少对应一列。")
    plain = to_plain(Laid(laid.sheet, laid.head, laid.label, chosen, laid.rows, laid.units))
    book = read.read_bytes(one.layout_name, files.content_path(settings.HOME, one.layout).read_bytes())
    with acting_as_system("adhoc"), transaction.atomic():
        one.laid = {**plain, "confirmed": True}
        one.save(update_fields=["laid"])
        LeaderTable.objects.update_or_create(
            signature=leader_table.signature(book),
            office=one.office,
            defaults={"laid": plain, "confirmed_by": person.username, "confirmed": clock.now()},
        )
        journal.record("adhoc_layout_confirm", kind="adhoc_request", object_id=one.pk, after=plain)


def filled_layout(one: AdhocRequest, table: Shown) -> tuple[bytes, list[str]]:
    """The leader's workbook with the figures of this moment in it."""
    if not one.layout:
        raise BadInput("还没有上传领导表样。")
    cells: dict[tuple[str, str], Put] = {}
    for r, row in enumerate(table.rows):
        for c, column in enumerate(table.ask.columns):
            cells[row.id, column.id] = Put(table.value(r, c), column.unit)
    return leader.filled(files.content_path(settings.HOME, one.layout).read_bytes(), from_plain(one.laid), cells)


def layout_columns(one: AdhocRequest) -> list[dict[str, Any]]:
    """The columns of the leader's table with the words above them and what they are taken for, for the page where a person confirms."""
    laid = from_plain(one.laid)
    book: Book = read.read_bytes(one.layout_name, files.content_path(settings.HOME, one.layout).read_bytes())
    sheet = next(sheet for sheet in book.sheets if sheet.name == laid.sheet)
    texts = leader_table.head_texts(sheet, laid.head)
    return [{"place": place, "text": text, "chosen": laid.columns.get(place, "")} for place, text in texts.items() if place != laid.label]


def to_plain(laid: Laid) -> dict[str, Any]:
    """As JSON keeps it."""
    return {
        "sheet": laid.sheet,
        "head": laid.head,
        "label": laid.label,
        **{name: {str(n): v for n, v in getattr(laid, name).items()} for name in ("columns", "rows", "units")},
    }


def from_plain(plain: Mapping[str, Any]) -> Laid:
    """The reverse."""
    parts = {name: {int(n): str(v) for n, v in plain[name].items()} for name in ("columns", "rows", "units")}
    return Laid(str(plain["sheet"]), int(plain["head"]), int(plain["label"]), **parts)
