"""What the source drawer tells besides the formula: the card's fields, the clause that set the target, who reported and reviewed, what was corrected, whom to ring."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from yunxing.desk.people.models import Post, Role
from yunxing.desk.reporting.models import Report, Submission
from yunxing.desk.room.board import Board, Card
from yunxing.desk.room.figures import in_words, language, pick
from yunxing.engines.facts.form import Form
from yunxing.io import tables
from yunxing.packs.pack import Pack
from yunxing.values.errors import BadInput
from yunxing.values.period import parse_period
from yunxing.values.scope import Scope

REPORTERS_SHOWN, REVISIONS_SHOWN = 20, 50
Fact = Mapping[str, Any]


def card_lines(card: Card, pack: Pack) -> list[tuple[str, str]]:
    """The fields of an indicator's card that a real city keeps (monitoring §1): thresholds, action, frequency, period, offices. People come from posts, never typed."""
    plain = card.plain
    found = [
        (_("触警阈值"), limit_words(plain.get("alarm"))),
        (_("触警措施"), str(plain.get("alarm_action") or "")),
        (_("优良阈值"), limit_words(plain.get("good"))),
        (_("更新频率"), str(plain.get("frequency") or "")),
        (_("统计期"), str(plain.get("period") or "")),
        (_("数据来源方式"), str(plain.get("source") or "")),
        (_("责任单位"), office_name(pack, str(plain["office"]))),
        (_("协同单位"), "、".join(office_name(pack, one) for one in plain.get("coordinating") or ())),
        (_("联系人"), contact(str(plain["office"]))),
    ]
    return [(name, text) for name, text in found if text]


def limit_words(limit: Mapping[str, Any] | None) -> str:
    """「低于 0%」."""
    words = {
        "lt": _("低于 %(limit)s"),
        "le": _("不高于 %(limit)s"),
        "gt": _("超过 %(limit)s"),
        "ge": _("不低于 %(limit)s"),
        "eq": _("等于 %(limit)s"),
    }
    return words.get(str(limit["comparator"]), "%(limit)s") % {"limit": in_words(str(limit["text"]))} if limit else ""


def office_name(pack: Pack, code: str) -> str:
    """An office's name in the reader's language."""
    office = pack.offices.get(code)
    return pick(office.name, office.name_en) if office else code


def contact(office: str) -> str:
    """Who in the office to ask, with the telephone number, from the posts of today."""
    posts = (
        Post.objects.on(timezone.localdate())
        .filter(unit__code=office, role__in=[Role.DEPARTMENT, Role.COMMAND], user__is_active=True)
        .select_related("user")
    )
    return "、".join(dict.fromkeys(" ".join(part for part in (post.user.name, post.user.phone) if part) for post in posts))


def clause(card: Card, pack: Pack) -> dict[str, str]:
    """The words of the plan that set the target, with where they stand; empty when the indicator has no promise behind it."""
    target = card.plain.get("target")
    if not target:
        return {}
    try:
        promise = pack.commitment(str(target["commitment"]))
    except BadInput:
        return {}  # the plan in force no longer has it; the closed month still names the number
    return {
        "quote": promise.quote,
        "cite": f"{pack.document.number} · {pack.cite(promise.key)}",
        "title": pick(promise.title, promise.title_en),
    }


def reporters(facts: Iterable[Fact], scope: Scope) -> list[dict[str, str]]:
    """Which workbooks or reports the figure rests on: when they came, from whom, and who reviewed them when, as far as this person may see them."""
    digests = list(dict.fromkeys(str(fact["submission"]) for fact in facts))
    came = {one.digest: one for one in Submission.seen_by(scope).filter(digest__in=digests[:500])}
    reviewed: dict[str, list[Report]] = {}
    for report in Report.seen_by(scope).filter(submission__in=digests[:500]).select_related("sent_by", "reviewer"):
        reviewed.setdefault(report.submission, []).append(report)
    found = []
    for digest in digests[:REPORTERS_SHOWN]:
        file, reports = came.get(digest), reviewed.get(digest, [])
        if file is None and not reports:
            continue
        people = dict.fromkeys(str(one.sent_by) for one in reports if one.sent_by)
        reviews = dict.fromkeys(
            f"{one.reviewer} {timezone.localtime(one.accepted_at):%Y-%m-%d %H:%M}" for one in reports if one.reviewer and one.accepted_at
        )
        found.append(
            {
                "file": file.file_name if file else reports[0].name,
                "received": f"{timezone.localtime(file.received):%Y-%m-%d %H:%M}" if file else "",
                "by": "、".join(people) or (file.unit if file else ""),
                "reviewed": "、".join(reviews),
            }
        )
    return found


def revisions(facts: Sequence[Fact], board: Board, forms: Mapping[str, Form]) -> list[dict[str, str]]:
    """Every earlier version of the figures shown: old → new, when, and the written cause. Only of facts that the person sees."""
    from yunxing.desk.room.figure_pages import item_of, item_title, printed_fact

    changed = [fact for fact in facts if int(fact["version"]) > 1][:REVISIONS_SHOWN]
    if not changed:
        return []
    older = tables.versions(settings.HOME, changed)
    found = []
    for fact in changed:
        chain = [
            *sorted([one for one in older if same_cell(one, fact) and one["version"] < fact["version"]], key=lambda one: one["version"]),
            dict(fact),
        ]
        for before, after in itertools.pairwise(chain):
            form = str(after["form"])
            found.append(
                {
                    "party": str(board.parties.get(after["party"], {}).get("name", after["party"])),
                    "item": item_title(item_of(forms, form, str(after["item"])), after),
                    "period": parse_period(str(after["period"])).label(language()),
                    "old": printed_fact(before, forms, board.parties)["value"],
                    "new": printed_fact(after, forms, board.parties)["value"],
                    "when": after["known_at"].strftime("%Y-%m-%d"),
                    "why": str(after["cause"] or ""),
                }
            )
    return found


def same_cell(one: Fact, other: Fact) -> bool:
    """Whether two facts are versions of one figure."""
    return all(one[name] == other[name] for name in ("form", "item", "role", "party", "period", "as_reported"))
