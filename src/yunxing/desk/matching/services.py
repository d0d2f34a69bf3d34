"""Postings are taken in, rounds asked and carried out, an assignment chosen with a reason, contacts recorded. Every act is in the journal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from yunxing.desk import clock
from yunxing.desk.matching.models import Contact, Pair, Posting, Round
from yunxing.desk.matching.place import CASE, REFUSED, refusal_words, rules, step_words
from yunxing.desk.people import journal
from yunxing.desk.people.models import Unit
from yunxing.desk.room.shell import pack_in_force
from yunxing.desk.scoping import acting_as_system, current_scope
from yunxing.engines.cases.case import Actor
from yunxing.engines.matching.compare import METHODS
from yunxing.engines.matching.credit import Suspicion
from yunxing.engines.matching.kind import Kind, kept_rows
from yunxing.flows import walk_case
from yunxing.flows.make_matches import make_matches
from yunxing.flows.matching_inputs import Watched, as_kept, drawn_needs, watched_credit
from yunxing.io.files import content_path, keep
from yunxing.values.digest import canonical_json
from yunxing.values.errors import BadInput, Refusal
from yunxing.values.money import format_money
from yunxing.values.scope import ALL

PATIENCE = timedelta(minutes=10)
COMMON = ("id", "party", "name", "unit", "quota")


@transaction.atomic
def post(kind: Kind, side: str, rows: Sequence[Mapping[str, Any]], *, read_from: str = "") -> int:
    """Take in kept rows: a code that is there is replaced, a new one added. Gives how many. A need of a kind that asks consent has none unless its row says so."""
    today = clock.today()
    for row in rows:
        asked = kind.consent and side == "need"
        fields = {
            "party": str(row.get("party") or ""), "unit": str(row.get("unit") or ""), "office": kind.owner, "name": str(row["name"])[:200],
            "row": {name: value for name, value in row.items() if name not in ("consent", "read")}, "quota": int(row["quota"]),
            "consent": bool(row.get("consent", not asked)), "read_from": read_from or _read(row), "posted": today, "withdrawn": None,
        }  # fmt: skip
        if not Posting.objects.filter(kind=kind.id, side=side, code=row["id"]).update(**fields):
            Posting.objects.create(kind=kind.id, side=side, code=str(row["id"])[:80], **fields)
    journal.record("post", kind="matching", object_id=f"{kind.id}/{side}", after={"rows": len(rows), "from": read_from})
    return len(rows)


def post_own(kind: Kind, firm: Unit, posted: Mapping[str, Any]) -> Posting:
    """A need of an enterprise's own, typed in a form; whether banks may see it is its word. BadInput with every field that is wrong."""
    number = Posting.objects.filter(kind=kind.id, side="need", party=firm.code).count() + 1
    code = f"{firm.code}/{kind.id}/{number}"
    given = {name: str(posted.get(name, "")).strip() for name in kind.columns("need")}
    given |= {
        "id": code,
        "party": firm.code,
        "name": firm.name,
        "unit": _reports_through(),
        "quota": str(posted.get("quota") or "1").strip(),
    }
    row = kept_rows(kind, "need", [given], str(_("登记")))[0]
    if row["quota"] < 1:
        raise BadInput(_("数量应为不少于 1 的整数。"))
    post(kind, "need", [{**row, "consent": posted.get("consent") == "1" or not kind.consent}])
    made: Posting = Posting.objects.get(kind=kind.id, side="need", code=code)
    return made


def _reports_through() -> str:
    """The reporting unit of the enterprise that acts."""
    units = current_scope().units
    return "" if units is ALL else min(units, default="")


def _read(row: Mapping[str, Any]) -> str:
    read = row.get("read")
    return f"{read['form']} {read['period']}" if isinstance(read, Mapping) else ""


def draw(kind: Kind) -> int:
    """Read the needs from the newest report that the kind names. Refused where it names none; a need drawn before keeps its consent and what was added by hand."""
    entry = rules().draws.get(kind.id)
    if entry is None:
        raise Refusal(_("这类对接没有可取数的报表，请导入或登记需求。"))
    found = [as_kept(kind, one) for one in drawn_needs(settings.HOME, connection, entry, clock.today())]
    known = {one.code: one for one in Posting.objects.filter(kind=kind.id, side="need")}
    for row in found:
        before = known.get(row["id"])
        if before is not None:
            row |= {name: value for name, value in before.row.items() if row.get(name) is None}
            row["consent"] = before.consent
    return post(kind, "need", found, read_from=f"{found[0]['read']['form']} {found[0]['read']['period']}" if found else "")


@transaction.atomic
def withdraw(posting: Posting, reason: str) -> None:
    """A posting takes part in no further round."""
    if posting.withdrawn:
        return
    posting.withdrawn = clock.today()
    posting.save(update_fields=["withdrawn"])
    journal.record("withdraw", kind="matching", object_id=f"{posting.kind}/{posting.code}", reason=reason[:300])


