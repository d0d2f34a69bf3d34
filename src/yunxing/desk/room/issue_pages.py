"""What the pages of the bulletin workbench (S10) show: outline, the paper, the figures of each section, checks, what happened, who received it."""

from __future__ import annotations

import difflib
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yunxing.desk.people.models import Message, User
from yunxing.desk.room import bulletin_pages
from yunxing.desk.room.board import Board, open_board
from yunxing.desk.room.figures import language, pick
from yunxing.desk.room.issues import OPEN, closing_of, document, draft_files, folder_of, newest, next_number, plan, superseded, verdict
from yunxing.desk.room.models import Issue
from yunxing.desk.room.shell import closed_periods, pack_in_force
from yunxing.desk.room.signal_pages import figure_href
from yunxing.engines.bulletins.board import Board as Data
from yunxing.engines.bulletins.board import told
from yunxing.engines.bulletins.edits import figures_of, lines_of, readable
from yunxing.engines.bulletins.model import Bulletin, Figure, Section
from yunxing.engines.bulletins.trace import plain_line
from yunxing.engines.bulletins.wording import say
from yunxing.flows import issue_bulletin as flow
from yunxing.packs.bulletin import load_kinds
from yunxing.values.period import Month, YearToDate, parse_month

LEVELS = {"blocks": ("red", "▼"), "warns": ("amber", "◆"), "holds": ("green", "●")}
FILES = (("docx", "Word"), ("pdf", "PDF"), ("xlsx", "Excel"))


def disclosures() -> list[tuple[str, str]]:
    """公开属性 and their words."""
    return [("public", _("主动公开")), ("on_request", _("依申请公开")), ("withheld", _("不予公开"))]


def act_title(name: str) -> str:
    """An act in words."""
    return {
        "start": _("起草"),
        "edit": _("修改文字"),
        "undo": _("恢复生成文字"),
        "return_file": _("收回 Word 修改稿"),
        "refresh": _("更新数据"),
        "head": _("填写文号和公开属性"),
        "submit": _("提交核稿"),
        "approve": _("核稿通过"),
        "send_back": _("退回"),
        "issue": _("签发印发"),
        "drop": _("撤销"),
    }[name]


def kinds() -> list[dict[str, str]]:
    """The kinds of document that the pack has."""
    return [
        {"id": one.kind, "title": pick(one.name, one.name_en), "every": one.every, "about": one.about}
        for one in load_kinds(pack_in_force().folder / "bulletin").values()
    ]


def months_to_write() -> list[dict[str, str]]:
    """The closed months for which something can be written, the newest first; January alone is not."""
    return [{"code": month.code, "title": month.label(language())} for month in closed_periods() if month.month != 1]


def listed() -> list[dict[str, Any]]:
    """Every issue that the person may see, the newest first."""
    names = {one["id"]: one["title"] for one in kinds()}
    people = _names()
    return [
        {
            "title": issue.title,
            "href": reverse("room:issue", args=[issue.pk]),
            "period": parse_month(issue.month).label(language()),
            "kind": _("更正通知") if issue.corrects else names.get(issue.kind, issue.kind),
            "state": Issue.State(issue.state).label,
            "is_open": issue.state in OPEN,
            "number": issue.number or "—",
            "author": people.get(issue.author, issue.author),
        }
        for issue in Issue.objects.exclude(state=Issue.State.DROPPED)
    ]


