"""Acts with four eyes: fill in, try, hand in; a second person agrees and the ledger decides in the same transaction, or says why not."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, cast

from django.db import connection, transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from yunxing.desk import clock
from yunxing.desk.factors import place
from yunxing.desk.factors.models import PledgedSource, Proposal, longest
from yunxing.desk.people import journal
from yunxing.desk.people.selectors import Standing
from yunxing.desk.room.figures import pick
from yunxing.desk.scoping import acting_as_system
from yunxing.engines.ledger.acts import Given, Opening, Planned, Pledge
from yunxing.engines.ledger.auction import LARGEST
from yunxing.engines.ledger.batch import Group, due_body
from yunxing.engines.ledger.parse import parse_group
from yunxing.engines.ledger.pollutants import Kind, Source, source_faults
from yunxing.engines.ledger.quota_book import Act
from yunxing.flows import quota_acts
from yunxing.io.store.ledger_trial import Trial, trial
from yunxing.values.errors import BadInput, Refusal

MOST_DIGITS = 15
"""Digits of a county's stock: anything longer is no area on this earth."""


@dataclass
class Filled:
    """A form as it was filled in: what was read, and what is wrong, by field."""

    given: Given | None = None
    wrong: dict[str, str] = field(default_factory=dict)


def group_data(group: Group) -> dict[str, Any]:
    """A group as plain data, in the form of the ledger's file."""
    transfers = []
    for one in group.transfers:
        data: dict[str, Any] = {"kind": one.kind, "unit": one.unit, "clause": one.clause, "effective": one.effective.isoformat()}
        if one.legs:
            data["legs"] = [{"account": leg.account, "amount": leg.amount} for leg in one.legs]
        if one.refers:
            data["refers"] = one.refers
        if one.approvers:
            data["approvers"] = list(one.approvers)
        if one.until:
            data["until"] = one.until.isoformat()
        if one.due:
            data["due"] = due_body(one.due)
        transfers.append(data)
    return {"key": group.key, "transfers": transfers}


def group_from(body: str) -> Group:
    """The group that a proposal holds. Errors: `BadInput` for a body that was altered into something else."""
    group, faults = parse_group(json.loads(body), "proposal")
    if group is None:
        raise BadInput.from_faults(faults)
    return group


def new_key(act: Act) -> str:
    """A key that nobody else has: it travels in the form, so that sending it twice is one proposal."""
    return f"{act.id}/{clock.today():%Y%m%d}/{get_random_string(10)}"


def key_of(act: Act, sent: str) -> str:
    """The key that came back with the form, where it is one that this form gives out; else a new one. No other part of the ledger's keys can be taken."""
    ours = re.fullmatch(rf"{re.escape(act.id)}/\d{{8}}/[A-Za-z0-9]{{10}}", sent, re.ASCII)
    return sent if ours else new_key(act)


def read_form(act: Act, posted: Mapping[str, str], key: str) -> Filled:
    """What was typed, every fault at once."""
    filled = Filled()
    asks, wrong = set(act.asks), filled.wrong
    book = place.quotas()
    unit = posted.get("unit", "") if "unit" in asks else ""
    amount = 0
    try:
        counted = book.unit_of(act, unit)
        if "amount" in asks:
            amount = counted.parsed(posted.get("amount", ""))
            if amount <= 0:
                wrong["amount"] = _("数量必须大于 0")
            elif amount > LARGEST:
                wrong["amount"] = _("数量过大，最多 %(most)s") % {"most": counted.shown(LARGEST)}
    except BadInput as refused:
        wrong["amount" if ("amount" in asks and unit) or "unit" not in asks else "unit"] = refused.message
    party, project, county = "", "", posted.get("county", "")
    for name, kind in (("party", "enterprise"), ("project", "project")):
        if name in asks and posted.get(name, "").strip():
            try:
                code, at = place.resolved(kind, posted[name])
            except BadInput as refused:
                wrong[name] = refused.message
                continue
            party, project = (code, project) if name == "party" else (party, code)
            county = county or at
    if "county" in asks and county not in dict(place.counties()):
        wrong["county"] = _("请选择县（市、区）")
    needed = {"party": (party, _("请填写企业的全称或信用代码")), "project": (project, _("请填写项目的名称或编号"))}
    wrong |= {
        name: words for name, (value, words) in needed.items() if name in asks and not value and name not in wrong and act.does != "certify"
    }
    if "document" in asks and not posted.get("document", "").strip():
        wrong["document"] = _("请填写依据文件")
    elif len(posted.get("document", "").strip()) > longest(Proposal, "document"):
        wrong["document"] = _("最多 %(n)s 字") % {"n": longest(Proposal, "document")}
    effective = _day(posted.get("effective", ""), clock.today(), wrong, "effective")
    if effective and effective > clock.today():
        wrong["effective"] = _("生效日期不能晚于今天")
    production = _day(posted.get("production", ""), None, wrong, "production")
    weights = _weights(posted.get("weights", ""), wrong) if "weights" in asks else {}
    if not wrong:
        filled.given = Given(
            key, effective or clock.today(), amount, unit or book.unit_of(act, unit).id, county, party, project, posted.get("document", "").strip(),
            purpose=posted.get("purpose", ""), refers=posted.get("refers", "").strip(), source=posted.get("source", ""), weights=weights,
            missed=tuple(one for one in posted.get("missed", "").split(",") if one), production=production, excluded=posted.get("excluded") == "1",
        )  # fmt: skip
    return filled


