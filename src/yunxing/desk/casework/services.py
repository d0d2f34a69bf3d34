"""Writing cases: raise one, make a step, speak, urge, work on many at once. Each act is one transaction, journaled, and tells who was faster.

The engine decides (`flows.walk_case`); here stand the person, his files, and the words he reads afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from yunxing.desk import uploads
from yunxing.desk.casework import acting, fields
from yunxing.desk.casework.clock_words import moment
from yunxing.desk.casework.models import Attachment, Case, Clock
from yunxing.desk.people import journal, outbox
from yunxing.desk.people.models import Post, Role, User
from yunxing.desk.people.selectors import Standing
from yunxing.desk.scoping import acting_as_system
from yunxing.flows import walk_case
from yunxing.io import files as stored
from yunxing.io.pictures import without_notes
from yunxing.io.store import case_log
from yunxing.io.store.case_log import Recorded
from yunxing.values.digest import digest
from yunxing.values.errors import Refusal

PHOTOS, TITLE_LETTERS = 9, 40
WHISTLE = "whistle"
Files = MultiValueDict[str, UploadedFile[Any]]


class StepRefused(Refusal):
    """The engine refused a step: why, in words, and which fields are to be mended."""

    def __init__(self, refused: walk_case.Refused) -> None:
        super().__init__(acting.pick(refused.words, refused.words_en))
        self.fields = refused.fields


class Overtaken(Refusal):
    """Somebody else was faster: the state the case has now, who made it so, when. Nothing of the second person's step was written."""

    def __init__(self, found: Recorded) -> None:
        self.found = found
        case = Case.objects.filter(pk=found.case).first()
        definition = acting.definition_of(case.definition, case.version) if case else None
        state = acting.pick(definition.state(found.state).title, definition.state(found.state).title_en) if definition else found.state
        edge = definition.edge(found.edge) if definition and definition.has_edge(found.edge) else None
        who = User.objects.filter(username=found.actor).first()
        super().__init__(
            _("%(who)s 在 %(when)s 已办理“%(edge)s”，事项现为“%(state)s”。您刚才的操作没有写入，请看过再办。")
            % {
                "who": who or found.actor,
                "when": moment(found.at, acting.now()) if found.at else "",
                "edge": acting.pick(edge.title, edge.title_en) if edge else found.edge,
                "state": state,
            }
        )


@dataclass(frozen=True, slots=True)
class Raised:
    """What somebody raises. `token` is drawn by the form, so that a second click on the button raises no second case."""

    token: str
    words: str
    kind: str = ""
    contact: str = ""
    party: str = ""
    unit: str = ""
    urgent: bool = False


def visible(case: str) -> Case:
    """The case, if the person may see it; 404 otherwise: nobody learns that it exists."""
    found: Case | None = Case.objects.filter(pk=case).first()
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter that somebody of the desk proposes: by which table, what it is, which office should lead, which enterprise it concerns (or none)."""

    token: str
    table: str
    words: str
    lead: str
    party: str = ""
    unit: str = ""


@transaction.atomic
def propose_matter(standing: Standing, given: Matter) -> Case:
    """Open a case in its table's first state; nothing is owed until the command takes it up. The same token again gives the case that is there."""
    words = given.words.strip()
    if given.table not in acting.proposable() or not words or not given.lead:
        raise Refusal(_("请选择类别和建议承办单位，并写明事由。"))
    definition = acting.newest(given.table)
    subject = f"party:{given.party}" if given.party else f"office:{given.lead}"
    recorded = walk_case.new_case(
        connection,
        given.table,
        acting.actor_of(standing),
        acting.now(),
        key=f"{standing.user.username}:{given.token}",
        title=f"{definition.title}：{words.splitlines()[0]}"[: TITLE_LETTERS * 2],
        words=words,
        subject=subject,
        lead=given.lead,
        unit=given.unit,
        party=given.party,
    )
    if recorded.won:
        journal.record("raise", kind="case", object_id=recorded.case, after={"definition": given.table, "lead": given.lead})
    with acting_as_system("propose"):
        found: Case = Case.objects.get(pk=recorded.case)
        return found


@dataclass(frozen=True, slots=True)
class Clean:
    """A file that may be kept: its safe name, its kind, its bytes without a phone's notes."""

    name: str
    kind: str
    content: bytes


def checked(files: Iterable[UploadedFile[Any]]) -> list[Clean]:
    """Check files and take the notes off photos, before any transaction, so that a refusal stays in the journal.

    Errors: `BadInput` for what may not be stored (a mark of secrecy, a kind that is not taken, a broken picture).
    """
    received = [uploads.receive(one) for one in files]
    return [Clean(one.name, one.kind, without_notes(one.content)) for one in received]


def raise_case(standing: Standing, given: Raised, photos: Sequence[UploadedFile[Any]]) -> Case:
    """Open a request of an enterprise with its photos; the same token again gives the case that is there."""
    words = given.words.strip()
    if not words:
        raise Refusal(_("请写明要反映的事情，一句话即可。"))
    if not given.party:
        raise Refusal(_("请选择是哪家企业的诉求。"))
    if len(photos) > PHOTOS:
        raise Refusal(_("一次最多 %(most)s 个附件，现有 %(n)s 个。") % {"most": PHOTOS, "n": len(photos)})
    return _raised(standing, given, words, checked(photos))