@transaction.atomic
def consent(posting: Posting, *, given: bool) -> None:
    """The firm gives or takes back its consent that banks see its need."""
    posting.consent = given
    posting.save(update_fields=["consent"])
    journal.record("consent", kind="matching", object_id=f"{posting.kind}/{posting.code}", after={"consent": given})


def taking_part(kind: Kind, side: str, day: date) -> list[Posting]:
    """The postings of a side that a round of a day takes: not withdrawn, still valid, and needs with consent where the kind asks for it."""
    found = Posting.objects.filter(kind=kind.id, side=side, withdrawn__isnull=True, quota__gt=0)
    kept = [one for one in found if one.until is None or one.until >= day]
    return [one for one in kept if one.consent or not (kind.consent and side == "need")]


@transaction.atomic
def ask(kind: Kind, person: str, title: str = "") -> Round:
    """A round that waits for the worker. Its seed is its own number and day, so that the lottery can be drawn again by anyone."""
    now, today = clock.now(), clock.today()
    number = Round.objects.filter(made__year=now.year).count() + 1
    pk = f"D{now.year}-{number:04d}"
    made: Round = Round.objects.create(
        id=pk, kind=kind.id, title=(title.strip() or kind.title)[:120], office=kind.owner, day=today, seed=f"{pk}/{kind.id}/{today.isoformat()}",
        pack=pack_in_force().digest, person=person, made=now,
    )  # fmt: skip
    journal.record("ask", kind="matching_round", object_id=pk, after={"kind": kind.id, "seed": made.seed})
    return made


def carry_out(pk: str) -> bool:
    """Match a waiting round; False when another worker has it. What is refused is told on the round, never lost."""
    if not Round.objects.filter(pk=pk, state=Round.State.WAITING).update(state=Round.State.SOLVING):
        return False
    one = Round.objects.get(pk=pk)
    try:
        found = _matched(one)
    except Refusal as refused:
        Round.objects.filter(pk=pk).update(state=Round.State.FAILED, trouble=refused.message[:1000], finished=clock.now())
        return True
    kept = keep(settings.HOME, canonical_json(found))
    Round.objects.filter(pk=pk).update(
        state=Round.State.DONE, result=kept, needs=len(found["needs"]), offers=len(found["offers"]), finished=clock.now()
    )
    return True


def _matched(one: Round) -> dict[str, Any]:
    """The result of a round over those who take part on its day. Refusal where the kind is gone or a side is empty."""
    kind = rules().kinds.get(one.kind)
    if kind is None:
        raise Refusal(_("方案包里没有这类对接。"))
    sides = {side: [_row(each) for each in taking_part(kind, side, one.day)] for side in ("need", "offer")}
    if not sides["need"] or not sides["offer"]:
        raise Refusal(_("需求和供给都要有登记才能撮合。"))
    return make_matches(kind, sides["need"], sides["offer"], seed=one.seed)


def _row(posting: Posting) -> dict[str, Any]:
    return {
        **posting.row,
        "id": posting.code,
        "party": posting.party,
        "name": posting.name,
        "unit": posting.unit or None,
        "quota": posting.quota,
    }


def work() -> int:
    """The worker's round: every round that waits, the oldest first; one left over by a worker that died waits again."""
    done = 0
    with acting_as_system("matching"):
        Round.objects.filter(state=Round.State.SOLVING, made__lt=clock.now() - PATIENCE).update(state=Round.State.WAITING)
        for pk in list(Round.objects.filter(state=Round.State.WAITING).order_by("made", "id").values_list("pk", flat=True)[:20]):
            done += carry_out(pk)
    return done


def result_of(one: Round) -> dict[str, Any] | None:
    """The result of a finished round."""
    if not one.result:
        return None
    found: dict[str, Any] = json.loads(content_path(settings.HOME, one.result).read_bytes())
    return found


@transaction.atomic
def choose(one: Round, method: str, reason: str, person: str) -> int:
    """Choose an assignment with a reason: its pairs become suggestions to follow. Refused twice, without a reason, or before the result is there."""
    result = result_of(one)
    if one.state != Round.State.DONE or result is None:
        raise Refusal(_("本轮尚未完成或已经选定。"))
    if method not in METHODS:
        raise BadInput(_("请从最优、稳定、先到先得三种方案中选定一种。"))
    if not reason.strip():
        raise BadInput(_("请写明选定这一方案的理由。"))
    needs, offers = ({row["id"]: row for row in result[side]} for side in ("needs", "offers"))
    for need, offer, units, value in result["methods"][method]["pairs"]:
        row = needs[need]
        Pair.objects.create(
            round=one, kind=one.kind, need=need, offer=offer, need_name=row["name"], offer_name=offers[offer]["name"], party=row["party"],
            unit=row.get("unit") or "", office=one.office, units=units, value=value, changed=clock.today(),
        )  # fmt: skip
    one.method, one.reason, one.state = method, reason.strip()[:300], Round.State.CHOSEN
    one.chosen_by, one.chosen_on = person, clock.today()
    one.save(update_fields=["method", "reason", "state", "chosen_by", "chosen_on"])
    journal.record("choose", kind="matching_round", object_id=one.pk, reason=one.reason, after={"method": method, "result": one.result})
    return len(result["methods"][method]["pairs"])


