"""A round of support: registry and profiles → entitlements → explanations → reservations against the pools → the payment list.

Running it twice adds nothing: a claim is reserved under a key made of policy, party and period, and a key is answered once for ever. What was
reserved before is listed as such; where the amount would be another today, the list says so and the ledger is left alone.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yunxing.city.profiles import SOURCE, declared_rows, listing_rows, loan_rows
from yunxing.engines.entitlements.assess import Scalar, assess
from yunxing.engines.entitlements.explain import explain
from yunxing.engines.entitlements.intake import from_mapping
from yunxing.engines.entitlements.nearmiss import is_near_miss
from yunxing.engines.entitlements.policy import Policy
from yunxing.engines.entitlements.ruleset import RuleSet
from yunxing.engines.facts.wall import guard
from yunxing.engines.ledger.allocate import MODES, Award, Claim
from yunxing.engines.ledger.batch import one_transfer
from yunxing.engines.ledger.payment_list import Payment, table, workbook
from yunxing.flows.gather_profiles import LINEAGE, Sources, frame_of, gathered
from yunxing.flows.rules_in_force import rules_in_force
from yunxing.io import profiles as profile_store
from yunxing.io.books.write import book_bytes
from yunxing.io.files import write_atomic
from yunxing.io.store import dialect, postings
from yunxing.packs.pack import load_pack
from yunxing.packs.policy_examples import bases_of
from yunxing.packs.pools import Pool, load_pools
from yunxing.values.digest import canonical_json, digest
from yunxing.values.errors import BadInput, DoesNotHold
from yunxing.values.period import day_of

if TYPE_CHECKING:
    import polars as pl

UNIT = "fen"
BESIDE = ("payee", "name", "source", "arrived", LINEAGE)
FOLDER = "rounds"
LOAN_COLUMNS = {"loan_principal", "loan_from", "loan_to"}
LISTING_COLUMNS = {"board", "raised", "listed_on"}
LISTING_FORM = "listing_month"
ADMISSION = "NEEQ"  # admitted for quotation (挂牌), not listed (上市)


@dataclass(frozen=True, slots=True)
class PolicyRound:
    """What became of one policy: rows by outcome, the sums in fen, near misses, and the files."""

    policy: str
    title: str
    title_en: str
    pool: str
    outcomes: Mapping[str, int]
    assessed_fen: int
    reserved_fen: int
    added: int
    pool_left_fen: int
    near_misses: int
    basis: str


@dataclass(frozen=True, slots=True)
class Round:
    """One run: its id (a digest over rule set, inputs and date), where its files are, and a part for each policy."""

    id: str
    folder: Path
    ruleset: str
    on: date
    synthetic: bool
    parts: Sequence[PolicyRound] = field(default_factory=tuple)


def run_round(
    home: Path,
    pack: Path,
    on: date,
    *,
    recorded: datetime,
    profiles: Mapping[str, pl.DataFrame] | None = None,
    surely: frozenset[str] = frozenset(),
) -> Round:
    """Assess every policy that has a profile, as of the application date `on`; explain, reserve and list those with a pool.

    A pool with `consent` is reserved at the desk, after the enterprises confirmed (`flows.deliver`); a policy that is not paid, or rests on a number
    nobody verified, is assessed alone.

    `profiles` gives a frame for each policy id (columns of the policy, `party`, `payee`, `name`, `source`, `arrived`); without it the
    profiles are gathered (`profiles_for`); in a demonstration parties in `surely` declare each policy's ordinary case. `recorded` is the instant written into the ledger. Errors: `BadInput`, `PackFault`.
    """
    pools = load_pools(pack)
    with dialect.connected(home) as connection:
        rules = rules_in_force(pack, connection)
        frames = dict(profiles) if profiles is not None else profiles_for(home, pack, connection, rules, on, surely=surely)
        if not frames:
            raise BadInput(f"round: no profiles for {on}; the registry holds no projects or enterprises yet, load it first")
        profile_store.keep(home, on, frames)
        named = _round_id(rules, pools, frames, on)
        folder = home / FOLDER / f"{on.isoformat()}.{named.partition(':')[2][:12]}"
        parts, payments, answers, tables = [], [], [], {}
        at_once = [pool for pool in pools.values() if not pool.consent]
        for pool in at_once:
            open_pool(connection, pool, pack, on, recorded)
            for name in pool.policies:
                if name in frames and rules.policy(name, on).in_force(on):
                    one = _Part(connection, rules, rules.policy(name, on), pool=pool, frame=frames[name], on=on)
                    part, listed = one.run(recorded, named)
                    parts.append(part)
                    payments += listed
                    answers += one.answers
                    tables[name] = one.assessed
        for name in sorted(set(frames) - {name for pool in at_once for name in pool.policies}):
            if rules.policy(name, on).in_force(on):
                tables[name], part = _assessed_alone(rules, name, frames[name], on)
                parts.append(part)
        synthetic = any(SOURCE in set(frame["source"].to_list()) for frame in frames.values())
        _write(folder, payments, answers, tables, head=_Head(on, _marks(parts, synthetic=synthetic)))
    return Round(named, folder, rules.id, on, synthetic, tuple(parts))


def _assessed_alone(rules: RuleSet, name: str, frame: pl.DataFrame, on: date) -> tuple[pl.DataFrame, PolicyRound]:
    """A policy without a pool: who has it and how much, nothing reserved."""
    sheet = rules.policy(name).sheet
    found = assess(frame.drop(*BESIDE, strict=False), rules.only([name]), on).with_columns(ruleset=_lit(rules.id))
    near = sum(is_near_miss(failed, unknown) for failed, unknown in found.select("failed", "unknown").iter_rows())
    return found, PolicyRound(
        name, sheet.title, sheet.title_en, "", outcomes_of(found), int(found["amount_fen"].sum() or 0), 0, 0, 0, near, ""
    )


def outcomes_of(assessed: pl.DataFrame) -> dict[str, int]:
    """How many rows have each outcome, the most frequent first."""
    return {name: int(count) for name, count in assessed["outcome"].cast(str).value_counts(sort=True).iter_rows()}


def payable(policy: Policy) -> bool:
    """Whether money is paid on it: it grants money, and every number of it was verified."""
    return policy.sheet.result == "fen" and policy.sheet.status == "verified"


def _round_id(rules: RuleSet, pools: Mapping[str, Pool], frames: Mapping[str, pl.DataFrame], on: date) -> str:
    inputs = {
        name: digest(canonical_json([[str(cell) for cell in row] for row in frame.sort("party").rows()])) for name, frame in frames.items()
    }
    budgets = {pool.id: [pool.period, pool.budget_fen] for pool in pools.values()}
    return digest(canonical_json({"ruleset": rules.id, "inputs": inputs, "pools": budgets, "on": on.isoformat()}))


def profiles_for(
    home: Path, pack: Path, connection: Any, rules: RuleSet, on: date, *, surely: frozenset[str] = frozenset()
) -> dict[str, pl.DataFrame]:
    """The profiles of a round: gathered from registry, lists, facts, ledger and declared workbooks, each value with where it stands.

    In a demonstration (the pack says so) few documents are declared: who has any is drawn, and only what the registry and the reported facts
    say is real. Parties in `surely` are not touched.
    """
    if not load_pack(pack).document.synthetic.demonstration_data:
        return gathered(home, pack, connection, rules, on)
    made = synthetic_profiles(home, pack, connection, rules, on, surely=surely)
    sources = Sources(home, pack, connection, on)
    return {name: _with_real(sources, rules.policy(name, on), frame, surely) for name, frame in made.items()}


def _with_real(sources: Sources, policy: Policy, frame: pl.DataFrame, surely: frozenset[str]) -> pl.DataFrame:
    """The drawn rows with what the registry and the facts really say, and where that stands."""
    real = [one for one in policy.sheet.columns.values() if sources.feeds[one.name].kind in ("registry", "fact")]
    rows = []
    for drawn in frame.to_dicts():
        party = sources.parties.get(drawn["party"])
        held = sources.row(policy, party, real) if real and party is not None and party.id not in surely else {}
        said = {one.name: held[one.name] for one in real if held.get(one.name) is not None}
        rows.append({**drawn, **said, LINEAGE: held.get(LINEAGE)})
    return frame_of(policy, rows)


def synthetic_profiles(
    home: Path, pack: Path, connection: Any, rules: RuleSet, on: date, *, surely: frozenset[str] = frozenset()
) -> dict[str, pl.DataFrame]:
    """The demo's profiles, by what a policy reads: loans made from the projects of the registry; listings as reported, for every enterprise;
    for every other policy what some firms would declare, around the policy's ordinary case. Parties in `surely` declare exactly that.
    """
    from yunxing.io.store.registry import read_parties

    firms, projects = (list(read_parties(connection, kind=kind, on=on).values()) for kind in ("enterprise", "project"))
    bases = bases_of(pack, rules)
    found: dict[str, pl.DataFrame] = {}
    for policy in rules:
        columns = set(policy.sheet.columns)
        if columns >= LOAN_COLUMNS:
            rows = loan_rows(projects, on)
        elif columns >= LISTING_COLUMNS:
            rows = listing_rows(firms, reported_listings(home, pack, on), on)
        else:
            rows = declared_rows(policy, bases[policy.id], projects if policy.sheet.party == "project" else firms, on, surely=surely)
        if rows:
            found[policy.id] = profile_frame(policy, rows)
    return found


def reported_listings(home: Path, pack: Path, on: date) -> dict[str, tuple[str, date | None, int | None]]:
    """Board, day and fen raised of the listings known by the day, by party; what is held for confirmation is left out.

    Where a firm was first admitted and later listed, the listing counts.
    """
    from yunxing.io.tables import facts_as_of
    from yunxing.packs.forms import load_forms

    board = next(item for item in load_forms(pack)[LISTING_FORM].items if item.id == "board")
    names = [option.id for option in board.options]
    facts = guard(facts_as_of(home, on, forms=[LISTING_FORM]), "entitlements")
    cells: dict[tuple[str, str], dict[str, int | None]] = {}
    for party, period, item, value, held in facts.select("party", "period", "item", "value", "held").iter_rows():
        if not held:
            cells.setdefault((party, period), {})[item] = value
    found: dict[str, tuple[str, date | None, int | None]] = {}
    for (party, _), items in sorted(cells.items()):
        place, day = items.get("board"), items.get("listed_on")
        if place is None or not 0 <= place < len(names) or (party in found and names[place] == ADMISSION):
            continue
        found[party] = (names[place], day_of(day) if day is not None else None, items.get("raised"))
    return found


def profile_frame(policy: Policy, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows as a frame with the policy's columns and the columns of a claim, each in its type."""
    return frame_of(policy, rows).drop(LINEAGE)