def workbench(issue: Issue, user: User) -> dict[str, Any]:
    """The page of one issue: as a draft with everything to finish it, as an issued document with its files and receipts."""
    made = document(issue)
    board = open_board(str(closing_of(issue).folder))
    found = verdict(issue, made) if issue.state in OPEN else ()
    people = _names()
    return {
        "issue": issue,
        "title": made.bulletin.title,
        "period": parse_month(issue.month).label(language()),
        "kind": _("更正通知") if issue.corrects else pick(plan(issue).name, plan(issue).name_en),
        "state": Issue.State(issue.state).label,
        "people": [(_("起草"), people.get(issue.author)), (_("核稿"), people.get(issue.reviewer)), (_("签发"), people.get(issue.signer))],
        "disclosure": dict(disclosures())[issue.disclosure],
        "disclosures": disclosures(),
        "day": made.bulletin.issued_on,
        "number": issue.number or (next_number(issue, made.bulletin.issued_on.year) if issue.state in OPEN else ""),
        "outline": [_outline(section, issue) for section in made.bulletin.sections],
        "blocks": _blocks(made.bulletin, board),
        "data": [_data(section, made, board) for section in made.bulletin.sections],
        "checks": [{"light": LEVELS[one.level], "text": pick(one.zh, one.en)} for one in found],
        "blocked": any(one.level == "blocks" for one in found),
        "conflicts": made.conflicts,
        "moved": _moved(issue, made) if issue.state in OPEN else [],
        "superseded": superseded(issue),
        "timeline": _timeline(issue),
        "files": [(kind, name, reverse("room:issue_file", args=[issue.pk, kind])) for kind, name in FILES],
        "public_files": _public_files(issue),
        "receipts": receipts(issue) if issue.state == Issue.State.ISSUED else None,
        "corrects": Issue.objects.filter(pk=issue.corrects).first() if issue.corrects else None,
        "corrected_by": Issue.objects.filter(corrects=issue.pk).exclude(state=Issue.State.DROPPED),
        "can": _can(issue, user),
    }


def _can(issue: Issue, user: User) -> dict[str, bool]:
    state, other = issue.state, issue.author != user.username
    return {
        "edit": state == Issue.State.DRAFTED and not issue.corrects,
        "submit": state == Issue.State.DRAFTED,
        "approve": state == Issue.State.REVIEWING and other,
        "issue": state == Issue.State.SIGNING and other,
        "send_back": state in (Issue.State.REVIEWING, Issue.State.SIGNING),
        "head": state in OPEN,
        "correct": state == Issue.State.ISSUED,
        "wait": state in (Issue.State.REVIEWING, Issue.State.SIGNING) and not other,
    }


def _outline(section: Section, issue: Issue) -> dict[str, Any]:
    edited = section.id in (issue.edits or "") and f'"{section.id}"' in issue.edits
    state = _("缺 %(count)s 项") % {"count": section.missing} if section.missing else _("数据齐全")
    return {"id": section.id, "title": section.title, "state": state, "missing": section.missing, "edited": edited}


def _blocks(bulletin: Bulletin, board: Board) -> list[dict[str, Any]]:
    sources = {one.id: {"sources": list(one.sources)} for one in bulletin.figures()}
    made = bulletin_pages.blocks(bulletin.to_json(), board, sources)
    ids = iter(section.id for section in bulletin.sections)
    for one in made:
        if one["kind"] == "heading" and one["level"] == 1:
            one["id"] = next(ids, "")
    return made


def _data(section: Section, made: flow.Draft, board: Board) -> dict[str, Any]:
    """The figures of a section's text: what each is about, its value then and now, and where it comes from."""
    about = flow.names_of(made.board)
    return {
        "title": section.title,
        "figures": [
            {
                "display": figure.display,
                "about": about(figure.sources[0]) if figure.sources else "",
                "before": _before(figure, made.board),
                "href": next((figure_href(board, source) for source in figure.sources if source.split("/", 1)[0] in board.cards), ""),
            }
            for figure in figures_of(section).values()
        ],
    }


def _before(figure: Figure, data: Data) -> str:
    """The figure of the issue before, in the same words; empty where there is none."""
    if figure.op != "value" or len(figure.sources) != 1:
        return ""
    parts = figure.sources[0].split("/")
    previous = data.month.previous()
    codes = {data.month.code: previous.code, YearToDate(data.month.year, data.month.month).code: _to_date(previous)}
    if len(parts) != 5 or parts[3] not in codes:
        return ""
    earlier = "/".join((*parts[:3], codes[parts[3]], parts[4]))
    row = next((row for row in (*data.rows, *data.previous) if row.id == earlier), None)
    value = told(row) if row else None
    return "" if value is None else say(figure.form, value)


