"""The bulletin of a month from its sentence library and its board. Pure: the same two give the same bulletin, to the byte."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from fractions import Fraction

from yunxing.engines.bulletins.board import Board, quarter_sum, revisions, told
from yunxing.engines.bulletins.figures import FigureMaker
from yunxing.engines.bulletins.model import Attachment, Block, Bulletin, Paragraph, Run, Section, Text, joined, official_date
from yunxing.engines.bulletins.series import contributions_table, trend_table
from yunxing.engines.bulletins.tables import lights_table, not_started_table, overdue_projects, ranking_table, signals_table, verdicts
from yunxing.engines.bulletins.template import (
    ITS,
    QUARTER,
    BulletinPlan,
    Choice,
    Condition,
    Contributions,
    Lights,
    NotStarted,
    Part,
    Prose,
    Ranking,
    SignalList,
    Trend,
    parse_text,
)
from yunxing.engines.indicators.definition import CELL_MARK
from yunxing.values.errors import BadInput
from yunxing.values.period import YearToDate, parse_period

SYNTHETIC = "合成数据"
_COUNTS = ("not_started", "signals", "incipient", "trend", "latent", "units")
_REVISED = {"value": "auto", "cumulative": "auto", "yoy": "growth", "cumulative_yoy": "growth", "share": "percent"}
_REVISIONS_SHOWN = 8
_QUARTERS = ("一季度", "上半年", "前三季度", "全年")


def compose(plan: BulletinPlan, board: Board, issued_on: date, *, number: str = "", about: str = "") -> Bulletin:
    """The bulletin; a letter is about the unit of that code, and of signals and projects it holds that unit's only. January alone is refused: industrial figures of January and February are published together (1—2月合并)."""
    if not plan.written_for(board.month) and board.month.month != 1:
        raise BadInput(
            f"{plan.name} is written for the last month of a quarter, found {board.month.code}, expected month 3, 6, 9 or 12. "
            "To mend it: choose such a month, or another kind."
        )
    if board.month.month == 1:
        raise BadInput(
            f"No bulletin is written for {board.month.code} alone, because January and February are published together. "
            f"To mend it: close and build {board.month.next().code}."
        )
    addressee = next((unit for unit in board.units if unit.code == about), None)
    if plan.about and addressee is None:
        raise BadInput(
            f"{plan.name} is written about one reporting unit, found {about or 'none'!r}. To mend it: choose one of {'、'.join(one.name for one in board.units)}."
        )
    if plan.about and addressee is not None:
        board = narrowed(board, addressee.code)
    words = {**month_words(board), "about": addressee.name if addressee else ""}
    maker = FigureMaker(board)
    writer = _Writer(board, maker, words, about)
    sections = []
    for section in plan.sections:
        maker.enter(section.id)
        blocks = tuple(writer.parts(section.parts))
        if blocks:  # a section without a word is not printed
            sections.append(Section(section.id, section.title, blocks))
    attachments = []
    for order, attachment in enumerate(plan.attachments, start=1):
        maker.enter(f"attachment{order}")
        blocks = tuple(writer.parts(attachment.parts))
        if blocks:
            attachments.append(Attachment(writer.words_only(attachment.title), blocks))
    maker.enter("notes")
    return Bulletin(
        month=board.month.code,
        mark=plan.mark,
        number=number,
        title_lines=tuple(writer.words_only(plan.title).split("|")),
        recipients=tuple(writer.words_only(one) for one in plan.recipients),
        sections=tuple(sections),
        attachments=tuple(attachments),
        issuer=plan.issuer,
        issued_on=issued_on,
        copies=plan.copies,
        printer=plan.printer,
        notes=tuple(writer.notes()),
        as_of=board.as_of,
        snapshot=board.snapshot,
        label=SYNTHETIC if board.synthetic else "",
        provisional=board.provisional,
        remark=plan.remark,
    )


def narrowed(board: Board, unit: str) -> Board:
    """The board with the signals and projects of one reporting unit only; the figures of all stay, because places and the city's figure stand beside."""
    signals = tuple(one for one in board.signals if one.scope == unit or one.scope.startswith(unit + CELL_MARK))
    return replace(board, signals=signals, projects=tuple(one for one in board.projects if one.unit == unit))


