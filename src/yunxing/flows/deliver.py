"""Support that comes without an application (免申即享), step by step: who is entitled → confirmed → announced → reserved → committed → payment list.

`proactive` assesses and explains and touches nothing; `reserve` gives each confirmed claim what its pool allows; `commit` turns reservations into
payments; `announcement` and `payment_files` write the papers. Every step may be repeated: a claim is reserved and paid under keys of its own.
The desk keeps the states between the steps (`desk.support`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yunxing.city.profiles import SOURCE
from yunxing.engines.bulletins.model import Bulletin, Column, Paragraph, Section, Table, Text
from yunxing.engines.entitlements.assess import Scalar
from yunxing.engines.entitlements.delivery import masked_account, masked_code, masked_name
from yunxing.engines.entitlements.explain import explain
from yunxing.engines.entitlements.intake import from_mapping, money_words
from yunxing.engines.entitlements.policy import Policy
from yunxing.engines.entitlements.ruleset import RuleSet
from yunxing.engines.entitlements.tree import Type
from yunxing.engines.ledger.allocate import MODES, Award, Claim
from yunxing.engines.ledger.batch import one_transfer
from yunxing.engines.ledger.payment_list import Payment, workbook
from yunxing.flows.gather_profiles import lineage_of
from yunxing.flows.rules_in_force import rules_in_force
from yunxing.flows.run_round import UNIT, open_pool, payable, profiles_for
from yunxing.io.books.write import book_bytes
from yunxing.io.documents.docx import write_docx
from yunxing.io.store import dialect, postings
from yunxing.io.store.granted import granted_before, reserve_key
from yunxing.packs.pools import Pool, load_pools
from yunxing.packs.profile import ProfileFile
from yunxing.packs.registers import load_registers
from yunxing.packs.relations import load_relations
from yunxing.packs.strict import load
from yunxing.values.errors import BadInput, DoesNotHold

if TYPE_CHECKING:
    import polars as pl

FROM_LEDGER = "ledger:granted"


@dataclass(frozen=True, slots=True)
class Offered:
    """One proactive offer: the party, who is paid, the fen assessed, when the claim arrived, and the whole explanation with sources."""

    policy: str
    title: str
    title_en: str
    party: str
    name: str
    payee: str
    amount_fen: int
    arrived: datetime
    answer: Mapping[str, Any]
    synthetic: bool


def deliverable(pack: Path, on: date, rules: RuleSet) -> list[tuple[Policy, Pool]]:
    """The policies of these rules that are delivered by confirmation on this day: money, verified, in force, with a pool that asks for consent."""
    pools = {name: pool for pool in load_pools(pack).values() if pool.consent for name in pool.policies}
    return [(one, pools[one.id]) for one in rules if one.id in pools and payable(one) and one.in_force(on)]


def proactive(
    home: Path, pack: Path, policies: Sequence[str], on: date, connection: Any, *, profiles: Mapping[str, pl.DataFrame] | None = None
) -> list[Offered]:
    """Everybody who is entitled and has not been granted it, nor what excludes it, largest first within each policy. Nothing is written.

    Columns that `profile.toml` feeds from the ledger hold what was really granted, whatever was declared. Errors: `BadInput` for a policy that
    is not delivered this way.
    """
    whole = rules_in_force(pack, connection)
    known = {policy.id: (policy, pool) for policy, pool in deliverable(pack, on, whole)}
    wrong = [name for name in policies if name not in known]
    if wrong or not policies:
        raise BadInput(f"round: {', '.join(wrong) or 'no policy'}; expected one or more of {', '.join(known) or 'none in force'}")
    rules = whole.only(policies)
    frames = dict(profiles) if profiles is not None else profiles_for(home, pack, connection, rules, on)
    sources, excluding = sources_of(pack), load_relations(pack).relations
    found: list[Offered] = []
    for name in sorted(set(policies) & set(frames)):
        policy, pool = next(one for one in rules if one.id == name and one.in_force(on)), known[name][1]
        scalar, granted = Scalar.of(policy), granted_before(connection, name)
        peers = {each for one in excluding if one.kind == "excludes" and name in one.policies for each in one.policies} - {name}
        elsewhere = {party for peer in sorted(peers) for party in granted_before(connection, peer)}
        rows = [row for row in frames[name].to_dicts() if str(row["party"]) not in elsewhere]
        held = postings.written_amounts(connection, [reserve_key(name, str(row["party"]), pool.period) for row in rows])
        for row in rows:
            if reserve_key(name, str(row["party"]), pool.period) not in held:
                offer = _offer(scalar, fed(policy, row, granted.get(str(row["party"]), 0), sources), rules.id, on, sources)
                found += [offer] if offer else []
    return sorted(found, key=lambda one: (one.policy, -one.amount_fen, one.party))


def sources_of(pack: Path) -> dict[str, str]:
    """Where each column comes from, as `profile.toml` says: `declared:评估费发票`, `ledger:granted`; a list by its title, `list:担保机构`."""
    rosters = load_registers(pack).rosters
    found = {}
    for column in load(pack / "profile.toml", ProfileFile).column:
        kind, _, rest = column.source.partition(":")
        what = rest.partition(".")[0]
        found[column.name] = f"list:{rosters[what].title}" if kind == "list" and what in rosters else column.source
    return found


def fed(policy: Policy, row: Mapping[str, Any], granted: int, sources: Mapping[str, str]) -> dict[str, Any]:
    """The row with the columns that come from the ledger: money as the sum granted where that is more than was declared, flags as whether anything was."""
    filled = dict(row)
    for name, column in policy.sheet.columns.items():
        if sources.get(name) == FROM_LEDGER and granted:
            filled[name] = True if column.type is Type.FLAG else max(int(row.get(name) or 0), granted)
    return filled


def _offer(scalar: Scalar, row: Mapping[str, Any], ruleset: str, on: date, sources: Mapping[str, str]) -> Offered | None:
    policy, party = scalar.policy, str(row["party"])
    values, _ = from_mapping(policy.sheet, row, party)
    result, _ = scalar.decide({**values, **({"as_of": values["as_of"]} if "as_of" in values else {})})
    if result.outcome != "yes" or not result.amount_fen:
        return None
    answer = explain(scalar, values, on, party=party, ruleset=ruleset)
    arrived, lineage = row["arrived"] or on, lineage_of(row)
    for condition in answer["conditions"]:
        for because in condition["because"]:
            day, place = lineage.get(because["column"], (arrived.isoformat(), ""))
            because |= {"from": source_words(sources.get(because["column"], "")), "day": day, "place": place}
    sheet = policy.sheet
    at = datetime.combine(arrived, time(), UTC)
    return Offered(
        policy.id, sheet.title, sheet.title_en, party, row["name"] or party, str(row["payee"] or party), result.amount_fen, at,
        {**answer, "source": row["source"]}, row["source"] == SOURCE,
    )  # fmt: skip


def source_words(source: str) -> str:
    """A source as an officer reads it.

    >>> source_words("declared:评估费发票"), source_words("ledger:granted")
    ('申报材料:评估费发票', '资金台账:已核拨')
    """
    kind, _, what = source.partition(":")
    kinds = {"declared": "申报材料", "list": "名录", "registry": "企业库", "fact": "报送数据", "round": "批次通知", "ledger": "资金台账"}
    return f"{kinds.get(kind, kind)}:{'已核拨' if source == FROM_LEDGER else what}" if what else ""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A confirmed claim, ready for its pool."""

    policy: str
    party: str
    payee: str
    amount_fen: int
    arrived: datetime


