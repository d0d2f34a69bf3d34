"""The steps of a round, each in one transaction, each with its guard, its event and its line in the journal; nothing else writes these tables.

A refusal is `DoesNotHold` or `BadInput` with words for the person; then nothing was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from yunxing.desk import clock
from yunxing.desk.people import journal
from yunxing.desk.scoping import acting_as_system
from yunxing.desk.support import delivery_place as place
from yunxing.desk.support.delivery_models import CostPaper, Offer, Round, RoundEvent
from yunxing.desk.support.in_force import pack
from yunxing.engines.entitlements import delivery
from yunxing.engines.entitlements.costs import paper_key
from yunxing.engines.ledger.payment_list import Payment
from yunxing.flows import deliver
from yunxing.io import files
from yunxing.io.documents.invoice import Invoice, read_invoice
from yunxing.io.fields import FieldCipher
from yunxing.io.files import write_atomic
from yunxing.io.store.registry import read_parties
from yunxing.values.errors import BadInput, DoesNotHold
from yunxing.values.scope import ALL, Scope

if TYPE_CHECKING:
    import polars as pl

TASK = "support-delivery"
ACCOUNT_DIGITS = range(8, 31)


@dataclass(frozen=True, slots=True)
class Typed:
    """A paper as a person gave it: its number (and code), or an electronic file."""

    paper: str
    number: str = ""
    code: str = ""
    file: tuple[str, bytes] | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """Where the money goes, as the enterprise typed it."""

    name: str
    bank: str
    number: str


@dataclass(frozen=True, slots=True)
class _Paper:
    paper: str
    key: str
    fen: int | None = None
    digest: str = ""
    content: bytes = field(default=b"", repr=False)


def may_lead(round_office: str, scope: Scope) -> bool:
    """Whether a person leads rounds of this office: the command, or the office itself."""
    return scope.offices is ALL or round_office in scope.offices


def _lead(one: Round, scope: Scope) -> None:
    if not may_lead(one.office, scope):
        raise DoesNotHold(_("这一批次由%(office)s主办。") % {"office": place.office_name(one.office)})


def _told(one: Round, act: str, by: str, at: datetime, *, offer: Offer | None = None, words: str = "") -> None:
    RoundEvent.objects.create(round=one, offer=offer, act=act, by=by, at=at, words=words[:300])
    journal.record(act, kind="support_round", object_id=offer.number if offer else one.number)


def _locked(number: str) -> Round:
    found: Round = Round.objects.select_for_update().get(pk=number)
    return found


def open_round(
    policies: Sequence[str], scope: Scope, *, at: datetime | None = None, profiles: Mapping[str, pl.DataFrame] | None = None
) -> Round:
    """Assess the policies of one office as of the day and stand the offers before the enterprises. Errors: `BadInput` when nobody is entitled or the
    policies belong to several offices, `DoesNotHold` for an office that is not the person's.
    """
    at = at or clock.now()
    known = place.kinds(at.date())
    offices = {known[name].office for name in policies if name in known}
    if not policies or len(offices) != 1 or any(name not in known for name in policies):
        raise BadInput(_("请选择同一主办单位的一项或几项政策。"))
    office = offices.pop()
    if not may_lead(office, scope):
        raise DoesNotHold(_("这几项政策由%(office)s主办。") % {"office": place.office_name(office)})
    with acting_as_system(TASK), transaction.atomic():
        found = deliver.proactive(Path(settings.HOME), pack().folder, policies, at.date(), connection, profiles=profiles)
        given = Q(
            round__day__year=at.year, state__in=["granted", "reduced", "paid"]
        )  # what was never confirmed, or taken back, is offered anew
        under_way = Q(round__state__in=["open", "announced"])
        waiting = set(Offer.objects.filter(given | under_way, policy__in=policies).values_list("policy", "party"))
        fresh = [one for one in found if (one.policy, one.party) not in waiting]
        if not fresh:
            raise BadInput(_("没有新的符合条件的对象。"))
        number = f"{at:%Y}-{Round.objects.filter(number__startswith=f'{at:%Y}-').count() + 1:04d}"
        one = Round(
            number=number,
            office=office,
            policies=sorted(policies),
            day=at.date(),
            state="open",
            ruleset=fresh[0].answer["ruleset"],
            synthetic=any(each.synthetic for each in fresh),
            opened_by=scope.person,
            opened_at=at,
        )
        one.save(force_insert=True)
        Offer.objects.bulk_create(_offers(one, fresh, known), batch_size=200)
        _told(one, "open", scope.person, at, words=f"{len(fresh)}")
    return one


def _offers(one: Round, fresh: Iterable[deliver.Offered], known: dict[str, place.Kind]) -> list[Offer]:
    parties = read_parties(connection, kind="enterprise", on=one.day)
    made = []
    for at, each in enumerate(fresh, 1):
        payee = parties.get(each.payee)
        made.append(
            Offer(
                number=f"{one.number}-{at:04d}",
                round=one,
                office=one.office,
                policy=each.policy,
                title=each.title,
                title_en=each.title_en,
                clause=known[each.policy].clause,
                party=each.party,
                name=each.name,
                unit=payee.unit if payee else "",
                payee=each.payee,
                assessed_fen=each.amount_fen,
                state="offered",
                arrived=each.arrived,
                answer=dict(each.answer),
            )
        )
    return made


def confirm(offer: Offer, account: Account, papers: Sequence[Typed], person: str, *, at: datetime | None = None) -> Offer:
    """The enterprise confirms: account sealed, papers registered. Errors: `BadInput` for an account or paper that is none, `DoesNotHold` for a paper
    that already stands behind another support, or when the round takes no confirmation any more.
    """
    at = at or clock.now()
    digits = "".join(account.number.split())
    if not (digits.isascii() and digits.isdigit() and len(digits) in ACCOUNT_DIGITS):
        raise BadInput(_("账号应为 8 至 30 位数字。"))
    if not account.name.strip() or not account.bank.strip():
        raise BadInput(_("请填写户名和开户行。"))
    needed = place.kinds(offer.round.day)[offer.policy].paper if offer.policy in place.kinds(offer.round.day) else ""
    given = [_read(one, offer) for one in papers if one.number.strip() or one.file]
    if needed and not given:
        raise BadInput(_("请登记这项费用的发票或合同：同一费用只享受一次支持。"))
    for one in given:
        if one.content:
            files.keep(Path(settings.HOME), one.content)
    with acting_as_system(TASK), transaction.atomic():
        of = _locked(offer.round_id)
        held: Offer = Offer.objects.select_for_update().get(pk=offer.pk)
        _open(of)
        held.state = delivery.after(delivery.OFFER, held.state, "confirm")
        _register(held, given, person, at)
        cipher = FieldCipher.in_home(Path(settings.HOME))
        held.account_name, held.bank = account.name.strip()[:200], account.bank.strip()[:120]
        held.account_sealed, held.account_tail = cipher.seal(digits, f"support_offer/{held.number}/account"), digits[-4:]
        held.confirmed_by, held.confirmed_at = person, at
        held.save()
        _told(of, "confirm", person, at, offer=held)
    return held


def _open(one: Round) -> None:
    if one.state != "open":
        raise DoesNotHold(_("本批次已%(state)s，不再接受确认。") % {"state": _(one.get_state_display())})


def _read(one: Typed, offer: Offer) -> _Paper:
    if one.file:
        found: Invoice = read_invoice(*one.file)
        if found.buyer and found.buyer != offer.payee:
            raise BadInput(_("发票的购买方不是本企业。"))
        return _Paper("invoice", found.key, found.net_fen, found.digest, one.file[1])
    return _Paper(one.paper, paper_key(one.paper, one.number, one.code))


def _register(offer: Offer, given: Sequence[_Paper], person: str, at: datetime) -> None:
    """Each paper once, over every policy and round. The answer names the other support only where it is the same enterprise's."""
    for one in given:
        taken = CostPaper.objects.filter(paper=one.paper, key=one.key).select_related("offer").first()
        if taken and taken.offer_id == offer.pk:
            continue
        if taken is None:
            try:
                with transaction.atomic():
                    CostPaper.objects.create(paper=one.paper, key=one.key, offer=offer, fen=one.fen, digest=one.digest, by=person, at=at)
                continue
            except IntegrityError:  # somebody registered it this very moment
                taken = CostPaper.objects.select_related("offer").get(paper=one.paper, key=one.key)
        own = taken.offer.payee == offer.payee
        where = _("“%(title)s”") % {"title": taken.offer.title} if own else _("另一项支持")
        raise DoesNotHold(_("号码 %(key)s 已用于%(where)s：同一费用只享受一次支持。") % {"key": one.key, "where": where})