def open_pool(connection: Any, pool: Pool, pack: Path, on: date, recorded: datetime) -> None:
    """Book, unit, accounts and the budget of the pool, unless they are there. Errors: `DoesNotHold` when the budget was another."""
    book = pack.name
    postings.open_book(connection, book, place=book, name=book)
    postings.open_unit(connection, UNIT, asset="CNY", scale=100)
    postings.open_account(connection, pool.source, owner=pool.owner, book=book, unit=UNIT, kind="source", floor=postings.NO_FLOOR)
    postings.open_account(connection, pool.account, owner=pool.owner, book=book, unit=UNIT, kind="pool")
    legs = {pool.source: -pool.budget_fen, pool.account: pool.budget_fen}
    start = min(on, date(int(pool.period), 1, 1))
    budget = one_transfer(pool.source, "issue", UNIT, legs, clause=pool.clause, effective=start)
    (answer,) = postings.post([budget], connection, recorded=recorded)
    if answer.status == "refused":
        raise DoesNotHold(
            f"pool {pool.id}: its budget of {pool.period} is in the ledger with another amount; change it by a transfer of its own"
        )


@dataclass(frozen=True, slots=True)
class _Head:
    """What stands above a round's files: the day, and the marks that must be seen."""

    on: date
    marks: Sequence[str]


