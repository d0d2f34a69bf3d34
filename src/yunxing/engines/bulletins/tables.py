"""The tables and the paragraphs of praise and criticism. Reporting units are always shown by name and code order of the plan, never by guess."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from yunxing.engines.bulletins.board import Board, Project, Signal, Unit, told
from yunxing.engines.bulletins.figures import FigureMaker
from yunxing.engines.bulletins.lights import WORDS, light
from yunxing.engines.bulletins.model import Block, Cell, Column, Paragraph, Run, Table, Text, joined, official_date
from yunxing.engines.bulletins.template import Lights, NotStarted, Ranking, SignalList, Verdict, Verdicts
from yunxing.engines.bulletins.wording import say
from yunxing.engines.indicators.rows import Row, ranks
from yunxing.values.errors import BadInput

KINDS = {"incipient": "苗头", "trend": "倾向", "latent": "潜在"}


def _text(words: str) -> Cell:
    return (Text(words),)


def lights_table(part: Lights, board: Board, maker: FigureMaker) -> Iterable[Block]:
    """One line a promise: target, done, share, light. A promise the plan does not hold is a fault of the library."""
    promises = {commitment.id: commitment for commitment in board.commitments}
    unknown = [rule.commitment for rule in part.rules if rule.commitment not in promises]
    if unknown:
        raise BadInput(f"the sentence library shows a light for {', '.join(unknown)}, which commitments.toml does not hold")
    rows = []
    for rule in part.rules:
        promise = promises[rule.commitment]
        row = board.city(promise.indicator, rule.stat)
        word = WORDS[light(told(row), promise, rule, board.month.month)]
        done: Cell = (maker.of_row(board.city(promise.indicator, "target_share"), "percent"),) if rule.pace == "linear" else _text("—")
        rows.append(
            (
                _text(promise.title),
                (maker.target(promise, rule.form),),
                (maker.of_row(row, rule.form),),
                done,
                (maker.light(word, row, promise),),
            )
        )
    columns = (Column("目标任务", 26, "left"), Column("目标", 14), Column("完成情况", 15), Column("完成目标", 12), Column("亮灯", 8))
    if rows:
        yield Table(f"{maker.section}_lights", part.title, columns, tuple(rows), part.remark)


def ranking_table(part: Ranking, board: Board, maker: FigureMaker) -> Iterable[Block]:
    """Units side by side. Sorted by the first ranked column, equals in the plan's order; without a value last."""
    if not board.units:
        return
    by_column: list[dict[str, Row]] = [
        {unit.code: board.unit(column.indicator, column.stat, unit.code) for unit in board.units} for column in part.columns
    ]
    places = [ranks({code: told(row) for code, row in rows.items()}) for rows in by_column]
    first = next((index for index, column in enumerate(part.columns) if column.rank), 0)
    order = sorted(enumerate(board.units), key=lambda pair: (places[first][pair[1].code] or len(board.units) + 1, pair[0]))
    rows = []
    for _, unit in order:
        cells: list[Cell] = [_text(unit.name)]
        for column, of_unit, place in zip(part.columns, by_column, places, strict=True):
            row = of_unit[unit.code]
            cells.append((maker.of_row(row, column.form),))
            if column.rank:
                cells.append((maker.rank(row, place[unit.code], "rank_short", tuple(of_unit.values())),))
        rows.append(tuple(cells))
    columns = [Column("县区", 14, "left")]
    for column in part.columns:
        columns.append(Column(column.title, 14))
        if column.rank:
            columns.append(Column("位次", 7))
    bars = tuple(_bar(unit, by_column[first][unit.code], part.columns[first].form) for _, unit in order) if part.chart else ()
    yield Table(f"{maker.section}_{part.id}", part.title, tuple(columns), tuple(rows), part.remark, tuple(bar for bar in bars if bar))


def _bar(unit: Unit, row: Row, form: str) -> tuple[str, str, int, int] | None:
    value = told(row)
    return None if value is None else (unit.name, say(form, value), value.numerator, value.denominator)


def signals_table(part: SignalList, board: Board, maker: FigureMaker) -> Iterable[Block]:
    """The graver signals first; how many were left out is said."""
    asked = [signal for signal in board.signals if not part.indicators or concerns(signal, part.indicators)]
    order = sorted(asked, key=lambda signal: (-signal.severity, -signal.score, signal.id))
    shown = order[: part.limit]
    if not shown:
        return
    rows = tuple(
        (_text(str(n)), _text(KINDS[signal.kind]), (maker.quote(signal),), _text(signal.owner or "—"), _deadline(signal, maker))
        for n, signal in enumerate(shown, start=1)
    )
    remark = "其余见运行平台。" if len(order) > len(shown) else ""
    columns = (Column("序号", 6), Column("类别", 7), Column("情况", 44, "left"), Column("责任单位", 16), Column("处置时限", 13))
    yield Table(f"{maker.section}_signals", part.title, columns, rows, remark)