def _day(text: str, otherwise: date | None, wrong: dict[str, str], name: str) -> date | None:
    if not text.strip():
        return otherwise
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        wrong[name] = _("“%(text)s”不是日期，应写作 2022-09-30") % {"text": text}
        return otherwise


def _weights(text: str, wrong: dict[str, str]) -> dict[str, int]:
    """Lines of a county and its stock: 「滨海县 5000」 by name or code."""
    names = {name: code for code, name in place.counties()} | {code: code for code, _name in place.counties()}
    found: dict[str, int] = {}
    for number, line in enumerate((one.strip() for one in text.splitlines()), 1):
        if not line:
            continue
        name, _space, stock = line.replace("\t", " ").rpartition(" ")
        if name.strip() not in names or not stock.isdecimal() or len(stock) > MOST_DIGITS or names[name.strip()] in found:
            wrong["weights"] = _("第 %(n)s 行“%(line)s”应写作“县区名 存量”，存量为整数，每县一行") % {"n": number, "line": line}
            continue
        found[names[name.strip()]] = int(stock)
    if not found and "weights" not in wrong:
        wrong["weights"] = _("请逐行填写各县区存量")
    return found


def pledges(unit: str = "") -> list[Pledge]:
    """The planned cuts on record in the order in which they are to be done."""
    with acting_as_system("ledgers"):
        rows = list(PledgedSource.objects.filter(unit=unit) if unit else PledgedSource.objects.all())
    return [pledge_of(one) for one in rows]


def pledge_of(one: PledgedSource) -> Pledge:
    """A planned cut as the planner knows it."""
    source = Source(
        one.pk, one.firm, one.county, cast("Kind", one.kind), one.unit, one.planned, one.planned_done, baseline_kg=one.baseline,
        decision=one.decision,
    )  # fmt: skip
    return Pledge(quota_acts.pledge_account(place.quotas(), one.unit, one.pk), source, 0, one.document)


def plan(act: Act, given: Given, person: str) -> Planned:
    """The group as the person would draw it up. Errors: `BadInput`."""
    quota_acts.open_quotas(connection, place.quotas(), place.place())
    found = quota_acts.planned(connection, place.quotas(), act, given, pledges(given.unit))
    return Planned(quota_acts.agreed(found.group, person), found.openings, found.notes, found.uncovered)


def try_out(found: Planned) -> Trial:
    """What it would do now, if somebody else agreed."""
    return quota_acts.tried(connection, place.place(), found, clock.now())


def hand_in(standing: Standing, act: Act, given: Given) -> Proposal:
    """Keep the act for a second person; the same key again gives the one that is there. Errors: `Refusal` when the ledger would refuse it now."""
    with acting_as_system("ledgers"):
        there: Proposal | None = Proposal.objects.filter(key=given.key).first()
    person = standing.user.username
    if there:
        if (there.drawn_by, there.act, _told(there)) != (person, act.id, _told(given)):
            raise Refusal(_("这份表单已送审过另一内容；请重新打开表单填写。"))
        return there
    found = plan(act, given, person)
    tried = try_out(found)
    if not tried.may:
        raise Refusal("；".join(answer.message for answer in tried.answers if answer.status == "refused"))
    with transaction.atomic(), acting_as_system("ledgers"):
        proposal: Proposal = Proposal.objects.create(
            key=given.key, act=act.id, pool=act.pool, office=place.quotas().pools[act.pool].owner, county=given.county, party=given.party,
            project=given.project, unit=given.unit, amount=given.amount, uncovered=found.uncovered, document=given.document, effective=given.effective,
            body=json.dumps(group_data(found.group), ensure_ascii=False), openings=json.dumps([asdict(one) for one in found.openings]),
            notes=json.dumps(found.notes, ensure_ascii=False), drawn_by=person, drawn_at=clock.now(),
        )  # fmt: skip
        journal.record("draw_up", kind="proposal", object_id=proposal.key, reason=act.id, after={"body": proposal.body})
    return proposal