class _Part:
    """One policy of a round."""

    def __init__(self, connection: Any, rules: RuleSet, policy: Policy, *, pool: Pool, frame: pl.DataFrame, on: date) -> None:
        self.connection, self.rules, self.policy, self.pool, self.on = connection, rules, policy, pool, on
        self.rows = {row["party"]: row for row in frame.iter_rows(named=True)}
        self.assessed = assess(frame.drop(*BESIDE, strict=False), rules.only([policy.id]), on).with_columns(ruleset=_lit(rules.id))
        self.scalar = Scalar.of(policy)
        self.answers: list[dict[str, Any]] = []

    def run(self, recorded: datetime, run: str) -> tuple[PolicyRound, list[Payment]]:
        """Explain who is entitled, reserve what the pool allows, and list it."""
        here = payable(self.policy)
        entitled = {
            row["party"]: row["amount_fen"]
            for row in self.assessed.iter_rows(named=True)
            if here and row["outcome"] == "yes" and row["amount_fen"]
        }
        near = sum(is_near_miss(failed, unknown) for failed, unknown in self.assessed.select("failed", "unknown").iter_rows())
        explained = {party: self._explain(party) for party in sorted(entitled)}
        self.answers = list(explained.values())
        before = postings.written_amounts(self.connection, [self._key(party) for party in entitled])
        awards = self._allocate({party: amount for party, amount in entitled.items() if self._key(party) not in before})
        added = self._reserve(awards, recorded, run)
        payments = self._payments(entitled, explained, awards, {key: (amount, by == run) for key, (amount, by) in before.items()})
        outcomes = outcomes_of(self.assessed)
        left = postings.balance(self.connection, self.pool.account).available
        sums = (sum(entitled.values()), sum(one.reserved_fen for one in payments))
        sheet = self.policy.sheet
        part = PolicyRound(self.policy.id, sheet.title, sheet.title_en, self.pool.id, outcomes, *sums, added, left, near, self.pool.basis)
        return part, payments

    def _key(self, party: str) -> str:
        return f"reserve/{self.policy.id}/{party}/{self.pool.period}"

    def _row(self, party: str) -> dict[str, int | None]:
        row, _ = from_mapping(self.policy.sheet, self.rows[party], party)
        return row

    def _explain(self, party: str) -> dict[str, Any]:
        answer = explain(self.scalar, self._row(party), self.on, party=party, ruleset=self.rules.id)
        return {**answer, "source": self.rows[party]["source"]}

    def _allocate(self, wanted: Mapping[str, int]) -> dict[str, Award]:
        left = max(0, postings.balance(self.connection, self.pool.account).available)
        claims = [
            Claim(party, datetime.combine(self.rows[party]["arrived"] or self.on, time(), UTC), amount) for party, amount in wanted.items()
        ]
        return {award.claim.id: award for award in MODES[self.pool.mode](claims, left)}

    def _reserve(self, awards: Mapping[str, Award], recorded: datetime, run: str) -> int:
        """Payee accounts and reservations in one transaction: all of them, or none."""
        pool, groups = self.pool, []
        book = postings.book_of(self.connection, pool.account)
        with dialect.transaction(self.connection):
            for party, amount in {party: award.amount for party, award in awards.items() if award.amount}.items():
                owner = str(self.rows[party]["payee"] or party)
                payee = f"payee/{owner}"
                postings.open_account(self.connection, payee, owner=owner, book=book, unit=UNIT, kind="payee")
                legs = {pool.account: -amount, payee: amount}
                groups.append(one_transfer(self._key(party), "reserve", UNIT, legs, clause=pool.clause, effective=self.on))
            answers = postings.post(groups, self.connection, recorded=recorded, mode="all", run=run)
            refused = [f"{answer.key}: {answer.message}" for answer in answers if answer.status == "refused"]
            if refused:
                raise DoesNotHold("round: the ledger refused, and nothing was reserved:\n" + "\n".join(refused))
        return sum(answer.status == "accepted" for answer in answers)

    def _payments(
        self, entitled: Mapping[str, int], explained: Mapping[str, Any], awards: Mapping[str, Award], before: Mapping[str, tuple[int, bool]]
    ) -> list[Payment]:
        states = {"granted": "reserved", "reduced": "reduced", "queued": "queued"}
        payments = []
        for party, amount in entitled.items():
            row, award = self.rows[party], awards.get(party)
            if award:
                reserved, state = award.amount, states[award.outcome]
            else:
                reserved, by_this_round = before[self._key(party)]
                earlier = "earlier" if reserved == amount else "changed"
                # the same round run again writes the same list again
                state = ("reserved" if reserved == amount else "reduced") if by_this_round else earlier
            payments.append(
                Payment(
                    party, row["name"] or "", row["payee"] or party, self.policy.id, self.policy.sheet.title, self.pool.clause,
                    amount, reserved, state, explained[party]["sentences"]["zh"],
                ),
            )  # fmt: skip
        return sorted(payments, key=lambda one: (one.policy, one.party))


