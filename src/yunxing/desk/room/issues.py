"""Bulletins on their way (起草、核稿、签发、印发): every act is one compare-and-set with its event, in one transaction.

Who drafted does not review and does not sign. An issued document is frozen in the home folder; a correction is an issue of its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yunxing.desk import installation
from yunxing.desk.people import journal, outbox
from yunxing.desk.people.models import Post, Role, User
from yunxing.desk.room import issue_papers as papers
from yunxing.desk.room.models import Issue, IssueEvent
from yunxing.desk.room.shell import pack_in_force
from yunxing.engines.bulletins.edits import Edit, edit_of, faults_of, typed
from yunxing.engines.bulletins.ready import Check, ready
from yunxing.engines.bulletins.returned import Taken
from yunxing.engines.bulletins.template import BulletinPlan
from yunxing.flows import issue_bulletin as flow
from yunxing.flows.build_bulletin import plan_of
from yunxing.io import snapshots
from yunxing.io.files import keep
from yunxing.io.seal import StandardSeal
from yunxing.io.snapshots import Snapshot
from yunxing.values.errors import BadInput, Fault, Refusal
from yunxing.values.period import Month, parse_month

State = Issue.State
OPEN = (State.DRAFTED, State.REVIEWING, State.SIGNING)


@dataclass(frozen=True, slots=True)
class Act:
    """An act: the states it starts from, the one it leads to (empty: stays), and whether another person than the author must do it."""

    start: tuple[str, ...]
    to: str = ""
    by_another: bool = False
    needs_reason: bool = False


ACTS: Mapping[str, Act] = {
    "edit": Act((State.DRAFTED,)),
    "undo": Act((State.DRAFTED,)),
    "return_file": Act((State.DRAFTED,)),
    "refresh": Act((State.DRAFTED,)),
    "head": Act((State.DRAFTED, State.REVIEWING, State.SIGNING)),
    "submit": Act((State.DRAFTED,), State.REVIEWING),
    "approve": Act((State.REVIEWING,), State.SIGNING, by_another=True),
    "send_back": Act((State.REVIEWING, State.SIGNING), State.DRAFTED, needs_reason=True),
    "issue": Act((State.SIGNING,), State.ISSUED, by_another=True),
    "drop": Act((State.DRAFTED,), State.DROPPED, needs_reason=True),
}


class Overtaken(Refusal):
    """Somebody else acted first; the message says who, when, and what the state is now."""


class Unready(Refusal):
    """Something blocks the act; `checks` are those that do."""

    def __init__(self, checks: tuple[Check, ...]) -> None:
        super().__init__("；".join(check.zh for check in checks))
        self.checks = checks


class Unsourced(Refusal):
    """Edited text that cannot stand; `places` names every fault with its place and its mending."""

    def __init__(self, faults: list[Fault]) -> None:
        self.places = tuple(f"{fault.place}：{fault.found}（{fault.fix}）" for fault in faults)
        super().__init__("；".join(self.places))


def closing_of(issue: Issue) -> Snapshot:
    """The closed month an issue is composed from."""
    return Snapshot(snapshots.closed_folder(settings.HOME) / issue.closing)


def newest(month: str) -> Snapshot:
    """The newest closing of a month; BadInput when it is not closed."""
    found = snapshots.latest(settings.HOME, month)
    if found is None:
        raise BadInput(_("%(month)s 还没有关账。先关账，再起草通报。") % {"month": month})
    return found


def edits_of(issue: Issue) -> dict[str, Edit]:
    """What people wrote, by section."""
    return {name: Edit.from_json(plain) for name, plain in json.loads(issue.edits or "{}").items()}


def document(issue: Issue) -> flow.Draft:
    """The issue as a document, from its closing and its edits; a correction is composed from what was issued then and the data of its closing."""
    closed = closing_of(issue)
    pack = pack_in_force()
    month = parse_month(issue.month)
    kind = issue.kind
    made = flow.draft(
        closed,
        pack,
        snapshots.latest(settings.HOME, month.previous().code),
        kind,
        {} if issue.corrects else edits_of(issue),
        issued_on=issue.issued_on,
        number=issue.number,
        about=issue.about,
    )
    if not issue.corrects:
        return made
    wrong = Issue.objects.get(pk=issue.corrects)
    figures = json.loads((folder_of(wrong) / "figures.json").read_text(encoding="utf-8"))
    return flow.correction_of(made, document(wrong).bulletin, figures, issue.why, made.composed.issued_on)


def folder_of(issue: Issue) -> Path:
    """Where an issued document lies."""
    return flow.issue_folder(settings.HOME, issue.pk)


def superseded(issue: Issue) -> bool:
    """Whether the month was closed anew since the draft was last brought up to date."""
    return issue.state in OPEN and newest(issue.month).folder != closing_of(issue).folder


def verdict(issue: Issue, made: flow.Draft) -> tuple[Check, ...]:
    """The checks of an issue, those that block first."""
    taken = Issue.objects.exclude(pk=issue.pk).exclude(number="").exclude(state=State.DROPPED).values_list("number", flat=True)
    return flow.verdict(made, numbers=taken, superseded=superseded(issue), will_issue=issue.state == State.SIGNING)


def next_number(issue: Issue, year: int) -> str:
    """The next free number of the year in the form of the issue's kind; empty where the pack gives no form."""
    form = plan(issue).number_form.replace("{year}", str(year))
    before, _mark, after = form.partition("{n}")
    if not after:
        return ""
    used = Issue.objects.filter(number__startswith=before).exclude(state=State.DROPPED).values_list("number", flat=True)
    taken = [int(one[len(before) : -len(after)]) for one in used if one.endswith(after) and one[len(before) : -len(after)].isdecimal()]
    return form.replace("{n}", str(max(taken, default=0) + 1))