def decline(offer: Offer, person: str, words: str = "") -> Offer:
    """The enterprise does not take it, while the round is open; its papers are free again."""
    with acting_as_system(TASK), transaction.atomic():
        of = _locked(offer.round_id)
        _open(of)
        held: Offer = Offer.objects.select_for_update().get(pk=offer.pk)
        held.state = delivery.after(delivery.OFFER, held.state, "decline")
        held.reason = words[:200]
        held.save()
        CostPaper.objects.filter(offer=held).delete()
        _told(of, "decline", person, clock.now(), offer=held, words=words)
    return held


def announce(number: str, scope: Scope, *, at: datetime | None = None) -> Round:
    """Begin the public notice of what was confirmed. Errors: `DoesNotHold` when nothing was."""
    with acting_as_system(TASK), transaction.atomic():
        one = _locked(number)
        _lead(one, scope)
        state = delivery.after(delivery.ROUND, one.state, "announce")
        if not Offer.objects.filter(round=one, state="confirmed").update(state="announced"):
            raise DoesNotHold(_("还没有企业确认，无可公示。"))
        at = at or clock.now()
        today = at.date()
        one.state, one.announced_by = state, scope.person
        one.notice_from, one.notice_to = today, clock.calendar().add(today, delivery.NOTICE_WORKDAYS).date
        one.save()
        _told(one, "announce", scope.person, at, words=f"{one.notice_from} — {one.notice_to}")
    return one