def concerns(signal: Signal, indicators: Iterable[str]) -> bool:
    """Whether a signal rests on one of the indicators."""
    return any(row.split("/", 1)[0] in set(indicators) for row in signal.rows)


def _deadline(signal: Signal, maker: FigureMaker) -> Cell:
    return (maker.of_text(f"signal:{signal.id}/deadline", short_date(signal.deadline)),) if signal.deadline else _text("—")


def short_date(code: str) -> str:
    """A day code in the narrow form of a table.

    >>> short_date("2022-10-08")
    '10月8日'
    """
    _, month, day = code[:10].split("-")
    return f"{int(month)}月{int(day)}日"


def overdue_projects(board: Board) -> tuple[Project, ...]:
    """Projects that should have started by the end of the month and did not; preparatory ones (前期项目) are not counted. Unreported counts as not started."""
    end = board.month.end
    late = [
        p for p in board.projects if not p.preparatory and p.planned_start is not None and p.planned_start <= end and p.started is not True
    ]
    return tuple(sorted(late, key=lambda project: (project.planned_start or end, project.name, project.party)))


def not_started_table(part: NotStarted, board: Board, maker: FigureMaker) -> Iterable[Block]:
    """The projects not started, the longest overdue first."""
    late = overdue_projects(board)
    names = {unit.code: unit.name for unit in board.units}
    rows = []
    for n, project in enumerate(late[: part.limit], start=1):
        planned = official_date(project.planned_start) if project.planned_start else "—"
        state = "未报" if project.started is None else "未开工"
        source = f"project:{project.party}"
        rows.append(
            (_text(str(n)), _text(project.name), _text(names.get(project.unit, "—")), (maker.of_text(source, planned),), _text(state))
        )
    if rows:
        columns = (Column("序号", 6), Column("项目名称", 40, "left"), Column("县区", 13), Column("计划开工", 17), Column("状态", 9))
        yield Table(f"{maker.section}_not_started", part.title, columns, tuple(rows), "其余见运行平台。" if len(late) > len(rows) else "")


def verdicts(part: Verdicts, board: Board, maker: FigureMaker) -> Iterable[Block]:
    """Praise or criticism: each rule names the units that meet it, in the plan's order of merit, each with the figure it rests on."""
    runs: list[Run] = []
    for rule in part.rules:
        met = _met(rule, board)
        if not met:
            continue
        named: list[Run] = []
        for unit, row in met:
            before, _, after = rule.item.replace("{unit}", unit.name).partition("{figure}")
            named += [Text("、" if named else ""), Text(before)]
            if "{figure}" in rule.item:
                named += [maker.of_row(row, rule.form), Text(after)]
        opening, _, closing = rule.text.partition("{units}")
        runs += [Text(opening), *named, Text(closing)]
    if part.heading:
        yield Paragraph((Text(part.heading),), level=2)
    yield Paragraph(joined(runs) if runs else _text(part.none))


def _met(rule: Verdict, board: Board) -> list[tuple[Unit, Row]]:
    rows = {unit.code: board.unit(rule.indicator, rule.stat, unit.code) for unit in board.units}
    values = {code: told(row) for code, row in rows.items()}
    from_top = ranks(values)
    from_end = ranks({code: None if value is None else -value for code, value in values.items()})
    city = told(board.city(rule.indicator, rule.stat))
    met = [unit for unit in board.units if _holds(rule, values[unit.code], from_top[unit.code], from_end[unit.code], city)]
    merit = from_end if rule.worst else from_top
    met.sort(key=lambda unit: merit[unit.code] or 0)
    return [(unit, rows[unit.code]) for unit in met]


def _holds(rule: Verdict, value: Fraction | None, top: int | None, end: int | None, city: Fraction | None) -> bool:
    if value is None or top is None or end is None:
        return rule.absent
    return not (
        rule.absent
        or (rule.best and top > rule.best)
        or (rule.worst and end > rule.worst)
        or (rule.at_least is not None and value < rule.at_least)
        or (rule.below is not None and value >= rule.below)
        or (rule.below_city is not None and (city is None or city - value < rule.below_city))
    )