def plan(issue: Issue) -> BulletinPlan:
    """The sentence library of the issue's kind."""
    return plan_of(pack_in_force(), issue.kind)


@transaction.atomic
def start(by: User, kind: str, month: Month, about: str = "") -> Issue:
    """A new draft of a kind for a closed month; the one on its way when there is one, so that a second click makes no second draft.

    `about` is the reporting unit a letter is written to; other kinds leave it out.
    """
    asked = plan_of(pack_in_force(), kind)
    unit = about if asked.about else ""
    there = Issue.objects.filter(kind=kind, month=month.code, about=unit, corrects="")
    open_: Issue | None = there.filter(state__in=OPEN).first()
    if open_ is not None:
        return open_
    closed = newest(month.code)
    made = flow.draft(closed, pack_in_force(), None, kind, {}, about=unit)
    count = there.count()
    name = f"{kind}-{month.code}" + (f"-{unit}" if unit else "") + (f"-{count + 1}" if count else "")
    return _create(by, asked, closed, name, made.composed.title, about=unit)


@transaction.atomic
def correct(by: User, issue: Issue, why: str) -> Issue:
    """The draft of a correction of an issued document; BadInput when the data of today tell nothing otherwise."""
    if issue.state != State.ISSUED:
        raise Refusal(_("只有已印发的文件才能更正。"))
    if not why.strip():
        raise Refusal(_("请写明更正原因。"))
    open_: Issue | None = Issue.objects.filter(corrects=issue.pk, state__in=OPEN).first()
    if open_ is not None:
        return open_
    count = Issue.objects.filter(corrects=issue.pk).count() + 1
    made = _create(
        by, plan(issue), newest(issue.month), f"{issue.pk}-c{count}", issue.title, corrects=issue.pk, why=why.strip(), about=issue.about
    )
    made.title = document(made).bulletin.title
    made.save(update_fields=["title"])
    return made


def _create(by: User, asked: BulletinPlan, closed: Snapshot, name: str, title: str, **more: str) -> Issue:
    now = timezone.now()
    try:
        with transaction.atomic():
            issue: Issue = Issue.objects.create(
                id=name,
                kind=asked.kind,
                month=closed.month,
                title=title,
                closing=str(closed.folder.relative_to(snapshots.closed_folder(settings.HOME))),
                disclosure=asked.disclosure,
                disclosure_reason=asked.disclosure_reason,
                author=by.username,
                created=now,
                changed=now,
                **more,
            )
    except IntegrityError:  # two clicks at once
        there: Issue = Issue.objects.get(pk=name)
        return there
    _event(issue, "start", "", by, "")
    return issue