def object_to(offer_number: str, words: str, person: str) -> Offer:
    """Somebody objects to a line of the notice, in words, while it runs. Errors: `DoesNotHold` after its last day."""
    if not words.strip():
        raise BadInput(_("请写明异议的理由。"))
    with acting_as_system(TASK):
        last = Round.objects.get(offers__pk=offer_number).notice_to
    if last is None or clock.today() > last:
        raise DoesNotHold(_("公示期已结束。"))
    return _move(offer_number, "object", person, words)


def judge(offer_number: str, act: str, words: str, scope: Scope) -> Offer:
    """An objection is answered (`uphold`: the offer stands), or the offer is struck out, with a reason."""
    if act not in ("uphold", "strike") or not words.strip():
        raise BadInput(_("请写明理由。"))
    return _move(offer_number, act, scope.person, words, lead=scope)


def _move(number: str, act: str, person: str, words: str, *, lead: Scope | None = None) -> Offer:
    with acting_as_system(TASK), transaction.atomic():
        of = _locked(Offer.objects.get(pk=number).round_id)
        if lead is not None:
            _lead(of, lead)
        if of.state not in ("open", "announced"):
            raise DoesNotHold(f"{act}: the round is {of.state}, expected open or announced 批次已办结")
        held: Offer = Offer.objects.select_for_update().get(pk=number)
        held.state = delivery.after(delivery.OFFER, held.state, act)
        held.reason = words[:200]
        held.save()
        if held.state == "struck":
            CostPaper.objects.filter(offer=held).delete()
        _told(of, act, person, clock.now(), offer=held, words=words)
    return held