def reserve(
    connection: Any, pack: Path, claims: Iterable[Confirmed], on: date, *, recorded: datetime, run: str, approvers: Sequence[str] = ()
) -> dict[tuple[str, str], Award]:
    """What each claim gets of its pool, reserved in the ledger: all of it, or none. By (policy, party). Asked again, the same claims answer alike.

    Errors: `BadInput` for a policy that is not delivered on the day, `DoesNotHold` when the ledger refuses; nothing is reserved then, of any policy.
    """
    by_policy: dict[str, list[Confirmed]] = {}
    for claim in claims:
        by_policy.setdefault(claim.policy, []).append(claim)
    pools = {policy.id: pool for policy, pool in deliverable(pack, on, rules_in_force(pack, connection))}
    awards: dict[tuple[str, str], Award] = {}
    if strange := sorted(set(by_policy) - set(pools)):
        raise BadInput(f"round: {', '.join(strange)} is not delivered by confirmation on {on}")
    with dialect.transaction(connection):
        for policy, wanted in sorted(by_policy.items()):
            pool = pools[policy]
            open_pool(connection, pool, pack, on, recorded)
            for award in _reserve_one(connection, pool, policy, wanted, on, recorded=recorded, run=run, approvers=approvers):
                awards[policy, award.claim.id] = award
    return awards


def _reserve_one(
    connection: Any,
    pool: Pool,
    policy: str,
    wanted: Sequence[Confirmed],
    on: date,
    *,
    recorded: datetime,
    run: str,
    approvers: Sequence[str],
) -> list[Award]:
    keys = {one.party: reserve_key(policy, one.party, pool.period) for one in wanted}
    before = postings.written_amounts(connection, list(keys.values()))
    again = [_as_before(one, before[keys[one.party]][0]) for one in wanted if keys[one.party] in before]
    left = max(0, postings.balance(connection, pool.account).available)
    fresh = [Claim(one.party, one.arrived, one.amount_fen) for one in wanted if keys[one.party] not in before]
    awards = MODES[pool.mode](fresh, left)
    owners = {one.party: one.payee for one in wanted}
    book, groups = postings.book_of(connection, pool.account), []
    with dialect.transaction(connection):
        for award in awards:
            if award.amount:
                payee = f"payee/{owners[award.claim.id]}"
                postings.open_account(connection, payee, owner=owners[award.claim.id], book=book, unit=UNIT, kind="payee")
                legs = {pool.account: -award.amount, payee: award.amount}
                key = keys[award.claim.id]
                groups.append(one_transfer(key, "reserve", UNIT, legs, clause=pool.clause, effective=on, approvers=approvers))
        _written(postings.post(groups, connection, recorded=recorded, mode="all", run=run))
    return [*again, *awards]