def act(by: User, pk: str, ver: int, name: str, *, said: str = "", **given: Any) -> Issue:
    """Do an act on the issue as the person saw it (`ver`). `Overtaken` when it has moved on since."""
    issue: Issue = Issue.objects.get(pk=pk)
    rule = ACTS[name]
    if issue.ver != ver or issue.state not in rule.start:
        raise _overtaken(issue)
    if rule.needs_reason and not said.strip():
        raise Refusal(_("请写明理由。"))
    if rule.by_another and issue.author == by.username:
        raise Refusal(_("起草人不能核稿或签发自己起草的文件，请由另一人办理。"))
    changes, event = _PREPARE.get(name, _nothing)(issue, by, given)
    site = str(given.get("site", "")).rstrip("/")
    files = _frozen_files(issue, site) if name == "issue" else None
    with transaction.atomic():
        moved = {"ver": ver + 1, "changed": timezone.now(), "state": rule.to or issue.state, **changes}
        if Issue.objects.filter(pk=pk, ver=ver).update(**moved) != 1:
            raise _overtaken(Issue.objects.get(pk=pk))
        was = issue.state
        issue.refresh_from_db()
        _event(issue, name, was, by, said.strip() or event.get("said", ""), event.get("file", ""))
        if files is not None:
            _freeze(issue, files)
            papers.paper(issue, files[0].bulletin, files[1], by)
            _tell(issue, by)
    return issue