def _lit(text: str) -> pl.Expr:
    import polars as pl

    return pl.lit(text)


def _marks(parts: Sequence[PolicyRound], *, synthetic: bool) -> list[str]:
    marks = ["合成数据 synthetic data"] if synthetic else []
    if any(part.basis == "assumption" for part in parts):
        marks.append("资金池额度为演示假设 pool budgets are assumptions for demonstration")
    return marks


def _write(folder: Path, payments: Sequence[Payment], answers: Sequence[Any], tables: Mapping[str, pl.DataFrame], *, head: _Head) -> None:
    """The round's files, each whole: assessments, explanations, and the payment list as workbook and as CSV for WPS."""
    for name, frame in tables.items():
        buffer = io.BytesIO()
        frame.write_parquet(buffer)
        write_atomic(folder / f"{name}.parquet", buffer.getvalue())
    body = {"marks": list(head.marks), "explanations": list(answers)}
    write_atomic(folder / "explanations.json", json.dumps(body, ensure_ascii=False, indent=1).encode())
    write_atomic(folder / "payment_list.xlsx", book_bytes(workbook(payments, "支付清单", head.on, head.marks)))
    lines: list[Sequence[Any]] = [head.marks, *table(payments)]
    write_atomic(folder / "payment_list.csv", _csv(lines))


def _csv(lines: Sequence[Sequence[Any]]) -> bytes:
    import csv

    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(lines)
    return text.getvalue().encode("utf-8-sig")