def _to_date(month: Month) -> str:
    return YearToDate(month.year, month.month).code if month.month >= 2 else ""


def _moved(issue: Issue, made: flow.Draft) -> list[flow.Moved]:
    """Figures that the newest closing tells otherwise than the one the draft stands on."""
    if not superseded(issue) or issue.corrects:
        return []
    now = flow.draft(newest(issue.month), pack_in_force(), None, issue.kind, {}, issued_on=issue.issued_on)
    return list(flow.moved(made.composed, now.composed))


def _timeline(issue: Issue) -> list[dict[str, Any]]:
    return [
        {
            "at": one.at,
            "who": one.actor_name or one.actor,
            "act": act_title(one.act),
            "said": one.said,
            "state": Issue.State(one.to_state).label,
        }
        for one in issue.events.all()
    ]


def receipts(issue: Issue) -> dict[str, int]:
    """How many were told of an issued document, and how many have opened their notice."""
    sent = Message.objects.filter(dedupe_key__startswith=f"issue:{issue.pk}:")
    return {
        "told": sent.count(),
        "delivered": sent.filter(state=Message.State.SENT).count(),
        "read": sent.filter(notice__read_at__isnull=False).count(),
    }


def _public_files(issue: Issue) -> list[tuple[str, str]]:
    if issue.state != Issue.State.ISSUED:
        return []
    there = sorted((folder_of(issue) / "public").glob("*"))
    return [
        (path.suffix[1:].upper(), reverse("room:issue_file", args=[issue.pk, f"public-{path.suffix[1:]}"]))
        for path in there
        if path.suffix in (".docx", ".pdf")
    ]


def section_page(issue: Issue, name: str) -> dict[str, Any] | None:
    """The page on which one section is edited: its text in a box, the numbers that need a source, what the data say beside it."""
    made = document(issue)
    composed = next((one for one in made.composed.sections if one.id == name), None)
    merged = next((one for one in made.bulletin.sections if one.id == name), None)
    if composed is None or merged is None:
        return None
    figures = figures_of(merged) | figures_of(composed)
    edit = made.edits.get(name)
    displays = {key: one.display for key, one in figures.items()}
    about = flow.names_of(made.board)
    return {
        "issue": issue,
        "section": composed,
        "text": readable(lines_of(merged), figures),
        "sources": sorted((edit.sources if edit else {}).items()),
        "changes": [{"was": was, "now": now} for was, now in _changes(lines_of(composed), lines_of(merged), displays)],
        "edited": edit is not None,
        "figures": [(f"⟦{key}：{one.display}⟧", about(one.sources[0]) if one.sources else "") for key, one in figures_of(composed).items()],
    }


def _changes(was: tuple[str, ...], now: tuple[str, ...], displays: dict[str, str]) -> list[tuple[str, str]]:
    """Paragraphs that read otherwise than composed, as (was, now)."""
    found = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind != "equal":
            found.append(
                ("\n".join(plain_line(one, displays) for one in was[a:b]), "\n".join(plain_line(one, displays) for one in now[c:d]))
            )
    return found


def files_of(issue: Issue, kind: str) -> tuple[str, bytes] | None:
    """A file of the issue by its kind: made now for a draft, the frozen one for what was issued; None when there is none."""
    public, ending = kind.startswith("public-"), kind.removeprefix("public-")
    if ending not in dict(FILES):
        return None
    if issue.state == Issue.State.ISSUED:
        place = folder_of(issue) / "public" if public else folder_of(issue)
        found = next(iter(sorted(place.glob(f"*.{ending}"))), None)
        return (f"{issue.pk}{'-public' if public else ''}.{ending}", found.read_bytes()) if found else None
    if public:
        return None
    made = draft_files(issue)
    found_name = next((name for name in made if name.endswith(f".{ending}")), None)
    return (f"{issue.pk}-draft.{ending}", made[found_name]) if found_name else None


def _names() -> dict[str, str]:
    return {user.username: user.name or user.username for user in User.objects.all()}