def month_words(board: Board) -> dict[str, str]:
    """The words of the month that slots may use. The previous span of February is empty: nothing is published before it.

    >>> from yunxing.values.period import Month
    >>> month_words(Board(Month(2022, 9), ()))["previous_span"]
    '1—8月'
    """
    month = board.month
    following = month.next()
    return {
        "span": YearToDate(month.year, month.month).label("zh"),
        "span_short": f"1—{month.month}月",
        "previous_span": f"1—{month.month - 1}月" if month.month > 2 else "",
        "month": f"{month.month}月",
        "year": str(month.year),
        "next_month": f"{following.month}月",
        "next_span": f"1—{following.month}月" if following.month > 1 else "1—2月",
        "quarter": f"{'一二三四'[(month.month - 1) // 3]}季度",
        "quarters": _QUARTERS[(month.month - 1) // 3],
        "as_of": official_date(date.fromisoformat(board.as_of)) if board.as_of else "",
    }


class _Writer:
    """Says the parts of a section. Holds nothing of its own."""

    def __init__(self, board: Board, maker: FigureMaker, words: dict[str, str], about: str = "") -> None:
        self.board, self.maker, self.words, self.about = board, maker, words, about

    def parts(self, parts: Iterable[Part]) -> Iterable[Block]:
        for part in parts:
            match part:
                case Prose():
                    yield from self.prose(part)
                case Lights():
                    yield from lights_table(part, self.board, self.maker)
                case Ranking():
                    yield from ranking_table(part, self.board, self.maker)
                case SignalList():
                    yield from signals_table(part, self.board, self.maker)
                case NotStarted():
                    yield from not_started_table(part, self.board, self.maker)
                case Trend():
                    yield from trend_table(part, self.board, self.maker)
                case Contributions():
                    yield from contributions_table(part, self.board, self.maker)
                case _:
                    yield from verdicts(part, self.board, self.maker)

    def prose(self, part: Prose) -> Iterable[Block]:
        runs: list[Run] = []
        for sentence in part.sentences:
            for choice in sentence:
                if all(self.holds(condition) for condition in choice.when):
                    runs += self.say(choice)
                    break
        if runs:
            if part.heading:
                yield Paragraph((Text(part.heading),), level=2)
            yield Paragraph(joined(runs))

    def holds(self, condition: Condition) -> bool:
        if condition.name == "count":
            return condition.holds(self.board_count(condition.stat))
        if condition.name.startswith(ITS):
            return condition.holds(told(self.board.unit(condition.name.removeprefix(ITS), condition.stat, self.about)))
        if condition.stat == QUARTER:
            parts = self.board.quarter(condition.name)
            return condition.holds(None if any(told(row) is None for row in parts) else quarter_sum(parts))
        if condition.stat.endswith("_before"):
            return condition.holds(told(self.board.city(condition.name, condition.stat.removesuffix("_before"), back=1)))
        return condition.holds(told(self.board.city(condition.name, condition.stat)))

    def board_count(self, what: str) -> Fraction:
        return Fraction(len(self.counted(what)))

    def counted(self, what: str) -> tuple[str, ...]:
        """The keys of what a count counts."""
        match what:
            case "not_started":
                return tuple(f"project:{project.party}" for project in overdue_projects(self.board))
            case "signals":
                return tuple(f"signal:{signal.id}" for signal in self.board.signals)
            case "incipient" | "trend" | "latent":
                return tuple(f"signal:{signal.id}" for signal in self.board.signals if signal.kind == what)
            case "units":
                return tuple(f"unit:{unit.code}" for unit in self.board.units)
            case _:
                raise BadInput(f"the sentence library counts {what!r}, expected one of {', '.join(_COUNTS)}")

    def say(self, choice: Choice) -> list[Run]:
        runs: list[Run] = []
        for part in choice.parts:
            if isinstance(part, str):
                runs.append(Text(part))
            elif not part.stat:
                runs.append(Text(self.words[part.name]))
            elif part.name == "count":
                runs.append(self.maker.count(part.stat, self.counted(part.stat), part.form))
            elif part.name == "target":
                runs.append(self.target(part.stat, part.form))
            elif part.name.startswith(ITS):
                runs.append(self.maker.unit(part.name.removeprefix(ITS), part.stat, part.form, self.about))
            else:
                runs.append(self.maker.city(part.name, part.stat, part.form))
        return runs

    def target(self, name: str, form: str) -> Run:
        for commitment in self.board.commitments:
            if commitment.id == name:
                return self.maker.target(commitment, form)
        raise BadInput(f"the sentence library names the commitment {name!r}, which commitments.toml does not hold")

    def words_only(self, text: str) -> str:
        """A title: words of the month only, no figures."""
        return "".join(part if isinstance(part, str) else self.words[part.name] for part in parse_text(text))

    def notes(self) -> Iterable[Paragraph]:
        if self.board.synthetic:
            yield Paragraph((Text("本通报全部数据为合成数据，仅供演示，不反映任何真实地区、企业和项目的情况。"),))
        stated = f"数据截至{self.words['as_of']}" if self.words["as_of"] else "数据截至日未注明"
        if self.board.provisional:
            stated += "，部分单位未报，为初步数"
        yield Paragraph((Text(f"{stated}；增速按可比口径计算；位次按未取整的数值排定，数值相同的位次并列。"),))
        yield from self.revised()
        if self.board.snapshot:
            yield Paragraph((Text(f"数据快照：{self.board.snapshot}"),))

    def revised(self) -> Iterable[Paragraph]:
        """Figures of an earlier bulletin that are others today: the old one is never overwritten in silence."""
        changed = [r for r in revisions(self.board.rows, self.board.previous) if r.row.scope_kind == "city" and r.row.stat in _REVISED]
        for revision in changed[:_REVISIONS_SHOWN]:
            form = _REVISED[revision.row.stat]
            name = self.board.names.get(revision.row.indicator, revision.row.indicator)
            period = parse_period(revision.row.period).label("zh")
            then = self.maker.of_row(revision.was, form, op="previous")
            yield Paragraph((Text(f"{period}{name}原通报为"), then, Text("，现修订为"), self.maker.of_row(revision.row, form), Text("。")))