@transaction.atomic
def _raised(standing: Standing, given: Raised, words: str, photos: Sequence[Clean]) -> Case:
    title = words.splitlines()[0][:TITLE_LETTERS]
    opening = {"kind": given.kind, "contact": given.contact.strip()[:60]}
    recorded = walk_case.new_case(
        connection,
        WHISTLE,
        acting.actor_of(standing),
        acting.now(),
        key=f"{standing.user.username}:{given.token}",
        title=title,
        words=words,
        subject=f"party:{given.party}",
        unit=given.unit,
        party=given.party,
        grade="urgent" if given.urgent else "ordinary",
        fields={name: value for name, value in opening.items() if value},
    )
    with acting_as_system("raise"):
        case: Case = Case.objects.get(pk=recorded.case)
        if recorded.won:
            for photo in photos:
                keep(case, photo, standing, field="photos")
            walk_case.mark_duplicates(connection, case.pk, acting.now())
            journal.record("raise", kind="case", object_id=case.pk, after={"definition": case.definition, "party": case.party})
    return case


def keep(case: Case, file: Clean, standing: Standing, *, field: str, internal: bool = False) -> str:
    """Keep a file by its content and hang it on the case; gives its digest."""
    named = stored.keep(settings.HOME, file.content)
    Attachment.objects.create(
        case=case,
        name=file.name,
        kind=file.kind,
        digest=named,
        size=len(file.content),
        by=standing.user.username,
        unit=standing.post.unit.code if standing.post else "",
        at=acting.now(),
        field=field,
        internal=internal,
    )
    journal.record("attach", kind="case", object_id=case.pk, after={"digest": named, "kind": file.kind})
    return named


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was made: what it is called, the state after it, who owes the next act and by when."""

    case: str
    edge: str
    words: str


def make_step(standing: Standing, case_id: str, edge: str, seen: int, posted: QueryDict, uploaded: Files) -> Done:
    """Walk an edge with the fields that were posted. `Overtaken` when the case moved on since `seen`, `StepRefused` when the table refuses."""
    case = visible(case_id)
    definition = acting.definition_of(case.definition, case.version)
    if not definition.has_edge(edge):
        raise Http404
    taken = definition.edge(edge)
    if case.ver != seen:
        raise Overtaken(case_log.as_it_stands(connection, case_id))
    files = {name: checked(uploaded.getlist(name)) for name in (*taken.needs, *taken.takes) if name in uploaded}
    with transaction.atomic():
        digests = {name: [keep(case, one, standing, field=name, internal=taken.internal) for one in some] for name, some in files.items()}
        return _walked(standing, case_id, edge, fields.read(definition, taken, posted, digests), seen)


def _walked(standing: Standing, case_id: str, edge: str, facts: Mapping[str, Any], seen: int | None) -> Done:
    answer = walk_case.move(connection, case_id, edge, acting.actor_of(standing), acting.now(), facts, seen=seen)
    if isinstance(answer, walk_case.Refused):
        raise StepRefused(answer)
    if not answer.won:
        raise Overtaken(answer)
    after = {"edge": edge, "state": answer.state, "ver": answer.ver}
    journal.record("step", kind="case", object_id=case_id, after=after, reason=str(facts.get("reason", "")))
    return Done(case_id, edge, done_words(case_id, edge))


def done_words(case_id: str, edge: str) -> str:
    """What happened and what comes next: 「已派单给市自然资源规划局，10月12日 17:30 前签收。」"""
    with acting_as_system("words"):
        case: Case = Case.objects.get(pk=case_id)
        clock = Clock.objects.filter(case=case, state="running").order_by("due").first()
    definition = acting.definition_of(case.definition, case.version)
    taken, state = definition.edge(edge), definition.state(case.state)
    title = acting.pick(taken.title, taken.title_en)
    if not case.is_open:
        return _("已办理“%(edge)s”，事项%(state)s。") % {"edge": title, "state": acting.pick(state.title, state.title_en)}
    names = acting.names_for([case.owner])
    if clock is None:
        return _("已办理“%(edge)s”，现由%(who)s办理。") % {"edge": title, "who": names(case.owner)}
    spec = definition.clock(clock.name)
    return _("已办理“%(edge)s”，现由%(who)s办理，%(clock)s %(when)s。") % {
        "edge": title,
        "who": names(case.owner),
        "clock": acting.pick(spec.title, spec.title_en),
        "when": moment(clock.due, acting.now()),
    }


def say(standing: Standing, case_id: str, words: str, uploaded: Sequence[UploadedFile[Any]], *, internal: bool) -> None:
    """A line of the conversation: to the enterprise, or internal. An enterprise speaks to the offices; it has no internal side."""
    case = visible(case_id)
    text = words.strip()
    if not text and not uploaded:
        raise Refusal(_("请写一句话，或附上文件。"))
    if standing.role == Role.ENTERPRISE and internal:
        raise Http404
    files = checked(uploaded)
    with transaction.atomic():
        kind = "note" if internal else "message"
        named = [keep(case, one, standing, field=kind, internal=internal) for one in files]
        given = {"files": named} if named else None
        answer = walk_case.act_on(
            connection, case_id, kind, acting.actor_of(standing), acting.now(), words=text or _("见附件"), given=given
        )
        if isinstance(answer, walk_case.Refused):
            raise StepRefused(answer)
        if not answer.won:
            raise Overtaken(answer)
        journal.record("say", kind="case", object_id=case_id, after={"internal": internal, "ver": answer.ver})
        if not internal and standing.role != Role.ENTERPRISE and case.party:  # the store tells the offices; the enterprise hears of it here
            for person in people_of(case.party):
                key, link = f"case:{case_id}:{answer.ver}:{person.pk}", link_of(case, person)
                outbox.send(
                    key=key,
                    recipient=person,
                    template="case_question",
                    parameters={"title": case.title, "link": link},
                    sender=standing.user,
                )


@transaction.atomic
def urge(standing: Standing, case_id: str) -> bool:
    """Urge whoever owes the next act, once a day; False when that was done today already."""
    case = visible(case_id)
    if not case.is_open:
        raise Refusal(_("事项已办结，不必催办。"))
    people = people_of(case.owner, case.handler if case.owner == case.lead else "")
    sent = [
        outbox.urge(
            about=f"case:{case.pk}",
            recipient=one,
            day=acting.now().date(),
            template="case_urged",
            parameters={"title": case.title, "link": link_of(case, one)},
            sender=standing.user,
        )
        for one in people
    ]
    if not any(sent):
        if not people:
            raise Refusal(_("%(unit)s还没有可以接收消息的账户，请电话联系。") % {"unit": acting.names_for([case.owner])(case.owner)})
        return False
    answer = walk_case.act_on(connection, case_id, "urge", acting.actor_of(standing), acting.now(), words=_("催办"))
    if isinstance(answer, walk_case.Refused):
        raise StepRefused(answer)
    journal.record("urge", kind="case", object_id=case_id)
    return True


def people_of(unit: str, handler: str = "") -> list[User]:
    """Who in a unit hears of a case: its handler while he is there, else everyone with a business post in it."""
    on = acting.now().date()
    posts = Post.objects.on(on).filter(unit__code=unit, user__is_active=True).exclude(role=Role.ANALYST).select_related("user")
    found = {post.user.username: post.user for post in posts}
    return [found[handler]] if handler in found else list(found.values())


def link_of(case: Case, user: User) -> str:
    """The page of the case for this person: an enterprise's people have their own."""
    enterprise = Post.objects.on(acting.now().date()).filter(user=user, unit__code=case.party, role=Role.ENTERPRISE).exists()
    return reverse("casework:my_case" if enterprise else "casework:case", args=[case.pk])


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What became of many cases: how many were done, and for each other one why not."""

    done: int
    failed: tuple[tuple[str, str], ...]


def bulk(standing: Standing, cases: Iterable[str], act: str, posted: QueryDict) -> BulkResult:
    """One act on many cases: `sign`, `assign` (to the office posted as `lead`), `urge`. Each is its own transaction; one that fails stops none."""
    done, failed = 0, []
    for name in dict.fromkeys(cases):
        case = visible(name)
        try:
            with transaction.atomic():
                _one_of_many(standing, case, act, posted)
            done += 1
        except Refusal as refusal:
            failed.append((case.title or name, refusal.message))
    return BulkResult(done, tuple(failed))


def _one_of_many(standing: Standing, case: Case, act: str, posted: QueryDict) -> None:
    if act == "urge":
        if not urge(standing, case.pk):
            raise Refusal(_("今天已催办过。"))
        return
    facts = {"lead": posted.get("lead", "")} if act == "assign" and posted.get("lead") else {}
    _walked(standing, case.pk, _bulk_edge(case, act), facts, case.ver)


def _bulk_edge(case: Case, act: str) -> str:
    """The edge that an act means in this case's state: signing is `sign` or `start`, assigning `assign` or `accept`."""
    definition = acting.definition_of(case.definition, case.version)
    wanted = {"sign": ("sign", "start"), "assign": ("assign", "accept")}.get(act, ())
    found = next((edge.name for edge in definition.leaving(case.state) if edge.name in wanted), "")
    if not found:
        state = definition.state(case.state)
        raise Refusal(_("现为“%(state)s”，不能这样办。") % {"state": acting.pick(state.title, state.title_en)})
    return found


def content_of(attachment: Attachment) -> bytes:
    """The bytes of a file, checked against the digest they are kept under."""
    content = stored.content_path(settings.HOME, attachment.digest).read_bytes()
    if digest(content) != attachment.digest:
        raise Refusal(_("附件“%(name)s”与登记的摘要不符，已停止下载，请联系系统管理员。") % {"name": attachment.name})
    return content