def _told(one: Proposal | Given) -> tuple[object, ...]:
    """What a form says in its own fields: the same sent twice says the same."""
    return one.amount, one.unit, one.county, one.party, one.project, one.document, one.effective


def openings_of(proposal: Proposal) -> list[Opening]:
    """The accounts that the proposal needs."""
    return [Opening(**one) for one in json.loads(proposal.openings)]


def notes_of(proposal: Proposal) -> list[str]:
    """The remarks of the plan, in the page's language."""
    return [pick(zh, en) for zh, en in json.loads(proposal.notes)]


def trial_of(proposal: Proposal) -> Trial:
    """What posting it would do now."""
    group = quota_acts.agreed(group_from(proposal.body), proposal.drawn_by, quota_acts.AWAITED)
    return trial(
        [group], connection, clock.now(), before=lambda: quota_acts.open_accounts(connection, place.place(), openings_of(proposal))
    )


def decide(standing: Standing, proposal: Proposal, *, agree: bool, reason: str = "") -> Proposal:
    """Agree and post, or refuse with a reason. Errors: `Refusal` for one's own proposal, one that was decided, or what the ledger refuses."""
    person = standing.user.username
    with transaction.atomic(), acting_as_system("ledgers"):
        found: Proposal = Proposal.objects.select_for_update().get(pk=proposal.pk)
        if found.state != Proposal.State.WAITING:
            raise Refusal(
                _("%(who)s 已办理（%(state)s），本次未写入。") % {"who": found.decided_by, "state": Proposal.State(found.state).label}
            )
        if person == found.drawn_by and agree:
            raise Refusal(_("拟办人不能自己批准，须由第二人办理。"))
        if not agree and not reason.strip():
            raise Refusal(_("请写明不批准的理由"))
        found.state = Proposal.State.POSTED if agree else Proposal.State.WITHDRAWN if person == found.drawn_by else Proposal.State.REFUSED
        found.decided_by, found.decided_at, found.reason = person, clock.now(), reason.strip()[:500]
        found.save()
        if agree:
            _post(found, clock.now())
        journal.record(
            "approve" if agree else "refuse", kind="proposal", object_id=found.key, reason=reason, after={"state": str(found.state)}
        )
    return found


def _post(proposal: Proposal, at: datetime) -> None:
    """Post inside the decision's transaction: a refusal of the ledger takes the decision back."""
    group = quota_acts.agreed(group_from(proposal.body), proposal.drawn_by, proposal.decided_by)
    answer = quota_acts.carry_out(connection, place.place(), group, openings_of(proposal), at, run=f"proposal/{proposal.pk}")
    if answer.status == "refused":
        raise Refusal(_("台账拒绝入账：%(why)s。") % {"why": answer.message})


def _keeper() -> str:
    """The office whose pool the pledges stand in."""
    book = place.quotas()
    return book.pools[book.draw.pools["future_cut"]].owner if book.draw else ""


def enter_source(standing: Standing, fields: Mapping[str, Any]) -> PledgedSource:
    """Keep a planned cut and open its account. Errors: `BadInput` with everything that stands against it."""
    book = place.quotas()
    assert book.advance is not None
    source = PledgedSource(
        **fields, office=standing.post.unit.code if standing.post else _keeper(), entered_by=standing.user.username, entered_at=clock.now()
    )
    faults = source_faults(pledge_of(source).source, source.county, production=None, rule=book.advance)
    if faults:
        raise BadInput.from_faults(faults)
    quota_acts.open_quotas(connection, book, place.place())
    with transaction.atomic(), acting_as_system("ledgers"):
        if PledgedSource.objects.filter(pk=source.pk).exists():
            raise BadInput(_("编号 %(id)s 已登记；追加的削减请另立编号。") % {"id": source.pk})
        source.save(force_insert=True)
        quota_acts.open_pledge(connection, place.place(), book, pledge_of(source))
        journal.record(
            "pledge", kind="pledged_source", object_id=source.pk, after={"planned": source.planned, "done": source.planned_done.isoformat()}
        )
    return source