@transaction.atomic
def record(kind: Kind, pair: Pair, step: str, person: str, *, on: date, reason: str = "", amount: str = "", note: str = "") -> Contact:
    """Record a contact: the step it reached, or a refusal with a reason from the closed list. A pair that was refused or carried out is closed."""
    steps = [one[0] for one in kind.steps]
    if pair.state in (REFUSED, steps[-1]):
        raise Refusal(_("这一配对已了结：%(state)s。") % {"state": step_words(kind, pair.state)})
    if step not in (*steps, REFUSED):
        raise BadInput(_("进展应为：%(steps)s。") % {"steps": "、".join([*(one[1] for one in kind.steps), str(_("未成"))])})
    if step == REFUSED and reason not in [one[0] for one in kind.refusals]:
        raise BadInput(_("未成须选原因：%(reasons)s。") % {"reasons": "、".join(one[1] for one in kind.refusals)})
    if pair.state in steps and step in steps and steps.index(step) < steps.index(pair.state):
        raise BadInput(_("进展不能退回：现为“%(state)s”。") % {"state": step_words(kind, pair.state)})
    if on > clock.today():
        raise BadInput(_("日期 %(day)s 还没有到。") % {"day": on})
    made: Contact = Contact.objects.create(
        pair=pair, on=on, step=step, reason=reason if step == REFUSED else "", amount=amount.strip()[:60], note=note.strip()[:300], by=person, at=clock.now(),
    )  # fmt: skip
    Pair.objects.filter(pk=pair.pk).update(state=step, refusal=made.reason, changed=on)
    said = refusal_words(kind, reason) if step == REFUSED else ""
    journal.record(
        "contact", kind="matching_pair", object_id=str(pair.pk), reason=said or made.note, after={"step": step, "reason": made.reason}
    )
    return made


@transaction.atomic
def open_case(one: Round, actor: Actor) -> str:
    """The case on what a chosen round left open: needs that nothing was found for. The same round again gives the case that is there."""
    from yunxing.desk.casework import acting

    result = result_of(one)
    if one.state != Round.State.CHOSEN or result is None:
        raise Refusal(_("请先选定方案。"))
    matched = {need for need, _offer, _units, _value in result["methods"][one.method]["pairs"]}
    left = [row["name"] for row in result["needs"] if row["id"] not in matched]
    acting.newest(CASE)
    words = f"{one.title}（{one.pk}）：{len(left)} 项需求未配上。{'；'.join(left[:5])}{'…' if len(left) > 5 else ''}"
    done = walk_case.new_case(
        connection, CASE, actor, clock.now(), key=f"round/{one.pk}", title=f"{one.title} {one.pk}"[:80], words=words, subject=f"matching:{one.kind}",
        lead=one.office, origin=f"matching:{one.pk}",
    )  # fmt: skip
    if done.won:
        journal.record("open", kind=CASE, object_id=done.case, reason=one.pk)
    Round.objects.filter(pk=one.pk).update(case=done.case)
    return done.case


# ---- the watch over credit ------------------------------------------------------------------------------------------------------------------------------
def watched() -> Watched | None:
    """What the rule on withdrawn credit finds today; None without a rule or without reports."""
    entry = rules().credit
    return None if entry is None else watched_credit(settings.HOME, entry, clock.today())


@transaction.atomic
def open_credit_case(found: Suspicion, period: str, firm: str, unit: str, bank: str, actor: Actor) -> str:
    """The case that asks the bank about one firm; the same firm, bank and month again give the case that is there."""
    from yunxing.desk.casework import acting

    entry = rules().credit
    assert entry is not None
    acting.newest(entry.case)
    facts = found.facts
    words = f"{firm}在{bank}的贷款余额由{format_money(facts.before)}降至{format_money(facts.now)}，达到能效基准、无逾期；同期该行其他制造业贷款未降。请银行说明。"
    done = walk_case.new_case(
        connection, entry.case, actor, clock.now(), key=f"credit/{found.party}/{found.bank}/{period}", title=f"抽贷断贷核查 {firm}"[:80], words=words,
        subject=f"signal:{entry.id}", lead=entry.owner, unit=unit, party=found.party, origin=f"signal:{entry.id}/{period}",
    )  # fmt: skip
    if done.won:
        journal.record("open", kind=entry.case, object_id=done.case, reason=f"{found.party}/{found.bank}/{period}")
    return done.case