def _nothing(issue: Issue, by: User, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:  # noqa: ARG001  # acts without more
    return {}, {}


def _edit(issue: Issue, by: User, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:  # noqa: ARG001  # same shape for every act
    made = document(issue)
    section = next((one for one in made.composed.sections if one.id == given["section"]), None)
    if section is None or issue.corrects:
        raise BadInput(_("没有这一节：%(name)s") % {"name": given["section"]})
    edit = edit_of(section, typed(given["text"]), {k: v.strip() for k, v in given.get("sources", {}).items() if v.strip()})
    faults = faults_of(section, edit)
    if faults:
        raise Unsourced(faults)
    return {"edits": _dump(edits_of(issue) | {section.id: edit})}, {"said": section.title}


def _undo(issue: Issue, by: User, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:  # noqa: ARG001  # same shape for every act
    kept = {name: edit for name, edit in edits_of(issue).items() if name != given["section"]}
    return {"edits": _dump(kept)}, {"said": str(given["section"])}


def _return_file(issue: Issue, by: User, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:  # noqa: ARG001  # same shape for every act
    taken: Taken = given["taken"]
    return {"edits": _dump(edits_of(issue) | dict(taken.edits))}, {"file": keep(settings.HOME, given["content"])}


def _refresh(issue: Issue, by: User, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:  # noqa: ARG001  # same shape for every act
    closed = newest(issue.month)
    return {"closing": str(closed.folder.relative_to(snapshots.closed_folder(settings.HOME)))}, {"said": closed.hash[:12]}


def _head(issue: Issue, by: User, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:  # noqa: ARG001  # same shape for every act
    disclosure, reason = given.get("disclosure") or issue.disclosure, given.get("disclosure_reason", "").strip()
    if disclosure not in DISCLOSURES:
        raise BadInput(_("公开属性须为主动公开、依申请公开或不予公开之一。"))
    if disclosure == "withheld" and not reason:
        raise Refusal(_("不予公开须说明理由。"))
    day: date | None = given.get("issued_on")
    changes = {"number": given.get("number", "").strip(), "disclosure": disclosure, "disclosure_reason": reason, "issued_on": day}
    return changes, {"said": f"{changes['number']} {day or ''} {disclosure}".strip()}


def _submit(issue: Issue, by: User, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:  # noqa: ARG001  # same shape for every act
    _must_be_ready(issue)
    return {}, {}


def _approve(issue: Issue, by: User, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:  # noqa: ARG001  # same shape for every act
    _must_be_ready(issue)
    return {"reviewer": by.username}, {}


def _issue(issue: Issue, by: User, given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:  # noqa: ARG001  # same shape for every act
    _must_be_ready(issue)
    made = document(issue)
    return {"signer": by.username, "issued_on": made.bulletin.issued_on, "title": made.bulletin.title}, {"said": made.bulletin.number}


_PREPARE = {
    "edit": _edit,
    "undo": _undo,
    "return_file": _return_file,
    "refresh": _refresh,
    "head": _head,
    "submit": _submit,
    "approve": _approve,
    "issue": _issue,
}
DISCLOSURES = ("public", "on_request", "withheld")


def _must_be_ready(issue: Issue) -> None:
    found = verdict(issue, document(issue))
    if not ready(found):
        raise Unready(tuple(check for check in found if check.level == "blocks"))


def draft_files(issue: Issue) -> dict[str, bytes]:
    """The files of a draft as they would be issued."""
    return _frozen_files(issue)[1]


def _frozen_files(issue: Issue, site: str = "") -> tuple[flow.Draft, dict[str, bytes]]:
    """Everything is made before the transaction begins: setting pages takes a second, and no writer should wait for it."""
    made = document(issue)
    fonts = installation.read(settings.HOME).fonts_dir
    public = issue.disclosure == "public"
    verify = site + reverse("verify:paper", args=[papers.verify_code(issue)]) if site else ""
    return made, flow.issue_files(made, closing_of(issue), with_public=public, fonts_dir=Path(fonts) if fonts else None, verify=verify)


def _freeze(issue: Issue, files: tuple[flow.Draft, dict[str, bytes]]) -> None:
    made, contents = files
    # a folder of this name can only be of a try that was cut: this transaction alone may make the issue an issued one
    flow.drop_unissued(settings.HOME, issue.pk)
    head = {
        "id": issue.pk,
        "disclosure": issue.disclosure,
        "disclosure_reason": issue.disclosure_reason,
        "corrects": issue.corrects,
        "author": issue.author,
        "reviewer": issue.reviewer,
        "signer": issue.signer,
        "closing": issue.closing,
    }
    flow.freeze(settings.HOME, issue.pk, made.bulletin, contents, StandardSeal.in_home(settings.HOME), head)


def _tell(issue: Issue, by: User) -> None:
    """A notice to every county and office with a link; never a figure."""
    posts = Post.objects.on(timezone.localdate()).filter(role__in=[Role.COUNTY, Role.DEPARTMENT, Role.COMMAND], user__is_active=True)
    for user in {post.user for post in posts.select_related("user")}:
        if user != by:
            link = reverse("room:issue", args=[issue.pk])
            outbox.send(key=f"issue:{issue.pk}:{user.pk}", recipient=user, parameters={"title": issue.title, "link": link}, sender=by)


def _event(issue: Issue, name: str, was: str, by: User, said: str, file: str = "") -> None:
    IssueEvent.objects.create(
        issue=issue,
        ver=issue.ver,
        act=name,
        from_state=was,
        to_state=issue.state,
        actor=by.username,
        actor_name=by.name,
        at=issue.changed,
        said=said[:400],
        file=file,
    )
    journal.record(f"bulletin_{name}"[:40], kind="bulletin", object_id=issue.pk, reason=said[:400])


def _overtaken(issue: Issue) -> Overtaken:
    last = issue.events.order_by("-ver").first()
    who = f"{last.actor_name or last.actor} {timezone.localtime(last.at):%m-%d %H:%M}" if last else ""
    return Overtaken(_("%(who)s 已办理，现为“%(state)s”。请看过新内容再办。") % {"who": who, "state": Issue.State(issue.state).label})


def _dump(edits: Mapping[str, Edit]) -> str:
    return json.dumps({name: edit.to_json() for name, edit in edits.items()}, ensure_ascii=False, sort_keys=True)