def _as_before(claim: Confirmed, given: int) -> Award:
    outcome = "granted" if given >= claim.amount_fen else "reduced"
    return Award(Claim(claim.party, claim.arrived, claim.amount_fen), outcome, given, 0)  # type: ignore[arg-type]


def _written(answers: Iterable[Any]) -> None:
    refused = [f"{answer.key}: {answer.message}" for answer in answers if answer.status == "refused"]
    if refused:
        raise DoesNotHold("round: the ledger refused, and nothing was written:\n" + "\n".join(refused))


def commit(
    connection: Any,
    pack: Path,
    paid: Iterable[tuple[str, str, str, int]],
    on: date,
    *,
    recorded: datetime,
    run: str,
    approvers: Sequence[str],
) -> None:
    """Turn the reservations of (policy, party, payee, fen) into payments, all or none; a payment made before is left as it is.

    Errors: `DoesNotHold` when the ledger refuses.
    """
    pools = {name: pool for pool in load_pools(pack).values() for name in pool.policies}
    groups = []
    for policy, party, payee, fen in paid:
        pool, key = pools[policy], reserve_key(policy, party, pools[policy].period)
        legs = {pool.account: -fen, f"payee/{payee}": fen}
        groups.append(
            one_transfer(f"pay/{key}", "post", UNIT, legs, clause=pool.clause, effective=on, refers=key, approvers=approvers),
        )
    _written(postings.post(groups, connection, recorded=recorded, mode="all", run=run))


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of an announcement or a payment: names in full, the account by its tail alone; papers mask what is not public."""

    payment: Payment
    account_tail: str = ""


def payment_files(title: str, lines: Sequence[Listed], on: date, issuer: str, marks: Sequence[str]) -> tuple[bytes, bytes]:
    """The payment list as a workbook and as a document, for finance: the same lines, the same totals."""
    payments = [one.payment for one in lines]
    book = book_bytes(workbook(payments, title, on, marks))
    total = sum(one.reserved_fen for one in payments)
    said = f"根据公示和审批结果,本批次支付 {len(payments)} 笔,合计 {money_words(total)}。收款账户以加密保存的确认信息为准,下表仅列末四位。"
    heads = (("名称", 24, "left"), ("政策", 22, "left"), ("金额(元)", 16, "right"), ("账户", 12, "left"))
    rows = [(one.payment.name, one.payment.title, f"{_yuan(one.payment.reserved_fen)}", masked_account(one.account_tail)) for one in lines]
    rows.append(("合计", "", _yuan(total), ""))
    return book, _document(title, said, heads, rows, on, issuer, marks)


def announcement(title: str, lines: Sequence[Listed], span: tuple[date, date], issuer: str, marks: Sequence[str]) -> bytes:
    """The public notice: who, by which clause, how much; codes and personal names masked, no account."""
    said = f"拟兑现下列支持事项,现予公示。公示期 {span[0].isoformat()} 至 {span[1].isoformat()}。对名单有异议的,请在公示期内提出。"
    heads = (("名称", 24, "left"), ("代码", 20, "left"), ("政策", 22, "left"), ("拟支持金额(元)", 16, "right"))
    rows = [
        (masked_name(one.payment.name), masked_code(one.payment.party), one.payment.title, _yuan(one.payment.assessed_fen)) for one in lines
    ]
    return _document(title, said, heads, rows, span[0], issuer, marks)


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"


def _document(
    title: str, said: str, heads: Sequence[tuple[str, int, Any]], rows: Sequence[Sequence[str]], on: date, issuer: str, marks: Sequence[str]
) -> bytes:
    columns = tuple(Column(name, weight, align) for name, weight, align in heads)
    table = Table("list", "", columns, tuple(tuple((Text(cell),) for cell in row) for row in rows))
    label = "合成数据" if any("合成数据" in mark for mark in marks) else ""
    notes = tuple(Paragraph((Text(mark),)) for mark in marks)
    return write_docx(
        Bulletin(
            month=f"{on:%Y-%m}",
            mark="",
            number="",
            title_lines=(title,),
            recipients=(),
            sections=(Section("list", "名单", (Paragraph((Text(said),)), table)),),
            attachments=(),
            issuer=issuer,
            issued_on=on,
            copies=(),
            printer=issuer,
            notes=notes,
            as_of=on.isoformat(),
            snapshot="",
            label=label,
        )
    )