def approve(number: str, scope: Scope, *, at: datetime | None = None) -> Round:
    """A second person approves after the notice: money is reserved pool by pool. Errors: `DoesNotHold` with every reason at once."""
    now = at or clock.now()
    with acting_as_system(TASK), transaction.atomic():
        one = _locked(number)
        _lead(one, scope)
        objections = Offer.objects.filter(round=one, state="objected").count()
        delivery.approvable(
            one.state, today=now.date(), notice_to=one.notice_to, opener=one.opened_by, approver=scope.person, objections=objections
        )
        held = list(Offer.objects.select_for_update().filter(round=one, state="announced"))
        claims = [deliver.Confirmed(each.policy, each.party, each.payee, each.assessed_fen, each.arrived) for each in held]
        awards = deliver.reserve(
            connection, pack().folder, claims, one.day, recorded=now, run=f"round/{number}", approvers=[one.opened_by, scope.person]
        )
        acts = {"granted": "grant", "reduced": "reduce", "queued": "queue"}
        for each in held:
            award = awards[each.policy, each.party]
            each.state, each.granted_fen = delivery.after(delivery.OFFER, each.state, acts[award.outcome]), award.amount
        Offer.objects.bulk_update(held, ["state", "granted_fen"], batch_size=200)
        one.state, one.approved_by, one.approved_at = delivery.after(delivery.ROUND, one.state, "approve"), scope.person, now
        one.save()
        _told(one, "approve", scope.person, now, words=f"{sum(award.amount for award in awards.values())} fen")
    return one


def pay(number: str, scope: Scope, *, at: datetime | None = None) -> Round:
    """Commit what was reserved and write the payment list. Files first, so that a payment never lacks its list."""
    now = at or clock.now()
    with acting_as_system(TASK), transaction.atomic():
        one = _locked(number)
        _lead(one, scope)
        one.state = delivery.after(delivery.ROUND, one.state, "pay")
        held = list(Offer.objects.select_for_update().filter(round=one, state__in=["granted", "reduced"]))
        _write_files(one, held)
        paid = [(each.policy, each.party, each.payee, each.granted_fen or 0) for each in held]
        deliver.commit(
            connection, pack().folder, paid, one.day, recorded=now, run=f"round/{number}", approvers=[one.approved_by, scope.person]
        )
        for each in held:
            each.state = delivery.after(delivery.OFFER, each.state, "pay")
        Offer.objects.bulk_update(held, ["state"], batch_size=200)
        one.paid_by, one.paid_at = scope.person, now
        one.save()
        _told(one, "pay", scope.person, now, words=f"{len(held)}")
    return one


def withdraw(number: str, words: str, scope: Scope) -> Round:
    """Take a round back before anything was reserved; papers are free again."""
    if not words.strip():
        raise BadInput(_("请写明理由。"))
    with acting_as_system(TASK), transaction.atomic():
        one = _locked(number)
        _lead(one, scope)
        one.state = delivery.after(delivery.ROUND, one.state, "withdraw")
        one.save()
        CostPaper.objects.filter(offer__round=one).delete()
        _told(one, "withdraw", scope.person, clock.now(), words=words)
    return one


def folder_of(one: Round) -> Path:
    """Where the papers of a round stand."""
    return Path(settings.HOME) / "rounds" / f"desk.{one.number}"


def listed(held: Iterable[Offer]) -> list[deliver.Listed]:
    """The lines of a round's papers."""
    state = {"granted": "reserved", "reduced": "reduced", "paid": "reserved", "queued": "queued"}
    lines = []
    for each in held:
        fen = each.granted_fen if each.granted_fen is not None else each.assessed_fen
        shown = state.get(each.state, "reserved")
        payment = Payment(
            each.party,
            each.name,
            each.payee,
            each.policy,
            each.title,
            each.clause,
            each.assessed_fen,
            fen,
            shown,
            each.answer["sentences"]["zh"],
        )
        lines.append(deliver.Listed(payment, each.account_tail))
    return sorted(lines, key=lambda line: (line.payment.policy, line.payment.party))


def marks(one: Round) -> list[str]:
    """What must be seen on every paper of the round."""
    said = ["合成数据 synthetic data"] if one.synthetic else []
    known = place.kinds(one.day)
    if any(known[name].pool.basis == "assumption" for name in one.policies if name in known):
        said.append("资金池额度为演示假设 pool budgets are assumptions for demonstration")
    return said


def _write_files(one: Round, held: Sequence[Offer]) -> None:
    issuer = place.office_name(one.office)
    title = f"惠企政策兑现支付清单({one.number})"
    book, document = deliver.payment_files(title, listed(held), one.day, issuer, marks(one))
    write_atomic(folder_of(one) / "payment_list.xlsx", book)
    write_atomic(folder_of(one) / "payment_list.docx", document)
